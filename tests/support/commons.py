"""A community on a private Redis, driven through the Redis Functions alone, for 1xx tests.

    commons = Commons(client, "oak")
    commons.create(areas="north,south")
    commons.act("fund_add", 1000, "", HASH, "text").must()
    commons.pledge("ada", 1, 50).no("wallet_short", short="20")

Every act gets a fresh idempotency key unless told otherwise, and after every act the money is
counted: conservation, sums of wallets against accounts, histogram against wallets. What the rules
say is not repeated here; the tests say it.
"""
import base64
import hashlib
import itertools

import ledger_library
import tally

HASH = "ab" * 32
DAY_MS = 86_400_000
TALLY_SECRET = b"k" * 32  # what a community's tally.key would hold
T0 = 1_800_000_000_000


def text(value):
    return value.decode(errors="replace") if isinstance(value, bytes) else value


def pairs(flat):
    return {text(flat[i]): str(text(flat[i + 1])) for i in range(0, len(flat), 2)}


class Answer(dict):
    """What a function answered: names to texts. `code` is None where it was accepted."""

    def __init__(self, raw):
        self.raw = raw
        self.code, self.items_of = None, []
        word = text(raw[0])
        assert word in ("ok", "no"), raw
        if word == "no":
            self.code = text(raw[1])
            super().__init__(pairs(raw[2:]))
        elif len(raw) > 1 and isinstance(raw[1], list):
            super().__init__(pairs(raw[1]))
            self.items_of = [pairs(item) for item in raw[2:]]
        else:
            super().__init__(pairs(raw[1:]))

    def must(self, **values):
        assert self.code is None, (self.code, dict(self))
        return self.has(**values)

    def no(self, code, **values):
        assert self.code == code, (self.code, dict(self))
        if values:
            assert dict(self) == {k: str(v) for k, v in values.items()}, dict(self)
        return self

    def has(self, **values):
        for name, value in values.items():
            assert self.get(name) == str(value), (name, self.get(name), value)
        return self


def wallet_of(resident, round_number):
    digest = hashlib.sha256(f"{resident}/{round_number}".encode()).digest()[:16]
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")


class Commons:
    def __init__(self, client, slug="oak", library=None):
        self.client, self.slug = client, slug
        name, source, self.digits = library or ledger_library.assemble()
        client.call("FUNCTION", "LOAD", "REPLACE", source)
        self.now = T0
        self.counter = itertools.count(1)
        self.checked = True

    def key(self, name):
        return "{%s}:%s" % (self.slug, name)

    # ---- acts ----

    def fresh(self):
        return next(self.counter).to_bytes(8, "big")

    def raw(self, name, *arguments):
        return self.client.call("FCALL", f"{name}_{self.digits}", 1, self.key("c"), *arguments)

    def act(self, name, *own, subject="operator", epoch=0, key=None, body=b"body", now=None):
        key = self.fresh() if key is None else key
        body = body if key else b""
        answer = Answer(self.raw(name, self.now if now is None else now, subject, epoch, key, body,
                                 *own))
        if self.checked and self.client.call("EXISTS", self.key("c")):
            self.check()
        return answer

    def look(self, name, *own, now=None):
        return Answer(self.client.call("FCALL_RO", f"{name}_{self.digits}", 1, self.key("c"),
                                       self.now if now is None else now, *own))

    def round(self):
        return int(self.client.call("HGET", self.key("c"), "round") or 0)

    def create(self, areas="north,south", least=1, currency="GBP", members_min=0, **how):
        return self.act("community_create", self.slug, currency, areas, least, members_min, HASH,
                        "{}", **how)

    def fund(self, amount, theme="", **how):
        return self.act("fund_add", amount, theme, HASH, "{}", **how)

    def register(self, *residents, area=0, **how):
        flat = [word for resident in residents for word in (resident, area)]
        return self.act("residents_register", len(residents), *flat, **how)

    def open_round(self, allotment=100, token=1, closes=None, number=None, **how):
        number = self.round() + 1 if number is None else number
        closes = self.now + DAY_MS if closes is None else closes
        return self.act("round_open", number, allotment, token, closes, "", "", "", **how)

    def tender(self, ceiling=1000, people_min=1, areas_min=0, area_people_min=0, awards_max=1,
               closes=None, late=0, theme="", body="trees", window=0, tally="open", days=0,
               contributors=0, need=0, **how):
        closes = self.now + DAY_MS // 2 if closes is None else closes
        return self.act("tender_create", body, theme, ceiling, people_min, areas_min,
                        area_people_min, awards_max, closes, late, window, tally, days,
                        contributors, need, HASH, HASH, "{}", **how)

    def proposal(self, tender, price, body="", **how):
        return self.act("proposal_submit", tender, body, price, HASH, "{}", **how)

    def judge(self, *proposals, eligible=1, body=""):
        for number in proposals:
            self.act("proposal_judge", number, body, eligible, HASH, "{}").must()

    def open_tender(self, tender, body="", tally_key=None, **how):
        tally_key = tally_key or tally.tender_key(TALLY_SECRET, tender)
        return self.act("tender_open", tender, body, tally_key,
                        hashlib.sha256(tally_key).hexdigest(), **how)

    def form(self, body="trees", actor="", **how):
        return self.act("body_form", body, actor, HASH, "{}", **how)

    def seat(self, holder, category="resident", body=1, votes=1, term=0, actor="", **how):
        return self.act("member_seat", body, actor, category, votes, term, holder, HASH, "{}",
                        **how)

    def approve(self, tender, holder, **how):
        resident = holder[2:] if holder.startswith("r:") else None
        if resident:
            return self.act("tender_approve", tender, "", 1, subject=resident, **how)
        return self.act("tender_approve", tender, holder, 0, **how)

    def publish(self, tender, actor="", **how):
        return self.act("tender_publish", tender, actor, **how)

    def set(self, **given):
        names = ("members_min", "days", "contributors", "people_permille", "areas_min", "window",
                 "tally", "needs_line")
        assert set(given) <= set(names), given
        return self.act("community_set", *[given.get(name, "") for name in names])

    def pledge(self, resident, proposal, amount, round_number=None, wallet=None, steps=None,
               **how):
        round_number = self.round() if round_number is None else round_number
        wallet = wallet or wallet_of(resident, round_number)
        own = [] if steps is None else [steps]
        return self.act("pledge_set", round_number, wallet, proposal, amount, *own,
                        subject=resident, **how)

    def withdraw(self, resident, proposal, round_number=None, **how):
        round_number = self.round() if round_number is None else round_number
        wallet = wallet_of(resident, round_number)
        return self.act("pledge_withdraw", round_number, wallet, proposal, subject=resident, **how)

    def leave(self, resident, round_number=None, **how):
        round_number = self.round() if round_number is None else round_number
        return self.act("resident_leave", resident, round_number, wallet_of(resident, round_number),
                        **how)

    def speak(self, name, resident, *own, **how):
        """An act of a resident who speaks, under a pseudonym of their own."""
        return self.act(name, resident, wallet_of(resident, 0), *own, subject=resident, **how)

    def say(self, resident, tender, sort="for", said="{}", **how):
        return self.speak("talk_add", resident, tender, sort, HASH, said, **how)

    def stance(self, resident, talk, stance="agree", **how):
        return self.speak("talk_stance", resident, talk, stance, **how)

    def settle(self, **how):
        return self.act("settle", subject="keeper", key=b"", **how)

    def fallback_next(self, **how):
        return self.act("fallback_next", subject="keeper", key=b"", **how)

    def market(self, prices=(100,), residents=3, allotment=50, pool=1000, tally_key=None,
               **tender):
        """A community with an open round and one open tender; residents are r1, r2, ..."""
        self.create().must()
        self.fund(pool).must()
        self.register(*[f"r{i}" for i in range(1, residents + 1)]).must()
        self.open_round(allotment).must()
        number = self.tender(**tender).must()["tender"]
        for price in prices:
            self.proposal(number, price).must()
        self.open_tender(number, tally_key=tally_key).must()
        return self

    # ---- what is written ----

    def hash(self, name):
        return pairs(self.client.call("HGETALL", self.key(name)))

    def c(self):
        return {name: int(value) for name, value in self.hash("c").items()
                if name not in ("currency", "areas", "wide")}

    def state(self, name):
        return text(self.client.call("HGET", self.key("st"), name))

    def log(self, after=-1):
        """Records with a seq above `after`, as names to texts, in the order of their fields."""
        entries = self.client.call("XRANGE", self.key("log"), f"{after + 1}-0", "+")
        records = []
        for entry, fields in entries:
            record = pairs(fields)
            assert text(entry) == record["seq"] + "-1"
            records.append(record)
        return records

    def last(self, *kinds):
        records = self.log(int(self.hash("c")["seq"]) - 1 - len(kinds))
        assert [record["kind"] for record in records] == list(kinds), records
        return records[0] if len(kinds) == 1 else records

    def wallet(self, pseudonym, round_number=None):
        """A row unpacked: area, [(proposal, tender, amount, seq)], [(key, body, seq)]."""
        round_number = self.round() if round_number is None else round_number
        row = self.client.call("HGET", self.key(f"w:{round_number}"), pseudonym)
        return None if row is None else unpack_row(row)

    def fallbacks(self):
        """What waits behind pledges: (proposal, seq, wallet, steps), as it lies there."""
        found = self.client.call("ZRANGE", self.key(f"fb:{self.round()}"), 0, -1)
        return [(int.from_bytes(m[:4], "big"), int.from_bytes(m[4:9], "big"), text(m[9:31]),
                 text(m[31:])) for m in found]

    def check(self):
        check_conservation(self)
        check_fallbacks(self)
        check_turnout(self)


def unpack_row(row):
    version, area, entries_n, keys_n = row[:4]
    assert version in (1, 2) and len(row) == 4 + 16 * entries_n + 17 * keys_n
    entries, keys = [], []
    for i in range(entries_n):
        raw = row[4 + 16 * i:20 + 16 * i]
        entries.append(tuple(int.from_bytes(raw[a:b], "big")
                             for a, b in ((0, 4), (4, 8), (8, 11), (11, 16))))
    for i in range(keys_n):
        start = 4 + 16 * entries_n + 17 * i
        raw = row[start:start + 17]
        keys.append((raw[:8], raw[8:12], int.from_bytes(raw[12:], "big")))
    return area, entries, keys


def worth(commons, entry):
    """(held, spent) of a pledge of the open round, by the states that are written."""
    proposal, tender, amount, _ = entry
    state = commons.state(f"p{proposal}")
    if state[0] == "a":
        return 0, min(amount, int(state[1:]))
    is_held = state == "l" and commons.state(f"t{tender}")[0] in "och"
    return (amount if is_held else 0), 0


def check_conservation(commons):
    c = commons.c()
    accounts = [c[name] for name in ("unallotted", "free", "held", "committed", "paid")]
    assert min(accounts) >= 0, c
    assert c["funds"] == sum(accounts), c
    assert c["spent"] == c["prices"] + c["rounding"], c
    records = commons.client.call("XLEN", commons.key("log"))
    assert records == c["seq"], (records, c)
    funds = [commons.hash(f"f:{n}") for n in range(1, c["fund_n"] + 1)]
    assert sum(int(f["amount"]) for f in funds) == c["funds"]
    for theme in {f["theme"] for f in funds}:
        left = sum(int(f["left"]) for f in funds if f["theme"] == theme)
        assert left == c["left:" + theme] >= 0
    first = commons.client.call("ZRANGE", commons.key("due"), 0, 0, "WITHSCORES")
    assert c["due"] == (int(first[1]) if first else 0)
    if c["open"]:
        check_wallets(commons, c)
    else:
        assert c["free"] == c["held"] == 0


def check_fallbacks(commons):
    """Each waits behind a pledge that is there; who is released is in the queue."""
    waiting = commons.fallbacks()
    for proposal, seq, wallet, steps in waiting:
        row = commons.client.call("HGET", commons.key(f"w:{commons.round()}"), wallet)
        assert row[0] == 2 and 1 <= len(set(steps.split(","))) <= 3, (wallet, steps)
        assert (proposal, seq) in [(e[0], e[3]) for e in unpack_row(row)[1]]
    queued = [int(n) for n in commons.client.call("ZRANGE", commons.key("fallbacks"), 0, -1)]
    behind = {proposal for proposal, *_ in waiting}
    assert set(queued) <= behind, (queued, behind)
    for proposal in behind - set(queued):
        tender = commons.hash(f"p:{proposal}")["tender"]
        state = commons.state(f"p{proposal}")
        assert state[0] == "a" or state == "l" and commons.state(f"t{tender}")[0] in "oc", proposal


def check_turnout(commons):
    """People who have pledged, by area; who has done so on hidden tenders alone, by those."""
    rows = commons.client.call("HGETALL", commons.key(f"w:{commons.round()}"))
    seen, hidden = {}, {}
    for row in rows[1::2]:
        area, entries, _ = unpack_row(row)
        tenders = {tender for _, tender, *_ in entries}
        if any(commons.state(f"t{tender}")[0] != "h" for tender in tenders):
            seen[area] = seen.get(area, 0) + 1
        elif tenders:
            of = ",".join(str(tender) for tender in sorted(tenders)) + f":{area}"
            hidden[of] = hidden.get(of, 0) + 1
    kept = {int(area): int(n) for area, n in commons.hash("pl").items() if n != "0"}
    assert kept == seen and {of: int(n) for of, n in commons.hash("ph").items()} == hidden


def check_wallets(commons, c):
    rows = commons.client.call("HGETALL", commons.key(f"w:{c['round']}"))
    held_all, spent_all, by_proposal, by_tender = 0, 0, {}, {}
    for i in range(1, len(rows), 2):
        area, entries, _ = unpack_row(rows[i])
        held_here = spent_here = 0
        for entry in entries:
            held, spent = worth(commons, entry)
            held_here, spent_here = held_here + held, spent_here + spent
            if held:
                by_proposal.setdefault(entry[0], []).append((area, held))
                by_tender[entry[1]] = by_tender.get(entry[1], 0) + held
        assert held_here + spent_here <= c["allotment"], (rows[i - 1], entries)
        held_all, spent_all = held_all + held_here, spent_all + spent_here
    assert held_all == c["held"] and spent_all == c["spent"], (held_all, spent_all, c)
    assert c["granted"] == c["free"] + c["held"] + c["spent"], c
    for number in range(1, c["tender_n"] + 1):
        tender = commons.hash(f"t:{number}")
        if commons.state(f"t{number}")[0] in "och" and int(tender["round"]) == c["round"]:
            assert int(tender["held"]) == by_tender.get(number, 0)
    for number in range(1, c["proposal_n"] + 1):
        if commons.state(f"p{number}") == "l":
            check_proposal(commons, number, by_proposal.get(number))


def check_proposal(commons, number, pledges):
    p = commons.hash(f"p:{number}")
    tender = commons.hash(f"t:{p['tender']}")
    if commons.state("t" + p["tender"])[0] not in "och" or int(tender["round"]) != commons.round():
        return
    pledges = pledges or []
    assert int(p["sum"]) == sum(amount for _, amount in pledges)
    assert int(p["n"]) == len(pledges)
    areas = {}
    for area, _ in pledges:
        areas[area] = areas.get(area, 0) + 1
    kept = {int(k[2:]): int(v) for k, v in p.items() if k[:2] == "a:" and v != "0"}
    assert kept == areas
    if int(tender["areas_min"]):
        least = int(tender["area_people_min"])
        assert int(p["areas_ok"]) == sum(1 for n in areas.values() if n >= least)
    check_histogram(commons, number, [amount for _, amount in pledges])


def check_histogram(commons, number, amounts):
    expected = {}
    for amount in amounts:
        digits = "".join(chr(48 + amount // 64 ** k % 64) for k in (3, 2, 1, 0))
        for level in (1, 2, 3, 4):
            count, total = expected.get(digits[:level], (0, 0))
            expected[digits[:level]] = count + 1, total + amount
    raw = commons.client.call("HGETALL", commons.key(f"h:{number}"))
    found = {}
    for i in range(0, len(raw), 2):
        value = raw[i + 1]
        name = text(raw[i])
        if name == "wide":
            continue
        total = int.from_bytes(value[4:], "big") if len(name) < 4 else expected[name][1]
        found[name] = int.from_bytes(value[:4], "big"), total
    assert found == expected
