"""Help in kind over the API: a proposal asks for it, residents offer it, everybody sees sums; who
offers what only they themselves see, and it goes with them."""
import json

import pytest

from browsing import Person
from story import Commons, stamp

HELP = [{"what": "Digging & planting", "unit": "hours", "wanted": 20},
        {"what": "A room with tables", "unit": "rooms", "wanted": 1}]


@pytest.fixture(scope="module")
def town(server):
    town = Commons(server, areas=["north"], residents=3)
    town.at = f"/v1/communities/{town.slug}"
    town.fund(1000)
    town.open_round(allotment=100)
    town.tender_id = town.tender(ceiling=300, people_min=9, late=True)
    town.open_tender(town.tender_id)
    return town


@pytest.fixture
def proposal(town):
    return town.clerk.post(f"/v1/tenders/{town.tender_id}/proposals", {
        "title": "A garden", "price": 200, "help": HELP}).must(201).json()["proposal"]


def offer(town, i, proposal, n, item=1, **how):
    return town.resident(i).put(f"/v1/proposals/{proposal}/offers/{item}", {"n": n}, **how)


def test_289_a_proposal_shows_what_it_asks_for_and_what_is_offered(town, proposal):
    size = len(town.log())
    said = offer(town, 0, proposal, 3).must(200).json()
    assert {k: said[k] for k in ("proposal", "item", "n", "offered", "people")} == {
        "proposal": proposal, "item": 1, "n": 3, "offered": 3, "people": 1}
    offer(town, 1, proposal, 30).must(200)
    seen = town.anyone.get(f"/v1/proposals/{proposal}").must(200).json()
    assert seen["help"] == [{"item": 1, **HELP[0], "offered": 33, "people": 2},
                            {"item": 2, **HELP[1], "offered": 0, "people": 0}]
    assert seen["text"]["help"] == HELP and seen["pledged"] == 0
    listed = town.anyone.get(f"/v1/tenders/{town.tender_id}/proposals").must(200).json()["items"]
    assert seen.pop("areas") == [], "which one alone tells"
    assert [p for p in listed if p["proposal"] == proposal] == [seen]
    assert len(town.log()) == size
    plain = town.proposal(town.tender_id, price=100)
    assert "help" not in town.anyone.get(f"/v1/proposals/{plain}").must(200).json()


def test_289_who_offers_what_only_they_see(town, proposal):
    offer(town, 0, proposal, 2).must(200)
    offer(town, 2, proposal, 1, item=2).must(200)
    own = town.resident(2).get(f"{town.at}/offers").must(200).json()["offers"]
    assert {"proposal": proposal, "item": 2, "n": 1} in own
    assert {"proposal": proposal, "item": 1, "n": 2} not in own
    for ask in (f"/v1/proposals/{proposal}", f"/v1/tenders/{town.tender_id}/proposals"):
        said = json.dumps(town.clerk.get(ask).must(200).json())
        assert not any(resident in said for resident in town.ids)
    town.clerk.get(f"{town.at}/offers").refused(403, "not_allowed")


def test_289_sent_again_it_is_one_offer(town, proposal):
    key = f"offer-{proposal}"
    offer(town, 0, proposal, 2, key=key).must(200)
    again = offer(town, 0, proposal, 2, key=key).must(200).json()
    assert again["replayed"] and "offered" not in again
    offer(town, 0, proposal, 3, key=key).refused(422, "key_reused")
    assert town.anyone.get(f"/v1/proposals/{proposal}").json()["help"][0]["offered"] == 2


@pytest.mark.parametrize("help", [[], HELP * 5, [{**HELP[0], "unit": "money"}],
                                  [{**HELP[0], "wanted": 0}], [{"what": "x", "unit": "hours"}]])
def test_289_help_of_another_form_is_refused(town, help):
    town.clerk.post(f"/v1/tenders/{town.tender_id}/proposals", {
        "title": "A garden", "price": 200, "help": help}).refused(422, "fields_wrong")


def test_289_an_offer_goes_home_with_its_resident_and_is_erased_with_them(server, town, proposal):
    code = town.trust.post(f"{town.at}/codes", {
        "n": 1, "area": "north", "expires_at": stamp(86400)}).must(201).json()["codes"][0]["code"]
    person = Person(server)
    person.by_code(town.slug, code).must(200)
    person.put(f"/v1/proposals/{proposal}/offers/1", {"n": 7}).must(200)
    offer(town, 0, proposal, 2).must(200)
    held = person.get("/v1/me/export").must(200).json()["residents"]
    assert [r["offers"] for r in held] == [[{"proposal": proposal, "item": 1, "n": 7}]]
    person.delete("/v1/me", {"pledges": "withdraw"}).must(200)
    seen = town.anyone.get(f"/v1/proposals/{proposal}").must(200).json()["help"][0]
    assert (seen["offered"], seen["people"]) == (2, 1)
    assert "agrees" in town.recount()


def test_289_an_amended_proposal_asks_for_what_it_asks_for_now(town):
    draft = town.tender(ceiling=300, people_min=9)
    said = {"title": "A garden", "price": 200, "help": HELP}
    proposal = town.clerk.post(f"/v1/tenders/{draft}/proposals", said).must(201).json()["proposal"]
    offer(town, 0, proposal, 2).must(200)
    said["help"] = [{**HELP[0], "wanted": 5}]
    town.clerk.put(f"/v1/proposals/{proposal}", {**said, "help": HELP + HELP[:1]}).must(200)
    seen = town.anyone.get(f"/v1/proposals/{proposal}").must(200).json()["help"]
    assert [item["offered"] for item in seen] == [2, 0, 0]
    town.clerk.put(f"/v1/proposals/{proposal}", said).must(200)
    seen = town.anyone.get(f"/v1/proposals/{proposal}").must(200).json()["help"]
    assert seen == [{"item": 1, **HELP[0], "wanted": 5, "offered": 0, "people": 0}]
