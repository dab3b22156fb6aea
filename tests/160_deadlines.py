"""A deadline that is due counts as passed, whoever writes it down; sixteen are settled a call."""
from commons import DAY_MS, T0, wallet_of
from commons_fixture import commons, redis  # noqa: F401


def tenders(commons, closings):
    """An open round and a tender with one proposal for each closing time."""
    commons.create().must()
    commons.fund(10_000).must()
    commons.register("r1", "r2").must()
    commons.open_round(1000).must()
    for closes in closings:
        number = commons.tender(ceiling=900, closes=closes).must()["tender"]
        commons.proposal(number, 900).must()
        commons.open_tender(number).must()
    return commons


def lapsed(commons, after):
    return [(int(r["tender"]), int(r["due"])) for r in commons.log(after)
            if r["kind"] == "tender_lapsed"]


def test_a_pledge_at_the_very_deadline_is_too_late_and_the_lapse_is_written(commons):
    tenders(commons, [T0 + 100])
    commons.pledge("r1", 1, 30, now=T0 + 99).must()
    commons.pledge("r1", 1, 40, now=T0 + 100).no("tender_closed", state="lapsed")
    record = commons.last("tender_lapsed")
    assert list(record.items())[2:] == [
        ("at", str(T0 + 100)), ("kind", "tender_lapsed"), ("due", str(T0 + 100)), ("tender", "1"),
        ("held", "30")]
    assert commons.c()["held"] == 0 and commons.c()["free"] == 2000
    commons.withdraw("r1", 1).no("pledge_released")


def test_a_clock_behind_the_log_cannot_reopen_what_is_due(commons):
    tenders(commons, [T0 + 100])
    commons.fund(1, now=T0 + 200).must()
    assert commons.state("t1") == "l"
    commons.pledge("r1", 1, 30, now=T0 + 50).no("tender_closed", state="lapsed")


def test_deadlines_settle_by_time_then_by_the_seq_of_opening(commons):
    tenders(commons, [T0 + 30, T0 + 10, T0 + 30, T0 + 20])
    seq = commons.c()["seq"]
    commons.settle(now=T0 + 30).must(due=T0 + DAY_MS, more=0)
    assert lapsed(commons, seq - 1) == [(2, T0 + 10), (4, T0 + 20), (1, T0 + 30), (3, T0 + 30)]


def test_a_round_due_with_its_tender_closes_first_and_the_tender_goes_without_a_record(commons):
    tenders(commons, [T0 + DAY_MS, T0 + 5])
    commons.pledge("r1", 1, 30).must()
    seq = commons.c()["seq"]
    commons.settle(now=T0 + DAY_MS).must(due=0, more=0, qualifying="")
    assert [r["kind"] for r in commons.log(seq - 1)] == ["tender_lapsed", "round_closed"]
    assert commons.log()[-1]["held"] == "30"
    assert commons.client.call("EXISTS", commons.key("due")) == 0
    commons.look("tender_view", 1).must(state="lapsed")


def test_sixteen_a_call_and_then_the_act_is_asked_to_come_again(commons):
    tenders(commons, [T0 + 10] * 20)
    seq = commons.c()["seq"]
    commons.now = T0 + 10
    commons.pledge("r1", 1, 10).no("deadlines_due")
    assert len(lapsed(commons, seq - 1)) == 16
    commons.pledge("r1", 1, 10).no("tender_closed", state="lapsed")
    assert len(lapsed(commons, seq - 1)) == 20


def test_settle_says_that_more_is_due(commons):
    tenders(commons, [T0 + 10] * 17)
    commons.now = T0 + 10
    commons.settle().must(more=1, due=T0 + 10)
    commons.settle().must(more=0, due=T0 + DAY_MS)
    commons.settle().must(seq=commons.c()["seq"] - 1, more=0)


def test_exactly_sixteen_are_no_reason_to_refuse(commons):
    tenders(commons, [T0 + 10] * 16)
    commons.fund(1, now=T0 + 10).must()


def test_entries_without_a_record_count_towards_the_sixteen(commons):
    tenders(commons, [T0 + 10] * 17)
    commons.act("round_close", 1).must()
    seq = commons.c()["seq"]
    commons.fund(1, now=T0 + 10).no("deadlines_due")
    commons.fund(1, now=T0 + 10).must(seq=seq)
    assert commons.c()["due"] == 0


def test_what_was_withdrawn_or_decided_is_due_no_more(commons):
    tenders(commons, [T0 + 10, T0 + 20])
    commons.act("tender_withdraw", 1, "").must()
    assert commons.c()["due"] == T0 + 20
    commons.pledge("r1", 2, 900).must(activated=1)
    assert commons.c()["due"] == T0 + DAY_MS
    commons.act("round_close", 1).must()
    assert commons.c()["due"] == 0


def test_readers_see_a_due_deadline_as_passed_and_write_nothing(commons):
    tenders(commons, [T0 + 10, T0 + 50])
    commons.pledge("r1", 1, 30).must()
    commons.pledge("r1", 2, 40).must()
    wallet = wallet_of("r1", 1)
    before = commons.client.call("DEBUG", "DIGEST")
    now = T0 + 10
    commons.look("tender_view", 1, now=now - 1).must(state="open", held=30)
    commons.look("tender_view", 1, now=now).must(state="lapsed", held=0)
    commons.look("proposal_view", 1, now=now).must(state="released")
    commons.look("proposal_view", 2, now=now).must(state="live")
    commons.look("totals", now=now).must(held=40, free=1960)
    view = commons.look("wallet_view", "r1", 1, wallet, now=now).must(held=40, free=960)
    assert [item["state"] for item in view.items_of] == ["released", "held"]
    now = T0 + DAY_MS
    commons.look("totals", now=now).must(held=0, free=0, unallotted=10_000, open=0)
    commons.look("round_view", 1, now=now).must(open=0)
    commons.look("community_view", now=now).must(open=0, round=1)
    commons.look("wallet_view", "r1", 1, wallet, now=now).must(held=0, free=0, open=0)
    commons.look("pledge_view", "r1", 1, wallet, 2, now=now).must(state="released", free=0)
    assert commons.client.call("DEBUG", "DIGEST") == before


def test_settle_names_what_qualifies_even_when_more_is_due(commons):
    tenders(commons, [T0 + 10] * 18)
    commons.fund(1, "parks").must()
    for price in (6_000, 5_000):
        tender = commons.tender(ceiling=10_000, awards_max=2).must()["tender"]
        commons.proposal(tender, price).must()
        commons.open_tender(tender).must()
    commons.register(*[f"s{i}" for i in range(8)]).must(granted=8)
    for i in range(6):
        commons.pledge(f"s{i}", 19, 1000).must()
    for resident in ("s6", "s7", "r1", "r2"):
        commons.pledge(resident, 20, 1000).must()
    assert commons.state("p19") == "a1000" and commons.c()["left:"] == 4_000
    commons.register("t").must(ungranted=1)
    commons.fund(500, "parks").must()
    commons.act("fund_top_up", 2, 500).must()
    commons.act("resident_grant", "t").must()
    commons.pledge("t", 20, 1000).must(activated=0)
    commons.act("fund_top_up", 1, 1000).must(qualifying="20")
    commons.settle(now=T0 + 10).must(more=1, qualifying="20")
    commons.settle(now=T0 + 10).must(more=0, qualifying="20")
