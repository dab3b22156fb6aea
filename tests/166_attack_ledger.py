"""What an attacker tried against the ledger: each test is a way that once worked, or nearly."""
import pytest

from commons import DAY_MS, wallet_of
from commons_fixture import commons, redis  # noqa: F401
from redis_server import RedisError


def test_readers_do_not_give_back_twice_what_a_closed_round_gave_back(commons):
    """A tender of a round that was closed by hand stays in `due` until its time. What it held went
    back with its round; the reader must not take it from the next round's accounts."""
    commons.market(prices=(500,)).pledge("r1", 1, 50).must()
    commons.act("round_close", 1).must()
    commons.open_round(50, closes=commons.now + 10 * DAY_MS).must()
    number = commons.tender(closes=commons.now + 2 * DAY_MS).must()["tender"]
    commons.proposal(number, 500).must()
    commons.open_tender(number).must()
    commons.pledge("r2", 2, 30).must()
    for now in (commons.now, commons.now + DAY_MS):
        commons.look("totals", now=now).must(held=30, free=120, unallotted=850)
    commons.look("totals", now=commons.now + 2 * DAY_MS).must(held=0, free=150)
    commons.look("totals", now=commons.now + 10 * DAY_MS).must(held=0, free=0, unallotted=1000)


@pytest.mark.parametrize("subject", ["keeper", "operator"])
def test_nobody_signs_out_the_keeper_or_the_operators_key(commons, subject):
    commons.market()
    with pytest.raises(RedisError, match="MALFORMED staff"):
        commons.act("staff_sign_out", subject)
    commons.settle().must()
    commons.fund(10).must()


def test_the_answer_that_decides_shows_the_other_pledges_of_its_wallet_free_again(commons):
    commons.market(prices=(100, 100, 100), allotment=100)
    commons.pledge("r2", 2, 60).must()
    commons.pledge("r1", 1, 20).must()
    commons.pledge("r1", 3, 30).must()
    key = commons.fresh()
    answer = commons.pledge("r1", 2, 50, key=key)
    answer.must(activated=1, rho=50, amount=50, held=0, spent=50, free=50)
    seen = commons.look("pledge_view", "r1", 1, wallet_of("r1", 1), 2)
    for name in ("amount", "held", "spent", "free", "state", "pledged", "people"):
        assert answer[name] == seen[name], name
    commons.pledge("r1", 2, 50, key=key).must(replayed=1, held=0, spent=50, free=50)


def test_an_award_that_is_not_the_last_leaves_the_wallets_other_pledges_held(commons):
    commons.market(prices=(100, 100), allotment=100, awards_max=2)
    commons.pledge("r2", 2, 60).must()
    commons.pledge("r1", 1, 20).must()
    commons.pledge("r1", 2, 50).must(activated=1, held=20, spent=50, free=30)
