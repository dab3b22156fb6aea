"""The brake: nothing is pledged and nothing activates, deadlines move, fourteen days at most."""
import pytest

from commons import DAY_MS, HASH, T0
from commons_fixture import commons, redis  # noqa: F401
from people import People, digest_of

WINDOW = 1000


def stop(commons, until, tender=1, **how):
    return commons.act("tender_pause", tender, until, HASH, '{"reason":"x"}', "", "", **how)


def resume(commons, tender=1, **how):
    return commons.act("tender_resume", tender, **how)


def keeper(commons, proposal, **how):
    return commons.act("activate", proposal, subject="keeper", key=b"", **how)


@pytest.fixture
def market(commons):  # noqa: F811
    commons.market(prices=(100, 90), residents=4, allotment=100, people_min=2,
                   closes=T0 + 10_000)
    commons.pledge("r1", 1, 60).must()
    return commons


def test_while_it_lasts_one_can_only_take_back(market):
    stop(market, T0 + 500).must(tender=1)
    assert list(market.last("tender_paused").items())[4:] == [
        ("tender", "1"), ("until", str(T0 + 500)), ("text", HASH)]
    market.look("tender_view", 1).must(state="open", paused_until=T0 + 500,
                                       pause='{"reason":"x"}', closes=T0 + 10_500, held=60)
    market.pledge("r2", 1, 60).no("tender_paused", until=T0 + 500)
    market.pledge("r1", 1, 60).no("tender_paused", until=T0 + 500)
    keeper(market, 1).no("tender_paused", until=T0 + 500)
    stop(market, T0 + 600).no("tender_paused", until=T0 + 500)
    market.pledge("r2", 1, 60, now=T0 + 499).no("tender_paused", until=T0 + 500)
    market.withdraw("r1", 1, now=T0 + 499).must(held=0)
    market.pledge("r2", 1, 60, now=T0 + 500).must()
    resumed = market.log()[-2]
    assert (resumed["kind"], resumed["due"], resumed["paused"]) == (
        "tender_resumed", str(T0 + 500), "500")
    market.look("tender_view", 1).must(paused_until=0, pause="", closes=T0 + 10_500)


def test_what_is_not_used_is_given_back(market):
    stop(market, T0 + 5000).must()
    assert market.c()["due"] == T0 + 5000
    resume(market, now=T0 + 2000).must(tender=1)
    assert market.last("tender_resumed")["paused"] == "2000"
    market.look("tender_view", 1).must(closes=T0 + 12_000, paused_until=0)
    assert market.c()["due"] == T0 + 12_000
    resume(market).no("tender_not_paused")
    market.pledge("r2", 1, 60).must(activated=1)


def test_a_tender_closes_later_by_as_long(market):
    stop(market, T0 + 9000).must()
    market.settle(now=T0 + 10_000).must()
    market.last("tender_resumed")
    market.pledge("r2", 2, 10, now=T0 + 18_999).must()
    market.pledge("r2", 2, 20, now=T0 + 19_000).no("tender_closed", state="lapsed")
    assert market.last("tender_lapsed")["due"] == str(T0 + 19_000)


def test_the_window_waits_too(commons):  # noqa: F811
    commons.market(prices=(100, 90), residents=4, allotment=100, people_min=2, window=WINDOW)
    commons.pledge("r1", 1, 60).must()
    commons.pledge("r2", 1, 60, now=T0 + 100).must(critical_until=T0 + 1100)
    for resident in ("r3", "r4"):
        commons.pledge(resident, 2, 50).must()
    stop(commons, T0 + 600, now=T0 + 200).must()
    commons.look("tender_view", 1).must(state="critical", critical_until=T0 + 1500)
    assert commons.state("t1") == f"c{T0 + 600}"
    commons.withdraw("r1", 1, now=T0 + 300).must()
    commons.look("tender_view", 1).must(critical=2, critical_until=T0 + 600 + WINDOW)
    resume(commons, now=T0 + 500).must()
    commons.look("tender_view", 1).must(critical=2, critical_until=T0 + 500 + WINDOW)
    commons.settle(now=T0 + 500 + WINDOW).must()
    assert commons.state("p2") == "a45"


def test_fourteen_days_in_all_and_never_into_the_past(commons):  # noqa: F811
    commons.create().must()
    commons.fund(1000).must()
    commons.register("r1").must()
    commons.open_round(100, closes=T0 + 40 * DAY_MS).must()
    commons.tender(closes=T0 + 20 * DAY_MS).must()
    commons.proposal(1, 50).must()
    stop(commons, T0 + 5).no("tender_not_open")
    resume(commons).no("tender_not_open")
    commons.open_tender(1).must()
    stop(commons, T0).no("pause_too_short", until=T0, now=T0)
    stop(commons, T0 + 14 * DAY_MS + 1).no("pause_too_long", days=15, used=0, most=14)
    stop(commons, T0 + 10 * DAY_MS).must()
    commons.now = T0 + 11 * DAY_MS
    stop(commons, commons.now + 4 * DAY_MS + 1).no("pause_too_long", days=5, used=10, most=14)
    stop(commons, commons.now + 4 * DAY_MS).must()
    commons.now += 4 * DAY_MS
    stop(commons, commons.now + 1).no("pause_too_long", days=1, used=14, most=14)
    commons.look("tender_view", 1).must(closes=T0 + 34 * DAY_MS)
    stop(commons, T0, tender=9).no("tender_unknown", tender=9)
    resume(commons, tender=9).no("tender_unknown", tender=9)


def test_the_round_does_not_wait(market):
    stop(market, T0 + 2 * DAY_MS).must()
    market.look("tender_view", 1).must(closes=T0 + DAY_MS)
    market.settle(now=T0 + DAY_MS).must()
    assert market.last("round_closed")["held"] == "60"
    market.look("tender_view", 1).must(state="lapsed", paused_until=0)
    seq = market.c()["seq"]
    market.settle(now=T0 + 9 * DAY_MS).must(due=0)
    assert market.c()["seq"] == seq
    resume(market).no("tender_closed", state="lapsed")
    stop(market, T0 + 10 * DAY_MS).no("tender_closed", state="lapsed")


def test_whatever_qualifies_waits_for_its_end(commons):  # noqa: F811
    commons.market(prices=(300, 300), residents=6, allotment=100, pool=600, awards_max=2,
                   ceiling=600)
    commons.act("fund_add", 100, "parks", HASH, "{}").must()
    for resident in ("r1", "r2", "r3"):
        commons.pledge(resident, 1, 100).must()
    commons.tender(ceiling=300).must()
    commons.proposal(2, 250).must()
    commons.open_tender(2).must()
    for resident in ("r4", "r5"):
        commons.pledge(resident, 3, 90).must()
    commons.pledge("r6", 2, 40).must()
    commons.pledge("r6", 3, 60).must(activated=0)
    commons.pledge("r4", 3, 100).must(activated=1)
    stop(commons, T0 + 100).must()
    commons.act("tender_withdraw", 1, "").must()
    assert commons.c()["due"] == T0 + DAY_MS


def test_it_takes_two_people(market):
    town, digest = People(market), digest_of("the pause")
    asked = ("tender_pause", 1, T0 + 500, HASH, "{}")
    assert market.act(*asked, "a:one", digest).must()["pending"] == "1"
    market.pledge("r2", 2, 10).must()
    market.act(*asked, "a:one", digest).must(pending=1)
    market.act(*asked, "a:two", digest).must()
    assert market.state("t1") == f"o{T0 + 500}"
    entry, = town.journal("approved")
    assert entry["a"] == "tender_pause:t1" and entry["b"] == "a:one>a:two"
