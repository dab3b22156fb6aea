"""What is dangerous takes two persons: the same one twice does not help, another does it once."""
import pytest

from commons import DAY_MS, T0
from commons_fixture import commons, redis  # noqa: F401
from people import People, digest_of
from redis_server import RedisError

DIGEST = digest_of("the request")


@pytest.fixture
def town(commons):
    commons.market(prices=(500, 400), residents=3, allotment=100)
    return People(commons)


def issue(town, person, digest=DIGEST):
    rows = [(f"B{i:04}", "a" * 32, 0, "") for i in range(201)]
    return town.issue_these(rows, person=person, digest=digest)


def withdraw(town, person, digest=DIGEST):
    return town.commons.act("tender_withdraw", 1, "", person, digest)


def pause(town, person, digest=DIGEST):
    return town.commons.act("tender_pause", 1, T0 + 5, "ab" * 32, "{}", person, digest)


def erase(town, person, digest=DIGEST):
    return town.erase("r1", person=person, digest=digest)


def assist(town, person, digest=DIGEST):
    return town.assist("r1", 1, 30, body="trees", person=person, digest=digest)


ACTS = {"codes_issue": issue, "tender_withdraw": withdraw, "resident_erase": erase,
        "pledge_set": assist, "tender_pause": pause}


@pytest.mark.parametrize("kind", ACTS)
def test_another_person_does_it_once(town, kind):
    commons, ask = town.commons, ACTS[kind]
    before = commons.c()["seq"]
    for _ in range(3):
        assert ask(town, "a:one").must()["pending"] == "1"
    assert commons.c()["seq"] == before, "nothing was done"
    waiting, = commons.look("approvals").items_of
    assert (waiting["kind"], waiting["person"], waiting["digest"]) == (kind, "a:one", DIGEST)
    assert ask(town, "a:two").must().get("pending") is None
    assert commons.c()["seq"] == before + 1 and commons.look("approvals").items_of == []
    entry, = town.journal("approved")
    assert entry["a"].startswith(kind + ":") and entry["b"] == "a:one>a:two"
    town.books()


@pytest.mark.parametrize("kind", ACTS)
def test_the_operators_own_key_needs_no_second(town, kind):
    assert ACTS[kind](town, "", "").must().get("pending") is None
    assert town.journal("approved") == []


@pytest.mark.parametrize("kind", ACTS)
def test_a_program_is_neither_of_the_two(town, kind):
    commons, ask = town.commons, ACTS[kind]
    ask(town, "k:trust:oak-trust").no("person_needed")
    assert commons.look("approvals").items_of == []
    ask(town, "a:one").must(pending=1)
    ask(town, "k:trust:oak-trust").no("person_needed")
    assert ask(town, "a:two").must().get("pending") is None


@pytest.mark.parametrize("kind", ACTS)
def test_another_request_is_another_question(town, kind):
    assert ACTS[kind](town, "a:one").must()["pending"] == "1"
    assert ACTS[kind](town, "a:two", digest_of("another")).must()["pending"] == "1"
    assert len(town.commons.look("approvals").items_of) == 2


def test_what_was_asked_a_week_ago_counts_no_more(town):
    commons = town.commons
    commons.tender(closes=commons.now + 400 * DAY_MS).must()
    erase(town, "a:one").must(pending=1)
    commons.now += 7 * DAY_MS + 1
    commons.settle()
    assert commons.look("approvals").items_of == []
    ask = {"round_number": 1, "digest": DIGEST}
    town.erase("r1", person="a:two", **ask).must(pending=1)
    town.erase("r1", person="a:two", **ask).must(pending=1)
    assert town.erase("r1", person="a:one", **ask).must().get("pending") is None


def test_a_draft_is_withdrawn_and_few_codes_are_issued_by_one(town):
    town.commons.tender().must(tender=2)
    answer = town.commons.act("tender_withdraw", 2, "", "a:one", DIGEST).must(tender=2)
    assert "pending" not in answer
    town.issue_these(town.candidates([0] * 200), person="a:one", digest=DIGEST).must(batch=1)
    assert town.commons.look("approvals").items_of == []


def test_a_second_person_who_is_refused_may_come_again(town):
    """Codes whose serials are taken by now: the approval stays, and the next attempt does it."""
    issue(town, "a:one").must(pending=1)
    town.issue_these([("B0000", "b" * 32, 0, "")]).must()
    issue(town, "a:two").no("serials_taken", free=200, wanted=201)
    rows = [(f"C{i:04}", "a" * 32, 0, "") for i in range(201)]
    answer = town.issue_these(rows, person="a:two", digest=DIGEST).must(batch=2)
    assert "pending" not in answer


def test_at_most_256_wait(town):
    commons = town.commons
    commons.checked = False
    for i in range(256):
        erase(town, "a:one", digest_of(i)).must(pending=1)
    erase(town, "a:one", digest_of(0)).must(pending=1)
    erase(town, "a:one", digest_of(256)).no("approvals_too_many", approvals=256, most=256)
    items = commons.look("approvals").items_of
    assert len(items) == 256
    commons.now += 7 * DAY_MS + 1
    commons.settle()
    town.erase("r1", round_number=1, person="a:one", digest=digest_of(256)).must(pending=1)
    assert len(commons.look("approvals").items_of) == 1


def test_what_waits_is_refused_like_any_other_act_first(town):
    commons = town.commons
    commons.act("tender_withdraw", 9, "", "a:one", DIGEST).no("tender_unknown", tender=9)
    commons.act("tender_withdraw", 1, "parks", "a:one", DIGEST).no("not_your_body", body="trees")
    town.erase("nobody", person="a:one", digest=DIGEST).no("resident_unknown")
    town.assist("r1", 9, 30, body="trees", person="a:one", digest=DIGEST).no(
        "proposal_unknown", proposal=9)
    assert commons.hash("approvals") == {}


@pytest.mark.parametrize("person, digest", [("a:one", ""), ("a:one", "x" * 32), ("", DIGEST[1:]),
                                            ("a one", DIGEST), ("a" * 201, DIGEST)])
def test_a_malformed_person_raises(town, person, digest):
    before = town.commons.client.call("DEBUG", "DIGEST")
    for ask in ACTS.values():
        with pytest.raises(RedisError, match="MALFORMED"):
            ask(town, person, digest)
    assert town.commons.client.call("DEBUG", "DIGEST") == before
