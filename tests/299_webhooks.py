"""What alerts send: signed as Standard Webhooks say, tried again, replayed, never into a network
that the server should not reach; and by mail to who asked for it."""
import base64
import email
import email.policy
import hashlib
import hmac
import http.server
import itertools
import json
import re
import threading
import time

import pytest

from browsing import Person
from server import Server, wait_until
from smtp_server import Smtp
from story import Commons, stamp

numbers = itertools.count(1)


class Receiver:
    """A server of somebody else's: keeps what came, answers what it is told to, else 204."""

    def __init__(self):
        self.came, self.answers = [], []
        receiver = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                receiver.came.append((self.path, dict(self.headers.items()), body))
                self.send_response(receiver.answers.pop(0) if receiver.answers else 204)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.port = self.server.server_port
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def close(self):
        self.server.shutdown()
        self.server.server_close()


def signature(secret, headers, body):
    """As Standard Webhooks 1.0.0 has it."""
    key = base64.b64decode(secret.removeprefix("whsec_"))
    said = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    return "v1," + base64.b64encode(hmac.new(key, said, hashlib.sha256).digest()).decode()


class Trust:
    def __init__(self, server):
        self.server, self.id = server, f"hook-{next(numbers)}"
        self.officer = server.client(server.token("trust", "*", self.id))
        self.at = f"/v1/trusts/{self.id}"
        self.place = Commons(server, residents=2, trust=self.id)
        self.place.fund(5000)
        self.place.open_round(allotment=100)

    def hook(self, url):
        return self.officer.post(f"{self.at}/webhooks", {"url": url}).must(201).json()

    def hooks(self):
        return self.officer.get(f"{self.at}/webhooks").must(200).json()["items"]

    def alert(self, to=("webhook",), client=None):
        return (client or self.officer).post(f"{self.at}/alerts", {
            "when": "activation", "to": list(to)}).must(201).json()["alert"]

    def activate(self):
        """A commission: what the alert is about."""
        tender = self.place.tender(ceiling=20, people_min=1)
        proposal = self.place.proposal(tender, 20)
        self.place.open_tender(tender)
        self.place.pledge(0, proposal, 20).must(200)
        return proposal.replace(".p", ".c")

    def deliveries(self, **what):
        items = self.officer.get(f"{self.at}/deliveries").must(200).json()["items"]
        return [one for one in items if what.items() <= one.items()]

    def waits_for(self, **what):
        wait_until(lambda: self.deliveries(**what), what=f"a delivery with {what}")
        return self.deliveries(**what)[0]


@pytest.fixture(scope="module")
def smtp():
    with Smtp() as one:
        yield one


@pytest.fixture(scope="module")
def hook_server(smtp):
    with Server(args=["--notices-rest-ms", "100", "--mail-server", smtp.url,
                      "--mail-from", "no-reply@commons.example"]) as one:
        yield one


@pytest.fixture(scope="module")
def receiver():
    one = Receiver()
    yield one
    one.close()


@pytest.fixture
def trust(hook_server):
    return Trust(hook_server)


def test_299_an_alert_is_sent_once_and_signed(trust, receiver):
    hook = trust.hook(f"http://localhost:{receiver.port}/x?y=1")
    trust.alert()
    commission = trust.activate()
    one = trust.waits_for(state="sent")
    (path, headers, body), = [came for came in receiver.came if trust.id.encode() in came[2]]
    assert path == "/x?y=1" and headers["Content-Type"] == "application/json"
    assert headers["webhook-signature"] == signature(hook["secret"], headers, body)
    assert abs(int(headers["webhook-timestamp"]) - time.time()) < 60
    said = json.loads(body)
    assert said["type"] == "alert.activation" and said["timestamp"] == one["raised_at"]
    assert said["data"] == {"trust": trust.id, "community": trust.place.slug, "value": 0,
                            "number": one["raised"], "commission": commission}
    assert (one["tries"], one["status"], one["webhook"]) == (1, 204, hook["webhook"])
    assert "secret" not in trust.hooks()[0] and "nonce" not in trust.hooks()[0]


def test_299_a_delivery_is_replayed_under_its_own_id(trust, receiver):
    trust.hook(f"http://127.0.0.1:{receiver.port}/")
    trust.alert()
    trust.activate()
    one = trust.waits_for(state="sent")
    trust.officer.post(f"{trust.at}/deliveries/{one['delivery']}/replay").must(200)
    wait_until(lambda: len(mine(trust, receiver)) == 2, what="it comes again")
    first, second = mine(trust, receiver)
    assert first[1]["webhook-id"] == second[1]["webhook-id"] and first[2] == second[2]
    trust.officer.post(f"{trust.at}/deliveries/99/replay").refused(404, "delivery_unknown")


def mine(trust, receiver):
    return [came for came in receiver.came if f'"{trust.id}"'.encode() in came[2]]


def test_299_what_fails_is_tried_again_and_gone_is_gone(trust, receiver):
    hook = trust.hook(f"http://127.0.0.1:{receiver.port}/")
    receiver.answers = [500]
    trust.alert()
    trust.activate()
    failed = trust.waits_for(tries=1)
    assert failed["status"] == 500 and "next" in failed and "failing" in trust.hooks()[0]
    one = trust.waits_for(state="sent")
    assert one["tries"] == 2 and "failing" not in trust.hooks()[0]
    receiver.answers = [410]
    trust.officer.post(f"{trust.at}/deliveries/{one['delivery']}/replay").must(200)
    trust.waits_for(state="failed", status=410)
    assert trust.hooks()[0]["state"] == "off"
    path = f"{trust.at}/webhooks/{hook['webhook']}"
    trust.officer.post(f"{path}/enable").must(200)
    assert trust.hooks()[0]["state"] == "on"
    trust.officer.delete(path).must(200)
    trust.officer.delete(path).refused(404, "webhook_unknown")
    assert trust.hooks() == []


@pytest.mark.parametrize("host", ["0.0.0.0", "[::ffff:127.0.0.1]", "127.0.0.2"])
def test_299_nothing_is_sent_into_a_network_of_ours(trust, receiver, host):
    before = len(receiver.came)
    trust.hook(f"https://{host}:{receiver.port}/")
    trust.alert()
    trust.activate()
    one = trust.waits_for(tries=1)
    assert one["state"] == "waiting" and "status" not in one and len(receiver.came) == before


@pytest.mark.parametrize("url", ["http://a.example/x", "https://u:p@a.example/", "ftp://localhost",
                                 "https://a.example/#x", "http://localhost.a.example/",
                                 "https:///path", "gopher://127.0.0.1"])
def test_299_a_target_that_cannot_be_is_refused(trust, url):
    trust.officer.post(f"{trust.at}/webhooks", {"url": url}).refused(422, "fields_wrong")


def test_299_a_trust_has_8_webhooks_and_others_see_none(trust):
    for _ in range(8):
        trust.hook("https://a.example/")
    trust.officer.post(f"{trust.at}/webhooks", {"url": "https://a.example/"}).refused(
        409, "webhooks_too_many")
    other = trust.server.client(trust.server.token("trust", "*", "other-trust"))
    for path in ("webhooks", "deliveries"):
        other.get(f"{trust.at}/{path}").refused(403, "not_your_organisation")


def letters_to(smtp, address):
    return [email.message_from_bytes(one.raw, policy=email.policy.default).get_content()
            for one in smtp.letters if address in one.to]


def signed_in(trust):
    """Somebody who has joined the trust."""
    operator, org = trust.server.operator(), f"/v1/organisations/{trust.id}"
    operator.post("/v1/organisations", {"org": trust.id, "kind": "trust",
                                        "title": "A trust"}).must(201)
    codes = trust.place.trust.post(f"/v1/communities/{trust.place.slug}/codes", {
        "n": 1, "area": "all", "expires_at": stamp(86400)}).must(201).json()["codes"]
    person = Person(trust.server)
    person.by_code(trust.place.slug, codes[0]["code"]).must(200)
    link = operator.post(f"{org}/invitations", {"role": "trust"}).must(201).json()["link"]
    person.entered(person.post("/v1/invitations/accept", {"link": link}).must(200))
    return person


def test_299_by_mail_it_goes_to_who_is_signed_in_with_an_address(trust, smtp):
    mail = {"when": "activation", "to": ["mail"]}
    trust.officer.post(f"{trust.at}/alerts", mail).refused(409, "mail_unconfirmed")
    person, address = signed_in(trust), f"{trust.id}@example.org"
    person.post(f"{trust.at}/alerts", mail).refused(409, "mail_unconfirmed")
    person.put("/v1/me/mail", {"mail": address}).must(202)
    wait_until(lambda: letters_to(smtp, address), what="the letter to confirm")
    secret = re.search(r"/me/mail/confirm#(\S+)", letters_to(smtp, address)[0])[1]
    person.post("/v1/me/mail/confirm", {"link": secret}).must(200)
    person.post(f"{trust.at}/alerts", mail).must(201)
    trust.activate()
    assert trust.waits_for(by="mail", state="sent")["status"] == 250
    letter, = [one for one in letters_to(smtp, address) if "Alert" in one or "glance" in one]
    assert trust.place.slug in letter and f"/trusts/{trust.id}" in letter
