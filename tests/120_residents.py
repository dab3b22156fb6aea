"""Residents are registered, granted, leave and come back, and nobody holds an allotment twice."""
import pytest

from commons import wallet_of
from commons_fixture import commons, redis  # noqa: F401
from redis_server import RedisError


def test_residents_are_registered_once_and_counted_by_area(commons):
    commons.create().must()
    commons.register("ada", "ben").must(seq=1, registered=2, already=0, granted=0, ungranted=0)
    commons.act("residents_register", 2, "ada", 1, "cas", 1).must(registered=1, already=1)
    assert commons.hash("n") == {"0": "2", "1": "1"}
    assert commons.hash("residents") == {"ada": "0 m 0 0 1", "ben": "0 m 0 0 1", "cas": "1 m 0 0 2"}
    assert list(commons.last("residents_registered").items())[3:] == [
        ("kind", "residents_registered"), ("registered", "1:1")]


def test_who_is_all_known_already_makes_no_record(commons):
    commons.create().must()
    commons.register("ada").must(seq=1)
    key = commons.fresh()
    commons.register("ada", key=key).must(seq=1, registered=0, already=1)
    commons.fund(1).must(seq=2)
    commons.register("ada", key=key).must(seq=1, replayed=1)


def test_who_registers_while_a_round_is_open_is_granted_while_money_lasts(commons):
    commons.create().must()
    commons.fund(250).must()
    commons.register("ada").must()
    commons.open_round(100).must()
    commons.act("residents_register", 3, "ben", 1, "cas", 0, "dot", 0).must(
        registered=3, granted=1, ungranted=2)
    assert list(commons.last("residents_registered").items())[3:] == [
        ("kind", "residents_registered"), ("registered", "0:2,1:1"), ("round", "1"),
        ("grants", "1:1")]
    assert commons.hash("g") == {"0": "1", "1": "1"}
    assert commons.c()["granted"] == 200 and commons.c()["unallotted"] == 50
    commons.act("resident_grant", "cas").no("unallotted_short", short=50, needed=100,
                                             unallotted=50)
    commons.fund(50).must()
    commons.act("resident_grant", "cas").must()
    assert list(commons.last("resident_granted").items())[3:] == [
        ("kind", "resident_granted"), ("round", "1"), ("area", "0")]
    commons.act("resident_grant", "cas").no("already_granted", round=1)
    commons.act("resident_grant", "ada").no("already_granted", round=1)
    assert commons.hash("g") == {"0": "2", "1": "1"}


def test_a_grant_needs_a_round_and_a_resident(commons):
    commons.create().must()
    commons.register("ada").must()
    commons.act("resident_grant", "ada").no("round_not_open")
    commons.fund(100).must()
    commons.open_round(100).must()
    commons.act("resident_grant", "nobody").no("resident_unknown")
    commons.leave("ada").must()
    commons.act("resident_grant", "ada").no("resident_unknown")


def test_who_leaves_takes_back_what_is_held_and_keeps_what_is_spent(commons):
    commons.market(prices=(60, 500, 400), residents=3, allotment=100, awards_max=2)
    commons.pledge("r1", 1, 40).must()
    commons.pledge("r2", 1, 40).must(activated=1, rho=30)
    commons.pledge("r1", 2, 20).must(free=50)
    commons.pledge("r1", 3, 10).must(free=40)
    wallet = wallet_of("r1", 1)
    commons.leave("r1").must()
    assert list(commons.last("resident_left").items())[3:] == [
        ("kind", "resident_left"), ("area", "0"), ("round", "1"), ("wallet", wallet),
        ("wallet_area", "0"), ("withdrawn", "2:20,3:10")]
    assert [entry[0] for entry in commons.wallet(wallet)[1]] == [1]
    assert commons.hash("p:2")["sum"] == "0" and commons.hash("p:3")["n"] == "0"
    assert commons.hash("n") == {"0": "2"} and commons.c()["held"] == 0
    commons.pledge("r1", 2, 5).no("resident_unknown")
    commons.pledge("r1", 2, 5, epoch=1).no("resident_unknown")
    commons.leave("r1").no("resident_unknown")


def test_who_comes_back_in_the_same_round_is_not_granted_again_and_keeps_the_area(commons):
    commons.market(residents=2, allotment=50)
    commons.leave("r1").must()
    assert list(commons.last("resident_left").items())[3:] == [
        ("kind", "resident_left"), ("area", "0")]
    commons.act("residents_register", 1, "r1", 1).must(registered=1, granted=0, ungranted=0)
    assert commons.c()["granted"] == 100
    commons.act("resident_grant", "r1").no("already_granted", round=1)
    commons.pledge("r1", 1, 50).no("signed_out")
    commons.pledge("r1", 1, 50, epoch=1).must(free=0)
    assert commons.last("pledge_set")["area"] == "0", "the wallet was granted in area 0"
    assert commons.hash("n") == {"0": "1", "1": "1"}


def test_a_resident_may_leave_by_the_own_token(commons):
    commons.market(residents=2)
    commons.leave("r1", subject="r1", epoch=5).no("signed_out")
    commons.leave("r1", subject="r1").must()
    assert commons.hash("residents")["r1"].split()[1:3] == ["l", "1"]


def test_leaving_in_another_round_than_thought_is_told(commons):
    commons.market(residents=2)
    commons.leave("r1", round_number=0).no("round_changed", round=1)
    with pytest.raises(RedisError, match="MALFORMED wallet"):
        commons.act("resident_leave", "r1", 1, "")
    commons.act("round_close", 1).must()
    commons.act("resident_leave", "r1", 0, "").must()


def test_a_signed_out_resident_needs_a_new_token(commons):
    commons.market(residents=2)
    commons.act("resident_sign_out", "r1").must()
    commons.pledge("r1", 1, 10).no("signed_out")
    commons.pledge("r1", 1, 10, epoch=1).must()
    commons.act("resident_sign_out", "nobody").no("resident_unknown")


@pytest.mark.parametrize("own", [(0,), (1, "ada"), (1, "ada", 2), (1, "ada", "x"), (1, "", 0),
                                 (2, "ada", 0, "ada", 1), (1001,), (1, "ada", 0, "ben")])
def test_a_malformed_list_raises_and_writes_nothing(commons, own):
    commons.create().must()
    before = commons.client.call("DEBUG", "DIGEST")
    with pytest.raises(RedisError, match="MALFORMED"):
        commons.act("residents_register", *own)
    assert commons.client.call("DEBUG", "DIGEST") == before


def test_an_area_that_is_not_there_raises_before_a_deadline_is_settled(commons):
    commons.market(residents=2)
    closes = commons.c()["closes"]
    before = commons.client.call("DEBUG", "DIGEST")
    with pytest.raises(RedisError, match="MALFORMED area"):
        commons.register("r9", area=63, now=closes + 1)
    assert commons.client.call("DEBUG", "DIGEST") == before
    commons.register("r9", now=closes + 1).must()
    assert str(closes) in [r.get("due") for r in commons.log() if r["kind"] == "round_closed"]


def test_a_thousand_in_one_call(commons):
    commons.create(areas="a,b,c").must()
    flat = [word for i in range(1000) for word in (f"r{i}", i % 3)]
    commons.act("residents_register", 1000, *flat).must(registered=1000)
    assert commons.last("residents_registered")["registered"] == "0:334,1:333,2:333"
