"""A community in which everything has happened that the pages show, for who looks at them.

    place = Riverside(server)
    place.warm            the tender that is open, with its deliberation and three proposals
    place.near            its proposal that lacks two people and one area
    place.garden          the commission that is being delivered

What pages say of it: the tests.
"""
from story import Commons, stamp

AREAS = ("north-bank", "mill-lane", "hill-top", "old-docks")
SQUARES = {"north-bank": (0, 1), "mill-lane": (1, 1), "hill-top": (0, 0), "old-docks": (1, 0)}
SUPPLIER = {"name": "Rowan Gardens CIC", "id": {"scheme": "GB-COH", "id": "09876543"}}
NEED = """When it is cold, many of us stay in one heated room, alone. The library closes at five.

We want **a warm place in the evening**, open to everyone, without anything to buy."""
SEATS = (("resident", "Ama Boateng"), ("resident", "Gwen Price"), ("user", "Tom Hale"),
         ("professional", "Dr Lee Mason"))


def square(area):
    """A boundary of a kilometre or so."""
    x, y = (-2.20 + 0.014 * SQUARES[area][0], 53.47 + 0.009 * SQUARES[area][1])
    ring = [[x, y], [x + 0.014, y], [x + 0.014, y + 0.009], [x, y + 0.009], [x, y]]
    return {"type": "Polygon", "coordinates": [[[round(a, 6), round(b, 6)] for a, b in ring]]}


class Riverside(Commons):
    def __init__(self, server, residents=24):
        super().__init__(server, areas=AREAS, residents=residents)
        self.at = f"/v1/communities/{self.slug}"
        self.page = f"/c/{self.slug}"
        self.provider = server.client(self.token("provider", "rowan"))
        self.money()
        self.body = self.seated()
        self.needs = self.heard()
        self.garden = self.chosen()
        self.warm, self.near = self.open_one()
        self.talked = self.discussed()
        self.secret = self.hidden()
        self.stopped = self.withdrawn()

    def money(self):
        self.trust.put(f"{self.at}/areas", {"areas": [
            {"code": area, "boundary": square(area)} for area in AREAS]}).must(200)
        self.fund(200000, reference="PB-27", conditions="For the people who live here.",
                  source_id={"scheme": "GB-LAE", "id": "MAN"},
                  period={"starts": "2026-04-01", "ends": "2027-03-31"})
        self.fund(60000, theme="health", source="NHS")
        self.fund(40000, theme="gardens", source="The lottery fund")
        self.open_round(allotment=5000, token=100, closes=stamp(60 * 86400))

    def seated(self):
        body = self.form()
        for i, (category, name) in enumerate(SEATS):
            self.seat(body, category, name=name, staff=f"member-{i}").must(201)
        return body

    def heard(self):
        raised = [self.resident(i).post(f"{self.at}/needs", {"text": text}).must(201).json()["need"]
                  for i, text in enumerate(("Somewhere warm to sit in the evening.",
                                            "A bench at the bus stop on Mill Lane.",
                                            "Help with forms, in Polish and in Welsh."))]
        for i in (1, 2, 3, 4):
            self.resident(i).post(f"/v1/needs/{raised[0]}/seconds").must(200)
        return raised

    def offer(self, tender, price, title, **more):
        return self.clerk.post(f"/v1/tenders/{tender}/proposals", {
            "title": title, "price": price, **more}).must(201).json()["proposal"]

    def chosen(self):
        call = self.tender(title="A garden for everyone", ceiling=20000, people_min=4,
                           theme="gardens", need="The plot behind the mill lies waste.")
        offer = self.offer(
            call, 18000, "Raised beds that a wheelchair fits under", provider="Rowan",
            summary="Twelve raised beds, tools, and a gardener on Saturdays.",
            provider_id=SUPPLIER["id"], delivery_plan="We dig in March, then we sow.",
            milestones=[{"title": "Beds built", "due": "2027-03-01", "amount": 12000},
                        {"title": "First harvest", "amount": 6000}],
            outcomes=[{"title": "People outdoors", "target": 40, "unit": "people a week"}])
        self.open_tender(call)
        for i in range(4):
            self.pledge(i, offer, 4600).must(200)
        commission = offer.replace(".p", ".c")
        self.deliver(f"/v1/commissions/{commission}")
        return commission

    def deliver(self, at):
        paper, photographs = self.document(), self.document(self.provider)
        self.clerk.post(f"{at}/contract", {
            "supplier": SUPPLIER, "starts": stamp(86400), "ends": stamp(86400 * 200),
            "document": paper, "notes": "Signed in the open, on 1 December."}).must(200)
        self.provider.post(f"{at}/milestones/1/evidence",
                           {"note": "Photographs of the beds.", "document": photographs}).must(200)
        self.provider.post(f"{at}/milestones/1/report", {"note": "All twelve are built."}).must(200)
        self.resident(0).post(f"{at}/milestones/1/confirm").must(200)
        self.clerk.post(f"{at}/milestones/1/accept").must(200)
        self.clerk.post(f"{at}/payments", {"milestone": 1, "amount": 12000, "reference": "INV-1",
                                           "paid_on": "2027-03-09"}).must(200)
        self.provider.post(f"{at}/outcomes", {"promise": 1, "indicator": "People outdoors",
                                              "figure": 31, "unit": "people a week"}).must(200)
        self.provider.post(f"{at}/outcomes", {"indicator": "What it is like",
                                              "story": "I know my neighbours now."}).must(200)
        self.clerk.post(f"{at}/savings", {"agencies": [
            {"name": "The surgery", "amount": 300000}], "note": "Fewer visits."}).must(200)

    def open_one(self):
        call = self.tender(title="A warm place in the evening", ceiling=50000, people_min=12,
                           areas_min=3, area_people_min=3, late=True, theme="health", need=NEED,
                           for_whom="Everyone who is cold at home, or alone.",
                           prevention="Illness in winter, and loneliness.",
                           outcomes=[{"title": "Evenings open", "target": 40, "unit": "evenings"}],
                           answers=self.needs[0], closes=stamp(20 * 86400))
        near = self.offer(
            call, 30000, "The library stays open until ten", provider="Friends of the Library",
            summary="Two people keep the reading room open and warm, every weekday, all winter.",
            delivery_plan="From the first Monday of January.",
            milestones=[{"title": "January", "due": "2027-01-31", "amount": 15000},
                        {"title": "February", "due": "2027-02-28", "amount": 15000}],
            outcomes=[{"title": "Evenings open", "target": 40, "unit": "evenings"},
                      {"title": "People feel less alone"}],
            help=[{"what": "Pouring tea", "unit": "hours", "wanted": 60}])
        self.offer(call, 45000, "A bus with a stove", summary="It comes to each area once a week.")
        self.offer(call, 12000, "The library stays open until eight", provider="Rowan",
                   summary="A smaller step: weekdays, until eight.")
        self.talk(call)
        self.clerk.post(f"/v1/tenders/{call}/summaries", {
            "text": "Because of what you said, it is **free of charge**."}).must(201)
        self.open_tender(call)
        for i in (4, 5, 8, 9, 12, 13, 16, 17, 20, 21):
            self.pledge(i, near, 2500).must(200)
        self.resident(4).put(f"/v1/proposals/{near}/offers/1", {"n": 12}).must(200)
        self.clerk.post(f"/v1/needs/{self.needs[0]}/answer", {
            "text": "We ask for offers: see the tender.", "tender": call}).must(200)
        return call, near

    def talk(self, tender):
        said = [self.resident(i).post(f"/v1/tenders/{tender}/talks",
                                      {"kind": kind, "text": text}).must(201).json()["talk"]
                for i, (kind, text) in enumerate((
                    ("for", "People who are warm are ill less often."),
                    ("for", "It is somewhere to *talk*."),
                    ("against", "The bus would reach those who cannot walk far."),
                    ("question", "Is there a lift?"),
                    ("amendment", "Make it free of charge.")))]
        for i in range(20):
            stance = "disagree" if i % 4 == 3 and i > 8 else "agree"
            self.resident(i).put(f"/v1/talks/{said[0]}/stance", {"stance": stance}).must(200)
        self.resident(7).put(f"/v1/talks/{said[2]}/stance", {"stance": "disagree"}).must(200)

    def discussed(self):
        call = self.tender(title="Help with forms", ceiling=20000, people_min=5,
                           deliberation_days=1, deliberation_contributors=2)
        self.clerk.post(f"/v1/tenders/{call}/publish").must(200)
        offer = self.offer(call, 15000, "Forms on Fridays", summary="Two hours, on Fridays.")
        self.clerk.put(f"/v1/proposals/{offer}", {
            "title": "Forms on Fridays", "price": 14000,
            "summary": "Three hours, on Fridays, with tea."}).must(200)
        self.clerk.post(f"/v1/proposals/{offer}/judgement", {
            "eligible": True, "reasons": "It is what we asked for."}).must(200)
        return call

    def hidden(self):
        call = self.tender(title="Paint the underpass", ceiling=10000, people_min=3,
                           tally="hidden")
        offer = self.offer(call, 9000, "Fish, by the school")
        self.open_tender(call)
        self.pledge(6, offer, 500).must(200)
        return offer

    def withdrawn(self):
        call = self.tender(title="A skate park", ceiling=10000, people_min=3)
        self.withdraw_tender(call)
        return call
