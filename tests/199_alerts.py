"""The alerts of a trust: what is true is raised once until it clears, and sent once, whoever asks
how often; a webhook that never answers is switched off."""
from commons import T0
from persons import Actor, hashed, id_of
from persons_fixture import persons, redis  # noqa: F401

OFFICER = Actor("t:trust:north-trust")
TRUST = "north-trust"


def rule(persons, when="near", n=100, to="p", account=""):
    return int(persons.act("alert_set", OFFICER, TRUST, when, n, to, account).must()["number"])


def judge(persons, *true, slug="oak"):
    flat = [word for one in true for word in one]
    return persons.door("alert_judge", TRUST, slug, len(true), *flat).must()


def raised(persons):
    return persons.look("raised", TRUST).must().items_of


def deliveries(persons):
    return persons.look("deliveries", TRUST).must().items_of


def hook(persons):
    return persons.act("hook_add", OFFICER, TRUST, hashed("nonce"), "https://a.example/x").must()


def test_199_what_is_true_is_raised_once_until_it_clears(persons):
    number = rule(persons)
    judge(persons, (number, 1, 950))
    judge(persons, (number, 1, 960))
    one, = raised(persons)
    assert (one["number"], one["value"], one["cleared"], one["when"]) == ("1", "950", "0", "near")
    judge(persons, slug="elm")
    assert raised(persons)[0]["cleared"] == "0"
    persons.now += 1000
    judge(persons)
    assert raised(persons)[0]["cleared"] == str(T0 + 1000)
    judge(persons, (number, 1, 970))
    one, = raised(persons)
    assert (one["number"], one["value"], one["cleared"]) == ("2", "970", "0")


def test_199_who_has_seen_it_says_so(persons):
    number = rule(persons)
    judge(persons, (number, 1, 950), (number, 2, 900))
    persons.act("raised_seen", OFFICER, TRUST, 1).must()
    assert [(one["number"], one["seen"]) for one in raised(persons)] == [("2", "0"), ("1", "1")]


def test_199_a_rule_that_is_gone_raises_nothing_and_takes_with_it_what_it_raised(persons):
    number = rule(persons)
    other = rule(persons, "body_suspended", 0)
    assert [r["when"] for r in persons.look("alerts", TRUST).items_of] == ["near",
                                                                           "body_suspended"]
    judge(persons, (number, 1, 950), (other, 3, 0))
    persons.act("alert_drop", OFFICER, TRUST, number).must()
    persons.act("alert_drop", OFFICER, TRUST, number).no("alert_unknown", alert=number)
    judge(persons, (number, 1, 950), (other, 3, 0))
    assert [one["alert"] for one in raised(persons)] == [str(other)]
    assert [t["trust"] for t in persons.look("alerting").items_of] == [TRUST]
    persons.act("alert_drop", OFFICER, TRUST, other).must()
    assert persons.look("alerting").items_of == []


def test_199_a_trust_has_32_rules_and_8_webhooks(persons):
    for _ in range(32):
        rule(persons)
    persons.act("alert_set", OFFICER, TRUST, "near", 1, "p", "").no("alerts_too_many", most=32)
    for _ in range(8):
        hook(persons)
    persons.act("hook_add", OFFICER, TRUST, hashed("n"), "https://a.example/").no(
        "webhooks_too_many", most=8)


def test_199_each_is_sent_once_to_every_webhook_and_by_mail(persons):
    hook(persons)
    number = rule(persons, to="pmw", account=id_of("ada"))
    judge(persons, (number, 1, 950))
    judge(persons, (number, 1, 950))
    assert [(d["kind"], d["target"], d["state"]) for d in deliveries(persons)] == [
        ("w", "1", "waiting"), ("m", id_of("ada"), "waiting")]
    first = persons.door("delivery_claim").must(found=1, kind="m", community="oak", value=950)
    second = persons.door("delivery_claim").must(found=1, kind="w", url="https://a.example/x",
                                                 nonce=hashed("nonce"), when="near")
    persons.door("delivery_claim").must(found=0)
    persons.door("delivery_done", TRUST, second["delivery"], 204, 1).must()
    persons.now += 60_000
    persons.door("delivery_claim").must(found=1, delivery=first["delivery"])
    persons.door("delivery_done", TRUST, first["delivery"], 250, 1).must()
    persons.now += 60_000
    persons.door("delivery_claim").must(found=0)
    assert [d["state"] for d in deliveries(persons)] == ["sent", "sent"]


def test_199_a_webhook_that_never_answers_is_tried_ten_times_and_switched_off(persons):
    hook(persons)
    number = rule(persons, to="w")
    judge(persons, (number, 1, 950))
    for tries in range(10):
        one = persons.door("delivery_claim").must(found=1, tries=tries)
        persons.door("delivery_done", TRUST, one["delivery"], 500, 0).must()
        persons.door("delivery_claim").must(found=0)
        persons.now += 86400 * 1000
    persons.door("delivery_claim").must(found=0)
    assert deliveries(persons)[0]["state"] == "failed"
    assert persons.look("hooks", TRUST).items_of[0]["state"] == "off"
    judge(persons)
    judge(persons, (number, 1, 950))
    assert len(deliveries(persons)) == 1
    persons.act("hook_on", OFFICER, TRUST, 1).must()
    persons.act("delivery_again", OFFICER, TRUST, 1).must()
    persons.door("delivery_claim").must(found=1, delivery=1, tries=0)


def test_199_gone_is_gone(persons):
    hook(persons)
    judge(persons, (rule(persons, to="w"), 1, 950))
    persons.door("delivery_claim").must(found=1)
    persons.door("delivery_done", TRUST, 1, 410, 0).must()
    assert persons.look("hooks", TRUST).items_of[0]["state"] == "off"
    persons.act("hook_drop", OFFICER, TRUST, 1).must()
    persons.act("hook_drop", OFFICER, TRUST, 1).no("webhook_unknown", webhook=1)
    persons.act("hook_on", OFFICER, TRUST, 1).no("webhook_unknown", webhook=1)
    persons.act("delivery_again", OFFICER, TRUST, 7).no("delivery_unknown", delivery=7)


def test_199_500_are_kept_and_the_oldest_that_is_over_makes_room(persons):
    number = rule(persons)
    for first in (0, 250):
        judge(persons, *[(number, first + i, 1) for i in range(250)], slug=f"s{first}")
    judge(persons, (number, 9999, 1))
    assert len(raised(persons)) == 500 and raised(persons)[0]["thing"] != "9999"
    judge(persons, slug="s0")
    judge(persons, (number, 9999, 1))
    assert len(raised(persons)) == 500 and raised(persons)[0]["thing"] == "9999"
