"""A witness cosigns what continues what it cosigned, and nothing else, whoever asks and whatever
kills it.
"""
import base64
import http.client
import os
import random
import shutil
import signal
import subprocess
import time

import pytest

from server import BINARY, wait_until
from witness import DASH, ORIGIN, Log, Witness, proof, question, story


@pytest.fixture
def place(tmp_path_factory):
    return tmp_path_factory.mktemp("w")


def refused(answer, status):
    assert answer[0] == status, answer
    assert DASH.encode() not in answer[2], "a refusal with a signature line"


def test_590_what_continues_is_cosigned_and_kept_before_it_is_given_out(place):
    log = Log(place / "log", story(40))
    with Witness(place / "w", [log]) as witness:
        assert witness.latest() is None
        witness.cosigns(log, 0, 3)
        for old, size in ((3, 3), (3, 4), (4, 7), (7, 8), (8, 33), (33, 40)):
            witness.cosigns(log, old, size)
            kept = witness.latest()
            assert kept.startswith(log.checkpoint(size)), "the log's own checkpoint"
            witness.judge(kept[len(log.checkpoint(size)):], log.checkpoint(size))
        for old in (0, 3, 39):
            status, kind, body = witness.ask(log.body(old, 40))
            assert (status, kind, body) == (409, "text/x.tlog.size", b"40\n")


def test_591_a_fork_and_a_rollback_are_refused_though_the_log_signed_them(place):
    log = Log(place / "log", story(20))
    fork = Log(place / "fork", story(12) + story(20, "b")[12:])
    assert fork.vkey == log.vkey and fork.checkpoint(20) != log.checkpoint(20)
    with Witness(place / "w", [log]) as witness:
        witness.cosigns(log, 0, 15)
        before = witness.latest()
        refused(witness.ask(fork.body(15, 20)), 422)
        refused(witness.ask(fork.body(15, 15)), 409)
        refused(witness.ask(question(15, proof(15, log.leaves), fork.checkpoint(20))), 422)
        refused(witness.ask(fork.body(12, 20)), 409)
        refused(witness.ask(fork.body(0, 20)), 409)
        refused(witness.ask(log.body(10, 12)), 409)
        refused(witness.ask(log.body(12, 12)), 409)
        refused(witness.ask(question(15, [], log.checkpoint(12))), 400)
        hashes = proof(15, log.leaves)
        for wrong in ([], hashes[:-1], hashes[::-1], hashes + hashes[:1], [bytes(32)] * 3):
            refused(witness.ask(question(15, wrong, log.checkpoint(20))), 422)
        refused(witness.ask(question(15, hashes, log.checkpoint(15))), 422)
        assert witness.latest() == before
        witness.cosigns(log, 15, 20)
    said = (place / "w" / "log").read_text()
    assert "was not shown to continue" in said and ORIGIN in said


def test_592_strangers_and_what_is_malformed_are_refused(place):
    log = Log(place / "log", story(9))
    other = Log(place / "other", story(9), origin="test.example/elm")
    with Witness(place / "w", [log]) as witness:
        good, head = log.body(0, 9), log.checkpoint(9)
        text, line = head.decode().split("\n\n")
        refused(witness.ask(other.body(0, 9)), 404)
        assert witness.latest("test.example/elm") is None
        name, signature = line[len(DASH):-1].split(" ")
        raw = base64.b64decode(signature)
        for bit in (4 * 8, 30 * 8 + 1, len(raw) * 8 - 1):
            bent = bytearray(raw)
            bent[bit // 8] ^= 1 << bit % 8
            lines = f"{text}\n\n{DASH}{name} {base64.b64encode(bent).decode()}\n"
            refused(witness.ask(question(0, [], lines.encode())), 403)
        stranger = other.checkpoint(9).decode().split("\n\n")[1]
        refused(witness.ask(question(0, [], f"{text}\n\n{stranger}".encode())), 403)
        grown = head.replace(b"\n9\n", b"\n8\n")
        refused(witness.ask(question(0, [], grown)), 403)
        for wrong in (b"", b"\n", b"old 0", b"old 0\n", b"old 0\n\n", head, b"\n\n" + head,
                      good.replace(b"old 0", b"old 00"), good.replace(b"old 0", b"old -1"),
                      good.replace(b"old 0", b"old  0"), good.replace(b"old 0", b"Old 0"),
                      good.replace(b"old 0", b"old 18446744073709551616"),
                      good.replace(b"\n", b"\r\n"), good[:-1], good + b"\n", good[:-20],
                      good.replace(DASH.encode(), b"- "), b"old 0\nAAAA\n\n" + head,
                      b"old 0\n" + head, question(0, [bytes(32)] * 64, head),
                      b"old 10\n\n" + head, good.replace(b"oak\n", b"oak\0\n", 1),
                      bytes(range(256)), b"\xff" * 5000):
            refused(witness.ask(wrong), 400)
        refused(witness.ask(question(0, [bytes(32)], head)), 422)
        assert witness.ask(b"old 0\n\n" + head + b"x" * 200000)[0] in (400, 413)
        assert witness.request("GET", "/add-checkpoint")[0] == 405
        assert witness.request("GET", "/")[0] == 404
        assert witness.request("GET", "/%2e%2e/checkpoint")[0] in (400, 404)
        assert witness.latest() is None, "a refusal left something behind"
        extra = head + stranger.encode()
        status, _, lines = witness.ask(question(0, [], extra))
        assert status == 200
        witness.judge(lines, head)
        assert stranger.encode() not in witness.latest(), "a stranger's line is kept"


def test_593_kill_9_between_and_in_requests_forgets_nothing(place):
    seed = int(os.environ.get("SEED", random.randrange(2 ** 32)))
    print(f"seed {seed}")
    chance = random.Random(seed)
    log = Log(place / "log", story(120))
    fork = Log(place / "fork", story(120, "b"))
    with Witness(place / "w", [log]) as witness:
        size = 0
        for _ in range(8):
            for _ in range(chance.randint(1, 3)):
                grown = min(120, size + chance.randint(1, 6))
                witness.cosigns(log, size, grown)
                size = grown
            if chance.random() < 0.5:  # one more, of which nobody hears whether it was done
                connection = http.client.HTTPConnection("127.0.0.1", witness.port, timeout=30)
                connection.request("POST", "/add-checkpoint", log.body(size, min(120, size + 1)))
                time.sleep(chance.uniform(0, 0.01))
                witness.kill()
                connection.close()
            else:
                witness.kill()
            witness.start()
            assert witness.size() in (size, size + 1)
            size = witness.size()
            refused(witness.ask(fork.body(size, 120)), 422)
            refused(witness.ask(fork.body(0, 120)), 409)
        witness.cosigns(log, size, 120)


def test_594_a_witness_that_cannot_be_trusted_does_not_start(place):
    log = Log(place / "log", story(5))

    def says(witness, *more, code=2):
        done = subprocess.run(witness.command(*more), capture_output=True, text=True, timeout=60,
                              check=False)
        assert done.returncode == code, done.stdout + done.stderr
        return done.stderr
    with Witness(place / "w", [log]) as witness:
        witness.cosigns(log, 0, 5)
        assert "another witness" in says(witness)
    kept = next((place / "w" / "state").glob("*/checkpoint"))
    good = kept.read_bytes()
    for wrong in (b"", good[:-30], good.replace(b"\n5\n", b"\n4\n"), log.checkpoint(5)):
        kept.write_bytes(wrong)
        assert str(kept) in says(witness, code=1)
    kept.write_bytes(good)
    witness.key.chmod(0o644)
    assert "600" in says(witness)
    witness.key.chmod(0o600)
    assert "ORIGIN=VKEY" in says(witness, "--origin", "nothing")
    assert says(witness, "--origin", f"{ORIGIN}={log.vkey[:-4]}AAAA")
    witness.origins.write_text("")
    assert "no log to watch" in says(witness)
    shutil.copy(place / "log" / "vkey", witness.origins)  # vkeys alone name no origin
    assert "origin" in says(witness)
    done = subprocess.run([BINARY, "keygen", "--name", "x.example/log", "--out",
                           str(place / "logkey")], capture_output=True, check=True)
    assert done.stdout
    witness.key = place / "logkey"
    assert "keygen --witness" in says(witness)


def test_599_a_hangup_makes_it_read_its_origins_again_and_forget_nothing(place):
    log = Log(place / "log", story(20))
    other = Log(place / "other", story(9), origin="test.example/elm")
    with Witness(place / "w", [log]) as witness:
        witness.cosigns(log, 0, 15)
        refused(witness.ask(other.body(0, 9)), 404)
        witness.watch(other.made.origin, other.vkey)
        witness.process.send_signal(signal.SIGHUP)
        wait_until(lambda: witness.ask(other.body(0, 9))[0] == 200, what="the new log")
        refused(witness.ask(log.body(0, 20)), 409)
        witness.cosigns(log, 15, 17)
        kept = witness.origins.read_text()
        witness.origins.write_text(kept + "a line that names no key\n")
        witness.process.send_signal(signal.SIGHUP)
        wait_until(lambda: "goes on with the 2 logs" in (place / "w" / "log").read_text())
        witness.cosigns(log, 17, 20)
        witness.origins.write_text(f"{other.made.origin} {other.vkey}\n")
        witness.process.send_signal(signal.SIGHUP)
        wait_until(lambda: witness.ask(log.body(20, 20))[0] == 404, what="the end of a log")
        assert witness.size(other.made.origin) == 9
