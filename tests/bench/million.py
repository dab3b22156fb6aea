#!/usr/bin/python3
"""A million residents: how long to register them and to open a round, and what they weigh in Redis.

    /usr/bin/python3 tests/bench/million.py [--residents 1000000] [--no-pledges]

Needs build/groundswell (./run --build-only). Registers through the API with the verb `register`,
opens one round, then gives every resident three pledges with three remembered keys (by the same
Redis Function, through redis-cli --pipe), and prints the bytes of Redis memory a resident, with
the share of the stream and of the account rows beside them. The aim is at most 256 bytes a
resident, stream and account rows not counted.
"""
import argparse
import base64
import hashlib
import pathlib
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "support"))

from redis_server import Client  # noqa: E402
from server import Server  # noqa: E402
from story import Commons  # noqa: E402

BINARY = HERE.parent.parent / "build" / "groundswell"
ALLOTMENT = 10_000
PROPOSALS = 24


def used(client):
    return int(client.call("INFO", "memory").decode().split("used_memory:")[1].split()[0])


def weigh(client, slug, name):
    return client.call("MEMORY", "USAGE", "{%s}:%s" % (slug, name), "SAMPLES", 0) or 0


def wallet_of(resident):
    return base64.urlsafe_b64encode(hashlib.sha256(resident).digest()[:16])[:22]


def commands(client, slug, digits):
    """FCALLs: three pledges of every resident, amounts spread, none of them ever activating."""
    cursor, counter = b"0", 0
    while True:
        cursor, flat = client.call("HSCAN", "{%s}:residents" % slug, cursor, "COUNT", 10000)
        now = int(time.time() * 1000)
        for resident in flat[::2]:
            wallet = wallet_of(resident)
            for k in range(3):
                counter += 1
                yield Client.packed(
                    "FCALL", f"pledge_set_{digits}", 1, "{%s}:c" % slug, now, resident, 0,
                    counter.to_bytes(8, "big"), b"body", 1, wallet,
                    (counter * 7 + k) % PROPOSALS + 1, 100 + counter * 37 % 3000)
        if cursor == b"0":
            return


def pledge(server, client, slug):
    library = client.call("FUNCTION", "LIST")[0]
    digits = library[1].decode().rsplit("_", 1)[1]
    begun = time.monotonic()
    pipe = subprocess.Popen(["redis-cli", "-s", server.redis_socket(), "--pipe"],
                            stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    batch = []
    for command in commands(client, slug, digits):
        batch.append(command)
        if len(batch) == 5000:
            pipe.stdin.write(b"".join(batch))
            batch = []
    pipe.stdin.write(b"".join(batch))
    out, _ = pipe.communicate()
    assert b"errors: 0" in out, out
    return time.monotonic() - begun


def register(server, client, commons, n):
    before = used(client)
    with tempfile.NamedTemporaryFile("w", suffix=".csv") as csv:
        csv.write("ref,area\n")
        csv.writelines(f"voter-{i},a{i % 16}\n" for i in range(n))
        csv.flush()
        begun = time.monotonic()
        done = subprocess.run([str(BINARY), "register", "--data", str(server.data), "--community",
                               commons.slug, csv.name], capture_output=True, text=True,
                              check=False)
        seconds = time.monotonic() - begun
    assert done.returncode == 0, done.stdout + done.stderr
    print(f"{n:,} residents registered in {seconds:.1f} s, {n / seconds:,.0f} a second; "
          f"{(used(client) - before) / n:.0f} bytes of Redis memory each")


def open_round(client, commons, n):
    commons.fund(n * ALLOTMENT)
    before, begun = used(client), time.monotonic()
    commons.open_round(ALLOTMENT, token=100)
    print(f"a round opened for all of them in {(time.monotonic() - begun) * 1000:.1f} ms, "
          f"{used(client) - before:,} bytes")


def pledges(server, client, commons, n):
    tender = commons.tender(ceiling=n * ALLOTMENT, people_min=10**9)
    for _ in range(PROPOSALS):
        commons.proposal(tender, price=n * ALLOTMENT)
    commons.open_tender(tender)
    slug = commons.slug
    first = commons.totals()["seq"]
    seconds = pledge(server, client, commons.slug)
    made = commons.totals()["seq"] - first
    assert made == 3 * n, f"{made} of {3 * n} pledges were accepted"
    print(f"{3 * n:,} pledges through one pipe in {seconds:.1f} s, "
          f"{3 * n / seconds:,.0f} a second")
    slug = commons.slug
    rows = weigh(client, slug, "w:1")
    tallies = sum(weigh(client, slug, f"{kind}:{i}") for kind in "hp"
                  for i in range(1, PROPOSALS + 1))
    record = weigh(client, slug, "log") / client.call("XLEN", "{%s}:log" % slug)
    print(f"{(rows + tallies) / n:.0f} bytes a resident with three pledges (aim 256): wallet and "
          f"remembered keys {rows / n:.0f}, tallies and histograms {tallies / n:.2f}; not counted: "
          f"account rows {weigh(client, slug, 'residents') / n:.0f} a resident, and the stream, "
          f"{record:.0f} a record until it is trimmed")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--residents", type=int, default=1_000_000)
    parser.add_argument("--no-pledges", action="store_true")
    given = parser.parse_args()
    with Server(workers=2, binary=str(BINARY), args=["--log-level", "warn"]) as server:
        client = Client(server.redis_socket(), timeout=600)
        commons = Commons(server, areas=[f"a{i}" for i in range(16)], residents=0)
        register(server, client, commons, given.residents)
        open_round(client, commons, given.residents)
        if not given.no_pledges:
            pledges(server, client, commons, given.residents)


if __name__ == "__main__":
    main()
