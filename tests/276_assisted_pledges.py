"""A pledge from paper: entered by a helper with the resident's code, theirs like any other."""
import pytest

from browsing import Person
from server import wait_until
from story import Commons, stamp


class Town(Commons):
    def __init__(self, server):
        super().__init__(server, areas=["north"], residents=70)
        self.at = f"/v1/communities/{self.slug}"
        self.fund(20000)
        self.open_round(allotment=100)
        self.open = self.tender(ceiling=9000, people_min=100, body="garden-body")
        self.first = self.proposal(self.open, price=9000)
        self.open_tender(self.open)
        self.helper = server.client(self.token("helper", "advice-shop"))

    def codes(self, n, first=0):
        refs = [f"ref-{i}" for i in range(first, first + n)]
        answer = self.trust.post(f"{self.at}/codes", {"refs": refs, "expires_at": stamp(86400)})
        return [code["code"] for code in answer.must(201).json()["codes"]]

    def paper(self, code, amount, client=None, **more):
        return (client or self.helper).post(f"/v1/proposals/{self.first}/assisted-pledges",
                                            {"code": code, "amount": amount}, **more)


@pytest.fixture
def town(server):
    return Town(server)


def test_276_a_pledge_from_paper_is_marked_and_the_resident_sees_and_withdraws_it(server, town):
    code = town.codes(1)[0]
    said = town.paper(code, 60).must(200).json()
    assert (said["amount"], said["free"], said["assisted"]) == (60, 40, "helper")
    assert said["receipt"] == f"{town.at}/log/receipts/{said['seq']}"
    assert str(said["seq"]) in said["print"] and town.slug in said["print"]
    record = town.log()[said["seq"]]
    assert record["kind"] == "pledge_set" and record["assisted"] == "helper"
    wait_until(lambda: town.anyone.get(said["receipt"]).status == 200, 20, "the receipt")
    person = Person(server)
    person.by_code(town.slug, code).must(200)
    assert person.get(f"{town.at}/wallet").must(200).json()["held"] == 60
    person.delete(f"/v1/proposals/{town.first}/pledge").must(200)
    assert town.totals()["held"] == 0
    listed = town.trust.get(f"{town.at}/assisted").must(200).json()["items"]
    assert [(item["helper"], item["ever"]) for item in listed] == [("t:helper:advice-shop", 1)]
    journal = town.trust.get(f"{town.at}/journal?limit=500").must(200).json()["items"]
    assert "assisted" in [item["kind"] for item in journal]
    assert code[6:] not in str(journal) + str(town.log())
    town.recount()


def test_276_the_same_request_again_is_one_pledge(town):
    code = town.codes(1)[0]
    first = town.paper(code, 60, key="from-paper").must(200).json()
    again = town.paper(code, 60, key="from-paper").must(200).json()
    assert again["replayed"] and again["seq"] == first["seq"]
    town.paper(code, 70, key="from-paper").refused(422, "key_reused")
    town.recount()


def test_276_without_the_residents_code_nothing_is_entered(server, town):
    code = town.codes(1)[0]
    other = town.codes(1, first=1)[0]
    wrong = other[:6] + code[6:]
    answer = town.paper(wrong, 60)
    assert answer.code in ("code_wrong", "fields_wrong")
    for client in (town.clerk, town.resident(0), server.client(town.token("provider", "firm"))):
        town.paper(code, 60, client).refused(403, "not_allowed")
    assert town.totals()["held"] == 0


def test_276_on_a_tender_of_the_helpers_own_body_it_takes_two_helpers(server, town):
    code = town.codes(1)[0]
    mine = server.client(town.token("helper", "garden-body"))
    said = town.paper(code, 60, mine).must(202).json()
    assert said["pending"] and town.totals()["held"] == 0
    town.paper(code, 60, mine).must(202)
    town.paper(code, 60).must(200)
    assert town.totals()["held"] == 60, "a helper of another body needs no second"
    town.paper(code, 70, mine).must(202)
    town.paper(code, 70, town.trust).must(200)
    assert town.totals()["held"] == 70
    town.recount()


def test_276_a_helper_enters_sixty_pledges_an_hour(town):
    codes = town.codes(62)
    told = [town.paper(code, 50).status for code in codes]
    # The clock hour may turn in the middle; then there is room for more.
    assert told.count(200) >= 60
    if told.count(429):
        over = town.paper(codes[-1], 50).refused(429, "helper_limit")
        assert int(over.headers["retry-after"]) == over.json()["seconds"]
        other = town.server.client(town.token("helper", "library"))
        town.paper(codes[-1], 50, other).must(200)
    town.recount()
