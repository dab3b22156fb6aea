"""A list is walked page by page: limit bounds each, links.next and Link name the next, the last
names none."""
import pytest

from lists import walk
from server import Server


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


def test_a_page_that_is_just_full_is_followed_by_an_empty_one(five):
    pages = walk(five.client(), "/v1/communities?limit=5")
    assert [len(page) for page in pages] == [5, 0]


def test_records_come_in_pages_of_the_size_asked_for(five):
    pages = walk(five.client(), "/v1/communities/place-0/log?limit=1")
    assert [record["seq"] for page in pages for record in page] == [0, 1, 2, 3]


@pytest.mark.parametrize("query", ["limit=0", "limit=501", "limit=x", "limit=", "after=No%20slug"])
def test_a_page_that_cannot_be_is_refused(five, query):
    five.client().get(f"/v1/communities?{query}").refused(400, "query_wrong")
