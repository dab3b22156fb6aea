"""The ledger is away for a while: stopped, killed, full, unfit, or told to end. Whoever asks is
told so with 503, Retry-After and a code, and the same key gives the truth afterwards, once.
"""
import fcntl
import http.client
import os
import pathlib
import select
import shutil
import signal
import subprocess
import threading

import pytest

from fair import Fair
from redis_server import Client as Redis
from redis_server import RedisServer
from server import BINARY, Server, wait_until
from story import Commons

pytestmark = pytest.mark.long


def asked(server, path="/readyz"):
    """One answer over a new connection, None where there was none."""
    client = server.client(timeout=30)
    try:
        return client.get(path)
    except (OSError, http.client.HTTPException):
        return None
    finally:
        client.close()


def is_ready(server):
    answers = [asked(server) for _ in range(12)]  # the kernel spreads them over the workers
    return all(answer is not None and answer.status == 200 for answer in answers)


def market(server, residents=6):
    """An open tender with one proposal that nobody can complete."""
    commons = Commons(server, residents=residents)
    commons.fund(residents * 1000)
    commons.open_round(1000)
    tender = commons.tender(ceiling=5000, people_min=residents + 1)
    commons.market = commons.proposal(tender, price=5000)
    commons.open_tender(tender)
    return commons


def not_now(answer, *codes):
    assert answer.status == 503 and answer.code in codes, (answer.status, answer.text)
    assert int(answer.headers["retry-after"]) >= 1
    return answer


def test_620_a_stopped_redis_is_said_to_be_unsure_and_the_same_keys_give_the_truth_once():
    with Server(workers=2) as server:
        commons = market(server)
        before = commons.totals()["seq"]
        redis = server.redis_pid()
        os.kill(redis, signal.SIGSTOP)
        try:
            heard = [None] * 6

            def ask(i):
                heard[i] = commons.pledge(i, commons.market, 100 + i, key=f"key-of-stopped-{i}")
            for i in range(6):
                commons.resident(i).get("/healthz").must(200)
            threads = [threading.Thread(target=ask, args=(i,)) for i in range(6)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()  # nobody is kept waiting: it stands still until all have been told
            codes = {not_now(answer, "ledger_unsure", "ledger_away").code for answer in heard}
            assert "ledger_unsure" in codes
        finally:
            os.kill(redis, signal.SIGCONT)
        wait_until(lambda: is_ready(server), 30, "readiness")
        seqs = [commons.pledge(i, commons.market, 100 + i, key=f"key-of-stopped-{i}").must(200)
                .json()["seq"] for i in range(6)]
        again = [commons.pledge(i, commons.market, 100 + i, key=f"key-of-stopped-{i}").must(200)
                 .json() for i in range(6)]
        assert [answer["seq"] for answer in again] == seqs and all(a["replayed"] for a in again)
        written = [r for r in commons.log() if r["seq"] > before]
        assert [r["kind"] for r in written] == ["pledge_set"] * 6
        assert sorted(r["amount"] for r in written) == [100 + i for i in range(6)]
        assert commons.totals()["held"] == sum(range(100, 106))
        commons.recount()


def test_621_readiness_says_why_while_redis_is_gone_and_comes_back_by_itself():
    with Server(workers=2) as server:
        commons = market(server)
        gone = server.redis_pid()
        with open(server.data / "redis" / "lock", "w", encoding="ascii") as lock:
            os.kill(gone, signal.SIGKILL)
            wait_until(lambda: try_lock(lock) or kill_again(server), 20, "the folder's lock")

            def refused():
                answer = asked(server)
                return answer if answer is not None and answer.status == 503 else None
            answer = wait_until(refused, 10, "a word that Redis is gone")
            assert answer.code == "not_ready" and answer.json()["reason"] in answer.json()["detail"]
            assert len(answer.json()["reason"]) > 10 and "retry-after" in answer.headers
            wait_until(lambda: getattr(asked(server, "/healthz"), "status", 0) == 200, 20, "life")
            answers = [commons.pledge(i, commons.market, 100, key=f"key-of-gone-{i}")
                       for i in range(6)]
            for answer in answers:
                not_now(answer, "ledger_away", "ledger_unsure")
        wait_until(lambda: is_ready(server), 30, "readiness")
        assert server.redis_pid() not in (None, gone)
        for i in range(6):
            commons.pledge(i, commons.market, 100, key=f"key-of-gone-{i}").must(200)
        assert commons.totals()["held"] == 600
        commons.recount()


def kill_again(server):
    """A Redis that was started in the moment before we could take its lock."""
    pid = server.redis_pid()
    if pid:
        os.kill(pid, signal.SIGKILL)
    return False


def try_lock(file):
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        return True
    except BlockingIOError:
        return False


def test_622_a_full_redis_takes_no_pledge_but_gives_back():
    with Server(workers=2) as server:
        commons = market(server)
        for i in range(3):
            commons.pledge(i, commons.market, 200).must(200)
        redis = Redis(server.redis_socket())
        redis.call("CONFIG", "SET", "maxmemory", "1mb")
        before = commons.totals()
        not_now(commons.pledge(3, commons.market, 100, key="key-of-the-full"), "ledger_away")
        not_now(commons.trust.post(f"/v1/communities/{commons.slug}/funds",
                                   {"amount": 5, "source": "x"}), "ledger_away")
        assert commons.totals()["seq"] == before["seq"], "a refused act wrote something"
        commons.unpledge(0, commons.market).must(200)
        left = commons.ids[1]
        commons.resident(1).delete(f"/v1/communities/{commons.slug}/residents/{left}").must(200)
        assert commons.totals()["held"] == 200
        redis.call("CONFIG", "SET", "maxmemory", "0")
        redis.close()
        answer = commons.pledge(3, commons.market, 100, key="key-of-the-full").must(200).json()
        assert not answer["replayed"], "it had not been done before"
        assert commons.totals()["held"] == 300
        commons.recount()


def spoken(process, seconds):
    """The next line that a server says. It says that it listens a moment after it is ready."""
    assert select.select([process.stdout], [], [], seconds)[0], "it said nothing"
    return process.stdout.readline()


def test_623_a_redis_that_does_not_fsync_always_is_refused_with_the_reason():
    server = Server()
    server.address = ("127.0.0.1", server.port)
    with RedisServer(appendfsync="everysec") as redis:
        command = [BINARY, "serve", "--data", str(server.data), "--redis", f"unix:{redis.path}",
                   "--listen", f"127.0.0.1:{server.port}"]
        with open(server.data / "server.log", "ab") as log:
            server.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=log)
        try:
            answer = wait_until(lambda: asked(server), 30, "an answer")
            answer.refused(503, "not_ready")
            assert "appendfsync always" in answer.json()["reason"], answer.text
            assert "appendfsync always" in server.log()
            not_now(asked(server, "/v1/communities"), "ledger_away")
            redis.client().call("CONFIG", "SET", "appendfsync", "always")
            wait_until(lambda: is_ready(server), 30, "readiness once it is fit")
            assert spoken(server.process, 90).startswith(b"listening on http://")
            redis.client().call("CONFIG", "SET", "maxmemory-policy", "allkeys-lru")
            server.process.send_signal(signal.SIGTERM)
            assert server.process.wait(90) == 0
        finally:
            server.process.kill()
            server.process.wait()
            server._forget()
            server.close()


def test_624_a_graceful_stop_answers_what_it_does_and_does_nothing_that_it_does_not_answer():
    with Server(workers=2) as server:
        fair = Fair(server, endless=True)
        load = fair.load(clients=32, retries=False)
        thread = threading.Thread(target=load.run, args=(30,))
        thread.start()
        wait_until(lambda: load.accepted > 200, 30, "a load")
        server.stop()  # demands the exit code 0
        load.stop()
        thread.join()
        print(load.summary())
        server.start()
        fair.audit(load)  # whatever got no answer left no record
        fair.recount()


def in_a_small_room(server, size):
    """Mounts a small file system where Redis keeps its file, seen by the server alone; None where
    this machine does not allow that."""
    folder = server.data / "redis"
    folder.mkdir(mode=0o700)
    script = server.data / "serve-small"
    script.write_text("#!/bin/sh\n"
                      f"mount -t tmpfs -o size={size},mode=700 none {folder} || exit 77\n"
                      f"exec {BINARY} \"$@\"\n")
    script.chmod(0o700)
    wrapper = server.data / "serve"
    wrapper.write_text(f"#!/bin/sh\nexec unshare -m {script} \"$@\"\n")
    wrapper.chmod(0o700)
    allowed = subprocess.run(["unshare", "-m", "mount", "-t", "tmpfs", "none", folder],
                             capture_output=True, check=False)
    server.binary = str(wrapper)
    return allowed.returncode == 0


def test_625_a_full_disk_refuses_and_loses_nothing_and_space_brings_everything_back():
    server = Server(workers=2)
    if not shutil.which("unshare") or not in_a_small_room(server, "4m"):
        server.close()
        pytest.skip("this machine allows no mounts of one's own")
    with server:
        commons = market(server)
        for i in range(3):
            commons.pledge(i, commons.market, 100).must(200)
        room = pathlib.Path(f"/proc/{server.process.pid}/root{server.data}")
        fill(room / "redis" / "filler")
        answers = {}
        for n in range(400):
            answer = commons.pledge(n % 6, commons.market, 101 + n, key=f"key-of-disk-{n}")
            answers[n] = answer.status
            if answer.status == 503:
                break
            answer.must(200)
        assert 503 in answers.values(), "the disk never was full"
        for i in range(6):
            answer = commons.pledge(i, commons.market, 900, key=f"key-beyond-{i}")
            not_now(answer, "ledger_away", "ledger_unsure")
        (room / "redis" / "filler").unlink()
        wait_until(lambda: is_ready(server), 60, "readiness with space")
        last = max(answers)
        commons.pledge(last % 6, commons.market, 101 + last, key=f"key-of-disk-{last}").must(200)
        amounts = [r["amount"] for r in commons.log() if r["kind"] == "pledge_set"]
        done = [101 + n for n in answers]
        assert [a for a in amounts if a in done] == done, "lost, or written twice"
        for i in range(6):
            commons.pledge(i, commons.market, 900, key=f"key-beyond-{i}").must(200)
        assert commons.totals()["held"] == 6 * 900
        server.data, outside = room, server.data
        try:
            commons.recount()
        finally:
            server.data = outside


def fill(path):
    """Takes all the space there is, but what is left of a block."""
    with open(path, "wb", buffering=0) as filler:
        for piece in (b"\0" * 65536, b"\0" * 512):
            try:
                while filler.write(piece) == len(piece):
                    pass
            except OSError:
                continue
