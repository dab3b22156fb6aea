"""The summary of a community for the trust's watch: what is near, what is stuck, who is missing;
and how many people have pledged, which tells nothing of a tally that is hidden."""
import json

import tally
from commons import DAY_MS, T0, wallet_of
from commons_fixture import commons, redis  # noqa: F401

KEY = tally.tender_key(b"s" * 32, 1)


def summary(commons, days=28, **how):
    return commons.look("summary", days * DAY_MS, **how).must()


def of(answer, what):
    return [item for item in answer.items_of if item["what"] == what]


def people(commons):
    return summary(commons)["people"]


def test_159_who_has_pledged_counts_once_until_they_take_everything_back(commons):
    commons.market(prices=(900, 900), residents=3, allotment=50)
    assert people(commons) == ""
    commons.pledge("r1", 1, 20).must()
    commons.pledge("r1", 2, 20).must()
    commons.pledge("r1", 1, 25).must()
    commons.pledge("r2", 2, 10).must()
    assert people(commons) == "0:2"
    commons.withdraw("r1", 1).must()
    assert people(commons) == "0:2"
    commons.withdraw("r1", 2).must()
    assert people(commons) == "0:1"
    commons.pledge("r1", 2, 20).must()
    assert people(commons) == "0:2"


def test_159_a_release_takes_nobody_out_and_the_next_round_begins_at_none(commons):
    commons.market(prices=(900,), residents=3, allotment=50)
    commons.pledge("r1", 1, 20).must()
    commons.act("tender_withdraw", 1, "").must()
    assert people(commons) == "0:1"
    commons.act("round_close", 1).must()
    assert people(commons) == "0:1"
    commons.open_round(1).must()
    assert people(commons) == ""


def test_159_who_leaves_takes_their_pledges_with_them(commons):
    commons.market(prices=(900,), residents=3, allotment=50)
    commons.pledge("r1", 1, 20).must()
    commons.act("resident_leave", "r1", 1, wallet_of("r1", 1)).must()
    assert people(commons) == ""


def test_159_a_sealed_pledge_counts_when_it_is_disclosed_and_not_before(commons):
    commons.market(tally="hidden", tally_key=KEY, prices=(900,), residents=4, allotment=50)
    commons.pledge("r1", 1, 20).must()
    commons.pledge("r2", 1, 20).must()
    before = summary(commons)
    assert (before["people"], before["held"], before["free"]) == ("", "0", "200")
    assert before["tenders_hidden"] == "1" and not of(before, "proposal")
    commons.act("tender_withdraw", 1, "").must()
    assert people(commons) == "0:2"


def two_hidden_and_one_open(commons):
    commons.market(prices=(900,), residents=4, allotment=90)
    for number in (2, 3):
        commons.tender(tally="hidden").must()
        commons.proposal(number, 900).must()
        commons.open_tender(number, tally_key=tally.tender_key(b"s" * 32, number)).must()


def test_159_with_two_hidden_tallies_each_comes_to_light_once(commons):
    two_hidden_and_one_open(commons)
    commons.pledge("r1", 2, 20).must()
    commons.pledge("r1", 3, 20).must()
    commons.pledge("r2", 3, 20).must()
    commons.pledge("r3", 2, 20).must()
    assert people(commons) == "" and commons.hash("ph") == {"2,3:0": "1", "3:0": "1", "2:0": "1"}
    commons.pledge("r2", 1, 5).must()  # seen now, and no more a secret that they pledge
    assert people(commons) == "0:1" and commons.hash("ph") == {"2,3:0": "1", "2:0": "1"}
    commons.withdraw("r2", 1).must()
    assert people(commons) == "" and commons.hash("ph")["3:0"] == "1"
    commons.act("tender_withdraw", 2, "").must()
    assert people(commons) == "0:2" and commons.hash("ph") == {"3:0": "1"}
    commons.act("round_close", 1).must()
    assert people(commons) == "0:3" and commons.hash("ph") == {}


def test_159_a_deadline_that_nobody_has_written_discloses_too(commons):
    commons.market(tally="hidden", tally_key=KEY, prices=(900,), residents=4, allotment=50)
    commons.pledge("r1", 1, 20).must()
    assert summary(commons, now=T0 + 2 * DAY_MS)["people"] == "0:1"


def test_159_the_nearest_proposals_come_first_by_their_worst_condition(commons):
    commons.market(prices=(100, 200, 400, 800), residents=4, allotment=200, people_min=2)
    commons.pledge("r1", 2, 150).must()
    commons.pledge("r1", 3, 50).must()
    commons.pledge("r2", 4, 40).must()
    commons.pledge("r3", 4, 40).must()
    near = of(summary(commons), "proposal")
    assert [(p["number"], p["permille"]) for p in near] == [("2", "500"), ("3", "125"),
                                                            ("4", "100")]
    assert near[0]["pledged"] == "150" and near[0]["people"] == "1"
    assert json.loads(near[0]["text"]) == {}


def test_159_what_is_not_quite_there_is_at_most_999(commons):
    commons.market(prices=(2000,), residents=2, allotment=1000, pool=4000,
                   ceiling=2000)
    commons.pledge("r1", 1, 1000).must()
    commons.pledge("r2", 1, 999).must(activated=0)
    assert of(summary(commons), "proposal")[0]["permille"] == "999"


def test_159_a_commission_without_a_record_for_days_is_stalled(commons):
    commons.market(prices=(40,), residents=2, allotment=50)
    commons.pledge("r1", 1, 40).must(activated=1)
    fresh = summary(commons)
    assert (fresh["commissions"], fresh["stalled"]) == ("1", "0") and not of(fresh, "commission")
    late = summary(commons, days=3, now=T0 + 3 * DAY_MS)
    item = of(late, "commission")[0]
    assert late["stalled"] == "1" and item["number"] == "1" and item["state"] == "awarded"
    assert item["at"] == str(T0) and item["price"] == "40"


def test_159_the_next_deadline_is_named(commons):
    commons.market(prices=(40,), residents=2, allotment=50)
    view = summary(commons)
    assert view["due_kind"] in ("tender", "round") and int(view["due"]) > T0
    assert view["tenders_open"] == "1" and view["whole"] == "1"


def margins(commons):
    return [(b["word"], b["state"], b["margin"]) for b in of(summary(commons), "body")]


def test_159_a_body_that_is_about_to_lose_its_majority(commons):
    commons.create(members_min=3).must()
    commons.form("trees").must()
    for holder in ("a:one", "a:two", "a:three"):
        commons.seat(holder).must()
    assert margins(commons) == [("trees", "lawful", "0")]  # for three is the least
    commons.seat("a:four", "professional").must()
    assert margins(commons) == []
    commons.seat("a:five", "professional").must()
    assert margins(commons) == [("trees", "lawful", "0")]
    commons.seat("a:six", "professional").must()
    assert margins(commons) == [("trees", "suspended", "0")]


def trend(commons, since=0, **how):
    return commons.look("trend", since, **how).must().items_of


def test_159_a_day_that_is_over_is_written_down_by_the_first_record_of_the_next(commons):
    commons.market(prices=(900,), residents=3, allotment=50)
    commons.pledge("r1", 1, 20).must()
    today = T0 // DAY_MS
    assert commons.hash("tr") == {}
    commons.now += 3 * DAY_MS  # the round has closed meanwhile
    commons.fund(10).must()
    first, *_, last = trend(commons)
    assert (first["day"], first["people"], first["held"], first["pledges"]) == (
        str(today), "1", "20", "1")
    assert (last["day"], last["held"], last["round"]) == (str(today + 3), "0", "1")
    assert set(commons.hash("tr")) == {str(today)}
    commons.fund(10).must()
    assert set(commons.hash("tr")) == {str(today)}


def test_159_a_hidden_tally_is_in_no_trend(commons):
    commons.market(tally="hidden", tally_key=KEY, prices=(900,), residents=3, allotment=50,
                   closes=T0 + DAY_MS)
    commons.pledge("r1", 1, 20).must()
    commons.now += DAY_MS // 2
    while commons.now // DAY_MS == T0 // DAY_MS:
        commons.now += DAY_MS // 4
    commons.pledge("r2", 1, 20).must()
    for item in trend(commons):
        assert (item["people"], item["pledges"], item["held"]) == ("0", "0", "0")


def test_159_four_hundred_days_are_kept(commons):
    commons.create().must()
    commons.checked = False
    for n in range(405):
        commons.now += DAY_MS
        commons.register(f"x{n}").must()
    days = sorted(int(day) for day in commons.hash("tr"))
    assert len(days) == 400 and days[-1] == commons.now // DAY_MS - 1
    since = commons.now // DAY_MS - 3
    assert [int(i["day"]) for i in trend(commons, since)] == [since - 1, since, since + 1,
                                                              since + 2, since + 3]
