"""A list is walked page by page: limit bounds each, links.next and Link name the next, the last
names none."""
import pytest

from lists import walk
from server import Server
from story import Commons, stamp


@pytest.fixture(scope="module")
def five():
    with Server() as one:
        operator = one.operator()
        for i in range(5):
            operator.post("/v1/communities", {"slug": f"place-{i}", "name": "A place",
                                              "currency": "GBP",
                                              "areas": [{"code": "all"}]}).must(201)
        for amount in (100, 200, 300):
            operator.post("/v1/communities/place-0/funds", {"amount": amount, "source": "trust",
                                                            "reference": "grant"}).must(201)
        yield one


def test_communities_come_in_pages_of_the_size_asked_for(five):
    pages = walk(five.client(), "/v1/communities?limit=2")
    assert [len(page) for page in pages] == [2, 2, 1]
    assert [item["slug"] for page in pages for item in page] == [f"place-{i}" for i in range(5)]


def test_a_community_is_found_by_a_part_of_its_name(five):
    found = [item for page in walk(five.client(), "/v1/communities?limit=2&name=E-1")
             for item in page]
    assert found == [{"slug": "place-1", "name": "A place", "open": False, "tenders": 0}]
    pages = walk(five.client(), "/v1/communities?limit=2&name=a%20PL")
    assert [item["slug"] for page in pages for item in page] == \
        [f"place-{i}" for i in range(5)]
    assert walk(five.client(), "/v1/communities?name=nowhere%26") == [[]]


def test_a_page_that_is_just_full_is_followed_by_an_empty_one(five):
    pages = walk(five.client(), "/v1/communities?limit=5")
    assert [len(page) for page in pages] == [5, 0]


def test_records_come_in_pages_of_the_size_asked_for(five):
    pages = walk(five.client(), "/v1/communities/place-0/log?limit=1")
    assert [record["seq"] for page in pages for record in page] == [0, 1, 2, 3]


def test_communities_are_found_by_how_their_slug_begins(five):
    five.operator().post("/v1/communities", {"slug": "plaza", "name": "A place", "currency": "GBP",
                                             "areas": [{"code": "all"}]}).must(201)

    def found(query):
        pages = walk(five.client(), f"/v1/communities?limit=2&{query}")
        return [item["slug"] for page in pages for item in page]
    assert found("q=place-") == [f"place-{i}" for i in range(5)]
    assert found("q=plaz") == ["plaza"] and found("q=plaza") == ["plaza"]
    assert found("q=z") == [] and found("q=p")[-1] == "plaza"
    assert found("q=place&after=place-2") == ["place-3", "place-4"]


@pytest.fixture(scope="module")
def market(server):
    town = Commons(server, areas=["all"], residents=3)
    town.at = f"/v1/communities/{town.slug}"
    town.fund(1000)
    town.fund(500, theme="youth")
    town.open_round(allotment=100)
    late, soon = stamp(7000), stamp(3000)
    town.tenders = [town.tender(ceiling=300, people_min=2, closes=late),
                    town.tender(ceiling=300, people_min=1, closes=soon, awards_max=3),
                    town.tender(ceiling=300, people_min=2, theme="youth", closes=soon),
                    town.tender(ceiling=300, people_min=2, tally="hidden", closes=stamp(5000))]
    town.proposals = [town.proposal(town.tenders[1], price) for price in (60, 300, 40, 50)]
    town.secret = [town.proposal(town.tenders[3], price) for price in (200, 100)]
    town.proposal(town.tenders[0], price=9)
    for tender in (0, 1, 3):
        town.open_tender(town.tenders[tender])
    for proposal, amount in ((0, 20), (1, 50), (2, 30)):
        town.pledge(0, town.proposals[proposal], amount).must(200)
    town.pledge(1, town.secret[0], 60).must(200)
    for proposal in (2, 3):
        town.pledge(2, town.proposals[proposal], 50).must(200)
    return town


def listed(town, path, name, limit=2):
    pages = walk(town.anyone, f"{path}{'&' if '?' in path else '?'}limit={limit}")
    assert all(len(page) <= limit for page in pages)
    return [item[name] for page in pages for item in page]


def test_tenders_come_in_the_order_asked_for_and_filtered(market):
    one, two, three, four = market.tenders

    def found(query):
        return listed(market, f"{market.at}/tenders?{query}", "tender")
    assert found("") == found("sort=oldest") == [one, two, three, four]
    assert found("sort=newest") == [four, three, two, one]
    assert found("sort=closing") == [two, four, one]
    assert found("state=draft") == [three] and found("state=open&sort=newest") == [four, two, one]
    assert found("theme=youth") == [three] and found("theme=parks") == []
    assert found("body=garden-body&sort=newest&state=draft") == [three]
    assert found("body=other-body") == []


def test_proposals_come_in_the_order_asked_for(market):
    a, b, c, d = market.proposals

    def found(query, tender=market.tenders[1]):
        return listed(market, f"/v1/tenders/{tender}/proposals?{query}", "proposal")
    assert found("") == [a, b, c, d] and found("sort=newest") == [d, c, b, a]
    assert found("sort=price") == [c, d, a, b]
    assert found("sort=progress") == [c, d, a, b]  # 80 of 40, 50 of 50, 20 of 60, 50 of 300
    hidden = found("sort=progress", market.tenders[3])
    assert hidden == market.secret, "a hidden tally ranks nothing"


def test_commissions_come_in_the_order_asked_for_and_filtered(market):
    c, d = [proposal.replace(".p", ".c") for proposal in market.proposals[2:]]

    def found(query):
        return listed(market, f"{market.at}/commissions?{query}", "commission", limit=1)
    assert found("") == [c, d] and found("sort=newest") == [d, c]
    assert found("sort=newest&state=awarded&body=garden-body") == [d, c]
    assert found("state=completed") == [] and found("theme=youth") == []


def test_who_pledges_where_is_told_of_one_and_what_was_chosen_of_all(server):
    here = Commons(server, areas=["north", "south"], residents=3)
    here.fund(1000)
    here.open_round(allotment=100)
    call = here.tender(ceiling=300, people_min=3)
    proposal = here.proposal(call, 200)
    here.open_tender(call)
    assert here.anyone.get(f"/v1/proposals/{proposal}").must(200).json()["areas"] == []
    for resident in (0, 1):
        here.pledge(resident, proposal, 60).must(200)
    seen = here.anyone.get(f"/v1/proposals/{proposal}").must(200).json()
    assert seen["areas"] == [{"area": 0, "people": 1}, {"area": 1, "people": 1}]
    assert here.pledge(2, proposal, 90).must(200).json()["activated"]
    items = here.anyone.get(f"/v1/communities/{here.slug}/commissions").must(200).json()["items"]
    assert [item["proposal_text"] for item in items] == [{"title": "A proposal"}]


@pytest.mark.parametrize("list_, query, words", [
    ("tenders", "state=closed", "draft deliberating open critical decided lapsed withdrawn"),
    ("tenders", "sort=price", "oldest newest closing"),
    ("tenders", "body=No%20word", "must be a word"),
    ("commissions", "state=paid", "awarded contracted delivering completed terminated"),
    ("commissions", "sort=price", "oldest newest"), ("commissions", "theme=%zz", "must be a word"),
    ("proposals", "sort=people", "oldest newest price progress")])
def test_an_unknown_order_or_filter_is_refused_with_those_that_there_are(market, list_, query,
                                                                         words):
    path = f"/v1/tenders/{market.tenders[1]}" if list_ == "proposals" else market.at
    said = market.anyone.get(f"{path}/{list_}?{query}").refused(400, "query_wrong").json()
    assert said["name"] == query.split("=")[0] and words in said["reason"]


@pytest.mark.parametrize("query", ["limit=0", "limit=501", "limit=x", "limit=", "after=No%20slug",
                                   "q=No%20slug", "q=-x"])
def test_a_page_that_cannot_be_is_refused(five, query):
    five.client().get(f"/v1/communities?{query}").refused(400, "query_wrong")
