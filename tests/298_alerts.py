"""Alerts of a trust: rules over all its communities, judged by the keeper; each is raised once
until it clears, is seen, and goes where it was asked to go."""
import itertools

import pytest

from server import Server, wait_until
from story import Commons

numbers = itertools.count(1)


class Trust:
    def __init__(self, server):
        self.server, self.id = server, f"alert-{next(numbers)}"
        self.officer = server.client(server.token("trust", "*", self.id))
        self.at = f"/v1/trusts/{self.id}"
        self.place = Commons(server, areas=["north", "south"], residents=20, trust=self.id)
        self.place.fund(5000)
        self.place.open_round(allotment=100)
        tender = self.place.tender(ceiling=1000, people_min=1)
        self.proposal = self.place.proposal(tender, 1000)
        self.place.open_tender(tender)

    def rule(self, when, to=("page",), **figure):
        answer = self.officer.post(f"{self.at}/alerts", {"when": when, "to": list(to), **figure})
        return answer.must(201).json()["alert"]

    def raised(self, rule, **what):
        found = [one for one in self.officer.get(f"{self.at}/raised").must(200).json()["items"]
                 if one["alert"] == rule]
        return [one for one in found if what.items() <= one.items()]

    def waits_for(self, rule, **what):
        wait_until(lambda: self.raised(rule, **what), what=f"alert {rule} with {what}")
        return self.raised(rule, **what)[0]


@pytest.fixture(scope="module")
def alert_server():
    with Server(args=["--notices-rest-ms", "100"]) as one:
        yield one


@pytest.fixture(scope="module")
def trust(alert_server):
    return Trust(alert_server)


def test_298_what_comes_near_is_raised_once_and_clears(trust):
    rule = trust.rule("near", permille=200)
    for i in range(8):
        trust.place.pledge(i, trust.proposal, 100).must(200)
    one = trust.waits_for(rule, proposal=trust.proposal)
    assert one["community"] == trust.place.slug and one["value"] == 800 and not one["seen"]
    assert "cleared" not in one
    trust.place.unpledge(0, trust.proposal).must(200)
    trust.waits_for(rule, proposal=trust.proposal, number=one["number"])
    wait_until(lambda: "cleared" in trust.raised(rule)[0], what="it clears")
    trust.place.pledge(0, trust.proposal, 100).must(200)
    wait_until(lambda: "cleared" not in trust.raised(rule)[0], what="it is raised again")
    assert trust.raised(rule)[0]["number"] > one["number"] and len(trust.raised(rule)) == 1


def test_298_an_area_under_the_line_is_raised_without_a_small_figure(trust):
    rule = trust.rule("participation", permille=700)
    one = trust.waits_for(rule, area=1)
    assert one["value"] == 0  # four of ten have pledged
    again = trust.rule("participation", permille=1)
    trust.officer.delete(f"{trust.at}/alerts/{again}").must(200)
    trust.officer.delete(f"{trust.at}/alerts/{again}").refused(404, "alert_unknown")


def test_298_a_body_that_is_suspended_is_raised(trust):
    rule = trust.rule("body_suspended")
    place = Commons(trust.server, residents=3, members_min=3, trust=trust.id)
    body = place.form("elders")
    seats = [place.seat(body, resident=place.ids[i]).must(201).json()["member"] for i in range(3)]
    place.trust.delete(f"/v1/members/{seats[0]}").must(200)
    assert trust.waits_for(rule, body=body)["community"] == place.slug


def test_298_an_activation_is_raised_and_seen(trust):
    rule = trust.rule("activation")
    for i in range(8, 12):
        trust.place.pledge(i, trust.proposal, 100)
    commission = trust.proposal.replace(".p", ".c")
    one = trust.waits_for(rule, commission=commission)
    answer = trust.officer.get(f"{trust.at}/raised").must(200).json()
    assert answer["unseen"] > 0 and answer["items"][0]["number"] >= one["number"]
    last = answer["items"][0]["number"]
    trust.officer.post(f"{trust.at}/raised/seen", {"number": last}).must(200)
    assert trust.raised(rule, commission=commission)[0]["seen"]


def test_298_rules_are_listed_as_they_were_made(trust):
    rule = trust.rule("stalled", days=28)
    items = trust.officer.get(f"{trust.at}/alerts").must(200).json()["items"]
    one = next(item for item in items if item["alert"] == rule)
    assert (one["when"], one["days"], one["to"]) == ("stalled", 28, ["page"])


@pytest.mark.parametrize("body", [{"when": "near"}, {"when": "stalled", "permille": 5},
                                  {"when": "activation", "days": 5},
                                  {"when": "near", "permille": 5, "days": 5}])
def test_298_a_rule_with_the_wrong_figure_is_refused(trust, body):
    trust.officer.post(f"{trust.at}/alerts", {"to": ["page"], **body}).refused(
        422, "fields_wrong")


def test_298_others_see_and_change_nothing(trust):
    other = trust.server.client(trust.server.token("trust", "*", "other-trust"))
    for path in ("alerts", "raised"):
        other.get(f"{trust.at}/{path}").refused(403, "not_your_organisation")
    other.post(f"{trust.at}/alerts", {"when": "activation", "to": ["page"]}).refused(
        403, "not_your_organisation")


def test_298_a_trust_has_32_alerts(trust):
    other = Trust(trust.server)
    for _ in range(32):
        other.rule("log_trouble")
    other.officer.post(f"{other.at}/alerts", {"when": "log_trouble", "to": ["page"]}).refused(
        409, "alerts_too_many")


def test_298_mail_goes_to_nobody_whose_address_is_not_confirmed(trust):
    answer = trust.officer.post(f"{trust.at}/alerts", {"when": "activation", "to": ["mail"]})
    answer.refused(409, "mail_off")
