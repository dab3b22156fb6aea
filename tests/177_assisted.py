"""A helper enters a pledge from paper: the same pledge, marked, counted, bounded."""
import pytest

from commons_fixture import commons, redis  # noqa: F401
from people import People, digest_of
from redis_server import RedisError

HOUR = 3_600_000


@pytest.fixture
def town(commons):
    commons.market(prices=(500, 60), residents=3, allotment=100)
    return People(commons)


def test_it_is_the_residents_own_pledge_and_the_record_says_who_helped(town):
    commons = town.commons
    town.assist("r1", 1, 30).must(amount=30, free=70)
    record = commons.last("pledge_set")
    assert list(record.items())[-2:] == [("amount", "30"), ("assisted", "librarian")]
    assert "a:helper" not in repr(commons.log()), "who it was is nobody's but the officers'"
    entry, = town.journal("assisted")
    assert (entry["a"], entry["b"], entry["area"]) == ("a:helper", record["seq"], "0")
    town.assist("r1", 1, 40).must(amount=40)
    assert list(commons.last("pledge_set").items())[-2:] == [
        ("was", "30"), ("assisted", "librarian")]
    commons.pledge("r1", 1, 20).must(amount=20)
    assert "assisted" not in commons.last("pledge_set")
    commons.withdraw("r1", 1).must(held=0)
    town.books()


def test_paper_web_and_code_are_one_wallet(town):
    commons = town.commons
    commons.pledge("r1", 1, 80).must()
    town.assist("r1", 2, 30).no("wallet_short", amount=30, available=20, short=10)
    key = commons.fresh()
    town.assist("r1", 2, 20, key=key).must(free=0)
    town.assist("r1", 2, 20, key=key).must(replayed=1)
    assert commons.look("helped").items_of[0]["ever"] == "1"
    town.books()


def test_an_assisted_pledge_can_complete_the_rule(town):
    commons = town.commons
    commons.pledge("r1", 2, 30).must()
    town.assist("r2", 2, 30).must(activated=1)
    first, second = commons.last("pledge_set", "commission_activated")
    assert first["assisted"] == "librarian" and second["cause"] == first["seq"]
    town.books()


def test_sixty_an_hour_and_no_more(town):
    commons = town.commons
    commons.now = (commons.now // HOUR + 1) * HOUR
    commons.checked = False
    for i in range(60):
        town.assist("r1", 1, 10 + i % 2).must()
    commons.now += 1
    town.assist("r1", 1, 50).no("helper_limit", limit=60, seconds=3600)
    town.assist("r1", 1, 11).must(amount=11)
    town.assist("r2", 1, 10, helper="a:other").must()
    items = {i["helper"]: i for i in commons.look("helped").items_of}
    assert items["a:helper"]["hour_n"] == items["a:helper"]["ever"] == "60"
    commons.pledge("r1", 1, 50).must(amount=50)
    commons.now += HOUR - 1
    town.assist("r1", 1, 10).must()
    items = {i["helper"]: i for i in commons.look("helped").items_of}
    assert (items["a:helper"]["hour_n"], items["a:helper"]["ever"]) == ("1", "61")
    commons.check()
    town.books()


def test_on_a_tender_of_the_helpers_own_body_a_second_one_confirms(town):
    commons = town.commons
    commons.tender(body="parks").must(tender=2)
    commons.proposal(2, 300).must(proposal=3)
    commons.open_tender(2).must()
    town.assist("r1", 3, 10, body="trees", person="a:one", digest=digest_of(1)).must(amount=10)
    before = commons.c()
    answer = town.assist("r1", 1, 30, body="trees", person="a:one", digest=digest_of(2)).must(
        amount=0, held=10, activated=0)
    assert answer["pending"] == "1" and commons.c() == before
    answer = town.assist("r1", 1, 30, body="trees", helper="a:two", person="a:two",
                         digest=digest_of(2)).must(amount=30)
    assert "pending" not in answer and town.journal("assisted")[-1]["a"] == "a:two"
    town.books()


@pytest.mark.parametrize("own", [
    ("a:helper", "", "", "", ""), ("a:helper", "Librarian", "", "", ""),
    ("a helper", "librarian", "", "", ""), ("a:helper", "librarian", "The Trees", "", ""),
    ("a:helper", "librarian", "", "a:one", "x"), ("a:helper", "librarian", "", "a:one")])
def test_malformed_help_raises(town, own):
    before = town.commons.client.call("DEBUG", "DIGEST")
    with pytest.raises(RedisError, match="MALFORMED"):
        town.commons.act("pledge_set", 1, "w" * 22, 1, 10, *own, subject="r1")
    assert town.commons.client.call("DEBUG", "DIGEST") == before
