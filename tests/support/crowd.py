"""A community in full swing, out of several processes at once, each with a clock of its own.

    stirred = stir(redis.path, slug="oak", seed=7, processes=3, acts=800)

Each process draws acts at random and sends them to the functions: some are accepted, many are
refused, as in life. Their clocks disagree and jump, forwards by half a day and back by an hour.
Given one process, a seed plays the same again. What must hold is not said here: judge.py judges the
records, the test what is left in Redis.
"""
import collections
import itertools
import multiprocessing
import random

from commons import DAY_MS, HASH, Commons, text, wallet_of
from redis_server import Client

AREAS = "north,south,east"
THEMES = ("", "youth", "parks")
RESIDENTS, FOUNDERS, HOUR_MS = 36, 4, DAY_MS // 24
DOCUMENT = "0d" * 32


class Stranger(Commons):
    """A process that comes to a community which others have founded."""

    def __init__(self, path, slug, library, place):  # pylint: disable=super-init-not-called
        self.client, self.slug, self.digits = Client(path), slug, library[2]
        self.now, self.checked = 0, False
        self.counter = itertools.count(place << 40)


def found(commons, draw):
    """Its funds, residents, first round and a body that may publish where one must."""
    commons.checked = False
    register = draw.choice([0, 3, 3])
    commons.create(areas=AREAS, members_min=register).must()
    commons.fund(draw.randint(6000, 9000)).must()
    for theme in THEMES[1:]:
        commons.fund(draw.randint(50, 250), theme=theme).must()
    for area in range(3):
        commons.register(*[f"r{i}" for i in range(area, RESIDENTS, 3)], area=area).must()
    commons.act("file_note", DOCUMENT, "pdf", 9, "a.pdf", 99).must()
    commons.open_round(100, token=5, closes=commons.now + 3 * DAY_MS).must()
    commons.form().must()
    for i in range(FOUNDERS):
        commons.seat(f"r:r{i}").must()


class Visitor:
    """One process's way of choosing what to do next."""

    def __init__(self, commons, seed, acts):
        self.commons, self.draw, self.left = commons, random.Random(seed), acts
        self.outcomes = collections.Counter()
        self.tender_n = self.proposal_n = self.fund_n = self.round_n = self.member_n = 0
        self.pledged = collections.deque(maxlen=8)
        self.here = [(weight, getattr(self, name)) for name, weight in WEIGHTS.items()]

    # ---- one act ----

    def look(self):
        names = ("at", "tender_n", "proposal_n", "fund_n", "round", "member_n")
        at, *rest = (int(n or 0) for n in
                     self.commons.client.call("HMGET", self.commons.key("c"), *names))
        self.tender_n, self.proposal_n, self.fund_n, self.round_n, self.member_n = rest
        jump = self.draw.choices([self.draw.randint(0, 40_000), -HOUR_MS, DAY_MS // 2, HOUR_MS],
                                 [1000, 8, 1, 8])[0]
        self.commons.now = at + jump

    def did(self, name, *own, **how):
        answer = self.commons.act(name, *own, **how)
        self.outcomes[name, answer.code] += 1
        self.left -= 1
        return answer

    def run(self):
        choices, weights = [a for _, a in self.here], [w for w, _ in self.here]
        while self.left > 0:
            self.look()
            self.draw.choices(choices, weights)[0]()
        return self.outcomes

    def someone(self):
        return f"r{self.draw.randrange(RESIDENTS)}"

    def recent(self, most, back):
        return self.draw.randint(max(1, most - back), max(1, most))

    def proposal(self):
        return self.recent(self.proposal_n, 9)

    def tender(self):
        return self.recent(self.tender_n, 5)

    def state(self, name):
        return text(self.commons.client.call("HGET", self.commons.key("st"), name) or b" ")[0]

    def tried(self, back, good):
        """A proposal that is good, where one of four tries finds it; others are refused."""
        for _ in range(4):
            number = self.recent(self.proposal_n, back)
            if good(number):
                break
        return number

    def tender_of(self, number):
        return text(self.commons.client.call("HGET", self.commons.key(f"p:{number}"), "tender")
                    or b"")

    def pledgeable(self):
        def good(number):
            tender = self.tender_of(number)
            return tender and self.state(f"p{number}") == "l" and self.state("t" + tender) in "och"
        return self.tried(9, good)

    def commission(self):
        """One of the last that there are; before there is one, a number that is none."""
        last = self.commons.client.call("LRANGE", self.commons.key("commissions"), -6, -1)
        return int(self.draw.choice(last)) if last else 1

    # ---- pledging ----

    def pledge(self):
        who, steps = self.someone(), []
        if self.draw.random() < 0.4:
            steps = [",".join(str(self.proposal()) for _ in range(self.draw.randint(1, 3)))]
        if steps and len(set(steps[0].split(","))) < len(steps[0].split(",")):
            return
        number = self.pledgeable()
        self.did("pledge_set", self.round_n, wallet_of(who, self.round_n), number,
                 self.draw.choice([5, 10, 20, 30, 30, 40, 60]), *steps, subject=who,
                 epoch=self.epoch(who))
        self.pledged.append((who, number))

    def take_back(self):
        who, number = self.draw.choice([*self.pledged, (self.someone(), self.proposal())])
        self.did("pledge_withdraw", self.round_n, wallet_of(who, self.round_n), number,
                 subject=who, epoch=self.epoch(who))

    def epoch(self, who):
        """Of the resident's row: whoever left has another."""
        row = self.commons.client.call("HGET", self.commons.key("residents"), who)
        return int(text(row).split()[EPOCH_COLUMN]) if row else 0

    def leave(self):
        """Those who founded the body mostly stay, so that something is published."""
        who = f"r{self.draw.randrange(0 if self.draw.random() < 0.1 else FOUNDERS, RESIDENTS)}"
        self.did("resident_leave", who, self.round_n, wallet_of(who, self.round_n))

    def come_back(self):
        flat = [word for i in self.draw.sample(range(RESIDENTS + 2), 6)
                for word in (f"r{i}", self.draw.randint(0, 2))]
        self.did("residents_register", 6, *flat)

    # ---- tenders ----

    def call_for(self):
        draw, now, areas_min = self.draw, self.commons.now, self.draw.choice([0, 0, 1, 2])
        self.outcomes["tender_create", None] += 1
        self.left -= 1
        made = self.commons.tender(
            ceiling=draw.randint(100, 500), people_min=draw.randint(1, 8), areas_min=areas_min,
            area_people_min=1 if areas_min else 0, awards_max=draw.choice([1, 1, 2]),
            closes=now + draw.randint(1, 20) * DAY_MS // 20, late=draw.randint(0, 1),
            theme=draw.choice(THEMES), window=draw.choice([0, 0, HOUR_MS // 2]),
            tally=draw.choices(["open", "hidden"], [9, 1])[0],
            contributors=draw.choice([0, 0, 1]))
        if made.code:
            return
        number = int(made["tender"])
        for _ in range(draw.randint(1, 3)):
            self.submit(number)
        for i in draw.sample(range(FOUNDERS), draw.choice([1, 3, 3, 3])):
            self.approve(number, i)
        if draw.random() < 0.9:
            self.publish(number)
        self.talk(number)
        self.shape(number)
        if draw.random() < 0.9:
            self.open(number)

    def submit(self, tender=None):
        price = self.draw.randint(40, 350)
        parts = [f"1:{price - price // 3}", f"2:{price // 3}"] if self.draw.random() < 0.7 else []
        self.did("proposal_submit", tender or self.tender(), "", price, HASH, "{}",
                 *([",".join(parts)] if parts else []))

    def approve(self, tender=None, i=None):
        who = f"r{self.draw.randrange(FOUNDERS + 2) if i is None else i}"
        self.did("tender_approve", tender or self.tender(), "", 1, subject=who,
                 epoch=self.epoch(who))

    def publish(self, tender=None):
        self.did("tender_publish", tender or self.tender(), "")

    def open(self, tender=None):
        self.outcomes["tender_open", self.commons.open_tender(tender or self.tender()).code] += 1
        self.left -= 1

    def talk(self, tender=None):
        tender = tender or self.tender()
        for sort in self.draw.choice([["question"], ["amendment"], ["for", "against"], ["for"]]):
            who = self.someone()
            self.did("talk_add", who, wallet_of(who, 0), tender, sort, HASH, "{}", subject=who,
                     epoch=self.epoch(who))
        self.did("talk_summary", tender, "", HASH, "{}")

    def shape(self, tender):
        """Its proposals are merged, amended, and mostly judged."""
        first = self.commons.client.call("LRANGE", self.commons.key(f"tp:{tender}"), 0, 1)
        if len(first) == 2 and self.draw.random() < 0.2:
            self.did("proposal_merge", *first)
        for number in self.commons.client.call("SMEMBERS", self.commons.key(f"tl:{tender}")):
            if self.draw.random() < 0.2:
                self.amend(number)
            if self.draw.random() < 0.95:
                self.judge(number)

    def amend(self, number=None):
        price = self.draw.randint(40, 350)
        self.did("proposal_amend", number or self.proposal(), price, HASH, "{}",
                 self.draw.choice(["", f"1:{price - price // 3},2:{price // 3}"]))

    def judge(self, number=None):
        eligible = 1 if self.draw.random() < 0.95 else 0
        self.did("proposal_judge", number or self.proposal(), "", eligible, HASH, "{}")

    def merge(self):
        self.did("proposal_merge", self.proposal(), self.proposal())

    def withdraw_tender(self):
        """Of an open one it takes two people."""
        tender = self.tender()
        for person in ("a:one", "a:two"):
            self.did("tender_withdraw", tender, "", person, "1f" * 16)

    def withdraw_proposal(self):
        self.did("proposal_withdraw", self.proposal(), "")

    def pause(self):
        ends = self.commons.now + self.draw.randint(1, 8) * HOUR_MS
        tender = self.tender_of(self.pledgeable()) or 1
        for person in ("a:one", "a:two"):
            self.did("tender_pause", tender, ends, HASH, "{}", person, "1f" * 16)

    def resume(self):
        self.did("tender_resume", self.tender())

    # ---- bodies, money, rounds, the keeper ----

    def seat(self):
        term = self.draw.choice([0, 0, self.commons.now + self.draw.randint(1, 40) * HOUR_MS])
        category = self.draw.choice(["resident", "resident", "user", "professional", "elected"])
        self.did("member_seat", 1, "", category, self.draw.randint(1, 2), term,
                 "r:" + self.someone(), HASH, "{}")

    def pack(self):
        """The body is filled with professionals, asked to publish, and emptied again."""
        seated = [self.did("member_seat", 1, "", "professional", 3, 0, f"a:{self.left}-{i}", HASH,
                           "{}").get("member") for i in range(3)]
        self.call_for()
        for member in filter(None, seated):
            self.did("member_leave", member, "")

    def unseat(self):
        stay = 0 if self.draw.random() < 0.05 else FOUNDERS
        self.did("member_leave", max(stay, self.recent(self.member_n, 12)), "")

    def top_up(self):
        fund = self.recent(self.fund_n, 9)
        self.did("fund_top_up", fund, self.draw.randint(1, 500 if fund == 1 else 80))

    def take_money_out(self):
        self.did("fund_withdraw", self.recent(self.fund_n, 9), self.draw.randint(1, 300))

    def close_round(self):
        self.did("round_close", self.round_n)

    def open_round(self):
        self.did("round_open", self.round_n + 1, self.draw.randint(60, 120), 5,
                 self.commons.now + self.draw.randint(1, 3) * DAY_MS, "", "", "")

    def settle(self):
        self.did("settle", subject="keeper", key=b"")

    def activate(self):
        self.did("activate", self.proposal(), subject="keeper", key=b"")

    def fall_back(self):
        self.did("fallback_next", subject="keeper", key=b"")

    # ---- commissions ----

    def sign(self, number=None):
        self.did("contract_sign", number or self.commission(), "", self.commons.now,
                 self.commons.now + DAY_MS, DOCUMENT, HASH, "{}")

    def deliver(self):
        """From the contract to the last payment, while others meddle; often it stops on the way."""
        number = self.commission()
        self.sign(number)
        for milestone in (1, 2):
            if self.draw.random() < 0.25:
                return
            self.did("evidence_add", number, "", milestone, self.draw.choice(["", DOCUMENT]),
                     HASH, "{}")
            self.did("milestone_report", number, "", milestone, HASH, "{}")
            self.speak(number, milestone)
            for person in self.draw.sample(["a:one", "a:two"], 2):
                self.did("milestone_accept", number, "", milestone, person, "1f" * 16)
            for _ in range(3):
                self.pay(number, milestone)
        self.complete(number)

    def speak(self, number, milestone):
        """Of the last who pledged somebody may have pledged to it."""
        who, _ = next((one for one in self.pledged if one[1] == number), (self.someone(), 0))
        sort, said = self.draw.choice([("confirm", ("", "")), ("dispute", (HASH, "{}"))])
        self.did("milestone_" + sort, self.round_n, wallet_of(who, self.round_n), number,
                 milestone, *said, subject=who, epoch=self.epoch(who))

    def pay(self, number=None, milestone=None):
        number, milestone = number or self.commission(), milestone or self.draw.randint(1, 2)
        parts = self.parts(number)
        most = parts[milestone - 1] if milestone <= len(parts) else 60
        self.did("payment_record", number, "", milestone,
                 self.draw.choice([most, most - most // 2, most // 2 or 1]), HASH, "{}")

    def parts(self, number):
        """Its milestones' amounts; of what is not signed yet, one that is none."""
        row = self.commons.client.call("HGET", self.commons.key(f"cm:{number}"), "milestones")
        return [int(part.split(":")[1]) for part in text(row or b"1:60").split(",")]

    def vary(self):
        number = self.commission()
        parts = self.parts(number)
        if len(parts) == 2:
            parts = [max(1, parts[0] - 2), parts[1] + 2]
        made = self.did("variation_propose", number, "",
                        ",".join(f"{i}:{n}" for i, n in enumerate(parts, 1)), 0, HASH, "{}")
        for person in ("a:one", "a:two"):
            self.did("variation_approve", number, "", made.get("variation", 1), person, "1f" * 16)

    def tell(self):
        self.did("outcome_report", self.commission(), "", self.draw.choice(["", 5]), HASH, "{}")
        self.did("savings_note", self.commission(), "", "1:9,2:8", HASH, "{}")

    def complete(self, number=None):
        self.did("commission_complete", number or self.commission(), "")

    def terminate(self):
        number = self.commission()
        for person in ("a:one", "a:two"):
            self.did("commission_terminate", number, "", HASH, "{}", person, "1f" * 16)


EPOCH_COLUMN = 2  # of a resident's row: area, state, epoch
WEIGHTS = {
    "pledge": 60, "take_back": 7, "leave": 1, "come_back": 1.5, "call_for": 4, "submit": 2,
    "approve": 2, "publish": 2, "open": 2, "talk": 2, "judge": 1.5, "amend": 0.4, "merge": 0.4,
    "withdraw_tender": 0.7, "withdraw_proposal": 0.6, "pause": 1, "resume": 0.7, "seat": 2,
    "unseat": 2, "pack": 0.3, "top_up": 2, "take_money_out": 1, "close_round": 0.2,
    "open_round": 4, "settle": 2, "activate": 1, "fall_back": 8, "sign": 1, "deliver": 1.5,
    "pay": 1, "vary": 0.7, "tell": 0.3, "complete": 0.3, "terminate": 0.3}


def visit(path, slug, library, seed, place, acts, results):
    """What a process does; it tells how it went, or why it could not go on."""
    commons = Stranger(path, slug, library, place)
    try:
        results.put(dict(Visitor(commons, f"{seed}/{place}", acts).run()))
    except BaseException as error:
        results.put(f"process {place}: {error!r}")
        raise
    finally:
        commons.client.close()


def stir(path, slug, seed, library, processes, acts):
    """So many acts by each of the processes; how each sort of act went."""
    commons = Commons(Client(path), slug, library)
    found(commons, random.Random(seed))
    commons.client.close()
    results = multiprocessing.Queue()
    all_of_them = [multiprocessing.Process(
        target=visit, args=(path, slug, library, seed, place, acts, results))
        for place in range(1, processes + 1)]
    for one in all_of_them:
        one.start()
    outcomes = collections.Counter()
    for _ in all_of_them:
        told = results.get(timeout=600)
        assert isinstance(told, dict), told
        outcomes.update(told)
    for one in all_of_them:
        one.join(60)
        assert one.exitcode == 0, f"seed {seed}: a process ended with {one.exitcode}"
    return outcomes
