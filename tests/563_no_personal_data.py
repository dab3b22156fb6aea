"""Names, addresses, codes and keys, planted through every route in bodies, paths, queries and
headers: none of them is in the stream, the tiles, the checkpoints, or on the audit page."""
import base64
import hashlib
import urllib.parse

import pytest

import redis_server
from server import wait_until
from story import Commons, stamp

NAME = "Gwendolyn Pemberton"
MAIL = "gwen.pemberton@example.org"
CODE = "QX7KP-49TRM-ZWB3N"
KEY = "idem-pemberton-key-77d1"
PLANTED = [NAME, MAIL, CODE, KEY]


def shapes(text):
    """The text as it might be found again: as it is, in other cases, encoded, hashed without a
    key."""
    raw = text.encode()
    return {raw, raw.lower(), raw.upper(), urllib.parse.quote(text).encode(),
            text.replace(" ", "+").encode(), raw.hex().encode(), base64.b64encode(raw).rstrip(b"="),
            base64.urlsafe_b64encode(raw).rstrip(b"="), hashlib.sha256(raw).hexdigest().encode(),
            hashlib.sha256(raw).digest(), hashlib.md5(raw).hexdigest().encode(),
            *(part.encode() for part in text.split() if len(part) > 5)}


class Planting(Commons):
    """Whatever is sent carries all that is planted in its headers and its query; a write has a key
    with a name in it."""

    count = 0

    def plant(self, client):
        plain = client.request

        def request(method, path, body=None, **more):
            Planting.count += 1
            headers = {"Referer": f"https://example.org/{MAIL}", "User-Agent": f"{NAME} {CODE}",
                       "From": MAIL, "Cookie": f"name={urllib.parse.quote(NAME)}; code={CODE}",
                       "X-Forwarded-For": MAIL, **more.pop("headers", {})}
            if "?" not in path:
                path += f"?name={urllib.parse.quote(NAME)}&mail={MAIL}&code={CODE}"
            if method != "GET" and "key" not in more:
                more["key"] = f"{KEY}-{Planting.count}"
            return plain(method, path, body, headers=headers, **more)

        client.request = request
        client.check = False
        return client

    def resident(self, i):
        fresh = i not in self.clients
        client = super().resident(i)
        return self.plant(client) if fresh else client


def live(commons):
    """Every act that there is, and attempts at each route with what is planted in the path."""
    say = f"{NAME} <{MAIL}>, code {CODE}"
    at = f"/v1/communities/{commons.slug}"
    commons.fund(600, source=say, reference=say)
    commons.trust.post(f"/v1/funds/{commons.slug}.f1/top-ups", {"amount": 50}).must(201)
    entries = [(f"{MAIL}/{CODE}/{i}", ("north", "south")[i % 2]) for i in range(6)]
    commons.ids = commons.register(entries).must(200).json()["residents"]
    commons.open_round(100)
    tender = commons.clerk.post(f"{at}/tenders", {
        "title": say, "need": say, "ceiling": 300, "people_min": 2, "closes": stamp(600)})
    tender = tender.must(201).json()["tender"]
    proposals = [commons.clerk.post(f"/v1/tenders/{tender}/proposals", {
        "title": say, "summary": say, "provider": NAME, "price": price}).must(201)
        .json()["proposal"] for price in (60, 300)]
    commons.open_tender(tender)
    commons.pledge(0, proposals[0], 20).must(200)
    commons.unpledge(0, proposals[0]).must(200)
    commons.pledge(2, proposals[1], 20).must(200)
    commons.resident(2).delete(f"{at}/residents/{commons.ids[2]}").must(200)
    for i in (0, 1):
        commons.pledge(i, proposals[0], 50).must(200)
    commons.trust.post(f"/v1/rounds/{commons.slug}.r1/close").must(200)


def attempt(commons):
    """Every route of the description, with something planted for each part of its path."""
    document = commons.operator.get("/v1/openapi.json").json()
    tried = 0
    for path, item in document["paths"].items():
        if path.endswith("/feed"):
            continue
        for method in item:
            for word in (NAME, MAIL, CODE):
                place = "/".join(urllib.parse.quote(word, safe="") if part.startswith("{") else part
                                 for part in path.split("/"))
                body = {"name": NAME, "title": MAIL, "amount": CODE, "ref": NAME}
                answer = commons.operator.request(
                    method.upper(), place, body if method in ("post", "put") else None)
                assert answer.status < 500 or answer.status == 503, f"{method} {place}"
                if "{" in path:
                    assert word not in answer.text, f"{method} {path} echoes what was typed"
                tried += 1
    assert tried > 90


@pytest.fixture(scope="module")
def lived(server):
    commons = Planting(server, areas=("north", "south"), residents=0)
    for client in (commons.trust, commons.clerk, commons.operator):
        commons.plant(client)
    live(commons)
    attempt(commons)
    records = len(commons.log())

    def is_sealed():
        head = commons.anyone.get(f"/log/{commons.slug}/checkpoint")
        return head.status == 200 and int(head.text.split("\n")[1]) == records
    wait_until(is_sealed, 20, "the sealing")
    return commons


def test_563_nothing_planted_is_in_the_files_of_the_log(lived):
    folder = lived.server.data / "log"
    files = [path for path in folder.rglob("*") if path.is_file()]
    assert any(path.parent.parent.name == "entries" for path in files), "no bundle was looked at"
    for path in files:
        content = path.read_bytes() + str(path.relative_to(folder)).encode()
        for planted in PLANTED + lived.ids:
            for shape in shapes(planted):
                assert shape not in content, f"{planted} is in {path}"


def test_563_nothing_planted_is_in_the_stream(lived):
    redis = redis_server.Client(lived.server.redis_socket())
    entries = redis.call("XRANGE", f"{{{lived.slug}}}:log", "-", "+")
    redis.close()
    words = b"\n".join(word for _, fields in entries for word in fields)
    assert b"commission_activated" in words and b"resident_left" in words
    for planted in PLANTED + lived.ids:
        for shape in shapes(planted):
            assert shape not in words, f"{planted} is in the stream"


def test_563_nothing_planted_is_on_the_audit_page_or_in_a_receipt(lived):
    pages = [lived.anyone.get(path).must(200).body for path in (
        f"/c/{lived.slug}/audit", f"/c/{lived.slug}/audit/copy",
        f"/v1/communities/{lived.slug}/log/receipts/3", f"/v1/communities/{lived.slug}/log")]
    for page in pages:
        for planted in PLANTED + lived.ids:
            assert not [shape for shape in shapes(planted) if shape in page], planted
