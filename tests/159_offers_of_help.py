"""Help in kind: offered beside tokens, counted by itself, in no record, gone with who leaves."""
import json

import pytest

from commons import HASH, wallet_of
from commons_fixture import commons, redis  # noqa: F401
from redis_server import RedisError

SALT = "0" * 32


def asking(*things):
    """A stored text: a salt, and JSON with what help is asked for."""
    return SALT + json.dumps({"title": "x", "help": [
        {"what": what, "unit": unit, "wanted": wanted} for what, unit, wanted in things]})


def market(commons, things=(("Digging", "hours", 20), ("A hall", "rooms", 1)), residents=3):
    commons.market(residents=residents, late=1, awards_max=2)
    commons.act("proposal_submit", 1, "", 80, HASH, asking(*things)).must(proposal=2)
    return commons


def offer(commons, resident, n, item=1, proposal=2, **how):
    return commons.act("help_offer", resident, proposal, item, n, subject=resident, **how)


def view(commons, proposal=2):
    return commons.look("proposal_view", proposal).must()


def mine(commons, resident):
    seen = commons.look("offers", resident).must()
    return [(i["proposal"], i["item"], i["n"]) for i in seen.items_of]


def test_159_offers_add_up_by_item_and_are_taken_back(commons):
    market(commons)
    size = commons.c()["seq"]
    view(commons).has(help=2, help_offered="", help_people="")
    offer(commons, "r1", 3).must(proposal=2, item=1, n=3, offered=3, people=1)
    offer(commons, "r2", 10).must(offered=13, people=2)
    offer(commons, "r1", 5).must(offered=15, people=2)
    offer(commons, "r1", 1, item=2).must(offered=1, people=1)
    offer(commons, "r1", 1, item=2).must(offered=1, people=1)
    view(commons).has(help_offered="1:15,2:1", help_people="1:2,2:1")
    assert mine(commons, "r1") == [("2", "1", "5"), ("2", "2", "1")]
    offer(commons, "r1", 0).must(n=0, offered=10, people=1)
    offer(commons, "r1", 0).must(offered=10, people=1)
    offer(commons, "r1", 0, item=2).must(offered=0, people=0)
    assert mine(commons, "r1") == [] and mine(commons, "r2") == [("2", "1", "10")]
    assert commons.hash("offers") == {"r2": "2"} and commons.hash("on:2") == {"1": "10 1"}
    assert commons.c()["seq"] == size, "an offer is no record"
    view(commons, 1).has(help=0, help_offered="", help_people="")


def test_159_it_is_a_residents_own_act(commons):
    market(commons)
    key = commons.fresh()
    offer(commons, "r1", 3, key=key).must(replayed=0)
    offer(commons, "r2", 4).must(offered=7)
    offer(commons, "r1", 3, key=key).must(replayed=1)
    offer(commons, "r1", 4, key=key, body=b"else").no("key_reused")
    offer(commons, "r1", 4, epoch=1).no("signed_out")
    offer(commons, "nobody", 4).no("resident_unknown")
    with pytest.raises(RedisError, match="MALFORMED resident"):
        commons.act("help_offer", "r1", 2, 1, 4, subject="r2")
    view(commons).has(help_offered="1:7")


def test_159_what_is_not_asked_for_cannot_be_offered(commons):
    market(commons)
    offer(commons, "r1", 1, proposal=9).no("proposal_unknown", proposal=9)
    for item in (0, 3, 9):
        offer(commons, "r1", 1, item=item).no("help_unknown", item=item, items=2)
    offer(commons, "r1", 1, proposal=1).no("help_unknown", item=1, items=0)
    for n in ("10001", "-1", "nan"):
        with pytest.raises(RedisError, match="MALFORMED n"):
            offer(commons, "r1", n)


def test_159_a_text_that_asks_for_nothing_that_can_be_read_asks_for_nothing(commons):
    market(commons)
    for n, text in enumerate(("", "x" * 40, SALT + "[1]", SALT + '{"help":5}', SALT + "null",
                              SALT + '{"help":' + "[" * 2000), 3):
        commons.act("proposal_submit", 1, "", 80, HASH, text).must(proposal=n)
        view(commons, n).has(help=0)
    many = asking(*[("x", "things", 1)] * 9)
    commons.act("proposal_submit", 1, "", 80, HASH, many).must(proposal=9)
    view(commons, 9).has(help=8)


def test_159_a_commission_can_be_helped_and_what_has_ended_cannot(commons):
    market(commons, residents=4)
    commons.act("proposal_submit", 1, "", 90, HASH, asking(("Cakes", "things", 9))).must(proposal=3)
    for proposal in (2, 3):
        offer(commons, "r1", 2, proposal=proposal).must()
    commons.act("proposal_withdraw", 3, "").must()
    offer(commons, "r1", 3, proposal=3).no("proposal_withdrawn")
    offer(commons, "r1", 0, proposal=3).must(offered=0)
    commons.pledge("r1", 2, 50).must()
    commons.pledge("r2", 2, 50).must(activated=1)
    offer(commons, "r2", 4).must(offered=6)
    commons.act("proposal_submit", 1, "", 90, HASH, asking(("Tea", "things", 9))).must(proposal=4)
    offer(commons, "r1", 1, proposal=4).must()
    commons.act("round_close", 1).must()
    offer(commons, "r1", 2, proposal=4).no("tender_closed", state="lapsed")
    offer(commons, "r1", 0, proposal=4).must(people=0)


def test_159_who_leaves_or_is_erased_offers_nothing_any_more(commons):
    market(commons)
    for resident in ("r1", "r2", "r3"):
        offer(commons, resident, 2).must()
    offer(commons, "r1", 1, item=2).must()
    commons.leave("r1").must()
    view(commons).has(help_offered="1:4", help_people="1:2")
    offer(commons, "r1", 2, epoch=1).no("resident_unknown")
    commons.act("resident_erase", "r2", 1, wallet_of("r2", 1), 0, "", "").must()
    view(commons).has(help_offered="1:2", help_people="1:1")
    commons.look("offers", "r2").no("resident_unknown")
    assert commons.hash("offers") == {"r3": "2"} and set(commons.hash("of:2")) == {"r3"}


def test_159_a_resident_offers_help_to_so_many_and_no_more(commons):
    market(commons)
    for n in range(3, 36):
        commons.act("proposal_submit", 1, "", 80, HASH, asking(("x", "skill", 1))).must(proposal=n)
    for n in range(2, 34):
        offer(commons, "r1", 1, proposal=n).must()
    offer(commons, "r1", 1, proposal=34).no("offers_too_many", offers=32, most=32)
    offer(commons, "r1", 9, proposal=33).must(n=9)
    offer(commons, "r1", 0, proposal=2).must()
    offer(commons, "r1", 1, proposal=34).must()
    assert len(mine(commons, "r1")) == 32


def amend(commons, *things):
    return commons.act("proposal_amend", 2, 80, HASH, asking(*things), "")


def test_159_an_amendment_that_asks_for_other_help_ends_the_offers(commons):
    commons.create().must()
    commons.register("r1", "r2").must()
    commons.tender().must()
    commons.act("proposal_submit", 1, "", 80, HASH, "{}").must(proposal=1)
    commons.act("proposal_submit", 1, "", 80, HASH, asking(("Digging", "hours", 20))).must()
    offer(commons, "r1", 3).must()
    amend(commons, ("Digging", "hours", 5), ("A hall", "rooms", 1)).must()
    view(commons).has(help=2, help_offered="1:3")
    offer(commons, "r1", 1, item=2).must()
    amend(commons, ("A hall", "rooms", 1), ("Digging", "hours", 5)).must()
    view(commons).has(help=2, help_offered="", help_people="")
    assert mine(commons, "r1") == [] and commons.hash("offers") == {"r1": "2"}
    offer(commons, "r1", 1).must(offered=1, people=1)
    offer(commons, "r2", 1).must(offered=2, people=2)
    assert commons.hash("offers") == {"r1": "2", "r2": "2"}
    commons.act("proposal_amend", 2, 80, HASH, "{}", "").must()
    view(commons).has(help=0, help_offered="")
    offer(commons, "r1", 1).no("help_unknown", item=1, items=0)
    commons.act("resident_leave", "r1", 0, "").must()
    assert commons.hash("offers") == {"r2": "2"}
