"""One register entry is one resident; what does not fit is looked at by somebody, once."""
import pytest

from commons_fixture import commons, redis  # noqa: F401
from people import People
from redis_server import RedisError


@pytest.fixture
def town(commons):
    commons.create().must()
    return People(commons)


def test_an_import_registers_who_may_take_part(town):
    commons = town.commons
    town.register(("ada", 0), ("ben", 1), ("cas", 1, "too_young")).must(
        seq=1, registered=2, already=0, granted=0, ungranted=0, ineligible=1, review=0)
    assert commons.last("residents_registered")["registered"] == "0:1,1:1"
    assert commons.hash("ineligible") == {"cas": "too_young"}
    before = commons.c()["seq"]
    town.register(("ada", 0), ("ben", 1), ("cas", 1, "too_young")).must(
        seq=1, registered=0, already=2, ineligible=1)
    assert commons.c()["seq"] == before, "the same register again changes nothing"
    town.register(("cas", 1)).must(registered=1, ineligible=0)
    assert commons.hash("ineligible") == {}
    town.books()


def test_who_may_not_take_part_cannot_come_in_by_a_code(town):
    commons = town.commons
    serial, = town.issue([0])
    town.register(("eve", 0, "moved_away")).must(ineligible=1)
    town.redeem(serial, "acc1", resident="eve").no("not_eligible", reason="moved_away")
    town.use(serial, resident="eve").no("not_eligible", reason="moved_away")
    assert commons.hash("residents") == {} and town.code(serial)[1] == "o"


def test_an_entry_that_was_a_member_and_may_no_longer_is_put_into_review(town):
    commons = town.commons
    town.register(("ada", 0)).must()
    town.register(("ada", 0, "deceased")).must(ineligible=0, review=1)
    town.register(("ada", 0, "deceased")).must(ineligible=0, review=0)
    found, = town.review()
    assert (found["reason"], found["resident"], found["other"]) == ("not_eligible_now", "ada", "")
    assert commons.hash("residents")["ada"].split()[1] == "m", "nobody is thrown out silently"
    commons.act("review_resolve", 1, 1).no("review_not_acceptable", reason="not_eligible_now")
    commons.act("review_resolve", 1, 0).must()
    commons.act("review_resolve", 1, 0).no("review_unknown", number=1)
    assert town.journal("resolved")[0]["b"] == "dismissed"
    town.register(("ada", 0, "deceased")).must(review=1)


def test_another_area_is_a_question_not_a_move(town):
    town.register(("ada", 0)).must()
    town.register(("ada", 1)).must(already=0, review=1)
    assert town.review()[0]["area"] == "1"
    assert town.commons.hash("residents")["ada"].split()[0] == "0"


def test_the_same_person_twice_holds_one_allotment(town):
    commons = town.commons
    commons.fund(1000).must()
    town.register(("ada", 0, "", "p1"), ("ada-too", 1, "", "p1"), ("ben", 1, "", "p2")).must(
        registered=2, review=1)
    commons.open_round(100).must(granted=200)
    found, = town.review()
    assert (found["reason"], found["resident"], found["other"]) == ("same_person", "ada-too", "ada")
    town.register(("ada-too", 1, "", "p1")).must(registered=0, review=0)
    assert commons.c()["granted"] == 200 and "ada-too" not in commons.hash("residents")
    commons.act("review_resolve", found["number"], 1).must()
    assert commons.last("residents_registered")["grants"] == "1:1"
    assert commons.hash("n") == {"0": "1", "1": "2"} and commons.c()["granted"] == 300
    town.register(("ada-again", 0, "", "p1")).must(review=1)
    assert town.review()[0]["other"] == "ada-too", "the person is who was accepted last"
    town.books()


def test_a_person_whose_first_entry_left_may_come_by_another(town):
    commons = town.commons
    town.register(("ada", 0, "", "p1")).must()
    commons.leave("ada").must()
    town.register(("ada-new", 1, "", "p1")).must(registered=1, review=0)
    town.register(("ada", 0, "", "p1")).must(registered=0, review=1)


def test_a_person_whose_first_entry_left_with_its_allotment_waits_for_the_next_round(town):
    commons = town.commons
    commons.fund(1000).must()
    town.register(("ada", 0, "", "p1")).must()
    commons.open_round(100).must(granted=100)
    commons.leave("ada").must()
    town.register(("ada-new", 1, "", "p1")).must(registered=0, granted=0, review=1)
    found, = town.review()
    assert (found["reason"], found["other"]) == ("same_person", "ada")
    assert commons.c()["granted"] == 100
    commons.act("round_close", 1).must()
    town.register(("ada-new", 1, "", "p1")).must(registered=1)
    town.books()


def test_a_person_who_was_erased_with_an_allotment_gets_no_second_one_by_another_entry(town):
    commons = town.commons
    commons.fund(1000).must()
    town.register(("ada", 0, "", "p1"), ("ben", 0, "", "p2")).must()
    commons.open_round(100).must(granted=200)
    town.erase("ada", subject="ada").must()
    town.register(("ada-new", 1, "", "p1")).must(registered=0, granted=0, review=1)
    assert town.review()[0]["other"] == "ada" and commons.c()["granted"] == 200
    town.register(("ada", 0, "", "p1")).must(registered=1, granted=0)
    commons.act("people_purge", commons.now + 1, key="").must()
    assert len(commons.hash("gone_persons")) == 1, "the round is not over"
    commons.act("round_close", 1).must()
    town.register(("ada-other", 1, "", "p1")).must(registered=0, review=1)
    town.erase("ben", subject="ben").must()
    town.register(("ben-new", 1, "", "p2")).must(registered=1, review=0)
    commons.act("people_purge", commons.now + 1, key="").must()
    assert commons.hash("gone_persons") == {}
    town.books()


def test_nobody_is_accepted_whom_the_register_has_ruled_out_since(town):
    town.register(("ada", 0, "", "p1"), ("too", 0, "", "p1")).must(review=1)
    town.register(("too", 0, "too_young")).must(ineligible=1)
    town.commons.act("review_resolve", 1, 1).no("not_eligible", reason="too_young")


def test_review_comes_in_pages(town):
    town.register(*[(f"r{i}", 0) for i in range(5)]).must()
    town.register(*[(f"r{i}", 1) for i in range(5)]).must(review=5)
    page = town.commons.look("review", 0, 2).must(next=2)
    assert [item["number"] for item in page.items_of] == ["1", "2"]
    page = town.commons.look("review", 2, 3).must(next=0)
    assert [item["number"] for item in page.items_of] == ["3", "4", "5"]


def test_a_thousand_entries_in_one_call(town):
    town.register(*[(f"r{i}", i % 2, "" if i % 10 else "too_young", f"p{i}")
                    for i in range(1000)]).must(registered=900, ineligible=100)
    assert town.commons.client.call("HLEN", town.commons.key("persons")) == 900
    town.books()


@pytest.mark.parametrize("entries", [[("ada", 2)], [("ada", 0, "Too young")],
                                     [("ada", 0), ("ada", 1)], [("a b", 0)], [("-", 0)]])
def test_a_malformed_list_raises_and_writes_nothing(town, entries):
    before = town.commons.client.call("DEBUG", "DIGEST")
    with pytest.raises(RedisError, match="MALFORMED"):
        town.register(*entries)
    assert town.commons.client.call("DEBUG", "DIGEST") == before
