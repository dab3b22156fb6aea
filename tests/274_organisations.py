"""Organisations: members by invitation, the hats that they give, keys for their programs."""
import itertools

import pytest

from browsing import Person
from server import wait_until
from story import Commons, stamp

numbers = itertools.count(1)


class Town(Commons):
    def __init__(self, server):
        super().__init__(server, areas=["north"], residents=1)
        self.at = f"/v1/communities/{self.slug}"

    def person(self):
        answer = self.trust.post(f"{self.at}/codes", {
            "n": 1, "area": "north", "expires_at": stamp(86400)}).must(201)
        person = Person(self.server)
        person.by_code(self.slug, answer.json()["codes"][0]["code"]).must(200)
        return person

    def org(self, kind, community=True):
        name = f"org-{next(numbers)}"
        body = {"org": name, "kind": kind, "title": f"The {kind}"}
        if community:
            body["community"] = self.slug
        self.operator.post("/v1/organisations", body).must(201)
        return name

    def invite(self, by, org, role):
        return by.post(f"/v1/organisations/{org}/invitations", {"role": role})

    def member(self, org, role):
        """A person who has accepted."""
        link = self.invite(self.operator, org, role).must(201).json()["link"]
        person = self.person()
        person.entered(person.post("/v1/invitations/accept", {"link": link}).must(200))
        return person


@pytest.fixture(scope="module")
def town(server):
    return Town(server)


def roles(person):
    return sorted((hat["role"], hat["community"], hat["subject"])
                  for hat in person.account["hats"] if hat["role"] != "resident")


def test_274_a_member_wears_the_hat_of_the_organisation_and_no_more(town):
    body = town.org("body")
    clerk = town.member(body, "clerk")
    assert roles(clerk) == [("clerk", town.slug, body)]
    made = clerk.post(f"{town.at}/tenders", {"title": "Trees", "ceiling": 5, "people_min": 1,
                                             "closes": stamp(60)}).must(201)
    assert town.anyone.get(f"/v1/tenders/{made.json()['tender']}").json()["body"] == body
    clerk.get(f"{town.at}/wallet").must(200)
    clerk.get(f"{town.at}/codes").refused(403, "not_allowed")
    clerk.get(f"/v1/organisations/{town.org('body')}").refused(403, "not_your_organisation")
    seen = clerk.get(f"/v1/organisations/{body}").must(200).json()
    assert seen["members"] == 1
    assert seen["member_list"][0]["account"] == clerk.account["account"]


@pytest.mark.parametrize("kind, gives, refuses", [
    ("body", ["clerk", "helper"], ["trust", "operator", "provider"]),
    ("trust", ["trust", "helper"], ["clerk", "operator", "provider"]),
    ("provider", ["provider"], ["clerk", "trust", "operator", "helper"]),
    ("operator", ["operator"], ["clerk", "trust", "provider", "helper"])])
def test_274_an_organisation_gives_what_its_kind_has(town, kind, gives, refuses):
    org = town.org(kind)
    for role in gives:
        assert roles(town.member(org, role)) == [(role, town.slug, org)]
    for role in refuses:
        town.invite(town.operator, org, role).refused(422, "role_not_given")
        town.operator.post(f"/v1/organisations/{org}/keys", {"role": role, "label": "x"}) \
            .refused(422, "role_not_given")


def test_274_a_member_invites_and_removes_and_the_removed_one_is_out_at_once(town):
    org = town.org("trust")
    first = town.member(org, "trust")
    link = town.invite(first, org, "trust").must(201).json()["link"]
    second = town.person()
    second.entered(second.post("/v1/invitations/accept", {"link": link}).must(200))
    second.get(f"{town.at}/codes").must(200)
    third = town.person()
    third.post("/v1/invitations/accept", {"link": link}).refused(410, "link_unknown")
    gone = f"/v1/organisations/{org}/members/{second.account['account']}"
    first.delete(gone).must(200)
    wait_until(lambda: second.get(f"{town.at}/codes").status == 401, 5, "the end of their session")
    first.delete(gone).refused(404, "member_unknown")


def test_274_a_new_letter_of_one_community_opens_nothing_beyond_it(server, town):
    other, org = Town(server), town.org("trust")
    olga = other.person()
    link = town.invite(town.operator, org, "trust").must(201).json()["link"]
    olga.entered(olga.post("/v1/invitations/accept", {"link": link}).must(200))
    hat = {"role": "resident", "community": other.slug, "subject": olga.resident()}
    own_link = town.invite(olga, org, "trust").must(201).json()["link"]

    def letter():
        answer = other.trust.post(f"{other.at}/codes", {
            "residents": [hat["subject"]], "expires_at": stamp(86400)}).must(201)
        return answer.json()["codes"][0]["code"]
    thief = Person(server)
    for _ in range(2):
        said = thief.by_code(other.slug, letter()).must(200).json()
        assert said["account"] == olga.account["account"] and said["hats"] == [hat]
        thief.get(f"{other.at}/wallet").must(200)
        thief.get(f"{town.at}/codes").refused(403, "not_allowed")
        for answer in (thief.set_password("a sentence of mine", "thief"),
                       thief.get("/v1/me/export"), thief.delete("/v1/me", {"pledges": "keep"}),
                       thief.post("/v1/invitations/accept", {"link": own_link})):
            assert answer.code == "sign_in_again"
    olga.get(f"{town.at}/codes").must(200)


def test_274_an_outsider_neither_invites_nor_looks_nor_makes_keys(town):
    org, other = town.org("trust"), town.member(town.org("trust"), "trust")
    at = f"/v1/organisations/{org}"
    for method, path, body in (
            ("GET", at, None), ("POST", f"{at}/invitations", {"role": "trust"}),
            ("POST", f"{at}/keys", {"role": "trust", "label": "x"}),
            ("DELETE", f"{at}/members/{other.account['account']}", None),
            ("DELETE", f"{at}/keys/AAAAAAAAAAA", None)):
        other.request(method, path, body).refused(403, "not_your_organisation")
        town.person().request(method, path, body).refused(403, "not_allowed")
        town.anyone.request(method, path, body).refused(401, "sign_in_needed")


def test_274_an_organisation_without_a_community_gives_hats_for_all(server, town):
    org = town.org("trust", community=False)
    officer = town.member(org, "trust")
    assert roles(officer) == [("trust", "*", org)]
    for place in (town, Town(server)):
        officer.get(f"{place.at}/codes").must(200)


def test_274_only_an_operator_founds_and_of_one_place_only_there(server, town):
    body = {"org": "newcomer", "kind": "body", "title": "x", "community": town.slug}
    town.trust.post("/v1/organisations", body).refused(403, "not_allowed")
    local = server.client(town.token("operator", "local"))
    local.post("/v1/organisations", {**body, "community": "elsewhere"}) \
        .refused(403, "wrong_community")
    local.post("/v1/organisations", {**body, "community": town.slug}).must(201)
    local.post("/v1/organisations", {**body, "community": town.slug}).refused(409, "org_exists")
    listed = town.trust.get("/v1/organisations?limit=100").must(200).json()["items"]
    assert "newcomer" in [org["org"] for org in listed]
    for name in ("operator", "keeper"):
        town.operator.post("/v1/organisations", {**body, "org": name}).refused(422, "fields_wrong")


def test_274_a_key_is_shown_once_works_as_its_hat_and_ends(server, town):
    org = town.org("trust")
    keys = f"/v1/organisations/{org}/keys"
    made = town.operator.post(keys, {"role": "trust", "label": "bot", "days": 1}, key="make-it-now")
    made = made.must(201).json()
    assert made["key"].startswith("gsk_") and made["id"] in made["key"]
    again = town.operator.post(keys, {"role": "trust", "label": "bot", "days": 1},
                               key="make-it-now").must(201).json()
    assert "key" not in again and again["replayed"]
    program = server.client(made["key"])
    program.get(f"{town.at}/codes").must(200)
    program.post(f"{town.at}/funds", {"amount": 5, "source": "x"}).must(201)
    program.get(f"{Town(server).at}/codes").refused(403, "wrong_community")
    program.get("/v1/me").refused(403, "not_allowed")
    seen = town.operator.get(f"/v1/organisations/{org}").must(200)
    assert [key["id"] for key in seen.json()["key_list"]] == [made["id"]]
    assert made["key"] not in seen.text
    town.operator.delete(f"{keys}/{made['id']}").must(200)
    wait_until(lambda: program.get(f"{town.at}/codes").code == "token_invalid", 5, "its end")
    town.operator.delete(f"{keys}/{made['id']}").refused(404, "org_key_unknown")
    town.recount()


def test_274_who_is_signed_out_with_their_organisation_acts_again_after_signing_in(server, town):
    body = town.org("body")
    clerk = town.member(body, "clerk")
    word = clerk.set_password("a sentence of my own", "olga").must(200).json()["name"]
    key = town.operator.post(f"/v1/organisations/{body}/keys", {"role": "clerk", "label": "x"}) \
        .must(201).json()["key"]
    program = server.client(key)

    def draft(by):
        return by.post(f"{town.at}/tenders", {"title": "Trees", "ceiling": 5, "people_min": 1,
                                              "closes": stamp(60)})
    draft(clerk).must(201)
    draft(program).must(201)
    town.trust.post(f"{town.at}/staff/{body}/sign-out").must(200)
    draft(clerk).refused(401, "signed_out")
    draft(program).refused(401, "signed_out")

    def back_again():  # a session begins with a whole second, which may be that of the sign-out
        clerk.by_password(word, "a sentence of my own").must(200)
        return draft(clerk).status == 201
    wait_until(back_again, 30, "a sign-in behind the sign-out")
    assert roles(clerk) == [("clerk", town.slug, body)]
    key = town.operator.post(f"/v1/organisations/{body}/keys", {"role": "clerk", "label": "y"}) \
        .must(201).json()["key"]
    draft(server.client(key)).must(201)
    draft(program).refused(401, "signed_out")
