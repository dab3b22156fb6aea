"""An account is opened, worn with hats, signed out of, exported, and erased without a trace."""
import pytest

import ledger_library
from commons import DAY_MS, T0, Commons
from persons import OPERATOR, PHC, UNTIL, Actor, Person, Persons, hashed, id_of
from persons_fixture import persons, redis  # noqa: F401
from redis_server import RedisError

RESIDENT = "resident:oak:" + id_of("r1")


def test_an_account_is_made_once_and_gets_the_hats_that_it_lacks(persons):
    ada = id_of("ada")
    persons.door("account_get", ada).no("account_unknown")
    persons.door("account_open", ada, RESIDENT).must(
        at=T0, replayed=0, account=ada, epoch=0, hats=RESIDENT, lang="", name="", mail="",
        mail_ok=0, passkeys=0, has_password=0, made=1, created=T0, last=T0)
    persons.now += 5
    persons.door("account_open", ada, RESIDENT, "resident:ash:x").must(
        made=0, hats=RESIDENT + ",resident:ash:x", created=T0, last=T0 + 5)
    persons.look("account_get", ada).must(hats=RESIDENT + ",resident:ash:x", epoch=0)
    assert persons.client.call("EXISTS", persons.key("a:" + id_of("ben"))) == 0


def test_eight_hats_are_the_most(persons):
    ada = persons.open("ada", *[f"resident:oak{i}:x" for i in range(7)])
    persons.door("account_open", ada.id, "resident:a:x", "resident:b:x").no("hats_too_many", most=8)
    persons.look("account_get", ada.id).must(hats=",".join(f"resident:oak{i}:x" for i in range(7)))
    persons.door("account_open", ada.id, "resident:a:x", "resident:oak3:x").must()
    persons.door("account_open", ada.id, "resident:b:x").no("hats_too_many", most=8)


def test_a_hat_that_goes_ends_the_sessions_that_wore_it(persons):
    ada = persons.open("ada", RESIDENT, "clerk:oak:trees")
    persons.door("hat_remove", ada.id, "clerk:oak:bees", UNTIL).must(epoch=0)
    assert persons.ended() == []
    persons.door("hat_remove", ada.id, "clerk:oak:trees", UNTIL).must(hats=RESIDENT, epoch=1)
    assert persons.ended() == [{"place": T0, "kind": "a", "id": ada.id, "epoch": "1",
                                "before": str(T0 // 1000 + 1), "until": str(UNTIL)}]
    persons.act("profile_set", ada, "fr").no("signed_out")
    ada.epoch = 1
    persons.act("profile_set", ada, "fr").must(lang="fr")
    persons.door("hat_remove", id_of("ben"), RESIDENT, UNTIL).no("account_unknown")


def test_acts_of_nobody_and_of_an_old_epoch_are_refused(persons):
    persons.act("profile_set", Person("ada"), "en").no("signed_out")
    persons.look("passkeys", who=Person("ada")).no("signed_out")
    ada = persons.open("ada")
    persons.act("profile_set", Person("ada", 1), "en").no("signed_out")
    persons.look("account_export", who=Person("ada", 1)).no("signed_out")
    persons.look("account_events", who=Person("ada", 1)).no("signed_out")
    persons.act("profile_set", ada, "en-GB").must(lang="en-GB")


def test_the_same_key_is_done_once_and_answers_what_is_now(persons):
    ada, key = persons.open("ada"), b"k" * 8
    persons.act("profile_set", ada, "en", key=key).must(replayed=0, lang="en")
    persons.act("profile_set", ada, "fr").must(replayed=0, lang="fr")
    persons.act("profile_set", ada, "en", key=key).must(replayed=1, lang="fr")
    persons.act("profile_set", ada, "en", key=key, body=b"BODY").no("key_reused")
    persons.now += DAY_MS + 1
    persons.act("profile_set", ada, "de", key=key, body=b"BODY").must(replayed=0, lang="de")
    assert 0 < persons.ttl("k:" + ada.id) <= DAY_MS


def test_who_is_signed_out_everywhere_is_out_with_every_session(persons):
    ada, key = persons.open("ada"), b"k" * 8
    persons.act("sign_out_everywhere", ada, UNTIL, key=key).must(epoch=1)
    persons.act("sign_out_everywhere", ada, UNTIL, key=key).no("signed_out")
    row, = persons.ended()
    assert (row["kind"], row["id"], row["epoch"]) == ("a", ada.id, "1")
    ada.epoch = 1
    persons.act("sign_out_everywhere", ada, UNTIL).must(epoch=2)


def test_one_session_ends_alone_and_is_told_until_it_is_over_by_itself(persons):
    ada = persons.open("ada")
    persons.act("sign_out", ada, "session-1111111111", T0 // 1000 + 60).must()
    persons.act("sign_out", ada, "session-2222222222", UNTIL).must()
    persons.act("profile_set", ada, "en").must()
    assert [(r["kind"], r["id"], r["place"]) for r in persons.ended()] == [
        ("s", "session-1111111111", T0), ("s", "session-2222222222", T0 + 1)]
    persons.now += 61_000
    for i in range(3):
        persons.act("sign_out", ada, f"session-333333333{i}", UNTIL).must()
    assert [r["id"][-2:] for r in persons.ended()] == ["22", "30", "31", "32"]


def test_clocks_that_differ_by_more_than_a_minute_are_refused(persons):
    careful = Persons(persons.client, library=ledger_library.assemble(skew_max_ms=60000))
    answer = careful.door("account_open", id_of("ada")).no("clock_skew")
    assert int(answer["skew"]) > 60_000
    seconds, _ = (int(part) for part in careful.client.call("TIME"))
    careful.now = seconds * 1000
    careful.door("account_open", id_of("ada")).must()


def test_what_happened_is_told_to_its_person_by_name_and_to_the_operator_by_number(persons):
    ada, ben = persons.open("ada"), persons.open("ben")
    persons.act("sign_out", ben, "session-1111111111", UNTIL).must()
    events = persons.look("account_events", who=ben).must().items_of
    assert [(e["kind"], e["detail"]) for e in events] == [
        ("signed-out", ""), ("signed-in", "code"), ("opened", "")]
    journal = persons.look("people_journal", "", 3).must().items_of
    assert [(e["kind"], e["who"]) for e in journal] == [
        ("opened", "1"), ("signed-in", "1"), ("opened", "2")]
    rest = persons.look("people_journal", journal[-1]["id"], 10).must().items_of
    assert [(e["kind"], e["who"]) for e in rest] == [("signed-in", "2"), ("signed-out", "2")]
    for _ in range(60):
        persons.door("account_open", ada.id).must()
    assert len(persons.look("account_events", who=ada).items_of) == 50
    assert 0 < persons.ttl("j:" + ada.id) <= 90 * DAY_MS


def test_an_export_has_all_of_an_account_and_no_hash_nor_key(persons):
    ada = persons.open("ada", RESIDENT)
    persons.add_passkey(ada, "credential-of-ada").must(n=1)
    persons.set_password(ada, "ada-1234").must()
    persons.confirm_mail(ada, "ada@example.org").must()
    export = persons.look("account_export", who=ada).must(
        account=ada.id, hats=RESIDENT, name="ada-1234", mail="ada@example.org", mail_ok=1,
        passkeys=1, has_password=1)
    item, = export.items_of
    assert item["label"] == "my phone" and item["credential"] == "credential-of-ada"
    said = repr(export.raw)
    for secret in (PHC, "pubkey_", hashed("credential-of-ada"), hashed("ada-1234"),
                   hashed("ada@example.org")):
        assert secret not in said


def everything(client):
    """Every key with all that it holds, as one text a key."""
    readers = {b"string": ("GET",), b"hash": ("HGETALL",), b"list": ("LRANGE", 0, -1),
               b"zset": ("ZRANGE", 0, -1), b"set": ("SMEMBERS",), b"stream": ("XRANGE", "-", "+")}
    found = {}
    for key in client.call("KEYS", "*"):
        command, *rest = readers[client.call("TYPE", key)]
        found[key.decode()] = key.decode() + repr(client.call(command, key, *rest))
    return found


def test_who_is_erased_leaves_nothing_but_that_their_sessions_ended(persons):
    ada, ben = persons.open("ada", RESIDENT), persons.open("ben")
    persons.found().must()
    persons.join(ada).must()
    persons.add_passkey(ada, "credential-of-ada").must()
    persons.set_password(ada, "ada-1234").must()
    persons.confirm_mail(ada, "ada@example.org").must()
    persons.act("mail_set", ada, "ada@example.net", hashed("ada@example.net"), hashed("l1")).must()
    persons.door("link_new", hashed("ada@example.org"), hashed("l2")).must(known=1)
    persons.door("password_find", hashed("ada-1234")).must()
    persons.challenge("again", ada)
    traces = [ada.id, "ada-1234", "ada@example", "credential-of-ada", hashed("credential-of-ada"),
              hashed("ada-1234"), hashed("ada@example.org"), id_of("r1"), "session-"]
    persons.door("account_open", ada.id, "helper:oak:" + id_of("r1")).must()
    persons.door("hat_remove", ada.id, "helper:oak:" + id_of("r1"), UNTIL).must()
    ada.epoch = 1
    before = "".join(everything(persons.client).values())
    assert [trace for trace in traces if trace not in before] == ["session-"]

    persons.act("account_erase", ada, UNTIL, key=b"k" * 8).must()
    after = everything(persons.client)
    ended = after.pop(persons.key("ended"))
    assert [(key, trace) for key, held in after.items() for trace in traces if trace in held] == []
    assert ended.count(ada.id) == 2 and id_of("r1") not in ended
    persons.look("org_members", "trees").must()
    assert persons.look("org_members", "trees").items_of == []


def test_the_erased_are_out_and_others_stay(persons):
    ada, ben = persons.open("ada"), persons.open("ben")
    persons.act("account_erase", ada, UNTIL).must()
    persons.act("profile_set", ada, "en").no("signed_out")
    persons.act("account_erase", ada, UNTIL).no("signed_out")
    persons.look("account_get", ada.id).no("account_unknown")
    persons.look("account_get", ben.id).must()
    assert persons.journal()[-1] == "erased"
    last = persons.look("people_journal", "", 100).items_of[-1]
    assert (last["who"], last["detail"]) == ("", "")
    row, = persons.ended()
    assert (row["kind"], row["id"], row["epoch"]) == ("a", ada.id, "1")


def test_what_is_old_is_cleared_away_and_the_rest_stays(persons):
    ada = persons.open("ada")
    persons.act("sign_out", ada, "session-1111111111", T0 // 1000 + 60).must()
    persons.act("sign_out", ada, "session-2222222222", UNTIL).must()
    persons.door("password_find", hashed("somebody")).must()
    persons.door("accounts_purge", 0).must(purged=0, more=0)
    persons.now += 20 * 60_000
    persons.door("password_find", hashed("another")).must()
    persons.door("accounts_purge", 0).must(purged=2, more=0)
    assert [row["id"] for row in persons.ended()] == ["session-2222222222"]
    assert list(persons.hash("tries")) == [hashed("another")]
    seconds, _ = (int(part) for part in persons.client.call("TIME"))
    assert len(persons.journal()) == 4
    persons.door("accounts_purge", (seconds + 60) * 1000).must(purged=4, more=0)
    assert persons.journal() == []


def test_a_long_list_is_cleared_away_in_turns(persons):
    ada = persons.open("ada")
    for place in range(1, 2502):
        persons.client.call("XADD", persons.key("ended"), f"{place}-1", "kind", "s", "id", "x",
                            "epoch", 0, "before", 0, "until", 1 if place % 2 else UNTIL)
    persons.door("accounts_purge", 0).must(purged=500, more=1)
    persons.door("accounts_purge", 0).must(purged=500, more=1)
    persons.door("accounts_purge", 0).must(purged=251, more=0)
    assert {row["until"] for row in persons.ended()} == {str(UNTIL)}
    assert ada.epoch == 0


@pytest.mark.parametrize("account", ["", "ada", "operator", "t:trust:officer", "x" * 23, "a b" * 7])
def test_only_an_account_does_what_an_account_does(persons, account):
    with pytest.raises(RedisError, match="MALFORMED account"):
        persons.act("profile_set", Actor(account), "en")
    with pytest.raises(RedisError, match="MALFORMED account"):
        persons.look("passkeys", who=Actor(account))


@pytest.mark.parametrize("hat", ["", "resident", "resident:oak", "a:b:c:d", "a:b:c,d", "A:b:c",
                                 "a:b:c d", "r:oak:" + "x" * 130])
def test_a_malformed_hat_raises(persons, hat):
    with pytest.raises(RedisError, match="MALFORMED hat"):
        persons.door("account_open", id_of("ada"), hat)
    assert persons.client.call("DBSIZE") == 0


def test_no_act_of_a_community_reaches_the_accounts_nor_the_other_way_round(persons):
    ada = persons.open("ada")
    with pytest.raises(RedisError, match="MALFORMED key"):
        Commons(persons.client, "@people").create()
    words = list(persons.words("profile_set", T0, ada.id, 0, "", "", "en"))
    words[3] = "{oak}:c"
    with pytest.raises(RedisError, match="MALFORMED key"):
        persons.client.call(*words)


def test_nobody_acts_as_the_operator_on_an_account(persons):
    persons.open("ada")
    with pytest.raises(RedisError, match="MALFORMED"):
        persons.act("sign_out_everywhere", OPERATOR, UNTIL)
