"""The pages of a body in a real browser: what a form would do is shown as one types, a document is
sent as it is chosen. How each of them looks: 380."""
import importlib
import re

import pytest

from browser import walk
from story import stamp

pytestmark = pytest.mark.long

bodies = importlib.import_module("360_body_pages")
COOKIE = "__Host-groundswell"


class Town(bodies.Town):
    """With a body and a commission whose contract is to be signed."""

    def __init__(self, server):
        super().__init__(server)
        self.home = server.url.replace("127.0.0.1", "localhost")
        self.number = self.form(self.body).split(".b")[1]
        for person in self.members:
            self.seat(f"{self.slug}.b{self.number}", "resident", resident=person.resident(),
                      name="Ada Lovelace").must(201)
        chosen = self.call("Lunch on Tuesdays, cooked by those who eat it")
        for person in self.members:
            person.post(f"/v1/tenders/{chosen}/approvals").must(200)
        self.clerk.post(f"/v1/tenders/{chosen}/publish").must(200)
        proposal = self.offered(chosen)
        self.judge(proposal).must(200)
        self.clerk.post(f"/v1/tenders/{chosen}/open").must(200)
        for person in self.members:
            person.put(f"/v1/proposals/{proposal}/pledge", {"amount": 4500}).must(200)
        work = self.anyone.get(f"{self.at}/commissions").must(200).json()["items"][0]
        self.work = work["commission"]

    def call(self, title):
        return self.clerk.post(f"{self.at}/tenders", {
            "title": title, "need": "There is nowhere to sit.", "ceiling": 9000, "people_min": 2,
            "deliberation_days": 0, "deliberation_contributors": 0, "closes": stamp(86400)}
        ).must(201).json()["tender"]

    def offered(self, tender):
        return self.clerk.post(f"/v1/tenders/{tender}/proposals", {
            "title": "Beds and benches", "summary": "Eight beds and four benches.", "price": 9000,
            "provider": "Rowan CIC", "outcomes": [{"title": "People outdoors", "target": 40}],
            "milestones": [{"title": "Beds", "amount": 4000}, {"title": "Benches", "amount": 5000}]
        }).must(201).json()["proposal"]

    def signed_in(self):
        """Steps, as the clerk."""
        return [["cookie", {"name": COOKIE, "value": self.clerk.cookie, "domain": "localhost"}]]


@pytest.fixture(scope="module")
def town(server):
    return Town(server)


def test_361_what_a_rule_takes_is_shown_as_it_is_typed(town):
    place = town.home + town.place + "/tenders/new"
    seen = walk([*town.signed_in(), ["goto", place], ["fill", "#people_min", "50"],
                 ["fill", "#ceiling", "1,000"], ["wait", "#simulation .govuk-tag--red"],
                 ["text", "#simulation"], ["value", "#ceiling"], ["url"]])
    assert "50 people would have to pledge" in seen["saw"][-3]
    assert seen["saw"][-2:] == ["1,000", place], "nothing was sent, nothing is lost"


def test_361_the_majority_is_shown_as_members_are_typed(town):
    place = f"{town.home}{town.place}/bodies/{town.number}/members"
    seen = walk([*town.signed_in(), ["goto", place],
                 ["check", "#category-professional"], ["fill", "#votes", "3"],
                 ["wait", "#majority .govuk-tag--yellow"], ["text", "#majority"]])
    assert "2 of 3 seats and 2 of 5 votes" in seen["saw"][-1]
    assert "2 more votes for residents" in seen["saw"][-1]


def test_361_a_document_is_sent_as_it_is_chosen(town, tmp_path):
    paper = tmp_path / "contract.pdf"
    paper.write_bytes(b"%PDF-1.7\n1 0 obj\n%%EOF\n" + town.slug.encode())
    place = f"{town.home}{town.place}/commissions/{town.work.split('.c')[1]}/contract"
    seen = walk([*town.signed_in(), ["goto", place], ["choose", "#file", str(paper)],
                 ["wait", "#file-says:not(:empty)"], ["text", "#file-says"],
                 ["value", "#document"]])
    assert seen["saw"][-2] == "The file is here."
    assert re.fullmatch("[0-9a-f]{64}", seen["saw"][-1])
    seen = walk([*town.signed_in(), ["goto", place], ["shown", "#file"],
                 ["shown", "#document"]], script=False)
    assert seen["saw"][-2:] == [False, True], "without a script, only what works without one"
