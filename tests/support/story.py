"""A community of a test's own over the API, told in few words.

    commons = Commons(server, areas=["north", "south"], residents=6)
    commons.fund(1000)
    commons.open_round(allotment=100)

totals() checks the sum that must always hold, log() that no seq is missing, recount() asks the
verb. What the rules say is not repeated here; the tests say it.
"""
import datetime
import hashlib
import itertools
import subprocess

from server import BINARY

numbers = itertools.count(1)


def stamp(seconds):
    """RFC 3339, so many seconds from now."""
    then = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(seconds=seconds)
    return then.isoformat(timespec="milliseconds").replace("+00:00", "Z")


class Commons:
    def __init__(self, server, areas=("all",), residents=3, currency="GBP", members_min=0,
                 **more):
        self.server = server
        self.slug = f"place-{next(numbers)}"
        self.operator = server.client(server.operator_key())
        self.anyone = server.client(None)
        self.operator.post(
            "/v1/communities",
            {
                "slug": self.slug,
                "name": "A place",
                "currency": currency,
                "members_min": members_min,
                "areas": [{"code": code, "name": code.title()} for code in areas],
                **more,
            },
        ).must(201)
        self.trust = server.client(self.token("trust", "officer"))
        self.clerk = server.client(self.token("clerk", "garden-body"))
        self.areas, self.ids, self.area_of, self.clients = list(areas), [], [], {}
        if residents:
            entries = [(f"ref-{i}", areas[i % len(areas)]) for i in range(residents)]
            self.ids = self.register(entries).must(200).json()["residents"]
            self.area_of = [area for _, area in entries]

    def token(self, role, subject):
        return self.tokens(role, [subject])[0]

    def tokens(self, role, subjects, epoch=0):
        answer = self.operator.post(
            "/v1/tokens",
            {
                "role": role,
                "community": self.slug,
                "subjects": subjects,
                "days": 1,
                "epoch": epoch,
            },
        ).must(201)
        return [entry["token"] for entry in answer.json()["tokens"]]

    def register(self, entries):
        return self.trust.post(
            f"/v1/communities/{self.slug}/residents",
            {"residents": [{"ref": ref, "area": area} for ref, area in entries]},
        )

    def resident(self, i):
        if i not in self.clients:
            self.clients[i] = self.server.client(self.token("resident", self.ids[i]))
        return self.clients[i]

    def fund(self, amount, **more):
        answer = self.trust.post(
            f"/v1/communities/{self.slug}/funds",
            {"amount": amount, "source": "The council", **more},
        ).must(201)
        return answer.json()["fund"]

    def open_round(self, allotment, token=20, closes=None):
        answer = self.trust.post(
            f"/v1/communities/{self.slug}/rounds",
            {"allotment": allotment, "token": token, "closes": closes or stamp(7200)},
        )
        return answer.must(201).json()

    def tender(self, **rule):
        rule.setdefault("closes", stamp(3600))
        answer = self.clerk.post(
            f"/v1/communities/{self.slug}/tenders", {"title": "A tender", **rule}
        )
        return answer.must(201).json()["tender"]

    CONSTITUTION = {"title": "Garden voices", "decision": "By show of hands.",
                    "deliberation": "Two evenings and a week in writing.",
                    "prevention": "Loneliness.", "conflicts": "Whoever has one leaves the room."}

    def form(self, body="garden-body"):
        answer = self.trust.post(f"/v1/communities/{self.slug}/bodies",
                                 {"body": body, **self.CONSTITUTION})
        return answer.must(201).json()["body"]

    def seat(self, body, category="resident", **more):
        return self.trust.post(f"/v1/bodies/{body}/members",
                               {"category": category, "interests": "None.", **more})

    def proposal(self, tender, price):
        answer = self.clerk.post(
            f"/v1/tenders/{tender}/proposals", {"title": "A proposal", "price": price}
        )
        return answer.must(201).json()["proposal"]

    def document(self, by=None):
        """A paper that was sent and can be attached: its SHA-256."""
        data = b"%PDF-1.7\n1 0 obj\n%%EOF\n" + f"{self.slug} {next(numbers)}".encode()
        (by or self.clerk).post(f"/v1/communities/{self.slug}/files?name=paper.pdf", data,
                                headers={"Content-Type": "application/pdf"}).must(201)
        return hashlib.sha256(data).hexdigest()

    def judge(self, proposal, eligible=True, reasons="It can be done here."):
        return self.clerk.post(f"/v1/proposals/{proposal}/judgement",
                               {"eligible": eligible, "reasons": reasons})

    def open_tender(self, tender):
        return self.clerk.post(f"/v1/tenders/{tender}/open").must(200).json()

    def withdraw_tender(self, tender):
        """Of an open one it takes two people."""
        path = f"/v1/tenders/{tender}/withdraw"
        first = self.clerk.post(path)
        return self.trust.post(path).must(200) if first.status == 202 else first.must(200)

    def pledge(self, i, proposal, amount, fallback=None, **more):
        body = {"amount": amount, **({} if fallback is None else {"fallback": fallback})}
        return self.resident(i).put(f"/v1/proposals/{proposal}/pledge", body, **more)

    def unpledge(self, i, proposal, **more):
        return self.resident(i).delete(f"/v1/proposals/{proposal}/pledge", **more)

    def totals(self):
        totals = self.anyone.get(f"/v1/communities/{self.slug}/totals").must(200).json()
        parts = sum(totals[name] for name in ("unallotted", "free", "held", "committed", "paid"))
        assert totals["funds"] == parts, f"the money does not add up: {totals}"
        return totals

    def log(self):
        records, after = [], ""
        while True:
            page = self.anyone.get(f"/v1/communities/{self.slug}/log?limit=500{after}")
            page = page.must(200).json()
            records += page["items"]
            if "next" not in page["links"]:
                break
            after = f"&after={records[-1]['seq']}"
        assert [r["seq"] for r in records] == list(range(len(records))), "seq has a gap"
        assert all(a["at"] <= b["at"] for a, b in zip(records, records[1:])), "time ran backwards"
        return records

    def recount(self, agrees=True):
        """The verb, as an auditor runs it: every balance out of the records, to the penny."""
        done = subprocess.run(
            [BINARY, "recount", "--data", str(self.server.data), "--community", self.slug],
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        said = f"recount of {self.slug}: {done.returncode} {done.stdout}{done.stderr}"
        assert (done.returncode == 0) == agrees, said
        return said
