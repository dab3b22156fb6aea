"""From the award to the last payment as those tell it who live with it: a contract, milestones that
are reported, confirmed or disputed, accepted and paid out of the funds they were drawn from; what
changes on the way; what came of it; and where it ends before its time, every penny that was not
paid is back in the fund that it came from."""
import pytest

from books import Books
from server import wait_until
from story import Commons, stamp

SUPPLIER = {"name": "Rowan Gardens CIC", "id": {"scheme": "GB-COH", "id": "09876543"}}
MILESTONES = [{"title": "Beds dug", "due": "2027-03-01", "amount": 120},
              {"title": "First harvest", "amount": 80}]


class Garden(Commons):
    """Price 200: 150 from the fund for gardens, 50 from the unrestricted one; two of three paid."""

    def __init__(self, server):
        super().__init__(server, areas=["north"], residents=3)
        self.at = f"/v1/communities/{self.slug}"
        self.anything = self.fund(1000)
        self.gardens = self.fund(150, theme="gardens", reference="H7", conditions="No fences",
                                 source_id={"scheme": "GB-LAE", "id": "MAN"},
                                 period={"starts": "2026-04-01", "ends": "2027-03-31"})
        self.open_round(allotment=150)
        self.call = self.tender(ceiling=200, people_min=2, theme="gardens")
        answer = self.clerk.post(f"/v1/tenders/{self.call}/proposals", {
            "title": "A garden", "price": 200, "milestones": MILESTONES, "provider": "Rowan",
            "provider_id": SUPPLIER["id"], "delivery_plan": "We dig, then we sow.",
            "outcomes": [{"title": "People outdoors", "target": 40, "unit": "people a week"}]})
        self.proposal_id = answer.must(201).json()["proposal"]
        self.open_tender(self.call)
        self.pledge(0, self.proposal_id, 100).must(200)
        assert self.pledge(1, self.proposal_id, 100).must(200).json()["activated"]
        self.id = self.proposal_id.replace(".p", ".c")
        self.second = server.client(self.token("trust", "colleague"))
        self.provider = server.client(self.token("provider", "rowan"))
        self.paper, self.photographs = self.document(), self.document(self.provider)

    def do(self, what, body=None, who=None, **more):
        return (who or self.clerk).post(f"/v1/commissions/{self.id}/{what}", body, **more)

    def see(self):
        seen = self.anyone.get(f"/v1/commissions/{self.id}").must(200).json()
        by = {name: sum(part["amount"] for part in seen[name])
              for name in ("draws", "paid_by", "returned_by")}
        assert seen["price"] == seen["paid"] + seen["unpaid"] + seen["returned"] == by["draws"]
        assert (seen["paid"], seen["returned"]) == (by["paid_by"], by["returned_by"])
        assert sum(m["amount"] for m in seen["milestones"]) == seen["price"]
        return seen

    def sign(self):
        return self.do("contract", {"supplier": SUPPLIER, "starts": stamp(86400),
                                    "ends": stamp(86400 * 90), "document": self.paper})

    def deliver(self, milestone):
        self.do(f"milestones/{milestone}/report", {"note": "Done."}, self.provider).must(200)
        self.do(f"milestones/{milestone}/accept").must(200)

    def funds(self):
        items = self.anyone.get(f"{self.at}/funds").must(200).json()["items"]
        return {item["fund"]: item for item in items}


@pytest.fixture
def garden(server):
    one = Garden(server)
    yield one
    books = Books(one.log())
    books.compare_totals(one.totals())
    one.recount()


def test_291_a_commission_is_signed_delivered_confirmed_paid_and_told_of(garden):
    seen = garden.see()
    assert (seen["state"], seen["proposal"]) == ("awarded", garden.proposal_id)
    assert seen["proposal_text"]["outcomes"][0]["target"] == 40
    assert [m["amount"] for m in seen["milestones"]] == [120, 80]
    garden.do("milestones/1/report", {"note": "x"}).refused(409, "commission_state")
    file = f"{garden.at}/files/{garden.paper}"
    garden.anyone.get(file).refused(404, "file_unknown")
    garden.sign().must(200)
    garden.anyone.get(file).must(200)  # what a record names is everybody's
    garden.do("milestones/1/evidence", {"note": "x", "document": "ab" * 32}).refused(
        404, "file_unknown")
    garden.do("milestones/1/evidence", {"note": "Photographs", "document": garden.photographs},
              garden.provider).must(200)
    garden.do("milestones/1/report", {"note": "The beds are dug."}, garden.provider).must(200)
    for resident in (0, 1):
        garden.do("milestones/1/confirm", who=garden.resident(resident)).must(200)
    garden.do("milestones/1/confirm", who=garden.resident(2)).refused(403, "commission_not_yours")
    garden.do("payments", {"milestone": 1, "amount": 120, "reference": "INV-1"}).refused(
        409, "milestone_state")
    garden.do("milestones/1/accept").must(200)
    garden.do("payments", {"milestone": 1, "amount": 100, "reference": "INV-1"}).must(200)
    garden.do("payments", {"milestone": 1, "amount": 21, "reference": "INV-2"}).refused(
        409, "payment_over_milestone")
    garden.do("payments", {"milestone": 1, "amount": 20, "reference": "INV-2",
                           "paid_on": "2027-03-09"}).must(200)
    totals = garden.totals()
    assert (totals["committed"], totals["paid"]) == (80, 120)
    garden.operator.post(f"/v1/rounds/{garden.slug}.r1/close").must(200)  # it outlives its round
    garden.deliver(2)
    last = garden.do("payments", {"milestone": 2, "amount": 80, "reference": "INV-3"}).must(200)
    assert last.json()["payment"] == 3
    record = garden.log()[-1]
    assert record["funds"] == [[2, 30], [1, 50]], "the fund of the theme first, as it was drawn"
    garden.do("complete").must(200)
    garden.do("outcomes", {"promise": 1, "indicator": "People outdoors", "figure": 46,
                           "unit": "people a week"}, garden.provider).must(200)
    garden.do("outcomes", {"indicator": "What it is like", "story": "I know my neighbours."},
              garden.provider).must(200)
    garden.do("savings", {"agencies": [{"name": "The surgery", "amount": 3000},
                                       {"name": "The council", "amount": 1500}]}).must(200)
    seen = garden.see()
    assert seen["state"] == "completed" and seen["unpaid"] == 0
    assert [o.get("figure") for o in seen["outcomes"]] == [46, None]
    assert seen["outcomes"][1]["text"]["story"] == "I know my neighbours."
    assert seen["expected_savings"] == [3000, 1500] and seen["expected_savings_all"] == 4500
    assert seen["contract"]["supplier"] == SUPPLIER and seen["document"] == garden.paper
    first = seen["milestones"][0]
    assert (first["state"], first["confirmed"], first["disputed"]) == ("paid", 2, 0)
    kinds = {record["seq"]: record["kind"] for record in garden.log()}
    history = [kinds[seq] for seq in seen["history"]]
    assert history == [
        "commission_activated", "contract_signed", "evidence_added", "milestone_reported",
        "milestone_accepted", "payment_recorded", "payment_recorded", "milestone_reported",
        "milestone_accepted", "payment_recorded", "commission_completed", "outcome_reported",
        "outcome_reported", "savings_noted"]


def test_291_a_disputed_milestone_is_accepted_by_two(garden):
    garden.sign().must(200)
    path = "milestones/1/"
    garden.do(path + "report", {"note": "Done."}).must(200)
    garden.do(path + "dispute", {"text": ""}, garden.resident(0)).refused(422, "fields_wrong")
    said = garden.do(path + "dispute", {"text": "Only half of the beds."}, garden.resident(0))
    said.must(200)
    garden.do(path + "confirm", who=garden.resident(0)).refused(409, "milestone_spoken")
    before = len(garden.log())
    assert garden.do(path + "accept").must(202).json()["pending"]
    assert garden.do(path + "accept").must(202).json()["pending"], "nobody is their own second"
    assert len(garden.log()) == before and garden.see()["milestones"][0]["state"] == "reported"
    garden.do(path + "accept", who=garden.second).must(200)
    record = garden.log()[-1]
    assert (record["kind"], record["amount"], record["disputed"]) == (
        "milestone_accepted", 120, 1)
    assert garden.see()["milestones"][0]["dispute"] == {"text": "Only half of the beds."}
    assert "half" not in str(garden.log())


def test_291_what_is_not_paid_goes_back_to_where_it_came_from(garden):
    garden.sign().must(200)
    garden.deliver(1)
    garden.do("payments", {"milestone": 1, "amount": 110, "reference": "INV-1"}).must(200)
    before, free = garden.funds(), garden.totals()["unallotted"]
    body = {"reason": "The supplier gave up."}
    assert garden.do("terminate", body).must(202).json()["pending"]
    garden.do("terminate", body, garden.second).must(200)
    seen, after = garden.see(), garden.funds()
    assert (seen["state"], seen["paid"], seen["returned"]) == ("terminated", 110, 90)
    assert garden.log()[-1]["funds"] == [[1, 50], [2, 40]], "the last draw first"
    assert after[garden.anything]["left"] - before[garden.anything]["left"] == 50
    assert after[garden.gardens]["left"] - before[garden.gardens]["left"] == 40
    assert garden.totals()["unallotted"] - free == 90
    assert seen["termination"] == body
    garden.do("payments", {"milestone": 1, "amount": 1, "reference": "x"}).refused(
        409, "commission_state")


def test_291_what_comes_back_lets_a_waiting_proposal_be_activated(garden):
    """Nothing is left for gardens: who comes next waits, until the first one gives up."""
    garden.fund(500, theme="parks")
    other = garden.tender(ceiling=100, people_min=1, theme="gardens")
    waiting = garden.proposal(other, price=100)
    garden.open_tender(other)
    garden.trust.post(f"/v1/funds/{garden.anything}/withdrawals", {"amount": 950}).must(201)
    answer = garden.pledge(2, waiting, 100).must(200).json()
    assert not answer["activated"] and answer["progress"]["headroom"] == 0
    garden.do("terminate", {"reason": "It is over."}, garden.operator).must(200)
    assert garden.see()["returned"] == 200

    def state():
        return garden.anyone.get(f"/v1/proposals/{waiting}").must(200).json()["state"]
    wait_until(lambda: state() == "activated", what="the keeper to activate what waited")


def test_291_a_variation_moves_a_fifth_at_most_and_takes_two(garden):
    garden.sign().must(200)

    def vary(amounts, **more):
        return garden.do("variations", {"milestones": [{"amount": a} for a in amounts],
                                        "reason": "Rain", **more})
    vary([161, 39]).refused(409, "variation_too_large")
    vary([130, 80]).refused(422, "milestones_not_price")
    vary([120, 80]).refused(422, "variation_empty")
    number = vary([130, 70], ends=stamp(86400 * 120)).must(200).json()["variation"]
    assert [m["amount"] for m in garden.see()["milestones"]] == [120, 80]
    approve = f"variations/{number}/approve"
    assert garden.do(approve).must(202).json()["pending"]
    garden.do(approve, who=garden.second).must(200)
    seen = garden.see()
    assert [m["amount"] for m in seen["milestones"]] == [130, 70]
    assert seen["variations"][0]["approved_seq"] == garden.log()[-1]["seq"]
    assert seen["ends"] == seen["variations"][0]["ends"] and seen["moved"] == 10
    garden.do(approve).refused(409, "variation_approved")
    vary([161, 39]).refused(409, "variation_too_large")  # 10 of 40 are used


def test_291_another_bodys_clerk_may_not_and_lists_find_it(garden):
    stranger = garden.server.client(garden.token("clerk", "other-body"))
    garden.do("complete", who=stranger).refused(403, "not_your_body")

    def found(**query):
        words = "&".join(f"{name}={value}" for name, value in query.items())
        items = garden.anyone.get(f"{garden.at}/commissions?{words}").must(200).json()["items"]
        return [item["commission"] for item in items]
    assert found() == found(state="awarded") == found(theme="gardens") == [garden.id]
    assert found(body="garden-body", theme="gardens", state="awarded") == [garden.id]
    assert found(state="completed") == found(body="other-body") == found(theme="parks") == []
    garden.anyone.get(f"{garden.at}/commissions?state=No!").refused(400, "query_wrong")


def test_291_only_what_is_neither_drawn_nor_granted_can_be_taken_out(garden):
    take = f"/v1/funds/{garden.gardens}/withdrawals"
    garden.trust.post(take, {"amount": 1}).refused(409, "fund_short")
    take = f"/v1/funds/{garden.anything}/withdrawals"
    free = garden.totals()["unallotted"]
    garden.trust.post(take, {"amount": free + 1}).refused(409, "unallotted_short")
    garden.trust.post(take, {"amount": free}).must(201)
    text = garden.funds()[garden.gardens]["text"]
    assert text["source_id"] == {"scheme": "GB-LAE", "id": "MAN"}
    assert text["period"]["ends"] == "2027-03-31" and text["conditions"] == "No fences"
    headroom = garden.anyone.get(f"/v1/tenders/{garden.call}").must(200).json()["headroom"]
    assert headroom == garden.funds()[garden.anything]["left"]


def test_291_a_late_retry_of_a_payment_pays_once(garden):
    garden.sign().must(200)
    garden.deliver(1)
    body = {"milestone": 1, "amount": 60, "reference": "INV-1"}
    first = garden.do("payments", body, key="payment-of-sixty").must(200).json()
    again = garden.do("payments", body, key="payment-of-sixty").must(200).json()
    assert again["replayed"] and again["seq"] == first["seq"]
    assert garden.see()["paid"] == 60
    garden.do("payments", {**body, "amount": 59}, key="payment-of-sixty").refused(
        422, "key_reused")
