"""Pages and forms, as a browser without a script sends them: what the API says, and its no."""
import concurrent.futures
import gzip
import html
import re
import urllib.parse

import pytest

from browsing import Person
from story import Commons, stamp

FORM = {"Content-Type": "application/x-www-form-urlencoded", "Accept": "text/html"}
HTML = {"Accept": "text/html"}


class Town(Commons):
    def __init__(self, server):
        super().__init__(server, areas=("north",), residents=0)
        self.fund(100_000)
        codes = self.trust.post(f"/v1/communities/{self.slug}/codes", {
            "n": 3, "area": "north", "expires_at": stamp(86400)}).must(201).json()["codes"]
        self.people = [Person(server) for _ in codes]
        for person, code in zip(self.people, codes):
            person.by_code(self.slug, code["code"]).must(200)
        self.open_round(5000, token=100)
        tender = self.tender(ceiling=50_000, people_min=2)
        self.first = self.proposal(tender, 9000)
        self.open_tender(tender)
        self.page = f"/c/{self.slug}/proposals/{self.first.split('.p')[1]}/pledge"

    def see(self, path, person=None, **headers):
        return (person or self.anyone).get(path, headers={**HTML, **headers})

    def form(self, person, path=None):
        """The hidden fields of the page's last form."""
        page = self.see(path or self.page, person).must(200).text
        return dict(re.findall(r'type="hidden" name="([^"]*)" value="([^"]*)"',
                               page[page.rindex("<form"):]))

    def send(self, person, fields, path=None, **headers):
        body = urllib.parse.urlencode(fields).encode()
        return person.request("POST", path or self.page, body, key=None,
                              headers={**FORM, "Groundswell-Csrf": None, **headers})

    def held(self, person):
        return person.get(f"/v1/communities/{self.slug}/wallet").must(200).json()["held"]


@pytest.fixture(scope="module")
def town(server):
    return Town(server)


def test_310_a_page_shows_what_the_api_says(town):
    page = town.see(f"/c/{town.slug}/proposals/{town.first.split('.p')[1]}")
    assert page.status == 200 and page.headers["content-type"] == "text/html; charset=utf-8"
    assert "£90" in page.text and page.headers["content-language"] == "en"
    assert "'unsafe-inline'" not in page.headers["content-security-policy"]


@pytest.mark.parametrize("path, status", [("/nowhere", 404), ("/c/none-such", 404),
                                          ("/c/BAD_/tenders/1", 404), ("/%zz", 400)])
def test_310_what_is_not_there_is_said_as_a_page_to_a_browser_and_in_json_to_programs(
        town, path, status):
    page = town.see(path)
    assert page.status == status and "<h1" in page.text
    assert town.anyone.get(path, headers={"Accept": "application/json"}).json()["status"] == status


def test_310_the_language_is_that_of_the_address_the_choice_or_the_browser(town):
    def lang(path, **headers):
        page = town.see(path, **headers).must(200)
        found = re.search(r'<html[^>]* lang="(\w+)"', page.text).group(1)
        assert found == page.headers["content-language"]
        return found
    place = f"/c/{town.slug}"
    assert lang(place) == "en" and lang("/cy" + place) == "cy" and lang("/en" + place) == "en"
    assert lang(place, **{"Accept-Language": "cy-GB, en;q=0.8"}) == "cy"
    assert lang(place, **{"Accept-Language": "cy;q=0.2, en;q=0.8"}) == "en"
    assert lang(place, Cookie="groundswell-lang=cy") == "cy"
    assert lang("/en" + place, Cookie="groundswell-lang=cy") == "en"
    kept = town.see("/cy" + place).headers["set-cookie"]
    assert kept.startswith("groundswell-lang=cy;")
    assert f'href="/cy{place}/' in town.see("/cy" + place).text


def test_310_who_is_not_signed_in_is_sent_to_sign_in_and_told_where_to_come_back(town):
    away = town.see(town.page + "?a=b c".replace(" ", "%20"))
    assert away.status == 303
    assert away.headers["location"] == f"/c/{town.slug}/sign-in?to=" + urllib.parse.quote(
        town.page + "?a=b%20c", safe="")


def test_310_a_form_acts_once_however_often_it_is_sent(town):
    person = town.people[0]
    fields = {**town.form(person), "amount:money": "12.50"}
    seqs = len(town.log())
    for _ in range(2):
        gone = town.send(person, fields)
        assert gone.status == 303
        assert gone.headers["location"] == f"{town.page}/receipt?done=pledged"
    assert town.held(person) == 1250 and len(town.log()) == seqs + 1


@pytest.mark.parametrize("typed, says", [
    ("12.345", "no more than two decimals"), ("lots", "in numbers"), ("-3", "not below zero"),
    ("999", "£50 is available"), ("0.10", "£1")])
def test_310_what_cannot_be_is_said_at_the_field_and_what_was_typed_is_kept(town, typed, says):
    person = town.people[1]
    page = town.send(person, {**town.form(person), "amount:money": typed})
    assert page.status in (409, 422), page.text
    assert "<title>Error: " in page.text and 'href="#amount"' in page.text
    error = re.search(r'id="amount-error".*?</p>', page.text, re.S).group(0)
    assert says in html.unescape(error), error
    assert f'value="{typed}"' in page.text and town.held(person) == 0


def test_310_a_form_sent_empty_is_told_what_is_missing(town):
    person = town.people[1]
    page = town.send(person, {**town.form(person), "amount:money": ""})
    assert page.status == 422 and "There is a problem" in page.text, page.text
    assert "amount" in page.text and "JSON" not in page.text


def test_310_a_form_of_another_site_does_nothing(town):
    person = town.people[1]
    fields = {**town.form(person), "amount:money": "5"}
    for change, headers in (({}, {"Origin": "http://elsewhere.example"}),
                            ({"token": ""}, {}), ({"token": "A" * 48}, {}),
                            ({}, {"Sec-Fetch-Site": "cross-site"})):
        page = town.send(person, {**fields, **change}, **headers)
        assert page.status == 403 and "<h1" in page.text
    assert town.held(person) == 0
    assert town.send(person, fields).status == 303 and town.held(person) == 500


def test_310_the_token_of_a_form_never_looks_the_same(town):
    seen = {town.form(town.people[0])["token"] for _ in range(5)}
    assert len(seen) == 5


def test_310_a_broken_form_is_refused_whole(town):
    person = town.people[2]
    for body, status in ((b"amount=%zz", 400), (b"a=%00", 400), (b"=" * 10, 403),
                         (b"x=1&" * 300, 400), (b"x" * 200_000, 413)):
        answer = person.request("POST", town.page, body, key=None, headers=FORM)
        assert answer.status == status, (body[:20], answer.status)
    assert town.held(person) == 0


def test_310_what_everybody_sees_is_kept_for_a_moment_and_never_what_is_ones_own(town):
    place = f"/c/{town.slug}"
    first = town.see(place)
    again = town.see(place, **{"If-None-Match": first.headers["etag"]})
    assert again.status == 304
    packed = town.see(place, **{"Accept-Encoding": "gzip"})
    assert packed.headers["content-encoding"] == "gzip"
    assert gzip.decompress(packed.body).decode() == first.text
    assert "etag" not in town.see(place, town.people[0]).headers
    assert "My budget" in town.see(place, town.people[0]).text
    assert "My budget" not in town.see(place).text


def test_310_a_change_through_this_server_is_seen_at_once(town):
    path = f"/c/{town.slug}/proposals/{town.first.split('.p')[1]}"
    for amount in (700, 900, 1100):
        town.people[2].put(f"/v1/proposals/{town.first}/pledge", {"amount": amount}).must(200)
        pledged = town.anyone.get(f"/v1/proposals/{town.first}").json()["pledged"]
        pounds = f"£{pledged // 100}" + (f".{pledged % 100:02}" if pledged % 100 else "")
        assert f"{pounds} of £90" in town.see(path).text


def test_310_many_pages_at_once_are_all_whole_and_leave_room_for_others(town):
    path = f"/c/{town.slug}/tenders/1"
    whole = len(town.see(f"{path}?r=000").text)

    def one(i):
        return town.server.client().get(f"{path}?r={i:03}", headers=HTML)
    with concurrent.futures.ThreadPoolExecutor(100) as crowd:
        pages = list(crowd.map(one, range(300)))
    assert {page.status for page in pages} == {200}
    assert {len(page.text) for page in pages} == {whole}
    assert town.anyone.get("/readyz").status == 200


def test_310_a_long_way_back_is_not_come_back_to(town):
    away = town.see(town.page + "?" + "%22" * 2500)
    assert away.status == 303 and away.headers["location"].endswith("%2Fpledge")
