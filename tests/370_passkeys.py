"""Passkeys in a real browser, on http://localhost: made, used, and refused where they must be."""
import base64
import json

import pytest

from browser import picture, walk
from townsfolk import Townsfolk
from server import Server

pytestmark = pytest.mark.long

DEVICE = ["device", {}]
DONE = "main [role=alert] p"
SIGN_OUT = [["click", "header form button"], ["wait", "text=You are signed out"]]
TRY_IN = [["click", "[data-passkey=enter]"]]
CAME_IN = [["wait", "text=Your account"], ["text", DONE]]
KEPT_OUT = [["wait", "#passkey-problem:not([hidden])"], ["text", "#passkey-problem"]]
FAILED = "That did not work. Try again, or use another way to sign in."

# What a script of the page would do by itself: helpers, then one expression.
SCRIPT = """(async () => {
  const bytes = (words) => Uint8Array.from(atob(words.replace(/-/g, "+").replace(/_/g, "/")),
    (c) => c.charCodeAt(0));
  const words = (bytes) => btoa(String.fromCharCode(...new Uint8Array(bytes)))
    .replace(/\\+/g, "-").replace(/\\//g, "_").replace(/=+$/, "");
  const ask = async (method, url, body) => {
    const me = await (await fetch("/v1/me")).json();
    const headers = { "Content-Type": "application/json", "Idempotency-Key": crypto.randomUUID(),
      "Groundswell-Csrf": me.session ? me.session.csrf : "" };
    const answer = await fetch(url, { method, headers,
      body: body === undefined ? undefined : JSON.stringify(body) });
    return [answer.status, await answer.json()];
  };
  const sign = async (challenge, userVerification) => {
    const one = await navigator.credentials.get({ publicKey: { challenge: bytes(challenge),
      rpId: "localhost", userVerification } });
    return { challenge, credential: one.id, client_data: words(one.response.clientDataJSON),
      authenticator_data: words(one.response.authenticatorData),
      signature: words(one.response.signature), user_handle: words(one.response.userHandle) };
  };
  const make = async (asked, userVerification) => {
    const user = { id: bytes(asked.user), name: "x", displayName: "x" };
    const one = await navigator.credentials.create({ publicKey: { user,
      challenge: bytes(asked.challenge), rp: { id: asked.rp_id, name: "x" },
      pubKeyCredParams: [-7, -257].map((alg) => ({ type: "public-key", alg })), attestation: "none",
      authenticatorSelection: { residentKey: userVerification === "required" ? "required" :
        "discouraged", userVerification } } });
    return { challenge: asked.challenge, label: "x",
      client_data: words(one.response.clientDataJSON),
      attestation: words(one.response.attestationObject) };
  };
  %s
})()"""


def script(words):
    return ["eval", SCRIPT % words]


@pytest.fixture(scope="module")
def people(server):
    people = Townsfolk(server, areas=("north", "south"), residents=2)
    people.fund(100000)
    people.open_round(5000, token=100)
    return people


def use_letter(letter):
    """From the address that a phone reads off the letter to being signed in."""
    return [["goto", letter["link"]], ["click", "main form button"],
            ["wait", "text=Welcome. You are signed in."]]


def set_up(people, label="My phone"):
    return [["goto", people.home + "/passkeys"], ["fill", "#label", label],
            ["click", "[data-passkey=add]"], ["wait", "text=The passkey is set up"]]


def come_in(people):
    return [["goto", people.site + "/sign-in"], *TRY_IN, *CAME_IN]


def fail_in(people, site=None):
    return [["goto", (site or people.site) + "/sign-in"], *TRY_IN, *KEPT_OUT]


def begin(people):
    """Somebody with one passkey, signed out again."""
    return [DEVICE, *use_letter(people.letters()[0]), *set_up(people), *SIGN_OUT]


def test_370_from_the_letter_to_a_passkey_to_a_pledge(people):
    letter = people.letters()[0]
    tender = people.tender(ceiling=9000, people_min=2)
    proposal = people.proposal(tender, 9000)
    people.open_tender(tender)
    seen = walk([
        DEVICE, ["goto", letter["link"]], ["url"], ["value", "#code"], ["text", "h1"],
        *picture("me-code"), ["click", "main form button"],
        ["wait", "text=Welcome. You are signed in."], ["text", "main .govuk-body-l"],
        ["goto", people.home], ["shown", ".govuk-warning-text"], *picture("me-first"),
        *set_up(people), ["text", "#passkeys dt"], *picture("me-passkey"), ["goto", people.home],
        ["shown", ".govuk-warning-text"], *SIGN_OUT, ["cookies"], *come_in(people),
        script(f"return ask('PUT', '/v1/proposals/{proposal}/pledge', {{ amount: 2000 }})"),
        ["goto", f"{people.site}/c/{people.slug}/budget"], ["text", "#free"], ["text", "#held-sum"],
        ["keys"], *picture("me-again")])
    (_, url, code, title, have, _, warned, _, label, _, warned_now, cookies, _, again, pledge, _,
     free, held, keys) = [one for one in seen["saw"] if one is not None]
    assert url == letter["link"].split("#")[0], "the code is out of the address at once"
    assert code == letter["code"] and title == "Welcome to A place"
    assert have.startswith("You have £50 to pledge") and warned and not warned_now
    assert label == "My phone" and [one for one in cookies if "lang" not in one["name"]] == []
    assert again == "You are signed in." and pledge[0] == 200
    assert pledge[1]["pledge"]["amount"] == 2000 and (free, held) == ("£30", "£20")
    assert len(keys) == 1 and keys[0]["isResidentCredential"] and keys[0]["rpId"] == "localhost"
    assert not any(letter["code"] in asked for asked in seen["asked"]), "no address has the code"
    assert seen["failed"] == [], "nothing was refused on the way"
    assert people.totals()["held"] == 2000
    assert [record["amount"] for record in people.log() if record["kind"] == "pledge_set"] == [2000]
    assert letter["code"] not in people.server.log(), "nor has the log of the server"


def test_370_the_cookie_is_kept_from_scripts_and_other_sites(people):
    seen = walk([*use_letter(people.letters()[0]), ["cookies"], ["eval", "document.cookie"],
                 ["eval", "JSON.stringify([{...localStorage}, {...sessionStorage}])"]])["saw"]
    (cookie,) = seen[3]
    assert cookie["name"].startswith("__Host-") and cookie["httpOnly"] and cookie["secure"]
    assert cookie["sameSite"] == "Lax" and cookie["path"] == "/"
    assert seen[4] == "" and seen[5] == "[{},{}]", "nothing is kept where a script could read it"


def test_370_another_address_knows_no_passkey_of_ours(people):
    """The very server under its number, and another server on another port of localhost."""
    with Server() as other:
        elsewhere = other.url.replace("127.0.0.1", "localhost")
        seen = walk([*begin(people), *fail_in(people, elsewhere),
                     *fail_in(people, f"http://127.0.0.1:{people.server.port}")])
    assert seen["saw"][-5] == FAILED and "own address" in seen["saw"][-1]


def test_370_what_a_page_of_another_origin_had_signed_is_refused(people):
    """Such a page has the device sign a challenge of ours: same name, another port."""
    asked = people.anyone.post("/v1/sign-in/passkey/challenge").must(201).json()["challenge"]
    with Server() as other:
        elsewhere = other.url.replace("127.0.0.1", "localhost")
        signed = walk([*begin(people), ["goto", f"{elsewhere}/sign-in"],
                       script(f"return sign('{asked}', 'required')")])["saw"][-1]
    said = json.loads(base64.urlsafe_b64decode(signed["client_data"] + "=="))
    assert said["origin"] == elsewhere and said["challenge"] == asked
    people.anyone.post("/v1/sign-in/passkey", signed).refused(401, "sign_in_failed")


def test_370_an_assertion_works_once(people):
    catch = """(() => { const real = window.fetch;
      window.fetch = async (url, plan) => {
        if (url !== "/v1/sign-in/passkey") return real(url, plan);
        window.caught = plan.body;
        await real(url, plan);
        throw new Error("stay here"); };
    })()"""
    seen = walk([*begin(people), ["goto", people.site + "/sign-in"], ["eval", catch], *TRY_IN,
                 *KEPT_OUT, ["eval", "window.caught"]])["saw"]
    used = json.loads(seen[-1])
    people.anyone.post("/v1/sign-in/passkey", used).refused(409, "challenge_unknown")
    changed = {**used, "challenge":
               people.anyone.post("/v1/sign-in/passkey/challenge").must(201).json()["challenge"]}
    people.anyone.post("/v1/sign-in/passkey", changed).refused(401, "sign_in_failed")


def test_370_a_registration_works_once_and_only_for_who_asked(people):
    seen = walk([
        DEVICE, *use_letter(people.letters()[0]),
        script("""const [, asked] = await ask("POST", "/v1/me/passkeys/challenge");
          const made = await make(asked, "required");
          const first = await ask("POST", "/v1/me/passkeys", made);
          return [made, first, await ask("POST", "/v1/me/passkeys", made)];""")])["saw"]
    made, first, again = seen[-1]
    assert first[0] == 201 and (again[0], again[1]["code"]) == (409, "challenge_unknown")
    neighbour = people.person()
    neighbour.post("/v1/me/passkeys", made).refused(409, "challenge_unknown")
    theirs = neighbour.post("/v1/me/passkeys/challenge").must(201).json()["challenge"]
    neighbour.post("/v1/me/passkeys", {**made, "challenge": theirs}).refused(422,
                                                                             "passkey_refused")
    assert neighbour.get("/v1/me").must(200).json()["passkey_list"] == []


def test_370_a_device_that_checked_nobody_is_refused(people):
    """A page would demand the check, and the browser keeps to it; the server looks for itself."""
    seen = walk([
        *begin(people), ["verifies", False], *fail_in(people),
        script("""const [, asked] = await ask("POST", "/v1/sign-in/passkey/challenge");
          const signed = await sign(asked.challenge, "discouraged");
          return ask("POST", "/v1/sign-in/passkey", signed);"""),
        ["verifies", True], *come_in(people),
        ["device", {"hasUserVerification": False, "isUserVerified": False}],
        script("""const [, asked] = await ask("POST", "/v1/me/passkeys/challenge");
          return ask("POST", "/v1/me/passkeys",
            await make({ ...asked, user: "eHh4" }, "discouraged"));""")])["saw"]
    told = [one for one in seen if isinstance(one, list)]
    assert any(isinstance(one, str) and "was not used" in one for one in seen)
    assert (told[0][0], told[0][1]["code"]) == (401, "sign_in_failed")
    assert (told[1][0], told[1][1]["code"]) == (422, "passkey_refused")
    assert told[1][1]["reason"] == "verification"


def test_370_a_copy_of_a_passkey_is_seen_by_its_count(people):
    seen = walk([*begin(people), *come_in(people), *SIGN_OUT, ["keys"], ["rewind", 0],
                 *fail_in(people), ["keys"]])
    counts = [one[0]["signCount"] for one in seen["saw"] if isinstance(one, list)]
    assert counts[1] <= counts[0], "it went back"
    assert seen["saw"][-2] == FAILED


def test_370_a_removed_passkey_lets_nobody_in(people):
    """The last way in cannot be removed; with a password beside it, it can."""
    remove = [["goto", people.home + "/passkeys"], ["click", "#passkeys a >> text=Remove"],
              ["click", "main form button"]]
    seen = walk([
        DEVICE, *use_letter(people.letters()[0]), *set_up(people), *remove,
        ["text", ".govuk-error-summary"], ["goto", people.home + "/password"],
        ["fill", "#name", "anna"], ["fill", "#password", "seven green bicycles"],
        ["click", "main form button"], ["text", "#sign-in-name"], *remove, ["text", DONE],
        ["shown", "#passkeys"], ["keys"], *SIGN_OUT, *fail_in(people)])["saw"]
    words = [one for one in seen if isinstance(one, str)]
    assert any("only way into your account" in one for one in words)
    assert any(one.startswith("The passkey is removed") for one in words) and False in seen
    assert words[-1] == FAILED and len([one for one in seen if isinstance(one, list)][0]) == 1, \
        "the device has it still"


def test_370_several_passkeys_with_names(people):
    rename = [["goto", people.home + "/passkeys"], ["click", "#passkeys a >> text=Rename"]]
    seen = walk([
        DEVICE, *use_letter(people.letters()[0]), *set_up(people),
        ["click", "[data-passkey=add]"], *KEPT_OUT,
        ["device", {"transport": "usb"}], *set_up(people, "My laptop"), *rename,
        ["fill", "#label", ""], ["click", "main form button"], ["text", "#label-error"],
        ["fill", "#label", "<b>Old</b> phone"], ["click", "main form button"],
        ["wait", "#passkeys"], ["texts", "#passkeys dt"]])
    words = [one for one in seen["saw"] if isinstance(one, str)]
    assert any("holds a passkey for your account already" in one for one in words)
    assert words[-1].startswith("Error:")
    assert seen["saw"][-1] == ["<b>Old</b> phone", "My laptop"] and len(seen["failed"]) == 1


def test_370_without_a_script_a_passkey_is_not_offered(people):
    seen = walk([["goto", people.site + "/sign-in"], ["shown", "[data-passkey]"],
                 ["text", "[data-no-passkeys]"]], script=False)["saw"]
    assert seen[1] is False and "JavaScript" in seen[2]
