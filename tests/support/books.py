"""An auditor of its own: every balance of a community out of its records, in Python.

    books = Books(records)          # raises Unsound at the first record that cannot be
    books.accounts["held"], books.wallets[...], books.proposals[...]

It shares nothing with the ledger's Lua or the C of the recount; it knows the rules as the design
states them. After every record money is conserved, no account and no wallet is below zero, and an
activation obeys its rule. What it does not know: residents by name, keys, texts.
"""
import collections
import hashlib

import tally

from waiting import Waiting

ACCOUNTS = ("unallotted", "free", "held", "committed", "paid")


class Unsound(AssertionError):
    """The records, or a view beside them, do not add up."""


def demand(true, *what):
    if not true:
        raise Unsound(" ".join(str(word) for word in what))


def fair_share(amounts, price):
    """The smallest share at which everybody's min(amount, share) covers the price."""
    low, high = 1, max(amounts)
    while low < high:
        middle = (low + high) // 2
        if sum(min(amount, middle) for amount in amounts) >= price:
            high = middle
        else:
            low = middle + 1
    return low


class Wallet:
    def __init__(self, area, granted):
        self.area, self.granted, self.pledges = area, granted, {}


class Books:
    def __init__(self, records=(), tally_keys=()):
        """tally_keys: of tenders whose tally is hidden still."""
        self.tally_keys = [*tally_keys, *(bytes.fromhex(record["key"]) for record in records
                                          if record["kind"] == "tally_disclosed")]
        self.accounts = dict.fromkeys(("funds",) + ACCOUNTS, 0)
        self.round = None  # of the open round: number, allotment, token, grants
        self.members, self.members_min = {}, 0
        self.of_round = dict.fromkeys(("granted", "spent", "prices", "rounding"), 0)
        self.funds, self.tenders, self.proposals = {}, {}, {}
        self.wallets = {}  # of the open round, by pseudonym
        self.codes = collections.Counter()  # issued and not redeemed, by area
        self.waiting = Waiting(self, demand)
        self.seen, self.at = 0, 0
        self.activations = collections.Counter()
        for record in records:
            self.add(record)

    # ---- what a pledge takes -------------------------------------------------------------------
    def state(self, number):
        proposal = self.proposals[number]
        if proposal["state"] != "live":
            return proposal["state"]
        tender = self.tenders[proposal["tender"]]
        live = tender["state"] == "open" and self.round and tender["round"] == self.round["round"]
        return "live" if live else "released"

    def is_open(self, number):
        proposal = self.proposals[number]
        tender = self.tenders[proposal["tender"]]
        return tender["state"] == "open" and "paused" not in tender and not proposal["waits"]

    def live_of(self, tender):
        return {number for number, proposal in self.proposals.items()
                if proposal["tender"] == tender and proposal["state"] == "live"}

    def worth(self, number, amount):
        state = self.state(number)
        if state == "live":
            return amount, 0
        return (0, min(amount, self.proposals[number]["rho"])) if state == "activated" else (0, 0)

    def weigh(self, wallet):
        """(free, held, spent) of a wallet."""
        worths = [self.worth(number, amount) for number, amount in wallet.pledges.items()]
        held, spent = sum(w[0] for w in worths), sum(w[1] for w in worths)
        return wallet.granted - held - spent, held, spent

    def pledges_on(self, number):
        """(area, amount) of each pledge on a proposal."""
        return [(wallet.area, wallet.pledges[number]) for wallet in self.wallets.values()
                if number in wallet.pledges]

    def move(self, amount, source, target):
        self.accounts[source] -= amount
        self.accounts[target] += amount

    # ---- records -------------------------------------------------------------------------------
    def add(self, record):
        demand(record["seq"] == self.seen, "seq", record["seq"], "where", self.seen, "was due")
        demand(record["at"] >= self.at, "time ran backwards at", record)
        self.seen, self.at = self.seen + 1, record["at"]
        getattr(self, "on_" + record["kind"])(record)
        accounts = self.accounts
        demand(min(accounts.values()) >= 0, "an account is below zero:", accounts, record)
        demand(accounts["funds"] == sum(accounts[name] for name in ACCOUNTS),
               "money is not conserved:", accounts, record)
        of = self.of_round
        demand(of["spent"] == of["prices"] + of["rounding"], "spent is not its parts:", of, record)

    def on_community_created(self, record):
        demand(record["seq"] == 0, "a community is created twice:", record)
        self.members_min = record.get("members_min", 0)

    def on_fund_added(self, record):
        demand(record["fund"] == len(self.funds) + 1, "funds are not in order:", record)
        self.funds[record["fund"]] = {"theme": record.get("theme", ""), "left": 0}
        self.on_fund_topped_up(record)

    def on_fund_topped_up(self, record):
        self.funds[record["fund"]]["left"] += record["amount"]
        self.accounts["funds"] += record["amount"]
        self.accounts["unallotted"] += record["amount"]

    def on_fund_withdrawn(self, record):
        fund = self.funds[record["fund"]]
        demand(record["amount"] <= fund["left"], "more than is left of the fund:", record)
        fund["left"] -= record["amount"]
        self.accounts["funds"] -= record["amount"]
        self.accounts["unallotted"] -= record["amount"]

    def grant(self, grants):
        for area, n in grants:
            self.round["grants"][area] += n
            self.move(n * self.round["allotment"], "unallotted", "free")
            self.of_round["granted"] += n * self.round["allotment"]

    def on_residents_registered(self, record):
        if "grants" in record:
            self.grant(record["grants"])

    def on_resident_granted(self, record):
        self.grant([(record["area"], 1)])

    def said(self, record):
        """What is said moves no money."""

    on_need_raised = on_need_seconded = on_need_answered = said
    on_talk_added = on_talk_edited = on_talk_stance = on_talk_hidden = said
    on_talk_appealed = on_talk_ruled = on_talk_summarised = said

    def on_codes_issued(self, record):
        for area, n in record["issued"]:
            self.codes[area] += n

    def on_code_redeemed(self, record):
        self.codes[record["area"]] -= 1
        demand(self.codes[record["area"]] >= 0, "more codes redeemed than issued:", record)

    def on_resident_left(self, record):
        for number, amount in record.get("withdrawn", []):
            self.take(record["wallet"], record["wallet_area"], number, amount)
        if "wallet" in record:
            self.waiting.forget(record["wallet"])

    def on_round_opened(self, record):
        demand(self.round is None, "two rounds are open:", record)
        self.round = {**record, "grants": collections.Counter()}
        self.of_round = dict.fromkeys(self.of_round, 0)
        self.wallets = {}
        self.grant(record["grants"])

    def on_round_closed(self, record):
        for name in ("free", "held"):
            demand(record[name] == self.accounts[name], name, "is not what closed:", record)
            self.move(record[name], name, "unallotted")
        for name, amount in self.of_round.items():
            demand(record[name] == amount, name, "of the round is wrong:", record)
        self.round = None
        self.waiting.clear()

    # ---- bodies ----

    def on_nothing(self, record):
        """Moves no money and no tender."""

    on_areas_set = on_body_formed = on_body_constituted = on_nothing
    on_tender_approved = on_nothing

    def on_community_set(self, record):
        self.members_min = record.get("members_min", self.members_min)

    def on_member_seated(self, record):
        lay = record["category"] in ("resident", "user")
        self.members[record["member"]] = {**record, "lay": lay}
        self.compare_register(record)

    def on_member_left(self, record):
        del self.members[record["member"]]
        self.compare_register(record)

    def compare_register(self, record):
        sit = [m for m in self.members.values() if m["body"] == record["body"]]
        lay = [m for m in sit if m["lay"]]
        shown = [record[name] for name in ("seats", "seat_votes", "lay_seats", "lay_votes")]
        counted = [len(sit), sum(m["votes"] for m in sit), len(lay), sum(m["votes"] for m in lay)]
        demand(shown == counted, "the register is miscounted:", counted, record)

    on_body_suspended = on_body_restored = compare_register

    def on_tender_published(self, record):
        self.tenders[record["tender"]]["state"] = "deliberating"

    def on_tender_created(self, record):
        self.tenders[record["tender"]] = {**record, "state": "draft", "awards": 0}

    def on_tender_opened(self, record):
        demand(self.round and record["round"] == self.round["round"], "no such round:", record)
        self.tenders[record["tender"]].update(state="open", round=record["round"])
        if "tally_key_hash" in record:
            self.tenders[record["tender"]]["tally_key_hash"] = record["tally_key_hash"]

    def held_of(self, tender):
        return sum(amount for number, proposal in self.proposals.items()
                   if proposal["tender"] == tender and self.state(number) == "live"
                   for _, amount in self.pledges_on(number))

    def end(self, record, state):
        held = self.held_of(record["tender"])
        demand(record["held"] == held, "held is not what was held,", held, record)
        self.tenders[record["tender"]]["state"] = state
        self.move(held, "held", "free")
        self.waiting.release(self.live_of(record["tender"]), record["seq"])

    def on_tender_withdrawn(self, record):
        self.end(record, "withdrawn")

    def on_tender_critical(self, record):
        tender = self.tenders[record["tender"]]
        self.judge_rule(record, self.proposals[record["proposal"]], tender)
        demand("critical" not in tender, "two windows at once:", record)
        tender["critical"] = record["proposal"], record["until"]

    def on_tender_reopened(self, record):
        critical, until = self.tenders[record["tender"]].pop("critical")
        demand(critical == record["proposal"], "another was critical:", record)
        demand(record.get("due", until) == until, "not due:", record)

    def move_deadlines(self, tender, by):
        tender["closes"] += by
        if "critical" in tender:
            tender["critical"] = tender["critical"][0], tender["critical"][1] + by

    def on_tender_paused(self, record):
        tender = self.tenders[record["tender"]]
        demand("paused" not in tender, "paused twice:", record)
        tender["paused"] = record["until"]
        self.move_deadlines(tender, record["until"] - record["at"])

    def on_tender_resumed(self, record):
        tender = self.tenders[record["tender"]]
        until = tender.pop("paused")
        demand(record.get("due", until) == until, "not due:", record)
        if "due" not in record:
            self.move_deadlines(tender, record["at"] - until)

    def on_tender_lapsed(self, record):
        demand(record["due"] == self.tenders[record["tender"]]["closes"], "not due:", record)
        self.end(record, "lapsed")

    def on_proposal_submitted(self, record):
        late = self.tenders[record["tender"]]["state"] == "open"
        self.proposals[record["proposal"]] = {**record, "state": "live",
                                              "waits": late and self.members_min > 0}

    def taking_shape(self, number, record):
        """Of what is amended, merged or found ineligible: nobody has pledged on it."""
        demand(self.proposals[number]["state"] == "live" and not self.pledges_on(number),
               "too late:", record)

    def on_proposal_judged(self, record):
        proposal = self.proposals[record["proposal"]]
        if not record["eligible"]:
            self.taking_shape(record["proposal"], record)
            proposal["state"] = "withdrawn"
        demand(proposal["state"] in ("live", "withdrawn"), "judged too late:", record)
        proposal.update(judged=record["eligible"], waits=False)

    def on_proposal_amended(self, record):
        self.taking_shape(record["proposal"], record)
        proposal = self.proposals[record["proposal"]]
        demand(record["version"] == proposal.get("version", 1) + 1, "not the next:", record)
        proposal.update(price=record["price"], version=record["version"])
        proposal.pop("judged", None)

    def on_proposals_merged(self, record):
        for number in (record["proposal"], record["other"]):
            self.taking_shape(number, record)
        one, other = (self.proposals[record[name]] for name in ("proposal", "other"))
        demand(one is not other and one["tender"] == other["tender"], "apart:", record)
        other["state"] = "withdrawn"

    def on_proposal_withdrawn(self, record):
        number = record["proposal"]
        held = sum(amount for _, amount in self.pledges_on(number)) \
            if self.state(number) == "live" else 0
        if "tally_key_hash" in self.tenders[self.proposals[number]["tender"]]:
            record = {"held": held, **record}
        demand(record["held"] == held, "held is not what was held,", held, record)
        self.proposals[number]["state"] = "withdrawn"
        self.move(held, "held", "free")
        self.waiting.release({number}, record["seq"])

    # ---- what was hidden -----------------------------------------------------------------------
    def on_sealed(self, record):
        opened = [tally.opened_by_tender(record, key) for key in self.tally_keys]
        inside, = [one for one in opened if one]
        typed = {name: int(value) if value.isdigit() and name != "wallet" else value
                 for name, value in inside.items()}
        demand("tally_key_hash" in self.tenders[typed["tender"]], "not hidden:", typed)
        getattr(self, "on_" + typed["kind"])({**record, **typed})

    def on_tally_disclosed(self, record):
        key_hash = hashlib.sha256(bytes.fromhex(record["key"])).hexdigest()
        demand(self.tenders[record["tender"]].pop("tally_key_hash") == key_hash, "another key:",
               record)

    # ---- pledges -------------------------------------------------------------------------------
    def wallet(self, name, area):
        if name not in self.wallets:
            self.wallets[name] = Wallet(area, self.round["allotment"])
            here = sum(1 for wallet in self.wallets.values() if wallet.area == area)
            demand(here <= self.round["grants"][area], "more wallets than grants in area", area)
        demand(self.wallets[name].area == area, "a wallet moved:", name)
        return self.wallets[name]

    def on_pledge_set(self, record):
        number, amount = record["proposal"], record["amount"]
        demand(self.round and record["round"] == self.round["round"], "no open round:", record)
        demand(self.state(number) == "live", "a pledge where none may be:", record)
        demand("paused" not in self.tenders[record["tender"]], "a pledge in a pause:", record)
        demand(self.proposals[number]["tender"] == record["tender"], "another tender:", record)
        wallet = self.wallet(record["wallet"], record["area"])
        if "cause" in record:
            self.waiting.turn(record)
        was = wallet.pledges.get(number, 0)
        steps = [step for _, step in record.get("fallback", [])]
        demand(record.get("was", 0) == was, "the pledge before was", was, "not", record)
        demand(amount != was or steps != self.waiting.of(record["wallet"], number),
               "a record without a change:", record)
        self.waiting.keep(record)
        wallet.pledges[number] = amount
        self.move(amount - was, "free", "held")
        free, held, _ = self.weigh(wallet)
        demand(free >= 0, "a wallet is below zero:", free, record)
        demand(amount >= self.round["token"] or free == 0 or amount == was, "below one token:",
               record)
        live = sum(1 for n in wallet.pledges if self.state(n) == "live")
        demand(live <= 32 and len(wallet.pledges) <= 64, "too many pledges:", record)

    def take(self, name, area, number, amount):
        wallet = self.wallet(name, area)
        demand(self.state(number) == "live", "withdrawn where nothing is held:", number)
        demand(wallet.pledges.get(number) == amount, "withdrawn what was not there:", amount)
        del wallet.pledges[number]
        self.waiting.forget(name, number)
        self.move(amount, "held", "free")

    def on_fallback_dropped(self, record):
        self.waiting.turn(record)

    def on_pledge_withdrawn(self, record):
        self.take(record["wallet"], record["area"], record["proposal"], record["was"])

    def on_commission_activated(self, record):
        number = record["proposal"]
        proposal, tender = self.proposals[number], self.tenders[record["tender"]]
        demand(self.activations[number] == 0, "activated twice:", record)
        demand(self.state(number) == "live" and "paused" not in tender, "not live:", record)
        window = tender.pop("critical", None)
        demand(("window" in tender) == ("due" in record), "not at the end of a window:", record)
        demand(window == ((number, record["due"]) if window else None), "not due:", record)
        self.judge_rule(record, proposal, tender)
        amounts = [amount for _, amount in self.pledges_on(number)]
        rho = fair_share(amounts, proposal["price"])
        spent = sum(min(amount, rho) for amount in amounts)
        said = {"price": proposal["price"], "rho": rho, "spent": spent, "people": len(amounts),
                "rounding": spent - proposal["price"], "pledged": sum(amounts),
                "released": 0, "tender": proposal["tender"]}
        proposal.update(state="activated", rho=rho)
        self.activations[number] += 1
        tender["awards"] += 1
        if tender["awards"] == tender["awards_max"]:
            said["released"] = self.held_of(record["tender"])
            tender["state"] = "decided"
            self.waiting.release(self.live_of(record["tender"]), record["seq"])
        for name, value in said.items():
            demand(record[name] == value, name, "must be", value, "in", record)
        self.draw(record, tender.get("theme", ""))
        self.move(record["price"], "held", "committed")
        self.move(record["rounding"], "held", "unallotted")
        self.move(record["pledged"] - record["spent"] + record["released"], "held", "free")
        for name, amount in (("spent", record["spent"]), ("prices", record["price"]),
                             ("rounding", record["rounding"])):
            self.of_round[name] += amount

    def judge_rule(self, record, proposal, tender):
        pledges = self.pledges_on(record["proposal"])
        areas = collections.Counter(area for area, _ in pledges)
        wide = sum(1 for n in areas.values() if n >= tender["area_people_min"])
        demand(sum(amount for _, amount in pledges) >= proposal["price"], "money short:", record)
        demand(len(pledges) >= tender["people_min"], "people short:", record)
        demand(wide >= tender["areas_min"], "breadth short:", record)

    def draw(self, record, theme):
        """First from the theme's funds, then from unrestricted ones, each in order of number."""
        left, expected = record["price"], []
        order = [n for t in dict.fromkeys((theme, "")) for n in sorted(self.funds)
                 if self.funds[n]["theme"] == t]
        for number in order:
            part = min(left, self.funds[number]["left"])
            if part:
                expected.append([number, part])
                self.funds[number]["left"] -= part
                left -= part
        demand(left == 0, "the funds do not cover it:", record)
        demand(record["draws"] == expected, "draws must be", expected, "in", record)
        self.proposals[record["proposal"]]["draws"] = [list(draw) for draw in expected]

    # ---- commissions ---------------------------------------------------------------------------
    # What of a commission is not in these records of money does not move any.
    def on_contract_signed(self, record):
        proposal = self.proposals[record["commission"]]
        demand(proposal["state"] == "activated", "a contract without a commission:", record)
        demand(record["value"] == proposal["price"], "the value is not the price:", record)

    def nothing_moves(self, record):
        demand(self.proposals[record["commission"]]["state"] == "activated", record)

    on_evidence_added = on_milestone_reported = on_milestone_confirmed = nothing_moves
    on_milestone_disputed = on_milestone_accepted = on_variation_proposed = nothing_moves
    on_variation_approved = on_outcome_reported = on_savings_noted = nothing_moves

    def on_payment_recorded(self, record):
        proposal = self.proposals[record["commission"]]
        left, expected = record["amount"], []
        for draw in proposal["draws"]:
            part = min(left, draw[1])
            if part:
                expected.append([draw[0], part])
                draw[1] -= part
                left -= part
        demand(left == 0, "more is paid than was drawn:", record)
        demand(record["funds"] == expected, "funds must be", expected, "in", record)
        self.move(record["amount"], "committed", "paid")

    def on_commission_completed(self, record):
        proposal = self.proposals[record["commission"]]
        demand(not any(amount for _, amount in proposal["draws"]), "not all is paid:", record)
        demand(record["paid"] == proposal["price"], "paid is not the price:", record)

    def on_commission_terminated(self, record):
        proposal = self.proposals[record["commission"]]
        expected = [[fund, amount] for fund, amount in reversed(proposal["draws"]) if amount]
        demand(record.get("funds", []) == expected, "funds must be", expected, "in", record)
        demand(record["returned"] == sum(a for _, a in expected), "returned is wrong:", record)
        for fund, amount in expected:
            self.funds[fund]["left"] += amount
        proposal["draws"] = []
        self.move(record["returned"], "committed", "unallotted")

    # ---- beside what the server shows ----------------------------------------------------------
    def compare_totals(self, totals):
        for name, amount in {**self.accounts, **self.of_round}.items():
            demand(totals[name] == amount, name, "is", amount, "by the log, not", totals)
        demand(totals["seq"] == self.seen - 1, "seq is", self.seen - 1, "by the log, not", totals)

    def compare_wallets(self, views):
        """The wallets as residents see them, against those of the log: the same many times."""
        def face(free, held, spent, pledges):
            return free, held, spent, tuple(sorted(pledges))
        seen = collections.Counter()
        for view in views:
            demand(min(view["free"], view["held"], view["spent"]) >= 0, "below zero:", view)
            demand(view["free"] + view["held"] + view["spent"] == view["allotment"],
                   "a wallet is not its parts:", view)
            seen[face(view["free"], view["held"], view["spent"],
                      [(int(p["proposal"].rsplit(".p", 1)[1]), p["amount"], p["worth"])
                       for p in view["pledges"]])] += 1
        written = collections.Counter()
        for wallet in self.wallets.values():
            written[face(*self.weigh(wallet),
                         [(n, a, sum(self.worth(n, a))) for n, a in wallet.pledges.items()])] += 1
        untouched = len(views) - len(self.wallets)
        written[face(self.round["allotment"], 0, 0, [])] += untouched
        demand(seen == written, "wallets differ: shown", seen - written, "written", written - seen)

    def compare_proposal(self, number, view):
        """A proposal as anyone sees it."""
        pledges = self.pledges_on(number)
        demand(view["state"] == self.state(number), "state is", self.state(number), "not", view)
        if view["state"] == "live":
            demand(view["pledged"] == sum(a for _, a in pledges), "pledged differs:", view)
            demand(view["people"] == len(pledges), "people differ:", view)
