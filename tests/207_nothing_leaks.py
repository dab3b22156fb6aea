"""A hidden tally leaks through no public answer. Three communities live the same life, side by
side; in one of them people also pledge in secret. Whatever anybody may ask is asked of all three:
the two without secrets show what differs in any case, and the third may differ from them in the
number of records, their seq and their time, and in nothing else."""
import html
import json
import re
import socket
import struct

import pytest

import tlog
from server import ROOT, wait_until
from story import Commons, stamp

ROW = r'ROUTE(?:_AS)?\(GET,\s*((?:C|LOG)?)\s*(?:"([^"]*)")?,\s*(\w+),\s*(?:ANYONE|KNOWN)'
ROUTES = re.findall(ROW, (ROOT / "server" / "desk" / "routes.c").read_text())
BASES = {"C": "/v1/communities/:community", "LOG": "/log/:community", "": ""}
# Of no community; /metrics and /v1/communities are looked at below.
OF_NONE = {"openapi_get", "problems_get", "security_txt_get", "change_password_get", "health_get",
           "ready_get", "part_get", "metrics_get", "communities_list"}
# By their nature they hash, sign or count all records: their entries are compared, not they.
OF_ALL_RECORDS = {"log_checkpoint_get", "log_history_get", "log_tile_get", "log_receipt_get"}
# What differs between any two communities, or says which record it is and when it was.
OWN = {"seq", "at", "opened", "opened_seq", "cause", "text", "wallet", "key", "tally_key_hash",
       "receipt", "next", "history", "signed_seq", "ended_seq", "savings_seq", "records"}
CLOSES, ROUND_CLOSES = stamp(3600), stamp(7200)


class Place(Commons):
    def __init__(self, server, secret):
        super().__init__(server, areas=["north", "south"], residents=8)
        self.secret = secret
        self.live()

    def live(self):
        """A life with everything in it; `quietly` is what only one of them does."""
        self.fund(5000)
        self.fund(700, theme="youth")
        self.open_round(allotment=100, closes=ROUND_CLOSES)
        hidden = self.tender(ceiling=900, people_min=8, areas_min=2, area_people_min=1,
                             awards_max=2, tally="hidden", late=True, closes=CLOSES)
        shown = self.tender(ceiling=500, people_min=2, awards_max=2, closes=CLOSES)
        self.first, self.second, self.dropped = [self.proposal(hidden, n) for n in (800, 700, 600)]
        won, other = self.proposal(shown, 60), self.proposal(shown, 400)
        self.open_tender(hidden)
        self.open_tender(shown)
        self.quietly(0, self.first, 40)
        self.pledge(0, other, 30).must(200)
        self.quietly(1, self.first, 50)
        self.quietly(1, self.dropped, 20)
        self.quietly(7, self.dropped, 20)
        self.quietly(1, self.first, 25)
        self.trust.post(f"/v1/funds/{self.slug}.f1/top-ups", {"amount": 5}).must(201)
        self.pledge(7, other, 20).must(200)
        self.quietly(7, self.second, 45)
        self.resident(7).delete(f"/v1/communities/{self.slug}/residents/{self.ids[7]}").must(200)
        self.clerk.post(f"/v1/proposals/{self.dropped}/withdraw").must(200)
        self.quietly(3, self.second, 33)
        self.quietly(0, self.first, None)
        for i in (4, 5):
            self.pledge(i, won, 40).must(200)
            self.quietly(i, self.second, 20)
        self.paper()
        self.proposal(hidden, 300)
        self.size = len(self.log())
        wait_until(lambda: self.anyone.get(f"{self.path}/log/receipts/{self.size - 1}").status
                   == 200, 30, "the sealing")

    @property
    def path(self):
        return f"/v1/communities/{self.slug}"

    def quietly(self, i, proposal, amount):
        if not self.secret:
            return
        answer = self.pledge(i, proposal, amount) if amount else self.unpledge(i, proposal)
        answer.must(200)

    def paper(self):
        code = self.trust.post(f"{self.path}/codes", {"refs": ["ref-6"], "expires_at": CLOSES}) \
            .must(201).json()["codes"][0]["code"]
        if self.secret:
            self.server.client(self.token("helper", "maria")).post(
                f"/v1/proposals/{self.second}/assisted-pledges", {"code": code, "amount": 30}) \
                .must(200)


@pytest.fixture(scope="module")
def places(server):
    return Place(server, False), Place(server, False), Place(server, True)


# ---- what anybody may ask ----

def ways(place, name):
    """What stands in the place of a parameter."""
    size = place.size
    return {"community": [place.slug], "fund": [f"{place.slug}.f{n}" for n in (1, 2)],
            "round": [f"{place.slug}.r1"], "tender": [f"{place.slug}.t{n}" for n in (1, 2)],
            "proposal": [f"{place.slug}.p{n}" for n in range(1, 7)],
            "seq": range(size), "need": [f"{place.slug}.n1"], "talk": [f"{place.slug}.k1"],
            "body": [f"{place.slug}.b1"],
            "commission": [f"{place.slug}.c{n}" for n in range(1, 7)],
            "file": ["f" * 64]}.get(name, [])


def addresses(place, pattern):
    filled = [pattern]
    for name in re.findall(r":(\w+)", pattern):
        filled = [one.replace(f":{name}", str(value), 1)
                  for one in filled for value in ways(place, name)]
    return filled


def plain(value, place):
    """Without what is a community's own, and without its records of secrets."""
    if isinstance(value, dict):
        return {name: "-" if name in OWN else plain(one, place) for name, one in value.items()}
    if isinstance(value, list):
        return [plain(one, place) for one in value
                if not (isinstance(one, dict) and one.get("kind") == "sealed")]
    return value.replace(place.slug, "PLACE") if isinstance(value, str) else value


def page(text, place):
    """The words of a page, without those that name or count its records."""
    text = re.sub(r"(?s)<(style|script).*?</\1>", "", text).replace(place.slug, "PLACE")
    rows = re.split(r"</?(?:tr|td|p|li|h\d)\b[^>]*>", text)
    rows = [" ".join(html.unescape(re.sub(r"<[^>]*>", " ", row)).split()) for row in rows]
    rows = [re.sub(r"\S{20,}|(?<=Wallet )\S+…", "*", row) for row in rows]
    left_out = re.compile(r"\d*|\d{4}-\d\d-\d\d [\d:]+ UTC|.*tally is hidden for now.*"
                          r"|.*ecords? \d.*|.*\d records.*|localhost/PLACE \d.*")
    return [row for row in rows if not left_out.fullmatch(row)]


def shown(place, address):
    answer = place.anyone.get(address)
    kind = answer.headers.get("content-type", "").split(";")[0]
    if kind.endswith("json"):
        body = answer.json()
    elif kind == "text/html":
        body = page(answer.text, place)
    else:
        body = None
    headers = sorted(set(answer.headers) - {"date", "content-length", "link"})
    return answer.status, kind, headers, plain(body, place)


def records_by_route(place, pattern):
    """/log/records/:seq, without the secret ones; each as it is there."""
    said = [place.anyone.get(address) for address in addresses(place, pattern)]
    return [plain(one.json(), place) for one in said if one.json().get("kind") != "sealed"]


def test_207_no_public_answer_differs(places):
    compared = 0
    for base, rest, handler in ROUTES:
        if handler in OF_NONE | OF_ALL_RECORDS | {"feed_get"}:
            continue
        pattern = BASES[base] + rest
        if handler == "proposals_similar":
            pattern += "?text=garden"
        look = records_by_route if handler == "log_record_get" else \
            lambda place, pattern: [shown(place, one) for one in addresses(place, pattern)]
        without, again, with_secrets = (look(place, pattern) for place in places)
        assert without, f"{pattern}: say in ways() what stands for its parameters"
        assert without == again, f"{pattern} differs in any case: say in OWN by what"
        assert with_secrets == without, pattern
        compared += len(without)
    assert compared > 50


def test_207_there_were_secrets_and_their_owners_saw_them(places):
    place = places[2]
    kinds = [record["kind"] for record in place.log()]
    assert kinds.count("sealed") == 13 and "resident_left" in kinds
    assert place.resident(1).get(f"{place.path}/wallet").must(200).json()["held"] == 25
    assert place.totals()["held"] == 30
    assert "recount agrees" in place.recount()


def test_207_lists_filtered_and_paged_differ_no_more(places):
    for more in ("?limit=3", "?limit=1", "?limit=100"):
        for rest in ("/tenders", "/commissions"):
            seen = [plain(place.anyone.get(place.path + rest + more).must(200).json(), place)
                    for place in places]
            assert seen[0] == seen[2], rest + more


def entries(place):
    """The log's own files: what its bundles hold."""
    size = place.size
    found, at = [], 0
    body = place.anyone.get(f"/log/{place.slug}/tile/entries/000.p/{size}").must(200).body
    while at < len(body):
        n, = struct.unpack_from(">H", body, at)
        found.append(json.loads(body[at + 2:at + 2 + n]))
        at += 2 + n
    assert len(found) == size
    return found


def followed(place):
    """The feed from its beginning, as far as it goes."""
    events, text = [], b""
    with socket.create_connection(place.server.address, timeout=20) as connection:
        connection.sendall(f"GET {place.path}/feed HTTP/1.1\r\nHost: a\r\nLast-Event-ID: 0\r\n\r\n"
                           .encode())
        while len(events) < place.size - 1:
            text += connection.recv(1 << 16)
            events = re.findall(rb"event: (\w+)\ndata: (.*)\n\n", text)
    return [(kind.decode(), json.loads(data)) for kind, data in events]


def test_207_neither_files_nor_feed_tell_more(places):
    seen = [(plain(entries(place), place), plain([record for _, record in followed(place)], place))
            for place in places]
    assert seen[0] == seen[1]
    assert seen[2] == seen[0]
    for kind, record in followed(places[2]):
        assert kind == record["kind"] and (kind != "sealed" or set(record) == {
            "v", "seq", "at", "kind", "sealed"})


def test_207_a_receipt_of_a_secret_has_no_key(places):
    place = places[2]
    said = place.pledge(2, place.first, 31).must(200).json()
    key = said["sealed"]["record_key"]
    wait_until(lambda: place.anyone.get(said["receipt"]).status == 200, 20, "the receipt")
    receipt = place.anyone.get(said["receipt"]).must(200)
    record = place.anyone.get(said["receipt"].replace("receipts", "records")).must(200)
    tlog.check_receipt(receipt.text, record.body,
                       place.anyone.get(f"/log/{place.slug}/vkey").must(200).text.split())
    for answer in (receipt, record):
        assert key not in answer.text + str(answer.headers)
    for client in (place.anyone, place.resident(3), place.clerk, place.trust):
        answer = client.get(f"/v1/proposals/{place.first}/pledge")
        assert key not in answer.text


# Of what happens at all, whoever pledges what.
COUNTED = ("groundswell_http_", "groundswell_store_", "groundswell_seal", "groundswell_ledger_",
           "groundswell_worker", "groundswell_witness", "groundswell_notices_", "process_")


def test_207_the_metrics_count_requests_and_records_alone(places):
    place = places[2]

    def measured():
        lines = place.anyone.get("/metrics").must(200).text.split("\n")
        return {line.rsplit(" ", 1)[0]: line.rsplit(" ", 1)[1] for line in lines
                if line and line[0] != "#"}

    before = measured()
    place.pledge(2, place.first, 77).must(200)
    after = measured()
    changed = {name for name in before.keys() | after.keys() if before.get(name) != after.get(name)}
    assert all(name.startswith(COUNTED) for name in changed), changed
    named = {name.split("{")[0] for name in after if place.slug in name}
    assert all(name.startswith("groundswell_seal") for name in named), named
