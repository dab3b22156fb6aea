"""A trust on its pages, the watch, one community of it, alerts and webhooks, as they work
without a script (how they look: 380)."""
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


def form(town, path, fields, who="trust"):
    """What a browser without scripts sends of a page's form."""
    page = html(town, ALERTS, who).must(200).text
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
