"""Who may do what: every route with every visitor, as `x-who` of the served description says.

A visitor who may not gets 401 or 403 with the right code and changes nothing; one who may never
gets either. Visitors: nobody, the four roles, and those whose token is expired, forged, of another
community, or from before the subject signed out everywhere.
"""
import base64
import hashlib
import hmac
import socket
import time

import pytest

from story import Commons, stamp

ROLES = ("resident", "clerk", "trust", "operator")
METHODS = ("get", "post", "put", "delete")

# A body that would be accepted, of each route that takes one.
BODIES = {
    "community_create": lambda p: {"slug": f"{p.slug}-x", "name": "x", "currency": "GBP",
                                   "areas": [{"code": "a"}]},
    "fund_add": lambda p: {"amount": 5, "source": "x"},
    "fund_top_up": lambda p: {"amount": 5},
    "residents_register": lambda p: {"residents": [{"ref": "new", "area": "north"}]},
    "round_open": lambda p: {"allotment": 100, "closes": stamp(600)},
    "tender_create": lambda p: {"title": "x", "ceiling": 5, "people_min": 1, "closes": stamp(600),
                                "body": "garden-body"},
    "proposal_submit": lambda p: {"title": "x", "price": 5},
    "pledge_put": lambda p: {"amount": 50},
    "tokens_mint": lambda p: {"role": "resident", "community": p.slug, "subjects": ["A" * 22]},
}


def sealed(server, payload):
    """A token as people/token.h describes it, signed with the server's own key."""
    key = (server.data / "keys" / "token.key").read_bytes()
    seal = hmac.new(key, payload.encode(), hashlib.sha256).digest()[:24]

    def text(raw):
        return base64.urlsafe_b64encode(raw).decode().rstrip("=")
    return f"gst_{text(payload.encode())}.{text(seal)}"


class Place(Commons):
    def __init__(self, server):
        super().__init__(server, areas=["north"], residents=2)
        self.params = {"community": self.slug, "resident": self.ids[0], "subject": "other-body"}
        self.params["fund"] = self.fund(1000)
        self.params["round"] = self.open_round(allotment=100)["round"]
        self.params["tender"] = self.tender(ceiling=300, people_min=2, late=True)
        self.params["proposal"] = self.proposal(self.params["tender"], price=60)
        self.open_tender(self.params["tender"])

    def subject(self, role):
        return {"resident": self.ids[0], "clerk": "garden-body"}.get(role, "officer")

    def bearer(self, role, scope=None, epoch=0, expires=None):
        expires = expires or int(time.time()) + 3600
        scope = scope or self.slug
        return sealed(self.server, f"{role}:{scope}:{self.subject(role)}:{epoch}:{expires}")

    def ask(self, route, token):
        method, template, operation = route
        path = template
        for name, value in self.params.items():
            path = path.replace("{%s}" % name, value)
        body = BODIES.get(operation["operationId"], lambda p: None)(self)
        client = self.server.client(token)
        try:
            if operation["operationId"] == "feed_get":
                return feed_status(self.server, path, token)
            return client.request(method.upper(), path, body)
        finally:
            client.close()


class FeedAnswer:
    code = None

    def __init__(self, head):
        self.text, self.status = head.decode(), int(head[9:12])


def feed_status(server, path, token):
    """The head of an answer that does not end."""
    bearer = f"Authorization: Bearer {token}\r\n" if token else ""
    with socket.create_connection(server.address, timeout=10) as plain:
        plain.sendall(f"GET {path} HTTP/1.1\r\nHost: a\r\n{bearer}\r\n".encode())
        return FeedAnswer(plain.recv(4096))


def routes_of(server):
    document = server.contract().document
    return [(method, template, item[method]) for template, item in document["paths"].items()
            for method in METHODS if method in item]


@pytest.fixture(scope="module")
def places(server):
    """A place that is fresh, and made anew when somebody has changed it."""
    class Keeper:
        place = None

        def fresh(self):
            if self.place is None or self.place.totals()["seq"] != self.seq:
                self.place = Place(server)
                self.seq = self.place.totals()["seq"]
            return self.place

        def spent(self):
            self.place = None
    return Keeper()


def test_220_each_visitor_gets_through_each_route_exactly_where_the_table_says(server, places):
    routes, wrong, cells = routes_of(server), [], 0
    assert len(routes) > 35
    for route in routes:
        who = route[2]["x-who"]
        for visitor in ("nobody", *ROLES):
            place = places.fresh()
            token = None if visitor == "nobody" else place.bearer(visitor)
            answer = place.ask(route, token)
            cells += 1
            if not who or visitor in who:
                good = answer.status not in (401, 403) or route[2]["operationId"] in SCOPED
                if route[0] != "get":
                    places.spent()
            elif visitor == "nobody":
                good = (answer.status, answer.code) == (401, "sign_in_needed")
            else:
                good = (answer.status, answer.code) == (403, "not_allowed")
            if not good or answer.status >= 500:
                wrong.append((route[0], route[1], visitor, answer.status, answer.text[:200]))
    assert not wrong, "\n".join(map(str, wrong))
    assert cells == 5 * len(routes)


# These belong to no community in their path: a token of one community opens them for it alone.
SCOPED = {"community_create", "tokens_mint"}


def test_221_a_token_that_is_forged_or_expired_opens_nothing(server, places):
    for route in routes_of(server):
        for role in route[2]["x-who"]:
            place = places.fresh()
            good = place.bearer(role)
            expired = place.bearer(role, expires=int(time.time()) - 1)
            broken = good[:-1] + ("A" if good[-1] != "A" else "B")
            stranger = "gst_" + base64.urlsafe_b64encode(
                f"{role}:*:x:0:9999999999".encode()).decode().rstrip("=") + "." + "A" * 32
            for token in (expired, broken, stranger, "gso_" + "A" * 43, "nonsense"):
                place.ask(route, token).refused(401, "token_invalid")
            assert place.totals()["seq"] == places.seq, route


def test_222_a_token_of_another_community_opens_nothing_here(server, places):
    for route in routes_of(server):
        if route[2]["operationId"] in SCOPED:
            continue
        for role in route[2]["x-who"]:
            place = places.fresh()
            place.ask(route, place.bearer(role, scope="elsewhere")).refused(403, "wrong_community")
    assert places.fresh().totals()["seq"] == places.seq


def test_223_a_token_from_before_signing_out_writes_nothing(server, places):
    for route in routes_of(server):
        if route[0] == "get" or route[2]["operationId"] in SCOPED:
            continue
        for role in route[2]["x-who"]:
            place = places.fresh()
            place.ask(route, place.bearer(role, epoch=1)).refused(401, "signed_out")
    assert places.fresh().totals()["seq"] == places.seq


def test_224_signing_out_everywhere_ends_old_tokens_and_a_new_one_works(server):
    place = Place(server)
    at = f"/v1/communities/{place.slug}"
    proposal = place.params["proposal"]
    place.pledge(0, proposal, 50).must(200)
    place.resident(0).post(f"{at}/residents/{place.ids[0]}/sign-out").must(200)
    place.pledge(0, proposal, 60).refused(401, "signed_out")
    place.unpledge(0, proposal).refused(401, "signed_out")
    for path in (f"{at}/wallet", f"/v1/proposals/{proposal}/pledge",
                 f"{at}/residents/{place.ids[0]}"):
        place.resident(0).get(path).refused(401, "signed_out")
    renewed = server.client(place.tokens("resident", [place.ids[0]], epoch=1)[0])
    assert renewed.get(f"{at}/wallet").must(200).json()["held"] == 50
    renewed.put(f"/v1/proposals/{proposal}/pledge", {"amount": 60}).must(200)
    place.trust.post(f"{at}/staff/garden-body/sign-out").must(200)
    place.clerk.post(f"/v1/tenders/{place.params['tender']}/withdraw").refused(401, "signed_out")
    renewed = server.client(place.tokens("clerk", ["garden-body"], epoch=1)[0])
    renewed.post(f"/v1/tenders/{place.params['tender']}/withdraw").must(200)


def test_225_a_resident_acts_for_nobody_else_and_a_clerk_for_no_other_body(server):
    place = Place(server)
    at = f"/v1/communities/{place.slug}/residents/{place.ids[1]}"
    for method, path in (("GET", at), ("DELETE", at), ("POST", f"{at}/sign-out")):
        place.resident(0).request(method, path).refused(403, "not_allowed")
    other = server.client(place.token("clerk", "other-body"))
    for path in (f"/v1/tenders/{place.params['tender']}/withdraw",
                 f"/v1/proposals/{place.params['proposal']}/withdraw"):
        other.post(path).refused(403, "not_your_body")
    other.post(f"/v1/tenders/{place.params['tender']}/proposals",
               {"title": "x", "price": 5}).refused(403, "not_your_body")
    body = {"title": "x", "ceiling": 5, "people_min": 1, "closes": stamp(60)}
    other.post(f"/v1/communities/{place.slug}/tenders",
               {**body, "body": "garden-body"}).refused(403, "not_your_body")


def test_226_power_over_one_community_mints_no_power_over_another(server):
    place = Place(server)
    scoped = server.client(place.bearer("operator"))
    mint = {"role": "trust", "subjects": ["me"]}
    scoped.post("/v1/tokens", {**mint, "community": "elsewhere"}).refused(403, "wrong_community")
    scoped.post("/v1/tokens", {**mint, "community": "*"}).refused(403, "wrong_community")
    scoped.post("/v1/tokens", {**mint, "community": place.slug}).must(201)
    trust = server.client(place.bearer("trust"))
    trust.post("/v1/communities", BODIES["community_create"](place)) \
        .refused(403, "wrong_community")
    free = server.client(place.bearer("trust", scope="*"))
    free.post("/v1/communities", BODIES["community_create"](place)).must(201)


def test_227_a_bearer_that_comes_twice_or_with_blanks_is_no_bearer(server):
    place = Place(server)
    path = f"/v1/communities/{place.slug}/wallet"
    token = place.bearer("resident")
    for value in (f"bearer{token}", f"Basic {token}", token, f"Bearer {token} x", "Bearer "):
        answer = server.client().get(path, headers={"Authorization": value})
        assert answer.status == 401, (value, answer.text)
    with socket.create_connection(server.address, timeout=10) as plain:
        header = f"Authorization: Bearer {token}\r\n"
        plain.sendall(f"GET {path} HTTP/1.1\r\nHost: a\r\n{header}{header}\r\n".encode())
        assert plain.recv(4096).startswith(b"HTTP/1.1 401 ")
