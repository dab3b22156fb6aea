"""Who has a name and who has none is answered alike; a link is good once, for a quarter hour."""
import pytest

from commons import T0
from persons import MINUTE_MS, PHC, hashed, id_of
from persons_fixture import persons, redis  # noqa: F401
from redis_server import RedisError

OTHER = PHC.replace("aGFzaGhhc2g", "b3RoZXJoYXNo")
NEWER = PHC.replace("m=19456", "m=65536")


def find(persons, name, **how):
    return persons.door("password_find", hashed(name), **how)


def test_a_name_and_password_are_set_and_let_in_who_was_verified(persons):
    ada = persons.open("ada")
    persons.set_password(ada, "ada-1234").must(name="ada-1234", has_password=1)
    find(persons, "ada-1234").must(account=ada.id, phc=PHC)
    persons.now += 7
    persons.door("password_used", ada.id, hashed("ada-1234"), PHC).must(account=ada.id,
                                                                        last=T0 + 7)
    event = persons.look("account_events", who=ada).items_of[0]
    assert (event["kind"], event["detail"]) == ("signed-in", "password")


def test_a_name_belongs_to_one_account_and_a_new_one_frees_the_old(persons):
    ada, ben = persons.open("ada"), persons.open("ben")
    persons.set_password(ada, "green-1111").must()
    persons.set_password(ben, "green-1111").no("name_taken")
    persons.look("account_get", ben.id).must(name="", has_password=0)
    persons.set_password(ada, "green-1111", OTHER).must()
    find(persons, "green-1111").must(phc=OTHER)
    persons.set_password(ada, "green-2222").must(name="green-2222")
    find(persons, "green-1111").must(account="", phc="")
    persons.set_password(ben, "green-1111").must()
    assert persons.hash("names") == {hashed("green-2222"): ada.id, hashed("green-1111"): ben.id}


def test_the_same_request_sets_a_password_once(persons):
    ada = persons.open("ada")
    persons.set_password(ada, "ada-1", key=b"k" * 8).must(replayed=0)
    persons.set_password(ada, "ada-2").must()
    persons.set_password(ada, "ada-1", key=b"k" * 8).must(replayed=1, name="ada-2")


def test_a_password_that_changed_while_it_was_verified_lets_nobody_in(persons):
    ada, ben = persons.open("ada"), persons.open("ben")
    persons.set_password(ada, "ada-1").must()
    used = ("password_used", ada.id, hashed("ada-1"))
    persons.set_password(ada, "ada-1", OTHER).must()
    persons.door(*used, PHC).no("sign_in_failed")
    persons.door(*used, OTHER).must()
    persons.set_password(ada, "ada-2", OTHER).must()
    persons.door(*used, OTHER).no("sign_in_failed")
    persons.door("password_used", ben.id, hashed("ada-2"), OTHER).no("sign_in_failed")
    persons.door("password_used", id_of("nobody"), hashed("ada-2"), OTHER).no("sign_in_failed")


def test_a_password_is_renewed_only_while_it_is_still_that_one(persons):
    ada = persons.open("ada")
    persons.set_password(ada, "ada-1").must()
    persons.door("password_renew", ada.id, PHC, NEWER).must()
    find(persons, "ada-1").must(phc=NEWER)
    persons.door("password_renew", ada.id, PHC, OTHER).must()
    find(persons, "ada-1").must(phc=NEWER)
    persons.door("password_renew", id_of("nobody"), PHC, OTHER).must()
    assert persons.client.call("EXISTS", persons.key("a:" + id_of("nobody"))) == 0


def test_after_ten_tries_a_name_rests_whether_anybody_has_it_or_not(persons):
    ada = persons.open("ada")
    persons.set_password(ada, "ada-1").must()
    for i in range(10):
        persons.now += MINUTE_MS
        find(persons, "ada-1").must(account=ada.id)
        find(persons, "nobody-1").must(account="", phc="")
    assert persons.hash("tries") == {hashed("ada-1"): f"10 {persons.now}",
                                     hashed("nobody-1"): f"10 {persons.now}"}
    persons.now += 1
    for name in ("ada-1", "nobody-1"):
        find(persons, name).no("sign_in_later", seconds=900)
    persons.now += 15 * MINUTE_MS - 2
    for name in ("ada-1", "nobody-1"):
        find(persons, name).no("sign_in_later", seconds=1)
    persons.now += 1
    find(persons, "ada-1").must()
    assert persons.hash("tries")[hashed("ada-1")] == f"1 {persons.now}"


def test_who_gets_in_or_sets_a_password_has_all_tries_again(persons):
    ada = persons.open("ada")
    persons.set_password(ada, "ada-1").must()
    for _ in range(10):
        find(persons, "ada-1").must()
    persons.door("password_used", ada.id, hashed("ada-1"), PHC).must()
    for _ in range(10):
        find(persons, "ada-1").must()
    find(persons, "ada-1").no("sign_in_later", seconds=900)
    persons.set_password(ada, "ada-1").must()
    find(persons, "ada-1").must()


def test_tries_take_no_more_than_their_places_and_the_oldest_give_way(persons):
    fill = [("HSET", persons.key("tries"), *[word for i in range(start, start + 500) for word in
                                             (hashed(str(i)), f"10 {T0}")])
            for start in range(0, 50_000, 500)]
    persons.client.many(fill)
    assert persons.client.call("HLEN", persons.key("tries")) == 50_000
    persons.now += MINUTE_MS
    find(persons, "fresh").must()
    assert persons.client.call("HLEN", persons.key("tries")) == 50_000
    assert hashed("fresh") in persons.hash("tries")
    find(persons, "fresh").must()
    persons.now += 15 * MINUTE_MS
    find(persons, "later").must()
    assert persons.client.call("HLEN", persons.key("tries")) <= 50_000 - 14
    turns = 0
    while persons.door("accounts_purge", 0).must()["more"] == "1":
        turns += 1
        assert turns < 200
    assert set(persons.hash("tries")) == {hashed("later")}


# ---- mail and links ---------------------------------------------------------------------------


def test_an_address_counts_when_its_link_came_back(persons):
    ada = persons.open("ada")
    persons.act("mail_set", ada, "ada@example.org", hashed("a"), hashed("l")).must(
        mail="ada@example.org", mail_ok=0)
    assert persons.hash("mails") == {}
    assert 14 * MINUTE_MS < persons.ttl("link:" + hashed("l")) <= 15 * MINUTE_MS
    persons.door("link_new", hashed("a"), hashed("m")).must(known=0, mail="", lang="")
    persons.act("mail_confirm", ada, hashed("l")).must(mail="ada@example.org", mail_ok=1)
    persons.act("mail_confirm", ada, hashed("l")).no("link_unknown")
    assert persons.hash("mails") == {hashed("a"): ada.id}
    persons.act("mail_set", ada, "new@example.org", hashed("n"), hashed("l2")).must(
        mail="ada@example.org", mail_ok=1)
    persons.act("mail_confirm", ada, hashed("l2")).must(mail="new@example.org", mail_ok=1)
    assert persons.hash("mails") == {hashed("n"): ada.id}


def test_an_address_that_nobody_has_gets_links_that_let_nobody_in(persons):
    """The same is written as for somebody's, so that the time of an answer tells nothing."""
    for n in range(20):
        persons.door("link_new", hashed(f"unknown{n}"), hashed(f"u{n}")).must(known=0, mail="")
        persons.door("link_use", hashed(f"u{n}")).no("link_unknown")
    kept = persons.hash("nobody")["offered_link"].split()
    assert kept[0] == hashed("u19") and len(kept) == 16, "bounded: the oldest give way"
    assert persons.ttl("link:" + hashed("u19")) > 14 * MINUTE_MS
    assert persons.ttl("link:" + hashed("u0")) < 0, "it gave way"


def test_a_link_is_its_persons_alone_and_for_its_purpose(persons):
    ada, ben = persons.open("ada"), persons.open("ben")
    persons.act("mail_set", ada, "ada@example.org", hashed("a"), hashed("l")).must()
    persons.act("mail_confirm", ben, hashed("l")).no("link_unknown")
    persons.door("link_use", hashed("l")).no("link_unknown")
    persons.act("invite_accept", ada, hashed("l")).no("link_unknown")
    persons.act("mail_confirm", ada, hashed("l"), key=b"k" * 8).must(replayed=0)
    persons.act("mail_confirm", ada, hashed("l"), key=b"k" * 8).must(replayed=1, mail_ok=1)


def test_an_address_of_another_moves_nothing_and_tells_nothing(persons):
    ada, ben = persons.open("ada"), persons.open("ben")
    persons.confirm_mail(ada, "us@example.org").must()
    mine = persons.act("mail_set", ben, "us@example.org", hashed("us@example.org"), hashed("l"))
    mine.must(mail="us@example.org", mail_ok=0)
    persons.act("mail_confirm", ben, hashed("l")).no("link_unknown")
    assert persons.hash("mails") == {hashed("us@example.org"): ada.id}
    persons.look("account_get", ben.id).must(mail_ok=0)


def test_a_link_lets_in_once(persons):
    ada = persons.open("ada")
    persons.act("profile_set", ada, "pl").must()
    persons.confirm_mail(ada, "ada@example.org").must()
    mail = hashed("ada@example.org")
    persons.door("link_new", mail, hashed("l")).must(known=1, mail="ada@example.org", lang="pl")
    assert 14 * MINUTE_MS < persons.ttl("link:" + hashed("l")) <= 15 * MINUTE_MS
    persons.door("link_use", hashed("l")).must(account=ada.id, epoch=0)
    persons.door("link_use", hashed("l")).no("link_unknown")
    event = persons.look("account_events", who=ada).items_of[0]
    assert (event["kind"], event["detail"]) == ("signed-in", "link")


def test_an_address_is_written_to_five_times_a_quarter_hour_known_or_not(persons):
    ada = persons.open("ada")
    persons.confirm_mail(ada, "ada@example.org").must()
    for i in range(5):
        if i < 4: # the first was to confirm it
            persons.door("link_new", hashed("ada@example.org"), hashed(f"l{i}")).must(known=1)
        persons.door("link_new", hashed("nobody@example.org"), hashed(f"m{i}")).must(known=0)
    for mail in ("ada@example.org", "nobody@example.org"):
        persons.door("link_new", hashed(mail), hashed("x")).no("sign_in_later", seconds=900)
    persons.act("mail_set", ada, "nobody@example.org", hashed("nobody@example.org"),
                hashed("y")).no("sign_in_later", seconds=900)
    assert persons.ttl("link:" + hashed("x")) == persons.ttl("link:" + hashed("y")) == -2


def test_of_fifty_that_use_one_link_one_is_let_in(persons):
    ada = persons.open("ada")
    persons.confirm_mail(ada, "ada@example.org").must()
    persons.door("link_new", hashed("ada@example.org"), hashed("l")).must()
    words = persons.words("link_use", persons.now, "", 0, "", "", hashed("l"))
    answers = persons.at_once([words] * 50)
    assert [answer.code for answer in answers].count(None) == 1
    assert {answer.code for answer in answers} == {None, "link_unknown"}


@pytest.mark.parametrize("phc", ["", "secret", "$2y$05$abcdefghijk", PHC + " x", PHC + "x" * 256])
def test_what_is_no_hash_of_a_password_raises(persons, phc):
    ada = persons.open("ada")
    with pytest.raises(RedisError, match="MALFORMED phc"):
        persons.set_password(ada, "ada-1", phc)
    assert persons.hash("names") == {}
