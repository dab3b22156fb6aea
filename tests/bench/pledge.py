#!/usr/bin/python3
"""Durable pledges a second over HTTP, beside the raw function and PostgreSQL, in one run on one
machine.

    /usr/bin/python3 tests/bench/pledge.py [--seconds 8] [--live 3] [--workers 1]

Needs build/groundswell (./run --build-only), wrk, redis-benchmark; for the peers postgresql and
nginx, each left out, and said so, where it is not installed. Everything listens on loopback or
unix sockets in a temporary folder.

The raw function is the very same Redis Function on the very same Redis (appendfsync always),
called by redis-benchmark; only its arguments are made inside (a prelude turns redis-benchmark's
random numbers into a resident, a key and an amount). PostgreSQL runs with synchronous_commit=on
and does the transaction of pledge_parts/pledge.sql.
"""
import argparse
import os
import pathlib
import random
import re
import shutil
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "support"))

import ledger_library  # noqa: E402
from commons import Commons as Raw  # noqa: E402
from redis_server import Client as RedisClient  # noqa: E402
from server import Server  # noqa: E402
from story import Commons  # noqa: E402

BINARY = HERE.parent.parent / "build" / "groundswell"
ALLOTMENT, LEAST, MOST = 1_000_000, 100, 5_000
FILLS_MOST, IN_FLIGHT = 30, 200  # runs of 4 s; requests that a run may leave unanswered
SPREAD = 32  # the most live pledges that a wallet takes
POOL = 9_000_000_000_000


def wrk(url, connections, seconds, script=None, args=()):
    command = ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "--latency"]
    command += ["-s", str(script)] if script else []
    done = subprocess.run(
        command + [url] + (["--", *map(str, args)] if args else []),
        capture_output=True,
        text=True,
        timeout=seconds + 60,
        check=True,
    )
    return done.stdout


class Town:
    """A community over the API with `live` pledges in every wallet."""

    def __init__(self, server, folder, residents, live, hot):
        self.commons = Commons(server, residents=0)
        commons = self.commons
        commons.fund(POOL)
        for start in range(0, residents, 1000):
            entries = [(f"r{i}", "all") for i in range(start, min(start + 1000, residents))]
            commons.ids += commons.register(entries).must(200).json()["residents"]
        commons.open_round(ALLOTMENT, token=1)
        tender = commons.tender(ceiling=POOL, people_min=10**9)
        proposals = max(live, 1 if hot else SPREAD)
        self.proposals = [commons.proposal(tender, price=POOL // 2) for _ in range(proposals)]
        commons.open_tender(tender)
        tokens = []
        for start in range(0, residents, 1000):
            tokens += commons.tokens("resident", commons.ids[start : start + 1000])
        self.tokens_file, self.proposals_file = folder / "tokens", folder / "proposals"
        self.tokens_file.write_text("\n".join(tokens) + "\n")
        chosen = self.proposals[:1] if hot else self.proposals
        self.proposals_file.write_text("\n".join(chosen) + "\n")
        self.fill(server, folder, tokens, live)

    def fill(self, server, folder, tokens, live):
        """Every wallet pledges on `live` proposals, by a bounded run of its own."""
        if live <= 1:
            return
        script = folder / "fill.lua"
        script.write_text(FILL)
        (folder / "all").write_text("\n".join(self.proposals[:live]) + "\n")
        begun, wanted = self.commons.totals()["seq"], len(tokens) * live
        for _ in range(FILLS_MOST):
            made = self.commons.totals()["seq"] - begun
            if made == wanted:
                return
            # Goes on where the last run ended; what was in flight then is asked for again.
            start = max(0, made - IN_FLIGHT)
            out = wrk(
                server.url, 64, 4, script, [self.tokens_file, folder / "all", wanted, start]
            )
            assert "Non-2xx" not in out, out
        raise AssertionError(f"{made} of {wanted} pledges after {FILLS_MOST} runs")


FILL = """
local function lines(path)
    local all = {}
    for line in io.lines(path) do all[#all + 1] = line end
    return all
end
function init(args)
    tokens, proposals = lines(args[1]), lines(args[2])
    most, at = tonumber(args[3]), tonumber(args[4])
    headers = {["Content-Type"] = "application/json"}
end
function request()
    local i = at % most
    at = at + 1
    headers["Authorization"] = "Bearer " .. tokens[math.floor(i / #proposals) + 1]
    headers["Idempotency-Key"] = "filling-" .. i
    local id = proposals[i % #proposals + 1]
    return wrk.format("PUT", "/v1/proposals/" .. id .. "/pledge", headers, '{"amount":100}')
end
"""


def over_http(server, town, connections, seconds, seed):
    out = wrk(
        server.url,
        connections,
        seconds,
        HERE / "pledge_parts" / "pledge.lua",
        [town.tokens_file, town.proposals_file, LEAST, MOST, seed],
    )
    requests, us, errors, p50, p90, p99, worst = map(
        int, re.search(r"RESULT (.*)", out).group(1).split()
    )
    assert errors == 0, out
    return requests / (us / 1e6), p50 / 1000, p90 / 1000, p99 / 1000, worst / 1000


PRELUDE = """
        args[4] = sub(args[4], 5, 12)
        args[7] = args[2]
        args[8] = text_of(tonumber(args[8]) % %d + 1)
        args[9] = text_of(tonumber(args[9]) % %d + 100)
"""


class RawTown:
    """The same community through the function alone; redis-benchmark makes the arguments.
"""

    def __init__(self, server, number, residents, live, hot):
        head = "register('pledge_set', function(keys, args)\n"
        spread = 1 if hot else max(live, SPREAD)
        prelude = PRELUDE.replace("%d", "{}").format(spread, MOST - LEAST)
        library = ledger_library.assemble(mutate=(head, head + prelude))
        self.client = RedisClient(server.redis_socket())
        plain = ledger_library.assemble()
        for digits in (library[2], plain[2]):  # else the server takes away what nobody leases
            self.client.call(
                "ZADD",
                "groundswell:leases",
                int(time.time() * 1000) + 3_600_000,
                f"{digits}:bench",
            )
        self.raw = raw = Raw(self.client, f"raw-{number}", plain)
        raw.checked, raw.now = False, int(time.time() * 1000)
        raw.create(areas="all").must()
        raw.fund(POOL).must()
        names = [f"bbbbbbbbbb{i:012d}" for i in range(residents)]
        for start in range(0, residents, 1000):
            raw.register(*names[start : start + 1000]).must()
        raw.open_round(ALLOTMENT).must()
        tender = raw.tender(ceiling=POOL, people_min=10**9).must()["tender"]
        for _ in range(max(live, 1 if hot else SPREAD)):
            raw.proposal(tender, POOL // 2).must()
        raw.open_tender(tender).must()
        if live > 1:
            self.fill(names, live)
        self.client.call("FUNCTION", "LOAD", "REPLACE", library[1])
        self.function, self.residents, self.path = (
            f"pledge_set_{library[2]}",
            residents,
            server.redis_socket(),
        )

    def fill(self, names, live):
        self.client.call("CONFIG", "SET", "appendfsync", "no")
        raw = self.raw
        for start in range(0, len(names), 50):
            self.client.many(
                [
                    (
                        "FCALL",
                        f"pledge_set_{raw.digits}",
                        1,
                        raw.key("c"),
                        raw.now,
                        name,
                        0,
                        raw.fresh(),
                        b"body",
                        1,
                        name,
                        k + 1,
                        100,
                    )
                    for name in names[start : start + 50]
                    for k in range(live)
                ]
            )
        self.client.call("CONFIG", "SET", "appendfsync", "always")

    def measure(self, connections, seconds, guess):
        now = str(int(time.time() * 1000))
        out = subprocess.run(
            [
                "redis-benchmark",
                "-s",
                self.path,
                "-c",
                str(connections),
                "-n",
                str(int(guess * seconds)),
                "-r",
                str(self.residents),
                "--csv",
                "FCALL",
                self.function,
                "1",
                self.raw.key("c"),
                now,
                "bbbbbbbbbb__rand_int__",
                "0",
                "__rand_int__",
                "body",
                "1",
                "w",
                "__rand_int__",
                "__rand_int__",
            ],
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )
        assert out.returncode == 0 and "rror" not in out.stdout + out.stderr, (
            out.stdout + out.stderr
        )
        numbers = [
            float(x) for x in re.findall(r'"([0-9.]+)"', out.stdout.strip().splitlines()[-1])
        ]
        return numbers[0], numbers[3], numbers[5]  # rps, p50, p99: see the header of --csv


class Postgres:
    BIN = pathlib.Path("/usr/lib/postgresql/15/bin")

    def __init__(self, folder):
        self.folder = folder / "pg"
        self.folder.mkdir()
        os.chmod(folder, 0o755)
        shutil.chown(self.folder, "postgres")
        self.run("initdb", "-D", f"{self.folder}/data", "-A", "trust", "--no-sync")
        options = (
            f"-c listen_addresses='' -c unix_socket_directories={self.folder} "
            "-c max_connections=300 "
            "-c synchronous_commit=on -c fsync=on -c shared_buffers=512MB"
        )
        self.run(
            "pg_ctl",
            "-D",
            f"{self.folder}/data",
            "-w",
            "-l",
            f"{self.folder}/log",
            "-o",
            options,
            "start",
        )

    def run(self, tool, *args, **more):
        return subprocess.run(
            ["runuser", "-u", "postgres", "--", str(self.BIN / tool), *args],
            check=True,
            capture_output=True,
            text=True,
            timeout=300,
            **more,
        ).stdout

    def fill(self, residents, live, proposals):
        self.run(
            "psql",
            "-h",
            str(self.folder),
            "-q",
            "-c",
            "DROP SCHEMA public CASCADE; CREATE SCHEMA public",
        )
        self.run(
            "psql",
            "-h",
            str(self.folder),
            "-q",
            "-v",
            "ON_ERROR_STOP=1",
            input=(HERE / "pledge_parts" / "pledge.sql").read_text(),
        )
        self.run(
            "psql",
            "-h",
            str(self.folder),
            "-q",
            "-c",
            f"""
            INSERT INTO wallet SELECT g, 0, {ALLOTMENT} FROM generate_series(1, {residents}) g;
            INSERT INTO proposal SELECT g, 1, {POOL}
                FROM generate_series(1, {max(live, proposals)}) g;
            INSERT INTO pledge SELECT w, p, 100
                FROM generate_series(1, {residents}) w, generate_series(1, {live}) p
                WHERE {live} > 1; ANALYZE""",
        )

    def measure(self, connections, seconds, residents, proposals):
        script = self.folder / "script.sql"
        script.write_text(
            f"\\set w random(1, {residents})\n\\set p random(1, {proposals})\n"
            f"\\set a random({LEAST}, {MOST})\n\\set k random(1, 1000000000000)\n"
            "SELECT pledge_set(:w, :p, :a, :k);\n"
        )
        os.chmod(script, 0o644)
        out = self.run(
            "pgbench",
            "-h",
            str(self.folder),
            "-n",
            "-c",
            str(connections),
            "-j",
            "2",
            "-T",
            str(seconds),
            "-M",
            "prepared",
            "-f",
            str(script),
            "-l",
            "--log-prefix",
            f"{self.folder}/lat",
            "postgres",
            cwd=str(self.folder),
        )
        tps = float(re.search(r"tps = ([0-9.]+)", out).group(1))
        times = []
        for path in self.folder.glob("lat.*"):
            times += [int(line.split()[2]) for line in path.read_text().splitlines()]
            path.unlink()
        times.sort()
        return tps, times[len(times) // 2] / 1000, times[int(len(times) * 0.99)] / 1000

    def stop(self):
        self.run("pg_ctl", "-D", f"{self.folder}/data", "-m", "fast", "-w", "stop")


def hello(server, folder, seconds):
    """A hello route beside nginx with one worker serving as short an answer."""
    rates = {}
    if shutil.which("nginx"):
        conf = folder / "nginx.conf"
        conf.write_text(
            f"""
            daemon off; worker_processes 1; pid {folder}/nginx.pid; error_log {folder}/nginx.log;
            events {{ worker_connections 1024; }}
            http {{ access_log off; keepalive_requests 1000000000; client_body_temp_path {folder}/b;
                    proxy_temp_path {folder}/p; fastcgi_temp_path {folder}/f;
                    uwsgi_temp_path {folder}/u;
                    scgi_temp_path {folder}/s;
                    server {{ listen 127.0.0.1:18080 reuseport;
                    location / {{ default_type application/json;
                    return 200 '{{"status":"ok"}}'; }} }} }}"""
        )
        nginx = subprocess.Popen(["nginx", "-c", str(conf)], stderr=subprocess.DEVNULL)
        time.sleep(0.5)
    for name, url in (
        ("groundswell", server.url + "/healthz"),
        ("nginx", "http://127.0.0.1:18080/"),
    ):
        if name == "nginx" and not shutil.which("nginx"):
            continue
        out = wrk(url, 64, seconds)
        assert "Non-2xx" not in out, out
        rates[name] = float(re.search(r"Requests/sec:\s+([0-9.]+)", out).group(1))
    if shutil.which("nginx"):
        nginx.terminate()
        nginx.wait()
    return rates


def row(given, folder, number, live, hot, postgres):
    residents = 2_000 if live == 32 else 10_000
    where = "hot" if hot else "spread"
    with Server(workers=given.workers, binary=str(BINARY), args=["--log-level", "warn"]) as server:
        town = Town(server, folder, residents, live, hot)
        raw = RawTown(server, number, residents, live, hot)
        for connections in (64, 256):
            rate, p50, p90, p99, worst = over_http(
                server, town, connections, given.seconds, number
            )
            raw_rate, _, raw_p99 = raw.measure(connections, given.seconds, rate * 1.3)
            line = (
                f"{connections:>5} {where:<6} {live:>2}  {rate:>8.0f}/s  p50 {p50:>6.1f}  "
                f"p90 {p90:>6.1f}  p99 {p99:>6.1f}  max {worst:>6.0f} ms | "
                f"raw {raw_rate:>8.0f}/s p99 {raw_p99:>6.1f} ms "
                f"ratio {rate / raw_rate:.2f}"
            )
            if postgres:
                proposals = 1 if hot else max(live, SPREAD)
                postgres.fill(residents, live, proposals)
                tps, _, pg99 = postgres.measure(connections, given.seconds, residents, proposals)
                line += f" | postgres {tps:>6.0f}/s p99 {pg99:>6.1f} ms, {rate / tps:.1f} times"
            print(line, flush=True)
        totals = town.commons.totals()
        assert totals["held"] > 0


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=int, default=8)
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--live", type=int, choices=(1, 3, 32), help="wallets with so many only")
    given = parser.parse_args()
    random.seed(1)
    assert BINARY.exists(), "build it first: ./run --build-only"
    folder = pathlib.Path(tempfile.mkdtemp(prefix="gb", dir="/tmp"))
    postgres = Postgres(folder) if Postgres.BIN.exists() and shutil.which("runuser") else None
    if not postgres:
        print("PostgreSQL 15 is not installed: its column is left out")
    print(
        f"connections, where, live pledges a wallet; {given.workers} worker(s); "
        "ratio: HTTP over the raw function"
    )
    try:
        for number, (live, hot) in enumerate(
            [
                (live, hot)
                for live in ((given.live,) if given.live else (1, 3, 32))
                for hot in (True, False)
            ]
        ):
            row(given, folder, number, live, hot, postgres)
        with Server(workers=1, binary=str(BINARY), args=["--log-level", "warn"]) as server:
            rates = hello(server, folder, given.seconds)
        print(
            "hello: "
            + ", ".join(f"{name} {rate:.0f}/s" for name, rate in rates.items())
            + (f", ratio {rates['groundswell'] / rates['nginx']:.2f}" if "nginx" in rates else "")
        )
    finally:
        if postgres:
            postgres.stop()
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
