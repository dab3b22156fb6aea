"""A stability window and the brake as people meet them over the API: what is shown, what is refused
while they last, and that the commission comes by itself when the rule has held."""
import datetime

import pytest

from server import wait_until
from story import Commons, stamp

WINDOW = 2  # seconds; nothing here has to happen within them


def moment(text):
    return datetime.datetime.fromisoformat(text.replace("Z", "+00:00"))


@pytest.fixture(scope="module")
def town(server):
    commons = Commons(server, residents=4)
    commons.fund(1000)
    commons.open_round(allotment=100, token=10)
    return commons


def call(town, window, price=100):
    tender = town.tender(ceiling=300, people_min=2, window=window)
    proposal = town.proposal(tender, price=price)
    town.open_tender(tender)
    return tender, proposal


def seen(town, thing, one):
    return town.anyone.get(f"/v1/{thing}/{one}").must(200).json()


def test_288_a_window_that_is_broken_and_one_that_holds(town):
    tender, proposal = call(town, window=1800)
    town.pledge(0, proposal, 50).must(200)
    answer = town.pledge(1, proposal, 50).must(200).json()
    assert not answer["activated"] and answer["progress"]["state"] == "live"
    view = seen(town, "tenders", tender)
    assert (view["state"], view["critical"], view["held"]) == ("critical", proposal, 100)
    assert view["critical_until"] == answer["progress"]["critical_until"]
    lasts = moment(view["critical_until"]) - moment(view["critical_since"])
    assert lasts == datetime.timedelta(minutes=30)
    assert seen(town, "proposals", proposal)["critical_until"] == view["critical_until"]
    mine = town.resident(0).get(f"/v1/proposals/{proposal}/pledge").must(200).json()
    assert mine["pledge"]["state"] == "held" and "critical_until" in mine["progress"]

    broken = town.unpledge(1, proposal).must(200).json()
    assert "critical_until" not in broken["progress"]
    assert [r["kind"] for r in town.log()[-2:]] == ["pledge_withdrawn", "tender_reopened"]
    view = seen(town, "tenders", tender)
    assert view["state"] == "open" and "critical" not in view and view["held"] == 50
    town.withdraw_tender(tender)

    tender, proposal = call(town, window=WINDOW)
    town.pledge(0, proposal, 50).must(200)
    town.pledge(1, proposal, 60).must(200)
    wait_until(lambda: town.log()[-1]["kind"] == "commission_activated", 60, "the commission")
    record = town.log()[-1]
    assert record["at"] >= record["due"] and "cause" not in record and record["rho"] == 50
    assert seen(town, "tenders", tender)["state"] == "decided"
    assert seen(town, "proposals", proposal)["state"] == "activated"
    town.unpledge(1, proposal).refused(409, "pledge_spent")
    assert town.totals()["committed"] == 100
    town.recount()


def test_288_a_pause_holds_everything_up_but_not_the_way_back(town):
    tender, proposal = call(town, window=1800)
    closes = seen(town, "tenders", tender)["closes"]
    town.pledge(2, proposal, 60).must(200)
    until = stamp(600)
    town.operator.post(f"/v1/tenders/{tender}/pause",
                       {"until": until, "reason": "The hall has burnt down."}).must(200)
    view = seen(town, "tenders", tender)
    assert view["state"] == "open" and view["paused_until"] == until
    assert view["pause"] == {"reason": "The hall has burnt down."}
    assert moment(view["closes"]) > moment(closes)
    told = town.pledge(3, proposal, 60)
    told.refused(409, "tender_paused")
    town.unpledge(2, proposal).must(200)
    town.recount()
    town.trust.post(f"/v1/tenders/{tender}/resume").must(200)
    town.trust.post(f"/v1/tenders/{tender}/resume").refused(409, "tender_not_paused")
    view = seen(town, "tenders", tender)
    assert "paused_until" not in view and moment(view["closes"]) < moment(closes) \
        + datetime.timedelta(seconds=600)
    for i in (2, 3):
        town.pledge(i, proposal, 60).must(200)
    assert seen(town, "tenders", tender)["state"] == "critical"
    town.operator.post(f"/v1/tenders/{tender}/pause",
                       {"until": stamp(600), "reason": "x"}).must(200)
    town.unpledge(2, proposal).must(200)
    assert [r["kind"] for r in town.log()[-2:]] == ["pledge_withdrawn", "tender_reopened"]
    town.recount()


def test_288_who_may_pull_the_brake(town):
    tender, _ = call(town, window=0)
    body = {"until": stamp(600), "reason": "x"}
    for client in (town.clerk, town.resident(0)):
        client.post(f"/v1/tenders/{tender}/pause", body).refused(403, "not_allowed")
        client.post(f"/v1/tenders/{tender}/resume").refused(403, "not_allowed")
    town.trust.post(f"/v1/tenders/{tender}/pause", {"until": stamp(600)}).refused(
        422, "fields_wrong")
