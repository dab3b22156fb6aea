"""What has happened to a thing, and which proposals are like what somebody writes."""
import urllib.parse

import pytest

from story import Commons


@pytest.fixture(scope="module")
def town(server):
    town = Commons(server, areas=["north", "south"], residents=3)
    town.first_fund = town.fund(1000)
    town.open_round(allotment=100)
    return town


def kinds(town, thing, query=""):
    page = town.anyone.get(f"/v1/{thing}/history{query}").must(200).json()
    return [item["kind"] for item in page["items"]], page["links"].get("next")


def submit(town, tender, title, summary):
    return town.clerk.post(f"/v1/tenders/{tender}/proposals",
                           {"title": title, "summary": summary, "price": 60}).must(201).json()


def test_285_the_history_of_a_thing_is_its_records_and_no_pledge(town):
    tender = town.tender(ceiling=300, people_min=2)
    proposal = town.proposal(tender, price=60)
    town.open_tender(tender)
    for i in range(2):
        town.pledge(i, proposal, 40).must(200)
    town.trust.post(f"/v1/funds/{town.first_fund}/top-ups", {"amount": 5}).must(201)
    assert kinds(town, f"tenders/{tender}")[0] == [
        "tender_created", "proposal_submitted", "tender_opened", "commission_activated"]
    assert kinds(town, f"proposals/{proposal}")[0] == ["proposal_submitted", "commission_activated"]
    assert kinds(town, f"funds/{town.first_fund}")[0] == ["fund_added", "fund_topped_up"]
    assert kinds(town, f"rounds/{town.slug}.r1")[0] == ["round_opened"]
    log = {record["seq"]: record["kind"] for record in town.log()}
    items = town.anyone.get(f"/v1/tenders/{tender}/history").must(200).json()["items"]
    assert all(log[item["seq"]] == item["kind"] for item in items)


def test_285_the_history_of_a_proposal_tells_how_it_took_shape(town):
    tender = town.tender(ceiling=300, people_min=2)
    stays, other = (town.proposal(tender, price=60) for _ in range(2))
    town.clerk.post(f"/v1/proposals/{stays}/merge", {"with": other}).must(200)
    town.clerk.put(f"/v1/proposals/{stays}", {"title": "Both", "price": 90}).must(200)
    town.judge(stays).must(200)
    assert kinds(town, f"proposals/{stays}")[0] == [
        "proposal_submitted", "proposals_merged", "proposal_amended", "proposal_judged"]
    assert kinds(town, f"proposals/{other}")[0] == ["proposal_submitted", "proposals_merged"]


def test_285_a_history_comes_in_pages(town):
    tender = town.tender(ceiling=300, people_min=2)
    for _ in range(5):
        town.proposal(tender, price=60)
    told, path = [], f"/v1/tenders/{tender}/history?limit=2"
    while path:
        page = town.anyone.get(path).must(200).json()
        told += page["items"]
        path = page["links"].get("next")
    assert [item["kind"] for item in told] == ["tender_created"] + ["proposal_submitted"] * 5
    assert len({item["seq"] for item in told}) == 6
    town.anyone.get(f"/v1/tenders/{tender}/history?limit=0").refused(400, "query_wrong")
    assert kinds(town, f"tenders/{town.slug}.t999")[0] == []


def test_285_proposals_like_a_text_are_shown_and_others_are_not(town):
    tender = town.tender(ceiling=300, people_min=2)
    bench = submit(town, tender, "Benches for Mill Lane", "Four wooden benches along Mill Lane")
    submit(town, tender, "A choir", "Singing together every week in the old chapel")
    gone = submit(town, tender, "Benches for Mill Lane, too", "Wooden benches along Mill Lane")
    town.clerk.post(f"/v1/proposals/{gone['proposal']}/withdraw").must(200)

    def like(text):
        answer = town.anyone.get(f"/v1/tenders/{tender}/proposals/similar?text="
                                 + urllib.parse.quote(text))
        return answer.must(200).json()["items"]
    found = like("I want wooden BENCHES along mill lane")
    assert [item["proposal"] for item in found] == [bench["proposal"]]
    assert 300 < found[0]["likeness"] <= 1000 and found[0]["title"] == "Benches for Mill Lane"
    assert like("a swimming pool") == [] and like("") == []
    town.anyone.get(f"/v1/tenders/{tender}/proposals/similar").refused(400, "query_wrong")
    town.anyone.get(f"/v1/tenders/{tender}/proposals/similar?text=" + "x" * 6001).refused(
        400, "query_wrong")
    town.anyone.get(f"/v1/tenders/{town.slug}.t999/proposals/similar?text=x").refused(
        404, "tender_unknown")
