"""The trust's watch: all its communities at a glance, sorted, filtered, searched, as a table; and a
hidden tally stays hidden there."""
import csv
import io
import itertools

import pytest

from lists import walk
from server import wait_until
from story import Commons, stamp

numbers = itertools.count(1)
TITLE = '=HYPERLINK("https://x.example"), and "more"'


class Trust:
    """Three places: one near to activation, one quiet, one whose tally is hidden."""

    def __init__(self, server):
        self.server, self.id = server, f"trust-{next(numbers)}"
        self.officer = server.client(server.token("trust", "*", self.id))
        self.path = f"/v1/trusts/{self.id}/watch"
        self.near = self.place(areas=["north", "south"], residents=24)
        self.quiet = self.place(residents=3)
        self.hidden = self.place(residents=8)
        self.bring_near()
        self.hide()

    def place(self, **how):
        return Commons(self.server, trust=self.id, **how)

    def bring_near(self):
        place = self.near
        place.fund(5000)
        place.open_round(allotment=100)
        tender = place.tender(ceiling=1000, people_min=8)
        self.proposal = place.clerk.post(f"/v1/tenders/{tender}/proposals", {
            "title": TITLE, "price": 1000}).must(201).json()["proposal"]
        place.open_tender(tender)
        north = [i for i, area in enumerate(place.area_of) if area == "north"]
        for i in north[:6]:
            place.pledge(i, self.proposal, 100).must(200)

    def hide(self):
        place = self.hidden
        place.fund(5000)
        place.open_round(allotment=100)
        self.secret_tender = place.tender(ceiling=1000, people_min=8, tally="hidden")
        self.secret = place.proposal(self.secret_tender, 1000)
        place.open_tender(self.secret_tender)

    def watch(self, query=""):
        return self.officer.get(self.path + query).must(200).json()

    def item(self, place):
        return next(item for item in self.watch()["items"] if item["slug"] == place.slug)

    def slugs(self, query):
        return [item["slug"] for item in self.watch(query)["items"]]

    def sees(self, place, true):
        """What is shown is a second old at most: waits until it can be seen."""
        wait_until(lambda: true(self.item(place)), what="the watch shows it")
        return self.item(place)


@pytest.fixture(scope="module")
def trust(server):
    return Trust(server)


def test_296_a_trust_sees_its_own_communities_and_no_others(trust, server):
    other = server.client(server.token("trust", "*", "another-trust"))
    other.get(trust.path).refused(403, "not_your_organisation")
    assert sorted(trust.slugs("")) == sorted(p.slug for p in (trust.near, trust.quiet,
                                                              trust.hidden))
    assert other.get("/v1/trusts/another-trust/watch").must(200).json()["items"] == []
    here = server.client(server.token("trust", trust.near.slug, trust.id))
    assert [i["slug"] for i in here.get(trust.path).must(200).json()["items"]] == [trust.near.slug]


def test_296_what_is_near_is_said_with_what_it_lacks(trust):
    item = trust.sees(trust.near, lambda item: item["people"] == 6)
    assert item["money"] == {"funds": 5000, "unallotted": 2600, "granted": 2400, "held": 600,
                             "free": 1800, "spent": 0, "committed": 0, "paid": 0}
    assert (item["residents"], item["permille"]) == (24, 250)
    near = item["nearest"][0]
    assert (near["proposal"], near["title"], near["permille"]) == (trust.proposal, TITLE, 600)
    assert near["lacks"] == {"money": 400, "people": 2, "areas": 0, "headroom": 0}
    assert item["next"]["kind"] == "tender" and item["tenders"]["open"] == 1


def test_296_an_area_that_is_left_behind_is_named_and_small_figures_are_not(trust):
    item = trust.sees(trust.near, lambda item: item["people"] == 6)
    assert item["left_behind"] == [{"area": "south", "residents": 12, "few": True}]
    assert "left_behind" in item["trouble"]


def test_296_the_log_is_looked_at(trust):
    item = trust.sees(trust.near, lambda item: item["log"]["behind"] == 0)
    assert item["log"]["size"] == item["seq"] + 1 and item["log"]["waiting_ms"] == 0
    assert "sealed" in item["log"] and item["log"]["witnesses"] == 0


def test_296_sealed_pledges_show_nothing_before_they_are_disclosed(trust):
    place = trust.hidden
    before = trust.sees(place, lambda item: item["tenders"]["hidden"] == 1)
    for i in range(6):
        place.pledge(i, trust.secret, 20).must(200)
    records = place.totals()["seq"]
    after = trust.sees(place, lambda item: item["seq"] == records)
    alike = {"money", "people", "permille", "nearest", "next", "tenders", "left_behind", "bodies",
             "stalled", "trouble"}
    assert {name: after[name] for name in alike} == {name: before[name] for name in alike}
    assert after["people"] == 0 and after["nearest"] == []
    place.withdraw_tender(trust.secret_tender)
    shown = trust.sees(place, lambda item: item["tenders"]["hidden"] == 0)
    assert shown["people"] == 6


def test_296_it_is_sorted_filtered_searched_and_paged(trust):
    near, quiet = trust.near.slug, trust.quiet.slug
    trust.sees(trust.near, lambda item: item["people"] == 6)
    assert trust.slugs("?sort=near")[0] == near
    assert trust.slugs("?sort=deadline")[-1] == quiet
    assert trust.slugs("?sort=participation")[0] != near
    assert trust.slugs("?sort=name") == sorted(trust.slugs(""))  # all have one name
    assert near in trust.slugs("?filter=open") and quiet not in trust.slugs("?filter=open")
    assert trust.slugs("?filter=trouble") == [near]
    assert trust.slugs("?filter=suspended") == trust.slugs("?filter=stalled") == []
    assert trust.slugs(f"?q={quiet.upper()}") == [quiet]
    pages = walk(trust.officer, trust.path + "?limit=2&sort=name&q=A%20PLACE")
    assert [len(page) for page in pages] == [2, 1]
    total = trust.watch("?filter=open")["total"]
    assert total["communities"] == 3 and total["residents"] == 35 and total["trouble"] == 1


@pytest.mark.parametrize("query", ["sort=up", "filter=bad", "limit=0", "limit=201", "after=x",
                                   "q=" + "x" * 101])
def test_296_what_cannot_be_asked_is_refused(trust, query):
    trust.officer.get(f"{trust.path}?{query}").refused(400, "query_wrong")


def test_296_the_table_holds_every_figure_and_no_formula(trust):
    trust.sees(trust.near, lambda item: item["people"] == 6)
    answer = trust.officer.get(trust.path + ".csv").must(200)
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    rows = list(csv.DictReader(io.StringIO(answer.text, newline="")))
    assert len(rows) == 3 and None not in rows[0]
    row = next(row for row in rows if row["slug"] == trust.near.slug)
    assert (row["people"], row["held"], row["lacks_money"]) == ("6", "600", "400")
    assert row["nearest_title"] == "'" + TITLE and row["nearest"] == trust.proposal
    assert not any(value[:1] in "=+-@\t\r" and value for row in rows for value in row.values())


def test_296_a_body_is_seen_before_it_is_suspended_and_after(trust):
    place = trust.place(residents=4, members_min=3)
    body = place.form("elders")
    seats = [place.seat(body, resident=place.ids[i]).must(201).json()["member"] for i in range(3)]
    item = trust.sees(place, lambda item: item["close"] == 1)
    assert item["bodies"] == [{"body": body, "word": "elders", "state": "lawful", "seats": 3,
                               "lay_seats": 3, "votes": 3, "lay_votes": 3}]
    assert item["trouble"] == ["close"]
    place.trust.delete(f"/v1/members/{seats[0]}").must(200)
    item = trust.sees(place, lambda item: item["suspended"] == 1)
    assert item["trouble"] == ["suspended"] and item["close"] == 0
    assert trust.slugs("?filter=suspended") == [place.slug]


def test_296_a_commission_is_counted(trust):
    place = trust.place(residents=2)
    place.fund(100)
    place.open_round(allotment=50)
    tender = place.tender(ceiling=60, people_min=1)
    proposal = place.proposal(tender, price=40)
    place.open_tender(tender)
    place.pledge(0, proposal, 50).must(200)
    item = trust.sees(place, lambda item: item["commissions"] == 1)
    assert item["stalled"] == 0 and item["stalled_list"] == []
    assert item["money"]["committed"] == 40 and item["people"] == 1


def test_296_a_trend_ends_with_how_things_stand(trust):
    place = trust.near
    days = place.anyone.get(f"/v1/communities/{place.slug}/trend").must(200).json()["items"]
    last = days[-1]
    assert last["day"] == stamp(0)[:10] or len(days) == 2
    assert (last["people"], last["pledges"], last["held"]) == (6, 6, 600)
    assert last["records"] == place.totals()["seq"] + 1 and last["commissions"] == 0
    for days in ("0", "367", "x"):
        place.anyone.get(f"/v1/communities/{place.slug}/trend?days={days}").refused(
            400, "query_wrong")
