#!/usr/bin/python3
"""What a normal client feels beside 300 connections that send one byte a second.

    /usr/bin/python3 tests/bench/slow_connections.py [--seconds 5] [--slow 300]

Needs build/groundswell (./run --build-only) and wrk. Prints the latency of a client with 8
connections alone, then beside the slow ones, as a ratio; and when the last slow one was gone.
"""
import argparse
import pathlib
import re
import socket
import subprocess
import sys
import threading
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "support"))

from server import Server  # noqa: E402

BINARY = HERE.parent.parent / "build" / "groundswell"
HEAD_MS = 10_000
LINE = b"GET /healthz HTTP/1.1\r\nHost: slow.example\r\nX-Padding: " + b"a" * 4000


def wrk(url, seconds):
    out = subprocess.run(["wrk", "-t1", "-c8", f"-d{seconds}s", "--latency", url],
                         capture_output=True, text=True, timeout=seconds + 30, check=True).stdout
    assert "Non-2xx" not in out and "Socket errors" not in out, out
    unit = {"us": 0.001, "ms": 1.0, "s": 1000.0}
    found = dict(re.findall(r"(50|99)%\s+([0-9.]+[a-z]+)", out))
    times = {}
    for percent, text in found.items():
        number, word = re.match(r"([0-9.]+)([a-z]+)", text).groups()
        times[percent] = float(number) * unit[word]
    return times["50"], times["99"], float(re.search(r"Requests/sec:\s+([0-9.]+)", out).group(1))


class Slow(threading.Thread):
    """All of them in one thread: a byte each, once a second, until the server has had enough."""

    def __init__(self, address, n):
        super().__init__(daemon=True)
        self.sockets = [socket.create_connection(address) for _ in range(n)]
        self.begun, self.gone_after = time.monotonic(), None

    def run(self):
        at = 0
        while self.sockets:
            for one in list(self.sockets):
                try:
                    one.send(LINE[at:at + 1])
                    one.setblocking(False)
                    if one.recv(4096) == b"":
                        raise ConnectionResetError
                except BlockingIOError:
                    one.setblocking(True)
                except OSError:
                    self.sockets.remove(one)
                    one.close()
            at += 1
            time.sleep(1)
        self.gone_after = time.monotonic() - self.begun


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=int, default=5)
    parser.add_argument("--slow", type=int, default=300)
    given = parser.parse_args()
    with Server(binary=str(BINARY),
                args=["--log-level", "warn", "--http-head-ms", str(HEAD_MS)]) as server:
        alone = wrk(server.url + "/healthz", given.seconds)
        slow = Slow(server.address, given.slow)
        slow.start()
        beside = wrk(server.url + "/healthz", given.seconds)
        slow.join(HEAD_MS / 1000 * 3)
    for name, (p50, p99, rate) in (("alone", alone), (f"beside {given.slow} slow", beside)):
        print(f"{name:>16}: p50 {p50:.3f} ms, p99 {p99:.3f} ms, {rate:.0f} requests/s")
    print(f"ratio of p99 {beside[1] / alone[1]:.2f}; the slow ones were gone after "
          f"{slow.gone_after:.1f} s (deadline of the head: {HEAD_MS / 1000:.0f} s)")


if __name__ == "__main__":
    main()
