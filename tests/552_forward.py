"""An older backup is restored while the log of today was kept: `rebuild --forward` brings the
ledger to the log's end, residents pledge on, and sealing goes on without a fork. What the log
cannot tell, or what contradicts it, is refused before anything is changed.
"""
import pathlib
import shutil

import pytest

from backups import backup, make_key, restore, seal, verb
from redis_server import Client as Redis
from server import Server
from story import Commons

pytestmark = pytest.mark.long


def town(server):
    """Two proposals of one tender: the first is nearly there, the second has time."""
    commons = Commons(server, areas=["north", "south"], residents=6)
    commons.fund(5000)
    commons.open_round(allotment=100)
    tender = commons.tender(ceiling=500, people_min=3, awards_max=2)
    commons.won, commons.other = commons.proposal(tender, 100), commons.proposal(tender, 400)
    commons.open_tender(tender)
    commons.pledge(0, commons.won, 40, key="the-same-key-again-1").must(200)
    for i in (3, 4):
        commons.pledge(i, commons.other, 60).must(200)
    return commons


def moved(commons, server):
    """The same community and the old tokens, on the server that was restored."""
    commons.server = server
    commons.operator = server.client(server.operator_key())
    commons.anyone = server.client(None)
    commons.trust = server.client(commons.trust.token)
    for i, client in list(commons.clients.items()):
        commons.clients[i] = server.client(client.token)


def wallets(commons):
    """But for what people wrote: that is in no log."""
    seen = [commons.resident(i).get(f"/v1/communities/{commons.slug}/wallet").must(200).json()
            for i in range(6)]
    for pledge in [pledge for wallet in seen for pledge in wallet["pledges"]]:
        pledge.pop("title", None)
    return seen


def rows(server, commons):
    redis = Redis(server.redis_socket())
    flat = redis.call("HGETALL", "{%s}:w:1" % commons.slug)
    redis.close()
    return dict(zip(flat[::2], flat[1::2]))


def forward(log, data, code=0):
    key = (log / "vkey").read_text(encoding="utf-8").split("\n")[0]
    return verb("rebuild", log, "--forward", "--vkey", key, "--data", data, code=code)


def lost(tmp_path, later, begin=town):
    """A town, its backup, `later` upon it, and only the log kept: what was, and the log."""
    key, archive = make_key(tmp_path), tmp_path / "a.backup"
    with Server(args=("--log-margin", "4")) as server:
        commons = begin(server)
        seal(server)
        backup(server, archive, key)
        later(commons)
        seal(server)
        was = (commons.totals(), wallets(commons), rows(server, commons))
        shutil.copytree(pathlib.Path(server.data) / "log" / commons.slug, tmp_path / "kept")
        shutil.copytree(pathlib.Path(server.data) / "keys" / commons.slug, tmp_path / "keys")
        server.stop()
    said = restore(archive, key, tmp_path / "data")
    assert "rebuild LOG --forward" in said
    return commons, was, tmp_path / "kept"


def activate(commons):
    for i in (1, 2):
        commons.pledge(i, commons.won, 30).must(200)
    commons.unpledge(4, commons.other).must(200)
    commons.pledge(3, commons.other, 70).must(200)


def test_552_the_ledger_comes_forward_and_residents_pledge_on(tmp_path):
    commons, was, kept = lost(tmp_path, activate)
    assert was[0]["committed"] == 100
    data = tmp_path / "data"
    before = (kept / "checkpoint").read_bytes()
    said = forward(kept, data)
    assert "brought forward" in said and "keys remembered in the changed wallets" in said
    assert "nothing to bring forward" in forward(kept, data, code=2)
    log = data / "log" / commons.slug
    assert (log / "checkpoint").read_bytes() == before
    with Server(data=str(data)) as server:
        moved(commons, server)
        assert commons.totals() == was[0]
        assert wallets(commons) == was[1]
        now = rows(server, commons)
        kept_keys = [w for w in now if now[w] == was[2][w]]
        assert now.keys() == was[2].keys() and kept_keys, "who did nothing since keeps the keys"
        for wallet, row in now.items():
            size = 4 + 16 * row[2]
            assert row[:3] + row[4:size] == was[2][wallet][:3] + was[2][wallet][4:size]
        commons.recount()
        again = commons.pledge(0, commons.won, 40, key="the-same-key-again-1").must(200).json()
        assert commons.totals() == was[0] and again["seq"] < was[0]["seq"], "a retry is a retry"
        assert "a server is running" in forward(kept, data, code=2)
        accepted = commons.pledge(2, commons.other, 50).must(200).json()
        assert accepted["seq"] == was[0]["seq"] + 1
        commons.register([("ref-new", "north")]).must(200)
        seal(server)
        key = (kept / "vkey").read_text(encoding="utf-8").split("\n")[0]
        assert "verified" in verb("verify", log, "--vkey", key)
        assert "recount agrees" in verb("recount", log, "--vkey", key)
        size = int((kept / "checkpoint").read_text(encoding="utf-8").split("\n")[1])
        assert (log / "history" / str(size)).read_bytes() == (
            kept / "history" / str(size)).read_bytes(), "no fork"
        commons.recount()
        server.stop()


def test_553_a_rebuild_that_was_interrupted_is_finished(tmp_path):
    commons, was, kept = lost(tmp_path, activate)
    data = tmp_path / "data"
    with Server(data=str(data)) as server:  # nothing is accepted there
        redis = Redis(server.redis_socket())
        redis.call("SET", "{%s}:rebuilding" % commons.slug, 1)
        redis.call("DEL", "{%s}:c" % commons.slug, "{%s}:st" % commons.slug)
        redis.close()
        server.stop()
    assert "beginning again" in forward(kept, data)
    with Server(data=str(data)) as server:
        moved(commons, server)
        assert commons.totals() == was[0] and wallets(commons) == was[1]
        commons.pledge(2, commons.other, 50).must(200)
        commons.recount()
        server.stop()


def state(data):
    return {p.relative_to(data): p.read_bytes() for p in data.rglob("*")
            if p.is_file() and p.name not in ("lock", "redis.log", "redis.conf")
            and "appendonly" not in p.name}


def test_554_a_registration_behind_the_backup_is_refused_with_its_seq(tmp_path):
    seqs = []

    def register(commons):
        commons.pledge(1, commons.won, 30).must(200)
        seqs.append(commons.totals()["seq"])
        commons.register([("ref-late", "south")]).must(200)
        commons.pledge(2, commons.won, 20).must(200)

    commons, _, kept = lost(tmp_path, register)
    before = state(tmp_path / "data")
    said = forward(kept, tmp_path / "data", code=1)
    late = next(r for r in verb("log", "--json", kept).split("\n")
                if "residents_registered" in r and f'"seq":{seqs[0] + 1},' in r)
    assert late and f"record {seqs[0] + 1} " in said and "residents_registered" in said
    assert state(tmp_path / "data") == before
    with Server(data=str(tmp_path / "data")) as server:
        moved(commons, server)
        commons.recount()
        server.stop()


def test_555_a_log_that_contradicts_is_refused(tmp_path):
    """Twice the same backup, and another story upon each: neither takes the other's log."""
    commons, _, kept = lost(tmp_path, activate)
    data = tmp_path / "data"
    with Server(data=str(data)) as server:
        moved(commons, server)
        commons.pledge(5, commons.other, 21).must(200)
        before = commons.totals()
        server.stop()
    said = forward(kept, data, code=1)
    assert "contradict" in said and "Nothing was changed" in said
    with Server(data=str(data)) as server:
        moved(commons, server)
        assert commons.totals() == before
        commons.recount()
        server.stop()


def before_the_round(server):
    commons = Commons(server, areas=["north", "south"], residents=6)
    commons.fund(5000)
    return commons


def begin_the_round(commons):
    commons.opened = commons.totals()["seq"] + 1
    commons.open_round(allotment=100)
    tender = commons.tender(ceiling=500, people_min=3, awards_max=2)
    commons.won, commons.other = commons.proposal(tender, 100), commons.proposal(tender, 400)
    commons.open_tender(tender)
    for i in (0, 1, 2):
        commons.pledge(i, commons.other, 40).must(200)


def test_556_a_round_that_was_opened_since_needs_its_key(tmp_path):
    commons, was, kept = lost(tmp_path, begin_the_round, before_the_round)
    data, key = tmp_path / "data", "round-1.key"
    before = state(data)
    said = forward(kept, data, code=1)
    assert f"record {commons.opened} opens round 1" in said and key in said
    assert state(data) == before
    shutil.copy(tmp_path / "keys" / key, data / "keys" / commons.slug / key)
    forward(kept, data)
    with Server(data=str(data)) as server:
        moved(commons, server)
        assert commons.totals() == was[0] and wallets(commons) == was[1]
        commons.pledge(0, commons.won, 50).must(200)
        commons.recount()
        server.stop()
