"""A rule that is met must go on holding for as long as its tender says, then it activates."""
import pytest

from commons import DAY_MS, T0, wallet_of
from commons_fixture import commons, redis  # noqa: F401

WINDOW = 1000
UNTIL = T0 + WINDOW


def kinds(commons, after):
    return [record["kind"] for record in commons.log(after)]


@pytest.fixture
def market(commons):  # noqa: F811
    """Two can meet the rule of either proposal, and have."""
    commons.market(prices=(100, 120, 60), residents=4, allotment=100, people_min=2, window=WINDOW)
    commons.pledge("r1", 1, 60).must()
    commons.pledge("r2", 1, 60).must(activated=0, critical_until=UNTIL, held=60, state="live")
    return commons


def test_a_rule_that_is_met_makes_the_tender_critical_and_takes_nothing_yet(market):
    pledge, critical = market.last("pledge_set", "tender_critical")
    assert list(critical.items())[2:] == [
        ("at", str(T0)), ("kind", "tender_critical"), ("tender", "1"), ("proposal", "1"),
        ("until", str(UNTIL)), ("cause", pledge["seq"])]
    market.look("tender_view", 1).must(state="critical", critical=1, critical_since=T0,
                                       critical_until=UNTIL, held=120, window=1)
    market.look("proposal_view", 1).must(state="live", critical_until=UNTIL, critical_since=T0)
    market.look("proposal_view", 2).must(state="live", critical_until=0)
    assert market.c()["due"] == UNTIL and market.state("t1") == "c"
    market.pledge("r3", 1, 10).must(critical_until=UNTIL, pledged=130)
    market.look("pledge_view", "r1", 1, wallet_of("r1", 1), 1).must(critical_until=UNTIL, held=60)


def test_at_its_end_it_activates_whoever_comes_by_and_a_second_later_is_too_late(market):
    market.withdraw("r1", 1, now=UNTIL).no("pledge_spent", spent=50)
    record = market.last("commission_activated")
    assert list(record.items())[2:5] == [("at", str(UNTIL)), ("kind", "commission_activated"),
                                         ("due", str(UNTIL))]
    assert "cause" not in record and record["rho"] == "50"
    market.pledge("r3", 1, 10, now=UNTIL).no("proposal_activated")
    market.look("tender_view", 1).must(state="decided", critical=0, critical_until=0)
    assert market.c()["due"] == T0 + DAY_MS, "only the round's is left"


def test_a_withdrawal_a_moment_before_breaks_it_and_completing_it_begins_anew(market):
    pledge = market.withdraw("r1", 1, now=UNTIL - 1).must(critical_until=0)
    withdrawn, reopened = market.last("pledge_withdrawn", "tender_reopened")
    assert (reopened["proposal"], reopened["cause"]) == ("1", withdrawn["seq"]) and pledge
    market.look("tender_view", 1, now=UNTIL).must(state="open", critical=0)
    market.pledge("r1", 1, 40, now=UNTIL).must(critical_until=UNTIL + WINDOW, activated=0)
    market.settle(now=UNTIL + WINDOW - 1).must()
    assert market.state("p1") == "l"
    market.settle(now=UNTIL + WINDOW).must()
    assert market.state("p1").startswith("a")


def test_a_smaller_pledge_breaks_it_too_and_so_does_who_leaves(market):
    market.pledge("r1", 1, 30).must(critical_until=0)
    market.last("pledge_set", "tender_reopened")
    market.pledge("r1", 1, 60).must(critical_until=UNTIL)
    market.leave("r2").must()
    left, reopened = market.last("resident_left", "tender_reopened")
    assert reopened["cause"] == left["seq"]


def test_who_leaves_takes_from_the_next_as_well_and_then_it_is_not_the_next(market):
    for resident in ("r1", "r3"):
        market.pledge(resident, 3, 30).must(critical_until=0)
    market.leave("r1").must()
    _, reopened = market.last("resident_left", "tender_reopened")
    assert reopened["proposal"] == "1"
    assert market.state("t1") == "o" and not market.client.call("EXISTS", market.key("ready"))


def test_where_who_left_was_part_of_it_the_window_goes_to_the_one_behind(market):
    for resident, proposal, amount in (("r1", 3, 30), ("r3", 3, 30), ("r3", 2, 60), ("r4", 2, 60)):
        market.pledge(resident, proposal, amount).must()
    market.leave("r1").must()
    _, _, critical = market.last("resident_left", "tender_reopened", "tender_critical")
    assert critical["proposal"] == "2"


def test_who_meets_the_rule_meanwhile_waits_in_order_and_takes_the_window_over(market):
    for resident, amount in (("r3", 60), ("r4", 60)):
        market.pledge(resident, 2, amount).must(critical_until=0, activated=0)
    for resident, amount in (("r3", 30), ("r4", 30)):
        market.pledge(resident, 3, amount).must(critical_until=0)
    assert market.settle().must()["qualifying"] == ""
    market.act("activate", 2, subject="keeper", key=b"").no("window_runs", until=UNTIL)
    market.withdraw("r1", 1, now=T0 + 300).must()
    _, reopened, critical = market.last("pledge_withdrawn", "tender_reopened", "tender_critical")
    assert (reopened["proposal"], critical["proposal"]) == ("1", "2"), "the first that waited"
    assert critical["until"] == str(T0 + 300 + WINDOW) and critical["cause"] == reopened["cause"]
    market.act("proposal_withdraw", 2, "", now=T0 + 400).must()
    _, _, critical = market.last("proposal_withdrawn", "tender_reopened", "tender_critical")
    assert (critical["proposal"], critical["until"]) == ("3", str(T0 + 400 + WINDOW))
    market.settle(now=T0 + 400 + WINDOW).must()
    assert market.state("p3") == "a30" and market.state("t1") == "a"


def test_with_more_than_one_award_the_next_begins_where_the_window_ended(commons):  # noqa: F811
    commons.market(prices=(60, 70), residents=4, allotment=100, window=WINDOW, awards_max=2)
    commons.pledge("r1", 1, 60).must()
    commons.pledge("r2", 2, 70).must(critical_until=0)
    commons.settle(now=UNTIL + 5000).must(more=0)
    first, critical, second = commons.last("commission_activated", "tender_critical",
                                           "commission_activated")
    assert (first["due"], critical["due"], critical["until"]) == (
        str(UNTIL), str(UNTIL), str(UNTIL + WINDOW)), "as if somebody had been there in time"
    assert second["due"] == str(UNTIL + WINDOW) and second["proposal"] == "2"


def test_closing_before_the_end_lapses_it_and_so_does_the_round(commons):  # noqa: F811
    commons.market(prices=(60,), residents=2, allotment=100, window=WINDOW, closes=T0 + 1500)
    commons.pledge("r1", 1, 60, now=T0 + 500).must(critical_until=T0 + 1500)
    commons.settle(now=T0 + 1500).must()
    assert commons.last("tender_lapsed")["held"] == "60", "its closing was set before"
    commons.tender(window=WINDOW, ceiling=60).must()
    commons.proposal(2, 50).must()
    commons.open_tender(2).must()
    commons.pledge("r1", 2, 60).must(critical_until=T0 + 1500 + WINDOW)
    commons.act("round_close", 1).must()
    commons.settle(now=T0 + DAY_MS).must(due=0)
    assert kinds(commons, commons.c()["seq"] - 2) == ["round_closed"]
    commons.look("tender_view", 2).must(state="lapsed", critical=0)


def test_a_window_must_end_before_its_tender(commons):  # noqa: F811
    commons.market(residents=1)
    commons.tender(window=WINDOW, closes=T0 + WINDOW).must()
    commons.proposal(2, 50).must()
    commons.open_tender(2).no("window_too_long", window=WINDOW, left=WINDOW)
    commons.tender(window=WINDOW, closes=T0 + WINDOW + 1).must()
    commons.proposal(3, 50).must()
    commons.open_tender(3).must()


def short_of_money(commons):
    """p1 is critical, p2 of another tender has the same funds for itself first."""
    commons.market(prices=(500,), residents=6, allotment=100, pool=600, window=WINDOW, ceiling=600)
    commons.tender(ceiling=600).must()
    commons.proposal(2, 90).must()
    commons.proposal(2, 50).must()
    commons.open_tender(2).must()
    commons.act("fund_add", 1000, "parks", "ab" * 32, "{}").must()
    for resident in ("r1", "r2", "r3", "r4", "r5"):
        commons.pledge(resident, 1, 100).must()
    return commons


def test_money_that_others_have_drawn_meanwhile_lets_it_wait_and_begin_again(commons):  # noqa: F811
    short_of_money(commons)
    commons.register("r7").must(granted=1)
    commons.pledge("r6", 2, 50).must()
    commons.pledge("r7", 2, 60).must(activated=1, headroom=510)
    commons.tender(ceiling=500).must()
    commons.proposal(3, 20).must()
    commons.open_tender(3).must()
    commons.pledge("r7", 4, 20).must(activated=1, headroom=490)
    commons.look("tender_view", 1).must(state="critical")
    commons.settle(now=UNTIL).must(qualifying="")
    reopened = commons.last("tender_reopened")
    assert (reopened["due"], "cause" in reopened) == (str(UNTIL), False)
    commons.act("activate", 1, subject="keeper", key=b"", now=UNTIL).no(
        "rule_not_met", money=0, people=0, areas=0, headroom=10)
    commons.act("fund_top_up", 1, 10, now=UNTIL + 50).must(qualifying="1")
    commons.act("activate", 1, subject="keeper", key=b"", now=UNTIL + 60).must()
    critical = commons.last("tender_critical")
    assert critical["until"] == str(UNTIL + 60 + WINDOW)
    assert "cause" not in critical and "due" not in critical
    commons.settle(now=UNTIL + 60 + WINDOW).must()
    commons.last("commission_activated")


def test_the_body_can_withdraw_a_critical_tender(market):
    market.act("tender_withdraw", 1, "").must()
    assert market.state("t1") == "w" and market.c()["held"] == 0
    assert market.c()["due"] == T0 + DAY_MS
