"""A posted code makes one resident, once, and leads back to what is theirs."""
import threading

import pytest

from commons import Commons
from commons_fixture import commons, redis  # noqa: F401
from people import People, digest_of, hash_of
from redis_server import RedisError


@pytest.fixture
def town(commons):
    commons.create().must()
    return People(commons)


def test_codes_are_issued_by_area_and_the_log_has_only_how_many(town):
    commons = town.commons
    first, second, third = town.candidates([0, 0, 1])
    town.issue_these([first, second, third]).must(seq=1, batch=1, taken="0,1,2")
    assert list(commons.last("codes_issued").items())[3:] == [
        ("kind", "codes_issued"), ("issued", "0:2,1:1")]
    assert commons.hash("issued") == {"0": "2", "1": "1"}
    assert town.code(third[0])[:2] == ["1", "o"]
    assert town.code(third[0])[4:] == ["1", third[1], "-", "0", "-"]
    town.issue([1])
    assert commons.hash("issued") == {"0": "2", "1": "2"}
    assert commons.hash("counts") == {"batch": "2"}
    town.books()


def test_a_serial_that_is_taken_is_replaced_by_a_spare(town):
    kept = town.candidates([0])[0]
    town.issue_these([kept]).must()
    clash = (kept[0], "f" * 32, 1, "")
    one, spare = town.candidates([0, 0])
    blind = spare[0], spare[1], "", ""
    town.issue_these([one, clash, blind], wanted=2).must(taken="0,2")
    assert town.code(kept[0])[5] == kept[1], "the taken serial keeps its code"
    assert town.code(spare[0])[:1] == ["1"], "the spare stands for the second one wanted"
    before = town.commons.c()["seq"]
    town.issue_these([clash, one], wanted=2).no("serials_taken", free=0, wanted=2)
    assert town.commons.c()["seq"] == before


def test_codes_need_a_time_to_be_good_in_and_members(town):
    now = town.commons.now
    town.issue_these(town.candidates([0]), expires=now).no("expires_too_soon", expires=now, now=now)
    town.issue_these(town.candidates(["nobody"])).no("resident_unknown")
    town.commons.register("ada").must()
    town.commons.leave("ada").must()
    town.issue_these(town.candidates(["ada"])).no("resident_unknown")


@pytest.mark.parametrize("rows, wanted", [
    ([("S0001", "f" * 32, 2, "")], 1), ([("S0001", "f" * 32, "", "")], 1),
    ([("S0001", "f" * 32, 0, "ada")], 1), ([("S001", "f" * 32, 0, "")], 1),
    ([("S0001", "F" * 32, 0, "")], 1), ([("S0001", "f" * 31, 0, "")], 1),
    ([("S0001", "f" * 32, 0, ""), ("S0001", "e" * 32, 0, "")], 2),
    ([("S0001", "f" * 32, "", "-")], 1), ([("S0001", "f" * 32, "", "a b")], 1),
    ([("S0001", "f" * 32, 0, "")], 0), ([("S0001", "f" * 32, 0, "")], 2)])
def test_malformed_codes_raise_and_write_nothing(town, rows, wanted):
    town.commons.register("ada").must()
    before = town.commons.client.call("DEBUG", "DIGEST")
    with pytest.raises(RedisError, match="MALFORMED"):
        town.issue_these(rows, wanted=wanted)
    assert town.commons.client.call("DEBUG", "DIGEST") == before


def test_a_code_of_a_member_takes_their_area_and_revokes_the_one_before(town):
    commons = town.commons
    commons.register("ada", area=1).must()
    old, = town.issue(["ada"])
    assert town.code(old)[0] == "1" and town.code(old)[6] == "ada"
    new, = town.issue(["ada"])
    assert town.code(old)[1] == "r" and commons.hash("code_of")["ada"] == f"{new},{old}"
    town.redeem(old, "acc1").no("code_revoked")
    town.redeem(new, "acc1").must(resident="ada", area=1, recovered=0)
    third, = town.issue(["ada"])
    town.use(new).no("code_revoked")
    assert town.code(new)[1] == "r", "a letter that was used and lost serves nobody on paper"
    many = [town.issue(["ada"])[0] for _ in range(8)]
    assert commons.hash("code_of")["ada"].split(",") == many[::-1]
    assert town.code(third)[1] == "r" and town.code(third)[6] == "-", "the oldest is forgotten"


def test_redeeming_registers_grants_and_binds(town):
    commons = town.commons
    commons.fund(250).must()
    commons.register("ada").must()
    commons.open_round(100).must()
    serial, late = town.issue([1, 1])
    commons.now += 5
    answer = town.redeem(serial, "acc1", address="x" * 11).must(
        resident="q-" + serial, area=1, epoch=0, account="acc1", recovered=0, granted=1, replayed=0)
    first, second = commons.last("residents_registered", "code_redeemed")
    assert answer["seq"] == first["seq"]
    assert first["registered"] == "1:1" and first["grants"] == "1:1" and first["round"] == "1"
    assert list(second.items())[3:] == [("kind", "code_redeemed"), ("area", "1")]
    assert commons.hash("accounts") == {"q-" + serial: "acc1"}
    assert commons.hash("members") == {"acc1": "q-" + serial}
    assert commons.hash("redeemed") == {"1": "1"} and town.code(serial)[1] == "u"
    town.redeem(late, "acc2").must(granted=0)
    assert commons.c()["unallotted"] == 50, "the pool did not cover a third allotment"
    entry, = [e for e in town.journal("redeemed") if e["a"] == serial]
    assert (entry["area"], entry["address"], entry["at"]) == ("1", "x" * 11, str(commons.now))
    assert entry["b"] == str(commons.now - 5), "when the code was issued"
    commons.pledge("q-" + serial, 1, 1).no("proposal_unknown")
    town.books()


def test_the_same_request_again_is_answered_the_same(town):
    commons = town.commons
    commons.fund(1000).must()
    commons.register("ada").must()
    commons.open_round(100).must()
    serial, = town.issue([0])
    key = commons.fresh()
    first = town.redeem(serial, "acc1", key=key).must(replayed=0)
    commons.fund(1).must()
    commons.now += 101 * 86_400_000
    again = town.redeem(serial, "acc9", key=key).must(replayed=1)
    assert {**again, "replayed": "0", "at": first["at"], "granted": first["granted"]} == first
    town.redeem(serial, "acc9").no("code_used")
    town.books()


def test_fifty_at_once_redeem_one_code_once(redis, town):
    commons = town.commons
    commons.fund(5000).must()
    commons.register("ada").must()
    commons.open_round(100).must()
    serial, = town.issue([0])
    before, answers, gate = commons.c(), [], threading.Barrier(50)

    def one(number):
        mine = commons_on(redis.client(), commons)
        gate.wait()
        answers.append(People(mine).redeem(serial, f"acc{number}", resident="ben",
                                           key=number.to_bytes(8, "big")))
    threads = [threading.Thread(target=one, args=(n,)) for n in range(1000, 1050)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(str(a.code) for a in answers) == ["None"] + ["code_used"] * 49
    after = commons.c()
    assert after["free"] == before["free"] + 100 and after["seq"] == before["seq"] + 2
    assert len(commons.hash("members")) == 1 and commons.hash("n") == {"0": "2"}
    town.books()


def commons_on(client, like):
    """The same community over another connection; nothing is loaded, nothing checked between."""
    mine = Commons.__new__(Commons)
    mine.__dict__.update(vars(like))
    mine.client, mine.checked = client, False
    return mine


def test_an_expired_or_revoked_code_says_so_only_to_who_has_the_secret(town):
    commons = town.commons
    soon = commons.now + 1000
    short, = town.issue([0], expires=soon)
    one, two, three = town.issue([0, 0, 1])
    commons.now = soon
    town.redeem(short, "acc1").no("code_expired", expired=soon)
    town.use(short).no("code_expired", expired=soon)
    town.redeem(short, "acc1", secret="wrong").no("code_wrong")
    town.revoke(one, "ZZZZZ").must(revoked=1, more=0)
    town.redeem(one, "acc1").no("code_revoked")
    town.revoke(one).must(revoked=0)
    town.redeem(two, "acc1").must()
    town.revoke(batch=2).must(revoked=1)
    assert [town.code(s)[1] for s in (one, two, three)] == ["r", "u", "r"]
    commons.look("code_state", short).must(state="open", expires=soon, used=0)
    commons.look("code_state", two).must(state="used", used=commons.now)
    commons.look("code_state", "ZZZZZ").no("code_unknown")
    items = commons.look("codes", 0, 100).must(issued="0:3,1:1", redeemed="0:1", next=0).items_of
    assert sorted(i["serial"] for i in items) == sorted([short, one, two, three])
    assert hash_of(one) not in repr(items), "no reader shows what a secret can be tried against"


def test_a_new_letter_brings_somebody_back_to_their_account(town):
    commons = town.commons
    commons.register("ada").must()
    first, = town.issue(["ada"])
    town.redeem(first, "acc1").must(account="acc1")
    again, = town.issue(["ada"])
    town.redeem(again, "stranger", subject="stranger").no("code_of_another")
    assert town.code(again)[1] == "o"
    town.redeem(again, "fresh").must(account="acc1", recovered=1, resident="ada")
    assert commons.hash("accounts") == {"ada": "acc1"}
    assert commons.hash("members") == {"acc1": "ada"}
    own, = town.issue(["ada"])
    town.redeem(own, "acc1", subject="acc1").must(account="acc1", recovered=0)


def test_a_second_code_of_one_account_makes_no_second_resident(town):
    commons = town.commons
    first, second = town.issue([0, 1])
    town.redeem(first, "acc1").must()
    before = commons.c()["seq"]
    for _ in range(2):
        town.redeem(second, "acc1", subject="acc1").no("member_already")
    assert commons.c()["seq"] == before and town.code(second)[1] == "o"
    found, = town.review()
    assert found == {"number": "1", "at": str(commons.now), "reason": "second_code",
                     "resident": "q-" + second, "other": "q-" + first, "area": "1"}
    commons.act("review_resolve", 1, 1).no("review_not_acceptable", reason="second_code")
    commons.act("review_resolve", 1, 0).must()
    assert town.review() == []
    with pytest.raises(RedisError, match="MALFORMED account"):
        town.redeem(second, "acc2", subject="acc1")
    with pytest.raises(RedisError, match="MALFORMED key_hash"):
        town.redeem(second, "acc2", key=b"")


def test_a_code_serves_for_paper_before_and_after_it_is_redeemed(town):
    commons = town.commons
    commons.fund(1000).must()
    commons.register("ada").must()
    commons.open_round(100).must()
    serial, = town.issue([1])
    town.use(serial).must(resident="q-" + serial, area=1, epoch=0, granted=1)
    assert commons.last("residents_registered")["registered"] == "1:1"
    before = commons.c()["seq"]
    town.use(serial).must(resident="q-" + serial)
    town.redeem(serial, "acc1").must(resident="q-" + serial)
    assert commons.last("code_redeemed")["seq"] == str(before), "registered already: one record"
    town.use(serial).must(resident="q-" + serial)
    assert commons.c()["granted"] == 200, "one allotment by whatever channel"
    assert len(town.journal("used")) == 3 and town.journal("used")[0]["b"] == "helper-1"
    town.use(serial, epoch=1).no("signed_out")
    town.books()


def test_a_thousand_codes_in_one_call_take_two_people(town):
    rows = town.candidates([0, 1] * 500)
    digest = digest_of("issue", 1000)
    town.issue_these(rows, person="a:one", digest=digest).must(pending=1)
    assert town.commons.hash("issued") == {} and "codes_issued" not in [
        r["kind"] for r in town.commons.log()]
    town.issue_these(rows, person="a:two", digest=digest).must(batch=1)
    assert town.commons.hash("issued") == {"0": "500", "1": "500"}
    town.revoke(batch=1).must(revoked=1000, more=0)
    town.books()
