#!/usr/bin/python3
"""What pages cost: rendered and served per second beside nginx with the same bytes as a file, the
memory of an open feed, what each page weighs, and when a slow phone paints it.

    /usr/bin/python3 tests/bench/pages.py [--seconds 5] [--communities 150] [--residents 3000]
                                          [--streams 5000] [--only rates|feeds|paint]
                                          [--rows tender,pledge,watch]   those alone are painted

Needs build/groundswell (./run --build-only) and wrk; nginx, and chromium with the packages of
tests/node, are left out, and said so, where they are not installed. One worker here and there, one
thread of wrk with 64 connections, everything on loopback; bodies are packed with gzip, as browsers
get them. The memory of a feed is the server's own, without what the kernel keeps of a connection.

"rendered": every request has another query, so that nothing kept is served. "served": as everybody
gets it. nginx serves the packed page as a file (sendfile, no log).
"""
import argparse
import contextlib
import gzip
import json
import pathlib
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "support"))

import pages  # noqa: E402
from everything import Everything  # noqa: E402
from server import Server, quiet_port, wait_until  # noqa: E402
from story import Commons  # noqa: E402

ROOT = HERE.parent.parent
BINARY = ROOT / "build" / "groundswell"
ARGS = ("--limit-address-read", "0", "--limit-person-read", "0",
        "--http-connections-per-address-max", "10000")
CONNECTIONS, A_CALL = 64, 1000
A_TIME = 100  # feeds that are asked for at one time
TRUST = "the-watchers"
LIMITS = {"page": 20480, "css": 12288, "js": 8192}

ASK = """
local at = 0
function request()
    at = at + 1
    return wrk.format("GET", "%s" .. (%s and ("?x=" .. at) or ""), {%s})
end
"""


def rate(folder, base, path, cookie=None, fresh=False, seconds=5):
    """Answers a second, of wrk."""
    headers = {"Accept": "text/html", "Accept-Encoding": "gzip"}
    if cookie:
        headers["Cookie"] = f"__Host-groundswell={cookie}"
    script = folder / "ask.lua"
    words = ", ".join(f'["{name}"] = "{value}"' for name, value in headers.items())
    script.write_text(ASK % (path, "true" if fresh else "false", words))
    out = subprocess.run(["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{seconds}s", "-s", script, base],
                         capture_output=True, text=True, timeout=seconds + 60, check=True).stdout
    assert "Non-2xx" not in out, out
    return float(re.search(r"Requests/sec:\s+([0-9.]+)", out).group(1))


@contextlib.contextmanager
def nginx(folder, packed):
    """Its address, with the page as the one file; None where it is not installed."""
    found = shutil.which("nginx", path="/usr/sbin:/usr/bin:/usr/local/bin")
    if not found:
        yield None
        return
    port, conf = quiet_port(), folder / "nginx.conf"
    (folder / "page").write_bytes(packed)
    conf.write_text(f"""
        daemon off; worker_processes 1; pid {folder}/nginx.pid; error_log {folder}/nginx.log;
        user root; events {{ worker_connections 1024; }}
        http {{ access_log off; sendfile on; tcp_nopush on; keepalive_requests 1000000000;
                client_body_temp_path {folder}/b; proxy_temp_path {folder}/p;
                fastcgi_temp_path {folder}/f; uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s;
                open_file_cache max=10;
                server {{ listen 127.0.0.1:{port}; root {folder};
                          location / {{ default_type "text/html; charset=utf-8";
                                        add_header Content-Encoding gzip; }} }} }}""")
    process = subprocess.Popen([found, "-c", conf], stderr=subprocess.DEVNULL)
    try:
        wait_until(lambda: answers(port), what="nginx")
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait()


def answers(port):
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def rates(folder, server, name, path, person, seconds):
    client = person or server.client()
    page = client.get(path, headers={"Accept": "text/html", "Accept-Encoding": "gzip"}).must(200)
    plain = gzip.decompress(page.body)
    cookie = person.cookie if person else None
    rendered = rate(folder, server.url, path, cookie, True, seconds)
    time.sleep(1)  # what was asked and not waited for is still on its way to the ledger
    client.get(path, headers={"Accept": "text/html"}).must(200)
    served = rate(folder, server.url, path, cookie, False, seconds)
    with nginx(folder, page.body) as base:
        beside = rate(folder, base, "/page", None, False, seconds) if base else None
    print(f"{name}: {len(plain)} bytes, {len(page.body)} packed")
    print(f"  rendered {rendered:8.0f}/s   served {served:8.0f}/s   ", end="")
    print(f"nginx {beside:8.0f}/s   served is {served / beside:.2f} of it" if beside
          else "nginx is not installed", flush=True)


def crowd(town, communities, residents):
    """A trust with so many communities, of so many residents each: an officer of it."""
    begun = time.monotonic()
    town.operator.post("/v1/organisations", {"org": TRUST, "kind": "trust",
                                             "title": "The watchers"}).must(201)
    for n in range(communities):
        place = Commons(town.server, residents=0, areas=("north", "south"), trust=TRUST)
        for start in range(0, residents, A_CALL):
            more = min(A_CALL, residents - start)
            place.ids += place.register([(f"r{start + i}", place.areas[i % 2])
                                         for i in range(more)]).must(200).json()["residents"]
        place.fund(residents * 5000)
        place.open_round(5000, token=100)
        tender = place.tender(title="Benches", ceiling=100_000, people_min=20)
        offer = place.proposal(tender, 90_000)
        place.open_tender(tender)
        for i in range(min(8, residents)):
            place.pledge(i, offer, 3000).must(200)
        place.anyone.close()
        if n % 25 == 24:
            print(f"  {n + 1} communities after {time.monotonic() - begun:.0f} s", flush=True)
    return town.member("trust", "trust", TRUST)


# ---- feeds -----------------------------------------------------------------------------------

def memory(server):
    """Of all workers, in bytes: what is theirs alone, with a fair part of what they share."""
    total = 0
    for pid in server.worker_pids():
        text = pathlib.Path(f"/proc/{pid}/smaps_rollup").read_text()
        total += 1024 * int(re.search(r"^Pss:\s+(\d+)", text, re.M).group(1))
    return total


def feeds(town, n):
    path = f"/v1/communities/{town.slug}/feed"
    ask = f"GET {path} HTTP/1.1\r\nHost: a\r\nAccept: text/event-stream\r\n\r\n".encode()
    before, readers = memory(town.server), []
    while len(readers) < n:
        come = [socket.create_connection(town.server.address)
                for _ in range(min(A_TIME, n - len(readers)))]
        for reader in come:
            reader.sendall(ask)
        for reader in come:
            head = reader.recv(4096)
            assert b" 200 " in head, head
        readers += come
    during = memory(town.server)
    town.pledge(3, f"{town.slug}.p{town.at['far']}", 500).must(200)
    begun = time.monotonic()
    for reader in readers:
        seen = b""
        reader.settimeout(60)
        while b"pledge_set" not in seen:
            seen += reader.recv(65536)
    took = time.monotonic() - begun
    print(f"feeds: {n} open at once, {(during - before) / n:.0f} bytes each "
          f"({before >> 20} MiB before, {during >> 20} MiB with them); "
          f"all had heard of a pledge after {took:.2f} s", flush=True)
    for reader in readers:
        reader.close()


# ---- weight and paint -----------------------------------------------------------------------

def paint(town, rows):
    if not (ROOT / "tests" / "node" / "node_modules" / "playwright-core").exists():
        print("weights and paints are left out: (cd tests/node && npm ci)")
        return
    shown = [page for page in pages.PAGES if page.status == 200 and not page.do
             and (not rows or page.row in rows)]
    plan = {"base": town.server.url.replace("127.0.0.1", "localhost"),
            "cookies": {name: person.cookie for name, person in town.people.items()},
            "visits": [{"id": page.name, "address": page.address.format(**town.at),
                        "who": page.who} for page in shown]}
    done = subprocess.run(["node", ROOT / "tests" / "node" / "paint.mjs"], input=json.dumps(plan),
                          capture_output=True, text=True, timeout=1800, check=True)
    seen = [json.loads(line) for line in done.stdout.splitlines()]
    print(f"{'bytes on a first visit':44} {'page':>6} {'css':>6} {'js':>6} {'paint':>8}")
    for one in sorted(seen, key=lambda one: -one["bytes"]["page"]):
        over = [sort for sort, most in LIMITS.items() if one["bytes"][sort] > most]
        print(f"{one['id'][:44]:44} {one['bytes']['page']:6} {one['bytes']['css']:6} "
              f"{one['bytes']['js']:6} {one['paint']:5.0f} ms {'OVER: ' * bool(over)}"
              f"{' '.join(over)}")
    slowest = max(seen, key=lambda one: one["paint"])
    print(f"the slowest is painted after {slowest['paint']:.0f} ms: {slowest['id']}")


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--seconds", type=int, default=5)
    parser.add_argument("--communities", type=int, default=150)
    parser.add_argument("--residents", type=int, default=3000)
    parser.add_argument("--streams", type=int, default=5000)
    parser.add_argument("--only", choices=("rates", "feeds", "paint"))
    parser.add_argument("--rows", help="of which pages, as tests/support/pages.py names them")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="gsb") as folder, \
            Server(binary=str(BINARY), args=ARGS) as server:
        folder = pathlib.Path(folder)
        town = Everything(server)
        if given.only in (None, "paint"):
            paint(town, given.rows.split(",") if given.rows else None)
        if given.only in (None, "feeds"):
            feeds(town, given.streams)
        if given.only not in (None, "rates"):
            return
        rates(folder, server, "tender page", f"/c/{town.slug}/tenders/{town.at['open']}", None,
              given.seconds)
        officer = crowd(town, given.communities, given.residents)
        rates(folder, server, f"watch page, {given.communities} communities, "
              f"{given.communities * given.residents} residents", f"/trusts/{TRUST}", officer,
              given.seconds)


if __name__ == "__main__":
    main()
