"""Real elections go through the platform: every activation obeys its rule, the money adds up to the
penny for three auditors (the verb itself, `recount`, and the books in Python), and what the file
holds and the platform does not take is said.

The elections lie in GROUNDSWELL_SHARED (by default ../shared beside the project); without them
the tests that want them are skipped.
"""
import os
import pathlib
import re
import subprocess

import pytest

from books import Books
from server import BINARY, ROOT

SHARED = pathlib.Path(os.environ.get("GROUNDSWELL_SHARED", ROOT.parent / "shared"))
SMALL = ["Poland_Zabrze_2020_Osiedle_Mlodego_Gornika", "Netherlands_Assen_2024",
         "Switzerland_Zurich_S5D10", "Seattle_2019_District_3_knapsacks", "France_Toulouse_2019"]
LARGE = ["Poland_Swiecie_2023", "Poland_Czestochowa_2020", "Poland_Katowice_2023"]


def election(name):
    path = SHARED / "data" / "pabulib" / f"{name}.pb"
    if not path.exists():
        pytest.skip(f"{name}.pb is not in {SHARED}: set GROUNDSWELL_SHARED")
    return path


def run(*words, seconds=300):
    return subprocess.run([BINARY, *map(str, words)], capture_output=True, text=True,
                          timeout=seconds, check=False)


def imported(server, path, slug, *options, seconds=300):
    done = run("import", path, "--community", slug, "--data", server.data, *options,
               seconds=seconds)
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    assert "every check holds" in done.stdout and "\nNO" not in done.stdout
    return done.stdout


def recounted(server, slug):
    done = run("recount", "--data", server.data, "--community", slug)
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.startswith("recount agrees: ")
    return done.stdout


def records_of(server, slug):
    client, records, path = server.client(), [], f"/v1/communities/{slug}/log?limit=1000"
    while path:
        page = client.get(path).must(200).json()
        records += page["items"]
        path = page["links"].get("next")
    client.close()
    return records


def totals_of(server, slug):
    client = server.client()
    totals = client.get(f"/v1/communities/{slug}/totals").must(200).json()
    client.close()
    return totals


def audited(server, slug):
    """The records, after the books in Python agree with them and with the totals."""
    records = records_of(server, slug)
    books = Books(records)
    totals = totals_of(server, slug)
    for name, amount in {**books.accounts, **books.of_round}.items():
        assert totals[name] == amount, (name, totals, books.accounts)
    return records


def written(path, projects, votes, budget="1000", head=""):
    """A file of (id, cost) and of columns of votes."""
    path.write_text("META\nkey;value\ndescription;A small place\ncurrency;EUR\nvote_type;approval\n"
                    f"budget;{budget}\n{head}PROJECTS\nproject_id;cost\n"
                    + "".join(f"{i};{cost}\n" for i, cost in projects)
                    + "VOTES\n" + "".join(line + "\n" for line in votes), encoding="utf-8")
    return path


def slug_of(name):
    return re.sub(r"[^a-z0-9]+", "-", name.lower())[:30].strip("-")


@pytest.mark.parametrize("name", SMALL)
def test_250_a_small_election_goes_through_and_adds_up(server, name):
    path, slug = election(name), slug_of(name)
    imported(server, path, slug)
    recounted(server, slug)
    kinds = [record["kind"] for record in audited(server, slug)]
    assert kinds.count("commission_activated") > 0 and kinds.count("pledge_set") > 60


@pytest.mark.full
@pytest.mark.serial
@pytest.mark.parametrize("name", LARGE)
def test_251_a_large_election_goes_through_and_adds_up(server, name):
    path, slug = election(name), slug_of(name)
    imported(server, path, slug, seconds=1800)
    recounted(server, slug)
    imported(server, path, slug + "-w", "--wave", 1000, "--seed", 3, seconds=1800)
    recounted(server, slug + "-w")


def test_252_sixty_one_equal_shares_buy_the_one_project(server):
    said = imported(server, election(SMALL[0]), "zabrze-again")
    made = [r for r in audited(server, "zabrze-again") if r["kind"] == "commission_activated"]
    assert len(made) == 1
    assert made[0] == {**made[0], "price": 15000000, "rho": 245902, "people": 61,
                       "spent": 61 * 245902, "rounding": 22, "pledged": 61 * 245902}
    assert "rounding fund of 0.22" in said
    amounts = {r["amount"] for r in records_of(server, "zabrze-again") if r["kind"] == "pledge_set"}
    assert amounts == {245902}
    assert totals_of(server, "zabrze-again")["free"] == 0


def test_253_a_second_import_under_the_same_slug_is_refused(server, tmp_path):
    path = written(tmp_path / "a.pb", [("a", 500)], ["voter_id;vote", "v1;a", "v2;a"])
    imported(server, path, "twice")
    before = totals_of(server, "twice")
    done = run("import", path, "--community", "twice", "--data", server.data)
    assert done.returncode == 1 and "community_exists" in done.stderr
    assert totals_of(server, "twice") == before


def test_254_what_came_free_is_pledged_again_until_it_rests(server, tmp_path):
    # 1000.00 for four; a costs little, so most of what they promise it comes free for b
    votes = ["voter_id;vote;points"] + [f"v{i};a,b;9,1" for i in range(4)]
    path = written(tmp_path / "a.pb", [("a", 40), ("b", 900)], votes)
    said = imported(server, path, "again", "--people-min", 4, "--in-flight", 1)
    assert "commissions: 2" in said
    made = [r for r in audited(server, "again") if r["kind"] == "commission_activated"]
    assert [(r["price"], r["rho"]) for r in made] == [(4000, 1000), (90000, 22500)]
    sets = [r for r in records_of(server, "again") if r["kind"] == "pledge_set"]
    assert [r["was"] for r in sets if "was" in r] == [2500] * 4
    recounted(server, "again")


def test_255_money_released_by_the_last_award_rests(server, tmp_path):
    votes = ["voter_id;vote"] + [f"v{i};a" for i in range(50)]
    path = written(tmp_path / "a.pb", [("a", 100)], votes)
    said = imported(server, path, "decided", "--people-min", 1)
    assert "commissions: 1" in said and "unfunded: 0" in said
    made = [r for r in audited(server, "decided") if r["kind"] == "commission_activated"]
    assert len(made) == 1 and made[0]["people"] < 50, "who came later keeps all"
    recounted(server, "decided")


def test_256_points_divide_and_nothing_stays_undivided(server, tmp_path):
    votes = ["voter_id;points;vote", "v1;1,1,1;a,b,c", "v2;7,2,1;b,c,a", "v3;5;c"]
    projects = [("a", 900), ("b", 900), ("c", 900)]
    path = written(tmp_path / "a.pb", projects, votes, budget="1000.01")
    said = imported(server, path, "points", "--people-min", 3)
    assert "each resident is allotted 333.34, a token is 0.01" in said
    assert "rounding fund of 0.01" in said
    by_wallet = {}
    for record in records_of(server, "points"):
        if record["kind"] == "pledge_set":
            by_wallet.setdefault(record["wallet"], []).append(record["amount"])
    assert sorted(by_wallet.values()) == [[11112, 11111, 11111], [23334, 6667, 3333], [33334]]


def test_257_what_is_skipped_is_said(server, tmp_path):
    projects = [(f"p{i}", 990) for i in range(140)] + [("dear", 1001)]
    many = ",".join(f"p{i}" for i in range(40))
    votes = ["voter_id;vote", f"v1;{many}", "v2;p1,p1,dear", "v3;p139", "v3;p2", "v4;unknown",
             "v5;"]
    said = imported(server, written(tmp_path / "a.pb", projects, votes), "skips")
    for line in ("skipped 1: projects that cost more", "skipped 12: projects beyond the 128",
                 "skipped 2: choices of such projects", "skipped 8: choices behind the 32",
                 "skipped 1: choices that stood", "skipped 1: choices of projects that the file",
                 "skipped 1: ballots", "skipped 3: voters without"):
        assert line in said, (line, said)
    recounted(server, "skips")


def test_258_one_at_a_time_the_seed_decides_everything(server, tmp_path):
    votes = ["voter_id;vote;district"] + [f"v{i};{'abc'[i % 3]},{'abc'[i % 2]};d{i % 4}"
                                          for i in range(40)]
    path = written(tmp_path / "a.pb", [("a", 300), ("b", 200), ("c", 100)], votes)

    def story(slug, *options):
        imported(server, path, slug, "--in-flight", 1, "--areas-min", 2, *options)
        recounted(server, slug)
        return [(r["kind"], r.get("proposal"), r.get("amount"), r.get("area"), r.get("rho"))
                for r in audited(server, slug)]

    first = story("seed-1", "--seed", 5, "--wave", 10)
    assert story("seed-2", "--seed", 5, "--wave", 10) == first
    assert story("seed-3", "--seed", 6, "--wave", 10) != first
    assert "commission_activated" in {kind for kind, *_ in first}


def test_259_what_cannot_be_used_is_refused_before_anything_is_made(server, tmp_path):
    bad = written(tmp_path / "bad.pb", [("a", 500)], ["voter_id;vote;points", "v1;a;1,2"])
    done = run("import", bad, "--community", "never", "--data", server.data)
    assert done.returncode == 2 and "line 12: points" in done.stderr
    dear = written(tmp_path / "dear.pb", [("a", 5000)], ["voter_id;vote", "v1;a"])
    done = run("import", dear, "--community", "never", "--data", server.data)
    assert done.returncode == 2 and "more than the budget" in done.stderr
    few = written(tmp_path / "few.pb", [("a", 500)], ["voter_id;vote", "v1;a"], budget="167772.16")
    done = run("import", few, "--community", "never", "--data", server.data)
    assert done.returncode == 2 and "wallet" in done.stderr
    good = written(tmp_path / "good.pb", [("a", 500)], ["voter_id;vote", "v1;a"])
    for options in (["--areas-min", 2], ["--wave", 0], ["--in-flight", 513], ["--seed", "x"]):
        done = run("import", good, "--community", "never", "--data", server.data, *options)
        assert done.returncode == 2 and options[0] in done.stderr
    client = server.client()
    client.get("/v1/communities/never").refused(404, "community_unknown")
    client.close()
    key = tmp_path / "key"
    key.write_text(server.operator_key())
    done = run("import", good, "--community", "by-url", "--url", server.url, "--key-file", key)
    assert done.returncode == 0, done.stderr
