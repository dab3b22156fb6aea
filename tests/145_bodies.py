"""Who may publish: bodies, the majority of residents and service users, approvals, terms."""
import pytest

from commons import DAY_MS, HASH, T0
from commons_fixture import commons, redis  # noqa: F401
from redis_server import RedisError


def body(commons, members_min=3):
    """A formed body without members, in a community that asks for three, and one draft."""
    commons.create(members_min=members_min).must()
    commons.fund(1000).must()
    commons.register("r1", "r2", "r3", "r4").must()
    commons.form().must(body=1)
    commons.tender(people_min=2).must(tender=1)
    commons.proposal(1, 100).must()
    return commons


def lawful(commons):
    """Three members: two residents and one professional."""
    body(commons)
    commons.seat("r:r1").must(member=1, lawful=0)
    commons.seat("a:ann").must(member=2, lawful=0)
    commons.seat("t:clerk:eva", "professional").must(member=3, lawful=1)
    return commons


def figures(commons, *values):
    view = commons.look("body_view", 1).must()
    names = ("seats", "seat_votes", "lay_seats", "lay_votes", "state")
    assert tuple(view[name] for name in names) == tuple(map(str, values))


def test_a_constitution_is_hashed_and_every_version_stays_readable(commons):
    commons.create().must()
    commons.form("elders", "trees").no("not_your_body", body="elders")
    commons.form("elders", "elders").must(body=1, seq=1)
    assert list(commons.last("body_formed").items())[4:] == [
        ("body", "elders"), ("version", "1"), ("text", HASH)]
    commons.form("elders").no("body_exists", body="elders")
    commons.act("body_constitute", 1, "", "cd" * 32, '{"n": 2}').must(body=1)
    assert commons.last("body_constituted")["version"] == "2"
    commons.act("body_constitute", 1, "trees", HASH, "{}").no("not_your_body", body="elders")
    commons.act("body_constitute", 2, "", HASH, "{}").no("body_unknown", body=2)
    first, second = commons.look("body_versions", 1, 0, 10).must(next=0).items_of
    assert (first["version"], first["text"]) == ("1", "{}")
    assert (second["version"], second["text"]) == ("2", '{"n": 2}')
    commons.look("body_view", 1).must(version=2, text='{"n": 2}', word="elders", state="forming")
    assert commons.look("body_versions", 1, 0, 1).must(next=1).items_of == [first]


def test_a_community_keeps_64_bodies(commons):
    commons.create().must()
    for n in range(64):
        commons.form(f"body-{n}").must()
    commons.form("one-more").no("bodies_too_many", bodies=64, most=64)


def test_residents_hold_more_than_half_of_the_seats_and_of_the_votes(commons):
    body(commons)
    for n, category in enumerate(("resident", "professional", "elected")):
        commons.seat(f"a:{n}", category).must(lawful=0)
    figures(commons, 3, 3, 1, 1, "forming")
    commons.seat("a:3", "user").must(lawful=0)  # half is not more than half
    commons.seat("a:4", "user", votes=2).must(lawful=1)
    figures(commons, 5, 6, 3, 4, "lawful")
    record = commons.last("member_seated")
    assert list(record.items())[4:] == [
        ("body", "trees"), ("member", "5"), ("category", "user"), ("votes", "2"), ("seats", "5"),
        ("seat_votes", "6"), ("lay_seats", "3"), ("lay_votes", "4"), ("lawful", "1"),
        ("text", HASH)]
    commons.seat("a:5", "professional", votes=3).must(lawful=0)  # of six votes four are not enough
    assert [r["kind"] for r in commons.log()][-2:] == ["member_seated", "body_suspended"]
    figures(commons, 6, 9, 3, 4, "suspended")


def test_who_sits_is_asked_for_and_sits_once(commons):
    body(commons)
    commons.seat("r:nobody").no("resident_unknown")
    commons.seat("r:r1").must()
    commons.seat("r:r1").no("seated_already", body="trees")
    commons.seat("r:r2", actor="ponds").no("not_your_body", body="trees")
    commons.seat("r:r2", body=9).no("body_unknown", body=9)
    commons.seat("r:r2", term=T0).no("term_too_soon", term=T0, now=T0)
    commons.act("member_leave", 7, "").no("seat_unknown", member=7)
    commons.act("member_leave", 1, "ponds").no("not_your_body", body="trees")
    commons.act("member_leave", 1, "trees").must(member=1, lawful=0)
    commons.act("member_leave", 1, "").no("seat_unknown", member=1)
    commons.seat("r:r1").must(member=2)


def test_a_thousand_sit_and_no_more(commons):
    body(commons)
    commons.checked = False
    for n in range(1000):
        commons.seat(f"a:{n}").must()
    commons.seat("a:last").no("seats_too_many", seats=1000, most=1000)


@pytest.mark.parametrize("own", [
    ("1", "", "neighbour", 1, 0, "a:b"), ("1", "", "resident", 0, 0, "a:b"),
    ("1", "", "resident", 1001, 0, "a:b"), ("1", "", "resident", 1, 0, "k:key"),
    ("1", "", "resident", 1, 0, "a: b"), ("1", "", "resident", 1, -1, "a:b")])
def test_a_seat_that_is_none_raises(commons, own):
    body(commons)
    with pytest.raises(RedisError, match="MALFORMED"):
        commons.act("member_seat", *own, HASH, "{}")


def test_a_change_that_breaks_the_majority_suspends_and_another_restores(commons):
    lawful(commons)
    commons.act("member_leave", 1, "").must(lawful=0)
    left, suspended = commons.last("member_left", "body_suspended")
    assert left["lawful"] == "0" and "due" not in left
    assert suspended["seats"] == "2" and suspended["body"] == "trees"
    figures(commons, 2, 2, 1, 1, "suspended")
    commons.publish(1).no("body_not_lawful", seats=2, seat_votes=2, lay_seats=1, lay_votes=1,
                          members_min=3)
    commons.seat("r:r2").must(lawful=1)
    commons.last("member_seated", "body_restored")
    kinds = [e["kind"] for e in commons.look("body_history", 1, 0, 50).must().items_of]
    assert kinds == ["body_formed", "tender_created", *["member_seated"] * 3, "member_left",
                     "body_suspended", "member_seated", "body_restored"]


def test_a_term_ends_by_itself_and_counts_as_ended_before_it_is_written(commons):
    body(commons)
    for n in range(3):
        commons.seat(f"a:{n}", term=T0 + DAY_MS if n == 0 else 0).must()
    figures(commons, 3, 3, 3, 3, "lawful")
    commons.now = T0 + DAY_MS
    figures(commons, 2, 2, 2, 2, "suspended")  # nobody has written it
    members = commons.look("body_members", 1, 0, 2).must(next=2).items_of
    assert [m["state"] for m in members] == ["left", "seated"]
    commons.publish(1).no("body_not_lawful", seats=2, seat_votes=2, lay_seats=2, lay_votes=2,
                          members_min=3)
    left, _ = commons.last("member_left", "body_suspended")
    assert left["due"] == str(T0 + DAY_MS) and left["member"] == "1"
    commons.settle().must(due=0)


def test_who_leaves_before_their_term_takes_its_deadline_along(commons):
    body(commons)
    commons.seat("a:1", term=T0 + DAY_MS).must()
    commons.settle().must(due=T0 + DAY_MS)
    commons.act("member_leave", 1, "").must()
    commons.settle().must(due=0)


def test_publishing_takes_two_members_most_of_them_lay(commons):
    lawful(commons)
    commons.open_tender(1).no("tender_not_published")
    commons.approve(1, "a:stranger").no("not_a_member", body="trees")
    commons.approve(2, "a:ann").no("tender_unknown", tender=2)
    commons.publish(1).no("approvals_short", approvals=0, lay=0, needed=2)
    commons.approve(1, "t:clerk:eva").must(tender=1)
    assert list(commons.last("tender_approved").items())[4:] == [
        ("tender", "1"), ("member", "3"), ("category", "professional")]
    commons.approve(1, "r:r1").must()
    commons.approve(1, "r:r1").no("approved_already")
    commons.publish(1).no("approvals_short", approvals=2, lay=1, needed=2)  # half is not most
    commons.approve(1, "a:ann").must()
    commons.publish(1, "ponds").no("not_your_body", body="trees")
    commons.publish(1, "trees").must(tender=1)
    assert list(commons.last("tender_published").items())[4:] == [
        ("tender", "1"), ("members", "3"), ("approvals", "3")]
    assert commons.state("t1") == "b"
    commons.look("tender_view", 1).must(state="deliberating")
    commons.approve(1, "a:ann").no("tender_not_draft", state="deliberating")
    commons.publish(1).no("tender_not_draft", state="deliberating")
    approvals = commons.look("tender_approvals", 1).must().items_of
    assert [a["member"] for a in approvals] == ["1", "2", "3"]


def test_an_approval_goes_with_the_seat(commons):
    lawful(commons)
    commons.seat("a:four").must()
    commons.approve(1, "r:r1").must()
    commons.approve(1, "a:four").must()
    commons.act("member_leave", 4, "").must(lawful=1)
    commons.publish(1).no("approvals_short", approvals=1, lay=1, needed=2)


def test_whoever_is_erased_holds_their_seat_no_more_and_it_tells_nothing_of_them(commons):
    lawful(commons)
    commons.act("resident_erase", "r1", 0, "", 0, "", "").must()
    commons.seat("r:r1").no("resident_unknown")
    assert commons.client.call("EXISTS", commons.key("x:m1")) == 0
    assert "r:r1" not in commons.hash("mh:1") and "1" not in commons.hash("mr")
    figures(commons, 3, 3, 2, 2, "lawful")  # the seat counts until it ends
    commons.act("member_leave", 1, "").must()
    figures(commons, 2, 2, 1, 1, "suspended")


def test_a_published_tender_takes_proposals_and_opens(commons):
    lawful(commons)
    commons.approve(1, "r:r1").must()
    commons.approve(1, "a:ann").must()
    commons.publish(1).must()
    commons.proposal(1, 80).must(proposal=2)
    commons.open_round().must()
    commons.pledge("r1", 2, 10).no("tender_not_open")
    commons.judge(1, 2)
    commons.open_tender(1).must()
    commons.pledge("r1", 2, 10).must()
    # what is open goes on, though the body has lost its majority meanwhile
    commons.act("member_leave", 1, "").must(lawful=0)
    commons.pledge("r2", 2, 10).must()


def test_a_body_that_is_not_formed_publishes_nothing(commons):
    body(commons)
    commons.tender(body="ghosts").must(tender=2)
    commons.approve(2, "a:ann").no("body_none", body="ghosts")
    commons.publish(2).no("body_none", body="ghosts")


def test_a_rule_that_cannot_be_reached_is_not_published(commons):
    commons.create(areas="north,south").must()  # which asks for no register
    commons.fund(5000).must()
    commons.register("r1", "r2", area=0).must()
    commons.register("r3", area=1).must()
    commons.tender(people_min=4).must(tender=1)
    commons.publish(1).no("rule_unreachable", what="people", asked=4, there=3)
    commons.tender(people_min=3, areas_min=2, area_people_min=2).must(tender=2)
    commons.publish(2).no("rule_unreachable", what="areas", asked=2, there=1)
    commons.open_round(100).must()
    commons.tender(people_min=3).must(tender=3)
    commons.proposal(3, 301).must()
    commons.publish(3).no("rule_unreachable", what="money", asked=301, there=300)
    commons.proposal(3, 300).must()
    commons.publish(3).must()
    assert commons.last("tender_published")["members"] == "0"


def test_where_no_register_is_asked_for_a_draft_opens_directly(commons):
    commons.market()
    assert commons.state("t1") == "o"


def test_the_trust_sets_what_tenders_have(commons):
    commons.create().must()
    commons.look("community_view").must(days=0, tally="open", people_permille=0, needs_line=0)
    commons.set(members_min=8, days=14, contributors=12, people_permille=50, areas_min=1,
                window=60_000, tally="hidden", needs_line=25).must()
    assert list(commons.last("community_set").items())[4:] == [
        ("members_min", "8"), ("days", "14"), ("contributors", "12"), ("people_permille", "50"),
        ("areas_min", "1"), ("window", "60000"), ("tally", "hidden"), ("needs_line", "25")]
    commons.set(days=0).must()
    assert list(commons.last("community_set").items())[4:] == [("days", "0")]
    commons.look("community_view").must(members_min=8, days=0, contributors=12, tally="hidden",
                                        window=60_000, people_permille=50, needs_line=25)
    commons.set().must(seq=2)  # nothing given, nothing written
    commons.tender().must()
    commons.open_tender(1).no("tender_not_published")


@pytest.mark.parametrize("given", [
    {"members_min": 1001}, {"people_permille": 1001}, {"areas_min": 65}, {"tally": "secret"}])
def test_a_default_that_is_none_raises(commons, given):
    commons.create().must()
    with pytest.raises(RedisError, match="MALFORMED"):
        commons.set(**given)


def test_codes_and_boundaries_of_areas_are_one_text(commons):
    commons.create().must()
    commons.act("areas_set", HASH, '{"north": {"official": "E05000001"}}').must(seq=1)
    assert list(commons.last("areas_set").items())[4:] == [("text", HASH)]
    commons.look("areas_view").must(areas="north,south",
                                    text='{"north": {"official": "E05000001"}}')


def test_past_tenders_tell_what_they_asked_and_how_far_they_came(commons):
    commons.market(prices=(100, 60), people_min=3)
    commons.pledge("r1", 1, 20).must()
    commons.pledge("r1", 2, 10).must()
    commons.pledge("r2", 2, 10).must()
    commons.tender().must()  # a draft is no past one
    one, = commons.look("tender_tries", 10).must().items_of
    assert one == {"tender": "1", "state": "open", "people_min": "3", "areas_min": "0",
                   "ceiling": "1000", "awards": "0", "people": "2", "pledged": "20", "price": "60"}
    commons.tender(tally="hidden").must(tender=3)
    commons.proposal(3, 10).must()
    commons.open_tender(3).must()
    assert len(commons.look("tender_tries", 10).must().items_of) == 1  # what is hidden is not told
