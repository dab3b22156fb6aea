"""What a bearer token opens, and for whom: signed out, for others, minted, shown oddly.

The table of every route and every visitor is 270_every_route_every_visitor.py.
"""
import base64
import hashlib
import hmac
import socket
import time

from story import Commons, stamp

def sealed(server, payload):
    """A token as people/token.h describes it, signed with the server's own key."""
    key = (server.data / "keys" / "token.key").read_bytes()
    seal = hmac.new(key, payload.encode(), hashlib.sha256).digest()[:24]

    def text(raw):
        return base64.urlsafe_b64encode(raw).decode().rstrip("=")
    return f"gst_{text(payload.encode())}.{text(seal)}"


def new_community(place):
    return {"slug": f"{place.slug}-x", "name": "x", "currency": "GBP", "areas": [{"code": "a"}]}


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
    renewed.post(f"/v1/tenders/{place.params['tender']}/withdraw").must(202)


def test_224_a_slug_that_is_nobodys_leaves_no_key_behind(server):
    operator = server.client(server.operator_key())
    operator.post("/v1/tenders/no-such-place.t1/open").refused(404, "community_unknown")
    assert not (server.data / "keys" / "no-such-place").exists()


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
    trust.post("/v1/communities", new_community(place)) \
        .refused(403, "wrong_community")
    free = server.client(place.bearer("trust", scope="*"))
    free.post("/v1/communities", new_community(place)).must(201)


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
