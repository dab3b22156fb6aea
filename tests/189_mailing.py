"""Who wants notices by mail: one letter at a time, tried again, given up at last; bounded."""
import pytest

from commons import wallet_of
from commons_fixture import commons, redis  # noqa: F401


@pytest.fixture
def town(commons):
    commons.market(prices=(500, 60), residents=3, allotment=100)
    return commons


def switch(commons, who, on=1, **how):
    return commons.act("mailing_set", who, "resident", "", "A" * 22 if on else "", on, subject=who,
                       **how)


def row(commons, who):
    return commons.hash("mailing").get(who)


def claim(commons, who, **how):
    told = row(commons, who).split()[3]
    return commons.act("mailing_claim", who, told, subject="keeper", key="", body="", **how)


def done(commons, who, told, good, **how):
    return commons.act("mailing_done", who, told, good, subject="keeper", key="", body="", **how)


def notices(commons, who, since=0, now=None):
    return commons.look("notices", who, "resident", "", 0, since, 20, 1, wallet_of(who, 1), now=now)


def test_a_letter_is_claimed_by_one_and_rests_after_it_was_sent(town):
    switch(town, "r1").must()
    claim(town, "r1").must(claimed=1)
    claim(town, "r1").must(claimed=0)
    done(town, "r1", 10 ** 12 * 9, 1).must()
    assert int(row(town, "r1").split()[3]) == 10 ** 12 * 9
    claim(town, "r1").must(claimed=0)


def test_whom_no_letter_reaches_twelve_times_gets_none_any_more(town):
    switch(town, "r1").must()
    for n in range(11):
        done(town, "r1", 0, 0).must()
        assert row(town, "r1").split()[4] == str(n + 1)
    done(town, "r1", 0, 0).must()
    assert row(town, "r1") is None
    done(town, "r1", 0, 1).must()
    assert row(town, "r1") is None, "what comes later brings nobody back"


def test_it_is_ones_own_and_the_account_is_judged(town):
    switch(town, "r1", epoch=7).no("signed_out")
    switch(town, "r1").must()
    switch(town, "r1", on=0).must()
    assert row(town, "r1") is None
    town.act("notices_seen", "r1", "resident", "", 3, subject="r1", epoch=1).no("signed_out")


def test_a_hundred_thousand_are_the_most(town):
    town.client.call("EVAL", "for i = 1, 100000 do redis.call('HSET', KEYS[1], i, ARGV[1]) end", 1,
                     town.key("mailing"), "resident - x 0 0 0")
    switch(town, "r1").no("mailing_full", most=100000)


def test_of_many_events_only_the_newest_are_kept_and_each_is_told_once(town):
    tender = int(town.tender().must()["tender"])
    for _ in range(30):
        town.proposal(tender, 10).must()
    told = notices(town, "r1").items_of
    assert [item["kind"] for item in told] == ["round_opened"], "proposals concern the body"
    body = town.look("notices", "a:x", "clerk", "trees", 0, 0, 100).items_of
    assert len({item["seq"] for item in body}) == len(body) >= 30
    town.pledge("r1", 1, 20).must()
    town.now += 1
    town.act("proposal_withdraw", 1, "").must()
    first = next(item for item in notices(town, "r1").items_of
                 if item["kind"] != "tender_closes_soon")
    assert first["kind"] == "proposal_withdrawn"
    assert (first["how"], first["amount"]) == ("proposal", "20")
    assert notices(town, "r1", since=int(first["at"])).items_of == []
