"""Signing in by code and by password, and what becomes of the session afterwards."""
import time

import pytest

from browsing import COOKIE, Person, base64url, sealed
from server import Server, wait_until
from story import Commons, stamp

PASSWORD = "a sentence of my own"


class Town(Commons):
    def __init__(self, server, areas=("north",), residents=0):
        super().__init__(server, areas=areas, residents=residents)
        self.at = f"/v1/communities/{self.slug}"

    def codes(self, n=1, area="north", client=None):
        answer = (client or self.trust).post(f"{self.at}/codes", {
            "n": n, "area": area, "expires_at": stamp(86400)}).must(201)
        return [code["code"] for code in answer.json()["codes"]]

    def person(self):
        person = Person(self.server)
        person.by_code(self.slug, self.codes()[0]).must(200)
        return person


@pytest.fixture(scope="module")
def town(server):
    return Town(server)


def signed_out(person):
    return person.get("/v1/me").code == "signed_out"


def test_271_a_code_makes_a_resident_and_a_session_however_it_is_typed(server, town):
    code = town.codes()[0]
    person = Person(server)
    typed = code.lower().replace("-", "  ").replace("0", "o").replace("1", "l")
    said = person.by_code(town.slug, typed).must(200).json()
    assert said["joined"]["community"] == town.slug and not said["joined"]["recovered"]
    assert said["hats"] == [{"role": "resident", "community": town.slug,
                             "subject": said["joined"]["resident"]}]
    assert said["session"]["way"] == "code"
    assert person.get("/v1/me").must(200).json()["account"] == said["account"]
    assert person.get(f"{town.at}/wallet").must(200).json()["pledges"] == []
    kinds = [record["kind"] for record in town.log()]
    assert kinds[-2:] == ["residents_registered", "code_redeemed"]
    assert code not in str(town.log()) and said["account"] not in str(town.log())


@pytest.mark.parametrize("change, detail", [
    (lambda c: c[:-1], "too few"), (lambda c: c + "A", "too many"),
    (lambda c: "U" + c[1:], "place 1"), (lambda c: c[:8] + ("A" if c[8] != "A" else "B") + c[9:],
                                         "typing error")])
def test_271_a_typing_error_is_told_and_asks_nobody(server, town, change, detail):
    code = town.codes()[0]
    answer = Person(server).by_code(town.slug, change(code)).refused(422, "fields_wrong")
    assert detail in answer.json()["errors"][0]["detail"]
    Person(server).by_code(town.slug, code).must(200)


def test_271_the_same_request_again_is_the_same_sign_in_and_another_is_refused(server, town):
    code = town.codes()[0]
    person = Person(server)
    first = person.by_code(town.slug, code, key="the-same-key").must(200).json()
    again = Person(server)
    twice = again.by_code(town.slug, code, key="the-same-key").must(200).json()
    assert twice["account"] == first["account"] and twice["joined"]["replayed"]
    Person(server).by_code(town.slug, code).refused(409, "code_used")


def test_271_a_name_and_password_let_in_and_a_wrong_one_and_nobody_are_told_the_same(server, town):
    person = town.person()
    name = person.set_password(PASSWORD, "Maria").must(200).json()["name"]
    assert name.startswith("Maria") and name[5:].isdigit() and len(name) == 9
    other = Person(server)
    said = other.by_password(f" {name.upper()} ", PASSWORD).must(200).json()
    assert said["account"] == person.account["account"] and said["session"]["way"] == "password"
    wrong = Person(server).by_password(name, PASSWORD + "x").refused(401, "sign_in_failed")
    nobody = Person(server).by_password("nobody0000", PASSWORD).refused(401, "sign_in_failed")
    assert wrong.json() == nobody.json()
    assert "set-cookie" not in wrong.headers and "set-cookie" not in nobody.headers


def test_271_after_ten_tries_a_name_waits_whether_somebody_has_it_or_not(server, town):
    person = town.person()
    name = person.set_password(PASSWORD, "often").must(200).json()["name"]
    for word in (name, "nobody0001"):
        told = [Person(server).by_password(word, "not this one") for _ in range(11)]
        assert [a.code for a in told] == ["sign_in_failed"] * 10 + ["sign_in_later"]
        assert told[-1].status == 429 and int(told[-1].headers["retry-after"]) > 0
    Person(server).by_password(name, PASSWORD).refused(429, "sign_in_later")
    assert person.get("/v1/me").must(200), "who is signed in stays so"


@pytest.mark.parametrize("password, detail", [
    ("short", "8"), ("password1", "many people"), ("x" * 129, "128"), ("groundswell!!", "name")])
def test_271_a_password_that_is_easily_guessed_is_not_taken(town, password, detail):
    answer = town.person().set_password(password, "ada").refused(422, "fields_wrong")
    assert answer.json()["errors"][0]["pointer"] == "/password"
    assert detail in answer.json()["errors"][0]["detail"].lower()


def test_271_a_new_letter_brings_a_person_back_to_what_is_theirs(server):
    town = Town(server, residents=1)
    refs = {"refs": ["ref-0"], "expires_at": stamp(86400)}

    def letter():
        answer = town.trust.post(f"{town.at}/codes", refs).must(201).json()
        return answer["codes"][0]["code"]
    person, lost = Person(server), letter()
    account = person.by_code(town.slug, lost).must(200).json()["account"]
    assert person.resident() == town.ids[0]
    again = Person(server)
    said = again.by_code(town.slug, letter()).must(200).json()
    assert said["account"] == account and said["joined"]["recovered"]


def test_271_one_person_is_a_resident_of_two_communities_under_one_account(server, town):
    other = Town(server)
    person = town.person()
    account = person.account["account"]
    said = person.by_code(other.slug, other.codes()[0]).must(200).json()
    assert said["account"] == account
    assert {hat["community"] for hat in said["hats"]} == {town.slug, other.slug}
    for place in (town, other):
        person.get(f"{place.at}/wallet").must(200)
    person.get(f"/v1/communities/{Town(server).slug}/wallet").refused(403, "wrong_community")


def test_271_signing_in_begins_another_session_and_ends_the_one_before(server, town):
    person = town.person()
    name = person.set_password(PASSWORD, "ada").must(200).json()["name"]
    old, old_csrf = person.cookie, person.csrf
    person.by_password(name, PASSWORD).must(200)
    assert person.cookie != old and person.csrf != old_csrf
    before = Person(server)
    before.cookie = old
    wait_until(lambda: signed_out(before) or before.cookie is None, 5, "the end of the old one")


def test_271_signing_out_ends_this_session_and_no_other(server, town):
    person = town.person()
    name = person.set_password(PASSWORD, "ada").must(200).json()["name"]
    other = Person(server)
    other.by_password(name, PASSWORD).must(200)
    kept = person.cookie
    person.delete("/v1/me/session").must(200)
    assert person.cookie is None
    person.cookie = kept
    person.get("/v1/me").refused(401, "signed_out")
    other.get("/v1/me").must(200)


def test_271_signing_out_everywhere_ends_them_all_and_the_resident_signs_in_again(server):
    town = Town(server, residents=1)
    town.fund(1000)
    town.open_round(allotment=100)
    person = town.person()
    name = person.set_password(PASSWORD, "ada").must(200).json()["name"]
    other = Person(server)
    other.by_password(name, PASSWORD).must(200)
    token = server.client(town.tokens("resident", [person.resident()])[0])
    token.get(f"{town.at}/wallet").must(200)
    person.post("/v1/me/sign-out").must(200)
    wait_until(lambda: other.get("/v1/me").status == 401, 5, "the end of the other session")
    token.get(f"{town.at}/wallet").refused(401, "signed_out")
    again = Person(server)
    again.by_password(name, PASSWORD).must(200)
    assert again.get(f"{town.at}/wallet").must(200).json()["free"] == 100
    town.recount()


def made(server, account, started, seen, authenticated, epoch=0):
    return sealed(server, "gss_", b"groundswell session v1\n",
                  f"{account}:{base64url(bytes(range(16)))}:{epoch}:{started}:{seen}:"
                  f"{authenticated}:password")


def csrf_of(server, person, cookie):
    person.cookie = cookie
    person.csrf = person.get("/v1/me").must(200).json()["session"]["csrf"]
    return person


def test_271_a_session_idles_a_day_lasts_a_month_and_is_signed_anew_as_it_is_used(server, town):
    account, now = town.person().account["account"], int(time.time())
    person = Person(server)
    for started, seen, code in [(now, now - 86401, "session_expired"),
                                (now - 30 * 86400 - 1, now, "session_expired")]:
        person.cookie = made(server, account, started, seen, now)
        person.get("/v1/me").refused(401, code)
        assert person.cookie is None
    person.cookie = fresh = made(server, account, now - 299, now - 200, now)
    person.get("/v1/me").must(200)
    assert person.cookie == fresh, "seen a moment ago"
    person.cookie = old = made(server, account, now - 86400, now - 86000, now - 86400)
    assert "Max-Age=25" in person.get("/v1/me").must(200).headers["set-cookie"]
    assert person.cookie != old
    person.get("/v1/me").must(200)


def test_271_the_ends_of_a_session_can_be_configured():
    with Server(args=["--session-idle-s", "10", "--session-whole-s", "60"]) as server:
        account, now = Town(server).person().account["account"], int(time.time())
        person = Person(server)
        for started, seen in ((now, now - 11), (now - 61, now)):
            person.cookie = made(server, account, started, seen, now)
            person.get("/v1/me").refused(401, "session_expired")


def test_271_who_proved_it_long_ago_proves_it_again_before_changing_a_way_in(server, town):
    signed = town.person()
    name = signed.set_password(PASSWORD, "ada").must(200).json()["name"]
    account, now = signed.account["account"], int(time.time())
    person = csrf_of(server, Person(server), made(server, account, now - 700, now, now - 601))
    for method, path, body in (
            ("PUT", "/v1/me/password", {"password": "another sentence"}),
            ("POST", "/v1/me/passkeys/challenge", None),
            ("POST", "/v1/me/passkeys", {"challenge": "AA", "client_data": "AA",
                                         "attestation": "AA", "label": "x"}),
            ("DELETE", "/v1/me/passkeys/1", None), ("DELETE", "/v1/me", {"pledges": "keep"})):
        person.request(method, path, body).refused(401, "sign_in_again")
        assert person.cookie, "still signed in"
    person.patch("/v1/me", {"lang": "cy"}).must(200)
    person.by_password(name, PASSWORD).must(200)
    person.set_password("another sentence").must(200)
    Person(server).by_password(name, PASSWORD).refused(401, "sign_in_failed")
    Person(server).by_password(name, "another sentence").must(200)


def test_271_the_cookie_is_two_things_at_once_with_nothing(server, town):
    person = town.person()
    token = town.tokens("resident", [person.resident()])[0]
    headers = {"Authorization": f"Bearer {token}"}
    person.get("/v1/me", headers=headers).refused(400, "shown_twice")
    person.get("/v1/me", headers={"Cookie": f"{COOKIE}={person.cookie}; {COOKIE}=x"}) \
        .refused(401, "session_invalid")


def test_271_challenges_for_passkeys_are_fresh_and_bound_to_this_site(server, town):
    asked = [Person(server).post("/v1/sign-in/passkey/challenge", key=None).must(201).json()
             for _ in range(2)]
    assert asked[0]["challenge"] != asked[1]["challenge"]
    assert {a["rp_id"] for a in asked} == {"localhost"}
    person = town.person()
    mine = person.post("/v1/me/passkeys/challenge").must(201).json()
    assert mine["exclude"] == [] and mine["algorithms"] == [-7, -8, -257]
    for part in ("client_data", "attestation"):
        body = {"challenge": mine["challenge"], "client_data": "AAAA", "attestation": "AAAA",
                "label": "phone", part: "e30"}
        said = person.post("/v1/me/passkeys", body).refused(422, "passkey_refused")
        assert said.json()["reason"]
    person.delete("/v1/me/passkeys/1").refused(404, "passkey_unknown")


def test_271_where_no_mail_is_configured_links_are_refused_with_the_reason(server, town):
    Person(server).post("/v1/sign-in/link", {"mail": "a@b.example"}, key=None) \
        .refused(409, "mail_off")
    town.person().put("/v1/me/mail", {"mail": "a@b.example"}).refused(409, "mail_off")
    Person(server).post("/v1/sign-in/link/use", {"link": "A" * 32}, key=None) \
        .refused(410, "link_unknown")


def test_271_an_end_is_known_to_every_worker_at_once():
    with Server(workers=3) as server:
        town = Town(server)
        person = town.person()
        kept = person.cookie
        person.delete("/v1/me/session").must(200)

        def is_over():
            again = Person(server)
            again.cookie = kept
            try:
                return again.get("/v1/me").code == "signed_out"
            finally:
                again.close()
        wait_until(lambda: all(is_over() for _ in range(24)), what="the end in every worker")
        server.restart()
        again = Person(server)
        again.cookie = kept
        again.get("/v1/me").refused(401, "signed_out")
