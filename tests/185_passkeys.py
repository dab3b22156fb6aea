"""A passkey is added by a challenge that is good once, lets in, is labelled and removed."""
import pytest

from commons import T0
from persons import MINUTE_MS, Person, hashed, id_of
from persons_fixture import persons, redis  # noqa: F401
from redis_server import RedisError


def test_a_passkey_is_added_and_shown_without_its_key(persons):
    ada = persons.open("ada")
    persons.add_passkey(ada, "cred-a", label="phone, blue – mine").must(n=1, replayed=0)
    persons.now += 9
    persons.add_passkey(ada, "cred-b", count=4).must(n=2)
    first, second = persons.look("passkeys", who=ada).must().items_of
    assert first == {"n": "1", "credential": "cred-a", "alg": "-7", "count": "0", "flags": "3",
                     "created": str(T0), "used": str(T0), "label": "phone, blue – mine"}
    assert (second["n"], second["count"], second["created"]) == ("2", "4", str(T0 + 9))
    assert persons.hash("creds") == {hashed("cred-a"): ada.id + " 1",
                                     hashed("cred-b"): ada.id + " 2"}
    assert persons.journal()[-2:] == ["passkey-added"] * 2
    persons.door("account_get", ada.id).must(passkeys=2)


def test_a_challenge_is_for_one_purpose_and_one_account_and_once(persons):
    ada, ben = persons.open("ada"), persons.open("ben")
    def add(who, challenge, credential):
        return persons.act("passkey_add", who, challenge, hashed(credential), credential, "-8",
                           "key", 0, 0, "label")
    add(ada, hashed("never made"), "c").no("challenge_unknown")
    add(ada, persons.challenge("sign-in"), "c").no("challenge_unknown")
    add(ada, persons.challenge("again", ada), "c").no("challenge_unknown")
    add(ada, persons.challenge("add", ben), "c").no("challenge_unknown")
    challenge = persons.challenge("add", ada)
    add(ben, challenge, "c").no("challenge_unknown")
    add(ada, challenge, "c").must(n=1)
    add(ada, challenge, "d").no("challenge_unknown")
    persons.door("challenge_new", hashed("x"), "add", id_of("nobody")).no("account_unknown")


def test_what_a_challenge_was_spent_on_does_not_bring_it_back(persons):
    ada = persons.open("ada")
    persons.add_passkey(ada, "cred-a").must()
    challenge = persons.challenge("add", ada)
    words = (hashed("cred-a"), "cred-a", "-7", "key", 0, 0, "again")
    persons.act("passkey_add", ada, challenge, *words).no("passkey_known")
    persons.act("passkey_add", ada, challenge, *words).no("challenge_unknown")
    persons.add_passkey(persons.open("ben"), "cred-a").no("passkey_known")
    challenge = persons.challenge("sign-in")
    persons.find_passkey("cred-x", challenge).no("sign_in_failed")
    persons.find_passkey("cred-a", challenge).no("challenge_unknown")


def test_a_challenge_lasts_five_minutes_and_an_account_has_sixteen_at_most(persons):
    ada = persons.open("ada")
    first = persons.challenge("add", ada)
    assert 299_000 < persons.ttl("ch:" + first) <= 5 * MINUTE_MS
    assert 299_000 < persons.ttl("ch:" + persons.challenge("sign-in")) <= 5 * MINUTE_MS
    others = [persons.challenge("again", ada) for _ in range(15)]
    assert persons.ttl("ch:" + first) > 0
    persons.challenge("again", ada)
    assert persons.ttl("ch:" + first) == -2
    assert all(persons.ttl("ch:" + other) > 0 for other in others)
    assert len(persons.hash("a:" + ada.id)["offered_ch"].split()) == 16


def test_the_same_request_adds_one_passkey(persons):
    ada, challenge = persons.open("ada"), None
    challenge = persons.challenge("add", ada)
    words = (challenge, hashed("c"), "c", "-7", "key", 0, 0, "label")
    persons.act("passkey_add", ada, *words, key=b"k" * 8).must(n=1, replayed=0)
    persons.act("passkey_add", ada, *words, key=b"k" * 8).must(n=1, replayed=1)
    persons.act("passkey_add", ada, *words, key=b"k" * 8, body=b"else").no("key_reused")
    assert len(persons.look("passkeys", who=ada).items_of) == 1


def test_ten_passkeys_are_the_most_and_numbers_are_not_used_again(persons):
    ada = persons.open("ada")
    for n in range(1, 11):
        persons.add_passkey(ada, f"cred-{n}").must(n=n)
    persons.add_passkey(ada, "cred-11").no("passkeys_too_many", most=10)
    persons.act("passkey_remove", ada, 10).must(n=10)
    persons.add_passkey(ada, "cred-11").must(n=11)
    numbers = [item["n"] for item in persons.look("passkeys", who=ada).items_of]
    assert numbers == [str(n) for n in (1, 2, 3, 4, 5, 6, 7, 8, 9, 11)]


def test_who_shows_a_passkey_is_found_and_let_in_when_it_was_verified(persons):
    ada = persons.open("ada")
    persons.add_passkey(ada, "cred-a", count=5).must()
    persons.now += MINUTE_MS
    persons.find_passkey("cred-a").must(account=ada.id, n=1, alg=-7, key="pubkey_cred-a", count=5,
                                        flags=3)
    persons.door("passkey_used", ada.id, 1, 6).must(account=ada.id, epoch=0,
                                                    last=T0 + MINUTE_MS)
    item, = persons.look("passkeys", who=ada).items_of
    assert (item["count"], item["used"]) == ("6", str(T0 + MINUTE_MS))
    event = persons.look("account_events", who=ada).items_of[0]
    assert (event["kind"], event["detail"]) == ("signed-in", "passkey")


def test_proving_oneself_again_takes_a_passkey_of_the_same_account(persons):
    ada, ben = persons.open("ada"), persons.open("ben")
    persons.add_passkey(ada, "cred-a").must()
    persons.add_passkey(ben, "cred-b").must()

    def again(credential):
        return persons.door("passkey_find", persons.challenge("again", ada), "again", ada.id,
                            hashed(credential))
    again("cred-a").must(account=ada.id)
    again("cred-b").no("sign_in_failed")
    challenge = persons.challenge("again", ada)
    persons.find_passkey("cred-a", challenge).no("challenge_unknown")


@pytest.mark.parametrize("kept, shown, good", [(0, 0, True), (0, 1, True), (5, 6, True),
                                               (5, 5, False), (5, 4, False), (5, 0, False)])
def test_a_count_that_does_not_grow_lets_nobody_in_and_is_written_down(persons, kept, shown, good):
    ada = persons.open("ada")
    persons.add_passkey(ada, "cred-a", count=kept).must()
    answer = persons.door("passkey_used", ada.id, 1, shown)
    item, = persons.look("passkeys", who=ada).items_of
    if good:
        answer.must()
        assert item["count"] == str(shown)
        return
    answer.no("sign_in_failed")
    assert item["count"] == str(kept)
    event = persons.look("account_events", who=ada).items_of[0]
    assert (event["kind"], event["detail"]) == ("passkey-count", "1")


def test_a_passkey_that_was_removed_lets_nobody_in(persons):
    ada = persons.open("ada")
    persons.add_passkey(ada, "cred-a").must()
    persons.add_passkey(ada, "cred-b").must()
    persons.act("passkey_remove", ada, 1).must(n=1)
    persons.find_passkey("cred-a").no("sign_in_failed")
    persons.door("passkey_used", ada.id, 1, 9).no("sign_in_failed")
    persons.door("passkey_used", id_of("nobody"), 1, 9).no("sign_in_failed")
    persons.act("passkey_remove", ada, 1).no("passkey_unknown")
    persons.act("passkey_label", ada, 1, "x").no("passkey_unknown")
    persons.add_passkey(persons.open("ben"), "cred-a").must()
    persons.act("passkey_label", ada, 2, "the blue one").must(n=2)
    item, = persons.look("passkeys", who=ada).items_of
    assert (item["n"], item["label"], item["credential"]) == ("2", "the blue one", "cred-b")


def test_the_last_way_in_stays(persons):
    ada, ben, cas = persons.open("ada"), persons.open("ben"), persons.open("cas")
    for who in (ada, ben, cas):
        persons.add_passkey(who, "cred-" + who.name).must()
        persons.act("passkey_remove", who, 1).no("last_way_in")
    persons.set_password(ada, "ada-1").must()
    persons.act("passkey_remove", ada, 1).must()
    persons.act("mail_set", ben, "ben@example.org", hashed("ben"), hashed("link")).must()
    persons.act("passkey_remove", ben, 1).no("last_way_in")
    persons.act("mail_confirm", ben, hashed("link")).must()
    persons.act("passkey_remove", ben, 1).must()
    persons.add_passkey(cas, "cred-more").must()
    persons.act("passkey_remove", cas, 1).must()
    persons.act("passkey_remove", cas, 2).no("last_way_in")


def test_of_fifty_that_use_one_challenge_one_is_answered(persons):
    ada = persons.open("ada")
    persons.add_passkey(ada, "cred-a").must()
    challenge = persons.challenge("sign-in")
    words = persons.words("passkey_find", persons.now, "", 0, "", "", challenge, "sign-in", "",
                          hashed("cred-a"))
    answers = persons.at_once([words] * 50)
    assert [answer.code for answer in answers].count(None) == 1
    assert {answer.code for answer in answers} == {None, "challenge_unknown"}


@pytest.mark.parametrize("place, word", [
    (0, ""), (0, "a b"), (1, "short"), (2, ""), (2, "x" * 1401), (2, "a b"), (3, "ES256"),
    (4, "k" * 2049), (4, "a+b"), (5, "-1"), (6, "256"), (7, ""), (7, "x" * 257)])
def test_a_malformed_passkey_raises_and_nothing_is_written(persons, place, word):
    ada = persons.open("ada")
    words = [persons.challenge("add", ada), hashed("c"), "c", "-7", "key", 0, 0, "label"]
    words[place] = word
    before = persons.client.call("DEBUG", "DIGEST")
    with pytest.raises(RedisError, match="MALFORMED"):
        persons.act("passkey_add", ada, *words)
    assert persons.client.call("DEBUG", "DIGEST") == before
    assert Person("ada").id == ada.id
