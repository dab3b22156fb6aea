"""What was accepted is sealed: within two seconds, by one process at a time, whoever dies; where
there is any doubt nothing is signed, and everybody is told.
"""
import http.client
import os
import pathlib
import random
import re
import signal
import subprocess
import threading
import time

import pytest

from fair import Fair
from redis_server import Client as Redis
from server import BINARY, Server, wait_until
from story import Commons

pytestmark = pytest.mark.long
DELAY_SECONDS = 2


def verb(server, *words, code=0, where=()):
    done = subprocess.run([BINARY, *words, *(where or ("--data", str(server.data)))],
                          capture_output=True, text=True, timeout=180, check=False)
    assert done.returncode == code, f"{words}: {done.returncode} {done.stdout}{done.stderr}"
    return done.stdout + done.stderr


def folder(server, slug):
    return pathlib.Path(server.data) / "log" / slug


def sealed(server, slug):
    """The size of the checkpoint; None where there is none yet."""
    try:
        lines = (folder(server, slug) / "checkpoint").read_text(encoding="utf-8").split("\n")
    except FileNotFoundError:
        return None
    assert re.fullmatch(r"0|[1-9]\d*", lines[1]) and lines[3] == "", lines
    assert lines[0].endswith("/" + slug)
    return int(lines[1])


def seal_wait(server, slug=None):
    return verb(server, "seal", "--wait", *(("--community", slug) if slug else ()))


def verify(server, slug):
    """The verb, without server and Redis, with the log's key."""
    log = folder(server, slug)
    keys = (log / "vkey").read_text(encoding="utf-8").split()
    return verb(server, "verify", str(log), where=[w for key in keys for w in ("--vkey", key)])


def entries(server, slug):
    """Every sealed record, read from the bundles as bytes, by a reader of our own."""
    found, size = [], sealed(server, slug)
    for n in range((size + 255) // 256):
        groups = re.findall("...", f"{n:0{(len(str(n)) + 2) // 3 * 3}d}")
        path = "/".join([*("x" + group for group in groups[:-1]), groups[-1]])
        width = min(256, size - 256 * n)
        whole = folder(server, slug) / "tile" / "entries" / path
        bundle = (whole if whole.exists() else whole.parent / f"{whole.name}.p" / str(width)
                  ).read_bytes()
        while bundle:
            length = int.from_bytes(bundle[:2], "big")
            found.append(bundle[2:2 + length])
            bundle = bundle[2 + length:]
    return found[:size]


def metric(server, name):
    text = server.client().get("/metrics").must(200).text
    return {labels: float(value)
            for labels, value in re.findall(rf"^{name}(\S*) (\S+)$", text, re.M)}


def market(server, residents=4):
    commons = Commons(server, residents=residents)
    commons.fund(residents * 5000)
    commons.open_round(5000)
    tender = commons.tender(ceiling=5000, people_min=residents + 1)
    commons.market = commons.proposal(tender, price=5000)
    commons.open_tender(tender)
    return commons


def readiness(server):
    answer = server.client().get("/readyz")
    return None if answer.status == 200 else answer.json()["reason"]


def test_520_each_record_is_sealed_within_two_seconds_and_the_delay_is_told():
    with Server() as server:
        commons = market(server)
        took = []
        for i in range(8):
            accepted = commons.pledge(i % 4, commons.market, 100 + i).must(200).json()["seq"]
            began = time.monotonic()
            wait_until(lambda: (sealed(server, commons.slug) or 0) > accepted,
                       what=f"the seal of record {accepted}")
            took.append(time.monotonic() - began)
            time.sleep(random.uniform(0, 1.3))
        print(took)
        assert min(took) < DELAY_SECONDS, "the others may have waited for the machine"
        wait_until(lambda: metric(server, "groundswell_seal_delay_seconds_count"), 20,
                   "the metric")
        assert metric(server, "groundswell_seal_delay_seconds_count")[""] >= 4
        label = f'{{community="{commons.slug}"}}'
        size = len(commons.log())
        assert "sealed:" in seal_wait(server)
        wait_until(lambda: metric(server, "groundswell_sealed_records")[label] == size, 20,
                   "size")
        assert metric(server, "groundswell_sealing_stopped")[label] == 0
        assert label in metric(server, "groundswell_seal_delay_last_seconds")
        api = commons.anyone.get(f"/v1/communities/{commons.slug}/log?limit=1000").must(200).text
        for entry in entries(server, commons.slug):
            assert entry.decode() in api, "the record that is shown is not the one that was sealed"
        assert len(entries(server, commons.slug)) == size
        verify(server, commons.slug)


def held_by(server, slug):
    """The pid that has the log's lock open."""
    lock = str((folder(server, slug) / "lock").resolve())
    for pid in server.worker_pids():
        try:
            names = os.listdir(f"/proc/{pid}/fd")
            if lock in [os.readlink(f"/proc/{pid}/fd/{fd}") for fd in names]:
                return pid
        except (FileNotFoundError, ProcessLookupError):
            continue
    return None


def pledged(commons, i):
    """Tries; a worker may have been killed with the connection."""
    try:
        return commons.pledge(i, commons.market, random.randint(20, 4000)).status == 200
    except (OSError, http.client.HTTPException):
        return False


def test_521_one_worker_seals_and_when_it_is_killed_the_other_goes_on():
    with Server(workers=2) as server:
        commons = market(server)
        sizes = [0]
        for _ in range(4):
            seal_wait(server, commons.slug)
            sealer = wait_until(lambda: held_by(server, commons.slug), 10, "a sealer")
            os.kill(sealer, signal.SIGKILL)
            for i in range(4):
                wait_until(lambda: pledged(commons, i), 20, "a pledge")
                sizes.append(sealed(server, commons.slug))
            seal_wait(server, commons.slug)
            assert wait_until(lambda: held_by(server, commons.slug), 10, "a sealer") != sealer
            sizes.append(sealed(server, commons.slug))
        assert sizes == sorted(sizes), "a log became smaller"
        assert sizes[-1] == len(commons.log())
        wait_until(lambda: readiness(server) is None, 10, "readiness")
        verify(server, commons.slug)


def test_522_the_server_killed_ten_times_under_load_has_sealed_what_it_had_accepted():
    seed = int(os.environ.get("SEED", random.randrange(2 ** 32)))
    print(f"seed {seed}")
    chance = random.Random(seed)
    with Server(workers=2) as server:
        fair = Fair(server, seed=seed, endless=True)
        load = fair.load(clients=24)
        wrong, sizes = [], []

        def work():
            try:
                load.run(300)
            except BaseException as error:  # told to the test's own thread
                wrong.append(error)
        thread = threading.Thread(target=work)
        thread.start()
        try:
            for _ in range(10):
                due = load.accepted + 20
                wait_until(lambda: wrong or load.accepted >= due, 60, "a load")
                time.sleep(chance.uniform(0.05, 0.8))
                server.kill()
                sizes.append(sealed(server, fair.slug) or 0)
                server.start()
        finally:
            load.stop()
            thread.join()
        assert not wrong, wrong
        assert sizes == sorted(sizes), "a log became smaller"
        print(sizes, seal_wait(server, fair.slug))
        log = [entry.decode() for entry in entries(server, fair.slug)]
        accepted = [wish for wish in load.wishes if wish.seq is not None]
        assert len(accepted) > 100
        for wish in accepted:
            assert f'"seq":{wish.seq},' in log[wish.seq]
        fair.audit(load)
        fair.recount()
        verify(server, fair.slug)


def asked(server):
    try:
        return server.client(timeout=10).get("/readyz")
    except (OSError, http.client.HTTPException):
        return None


def begin(server):
    """Starts a server that is not expected to become ready."""
    command = [BINARY, "serve", "--data", str(server.data), "--listen",
               f"127.0.0.1:{server.port}"]
    with open(server.data / "server.log", "ab") as log:
        server.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=log)


def end(server):
    server.process.send_signal(signal.SIGTERM)
    assert server.process.wait(90) == 0
    server._forget()


def test_523_a_redis_that_is_behind_its_sealed_log_is_not_served():
    with Server() as server:
        commons = market(server)
        commons.pledge(0, commons.market, 100).must(200)
        seal_wait(server)
        size = sealed(server, commons.slug)
        checkpoint = (folder(server, commons.slug) / "checkpoint").read_bytes()
        redis = Redis(server.redis_socket())
        redis.call("FLUSHALL")
        redis.close()
        wait_until(lambda: "rebuild" in (readiness(server) or ""), 20, "a word, while it runs")
        server.kill()
        begin(server)

        def refused():
            answer = asked(server)
            return answer if answer is not None and "rebuild" in answer.text else None
        answer = wait_until(refused, 30, "a word at the next start")
        answer.refused(503, "not_ready")
        reason = answer.json()["reason"]
        assert f"{size} are sealed" in reason and commons.slug in reason and "0 records" in reason
        assert server.client().get("/v1/communities").status == 503
        assert server.operator().post("/v1/communities", {
            "slug": commons.slug, "name": "Again", "currency": "GBP",
            "areas": [{"code": "all", "name": "All"}]}).status == 503
        assert (folder(server, commons.slug) / "checkpoint").read_bytes() == checkpoint
        assert "groundswell rebuild" in server.log()
        end(server)


def test_524_a_redis_that_tells_another_story_is_not_served():
    with Server() as server:
        commons = market(server)
        seal_wait(server)
        last = sealed(server, commons.slug) - 1
        redis = Redis(server.redis_socket())
        (entry, fields), = redis.call("XRANGE", "{%s}:log" % commons.slug, f"{last}-0", last)
        at = fields.index(b"at") + 1
        fields[at] = str(int(fields[at]) + 1).encode()
        redis.call("XDEL", "{%s}:log" % commons.slug, entry)
        redis.call("XADD", "{%s}:other" % commons.slug, entry, *fields)
        redis.call("RENAME", "{%s}:other" % commons.slug, "{%s}:log" % commons.slug)
        redis.close()
        server.kill()
        begin(server)

        def refused():
            answer = asked(server)
            return answer if answer is not None and "another story" in answer.text else None
        answer = wait_until(refused, 30, "a word")
        assert f"record {last} differs" in answer.json()["reason"]
        end(server)


def test_525_a_gap_in_the_records_stops_the_signing_and_everybody_says_so():
    with Server(workers=2) as server:
        commons = market(server)
        seal_wait(server)
        server.stop()
        size = sealed(server, commons.slug)
        server.start()
        redis = Redis(server.redis_socket())
        redis.call("HINCRBY", "{%s}:c" % commons.slug, "seq", 1)  # a ledger that skipped one
        redis.close()
        commons.pledge(0, commons.market, 100).must(200)

        def told():
            return all(commons.slug in (readiness(server) or "") for _ in range(8))
        wait_until(told, 20, "a word from both")
        assert sealed(server, commons.slug) == size
        assert f"The log of {commons.slug} is not signed any more" in server.log()
        assert max(metric(server, "groundswell_sealing_stopped").values()) == 1
        commons.pledge(0, commons.market, 200).must(200)  # it is served all the same
        said = verb(server, "seal", "--wait", "--seconds", "2", code=1)
        assert "time is up" in said and "not signed any more" in said
        verify(server, commons.slug)


def test_526_the_stream_is_trimmed_behind_the_seal_and_nothing_is_lost():
    with Server(args=["--log-margin", "50"]) as server:
        commons = market(server, residents=6)
        for n in range(700):
            commons.pledge(n % 6, commons.market, 20 + n).must(200)
        seal_wait(server)
        redis = Redis(server.redis_socket())
        key = "{%s}:log" % commons.slug
        wait_until(lambda: redis.call("XLEN", key) < 400, 10, "a short stream")
        assert redis.call("XLEN", key) >= 50
        first = redis.call("XRANGE", key, "-", "+", "COUNT", 1)[0][0].decode()
        assert int(first.split("-")[0]) <= sealed(server, commons.slug) - 50
        redis.close()
        assert len(entries(server, commons.slug)) == commons.totals()["seq"] + 1
        commons.recount()
        verify(server, commons.slug)
        log = commons.log()
        assert len(log) == commons.totals()["seq"] + 1, "the API forgets records"
        server.restart()
        commons.pledge(0, commons.market, 20).must(200)
        seal_wait(server)
        verify(server, commons.slug)


def test_527_a_key_that_others_may_read_is_not_used_until_that_is_mended():
    with Server() as server:
        commons = market(server)
        seal_wait(server)
        size = sealed(server, commons.slug)
        key = pathlib.Path(server.data) / "keys" / commons.slug / "log.key"
        assert key.stat().st_mode & 0o777 == 0o600
        key.chmod(0o644)
        commons.pledge(0, commons.market, 100).must(200)
        wait_until(lambda: "log.key" in (readiness(server) or ""), 20, "a word")
        reason = readiness(server)
        assert commons.slug in reason and "600" in reason, reason
        assert sealed(server, commons.slug) == size
        key.chmod(0o600)
        wait_until(lambda: readiness(server) is None, 20, "readiness once it is mended")
        seal_wait(server)
        assert sealed(server, commons.slug) == size + 1


def test_528_both_keys_sign_while_a_key_is_changed():
    with Server() as server:
        commons = market(server)
        seal_wait(server)
        keys = pathlib.Path(server.data) / "keys" / commons.slug
        origin = (folder(server, commons.slug) / "checkpoint").read_text().split("\n")[0]
        assert origin == f"localhost/{commons.slug}"

        def signed():
            text = (folder(server, commons.slug) / "checkpoint").read_text()
            return len(re.findall(f"^\u2014 {re.escape(origin)} ", text, re.M))
        assert signed() == 1
        vkey = verb(server, "keygen", where=("--name", origin, "--out",
                                             str(keys / "log.next.key"))).strip()
        assert vkey.startswith(f"{origin}+")
        verb(server, "keygen", code=2, where=("--name", origin, "--out",
                                              str(keys / "log.next.key")))
        wait_until(lambda: signed() == 2, 20, "a second signature, without any new record")
        assert vkey in (folder(server, commons.slug) / "vkey").read_text().split("\n")
        (keys / "log.next.key").replace(keys / "log.key")
        commons.pledge(0, commons.market, 100).must(200)
        wait_until(lambda: signed() == 1, 20, "the new key alone")
        seal_wait(server)
        assert readiness(server) is None
        verify(server, commons.slug)


def test_529_a_signed_log_that_has_lost_its_key_gets_no_other():
    with Server() as server:
        commons = market(server)
        seal_wait(server)
        key = pathlib.Path(server.data) / "keys" / commons.slug / "log.key"
        key.rename(key.parent / "away")
        commons.pledge(0, commons.market, 100).must(200)
        wait_until(lambda: "backup" in (readiness(server) or ""), 20, "a word")
        assert not key.exists()
        (key.parent / "away").rename(key)
        wait_until(lambda: readiness(server) is None, 20, "readiness once it is back")
        seal_wait(server)
