"""A round grants everybody the same at once and takes everything back at once."""
from commons import DAY_MS, HASH, T0
from commons_fixture import commons, redis  # noqa: F401


def ready(commons, **how):
    commons.create(**how).must()
    commons.fund(1000).must()
    commons.register("ada", "ben").must()
    commons.register("cas", area=1).must()
    return commons


def test_opening_grants_everybody_and_says_what_is_spendable(commons):
    ready(commons).fund(70, "parks").must()
    commons.act("round_open", 1, 100, 10, T0 + DAY_MS, "electoral-roll", HASH, "{}").must(
        round=1, granted=300, spendable=":1000,parks:70")
    assert list(commons.last("round_opened").items())[3:] == [
        ("kind", "round_opened"), ("round", "1"), ("allotment", "100"), ("token", "10"),
        ("closes", str(T0 + DAY_MS)), ("residents", "3"), ("roll", "electoral-roll"),
        ("grants", "0:2,1:1"), ("text", HASH)]
    c = commons.c()
    assert (c["unallotted"], c["free"], c["granted"], c["open"]) == (770, 300, 300, 1)
    assert commons.hash("g") == {"0": "2", "1": "1"}
    assert commons.client.call("ZRANGE", commons.key("due"), 0, -1) == [b"0000000000000005:r1"]


def test_an_opening_is_refused_in_the_order_of_its_checks(commons):
    ready(commons)
    commons.open_round(100, number=2).no("round_changed", round=0)
    commons.open_round(100, closes=T0).no("closes_too_soon", closes=T0, now=T0)
    commons.open_round(400).no("unallotted_short", short=200, needed=1200, unallotted=1000)
    commons.open_round(300).must()
    commons.open_round(1).no("round_open_already", round=1)


def test_a_round_needs_residents_and_areas_that_hide_them(commons):
    commons.create(areas="north,south", least=2).must()
    commons.fund(1000).must()
    commons.open_round(1).no("residents_none")
    commons.register("ada", "ben").must()
    commons.register("cas", area=1).must()
    commons.open_round(1).no("area_too_small", area="south", residents=1, least=2)
    commons.leave("cas").must()
    commons.open_round(1).must()


def test_closing_takes_back_what_is_free_and_held_and_lapses_tenders(commons):
    commons.market(prices=(100, 40), residents=3, allotment=50, awards_max=2)
    commons.pledge("r1", 2, 40).must(activated=1)
    commons.pledge("r1", 1, 10).must()
    commons.pledge("r2", 1, 30).must()
    commons.act("round_close", 1).must(round=1)
    assert list(commons.last("round_closed").items())[3:] == [
        ("kind", "round_closed"), ("round", "1"), ("free", "70"), ("held", "40"),
        ("granted", "150"), ("spent", "40"), ("prices", "40"), ("rounding", "0")]
    c = commons.c()
    assert (c["unallotted"], c["committed"], c["open"], c["due"]) == (960, 40, 0, T0 + DAY_MS // 2)
    commons.look("tender_view", 1).must(state="lapsed", held=0)
    commons.look("proposal_view", 1).must(state="released")
    commons.pledge("r2", 1, 10).no("round_not_open")
    commons.act("round_close", 1).no("round_not_open")
    commons.act("round_close", 2).no("round_unknown", round=2)
    commons.act("round_close", 0).no("round_unknown", round=0)
    commons.proposal(1, 10).no("tender_closed", state="lapsed")
    commons.act("tender_withdraw", 1, "").no("tender_closed", state="lapsed")
    commons.open_tender(1).no("tender_not_draft", state="lapsed")


def test_the_next_round_grants_afresh_and_counts_from_0(commons):
    commons.market(residents=3, allotment=50)
    commons.pledge("r1", 1, 50).must()
    commons.act("round_close", 1).must()
    commons.open_round(60).must(round=2, granted=180)
    c = commons.c()
    assert (c["granted"], c["spent"], c["held"], c["unallotted"]) == (180, 0, 0, 820)
    commons.pledge("r1", 1, 10, round_number=1).no("round_changed", round=2)
    commons.pledge("r1", 1, 10).no("tender_closed", state="lapsed")
    tender = commons.tender().must()["tender"]
    commons.proposal(tender, 50).must(proposal=2)
    commons.open_tender(tender).must()
    commons.pledge("r1", 2, 60).must(activated=1, spent=50, free=10)


def test_a_round_whose_deadline_has_come_is_closed_by_whoever_comes_next(commons):
    commons.market(residents=3, allotment=50)
    commons.pledge("r1", 1, 20).must()
    commons.now = T0 + DAY_MS
    commons.pledge("r1", 1, 30).no("round_not_open")
    lapsed, closed = commons.last("tender_lapsed", "round_closed")
    assert list(lapsed.items())[3:] == [
        ("kind", "tender_lapsed"), ("due", str(T0 + DAY_MS // 2)), ("tender", "1"), ("held", "20")]
    assert closed["due"] == str(T0 + DAY_MS) and closed["free"] == "150"
    assert closed["at"] == str(T0 + DAY_MS) and commons.c()["unallotted"] == 1000
