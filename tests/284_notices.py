"""Notices: who should know is told on the site, by mail where they asked for it, once each; one
click ends the mails; a mail server that is away delays nothing and loses nothing."""
import email
import email.policy
import re

import pytest

from browsing import Person
from server import Server, wait_until
from smtp_server import Smtp
from townsfolk import Townsfolk


@pytest.fixture(scope="module")
def smtp():
    with Smtp() as one:
        yield one


@pytest.fixture(scope="module")
def mailing(smtp):
    with Server(args=["--mail-server", smtp.url, "--mail-from", "no-reply@commons.example",
                      "--notices-rest-ms", "50"], workers=2) as server:
        yield server


class Town(Townsfolk):
    """An open round; `first` and `second` compete in one tender; ann, bob and cem have accounts."""

    def __init__(self, server, people_min=2):
        super().__init__(server, residents=0)
        self.at = f"/v1/communities/{self.slug}"
        self.notices = f"{self.at}/notices"
        self.fund(5000)
        self.people = [self.person() for _ in range(3)]
        self.open_round(allotment=100)
        self.open = self.tender(ceiling=1000, people_min=people_min)
        self.first, self.second = (self.proposal(self.open, price=150) for _ in range(2))
        self.open_tender(self.open)

    def read(self, person, query=""):
        return person.get(self.notices + query).must(200).json()

    def kinds(self, person):
        return [(item["kind"], item["how"]) for item in self.read(person)["items"]]


def pledge(person, proposal, amount):
    return person.put(f"/v1/proposals/{proposal}/pledge", {"amount": amount}).must(200).json()


@pytest.fixture
def town(mailing):
    return Town(mailing)


def letters_to(smtp, address):
    return [email.message_from_bytes(one.raw, policy=email.policy.default)
            for one in list(smtp.letters) if one.to == [address]]


def confirm(person, smtp, address):
    person.put("/v1/me/mail", {"mail": address}).must(202)
    letter = wait_until(lambda: letters_to(smtp, address), 60, "the letter to confirm")[0]
    secret = re.search(r"/me/mail/confirm#(\S+)", letter.get_content())[1]
    person.post("/v1/me/mail/confirm", {"link": secret}).must(200)


def news(smtp, address):
    return [one for one in letters_to(smtp, address) if "List-Unsubscribe" in one]


def test_284_what_was_chosen_and_what_came_back_is_told_to_whom_it_concerns(town):
    ann, bob, cem = town.people
    pledge(ann, town.first, 100)
    pledge(cem, town.second, 40)
    pledge(bob, town.first, 100)
    assert town.kinds(ann)[0] == ("commission_activated", "proposal")
    mine = town.read(ann)["items"][0]
    assert mine["amount"] == 75 and not mine["seen"], "the share, not what was pledged"
    assert mine["proposal"] == town.first
    assert town.kinds(cem)[0] == ("commission_activated", "tender")
    theirs = town.read(cem)["items"][0]
    assert theirs["amount"] == 40 and "came back" in theirs["says"]
    assert ("round_opened", "all") in town.kinds(cem)
    assert [how for _, how in town.kinds(town.clerk)] == ["body"] * 3, "two proposals and this"
    assert town.kinds(town.trust) == [("commission_activated", "trust")]
    assert "Dewiswyd" in town.read(ann, "?lang=cy")["items"][0]["says"]


def test_284_a_tender_about_to_close_is_told_to_who_pledged_on_it(town):
    ann, bob, _ = town.people
    pledge(ann, town.first, 100)
    assert ("tender_closes_soon", "tender") in town.kinds(ann)
    assert ("tender_closes_soon", "tender") not in town.kinds(bob)
    town.withdraw_tender(town.open)
    assert town.kinds(ann)[0] == ("tender_withdrawn", "tender")
    assert town.kinds(bob)[0][0] == "round_opened"


def test_284_seen_is_remembered_and_pages_go_on(town):
    ann = town.people[0]
    pledge(ann, town.first, 100)
    town.clerk.post(f"/v1/proposals/{town.first}/withdraw").must(200)
    first = town.read(ann, "?limit=1")
    assert len(first["items"]) >= 1 and "next" in first["links"]
    newest = max(item["seq"] for item in town.read(ann)["items"])
    ann.post(f"{town.notices}/seen", {"seq": newest}).must(200)
    seen = {item["kind"]: item["seen"] for item in town.read(ann)["items"]}
    assert seen["proposal_withdrawn"] and seen["round_opened"]
    told, path = [], f"{town.notices}?limit=1"
    while path:
        page = ann.get(path).must(200).json()
        told += [item["kind"] for item in page["items"]]
        path = page["links"].get("next")
    assert sorted(told) == sorted(kind for kind, _ in town.kinds(ann)), "each once, none left out"


def test_284_mail_tells_once_and_one_click_ends_it(town, smtp):
    ann, bob, _ = town.people
    address = f"ann@{town.slug}.example"
    ann.put(f"{town.notices}/mail", {"on": True}).refused(409, "mail_unconfirmed")
    confirm(ann, smtp, address)
    ann.patch("/v1/me", {"lang": "cy"}).must(200)
    ann.put(f"{town.notices}/mail", {"on": True}).must(200)
    assert town.read(ann)["mail"] is True
    pledge(ann, town.first, 100)
    pledge(bob, town.first, 100)
    letter = wait_until(lambda: news(smtp, address), 60, "the news")[0]
    said = letter.get_content()
    assert "Dewiswyd cynnig yr addawoch iddo" in said and "Machine draft" in said
    assert letter["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    stop = letter["List-Unsubscribe"].strip("<>")
    path = stop[stop.index("/c/"):]
    town.anyone.get(path).must(200)
    assert town.read(ann)["mail"] is True, "looking at the link ends nothing"
    changed = path[:-1] + ("0" if path[-1] != "0" else "1")
    town.anyone.post(changed, key=None).refused(410, "link_unknown")
    assert town.read(ann)["mail"] is True
    town.anyone.request("POST", path, headers={"Content-Type":
                                               "application/x-www-form-urlencoded"}).must(200)
    assert town.read(ann)["mail"] is False
    assert len(news(smtp, address)) == 1, "two workers, one letter"


def test_284_a_mail_server_that_says_no_is_asked_again_and_holds_nothing_up(town, smtp):
    bob = town.people[1]
    address = f"bob@{town.slug}.example"
    confirm(bob, smtp, address)
    bob.put(f"{town.notices}/mail", {"on": True}).must(200)
    smtp.rcpt[address] = [b"451 later", b"451 later"]
    town.clerk.post(f"/v1/proposals/{town.second}/withdraw").must(200)
    pledge(bob, town.first, 60)
    town.withdraw_tender(town.open)
    letter = wait_until(lambda: news(smtp, address), 120, "the third try")[0]
    assert "withdrawn" in letter.get_content() or "closes" in letter.get_content()


def test_284_who_has_left_is_told_nothing_more(town):
    ann = town.people[0]
    pledge(ann, town.first, 100)
    town.trust.delete(f"{town.at}/residents/{ann.resident()}").must(200)
    ann.get(town.notices).refused(401, "signed_out")


def test_284_only_who_belongs_there_reads(mailing, town):
    stranger = Town(mailing).people[0]
    stranger.get(town.notices).refused(403, "wrong_community")
    town.anyone.get(town.notices).refused(401, "sign_in_needed")
    assert Person(mailing).get(town.notices).status == 401
    town.people[0].post(f"{town.notices}/seen", {"seq": -1}).refused(422, "fields_wrong")
