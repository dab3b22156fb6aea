"""What a page of others can have a browser send changes nothing; what every answer carries."""
import http.client
import socket
import time

import pytest

from browsing import COOKIE, Person
from server import Server
from story import Commons, stamp

ALWAYS = {
    "content-security-policy": "default-src 'none'; object-src 'none'; base-uri 'none'; "
                               "form-action 'none'; frame-ancestors 'none'",
    "x-content-type-options": "nosniff", "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin", "cross-origin-resource-policy": "same-origin",
}


class Town(Commons):
    def __init__(self, server):
        super().__init__(server, areas=["north"], residents=1)
        self.at = f"/v1/communities/{self.slug}"
        self.fund(1000)
        self.open_round(allotment=100)
        tender = self.tender(ceiling=300, people_min=2)
        self.first = self.proposal(tender, price=60)
        self.open_tender(tender)

    def code(self):
        answer = self.trust.post(f"{self.at}/codes", {
            "n": 1, "area": "north", "expires_at": stamp(86400)}).must(201)
        return answer.json()["codes"][0]["code"]

    def person(self):
        person = Person(self.server)
        person.by_code(self.slug, self.code()).must(200)
        return person


@pytest.fixture(scope="module")
def town(server):
    return Town(server)


FORGED = [
    ({"Origin": "https://evil.example"}, "origin_wrong"),
    ({"Origin": "null"}, "origin_wrong"),
    ({"Origin": None}, "origin_wrong"),
    ({"Sec-Fetch-Site": "cross-site"}, "origin_wrong"),
    ({"Sec-Fetch-Site": "same-site"}, "origin_wrong"),
    ({"Sec-Fetch-Site": "none"}, "origin_wrong"),
    ({"Groundswell-Csrf": None}, "csrf_wrong"),
    ({"Groundswell-Csrf": ""}, "csrf_wrong"),
    ({"Groundswell-Csrf": "A" * 24}, "csrf_wrong"),
]


@pytest.mark.parametrize("headers, code", FORGED)
def test_272_a_write_by_cookie_from_another_page_changes_nothing(town, headers, code):
    person = town.person()
    before = town.totals()
    pledge = f"/v1/proposals/{town.first}/pledge"
    for method, path, body in (
            ("PUT", pledge, {"amount": 50}), ("DELETE", pledge, None),
            ("PATCH", "/v1/me", {"lang": "cy"}), ("POST", "/v1/me/sign-out", None),
            ("DELETE", "/v1/me/session", None), ("DELETE", "/v1/me", {"pledges": "withdraw"}),
            ("PUT", "/v1/me/password", {"password": "a long sentence"}),
            ("DELETE", f"{town.at}/residents/{person.resident()}", None)):
        person.request(method, path, body, headers=headers).refused(403, code)
    assert town.totals() == before
    assert "lang" not in person.get("/v1/me").must(200).json()


def test_272_the_token_of_another_session_is_none(town):
    person, other = town.person(), town.person()
    person.patch("/v1/me", {"lang": "cy"}, headers={"Groundswell-Csrf": other.csrf}) \
        .refused(403, "csrf_wrong")
    person.patch("/v1/me", {"lang": "cy"}).must(200)


def test_272_nobody_is_signed_in_from_another_page(server, town):
    code = town.code()
    for headers in ({"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"},
                    {"Origin": "null"}):
        person = Person(server)
        for path, body in ((f"{town.at}/sign-in/code", {"code": code}),
                           ("/v1/sign-in/password", {"name": "a1234", "password": "b" * 9}),
                           ("/v1/sign-in/passkey/challenge", None),
                           ("/v1/sign-in/link/use", {"link": "A" * 32})):
            person.post(path, body, headers=headers).refused(403, "origin_wrong")
        assert person.cookie is None
    quiet = Person(server)
    quiet.origin = None
    quiet.by_code(town.slug, code).must(200)


def test_272_a_form_of_another_page_cannot_even_say_it(server, town):
    """Types that a form can send, without asking beforehand."""
    person = town.person()
    for kind in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data"):
        for path in ("/v1/sign-in/password", f"{town.at}/sign-in/code"):
            answer = Person(server).post(path, b'{"code":"x"}', headers={"Content-Type": kind})
            answer.refused(415, "json_required")
        person.put("/v1/me/password", b'{"password":"x"}', headers={"Content-Type": kind}) \
            .refused(415, "json_required")


def test_272_reading_changes_nothing(server, town):
    """Every GET of the description, twice with all that a person has."""
    person = town.person()
    document, before = server.contract().document, town.totals()
    values = {"community": town.slug, "proposal": town.first, "resident": person.resident()}
    for template, item in document["paths"].items():
        if "get" not in item or item["get"]["operationId"] == "feed_get":
            continue
        path = template
        for name, value in values.items():
            path = path.replace("{%s}" % name, value)
        for _ in range(2):
            assert person.get(path).status < 500
    assert town.totals() == before


def test_272_every_answer_says_what_a_browser_may_do_with_it(server, town):
    person = town.person()
    other = {"Origin": "https://elsewhere.example"}
    answers = [person.get("/v1/me"), person.get("/v1/me", headers=other),
               server.client().request("OPTIONS", "/v1/me", headers=other),
               person.get("/v1/communities"), person.get("/nowhere"),
               person.get(f"{town.at}/wallet"), server.client().get("/v1/me"),
               server.client().post("/healthz", {}), person.get("/v1/tenders/%ff"),
               server.client().request("OPTIONS", "/v1/me"), person.get("/metrics")]
    for answer in answers:
        for name, value in ALWAYS.items():
            assert answer.headers.get(name) == value, (answer.path, name)
        assert "permissions-policy" in answer.headers
        assert not [name for name in answer.headers if name.startswith("access-control")]
        assert "strict-transport-security" not in answer.headers, "there is no TLS here"
    plain = socket.create_connection(server.address, timeout=10)
    plain.sendall(b"GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\n")
    assert b"frame-ancestors 'none'" in plain.recv(8192)
    plain.close()


def test_272_what_is_personal_is_in_no_cache(server, town):
    person = town.person()
    for answer in (person.get("/v1/me"), person.get(f"{town.at}/wallet"),
                   person.get("/v1/me/export"), person.patch("/v1/me", {"lang": "en"}),
                   server.client().get(f"{town.at}/wallet"), town.trust.get(f"{town.at}/journal"),
                   Person(server).by_password("a1234", "b" * 9)):
        assert answer.headers.get("cache-control") == "no-store", answer.path


def test_272_a_page_has_its_own_policy_and_no_second(server, town):
    answer = server.client().get(f"/c/{town.slug}/audit").must(200)
    policies = [v for k, v in raw_headers(server, f"/c/{town.slug}/audit")
                if k.lower() == "content-security-policy"]
    assert policies == [answer.headers["content-security-policy"]]
    assert "script-src 'self'" in policies[0] and "frame-ancestors 'none'" in policies[0]
    assert "unsafe" not in policies[0]


def raw_headers(server, path):
    connection = http.client.HTTPConnection(*server.address, timeout=10)
    connection.request("GET", path)
    headers = connection.getresponse().getheaders()
    connection.close()
    return headers


def test_272_what_is_agreed_upon_is_at_its_address():
    with Server(args=["--security-contact", "mailto:security@commons.example",
                      "--public-url", "https://commons.example"]) as server:
        client = server.client()
        answer = client.get("/.well-known/security.txt").must(200)
        lines = dict(line.split(": ", 1) for line in answer.text.splitlines())
        assert lines["Contact"] == "mailto:security@commons.example"
        assert lines["Canonical"] == "https://commons.example/.well-known/security.txt"
        assert stamp(0) < lines["Expires"] < stamp(366 * 86400)
        assert answer.headers["content-type"] == "text/plain; charset=utf-8"
        assert "max-age=31536000" in answer.headers["strict-transport-security"]
        moved = client.get("/.well-known/change-password").must(302)
        assert moved.headers["location"] == "/me/password"
        person = Person(server)
        person.origin = "https://commons.example"
        person.by_password("a1234", "b" * 9).refused(401, "sign_in_failed")


def test_272_without_a_contact_there_is_no_security_txt(server):
    server.client().get("/.well-known/security.txt").refused(404, "not_found")


def test_272_a_huge_or_slow_sign_in_is_cut_off(server, town):
    huge = b'{"name":"a","password":"' + b"x" * 5000 + b'"}'
    Person(server).post("/v1/sign-in/password", huge, key=None).refused(413, "body_too_large")
    with socket.create_connection(server.address, timeout=30) as slow:
        slow.sendall(b"POST /v1/sign-in/password HTTP/1.1\r\nHost: a\r\nContent-Length: 2000\r\n"
                     b"Content-Type: application/json\r\n\r\n{")
        began, told = time.monotonic(), b""
        while b"408" not in told and time.monotonic() - began < 25:
            try:
                slow.sendall(b" ")
            except OSError:
                break
            slow.settimeout(0.5)
            try:
                told += slow.recv(4096)
            except socket.timeout:
                pass
        assert told.startswith(b"HTTP/1.1 408"), told[:200]


@pytest.mark.parametrize("trusted, forwarded, limited", [
    ("127.0.0.1", "198.51.100.7", True), ("", "198.51.100.7", False),
    ("10.0.0.0/8", "198.51.100.7", False), ("127.0.0.0/8,10.0.0.0/8",
                                            "198.51.100.7, 10.1.2.3", True),
    ("127.0.0.1", "198.51.100.7, 127.0.0.1", True)])
def test_272_an_address_is_believed_from_a_trusted_proxy_alone(trusted, forwarded, limited):
    args = ["--limit-address-sign-in", "3", "--trusted-proxies", trusted]
    with Server(args=args) as server:
        def knock(address):
            return Person(server).post("/v1/sign-in/passkey/challenge", key=None,
                                       headers={"X-Forwarded-For": address})
        told = [knock(forwarded).status for _ in range(5)]
        assert told == ([201, 201, 201, 429, 429] if limited else [201] * 5)
        if limited:
            over = knock("203.0.113.9, " + forwarded)
            over.refused(429, "too_many_requests")  # what stands left of it anybody can write
            assert 0 < int(over.headers["retry-after"]) <= 60
            assert over.json()["seconds"] == int(over.headers["retry-after"])
            assert knock("198.51.100.8").status == 201, "others are served"


def test_272_an_address_of_the_new_kind_counts_by_its_network():
    args = ["--limit-address-sign-in", "3", "--trusted-proxies", "127.0.0.1"]
    with Server(args=args) as server:
        def knock(address):
            return Person(server).post("/v1/sign-in/passkey/challenge", key=None,
                                       headers={"X-Forwarded-For": address}).status
        assert [knock(f"2001:db8:1:2::{n}") for n in range(1, 6)] == [201] * 3 + [429] * 2
        assert knock("[2001:db8:1:3::1]:4711") == 201


def test_272_one_person_may_ask_only_so_much_and_others_are_served():
    with Server(args=["--limit-person-read", "5", "--limit-person-write", "4"]) as server:
        town = Commons(server, areas=["north"], residents=2)
        path = f"/v1/communities/{town.slug}/wallet"
        told = [town.resident(0).get(path).status for _ in range(7)]
        assert told == [200] * 5 + [429] * 2
        assert town.resident(1).get(path).status == 200
        wrong = [town.resident(0).put(f"/v1/proposals/{town.slug}.p1/pledge", {"amount": 5}).status
                 for _ in range(6)]
        assert wrong == [409] * 4 + [429] * 2
        assert [server.operator().get("/v1/organisations").status for _ in range(9)] == [200] * 9


def test_272_proxies_that_cannot_be_read_stop_the_start():
    for bad in ("10.0.0.0/33", "example.com", "10.0.0.1;10.0.0.2"):
        with pytest.raises(AssertionError, match="trusted_proxies") as no:
            Server(args=["--trusted-proxies", bad]).__enter__()
        assert "Sanitizer" not in str(no.value), "a worker that starts anew for ever"


def test_272_a_cookie_of_a_strange_form_is_refused_not_believed(server):
    for value in ("", "x", "gss_", "gss_.", "gss_" + "A" * 2000, "gss_AAAA." + "A" * 32):
        person = Person(server)
        answer = person.get("/v1/me", headers={"Cookie": f"{COOKIE}={value}"})
        answer.refused(401, "session_invalid")
