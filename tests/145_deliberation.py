"""Needs and deliberation, asked of the functions themselves: who may, what is bounded, what is kept
of whom, what an erasure takes, and the gate that holds pledging back."""
import pytest

from commons import DAY_MS, HASH, T0, wallet_of
from commons_fixture import commons, redis  # noqa: F401
from redis_server import RedisError



def place(commons, **rule):
    commons.create(areas="north,south").must()
    commons.fund(1000).must()
    commons.register(*[f"r{i}" for i in range(1, 7)]).must()
    commons.register("s1", "s2", area=1).must()
    commons.open_round(100, closes=T0 + 60 * DAY_MS).must()
    commons.tender(late=1, closes=T0 + 30 * DAY_MS, **rule).must()
    return commons


def author(resident):
    return wallet_of(resident, 0)


def test_only_a_member_speaks_and_for_nobody_else(commons):
    place(commons)
    commons.say("nobody", 1).no("resident_unknown")
    commons.leave("r1").must()
    commons.say("r1", 1, epoch=1).no("resident_unknown")
    commons.say("r2", 1, epoch=1).no("signed_out")
    with pytest.raises(RedisError, match="MALFORMED resident"):
        commons.act("talk_add", "r2", author("r2"), 1, "for", HASH, "{}", subject="r3")
    for bad in ("", "agrees", "FOR"):
        with pytest.raises(RedisError, match="MALFORMED sort"):
            commons.say("r2", 1, bad)
    assert not [r for r in commons.log() if r["kind"].startswith("talk")]


def test_no_row_leads_from_a_resident_to_what_they_said(commons):
    place(commons)
    commons.say("r2", 1).must(talk=1)
    commons.stance("r2", 1).must()
    commons.speak("need_raise", "r2", HASH, "{}").must()
    keys = commons.client.call("KEYS", commons.key("*"))
    assert commons.key("k:" + author("r2")).encode() in keys
    assert not [key for key in keys if key.endswith(b":k:r2")]
    for name in ("talk:1", "need:1"):
        assert commons.hash(name)["author"] == author("r2")
    assert commons.client.call("TYPE", commons.key("said:" + author("r2"))) == b"set"
    assert "r2" not in str(commons.log()[-3:])


def test_a_retry_is_the_same_contribution(commons):
    place(commons)
    first = commons.say("r2", 1, key=b"12345678").must(talk=1)
    again = commons.say("r2", 1, key=b"12345678").must(talk=1, replayed=1, seq=first["seq"])
    assert again["at"] and commons.hash("talks:1")["n"] == "1"
    commons.say("r2", 1, key=b"12345678", body=b"BODY").no("key_reused")
    commons.say("r3", 1, key=b"12345678").must(talk=2)  # somebody else's key


def test_contributions_are_bounded_by_resident_tender_and_community(commons):
    place(commons)
    for n in range(20):
        commons.say("r1", 1).must(talk=n + 1)
    commons.say("r1", 1).no("talks_yours_too_many", talks=20, most=20)
    commons.client.call("HSET", commons.key("talks:1"), "n", 2000)
    commons.say("r2", 1).no("talks_too_many", talks=2000, most=2000)
    commons.client.call("HSET", commons.key("talks:1"), "n", 20)
    commons.client.call("SADD", commons.key("said:" + author("r2")),
                        *[f"k{n}" for n in range(100, 1100)])
    commons.say("r2", 1).no("said_too_many", said=1000, most=1000)
    commons.speak("need_raise", "r2", HASH, "{}").no("said_too_many", said=1000, most=1000)


def test_a_stance_keeps_the_area_of_its_first_time(commons):
    place(commons)
    commons.say("r1", 1).must()
    commons.stance("r2", 1, "agree").must()
    commons.leave("r2").must()
    commons.register("r2", area=1).must()
    commons.stance("r2", 1, "disagree", epoch=1).must()
    record = commons.log()[-1]
    assert (record["area"], record["agree"], record["disagree"]) == ("0", "0", "1")
    commons.stance("r2", 1, "", epoch=1).must()
    commons.stance("r2", 1, "pass", epoch=1).must()
    assert commons.log()[-1]["area"] == "1"
    assert commons.hash("talk:1")["a:1"] == "0 0 1"


def test_the_consensus_is_the_lowest_share_among_areas_that_say_enough(commons):
    place(commons)
    commons.register(*[f"t{i}" for i in range(5)], area=1).must()
    commons.say("r1", 1).must()
    for i in range(1, 5):
        commons.stance(f"r{i}", 1, "agree").must()
    for i in range(4):
        commons.stance(f"t{i}", 1, "agree" if i < 1 else "disagree").must()
    seen = commons.look("talk_view", 1, "", 0, "").must(agree=5, disagree=3, areas_n=0,
                                                        consensus=0, mean=0, division=750)
    assert (seen["areas_few"], seen["areas_agree"]) == ("0:0,1:0", "")
    commons.stance("r5", 1, "pass").must()
    commons.stance("t4", 1, "agree").must()
    seen = commons.look("talk_view", 1, "", 0, "").must(areas_n=2, consensus=400, mean=600)
    assert seen["areas_agree"] == "0:4,1:2" and seen["areas_pass"] == "0:1,1:0"
    score = commons.client.call("ZSCORE", commons.key("agreed:1"), 1)
    assert int(score) == (400 << 32) + 1


def test_a_need_below_the_trusts_line_gathers_and_at_it_waits(commons):
    place(commons)
    commons.act("community_set", "", "", "", "", "", "", "", 2).must()
    commons.speak("need_raise", "r1", HASH, "{}").must(need=1)
    for resident, state in (("r2", "gathering"), ("s1", "waiting")):
        commons.speak("need_second", resident, 1).must()
        commons.look("need_view", 1, "", 0, "").must(state=state)
    commons.act("need_answer", 1, "trees", "trees", 0, HASH, "{}").must()
    commons.look("need_view", 1, "", 0, "").must(state="answered", answer_body="trees")
    assert commons.hash("raisers") == {author("r1"): "0"}


def test_erasing_takes_every_version_and_leaves_rows_hashes_and_counts(commons):
    place(commons)
    commons.say("r1", 1, said="first").must()
    commons.speak("talk_edit", "r1", 1, HASH, "second").must()
    commons.speak("need_raise", "r1", HASH, "need").must()
    commons.say("r2", 1, said="another's").must()
    commons.stance("r2", 1).must()
    commons.act("talk_hide", 1, "", "spam", HASH, "they said second").must()
    before = commons.log()
    wallet = wallet_of("r1", commons.round())
    commons.act("resident_erase", "r1", commons.round(), wallet, 0, "", "", author("r1")).must()
    for key in ("xk:1", "x:n1", "said:" + author("r1")):
        assert commons.client.call("EXISTS", commons.key(key)) == 0
    assert commons.client.call("HGET", commons.key("xk:2"), "1") == b"another's"
    assert commons.hash("talk:1")["agree"] == "1" and commons.log()[:len(before)] == before
    commons.look("talk_view", 1, "", 0, "").must(text="", explanation="", state="hidden")
    commons.look("said", author("r1"), 0, 100).must(next=0)
    # who comes back finds their contributions, and what they write then goes with them, too
    commons.register("r1").must()
    commons.speak("talk_appeal", "r1", 1, HASH, "third", epoch=1).must()
    assert len(commons.look("said", author("r1"), 0, 100).items_of) == 1


def test_who_looks_with_an_old_token_is_told(commons):
    place(commons)
    commons.say("r1", 1).must()
    look = ("talk_view", 1, "r1")
    commons.look(*look, 0, author("r1")).must(mine=1)
    commons.look(*look, 1, author("r1")).no("signed_out")
    commons.look("talks", 1, "r9", 0, author("r9"), "", "", 0, "newest", 0, 10).no(
        "resident_unknown")
    with pytest.raises(RedisError, match="MALFORMED"):
        commons.look("talk_view", 1, "r1", 0, "")


@pytest.mark.parametrize("own", [
    ("talks", 1, "", 0, "", "verse", "", 0, "newest", 0, 10),
    ("talks", 1, "", 0, "", "", "2", 0, "newest", 0, 10),
    ("talks", 1, "", 0, "", "", "", 0, "loudest", 0, 10),
    ("talks", 1, "", 0, "", "", "", 0, "newest", 0, 0),
    ("talks", 1, "", 0, "", "", "", 0, "newest", "-1", 10),
    ("needs", "", 0, "", "lost", "newest", 0, 0, 10),
    ("needs", "", 0, "", "", "agreed", 0, 0, 10)])
def test_what_no_list_can_be_raises(commons, own):
    place(commons)
    with pytest.raises(RedisError, match="MALFORMED"):
        commons.look(*own)


def test_a_list_of_many_is_walked_in_bounded_steps(commons):
    place(commons)
    commons.checked = False
    people = [f"p{i}" for i in range(30)]
    commons.register(*people).must()
    for n in range(600):
        commons.say(people[n // 20], 1, "question" if n < 3 else "for").must()
    seen, after, steps = [], 0, 0
    while True:
        answer = commons.look("talks", 1, "", 0, "", "question", "", 0, "newest", after, 50)
        seen += [int(item["talk"]) for item in answer.must().items_of]
        after, steps = int(answer["next"]), steps + 1
        if not after:
            break
    assert seen == [3, 2, 1] and 2 <= steps <= 4


# ---- the gate ----------------------------------------------------------------------------------

def short(answer, **missing):
    answer.no("deliberation_short", **{**dict.fromkeys(("days", "contributors", "sides",
                                                        "summary"), 0), **missing})


def test_pledging_opens_when_the_declared_deliberation_has_happened(commons):
    place(commons, days=7, contributors=2)
    commons.act("tender_publish", 1, "").must()
    short(commons.open_tender(1), days=7, contributors=2, summary=1)
    commons.now += 2 * DAY_MS + 1
    short(commons.open_tender(1), days=5, contributors=2, summary=1)
    commons.say("r1", 1, "for").must()
    commons.say("r1", 1, "question").must()
    short(commons.open_tender(1), days=5, contributors=1, sides=1, summary=1)
    commons.say("r2", 1, "against").must()
    commons.act("talk_summary", 1, "trees", HASH, "{}").must()
    short(commons.open_tender(1), days=5)
    commons.now = T0 + 7 * DAY_MS - 1
    short(commons.open_tender(1), days=1)
    commons.now += 1
    commons.open_tender(1).must()
    record = commons.last("tender_opened")
    assert (record["contributors"], record["talks"]) == ("2", "3")


def test_a_summary_must_be_younger_than_the_last_amendment(commons):
    place(commons)
    commons.act("tender_publish", 1, "").must()
    commons.say("r1", 1, "amendment").must(talk=1)
    short(commons.open_tender(1), summary=1)
    commons.act("talk_summary", 1, "", HASH, "{}").must()
    commons.speak("talk_edit", "r1", 1, HASH, "{}").must()
    short(commons.open_tender(1), summary=1)
    commons.say("r2", 1, "question").must()
    commons.act("talk_summary", 1, "", HASH, "{}").must()
    commons.say("r2", 1, "question").must()
    commons.open_tender(1).must()


def test_a_hidden_argument_does_not_count_until_the_trust_shows_it(commons):
    place(commons)
    commons.act("tender_publish", 1, "").must()
    commons.say("r1", 1, "for").must()
    commons.say("r2", 1, "against").must(talk=2)
    commons.act("talk_summary", 1, "", HASH, "{}").must()
    commons.act("talk_hide", 2, "trees", "abuse", HASH, "{}").must()
    short(commons.open_tender(1), sides=1)
    commons.speak("talk_appeal", "r2", 2, HASH, "{}").must()
    commons.act("talk_ruling", 2, 0, HASH, "{}").must()
    commons.open_tender(1).must()


def test_where_nothing_was_declared_and_nothing_said_nothing_holds_it_back(commons):
    place(commons)
    commons.act("tender_publish", 1, "").must()
    commons.open_tender(1).must()
    assert "contributors" not in commons.last("tender_opened")


def test_amendments_end_where_pledging_opens_and_the_rest_goes_on(commons):
    place(commons)
    commons.act("tender_publish", 1, "").must()
    commons.say("r1", 1, "for").must(talk=1)
    commons.say("r1", 1, "against").must()
    commons.act("talk_summary", 1, "", HASH, "{}").must()
    commons.open_tender(1).must()
    commons.say("r2", 1, "amendment").no("talk_closed", state="open")
    commons.say("r2", 1, "question").must()
    commons.stance("r2", 1).must()
    commons.now = T0 + 30 * DAY_MS
    commons.say("r2", 1, "question").no("talk_closed", state="lapsed")
    commons.stance("r2", 1, "pass").no("talk_closed", state="lapsed")


def test_where_a_register_is_asked_for_nothing_is_said_of_a_draft(commons):
    commons.create(members_min=8).must()
    commons.register("r1").must()
    commons.tender().must()
    commons.say("r1", 1).no("talk_closed", state="draft")
    commons.act("talk_summary", 1, "", HASH, "{}").no("talk_closed", state="draft")
