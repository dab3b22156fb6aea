#!/usr/bin/python3
"""A million residents: how long to register them and to open a round, and what they weigh in
Redis.

    /usr/bin/python3 tests/bench/million.py [--residents 1000000] [--no-pledges]

Needs build/groundswell (./run --build-only). Registers through the API with the verb `register`,
opens one round, then gives every resident three pledges with three remembered keys (by the same
Redis Function, through redis-cli --pipe), and prints the bytes of Redis memory a resident, with
the share of the stream and of the account rows beside them. The aim is at most 256 bytes a
resident, stream and account rows not counted.
"""import argparse import hashlib import pathlib import subprocess import sys import tempfile import
time

HERE = pathlib.Path(__file__).resolve().parent sys.path.insert(0, str(HERE.parent / "support"))

import base64 # noqa: E402

from redis_server import Client # noqa: E402 from server import Server # noqa: E402 from story
import Commons # noqa: E402

BINARY = HERE.parent.parent / "build" / "groundswell" ALLOTMENT = 10_000 PROPOSALS = 24


def used(client):
    return int(client.call("INFO", "memory").decode().split("used_memory:")[1].split()[0])


def weigh(client, key):
    return client.call("MEMORY", "USAGE", key, "SAMPLES", 0) or 0


def wallet_of(resident):
    return base64.urlsafe_b64encode(hashlib.sha256(resident).digest()[:16])[:22]


def commands(client, slug, digits, now):
    """FCALLs: three pledges of every resident, amounts spread, none of them ever activating.
"""
    cursor, counter = b"0", 0
    while True:
        cursor, flat = client.call("HSCAN", "{%s}:residents" % slug, cursor, "COUNT", 10000)
        for resident in flat[::2]:
            wallet = wallet_of(resident)
            for k in range(3):
                counter += 1
                yield Client.packed(
                    "FCALL",
                    f"pledge_set_{digits}",
                    1,
                    "{%s}:c" % slug,
                    now,
                    resident,
                    0,
                    counter.to_bytes(8, "big"),
                    b"body",
                    1,
                    wallet,
                    (counter * 7 + k) % PROPOSALS + 1,
                    100 + counter * 37 % 3000,
                )
        if cursor == b"0":
            return


def pledge(server, client, slug):
    library = client.call("FUNCTION", "LIST")[0]
    digits = library[1].decode().rsplit("_", 1)[1]
    begun, now = time.monotonic(), int(time.time() * 1000)
    pipe = subprocess.Popen(
        ["redis-cli", "-s", server.redis_socket(), "--pipe"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    batch = []
    for command in commands(client, slug, digits, now):
        batch.append(command)
        if len(batch) == 5000:
            pipe.stdin.write(b"".join(batch))
            batch = []
    pipe.stdin.write(b"".join(batch))
    out, _ = pipe.communicate()
    assert b"errors: 0" in out, out
    return time.monotonic() - begun


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--residents", type=int, default=1_000_000)
    parser.add_argument("--no-pledges", action="store_true")
    given = parser.parse_args()
    n = given.residents
    with Server(
        workers=2, binary=str(BINARY), args=["--log-level", "warn"]
    ) as server, tempfile.NamedTemporaryFile("w", suffix=".csv") as csv:
        client = Client(server.redis_socket(), timeout=600)
        before = used(client)
        commons = Commons(server, areas=[f"a{i}" for i in range(16)], residents=0)
        csv.write("ref,area\n")
        csv.writelines(f"voter-{i},a{i % 16}\n" for i in range(n))
        csv.flush()
        begun = time.monotonic()
        done = subprocess.run(
            [
                str(BINARY),
                "register",
                "--data",
                str(server.data),
                "--community",
                commons.slug,
                csv.name,
            ],
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        seconds = time.monotonic() - begun
        registered = used(client)
        print(
            f"{n:,} residents registered in {seconds:.1f} s, {n / seconds:,.0f} a second; "
            f"{(registered - before) / n:.0f} bytes of Redis memory each"
        )
        commons.fund(n * ALLOTMENT)
        begun = time.monotonic()
        commons.open_round(ALLOTMENT, token=100)
        print(
            f"a round opened for all of them in {(time.monotonic() - begun) * 1000:.1f} ms, "
            f"{used(client) - registered:,} bytes"
        )
        if given.no_pledges:
            return
        tender = commons.tender(ceiling=n * ALLOTMENT, people_min=10**9)
        for _ in range(PROPOSALS):
            commons.proposal(tender, price=n * ALLOTMENT)
        commons.open_tender(tender)
        log_before, base = weigh(client, "{%s}:log" % commons.slug), used(client)
        seconds = pledge(server, client, commons.slug)
        stream = weigh(client, "{%s}:log" % commons.slug) - log_before
        grown = used(client) - base - stream
        print(
            f"{3 * n:,} pledges through one pipe in {seconds:.1f} s, "
            f"{3 * n / seconds:,.0f} a second"
        )
        print(
            f"{grown / n:.0f} bytes a resident with three pledges (aim 256): wallets "
            f"{weigh(client, '{%s}:w:1' % commons.slug) / n:.0f}, histograms and sums the rest; "
            f"beside them the stream {stream / n / 3:.0f} bytes a record, account rows "
            f"{weigh(client, '{%s}:residents' % commons.slug) / n:.0f} a resident"
        )


if __name__ == "__main__":
    main()
