"""What is dangerous takes two people: the first is told so and nothing happens, the second sends
the same request."""
import pytest

from browsing import Person
from story import Commons, stamp


class Town(Commons):
    def __init__(self, server):
        super().__init__(server, areas=["north"], residents=2)
        self.at = f"/v1/communities/{self.slug}"
        self.fund(5000)
        self.open_round(allotment=100)
        self.open = self.tender(ceiling=300, people_min=2)
        self.first = self.proposal(self.open, price=200)
        self.open_tender(self.open)
        self.second = server.client(self.token("trust", "colleague"))

    def waiting(self):
        items = self.trust.get(f"{self.at}/approvals").must(200).json()["items"]
        return [(item["kind"], item["person"]) for item in items]


@pytest.fixture
def town(server):
    return Town(server)


def pending(answer):
    said = answer.must(202).json()
    assert said["pending"] is True and "another person" in said["detail"]
    return said


def test_275_more_than_200_codes_take_two_people(town):
    body = {"n": 201, "area": "north", "expires_at": stamp(86400)}
    before = len(town.log())
    pending(town.trust.post(f"{town.at}/codes", body))
    pending(town.trust.post(f"{town.at}/codes", body))
    assert town.waiting() == [("codes_issue", "t:trust:officer")] and len(town.log()) == before
    other = {**body, "n": 202}
    pending(town.second.post(f"{town.at}/codes", other))
    answer = town.second.post(f"{town.at}/codes", dict(reversed(body.items()))).must(201)
    assert len({code["code"] for code in answer.json()["codes"]}) == 201
    assert [kind for kind, _ in town.waiting()] == ["codes_issue"], "the other one still waits"
    town.trust.post(f"{town.at}/codes", {**body, "n": 200}).must(201)
    issued = [r["issued"] for r in town.log() if r["kind"] == "codes_issued"]
    assert issued == [[[0, 201]], [[0, 200]]]
    town.recount()


def test_275_an_open_tender_is_withdrawn_by_two(town):
    path = f"/v1/tenders/{town.open}/withdraw"
    town.pledge(0, town.first, 50).must(200)
    pending(town.clerk.post(path))
    pending(town.clerk.post(path))
    assert town.totals()["held"] == 50
    town.second.post(path).must(200)
    assert town.totals()["held"] == 0 and town.waiting() == []
    town.recount()


def test_275_a_tender_is_paused_by_two_who_mean_the_same(town):
    path, body = f"/v1/tenders/{town.open}/pause", {"until": stamp(600), "reason": "A fire drill."}
    pending(town.trust.post(path, body))
    pending(town.trust.post(path, body))
    pending(town.second.post(path, {**body, "reason": "Another."}))
    assert "paused_until" not in town.anyone.get(f"/v1/tenders/{town.open}").json()
    town.second.post(path, body).must(200)
    view = town.anyone.get(f"/v1/tenders/{town.open}").must(200).json()
    assert view["pause"] == {"reason": "A fire drill."} and view["paused_until"] > stamp(500)
    assert [kind for kind, _ in town.waiting()] == ["tender_pause"], "the other one still waits"
    assert "fire" not in str(town.log())
    town.pledge(0, town.first, 50).refused(409, "tender_paused")
    town.recount()
    town.trust.post(f"/v1/tenders/{town.open}/resume").must(200)
    town.pledge(0, town.first, 50).must(200)
    assert "pause" not in town.anyone.get(f"/v1/tenders/{town.open}").json()
    town.recount()


def test_275_a_draft_is_withdrawn_by_one(town):
    town.clerk.post(f"/v1/tenders/{town.tender(ceiling=5, people_min=1)}/withdraw").must(200)


def test_275_the_operators_own_key_needs_no_second(town):
    town.operator.post(f"/v1/tenders/{town.open}/withdraw").must(200)
    town.recount()


@pytest.mark.parametrize("how, held", [("withdraw", 0), ("keep", 50)])
def test_275_staff_erase_a_resident_by_two(server, town, how, held):
    issued = town.trust.post(f"{town.at}/codes", {"refs": ["ref-0"], "expires_at": stamp(86400)})
    person = Person(server)
    person.by_code(town.slug, issued.must(201).json()["codes"][0]["code"]).must(200)
    person.put(f"/v1/proposals/{town.first}/pledge", {"amount": 50}).must(200)
    path = f"{town.at}/residents/{town.ids[0]}?erase={how}"
    town.trust.delete(f"{town.at}/residents/{town.ids[0]}?erase=maybe").refused(400, "query_wrong")
    pending(town.trust.delete(path))
    pending(town.trust.delete(path))
    pending(town.second.delete(path.replace(how, {"withdraw": "keep", "keep": "withdraw"}[how])))
    assert person.get(f"{town.at}/wallet").must(200).json()["held"] == 50
    town.second.delete(path).must(200)
    assert town.totals()["held"] == held
    assert person.get(f"{town.at}/wallet").status == 401
    town.trust.get(f"{town.at}/residents/{town.ids[0]}").refused(404, "resident_unknown")
    town.recount()


def test_275_a_key_that_a_member_made_is_no_second_person(server, town):
    org = f"{town.slug}-body"
    town.operator.post("/v1/organisations", {"org": org, "kind": "trust", "title": "x",
                                             "community": town.slug}).must(201)
    made = town.operator.post(f"/v1/organisations/{org}/keys", {"role": "trust", "label": "x"})
    program = server.client(made.must(201).json()["key"])
    body = {"n": 201, "area": "north", "expires_at": stamp(86400)}
    program.post(f"{town.at}/codes", body).refused(403, "person_needed")
    pending(town.trust.post(f"{town.at}/codes", body))
    program.post(f"{town.at}/codes", body).refused(403, "person_needed")
    program.post(f"/v1/tenders/{town.open}/withdraw").refused(403, "person_needed")
    program.post(f"{town.at}/codes", {**body, "n": 1}).must(201)
    assert town.waiting() == [("codes_issue", "t:trust:officer")]


def test_275_two_sessions_of_one_account_are_one_person(server, town):
    org = f"{town.slug}-trust"
    town.operator.post("/v1/organisations", {"org": org, "kind": "trust", "title": "x",
                                             "community": town.slug}).must(201)

    def officer():
        invited = town.operator.post(f"/v1/organisations/{org}/invitations", {"role": "trust"})
        code = town.trust.post(f"{town.at}/codes", {"n": 1, "area": "north",
                                                    "expires_at": stamp(86400)}).must(201)
        person = Person(server)
        person.by_code(town.slug, code.json()["codes"][0]["code"]).must(200)
        link = invited.must(201).json()["link"]
        person.entered(person.post("/v1/invitations/accept", {"link": link}).must(200))
        return person
    one, two = officer(), officer()
    name = one.set_password("a sentence of mine", "ada").must(200).json()["name"]
    again = Person(server)
    again.by_password(name, "a sentence of mine").must(200)
    path = f"/v1/tenders/{town.open}/withdraw"
    pending(one.post(path))
    pending(again.post(path))
    assert town.waiting() == [("tender_withdraw", f"a:{one.account['account']}")]
    two.post(path).must(200)
    town.recount()
