"""The pages of a trust: the watch over its communities, one of them, alerts and webhooks, and its
work on a community, as they go without a script (how they look: 380)."""
import re
import urllib.parse

import pytest

from everything import Everything

ALERTS = "/trusts/the-trust/alerts"


@pytest.fixture(scope="module")
def town(server):
    return Everything(server)


def html(town, path, who="trust"):
    return town.people[who].request("GET", path, headers={"Accept": "text/html"})


def form(town, path, fields, who="trust", of=ALERTS):
    """What a browser without scripts sends of a page's form."""
    page = html(town, of, who).must(200).text
    hidden = {name: re.search(f'name="{name}" value="([^"]+)"', page).group(1)
              for name in ("token", "key")}
    body = urllib.parse.urlencode([*hidden.items(), *fields]).encode()
    return town.people[who].request("POST", path, body=body, headers={
        "Accept": "text/html", "Content-Type": "application/x-www-form-urlencoded"})


def test_376_the_watch_shows_what_is_near_and_what_it_lacks(town):
    page = html(town, "/trusts/the-trust").must(200).text
    watch = town.people["trust"].request("GET", "/v1/trusts/the-trust/watch").must(200).json()
    place = next(item for item in watch["items"] if item["slug"] == town.slug)
    assert f'/trusts/the-trust/communities/{town.slug}"' in page
    assert f'{place["people"]} of {place["residents"]}' in page
    assert place["nearest"][0]["title"] in page
    none = html(town, "/trusts/the-trust?q=nowhere-at-all").must(200).text
    assert "No community has that in its name" in none and town.slug not in none
    html(town, "/trusts/the-trust?sort=participation&filter=open").must(200)
    html(town, "/trusts/the-trust", "resident").must(403)


def test_376_one_click_down_are_its_areas_its_log_and_its_days(town):
    page = html(town, f"/trusts/the-trust/communities/{town.slug}").must(200).text
    for words in ("Nearest to being chosen", "Areas left behind", "The log", "sealed"):
        assert words in page


def test_376_a_rule_is_made_and_removed_without_a_script(town):
    wrong = form(town, ALERTS, [("when", "near"), ("permille:percent", "lots"),
                                ("to:list", "page")]).must(422)
    assert "Enter a percentage" in wrong.text and 'value="lots"' in wrong.text
    made = form(town, ALERTS, [("when", "stalled"), ("days:number", "14"), ("to:list", "page")])
    assert made.must(303).headers["location"].endswith("?done=saved")
    page = html(town, ALERTS).must(200).text
    assert "(14 days)" in page
    rules = town.people["trust"].request("GET", "/v1/trusts/the-trust/alerts").must(200).json()
    number = rules["items"][-1]["alert"]
    form(town, f"{ALERTS}/{number}/remove", []).must(303)
    assert "(14 days)" not in html(town, ALERTS).must(200).text


def test_376_the_secret_of_a_webhook_is_shown_once_and_stands_in_no_address(town):
    made = form(town, f"{ALERTS}/webhooks", [("url", "https://hooks.example.org/alerts")]).must(200)
    assert "whsec_" in made.text and "shown only now" in made.text
    page = html(town, ALERTS).must(200).text
    assert "hooks.example.org" in page and "whsec_" not in page
    wrong = form(town, f"{ALERTS}/webhooks", [("url", "ftp://hooks.example.org")])
    assert wrong.status in (409, 422) and "url-error" in wrong.text


def test_376_a_fund_is_added_and_topped_up_on_pages(town):
    work = f"/c/{town.slug}/trust"
    wrong = form(town, f"{work}/funds", [("source", "Mill Trust"), ("amount:money", "much")],
                 of=work).must(422)
    assert 'value="Mill Trust"' in wrong.text and 'href="#amount"' in wrong.text
    form(town, f"{work}/funds", [("source", "Mill Trust"), ("amount:money", "120")],
         of=work).must(303)
    funds = town.anyone.get(f"/v1/communities/{town.slug}/funds").must(200).json()["items"]
    fund = next(one for one in funds if one["text"]["source"] == "Mill Trust")
    assert fund["amount"] == 12000
    page = f"{work}/funds/{fund['fund'].rsplit('.f', 1)[1]}"
    form(town, f"{page}/top-up", [("amount:money", "30")], of=page).must(303)
    assert "£150" in html(town, page).must(200).text
    town.recount()


def test_376_codes_are_shown_once(town):
    codes = f"/c/{town.slug}/trust/codes"
    made = form(town, codes, [
        ("n:number", "2"), ("area", town.areas[0]), ("expires_at:date", "end"),
        ("expires_at.day:part", "24"), ("expires_at.month:part", "12"),
        ("expires_at.year:part", "2027")], of=codes).must(200)
    assert made.text.count(f"/c/{town.slug}/join#") == 2 and "shown only now" in made.text
    assert "/join#" not in html(town, codes).must(200).text


def test_376_a_round_is_not_opened_without_an_end(town):
    page = f"/c/{town.at['empty']}/trust/round"
    wrong = form(town, page, [("allotment:money", "50"), ("closes:date", "end")], "operator", page)
    assert wrong.must(422) and "There is a problem" in wrong.text and 'value="50"' in wrong.text


def test_376_an_operator_founds_an_organisation(town):
    page = html(town, "/operator", "operator").must(200).text
    assert "Ready" in page and "groundswell backup" in page
    wrong = form(town, "/operator", [("title", "Hill trust"), ("org", "Hill Trust!"),
                                     ("kind", "trust")], "operator", "/operator").must(422)
    assert "org-error" in wrong.text and 'value="Hill trust"' in wrong.text
    form(town, "/operator", [("title", "Hill trust"), ("org", "hill-trust"), ("kind", "trust")],
         "operator", "/operator").must(303)
    assert "Hill trust" in html(town, "/operator", "operator").must(200).text
