"""To A; if A is released, to B; else back to me: each waiting pledge goes on once, in its turn."""
import pytest

from commons import HASH, T0, wallet_of
from commons_fixture import commons, redis  # noqa: F401
from redis_server import RedisError


def two_tenders(commons, prices=(900, 900), others=(100, 900, 900), residents=4, allotment=50,
                **more):
    """Tender 1 with the first proposals, tender 2, open as well, with those behind them."""
    commons.market(prices=prices, residents=residents, allotment=allotment, people_min=2)
    commons.tender(people_min=1, **more).must(tender=2)
    for price in others:
        commons.proposal(2, price).must()
    commons.open_tender(2).must()
    return commons


def drain(commons):
    """Takes all that waits; the records of it."""
    last, n = commons.c()["seq"] - 1, 0
    while commons.fallback_next().must()["taken"] == "1":
        n += 1
    commons.settle().must(fallbacks=0)
    return [r for r in commons.log(last) if r["kind"] != "commission_activated"], n


def end(commons, tender=1):
    return int(commons.act("tender_withdraw", tender, "").must()["seq"])


def test_a_released_pledge_goes_on_to_the_first_step_that_takes_it(commons):
    two_tenders(commons)
    commons.pledge("r1", 1, 40, steps="4,5").must(fallback="1:4,2:5", amount=40)
    assert list(commons.last("pledge_set").items())[-2:] == [("amount", "40"),
                                                              ("fallback", "1:4,2:5")]
    cause = end(commons)
    commons.settle().must(fallbacks=1)
    commons.look("pledge_view", "r1", 1, wallet_of("r1", 1), 1).must(state="released", held=0,
                                                                     fallback="1:4,2:5")
    seq = int(commons.fallback_next().must(taken=1, more=0)["seq"])
    assert list(commons.last("pledge_set").items())[1:] == [
        ("seq", str(seq)), ("at", str(T0)), ("kind", "pledge_set"), ("round", "1"),
        ("wallet", wallet_of("r1", 1)), ("area", "0"), ("tender", "2"), ("proposal", "4"),
        ("amount", "40"), ("fallback", "1:5"), ("cause", str(cause))]
    commons.look("pledge_view", "r1", 1, wallet_of("r1", 1), 4).must(
        amount=40, held=40, free=10, fallback="1:5")
    assert "fallback" not in commons.look("pledge_view", "r1", 1, wallet_of("r1", 1), 1)
    items = commons.look("wallet_view", "r1", 1, wallet_of("r1", 1)).must(held=40).items_of
    assert [(i["proposal"], i["state"], i.get("fallback")) for i in items] == [
        ("1", "released", None), ("4", "held", "1:5")]
    cause = end(commons, 2)
    assert commons.fallback_next().must(taken=1, more=0)["seq"] == str(cause + 1)
    assert list(commons.last("fallback_dropped").items())[3:] == [
        ("kind", "fallback_dropped"), ("round", "1"), ("wallet", wallet_of("r1", 1)),
        ("area", "0"), ("proposal", "4"), ("amount", "40"), ("cause", str(cause))]
    commons.fallback_next().must(taken=0, more=0, seq=cause + 1)
    assert commons.fallbacks() == [] and commons.c()["held"] == 0


def test_the_oldest_pledge_goes_first_over_all_that_one_record_released(commons):
    two_tenders(commons, residents=6)
    for resident, proposal in (("r3", 2), ("r1", 1), ("r5", 2), ("r2", 1)):
        commons.pledge(resident, proposal, 20, steps="4").must()
    commons.pledge("r3", 2, 30, steps="4").must()  # set again: now it is the youngest
    commons.pledge("r6", 4, 10, steps="5").must()  # on another tender: not released
    end(commons)
    records, n = drain(commons)
    assert n == 4 and [r["wallet"] for r in records] == [
        wallet_of(r, 1) for r in ("r1", "r5", "r2", "r3")]
    assert len({r["cause"] for r in records}) == 1
    assert [f[0] for f in commons.fallbacks()] == [4]


def test_what_was_released_first_goes_on_first(commons):
    two_tenders(commons)
    commons.pledge("r1", 1, 20, steps="4").must()
    commons.pledge("r2", 2, 20, steps="4").must()
    second = int(commons.act("proposal_withdraw", 2, "").must()["seq"])
    first = end(commons)
    assert second < first
    records, _ = drain(commons)
    assert [(r["wallet"], r["cause"]) for r in records] == [
        (wallet_of("r2", 1), str(second)), (wallet_of("r1", 1), str(first))]


def test_a_lapse_releases_and_so_does_the_last_award_but_none_before_it(commons):
    two_tenders(commons, others=(60, 60, 900), awards_max=2, closes=T0 + 5000)
    commons.pledge("r1", 3, 40, steps="1").must()
    commons.pledge("r2", 5, 50, steps="2").must()
    commons.pledge("r3", 3, 40).must(activated=1, rho=30)
    commons.settle().must(fallbacks=0)
    assert "fallback" not in commons.look("pledge_view", "r1", 1, wallet_of("r1", 1), 3)
    commons.pledge("r4", 4, 50).must()
    commons.now = T0 + 5000
    commons.settle().must(fallbacks=1)
    records, _ = drain(commons)
    assert [(r["kind"], r["wallet"], r.get("proposal")) for r in records] == [
        ("pledge_set", wallet_of("r2", 1), "2")]


def test_a_fallback_may_complete_a_rule_and_release_others_in_turn(commons):
    two_tenders(commons, others=(60, 900))
    commons.pledge("r1", 1, 30, steps="3").must()
    commons.pledge("r2", 3, 30).must()
    commons.pledge("r3", 4, 20, steps="2,1").must()
    commons.pledge("r4", 1, 25, steps="4,3").must()
    commons.act("proposal_withdraw", 1, "").must()
    commons.fallback_next().must(taken=1, more=1)
    pledge, commission = commons.last("pledge_set", "commission_activated")
    assert commission["cause"] == pledge["seq"] and commission["released"] == "20"
    commons.fallback_next().must(taken=1, more=1)  # r4: both steps are gone
    assert commons.last("fallback_dropped")["wallet"] == wallet_of("r4", 1)
    commons.fallback_next().must(taken=1, more=0)  # r3, released by what r1 completed
    assert commons.last("pledge_set")["proposal"] == "2"
    assert commons.last("pledge_set")["cause"] == commission["seq"]
    assert commons.last("pledge_set")["fallback"] == "1:1"
    assert end(commons) and commons.fallback_next().must(taken=1, more=0)
    assert commons.last("fallback_dropped")["proposal"] == "2"


def test_each_step_is_judged_as_a_pledge_of_that_moment(commons):
    two_tenders(commons)
    commons.tender().must(tender=3)  # a draft
    commons.proposal(3, 100).must(proposal=6)
    commons.pledge("r1", 1, 40, steps="6,4").must()      # not open: the next step
    commons.pledge("r2", 1, 40, steps="4,5").must()      # a pledge there already: it stays
    commons.pledge("r2", 4, 10).must()
    commons.pledge("r3", 1, 40, steps="5").must()        # the money goes elsewhere meanwhile
    commons.pledge("r4", 1, 40, steps="3").must()        # that one is withdrawn
    commons.act("proposal_withdraw", 3, "").must()
    end(commons)
    commons.pledge("r3", 4, 30).must(free=20)
    records, _ = drain(commons)
    assert [(r["kind"], r["wallet"], r["proposal"]) for r in records] == [
        ("pledge_set", wallet_of("r1", 1), "4"), ("pledge_set", wallet_of("r2", 1), "5"),
        ("fallback_dropped", wallet_of("r3", 1), "1"),
        ("fallback_dropped", wallet_of("r4", 1), "1")]
    assert [e[:3] for e in commons.wallet(wallet_of("r2", 1))[1]] == [(1, 1, 40), (4, 2, 10),
                                                                      (5, 2, 40)]
    assert commons.look("wallet_view", "r3", 1, wallet_of("r3", 1)).must()["free"] == "20"


def test_a_step_whose_tender_is_paused_is_passed_over(commons):
    two_tenders(commons)
    commons.tender().must(tender=3)
    commons.proposal(3, 900).must(proposal=6)
    commons.open_tender(3).must()
    commons.pledge("r1", 1, 40, steps="4,6").must()
    commons.act("tender_pause", 2, T0 + 5000, HASH, '{"reason":"x"}', "", "").must()
    end(commons)
    commons.fallback_next().must(taken=1, more=0)
    assert commons.last("pledge_set")["proposal"] == "6"


def test_a_pledge_is_its_amount_and_its_steps(commons):
    two_tenders(commons)
    key = commons.fresh()
    seq = int(commons.pledge("r1", 1, 20, steps="4", key=key).must(replayed=0)["seq"])
    commons.pledge("r1", 1, 20, steps="4").must(seq=seq, fallback="1:4")  # as it is: no record
    assert commons.c()["seq"] == seq + 1
    commons.pledge("r1", 1, 20, steps="4,5").must(seq=seq + 1, fallback="1:4,2:5")
    assert commons.last("pledge_set")["was"] == "20"
    commons.pledge("r1", 1, 20, steps="4", key=key).must(seq=seq, replayed=1, fallback="1:4,2:5")
    assert "fallback" not in commons.pledge("r1", 1, 20).must(seq=seq + 2)
    assert "fallback" not in commons.last("pledge_set") and commons.fallbacks() == []
    commons.pledge("r1", 1, 30, steps="5").must()
    assert "fallback" not in commons.withdraw("r1", 1).must()
    assert commons.fallbacks() == []
    end(commons)
    commons.fallback_next().must(taken=0, more=0)


def test_steps_that_cannot_be_are_named(commons):
    two_tenders(commons)
    commons.pledge("r1", 1, 20, steps="4,1").no("fallback_itself")
    commons.pledge("r1", 1, 20, steps="4,77").no("fallback_unknown", proposal=77)
    commons.pledge("r1", 1, 20, steps="9007199254740991").no("fallback_unknown",
                                                             proposal=2 ** 53 - 1)
    hidden = commons.tender(tally="hidden").must()["tender"]
    secret = commons.proposal(hidden, 100).must()["proposal"]
    commons.pledge("r1", 1, 20, steps=f"4,{secret}").no("fallback_hidden", proposal=secret)
    commons.pledge("r1", 9, 20, steps="77").no("proposal_unknown", proposal=9)
    commons.pledge("r1", 1, 60, steps="77").no("fallback_unknown", proposal=77)
    before = commons.client.call("DEBUG", "DIGEST")
    for steps in ("", "0", ",", "4,", "4,4", "2,3,4,5", "4;5", "-1", "1e1", " 4", "x" * 65):
        with pytest.raises(RedisError, match="MALFORMED"):
            commons.pledge("r1", 1, 20, steps=steps)
    assert commons.client.call("DEBUG", "DIGEST") == before


@pytest.mark.parametrize("keep", ["leave", 0, 1])
def test_who_leaves_has_no_fallbacks_waiting_ones_neither(commons, keep):
    two_tenders(commons)
    commons.pledge("r1", 1, 20, steps="4").must()
    commons.pledge("r1", 5, 20, steps="2,1").must()
    commons.pledge("r2", 1, 20, steps="4").must()
    end(commons)
    commons.settle().must(fallbacks=1)
    if keep == "leave":
        commons.leave("r1").must()
    else:
        commons.act("resident_erase", "r1", 1, wallet_of("r1", 1), keep, "", "",
                    subject="r1").must()
    record = dict(list(commons.last("resident_left").items())[4:])
    assert record == {"area": "0", "round": "1", "wallet": wallet_of("r1", 1), "wallet_area": "0",
                      **({} if keep == 1 else {"withdrawn": "5:20"})}
    records, n = drain(commons)
    assert n == 1 and records[0]["wallet"] == wallet_of("r2", 1)
    end(commons, 2)
    commons.fallback_next().must(taken=0, more=0)


def test_the_last_one_that_leaves_empties_the_queue(commons):
    two_tenders(commons)
    commons.pledge("r1", 1, 20, steps="4").must()
    end(commons)
    commons.leave("r1").must()
    assert "withdrawn" not in commons.last("resident_left")
    commons.settle().must(fallbacks=0)


def test_the_end_of_the_round_drops_what_waits_at_one_stroke(commons):
    two_tenders(commons)
    commons.pledge("r1", 1, 20, steps="4").must()
    commons.pledge("r2", 4, 20, steps="2").must()
    end(commons)
    commons.act("round_close", 1).must()
    assert commons.fallbacks() == []
    assert commons.client.call("EXISTS", commons.key("fallbacks"), commons.key("fb:1")) == 0
    seq = commons.c()["seq"]
    commons.fallback_next().must(taken=0, more=0, seq=seq - 1)
    commons.now = T0 + 86_400_000  # tender 2's own deadline passes: nobody is released again
    commons.settle().must(fallbacks=0)
    assert commons.c()["seq"] == seq


def test_what_is_due_is_settled_first(commons):
    two_tenders(commons, closes=T0 + 5000)
    commons.pledge("r1", 1, 20, steps="4,2").must()
    commons.act("proposal_withdraw", 1, "").must()
    commons.now = T0 + 5000
    commons.fallback_next().must(taken=1, more=0)
    lapsed, pledged = commons.last("tender_lapsed", "pledge_set")
    assert lapsed["tender"] == "2" and pledged["proposal"] == "2"


def test_a_full_wallet_takes_no_fallback(commons):
    commons.market(prices=[900] * 33, residents=1, allotment=40, people_min=2)
    commons.tender().must(tender=2)
    commons.proposal(2, 900).must(proposal=34)
    commons.open_tender(2).must()
    commons.pledge("r1", 34, 1, steps="33").must()
    for proposal in range(1, 32):
        commons.pledge("r1", proposal, 1).must()
    end(commons, 2)
    commons.pledge("r1", 32, 1).must(held=32)
    commons.fallback_next().must(taken=1, more=0)
    assert commons.last("fallback_dropped")["proposal"] == "34"


def test_only_the_keepers_epoch_is_asked_for_and_no_key_is_remembered(commons):
    two_tenders(commons)
    commons.pledge("r1", 1, 20, steps="4").must()
    keys = commons.wallet(wallet_of("r1", 1))[2]
    end(commons)
    commons.act("fallback_next", subject="keeper", epoch=1, key=b"").no("signed_out")
    commons.fallback_next().must(taken=1)
    assert commons.wallet(wallet_of("r1", 1))[2] == keys
    commons.pledge("r1", 4, 25).must(amount=25)
