"""Proposals as they take shape: amended, merged with one another, found eligible or not."""
import pytest

from commons import HASH
from commons_fixture import commons, redis  # noqa: F401

OTHER = "cd" * 32


def place(commons, members_min=0, **tender):
    """A draft with two proposals, of rowan and of birch."""
    commons.create(members_min=members_min).must()
    commons.fund(1000).must()
    commons.register("r1", "r2", "r3").must()
    commons.open_round(100).must()
    commons.tender(ceiling=100, people_min=2, **tender).must()
    commons.proposal(1, 50, subject="rowan").must()
    commons.proposal(1, 60, subject="birch").must()
    return commons


def published(commons, **tender):
    """The same of a body with a register, deliberated on."""
    place(commons, members_min=2, **tender).form().must()
    commons.seat("r:r1").must()
    commons.seat("r:r2").must(lawful=1)
    commons.approve(1, "r:r1").must()
    commons.approve(1, "r:r2").must()
    commons.publish(1).must()
    return commons


def judge(commons, number, eligible=1, body="", reasons='{"why": "it fits"}', **how):
    return commons.act("proposal_judge", number, body, eligible, HASH, reasons, **how)


def amend(commons, number, price, said="{}", milestones="", subject="rowan", **how):
    return commons.act("proposal_amend", number, price, OTHER, said, milestones, subject=subject,
                       **how)


def merge(commons, stays, other, subject):
    return commons.act("proposal_merge", stays, other, subject=subject)


def seen(commons, number):
    return commons.look("proposal_view", number).must()


# ---- eligibility ----

def test_a_body_says_with_reasons_whether_a_proposal_is_eligible(commons):
    place(commons)
    judge(commons, 9).no("proposal_unknown", proposal=9)
    judge(commons, 1, body="others").no("not_your_body", body="trees")
    assert seen(commons, 1)["judged"] == "" and seen(commons, 1)["version"] == "1"
    judge(commons, 1, body="trees").must(proposal=1)
    assert list(commons.last("proposal_judged").items())[3:] == [
        ("kind", "proposal_judged"), ("proposal", "1"), ("eligible", "1"), ("text", HASH)]
    seen(commons, 1).has(judged="eligible", reasons='{"why": "it fits"}', judged_at=commons.now,
                         state="live")


def test_what_is_found_ineligible_leaves_the_tender_and_says_why(commons):
    place(commons)
    judge(commons, 1, 0, reasons='{"why": "no insurance"}').must()
    seen(commons, 1).has(judged="ineligible", reasons='{"why": "no insurance"}',
                         state="withdrawn")
    assert commons.state("p1") == "w" and commons.hash("t:1")["live"] == "1"
    judge(commons, 1).no("proposal_withdrawn")
    amend(commons, 1, 10).no("proposal_withdrawn")
    commons.open_tender(1).must(tender=1)
    assert commons.last("tender_opened")["proposals"] == "1"
    commons.pledge("r1", 1, 10).no("proposal_withdrawn")


def test_pledging_opens_once_every_proposal_has_been_judged(commons):
    published(commons)
    commons.open_tender(1).no("proposals_unjudged", unjudged=2, proposals=2)
    judge(commons, 1).must()
    commons.open_tender(1).no("proposals_unjudged", unjudged=1, proposals=2)
    judge(commons, 2, 0).must()
    commons.open_tender(1).must()
    commons.pledge("r1", 1, 25).must()
    commons.pledge("r2", 1, 25).must(activated=1)
    judge(commons, 1).no("proposal_activated")


def test_a_late_proposal_takes_pledges_once_it_was_found_eligible(commons):
    published(commons, late=1)
    commons.judge(1, 2)
    commons.open_tender(1).must()
    for price in (20, 30):
        commons.proposal(1, price, subject="alder").must()
    commons.look("proposal_view", 3).must(state="live", judged="")
    commons.pledge("r1", 3, 10).no("proposal_unjudged")
    commons.act("activate", 3, subject="keeper", key=b"").no("proposal_unjudged")
    judge(commons, 4, 0).must()
    seen(commons, 4).has(state="withdrawn", judged="ineligible")
    judge(commons, 3).must()
    commons.pledge("r1", 3, 10).must(state="live")
    judge(commons, 3, 0).no("proposal_frozen", state="open")
    judge(commons, 3, 1, reasons='{"why": "still"}').must()
    commons.pledge("r2", 3, 10).must(activated=1)
    judge(commons, 2).no("tender_closed", state="decided")


def test_an_unjudged_late_proposal_can_be_withdrawn_and_ends_with_its_tender(commons):
    published(commons, late=1)
    commons.judge(1, 2)
    commons.open_tender(1).must()
    for price in (20, 30):
        commons.proposal(1, price).must()
    commons.act("proposal_withdraw", 3, "").must()
    commons.pledge("r1", 1, 25).must()
    commons.pledge("r2", 1, 25).must(activated=1)
    commons.look("proposal_view", 4).must(state="released")


def test_a_fallback_passes_over_a_proposal_that_was_not_judged(commons):
    published(commons, late=1)
    commons.judge(1, 2)
    commons.open_tender(1).must()
    commons.proposal(1, 20).must()
    commons.pledge("r1", 1, 25, steps="3,2").must()
    commons.act("proposal_withdraw", 1, "").must()
    commons.fallback_next().must(taken=1)
    assert commons.last("pledge_set")["proposal"] == "2"


def test_without_a_register_nothing_must_be_judged(commons):
    place(commons, late=1).open_tender(1).must()
    commons.proposal(1, 20).must()
    commons.pledge("r1", 3, 10).must()


# ---- amendments ----

def test_who_submitted_a_proposal_amends_it_before_pledging_opens(commons):
    place(commons)
    amend(commons, 9, 40).no("proposal_unknown", proposal=9)
    amend(commons, 1, 40, subject="birch").no("not_your_proposal")
    amend(commons, 1, 101).no("price_over_ceiling", price=101, ceiling=100)
    amend(commons, 1, 40, milestones="1:10,2:20").no("milestones_not_price", sum=30, price=40)
    judge(commons, 1).must()
    amend(commons, 1, 40, '{"n": 2}', "1:10,2:30").must(proposal=1)
    assert list(commons.last("proposal_amended").items())[3:] == [
        ("kind", "proposal_amended"), ("proposal", "1"), ("version", "2"), ("price", "40"),
        ("milestones", "1:10,2:30"), ("text", OTHER)]
    seen(commons, 1).has(price=40, version=2, text='{"n": 2}', judged="", reasons="")
    commons.open_tender(1).must()
    amend(commons, 1, 40).no("proposal_frozen", state="open")
    commons.pledge("r1", 1, 20).must()
    commons.pledge("r2", 1, 20).must(activated=1)  # at the amended price
    assert commons.last("pledge_set", "commission_activated")[1]["price"] == "40"
    commons.look("commission_get", 1).must()
    amend(commons, 1, 40).no("proposal_activated")
    amend(commons, 2, 40, subject="birch").no("tender_closed", state="decided")


def test_an_amendment_must_be_judged_again(commons):
    published(commons)
    commons.judge(1, 2)
    amend(commons, 1, 40).must()
    commons.open_tender(1).no("proposals_unjudged", unjudged=1, proposals=2)
    judge(commons, 1).must()
    commons.open_tender(1).must()


def test_every_version_stays_readable_with_its_price_and_milestones(commons):
    place(commons)
    begun = commons.now
    commons.now += 5
    amend(commons, 1, 40, '{"n": 2}', "1:10,2:30").must()
    amend(commons, 1, 45, '{"n": 3}').must()
    first, second, third = commons.look("proposal_versions", 1, 0, 10).must(next=0).items_of
    assert first == {"version": "1", "seq": "5", "at": str(begun), "price": "50",
                     "milestones": "", "text": "{}"}
    assert second == {"version": "2", "seq": "7", "at": str(commons.now), "price": "40",
                      "milestones": "1:10,2:30", "text": '{"n": 2}'}
    assert (third["price"], third["text"]) == ("45", '{"n": 3}')
    assert "milestones" not in commons.hash("p:1")
    page = commons.look("proposal_versions", 1, 0, 1).must(next=1)
    assert page.items_of == [first]
    # behind the first page the one before it comes along, so that what changed can be told
    assert commons.look("proposal_versions", 1, 1, 1).must(next=2).items_of == [first, second]
    commons.look("proposal_versions", 9, 0, 1).no("proposal_unknown", proposal=9)


def test_a_proposal_is_amended_nineteen_times_at_most(commons):
    place(commons)
    for n in range(19):
        amend(commons, 1, 40 + n).must()
    amend(commons, 1, 40).no("amendments_too_many", amendments=19, most=19)
    assert len(commons.look("proposal_versions", 1, 0, 100).items_of) == 20


# ---- merging ----

def test_two_proposals_become_one_when_both_proposers_ask(commons):
    place(commons)
    merge(commons, 1, 2, "rowan").must(pending=1)
    merge(commons, 1, 2, "rowan").must(pending=1)  # nobody is their own other
    seen(commons, 1).has(merge_with=2, merge_into=0)
    seen(commons, 2).has(merge_with=0, merge_into=1)
    merge(commons, 2, 1, "birch").must(pending=1)  # the other way round is another question
    assert commons.last("proposal_submitted")
    answer = merge(commons, 1, 2, "birch").must(proposal=1)
    assert "pending" not in answer
    assert list(commons.last("proposals_merged").items())[3:] == [
        ("kind", "proposals_merged"), ("proposal", "1"), ("other", "2")]
    seen(commons, 2).has(state="withdrawn", merged_into=1)
    seen(commons, 1).has(state="live", merge_with=0, merge_into=0)
    assert commons.hash("t:1")["live"] == "1"
    for number in (1, 2):
        assert commons.look("history", "p", number, 0, 9).items_of[-1]["kind"] == "proposals_merged"
    amend(commons, 1, 90).must()
    merge(commons, 1, 2, "rowan").no("proposal_withdrawn")


def test_an_amendment_makes_what_was_asked_void(commons):
    place(commons)
    merge(commons, 1, 2, "rowan").must(pending=1)
    amend(commons, 2, 70, subject="birch").must()
    seen(commons, 1).has(merge_with=0)
    seen(commons, 2).has(merge_into=0)
    merge(commons, 1, 2, "birch").must(pending=1)
    merge(commons, 1, 2, "rowan").must()
    commons.last("proposals_merged")


def test_who_submitted_both_merges_them_at_once(commons):
    place(commons).proposal(1, 20, subject="rowan").must()
    merge(commons, 1, 3, "rowan").must()
    commons.last("proposals_merged")
    seen(commons, 3).has(merged_into=1)


def test_only_proposals_to_one_tender_merge_and_only_by_their_proposers(commons):
    place(commons).tender().must()
    commons.proposal(2, 20, subject="rowan").must()
    merge(commons, 9, 1, "rowan").no("proposal_unknown", proposal=9)
    merge(commons, 1, 9, "rowan").no("proposal_unknown", proposal=9)
    merge(commons, 1, 3, "rowan").no("proposals_apart")
    merge(commons, 1, 1, "rowan").no("proposals_apart")
    merge(commons, 1, 2, "alder").no("not_your_proposal")
    commons.open_tender(1).must()
    merge(commons, 1, 2, "rowan").no("proposal_frozen", state="open")
    commons.pledge("r1", 1, 25).must()
    commons.pledge("r2", 1, 25).must(activated=1)
    merge(commons, 1, 2, "rowan").no("proposal_activated")
    merge(commons, 2, 1, "rowan").no("tender_closed", state="decided")


@pytest.mark.parametrize("name, own", [
    ("proposal_judge", (1, "", 2, HASH, "{}")), ("proposal_judge", (1, "", 1, "x", "{}")),
    ("proposal_amend", (1, 0, HASH, "{}", "")), ("proposal_amend", (1, 5, HASH, "{}", "2:5")),
    ("proposal_merge", (1,))])
def test_what_is_malformed_raises_before_anything_is_written(commons, name, own):
    place(commons)
    before = commons.c()["seq"]
    with pytest.raises(Exception, match="MALFORMED"):
        commons.act(name, *own)
    assert commons.c()["seq"] == before
