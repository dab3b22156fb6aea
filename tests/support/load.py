"""Many clients at once, in one thread; every write is retried until its outcome is known.

    load = Load(server.address, clients=64, choose=choose)
    load.run(10)

A Wish is one write of one wallet under one Idempotency-Key. Where its answer is lost, or is a 503,
it is sent again with the same key, until there is a definite answer. Some wishes are sent twice at
once, by two clients, and some again after they were answered. The ledger remembers the last 8 keys
of a wallet, so no wallet starts a wish that would push a key out that may still be sent again.
"""
import collections
import errno
import json
import random
import re
import selectors
import socket
import time
import uuid

LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)\r\n", re.I)
CLOSING = re.compile(rb"\r\nconnection: *close\r\n", re.I)
KEYS_KEPT = 8
PAUSE_SECONDS = 0.05
ANSWER_SECONDS = 30


class Wish:
    """What one wallet wants once."""

    def __init__(self, wallet, proposal, amount):
        self.wallet, self.proposal, self.amount = wallet, proposal, amount  # amount 0: withdraw
        self.key = uuid.uuid4().hex
        self.answers = []  # (status, document) of each definite answer
        self.lost = 0
        self.out = 0  # clients that hold it at present
        self.number = 0  # its place among the wishes of its wallet
        self.again = False  # it will be sent once more although it was answered

    @property
    def seq(self):
        """Of the first 2xx; None where there was none."""
        return next((doc["seq"] for status, doc in self.answers if status == 200), None)

    def bytes(self):
        path = f"/v1/proposals/{self.proposal}/pledge"
        body = json.dumps({"amount": self.amount}) if self.amount else ""
        return (f"{'PUT' if self.amount else 'DELETE'} {path} HTTP/1.1\r\nHost: load\r\n"
                f"Authorization: Bearer {self.wallet.token}\r\nIdempotency-Key: {self.key}\r\n"
                f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
                f"{body}").encode()


class LoadWallet:
    """A resident who pledges; knows nothing of money, only which keys may still be needed."""

    def __init__(self, token, resident=None):
        self.token, self.resident = token, resident
        self.issued, self.open = 0, []

    def may_start(self):
        oldest = self.open[0].number if self.open else self.issued + 1
        return self.issued + 1 - oldest < KEYS_KEPT - 1


class Line:
    """One client: a connection and the wish it carries."""

    def __init__(self, load):
        self.load, self.socket, self.wish = load, None, None
        self.flying = False  # its wish was sent and not answered yet
        self.known = False  # the wish had been accepted before it was sent
        self.received, self.not_before, self.deadline = b"", 0.0, 0.0

    def close(self):
        if self.socket:
            self.load.selector.unregister(self.socket)
            self.socket.close()
            self.socket = None
        self.received = b""

    def connect(self):
        self.socket = socket.socket()
        self.socket.settimeout(2)
        try:
            self.socket.connect(self.load.address)
            self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        except OSError:
            self.socket.close()
            self.socket = None
            return False
        self.socket.setblocking(False)
        self.load.selector.register(self.socket, selectors.EVENT_READ, self)
        return True

    def send(self):
        if self.socket is None and not self.connect():
            self.lost()
            return
        self.flying, self.known = True, self.wish.seq is not None
        self.deadline = time.monotonic() + ANSWER_SECONDS
        try:
            self.socket.sendall(self.wish.bytes())
        except OSError:
            self.lost()

    def rest(self):
        self.flying = False
        self.not_before = time.monotonic() + PAUSE_SECONDS

    def lost(self):
        """Nobody knows whether it was done; it will be sent again."""
        self.close()
        self.wish.lost += 1
        self.rest()
        if not self.load.retries:
            self.release()

    def readable(self):
        try:
            piece = self.socket.recv(65536)
        except OSError as error:
            if error.errno in (errno.EAGAIN, errno.EINTR):
                return
            piece = b""
        if piece:
            self.received += piece
            self.read_answer()
        elif self.flying:
            self.lost()
        else:
            self.close()

    def read_answer(self):
        end = self.received.find(b"\r\n\r\n")
        if end < 0:
            return
        head = self.received[:end + 2]
        size = int(LENGTH.search(head).group(1))
        body = self.received[end + 4:]
        if len(body) < size:
            return
        assert len(body) == size and self.flying, f"an answer too many: {self.received!r}"
        self.received = b""
        if CLOSING.search(head):
            self.close()
        self.answered(int(head[9:12]), head, json.loads(body))

    def answered(self, status, head, document):
        wish, load = self.wish, self.load
        if status == 503:
            assert b"\r\nretry-after:" in head.lower(), head
            load.not_now[document["code"]] += 1
            self.rest()
            return
        assert status == 200 or not (self.known and load.strict), \
            f"accepted, and then {status} {document}"
        wish.answers.append((status, document))
        load.outcomes[status, document.get("code", "ok")] += 1
        self.flying = False
        self.release()

    def release(self):
        wish, self.wish = self.wish, None
        wish.out -= 1
        self.load.settle(wish)


class Load:
    """choose(random) -> (wallet, proposal, amount); amount 0 withdraws. twins and repeats are
    shares of the wishes that are sent twice at once, and once more after the answer. strict: what
    was accepted must be answered 200 ever after. retries: False gives up what was lost."""

    def __init__(self, address, choose, clients=64, seed=0, twins=0.05, repeats=0.05, *,
                 strict=True, retries=True):
        self.address, self.choose = tuple(address), choose
        self.random, self.strict, self.retries = random.Random(seed), strict, retries
        self.twins, self.repeats = twins, repeats
        self.selector = selectors.DefaultSelector()
        self.lines = [Line(self) for _ in range(clients)]
        self.wishes, self.waiting = [], []  # waiting: to be sent by the next free line
        self.outcomes, self.not_now = collections.Counter(), collections.Counter()
        self.stopping = False

    @property
    def accepted(self):
        return self.outcomes[200, "ok"]

    def new_wish(self):
        for _ in range(20):
            wallet, proposal, amount = self.choose(self.random)
            if not wallet.may_start():
                continue
            wish = Wish(wallet, proposal, amount)
            wallet.issued += 1
            wish.number = wallet.issued
            wallet.open.append(wish)
            self.wishes.append(wish)
            if self.random.random() < self.twins:
                self.waiting.append(wish)
            wish.again = self.random.random() < self.repeats
            return wish
        return None

    def settle(self, wish):
        """Answered, and by nobody held: done, unless it is to be sent once more."""
        if wish.again:
            wish.again = False
            self.waiting.append(wish)
        elif wish.out == 0 and wish not in self.waiting and wish in wish.wallet.open:
            wish.wallet.open.remove(wish)

    def feed(self, line, more):
        if line.wish is None:
            if self.waiting:
                line.wish = self.waiting.pop(0)
            elif more:
                line.wish = self.new_wish()
            if line.wish is None:
                return
            line.wish.out += 1
        line.send()

    def turn(self, more):
        now = time.monotonic()
        for line in self.lines:
            if line.flying:
                if now > line.deadline:
                    line.lost()
            elif now >= line.not_before:
                self.feed(line, more)
        for key, _ in self.selector.select(0.01):
            key.data.readable()

    def run(self, seconds, grace=180):
        """New wishes for so many seconds (or until stop()), then those that are open are ended."""
        end = time.monotonic() + seconds
        while time.monotonic() < end and not self.stopping:
            self.turn(True)
        end = time.monotonic() + grace
        while self.waiting or any(line.wish for line in self.lines):
            assert time.monotonic() < end, f"{self.open_wishes()} wishes were never answered"
            self.turn(False)
        self.close()

    def open_wishes(self):
        return sum(1 for line in self.lines if line.wish)

    def stop(self):
        self.stopping = True

    def close(self):
        for line in self.lines:
            line.close()

    def summary(self):
        lost = sum(wish.lost for wish in self.wishes)
        outcomes = ", ".join(f"{status} {name}: {n}" for (status, name), n
                             in sorted(self.outcomes.items()))
        return (f"{len(self.wishes)} wishes, {lost} answers lost; {outcomes};"
                f" 503: {dict(self.not_now)}")


def judge_wishes(wishes, records, demand):
    """What was answered against what is written: everything answered 2xx is there, once. Gives the
    pseudonym of each wallet that wrote."""
    claimed, names = set(), {}
    for wish in wishes:
        seqs = {doc["seq"] for status, doc in wish.answers if status == 200}
        demand(wish.answers or wish.lost, "a wish without an answer:", wish.key)
        demand(len(seqs) <= 1, "one key, done more than once:", wish.answers)
        if not seqs:
            continue
        seq = seqs.pop()
        demand(seq < len(records), "answered, but not there:", seq, wish.answers)
        record = records[seq]
        number = int(wish.proposal.rsplit(".p", 1)[1])
        kind = "pledge_set" if wish.amount else "pledge_withdrawn"
        demand(record["kind"] == kind and record["proposal"] == number, kind, number, "is", record)
        demand(record.get("amount", 0) == wish.amount, "another amount:", wish.amount, record)
        name = names.setdefault(wish.wallet, record["wallet"])
        demand(name == record["wallet"], "another wallet:", record)
        claimed.add(seq)
    demand(len(set(names.values())) == len(names), "two residents, one wallet")
    written = {r["seq"] for r in records if r["kind"] in ("pledge_set", "pledge_withdrawn")}
    demand(written == claimed, "records that nobody asked for:", sorted(written - claimed)[:10])
    return names
