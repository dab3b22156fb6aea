"""The main job as a resident would tell it: money comes, people are granted their share, they
pledge, and at the critical mass a commission is there and nobody paid more than the fair share.
After every step the money adds up."""
import pytest

from books import Books
from server import wait_until
from story import Commons, stamp


@pytest.fixture
def commons(server):
    """After each test the log is gone through by the auditor in Python and by the recount."""
    one = Commons(server, areas=["north", "south"], residents=6)
    yield one
    books = Books(one.log())
    books.compare_totals(one.totals())
    one.recount()


def test_200_the_pledge_that_tips_the_threshold_activates_once(commons):
    commons.fund(1000)
    commons.open_round(allotment=100)
    tender = commons.tender(ceiling=500, people_min=3)
    proposal = commons.proposal(tender, price=100)
    commons.open_tender(tender)

    first = commons.pledge(0, proposal, 50).must(200).json()
    assert first["pledge"]["amount"] == 50 and first["pledge"]["state"] == "held"
    assert first["wallet"]["free"] == 50 and first["wallet"]["held"] == 50
    assert first["progress"]["pledged"] == 50 and first["progress"]["people"] == 1
    second = commons.pledge(1, proposal, 50).must(200).json()
    assert not second["activated"], "100 is there, but two people are not three"
    third = commons.pledge(2, proposal, 50).must(200).json()
    assert third["activated"] and third["rho"] == 34
    assert third["pledge"] == {**third["pledge"], "state": "spent", "amount": 50, "worth": 34}
    assert third["wallet"]["free"] == 66 and third["wallet"]["spent"] == 34

    totals = commons.totals()
    assert totals["committed"] == 100 and totals["spent"] == 102 and totals["rounding"] == 2
    assert totals["free"] == 600 - 102 and totals["held"] == 0
    records = commons.log()
    assert [r["kind"] for r in records[-2:]] == ["pledge_set", "commission_activated"]
    assert records[-1] == {
        **records[-1],
        "rho": 34,
        "spent": 102,
        "rounding": 2,
        "price": 100,
        "people": 3,
        "pledged": 150,
        "cause": records[-2]["seq"],
    }
    assert third["seq"] == records[-2]["seq"]
    commissions = (
        commons.anyone.get(f"/v1/communities/{commons.slug}/commissions").must(200).json()
    )
    assert [c["proposal"] for c in commissions["items"]] == [proposal]
    assert commons.anyone.get(f"/v1/tenders/{tender}").json()["state"] == "decided"


def test_201_a_late_retry_answers_with_its_seq_and_changes_nothing(commons):
    commons.fund(1000)
    commons.open_round(allotment=100)
    tender = commons.tender(ceiling=500, people_min=6)
    proposal = commons.proposal(tender, price=500)
    commons.open_tender(tender)
    fifty = commons.pledge(0, proposal, 50, key="key-of-fifty").must(200).json()
    commons.pledge(0, proposal, 20, key="key-of-twenty").must(200)
    again = commons.pledge(0, proposal, 50, key="key-of-fifty").must(200).json()
    assert again["replayed"] and again["seq"] == fifty["seq"]
    assert again["pledge"]["amount"] == 20, "a late retry of 50 must not undo a later 20"
    commons.pledge(0, proposal, 51, key="key-of-fifty").refused(422, "key_reused")
    gone = commons.unpledge(0, proposal, key="key-of-gone").must(200).json()
    assert gone["pledge"]["state"] == "none" and gone["wallet"]["free"] == 100
    assert (
        commons.pledge(0, proposal, 20, key="key-of-twenty").must(200).json()["pledge"]["amount"]
        == 0
    )
    assert commons.unpledge(0, proposal, key="key-of-gone").must(200).json()["replayed"]
    before = commons.totals()["seq"]
    commons.pledge(1, proposal, 30).must(200)
    same = commons.pledge(1, proposal, 30).must(200).json()
    assert (
        same["pledge"]["amount"] == 30 and commons.totals()["seq"] == before + 1
    ), "the same value writes no record"


def test_202_breadth_and_headroom_hold_an_activation_back_until_they_are_there(commons):
    fund = commons.fund(300, theme="youth")
    commons.fund(600)
    commons.open_round(allotment=100)
    tender = commons.tender(ceiling=400, people_min=2, areas_min=2, area_people_min=1)
    proposal = commons.proposal(tender, price=150)
    commons.open_tender(tender)
    same_area = [i for i, area in enumerate(commons.area_of) if area == "north"][:2]
    for resident in same_area:
        answer = commons.pledge(resident, proposal, 100).must(200).json()
    assert not answer["activated"] and answer["progress"]["areas_ok"] == 1
    other = commons.area_of.index("south")
    assert commons.pledge(
        other,
        proposal,
        10,
    ).refused(422, "pledge_below_token")
    assert commons.pledge(other, proposal, 100).must(200).json()["activated"]
    funds = {
        f["fund"]: f
        for f in commons.anyone.get(f"/v1/communities/{commons.slug}/funds").json()["items"]
    }
    assert funds[fund]["left"] == 300, "money of another theme is never drawn"


def test_203_a_top_up_lets_the_keeper_activate_what_waited_for_money(commons):
    youth = commons.fund(100, theme="youth")
    commons.fund(600, theme="health")
    commons.open_round(allotment=100)
    tender = commons.tender(ceiling=100, people_min=2, theme="youth", awards_max=2)
    first = commons.proposal(tender, price=100)
    second = commons.proposal(tender, price=100)
    commons.open_tender(tender)
    for resident in (0, 1):
        commons.pledge(resident, first, 50)
        answer = commons.pledge(resident, second, 50).must(200).json()
    assert not answer["activated"] and answer["progress"]["headroom"] == 0
    top = commons.trust.post(f"/v1/funds/{youth}/top-ups", {"amount": 100}).must(201).json()
    assert top["qualifying"] == [second]
    wait_until(lambda: commons.anyone.get(f"/v1/proposals/{second}").json()["state"] == "activated",
               what="the keeper's activation")
    record = commons.log()[-1]
    assert record["kind"] == "commission_activated" and "cause" not in record


def test_204_a_tender_that_closes_gives_everything_back_without_anyone_asking(commons):
    commons.fund(1000)
    commons.open_round(allotment=100)
    tender = commons.tender(ceiling=500, people_min=3, closes=stamp(8))
    proposal = commons.proposal(tender, price=400)
    commons.open_tender(tender)
    commons.pledge(0, proposal, 80).must(200)
    wait_until(lambda: commons.log()[-1]["kind"] == "tender_lapsed", what="the lapse")
    lapse = commons.log()[-1]
    assert lapse["held"] == 80 and lapse["due"] <= lapse["at"] <= lapse["due"] + 60_000
    commons.pledge(1, proposal, 50).refused(409, "tender_closed")
    wallet = commons.resident(0).get(f"/v1/communities/{commons.slug}/wallet").must(200).json()
    assert wallet["free"] == 100 and wallet["pledges"][0]["state"] == "released"


def test_205_closing_a_round_returns_all_that_is_free_and_held(commons):
    commons.fund(1000)
    opened = commons.open_round(allotment=100)
    tender = commons.tender(ceiling=500, people_min=3)
    proposal = commons.proposal(tender, price=400)
    commons.open_tender(tender)
    commons.pledge(0, proposal, 80).must(200)
    commons.trust.post(f"/v1/rounds/{opened['round']}/close").must(200)
    totals = commons.totals()
    assert (totals["unallotted"], totals["free"], totals["held"]) == (1000, 0, 0)
    commons.pledge(1, proposal, 50).refused(409, "round_not_open")
    assert commons.anyone.get(f"/v1/tenders/{tender}").json()["state"] == "lapsed"


def test_206_who_leaves_gives_back_what_is_held_and_gets_no_second_allotment(commons):
    commons.fund(1000)
    commons.open_round(allotment=100)
    tender = commons.tender(ceiling=500, people_min=3)
    proposal = commons.proposal(tender, price=400)
    commons.open_tender(tender)
    commons.pledge(0, proposal, 80).must(200)
    gone = commons.ids[0]
    commons.resident(0).delete(f"/v1/communities/{commons.slug}/residents/{gone}").must(200)
    assert commons.anyone.get(f"/v1/proposals/{proposal}").json()["pledged"] == 0
    commons.pledge(0, proposal, 80).refused(404, "resident_unknown")
    back = commons.register([("ref-0", commons.area_of[0])]).must(200).json()
    assert back["residents"] == [gone] and back["granted"] == 0, "one entry, one allotment"
    assert commons.totals()["granted"] == 600


def test_207_the_pledge_is_seen_alike_by_its_resident_in_every_place(commons):
    commons.fund(1000)
    commons.open_round(allotment=100)
    tender = commons.tender(ceiling=500, people_min=2)
    proposal, other = commons.proposal(tender, price=300), commons.proposal(tender, price=90)
    commons.open_tender(tender)
    commons.pledge(0, proposal, 30).must(200)
    put = commons.pledge(0, other, 60).must(200).json()
    seen = commons.resident(0).get(f"/v1/proposals/{other}/pledge").must(200).json()
    for part in ("pledge", "wallet", "progress"):
        assert seen[part] == put[part]
    wallet = commons.resident(0).get(f"/v1/communities/{commons.slug}/wallet").must(200).json()
    assert [(p["proposal"], p["amount"], p["state"]) for p in wallet["pledges"]] == [
        (proposal, 30, "held"), (other, 60, "held")]
    assert (wallet["free"], wallet["held"], wallet["spent"]) == (10, 90, 0)
    none = commons.resident(1).get(f"/v1/proposals/{other}/pledge").must(200).json()
    assert none["pledge"]["state"] == "none" and none["wallet"]["free"] == 100


def test_208_the_last_award_releases_every_other_pledge_of_the_tender(commons):
    commons.fund(1000)
    commons.open_round(allotment=100)
    tender = commons.tender(ceiling=500, people_min=2, awards_max=1)
    winner, loser = commons.proposal(tender, price=80), commons.proposal(tender, price=400)
    commons.open_tender(tender)
    for i in (2, 3):
        commons.pledge(i, loser, 70).must(200)
    commons.pledge(0, winner, 60).must(200)
    assert commons.pledge(1, winner, 60).must(200).json()["activated"]
    record = commons.log()[-1]
    assert record["released"] == 140 and record["rho"] == 40
    for i in (2, 3):
        seen = commons.resident(i).get(f"/v1/proposals/{loser}/pledge").must(200).json()
        assert seen["pledge"]["state"] == "released" and seen["wallet"]["free"] == 100
    commons.pledge(4, loser, 50).refused(409, "tender_closed")


def test_209_a_second_round_begins_with_what_came_back_and_new_wallets(commons):
    commons.fund(1000)
    first = commons.open_round(allotment=100)
    tender = commons.tender(ceiling=500, people_min=2)
    proposal = commons.proposal(tender, price=100)
    commons.open_tender(tender)
    for i in (0, 1):
        commons.pledge(i, proposal, 60).must(200)
    commons.pledge(2, proposal, 10).refused(409, "proposal_activated")
    commons.trust.post(f"/v1/rounds/{first['round']}/close").must(200)
    second = commons.open_round(allotment=150)
    assert second["granted"] == 900 and commons.totals()["unallotted"] == 0
    wallet = commons.resident(0).get(f"/v1/communities/{commons.slug}/wallet").must(200).json()
    assert (wallet["free"], wallet["spent"], wallet["pledges"]) == (150, 0, [])
    names = {r["wallet"] for r in commons.log() if "wallet" in r}
    tender = commons.tender(ceiling=500, people_min=6)
    again = commons.proposal(tender, price=100)
    commons.open_tender(tender)
    commons.pledge(0, again, 60).must(200)
    assert commons.log()[-1]["wallet"] not in names, "a pseudonym lasts one round"


def test_209_headroom_is_what_the_theme_may_draw_on_and_the_record_names_each_draw(commons):
    plain = commons.fund(100)
    youth = commons.fund(50, theme="youth")
    commons.fund(1000, theme="health")
    opened = commons.open_round(allotment=100)
    spendable = {s["theme"]: s["amount"] for s in opened["spendable"]}
    assert spendable == {None: 100, "youth": 50, "health": 1000}
    tender = commons.tender(ceiling=150, people_min=2, theme="youth")
    proposal = commons.proposal(tender, price=120)
    commons.open_tender(tender)
    commons.pledge(0, proposal, 60).must(200)
    answer = commons.pledge(1, proposal, 60).must(200).json()
    assert answer["activated"] and answer["progress"]["headroom"] == 30
    shown = commons.anyone.get(f"/v1/communities/{commons.slug}/commissions").must(200).json()
    assert shown["items"][0]["draws"] == [{"fund": youth, "amount": 50},
                                          {"fund": plain, "amount": 70}]
    funds = commons.anyone.get(f"/v1/communities/{commons.slug}/funds").must(200).json()["items"]
    assert [(f["amount"], f["left"]) for f in funds] == [(100, 30), (50, 0), (1000, 1000)]
