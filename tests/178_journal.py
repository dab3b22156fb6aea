"""The private journal: what officers are shown of it, and what is forgotten in time."""
import pytest

from commons import DAY_MS
from commons_fixture import commons, redis  # noqa: F401
from people import People, digest_of
from redis_server import RedisError

HOME, OFFICE = "h" * 11, "o" * 11


@pytest.fixture
def town(commons):
    commons.create().must()
    return People(commons)


def note(town, *notes, **how):
    """Notes are (kind, at, area, address, a, b)."""
    flat = [word for one in notes for word in one]
    return town.commons.act("journal_add", len(notes), *flat, **how)


def anomalies(town, kind):
    return [item for item in town.commons.look("anomalies").items_of if item["kind"] == kind]


def test_a_worker_adds_what_it_has_counted(town):
    commons = town.commons
    before = commons.c()
    note(town, ("pledges", commons.now - 5, "", HOME, 7, 2), ("pledges", commons.now, 1, "", 1, 1),
         key=b"", subject="keeper").must()
    assert commons.c() == before, "no record"
    first, second = town.journal()
    assert {**first, "id": ""} == {"id": "", "kind": "pledges", "at": str(commons.now - 5),
                                   "area": "", "address": HOME, "a": "7", "b": "2"}
    assert second["area"] == "1"
    page = commons.look("journal", first["id"], 10).items_of
    assert page == [second]
    for wrong in (("Pledges", 1, "", "", 1, 1), ("p", 1, 64, "", 1, 1),
                  ("p", 1, "", "x" * 12, 1, 1), ("p", -1, "", "", 1, 1),
                  ("p", 1, "", "", "a b", 1)):
        with pytest.raises(RedisError, match="MALFORMED"):
            note(town, wrong)
    with pytest.raises(RedisError, match="MALFORMED after"):
        commons.look("journal", "x", 10)


def test_many_from_one_address_are_shown(town):
    commons = town.commons
    for i, serial in enumerate(town.issue([0] * 9)):
        commons.now += 61_000
        town.redeem(serial, f"acc{i}", address=HOME if i < 5 else OFFICE).must()
    found, = anomalies(town, "address")
    assert found == {"kind": "address", "address": HOME, "redeemed": "5", "pledges": "0",
                     "wallets": "0", "first": str(commons.now - 8 * 61_000),
                     "last": str(commons.now - 4 * 61_000)}
    for wallets in (4, 5):
        note(town, ("pledges", commons.now, "", OFFICE, 10, wallets)).must()
    assert [a["address"] for a in anomalies(town, "address")] == [OFFICE, HOME]
    assert anomalies(town, "address")[0]["pledges"] == "20"
    note(town, ("pledges", commons.now, "", "family-of-4", 100, 4)).must()
    assert len(anomalies(town, "address")) == 2, "a family that changes its mind is no anomaly"


def test_a_burst_is_shown_by_its_minute(town):
    commons = town.commons
    commons.now = commons.now // 60_000 * 60_000
    serials = town.issue([0] * 19)
    for i, serial in enumerate(serials[:10]):
        town.redeem(serial, f"acc{i}", now=commons.now + i).must()
    for i, serial in enumerate(serials[10:]):
        town.redeem(serial, f"bcc{i}", now=commons.now + 60_000 + i).must()
    assert anomalies(town, "burst") == [{"kind": "burst", "at": str(commons.now), "n": "10"}]


def test_codes_redeemed_far_behind_their_area_are_shown(town):
    commons = town.commons
    serials = town.issue([0] * 5 + [1] * 3)
    for i, serial in enumerate(serials):
        town.redeem(serial, f"acc{i}", now=commons.now + i).must()
    late, on_time, quiet, fifth = town.issue([0, 0, 1, 1])
    town.redeem(on_time, "acc20", now=commons.now + 30 * DAY_MS + 2).must()
    town.redeem(quiet, "acc21", now=commons.now + 40 * DAY_MS).must()
    assert anomalies(town, "late") == [], "of four nothing can be said"
    town.redeem(fifth, "acc23", now=commons.now + 40 * DAY_MS).must()
    town.redeem(late, "acc22", now=commons.now + 45 * DAY_MS).must()
    found = anomalies(town, "late")
    assert [f["serial"] for f in found] == [late] + sorted([quiet, fifth])
    assert [f["days"] for f in found] == ["44", "39", "39"]
    assert [f["area"] for f in found] == ["0", "1", "1"]


def purge(town, before):
    calls, more = 0, "1"
    while more == "1":
        more = town.commons.act("people_purge", before).must()["more"]
        calls += 1
        assert calls < 200
    return calls


def test_what_is_old_is_forgotten_and_what_protects_is_kept(town):
    commons = town.commons
    commons.fund(1000).must()
    commons.register("ada", "ben").must()
    short, used = town.issue([0, 1], expires=commons.now + DAY_MS)
    good, = town.issue([0], expires=commons.now + 400 * DAY_MS)
    town.redeem(used, "acc1").must()
    town.redeem(good, "guess", secret="wrong", address=HOME).no("code_wrong")
    town.erase("ada", person="a:one", digest=digest_of(1)).must(pending=1)
    commons.open_round(100, closes=commons.now + 300 * DAY_MS).must()
    town.erase("ben").must()
    town.erase("q-" + used).must()
    fresh, = town.issue([1], expires=commons.now + DAY_MS)
    town.redeem(fresh, "acc2").must()
    issued_at = commons.now
    assert purge(town, issued_at) == 1
    assert len(commons.hash("tries")) == len(commons.hash("approvals")) == 1
    commons.now += 50 * DAY_MS
    purge(town, commons.now)
    assert commons.hash("tries") == commons.hash("tries_from") == commons.hash("approvals") == {}
    assert set(commons.hash("gone")) == {"ben", "q-" + used}, "they held this round's allotment"
    for serial, area, state in ((short, "0", "o"), (used, "1", "r"), (fresh, "1", "u")):
        row = town.code(serial)
        assert (row[0], row[1], row[5], row[6], row[8]) == (area, state, "-", "-", "-")
    assert commons.hash("code_of") == {} and town.code(good)[5] != "-"
    town.redeem(short, "acc3").no("code_wrong")
    assert commons.hash("members") == {"acc2": "q-" + fresh}, "an account outlives its letter"
    commons.act("round_close", 1).must()
    purge(town, commons.now)
    assert commons.hash("gone") == {} and town.journal() == []
    town.books()


def test_a_purge_goes_on_where_it_stopped(town):
    commons = town.commons
    client, key = commons.client, commons.key
    client.call("EVAL", "for i = 1, 5000 do redis.call('HSET', KEYS[1], 'u' .. i, '1 ' .. ARGV[1]) "
                "redis.call('XADD', KEYS[2], '*', 'kind', 'used', 'at', ARGV[1], 'area', '', "
                "'address', '', 'a', '', 'b', '') end", 2, key("tries"), key("journal"),
                commons.now)
    assert purge(town, commons.now) > 4
    assert client.call("HLEN", key("tries")) == 5000
    assert purge(town, commons.now + 1) > 4
    assert client.call("HLEN", key("tries")) == client.call("XLEN", key("journal")) == 0


def test_the_journal_is_bounded(town):
    commons = town.commons
    flat = ("pledges", 1, "", "", 1, 1)
    commands = [("FCALL", f"journal_add_{commons.digits}", 1, commons.key("c"), commons.now,
                 "keeper", 0, "", "", 200, *flat * 200)] * 270
    assert all(answer[0] == b"ok" for answer in commons.client.many(commands))
    assert 50_000 <= commons.client.call("XLEN", commons.key("journal")) < 51_000
    assert commons.look("anomalies").must().items_of == []
