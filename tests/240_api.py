"""What holds for the API as a whole: its description, its measurements, and what it answers to
requests that are almost right."""
import json
import pathlib
import re
import shutil
import subprocess

import pytest

from server import ROOT
from story import Commons, stamp

NODE = ROOT / "tests" / "node"


@pytest.fixture(scope="module")
def place(server):
    commons = Commons(server, areas=["north", "south"], residents=2)
    commons.fund(1000)
    commons.open_round(allotment=100)
    commons.tender_id = commons.tender(ceiling=300, people_min=2)
    commons.proposal_id = commons.proposal(commons.tender_id, price=100)
    commons.open_tender(commons.tender_id)
    return commons


# ---- the description ---------------------------------------------------------------------------
def rows():
    """(method, path) of every row of the table in the source that is to be described: not the
    pages for people, and of rows that share a handler (the depths of a tile's number) the first."""
    source = (ROOT / "server" / "desk" / "routes.c").read_text()
    prefixes = dict(re.findall(r'#define (C|TRUSTS|LOG) "([^"]+)"', source))
    table = source[source.index("routes[] ="):]
    table = table.replace('TILE("', 'ROUTE_AS(GET, LOG "/tile/:level')
    found = re.findall(
        r'ROUTE(?:_AS)?\((\w+), (?:(C|TRUSTS|LOG) ?)?(?:"([^"]*)")?(?:, (\w+))?', table)
    assert len(found) > 40
    described = {}
    for method, prefix, path, handler in found:
        whole = re.sub(r":(\w+)", r"{\1}", prefixes.get(prefix, "") + path)
        if not whole.startswith(("/c/", "/parts/", "/.well-known/", "/favicon.ico")):
            described.setdefault(handler or "log_tile_get", (method.lower(), whole))
    return set(described.values())


def test_240_every_route_of_the_server_is_described_and_nothing_else(server):
    document = server.client().get("/v1/openapi.json").must(200).json()
    assert document["openapi"].startswith("3.1")
    described = {(method, path) for path, item in document["paths"].items() for method in item}
    assert described == rows()
    for path, item in document["paths"].items():
        for method, operation in item.items():
            assert operation["summary"] and operation["operationId"], (method, path)
            assert set(operation["responses"]) >= {"4XX", "5XX"}, (method, path)
            named = {p["name"] for p in operation["parameters"] if p["in"] == "path"}
            assert named == set(re.findall(r"\{(\w+)\}", path)), (method, path)


@pytest.mark.skipif(not shutil.which("npm"), reason="npm is not installed here")
def test_241_the_description_passes_the_linter(server, tmp_path):
    redocly = NODE / "node_modules" / ".bin" / "redocly"
    if not redocly.exists():
        subprocess.run(["npm", "ci", "--silent"], cwd=NODE, check=True, timeout=300)
    path = pathlib.Path(tmp_path) / "openapi.json"
    path.write_bytes(server.client().get("/v1/openapi.json").must(200).body)
    done = subprocess.run([str(redocly), "lint", "--format", "json", str(path)], cwd=NODE,
                          capture_output=True, text=True, timeout=120, check=False)
    report = json.loads(done.stdout[done.stdout.index("{"):])
    errors = [p for p in report["problems"] if p["severity"] == "error"]
    assert done.returncode == 0 and not errors, done.stdout + done.stderr
    known = {"info-license", "no-server-example.com"}  # no licence is given; it runs on localhost
    assert {p["ruleId"] for p in report["problems"]} <= known, done.stdout


# ---- measurements and health -------------------------------------------------------------------
def test_242_metrics_pass_promtool_and_name_nobody(server, place):
    place.pledge(0, place.proposal_id, 20).must(200)
    answer = server.client().get("/metrics").must(200)
    assert answer.headers["content-type"].startswith("text/plain")
    if not shutil.which("promtool"):
        pytest.skip("promtool is not installed here")
    done = subprocess.run(["promtool", "check", "metrics"], input=answer.body, timeout=60,
                          capture_output=True, check=False)
    assert done.returncode == 0 and not done.stderr, done.stderr.decode()
    for secret in (place.ids[0], place.proposal_id):  # a community is named, once it is sealed
        assert secret not in answer.text
    assert 'groundswell_http_requests_total{route="pledge_put"}' in answer.text


def test_243_life_and_readiness_are_said(server):
    client = server.client()
    assert client.get("/healthz").must(200).json() == {"status": "ok"}
    assert client.get("/readyz").must(200).json() == {"status": "ready"}


def test_243_the_log_of_the_server_names_no_person_no_token_and_no_amount(server, place):
    place.pledge(1, place.proposal_id, 77).must(200)
    place.resident(1).get(f"/v1/communities/{place.slug}/residents/{place.ids[1]}").must(200)
    log = server.log()
    assert "resident PUT /v1/proposals/:proposal/pledge 200" in log
    for secret in (*place.ids, place.trust.token, place.resident(1).token,
                   server.operator_key(), place.slug, place.proposal_id):
        assert secret not in log


# ---- almost right ------------------------------------------------------------------------------
def test_244_head_is_get_without_a_body_and_options_says_what_is_taken(server, place):
    at = f"/v1/communities/{place.slug}"
    for path in (at, f"{at}/totals", f"{at}/log", f"/v1/tenders/{place.tender_id}", "/healthz",
                 "/v1/openapi.json"):
        got = server.client().get(path).must(200)
        head = server.client().request("HEAD", path).must(200)
        assert head.body == b"" and head.headers["content-type"] == got.headers["content-type"]
        assert head.headers["content-length"] == got.headers["content-length"]
    assert server.client().request("HEAD", "/v1/tenders/x.t1").status == 404
    options = server.client().request("OPTIONS", f"/v1/proposals/{place.proposal_id}/pledge")
    assert options.status in (200, 204)
    assert {m.strip() for m in options.headers["allow"].split(",")} == {
        "GET", "HEAD", "PUT", "DELETE", "OPTIONS"}
    no = server.client().request("POST", f"/v1/proposals/{place.proposal_id}/pledge", {"amount": 1})
    no.refused(405, "method_not_allowed")
    assert "PUT" in no.headers["allow"]


BROKEN = [b"", b"{", b"[]", b'{"amount":1}{"amount":2}', b'{"amount":1,"amount":2}', b"nan",
          b'{"amount":\xff}', b'{"amount":"\\ud800"}', b'"amount"', b"[" * 600, b"{'amount':1}",
          b'{"amount":1}\x00', b"\xef\xbb\xbf{}", b'{"amount":1e400}',
          b'{"amount":1000000000000000000000000000000}']


@pytest.mark.parametrize("body", BROKEN)
def test_245_a_body_that_is_not_the_json_that_was_expected_is_told_so(place, body):
    before = place.totals()["seq"]
    answer = place.resident(0).put(f"/v1/proposals/{place.proposal_id}/pledge", body)
    assert (answer.status, answer.code) in ((400, "json_malformed"), (422, "fields_wrong"))
    assert place.totals()["seq"] == before


WRONG = [({"amount": 0}, "/amount"), ({"amount": -5}, "/amount"), ({"amount": 1.5}, "/amount"),
         ({"amount": "50"}, "/amount"), ({"amount": None}, "/amount"),
         ({"amount": 2 ** 24}, "/amount"), ({"amount": 2 ** 53 + 1}, "/amount"), ({}, ""),
         ({"amount": 50, "more": 1}, "/more"), ({"Amount": 50}, "")]


@pytest.mark.parametrize("body, pointer", WRONG, ids=lambda value: str(value))
def test_246_a_wrong_field_is_pointed_at(place, body, pointer):
    before = place.totals()["seq"]
    answer = place.resident(0).put(f"/v1/proposals/{place.proposal_id}/pledge", body)
    answer.refused(422, "fields_wrong")
    pointers = [error["pointer"] for error in answer.json()["errors"]]
    assert any(p.startswith(pointer) for p in pointers), pointers
    assert all(len(error["detail"]) > 5 for error in answer.json()["errors"])
    assert place.totals()["seq"] == before


def test_246_several_wrong_fields_are_all_named(place):
    answer = place.clerk.post(f"/v1/communities/{place.slug}/tenders", {
        "title": "", "ceiling": -1, "people_min": "many", "closes": "tomorrow", "theme": "A B"})
    answer.refused(422, "fields_wrong")
    pointers = {error["pointer"] for error in answer.json()["errors"]}
    assert pointers == {"/title", "/ceiling", "/people_min", "/closes", "/theme"}


def test_246_a_number_that_is_whole_is_an_integer_however_it_is_written(place):
    for body in (b'{"amount":20.0}', b'{"amount":2e1}'):
        answer = place.resident(1).put(f"/v1/proposals/{place.proposal_id}/pledge", body).must(200)
        assert answer.json()["pledge"]["amount"] == 20


def test_246_what_repeats_within_a_body_is_refused(place):
    at = f"/v1/communities/{place.slug}"
    twice = [{"ref": "same", "area": "north"}] * 2
    place.trust.post(f"{at}/residents", {"residents": twice}).refused(422, "fields_wrong")
    nowhere = [{"ref": "x", "area": "west"}]
    answer = place.trust.post(f"{at}/residents", {"residents": nowhere})
    assert answer.refused(422, "fields_wrong").json()["errors"][0]["pointer"] == \
        "/residents/0/area"
    operator = place.operator
    operator.post("/v1/communities", {"slug": "twice", "name": "x", "currency": "GBP",
                                      "areas": [{"code": "a"}, {"code": "a"}]}) \
        .refused(422, "fields_wrong")


def test_247_other_content_types_and_larger_bodies_are_refused_before_they_are_read(place):
    path = f"/v1/proposals/{place.proposal_id}/pledge"
    for kind in ("text/json", "application/x-www-form-urlencoded", "application/jsonp", ""):
        place.resident(0).put(path, b'{"amount":20}', headers={"Content-Type": kind}) \
            .refused(415, "json_required")
    place.resident(0).put(path, b'{"amount":20}',
                          headers={"Content-Type": "Application/JSON; charset=utf-8"}).must(200)
    place.resident(0).put(path, b'{"amount":20}'.ljust(2048)).must(200)
    place.resident(0).put(path, b'{"amount":20}'.ljust(2049)).refused(413, "body_too_large")
    place.trust.post(f"/v1/communities/{place.slug}/residents", b" " * (512 * 1024 + 1)) \
        .refused(413, "body_too_large")


@pytest.mark.parametrize("path, code", [
    ("/v1/communities/no-such", "community_unknown"), ("/v1/communities/-x", "id_malformed"),
    ("/v1/communities/no-such/totals", "community_unknown"),
    ("/v1/communities/no-such/funds", "community_unknown"),
    ("/v1/communities/no-such/tenders", "community_unknown"),
    ("/v1/communities/no-such/commissions", "community_unknown"),
    ("/v1/tenders/{slug}.t999", "tender_unknown"), ("/v1/tenders/{slug}.p1", "id_malformed"),
    ("/v1/tenders/{slug}.t0", "id_malformed"), ("/v1/tenders/{slug}.t01", "id_malformed"),
    ("/v1/tenders/{slug}.t4294967296", "id_malformed"),
    ("/v1/tenders/no-such.t1", "community_unknown"),
    ("/v1/tenders/{slug}.t999/proposals", "tender_unknown"),
    ("/v1/proposals/{slug}.p999", "proposal_unknown"), ("/v1/rounds/{slug}.r999", "round_unknown"),
    ("/v1/proposals/", "not_found"), ("/v1", "not_found"), ("/v2/communities", "not_found"),
    ("/v1/communities/{slug}/", "not_found")])
def test_248_what_is_not_there_is_404_and_says_what(place, path, code):
    place.anyone.get(path.format(slug=place.slug)).refused(404, code)


# ---- the same key ------------------------------------------------------------------------------
ACTS = {
    "community": lambda p: ("POST", "/v1/communities", {
        "slug": f"{p.slug}-b", "name": "x", "currency": "GBP", "areas": [{"code": "a"}]},
        {"name": "y"}),
    "fund": lambda p: ("POST", f"{p.at}/funds", {"amount": 5, "source": "x"}, {"amount": 6}),
    "top-up": lambda p: ("POST", f"/v1/funds/{p.fund_id}/top-ups", {"amount": 5}, {"amount": 6}),
    "register": lambda p: ("POST", f"{p.at}/residents", {"residents": [
        {"ref": "new", "area": "north"}]}, {"residents": [{"ref": "other", "area": "north"}]}),
    "leave": lambda p: ("DELETE", f"{p.at}/residents/{p.ids[1]}", None, {}),
    "grant": lambda p: ("POST", f"{p.at}/residents/{p.waiting}/grant", None, {}),
    "sign-out": lambda p: ("POST", f"{p.at}/residents/{p.ids[0]}/sign-out", None, {}),
    "staff sign-out": lambda p: ("POST", f"{p.at}/staff/somebody/sign-out", None, {}),
    "tender": lambda p: ("POST", f"{p.at}/tenders", {
        "body": "trees", "title": "x", "ceiling": 5, "people_min": 1, "closes": stamp(60)},
        {"ceiling": 6}),
    "proposal": lambda p: ("POST", f"/v1/tenders/{p.draft}/proposals",
                           {"title": "x", "price": 5}, {"price": 6}),
    "open": lambda p: ("POST", f"/v1/tenders/{p.draft}/open", None, {}),
    "withdraw proposal": lambda p: ("POST", f"/v1/proposals/{p.proposal_id}/withdraw", None, {}),
    "withdraw tender": lambda p: ("POST", f"/v1/tenders/{p.tender_id}/withdraw", None, {}),
    "close": lambda p: ("POST", f"/v1/rounds/{p.round_id}/close", None, {}),
    "round": lambda p: ("POST", f"{p.at}/rounds", {"allotment": 1, "token": 1,
                                                   "closes": stamp(60)}, {"allotment": 2}),
}


class Staffed(Commons):
    def __init__(self, server, act):
        super().__init__(server, areas=["north"], residents=2)
        self.at = f"/v1/communities/{self.slug}"
        self.fund_id = self.fund(1000)
        if act == "round":
            return
        self.round_id = self.open_round(allotment=500)["round"]
        late = self.register([("late", "north")]).must(200).json()
        self.waiting = late["residents"][0]
        assert late["ungranted"] == 1
        self.fund(1000)
        self.tender_id = self.tender(ceiling=300, people_min=2)
        self.proposal_id = self.proposal(self.tender_id, price=100)
        self.open_tender(self.tender_id)
        self.draft = self.tender(ceiling=300, people_min=2)
        self.proposal(self.draft, price=100)


@pytest.mark.parametrize("act", ACTS)
def test_249_an_act_of_staff_is_done_once_under_one_key(server, act):
    place = Staffed(server, act)
    method, path, body, change = ACTS[act](place)
    key = f"key-of-{act.replace(' ', '-')}"
    before = place.totals()
    first = place.operator.request(method, path, body, key=key)
    assert first.status in (200, 201), first.text
    after, count = place.totals(), len(place.log())
    again = place.operator.request(method, path, body, key=key).must(first.status)
    once, twice = first.json(), again.json()
    assert not once["replayed"] and twice["replayed"] and twice["seq"] == once["seq"]
    for name in ("fund", "round", "tender", "proposal", "residents"):
        assert once.get(name) == twice.get(name), name
    assert place.totals() == after and len(place.log()) == count
    assert after["seq"] - before["seq"] == (0 if "sign-out" in act or act == "community" else 1)
    other = {**(body or {}), **change}
    place.operator.request(method, path, other, key=key).refused(422, "key_reused")
    assert len(place.log()) == count
    place.recount()


def test_249_a_key_belongs_to_its_principal_and_route_and_must_be_well_formed(server):
    place = Staffed(server, "any")
    fund = {"amount": 5, "source": "x"}
    for client in (place.operator, place.trust):
        assert not client.post(f"{place.at}/funds", fund, key="shared-key").must(201) \
            .json()["replayed"]
    top = place.operator.post(f"/v1/funds/{place.fund_id}/top-ups", {"amount": 5},
                              key="shared-key")
    assert not top.must(201).json()["replayed"]
    for wrong in ("short", "x" * 129, "with blank", "", "ümlaut-key"):
        before = place.totals()["seq"]
        place.operator.post(f"{place.at}/funds", fund,
                            headers={"Idempotency-Key": wrong.encode()}, key=None) \
            .refused(400, "key_missing")
        assert place.totals()["seq"] == before
    for good in ("8-bytes-", "x" * 128, "!~#$%&'()"):
        place.operator.post(f"{place.at}/funds", fund, key=good).must(201)
