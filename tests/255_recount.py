"""The verb `recount` sees: a penny moved by hand in Redis, a pledge that no record knows, a record
taken out of the log. And where nothing was touched it agrees, also beside a server that moves.
"""
import subprocess
import threading

import pytest

from redis_server import Client
from server import BINARY, Server
from story import Commons, stamp


def recount(server, slug, *options):
    return subprocess.run([BINARY, "recount", "--data", str(server.data), "--community", slug,
                           *options], capture_output=True, text=True, timeout=120, check=False)


@pytest.fixture(scope="module")
def place(server):
    """A community with everything in it: two rounds, a commission, a leaver, open pledges."""
    commons = Commons(server, areas=["north", "south"], residents=8)
    commons.fund(5000)
    commons.fund(700, theme="youth")
    first = commons.open_round(allotment=100)
    tender = commons.tender(ceiling=500, people_min=3, awards_max=2)
    won, lost = commons.proposal(tender, 100), commons.proposal(tender, 400)
    commons.open_tender(tender)
    for i in range(3):
        commons.pledge(i, won, 50).must(200)
    commons.pledge(4, lost, 60).must(200)
    commons.trust.post(f"/v1/rounds/{first['round']}/close").must(200)
    commons.open_round(allotment=100)
    youth = commons.tender(ceiling=300, people_min=7, theme="youth", closes=stamp(3000))
    held = commons.proposal(youth, 300)
    commons.open_tender(youth)
    for i in range(4):
        commons.pledge(i, held, 30 + i).must(200)
    gone = commons.ids[7]
    commons.pledge(7, held, 20).must(200)
    commons.resident(7).delete(f"/v1/communities/{commons.slug}/residents/{gone}").must(200)
    commons.unpledge(3, held).must(200)
    commons.redis = Client(server.redis_socket())
    commons.key = f"{{{commons.slug}}}:"
    yield commons
    commons.redis.close()


def agrees(place):
    done = recount(place.server, place.slug)
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.startswith("recount agrees: ")
    return done.stdout


def differs(place, *parts):
    done = recount(place.server, place.slug)
    assert done.returncode == 1 and "recount differs" in done.stdout, done.stdout + done.stderr
    for part in parts:
        assert part in done.stdout, (part, done.stdout)
    return done.stdout


def test_it_agrees_and_says_what_it_saw(place):
    said = agrees(place)
    records = place.log()
    assert f"{len(records)} records" in said and "funds: 2, rounds: 2" in said
    assert "tenders: 2, proposals: 3, commissions: 1" in said
    totals = place.totals()
    assert f"held {totals['held']} + committed {totals['committed']}" in said


@pytest.mark.parametrize("key,field,said", [
    ("c", "held", "community: held is "), ("c", "free", "community: free is "),
    ("c", "unallotted", "community: unallotted is "), ("c", "funds", "community: funds is "),
    ("c", "committed", "community: committed is "), ("c", "paid", "community: paid is "),
    ("c", "granted", "community: granted is "), ("c", "spent", "community: spent is "),
    ("c", "prices", "community: prices is "), ("c", "rounding", "community: rounding is "),
    ("c", "left:", "left of theme `` is "), ("c", "left:youth", "left of theme `youth` is "),
    ("c", "allotment", "community: allotment is "),
    ("f:1", "left", "fund 1: left is "), ("f:2", "amount", "fund 2: amount is "),
    ("r:1", "spent", "round 1: spent is "),
    ("t:2", "held", "tender 2: held is "), ("t:1", "awards", "tender 1: awards is "),
    ("t:2", "people_min", "tender 2: people_min is "),
    ("p:3", "sum", "proposal 3: sum is "), ("p:3", "n", "proposal 3: people is "),
    ("p:3", "a:0", "proposal 3: "), ("p:1", "rho", "proposal 1: rho is "),
    ("p:1", "spent", "proposal 1: spent is "), ("p:2", "price", "proposal 2: price is "),
    ("n", "1", "people of area 1"),
    ("pl", "1", "turnout: "), ("ph", "7:0", "turnout under hidden tallies: "),
    ("issued", "1", "issued: 1 codes of area 1"), ("redeemed", "0", "redeemed: 1 codes of area 0"),
])
def test_one_unit_changed_by_hand_is_named(place, key, field, said):
    name = place.key + key
    before = place.redis.call("HGET", name, field)
    place.redis.call("HINCRBY", name, field, 1)
    try:
        differs(place, said)
    finally:
        if before is None:
            place.redis.call("HDEL", name, field)
        else:
            place.redis.call("HSET", name, field, before)
    agrees(place)


@pytest.mark.parametrize("name,value,said", [
    ("p1", "a33", "proposal 1: state is `a33` in Redis, `a34` by the records"),
    ("p3", "w", "proposal 3: state is `w`"), ("t2", "l", "tender 2: state is `l`"),
    ("p9", "l", "proposal 9: state is `l`"),
])
def test_a_state_changed_by_hand_is_named(place, name, value, said):
    before = place.redis.call("HGET", place.key + "st", name)
    place.redis.call("HSET", place.key + "st", name, value)
    differs(place, said)
    if before is None:
        place.redis.call("HDEL", place.key + "st", name)
    else:
        place.redis.call("HSET", place.key + "st", name, before)
    agrees(place)


def test_a_wallet_changed_by_hand_is_named(place):
    rows = place.redis.call("HGETALL", place.key + "w:2")
    wallets = dict(zip(rows[::2], rows[1::2]))
    name, row = next((n, r) for n, r in wallets.items() if r[2] == 1)
    text = name.decode()
    key = place.key + "w:2"

    more = bytearray(row)
    more[14] += 1  # the last byte of the first pledge's amount
    place.redis.call("HSET", key, name, bytes(more))
    differs(place, f"wallet {text}, pledge 1: amount is ")
    moved = bytearray(row)
    moved[1] ^= 1
    place.redis.call("HSET", key, name, bytes(moved))
    differs(place, f"wallet {text}: area is ")
    place.redis.call("HSET", key, name, row[:2] + b"\0" + row[3:4] + row[20:])
    differs(place, f"wallet {text}: number of pledges is 0 in Redis, 1")
    place.redis.call("HDEL", key, name)
    differs(place, f"wallet {text} of round 2: is not in Redis")
    place.redis.call("HSET", key, name, row)
    place.redis.call("HSET", key, b"A" * 22, row)
    differs(place, f"wallet {'A' * 22} of round 2: has pledges in Redis")
    place.redis.call("HSET", key, b"A" * 22, row[:-1])
    differs(place, "what the ledger never writes")
    place.redis.call("HDEL", key, b"A" * 22)
    agrees(place)


def test_a_thing_that_is_gone_is_named(place):
    for key, said in (("f:2", "fund 2: is not in Redis"), ("p:2", "proposal 2: is not in Redis"),
                      ("t:1", "tender 1: is not in Redis")):
        place.redis.call("RENAME", place.key + key, place.key + "away")
        differs(place, said)
        place.redis.call("RENAME", place.key + "away", place.key + key)
    agrees(place)


def rewritten(place, change):
    """The log with one entry changed, or left out where change() gives None; then as it was."""
    log, entries = place.key + "log", place.redis.call("XRANGE", place.key + "log", "-", "+")

    def write(all_of_them):
        place.redis.call("DEL", log)
        for name, fields in all_of_them:
            place.redis.call("XADD", log, name, *fields)

    changed = [(name, change(fields)) for name, fields in entries]
    write([(name, fields) for name, fields in changed if fields is not None])
    try:
        return differs(place)
    finally:
        write(entries)
        agrees(place)


def with_value(kind, field, value):
    def change(fields):
        at = dict(zip(fields[::2], range(1, len(fields), 2)))
        if fields[at[b"kind"]] != kind or field not in at or value is None:
            return None if value is None and fields[at[b"kind"]] == kind else fields
        return fields[:at[field]] + [value] + fields[at[field] + 1:]
    return change


def test_a_record_that_does_not_follow_is_named(place):
    said = rewritten(place, with_value(b"commission_activated", b"rho", b"35"))
    assert "(commission_activated): rho is 35, but the rules give 34" in said
    said = rewritten(place, with_value(b"commission_activated", b"rho", None))
    assert "should stand here" in said
    said = rewritten(place, with_value(b"pledge_set", b"amount", b"101"))
    assert "the rules refuse it: wallet_short" in said
    said = rewritten(place, with_value(b"resident_left", b"kind", b"resident_bought"))
    assert "kind is not that of a record" in said


def test_a_place_that_nobody_made_and_a_redis_that_is_not_there(server, tmp_path):
    done = recount(server, "nobody-made-it")
    assert done.returncode == 1 and "no community `nobody-made-it`" in done.stderr
    done = subprocess.run([BINARY, "recount", "--data", str(tmp_path), "--community", "x"],
                          capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 2 and "--redis URL" in done.stderr
    assert not list(tmp_path.iterdir()), "looking leaves nothing behind"
    done = recount(server, "Not A Slug")
    assert done.returncode == 2


def test_redis_is_found_by_its_url_too(place):
    done = recount(place.server, place.slug, "--redis", f"unix:{place.server.redis_socket()}")
    assert done.returncode == 0, done.stdout + done.stderr


def test_beside_a_server_that_moves_it_never_cries_wolf():
    with Server(workers=2) as server:
        commons = Commons(server, residents=4)
        commons.fund(10_000)
        commons.open_round(allotment=1000)
        tender = commons.tender(ceiling=5000, people_min=4, awards_max=1)
        proposal = commons.proposal(tender, 5000)
        commons.open_tender(tender)
        stop = threading.Event()

        def pledge(i):
            amount = 100
            while not stop.is_set():
                amount = 100 + (amount + 1) % 300
                commons.pledge(i, proposal, amount).must(200)

        for i in range(4):
            commons.resident(i)  # minted here: a client is one thread's
        threads = [threading.Thread(target=pledge, args=(i,)) for i in range(4)]
        for thread in threads:
            thread.start()
        try:
            for _ in range(8):
                done = recount(server, commons.slug)
                assert "differs" not in done.stdout, done.stdout
                assert done.stdout.startswith(("recount agrees", "the ledger is moving")), done
        finally:
            stop.set()
            for thread in threads:
                thread.join()
        done = recount(server, commons.slug)
        assert done.returncode == 0, done.stdout + done.stderr
