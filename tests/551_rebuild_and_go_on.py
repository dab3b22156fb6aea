"""The Redis of a data folder is lost, the log is not: `rebuild --data`, and all goes on.

The register of residents is not in the log; here it is put back by hand, as a backup would.
"""
import pathlib
import shutil

from logs import verb
from redis_server import Client
from server import Server
from story import Commons


def log_key(log):
    return pathlib.Path(log / "vkey").read_text(encoding="utf-8").splitlines()[0]


def test_a_lost_redis_is_made_again_and_residents_pledge_on():
    with Server() as server:
        commons = Commons(server, areas=["north", "south"], residents=6)
        commons.fund(5000)
        commons.open_round(allotment=100)
        tender = commons.tender(ceiling=500, people_min=3, awards_max=2)
        won, open_one = commons.proposal(tender, 100), commons.proposal(tender, 400)
        commons.open_tender(tender)
        for i in range(3):
            commons.pledge(i, won, 50).must(200)
        commons.pledge(4, open_one, 60).must(200)
        before = commons.totals()
        redis = Client(server.redis_socket())
        residents = redis.call("HGETALL", "{%s}:residents" % commons.slug)
        redis.close()
        verb("seal", "--wait", "--data", server.data)
        log = server.data / "log" / commons.slug
        key = log_key(log)
        server.stop()

        shutil.rmtree(server.data / "redis")
        said = verb("rebuild", log, "--vkey", key, "--data", server.data)
        assert "NOT restored" in said and f"DIR/keys/{commons.slug}" in said
        said = verb("rebuild", log, "--vkey", key, "--data", server.data, code=2)
        assert "already" in said

        server.start()
        redis = Client(server.redis_socket())
        redis.call("HSET", "{%s}:residents" % commons.slug, *residents)
        redis.close()
        assert commons.totals() == before
        for i in (3, 5):
            commons.pledge(i, open_one, 100).must(200)
        for i in range(3):
            commons.pledge(i, open_one, 60).must(200)
        after = commons.totals()
        assert (after["held"], after["committed"]) == (0, 500), "the last pledge activated it"
        commons.recount()
        verb("seal", "--wait", "--data", server.data)
        verb("verify", log, "--vkey", key)
        assert "recount agrees" in verb("recount", log, "--vkey", key)
        assert "becomes a commission" in verb("log", commons.slug, "--data", server.data)
