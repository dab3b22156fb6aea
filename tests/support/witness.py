"""A witness of one's own for a test, and logs for it to judge.

    log = Log(folder / "log", story(40))            # every size of it was signed
    with Witness(folder / "w", [log]) as witness:
        witness.cosigns(log, 0, 3)

Proofs are made, and signatures checked, by other code than the server's.
"""
import base64
import hashlib
import http.client
import os
import pathlib
import re
import select
import signal
import subprocess
import time
import urllib.parse

from logs import make_log
from server import BINARY, quiet_port

ORIGIN = "test.example/oak"
DASH = "\u2014 "


# ---- the tree, once more ----

def leaf(record):
    return hashlib.sha256(b"\0" + record).digest()


def root(leaves):
    if len(leaves) < 2:
        return leaves[0] if leaves else hashlib.sha256(b"").digest()
    k = 1 << ((len(leaves) - 1).bit_length() - 1)
    return hashlib.sha256(b"\1" + root(leaves[:k]) + root(leaves[k:])).digest()


def proof(m, leaves, whole=True):
    """RFC 6962 section 2.1.2: that the first m leaves are the beginning of these."""
    n = len(leaves)
    if m in (0, n):
        return [] if whole or m == 0 else [root(leaves)]
    k = 1 << ((n - 1).bit_length() - 1)
    if m <= k:
        return proof(m, leaves[:k], whole) + [root(leaves[k:])]
    return proof(m - k, leaves[k:], False) + [root(leaves[:k])]


# ---- a log of which every size was signed ----

class Log:
    def __init__(self, folder, records, origin=ORIGIN):
        self.made = make_log(folder, origin, records, batch=1)
        self.folder, self.vkey = pathlib.Path(folder), self.made.vkey
        self.leaves = [leaf(record) for record in records]

    def checkpoint(self, size):
        text = (self.folder / "history" / str(size)).read_bytes()
        assert text.split(b"\n")[2] == base64.b64encode(root(self.leaves[:size]))
        return text

    def body(self, old, size):
        return question(old, proof(old, self.leaves[:size]), self.checkpoint(size))


def question(old, hashes, checkpoint):
    lines = [b"old %d" % old, *map(base64.b64encode, hashes), b"", checkpoint]
    return b"\n".join(lines)


def story(n, said="a"):
    return [b'{"seq":%d,"said":"%s"}' % (seq, said.encode()) for seq in range(n)]


# ---- a witness ----

class Witness:
    def __init__(self, folder, logs=(), name="trust.example/w1"):
        self.folder, self.name, self.port = pathlib.Path(folder), name, quiet_port()
        self.folder.mkdir(exist_ok=True)
        self.key, self.origins = self.folder / "key", self.folder / "origins"
        if not self.key.exists():
            done = subprocess.run([BINARY, "keygen", "--witness", "--name", name, "--out",
                                   str(self.key)], capture_output=True, text=True, check=True)
            self.vkey = done.stdout.strip()
        for log in logs:
            self.watch(log.made.origin, log.vkey)
        self.process = None

    def watch(self, origin, vkey):
        with open(self.origins, "a", encoding="utf-8") as out:
            out.write(f"# a community\n{origin} {vkey}\n\n")

    def command(self, *more):
        return [BINARY, "witness", "--state", str(self.folder / "state"), "--listen",
                f"127.0.0.1:{self.port}", "--key-file", str(self.key), "--origins",
                str(self.origins), *more]

    def start(self):
        self.log = open(self.folder / "log", "ab")
        self.process = subprocess.Popen(self.command(), stdout=subprocess.PIPE, stderr=self.log)
        end, said = time.monotonic() + 120, b""
        while b"\n" not in said:
            assert time.monotonic() < end, "the witness did not start"
            if select.select([self.process.stdout], [], [], 0.2)[0]:
                piece = os.read(self.process.stdout.fileno(), 4096)
                assert piece, (self.folder / "log").read_text()
                said += piece
        self.url = re.search(r"http://\S+", said.decode()).group(0)
        self.port = urllib.parse.urlsplit(self.url).port
        return self

    __enter__ = start

    def kill(self):
        self.process.kill()
        self.process.wait()
        self.end()

    def end(self):
        self.process.stdout.close()
        self.log.close()
        self.process = None

    def __exit__(self, kind, *_):
        if self.process is None:
            return
        self.process.send_signal(signal.SIGCONT)
        self.process.send_signal(signal.SIGTERM)
        try:
            code = self.process.wait(90)
        except subprocess.TimeoutExpired:
            self.kill()
            raise
        self.end()
        assert kind or code == 0, (self.folder / "log").read_text()

    def request(self, method, path, body=None):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=90)
        try:
            connection.request(method, path, body=body)
            answer = connection.getresponse()
            return answer.status, answer.getheader("Content-Type"), answer.read()
        finally:
            connection.close()

    def ask(self, body):
        return self.request("POST", "/add-checkpoint", body)

    def latest(self, origin=ORIGIN):
        """The checkpoint that is served; None where there is none."""
        name = hashlib.sha256(origin.encode()).hexdigest()
        status, _, body = self.request("GET", f"/{name}/checkpoint")
        assert status in (200, 404)
        kept = self.folder / "state" / name / "checkpoint"
        assert status == 404 or kept.read_bytes() == body, "what is served is not what is kept"
        return body if status == 200 else None

    def size(self, origin=ORIGIN):
        latest = self.latest(origin)
        return int(latest.split(b"\n")[1]) if latest else 0

    def cosigns(self, log, old, size):
        status, _, lines = self.ask(log.body(old, size))
        assert status == 200, lines
        self.judge(lines, log.checkpoint(size))

    def judge(self, lines, checkpoint):
        """One line by this witness over this checkpoint's text, of just now, says openssl."""
        line, rest = lines.decode().split("\n")
        assert rest == "" and line.startswith(f"{DASH}{self.name} ")
        raw = base64.b64decode(line.rsplit(" ", 1)[1], validate=True)
        name, key_id, public = self.vkey.split("+", 2)
        public = base64.b64decode(public)
        assert (name, raw[:4].hex(), len(raw), public[0]) == (self.name, key_id, 76, 4)
        seen = int.from_bytes(raw[4:12], "big")
        assert abs(time.time() - seen) < 60
        text = checkpoint[:checkpoint.rindex(b"\n\n") + 1]
        message, signature, key = (self.folder / n for n in ("message", "signature", "key.der"))
        message.write_bytes(b"cosignature/v1\ntime %d\n" % seen + text)
        signature.write_bytes(raw[12:])
        key.write_bytes(bytes.fromhex("302a300506032b6570032100") + public[1:])
        done = subprocess.run(["openssl", "pkeyutl", "-verify", "-pubin", "-keyform", "DER",
                               "-inkey", str(key), "-rawin", "-in", str(message), "-sigfile",
                               str(signature)], capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
