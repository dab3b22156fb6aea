"""A town with something of everything that pages show: every state of a tender, a proposal and a
commission, needs, talks, bodies, notices; another where nothing has happened yet; and somebody
signed in for every role.

    town = Everything(server)
    town.at["near"]             "3": the number of a proposal, for its address
    town.people["resident"]     a Person: resident 0, who has pledged, to whom things came back

Which page is looked at by whom: pages.py.
"""
from browsing import Person
from server import wait_until
from story import Commons, stamp

AREAS = {"north-bank": (0, 1), "mill-lane": (1, 1), "hill-top": (0, 0), "old-docks": (1, 0)}
SUPPLIER = {"name": "Rowan Gardens CIC", "id": {"scheme": "GB-COH", "id": "09876543"}}
NEED = """When it is cold, many of us stay in one heated room, alone. The library closes at five.

We want **a warm place in the evening**, open to everyone, without anything to buy."""
SEATS = (("resident", "Ama Boateng"), ("resident", "Gwen Price"), ("user", "Tom Hale"),
         ("professional", "Dr Lee Mason"))
TALKS = (("for", "People who are warm are ill less often."), ("for", "It is somewhere to *talk*."),
         ("against", "The bus would reach those who cannot walk far."),
         ("question", "Is there a lift?"), ("amendment", "Make it free of charge."))
ORGS = {"clerk": ("body", "garden-body"), "trust": ("trust", "the-trust"),
        "provider": ("provider", "rowan"), "operator": ("operator", "house"),
        "helper": ("trust", "the-trust")}
DAY = 86400
SOON = 12  # seconds until the tender closes that is to lapse


def square(area):
    x, y = (-2.20 + 0.014 * AREAS[area][0], 53.47 + 0.009 * AREAS[area][1])
    ring = [[x, y], [x + 0.014, y], [x + 0.014, y + 0.009], [x, y + 0.009], [x, y]]
    return {"type": "Polygon", "coordinates": [[[round(a, 6), round(b, 6)] for a, b in ring]]}


def number(thing):
    """ "3" of place-1.p3"""
    return thing.rsplit(".", 1)[1][1:]


class Everything(Commons):
    def __init__(self, server, residents=24):
        super().__init__(server, areas=tuple(AREAS), residents=residents, trust="the-trust")
        self.v1 = f"/v1/communities/{self.slug}"
        self.at = {"slug": self.slug, "empty": Commons(server, residents=0).slug}
        self.provider = server.client(self.token("provider", "rowan"))
        self.colleague = server.client(self.token("trust", "colleague"))
        self.money()
        self.lapsing()
        self.bodies()
        self.needs()
        self.open_one()
        self.tenders()
        self.commissions()
        self.people = {"resident": self.signed_in()}
        self.people.update({role: self.member(role, *org) for role, org in ORGS.items()})
        self.people["newcomer"] = self.newcomer()
        self.last()

    # ---- the money, and who decides ----

    def money(self):
        self.trust.put(f"{self.v1}/areas", {"areas": [
            {"code": area, "boundary": square(area)} for area in AREAS]}).must(200)
        self.fund(400000, reference="PB-27", conditions="For the people who live here.",
                  source_id={"scheme": "GB-LAE", "id": "MAN"},
                  period={"starts": "2026-04-01", "ends": "2027-03-31"})
        self.fund(60000, theme="health", source="NHS")
        self.fund(60000, theme="gardens", source="The lottery fund")
        self.at["round"] = number(
            self.open_round(allotment=9000, token=100, closes=stamp(60 * DAY))["round"])

    def bodies(self):
        body = self.form()
        for i, (category, name) in enumerate(SEATS):
            self.seat(body, category, name=name, staff=f"member-{i}").must(201)
        self.at["body"] = number(body)
        self.at["forming"] = number(self.form("elders"))

    def needs(self):
        raised = [self.resident(i).post(f"{self.v1}/needs", {"text": text}).must(201).json()["need"]
                  for i, text in enumerate(("Somewhere warm to sit in the evening.",
                                            "A bench at the bus stop on Mill Lane.",
                                            "Help with forms, in Polish and in Welsh."))]
        for i in (1, 2, 3, 4):
            self.resident(i).post(f"/v1/needs/{raised[0]}/seconds").must(200)
        self.first_need = raised[0]
        self.at.update(answered=number(raised[0]), need=number(raised[1]))

    # ---- tenders and what is proposed ----

    def offer(self, tender, price, title, **more):
        return self.clerk.post(f"/v1/tenders/{tender}/proposals", {
            "title": title, "price": price, **more}).must(201).json()["proposal"]

    def call(self, name, title, price, pledges=(), amount=1000, **rule):
        """An open tender with one proposal, as `name` and `name`-offer."""
        call = self.tender(**{"title": title, "ceiling": 60000, "people_min": 3, **rule})
        offer = self.offer(call, price, f"{title}: an offer", summary="Done in a year.")
        self.open_tender(call)
        for i in pledges:
            self.pledge(i, offer, amount).must(200)
        self.at.update({name: number(call), f"{name}-offer": number(offer)})
        return call, offer

    def lapsing(self):
        self.call("lapsed", "A mural", 9000, pledges=(0, 6), closes=stamp(SOON))

    def open_one(self):
        call = self.tender(title="A warm place in the evening", ceiling=60000, people_min=12,
                           areas_min=3, area_people_min=3, late=True, theme="health", need=NEED,
                           answers=self.first_need, closes=stamp(20 * DAY))
        near = self.offer(
            call, 30000, "The library stays open until ten", provider="Friends of the Library",
            summary="Two people keep the reading room open and warm, every weekday, all winter.",
            delivery_plan="From the first Monday of January.",
            milestones=[{"title": "January", "due": "2027-01-31", "amount": 15000},
                        {"title": "February", "due": "2027-02-28", "amount": 15000}],
            outcomes=[{"title": "Evenings open", "target": 40, "unit": "evenings"},
                      {"title": "People feel less alone"}])
        far = self.offer(call, 45000, "A bus with a stove",
                         summary="It comes to each area once a week.")
        gone = self.offer(call, 12000, "The library stays open until eight", provider="Rowan")
        self.talk(call)
        self.clerk.post(f"/v1/tenders/{call}/summaries", {
            "text": "Because of what you said, it is **free of charge**."}).must(201)
        self.open_tender(call)
        for i in (0, 4, 5, 8, 9, 12, 13, 16, 17, 20):
            self.pledge(i, near, 2500).must(200)
        self.pledge(6, far, 1000, fallback=[near]).must(200)
        self.clerk.post(f"/v1/proposals/{gone}/withdraw").must(200)
        self.clerk.post(f"/v1/needs/{self.first_need}/answer", {
            "text": "We ask for offers: see the tender.", "tender": call}).must(200)
        self.at.update(open=number(call), near=number(near), far=number(far), gone=number(gone))

    def talk(self, tender):
        said = [self.resident(i).post(f"/v1/tenders/{tender}/talks",
                                      {"kind": kind, "text": text}).must(201).json()["talk"]
                for i, (kind, text) in enumerate(TALKS)]
        for i in range(20):
            stance = "disagree" if i % 4 == 3 and i > 8 else "agree"
            self.resident(i).put(f"/v1/talks/{said[0]}/stance", {"stance": stance}).must(200)
        self.clerk.post(f"/v1/talks/{said[2]}/hide", {"reason": "abuse", "text": "Rule 3."}) \
            .must(200)
        self.resident(2).post(f"/v1/talks/{said[2]}/appeal", {"text": "It is none."}).must(200)
        self.at.update(talk=number(said[0]), appealed=number(said[2]))

    def tenders(self):
        self.at["draft"] = number(self.tender(title="A skate park", ceiling=10000, people_min=3))
        talking = self.tender(title="Help with forms", ceiling=20000, people_min=5,
                              deliberation_days=1, deliberation_contributors=2)
        self.clerk.post(f"/v1/tenders/{talking}/publish").must(200)
        self.at["talking"] = number(talking)
        self.call("hidden", "Paint the underpass", 9000, pledges=(0, 6), tally="hidden")
        self.call("window", "Lights on the tow path", 3000, pledges=(10, 11, 14), window=7200,
                  closes=stamp(9 * DAY))
        call, _ = self.call("paused", "A boat for the school", 9000, pledges=(15,))
        self.operator.post(f"/v1/tenders/{call}/pause", {
            "until": stamp(DAY), "reason": "The hall has burnt down."}).must(200)
        stopped = self.tender(title="A car park", ceiling=10000, people_min=3)
        self.withdraw_tender(stopped)
        self.at["withdrawn"] = number(stopped)

    # ---- what is delivered ----

    def commissioned(self, name, title, **more):
        """A commission of 12,000 that three residents have paid for, by its id."""
        call = self.tender(title=title, ceiling=20000, people_min=3, theme="gardens",
                           need="The plot behind the mill lies waste.")
        offer = self.offer(
            call, 12000, f"{title}, by Rowan", provider="Rowan", provider_id=SUPPLIER["id"],
            summary="Raised beds, tools, and a gardener on Saturdays.",
            delivery_plan="We dig in March, then we sow.",
            milestones=[{"title": "Beds built", "due": "2027-03-01", "amount": 8000},
                        {"title": "First harvest", "amount": 4000}],
            outcomes=[{"title": "People outdoors", "target": 40, "unit": "people a week"}], **more)
        self.open_tender(call)
        for i in {"completed": (18, 19, 22), "ended": (7, 21, 23), "awarded": (14, 15, 18)}.get(
                name, (0, 1, 2)):
            self.pledge(i, offer, 4000).must(200)
        self.at.update({name: number(offer), f"{name}-tender": number(call)})
        return f"/v1/commissions/{offer.replace('.p', '.c')}"

    def sign(self, at):
        self.clerk.post(f"{at}/contract", {
            "supplier": SUPPLIER, "starts": stamp(DAY), "ends": stamp(DAY * 200),
            "document": self.document(), "notes": "Signed in the open."}).must(200)

    def deliver(self, at, milestone, amount):
        path = f"{at}/milestones/{milestone}"
        self.provider.post(f"{path}/evidence", {
            "note": "Photographs of the beds.", "document": self.document(self.provider)}).must(200)
        self.provider.post(f"{path}/report", {"note": "All are built."}).must(200)
        self.clerk.post(f"{path}/accept").must(200)
        self.clerk.post(f"{at}/payments", {"milestone": milestone, "amount": amount,
                                           "reference": f"INV-{milestone}",
                                           "paid_on": "2027-03-09"}).must(200)

    def told(self, at):
        self.provider.post(f"{at}/outcomes", {"promise": 1, "indicator": "People outdoors",
                                              "figure": 31, "unit": "people a week"}).must(200)
        self.provider.post(f"{at}/outcomes", {"indicator": "What it is like",
                                              "story": "I know my neighbours now."}).must(200)
        self.clerk.post(f"{at}/savings", {"agencies": [
            {"name": "The surgery", "amount": 300000}], "note": "Fewer visits."}).must(200)

    def commissions(self):
        self.commissioned("awarded", "Benches")
        going = self.commissioned("going", "A garden for everyone")
        self.sign(going)
        self.deliver(going, 1, 8000)
        self.told(going)
        self.provider.post(f"{going}/milestones/2/report", {"note": "It is ripe."}).must(200)
        self.resident(1).post(f"{going}/milestones/2/dispute",
                              {"text": "Only half of the beds."}).must(200)
        self.clerk.post(f"{going}/variations", {
            "milestones": [{"amount": 8000}, {"amount": 4000}], "reason": "It rained.",
            "ends": stamp(DAY * 220)}).must(200)
        done = self.commissioned("completed", "An orchard")
        self.sign(done)
        for milestone, amount in ((1, 8000), (2, 4000)):
            self.deliver(done, milestone, amount)
        self.told(done)
        self.clerk.post(f"{done}/complete").must(200)
        ended = self.commissioned("ended", "A hedge")
        body = {"reason": "The supplier gave up."}
        self.sign(ended)
        self.deliver(ended, 1, 8000)
        for by in (self.clerk, self.colleague):
            by.post(f"{ended}/terminate", body)

    # ---- who looks ----

    def code(self, refs):
        return self.trust.post(f"{self.v1}/codes", {
            "refs": refs, "expires_at": stamp(30 * DAY)}).must(201).json()["codes"][0]["code"]

    def signed_in(self):
        person = Person(self.server)
        person.by_code(self.slug, self.code(["ref-0"])).must(200)
        return person

    def newcomer(self):
        """Just came in by a letter: nothing pledged, nothing heard."""
        code = self.trust.post(f"{self.v1}/codes", {
            "n": 1, "area": "hill-top", "expires_at": stamp(30 * DAY)}).must(201).json()["codes"][0]
        person = Person(self.server)
        person.by_code(self.slug, code["code"]).must(200)
        return person

    def member(self, role, kind, org):
        """A person who wears this hat."""
        made = self.operator.get(f"/v1/organisations/{org}")
        if made.status == 404:
            body = {"org": org, "kind": kind, "title": org.replace("-", " ").title()}
            if kind != "operator":
                body["community"] = self.slug
            self.operator.post("/v1/organisations", body).must(201)
        link = self.operator.post(f"/v1/organisations/{org}/invitations", {"role": role}) \
            .must(201).json()["link"]
        person = self.newcomer()
        person.entered(person.post("/v1/invitations/accept", {"link": link}).must(200))
        return person

    def last(self):
        """A letter that nobody used, and what takes its time."""
        fresh = self.trust.post(f"{self.v1}/codes", {
            "n": 1, "area": "hill-top", "expires_at": stamp(30 * DAY)}).must(201).json()["codes"]
        self.letter = fresh[0]
        lapsed = f"{self.slug}.t{self.at['lapsed']}"
        wait_until(lambda: self.anyone.get(f"/v1/tenders/{lapsed}").json()["state"] == "lapsed",
                   what="the tender that lapses")
