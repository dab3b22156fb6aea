"""A person takes home all that is held on them, and has it erased; the log stays whole."""
import json
import pathlib

import pytest

from browsing import Person
from server import wait_until
from story import Commons, stamp

PASSWORD = "a sentence of my own"


class Town(Commons):
    def __init__(self, server):
        super().__init__(server, areas=["north"], residents=1)
        self.at = f"/v1/communities/{self.slug}"
        self.fund(5000)
        self.open_round(allotment=100)
        tender = self.tender(ceiling=900, people_min=9)
        self.first = self.proposal(tender, price=900)
        self.open_tender(tender)

    def code(self):
        answer = self.trust.post(f"{self.at}/codes", {
            "n": 1, "area": "north", "expires_at": stamp(86400)}).must(201)
        return answer.json()["codes"][0]["code"]


@pytest.fixture
def person(server):
    """Of two communities, with a pledge in each, a password and a language."""
    towns = [Town(server), Town(server)]
    person = Person(server)
    for town in towns:
        person.by_code(town.slug, town.code()).must(200)
        person.put(f"/v1/proposals/{town.first}/pledge", {"amount": 50}).must(200)
    person.patch("/v1/me", {"lang": "cy"}).must(200)
    person.word = person.set_password(PASSWORD, "ada").must(200).json()["name"]
    person.towns = towns
    return person


def test_277_the_export_holds_everything(person):
    said = person.get("/v1/me/export").must(200).json()
    assert said["account"] == person.account["account"] and said["lang"] == "cy"
    assert said["name"] == person.word and said["has_password"]
    assert [r["community"] for r in said["residents"]] == [t.slug for t in person.towns]
    for resident, town in zip(said["residents"], person.towns):
        assert resident["wallet"]["held"] == 50
        assert [p["proposal"] for p in resident["wallet"]["pledges"]] == [town.first]
    kinds = {event["kind"] for event in said["events"]}
    assert {"opened", "signed-in", "password-set"} <= kinds
    assert "argon2" not in json.dumps(said)


@pytest.mark.parametrize("pledges, held", [("withdraw", 0), ("keep", 50)])
def test_277_erasing_ends_all_and_leaves_the_log_whole(server, person, pledges, held):
    account, cookie = person.account["account"], person.cookie
    residents = [hat["subject"] for hat in person.account["hats"]]
    other = Person(server)
    other.by_password(person.word, PASSWORD).must(200)
    person.delete("/v1/me", {"pledges": pledges}).must(200)
    assert person.cookie is None
    wait_until(lambda: other.get("/v1/me").code == "signed_out", 5, "the end of the other session")
    person.cookie = cookie
    person.get("/v1/me").refused(401, "signed_out")
    Person(server).by_password(person.word, PASSWORD).refused(401, "sign_in_failed")
    for town, resident in zip(person.towns, residents):
        assert town.totals()["held"] == held
        town.trust.get(f"{town.at}/residents/{resident}").refused(404, "resident_unknown")
        log = json.dumps(town.log())
        assert account not in log and resident not in log and person.word not in log
        town.recount()


def test_277_another_is_not_touched_and_a_wrong_word_erases_nothing(server, person):
    town = person.towns[0]
    other = Person(server)
    other.by_code(town.slug, town.code()).must(200)
    other.put(f"/v1/proposals/{town.first}/pledge", {"amount": 30}).must(200)
    for body in ({}, {"pledges": "all"}, {"pledges": "keep", "really": True}):
        person.delete("/v1/me", body).refused(422, "fields_wrong")
    person.delete("/v1/me", {"pledges": "withdraw"}).must(200)
    assert other.get(f"{town.at}/wallet").must(200).json()["held"] == 30
    assert other.get("/v1/me").must(200)


def test_277_purging_is_the_operators_and_forgets_nothing_that_is_young(server, person):
    town = person.towns[0]
    before = town.trust.get(f"{town.at}/journal").must(200).json()["items"]
    town.trust.post("/v1/purge").refused(403, "not_allowed")
    local = server.client(town.token("operator", "local"))
    local.post("/v1/purge").refused(403, "wrong_community")
    said = town.operator.post("/v1/purge").must(200).json()
    assert said["communities"] >= 2 and not said["more"] and said["before"] < stamp(-700 * 86400)
    assert town.trust.get(f"{town.at}/journal").must(200).json()["items"] == before
    person.get("/v1/me").must(200)


def test_277_no_secret_stands_in_a_log_of_the_server(server, person):
    written = pathlib.Path(server.data / "server.log").read_text()
    for word in (PASSWORD, person.word, person.cookie, person.csrf, person.account["account"]):
        assert word not in written
