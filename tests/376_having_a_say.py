"""What residents do on pages beside pledging: they look into their budget, change and take back,
argue, stand behind needs, confirm what was delivered, and read what is new."""
import pytest

from browser import picture, walk
from story import stamp
from townsfolk import Townsfolk

pytestmark = pytest.mark.long

SEND = ["click", "main form button[type=submit]"]
DONE = "main [role=alert] p"
SUPPLIER = {"name": "Rowan", "id": {"scheme": "GB-COH", "id": "01234567"}}
MILESTONES = [{"title": "The beds are dug", "amount": 2000},
              {"title": "The bench stands", "amount": 1000}]


class Town(Townsfolk):
    """A tender that goes on, with `dear` and `cheap`; and one where `done` was chosen: ann paid 10
    pounds of the 20 that she pledged, as bob and cem did."""

    def __init__(self, server):
        super().__init__(server, areas=("north", "south"))
        self.fund(100000)
        self.ann, self.bob, self.cem = (self.person() for _ in range(3))
        self.open_round(5000, token=100)
        past, self.open = (self.tender(title=title, ceiling=90000, people_min=3,
                                       closes=stamp(3000)) for title in ("A park", "A bus"))
        self.done = self.propose(past, "A garden", 3000, milestones=MILESTONES)
        self.lost = self.propose(past, "A fountain", 3000)
        self.dear = self.propose(self.open, "A bus every hour", 60000)
        self.cheap = self.propose(self.open, "A shared taxi", 40000)
        for tender in (past, self.open):
            self.open_tender(tender)
        self.pledge_of(self.ann, self.lost, 700)
        for person in (self.ann, self.bob, self.cem):
            self.pledge_of(person, self.done, 2000)
        self.at = f"{self.site}/c/{self.slug}"

    def propose(self, tender, title, price, **more):
        return self.clerk.post(f"/v1/tenders/{tender}/proposals", {
            "title": title, "price": price, "summary": "As it is done elsewhere.", **more}).must(
                201).json()["proposal"]

    def pledge_of(self, person, proposal, amount):
        return person.put(f"/v1/proposals/{proposal}/pledge", {"amount": amount}).must(200)

    def page(self, thing, rest=""):
        """The address of riverside.p12 for people."""
        folder = {"t": "tenders", "p": "proposals", "k": "talks", "n": "needs",
                  "c": "commissions"}[thing.split(".")[1][0]]
        return f"{self.at}/{folder}/{thing.split('.')[1][1:]}{rest}"


@pytest.fixture(scope="module")
def town(server):
    return Town(server)


def as_(person):
    return [["cookie", {"name": "__Host-groundswell", "value": person.cookie,
                        "domain": "localhost"}]]


def look(name, script=True):
    """A page is read by everybody, and on a phone too; axe is itself a script."""
    if not script:
        return picture(f"say-{name}")
    return [["axe"], *picture(f"say-{name}-wide"), ["resize", 320, 700], ["sideways"], ["axe"],
            *picture(f"say-{name}-narrow"), ["resize", 1280, 900]]


def all_is_well(seen):
    assert [one for one in seen["saw"] if isinstance(one, list) and one
            and isinstance(one[0], list)] == []
    assert {one for one in seen["saw"] if isinstance(one, int)} <= {0}


def test_376_my_budget_says_what_became_of_each_pledge(town):
    seen = walk([*as_(town.ann), ["goto", town.at + "/budget"], ["text", "#free"],
                 ["text", "#held-sum"], ["text", "#spent-sum"], ["texts", "#spent td, #spent th"],
                 ["texts", "#back tbody"], *look("budget"), ["click", "#spent a >> text=Receipt"],
                 ["text", "#receipt-record"], *look("receipt")], width=1280)
    saw = seen["saw"]
    assert saw[2:5] == ["£40", "£0", "£10"]
    assert {"A garden", "£20", "£10"} <= {one.strip() for one in saw[5]}
    assert "A fountain" in saw[6][0] and "£7" in saw[6][0] and "£10" in saw[6][0]
    all_is_well(seen)


@pytest.mark.parametrize("script", [True, False])
def test_376_a_pledge_is_checked_changed_and_taken_back(town, script):
    person, place = town.person(), town.page(town.dear, "/pledge")
    check = [["goto", place], ["fill", "#amount", "60"], SEND]
    seen = walk([*as_(person), *check, ["text", ".govuk-error-summary li"], ["value", "#amount"],
                 ["text", "#amount-error"], *look("pledge-error", script),
                 ["fill", "#amount", "0.50"], SEND, ["text", ".govuk-error-summary li"],
                 ["fill", "#amount", "lots"], SEND, ["text", ".govuk-error-summary li"],
                 ["fill", "#amount", ""], SEND, ["text", ".govuk-error-summary li"],
                 ["fill", "#amount", "£ 12.50"], ["click", "#falls summary"],
                 ["select", "#fallback-0", town.cheap], *look("pledge", script), SEND,
                 ["text", "#check-amount"], ["text", "main ol"], *look("check", script), SEND,
                 ["text", "#receipt-amount"], *look("receipt", script),
                 ["goto", place], ["value", "#amount"], ["fill", "#amount", "20"], SEND, SEND,
                 ["goto", town.at + "/budget"], ["text", "#held"],
                 ["click", "#held a >> text=Take back"], *look("withdraw", script), SEND,
                 ["text", DONE], ["text", "#free"]], script=script, width=1280)
    said = [one for one in seen["saw"] if isinstance(one, str)]
    assert "only £50 is available to this pledge: £10 too much" in said[1] and said[2] == "60"
    for words in ("at least one token (£1)", "Enter an amount in numbers",
                  "Enter how much you pledge"):
        assert any(words in one for one in said), words
    assert said.count("£12.50") == 2 and "A shared taxi" in said and "12.50" in said
    assert any("£20" in one and "A bus every hour" in one for one in said)
    assert said[-2:] == ["Your pledge came back to your budget.", "£50"]
    all_is_well(seen)
    kept = [record for record in town.log() if record["kind"].startswith("pledge_")][-3:]
    assert [record["kind"] for record in kept] == ["pledge_set", "pledge_set", "pledge_withdrawn"]


def test_376_what_was_typed_is_kept_where_the_act_is_refused(town):
    """The check page is old: meanwhile the money is elsewhere."""
    person = town.person()
    seen = walk([*as_(person), ["goto", town.page(town.dear, "/pledge")], ["fill", "#amount", "40"],
                 SEND, ["eval", f"""(async () => {{
                   const said = await (await fetch("/v1/me")).json();
                   return (await fetch("/v1/proposals/{town.cheap}/pledge", {{ method: "PUT",
                     headers: {{ "Content-Type": "application/json", "Idempotency-Key":
                     crypto.randomUUID(), "Groundswell-Csrf": said.session.csrf }},
                     body: '{{"amount": 3000}}' }})).status; }})()"""], SEND,
                 ["text", ".govuk-error-summary li"], ["value", "#amount"]])
    assert seen["saw"][-4] == 200 and "only £20 is available" in seen["saw"][-2]
    assert seen["saw"][-1] == "40"


@pytest.mark.parametrize("script", [True, False])
def test_376_people_argue_and_say_where_they_stand(town, script):
    author, reader = town.person(), town.person()
    seen = walk([*as_(author), ["goto", town.page(town.open, "/say?kind=question")],
                 *look("say", script), SEND, ["text", ".govuk-error-summary li"],
                 ["fill", "#text", "Who *drives* it?"], SEND, ["text", DONE], ["url"],
                 *look("talk-mine", script)], script=script, width=1280)
    all_is_well(seen)
    url = [one for one in seen["saw"] if isinstance(one, str)][-1].split("?")[0]
    seen = walk([*as_(reader), ["goto", url], ["text", "main .gs-prose"], *look("talk", script),
                 ["click", "button[value=agree]"], ["text", "#stance"],
                 ["text", "#stances"], ["click", "button[value=none]"], ["text", "#stances"],
                 ["forget"], ["goto", url], ["shown", "button[value=agree]"],
                 *as_(author), ["goto", url + "/edit"], ["value", "#text"],
                 ["fill", "#text", "Who drives it at night?"], SEND, ["text", "main .gs-prose"]],
                script=script, width=1280)
    said = [one for one in seen["saw"] if isinstance(one, str)]
    assert "Who drives it?" in said and "I agree" in said and "Who *drives* it?" in said
    assert said[2:5] == ["I agree", "1 agrees, 0 disagree, 0 cannot say.",
                         "0 agree, 0 disagree, 0 cannot say."]
    assert said[-1] == "Who drives it at night?" and False in seen["saw"]


def test_376_who_was_hidden_appeals(town):
    author = town.person()
    talk = author.post(f"/v1/tenders/{town.open}/talks",
                       {"kind": "for", "text": "Buy my buses."}).must(201).json()["talk"]
    town.clerk.post(f"/v1/talks/{talk}/hide", {"reason": "spam", "text": "An advertisement."}).must(
        200)
    seen = walk([*as_(author), ["goto", town.page(talk)], ["text", ".govuk-warning-text"],
                 *look("hidden"), ["click", "text=Ask for it to be shown again"], *look("appeal"),
                 ["fill", "#text", "They are the town's own."], SEND,
                 ["text", ".govuk-warning-text"]], width=1280)
    assert "hidden from others" in seen["saw"][2] and "looks at it again" in seen["saw"][-1]
    all_is_well(seen)


def test_376_a_need_is_raised_and_others_stand_behind_it(town):
    author, other = town.person(), town.person()
    seen = walk([*as_(author), ["goto", town.at + "/needs/raise"], *look("need", False), SEND,
                 ["text", ".govuk-error-summary li"], ["fill", "#text", "A bench by the river."],
                 SEND], script=False, width=1280)
    all_is_well(seen)
    need = town.anyone.get(f"/v1/communities/{town.slug}/needs").must(200).json()["items"][0]
    assert need["text"]["markdown"] == "A bench by the river."
    seen = walk([*as_(other), ["goto", town.page(need["need"], "/second")], *look("second", False),
                 SEND],
                script=False, width=1280)
    all_is_well(seen)
    assert town.anyone.get(f"/v1/needs/{need['need']}").must(200).json()["seconds"] == 1


def test_376_who_pledged_confirms_and_disputes(town):
    commission = town.anyone.get(f"/v1/communities/{town.slug}/commissions").must(200).json()[
        "items"][0]["commission"]
    place, at = town.page(commission, "/milestones/1"), f"/v1/commissions/{commission}"
    before = walk([*as_(town.ann), ["goto", place], ["text", "main"]])["saw"][-1]
    assert "Nobody has reported it" in before
    town.clerk.post(at + "/contract", {
        "supplier": SUPPLIER, "starts": stamp(86400), "ends": stamp(86400 * 90),
        "document": town.document()}).must(200)
    town.clerk.post(at + "/milestones/1/report", {"note": "All beds are dug."}).must(200)
    seen = walk([*as_(town.ann), ["goto", place], ["text", "h1"], *look("milestone"),
                 ["click", "form[action$='/confirm'] button"], ["forget"], *as_(town.bob),
                 ["goto", place], ["fill", "#text", "Half of them."],
                 ["click", "form:has(#text) button"], ["forget"], *as_(town.person()),
                 ["goto", place], ["click", "form[action$='/confirm'] button"],
                 ["text", ".govuk-error-summary li"]], width=1280)
    first = town.anyone.get(at).must(200).json()["milestones"][0]
    assert (first["confirmed"], first["disputed"]) == (1, 1)
    all_is_well(seen)


def test_376_news_is_listed_and_seen(town):
    place = town.at + "/notices"
    seen = walk([*as_(town.bob), ["goto", place], ["text", "#notices"], *look("notices", False),
                 ["click", "text=I have seen these"], ["text", DONE],
                 ["shown", "#notices .govuk-tag"], ["text", "main h2 + p"]], script=False,
                width=1280)
    said = [one for one in seen["saw"] if isinstance(one, str)]
    assert "was chosen" in said[1] and False in seen["saw"]
    assert "give an e-mail address" in said[-1]
