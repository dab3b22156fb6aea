"""The little server of room http alone (tests/programs/http_hello.c), and a client of raw bytes.

Nothing here parses more of HTTP than it must: what the server says is looked at byte by byte.
"""
import pathlib
import re
import select
import signal
import socket
import ssl
import subprocess
import tempfile
import time

from server import BINARY, PATIENCE, wait_until

HELLO = pathlib.Path(BINARY).parent / "tests" / "http_hello"


class Hello:
    """`with Hello(head_ms=500) as hello:` -- flags of http_hello with their numbers."""

    def __init__(self, **flags):
        self.args = [str(HELLO)]
        for name, value in flags.items():
            self.args += ["--" + name.replace("_", "-"), str(value)]

    def __enter__(self):
        self.errors = tempfile.TemporaryFile()
        self.process = subprocess.Popen(self.args, stdout=subprocess.PIPE, stderr=self.errors)
        ready, _, _ = select.select([self.process.stdout], [], [], PATIENCE)
        line = self.process.stdout.readline().decode() if ready else ""
        assert line.startswith("listening on "), (line, self.said())
        self.port = int(line.split()[2])
        return self

    def __exit__(self, kind, value, trace):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(PATIENCE)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        self.process.stdout.close()
        if kind is None:
            assert self.process.returncode == 0, self.said()
            assert "Sanitizer" not in self.said() and "runtime error" not in self.said()
        self.errors.close()

    def said(self):
        self.errors.seek(0)
        return self.errors.read().decode("utf-8", "replace")

    def connect(self, context=None, seconds=PATIENCE):
        plain = socket.create_connection(("127.0.0.1", self.port), timeout=seconds)
        plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return context.wrap_socket(plain, server_hostname="localhost") if context else plain

    def say(self, data, context=None):
        """Sends bytes on a fresh connection, returns everything that comes until its end."""
        with self.connect(context) as client:
            client.sendall(data)
            return read_all(client)

    def get(self, path="/hello"):
        line = b"GET %s HTTP/1.1\r\n" % path.encode()
        return Answer(self.say(line + b"Host: t\r\nConnection: close\r\n\r\n"))

    def count(self, name=None):
        counts = dict(line.split() for line in self.get("/count").body.decode().splitlines())
        return int(counts[name]) if name else {key: int(value) for key, value in counts.items()}

    def until_count(self, **wanted):
        """Waits for what the server does in its own time."""
        wait_until(lambda: wanted.items() <= self.count().items(), 30, f"{wanted}")

    def until_served(self):
        wait_until(lambda: self.get().status == 200, 30, "an answer that is no 503")

    def has_read(self):
        """What was sent before this call has been read: one loop takes turns, and we came last."""
        for _ in range(2):
            self.get("/count")


class Answer:
    """The first answer in some bytes; `rest` is what follows it."""

    def __init__(self, data, head_only=False):
        head, found, rest = data.partition(b"\r\n\r\n")
        assert found, data
        lines = head.decode("ascii").split("\r\n")
        matched = re.fullmatch(r"HTTP/1\.1 (\d{3}) ?(.*)", lines[0])
        assert matched, lines[0]
        self.status = int(matched[1])
        self.headers = {}
        for line in lines[1:]:
            name, _, value = line.partition(": ")
            assert name.lower() not in self.headers, line
            self.headers[name.lower()] = value
        n = int(self.headers.get("content-length", 0))
        bare = head_only or self.status in (204, 304) or self.status < 200
        self.body, self.rest = (b"", rest) if bare else (rest[:n], rest[n:])
        if not bare and "content-length" in self.headers:
            assert len(self.body) == n, "cut off"

    @property
    def closes(self):
        return self.headers.get("connection") == "close"


def answers(data):
    found = []
    while data:
        found.append(Answer(data))
        data = found[-1].rest
    return found


def read_all(client):
    data = b""
    while True:
        try:
            more = client.recv(65536)
        except (ConnectionResetError, ssl.SSLEOFError):
            return data + b"<reset>"
        if not more:
            return data
        data += more


def read_answer(client, head_only=False):
    """Reads exactly one answer that has a length, or none."""
    data = b""
    while b"\r\n\r\n" not in data:
        more = client.recv(1)
        assert more, ("closed within a head", data)
        data += more
    n = re.search(rb"content-length: (\d+)", data, re.I)
    while n and not head_only and len(data.partition(b"\r\n\r\n")[2]) < int(n[1]):
        more = client.recv(65536)
        assert more, ("closed within a body", data)
        data += more
    return Answer(data, head_only)


def is_closed(client, seconds=PATIENCE):
    """True when the server ends the connection within so many seconds."""
    client.settimeout(seconds)
    try:
        while client.recv(65536):
            pass
        return True
    except (ConnectionResetError, BrokenPipeError):
        return True
    except (TimeoutError, socket.timeout):
        return False


def drip(client, data, pause=0.0):
    """One byte a segment. False when the server has had enough and hung up meanwhile."""
    for i in range(len(data)):
        try:
            client.sendall(data[i:i + 1])
        except (ConnectionResetError, BrokenPipeError):
            return False
        if pause:
            time.sleep(pause)
    return True
