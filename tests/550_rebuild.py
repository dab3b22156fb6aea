"""Redis is wiped, and `rebuild` makes it again from the log: every key is what the functions left.

What the log does not hold is put back by hand where a test goes on pledging: the register of
residents, which a backup would bring.
"""
import random
import subprocess
import time

import pytest

from commons import Commons, DAY_MS, HASH, wallet_of
from logs import dump, keep_tally_key, make_log, opened_records, random_story, records_of, verb
from redis_server import RedisServer
from server import BINARY

ORIGIN = "example.org/oak"
NOT_IN_THE_LOG = ("x:", "k:", "files", "hi:", "events", "noticed", "mailing", "residents",
                  "staff", "codes", "code_of", "b:", "counts", "accounts", "members", "mh:", "mr",
                  "gone", "helped", "journal", "tries", "review")


@pytest.fixture(scope="module")
def redis():
    with RedisServer(appendfsync="always") as server:
        yield server


@pytest.fixture
def commons(redis):
    client = redis.client()
    client.call("FLUSHALL")
    return Commons(client)


def row_without_keys(row):
    return row[:3] + b"\0" + row[4:4 + 16 * row[2]]


def ledger_of(client, slug="oak"):
    """What must be the same: without remembered keys, and wallets that never pledged."""
    keys = {}
    for name, value in dump(client, slug).items():
        if name.startswith(NOT_IN_THE_LOG):
            continue
        if name.startswith("w:"):
            value = {wallet: row_without_keys(row) for wallet, row in value.items()}
        if name.startswith("p:"):  # who submitted it, and what they asked for
            value = {k: v for k, v in value.items() if k not in (b"by", b"merging", b"asked")}
        keys[name] = value
    return keys


def same(before, after, log):
    pledged = {r["wallet"].encode() for r in opened_records(log) if "wallet" in r}
    for name in before.keys() | after.keys():
        is_, was = after.get(name), before.get(name)
        if name.startswith("w:"):
            was = {w: row for w, row in (was or {}).items() if w in pledged} or None
        assert is_ == was, (name, is_, was)


def rebuild(redis, log, *more, code=0):
    keep_tally_key(log.folder.parent, "oak")
    return verb("rebuild", log.folder, "--vkey", log.vkey, "--redis", f"unix:{redis.path}",
                "--data", log.folder.parent, *more, code=code)


@pytest.mark.parametrize("seed", range(6))
def test_every_key_is_what_the_functions_left(redis, commons, tmp_path, seed):
    random_story(commons, seed, 350)
    client = commons.client
    before, residents = ledger_of(client), client.call("HGETALL", commons.key("residents"))
    log = make_log(tmp_path / "oak", ORIGIN, records_of(client, "oak"))
    client.call("FLUSHALL")

    said = rebuild(redis, log)
    assert f"{len(log.records)} records" in said and "NOT restored" in said
    assert client.call("ZRANGE", "groundswell:communities", 0, -1) == [b"oak"]
    same(before, ledger_of(client), log.records)

    client.call("HSET", commons.key("residents"), *residents)
    go_on(Commons(client), commons, seed)
    records = records_of(client, "oak")
    longer = make_log(tmp_path / "longer", ORIGIN, records)
    assert "recount agrees" in verb("recount", longer.folder)
    verb("recount", "--community", "oak", "--redis", f"unix:{redis.path}")


def go_on(commons, earlier, seed):
    """A new round on the old ledger; and everything that was still open is asked once more."""
    commons.now, commons.checked = earlier.now + 1, False
    people = int(len(commons.client.call("HKEYS", commons.key("residents"))))
    for n in range(1, commons.c()["proposal_n"] + 1):
        commons.pledge(f"r{1 + (n + seed) % people}", n, 20)
        commons.withdraw(f"r{1 + n % people}", n)
    commons.now += 2 * DAY_MS
    while commons.settle()["more"] == "1":
        pass
    commons.fund(50_000).must()
    if not commons.c()["open"]:
        commons.open_round(100).must()
    tender = commons.tender(people_min=2).must()["tender"]
    proposal = commons.proposal(tender, 60).must()["proposal"]
    commons.open_tender(tender).must()
    members = [n for n in range(1, people + 1)
               if commons.pledge(f"r{n}", proposal, 40).code is None]
    assert len(members) >= 2
    assert commons.state(f"p{proposal}") == "a30"


def test_what_has_become_of_commissions_is_rebuilt(redis, commons, tmp_path):
    """One on its way with all that can be said of it, one that ended early, one untouched."""
    client, words = commons.client, (HASH, "{}")
    commons.create().must()
    commons.act("file_note", HASH, "pdf", 9, "a.pdf", 99).must()
    commons.fund(500).must()
    commons.fund(70, "parks").must()
    commons.register("r1", "r2", "r3").must()
    commons.open_round(150).must()
    commons.tender(theme="parks", ceiling=100, awards_max=3).must()
    commons.act("proposal_submit", 1, "", 100, *words, "1:60,2:40").must()
    for _ in range(2):
        commons.proposal(1, 90).must()
    commons.open_tender(1).must()
    for number in (1, 2, 3):
        for resident in ("r1", "r2"):
            commons.pledge(resident, number, 50).must()
    for act, *own in (
            ("contract_sign", 1, "", 5, 900, HASH, *words),
            ("evidence_add", 1, "", 1, HASH, *words), ("evidence_add", 1, "", 2, "", *words),
            ("variation_propose", 1, "", "1:70,2:30", 999, *words),
            ("variation_approve", 1, "", 1, "", ""),
            ("variation_propose", 1, "", "1:71,2:29", 0, *words),
            ("milestone_report", 1, "", 1, *words)):
        commons.act(act, *own).must()
    for act, who, more in (("milestone_confirm", "r1", ("", "")),
                           ("milestone_dispute", "r2", words)):
        commons.act(act, 1, wallet_of(who, 1), 1, 1, *more, subject=who).must()
    for act, *own in (
            ("milestone_accept", 1, "", 1, "", ""), ("payment_record", 1, "", 1, 45, *words),
            ("payment_record", 1, "", 1, 20, *words), ("outcome_report", 1, "", 7, *words),
            ("outcome_report", 1, "", "", *words), ("savings_note", 1, "", "1:500,2:70", *words),
            ("fund_withdraw", 1, 9), ("commission_terminate", 2, "", *words, "", "")):
        commons.act(act, *own).must()
    before = ledger_of(client)
    log = make_log(tmp_path / "oak", ORIGIN, records_of(client, "oak"))
    client.call("FLUSHALL")
    rebuild(redis, log)
    same(before, ledger_of(client), log.records)
    assert "recount agrees" in verb("recount", log.folder)
    verb("recount", "--community", "oak", "--redis", f"unix:{redis.path}")
    client.call("HSET", commons.key("cm:1"), "m1", "y 70 1 1 1 1")
    said = verb("recount", "--community", "oak", "--redis", f"unix:{redis.path}", code=1)
    assert "commission 1: m1 is `y 70 1 1 1 1` in Redis" in said


def test_a_market_in_full_swing_is_rebuilt(redis, commons, tmp_path):
    """Histograms of wide amounts, a proposal that waits for headroom, a fallen one."""
    client = commons.client
    commons.checked = False
    commons.create(areas="north,south").must()
    commons.fund(10_000_000, theme="").must()
    commons.register(*[f"r{i}" for i in range(60)]).must()
    commons.open_round(100_000).must()
    first = commons.tender(ceiling=9_000_000, people_min=2).must()["tender"]
    second = commons.tender(ceiling=9_000_000, people_min=2, areas_min=1,
                            area_people_min=2).must()["tender"]
    dear, cheap = (commons.proposal(first, 3_900_000).must()["proposal"],
                   commons.proposal(second, 1_000_000).must()["proposal"])
    wide = commons.proposal(first, 9_000_000).must()["proposal"]
    for tender in (first, second):
        commons.open_tender(tender).must()
    for i in range(60):
        commons.pledge(f"r{i}", wide, 1 + i * 733).must()
        commons.pledge(f"r{i}", cheap, 1 + i * 31).must()
    commons.withdraw("r59", wide).must()
    commons.pledge("r1", dear, 90_000)
    before = ledger_of(client)
    log = make_log(tmp_path / "oak", ORIGIN, records_of(client, "oak"))
    client.call("FLUSHALL")
    rebuild(redis, log)
    same(before, ledger_of(client), log.records)
    assert len(before[f"h:{wide}"]) > 100


WHO_SAID = ("seconded:", "raisers", "stances:", "talkers:", "said:", "xk:", "xs:")


def deliberation_of(client):
    """Needs and contributions, but for who said what."""
    kept = {name: value for name, value in ledger_of(client).items()
            if not name.startswith(WHO_SAID)}
    for name, value in kept.items():
        if name.startswith(("need:", "talk:")):
            assert value.pop(b"author")
        if name.startswith("talks:"):
            assert value.pop(b"contributors", b"0")
            kept[name] = {field: n for field, n in value.items() if n != b"0"}
    return kept


def test_what_was_said_is_rebuilt_but_for_who_said_it(redis, commons, tmp_path):
    client = commons.client
    commons.create(areas="north,south").must()
    commons.register("r1", "r2", "r3", "r4", "r5").must()
    commons.register("s1", area=1).must()
    tender = commons.tender().must()["tender"]
    commons.speak("need_raise", "r1", HASH, "{}").must()
    commons.speak("need_raise", "r2", HASH, "{}").must()
    commons.speak("need_second", "s1", 1).must()
    commons.act("need_answer", 1, "", "trees", tender, HASH, "{}").must()
    for sort in ("for", "against", "amendment", "question"):
        commons.say("r1", tender, sort).must()
    for n in range(1, 6):
        commons.stance(f"r{n}", 1, "agree" if n % 2 else "disagree").must()
    commons.stance("s1", 2, "pass").must()
    commons.speak("talk_edit", "r1", 3, HASH, "{}").must()
    commons.act("talk_hide", 2, "", "spam", HASH, "{}").must()
    commons.speak("talk_appeal", "r1", 2, HASH, "{}").must()
    commons.act("talk_summary", tender, "", HASH, "{}").must()
    before = deliberation_of(client)
    assert any(name.startswith("agreed:") for name in before)
    log = make_log(tmp_path / "oak", ORIGIN, records_of(client, "oak"))
    residents = client.call("HGETALL", commons.key("residents"))
    client.call("FLUSHALL")
    rebuild(redis, log)
    after = deliberation_of(client)
    assert before == after
    client.call("HSET", commons.key("residents"), *residents)
    commons = Commons(client)
    assert commons.say("r2", tender).must()["talk"] == "5"
    assert commons.speak("need_raise", "r2", HASH, "{}").must()["need"] == "3"
    commons.speak("talk_edit", "r1", 1, HASH, "{}").no("talk_not_yours")
    commons.act("talk_ruling", 2, 0, HASH, "{}").must()


def test_a_proposal_that_waits_for_headroom_waits_again(redis, commons, tmp_path):
    client = commons.client
    commons.create().must()
    commons.fund(250).must()
    commons.fund(150, theme="youth").must()
    commons.register("r1", "r2", "r3", "r4").must()
    commons.open_round(100).must()
    for price in (200, 150, 140):
        commons.proposal(commons.tender(ceiling=250).must()["tender"], price).must()
    for tender in (1, 2, 3):
        commons.open_tender(tender).must()
    for i in range(1, 5):
        commons.pledge(f"r{i}", 2, 38 if i < 4 else 20).must()
        commons.pledge(f"r{i}", 1, 50).must()
    commons.pledge("r4", 2, 38).must()
    assert commons.state("p1") == "a50" and commons.state("p2") == "l"
    before = ledger_of(client)
    assert before["ready"][0] == b"2"
    log = make_log(tmp_path / "oak", ORIGIN, records_of(client, "oak"))
    residents = client.call("HGETALL", commons.key("residents"))
    client.call("FLUSHALL")
    rebuild(redis, log)
    same(before, ledger_of(client), log.records)

    client.call("HSET", commons.key("residents"), *residents)
    commons = Commons(client)
    assert commons.fund(200).must()["qualifying"] == "2"
    commons.act("activate", 2, subject="keeper", key=b"").must()
    assert commons.state("p2") == "a38"


def test_a_community_that_is_there_is_left_alone(redis, commons, tmp_path):
    random_story(commons, 3, 60)
    log = make_log(tmp_path / "oak", ORIGIN, records_of(commons.client, "oak"))
    before = dump(commons.client, "oak")
    said = rebuild(redis, log, code=2)
    assert "already" in said
    assert dump(commons.client, "oak") == before


def test_who_was_interrupted_begins_again(redis, commons, tmp_path):
    random_story(commons, 5, 150)
    client = commons.client
    before = ledger_of(client)
    log = make_log(tmp_path / "oak", ORIGIN, records_of(client, "oak"))
    for key in ("c", "h:1", "w:1"):
        client.call("DEL", commons.key(key))
    client.call("HSET", commons.key("p:1"), "ready", 99, "sum", 12345)
    client.call("SADD", commons.key("tl:1"), 77)
    client.call("SET", commons.key("rebuilding"), 1)
    assert Commons(client).fund(10).code == "community_unknown", "half a rebuild serves nobody"
    said = rebuild(redis, log)
    assert "beginning again" in said
    after = ledger_of(client)
    assert "rebuilding" not in after
    same(before, after, log.records)


@pytest.mark.parametrize("seed", range(3))
def test_who_is_killed_at_any_moment_begins_again(redis, commons, tmp_path, seed):
    random_story(commons, 20 + seed, 500)
    client = commons.client
    before = ledger_of(client)
    log = make_log(tmp_path / "oak", ORIGIN, records_of(client, "oak"))
    client.call("FLUSHALL")
    keep_tally_key(log.folder.parent, "oak")
    chance = random.Random(seed)
    for _ in range(8):
        words = [BINARY, "rebuild", str(log.folder), "--vkey", log.vkey, "--redis",
                 f"unix:{redis.path}", "--data", str(log.folder.parent)]
        with subprocess.Popen(words, stdout=subprocess.DEVNULL) as process:
            begun = time.monotonic()
            while not client.call("EXISTS", commons.key("rebuilding")):
                if time.monotonic() - begun > 5 or process.poll() is not None:
                    break
            time.sleep(chance.random() * 0.03)
            process.kill()
        if client.call("EXISTS", commons.key("c")):
            break
    if not client.call("EXISTS", commons.key("c")):
        rebuild(redis, log)
    elif client.call("EXISTS", commons.key("rebuilding")):
        rebuild(redis, log)
    same(before, ledger_of(client), log.records)


def test_a_community_made_meanwhile_is_left_alone(redis, commons, tmp_path):
    random_story(commons, 5, 60)
    client = commons.client
    log = make_log(tmp_path / "oak", ORIGIN, records_of(client, "oak"))
    client.call("SET", commons.key("rebuilding"), 1)
    before = ledger_of(client)
    assert "beginning again" in rebuild(redis, log), "it lacked nothing but the end"
    before.pop("rebuilding")
    same(before, ledger_of(client), log.records)
    client.call("SET", commons.key("rebuilding"), 1)
    # its functions were nobody's any more, and are loaded again
    Commons(client).fund(10, now=commons.now, key=b"not used").must(replayed=0)
    kept = dump(client, "oak")
    assert "in service" in rebuild(redis, log, code=2)
    assert dump(client, "oak") == kept


def test_a_log_that_is_doubted_is_not_rebuilt(redis, commons, tmp_path):
    random_story(commons, 4, 60)
    client = commons.client
    log = make_log(tmp_path / "oak", ORIGIN, records_of(client, "oak"))
    bundle = next((log.folder / "tile" / "entries").rglob("*/*"))
    raw = bytearray(bundle.read_bytes())
    raw[-3] ^= 1
    bundle.write_bytes(raw)
    client.call("FLUSHALL")
    said = rebuild(redis, log, code=1)
    assert "NOT verified" in said or "differs" in said
    assert client.call("KEYS", "*") == []


def test_what_is_sealed_is_not_rebuilt_without_its_key(redis, commons, tmp_path):
    commons.market(prices=(100,), residents=3, allotment=50, tally="hidden")
    commons.pledge("r1", 1, 20).must()
    before = ledger_of(commons.client)
    log = make_log(tmp_path / "oak", ORIGIN, records_of(commons.client, "oak"))
    commons.client.call("FLUSHALL")
    said = verb("rebuild", log.folder, "--vkey", log.vkey, "--redis", f"unix:{redis.path}",
                "--data", tmp_path, code=1)
    assert "tender 1 is hidden, 1 records are sealed" in said
    assert f"{tmp_path}/keys/oak/tally.key is not there" in said
    assert commons.client.call("KEYS", "*oak*") == []
    rebuild(redis, log)
    same(before, ledger_of(commons.client), log.records)
    assert commons.state("t1") == "h"
    Commons(commons.client).pledge("r2", 1, 30, now=commons.now + 1)
    (tmp_path / "keys" / "oak" / "tally.key").write_bytes(b"another key of thirty-two bytes.")
    longer = make_log(tmp_path / "longer", ORIGIN, records_of(commons.client, "oak"))
    said = verb("recount", longer.folder, "--tally-key", tmp_path / "keys" / "oak" / "tally.key",
                code=1)
    assert "tally_key_hash is" in said


def test_the_slug_may_be_another(redis, commons, tmp_path):
    random_story(commons, 6, 60)
    log = make_log(tmp_path / "oak", ORIGIN, records_of(commons.client, "oak"))
    before = ledger_of(commons.client)
    keep_tally_key(log.folder.parent, "elm")
    rebuild(redis, log, "--community", "elm")
    same(before, ledger_of(commons.client, "elm"), log.records)
    rebuild(redis, log, "--community", "Not A Slug", code=2)
