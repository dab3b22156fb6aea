"""What becomes of a commission, by the functions alone: what they write, who is one of two persons,
what a document must be, what a retry answers, and what is shown."""
import pytest

from commons import DAY_MS, HASH, T0, wallet_of
from commons_fixture import commons, redis  # noqa: F401

DOCUMENT = "0d" * 32


@pytest.fixture
def award(commons):
    """Proposal 1, 60 + 40 of which r1 and r2 pledged, is a commission of the body trees."""
    commons.create().must()
    commons.fund(500).must()
    commons.fund(70, "parks").must()
    commons.register("r1", "r2", "r3").must()
    commons.open_round(60).must()
    commons.tender(theme="parks", ceiling=100).must()
    commons.act("file_note", DOCUMENT, "pdf", 9, "a.pdf", 99).must()
    commons.act("proposal_submit", 1, "", 100, HASH, "{}", "1:60,2:40").must(proposal=1)
    commons.open_tender(1).must()
    commons.pledge("r1", 1, 50).must()
    commons.pledge("r2", 1, 50).must(activated=1)
    return commons


def signed(commons):
    commons.act("contract_sign", 1, "trees", T0, T0 + DAY_MS, DOCUMENT, HASH, "{}").must(
        commission=1)
    return commons


def speak(commons, resident, what="milestone_confirm", milestone=1, round_number=1, **how):
    text = ("", "") if what == "milestone_confirm" else (HASH, "{}")
    return commons.act(what, round_number, wallet_of(resident, round_number), 1, milestone, *text,
                       subject=resident, **how)


def test_what_stands_in_redis_is_what_the_contract_says(award):
    signed(award)
    award.act("evidence_add", 1, "", 1, DOCUMENT, HASH, "{}").must(evidence=1)
    award.act("evidence_add", 1, "", 2, "", HASH, "{}").must(evidence=2)
    award.act("milestone_report", 1, "", 1, HASH, "{}").must()
    speak(award, "r1").must(commission=1)
    award.act("milestone_accept", 1, "", 1, "", "").must()
    award.act("payment_record", 1, "", 1, 60, HASH, "{}").must(payment=1)
    row = award.hash("cm:1")
    seqs = {record["kind"]: record["seq"] for record in award.log()}
    assert row == {
        "state": "d", "starts": str(T0), "ends": str(T0 + DAY_MS), "document": DOCUMENT,
        "signed": seqs["contract_signed"], "milestones": "1:60,2:40", "evidence": "2",
        "m1": f"y 60 1 0 {seqs['milestone_reported']} {seqs['milestone_accepted']}",
        "e1": f"{int(seqs['evidence_added']) - 1} {T0} 1 {DOCUMENT}",
        "e2": f"{seqs['evidence_added']} {T0} 2 -", "paid": "60", "payments": "1",
        "y1": f"{seqs['payment_recorded']} {T0} 1 60"}
    assert award.hash("cv:1") == {f"1 {wallet_of('r1', 1)}": "c"}
    assert list(award.last("payment_recorded").items())[3:] == [
        ("kind", "payment_recorded"), ("commission", "1"), ("payment", "1"), ("milestone", "1"),
        ("amount", "60"), ("funds", "2:60"), ("text", HASH)]
    assert (award.c()["committed"], award.c()["paid"]) == (40, 60)


def test_a_document_must_be_a_file_that_is_known_and_becomes_public(award):
    award.act("contract_sign", 1, "", T0, T0 + 1, "11" * 32, HASH, "{}").no("file_unknown")
    award.look("file_view", DOCUMENT).must(public=0)
    signed(award).act("evidence_add", 1, "", 1, "11" * 32, HASH, "{}").no("file_unknown")
    award.look("file_view", DOCUMENT).must(public=1)


def test_a_disputed_milestone_and_an_early_end_take_two_persons(award):
    signed(award).act("milestone_report", 1, "", 1, HASH, "{}").must()
    speak(award, "r1", "milestone_dispute").must()
    one, two = ("a:one", "1f" * 16), ("a:two", "1f" * 16)
    before = award.c()["seq"]
    award.act("milestone_accept", 1, "", 1, *one).must(pending=1)
    award.act("milestone_accept", 1, "", 1, *one).must(pending=1)
    award.act("milestone_accept", 1, "", 1, "k:clerk:org", "1f" * 16).no("person_needed")
    assert award.c()["seq"] == before
    award.act("milestone_accept", 1, "", 1, *two).must(seq=before)
    award.act("commission_terminate", 1, "", HASH, "{}", "a:one", "2f" * 16).must(pending=1)
    award.act("commission_terminate", 1, "", HASH, "{}", "a:two", "2f" * 16).must(qualifying="")
    assert award.last("commission_terminated")["funds"] == "1:30,2:70"
    award.look("commission_get", 1).must(state="terminated", returned=100, unpaid=0,
                                         returned_by="2:70,1:30")


def test_an_undisputed_milestone_is_accepted_by_one(award):
    signed(award).act("milestone_report", 1, "", 1, HASH, "{}").must()
    award.act("milestone_accept", 1, "trees", 1, "a:one", "1f" * 16).must(commission=1)
    award.last("milestone_accepted")


def test_a_retry_speaks_and_pays_once(award):
    signed(award).act("milestone_report", 1, "", 1, HASH, "{}").must()
    key = award.fresh()
    first = speak(award, "r1", key=key).must(replayed=0)
    again = speak(award, "r1", key=key).must(replayed=1)
    assert again["seq"] == first["seq"]
    speak(award, "r1", "milestone_dispute", key=key, body=b"else").no("key_reused")
    speak(award, "r1").no("milestone_spoken")
    award.act("resident_sign_out", "r2").must()
    speak(award, "r2").no("signed_out")
    speak(award, "r2", epoch=1).must()
    award.leave("r1").must()
    speak(award, "r1", "milestone_dispute", epoch=1).no("resident_unknown")


def test_a_round_that_closed_long_ago_is_named(award):
    signed(award).act("milestone_report", 1, "", 1, HASH, "{}").must()
    award.act("round_close", 1).must()
    award.open_round(60).must(round=2)
    speak(award, "r1", round_number=2).no("round_changed", round=1)
    speak(award, "r1", round_number=1).must()
    speak(award, "r3", round_number=1).no("commission_not_yours")


def test_the_view_shows_all_in_one_answer_and_the_list_pages(award):
    signed(award)
    for _ in range(64):
        award.act("evidence_add", 1, "", 1, "", HASH, "{}").must()
        award.act("outcome_report", 1, "", 5, HASH, "{}").must()
    award.act("variation_propose", 1, "", "1:50,2:50", 0, HASH, "{}").must(variation=1)
    award.act("savings_note", 1, "", "1:9,2:8", HASH, "{}").must()
    whole = award.look("commission_get", 1).must(agencies="1:9,2:8", movable=20)
    kinds = [item["what"] for item in whole.items_of]
    assert [kinds.count(kind) for kind in ("milestone", "evidence", "variation", "outcome")] == [
        2, 64, 1, 64]
    award.look("commission_get", 2).no("commission_unknown", commission=2)
    assert award.look("commissions", 0, 1, "delivering", "trees", "parks").must(next=0).items_of
    assert not award.look("commissions", 0, 1, "completed", "", "").items_of
    assert not award.look("commissions", 1, 1).items_of


@pytest.mark.parametrize("parts", ["", "1:60", "1:100,1:0", "2:100", "1:60,3:40", "1:60,2:40,",
                                   "1:-60", "1:1e2", ",".join(f"{i}:1" for i in range(1, 18))])
def test_what_are_no_milestones_raises_or_is_refused_and_writes_nothing(award, parts):
    signed(award)
    digest = award.client.call("DEBUG", "DIGEST")
    try:
        code = award.act("variation_propose", 1, "", parts, 0, HASH, "{}").code
        assert code == "milestones_count"
    except Exception as error:
        assert str(error).startswith("MALFORMED milestones")
    assert award.client.call("DEBUG", "DIGEST") == digest
