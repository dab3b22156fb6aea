"""The pages of a body in a real browser: what a form would do is shown as one types, a document is
sent as it is chosen; and every page is narrow enough, and found good by axe."""
import importlib
import re

import pytest

from browser import picture, walk
from story import stamp

pytestmark = pytest.mark.long

bodies = importlib.import_module("360_body_pages")
COOKIE = "__Host-groundswell"
WIDTHS = (320, 375, 1280)


class Town(bodies.Town):
    """With a body, a draft, a published tender and a commission that is being delivered."""

    def __init__(self, server):
        super().__init__(server)
        self.home = server.url.replace("127.0.0.1", "localhost")
        self.number = self.form(self.body).split(".b")[1]
        for person in self.members:
            self.seat(f"{self.slug}.b{self.number}", "resident", resident=person.resident(),
                      name="Ada Lovelace").must(201)
        self.draft = self.call("A bench for every street")
        self.talking = self.call("A garden that everybody can reach")
        chosen = self.call("Lunch on Tuesdays, cooked by those who eat it")
        for tender in (self.talking, chosen):
            for person in self.members:
                person.post(f"/v1/tenders/{tender}/approvals").must(200)
            self.clerk.post(f"/v1/tenders/{tender}/publish").must(200)
        self.talk = self.members[0].post(f"/v1/tenders/{self.talking}/talks", {
            "kind": "for", "text": "My mother cannot walk far."}).must(201).json()["talk"]
        self.offer = self.offered(self.talking)
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

    def pages(self):
        tender, talking = (one.split(".t")[1] for one in (self.draft, self.talking))
        work = f"/commissions/{self.work.split('.c')[1]}"
        body, talk = f"/bodies/{self.number}", self.talk.split(".k")[1]
        offer = self.offer.split(".p")[1]
        return {"tasks": "", "new": "/new", "constitution": f"{body}/constitution",
                "members": f"{body}/members", "member-end": f"{body}/members/1/end",
                "tender-new": "/tenders/new", "draft": f"/tenders/{tender}",
                "talking": f"/tenders/{talking}", "withdraw": f"/tenders/{tender}/withdraw",
                "summary": f"/tenders/{talking}/summary", "talks": f"/tenders/{talking}/talks",
                "hide": f"/talks/{talk}/hide", "offer": f"/tenders/{talking}/proposals/new",
                "judge": f"/proposals/{offer}/judge", "amend": f"/proposals/{offer}/amend",
                "merge": f"/proposals/{offer}/merge",
                "offer-withdraw": f"/proposals/{offer}/withdraw",
                "paper": f"/proposals/{offer}/paper", "work": work,
                "contract": f"{work}/contract", "evidence": f"{work}/milestones/1/evidence",
                "report": f"{work}/milestones/1/report", "accept": f"{work}/milestones/1/accept",
                "payment": f"{work}/milestones/1/payment", "variation": f"{work}/variation",
                "outcome": f"{work}/outcome", "savings": f"{work}/savings",
                "complete": f"{work}/complete", "end": f"{work}/end"}


@pytest.fixture(scope="module")
def town(server):
    return Town(server)


def test_361_every_page_is_good_and_narrow(town):
    steps = town.signed_in()
    looked = []
    places = {name: town.home + town.place + path for name, path in town.pages().items()}
    places["poster"] = f"{town.home}/c/{town.slug}/proposals/{town.offer.split('.p')[1]}/poster"
    for name, place in places.items():
        steps += [["goto", place], ["axe"]]
        looked += [(name, "address"), (name, "axe")]
        for width in WIDTHS:
            steps += [["resize", width, 900], ["sideways"], *picture(f"body-{name}-{width}")]
            looked += [(name, "resize"), (name, width)] + [(name, "shot")] * len(picture("x"))
    seen = walk(steps)["saw"][-len(looked):]
    wrong = [(name, what, said) for (name, what), said in zip(looked, seen)
             if (what == "axe" and said) or (what in WIDTHS and said != 0)]
    assert wrong == []
    assert seen and not [place for place in seen if isinstance(place, str) and "/sign-in" in place]


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
