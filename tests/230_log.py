"""The records as anyone reads them: pages, order, one schema per kind, and nothing in them that a
person typed or that could open anything."""
import json
import time

import jsonschema
import ledger_library
import pytest
import redis_server

from books import Books
from server import ROOT, wait_until
from story import Commons, stamp

SCHEMAS = ROOT / "schemas"
MARK = "Zqjx"  # stands in every text that a person could type, and in every key


def validators():
    store = {}
    for path in SCHEMAS.rglob("*.json"):
        document = json.loads(path.read_text())
        store[path.resolve().as_uri()] = document
    found = {}
    for path in (SCHEMAS / "records").glob("*.json"):
        uri = path.resolve().as_uri()
        found[path.stem] = jsonschema.Draft202012Validator(
            store[uri], resolver=jsonschema.RefResolver(uri, store[uri], store=store))
    return found


def marked(i=[0]):
    i[0] += 1
    return f"{MARK}-{i[0]}-key"


class Marked(Commons):
    """Every kind of record there is, with the mark wherever something can be typed."""

    def __init__(self, server):
        super().__init__(server, areas=("north", "south"), residents=0)
        for client in (self.trust, self.clerk, self.operator):
            self.mark(client)
        self.at = f"/v1/communities/{self.slug}"
        self.tokens_seen = [self.trust.token, self.clerk.token, self.operator.token]

    @staticmethod
    def mark(client):
        plain = client.request
        client.request = lambda method, path, body=None, **more: plain(
            method, path, body, **{"key": marked() if method != "GET" else None, **more})

    def resident(self, i):
        client = super().resident(i)
        if client.token not in self.tokens_seen:
            self.tokens_seen.append(client.token)
            self.mark(client)
        return client


def post_codes(one):
    """Three codes, one of them redeemed, asked of the functions themselves as the ledger's calls
    ask them."""
    digits = ledger_library.assemble(skew_max_ms="60000")[2]
    redis = redis_server.Client(one.server.redis_socket())

    def ask(name, subject, key, *own):
        answer = redis.call("FCALL", f"{name}_{digits}", 1, "{%s}:c" % one.slug,
                            int(time.time() * 1000), subject, 0, key, b"body" if key else b"", *own)
        assert answer[0] == b"ok", answer
    rows = [word for i, area in enumerate((0, 0, 1)) for word in (f"QX{i}AB", "7" * 32, area, "")]
    ask("codes_issue", "operator", b"", int(time.time() * 1000) + 900_000, "", "", 3, 3, *rows)
    ask("code_redeem", "code", b"12345678", "QX2AB", "7" * 32, "", MARK + "account",
        MARK.ljust(22, "q"))
    redis.close()


def bodies(one, say):
    """A body is formed and constituted anew, suspended and restored; it approves and publishes."""
    words = {name: f"{MARK} {name}" for name in one.CONSTITUTION}
    one.trust.patch(one.at, {"defaults": {"deliberation_days": 1}}).must(200)
    one.trust.put(f"{one.at}/areas", {"areas": [{"code": "north", "official": "E05000001"}]}) \
        .must(200)
    made = one.clerk.post(f"{one.at}/bodies", words).must(201).json()["body"]
    one.clerk.post(f"/v1/bodies/{made}/versions", words).must(200)

    def seat(category, **holder):
        return one.clerk.post(f"/v1/bodies/{made}/members", {
            "category": category, "name": f"{MARK} name", "interests": f"{MARK} shares",
            **holder}).must(201).json()["member"]
    seat("resident", resident=one.ids[0])
    eva = seat("professional", staff="garden-body")
    one.clerk.delete(f"/v1/members/{eva}").must(200)
    tender = one.clerk.post(f"{one.at}/tenders", {**say, "ceiling": 300, "people_min": 2,
                                                  "closes": stamp(600)}).must(201).json()["tender"]
    one.resident(0).post(f"/v1/tenders/{tender}/approvals").must(200)
    one.clerk.post(f"/v1/tenders/{tender}/publish").must(200)


def take_shape(one, draft):
    """A proposal takes in another, is amended and found eligible."""
    say = {"title": f"{MARK} title", "summary": f"{MARK} summary", "price": 60}
    stays, other = (one.clerk.post(f"/v1/tenders/{draft}/proposals", say).must(201)
                    .json()["proposal"] for _ in range(2))
    one.clerk.post(f"/v1/proposals/{stays}/merge", {"with": other}).must(200)
    one.clerk.put(f"/v1/proposals/{stays}", {**say, "price": 70}).must(200)
    one.judge(stays, reasons=f"{MARK} reasons").must(200)


def deliberate(one):
    """A need and a contribution, through all that can become of them."""
    said = {"text": f"{MARK} words"}
    need = one.resident(0).post(f"{one.at}/needs", said).must(201).json()["need"]
    one.resident(1).post(f"/v1/needs/{need}/seconds").must(200)
    draft = one.tender(ceiling=300, people_min=2, title=f"{MARK} title")
    take_shape(one, draft)
    one.clerk.post(f"/v1/needs/{need}/answer", {**said, "tender": draft}).must(200)
    talk = one.resident(0).post(f"/v1/tenders/{draft}/talks", {**said, "kind": "for"})
    at = f"/v1/talks/{talk.must(201).json()['talk']}"
    one.resident(0).put(at, said).must(200)
    one.resident(1).put(f"{at}/stance", {"stance": "agree"}).must(200)
    one.clerk.post(f"{at}/hide", {**said, "reason": "off_topic"}).must(200)
    one.resident(0).post(f"{at}/appeal", said).must(200)
    one.trust.post(f"{at}/ruling", {**said, "stands": True}).must(200)
    one.clerk.post(f"/v1/tenders/{draft}/summaries", said).must(201)


def deliver(one, proposal):
    """All that can become of a commission but its early end."""
    def do(what, body=None, who=None):
        at = f"/v1/commissions/{proposal.replace('.p', '.c')}/"
        return (who or one.clerk).post(at + what, body).must(200)
    do("contract", {"supplier": {"name": f"{MARK} supplier"}, "starts": stamp(60),
                    "ends": stamp(6000), "document": one.document()})
    do("milestones/1/evidence", {"note": f"{MARK} note", "document": one.document()})
    do("milestones/1/report", {"note": f"{MARK} note"})
    do("milestones/1/confirm", who=one.resident(0))
    do("milestones/1/dispute", {"text": f"{MARK} dispute"}, one.resident(1))
    do("milestones/1/accept", who=one.operator)
    do("variations", {"milestones": [{"amount": 60}], "ends": stamp(9000), "reason": f"{MARK} why"})
    do("variations/1/approve", who=one.operator)
    do("payments", {"milestone": 1, "amount": 60, "reference": f"{MARK} invoice"})
    do("complete")
    do("outcomes", {"indicator": f"{MARK} indicator", "figure": 7, "story": f"{MARK} story"})
    do("savings", {"agencies": [{"name": f"{MARK} agency", "amount": 500}]})


@pytest.fixture(scope="module")
def lived(server):
    """A community in which every kind of record was written."""
    one = Marked(server)
    say = {"title": f"{MARK} title", "need": f"{MARK} need"}
    one.fund(600, source=f"{MARK} source", reference=f"{MARK} reference")
    one.trust.post(f"/v1/funds/{one.slug}.f1/top-ups", {"amount": 50}).must(201)
    one.ids = one.register([(f"{MARK}-{i}", ("north", "south")[i % 2]) for i in range(6)]) \
        .must(200).json()["residents"]
    one.trust.post(f"{one.at}/rounds", {"allotment": 100, "token": 20, "closes": stamp(900),
                                        "roll": "electoral-2026"}).must(201)
    late = one.register([(f"{MARK}-late", "south")]).must(200).json()
    assert late["ungranted"] == 1
    one.trust.post(f"/v1/funds/{one.slug}.f1/top-ups", {"amount": 50}).must(201)
    one.trust.post(f"{one.at}/residents/{late['residents'][0]}/grant").must(200)

    def tender(prices, **rule):
        body = {**say, "ceiling": 300, "people_min": 2, "closes": stamp(600), **rule}
        made = one.clerk.post(f"{one.at}/tenders", body).must(201).json()["tender"]
        proposals = [one.clerk.post(f"/v1/tenders/{made}/proposals", {
            "title": f"{MARK} title", "summary": f"{MARK} summary", "provider": f"{MARK} provider",
            "price": price}).must(201).json()["proposal"] for price in prices]
        one.clerk.post(f"/v1/tenders/{made}/open").must(200)
        return made, proposals

    first, (won, _) = tender([60, 300])
    one.pledge(0, won, 20).must(200)
    one.pledge(0, won, 40).must(200)
    one.unpledge(0, won).must(200)
    for i in (0, 1):
        one.pledge(i, won, 50).must(200)
    second, (gone, kept) = tender([100, 200])
    one.pledge(2, kept, 40).must(200)
    one.pledge(3, kept, 40, fallback=[won]).must(200)
    one.pledge(2, gone, 20).must(200)
    one.clerk.post(f"/v1/proposals/{gone}/withdraw").must(200)
    one.resident(2).delete(f"{one.at}/residents/{one.ids[2]}").must(200)
    one.withdraw_tender(second)
    wait_until(lambda: one.log()[-1]["kind"] == "fallback_dropped", 60, "the fallback's end")
    third, _ = tender([200], awards_max=2)
    pause = {"until": stamp(300), "reason": f"{MARK} reason"}
    one.trust.post(f"/v1/tenders/{third}/pause", pause).must(202)
    one.operator.post(f"/v1/tenders/{third}/pause", pause).must(200)
    one.trust.post(f"/v1/tenders/{third}/resume").must(200)
    fourth, (short,) = tender([40], window=300)
    for i in (3, 4):
        one.pledge(i, short, 20).must(200)
    one.unpledge(4, short).must(200)
    for gone in (third, fourth):
        one.withdraw_tender(gone)
    tender([200], closes=stamp(8))
    wait_until(lambda: one.log()[-1]["kind"] == "tender_lapsed", 60, "the lapse")
    deliver(one, won)
    _, (early,) = tender([40])
    for i in (0, 1):
        one.pledge(i, early, 20).must(200)
    one.operator.post(f"/v1/commissions/{early.replace('.p', '.c')}/terminate",
                      {"reason": f"{MARK} reason"}).must(200)
    one.trust.post(f"/v1/funds/{one.slug}.f1/withdrawals", {"amount": 1}).must(201)
    _, (hidden,) = tender([250], tally="hidden")
    one.pledge(3, hidden, 30).must(200)
    one.trust.post(f"/v1/rounds/{one.slug}.r1/close").must(200)
    post_codes(one)
    bodies(one, say)
    deliberate(one)
    one.first = first
    return one


def test_230_every_kind_of_record_is_valid_by_its_schema(lived):
    of = validators()
    records = lived.log()
    for record in records:
        wrong = list(of[record["kind"]].iter_errors(record))
        assert not wrong, (wrong[0].message, record)
    assert {r["kind"] for r in records} == set(of), "not every kind was written"
    Books(records).compare_totals(lived.totals())
    lived.recount()


def test_231_members_stand_in_canonical_order(lived):
    page = lived.anyone.get(f"{lived.at}/log?limit=1000").must(200)
    for record in page.json()["items"]:
        schema = json.loads((SCHEMAS / "records" / f"{record['kind']}.json").read_text())
        order = [name for name in schema["properties"] if name in record]
        assert list(record) == order, record


def test_232_nothing_that_anyone_typed_or_held_is_in_the_log(lived):
    bare = "\n".join(lived.anyone.get(f"{lived.at}/log?limit=1000").must(200).text.split())
    assert MARK not in bare and MARK.lower() not in bare.lower()
    for secret in [*lived.tokens_seen, *(token.split(".")[1] for token in lived.tokens_seen
                                         if "." in token)]:
        assert secret not in bare
    for resident in lived.ids:
        assert resident not in bare, "a resident's id is not for the public"
    assert lived.slug + '"' not in bare, "the log is the community's: its records need no slug"


def test_233_pages_follow_one_another_without_gap_or_double(lived):
    whole = lived.log()
    for limit in (1, 3, 7, 1000):
        path, seen, pages = f"{lived.at}/log?limit={limit}", [], 0
        while path:
            page = lived.anyone.get(path).must(200)
            items, links = page.json()["items"], page.json()["links"]
            assert len(items) <= limit
            seen += items
            path, pages = links.get("next"), pages + 1
            assert ("link" in page.headers) == (path is not None)
            if path:
                assert page.headers["link"] == f'<{path}>; rel="next"'
        assert seen == whole, limit
        assert pages <= len(whole) // limit + 2


def test_234_after_is_the_last_seq_that_one_has(lived):
    whole = lived.log()
    get = lived.anyone.get
    assert get(f"{lived.at}/log?after=0&limit=2").json()["items"] == whole[1:3]
    assert get(f"{lived.at}/log?after={len(whole) - 1}").json()["items"] == []
    assert get(f"{lived.at}/log?after=9007199254740990").json()["items"] == []
    assert get(f"{lived.at}/log").json()["items"] == whole[:50]
    for wrong in ("limit=0", "limit=1001", "limit=-1", "limit=1e2", "after=-1", "after=x",
                  "after=9007199254740991", "limit=", "after=%zz"):
        get(f"{lived.at}/log?{wrong}").refused(400, "query_wrong")
    get("/v1/communities/nowhere/log").refused(404, "community_unknown")


def test_234_what_is_shown_of_texts_is_what_was_written(lived):
    tender = lived.anyone.get(f"/v1/tenders/{lived.first}").must(200).json()
    assert tender["text"]["title"] == f"{MARK} title" and tender["text"]["need"] == f"{MARK} need"
    record = next(r for r in lived.log() if r["kind"] == "tender_created")
    assert len(record["text"]) == 64 and record["rule_hash"] == tender["rule_hash"]
    twice = [r["text"] for r in lived.log() if r["kind"] == "tender_created"]
    assert len(set(twice)) == len(twice), "equal texts must not be seen to be equal: salt"
