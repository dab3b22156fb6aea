"""Every route with every visitor: WHO says who may, and each cell is asked.

A visitor who may not gets exactly the refusal of that kind of visitor and changes nothing; one who
may is never told to sign in or that it is not allowed. A route that WHO does not name, or that
says something else of itself, fails.
"""
import socket
import time

import pytest

from browsing import COOKIE, Person, base64url, sealed
from server import wait_until
from story import Commons, stamp

pytestmark = pytest.mark.long

ROLES = ("resident", "clerk", "helper", "provider", "trust", "operator")
METHODS = ("get", "post", "put", "patch", "delete")
TRUST = "trust operator"
CLERK = "clerk trust operator"
SELF = "resident trust operator"
ORG = "clerk trust operator provider"
CONCERNED = "resident clerk trust operator"

WHO = {
    "communities_list": "", "trend_get": "", "community_create": TRUST, "community_get": "",
    "totals_get": "",
    "log_list": "", "log_record_get": "", "log_receipt_get": "", "feed_get": "", "funds_list": "",
    "fund_add": TRUST, "fund_top_up": TRUST, "residents_register": TRUST, "resident_get": SELF,
    "resident_leave": SELF, "resident_grant": TRUST, "resident_sign_out": SELF,
    "staff_sign_out": TRUST, "round_open": TRUST, "round_get": "", "round_close": TRUST,
    "community_set": TRUST, "areas_get": "", "areas_set": TRUST, "simulate_get": "",
    "bodies_list": "", "body_form": CLERK, "body_get": "", "body_constitute": CLERK,
    "body_versions_list": "", "body_members_list": "", "member_seat": CLERK,
    "member_leave": CLERK, "body_history_list": "", "tender_approve": "resident " + CLERK,
    "tender_approvals_list": "", "tender_publish": CLERK,
    "tenders_list": "", "tender_create": CLERK, "tender_get": "", "tender_open": CLERK,
    "tender_withdraw": CLERK, "tender_pause": TRUST, "tender_resume": TRUST,
    "proposals_list": "", "proposal_submit": CLERK + " provider",
    "proposal_get": "", "proposal_withdraw": CLERK, "commissions_list": "",
    "proposal_amend": CLERK + " provider", "proposal_merge": CLERK + " provider",
    "proposal_judge": CLERK, "proposal_versions_list": "",
    "file_upload": CLERK + " provider", "file_get": "",
    "fund_withdraw": TRUST, "commission_get": "", "contract_sign": CLERK,
    "evidence_add": CLERK + " provider", "milestone_report": CLERK + " provider",
    "milestone_confirm": "resident", "milestone_dispute": "resident", "milestone_accept": CLERK,
    "payment_record": CLERK, "variation_propose": CLERK, "variation_approve": CLERK,
    "outcome_report": CLERK + " provider", "savings_note": CLERK, "commission_complete": CLERK,
    "commission_terminate": CLERK,
    "pledge_put": "resident", "pledge_get": "resident", "pledge_delete": "resident",
    "assisted_pledge": "helper trust", "wallet_get": "resident",
    "offer_put": "resident", "offers_get": "resident",
    "history_get": "", "proposals_similar": "",
    "notices_get": CONCERNED, "notices_seen": CONCERNED, "notices_mail_put": CONCERNED,
    "needs_list": "", "need_raise": "resident", "need_get": "", "need_second": "resident",
    "need_answer": CLERK, "talks_list": "", "talk_add": "resident", "talk_get": "",
    "talk_edit": "resident", "talk_stance": "resident", "talk_hide": CLERK,
    "talk_appeal": "resident", "talk_ruling": TRUST, "summaries_list": "",
    "summary_publish": CLERK,
    "codes_issue": TRUST, "codes_list": TRUST, "codes_revoke": TRUST, "register_import": TRUST,
    "review_list": TRUST, "review_resolve": TRUST, "approvals_get": TRUST, "journal_list": TRUST,
    "anomalies_get": TRUST, "assisted_get": TRUST,
    "sign_in_code": "entering", "sign_in_password": "entering", "sign_in_link": "entering",
    "sign_in_link_use": "entering", "sign_in_passkey": "entering",
    "sign_in_passkey_challenge": "entering",
    "me_get": "person", "me_change": "person", "me_erase": "person", "me_export": "person",
    "me_session_end": "person", "me_sign_out": "person", "me_password_set": "person",
    "me_mail_set": "person", "me_mail_confirm": "person", "me_passkey_challenge": "person",
    "me_passkey_add": "person", "me_passkey_label": "person", "me_passkey_remove": "person",
    "org_create": "operator", "orgs_list": TRUST, "org_get": ORG, "org_invite": ORG,
    "invitation_accept": "person", "org_member_remove": ORG, "org_key_add": ORG,
    "org_key_revoke": ORG, "purge": "operator", "watch_get": TRUST, "watch_csv_get": TRUST,
    "trust_feed_get": TRUST, "alerts_list": TRUST, "alert_add": TRUST, "alert_remove": TRUST,
    "raised_list": TRUST, "raised_seen": TRUST, "webhooks_list": TRUST, "webhook_add": TRUST,
    "webhook_remove": TRUST, "webhook_enable": TRUST, "deliveries_list": TRUST,
    "delivery_replay": TRUST,
    "log_checkpoint_get": "", "log_vkey_get": "", "log_history_get": "", "log_tile_get": "",
    "tokens_mint": "operator", "openapi_get": "", "problems_get": "", "health_get": "",
    "ready_get": "", "metrics_get": "",
}
# Of no community in their path: who has power over one community is refused there, in words.
UNPLACED = {"community_create", "tokens_mint", "org_create", "purge", "orgs_list"}
OF_ORG = {"org_get", "org_invite", "org_member_remove", "org_key_add", "org_key_revoke"}
# Of a trust that none of the visitors is of: 296 asks with one that is.
OF_TRUST = {"watch_get", "watch_csv_get", "trust_feed_get", "alerts_list", "alert_add",
            "alert_remove", "raised_list", "raised_seen", "webhooks_list", "webhook_add",
            "webhook_remove", "webhook_enable", "deliveries_list", "delivery_replay"}
OF_ORG |= OF_TRUST
# What signing in answers to who has nothing to show, and that is no refusal of the door.
ENTERING = {"sign_in_code": (403, "code_wrong"), "sign_in_password": (401, "sign_in_failed"),
            "sign_in_link": (409, "mail_off"), "sign_in_link_use": (410, "link_unknown"),
            "sign_in_passkey": (409, "challenge_unknown"), "sign_in_passkey_challenge": (201, None)}
LATER = stamp(86400)
CHALLENGE = base64url(bytes(32))

BODIES = {
    "community_create": lambda p: {"slug": f"{p.slug}-x", "name": "x", "currency": "GBP",
                                   "areas": [{"code": "a"}]},
    "community_set": lambda p: {"defaults": {"needs_line": 5}},
    "areas_set": lambda p: {"areas": []},
    "body_form": lambda p: {"body": "garden-body", **p.CONSTITUTION},
    "body_constitute": lambda p: p.CONSTITUTION,
    "member_seat": lambda p: {"category": "user", "interests": "None.", "account": "A" * 22},
    "fund_add": lambda p: {"amount": 5, "source": "x"},
    "fund_top_up": lambda p: {"amount": 5},
    "fund_withdraw": lambda p: {"amount": 5},
    "contract_sign": lambda p: {"supplier": {"name": "x"}, "starts": stamp(60),
                                "ends": stamp(600), "document": "0a" * 32},
    "evidence_add": lambda p: {"note": "x"},
    "milestone_report": lambda p: {"note": "x"},
    "milestone_dispute": lambda p: {"text": "x"},
    "payment_record": lambda p: {"milestone": 1, "amount": 5, "reference": "x"},
    "variation_propose": lambda p: {"milestones": [{"amount": 5}], "reason": "x"},
    "outcome_report": lambda p: {"indicator": "x"},
    "savings_note": lambda p: {"agencies": [{"name": "x", "amount": 5}]},
    "commission_terminate": lambda p: {"reason": "x"},
    "residents_register": lambda p: {"residents": [{"ref": "new", "area": "north"}]},
    "round_open": lambda p: {"allotment": 100, "closes": stamp(600)},
    "tender_pause": lambda p: {"until": stamp(600), "reason": "x"},
    "tender_create": lambda p: {"title": "x", "ceiling": 5, "people_min": 1, "closes": stamp(600),
                                "body": "garden-body"},
    "proposal_submit": lambda p: {"title": "x", "price": 5},
    "proposal_amend": lambda p: {"title": "x", "price": 5},
    "proposal_judge": lambda p: {"eligible": True, "reasons": "x"},
    "proposal_merge": lambda p: {"with": f"{p.slug}.p1"},
    "pledge_put": lambda p: {"amount": 50},
    "offer_put": lambda p: {"n": 1},
    "assisted_pledge": lambda p: {"code": p.codes[0], "amount": 50},
    "need_raise": lambda p: {"text": "x"},
    "need_answer": lambda p: {"text": "x", "body": "garden-body"},
    "talk_add": lambda p: {"kind": "for", "text": "x"},
    "talk_edit": lambda p: {"text": "x"},
    "talk_stance": lambda p: {"stance": "agree"},
    "talk_hide": lambda p: {"reason": "spam", "text": "x"},
    "talk_appeal": lambda p: {"text": "x"},
    "talk_ruling": lambda p: {"stands": True, "text": "x"},
    "summary_publish": lambda p: {"text": "x"},
    "tokens_mint": lambda p: {"role": "resident", "community": p.slug, "subjects": ["A" * 22]},
    "notices_seen": lambda p: {"seq": 0},
    "notices_mail_put": lambda p: {"on": False},
    "codes_issue": lambda p: {"n": 1, "area": "north", "expires_at": LATER},
    "codes_revoke": lambda p: {"batch": 999},
    "register_import": lambda p: {"entries": [{"ref": "new", "area": "north"}]},
    "review_resolve": lambda p: {"accept": False},
    "sign_in_code": lambda p: {"code": p.unknown_code()},
    "sign_in_password": lambda p: {"name": "nobody1234", "password": "long enough"},
    "sign_in_link": lambda p: {"mail": "a@b.example"},
    "sign_in_link_use": lambda p: {"link": "A" * 32},
    "sign_in_passkey": lambda p: {"challenge": CHALLENGE, "credential": "AAAA",
                                  "client_data": "AAAA", "authenticator_data": "AAAA",
                                  "signature": "AAAA"},
    "me_change": lambda p: {"lang": "cy"},
    "me_erase": lambda p: {"pledges": "withdraw"},
    "me_password_set": lambda p: {"password": "a long sentence", "name": "ada"},
    "me_mail_set": lambda p: {"mail": "a@b.example"},
    "me_mail_confirm": lambda p: {"link": "A" * 32},
    "me_passkey_add": lambda p: {"challenge": CHALLENGE, "client_data": "AAAA",
                                 "attestation": "AAAA", "label": "x"},
    "me_passkey_label": lambda p: {"label": "x"},
    "org_create": lambda p: {"org": f"{p.slug}-org", "kind": "body", "title": "x"},
    "org_invite": lambda p: {"role": "clerk"},
    "invitation_accept": lambda p: {"link": "A" * 32},
    "org_key_add": lambda p: {"role": "clerk", "label": "x"},
    "alert_add": lambda p: {"when": "activation", "to": ["page"]},
    "raised_seen": lambda p: {"number": 1},
    "webhook_add": lambda p: {"url": "https://a.example/"},
}
SYMBOLS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def check_symbol(sixteen):
    """What Crockford's base32 says of the rest; code.h: modulo 37."""
    value = 0
    for symbol in sixteen:
        value = value * 32 + SYMBOLS.index(symbol)
    return (SYMBOLS + "*~$=U")[value % 37]


class Place(Commons):
    """A community where all is there that a path may name, with people and staff."""

    def __init__(self, server):
        super().__init__(server, areas=["north"], residents=2)
        self.guess = 0
        self.org = "garden-body"
        self.at = f"/v1/communities/{self.slug}"
        self.params = {"community": self.slug, "resident": self.ids[0], "subject": "other-body",
                       "org": self.org, "trust": "some-trust", "account": "A" * 22,
                       "key": "A" * 11, "passkey": "1", "review": "1", "file": "a" * 64,
                       "milestone": "1", "variation": "1", "alert": "1",
                       "webhook": "1", "delivery": "1", "item": "1"}
        self.params["fund"] = self.fund(1000)
        self.params["round"] = self.open_round(allotment=100)["round"]
        self.params["tender"] = self.tender(ceiling=300, people_min=2, late=True)
        self.params["proposal"] = self.proposal(self.params["tender"], price=60)
        self.params["commission"] = self.params["proposal"].replace(".p", ".c")
        self.open_tender(self.params["tender"])
        self.params["body"] = self.form("elders")
        self.params["member"] = self.seat(self.params["body"], account="B" * 22) \
            .must(201).json()["member"]
        issued = self.trust.post(f"{self.at}/codes", {"refs": ["ref-0"], "expires_at": LATER})
        self.codes = [code["code"] for code in issued.must(201).json()["codes"]]
        one = self.resident(0)
        need = one.post(f"{self.at}/needs", {"text": "x"}).must(201).json()["need"]
        talk = one.post(f"/v1/tenders/{self.params['tender']}/talks", {"kind": "for", "text": "x"})
        self.params["need"], self.params["talk"] = need, talk.must(201).json()["talk"]
        self.person = Person(server)
        self.person.by_code(self.slug, self.codes[0]).must(200)

    def unknown_code(self):
        while True:
            self.guess += 1
            body = f"{self.guess:016d}"
            if check_symbol(body) in SYMBOLS:
                return body + check_symbol(body)

    def bearer(self, role, scope=None, expires=None, subject=None):
        subject = subject or {"resident": self.ids[0]}.get(role, "somebody")
        expires = expires or int(time.time()) + 3600
        payload = f"{role}:{scope or self.slug}:{subject}:0:{expires}"
        return sealed(self.server, "gst_", b"", payload)

    def path_of(self, template):
        for name, value in self.params.items():
            template = template.replace("{%s}" % name, value)
        return template

    def ask(self, route, client):
        method, template, operation = route
        body = BODIES.get(operation["operationId"], lambda p: None)(self)
        if operation["operationId"] == "file_upload":
            return client.post(f"{self.at}/files?name=a.pdf", b"%PDF-1.7",
                               headers={"Content-Type": "application/pdf"})
        follows = client.token == self.server.operator_key() and "feed" in template
        if operation["operationId"] == "feed_get" or follows:
            return feed_status(self.server, self.path_of(template), client)
        try:
            return client.request(method.upper(), self.path_of(template), body)
        finally:
            client.close()


class FeedAnswer:
    code = None

    def __init__(self, head):
        self.text, self.status = head.decode(), int(head[9:12])


def feed_status(server, path, client):
    """The head of an answer that does not end."""
    shown = f"Authorization: Bearer {client.token}\r\n" if client.token else ""
    if getattr(client, "cookie", None):
        shown += f"Cookie: {COOKIE}={client.cookie}\r\n"
    with socket.create_connection(server.address, timeout=10) as plain:
        plain.sendall(f"GET {path} HTTP/1.1\r\nHost: a\r\n{shown}\r\n".encode())
        return FeedAnswer(plain.recv(4096))


def program_key(server, role, place, identity=b"\x07" * 8):
    payload = f"{role}:{place.slug}:{place.org}:0:{int(time.time()) + 3600}"
    prefix = f"gsk_{base64url(identity)}_"
    whole = sealed(server, "", b"groundswell program key v1\n" + identity, payload)
    return prefix + whole.replace(".", "")


def visitor(place, name):
    """A client that comes as `name`, and what it is to the table."""
    server = place.server
    if name in ROLES:
        return server.client(place.bearer(name))
    if name == "nobody":
        return server.client()
    if name == "member":
        return server.client(place.bearer("clerk", subject=place.org))
    if name == "person":
        return place.person
    return server.client(place.key)


@pytest.fixture(scope="module")
def places(server):
    class Keeper:
        place = seq = None

        def fresh(self):
            if self.place is None or self.place.totals()["seq"] != self.seq:
                self.place = Place(server)
                self.place.key = program_key(server, "trust", self.place)
                self.seq = self.place.totals()["seq"]
            return self.place

        def spent(self):
            self.place = None
    return Keeper()


def routes_of(server):
    document = server.contract().document
    return [(method, template, item[method]) for template, item in document["paths"].items()
            for method in METHODS if method in item]


def test_270_the_table_names_every_route_and_says_what_the_route_says(server):
    served = {}
    for _, _, operation in routes_of(server):
        served[operation["operationId"]] = set(operation["x-who"])
    assert set(served) == set(WHO), set(served) ^ set(WHO)
    for name, who in WHO.items():
        assert served[name] == (set() if who == "entering" else set(who.split())), name


def expected(name, who, method):
    """What the visitor must be told: (status, code), or None where the door lets through."""
    operation, may = who
    if not may:
        return None
    if may == ["entering"]:
        if name in ("nobody", "person"):
            return ENTERING[operation]
        return 400, "shown_twice"
    if name == "nobody":
        return 401, "sign_in_needed"
    if name == "person":
        if may == ["person"] or "resident" in may:
            return None
        return 403, "not_allowed"
    role = {"member": "clerk", "program": "trust"}.get(name, name)
    if role not in may:
        return 403, "not_allowed"
    if operation in ("tender_withdraw", "tender_pause") and name == "program":
        return 403, "person_needed"  # an open one takes two people
    if operation in OF_TRUST or operation in OF_ORG and name not in ("member", "program"):
        return 403, "not_your_organisation"
    if operation in ("community_create", "tokens_mint", "purge", "org_create"):
        return 403, "wrong_community", method  # or what is not judged before the body is read
    return None


VISITORS = ("nobody", *ROLES, "member", "program", "person")


def test_270_each_visitor_gets_through_each_route_exactly_where_the_table_says(server, places):
    routes, wrong, cells = routes_of(server), [], 0
    assert len(routes) > 75
    for route in routes:
        name = route[2]["operationId"]
        for who in VISITORS:
            place = places.fresh()
            client = visitor(place, who)
            seen = place.ask(route, client)
            wants = expected(who, (name, WHO[name].split()), route[0])
            cells += 1
            if wants is None:
                good = seen.status not in (401, 403) or seen.code in (
                    "not_your_body", "not_a_member", "not_your_proposal")
            elif len(wants) == 3:
                good = seen.code == "wrong_community" or seen.status in (200, 201)
            else:
                good = (seen.status, seen.code) == wants
            if wants is None and route[0] != "get" or who == "person" and route[0] != "get":
                places.spent()
            if not good or seen.status >= 500:
                wrong.append((*route[:2], who, seen.status, seen.code, "not", wants))
    assert not wrong, "\n".join(map(str, wrong))
    assert cells == len(VISITORS) * len(routes)


def test_270_who_has_power_over_all_gets_through_where_an_operator_may(server, places):
    for route in routes_of(server):
        if "operator" not in WHO[route[2]["operationId"]].split():
            continue
        place = places.fresh()
        seen = place.ask(route, server.client(server.operator_key()))
        good = seen.status not in (401, 403) or seen.code == "not_your_proposal"
        assert good and seen.status < 500, (route[:2], seen.text)
        places.spent()


def outsiders(place):
    """Those who are nobody any more, or never were, and what each is told everywhere."""
    server = place.server
    for role in ROLES:
        yield f"expired {role}", server.client(place.bearer(role, expires=int(time.time()) - 1))
    good = place.bearer("trust")
    for token in (good[:-1] + ("A" if good[-1] != "A" else "B"), "gso_" + "A" * 43, "nonsense",
                  good.replace("gst_", "gss_"), place.key[:-1] + ("A" if place.key[-1] != "A"
                                                                  else "B")):
        yield token[:8], server.client(token)


def test_270_a_token_or_key_that_is_forged_or_expired_opens_nothing(server, places):
    for route in routes_of(server):
        may = WHO[route[2]["operationId"]].split()
        if not may or may == ["entering"]:
            continue
        place = places.fresh()
        for what, client in outsiders(place):
            answer = place.ask(route, client)
            assert (answer.status, answer.code) == (401, "token_invalid"), (what, route[:2])
        assert place.totals()["seq"] == places.seq, route


def test_270_a_session_that_ended_or_is_none_opens_nothing(server, places):
    place = places.fresh()
    gone = Person(server)
    code = place.trust.post(f"{place.at}/codes", {"n": 1, "area": "north", "expires_at": LATER})
    gone.by_code(place.slug, code.must(201).json()["codes"][0]["code"]).must(200)
    cookie, csrf = gone.cookie, gone.csrf
    gone.delete("/v1/me/session").must(200)
    assert gone.cookie is None
    now = int(time.time())

    def made(started, seen):
        head = f"{gone.account['account']}:{base64url(bytes(16))}:0:{started}:{seen}:{seen}:code"
        return sealed(server, "gss_", b"groundswell session v1\n",
                      f"{head};resident:{place.slug}:{place.ids[0]}:0")
    broken = cookie[:-1] + ("A" if cookie[-1] != "A" else "B")
    kinds = [(cookie, "signed_out"), (made(now - 90000, now - 90000), "session_expired"),
             (made(now - 31 * 86400, now), "session_expired"), (broken, "session_invalid"),
             (place.bearer("trust"), "session_invalid"), ("x", "session_invalid")]
    places.spent()
    for route in routes_of(server):
        may = WHO[route[2]["operationId"]].split()
        if not may or may == ["entering"]:
            continue
        for value, code in kinds:
            outside = Person(server)
            outside.cookie, outside.csrf = value, csrf
            answer = place.ask(route, outside)
            assert (answer.status, answer.code) == (401, code), (route[:2], answer.text)
            assert outside.cookie is None, "a cookie that is good no more is taken away"


def test_270_a_token_or_session_of_another_community_opens_nothing_here(server, places):
    there = Place(server)
    for route in routes_of(server):
        name = route[2]["operationId"]
        may = WHO[name].split()
        if not set(may) & set(ROLES) or name in UNPLACED or name in OF_ORG:
            continue
        place = places.fresh()
        for role in may:
            answer = place.ask(route, server.client(place.bearer(role, scope="elsewhere")))
            answer.refused(403, "wrong_community")
        if "resident" in may:
            place.ask(route, there.person).refused(403, "wrong_community")
    assert places.fresh().totals()["seq"] == places.seq


def test_270_a_token_from_before_signing_out_writes_nothing(server, places):
    for route in routes_of(server):
        name = route[2]["operationId"]
        if route[0] == "get" or name in UNPLACED or name in OF_ORG or name == "assisted_pledge":
            continue  # a helper's pledge is judged by the resident's epoch
        for role in set(WHO[name].split()) & set(ROLES):
            place = places.fresh()
            subject = {"resident": place.ids[0], "clerk": place.org}.get(role, "somebody")
            token = sealed(server, "gst_", b"",
                           f"{role}:{place.slug}:{subject}:1:{int(time.time()) + 3600}")
            answer = place.ask(route, server.client(token))
            assert answer.code == "signed_out", (route[:2], role, answer.text)
    assert places.fresh().totals()["seq"] == places.seq


def test_270_a_revoked_key_opens_nothing_in_any_worker(server, places):
    place = places.fresh()
    places.spent()
    operator, org = server.operator(), f"{place.slug}-trust"
    operator.post("/v1/organisations", {"org": org, "kind": "trust", "title": "A trust",
                                        "community": place.slug}).must(201)
    keys = f"/v1/organisations/{org}/keys"
    made = operator.post(keys, {"role": "trust", "label": "the bot"}).must(201).json()
    program = server.client(made["key"])
    program.get(f"{place.at}/codes").must(200)
    program.get(f"/v1/organisations/{org}").must(200)
    operator.delete(f"{keys}/{made['id']}").must(200)
    wait_until(lambda: program.get(f"{place.at}/codes").code == "token_invalid", 5, "the end")
    for route in routes_of(server):
        if "trust" in WHO[route[2]["operationId"]].split():
            place.ask(route, server.client(made["key"])).refused(401, "token_invalid")
