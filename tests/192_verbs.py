"""The verbs that ask a running server: demo, token, register."""
import json
import re
import subprocess

import pytest

from server import BINARY, Server


@pytest.fixture(scope="module")
def two():
    with Server(workers=2) as one:
        yield one


def verb(server, *words, where=None):
    done = subprocess.run([BINARY, *words, *(where or ["--data", str(server.data)])],
                          capture_output=True, text=True, timeout=120)
    return done


def must(done):
    assert done.returncode == 0, done.stderr
    return done.stdout


def totals_of(server):
    return server.client().get("/v1/communities/riverside/totals").must(200).json()


def test_the_demo_can_be_repeated_and_its_first_pledge_works_as_printed(two):
    first = must(verb(two, "demo"))
    community = two.client().get("/v1/communities/riverside").must(200).json()
    assert sum(area["residents"] for area in community["areas"]) == 60
    totals = totals_of(two)
    again = must(verb(two, "demo"))
    now = totals_of(two)
    assert now.pop("seq") == totals.pop("seq") + 1, "nothing but another letter"
    assert {**now, "at": 0} == {**totals, "at": 0}
    letters = [re.search(r"/c/riverside/join#(\S+)", one)[1] for one in (first, again)]
    came = "/v1/communities/riverside/sign-in/code"
    two.client().post(came, {"code": letters[0]}).refused(410, "code_revoked")
    assert two.client().post(came, {"code": letters[1]}).must(200).json()["joined"]["granted"]

    for printed in (first, again):
        tokens = re.findall(r"gst_[\w.-]+", printed)
        assert len(set(tokens)) >= 4
    curl = again[again.index("curl -X PUT"):].strip()
    url, token = re.search(r"PUT (\S+)", curl)[1], re.search(r"Bearer (\S+?)'", curl)[1]
    assert url.startswith(two.url)
    assert two.client(token).get(url[len(two.url):]).status in (200, 404)
    said = subprocess.run(curl.replace("curl ", "curl -sS --fail-with-body ", 1), shell=True,
                          capture_output=True, text=True, timeout=30)
    assert said.returncode == 0, said.stdout + said.stderr
    totals = totals_of(two)
    assert totals["held"] == 1500
    accounts = ("unallotted", "free", "held", "committed", "paid")
    assert totals["funds"] == sum(totals[name] for name in accounts)
    assert json.loads(said.stdout)["seq"] == totals["seq"]


def test_a_token_is_minted_for_a_role_and_holds_there_only(two):
    must(verb(two, "demo"))
    token = must(verb(two, "token", "--role", "trust", "--community", "riverside", "--subject",
                      "officer-1")).strip()
    assert re.fullmatch(r"gst_[\w-]+\.[\w-]{32}", token)
    officer = two.client(token)
    officer.post("/v1/communities/riverside/funds", {"amount": 5, "source": "test"}).must(201)
    elsewhere = officer.post("/v1/communities/elsewhere/funds", {"amount": 5, "source": "x"})
    assert elsewhere.status == 403


def test_a_verb_finds_the_server_by_address_and_key_file_too(two, tmp_path):
    key = tmp_path / "key"
    key.write_text(two.operator_key())
    key.chmod(0o600)
    where = ["--url", two.url + "/", "--key-file", str(key)]
    token = must(verb(two, "token", "--role", "operator", "--subject", "me", where=where))
    assert token.startswith("gst_")


def test_what_the_server_refuses_is_told_with_its_code(two):
    done = verb(two, "token", "--role", "president", "--subject", "me")
    assert done.returncode == 1 and "/role" in done.stderr, done.stderr
    done = verb(two, "token", "--subject", "me")
    assert done.returncode == 2 and "--role" in done.stderr
    done = verb(two, "demo", where=["--data", "/nowhere"])
    assert done.returncode == 2 and "/nowhere" in done.stderr


def community(server, slug, areas=("east", "west")):
    server.operator().post("/v1/communities", {
        "slug": slug, "name": slug, "currency": "GBP",
        "areas": [{"code": code} for code in areas]}).must(201)


def test_a_register_of_thousands_is_taken_once(two, tmp_path):
    community(two, "large")
    roll = tmp_path / "roll.csv"
    entries = (f"entry-{i},{('east', 'west')[i % 2]}\n" for i in range(4321))
    roll.write_text("ref,area\n" + "".join(entries))
    told = must(verb(two, "register", str(roll), "--community", "large"))
    assert "4321 registered, 0 already were" in told and "a second" in told
    areas = two.client().get("/v1/communities/large").must(200).json()["areas"]
    assert [area["residents"] for area in areas] == [2161, 2160]
    told = must(verb(two, "register", str(roll), "--community", "large", "--in-flight", "2"))
    assert "0 registered, 4321 already were" in told


@pytest.mark.parametrize("line", ["entry-3", "entry-3,West End", ",east", "x" * 201 + ",east",
                                  "x" * 600 + ",east"])
def test_a_register_with_a_line_that_cannot_be_used_is_not_begun(two, tmp_path, line):
    slug = "broken"
    if two.client().get(f"/v1/communities/{slug}").status == 404:
        community(two, slug)
    roll = tmp_path / "roll.csv"
    roll.write_text(f"entry-1,east\nentry-2,west\n{line}\n")
    done = verb(two, "register", str(roll), "--community", slug)
    assert done.returncode == 2 and "line 3" in done.stderr, done.stderr
    areas = two.client().get(f"/v1/communities/{slug}").must(200).json()["areas"]
    assert sum(area["residents"] for area in areas) == 0


def test_a_register_from_a_spreadsheet_begins_with_a_byte_order_mark(two, tmp_path):
    community(two, "sheet")
    roll = tmp_path / "roll.csv"
    for first in ("ref,area\r\n", ""):
        roll.write_bytes(b"\xef\xbb\xbf" + f"{first}entry-1,east\r\nentry-2,west\r\n".encode())
        told = must(verb(two, "register", str(roll), "--community", "sheet"))
        assert ("2 registered, 0 already" if first else "0 registered, 2 already") in told


def test_an_area_that_the_community_has_not_is_told_with_its_lines(two, tmp_path):
    community(two, "astray")
    roll = tmp_path / "roll.csv"
    lines = [f"entry-{i},east" for i in range(2500)]
    lines[2210] = "entry-2210,north"
    roll.write_text("ref,area\n" + "\n".join(lines) + "\n")
    done = verb(two, "register", str(roll), "--community", "astray")
    assert done.returncode == 1 and "lines 2002 to 2501" in done.stderr, done.stderr
    assert "/residents/210/area is not an area of this community" in done.stderr
