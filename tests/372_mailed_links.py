"""Links by e-mail: an address is confirmed, lets somebody in, and tells nobody who exists."""
import email
import email.policy
import re

import pytest

from browser import picture, walk
from browsing import Person
from townsfolk import Townsfolk
from server import Server, wait_until
from smtp_server import Smtp

pytestmark = pytest.mark.long

SEND = ["click", "main form button"]
IN = ["wait", "text=You are signed in."]
PROBLEM = ["text", ".govuk-error-summary li"]


@pytest.fixture(scope="module")
def smtp():
    with Smtp() as one:
        yield one


@pytest.fixture(scope="module")
def people(smtp):
    with Server(args=["--mail-server", smtp.url, "--mail-from", "no-reply@commons.example",
                      "--mail-from-name", "Tŷ Nant"]) as server:
        yield Townsfolk(server)


def letters_to(smtp, address):
    return [email.message_from_bytes(one.raw, policy=email.policy.default)
            for one in smtp.letters if one.to == [address]]


def link_in(letter):
    said = letter.get_content().replace("\r", "")
    (link,) = re.findall(r"^http://localhost:\d+/(?:sign-in/link|me/mail/confirm)#\S+$", said, re.M)
    return link


def mailed(smtp, address, n):
    """The n-th letter to that address, when it has come."""
    return wait_until(lambda: letters_to(smtp, address)[n - 1:n], 20, f"letter {n}")[0]


def confirmed(people, smtp, address):
    """Somebody who has confirmed that address."""
    person = people.person()
    person.put("/v1/me/mail", {"mail": address}).must(202)
    secret = link_in(mailed(smtp, address, 1)).rsplit("#", 1)[1]
    person.post("/v1/me/mail/confirm", {"link": secret}).must(200)
    return person


def typed(letter):
    """Without a script a code is typed."""
    return [["goto", letter["link"].split("#")[0]], ["fill", "#code", letter["code"]], SEND, IN]


@pytest.mark.parametrize("script, address", [(True, "ann@example.org"), (False, "amy@example.org")])
def test_372_an_address_is_confirmed_and_lets_its_owner_in(people, smtp, script, address):
    letter = people.letters()[0]
    person = Person(people.server)
    person.by_code(people.slug, letter["code"]).must(200)
    cookie = {"name": "__Host-groundswell", "value": person.cookie, "domain": "localhost"}
    ask = [["goto", people.site], ["cookie", cookie], ["goto", people.home + "/mail"],
           ["fill", "#mail", address], SEND, ["text", "h1 >> visible=true"]]
    seen = walk([*ask, ["url"]], script=script)
    assert seen["saw"][-2:] == ["Confirm your e-mail address", people.home + "/mail/confirm"]
    mail = mailed(smtp, address, 1)
    assert mail["Subject"] == "Please confirm your e-mail address"
    assert mail["From"] == "Tŷ Nant <no-reply@commons.example>"
    assert "15 minutes" in mail.get_content()
    paste = [] if script else [["fill", "#link", link_in(mail)]]
    seen = walk([["goto", people.site], ["cookie", cookie], ["goto", link_in(mail)], *paste, SEND,
                 ["text", "main"]], script=script)
    assert address in seen["saw"][-1] and "Not confirmed" not in seen["saw"][-1]


@pytest.mark.parametrize("script, address", [(True, "bob@example.org"), (False, "ben@example.org")])
def test_372_a_link_signs_in_once_after_a_press(people, smtp, script, address):
    confirmed(people, smtp, address)
    seen = walk([["goto", people.site + "/sign-in"], ["fill", "#mail", address],
                 ["click", "form:has(#mail) button"], ["text", "main"]], script=script)
    assert "If your address can be used here" in seen["saw"][-1]
    letter = mailed(smtp, address, 2)
    assert letter["Subject"] == "Your link to sign in"
    paste = [] if script else [["fill", "#link", link_in(letter)]]
    use = [["goto", link_in(letter)], ["url"], ["cookies"], *paste, SEND]
    seen = walk([*use, IN, ["eval", "document.title"], *picture("me-by-link")], script=script)
    if script:
        assert seen["saw"][1] == people.site + "/sign-in/link", "out of the address at once"
    assert seen["saw"][2] == []
    secret = link_in(letter).rsplit("#", 1)[1]
    assert not any(secret in asked for asked in seen["asked"])
    assert secret not in people.server.log() and address not in people.server.log()
    seen = walk([*use, PROBLEM], script=script)
    assert seen["saw"][-1].startswith("This link was used already")


def test_372_news_comes_by_mail_and_no_more(people, smtp):
    person = confirmed(people, smtp, "deb@example.org")
    cookie = {"name": "__Host-groundswell", "value": person.cookie, "domain": "localhost"}
    ask, says = ["click", "form[action$='/notices/mail'] button"], ["text", "main h2 + p"]
    seen = walk([["cookie", cookie], ["goto", f"{people.site}/c/{people.slug}/notices"], ask,
                 ["wait", "text=comes by e-mail, too"], ask, ["wait", "text=stands here only"],
                 says], script=False)
    assert seen["saw"][-1].startswith("Your news stands here only.")


def test_372_a_confirmation_needs_its_own_account(people, smtp):
    address = "eve@example.org"
    people.person().put("/v1/me/mail", {"mail": address}).must(202)
    link = link_in(mailed(smtp, address, 1))
    seen = walk([["goto", link], ["url"], *typed(people.letters()[0]), ["goto", link], SEND,
                 PROBLEM])
    assert "/sign-in?to=%2Fme%2Fmail%2Fconfirm" in seen["saw"][1]
    assert seen["saw"][-1].startswith("This link was used already or is too old.")


def test_372_nobody_learns_which_addresses_are_known(people, smtp):
    confirmed(people, smtp, "kim@example.org")
    known = people.anyone.post("/v1/sign-in/link", {"mail": "kim@example.org"}).must(202)
    unknown = people.anyone.post("/v1/sign-in/link", {"mail": "nobody@example.org"}).must(202)
    assert known.body == unknown.body
    mailed(smtp, "kim@example.org", 2)
    assert letters_to(smtp, "nobody@example.org") == []


@pytest.mark.parametrize("address", [
    "a@e.org\r\nBcc: b@e.org", "a@e.org, b@e.org", "<a@e.org>", "a@e.org\n", "a b@e",
    "a..b@e.org", ".a@e.org", "a@-e.org", "a@e..org", "ânn@e.org", "\"a\"@e.org",
    "a" * 65 + "@e.org", "a@b@e.org"])
def test_372_what_is_no_address_is_said_to_be_none(people, smtp, address):
    """By the schema, so that it comes back to its field; room post would refuse it as well."""
    before = len(smtp.heard)
    answer = people.person().put("/v1/me/mail", {"mail": address}).refused(422, "fields_wrong")
    assert answer.json()["errors"][0]["pointer"] == "/mail"
    people.anyone.post("/v1/sign-in/link", {"mail": address}).refused(422, "fields_wrong")
    assert len(smtp.heard) == before


@pytest.mark.parametrize("address", ["a.b+c-d_e@sub.example.co.uk", "x@localhost",
                                     "o'neil@example.org", "a" * 64 + "@e.org", "1@1.example"])
def test_372_ordinary_addresses_pass(people, smtp, address):
    people.person().put("/v1/me/mail", {"mail": address}).must(202)
    assert mailed(smtp, address, 1)["To"] == address


def test_372_without_a_mail_server_it_is_said():
    with Server() as server:
        Person(server).post("/v1/sign-in/link", {"mail": "a@example.org"}).refused(409, "mail_off")


def test_372_a_mail_server_that_will_not_do_is_an_error_at_start():
    with pytest.raises(AssertionError, match="mail: the sender is no e-mail address"):
        with Server(args=["--mail-server", "smtp://127.0.0.1:1", "--mail-from", "nobody"]):
            pass
