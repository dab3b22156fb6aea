"""The live feed: id = seq, event = kind, data = the record; resumed without gap or double, alive
when nothing happens, and never in the way of a pledge."""
import http.client
import json
import os
import select
import signal
import socket
import threading
import time

import pytest

from server import PATIENCE, Server, wait_until
from story import Commons

pytestmark = pytest.mark.long

READERS = 200


class Reader:
    """One connection to a feed, which lasts until either side closes it."""

    def __init__(self, server, slug, last=None, query=""):
        self.socket = socket.create_connection(server.address, timeout=PATIENCE)
        resume = f"Last-Event-ID: {last}\r\n" if last is not None else ""
        self.socket.sendall(f"GET /v1/communities/{slug}/feed{query} HTTP/1.1\r\nHost: a\r\n"
                            f"Accept: text/event-stream\r\n{resume}\r\n".encode())
        self.events, self.beats = [], 0
        head = b""
        while b"\r\n\r\n" not in head:
            head += self.receive()
        self.head, _, self.text = head.partition(b"\r\n\r\n")
        self.status = int(self.head[9:12])

    def receive(self):
        piece = self.socket.recv(1 << 18)
        if not piece:
            raise ConnectionError("the feed ended")
        return piece

    def read(self, seconds=0.0):
        """Takes what has come."""
        if select.select([self.socket], [], [], seconds)[0]:
            self.text += self.receive()
        *blocks, self.text = self.text.split(b"\n\n")
        for block in blocks:
            if block.startswith(b":"):
                self.beats += 1
            else:
                self.events.append(self.event(block.decode()))

    @staticmethod
    def event(block):
        fields = dict(line.split(": ", 1) for line in block.split("\n"))
        record = json.loads(fields["data"])
        assert list(fields) == ["id", "event", "data"]
        assert int(fields["id"]) == record["seq"] and fields["event"] == record["kind"]
        return record

    def until(self, seq):
        end = time.monotonic() + PATIENCE
        while not self.events or self.events[-1]["seq"] < seq:
            assert time.monotonic() < end, f"{seq} did not come; {self.events[-1:]} did"
            self.read(0.2)
        return self.events

    def close(self):
        self.socket.close()


@pytest.fixture(scope="module")
def pair():
    with Server(workers=2, args=["--feed-heartbeat-ms", "300"]) as one:
        yield one


@pytest.fixture
def commons(pair):
    """An open proposal that nobody can complete."""
    one = Commons(pair, areas=["north"], residents=8)
    one.fund(80_000)
    one.open_round(allotment=10_000, token=1)
    tender = one.tender(ceiling=70_000, people_min=9)
    one.market = one.proposal(tender, price=70_000)
    one.open_tender(tender)
    return one


def pledges(commons, n, start=0):
    """n records; gives the last seq."""
    for i in range(start, start + n):
        answer = commons.pledge(i % 8, commons.market, 1 + i).must(200)
    return answer.json()["seq"]


def test_235_every_event_comes_once_in_order_as_the_log_has_it(commons):
    reader = Reader(commons.server, commons.slug, last=0)
    assert reader.status == 200
    assert b"text/event-stream" in reader.head.lower() and b"no-store" in reader.head.lower()
    last = pledges(commons, 50)
    events = reader.until(last)
    assert events == commons.log()[1:]
    reader.close()


@pytest.mark.parametrize("how", ["header", "query"])
def test_236_a_reader_who_was_away_for_more_than_the_ring_gets_all_of_it(commons, how):
    watcher = Reader(commons.server, commons.slug, last=0)  # the ring moves on for somebody
    last = pledges(commons, 30)
    first = Reader(commons.server, commons.slug, last=3)
    half = first.until(last)[-1]["seq"]
    first.close()
    last = pledges(commons, 700, start=30)
    again = Reader(commons.server, commons.slug, last=half) if how == "header" else \
        Reader(commons.server, commons.slug, query=f"?after={half}")
    more = pledges(commons, 20, start=730)  # while it catches up
    assert again.until(more) == commons.log()[half + 1:]
    assert watcher.until(more) == commons.log()[1:]
    again.close()
    watcher.close()


def test_237_both_workers_show_what_either_has_done(commons):
    readers = [Reader(commons.server, commons.slug, last=0) for _ in range(24)]
    last = pledges(commons, 40)
    whole = commons.log()[1:]
    for reader in readers:
        assert reader.until(last) == whole
        reader.close()


def test_238_without_a_place_it_begins_with_what_comes_next(commons):
    before = pledges(commons, 5)
    reader = Reader(commons.server, commons.slug)  # has its head: whatever is accepted now comes
    last = pledges(commons, 3, start=5)
    assert [e["seq"] for e in reader.until(last)] == list(range(before + 1, last + 1))
    second = Reader(commons.server, commons.slug)  # joins a feed that is being followed
    end = pledges(commons, 2, start=8)
    assert [e["seq"] for e in second.until(end)] == list(range(last + 1, end + 1))
    reader.close()
    second.close()


def test_239_a_quiet_feed_shows_that_it_lives_and_a_strange_one_is_404(commons):
    reader = Reader(commons.server, commons.slug)
    end = time.monotonic() + PATIENCE
    while reader.beats < 3:
        assert time.monotonic() < end, "no heartbeat"
        reader.read(0.2)
    reader.close()
    strange = commons.server.client().get("/v1/communities/nowhere/feed")
    strange.refused(404, "community_unknown")


def test_239_a_place_beyond_the_end_waits_for_what_comes_there(commons):
    last = pledges(commons, 3)
    reader = Reader(commons.server, commons.slug, last=last + 2)
    end = pledges(commons, 6, start=3)
    assert [e["seq"] for e in reader.until(end)] == list(range(last + 3, end + 1))
    reader.close()


def test_239_two_hundred_readers_get_everything_and_no_pledge_waits_for_them(commons):
    readers = [Reader(commons.server, commons.slug, last=0) for _ in range(READERS)]
    last = pledges(commons, 60)  # nobody reads meanwhile
    whole = commons.log()[1:]
    for reader in readers:
        assert reader.until(last) == whole
        reader.close()


def test_239_who_does_not_read_is_dropped_and_the_others_are_served(commons):
    slow = socket.socket()
    slow.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    slow.connect(commons.server.address)
    slow.sendall(f"GET /v1/communities/{commons.slug}/feed?after=0 HTTP/1.1\r\nHost: a\r\n\r\n"
                 .encode())
    quick = Reader(commons.server, commons.slug, last=0)
    last = 0
    stop, lasts = threading.Event(), []
    clients = [commons.resident(i) for i in range(8)]

    def churn(resident):
        client, i = clients[resident], 0
        while not stop.is_set() and i < 20000:
            i += 1
            lasts.append(client.put(f"/v1/proposals/{commons.market}/pledge",
                                    {"amount": 1 + i}).must(200).json()["seq"])
    threads = [threading.Thread(target=churn, args=(i,)) for i in range(8)]
    for thread in threads:
        thread.start()
    began = time.monotonic()
    try:
        while not is_dropped(slow):
            assert time.monotonic() - began < 150, "the slow reader was kept"
            quick.read(0.05)
    finally:
        stop.set()
        for thread in threads:
            thread.join()
        slow.close()
    last = max(lasts)
    assert [e["seq"] for e in quick.until(last)] == list(range(1, last + 1))
    quick.close()


def is_dropped(slow):
    """True once the server has closed its end: what it had sent lies unread before the end."""
    mine, server = slow.getsockname()[1], slow.getpeername()[1]
    with open("/proc/net/tcp", encoding="ascii") as table:
        rows = [line.split() for line in table][1:]
    ends = [row[3] for row in rows if row[1].endswith(f":{server:04X}")
            and row[2].endswith(f":{mine:04X}")]
    return "01" not in ends  # 01: established


def test_239_what_a_reader_says_meanwhile_is_bounded(commons):
    reader = Reader(commons.server, commons.slug)
    try:
        for _ in range(64):
            reader.socket.sendall(b"x" * 4096)
            time.sleep(0.005)
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            reader.read(0.2)
        raise AssertionError("it was listened to without end")
    except (ConnectionError, socket.timeout):
        pass
    reader.close()


def test_239_a_feed_goes_on_after_redis_was_killed_and_a_stop_ends_it(pair):
    commons = Commons(pair, areas=["north"], residents=8)
    commons.fund(80_000)
    commons.open_round(allotment=10_000, token=1)
    tender = commons.tender(ceiling=70_000, people_min=9)
    commons.market = commons.proposal(tender, price=70_000)
    commons.open_tender(tender)
    readers = [Reader(pair, commons.slug, last=0) for _ in range(4)]
    pledges(commons, 10)
    gone = pair.redis_pid()
    os.kill(gone, signal.SIGKILL)
    wait_until(lambda: pair.redis_pid() not in (None, gone), 20, "a new Redis")

    def again():
        try:
            return commons.pledge(0, commons.market, 5000).status == 200
        except (OSError, http.client.HTTPException):
            return False
    wait_until(again, 30, "a pledge")
    path = f"/v1/communities/{commons.slug}/totals"
    wait_until(lambda: commons.anyone.get(path).status == 200, 30, "the other worker")
    last = commons.totals()["seq"]
    whole = commons.log()[1:]
    for reader in readers:
        assert reader.until(last) == whole
    pair.stop()
    for reader in readers:
        with pytest.raises((ConnectionError, socket.timeout)):
            for _ in range(500):
                reader.read(0.2)
        reader.close()
    pair.start()
