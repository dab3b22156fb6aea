"""A body over the API: with a professional majority it may not publish, and says so in a sentence;
what the trust sets, the rule simulator, codes and boundaries of areas."""
import pytest

from browsing import Person
from story import Commons, stamp

SQUARE = [[-0.1276, 51.5], [-0.12, 51.5], [-0.12, 51.51], [-0.1276, 51.5]]


class Ward(Commons):
    """Asks for three members; six residents, one body without members, and its draft."""

    def __init__(self, server, members_min=3):
        super().__init__(server, areas=["north", "south"], residents=6, members_min=members_min)
        self.at = f"/v1/communities/{self.slug}"
        self.fund(1000)
        self.body = self.form()

    def draft(self, **rule):
        return self.tender(**{"ceiling": 300, "people_min": 2, "late": True, **rule})

    def shown(self):
        return self.anyone.get(f"/v1/bodies/{self.body}").must(200).json()


@pytest.fixture
def ward(server):
    return Ward(server)


def test_245_a_professional_majority_publishes_nothing_and_a_lay_one_does(ward):
    tender = ward.draft()
    for holder in ({"staff": "garden-body"}, {"staff": "doctor"}):
        ward.seat(ward.body, "professional", **holder).must(201)
    first = ward.seat(ward.body, resident=ward.ids[0], name="Ada").must(201).json()
    assert first["lawful"] is False
    refused = ward.clerk.post(f"/v1/tenders/{tender}/publish").refused(409, "body_not_lawful")
    assert "1 of its 3 seats and 1 of its 3 votes" in refused.json()["detail"]
    body = ward.shown()
    assert body["state"] == "forming" and body["majority"] == (
        "1 of 3 seats and 1 of 3 votes are residents' or service users'. 2 more of their seats are "
        "needed. 2 more of their votes are needed.")
    for i in (1, 2):
        ward.seat(ward.body, resident=ward.ids[i]).must(201)
    assert ward.shown()["majority"] == \
        "3 of 5 seats and 3 of 5 votes are residents' or service users'."

    ward.clerk.post(f"/v1/tenders/{tender}/approvals").must(200)  # the professional
    ward.resident(0).post(f"/v1/tenders/{tender}/approvals").must(200)
    ward.clerk.post(f"/v1/tenders/{tender}/publish").refused(409, "approvals_short")
    ward.resident(1).post(f"/v1/tenders/{tender}/approvals").must(200)
    ward.resident(3).post(f"/v1/tenders/{tender}/approvals").refused(403, "not_a_member")
    ward.clerk.post(f"/v1/tenders/{tender}/publish").must(200)
    assert ward.anyone.get(f"/v1/tenders/{tender}").must(200).json()["state"] == "deliberating"
    approvals = ward.anyone.get(f"/v1/tenders/{tender}/approvals").must(200).json()["items"]
    assert sorted(a["category"] for a in approvals) == ["professional", "resident", "resident"]
    ward.open_round(allotment=100)
    ward.open_tender(tender)

    ward.clerk.delete(f"/v1/members/{first['member']}").must(200)
    assert ward.shown()["state"] == "suspended" and not ward.shown()["lawful"]
    assert [r["kind"] for r in ward.log()][-2:] == ["member_left", "body_suspended"]
    history = ward.anyone.get(f"/v1/bodies/{ward.body}/history?limit=100").must(200).json()
    assert [e["kind"] for e in history["items"]][-2:] == ["member_left", "body_suspended"]
    ward.recount()


def test_245_a_member_approves_by_their_own_session(server, ward):
    """As the person of the account, and as the resident: the seat is one."""
    code = ward.trust.post(f"{ward.at}/codes", {"refs": ["ref-0"], "expires_at": stamp(86400)})
    person = Person(server)
    person.by_code(ward.slug, code.must(201).json()["codes"][0]["code"]).must(200)
    account = person.get("/v1/me").must(200).json()["account"]
    ward.seat(ward.body, account=account).must(201)
    tender = ward.draft()
    person.post(f"/v1/tenders/{tender}/approvals").must(200)
    person.post(f"/v1/tenders/{tender}/approvals").refused(409, "approved_already")


def test_245_members_and_versions_are_listed_with_what_they_declare(ward):
    ward.seat(ward.body, "user", account="A" * 22, name="Ann", term=stamp(900)).must(201)
    ward.seat(ward.body, "elected", account="B" * 22, votes=2).must(201)
    page = ward.anyone.get(f"/v1/bodies/{ward.body}/members?limit=1").must(200).json()
    ann, = page["items"]
    assert ann["text"] == {"name": "Ann", "interests": "None."} and "term" in ann
    last = ward.anyone.get(page["links"]["next"]).must(200).json()
    assert [m["votes"] for m in last["items"]] == [2] and "next" not in last["links"]
    assert "A" * 22 not in ward.anyone.get(f"/v1/bodies/{ward.body}/members").must(200).text

    ward.clerk.post(f"/v1/bodies/{ward.body}/versions",
                    {**ward.CONSTITUTION, "decision": "By ballot."}).must(200)
    versions = ward.anyone.get(f"/v1/bodies/{ward.body}/versions").must(200).json()["items"]
    assert [v["text"]["decision"] for v in versions] == ["By show of hands.", "By ballot."]
    bodies = ward.anyone.get(f"{ward.at}/bodies").must(200).json()["items"]
    assert [(b["body"], b["version"]) for b in bodies] == [(ward.body, 2)]


def test_245_whose_seat_it_is_is_said_once(ward):
    for holders in ({}, {"account": "A" * 22, "staff": "doctor"}):
        ward.seat(ward.body, **holders).refused(422, "fields_wrong")


def test_245_a_tender_has_what_the_trust_has_set_where_it_says_nothing(ward):
    where = ward.at
    before = ward.clerk.post(f"{where}/tenders", {"title": "x", "ceiling": 5,
                                                  "closes": stamp(600)})
    assert before.refused(422, "fields_wrong").json()["errors"][0]["pointer"] == "/people_min"
    ward.trust.patch(where, {"defaults": {
        "people_permille": 400, "areas_min": 2, "window": 60, "tally": "open",
        "deliberation_days": 7, "deliberation_contributors": 5}}).must(200)
    defaults = ward.anyone.get(where).must(200).json()["defaults"]
    assert defaults["people_permille"] == 400 and defaults["window"] == 60
    drafted = ward.clerk.post(f"{where}/tenders", {"title": "x", "ceiling": 5,
                                                   "closes": stamp(600)}).must(201).json()
    tender = ward.anyone.get(f"/v1/tenders/{drafted['tender']}").must(200).json()
    assert (tender["people_min"], tender["areas_min"], tender["area_people_min"]) == (3, 2, 1)
    assert (tender["window"], tender["tally"]) == (60, "open")
    assert (tender["deliberation_days"], tender["deliberation_contributors"]) == (7, 5)
    ward.trust.patch(where, {"defaults": {"window": 0, "tally": "hidden"}}).must(200)
    hidden = ward.draft(areas_min=0)
    tender = ward.anyone.get(f"/v1/tenders/{hidden}").must(200).json()
    assert (tender["window"], tender["tally"]) == (0, "hidden")
    own = ward.draft(areas_min=0, window=0, tally="open", deliberation_days=0)
    tender = ward.anyone.get(f"/v1/tenders/{own}").must(200).json()
    assert (tender["areas_min"], tender["window"], tender["tally"]) == (0, 0, "open")
    assert (tender["deliberation_days"], tender["deliberation_contributors"]) == (0, 5)


def test_245_a_founder_who_says_nothing_gets_a_register_of_eight(server):
    operator = server.operator()
    operator.post("/v1/communities", {"slug": "eight", "name": "x", "currency": "GBP",
                                      "areas": [{"code": "a"}]}).must(201)
    assert operator.get("/v1/communities/eight").must(200).json()["members_min"] == 8
    operator.patch("/v1/communities/eight", {"members_min": 5}).must(200)
    assert operator.get("/v1/communities/eight").must(200).json()["members_min"] == 5


def test_245_a_trust_sees_all_of_its_communities(server):
    operator = server.operator()
    for slug in ("oak-road", "elm-road", "ash-road"):
        operator.post("/v1/communities", {
            "slug": slug, "name": slug, "currency": "GBP", "areas": [{"code": "a"}],
            **({"trust": "roads-trust"} if slug != "elm-road" else {})}).must(201)
    officer = server.client(operator.post("/v1/tokens", {
        "role": "trust", "community": "*", "subjects": ["roads-trust"], "days": 1})
        .must(201).json()["tokens"][0]["token"])
    officer.post("/v1/communities", {"slug": "bay-road", "name": "x", "currency": "GBP",
                                     "areas": [{"code": "a"}]}).must(201)
    officer.post("/v1/communities", {"slug": "fig-road", "name": "x", "currency": "GBP",
                                     "trust": "another", "areas": [{"code": "a"}]}) \
        .refused(403, "not_your_organisation")
    page = officer.get("/v1/communities?trust=roads-trust&limit=2").must(200).json()
    assert [c["slug"] for c in page["items"]] == ["ash-road", "bay-road"]
    rest = officer.get(page["links"]["next"]).must(200).json()
    assert [c["slug"] for c in rest["items"]] == ["oak-road"] and "next" not in rest["links"]
    assert officer.get("/v1/communities/bay-road").must(200).json()["text"]["trust"] \
        == "roads-trust"
    assert officer.get("/v1/communities?trust=nobody").must(200).json()["items"] == []
    officer.get("/v1/communities?trust=No%20Word").refused(400, "query_wrong")
    other = officer.get("/v1/communities/oak-road/log?limit=1&trust=a%0d%0ab").must(200)
    assert "%0d" not in other.text and "trust" not in other.headers.get("link", "")


def test_245_the_simulator_says_what_a_rule_takes_and_how_others_fared(server):
    ward = Ward(server, members_min=0)
    ward.open_round(allotment=100)
    tender = ward.draft(people_min=4)
    proposal = ward.proposal(tender, price=200)
    ward.open_tender(tender)
    ward.pledge(0, proposal, 50).must(200)
    path = f"{ward.at}/simulate"
    answer = ward.anyone.get(f"{path}?people_min=2&ceiling=250&turnout=500").must(200).json()
    takes = answer["takes"]
    assert (takes["taking_part"], takes["people_for_ceiling"], takes["people"]) == (3, 3, 3)
    assert takes["permille"] == 500 and takes["each"] == 84
    assert takes["reachable"] and takes["reached"]
    past, = answer["past"]
    assert (past["tender"], past["people_min"], past["people"]) == (tender, 4, 1)
    far = ward.anyone.get(f"{path}?people_min=7&areas_min=2").must(200).json()["takes"]
    assert not far["reachable"] and far["permille"] == 1167
    wide = ward.anyone.get(f"{path}?people_min=1&areas_min=2&area_people_min=4&turnout=1000")
    assert not wide.must(200).json()["takes"]["reached"]
    ward.anyone.get(f"{path}?turnout=1001").refused(400, "query_wrong")


def test_245_areas_have_official_codes_and_boundaries(ward):
    path = f"{ward.at}/areas"
    polygon = {"type": "Polygon", "coordinates": [SQUARE]}
    ward.trust.put(path, {"areas": [{"code": "north", "official": "E05000001",
                                     "boundary": polygon},
                                    {"code": "south", "boundary": {
                                        "type": "MultiPolygon", "coordinates": [[SQUARE]]}}]}) \
        .must(200)
    north, south = ward.anyone.get(path).must(200).json()["areas"]
    assert north == {"code": "north", "residents": 3, "official": "E05000001",
                     "boundary": polygon}
    assert south["boundary"]["type"] == "MultiPolygon" and "official" not in south


@pytest.mark.parametrize("area", [
    {"code": "north", "official": "X05000001"}, {"code": "north", "official": "E0500001"},
    {"code": "west"},
    {"code": "north", "boundary": {"type": "Point", "coordinates": [0, 0]}},
    {"code": "north", "boundary": {"type": "Polygon", "coordinates": [SQUARE[:3]]}},
    {"code": "north", "boundary": {"type": "Polygon", "coordinates": [SQUARE[:3] + [[1, 2]]]}},
    {"code": "north", "boundary": {"type": "Polygon", "coordinates": SQUARE}},
    {"code": "north", "boundary": {"type": "Polygon",
                                   "coordinates": [[[0, 0], [0, 91], [1, 1], [0, 0]]]}},
    {"code": "north", "boundary": {"type": "Polygon",
                                   "coordinates": [[[0, 0], [181, 1], [1, 1], [0, 0]]]}},
    {"code": "north", "boundary": {"type": "Polygon",
                                   "coordinates": [[["0", 0], [1, 1], [2, 1], ["0", 0]]]}}])
def test_245_a_code_or_boundary_that_is_none_is_refused(server, area):
    ward = Ward(server)
    ward.trust.put(f"{ward.at}/areas", {"areas": [area]}).refused(422, "fields_wrong")
    ward.trust.put(f"{ward.at}/areas", {"areas": [{"code": "north"}, {"code": "north"}]}) \
        .refused(422, "fields_wrong")
