"""A hidden tally: pledges are sealed, nothing tells of them, and the first award or the end of the
tender discloses them all."""
import base64
import hashlib

import pytest

import tally
from commons import DAY_MS, wallet_of
from commons_fixture import commons, redis  # noqa: F401
from redis_server import RedisError

KEY = tally.tender_key(b"s" * 32, 1)


def hidden(commons, **market):
    return commons.market(tally="hidden", tally_key=KEY, **market)


def inside(commons, key=KEY):
    """What the sealed records of the log hold, in order."""
    return [tally.opened_by_tender(record, key) for record in commons.log()
            if record["kind"] == "sealed"]


def test_158_a_pledge_is_sealed_and_its_key_opens_it(commons):
    hidden(commons, prices=(100,), residents=3, allotment=50)
    assert commons.last("tender_opened")["tally_key_hash"] == hashlib.sha256(KEY).hexdigest()
    assert commons.state("t1") == "h"
    commons.pledge("r1", 1, 20).must(seq=7, amount=20, free=30, held=20, pledged=0, people=0,
                                     areas_ok=0, state="live", activated=0)
    record = commons.last("sealed")
    assert list(record) == ["v", "seq", "at", "kind", "sealed"]
    assert tally.opened_by_tender(record, KEY) == {
        "kind": "pledge_set", "round": "1", "wallet": wallet_of("r1", 1), "area": "0",
        "tender": "1", "proposal": "1", "amount": "20"}
    commons.pledge("r1", 1, 25).must(seq=8, amount=25)
    commons.withdraw("r1", 1).must(seq=9, amount=0, free=50, pledged=0)
    assert [one["kind"] for one in inside(commons)] == ["pledge_set"] * 2 + ["pledge_withdrawn"]
    assert inside(commons)[1]["was"] == "20" and inside(commons)[2]["was"] == "25"
    sizes = {len(record["sealed"]) for record in commons.log() if record["kind"] == "sealed"}
    assert sizes == {340}


def test_158_another_records_key_opens_nothing(commons):
    hidden(commons, prices=(100,), residents=3, allotment=50)
    keys = [commons.pledge("r1", 1, amount).must()["record_key"] for amount in (20, 21)]
    records = [record for record in commons.log() if record["kind"] == "sealed"]
    for i, key in enumerate(keys):
        assert bytes.fromhex(key) == tally.record_key(KEY, records[i]["seq"], records[i]["at"])
        assert tally.opened(records[i], bytes.fromhex(key))["amount"] == str(20 + i)
        assert tally.opened(records[1 - i], bytes.fromhex(key)) is None
    assert tally.opened_by_tender(records[0], tally.tender_key(b"s" * 32, 2)) is None


def test_158_the_owner_sees_the_key_again_while_it_is_hidden(commons):
    hidden(commons, prices=(100,), residents=3, allotment=50)
    key = commons.fresh()
    first = commons.pledge("r1", 1, 20, key=key).must()
    assert commons.pledge("r1", 1, 20, key=key).must(replayed=1)["record_key"] == \
        first["record_key"]
    looked = commons.look("pledge_view", "r1", 1, wallet_of("r1", 1), 1).must(amount=20, pledged=0)
    assert looked["record_key"] == first["record_key"] and looked["record"] == first["seq"]
    commons.act("tender_withdraw", 1, "").must()
    assert commons.look("pledge_view", "r1", 1, wallet_of("r1", 1), 1).must()["record_key"] == ""


def test_158_no_view_shows_what_is_hidden(commons):
    hidden(commons, prices=(100, 60), residents=3, allotment=50, areas_min=1, area_people_min=1)
    names = ("held", "free", "unallotted", "committed", "spent")

    def seen():
        totals = commons.look("totals").must()
        shown = [totals[name] for name in names]
        for call, number in (("tender_view", 1), ("proposal_view", 1), ("proposal_view", 2)):
            view = commons.look(call, number).must()
            shown += [view.get(name) for name in ("held", "pledged", "people", "areas_ok", "state",
                                                  "headroom", "awards", "proposals", "rho")]
        for call, *own in (("tenders", 0, 10), ("proposals", 1, 0, 10), ("commissions", 0, 10),
                           ("round_view", 1)):
            shown.append(commons.client.call("FCALL_RO", f"{call}_{commons.digits}", 1,
                                             commons.key("c"), commons.now, *own))
        return shown

    before = seen()
    commons.pledge("r1", 1, 20).must()
    commons.pledge("r2", 1, 50).must()
    commons.pledge("r2", 1, 10).must()
    commons.pledge("r2", 2, 5).must()
    commons.leave("r2").must()
    assert seen() == before


def test_158_the_first_award_discloses(commons):
    hidden(commons, prices=(60, 80), residents=3, allotment=50, awards_max=2)
    commons.pledge("r1", 1, 40).must(pledged=0)
    commons.pledge("r1", 2, 10).must(pledged=0)
    commons.pledge("r2", 1, 30).must(pledged=70, people=2, activated=1, state="activated")
    sealed, activated, disclosed = commons.last("sealed", "commission_activated",
                                                "tally_disclosed")
    assert (activated["proposal"], activated["pledged"], activated["cause"]) == (
        "1", "70", sealed["seq"])
    assert list(disclosed.items())[3:] == [("kind", "tally_disclosed"), ("tender", "1"),
                                           ("key", KEY.hex())]
    assert commons.state("t1") == "o"
    assert commons.client.call("EXISTS", commons.key("hidden")) == 0
    commons.look("proposal_view", 2).must(pledged=10)
    commons.pledge("r3", 2, 20).must(pledged=30, record_key="")
    assert commons.last("pledge_set")["amount"] == "20"


@pytest.mark.parametrize("how", ["withdrawn", "lapsed", "round closed", "round closed in time"])
def test_158_whatever_ends_the_tender_discloses(commons, how):
    hidden(commons, prices=(100,), residents=3, allotment=50)
    commons.pledge("r1", 1, 20).must()
    if how == "withdrawn":
        commons.act("tender_withdraw", 1, "").must()
        ended, disclosed = commons.last("tender_withdrawn", "tally_disclosed")
        assert commons.state("t1") == "w"
    elif how == "lapsed":
        commons.now += DAY_MS // 2
        commons.settle().must()
        ended, disclosed = commons.last("tender_lapsed", "tally_disclosed")
        assert commons.state("t1") == "l"
    elif how == "round closed":
        commons.act("round_close", 1).must()
        ended, disclosed = commons.last("round_closed", "tally_disclosed")
        assert commons.state("t1") == "o" and ended["held"] == "20"
    else:
        commons.now += 2 * DAY_MS
        commons.settle().must()
        ended, disclosed, _ = commons.last("tender_lapsed", "tally_disclosed", "round_closed")
    assert ended["held"] == "20"
    assert disclosed["kind"] == "tally_disclosed" and disclosed["key"] == KEY.hex()
    commons.look("tender_view", 1).must(held=0)
    commons.look("proposal_view", 1).must(pledged=20)
    assert commons.client.call("EXISTS", commons.key("hidden")) == 0


def test_158_a_round_that_closes_discloses_all_by_number(commons):
    hidden(commons, prices=(100,), residents=3, allotment=50)
    other = tally.tender_key(b"s" * 32, 2)
    number = commons.tender(tally="hidden").must()["tender"]
    commons.proposal(number, 90).must()
    commons.open_tender(number, tally_key=other).must()
    commons.pledge("r1", 2, 20).must()
    commons.pledge("r1", 1, 20).must()
    assert [one and one["tender"] for one in inside(commons)] == [None, "1"]
    commons.act("round_close", 1).must()
    told = [record for record in commons.log() if record["kind"] == "tally_disclosed"]
    assert [(one["tender"], one["key"]) for one in told] == [("1", KEY.hex()), ("2", other.hex())]


def test_158_who_leaves_withdraws_what_is_hidden_in_sealed_records(commons):
    hidden(commons, prices=(100, 90), residents=3, allotment=50)
    number = commons.tender().must()["tender"]
    commons.proposal(number, 80).must()
    commons.open_tender(number).must()
    for proposal, amount in ((2, 10), (3, 15), (1, 5)):
        commons.pledge("r1", proposal, amount).must()
    answer = commons.leave("r1").must()
    first, second, left = commons.last("sealed", "sealed", "resident_left")
    assert (left["withdrawn"], answer["seq"]) == ("3:15", left["seq"])
    assert [(one["kind"], one["proposal"], one["was"]) for one in
            (tally.opened_by_tender(record, KEY) for record in (first, second))] == [
        ("pledge_withdrawn", "2", "10"), ("pledge_withdrawn", "1", "5")]
    assert commons.c()["held"] == 0


def test_158_a_proposal_that_is_withdrawn_tells_no_sum(commons):
    hidden(commons, prices=(100, 90), residents=3, allotment=50)
    commons.pledge("r1", 1, 20).must()
    commons.act("proposal_withdraw", 1, "").must()
    assert list(commons.last("proposal_withdrawn"))[3:] == ["kind", "proposal"]
    commons.look("proposal_view", 1).must(pledged=0)
    assert commons.c()["held"] == 0


def test_158_sixteen_tallies_are_hidden_at_a_time_and_a_key_is_needed(commons):
    hidden(commons, prices=(100,), residents=3, allotment=50)
    for number in range(2, 19):
        commons.tender(tally="hidden", late=1).must(tender=number)
    for number in range(2, 17):
        commons.open_tender(number, tally_key=KEY).must()
    commons.open_tender(17, tally_key=KEY).no("tallies_hidden_too_many", most=16)
    commons.act("tender_withdraw", 2, "").must()
    commons.open_tender(17, tally_key=KEY).must()
    commons.act("tender_withdraw", 3, "").must()
    with pytest.raises(RedisError, match="MALFORMED tally_key"):
        commons.open_tender(18, tally_key=KEY[1:])
    assert commons.state("t18") == "d"


def test_158_the_longest_pledge_fits(commons):
    """Every number as large as it can be: the record still has its one size."""
    hidden(commons, prices=(100,), residents=3, people_min=2, allotment=16777215, pool=2 ** 52,
           ceiling=1000)
    wallet = wallet_of("r1", 1)
    helper = ("maria", "l" * 32, "", "", "")
    commons.act("pledge_set", 1, wallet, 1, 16777214, *helper, subject="r1").must(activated=0)
    record = commons.last("sealed")
    assert tally.opened_by_tender(record, KEY)["assisted"] == "l" * 32
    assert len(base64.b64decode(record["sealed"])) == 255


def test_158_a_pause_hides_no_less(commons):
    hidden(commons, prices=(100,), residents=3, allotment=50)
    commons.pledge("r1", 1, 20).must()
    until = commons.now + 1000
    commons.act("tender_pause", 1, until, "ab" * 32, "{}", "", "").must()
    assert commons.state("t1") == f"h{until}"
    commons.pledge("r2", 1, 20).no("tender_paused", until=until)
    commons.look("proposal_view", 1).must(pledged=0, people=0)
    commons.look("totals").must(held=0)
    commons.withdraw("r1", 1).must(amount=0, pledged=0)
    assert inside(commons)[-1]["kind"] == "pledge_withdrawn"
    commons.now = until
    commons.settle().must()
    assert commons.state("t1") == "h"
    commons.pledge("r1", 1, 30).must()
    commons.act("tender_pause", 1, commons.now + 1000, "ab" * 32, "{}", "", "").must()
    commons.act("round_close", 1).must()
    assert commons.state("t1") == f"o{until + 1000}"
    assert commons.log()[-1]["key"] == KEY.hex()
    commons.now += DAY_MS
    commons.settle().must()


def test_158_no_window_beside_a_hidden_tally(commons):
    commons.create().must()
    commons.tender(window=1, tally="hidden").no("window_hidden")
