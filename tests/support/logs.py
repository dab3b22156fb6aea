"""Log folders out of real records, and the verbs that read them.

    records = records_of(client, "oak")             # canonical JSON, out of the stream
    log = make_log(folder, "example.org/oak", records, batch=7, witness="trust.example/w")
    verb("verify", log.folder, "--vkey", log.vkey)

random_story() plays a community through the Redis Functions, seeded; dump() is all that Redis holds
of one, to be compared key by key.
"""
import json
import os
import pathlib
import random
import subprocess
from types import SimpleNamespace

import tally
from commons import DAY_MS, HASH, TALLY_SECRET, pairs, text
from people import People, typed
from server import BINARY

BUILD = pathlib.Path(os.environ.get("GROUNDSWELL_BUILD", pathlib.Path(BINARY).parent))
LOG_MAKE = os.environ.get("GROUNDSWELL_LOG_MAKE", str(BUILD / "tests" / "log_make"))


# ---- records and logs ----

def record_json(fields):
    """One entry of the stream, names and values in turn, as the bytes that the log hashes."""
    return json.dumps(typed(pairs(fields)), separators=(",", ":")).encode()


def records_of(client, slug):
    entries = client.call("XRANGE", "{%s}:log" % slug, "-", "+")
    return [record_json(fields) for _, fields in entries]


def opened_records(records):
    """As they would stand in the clear: those that are sealed opened, with the secret that the
    functions are driven with."""
    keys = [tally.tender_key(TALLY_SECRET, n) for n in range(1, len(records) + 1)]
    opened, hidden = [], {}
    for raw in records:
        record = json.loads(raw)
        if record["kind"] == "tender_opened" and "tally_key_hash" in record:
            hidden[record["tender"]] = keys[record["tender"] - 1]
        if record["kind"] == "sealed":
            inside = [tally.opened_by_tender(record, key) for key in hidden.values()]
            inside, = [one for one in inside if one]
            record = typed({"v": "1", "seq": str(record["seq"]), "at": str(record["at"]), **inside})
        opened.append(record)
    return opened


def keep_tally_key(data, slug):
    """Where a server would keep it."""
    folder = pathlib.Path(data) / "keys" / slug
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "tally.key").write_bytes(TALLY_SECRET)
    return folder / "tally.key"


def make_log(folder, origin, records, batch=1 << 40, witness=None):
    words = [LOG_MAKE, "seal", str(folder), origin, str(batch)] + ([witness] if witness else [])
    done = subprocess.run(words, input=b"".join(r + b"\n" for r in records), capture_output=True,
                          timeout=600, check=False)
    assert done.returncode == 0, done.stderr
    keys = done.stdout.decode().split("\n")
    return SimpleNamespace(folder=pathlib.Path(folder), vkey=keys[0], witness=keys[1],
                           records=records, origin=origin)


def make_receipt(folder, seq):
    done = subprocess.run([LOG_MAKE, "receipt", str(folder), str(seq)], capture_output=True,
                          timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def verb(*words, code=0, binary=BINARY):
    done = subprocess.run([binary, *map(str, words)], capture_output=True, text=True, timeout=300,
                          check=False)
    assert "Sanitizer" not in done.stderr and "runtime error" not in done.stderr, done.stderr
    assert done.returncode == code, (done.returncode, done.stdout[-2000:], done.stderr[-2000:])
    return done.stdout if code == 0 else done.stdout + done.stderr


# ---- a story ----

class Player:
    """Draws acts at random; most are accepted, some are not, as in life."""

    def __init__(self, commons, seed):
        self.commons, self.draw, self.joined = commons, random.Random(seed), 0
        self.people = People(commons)
        commons.checked = False
        commons.create(areas="north,south,east", least=1).must()
        commons.fund(self.draw.randint(3000, 9000)).must()
        commons.fund(self.draw.randint(300, 900), theme="youth").must()
        self.join(6)
        commons.open_round(100).must()

    def join(self, n):
        for _ in range(n):
            self.joined += 1
            self.commons.register(f"r{self.joined}", area=self.draw.randint(0, 2))

    def letter(self):
        """A code is issued, and mostly redeemed at once: by somebody new, or who was there."""
        serial, = self.people.issue([self.draw.randint(0, 2)])
        if self.draw.random() < 0.8:
            self.joined += 1
            who = f"r{self.joined}" if self.draw.random() < 0.5 else self.someone()
            self.people.redeem(serial, f"acc-{who}", resident=who)

    def someone(self):
        return f"r{self.draw.randint(1, self.joined)}"

    def proposal(self):
        most = self.commons.c()["proposal_n"]
        return self.draw.randint(max(1, most - 9), max(1, most))

    def tender(self):
        most = self.commons.c()["tender_n"]
        return self.draw.randint(max(1, most - 4), max(1, most))

    def pledge_on(self):
        """To A; if A is released, to B."""
        first, *steps = {self.proposal() for _ in range(self.draw.randint(2, 4))}
        if steps:
            self.commons.pledge(self.someone(), first, self.draw.randint(1, 60),
                                steps=",".join(map(str, steps)))

    def open_tender(self):
        """One that can be pledged on, where there is one."""
        numbers = range(1, self.commons.c()["tender_n"] + 1)
        return max((n for n in numbers if self.commons.state(f"t{n}")[0] in "oc"), default=1)

    def call_for(self):
        draw, areas_min = self.draw, self.draw.choice([0, 0, 1, 2])
        made = self.commons.tender(
            ceiling=draw.randint(50, 400), people_min=draw.randint(1, 4), areas_min=areas_min,
            area_people_min=1 if areas_min else 0, awards_max=draw.choice([1, 1, 2]),
            closes=self.commons.now + draw.randint(1, 20) * DAY_MS // 20,
            late=draw.randint(0, 1), theme=draw.choice(["", "", "youth"]),
            **draw.choice([{}, {"window": 1000}, {"window": DAY_MS // 100}, {"tally": "hidden"}]))
        for _ in range(draw.randint(1, 3)):
            of = self.commons.proposal(made["tender"], draw.randint(20, 300))
            if draw.random() < 0.2 and of.code is None:
                self.amend(of["proposal"])
        if draw.random() < 0.8:
            self.commons.open_tender(made["tender"])

    def amend(self, number):
        price = self.draw.randint(20, 300)
        self.commons.act("proposal_amend", number, price, "ab" * 32, "{}",
                         self.draw.choice(["", f"1:{price - 9},2:9"]))

    def body(self):
        """Something happens to a body, or is done by one."""
        commons, draw = self.commons, self.draw
        term = draw.choice([0, 0, commons.now + draw.randint(1, DAY_MS // 4)])
        holder = f"t:clerk:m{draw.randint(1, 9)}"
        draw.choice([
            lambda: commons.form(draw.choice(["trees", "elders"])),
            lambda: commons.act("body_constitute", draw.randint(1, 2), "", HASH, "{}"),
            lambda: commons.seat(holder, draw.choice(["resident", "user", "elected"]),
                                 draw.randint(1, 2), draw.randint(1, 2), term),
            lambda: commons.seat(holder, "resident", 1, 1, term),
            lambda: commons.act("member_leave", draw.randint(1, 9), ""),
            lambda: commons.set(days=draw.randint(0, 9), tally="open"),
            lambda: commons.approve(self.tender(), holder),
            lambda: commons.publish(self.tender())])()

    def step(self):
        commons, draw = self.commons, self.draw
        commons.now += draw.choice([0, 1, 50, 1000, DAY_MS // 200])
        acts = [
            (40, lambda: commons.pledge(self.someone(), self.proposal(), draw.randint(1, 60))),
            (10, self.pledge_on),
            (4, commons.fallback_next),
            (8, lambda: commons.withdraw(self.someone(), self.proposal())),
            (8, self.call_for),
            (3, lambda: commons.proposal(self.tender(), draw.randint(20, 300))),
            (3, lambda: commons.open_tender(self.tender())),
            (2, lambda: commons.act("tender_withdraw", self.tender(), "")),
            (2, lambda: commons.act("proposal_withdraw", self.proposal(), "")),
            (2, lambda: commons.act("proposal_judge", self.proposal(), "",
                                    int(draw.random() < 0.8), "ab" * 32, "{}")),
            (1, lambda: self.amend(self.proposal())),
            (1, lambda: commons.act("proposal_merge", self.proposal(), self.proposal())),
            (2, lambda: commons.act("tender_pause", self.open_tender(),
                                    commons.now + DAY_MS // 90, "ab" * 32, "{}", "", "")),
            (1, lambda: commons.act("tender_resume", self.open_tender())),
            (3, lambda: commons.leave(self.someone())),
            (4, lambda: self.join(draw.randint(1, 3))),
            (3, lambda: self.people.assist(self.someone(), self.proposal(), draw.randint(1, 60))),
            (2, self.letter),
            (6, self.body),
            (2, lambda: self.people.erase(self.someone(), keep=draw.randint(0, 1))),
            (2, lambda: commons.act("resident_grant", self.someone())),
            (1, lambda: commons.act("fund_top_up", draw.randint(1, 2), draw.randint(1, 500))),
            (1, lambda: commons.act("activate", self.proposal(), subject="keeper", key=b"")),
            (1, lambda: commons.act("round_close", commons.round())),
            (4, lambda: commons.open_round(draw.randint(60, 150))),
        ]
        draw.choices([act for _, act in acts], [weight for weight, _ in acts])[0]()


def random_story(commons, seed, steps):
    player = Player(commons, seed)
    for _ in range(steps):
        player.step()
    while commons.settle()["more"] == "1":
        pass
    # A record of that moment: what is due of an ended tender goes without one, and a log whose last
    # record is older could not tell that it has gone.
    commons.act("fund_top_up", 1, 1).must()
    return player


# ---- what lies in Redis ----

def value_of(client, key):
    kind = text(client.call("TYPE", key))
    if kind == "hash":
        flat = client.call("HGETALL", key)
        return dict(zip(flat[::2], flat[1::2]))
    if kind == "zset":
        return client.call("ZRANGE", key, 0, -1, "WITHSCORES")
    if kind == "set":
        return set(client.call("SMEMBERS", key))
    if kind == "list":
        return client.call("LRANGE", key, 0, -1)
    if kind == "stream":
        return client.call("XRANGE", key, "-", "+")
    return client.call("GET", key)


def dump(client, slug):
    """Every key of a community, by its name without the slug."""
    prefix = "{%s}:" % slug
    keys = client.call("KEYS", prefix.replace("{", "\\{") + "*")
    return {text(key)[len(prefix):]: value_of(client, key) for key in keys}
