"""The page of one's own account, in a real browser: every state of it, read by everybody."""
import json

import pytest

from browser import picture, walk
from browsing import Person
from townsfolk import Townsfolk
from story import stamp

pytestmark = pytest.mark.long

HOSTILE = """</title><script>document.title="x"</script>"'&<b>Bank</b> {{name}}"""
PASSWORD = "seven green bicycles"
MINE = ["wait", "#mine:not([hidden])"]
ENTER = ["wait", "#enter:not([hidden])"]
PROBLEM = [["wait", "#problem:not([hidden])"], ["text", "#problem-says"]]
SET_PASSWORD = [["fill", "#word", "anna"], ["fill", "#new-password", PASSWORD],
                ["click", "#new-password-form button"], ["wait", "#name-shown:not([hidden])"],
                ["text", "#name-is"]]


@pytest.fixture(scope="module")
def people(server):
    people = Townsfolk(server, areas=("north", "south"), residents=2)
    people.fund(100000)
    people.open_round(5000, token=100)
    return people


def link(people):
    return people.letters()[0]["link"]


def enter(people):
    return [["goto", link(people)], ["click", "#code-form button"], MINE]


def words(seen):
    return [one for one in seen["saw"] if isinstance(one, str)]


def test_371_a_code_is_typed_as_one_hears_it(people):
    letter = people.letters()[0]
    typed = " " + letter["code"].lower().replace("-", "  ").replace("0", "o").replace("1", "l")
    seen = walk([["goto", letter["link"].split("#")[0]], ["fill", "#code-text", typed],
                 ["press", "Enter"], MINE, ["text", "#done"]])
    assert seen["saw"][-1].startswith("Welcome") and seen["failed"] == []


def test_371_what_was_mistyped_is_said_at_the_top_and_leads_to_its_field(people):
    place = link(people).split("#")[0]
    seen = walk([
        ["goto", place], ["click", "#code-form button"], *PROBLEM, ["focus"],
        ["text", "#problem-fields"], ["click", "#problem-fields a"], ["focus"],
        ["fill", "#code-text", "7K3QX"], ["press", "Enter"],
        ["wait", "#problem-fields a:not([href=''])"], ["text", "#problem-fields"],
        ["eval", "document.querySelector('#code-text').getAttribute('aria-invalid')"],
        ["eval", "document.querySelector('#problem').getAttribute('role')"]])
    said = words(seen)
    assert said[2] == "problem" and said[3] == "Your code: this is empty" and said[4] == "code-text"
    assert said[-2:] == ["true", "alert"] and len(seen["failed"]) <= 1


def test_371_a_code_that_is_none_is_refused_in_plain_words(people):
    used = people.letters()[0]
    Person(people.server).by_code(people.slug, used["code"]).must(200)
    seen = walk([["goto", used["link"]], ["click", "#code-form button"], *PROBLEM, ["focus"]])
    assert words(seen)[-2:] == ["This code was used already. Sign in, or ask for a new letter.",
                                "problem"]


def test_371_a_name_and_a_password(people):
    seen = walk([
        *enter(people), ["fill", "#word", "anna"], ["fill", "#new-password", "password"],
        ["click", "#new-password-form button"], *PROBLEM, ["text", "#problem-fields"],
        *SET_PASSWORD, ["click", "#sign-out"], ENTER, ["text", "h1"],
        ["fill", "#name", "anna0000"], ["fill", "#password", PASSWORD],
        ["click", "#password-form button"], *PROBLEM, ["value", "#password"]])
    said = words(seen)
    name = next(one for one in said if one.startswith("anna"))
    assert name[4:].isdigit() and len(name) == 8
    assert any(one.startswith("A password: ") for one in said), "the commonest are refused"
    assert "That did not work. Try again, or use another way to sign in." in said
    person = Person(people.server)
    person.by_password(name.upper(), PASSWORD).must(200)
    person.by_password(name, PASSWORD.upper()).refused(401, "sign_in_failed")


def test_371_signing_in_in_a_second_window_does_not_break_the_first(people):
    """The token that the first window holds is that of a session which is over."""
    again = """(async () => {
      const said = await (await fetch("/v1/me")).json();
      const answer = await fetch("/v1/sign-in/password", { method: "POST", headers: {
        "Content-Type": "application/json", "Groundswell-Csrf": said.session.csrf },
        body: JSON.stringify({ name: said.name, password: %s }) });
      return answer.status; })()""" % json.dumps(PASSWORD)
    seen = walk([*enter(people), *SET_PASSWORD, ["eval", again], ["fill", "#word", ""],
                 ["fill", "#new-password", PASSWORD + "!"], ["click", "#new-password-form button"],
                 ["wait", "#done:not(:empty)"], ["text", "#done"]])
    assert 200 in seen["saw"] and words(seen)[-1].startswith("The password is set.")
    assert "sign out everywhere" in words(seen)[-1], "who knew the old one may still be in"


def test_371_signing_out_everywhere_ends_other_devices(people):
    other = Person(people.server)
    seen = walk([*enter(people), *SET_PASSWORD])
    name = words(seen)[-1]
    other.by_password(name, PASSWORD).must(200)
    seen = walk([["goto", people.home], ["fill", "#name", name], ["fill", "#password", PASSWORD],
                 ["click", "#password-form button"], MINE, ["click", "#sign-out-everywhere"], ENTER,
                 ["text", "#done"], ["cookies"], ["goto", people.home], ["shown", "#mine"]])
    assert seen["saw"][-4:-2] == ["You are signed out on every device.", []]
    assert seen["saw"][-1] is False
    other.get("/v1/me").refused(401, "signed_out")


def test_371_who_was_signed_out_elsewhere_is_told(people):
    everywhere = """(async () => {
      const said = await (await fetch("/v1/me")).json();
      return (await fetch("/v1/me/sign-out", { method: "POST", headers: {
        "Idempotency-Key": crypto.randomUUID(), "Groundswell-Csrf": said.session.csrf } })).status;
      })()"""
    seen = walk([*enter(people), ["eval", everywhere], ["click", "#export"], *PROBLEM,
                 ["shown", "#mine"], ["shown", "#enter"]])
    assert seen["saw"][-2:] == [False, True]
    assert "Sign in" in words(seen)[-1]


def test_371_my_data_is_a_file(people, tmp_path):
    path = tmp_path / "data.json"
    seen = walk([*enter(people), ["save", "#export", str(path)], ["text", "#done"]])
    assert words(seen)[-2:] == ["my-groundswell-data.json", "Your data is in your downloads."]
    kept = json.loads(path.read_text())
    assert kept["hats"][0]["community"] == people.slug
    assert kept["residents"][0]["wallet"]["allotment"] == 5000


@pytest.mark.parametrize("choice,held", [("withdraw", 0), ("keep", 1500)])
def test_371_an_account_is_erased_with_its_pledges_or_without(people, choice, held):
    tender = people.tender(ceiling=90000, people_min=2, closes=stamp(3000))
    proposal = people.proposal(tender, 90000)
    people.open_tender(tender)
    before = people.totals()["held"]
    pledge = """(async () => {
      const said = await (await fetch("/v1/me")).json();
      return (await fetch("/v1/proposals/%s/pledge", { method: "PUT", headers: {
        "Content-Type": "application/json", "Idempotency-Key": crypto.randomUUID(),
        "Groundswell-Csrf": said.session.csrf }, body: '{"amount": 1500}' })).status; })()"""
    seen = walk([
        *enter(people), *SET_PASSWORD, ["eval", pledge % proposal], ["click", "#erase summary"],
        ["check", f"#erase-{choice}"], ["click", "#erase-form button"], *PROBLEM,
        ["check", "#erase-sure"], ["click", "#erase-form button"], ENTER, ["text", "#done"],
        ["cookies"]])
    assert 200 in seen["saw"] and seen["saw"][-1] == []
    assert words(seen)[-1] == "Your account is erased." and "Tick the box" in words(seen)[-2]
    assert people.totals()["held"] - before == held
    name = next(one for one in words(seen) if one.startswith("anna"))
    Person(people.server).by_password(name, PASSWORD).refused(401, "sign_in_failed")
    people.recount()


def test_371_one_account_for_two_places(people):
    other = Townsfolk(people.server, areas=("all",), residents=1)
    seen = walk([*enter(people), ["goto", link(other)], ["wait", "#code:not([hidden])"],
                 ["click", "#code-form button"], ["wait", "#have > :nth-child(2)"],
                 ["text", "#have"], ["shown", "#code"]])
    assert "no round is open" in words(seen)[-1] and "£50.00" in words(seen)[-1]
    assert seen["saw"][-1] is False and seen["failed"] == []


def test_371_the_link_of_a_mail_waits_for_a_press(people):
    seen = walk([["goto", people.home + "#sign-in=" + "x" * 32], ["url"], ["text", "#link-use"],
                 ["click", "#link-use"], *PROBLEM])
    assert words(seen)[1:3] == [people.home, "Sign in"]
    assert words(seen)[-1] == "This link was used already or is too old. Ask for a new one."


def test_371_every_state_is_for_everybody(people):
    """axe has nothing to say, and nothing needs scrolling sideways at 320 pixels."""
    look = [["axe"], ["sideways"]]

    def state(name):
        return [*look, *picture(f"me-{name}-wide"), ["resize", 320, 700], *look,
                *picture(f"me-{name}-narrow"), ["resize", 1000, 900]]
    seen = walk([
        ["device", {}], ["goto", people.home], *state("home"),
        ["click", "#enter summary"], *state("home-open"),
        ["goto", link(people)], *state("join"), ["fill", "#code-text", "1234"],
        ["click", "#code-form button"], *PROBLEM, *state("problem"), ["goto", "about:blank"],
        *enter(people), *state("new"), ["click", "#passkey-form button"],
        ["wait", "#passkeys li"], *SET_PASSWORD, ["click", "#mine summary >> nth=0"],
        ["click", "#erase summary"], *state("all"), ["fill", "#passkeys input", ""],
        ["click", "#passkeys li button"], *PROBLEM, *state("empty-name"),
        ["click", "#sign-out"], ENTER, *state("out")])
    axed = [one for one in seen["saw"] if isinstance(one, list)]
    sideways = [one for one in seen["saw"] if isinstance(one, int)]
    assert axed == [[]] * 16 and sideways == [0] * 16, "eight states, wide and narrow"


def test_371_axe_sees_what_is_planted(people):
    plant = "document.documentElement.removeAttribute('lang');" \
            "document.querySelector('label[for=name]').remove()"
    seen = walk([["goto", people.home], ["eval", plant], ["axe"]])
    assert {name for name, _, _ in seen["saw"][-1]} >= {"html-has-lang"}


def test_371_without_a_script_it_says_what_to_do(people):
    seen = walk([["goto", link(people)], ["text", "body"], *picture("me-no-script")], script=False)
    assert "runs no scripts" in seen["saw"][1] and "on paper" in seen["saw"][1]


def test_371_the_policy_lets_nothing_in_from_elsewhere(people):
    hostile = f"hostile-{people.slug}"
    people.operator.post("/v1/communities", {
        "slug": hostile, "name": HOSTILE, "currency": "GBP",
        "areas": [{"code": "all", "name": HOSTILE}]}).must(201)
    for path in ("/me", f"/c/{people.slug}/join", f"/c/{hostile}/join"):
        page = people.anyone.get(path).must(200)
        policy = page.headers["content-security-policy"]
        for directive in ("default-src 'none'", "object-src 'none'", "base-uri 'none'",
                          "frame-ancestors 'none'"):
            assert directive in policy
        assert "unsafe" not in policy and "http" not in policy
        assert page.headers["cache-control"] == "no-store"
        assert page.headers["referrer-policy"] == "no-referrer"
        for inline in ("<script>", "<style", "style=", "onclick="):
            assert inline not in page.text
        assert HOSTILE not in page.text
    seen = walk([["goto", f"{people.home[:-3]}/c/{hostile}/join"], ["text", "h1"],
                 ["eval", "document.title"]])["saw"]
    assert seen[1] == f"Join {HOSTILE}" and seen[2] == seen[1]
    people.anyone.get("/c/nowhere/join").refused(404, "community_unknown")
