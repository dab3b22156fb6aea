"""Somebody is forgotten: their rows go, the log stays whole, and nobody gets a second allotment."""
import pytest

from commons import wallet_of
from commons_fixture import commons, redis  # noqa: F401
from people import People, digest_of
from redis_server import RedisError


@pytest.fixture
def town(commons):
    commons.market(prices=(500, 400), residents=3, allotment=100)
    return People(commons)


def traces_of(commons, *words):
    """The keys whose content still tells one of the words."""
    found = set()
    for key in commons.client.call("KEYS", commons.key("*")):
        kind = commons.client.call("TYPE", key)
        read = {b"string": ("GET", key), b"hash": ("HGETALL", key), b"set": ("SMEMBERS", key),
                b"list": ("LRANGE", key, 0, -1), b"stream": ("XRANGE", key, "-", "+"),
                b"zset": ("ZRANGE", key, 0, -1)}[kind]
        if any(word in repr(commons.client.call(*read)) for word in words):
            found.add(key.decode().split("}:", 1)[1])
    return found


def test_whoever_erases_themselves_leaves_nothing_but_a_mark(town):
    commons = town.commons
    serial, = town.issue([1])
    town.redeem(serial, "acc1", resident="zoe").must()
    letter, = town.issue(["zoe"])
    town.register(("zoe", 1, "", "pzoe")).must(already=1)
    commons.pledge("zoe", 1, 30).must()
    commons.pledge("zoe", 2, 20).must()
    town.erase("zoe", subject="zoe").must(account="acc1")
    record = commons.last("resident_left")
    assert record["withdrawn"] == "1:30,2:20" and record["area"] == "1"
    assert commons.c()["held"] == 0 and commons.hash("n") == {"0": "3", "1": "0"}
    assert commons.hash("gone") == {"zoe": f"0 1 {commons.now}"}
    assert traces_of(commons, "acc1") == set()
    assert traces_of(commons, "pzoe") == {"gone_persons"}, "a mark, until the round is over"
    assert traces_of(commons, "zoe") <= {"gone", "gone_persons", "k:zoe"}
    for one in (serial, letter):
        assert town.code(one)[1] == "r" and town.code(one)[6] == "-"
        town.redeem(one, "acc2").no("code_revoked")
    assert "zoe" not in repr(town.journal()) and town.journal("erased")
    town.erase("zoe").no("resident_unknown")
    town.books()


def test_erased_and_registered_again_in_one_round_holds_no_second_allotment(town):
    commons = town.commons
    commons.pledge("r1", 1, 40).must()
    granted = commons.c()["granted"]
    for again in range(3):
        town.erase("r1", subject="r1", epoch=again).must()
        town.register(("r1", 1)).must(registered=1, granted=0, ungranted=0)
        assert commons.c()["granted"] == granted
        commons.act("resident_grant", "r1").no("already_granted", round=1)
        commons.pledge("r1", 1, 10, epoch=again).no("signed_out")
        commons.pledge("r1", 1, 40, epoch=again + 1).must(free=60)
    assert commons.last("pledge_set")["area"] == "0", "the wallet was granted in area 0"
    assert commons.hash("gone") == {}
    commons.act("round_close", 1).must()
    commons.open_round(100).must(granted=300)
    town.books()


def test_by_a_second_code_too_there_is_one_allotment(town):
    commons = town.commons
    first, second = town.issue([0, 0])
    town.redeem(first, "acc1", resident="zoe").must(granted=1)
    town.erase("zoe").must()
    granted = commons.c()["granted"]
    town.redeem(second, "acc2", resident="zoe").must(granted=1, epoch=1, recovered=0)
    assert commons.c()["granted"] == granted
    assert "grants" not in commons.last("residents_registered", "code_redeemed")[0]
    town.books()


def test_what_is_pledged_may_be_kept(town):
    commons = town.commons
    commons.pledge("r1", 1, 40).must()
    town.erase("r1", keep=1).must()
    assert list(commons.last("resident_left").items())[3:] == [
        ("kind", "resident_left"), ("area", "0")]
    assert commons.c()["held"] == 40 and commons.hash("p:1")["n"] == "1"
    town.register(("r1", 0)).must(registered=1, granted=0)
    commons.pledge("r1", 1, 50, epoch=1).must(free=50)
    commons.pledge("r2", 1, 100).must()
    town.erase("r1", keep=1, subject="r1", epoch=1).must()
    commons.act("round_close", 1).must()
    town.books()


def test_who_was_not_granted_may_be_granted_later(town):
    commons = town.commons
    commons.act("round_close", 1).must()
    town.erase("r1").must()
    commons.open_round(100).must(granted=200)
    town.register(("r1", 0)).must(granted=1)
    town.books()


def test_who_has_left_can_be_erased_without_a_record(town):
    commons = town.commons
    commons.leave("r1").must()
    before = commons.c()["seq"]
    town.erase("r1").must(seq=before - 1)
    assert commons.c()["seq"] == before and commons.hash("gone")["r1"].startswith("1 1 ")
    town.register(("r1", 0)).must(registered=1, granted=0)
    assert commons.hash("residents")["r1"].split()[2] == "2"


def test_the_retry_of_who_erased_themselves_is_known(town):
    commons = town.commons
    commons.act("resident_sign_out", "r1").must()
    key = commons.fresh()
    town.erase("r1", subject="r1", epoch=1, key=key).must(replayed=0)
    town.erase("r1", subject="r1", epoch=1, key=key).must(replayed=1)
    town.erase("r1", subject="r1", epoch=1).no("resident_unknown")


def test_staff_need_a_second_person_and_the_resident_does_not(town):
    commons = town.commons
    digest = digest_of("erase", "r1")
    key = commons.fresh()
    for _ in range(2):
        town.erase("r1", person="a:one", digest=digest, key=key).must(pending=1)
    assert commons.hash("residents")["r1"].split()[1] == "m"
    town.erase("r1", person="a:two", digest=digest).must(account="")
    assert "r1" not in commons.hash("residents") and commons.hash("approvals") == {}
    town.erase("r2", subject="r2", person="a:r2", digest=digest_of("erase", "r2")).must(account="")


def test_the_round_and_the_wallet_must_be_those_of_now(town):
    town.erase("r1", round_number=0).no("round_changed", round=1)
    with pytest.raises(RedisError, match="MALFORMED wallet"):
        town.commons.act("resident_erase", "r1", 1, "", 0, "", "")
    town.commons.act("round_close", 1).must()
    town.commons.act("resident_erase", "r1", 0, "", 0, "", "").must()


def test_a_full_redis_can_still_forget_and_revoke(town):
    commons = town.commons
    serial, = town.issue([0])
    commons.pledge("r1", 1, 40).must()
    commons.client.call("CONFIG", "SET", "maxmemory", 1)
    try:
        with pytest.raises(RedisError, match="OOM"):
            town.register(("new", 0))
        town.erase("r1").must()
        town.revoke(serial).must(revoked=1)
        commons.act("people_purge", commons.now).must()
    finally:
        commons.client.call("CONFIG", "SET", "maxmemory", 0)
    assert wallet_of("r1", 1) in [r.get("wallet") for r in commons.log()]
    town.books()
