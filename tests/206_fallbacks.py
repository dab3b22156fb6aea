"""Fallback pledges as residents would tell them: "my 40 for the garden; if it comes to nothing, for
the bridge; else back to me". The keeper lets them go on; nobody has to ask for it."""
import pytest

from books import Books
from server import wait_until
from story import Commons, stamp


class Place(Commons):
    """Six residents with 100 each; a garden tender, and another with a bridge and a bench."""

    def __init__(self, server):
        super().__init__(server, areas=["north", "south"], residents=6)
        self.fund(1000)
        self.open_round(allotment=100, token=10)
        self.garden_tender = self.tender(ceiling=500, people_min=6)
        self.garden = self.proposal(self.garden_tender, price=500)
        self.other_tender = self.tender(ceiling=500, people_min=2)
        self.bridge = self.proposal(self.other_tender, price=80)
        self.bench = self.proposal(self.other_tender, price=500)
        for tender in (self.garden_tender, self.other_tender):
            self.open_tender(tender)

    def see(self, i, proposal):
        return self.resident(i).get(f"/v1/proposals/{proposal}/pledge").must(200).json()

    def wallet(self, i):
        return self.resident(i).get(f"/v1/communities/{self.slug}/wallet").must(200).json()

    def written(self, kind, n=1):
        """Waits until the keeper has written so many records with a cause; these."""
        def found():
            return [r for r in self.log() if "cause" in r and r["kind"] == kind]
        wait_until(lambda: len(found()) >= n, 60, f"{n} of {kind}")
        return found()


@pytest.fixture
def place(server):
    one = Place(server)
    yield one
    Books(one.log()).compare_totals(one.totals())
    one.recount()


def test_206_what_comes_back_from_the_garden_goes_to_the_bridge(place):
    said = place.pledge(0, place.garden, 40, fallback=[place.bridge, place.bench]).must(200).json()
    assert said["pledge"]["fallback"] == [place.bridge, place.bench]
    assert said["wallet"]["held"] == 40, "it is held once, wherever it may go"
    assert place.see(0, place.garden)["pledge"]["fallback"] == [place.bridge, place.bench]
    place.withdraw_tender(place.garden_tender)
    record, = place.written("pledge_set")
    assert record["fallback"] == [[1, int(place.bench.rsplit(".p", 1)[1])]]
    now = place.see(0, place.bridge)
    assert now["pledge"] == {**now["pledge"], "amount": 40, "state": "held",
                             "fallback": [place.bench]}
    was = place.see(0, place.garden)["pledge"]
    assert was["state"] == "released" and "fallback" not in was
    assert [(p["proposal"], p["worth"], p.get("fallback")) for p in place.wallet(0)["pledges"]] == [
        (place.garden, 0, None), (place.bridge, 40, [place.bench])]
    place.unpledge(0, place.bridge).must(200)  # a pledge like any other: it can be taken back
    assert place.wallet(0)["free"] == 100


def test_207_a_fallback_may_be_the_one_that_was_missing(place):
    place.pledge(0, place.garden, 50, fallback=[place.bridge]).must(200)
    place.pledge(1, place.bridge, 50).must(200)
    place.pledge(2, place.bench, 30, fallback=[place.garden]).must(200)
    place.clerk.post(f"/v1/proposals/{place.garden}/withdraw").must(200)
    commission, = place.written("commission_activated")
    assert commission["rho"] == 40 and commission["released"] == 30
    assert place.see(0, place.bridge)["pledge"]["worth"] == 40
    dropped, = place.written("fallback_dropped")  # the bench gave way to the bridge, the garden is
    assert dropped["cause"] == commission["seq"] and dropped["amount"] == 30  # gone: back to me
    assert place.wallet(2)["free"] == 100


def test_208_who_has_promised_the_money_elsewhere_keeps_that_promise(place):
    place.pledge(0, place.garden, 60, fallback=[place.bridge]).must(200)
    place.pledge(1, place.garden, 60, fallback=[place.bench, place.bridge]).must(200)
    place.pledge(1, place.bench, 20).must(200)
    place.pledge(0, place.bench, 40).must(200)
    place.pledge(0, place.garden, 50, fallback=[place.bench]).must(200)
    place.withdraw_tender(place.garden_tender)
    place.written("fallback_dropped")
    place.written("pledge_set")
    assert place.see(0, place.bench)["pledge"]["amount"] == 40, "my pledge on the bench is 40"
    assert place.see(1, place.bridge)["pledge"]["amount"] == 60
    assert place.see(1, place.bench)["pledge"]["amount"] == 20


def test_209_the_steps_are_part_of_the_pledge(place):
    put = place.resident(0).put
    path = f"/v1/proposals/{place.garden}/pledge"
    body = {"amount": 40, "fallback": [place.bridge]}
    first = put(path, body, key="one-and-the-same").must(200).json()
    assert put(path, body, key="one-and-the-same").must(200).json()["replayed"]
    put(path, {"amount": 40}, key="one-and-the-same").refused(422, "key_reused")
    again = place.pledge(0, place.garden, 40, fallback=[place.bridge]).must(200).json()
    assert again["seq"] == first["seq"], "as it is: no record"
    other = place.pledge(0, place.garden, 40, fallback=[place.bench]).must(200).json()
    assert other["seq"] > first["seq"] and other["pledge"]["fallback"] == [place.bench]
    assert "fallback" not in place.pledge(0, place.garden, 40).must(200).json()["pledge"]
    assert "fallback" not in place.pledge(0, place.garden, 45, fallback=[]).must(200).json()[
        "pledge"]
    place.pledge(0, place.garden, 40, fallback=[place.bench]).must(200)
    assert "fallback" not in place.unpledge(0, place.garden).must(200).json()["pledge"]
    for wrong in ([place.bench] * 2, [f"{place.slug}.p{n}" for n in (2, 3, 4, 5)], ["bench"],
                  [f"{place.slug}.t1"], "bench", [7]):
        place.pledge(0, place.garden, 40, fallback=wrong).refused(422, "fields_wrong")
    seen = place.pledge(0, place.garden, 40, fallback=[f"{place.slug}.p9999999999"])
    assert seen.refused(422, "fields_wrong").json()["errors"][0]["pointer"] == "/fallback/0"


def test_209_who_leaves_falls_back_nowhere_and_a_closed_round_holds_nobody(place):
    place.pledge(0, place.garden, 40, fallback=[place.bridge]).must(200)
    place.pledge(1, place.garden, 40, fallback=[place.bridge]).must(200)
    place.resident(0).delete(f"/v1/communities/{place.slug}/residents/{place.ids[0]}").must(200)
    place.withdraw_tender(place.garden_tender)
    place.written("pledge_set")
    assert len(place.written("pledge_set")) == 1
    place.pledge(2, place.bridge, 20, fallback=[place.garden]).must(200)
    place.trust.post(f"/v1/rounds/{place.slug}.r1/close").must(200)
    place.trust.post(f"/v1/communities/{place.slug}/rounds", {
        "allotment": 100, "token": 10, "closes": stamp(600)}).must(201)
    assert place.wallet(2)["pledges"] == [] and place.wallet(2)["free"] == 100
    assert not [r for r in place.log() if r["kind"] == "fallback_dropped"]
