"""What a pledge costs inside Redis: microseconds of the function, and how many pass a second.

    /usr/bin/python3 tests/bench/lua_pledge.py [--pledges 60000] [--wallets 2000]

A private Redis without append-only file (the disk has its own bench); wallets with 1, 3 and 32 live
pledges; every pledge measured changes an amount, on one proposal (hot) or on many (spread), or is
the wallet's first. The commands are written beforehand and sent by `redis-cli --pipe`; the time is
the processor time of Redis's main thread, so that a busy machine does not count. Prints a table,
then the tipping pledge by number of pledgers, all amounts distinct, and the memory of 100,000
wallets with three pledges.
"""
import argparse
import pathlib
import random
import subprocess
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "support"))

from commons import Commons, wallet_of  # noqa: E402
from redis_server import Client, RedisServer  # noqa: E402

ALLOTMENT = 16_000_000
POOL = 9_000_000_000_000_000


def market(client, slug, residents, proposals, library=None, awards=1):
    commons = Commons(client, slug, library)
    commons.checked = False
    commons.create().must()
    commons.fund(POOL).must()
    for start in range(0, residents, 1000):
        commons.register(*[f"r{i}" for i in range(start, min(start + 1000, residents))]).must()
    commons.open_round(ALLOTMENT).must()
    for start in range(0, proposals, 128):
        tender = commons.tender(ceiling=POOL, awards_max=awards).must()["tender"]
        for _ in range(start, min(start + 128, proposals)):
            commons.proposal(tender, POOL - residents * ALLOTMENT - 1).must()
        commons.open_tender(tender).must()
    return commons


def command(commons, resident, wallet, proposal, amount):
    return Client.packed("FCALL", f"pledge_set_{commons.digits}", 1, commons.key("c"), commons.now,
                         resident, 0, commons.fresh(), b"body", 1, wallet, proposal, amount)


def pipe(server, commands):
    """Seconds on the clock, and microseconds of Redis's main thread per call."""
    client = server.client()
    before = processor_seconds(client)
    begun = time.monotonic()
    done = subprocess.run(["redis-cli", "-s", server.path, "--pipe"], input=b"".join(commands),
                          capture_output=True, check=False)
    seconds = time.monotonic() - begun
    assert b"errors: 0" in done.stdout, done.stdout
    return seconds, (processor_seconds(client) - before) / len(commands) * 1e6


def processor_seconds(client):
    lines = client.call("INFO", "cpu").decode().split()
    cpu = dict(line.split(":") for line in lines if ":" in line)
    return float(cpu["used_cpu_user_main_thread"]) + float(cpu["used_cpu_sys_main_thread"])


def measure(live, hot, pledges, wallets):
    with RedisServer(appendonly=False) as server:
        proposals = max(live, 1) if hot else max(live, 1) * 16
        commons = market(server.client(), "bench", wallets, proposals)
        names = [wallet_of(i, 1) for i in range(wallets)]
        setting = []
        for w, name in enumerate(names):
            for k in range(live):
                setting.append(command(commons, f"r{w}", name, place(hot, w, k, live, proposals),
                                       100 + k))
        if setting:
            pipe(server, setting)
        rng = random.Random(7)
        measured = []
        for i in range(pledges if live else wallets):
            w = i if not live else rng.randrange(wallets)
            measured.append(command(commons, f"r{w}", names[w], place(hot, w, 0, live, proposals),
                                    rng.randrange(1000, 9000)))
        return pipe(server, measured), len(measured)


def place(hot, w, k, live, proposals):
    return k + 1 if hot else (w * 7 + k) % proposals + 1


def tipping(pledgers):
    """Milliseconds of the pledge that activates, with so many pledgers of distinct amounts."""
    with RedisServer(appendonly=False) as server:
        commons = Commons(server.client(), "tip")
        commons.checked = False
        commons.create().must()
        commons.fund(POOL).must()
        for start in range(0, pledgers + 1, 1000):
            commons.register(*[f"r{i}" for i in range(start, min(start + 1000, pledgers + 1))])
        commons.open_round(2_000_000).must()
        tender = commons.tender(ceiling=POOL).must()["tender"]
        price = sum(range(1, pledgers + 1)) + 1
        commons.proposal(tender, price).must()
        commons.open_tender(tender).must()
        for start in range(1, pledgers + 1, 100_000):
            pipe(server, [command(commons, f"r{i}", wallet_of(i, 1), 1, i)
                          for i in range(start, min(start + 100_000, pledgers + 1))])
        server.client().call("CONFIG", "RESETSTAT")
        commons.pledge("r0", 1, 1).must(activated=1)
        stats = server.client().call("INFO", "commandstats").decode()
        line = [row for row in stats.splitlines() if row.startswith("cmdstat_fcall:")][0]
        return float(line.split("usec_per_call=")[1].split(",")[0]) / 1000


def memory(wallets=100_000):
    """Bytes of Redis memory a resident with three pledges; of the stream a record."""
    with RedisServer(appendonly=False) as server:
        commons = market(server.client(), "mem", wallets, 9)
        client = server.client()

        def used():
            return int(client.call("INFO", "memory").decode().split("used_memory:")[1].split()[0])

        before = used()
        rng = random.Random(11)
        for start in range(0, wallets, 20_000):
            pipe(server, [command(commons, f"r{w}", wallet_of(w, 1), (w + k) % 9 + 1,
                                  100 * rng.randrange(5, 40))
                          for w in range(start, start + 20_000) for k in range(3)])
        stream = client.call("MEMORY", "USAGE", commons.key("log"), "SAMPLES", 0)
        rows = client.call("MEMORY", "USAGE", commons.key("w:1"), "SAMPLES", 0)
        return (used() - before - stream) / wallets, rows / wallets, stream / wallets / 3


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--pledges", type=int, default=60_000)
    parser.add_argument("--wallets", type=int, default=2_000)
    parser.add_argument("--quick", action="store_true", help="the table alone")
    given = parser.parse_args()
    print("live pledges  where    us a pledge  pledges a second (one pipe)")
    for live in (0, 1, 3, 32):
        for hot in (True, False):
            wallets = given.wallets if live else given.wallets * 10
            (seconds, us), n = measure(live, hot, given.pledges, wallets)
            name = live or "first"
            print(f"{name:>12}  {'hot' if hot else 'spread':<7} {us:>12.2f}  {n / seconds:>12.0f}")
    if given.quick:
        return
    for pledgers in (100, 10_000, 1_000_000):
        print(f"tipping pledge with {pledgers:>9} distinct pledges: {tipping(pledgers):.3f} ms")
    grown, rows, record = memory()
    print(f"100,000 wallets with three pledges: {grown:.0f} bytes a resident beside the stream "
          f"({rows:.0f} of them the wallet's row), {record:.0f} bytes of stream a record")


if __name__ == "__main__":
    main()
