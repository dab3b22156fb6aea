"""An organisation has members by invitation, who wear its hats, and keys for its programs."""
import pytest

from commons import DAY_MS, T0
from persons import OPERATOR, UNTIL, Actor, hashed, id_of
from persons_fixture import persons, redis  # noqa: F401
from redis_server import RedisError

OFFICER = Actor("t:trust:officer-7")


def add_key(persons, name, org="trees", expires=None, who=OPERATOR, **how):
    expires = persons.now + DAY_MS if expires is None else expires
    return persons.act("org_key_add", who, org, name, hashed(name), "clerk", "oak", org, expires,
                       "our planner", **how)


def test_an_organisation_is_made_once_and_listed(persons):
    persons.found("trees").must()
    persons.found("trees").no("org_exists")
    persons.found("bees", kind="provider").must()
    persons.look("org_get", "trees").must(org="trees", kind="body", title="The Trees", scope="oak",
                                          created=T0, members=0, keys=0)
    persons.look("org_get", "none").no("org_unknown")
    assert [o["org"] for o in persons.look("orgs", "", 10).must().items_of] == ["bees", "trees"]
    assert [o["org"] for o in persons.look("orgs", "", 1).must().items_of] == ["bees"]
    assert [o["org"] for o in persons.look("orgs", "bees", 1).must().items_of] == ["trees"]
    assert persons.look("orgs", "trees", 1).must().items_of == []
    assert persons.look("people_journal", "", 1).items_of[0]["who"] == "operator"


def test_who_is_invited_gets_the_hat_and_is_a_member(persons):
    ada = persons.open("ada", "resident:oak:r1")
    persons.found().must()
    link, answer = persons.invite(who=OFFICER)
    answer.must()
    assert 7 * DAY_MS - 10_000 < persons.ttl("link:" + link) <= 7 * DAY_MS
    persons.act("invite_accept", ada, link).must(hats="resident:oak:r1,clerk:oak:trees")
    persons.act("invite_accept", ada, link).no("link_unknown")
    member, = persons.look("org_members", "trees").must().items_of
    assert member == {"account": ada.id, "hats": "clerk:oak:trees", "since": str(T0)}
    persons.join(ada, role="helper").must(hats="resident:oak:r1,clerk:oak:trees,helper:oak:trees")
    member, = persons.look("org_members", "trees").must().items_of
    assert member["hats"] == "clerk:oak:trees,helper:oak:trees"
    persons.look("org_get", "trees").must(members=1)
    journal = persons.look("people_journal", "", 100).items_of
    assert ("invited", "t:trust:officer-7", "trees") in [
        (e["kind"], e["who"], e["detail"]) for e in journal]


def test_a_member_may_invite_as_long_as_they_are_signed_in(persons):
    ada, ben = persons.open("ada"), persons.open("ben")
    persons.found().must()
    persons.join(ada).must()
    persons.join(ben, who=ada).must(hats="clerk:oak:trees")
    persons.act("sign_out_everywhere", ada, UNTIL).must()
    _, answer = persons.invite(who=ada)
    answer.no("signed_out")


def test_an_invitation_that_cannot_be_accepted_waits(persons):
    ada = persons.open("ada", *[f"resident:oak{i}:x" for i in range(8)])
    persons.found().must()
    link, _ = persons.invite()
    persons.act("invite_accept", ada, link).no("hats_too_many", most=8)
    persons.door("hat_remove", ada.id, "resident:oak0:x", UNTIL).must()
    ada.epoch = 1
    persons.act("invite_accept", ada, link, key=b"k" * 8).must(replayed=0)
    persons.act("invite_accept", ada, link, key=b"k" * 8).must(replayed=1)
    persons.act("invite_accept", ada, hashed("no link")).no("link_unknown")
    _, answer = persons.invite(org="none")
    answer.no("org_unknown")


def test_who_is_removed_does_not_come_in_again_by_a_link_of_their_own(persons):
    ada, ben, eve = persons.open("ada"), persons.open("ben"), persons.open("eve")
    persons.found().must()
    persons.join(ada).must()
    persons.join(eve).must()
    own, of_ada = persons.invite(who=eve)[0], persons.invite(who=ada)[0]
    persons.act("org_member_remove", ada, "trees", eve.id, UNTIL).must()
    eve.epoch = 1
    persons.act("invite_accept", eve, own).no("link_unknown")
    persons.act("invite_accept", ben, own).no("link_unknown")
    assert persons.ttl("link:" + own) == -2
    persons.act("invite_accept", ben, of_ada).must(hats="clerk:oak:trees")


def test_of_fifty_who_accept_one_invitation_one_is_in(persons):
    people = [persons.open(f"p{i}") for i in range(50)]
    persons.found().must()
    link, _ = persons.invite()
    answers = persons.at_once([
        persons.words("invite_accept", persons.now, who.id, 0, persons.fresh(), b"body", link)
        for who in people])
    assert [answer.code for answer in answers].count(None) == 1
    assert {answer.code for answer in answers} == {None, "link_unknown"}
    persons.look("org_get", "trees").must(members=1)


def test_sixty_four_invitations_are_open_at_most(persons):
    persons.found().must()
    first, _ = persons.invite()
    links = [persons.invite()[0] for _ in range(63)]
    assert persons.ttl("link:" + first) > 0
    persons.invite()[1].must()
    assert persons.ttl("link:" + first) == -2 and persons.ttl("link:" + links[0]) > 0


def test_an_organisation_has_256_members_at_most(persons):
    persons.found().must()
    persons.client.call("HSET", persons.key("o:trees"), *[
        word for i in range(255) for word in (f"m:{id_of(str(i))}", f"{T0} clerk:oak:trees")])
    ada, ben = persons.open("ada"), persons.open("ben")
    persons.join(ada).must()
    persons.join(ben).no("members_too_many", most=256)
    persons.join(ada, role="helper").must()


def test_a_member_who_is_removed_keeps_only_what_others_gave(persons):
    ada = persons.open("ada", "resident:oak:r1")
    persons.found("trees").must()
    persons.found("bees").must()
    persons.join(ada).must()
    persons.join(ada, role="helper", subject="").must()
    persons.join(ada, org="bees").must()
    remove = ("org_member_remove", OPERATOR)
    persons.act(*remove, "none", ada.id, UNTIL).no("org_unknown")
    persons.act(*remove, "trees", id_of("ben"), UNTIL).no("member_unknown")
    persons.act(*remove, "trees", ada.id, UNTIL).must()
    persons.act(*remove, "trees", ada.id, UNTIL).no("member_unknown")
    persons.look("account_get", ada.id).must(hats="resident:oak:r1,clerk:oak:bees", epoch=1)
    assert persons.hash("a:" + ada.id)["orgs"] == "bees"
    assert persons.look("org_members", "trees").must().items_of == []
    row, = persons.ended()
    assert (row["kind"], row["id"], row["epoch"]) == ("a", ada.id, "1")


# ---- keys -------------------------------------------------------------------------------------


def test_a_key_is_kept_by_its_digest_and_found_by_its_id(persons):
    persons.found().must()
    add_key(persons, "key-1111").must()
    add_key(persons, "key-2222", org="none").no("org_unknown")
    key, = persons.look("org_keys", "trees").must().items_of
    assert key == {"org": "trees", "id": "key-1111", "role": "clerk", "scope": "oak",
                   "subject": "trees", "label": "our planner", "created": str(T0),
                   "expires": str(T0 + DAY_MS)}
    persons.look("org_key_find", "key-1111").must(org="trees", digest=hashed("key-1111"))
    persons.look("org_key_find", "key-2222").no("org_key_unknown")
    persons.look("org_keys", "none").no("org_unknown")
    persons.look("org_members", "none").no("org_unknown")


def test_a_key_expires_by_itself(persons):
    persons.found().must()
    add_key(persons, "key-0000", expires=T0).no("org_key_expired", expires=T0, now=T0)
    add_key(persons, "key-1111", expires=T0 + 1000).must()
    persons.now += 1000
    persons.look("org_key_find", "key-1111").no("org_key_unknown")
    persons.look("org_get", "trees").must(keys=0)
    add_key(persons, "key-2222").must()
    assert persons.hash("keys") == {"key-2222": "trees"}


def test_a_key_that_is_revoked_is_told_until_it_would_have_expired(persons):
    persons.found().must()
    add_key(persons, "key-1111").must()
    persons.act("org_key_revoke", OPERATOR, "trees", "key-9999").no("org_key_unknown")
    persons.act("org_key_revoke", OPERATOR, "none", "key-1111").no("org_unknown")
    persons.act("org_key_revoke", OPERATOR, "trees", "key-1111", key=b"k" * 8).must(replayed=0)
    persons.act("org_key_revoke", OPERATOR, "trees", "key-1111", key=b"k" * 8).must(replayed=1)
    persons.look("org_key_find", "key-1111").no("org_key_unknown")
    row, = persons.ended()
    assert (row["kind"], row["id"], row["until"]) == ("g", "key-1111",
                                                      str((T0 + DAY_MS) // 1000 + 1))
    assert persons.hash("keys") == {}


def test_sixty_four_keys_are_the_most(persons):
    persons.found().must()
    for i in range(64):
        add_key(persons, f"key-{i:04}").must()
    add_key(persons, "key-9999").no("org_keys_too_many", most=64)
    persons.act("org_key_revoke", OPERATOR, "trees", "key-0007").must()
    add_key(persons, "key-9999").must()


def test_the_same_request_makes_one_key_and_an_id_is_used_once(persons):
    persons.found().must()
    add_key(persons, "key-1111", key=b"k" * 8).must(replayed=0)
    add_key(persons, "key-1111", key=b"k" * 8).must(replayed=1)
    with pytest.raises(RedisError, match="MALFORMED id"):
        add_key(persons, "key-1111")


@pytest.mark.parametrize("who", ["", "clerk", "t:trust", "t:Trust:x", "t:trust:a b", "x" * 21])
def test_only_an_account_a_token_or_the_operator_acts_for_an_organisation(persons, who):
    with pytest.raises(RedisError, match="MALFORMED account"):
        persons.act("org_create", Actor(who), "trees", "body", "Trees", "")
    persons.act("org_create", Actor(id_of("ada")), "trees", "body", "Trees", "").no("signed_out")
    with pytest.raises(RedisError, match="MALFORMED kind"):
        persons.act("org_create", OPERATOR, "trees", "club", "Trees", "")
