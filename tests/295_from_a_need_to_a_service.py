"""From a need to a delivered service, as one story, by nothing but what a body and its residents
would do: a need is raised and seconded, two agencies fund a pool, a body forms and is refused until
residents are its majority; a tender is approved; of its proposals two become one, which is amended,
and one is found ineligible; it is talked over and opened; pledges make the rule
true, break it and make it true again; what falls back goes on to another tender; a contract is
signed, disputed, repaired, varied, paid and told of. Then one tender lapses, and one commission
ends half-way.

After every act the money adds up, of the community and of each commission; at the end of every
chapter the verb counts it again from the records.
"""
import pytest

from books import Books
from server import wait_until
from story import Commons, stamp

pytestmark = pytest.mark.long

WINDOW = 12  # seconds; what breaks the rule needs to come within them, and does so at once
COUNCIL = {"scheme": "GB-LAE", "id": "MAN"}
SURGERIES = {"scheme": "GB-NHS", "id": "01F"}
ROWAN = {"name": "Rowan Gardens CIC", "id": {"scheme": "GB-COH", "id": "09876543"}}


class Town(Commons):
    """Twelve residents in two areas, by turns, in a community that asks bodies for a register."""

    def __init__(self, server):
        super().__init__(server, areas=["north", "south"], residents=12, members_min=8)
        self.at = f"/v1/communities/{self.slug}"
        self.colleague = server.client(self.token("trust", "colleague"))
        self.provider = server.client(self.token("provider", "rowan"))
        self.neighbour = server.client(self.token("provider", "birch"))
        self.commissions = []

    # ---- every act, and what must hold behind it ----

    def did(self, answer, status=200):
        answer.must(status)
        self.sound()
        return answer.json()

    def refused(self, answer, status, code):
        answer.refused(status, code)
        self.sound()
        return answer.json()

    def post(self, who, path, body=None, status=200):
        return self.did(who.post(path, body), status)

    def sound(self):
        """The community's sum, and each commission's: also by fund."""
        totals = self.totals()
        paid = unpaid = 0
        for commission in self.commissions:
            seen = self.commission(commission)
            paid, unpaid = paid + seen["paid"], unpaid + seen["unpaid"]
        if self.commissions:
            assert (totals["paid"], totals["committed"]) == (paid, unpaid)

    def commission(self, commission):
        seen = self.anyone.get(f"/v1/commissions/{commission}").must(200).json()
        drawn, paid, returned = ({part["fund"]: part["amount"] for part in seen[name]}
                                 for name in ("draws", "paid_by", "returned_by"))
        assert seen["price"] == seen["paid"] + seen["unpaid"] + seen["returned"]
        assert seen["price"] == sum(drawn.values()) == sum(m["amount"] for m in seen["milestones"])
        assert (seen["paid"], seen["returned"]) == (sum(paid.values()), sum(returned.values()))
        for fund in {*paid, *returned}:
            assert paid.get(fund, 0) + returned.get(fund, 0) <= drawn[fund]
        return seen

    def see(self, thing):
        sort = {"t": "tenders", "p": "proposals", "b": "bodies", "n": "needs"}
        return self.anyone.get(f"/v1/{sort[thing.rsplit('.', 1)[1][0]]}/{thing}").must(200).json()

    def kinds(self, n):
        return [record["kind"] for record in self.log()[-n:]]

    def pledged(self, i, proposal, amount, **more):
        return self.did(self.pledge(i, proposal, amount, **more))

    def publish(self, tender, approving=(0, 1)):
        for i in approving:
            self.post(self.resident(i), f"/v1/tenders/{tender}/approvals")
        self.post(self.clerk, f"/v1/tenders/{tender}/publish")

    @staticmethod
    def offer(title, *amounts):
        return {"title": title, "price": sum(amounts), "provider": ROWAN["name"],
                "provider_id": ROWAN["id"], "delivery_plan": "With those who live here.",
                "milestones": [{"title": f"Step {n}", "amount": amount}
                               for n, amount in enumerate(amounts, 1)],
                "outcomes": [{"title": "People outdoors", "target": 40,
                              "unit": "people a week"}]}

    def propose(self, tender, title, *amounts, by=None):
        answer = self.post(by or self.provider, f"/v1/tenders/{tender}/proposals",
                           self.offer(title, *amounts), 201)
        return answer["proposal"]

    def found(self, *proposals, eligible=True):
        for proposal in proposals:
            self.did(self.judge(proposal, eligible))

    def work(self, commission, what, body=None, who=None, status=200):
        return self.post(who or self.clerk, f"/v1/commissions/{commission}/{what}", body, status)

    def sign(self, commission):
        self.work(commission, "contract", {"supplier": ROWAN, "starts": stamp(86400),
                                           "ends": stamp(86400 * 90),
                                           "document": self.document()})

    def done(self, commission, milestone):
        """The provider shows what was done and says that it is."""
        path = f"milestones/{milestone}/"
        self.work(commission, path + "evidence", {
            "note": "Photographs", "document": self.document(self.provider)}, self.provider)
        self.work(commission, path + "report", {"note": "It is done."}, self.provider)

    def pay(self, commission, milestone, amount):
        return self.work(commission, "payments", {"milestone": milestone, "amount": amount,
                                                  "reference": f"INV-{milestone}"})


# ---- the chapters ----

def residents_raise_a_need(town):
    need = town.post(town.resident(4), f"{town.at}/needs",
                     {"text": "My father has nowhere to sit *outdoors*."}, 201)["need"]
    for i in (5, 6, 7):
        town.post(town.resident(i), f"/v1/needs/{need}/seconds")
    assert (town.see(need)["state"], town.see(need)["seconds"]) == ("waiting", 3)
    return need


def two_agencies_fund_a_pool(town):
    for amount, more in ((1500, {"source": "The council", "source_id": COUNCIL}),
                         (250, {"source": "The surgeries", "source_id": SURGERIES,
                                "theme": "outdoors", "reference": "H7"})):
        town.post(town.trust, f"{town.at}/funds", {"amount": amount, **more}, 201)
    town.open_round(allotment=100, token=10)
    assert town.totals()["free"] == 1200
    town.recount()


def a_body_forms(town, draft):
    """Five who are paid for it and three residents may not publish; six residents of eleven may."""
    publish = f"/v1/tenders/{draft}/publish"
    town.refused(town.clerk.post(publish), 409, "body_none")
    body = town.form()
    for n in range(5):
        town.did(town.seat(body, "professional", staff=f"officer-{n}"), 201)
    for i in range(3):
        town.did(town.seat(body, resident=town.ids[i]), 201)
    sentence = town.refused(town.clerk.post(publish), 409, "body_not_lawful")["detail"]
    assert "3 of its 8 seats and 3 of its 8 votes" in sentence, sentence
    assert town.see(body)["state"] == "forming"
    for i, category in ((3, "user"), (4, "resident"), (5, "resident")):
        last = town.did(town.seat(body, category, resident=town.ids[i]), 201)["member"]
    seen = town.see(body)
    assert seen["lawful"] and seen["majority"].startswith("6 of 11 seats and 6 of 11 votes are")
    town.did(town.clerk.delete(f"/v1/members/{last}"))
    assert town.see(body)["state"] == "suspended" and town.kinds(1) == ["body_suspended"]
    town.refused(town.clerk.post(publish), 409, "body_not_lawful")
    town.did(town.seat(body, resident=town.ids[6]), 201)
    assert town.see(body)["state"] == "lawful" and town.kinds(1) == ["body_restored"]
    town.recount()


def the_tender_is_published(town, tender, need):
    town.refused(town.clerk.post(f"/v1/tenders/{tender}/publish"), 409, "approvals_short")
    town.post(town.resident(0), f"/v1/tenders/{tender}/approvals")
    town.refused(town.clerk.post(f"/v1/tenders/{tender}/publish"), 409, "approvals_short")
    town.refused(town.resident(7).post(f"/v1/tenders/{tender}/approvals"), 403, "not_a_member")
    town.refused(town.clerk.post(f"/v1/tenders/{tender}/open"), 409, "tender_not_published")
    town.publish(tender, approving=[1])
    assert town.see(tender)["state"] == "deliberating"
    town.post(town.clerk, f"/v1/needs/{need}/answer",
              {"text": "We ask for offers, because you are four.", "tender": tender})
    assert (town.see(need)["state"], town.see(need)["answer_tender"]) == ("answered", tender)


def the_proposals_take_shape(town, tender, garden, others):
    """Two become one, which is amended; one is found ineligible; all others are eligible."""
    pond = town.propose(tender, "Seats by the pond", 150, by=town.neighbour)
    works = town.propose(tender, "Fireworks", 90, by=town.neighbour)
    path = f"/v1/proposals/{garden}"
    town.refused(town.neighbour.put(path, town.offer("x", 5)), 403, "not_your_proposal")
    assert town.post(town.neighbour, f"{path}/merge", {"with": pond}, 202)["pending"]
    assert (town.see(garden)["merge_with"], town.see(pond)["merge_into"]) == (pond, garden)
    town.post(town.provider, f"{path}/merge", {"with": pond})
    assert town.see(pond)["merged_into"] == garden and town.kinds(1) == ["proposals_merged"]
    town.found(garden)
    title = "Seats in a garden, and by its pond"
    town.did(town.provider.put(path, town.offer(title, 120, 100, 80)))
    first, second = town.anyone.get(f"{path}/versions").must(200).json()["items"]
    assert "changed" not in first
    assert second["changed"] == {"title": {"was": "Seats in a garden", "is": title}}
    town.found(works, eligible=False)
    assert (town.see(works)["state"], town.see(works)["judged"]) == ("withdrawn", "ineligible")
    no = town.refused(town.clerk.post(f"/v1/tenders/{tender}/open"), 409, "proposals_unjudged")
    assert (no["unjudged"], no["proposals"]) == (3, 3), no
    town.found(garden, *others)
    assert town.see(garden)["judged"] == "eligible" and town.see(garden)["version"] == 2


def it_is_talked_over(town, tender, garden):
    """The gate holds until four have spoken, on both sides, and a summary says what changed."""
    def opening(**missing):
        no = town.refused(town.clerk.post(f"/v1/tenders/{tender}/open"), 409, "deliberation_short")
        assert {name: no[name] for name in missing} == missing, no

    def say(i, kind, text):
        return town.post(town.resident(i), f"/v1/tenders/{tender}/talks",
                         {"kind": kind, "text": text}, 201)["talk"]
    opening(contributors=4, summary=1)
    town.refused(town.pledge(0, garden, 80), 409, "tender_not_open")
    seats = say(4, "for", "Seats keep people **well**.")
    say(7, "question", "Who mends them?")
    opening(contributors=2, sides=1, summary=1)
    say(8, "against", "The bus comes first.")
    change = say(9, "amendment", "With backs, for who is old.")
    for i in range(10):
        town.did(town.resident(i).put(f"/v1/talks/{change}/stance",
                                      {"stance": "disagree" if i == 8 else "agree"}))
    seen = town.anyone.get(f"/v1/talks/{change}").must(200).json()
    assert (seen["consensus"]["areas_counted"], seen["consensus"]["lowest_permille"]) == (2, 800)
    opening(days=0, contributors=0, sides=0, summary=1)
    town.post(town.clerk, f"/v1/tenders/{tender}/summaries", {"text": "Nothing changes."}, 201)
    town.did(town.resident(9).put(f"/v1/talks/{change}", {"text": "With backs and arms."}))
    opening(contributors=0, summary=1)
    town.post(town.clerk, f"/v1/tenders/{tender}/summaries", {"text": "Backs, and arms."}, 201)
    assert town.anyone.get(f"/v1/talks/{seats}").must(200).json()["agree"] == 0


def pledges_make_and_break_the_rule(town, tender, garden, bench, steps):
    for i in (0, 1, 2):
        town.pledged(i, garden, 80)
    answer = town.pledged(3, garden, 80)
    assert not answer["activated"] and "critical_until" in answer["progress"]
    assert (town.see(tender)["state"], town.see(tender)["critical"]) == ("critical", garden)
    town.did(town.unpledge(3, garden))
    assert town.kinds(2) == ["pledge_withdrawn", "tender_reopened"]
    assert town.see(tender)["state"] == "open"
    town.pledged(6, bench, 60, fallback=steps)
    town.recount()
    town.pledged(5, garden, 80)
    assert town.see(tender)["state"] == "critical" and town.kinds(1) == ["tender_critical"]


def a_second_tender_opens(town):
    """It asks for more people than come, and closes soon."""
    tender = town.tender(ceiling=500, people_min=9, closes=stamp(20))
    mural = town.propose(tender, "A mural", 400)
    town.publish(tender)
    town.found(mural)
    town.open_tender(tender)
    town.pledged(9, mural, 70)
    return tender, mural


def the_window_ends(town, tender, garden, bench, bus):
    wait_until(lambda: town.see(garden)["state"] == "activated", what="the commission")
    wait_until(lambda: town.see(bus)["state"] == "activated", what="the fallback")
    town.commissions = [garden.replace(".p", ".c"), bus.replace(".p", ".c")]
    town.sound()
    assert town.see(tender)["state"] == "decided"
    activated, other = (r for r in town.log() if r["kind"] == "commission_activated")
    assert (activated["rho"], activated["released"]) == (75, 60)
    assert activated["at"] >= activated["due"] and activated["draws"] == [[2, 250], [1, 50]]
    moved = next(r for r in town.log() if r["kind"] == "pledge_set" and "cause" in r)
    assert (moved["cause"], moved["amount"]) == (activated["seq"], 60)
    assert (other["cause"], other["rho"]) == (moved["seq"], 40)
    pledges = {p["proposal"]: p["state"] for p in
               town.resident(6).get(f"{town.at}/wallet").must(200).json()["pledges"]}
    assert pledges == {bench: "released", bus: "spent"}
    town.refused(town.unpledge(0, garden), 409, "pledge_spent")
    town.recount()
    return town.commissions


def it_is_delivered_in_three_steps(town, garden):
    town.sign(garden)
    town.done(garden, 1)
    for i in (0, 1):
        town.work(garden, "milestones/1/confirm", who=town.resident(i))
    town.work(garden, "milestones/1/accept")
    town.pay(garden, 1, 120)

    def vary(*amounts):
        return town.clerk.post(f"/v1/commissions/{garden}/variations", {
            "milestones": [{"amount": amount} for amount in amounts], "reason": "It rained.",
            "ends": stamp(86400 * 120)})
    town.refused(vary(120, 170, 10), 409, "variation_too_large")
    approve = f"variations/{town.did(vary(120, 110, 70))['variation']}/approve"
    assert town.work(garden, approve, status=202)["pending"]
    town.work(garden, approve, who=town.colleague)
    assert [m["amount"] for m in town.commission(garden)["milestones"]] == [120, 110, 70]

    town.done(garden, 2)
    town.work(garden, "milestones/2/confirm", who=town.resident(1))
    town.work(garden, "milestones/2/dispute", {"text": "The bench has no arms."}, town.resident(0))
    town.work(garden, "milestones/2/evidence", {
        "note": "The arms.", "document": town.document(town.provider)}, town.provider)
    assert town.work(garden, "milestones/2/accept", status=202)["pending"]
    town.refused(town.clerk.post(f"/v1/commissions/{garden}/payments", {
        "milestone": 2, "amount": 1, "reference": "x"}), 409, "milestone_state")
    town.work(garden, "milestones/2/accept", who=town.colleague)
    town.recount()

    town.pay(garden, 2, 110)
    town.recount()

    town.done(garden, 3)
    town.work(garden, "milestones/3/confirm", who=town.resident(2))
    town.work(garden, "milestones/3/accept")
    town.refused(town.clerk.post(f"/v1/commissions/{garden}/complete"), 409, "commission_unpaid")
    town.pay(garden, 3, 70)
    assert town.log()[-1]["funds"] == [[2, 20], [1, 50]]


def what_came_of_it(town, garden):
    town.work(garden, "complete")
    town.work(garden, "outcomes", {"promise": 1, "indicator": "People outdoors", "figure": 46,
                                   "unit": "people a week"}, town.provider)
    town.work(garden, "outcomes", {"indicator": "What it is like", "story": "He sits there."})
    town.work(garden, "savings", {"agencies": [{"name": "The surgeries", "id": SURGERIES,
                                                "amount": 3000}]})
    seen = town.commission(garden)
    assert (seen["state"], seen["paid"], seen["unpaid"]) == ("completed", 300, 0)
    assert [o.get("figure") for o in seen["outcomes"]] == [46, None]
    assert seen["expected_savings_all"] == 3000 and seen["contract"]["supplier"] == ROWAN
    assert [(m["state"], m["confirmed"], m["disputed"]) for m in seen["milestones"]] == [
        ("paid", 2, 0), ("paid", 1, 1), ("paid", 1, 0)]
    town.recount()


def the_second_lapses(town, tender, mural):
    wait_until(lambda: town.see(tender)["state"] == "lapsed", what="the lapse")
    wait_until(lambda: "tender_lapsed" in [r["kind"] for r in town.log()], what="its record")
    town.sound()
    lapse, = (r for r in town.log() if r["kind"] == "tender_lapsed")
    assert lapse["held"] == 70 and lapse["due"] <= lapse["at"]
    wallet = town.resident(9).get(f"{town.at}/wallet").must(200).json()
    assert wallet["free"] == 100 and wallet["pledges"][0]["state"] == "released"
    town.refused(town.pledge(10, mural, 50), 409, "tender_closed")
    town.recount()


def the_third_ends_half_way(town, bus):
    town.sign(bus)
    town.done(bus, 1)
    town.work(bus, "milestones/1/accept")
    town.pay(bus, 1, 60)
    before = {f["fund"]: f["left"] for f in
              town.anyone.get(f"{town.at}/funds").must(200).json()["items"]}
    body = {"reason": "The driver has moved away."}
    assert town.work(bus, "terminate", body, status=202)["pending"]
    town.work(bus, "terminate", body, town.colleague)
    seen = town.commission(bus)
    assert (seen["state"], seen["paid"], seen["unpaid"], seen["returned"]) == (
        "terminated", 60, 0, 60)
    council = f"{town.slug}.f1"
    assert seen["returned_by"] == [{"fund": council, "amount": 60}]
    after = {f["fund"]: f["left"] for f in
             town.anyone.get(f"{town.at}/funds").must(200).json()["items"]}
    assert after == {**before, council: before[council] + 60}
    town.refused(town.clerk.post(f"/v1/commissions/{bus}/payments", {
        "milestone": 2, "amount": 1, "reference": "x"}), 409, "commission_state")


def test_295_from_a_need_to_a_service(server):
    town = Town(server)
    need = residents_raise_a_need(town)
    two_agencies_fund_a_pool(town)
    tender = town.tender(ceiling=400, people_min=4, areas_min=2, area_people_min=2,
                         theme="outdoors", window=WINDOW, deliberation_contributors=4,
                         answers=need)
    a_body_forms(town, tender)
    the_tender_is_published(town, tender, need)
    garden = town.propose(tender, "Seats in a garden", 120, 100, 80)
    bench = town.propose(tender, "A long bench", 100, 100)
    trees = town.propose(tender, "Trees to sit under", 400)
    the_proposals_take_shape(town, tender, garden, [bench, trees])
    it_is_talked_over(town, tender, garden)
    town.post(town.clerk, f"/v1/tenders/{tender}/open")

    third = town.tender(ceiling=200, people_min=3)
    bus = town.propose(third, "A bus on Sundays", 60, 60)
    town.publish(third)
    town.found(bus)
    town.open_tender(third)
    for i in (7, 8):
        town.pledged(i, bus, 40)
    pledges_make_and_break_the_rule(town, tender, garden, bench, [trees, bus])
    second, mural = a_second_tender_opens(town)
    garden, bus = the_window_ends(town, tender, garden, bench, bus)
    it_is_delivered_in_three_steps(town, garden)
    what_came_of_it(town, garden)
    the_second_lapses(town, second, mural)
    the_third_ends_half_way(town, bus)

    town.post(town.trust, f"/v1/rounds/{town.slug}.r1/close")
    totals = town.totals()
    assert (totals["paid"], totals["committed"], totals["held"]) == (360, 0, 0)
    Books(town.log()).compare_totals(totals)
    town.recount()
