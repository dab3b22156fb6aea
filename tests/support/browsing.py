"""A person with a browser, as far as cookies go: signs in, keeps the cookie, sends the token.

    person = Person(server)
    person.by_code(place.slug, code)
    person.put(f"/v1/proposals/{proposal}/pledge", {"amount": 50}).must(200)

What a person has been told of themselves is in `person.account`. `sealed()` signs what the server
itself would never sign.
"""
import base64
import hashlib
import hmac

from server import PATIENCE, Client

COOKIE = "__Host-groundswell"


def base64url(raw):
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def sealed(server, prefix, domain, payload):
    """`prefix` payload `.` seal, as server/people/seal.c makes it."""
    key = (server.data / "keys" / "token.key").read_bytes()
    seal = hmac.new(key, domain + payload.encode(), hashlib.sha256).digest()[:24]
    return f"{prefix}{base64url(payload.encode())}.{base64url(seal)}"


class Person(Client):
    def __init__(self, server, timeout=PATIENCE):
        super().__init__(server, None, timeout)
        self.cookie = self.csrf = self.account = None
        self.origin = server.url
        self.extra = {}

    def request(self, method, path, body=None, headers=None, **more):
        sent = dict(self.extra)
        if self.cookie:
            sent["Cookie"] = f"{COOKIE}={self.cookie}"
        if method not in ("GET", "HEAD", "OPTIONS"):
            sent["Origin"] = self.origin
            sent["Groundswell-Csrf"] = self.csrf
        sent.update(headers or {})
        sent = {name: value for name, value in sent.items() if value is not None}
        answer = super().request(method, path, body, headers=sent, **more)
        if "set-cookie" in answer.headers:
            self._keep(answer.headers["set-cookie"])
        return answer

    def _keep(self, line):
        value, *attributes = [part.strip() for part in line.split(";")]
        name, value = value.split("=", 1)
        assert name == COOKIE, line
        assert {"Path=/", "Secure", "HttpOnly", "SameSite=Lax"} <= set(attributes), line
        assert not any(a.startswith("Domain") for a in attributes), line
        self.cookie = value or None
        if not value:
            self.csrf = None

    def patch(self, path, body=None, **more):
        return self.request("PATCH", path, body, **more)

    def entered(self, answer):
        """Keeps what a good sign-in says; gives the answer."""
        if answer.status == 200:
            self.account = answer.json()
            self.csrf = self.account["session"]["csrf"]
        return answer

    def by_code(self, slug, code, **more):
        path = f"/v1/communities/{slug}/sign-in/code"
        return self.entered(self.post(path, {"code": code}, **more))

    def by_password(self, name, password, **more):
        return self.entered(self.post("/v1/sign-in/password",
                                      {"name": name, "password": password}, key=None, **more))

    def set_password(self, password, name=None):
        body = {"password": password, **({"name": name} if name else {})}
        return self.put("/v1/me/password", body)

    def resident(self):
        """The id of the resident in the first community."""
        return next(h["subject"] for h in self.account["hats"] if h["role"] == "resident")
