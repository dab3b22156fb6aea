"""Tenders are published, opened, withdrawn; proposals come, and go back."""
import pytest

from commons import DAY_MS, HASH, T0
from commons_fixture import commons, redis  # noqa: F401
from redis_server import RedisError


def place(commons):
    commons.create(areas="north,south").must()
    commons.fund(1000).must()
    commons.register("r1", "r2").must()
    return commons


def test_a_tender_is_a_draft_with_its_whole_rule_in_the_log(commons):
    place(commons).tender(ceiling=300, people_min=2, areas_min=2, area_people_min=1, awards_max=3,
                          late=1, theme="parks").must(tender=1, seq=3)
    assert list(commons.last("tender_created").items())[3:] == [
        ("kind", "tender_created"), ("tender", "1"), ("body", "trees"), ("theme", "parks"),
        ("ceiling", "300"), ("people_min", "2"), ("areas_min", "2"), ("area_people_min", "1"),
        ("awards_max", "3"), ("closes", str(T0 + DAY_MS // 2)), ("late", "1"),
        ("rule_hash", HASH), ("text", HASH)]
    assert commons.state("t1") == "d"
    commons.tender(window=60_000, days=7, contributors=5, need=2).must(tender=2)
    assert list(commons.last("tender_created").items())[12:] == [
        ("late", "0"), ("window", "60000"), ("days", "7"), ("contributors", "5"), ("need", "2"),
        ("rule_hash", HASH), ("text", HASH)]
    commons.look("tender_view", 2).must(window=60, tally="open", deliberation_days=7,
                                        deliberation_contributors=5, answers=2)
    commons.tender(window=1, tally="hidden").no("window_hidden")
    commons.tender(tally="hidden").must(tender=3)
    assert list(commons.last("tender_created").items())[12:] == [
        ("late", "0"), ("tally", "hidden"), ("rule_hash", HASH), ("text", HASH)]
    commons.look("tender_view", 3).must(window=0, tally="hidden")
    commons.look("tender_view", 1).must(window=0, tally="open", deliberation_days=0, answers=0)
    commons.tender(areas_min=3, area_people_min=1).no("breadth_unreachable", areas_min=3, areas=2)
    commons.tender(closes=T0).no("closes_too_soon", closes=T0, now=T0)


@pytest.mark.parametrize("how", [
    {"people_min": 0}, {"areas_min": 1}, {"area_people_min": 1}, {"awards_max": 0},
    {"awards_max": 129}, {"ceiling": 0}, {"late": 2}, {"body": "Not a word"}, {"areas_min": 65},
    {"tally": "secret"}, {"window": -1}, {"need": 2 ** 32}])
def test_a_rule_that_is_none_raises(commons, how):
    place(commons)
    with pytest.raises(RedisError, match="MALFORMED"):
        commons.tender(**how)


def test_an_opening_is_refused_in_the_order_of_its_checks(commons):
    place(commons)
    commons.tender(ceiling=2000, closes=T0 + 2 * DAY_MS).must()
    commons.open_tender(2).no("tender_unknown", tender=2)
    commons.open_tender(1, "others").no("not_your_body", body="trees")
    commons.open_tender(1, "trees").no("round_not_open")
    commons.open_round(10).must()
    commons.open_tender(1).no("closes_after_round", closes=T0 + 2 * DAY_MS,
                              round_closes=T0 + DAY_MS)
    commons.tender(ceiling=2000).must()
    commons.open_tender(2).no("ceiling_over_headroom", ceiling=2000, headroom=1000)
    commons.tender(ceiling=1000, closes=T0 + 5).must()
    commons.open_tender(3).no("proposals_none")
    commons.proposal(3, 10).must()
    commons.open_tender(3, now=T0 + 5).no("closes_too_soon", closes=T0 + 5, now=T0 + 5)
    commons.open_tender(3).must(tender=3)
    assert list(commons.last("tender_opened").items())[3:] == [
        ("kind", "tender_opened"), ("tender", "3"), ("round", "1"), ("rule_hash", HASH),
        ("proposals", "1")]
    commons.open_tender(3).no("tender_not_draft", state="open")


def test_money_of_another_theme_is_no_headroom(commons):
    place(commons).fund(5000, "parks").must()
    commons.open_round(10).must()
    commons.tender(ceiling=1001, theme="roads", late=1).must()
    commons.open_tender(1).no("ceiling_over_headroom", ceiling=1001, headroom=1000)
    commons.tender(ceiling=6000, theme="parks", late=1).must()
    commons.open_tender(2).must()


def test_a_withdrawn_tender_gives_everything_back(commons):
    commons.market(residents=2)
    commons.pledge("r1", 1, 20).must()
    commons.act("tender_withdraw", 1, "others").no("not_your_body", body="trees")
    commons.act("tender_withdraw", 7, "").no("tender_unknown", tender=7)
    commons.act("tender_withdraw", 1, "trees").must(tender=1)
    assert list(commons.last("tender_withdrawn").items())[3:] == [
        ("kind", "tender_withdrawn"), ("tender", "1"), ("held", "20")]
    assert commons.c()["free"] == 100 and commons.c()["due"] == T0 + DAY_MS
    commons.act("tender_withdraw", 1, "").no("tender_closed", state="withdrawn")
    commons.pledge("r1", 1, 10).no("tender_closed", state="withdrawn")
    commons.withdraw("r1", 1).no("pledge_released")
    commons.open_tender(1).no("tender_not_draft", state="withdrawn")


def test_a_draft_can_be_withdrawn_too(commons):
    place(commons).tender().must()
    commons.act("tender_withdraw", 1, "").must()
    assert commons.last("tender_withdrawn")["held"] == "0"


def test_proposals_come_while_the_tender_takes_them(commons):
    place(commons).open_round(10).must()
    commons.tender(ceiling=100).must()
    commons.proposal(9, 1).no("tender_unknown", tender=9)
    commons.proposal(1, 1, "others").no("not_your_body", body="trees")
    commons.proposal(1, 101).no("price_over_ceiling", price=101, ceiling=100)
    commons.proposal(1, 100, "trees").must(proposal=1)
    assert list(commons.last("proposal_submitted").items())[3:] == [
        ("kind", "proposal_submitted"), ("proposal", "1"), ("tender", "1"), ("price", "100"),
        ("text", HASH)]
    commons.open_tender(1).must()
    commons.proposal(1, 1).no("proposals_late")
    commons.tender(late=1).must()
    commons.open_tender(2).must()
    commons.proposal(2, 5).must(proposal=2)
    commons.pledge("r1", 2, 5).must(activated=1)
    commons.proposal(2, 5).no("tender_closed", state="decided")


def test_at_most_128_live_proposals(commons):
    place(commons).tender().must()
    commons.checked = False
    for _ in range(128):
        commons.proposal(1, 5).must()
    commons.proposal(1, 5).no("proposals_too_many", proposals=128, most=128)
    commons.act("proposal_withdraw", 77, "").must()
    commons.proposal(1, 5).must(proposal=129)
    commons.proposal(1, 5).no("proposals_too_many", proposals=128, most=128)


def test_a_withdrawn_proposal_gives_back_what_is_held_on_it(commons):
    commons.market(prices=(100, 90), residents=2)
    commons.pledge("r1", 1, 20).must()
    commons.pledge("r1", 2, 25).must()
    commons.act("proposal_withdraw", 3, "").no("proposal_unknown", proposal=3)
    commons.act("proposal_withdraw", 1, "others").no("not_your_body", body="trees")
    commons.act("proposal_withdraw", 1, "trees").must(proposal=1)
    assert list(commons.last("proposal_withdrawn").items())[3:] == [
        ("kind", "proposal_withdrawn"), ("proposal", "1"), ("held", "20")]
    assert commons.c()["held"] == 25
    commons.act("proposal_withdraw", 1, "").no("proposal_withdrawn")
    commons.pledge("r1", 1, 10).no("proposal_withdrawn")
    commons.withdraw("r1", 1).no("pledge_released")
    commons.act("activate", 1, subject="keeper", key=b"").no("proposal_withdrawn")
    commons.pledge("r2", 2, 50).must()
    commons.pledge("r1", 2, 50).must(activated=1)
    commons.act("proposal_withdraw", 2, "").no("proposal_activated")
    commons.look("proposal_view", 1).must(state="withdrawn")


def test_a_proposal_of_an_ended_tender_cannot_be_withdrawn(commons):
    commons.market(prices=(100, 40), residents=2)
    commons.pledge("r1", 2, 50).must(activated=1)
    commons.act("proposal_withdraw", 1, "").no("tender_closed", state="decided")
    commons.look("proposal_view", 1).must(state="released")
