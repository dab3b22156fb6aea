#!/usr/bin/python3
"""A million records: how long to seal, to verify and to recount them; and how long a receipt takes.

    /usr/bin/python3 tests/bench/audit.py [--records 1000000] [--keep FOLDER] [--seconds 5]

Needs wrk, and of a release build (./run --build-only) the program build/tests/log_make:

    cmake -S . -B build -DGROUNDSWELL_TESTS=ON && cmake --build build --target log_make

The records follow the rules: one round, a register of 200,000, pledges that come and change.
Sealing publishes every 65,536 records and stands beside SHA-256 of the same entries alone. The aim
is verify and recount of a million records in under 5 seconds each.

The last part is a server of its own: durable pledges over HTTP (what the sealer must keep up with),
until its log has 10,000 records at least; when they are sealed, receipts of records all over the
log, one after another on one connection, in turn with /healthz, which asks nothing of anybody.
"""
import argparse
import http.client
import os
import pathlib
import random
import re
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent / "support")]

from server import Server, wait_until  # noqa: E402
import pledge  # noqa: E402

BUILD = pathlib.Path(os.environ.get("GROUNDSWELL_BUILD", HERE.parent.parent / "build"))
RECORDS_LEAST, ASKED = 10_000, 4_000
AREAS, RESIDENTS, PROPOSALS, ALLOTMENT = 64, 200_000, 24, 10_000
DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
HEX = "ab" * 32
T0 = 1_800_000_000_000
DAY_MS = 86_400_000


def wallet(number):
    spelt = ""
    for _ in range(6):
        spelt, number = DIGITS[number % 64] + spelt, number // 64
    return "W" * 15 + spelt + "A"


def setting():
    """The records before the first pledge, without their heads."""
    yield ('"community_created","currency":"GBP","areas":[%s],"area_residents_min":1,"text":"%s"'
           % (",".join('"a%02d"' % i for i in range(AREAS)), HEX))
    yield f'"fund_added","fund":1,"amount":{ALLOTMENT * RESIDENTS * 2},"text":"{HEX}"'
    for first in range(0, RESIDENTS, 1000):
        counts = [0] * AREAS
        for i in range(first, first + 1000):
            counts[i % AREAS] += 1
        yield '"residents_registered","registered":[%s]' % ",".join(
            f"[{area},{n}]" for area, n in enumerate(counts) if n)
    grants = ",".join(f"[{a},{len(range(a, RESIDENTS, AREAS))}]" for a in range(AREAS))
    yield (f'"round_opened","round":1,"allotment":{ALLOTMENT},"token":1,"closes":{T0 + 9 * DAY_MS},'
           f'"residents":{RESIDENTS},"grants":[{grants}]')
    yield (f'"tender_created","tender":1,"body":"trees","ceiling":{ALLOTMENT * RESIDENTS},'
           f'"people_min":{RESIDENTS + 1},"areas_min":0,"area_people_min":0,"awards_max":1,'
           f'"closes":{T0 + 8 * DAY_MS},"late":0,"rule_hash":"{HEX}","text":"{HEX}"')
    for i in range(1, PROPOSALS + 1):
        yield (f'"proposal_submitted","proposal":{i},"tender":1,"price":1000,"text":"{HEX}"')
    yield f'"tender_opened","tender":1,"round":1,"rule_hash":"{HEX}","proposals":{PROPOSALS}'


def pledges():
    """Every resident in turn: first pledges on several proposals, then changes."""
    wallets, turn = [wallet(i) for i in range(RESIDENTS)], 0
    while True:
        amount, was = 1000 + turn, f',"was":{999 + turn}' if turn else ""
        for place in range(3):
            for i in range(RESIDENTS):
                yield (f'"pledge_set","round":1,"wallet":"{wallets[i]}","area":{i % AREAS},'
                       f'"tender":1,"proposal":{(i + place * 7) % PROPOSALS + 1},'
                       f'"amount":{amount}{was}')
        turn += 1


def write(path, n):
    seq = 0
    with open(path, "w", encoding="ascii") as out:
        for source in (setting(), pledges()):
            for body in source:
                out.write(f'{{"v":1,"seq":{seq},"at":{T0 + seq // 10},"kind":{body}}}\n')
                seq += 1
                if seq == n:
                    return


def run(*words, **more):
    began = time.monotonic()
    done = subprocess.run([str(word) for word in words], capture_output=True, text=True, **more,
                          check=False)
    if done.returncode:
        sys.exit(f"{words}: {done.returncode}\n{done.stdout[-2000:]}{done.stderr[-2000:]}")
    return time.monotonic() - began, done.stdout, done.stderr


def measure(folder, n):
    records = folder / "records"
    write(records, n)
    print(f"{n} records, {records.stat().st_size / n:.0f} bytes each")
    with open(records, encoding="ascii") as source:
        _, _, said = run(BUILD / "tests" / "log_make", "hash", stdin=source)
    print("SHA-256 alone:", said.strip())
    with open(records, encoding="ascii") as source:
        _, keys, said = run(BUILD / "tests" / "log_make", "seal", folder / "log",
                            "bench.example/place", 65536, stdin=source)
    print("the sealer:   ", said.strip())
    sealed = int(re.search(r"([0-9]+) a second", said).group(1))
    vkey, log = keys.split("\n")[0], folder / "log"
    for name, words in (("verify", ["verify", log, "--vkey", vkey]),
                        ("recount", ["recount", log]),
                        ("recount and verify in one", ["recount", log, "--vkey", vkey])):
        seconds, _, _ = run(BUILD / "groundswell", *words)
        print(f"{name}: {seconds:.2f} seconds, {n / seconds:,.0f} records a second")
    return sealed


def pledges_durable(server, folder, seconds):
    """The town, when its log is long enough, and how many pledges a second it took."""
    town, rates = pledge.Town(server, folder, 1_000, 1, False), []
    while not rates or town.commons.totals()["seq"] < RECORDS_LEAST:
        assert len(rates) < 20, "so slow that no log of 10,000 records comes together"
        rates.append(pledge.over_http(server, town, 64, seconds, len(rates) + 1)[0])
    return town.commons, max(rates)


def spread(took):
    took = sorted(took)
    return (f"p50 {took[len(took) // 2] * 1000:.2f} ms, "
            f"p99 {took[len(took) * 99 // 100] * 1000:.2f} ms")


def receipts(server, commons):
    last = commons.totals()["seq"]
    at, draw = f"/v1/communities/{commons.slug}/log/receipts", random.Random(1)
    wait_until(lambda: commons.anyone.get(f"{at}/{last}").status == 200, 60, "the sealing")
    line, took = http.client.HTTPConnection("127.0.0.1", server.port, timeout=10), {}
    for _ in range(ASKED):
        for what, path in (("receipt", f"{at}/{draw.randint(0, last)}"), ("/healthz", "/healthz")):
            began = time.perf_counter()
            line.request("GET", path)
            answer = line.getresponse()
            answer.read()
            took.setdefault(what, []).append(time.perf_counter() - began)
            assert answer.status == 200, (path, answer.status)
    line.close()
    for what, times in took.items():
        print(f"{what}: {spread(times)}, of {len(times)}, log of {last + 1} records")


def serve(folder, seconds, sealed):
    with Server(workers=1, binary=str(BUILD / "groundswell"),
                args=["--log-level", "warn"]) as server:
        commons, rate = pledges_durable(server, folder, seconds)
        print(f"durable pledges over HTTP: {rate:,.0f} a second; the sealer alone does "
              f"{sealed / rate:,.0f} times that")
        receipts(server, commons)


def main():
    options = argparse.ArgumentParser()
    options.add_argument("--records", type=int, default=1_000_000)
    options.add_argument("--keep", type=pathlib.Path)
    options.add_argument("--seconds", type=int, default=5)
    given = options.parse_args()
    with tempfile.TemporaryDirectory(prefix="gsb-") as folder:
        sealed = measure(given.keep or pathlib.Path(folder), given.records)
        serve(pathlib.Path(folder), given.seconds, sealed)


if __name__ == "__main__":
    main()
