"""Whatever comes as arguments of a call on accounts: an error changes nothing; readers never do."""
import random

import pytest

from commons import DAY_MS, T0
from persons import OPERATOR, PHC, UNTIL, Persons, calls, hashed, id_of
from persons_fixture import persons, redis  # noqa: F401
from redis_server import RedisError, RedisServer

ADA = id_of("ada")
GARBAGE = ["", "0", "1", "-1", "nan", "1e3", " 1", "9007199254740991", "9007199254740992", "a:b:c",
           "::", "a,b", "operator", "t:trust:x", ADA, ADA[:-1], hashed("x"), PHC, "x" * 300,
           "x" * 5000, "%s%d", "é", "\x00\xff", "-", "(", "trees", "sign-in"]
# What would do, of every call. The account of the head is Ada, or for these the operator.
ACTS = {
    "account_open": [ADA, "clerk:oak:x"], "hat_remove": [ADA, "clerk:oak:trees", UNTIL],
    "profile_set": ["en"], "sign_out": [hashed("s"), UNTIL], "sign_out_everywhere": [UNTIL],
    "challenge_new": [hashed("c1"), "add", ADA],
    "passkey_add": [hashed("c0"), hashed("k"), "cred", "-7", "key", 0, 0, "label"],
    "passkey_find": [hashed("c0"), "add", ADA, hashed("cred-a")], "passkey_used": [ADA, 1, 7],
    "passkey_label": [1, "label"], "passkey_remove": [1],
    "password_set": ["ada-1", hashed("ada-1"), PHC], "password_find": [hashed("ada-1")],
    "password_used": [ADA, hashed("ada-1"), PHC], "password_renew": [ADA, PHC, PHC],
    "mail_set": ["a@b.c", hashed("m"), hashed("l")], "mail_confirm": [hashed("l")],
    "link_new": [hashed("m"), hashed("l3")], "link_use": [hashed("l3")],
    "org_create": ["bees", "body", "Bees", "oak"],
    "org_invite": ["trees", "clerk", "oak", "trees", hashed("l4")],
    "invite_accept": [hashed("l4")], "org_member_remove": ["trees", ADA, UNTIL],
    "org_key_add": ["trees", "key-2222", hashed("d"), "clerk", "oak", "trees", T0 + 10 ** 6, "x"],
    "org_key_revoke": ["trees", "key-1111"], "accounts_purge": [0], "account_erase": [UNTIL],
    "account_forget": [id_of("ben"), UNTIL],
    "alert_set": ["trees", "near", 100, "pmw", ADA], "alert_drop": ["trees", 1],
    "raised_seen": ["trees", 9], "alert_judge": ["trees", "oak", 1, 1, 1, 950],
    "hook_add": ["trees", hashed("n"), "https://a.example/"], "hook_drop": ["trees", 1],
    "hook_on": ["trees", 1], "delivery_again": ["trees", 1], "delivery_claim": [],
    "watch_claim": [hashed("worker"), 1000],
    "delivery_done": ["trees", 1, 500, 0]}
READERS = {"account_get": [ADA], "account_export": [], "account_events": [], "passkeys": [],
           "people_journal": ["", 10], "org_get": ["trees"], "orgs": ["", 10],
           "org_members": ["trees"], "org_keys": ["trees"], "org_key_find": ["key-1111"],
           "alerts": ["trees"], "alerting": [], "raised": ["trees"], "hooks": ["trees"],
           "deliveries": ["trees"]}
OPERATORS = {"org_create", "org_invite", "org_member_remove", "org_key_add", "org_key_revoke",
             "alert_set", "alert_drop", "raised_seen", "hook_add", "hook_drop", "hook_on",
             "delivery_again"}

TAKING = {"sign_out", "sign_out_everywhere", "hat_remove", "passkey_remove", "org_member_remove",
          "org_key_revoke", "alert_drop", "hook_drop", "account_erase", "account_forget",
          "accounts_purge"}


def settle_in(persons):
    ada = persons.open("ada", "clerk:oak:trees")
    persons.found().must()
    persons.join(ada).must()
    persons.add_passkey(ada, "cred-a").must()
    persons.set_password(ada, "ada-1").must()
    persons.act("org_key_add", OPERATOR, "trees", "key-1111", hashed("d"), "clerk", "", "",
                T0 + DAY_MS, "label").must()
    for name in ("alert_set", "hook_add"):
        persons.act(name, OPERATOR, *ACTS[name]).must()
    persons.door("alert_judge", *ACTS["alert_judge"]).must()
    return ada


def test_the_table_has_every_call(persons):
    assert calls() == set(ACTS) | set(READERS)


@pytest.mark.parametrize("seed", [4712])
def test_an_error_never_comes_after_a_write(persons, seed, full):
    print("seed", seed)
    rng = random.Random(seed)
    raised, accepted = 0, set()
    for i in range(20_000 if full else 3_000):
        if i % 150 == 0:
            persons.client.call("FLUSHALL")
            settle_in(persons)
            digest = persons.client.call("DEBUG", "DIGEST")
        name = rng.choice(list(ACTS))
        if name == "account_erase" and rng.random() < 0.8:
            continue
        epoch = persons.hash("a:" + ADA).get("epoch", "0")
        who = "operator" if name in OPERATORS else ADA
        words = [T0, who, epoch, persons.fresh(), b"body", *ACTS[name]]
        for _ in range(rng.choice((0, 1, 1, 2))):
            words[rng.randrange(len(words))] = rng.choice(GARBAGE)
        if rng.random() < 0.1:
            words = words[:rng.randrange(len(words))]
        try:
            answer = persons.client.call(*persons.words(name, *words))
            accepted |= {name} if answer[0] == b"ok" else set()
            digest = persons.client.call("DEBUG", "DIGEST")
        except RedisError as error:
            raised += 1
            assert "MALFORMED" in str(error), (name, words, error)
            assert persons.client.call("DEBUG", "DIGEST") == digest, (name, words)
    # What takes two steps in a row does not come about by itself.
    assert raised > 500
    assert accepted >= set(ACTS) - {"mail_confirm", "link_use", "passkey_add", "passkey_find",
                                    "invite_accept", "passkey_remove"}


@pytest.mark.parametrize("seed", [4713])
def test_readers_take_anything_and_change_nothing(persons, seed):
    print("seed", seed)
    rng = random.Random(seed)
    settle_in(persons)
    digest = persons.client.call("DEBUG", "DIGEST")
    raised = answered = 0
    for _ in range(2_000):
        name = rng.choice(list(READERS))
        words = [T0, ADA, 0, "", "", *READERS[name]]
        for _ in range(rng.choice((0, 1, 2))):
            words[rng.randrange(len(words))] = rng.choice(GARBAGE)
        try:
            persons.client.call(*persons.words(name, *words, command="FCALL_RO"))
            answered += 1
        except RedisError as error:
            raised += 1
            assert "MALFORMED" in str(error), (name, words, error)
    assert persons.client.call("DEBUG", "DIGEST") == digest
    assert raised > 200 and answered > 200


def test_a_full_redis_takes_away_and_gives_nothing():
    with RedisServer(maxmemory=3_000_000) as server:
        persons = Persons(server.client())
        ada = settle_in(persons)
        persons.client.call("CONFIG", "SET", "maxmemory", "1")
        digest = persons.client.call("DEBUG", "DIGEST")
        for name in set(ACTS) - TAKING:
            own, who = ACTS[name], OPERATOR if name in OPERATORS else ada
            with pytest.raises(RedisError, match="OOM"):
                persons.act(name, who, *own)
        assert persons.client.call("DEBUG", "DIGEST") == digest
        persons.look("account_get", ADA).must()
        for name in ("sign_out", "passkey_remove", "org_key_revoke", "accounts_purge",
                     "sign_out_everywhere", "org_member_remove", "hat_remove"):
            who = OPERATOR if name in OPERATORS else ada
            persons.act(name, who, *ACTS[name]).must()
            ada.epoch = int(persons.hash("a:" + ADA)["epoch"])
        persons.act("account_erase", ada, UNTIL).must()
        persons.door("account_forget", ADA, UNTIL).must(known=0)
