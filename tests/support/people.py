"""What tests of a community's people do again and again, on a Commons.

    town = People(commons)
    town.issue([0, 0, 1])                    # by area; returns S0001, S0002, S0003
    town.redeem("S0001", "acc1").must()      # resident `q-S0001` where the code is nobody's
    town.books()                             # every balance counted again from the records

Hashes stand for the keyed hashes that the server makes: only that they are equal or not matters.
"""
import hashlib
import itertools

from books import Books
from commons import DAY_MS, wallet_of

PAIRS = {"registered", "grants", "withdrawn", "draws", "issued", "fallback", "milestones",
         "funds", "agencies"}
WORDS = {"kind", "currency", "text", "theme", "wallet", "body", "roll", "rule_hash", "assisted",
         "sealed", "tally", "category", "sort", "reason", "document", "tally_key_hash", "key"}


def typed(record):
    """A record of the stream with the types that it has in JSON."""
    made = {}
    for name, value in record.items():
        if name in PAIRS:
            made[name] = [[int(n) for n in pair.split(":")] for pair in value.split(",")]
        elif name == "areas":
            made[name] = value.split(",")
        else:
            made[name] = value if name in WORDS else int(value)
    return made


def hash_of(serial, secret="right"):
    return hashlib.sha256(f"{serial}/{secret}".encode()).hexdigest()[:32]


def digest_of(*words):
    return hashlib.sha256(repr(words).encode()).hexdigest()[:32]


class People:
    def __init__(self, commons):
        self.commons = commons
        self.serials = itertools.count(1)

    def books(self):
        books = Books([typed(record) for record in self.commons.log()])
        c = self.commons.c()
        for name, amount in books.accounts.items():
            assert c[name] == amount, (name, c[name], amount)
        return books

    # ---- codes ----

    def candidates(self, rows):
        """(serial, hash, area, resident) of each row that is an area or a resident's name."""
        made = []
        for row in rows:
            serial = f"S{next(self.serials):04}"
            area, resident = (row, "") if isinstance(row, int) else ("", row)
            made.append((serial, hash_of(serial), area, resident))
        return made

    def issue_these(self, candidates, wanted=None, expires=None, person="", digest="", **how):
        expires = self.commons.now + 100 * DAY_MS if expires is None else expires
        wanted = len(candidates) if wanted is None else wanted
        flat = [word for candidate in candidates for word in candidate]
        return self.commons.act("codes_issue", expires, person, digest, wanted, len(candidates),
                                *flat, **how)

    def issue(self, rows, **how):
        """Issues one code a row; returns their serials."""
        candidates = self.candidates(rows)
        self.issue_these(candidates, **how).must()
        return [candidate[0] for candidate in candidates]

    def redeem(self, serial, account, secret="right", address="", resident=None, subject="code",
               **how):
        return self.commons.act("code_redeem", serial, hash_of(serial, secret), address, account,
                                resident or "q-" + serial, subject=subject, **how)

    def use(self, serial, secret="right", address="", resident=None, subject="helper-1", **how):
        return self.commons.act("code_use", serial, hash_of(serial, secret), address,
                                resident or "q-" + serial, subject=subject, key=b"", **how)

    def code(self, serial):
        """Its row: area, state, issued, expires, batch, hash, resident, used, use."""
        return self.commons.hash("codes")[serial].split()

    def revoke(self, *serials, batch=0):
        return self.commons.act("codes_revoke", batch, len(serials), *serials)

    # ---- register, erasing, helping ----

    def register(self, *entries, **how):
        """Entries are (resident, area[, reason[, person]]); persons are padded to 22 characters."""
        flat = []
        for entry in entries:
            resident, area, reason, person = (tuple(entry) + ("", ""))[:4]
            flat += [resident, area, reason, person and person.ljust(22, "x")]
        return self.commons.act("register_import", len(entries), *flat, **how)

    def erase(self, resident, keep=0, person="", digest="", round_number=None, **how):
        round_number = self.commons.round() if round_number is None else round_number
        return self.commons.act("resident_erase", resident, round_number,
                                wallet_of(resident, round_number), keep, person, digest, **how)

    def assist(self, resident, proposal, amount, helper="a:helper", role="librarian", body="",
               person="", digest="", **how):
        number = self.commons.round()
        return self.commons.act("pledge_set", number, wallet_of(resident, number), proposal,
                                amount, helper, role, body, person, digest, subject=resident,
                                **how)

    def review(self):
        return self.commons.look("review", 0, 100).items_of

    def journal(self, *kinds):
        items = self.commons.look("journal", "", 1000).items_of
        return [item for item in items if not kinds or item["kind"] in kinds]
