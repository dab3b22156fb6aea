"""A community is created once, keeps its seq from 0, and forgets no key for a day."""
import json
import pathlib
import re

import pytest

import ledger_library
from commons import DAY_MS, HASH, T0, Commons
from commons_fixture import commons, redis  # noqa: F401
from redis_server import RedisError

ROOT = pathlib.Path(__file__).resolve().parent.parent


def test_a_community_begins_its_log_at_0_with_nothing_in_the_pool(commons):
    commons.create(areas="north,south", least=5).must(seq=0, at=T0, replayed=0)
    record = commons.last("community_created")
    assert list(record.items()) == [
        ("v", "1"), ("seq", "0"), ("at", str(T0)), ("kind", "community_created"),
        ("currency", "GBP"), ("areas", "north,south"), ("area_residents_min", "5"),
        ("text", HASH)]
    c = commons.c()
    assert c["seq"] == 1 and c["funds"] == 0 and c["round"] == 0 and c["open"] == 0
    assert commons.client.call("GET", commons.key("x:c")) == b"{}"


def test_how_many_members_a_body_needs_is_in_the_log_where_it_needs_any(commons):
    commons.create(members_min=8).must(seq=0)
    assert list(commons.last("community_created").items())[6:] == [
        ("area_residents_min", "1"), ("members_min", "8"), ("text", HASH)]
    commons.look("community_view").must(members_min=8)


def test_a_slug_is_taken_once_but_the_same_key_is_answered_again(commons):
    key = commons.fresh()
    commons.create(key=key).must(seq=0)
    commons.create(key=key).must(seq=0, replayed=1)
    commons.create(key=key, body=b"else").no("key_reused")
    commons.create().no("community_exists")
    assert commons.c()["seq"] == 1


def test_an_act_on_no_community_is_refused(commons):
    commons.fund(1).no("community_unknown")
    commons.look("totals").no("community_unknown")
    commons.settle().no("community_unknown")


def test_a_signed_out_subject_is_refused_until_it_signs_in_again(commons):
    commons.create().must()
    commons.fund(1, subject="officer").must()
    seq = commons.c()["seq"]
    commons.act("staff_sign_out", "officer").must(seq=seq - 1)
    commons.fund(1, subject="officer").no("signed_out")
    commons.fund(1, subject="officer", epoch=1).must()
    commons.fund(1, subject="other").must()
    assert [r["kind"] for r in commons.log()].count("fund_added") == 3


def test_what_shows_when_it_began_is_refused_where_it_was_signed_out_since(commons):
    """A session or a program's key knows no epoch of the community's."""
    commons.create().must()
    commons.fund(1, subject="org", epoch=T0 - 5000).must()
    commons.act("staff_sign_out", "org").must()
    for began in (T0 - 5000, T0):
        commons.fund(1, subject="org", epoch=began).no("signed_out")
    commons.fund(1, subject="org", epoch=T0 + 1).must()
    commons.now += 10
    commons.act("staff_sign_out", "org").must()
    commons.fund(1, subject="org", epoch=T0 + 1).no("signed_out")
    commons.fund(1, subject="org", epoch=1).no("signed_out")
    commons.fund(1, subject="org", epoch=2).must()
    commons.client.call("HSET", commons.key("staff"), "older", 1)  # written before it knew times
    commons.fund(1, subject="older", epoch=T0).must()
    commons.fund(1, subject="older").no("signed_out")


def test_the_same_key_answers_the_same_seq_and_another_body_is_refused(commons):
    commons.create().must()
    key = commons.fresh()
    commons.fund(10, key=key).must(seq=1, fund=1, replayed=0)
    commons.fund(20).must(seq=2, fund=2)
    commons.fund(10, key=key).must(seq=1, fund=1, replayed=1)
    commons.fund(10, key=key, body=b"BODY").no("key_reused")
    commons.fund(10, key=key, subject="another").must(seq=3, replayed=0)
    assert commons.c()["funds"] == 40


def test_a_key_is_known_for_a_day_and_the_last_128_are_kept(commons):
    commons.create().must()
    commons.checked = False
    keys = [commons.fresh() for _ in range(129)]
    for key in keys:
        commons.act("staff_sign_out", "somebody", key=key).must(replayed=0)
    commons.act("staff_sign_out", "somebody", key=keys[1]).must(replayed=1)
    commons.act("staff_sign_out", "somebody", key=keys[0]).must(replayed=0)
    commons.now += DAY_MS
    commons.act("staff_sign_out", "somebody", key=keys[50]).must(replayed=1)
    commons.now += 1
    commons.act("staff_sign_out", "somebody", key=keys[51]).must(replayed=0)
    assert commons.client.call("STRLEN", commons.key("k:operator")) == 128 * 27
    assert 0 < commons.client.call("PTTL", commons.key("k:operator")) <= DAY_MS


def test_time_never_runs_backwards_in_the_log(commons):
    commons.create().must()
    commons.fund(1, now=T0 + 500).must(at=T0 + 500)
    commons.fund(1, now=T0 + 100).must(at=T0 + 500)
    assert [r["at"] for r in commons.log()] == [str(T0), str(T0 + 500), str(T0 + 500)]


def test_clocks_that_differ_by_more_than_a_minute_are_refused(commons):
    careful = Commons(commons.client, library=ledger_library.assemble(skew_max_ms=60000))
    seconds, micros = (int(part) for part in commons.client.call("TIME"))
    careful.now = seconds * 1000 + micros // 1000
    careful.create(now=careful.now + 70_000).no("clock_skew")
    careful.create(now=careful.now - 70_000).no("clock_skew")
    careful.create(now=careful.now - 30_000).must()
    answer = careful.fund(1, now=careful.now - 70_000).no("clock_skew")
    assert 69_000 < int(answer["skew"]) < 100_000


@pytest.mark.parametrize("own", [
    ("oak", "gbp", "north", 1, 0), ("oak", "GBP", "", 1, 0), ("oak", "GBP", "north,north", 1, 0),
    ("oak", "GBP", "north,", 1, 0), ("oak", "GBP", "No Rth", 1, 0), ("ash", "GBP", "north", 1, 0),
    ("oak", "GBP", ",".join(f"a{i}" for i in range(65)), 1, 0), ("oak", "GBP", "north", "nan", 0),
    ("oak", "GBP", "north", 1, 1001)])
def test_a_malformed_community_raises_and_nothing_is_written(commons, own):
    with pytest.raises(RedisError, match="MALFORMED"):
        commons.act("community_create", *own, HASH, "{}")
    assert commons.client.call("DBSIZE") == 0


def test_every_refusal_in_the_functions_is_in_the_list_and_the_other_way_round():
    used = set()
    for path in ledger_library.files():
        used |= set(re.findall(r"refuse\('(\w+)'", path.read_text(encoding="utf-8")))
    rows = json.loads((ROOT / "schemas" / "refusals.json").read_text(encoding="utf-8"))["refusals"]
    listed = {row["code"] for row in rows}
    by_acts = {row["code"] for row in rows if not set(row["given_by"]) <= {"desk", "http"}}
    assert used <= listed
    assert by_acts <= used


def test_functions_stay_short_and_lines_narrow():
    for path in ledger_library.files():
        lines = path.read_text(encoding="utf-8").splitlines()
        assert lines[0].startswith(f"-- {path.name} -- "), path.name
        assert len(lines) <= 300, path.name
        begun = None
        for number, line in enumerate(lines, 1):
            assert len(line) <= 100, (path.name, number)
            if re.match(r"    (local )?function |function |local function ", line):
                begun = number, re.match(r" *", line).group() + "end"
            elif begun and line == begun[1]:
                assert number - begun[0] < 40, (path.name, begun[0])
                begun = None
