"""What readers foresee is what settling then writes, to the penny, after any history.

Random walks over all acts; now and then every reader is asked about a moment to come, everything
due by then is settled, and every reader is asked again: nothing but seq and at may differ.
"""
import random

from commons import Commons, text, wallet_of
from commons_fixture import redis  # noqa: F401

RESIDENTS = [f"r{i}" for i in range(6)]


def told(raw):
    """An answer as nested lists of texts, without the values of seq and at."""
    if not isinstance(raw, list):
        return raw.decode("latin-1") if isinstance(raw, bytes) else str(raw)
    words, kept, i = [told(item) for item in raw], [], 0
    while i < len(words):
        if words[i] in ("seq", "at"):
            i += 2
        else:
            kept.append(words[i])
            i += 1
    return kept


class Walk:
    def __init__(self, commons, seed):
        self.commons, self.random = commons, random.Random(seed)
        commons.create(areas="a,b,c").must()
        commons.fund(self.random.choice([350, 900, 4000])).must()
        commons.fund(self.random.choice([100, 300]), "parks").must()
        for i, resident in enumerate(RESIDENTS[:5]):
            commons.register(resident, area=i % 3).must()

    def count(self, name):
        return int(self.commons.client.call("HGET", self.commons.key("c"), name))

    def with_state(self, letter, state, last):
        numbers = range(1, last + 1)
        return [n for n in numbers if self.commons.state(f"{letter}{n}") == state] or [1]

    def tenders_live(self):
        numbers = range(1, self.count("tender_n") + 1)
        return [n for n in numbers if self.commons.state(f"t{n}")[0] in "och"] or [1]

    def pledgeable(self):
        live = self.with_state("p", "l", self.count("proposal_n"))
        opened = self.tenders_live()
        tenders = {n: int(self.commons.hash(f"p:{n}").get("tender", 0)) for n in live}
        return [n for n in live if tenders[n] in opened] or [1]

    def epoch(self, resident):
        row = self.commons.client.call("HGET", self.commons.key("residents"), resident)
        return int(row.split()[2]) if row else 0

    def closing(self, spans):
        return self.commons.now + self.random.choice(spans)

    def step(self):
        c, choose = self.commons, self.random.choice
        c.now += choose([0, 0, 1, 1000, 3000])
        who, is_open = choose(RESIDENTS), self.count("open")
        drafts = self.with_state("t", "d", self.count("tender_n"))
        live = self.pledgeable()
        areas_min = choose([0, 0, 1, 2])
        tenders = self.tenders_live()
        acts = {
            "pledge": (60, lambda: c.pledge(who, choose(live), choose([1, 20, 33, 50, 67, 100]),
                                            epoch=self.epoch(who))),
            "withdraw": (10, lambda: c.withdraw(who, choose(live), epoch=self.epoch(who))),
            "leave": (1.5, lambda: c.leave(who)),
            "register": (6, lambda: c.register(who, area=self.random.randrange(3))),
            "grant": (1, lambda: c.act("resident_grant", who)),
            "top_up": (2, lambda: c.act("fund_top_up", choose([1, 2]), choose([1, 300]))),
            "proposal_withdraw": (1, lambda: c.act("proposal_withdraw", choose(live), "")),
            "tender_withdraw": (0.5, lambda: c.act("tender_withdraw", choose(drafts), "")),
            "round_close": (1.5, lambda: c.act("round_close", c.round())),
            "round_open": (0.5 if is_open else 60, lambda: c.open_round(
                choose([50, 100]), token=choose([1, 20]), closes=self.closing([60000, 300000]))),
            "tender": (8 if is_open else 1, lambda: c.tender(
                ceiling=choose([100, 300]), people_min=choose([1, 2, 3]), areas_min=areas_min,
                area_people_min=1 if areas_min else 0, awards_max=choose([1, 1, 2]),
                closes=self.closing([8000, 30000, 50000]), late=choose([0, 1]),
                window=choose([0, 900, 5000, 20000]),
                theme=choose(["", "parks"]))),
            "proposal": (10, lambda: c.proposal(choose(drafts), choose([1, 30, 99, 100, 250]))),
            "pause": (1.5, lambda: c.act("tender_pause", choose(tenders), self.closing([500, 6000]),
                                         "ab" * 32, "{}", "", "")),
            "resume": (1, lambda: c.act("tender_resume", choose(tenders))),
            "tender_open": (15 if is_open else 0.3, lambda: c.open_tender(choose(drafts))),
        }
        name = self.random.choices(list(acts), [weight for weight, _ in acts.values()])[0]
        answer = acts[name][1]()
        if name == "pledge" and answer.code is None:
            self.agrees_with_its_view(who, answer)

    def agrees_with_its_view(self, who, answer):
        number = self.commons.round()
        seen = self.commons.look("pledge_view", who, number, wallet_of(who, number),
                                 answer["proposal"])
        for name in ("amount", "held", "spent", "free", "state", "pledged", "people", "areas_ok",
                     "headroom", "rho", "critical_until"):
            assert answer[name] == seen[name], (name, dict(answer), dict(seen))

    def everything(self, now):
        c, number = self.commons, self.commons.round()
        asked = [("totals",), ("community_view",), ("funds",), ("tenders", 0, 1000),
                 ("commissions", 0, 1000)]
        asked += [("round_view", n) for n in range(1, number + 1)]
        asked += [("proposals", n, 0, 1000) for n in range(1, self.count("tender_n") + 1)]
        for who in RESIDENTS:
            wallet = wallet_of(who, number)
            asked += [("resident_view", who), ("wallet_view", who, number, wallet)]
            asked += [("pledge_view", who, number, wallet, n)
                      for n in range(1, self.count("proposal_n") + 1)]
        return {question: told(c.look(*question, now=now).raw) for question in asked}

    def foresee(self):
        now = self.closing([1, 1, 1000, 5000, 20000, 200000])
        before = self.everything(now)
        self.commons.now = now
        while self.commons.settle().must()["more"] == "1":
            pass
        after = self.everything(now)
        assert before == after


def test_readers_foresee_what_settling_writes(redis):  # noqa: F811
    kinds = set()
    for seed in range(5):
        client = redis.client()
        client.call("FLUSHALL")
        walk = Walk(Commons(client), seed)
        for i in range(1, 201):
            walk.step()
            if i % 50 == 0:  # what this round's tenders hold goes back before they are due
                walk.commons.act("round_close", walk.commons.round())
                walk.commons.open_round(50)
            if i % 25 == 0:
                walk.foresee()
        for _, fields in client.call("XRANGE", walk.commons.key("log"), "-", "+"):
            kinds.add(text(fields[fields.index(b"kind") + 1]))
    wanted = {"pledge_set", "tender_lapsed", "round_closed", "resident_left",
              "commission_activated", "tender_critical", "tender_reopened", "tender_paused",
              "tender_resumed"}
    assert wanted <= kinds, wanted - kinds
