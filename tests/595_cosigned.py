"""What a server seals is cosigned by its witnesses within seconds; one that is dead or slow keeps
nobody waiting, and one that knows a longer log says so.
"""
import base64
import http.server
import pathlib
import re
import shutil
import signal
import subprocess
import threading
import time

import pytest

from server import BINARY, Server, wait_until
from story import Commons
from witness import DASH, Witness

pytestmark = pytest.mark.long
HOST = "pledges.example"
DELAY_SECONDS = 2
PATIENCE = 60  # sanitizers, and whoever else uses the machine


def market(server):
    commons = Commons(server, residents=4)
    commons.fund(20000)
    commons.open_round(5000)
    tender = commons.tender(ceiling=5000, people_min=5)
    commons.market = commons.proposal(tender, price=5000)
    commons.open_tender(tender)
    return commons


def folder(server, slug):
    return pathlib.Path(server.data) / "log" / slug


def size_of(checkpoint):
    return int(checkpoint.split("\n")[1])


def checkpoint(server, slug):
    return (folder(server, slug) / "checkpoint").read_text(encoding="utf-8")


def pledge(commons, i, amount):
    """How many records there are with it."""
    return commons.pledge(i, commons.market, amount).must(200).json()["seq"] + 1


def sealed(server, slug, size):
    wait_until(lambda: size_of(checkpoint(server, slug)) >= size, PATIENCE, f"a log of {size}")


def cosigned(server, slug, size, *witnesses):
    """Waits until the checkpoint has at least that size, and a line by each."""
    def seen():
        text = checkpoint(server, slug)
        return size_of(text) >= size and all(f"{DASH}{w.name} " in text for w in witnesses)
    wait_until(seen, PATIENCE, f"cosignatures by {[w.name for w in witnesses]}")


def verify(server, slug, witnesses, quorum, code=0, where=None):
    key = (folder(server, slug) / "vkey").read_text().strip()
    words = [BINARY, "verify", str(where or folder(server, slug)), "--vkey", key]
    for witness in witnesses:
        words += ["--witness", witness.vkey]
    done = subprocess.run([*words, "--quorum", str(quorum)], capture_output=True, text=True,
                          timeout=120, check=False)
    assert done.returncode == code, done.stdout + done.stderr
    return done.stdout + done.stderr


def metric(server, name):
    text = server.client().get("/metrics").must(200).text
    return {labels: float(value)
            for labels, value in re.findall(rf"^{name}{{(.*)}} (\S+)$", text, re.M)}


def watch(server, commons, *witnesses):
    """Tells witnesses of a log that has begun; they learn it at a restart."""
    wait_until((folder(server, commons.slug) / "checkpoint").exists, PATIENCE, "a log")
    sealed(server, commons.slug, 1)
    for witness in witnesses:
        witness.kill()
        witness.watch(f"{HOST}/{commons.slug}",
                      (folder(server, commons.slug) / "vkey").read_text().strip())
        witness.start()


@pytest.fixture
def place(tmp_path_factory):
    return tmp_path_factory.mktemp("w")


def witnesses_of(place, log, n):
    """Each in its folder and at its port, knowing some log already, for without one none starts."""
    for i in range(1, n + 1):
        witness = Witness(place / f"w{i}", name=f"trust{i}.example/w")
        witness.watch(*log)
        yield witness


def a_log(place):
    done = subprocess.run([BINARY, "keygen", "--name", "x.example/log", "--out",
                           str(place / "key")], capture_output=True, text=True, check=True)
    return "x.example/log", done.stdout.strip()


def test_595_what_is_sealed_is_cosigned_and_verify_counts_the_witnesses(place):
    one, two, three = witnesses_of(place, a_log(place), 3)
    with one, two, three:
        named = place / "witnesses"
        named.write_text(f"# ours\n{one.url} {one.vkey}\n\n{two.url}/ {two.vkey}\n")
        with Server(args=["--witnesses", str(named), "--log-host", HOST]) as server:
            commons = market(server)
            slug, origin = commons.slug, f"{HOST}/{commons.slug}"
            wait_until(lambda: f"does not cosign {slug}" in server.log(), PATIENCE, "a refusal")
            wait_until(lambda: "refuses with status 404" in server.log(), PATIENCE, "its reason")
            watch(server, commons, one, two)
            size = pledge(commons, 0, 100)
            cosigned(server, slug, size, one, two)
            for i in range(6):
                size = pledge(commons, i % 4, 200 + i)
                sealed(server, slug, size)
            cosigned(server, slug, size, one, two)
            everybody = (one, two, three)
            assert "2 of the 3 named have signed" in verify(server, slug, everybody, 2)
            assert "2 of the witnesses signed" in verify(server, slug, everybody, 3, code=1)
            assert "2 of the 2 named" in verify(server, slug, (one, two), 2)
            where = f"{server.url}/log/{slug}"
            assert "2 of the 3 named" in verify(server, slug, everybody, 2, where=where)
            assert "2 of the witnesses" in verify(server, slug, everybody, 3, 1, where=where)
            kept = (folder(server, slug) / "history" / str(size)).read_text(encoding="utf-8")
            assert kept == checkpoint(server, slug)
            for witness in (one, two):
                text, lines = kept.split("\n\n")
                line, = [x for x in lines.split("\n") if x.startswith(DASH + witness.name)]
                witness.judge(f"{line}\n".encode(), f"{text}\n\n".encode())
                label = f'witness_log="{witness.name} {slug}"'
                wait_until(lambda: witness.size(origin) == size, 10, "the witness's own word")
                assert metric(server, "groundswell_witness_cosigned_records")[label] == size
                assert metric(server, "groundswell_witness_failures_total")[label] >= 1
            before = checkpoint(server, slug)
            server.restart()  # what is cosigned is not asked about again
            size = pledge(commons, 0, 400)
            cosigned(server, slug, size, one, two)
            assert size_of(before) < size
            verify(server, slug, everybody, 2)


def test_596_a_witness_that_hangs_or_is_gone_delays_neither_sealing_nor_the_other(place):
    one, two = witnesses_of(place, a_log(place), 2)
    with one, two:
        listed = ", ".join(f"{w.url} {w.vkey}" for w in (one, two))
        with Server(args=["--witnesses", listed, "--log-host", HOST]) as server:
            commons = market(server)
            watch(server, commons, one, two)
            cosigned(server, commons.slug, pledge(commons, 0, 100), one, two)
            for stop in (lambda: one.process.send_signal(signal.SIGSTOP), one.kill):
                stop()
                delays = []
                for i in range(7):
                    size, began = pledge(commons, i % 4, int(time.time() * 10) % 4000 + 20 + i), \
                        time.monotonic()
                    sealed(server, commons.slug, size)
                    delays.append(time.monotonic() - began)
                print(delays)
                assert min(delays) < DELAY_SECONDS, "the others may have waited for the machine"
                cosigned(server, commons.slug, size, two)
                assert "1 of the 2 named" in verify(server, commons.slug, (one, two), 1)
                verify(server, commons.slug, (one, two), 2, code=1)
                wait_until(lambda: f"{one.name} does not cosign" in server.log(), PATIENCE, "word")
                if stop != one.kill:
                    one.process.send_signal(signal.SIGCONT)
                else:
                    one.start()
                cosigned(server, commons.slug, size, one, two)
                verify(server, commons.slug, (one, two), 2)
            one.process.send_signal(signal.SIGSTOP)
            pledge(commons, 0, 33)
            time.sleep(0.5)
            server.stop()  # a hanging witness does not keep it from ending
            one.process.send_signal(signal.SIGCONT)
            server.start()


def test_597_a_log_that_went_back_and_on_by_another_way_is_not_cosigned(place):
    one, = witnesses_of(place, a_log(place), 1)
    with one:
        listed = f"{one.url} {one.vkey}"
        with Server(args=["--witnesses", listed, "--log-host", HOST]) as server:
            commons = market(server)
            slug = commons.slug
            watch(server, commons, one)
            cosigned(server, slug, pledge(commons, 0, 100), one)
            server.stop()
            old = place / "old"
            shutil.copytree(server.data, old, ignore=shutil.ignore_patterns("*.sock"))
            server.start()
            size = pledge(commons, 1, 200)
            size = pledge(commons, 2, 300)
            cosigned(server, slug, size, one)
            told = one.latest(f"{HOST}/{slug}")
            server.stop()
            for name in ("redis", "log"):
                shutil.rmtree(server.data / name)
                shutil.copytree(old / name, server.data / name)
            server.start()
            shorter = pledge(commons, 3, 111)
            assert shorter < size
            sealed(server, slug, shorter)
            wait_until(lambda: "has an old copy been" in server.log(), PATIENCE, "why")
            while shorter <= size:
                shorter = pledge(commons, 3, 111 + shorter)
            sealed(server, slug, shorter)
            wait_until(lambda: "was not shown to continue" in (one.folder / "log").read_text(),
                       PATIENCE, "the witness's word")
            assert one.latest(f"{HOST}/{slug}") == told
            assert DASH + one.name not in checkpoint(server, slug)
            verify(server, slug, (one,), 0)
            verify(server, slug, (one,), 1, code=1)


@pytest.mark.parametrize("named, why", [
    ("/nowhere/at/all", "/nowhere/at/all cannot be read"),
    ("http://127.0.0.1:1", "is not `URL VKEY`"),
    ("http://127.0.0.1:1 key", "witnesses:"), ("ftp://x y", "cannot be read"),
    ("http://127.0.0.1:1 LOGKEY", "is not the key of a witness")])
def test_598_witnesses_that_cannot_be_used_are_told_at_the_start(place, named, why):
    _, vkey = a_log(place)
    done = subprocess.run([BINARY, "serve", "--data", str(place / "d"), "--listen", "127.0.0.1:0",
                           "--witnesses", named.replace("LOGKEY", vkey)], capture_output=True,
                          text=True, timeout=120, check=False)
    assert done.returncode == 1, done.stderr
    assert why in done.stderr and "these settings" in done.stderr


class Liar(http.server.BaseHTTPRequestHandler):
    """Answers what the server's `say` gives for the request's body."""
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        status, answer = self.server.say(body)
        self.send_response(status)
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def handle(self):
        try:
            super().handle()
        except ConnectionError:  # of an answer that was too long
            pass

    def log_message(self, *_):
        pass


def test_599_what_a_lying_witness_answers_enters_no_checkpoint(place):
    honest, other = witnesses_of(place, a_log(place), 2)
    liar = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Liar)
    threading.Thread(target=liar.serve_forever, daemon=True).start()
    raw = bytes.fromhex(other.vkey.split("+")[1]) + bytes(72)
    stranger = []
    lies = [
        lambda body: (200, b""),
        lambda body: (200, b"\n\n"),
        lambda body: (200, bytes(range(256))),
        lambda body: (200, b"x" * 200000),
        lambda body: (200, f"{DASH}{other.name} AAAA\n".encode()),
        lambda body: (200, f"{DASH}{other.name} {base64.b64encode(raw).decode()}\n".encode()),
        lambda body: (200, body.split(b"\n\n")[-1]),  # the log's own lines
        lambda body: (200, stranger[-1]),  # an honest one, by somebody else
        lambda body: (409, b"0\n"),
        lambda body: (409, b"99999999\n"),
        lambda body: (409, b"-1\n"),
        lambda body: (409, b""),
        lambda body: (500, b"\xff"),
    ]
    with honest, other:
        named = f"http://127.0.0.1:{liar.server_port} {other.vkey}, {honest.url} {honest.vkey}"
        liar.say = lies[-1]
        with Server(args=["--witnesses", named, "--log-host", HOST]) as server:
            commons = market(server)
            slug, label = commons.slug, f'witness_log="{other.name} {commons.slug}"'
            watch(server, commons, honest, other)
            for i, lie in enumerate(lies):
                liar.say = lie
                failed = metric(server, "groundswell_witness_failures_total").get(label, 0)
                size = pledge(commons, i % 4, 50 + i)
                cosigned(server, slug, size, honest)
                wait_until(lambda: metric(server, "groundswell_witness_failures_total")
                           .get(label, 0) > failed, PATIENCE, f"a failure of lie {i}")
                text = checkpoint(server, slug)
                assert f"{DASH}{other.name} " not in text, f"lie {i}"
                verify(server, slug, (honest, other), 1)
                line = re.search(f"^{DASH}{honest.name} .*\n", text, re.M).group(0)
                stranger.append(line.encode())
                liar.say = lambda body: other.ask(body)[::2]  # the truth for once
                cosigned(server, slug, size, honest, other)
                verify(server, slug, (honest, other), 2)
            assert server.client().get("/readyz").status == 200
    liar.shutdown()
    liar.server_close()
