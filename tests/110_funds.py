"""Money comes into the pool as funds, at most 64, at most 2^53 - 1 in all, and keeps its theme."""
import pytest

from commons import HASH
from commons_fixture import commons, redis  # noqa: F401
from redis_server import RedisError

MOST = 2 ** 53 - 1


def test_a_fund_is_unallotted_money_and_headroom_of_its_theme(commons):
    commons.create().must()
    commons.fund(1000).must(fund=1, seq=1, qualifying="")
    commons.fund(500, "parks").must(fund=2, seq=2)
    assert list(commons.last("fund_added").items())[3:] == [
        ("kind", "fund_added"), ("fund", "2"), ("amount", "500"), ("theme", "parks"),
        ("text", HASH)]
    assert "theme" not in commons.log()[1]
    c = commons.c()
    assert (c["funds"], c["unallotted"], c["left:"], c["left:parks"]) == (1500, 1500, 1000, 500)
    assert commons.hash("f:2") == {"amount": "500", "left": "500", "theme": "parks"}


def test_a_top_up_grows_the_fund_that_is_there(commons):
    commons.create().must()
    commons.fund(1000, "parks").must()
    commons.act("fund_top_up", 1, 7).must(fund=1, seq=2, qualifying="")
    assert list(commons.last("fund_topped_up").items())[3:] == [
        ("kind", "fund_topped_up"), ("fund", "1"), ("amount", "7")]
    assert commons.hash("f:1")["left"] == "1007" and commons.c()["left:parks"] == 1007
    commons.act("fund_top_up", 2, 7).no("fund_unknown", fund=2)
    commons.act("fund_top_up", 0, 7).no("fund_unknown", fund=0)


def test_the_pool_ends_at_2_to_the_53(commons):
    commons.create().must()
    commons.fund(MOST - 1).must()
    commons.fund(2).no("amount_too_large", amount=2 ** 53, most=MOST)
    commons.act("fund_top_up", 1, 2).no("amount_too_large", amount=2 ** 53, most=MOST)
    commons.fund(1).must()
    assert commons.c()["funds"] == MOST
    assert commons.look("totals").must()["unallotted"] == str(MOST)
    commons.fund(MOST).no("amount_too_large", amount=2 ** 54 - 2, most=MOST)


def test_at_most_64_funds(commons):
    commons.create().must()
    commons.checked = False
    for _ in range(64):
        commons.fund(1).must()
    commons.fund(1).no("funds_too_many", funds=64, most=64)
    commons.check()


@pytest.mark.parametrize("amount", ["0", "-1", "1.5", "nan", "inf", "0x10", "1e3", "", " 1",
                                    "9007199254740992", "99999999999999999999"])
def test_what_is_no_amount_raises_and_writes_nothing(commons, amount):
    commons.create().must()
    before = commons.client.call("DEBUG", "DIGEST")
    with pytest.raises(RedisError, match="MALFORMED amount"):
        commons.fund(amount)
    assert commons.client.call("DEBUG", "DIGEST") == before
