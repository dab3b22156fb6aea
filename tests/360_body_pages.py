"""The pages of a commissioning body, from its constitution to a completed commission, as a person
walks through them without a script; each form is what the page itself shows."""
import html
import re
import urllib.parse

import pytest

from browsing import Person
from story import Commons, stamp

HTML = {"Accept": "text/html"}
FORM = {"Content-Type": "application/x-www-form-urlencoded", **HTML}
WORDS = {"title": "Garden voices", "decision": "By show of hands.",
         "deliberation": "Two evenings and a week in writing.", "prevention": "Loneliness.",
         "conflicts": "Whoever has one leaves the room."}


def day(days):
    then = stamp(days * 86400)
    return {"day": then[8:10], "month": then[5:7], "year": then[:4]}


class Page:
    """An answer as HTML: its forms by where they are sent, and its words."""

    def __init__(self, answer):
        self.answer, self.html = answer, answer.text
        main = self.html[self.html.find("<main"):self.html.find("</main>")]
        self.words = " ".join(html.unescape(re.sub(r"<[^>]*>", " ", main)).split())
        self.links = [html.unescape(link) for link in re.findall(r'href="([^"]*)"', main)]

    def form(self, action):
        """Its hidden fields, and what already stands in the others."""
        found = next((one for one in re.findall(r"<form.*?</form>", self.html, re.S)
                      if f'action="{action}"' in one), None)
        assert found, (action, self.words)
        fields = {}
        for one in re.findall(r"<input[^>]*>", found):
            name, value = re.search(r'name="([^"]*)"', one), re.search(r'value="([^"]*)"', one)
            if name and ('type="radio"' not in one or " checked" in one):
                fields[name.group(1)] = html.unescape(value.group(1) if value else "")
        for name, value in re.findall(r'<textarea[^>]*name="([^"]*)"[^>]*>(.*?)</textarea>',
                                      found, re.S):
            fields[name] = html.unescape(value)
        return fields


class Town(Commons):
    def __init__(self, server):
        super().__init__(server, areas=("north", "south"), residents=6, members_min=2)
        self.at = f"/v1/communities/{self.slug}"
        self.body = f"voices-{self.slug}"
        self.place = f"/c/{self.slug}/body"
        self.fund(100_000)
        self.open_round(5000, token=100, closes=stamp(10 * 86400))
        self.operator.post("/v1/organisations", {"org": self.body, "kind": "body",
                                                 "title": "Voices", "community": self.slug}
                           ).must(201)
        self.clerk, self.second = self.staff("clerk"), self.staff("clerk")
        self.members = [self.person(area) for area in self.areas]

    def person(self, area="north"):
        code = self.trust.post(f"{self.at}/codes", {
            "n": 1, "area": area, "expires_at": stamp(86400)}).must(201).json()["codes"][0]
        person = Person(self.server)
        person.by_code(self.slug, code["code"]).must(200)
        return person

    def staff(self, role):
        link = self.operator.post(f"/v1/organisations/{self.body}/invitations", {"role": role}
                                  ).must(201).json()["link"]
        person = self.person()
        person.entered(person.post("/v1/invitations/accept", {"link": link}).must(200))
        return person

    def see(self, path="", who=None, status=200):
        answer = (who or self.clerk).get(self.place + path, headers=HTML)
        assert answer.status == status, (path, answer.status, answer.text[-2000:])
        return Page(answer)

    def send(self, path, fields=None, on=None, who=None, to=None):
        """Fills the form that is sent to `path`, which stands on the page `on`."""
        who, on = who or self.clerk, path if on is None else on
        known = self.see(on, who).form(self.place + path)
        body = urllib.parse.urlencode({**known, **(fields or {})}).encode()
        answer = who.request("POST", self.place + path, body, key=None,
                             headers={**FORM, "Groundswell-Csrf": None})
        if to is None:
            return Page(answer)
        assert answer.status == 303, Page(answer).words
        assert re.fullmatch(to, answer.headers["location"]), answer.headers["location"]
        return answer.headers["location"]

    def date(self, name, days):
        """What is typed into the three parts of a date."""
        return {f"{name}.{part}:part": value for part, value in day(days).items()}


@pytest.fixture(scope="module")
def town(server):
    return Town(server)


def test_360_from_a_constitution_to_a_completed_commission(town):
    home = re.escape(town.place)
    # -- the body
    tasks = town.see()
    assert "Write the constitution" in tasks.words and f"{town.place}/new" in tasks.links
    refused = town.send("/new", {**WORDS, "decision": ""})
    assert refused.answer.status == 422 and 'href="#decision"' in refused.html, refused.words
    assert "Two evenings" in refused.html, "what was typed is kept"
    town.send("/new", WORDS, to=home + r"\?done=saved")
    tasks = town.see()
    assert "Version 1 is in force." in tasks.words and "Something is missing" in tasks.words
    body = next(link for link in tasks.links if link.endswith("/constitution"))[len(town.place):-13]
    page = town.see(f"{body}/constitution")
    assert page.form(town.place + body + "/constitution")["title"] == "Garden voices"
    town.send(f"{body}/constitution", {"prevention": "Loneliness and heat."},
              to=home + re.escape(body) + r"/constitution\?done=saved")
    assert "Version 2 is in force." in town.see(f"{body}/constitution").words

    # -- members, with the majority as it would be
    members = f"{body}/members"
    shown = town.send(members + "/try", {"category": "professional", "votes:number": "3"}, members)
    assert shown.answer.status == 200 and "With this seat" in shown.words
    assert "0 of 1 seats and 0 of 3 votes" in shown.words
    assert "4 more votes for residents" in shown.words and 'value="3"' in shown.html
    assert "0 of 0 seats" in town.see(members).words, "nothing was done"
    for i, person in enumerate(town.members):
        town.send(members, {"category": "resident", "interests": "None.",
                            "name": f"Member {i + 1}", "resident": person.resident()},
                  to=home + re.escape(members) + r"\?done=saved")
    assert "The body may publish" in town.see(members).words

    # -- a tender, with the rule as it would be
    shown = town.send("/tenders/new/try", {"ceiling:money": "1,000", "people_min:number": "50"},
                      "/tenders/new")
    assert "Cannot be reached" in shown.words and "50 people would have to pledge" in shown.words
    assert 'value="1,000"' in shown.html
    empty = town.send("/tenders/new")
    assert empty.answer.status == 422 and 'href="#title"' in empty.html, "all left empty"
    rule = {"title": "A garden", "need": "Nowhere to sit.", "ceiling:money": "90",
            "people_min:number": "2", "areas_min:number": "1", "area_people_min:number": "1",
            "deliberation_days:number": "0", "deliberation_contributors:number": "0",
            "window:days": "0", "tally": "open", "late:bool": "no",
            **town.date("closes", 5), "closes.day:part": "99"}
    refused = town.send("/tenders/new", rule)
    assert refused.answer.status == 422 and 'href="#closes"' in refused.html
    assert "Enter a real date" in refused.words
    made = town.send("/tenders/new", {**rule, **town.date("closes", 5)},
                     to=home + r"/tenders/\d+\?done=saved")
    tender = re.search(r"/tenders/\d+", made).group(0)
    made = f"{town.slug}.t{tender.split('/')[-1]}"

    # -- approvals, publication
    page = town.see(tender)
    assert "2 more approvals" in page.words
    assert "Nobody has approved it yet" in page.words
    refused = town.send(f"{tender}/publish", on=tender)
    assert refused.answer.status == 409 and "approved this tender" in refused.words
    for person in town.members:
        town.send(f"{tender}/approve", on=tender, who=person,
                  to=home + tender + r"\?done=approved")
    assert "2 members have approved" in town.see(tender).words
    town.send(f"{tender}/publish", on=tender, to=home + tender + r"\?done=done")

    # -- the discussion
    talk = town.members[0].post(f"/v1/tenders/{made}/talks", {
        "kind": "for", "text": "Buy my *seeds*."}).must(201).json()["talk"]
    page = town.see(tender)
    assert "Nobody has spoken against it yet." in page.words
    refused = town.send(f"{tender}/open", on=tender)
    assert refused.answer.status == 409
    hide = f"/talks/{talk.split('.k')[1]}/hide"
    assert town.place + hide in town.see(f"{tender}/talks").links
    refused = town.send(hide, {"text": "It advertises."})
    assert 'href="#reason"' in refused.html and "It advertises." in refused.html
    town.send(hide, {"reason": "spam", "text": "It advertises."}, to=home + hide + r"\?done=done")
    assert "Hidden" in town.see(f"{tender}/talks").words
    town.send(f"{tender}/summary", {"text": "Nothing has changed."},
              to=home + tender + r"\?done=sent")

    # -- a proposal, with those like it
    offer = f"{tender}/proposals/new"
    shown = town.send(offer + "/try", {"title": "A garden"}, offer)
    assert "None is like it." in shown.words
    promised = {"title": "Beds and benches", "summary": "Eight beds.", "provider": "Rowan CIC",
                "milestones.0.title": "Beds", "milestones.0.amount:money": "40",
                "milestones.1.title": "Benches", "milestones.1.amount:money": "50",
                **town.date("milestones.1.due", 30),
                "outcomes.0.title": "People outdoors", "outcomes.0.target:number": "40"}
    refused = town.send(offer, {**promised, "price:money": "95"})
    assert refused.answer.status == 422 and "ceiling" in refused.words
    town.send(offer, {**promised, "price:money": "90"}, to=home + tender + r"\?done=sent")
    page = town.see(tender)
    assert "1 proposal to judge" in page.words
    judge = next(link for link in page.links if link.endswith("/judge"))[len(town.place):]
    amend = judge.replace("/judge", "/amend")
    known = town.see(amend).form(town.place + amend)
    assert known["price:money"] == "90" and known["milestones.1.amount:money"] == "50"
    town.send(amend, {"summary": "Eight beds and a bench."},
              to=rf"/c/{town.slug}/proposals/1\?done=saved")
    refused = town.send(judge, {"eligible:bool": "yes"})
    assert 'href="#reasons"' in refused.html
    town.send(judge, {"eligible:bool": "yes", "reasons": "It can be done."},
              to=home + judge + r"\?done=saved")
    assert "Eligible" in town.see(judge).words
    town.send(f"{tender}/open", on=tender, to=home + tender + r"\?done=done")
    proposal = next(item["proposal"] for item in town.anyone.get(
        f"/v1/tenders/{made}/proposals").must(200).json()["items"])
    shown = town.clerk.get(f"/c/{town.slug}/proposals/{proposal.split('.p')[1]}/poster",
                           headers=HTML).must(200)
    assert "<svg" in shown.text and f"/c/{town.slug}/proposals/" in Page(shown).words

    # -- residents pledge, and it is chosen
    for person in town.members:
        person.put(f"/v1/proposals/{proposal}/pledge", {"amount": 4500}).must(200)
    tasks = town.see()
    assert "Beds and benches" in tasks.words and "Next: sign the contract." in tasks.words
    work = next(link for link in tasks.links if "/body/commissions/" in link)[len(town.place):]

    # -- the contract
    page = town.see(work + "/contract")
    assert page.form(town.place + work + "/contract")["supplier.name"] == "Rowan CIC"
    dates = {**town.date("starts", 1), **town.date("ends", 90)}
    refused = town.send(work + "/contract", {**dates, "document": ""})
    assert refused.answer.status == 422 and 'href="#document"' in refused.html
    town.send(work + "/contract", {**dates, "document": town.document()},
              to=home + work + r"\?done=saved")
    assert "Beds" in town.see(work).words

    # -- a variation takes two
    vary = {"milestones.0.amount:money": "30", "milestones.1.amount:money": "60",
            "reason": "Benches cost more."}
    refused = town.send(work + "/variation", {**vary, "milestones.1.amount:money": "x"})
    assert 'href="#milestones-1-amount"' in refused.html
    town.send(work + "/variation", vary, to=home + work + r"\?done=saved")
    said = town.send(work + "/variations/1", to=home + work + r"\?done=\w+")
    if said.endswith("waits"):
        town.send(work + "/variations/1", who=town.second, to=home + work + r"\?done=done")
    assert "In force" in town.see(work).words

    # -- milestones
    for n, amount in ((1, "30"), (2, "60")):
        step = f"{work}/milestones/{n}"
        town.send(step + "/evidence", {"note": "Photographs."}, to=home + work + r"\?done=saved")
        town.send(step + "/report", {"note": "It is there."}, to=home + work + r"\?done=sent")
        town.send(step + "/accept", to=home + work + r"\?done=done")
        refused = town.send(step + "/payment", {"amount:money": "99", "reference": "INV"})
        assert refused.answer.status == 409 and 'href="#amount"' in refused.html
        town.send(step + "/payment", {"amount:money": amount, "reference": f"INV-{n}",
                                      **town.date("paid_on", 0)},
                  to=home + work + r"\?done=saved")
    assert "£90 of £90 paid" in town.see(work).words
    town.send(work + "/complete", to=home + work + r"\?done=done")
    town.send(work + "/outcome", {"promise:number": "1", "indicator": "People outdoors",
                                  "figure:number": "46"}, to=home + work + r"\?done=saved")
    town.send(work + "/savings", {"agencies.0.name": "The surgery",
                                  "agencies.0.amount:money": "300"},
              to=home + work + r"\?done=saved")
    page = town.see()
    assert "Completed" in page.words and "£90 of £90 paid" in page.words
    town.recount()


def test_360_what_takes_two_people_or_a_helper(town):
    home = re.escape(town.place)
    body = town.anyone.get(f"{town.at}/bodies").must(200).json()["items"][0]["body"]
    need = town.members[0].post(f"{town.at}/needs", {"text": "A bench."}).must(201).json()["need"]
    answer = f"/needs/{need.split('.n')[1]}/answer"
    assert "A bench." in town.see(answer).words
    town.send(answer, {"text": "We ask for offers."}, to=home + r"\?done=sent")
    assert "answered" in town.see(answer).words

    # -- a pledge from paper
    call = town.clerk.post(f"{town.at}/tenders", {
        "title": "A bench", "ceiling": 1000, "people_min": 2, "deliberation_days": 0,
        "deliberation_contributors": 0, "closes": stamp(86400)}).must(201).json()["tender"]
    for person in town.members:
        person.post(f"/v1/tenders/{call}/approvals").must(200)
    town.clerk.post(f"/v1/tenders/{call}/publish").must(200)
    offers = [town.clerk.post(f"/v1/tenders/{call}/proposals", {"title": title, "price": 1000}
                              ).must(201).json()["proposal"] for title in ("Oak", "Beech", "Ash")]
    merge = f"/proposals/{offers[0].split('.p')[1]}/merge"
    assert "Beech" in town.see(merge).words
    town.send(merge, {"with": offers[1]}, to=home + merge + r"\?done=sent")
    away = f"/proposals/{offers[2].split('.p')[1]}/withdraw"
    town.send(away, to=rf"/c/{town.slug}/proposals/\d+\?done=done")
    for offer in offers[:2]:
        answer = town.clerk.post(f"/v1/proposals/{offer}/judgement",
                                 {"eligible": True, "reasons": "Yes."})
        assert answer.status in (200, 409), answer.text
    town.clerk.post(f"/v1/tenders/{call}/open").must(200)
    helper = town.staff("helper")
    paper = f"/proposals/{offers[0].split('.p')[1]}/paper"
    codes = town.trust.post(f"{town.at}/codes", {"n": 2, "area": "north", "expires_at": stamp(999)}
                            ).must(201).json()["codes"]
    refused = town.send(paper, {"code": "7K3QX", "amount:money": "5"}, who=helper)
    assert refused.answer.status >= 400 and 'href="#code"' in refused.html, refused.words
    for code in codes:
        said = town.send(paper, {"code": code["code"], "amount:money": "5"}, who=helper,
                         to=home + paper + r"\?done=\w+")
        assert said.endswith("waits"), "it is the helper's own body's tender"

    # -- what ends
    withdraw = f"/tenders/{call.split('.t')[1]}/withdraw"
    assert town.send(withdraw, to=home + r"/tenders/\d+\?done=\w+").endswith("waits")
    assert town.send(withdraw, who=town.second, to=home + r"/tenders/\d+\?done=\w+"
                     ).endswith("done")
    assert "It was withdrawn." in town.see().words
    member = town.anyone.get(f"/v1/bodies/{body}/members").must(200).json()["items"][0]["member"]
    place = f"/bodies/{body.split('.b')[1]}/members"
    town.send(f"{place}/{member.split('.m')[1]}/end", to=home + place + r"\?done=saved")
    assert "Something is missing" in town.see().words


def test_360_who_is_no_clerk_is_told_so_and_can_do_nothing(town):
    stranger = town.person()
    assert "You are not signed in as one of them." in town.see(who=stranger).words
    page = town.see("/new", who=stranger)
    answer = stranger.request("POST", f"{town.place}/new", urllib.parse.urlencode({
        **page.form(f"{town.place}/new"), **WORDS}).encode(), key=None,
        headers={**FORM, "Groundswell-Csrf": None})
    assert answer.status == 403
    away = town.anyone.get(town.place, headers=HTML)
    assert away.status == 303 and "/sign-in?to=" in away.headers["location"]
