"""A pledge is set, changed, set again, withdrawn; a late retry undoes nothing."""
import pytest

from commons import HASH, T0, wallet_of
from commons_fixture import commons, redis  # noqa: F401
from redis_server import RedisError


def test_a_pledge_is_held_and_everything_counts_it(commons):
    commons.market(prices=(100,), residents=3, allotment=50)
    commons.pledge("r1", 1, 20).must(
        seq=7, at=T0, replayed=0, round=1, proposal=1, tender=1, amount=20, allotment=50, free=30,
        held=20, spent=0, price=100, pledged=20, people=1, people_min=1, areas_ok=0, areas_min=0,
        area_people_min=0, headroom=1000, state="live", activated=0, rho=0)
    assert list(commons.last("pledge_set").items())[3:] == [
        ("kind", "pledge_set"), ("round", "1"), ("wallet", wallet_of("r1", 1)), ("area", "0"),
        ("tender", "1"), ("proposal", "1"), ("amount", "20")]
    assert commons.wallet(wallet_of("r1", 1))[:2] == (0, [(1, 1, 20, 7)])


def test_a_change_keeps_its_place_and_says_what_was(commons):
    commons.market(prices=(100, 200, 300), residents=1, allotment=50)
    for proposal in (1, 2, 3):
        commons.pledge("r1", proposal, 10).must()
    commons.pledge("r1", 2, 30).must(seq=12, amount=30, free=0, held=50)
    assert list(commons.last("pledge_set").items())[-2:] == [("amount", "30"), ("was", "10")]
    assert [entry[:3] for entry in commons.wallet(wallet_of("r1", 1))[1]] == [
        (1, 1, 10), (2, 1, 30), (3, 1, 10)]
    commons.withdraw("r1", 2).must(amount=0, free=30, held=20)
    assert list(commons.last("pledge_withdrawn").items())[3:] == [
        ("kind", "pledge_withdrawn"), ("round", "1"), ("wallet", wallet_of("r1", 1)),
        ("area", "0"), ("tender", "1"), ("proposal", "2"), ("was", "30")]
    assert [entry[0] for entry in commons.wallet(wallet_of("r1", 1))[1]] == [1, 3]
    commons.pledge("r1", 2, 30).must()
    assert [entry[0] for entry in commons.wallet(wallet_of("r1", 1))[1]] == [1, 3, 2]


def test_the_same_amount_again_writes_no_record_and_answers_the_pledges_seq(commons):
    commons.market(residents=2)
    commons.pledge("r1", 1, 20).must(seq=7)
    commons.pledge("r2", 1, 10).must(seq=8)
    key = commons.fresh()
    commons.pledge("r1", 1, 20, key=key).must(seq=7, replayed=0, amount=20)
    assert commons.c()["seq"] == 9
    commons.pledge("r1", 1, 20, key=key).must(seq=7, replayed=1)


def test_a_late_retry_does_not_undo_a_later_pledge_nor_revive_a_withdrawn_one(commons):
    commons.market(residents=1)
    first, later, gone = commons.fresh(), commons.fresh(), commons.fresh()
    commons.pledge("r1", 1, 50, key=first).must(seq=7)
    commons.pledge("r1", 1, 20, key=later).must(seq=8)
    commons.pledge("r1", 1, 50, key=first).must(seq=7, replayed=1, amount=20, held=20, free=30)
    commons.withdraw("r1", 1, key=gone).must(seq=9)
    commons.pledge("r1", 1, 20, key=later).must(seq=8, replayed=1, amount=0, held=0)
    commons.pledge("r1", 1, 30).must(seq=10)
    commons.withdraw("r1", 1, key=gone).must(seq=9, replayed=1, amount=30)
    commons.pledge("r1", 1, 50, key=first, body=b"else").no("key_reused")
    assert commons.c()["seq"] == 11


def test_the_last_8_keys_of_a_wallet_are_kept_in_order(commons):
    commons.market(residents=1)
    keys = [commons.fresh() for _ in range(9)]
    for i, key in enumerate(keys):
        commons.pledge("r1", 1, 10 + i, key=key).must()
    kept = commons.wallet(wallet_of("r1", 1))[2]
    assert [key for key, _, _ in kept] == keys[1:]
    assert [seq for _, _, seq in kept] == list(range(8, 16))
    commons.pledge("r1", 1, 11, key=keys[1]).must(replayed=1, amount=18)
    commons.pledge("r1", 1, 10, key=keys[0]).must(replayed=0, amount=10)


def test_no_key_hides_in_the_middle_of_another(commons):
    commons.market(residents=1)
    commons.pledge("r1", 1, 10, key=b"AAAABBBB", body=b"CCCC").must()
    commons.pledge("r1", 1, 11, key=b"BBBBCCCC", body=b"\0\0\0\0").must(replayed=0)


def test_refusals_of_the_head_in_their_order(commons):
    commons.create().must()
    commons.pledge("r1", 1, 10, round_number=1).no("round_not_open")
    commons.withdraw("r1", 1, round_number=1).no("round_not_open")
    commons.fund(60).must()
    commons.register("r1").must()
    commons.open_round(50).must()
    commons.register("r2").must(ungranted=1)
    commons.pledge("r1", 1, 10, round_number=2).no("round_changed", round=1)
    commons.withdraw("r1", 1, round_number=2).no("round_changed", round=1)
    commons.pledge("nobody", 1, 10).no("resident_unknown")
    commons.withdraw("nobody", 1).no("resident_unknown")
    commons.pledge("r1", 1, 10, epoch=1).no("signed_out")
    commons.withdraw("r1", 1, epoch=1).no("signed_out")
    commons.pledge("r2", 1, 10).no("wallet_not_granted")
    commons.pledge("r1", 1, 10).no("proposal_unknown", proposal=1)
    commons.withdraw("r1", 1).no("proposal_unknown", proposal=1)
    commons.tender(ceiling=50).must()
    commons.proposal(1, 50).must()
    commons.pledge("r1", 1, 10).no("tender_not_open")
    commons.withdraw("r1", 1).no("pledge_none")
    commons.withdraw("r2", 1).no("pledge_none")


def test_the_wallet_bounds_the_sum_and_says_what_is_short(commons):
    commons.market(prices=(500, 600), residents=1, allotment=50)
    commons.pledge("r1", 1, 51).no("wallet_short", amount=51, available=50, short=1)
    commons.pledge("r1", 1, 30).must()
    commons.pledge("r1", 2, 21).no("wallet_short", amount=21, available=20, short=1)
    commons.pledge("r1", 1, 50).must(free=0)
    commons.pledge("r1", 2, 1).no("wallet_short", amount=1, available=0, short=1)


def test_a_pledge_is_a_token_at_least_or_all_that_is_free(commons):
    commons.create().must()
    commons.fund(1000).must()
    commons.register("r1").must()
    commons.open_round(25, token=10).must()
    commons.tender().must()
    for price in (500, 600, 700):
        commons.proposal(1, price).must()
    commons.open_tender(1).must()
    commons.pledge("r1", 1, 9).no("pledge_below_token", token=10, amount=9, available=25)
    commons.pledge("r1", 1, 10).must()
    commons.pledge("r1", 2, 10).must()
    commons.pledge("r1", 3, 4).no("pledge_below_token", token=10, amount=4, available=5)
    commons.pledge("r1", 3, 5).must(free=0)
    commons.pledge("r1", 3, 4).no("pledge_below_token", token=10, amount=4, available=5)


def test_at_most_32_live_and_64_in_all(commons):
    commons.market(prices=[900 + i for i in range(33)], residents=1, allotment=1000, pool=5000)
    commons.checked = False
    for proposal in range(1, 33):
        commons.pledge("r1", proposal, 1).must()
    commons.pledge("r1", 33, 1).no("pledges_live_too_many", pledges=32, most=32)
    commons.pledge("r1", 32, 2).must()
    commons.check()
    commons.act("tender_withdraw", 1, "").must()
    number = commons.tender().must()["tender"]
    for i in range(33):
        commons.proposal(number, 900).must()
    commons.open_tender(number).must()
    for proposal in range(34, 66):
        commons.pledge("r1", proposal, 1).must()
    commons.pledge("r1", 66, 1).no("pledges_live_too_many", pledges=32, most=32)
    commons.act("proposal_withdraw", 34, "").must()
    commons.pledge("r1", 66, 1).no("pledges_too_many", pledges=64, most=64)
    commons.withdraw("r1", 65).must()
    commons.pledge("r1", 66, 1).must()
    commons.check()


def test_a_spent_pledge_is_final(commons):
    commons.market(prices=(60, 40), residents=2, allotment=50, awards_max=2)
    commons.pledge("r1", 1, 50).must()
    commons.pledge("r2", 1, 40).must(activated=1, rho=30, spent=30, free=20, amount=40)
    commons.withdraw("r1", 1).no("pledge_spent", spent=30)
    commons.pledge("r1", 1, 10).no("proposal_activated")
    commons.pledge("r1", 2, 21).no("wallet_short", amount=21, available=20, short=1)


def test_breadth_counts_people_by_area(commons):
    commons.create(areas="a,b,c").must()
    commons.fund(1000).must()
    for area, names in enumerate((("a1", "a2"), ("b1", "b2"), ("c1",))):
        commons.register(*names, area=area).must()
    commons.open_round(100).must()
    commons.tender(areas_min=2, area_people_min=2, people_min=4).must()
    commons.proposal(1, 50).must()
    commons.open_tender(1).must()
    commons.pledge("a1", 1, 30).must(areas_ok=0, areas_min=2, area_people_min=2)
    commons.pledge("a2", 1, 30).must(areas_ok=1)
    commons.pledge("b1", 1, 30).must(areas_ok=1)
    commons.withdraw("a2", 1).must(areas_ok=0, people=2)
    commons.pledge("c1", 1, 30).must(areas_ok=0)
    commons.pledge("b2", 1, 30).must(areas_ok=1, people=4, activated=0)
    commons.pledge("a1", 1, 31).must(areas_ok=1, activated=0)
    commons.pledge("a2", 1, 30).must(areas_ok=2, people=5, activated=1, rho=10)


@pytest.mark.parametrize("place,value", [(8, "0"), (8, "16777216"), (8, "-5"), (8, "nan"),
                                         (7, "x"), (6, "short"), (5, "1.0"), (3, b"1234567"),
                                         (4, b"123"), (3, b""), (0, "x"), (2, "-1")])
def test_a_malformed_pledge_raises_and_writes_nothing(commons, place, value):
    commons.market(residents=1)
    words = [commons.now, "r1", 0, b"12345678", b"body", 1, wallet_of("r1", 1), 1, 10]
    words[place] = value
    before = commons.client.call("DEBUG", "DIGEST")
    with pytest.raises(RedisError, match="MALFORMED"):
        commons.raw("pledge_set", *words)
    assert commons.client.call("DEBUG", "DIGEST") == before


def test_no_text_of_a_user_comes_back_in_an_error(commons):
    commons.create().must()
    with pytest.raises(RedisError) as raised:
        commons.act("fund_add", "sesame", "", HASH, "{}")
    assert "sesame" not in str(raised.value)
