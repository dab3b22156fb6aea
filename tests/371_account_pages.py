"""The pages of one's own account, in a real browser, with a script and without one."""
import json

import pytest

from browser import picture, walk
from browsing import Person
from story import stamp
from townsfolk import Townsfolk

pytestmark = pytest.mark.long

HOSTILE = """</title><script>document.title="x"</script>"'&<b>Bank</b> {{name}}"""
PASSWORD = "seven green bicycles"
SEND = ["click", "main form button"]
DONE = "main [role=alert] p"
PROBLEM = [["text", ".govuk-error-summary li"]]
SIGN_OUT = [["click", "header form button"], ["wait", "text=You are signed out"]]


@pytest.fixture(scope="module")
def people(server):
    people = Townsfolk(server, areas=("north", "south"), residents=2)
    people.fund(100000)
    people.open_round(5000, token=100)
    return people


def link(people):
    return people.letters()[0]["link"]


def enter(people):
    """By the code as it is typed, so that it needs no script."""
    letter = people.letters()[0]
    return [["goto", letter["link"].split("#")[0]], ["fill", "#code", letter["code"]], SEND,
            ["wait", "text=Welcome. You are signed in."]]


def set_password(people, password=PASSWORD, word="anna"):
    return [["goto", people.home + "/password"], ["fill", "#name", word],
            ["fill", "#password", password], SEND]


def by_password(people, name, password=PASSWORD, to=""):
    return [["goto", f"{people.site}/sign-in{to}"], ["fill", "#name", name],
            ["fill", "#password", password], ["click", "form:has(#password) button"]]


def words(seen):
    return [one for one in seen["saw"] if isinstance(one, str)]


def named(people):
    """Somebody with a password: their sign-in name."""
    seen = walk([*enter(people), *set_password(people), ["text", "#sign-in-name"]], script=False)
    return words(seen)[-1]


@pytest.mark.parametrize("script", [True, False])
def test_371_a_code_is_typed_as_one_hears_it(people, script):
    letter = people.letters()[0]
    typed = " " + letter["code"].lower().replace("-", "  ").replace("0", "o").replace("1", "l")
    seen = walk([["goto", letter["link"].split("#")[0]], ["fill", "#code", typed],
                 ["press", "Enter"], ["text", DONE]], script=script)
    assert seen["saw"][-1].startswith("Welcome") and seen["failed"] == []


def test_371_what_was_mistyped_is_said_at_the_top_and_leads_to_its_field(people):
    place = link(people).split("#")[0]
    seen = walk([
        ["goto", place], SEND, *PROBLEM, ["eval", "document.title"],
        ["eval", "document.activeElement.className"],
        ["click", ".govuk-error-summary a"], ["focus"],
        ["fill", "#code", "7K3QX"], ["press", "Enter"], *PROBLEM, ["value", "#code"],
        ["eval", "document.querySelector('#code').getAttribute('aria-invalid')"]])
    said = words(seen)
    assert said[1] == "Fill this in"
    assert said[2].startswith("Error: ") and said[3:5] == ["govuk-error-summary", "code"]
    assert said[-2:] == ["7K3QX", "true"], "what was typed is kept"


def test_371_a_code_that_is_none_is_refused_in_plain_words(people):
    used = people.letters()[0]
    Person(people.server).by_code(people.slug, used["code"]).must(200)
    seen = walk([["goto", used["link"]], SEND, *PROBLEM])
    assert words(seen)[-1] == "This code was used already. Sign in, or ask for a new letter."


@pytest.mark.parametrize("script", [True, False])
def test_371_a_name_and_a_password(people, script):
    seen = walk([
        *enter(people), *set_password(people, "password"), *PROBLEM, ["value", "#password"],
        ["value", "#name"], *set_password(people), ["text", "#sign-in-name"], *SIGN_OUT,
        *by_password(people, "anna0000"), *PROBLEM, ["value", "#password"], ["value", "#name"]],
        script=script)
    said = words(seen)
    name = next(one for one in said if one.startswith("anna") and len(one) == 8)
    assert name[4:].isdigit() and said[-3] == \
        "That did not work. Try again, or use another way to sign in."
    assert said[-2:] == ["", "anna0000"], "what was typed is kept, but for the password"
    person = Person(people.server)
    person.by_password(name.upper(), PASSWORD).must(200)
    person.by_password(name, PASSWORD.upper()).refused(401, "sign_in_failed")


def test_371_who_had_to_sign_in_first_comes_back(people):
    name = named(people)
    place = f"{people.site}/c/{people.slug}/budget?x=1"
    seen = walk([["goto", place], ["url"], *by_password(people, name, to="?to=%2Fme%2Fdata"),
                 ["url"], ["forget"], ["goto", place], ["fill", "#name", name],
                 ["fill", "#password", PASSWORD],
                 ["click", "form:has(#password) button"], ["url"]], script=False)
    said = words(seen)
    assert said[1] == f"{people.site}/c/{people.slug}/sign-in?to=" \
        f"%2Fc%2F{people.slug}%2Fbudget%3Fx%3D1"
    assert f"{people.site}/me/data" in said and said[-1] == place


@pytest.mark.parametrize("to", ["https://evil.example/", "//evil.example", "/\\evil.example",
                                "javascript:alert(1)", "me", "/%0d%0aLocation:x", "/ x", ""])
def test_371_nobody_is_sent_elsewhere(people, to):
    people.name = name = getattr(people, "name", None) or named(people)
    client, place = Person(people.server), f"/sign-in?to={to.replace(' ', '%20')}"
    client.csrf = None
    answer = client.request(
        "POST", place, f"name={name}&password={PASSWORD}".encode(),
        headers={"Content-Type": "application/x-www-form-urlencoded"}).must(303)
    assert answer.headers["location"] == "/me?done=signed-in"
    page = people.anyone.get(place).must(200).text
    assert "evil.example" not in page.split("<main")[1]


def test_371_signing_out_everywhere_ends_other_devices(people):
    other, name = Person(people.server), named(people)
    other.by_password(name, PASSWORD).must(200)
    seen = walk([*by_password(people, name), ["wait", "text=Your account"],
                 ["click", "form[action$='/me/sign-out'] button"], ["text", DONE],
                 ["goto", people.home], ["url"]], script=False)
    assert words(seen)[-3] == "You are signed out on every device."
    assert words(seen)[-1].endswith("/sign-in?to=%2Fme")
    other.get("/v1/me").refused(401, "signed_out")


def test_371_who_was_signed_out_elsewhere_is_asked_to_sign_in(people):
    everywhere = """(async () => {
      const said = await (await fetch("/v1/me")).json();
      return (await fetch("/v1/me/sign-out", { method: "POST", headers: {
        "Idempotency-Key": crypto.randomUUID(), "Groundswell-Csrf": said.session.csrf } })).status;
      })()"""
    seen = walk([*enter(people), ["goto", people.home + "/mail"], ["eval", everywhere],
                 ["fill", "#mail", "a@example.org"], SEND, ["text", "main"]])
    assert "Sign in" in words(seen)[-1]


def test_371_my_data_is_a_file(people, tmp_path):
    path = tmp_path / "data.json"
    seen = walk([*enter(people), ["goto", people.home + "/data"], ["save", "#export", str(path)]],
                script=False)
    assert words(seen)[-1] == "my-groundswell-data.json"
    kept = json.loads(path.read_text())
    assert kept["hats"][0]["community"] == people.slug
    assert kept["residents"][0]["wallet"]["allotment"] == 5000


@pytest.mark.parametrize("choice, held", [("pledges", 0), ("pledges-keep", 1500)])
def test_371_an_account_is_erased_with_its_pledges_or_without(people, choice, held):
    tender = people.tender(ceiling=90000, people_min=2, closes=stamp(3000))
    proposal = people.proposal(tender, 90000)
    people.open_tender(tender)
    before = people.totals()["held"]
    pledge = f"{people.site}/c/{people.slug}/proposals/{proposal.split('.p')[1]}/pledge"
    seen = walk([
        *enter(people), *set_password(people), ["text", "#sign-in-name"],
        ["goto", pledge], ["fill", "#amount", "15"], ["click", "main form button[type=submit]"],
        ["click", "main form button[type=submit]"], ["wait", "#receipt-amount"],
        ["goto", people.home + "/erase"], SEND, *PROBLEM, ["check", f"#{choice}"], SEND,
        ["text", DONE], ["cookies"]], script=False)
    assert not any("groundswell" in one["name"] and "lang" not in one["name"]
                   for one in seen["saw"][-1])
    assert words(seen)[-1] == "Your account is erased."
    assert people.totals()["held"] - before == held
    name = next(one for one in words(seen) if one.startswith("anna"))
    Person(people.server).by_password(name, PASSWORD).refused(401, "sign_in_failed")
    people.recount()


def test_371_one_account_for_two_places(people):
    other = Townsfolk(people.server, areas=("all",), residents=1)
    second = other.letters()[0]
    seen = walk([*enter(people), ["goto", second["link"].split("#")[0]],
                 ["fill", "#code", second["code"]], SEND, ["text", "main .govuk-body-l"],
                 ["goto", people.home], ["texts", ".gs-card h3 a"],
                 ["eval", "Array.from(document.querySelectorAll('h3 a'), (a) => a.pathname)"]])
    assert "No round is open" in words(seen)[-2] and seen["failed"] == []
    assert seen["saw"][-2] == ["A place"] * 2
    assert set(seen["saw"][-1]) == {f"/c/{people.slug}", f"/c/{other.slug}"}


def test_371_the_language_of_mails(people):
    seen = walk([*enter(people), ["goto", people.home + "/language"], ["check", "#lang-cy"], SEND,
                 ["text", "main"]], script=False)
    assert "Cymraeg" in words(seen)[-1]


def test_371_the_link_of_a_mail_waits_for_a_press(people):
    place = people.site + "/sign-in/link"
    seen = walk([["goto", place + "#" + "x" * 32], ["url"], ["value", "#link"],
                 ["text", "[data-hash-here] >> visible=true"], SEND, *PROBLEM])
    assert words(seen)[1:3] == [place, "x" * 32]
    assert words(seen)[3].startswith("You followed the link of an e-mail.")
    assert words(seen)[-1] == "This link was used already or is too old. Ask for a new one."


PLACES = ["/sign-in", "/sign-in/link", "/c/{slug}/join", "/c/{slug}/sign-in", "/me", "/me/password",
          "/me/mail", "/me/mail/confirm", "/me/invitation", "/me/passkeys", "/me/passkeys/1",
          "/me/passkeys/1/remove", "/me/language", "/me/data", "/me/erase"]


def test_371_every_page_is_for_everybody(people):
    """axe has nothing to say, and nothing needs scrolling sideways at 320 pixels."""
    def look(place):
        name = "account" + place.replace("/", "-").replace("{slug}", "c")
        return [["goto", people.site + place.format(slug=people.slug)], ["axe"],
                *picture(name + "-wide"), ["resize", 320, 700], ["sideways"], ["axe"],
                *picture(name + "-narrow"), ["resize", 1280, 900]]
    steps = [["device", {}], *[step for place in PLACES[:4] for step in look(place)],
             *enter(people), ["goto", people.home + "/passkeys"], ["click", "[data-passkey=add]"],
             ["wait", "#passkeys"], *[step for place in PLACES for step in look(place)]]
    for place in ("/me/password", "/me/mail", "/me/erase", "/c/{slug}/join"):
        steps += [["goto", people.site + place.format(slug=people.slug)], SEND, *PROBLEM, ["axe"]]
    seen = walk(steps, width=1280, script=True)
    assert [one for one in seen["saw"] if isinstance(one, list)] == [[]] * (2 * 4 + 2 * 15 + 4)
    assert {one for one in seen["saw"] if isinstance(one, int)} == {0}


def test_371_axe_sees_what_is_planted(people):
    plant = "document.documentElement.removeAttribute('lang');" \
            "document.querySelector('label[for=name]').remove()"
    seen = walk([["goto", people.site + "/sign-in"], ["eval", plant], ["axe"]])
    assert {name for name, _, _ in seen["saw"][-1]} >= {"html-has-lang"}


def test_371_the_policy_lets_nothing_in_from_elsewhere(people):
    hostile = f"hostile-{people.slug}"
    people.operator.post("/v1/communities", {
        "slug": hostile, "name": HOSTILE, "currency": "GBP",
        "areas": [{"code": "all", "name": HOSTILE}]}).must(201)
    for path in ("/sign-in", f"/c/{people.slug}/join", f"/c/{hostile}/join"):
        page = people.anyone.get(path).must(200)
        policy = page.headers["content-security-policy"]
        for directive in ("default-src 'none'", "object-src 'none'", "base-uri 'none'",
                          "frame-ancestors 'none'"):
            assert directive in policy
        assert "unsafe" not in policy and "http" not in policy
        assert page.headers["cache-control"] == "private, no-cache"
        assert page.headers["referrer-policy"] == "same-origin"
        for inline in ("<script>", "<style", "style=", "onclick="):
            assert inline not in page.text
        assert HOSTILE not in page.text
    seen = walk([["goto", f"{people.site}/c/{hostile}/join"], ["text", "h1"],
                 ["eval", "document.title"]])["saw"]
    assert seen[1] == f"Welcome to {HOSTILE}" and HOSTILE in seen[2]
    people.anyone.get("/c/nowhere/join").refused(404, "community_unknown")
