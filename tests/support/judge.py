"""Judges every record of a community: what books.py demands of money and pledges, and beside it who
may publish, when pledges are taken, what a fund may buy, and where the money of each commission is.

    judge = Judge()
    for record in records: judge.add(record)    # raises Unsound at the first that cannot be
    judge.rest()                                # nothing is left that should have gone on

A tender's hidden tally is opened by the key that commons.py gives it.
"""
import collections

import tally
from books import Books, demand
from commons import TALLY_SECRET


class Commission:
    """By fund: what was drawn, paid, and given back."""

    def __init__(self, record):
        self.price, self.drawn = record["price"], dict(map(tuple, record["draws"]))
        self.paid, self.returned = collections.Counter(), collections.Counter()
        self.ended = False

    def unpaid(self):
        return 0 if self.ended else self.price - sum(self.paid.values())

    def check(self, record):
        paid, returned = sum(self.paid.values()), sum(self.returned.values())
        demand(self.price == paid + self.unpaid() + returned and self.unpaid() >= 0,
               "price is not paid + unpaid + returned:", record)
        for fund, drawn in self.drawn.items():
            gone = self.paid[fund] + self.returned[fund]
            demand(gone == drawn if self.ended else gone <= drawn, "fund", fund, "by", record)
        demand(not (self.paid + self.returned).keys() - self.drawn.keys(), "never drawn:", record)


class Judge(Books):
    def __init__(self):
        super().__init__()
        self.constitutions = set()
        self.approvals = collections.defaultdict(set)
        self.commissions, self.counts = {}, collections.Counter()

    def add(self, record):
        super().add(record)
        self.counts[record["kind"]] += 1
        number = record.get("commission")
        if number is not None:
            self.commissions[number].check(record)
        unpaid = sum(one.unpaid() for one in self.commissions.values())
        demand(self.accounts["committed"] == unpaid, "committed is not what is unpaid:", record)

    # ---- bodies ----

    def on_body_formed(self, record):
        super().on_body_formed(record)
        self.constitutions.add(record["body"])

    def on_tender_approved(self, record):
        super().on_tender_approved(record)
        demand(self.tenders[record["tender"]]["state"] == "draft", "approved too late:", record)
        demand(record["member"] not in self.approvals[record["tender"]], "twice:", record)
        self.approvals[record["tender"]].add(record["member"])

    def on_tender_published(self, record):
        tender = self.tenders[record["tender"]]
        demand(tender["state"] == "draft", "published twice:", record)
        super().on_tender_published(record)
        if not self.members_min:
            return
        sit = {n: m for n, m in self.members.items() if m["body"] == tender["body"]}
        lay = [m for m in sit.values() if m["lay"]]
        demand(tender["body"] in self.constitutions and len(sit) >= self.members_min
               and 2 * len(lay) > len(sit)
               and 2 * sum(m["votes"] for m in lay) > sum(m["votes"] for m in sit.values()),
               "published by a body that is not lawful:", record)
        approved = [sit[n] for n in self.approvals[record["tender"]] if n in sit]
        demand(len(approved) >= 2 and 2 * sum(m["lay"] for m in approved) > len(approved),
               "published without its approvals:", record)

    def on_tender_opened(self, record):
        state = self.tenders[record["tender"]]["state"]
        demand(state == "deliberating" or state == "draft" and not self.members_min,
               "opened out of", state, record)
        live = [self.proposals[n] for n in self.live_of(record["tender"])]
        demand(not self.members_min or all("judged" in one for one in live),
               "opened with what nobody has judged:", record)
        super().on_tender_opened(record)
        if "tally_key_hash" in record:
            self.tally_keys.append(tally.tender_key(TALLY_SECRET, record["tender"]))

    def on_tally_disclosed(self, record):
        super().on_tally_disclosed(record)
        self.tally_keys.remove(tally.tender_key(TALLY_SECRET, record["tender"]))

    # ---- pledges ----

    def taking_shape(self, number, record):
        super().taking_shape(number, record)
        state = self.tenders[self.proposals[number]["tender"]]["state"]
        late = record["kind"] == "proposal_judged" and self.proposals[number]["waits"]
        demand(state in ("draft", "deliberating") or late, "pledging has begun:", record)

    def on_pledge_set(self, record):
        tender, proposal = (self.tenders[record["tender"]], self.proposals[record["proposal"]])
        demand(not proposal["waits"], "not judged yet:", record)
        demand(tender["state"] == "open" and "paused" not in tender, "not open to pledges:", record)
        demand(record["at"] < tender["closes"] and record["at"] < self.round["closes"],
               "a pledge behind the end:", record)
        super().on_pledge_set(record)

    # ---- commissions ----

    def on_commission_activated(self, record):
        super().on_commission_activated(record)
        tender = self.tenders[record["tender"]]
        demand(tender["awards"] <= tender["awards_max"], "more awards than there may be:", record)
        for fund, _ in record["draws"]:
            demand(self.funds[fund]["theme"] in ("", tender.get("theme", "")),
                   "drawn from a fund of another theme:", record)
        self.commissions[record["proposal"]] = Commission(record)

    def on_payment_recorded(self, record):
        super().on_payment_recorded(record)
        self.commissions[record["commission"]].paid.update(dict(map(tuple, record["funds"])))

    def on_commission_terminated(self, record):
        super().on_commission_terminated(record)
        commission = self.commissions[record["commission"]]
        commission.returned.update(dict(map(tuple, record.get("funds", []))))
        commission.ended = True

    # ---- at the end ----

    def rest(self):
        queue = [place for *_, wallet, number in self.waiting.queue
                 if (place := (wallet, number)) in self.waiting.steps]
        demand(not queue, "who fell back was never heard of again:", queue)
        demand(max(self.activations.values(), default=1) == 1, "activated twice")
