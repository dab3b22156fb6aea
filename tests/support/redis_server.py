"""A private Redis for a test, and a client over the standard library.

    with RedisServer(appendfsync="no") as server:
        client = server.client()
        client.call("SET", "a", 1)

It lives in a short temporary folder (a unix socket's path has at most 107 bytes), keeps an
append-only file, listens on nothing but its socket, and is stopped by its pid. Bytes are bytes: the
client answers bytes, int, None, lists, and raises RedisError for an error reply.
"""
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time


class RedisError(Exception):
    """An error reply, as text."""


class Client:
    def __init__(self, path, timeout=60):
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.settimeout(timeout)
        self.socket.connect(path)
        self.file = self.socket.makefile("rb")

    def close(self):
        self.file.close()
        self.socket.close()

    @staticmethod
    def packed(*words):
        out = [b"*%d\r\n" % len(words)]
        for word in words:
            raw = word if isinstance(word, bytes) else str(word).encode()
            out.append(b"$%d\r\n%s\r\n" % (len(raw), raw))
        return b"".join(out)

    def call(self, *words):
        self.socket.sendall(self.packed(*words))
        return self.answer()

    def many(self, commands):
        """Sends all, then reads all; an error reply stands in the list as a RedisError."""
        self.socket.sendall(b"".join(self.packed(*words) for words in commands))
        answers = []
        for _ in commands:
            try:
                answers.append(self.answer())
            except RedisError as error:
                answers.append(error)
        return answers

    def answer(self):
        line = self.file.readline()
        if not line.endswith(b"\r\n"):
            raise ConnectionError("Redis closed the connection")
        kind, rest = line[:1], line[1:-2]
        if kind == b"+":
            return rest
        if kind == b"-":
            raise RedisError(rest.decode(errors="replace"))
        if kind == b":":
            return int(rest)
        if kind == b"$":
            size = int(rest)
            return None if size < 0 else self.file.read(size + 2)[:-2]
        if kind == b"*":
            size = int(rest)
            return None if size < 0 else self.items(size)
        raise ConnectionError(f"not RESP: {line!r}")

    def items(self, size):
        found, first_error = [], None
        for _ in range(size):
            try:
                found.append(self.answer())
            except RedisError as error:
                first_error = first_error or error
        if first_error:
            raise first_error
        return found


class RedisServer:
    """appendfsync: always, everysec or no; appendonly=False for benches of the bare function."""

    def __init__(self, appendfsync="no", appendonly=True, maxmemory=0, options=()):
        self.folder = tempfile.mkdtemp(prefix="gsr-", dir="/tmp")
        self.path = os.path.join(self.folder, "s")
        self.arguments = [
            "redis-server", "--port", "0", "--unixsocket", "s", "--save", "", "--dir", self.folder,
            "--appendonly", "yes" if appendonly else "no", "--appendfsync", appendfsync,
            "--maxmemory", str(maxmemory), "--maxmemory-policy", "noeviction",
            "--repl-diskless-sync-delay", "0", "--enable-debug-command", "local", *options]
        self.process = None
        self.clients = []

    def start(self):
        with open(os.path.join(self.folder, "log"), "ab") as log:
            self.process = subprocess.Popen(self.arguments, cwd=self.folder, stdout=log, stderr=log)
        end = time.monotonic() + 90
        while time.monotonic() < end:
            try:
                client = Client(self.path)
                if client.call("PING") == b"PONG":
                    client.close()
                    return self
            except (OSError, RedisError):
                time.sleep(0.01)
            if self.process.poll() is not None:
                break
        raise RuntimeError("redis-server did not start: " + self.log())

    def log(self):
        with open(os.path.join(self.folder, "log"), encoding="utf-8", errors="replace") as log:
            return log.read()[-2000:]

    def client(self):
        client = Client(self.path)
        self.clients.append(client)
        return client

    def stop(self, how=signal.SIGTERM):
        for client in self.clients:
            client.close()
        self.clients = []
        if self.process and self.process.poll() is None:
            self.process.send_signal(how)
            try:
                self.process.wait(60)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        self.process = None

    def __enter__(self):
        return self.start()

    def __exit__(self, *_):
        self.stop(signal.SIGKILL)
        shutil.rmtree(self.folder, ignore_errors=True)
