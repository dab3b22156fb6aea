"""The pages that anybody sees: what is there, what is still lacking, what came of it; for a browser
without a script, and live where there is one."""
import concurrent.futures
import gzip
import html
import itertools
import re

import pytest

from browser import picture, walk
from browsing import Person
from riverside import Riverside
from story import stamp

pytestmark = pytest.mark.long
FOLDERS = {"t": "tenders", "p": "proposals", "c": "commissions", "n": "needs", "b": "bodies",
           "k": "talks"}
PAGES = ("", "/tenders", "/tenders/2", "/tenders/1", "/tenders/2/talks", "/proposals/2",
         "/proposals/1", "/proposals/6", "/commissions", "/commissions/1", "/needs", "/needs/1",
         "/bodies", "/bodies/1")
OWN = ("/", "/how-it-works", "/open-questions")


@pytest.fixture(scope="module")
def place(server):
    return Riverside(server)


def path_of(place, thing):
    letter, number = thing.split(".")[1][0], thing.split(".")[1][1:]
    return f"{place.page}/{FOLDERS[letter]}/{number}"


def source(place, path):
    return place.anyone.get(path, headers={"Accept": "text/html"}).must(200).text


def words(piece):
    """What one reads of a piece of HTML."""
    return " ".join(html.unescape(re.sub(r"<[^>]*>", " ", piece)).split())


def main_of(place, path):
    page = source(place, path)
    return words(page[page.index("<main"):page.index("</main>")])


def pieces(page, name):
    """What stands in the elements of that class."""
    return [words(piece) for piece in
            re.findall(rf'<(?:p|h3) class="{name}">(.*?)</(?:p|h3)>', page, re.S)]


def test_320_a_proposal_says_what_each_condition_still_lacks(place):
    page = source(place, path_of(place, place.near))
    assert pieces(page, "gs-meter__lack") == [
        "£50 still to go", "2 more people needed", "1 more area needed", "Reached",
        "1 resident offers it"]
    assert pieces(page, "gs-meter__label") == [
        "Money £250 of £300", "People 10 of 12", "Areas 2 of 3",
        "Left in the funds £2,600 for a price of £300", "Pouring tea 12 of 60 hours"]
    assert "An area counts as soon as 3 people there pledge." in words(page)
    assert "January £150, by 31 January 2027" in words(page)
    assert "The library stays open until eight" in words(page), "it is like that one"


def test_320_a_proposal_that_is_still_changing_shows_how(place):
    seen = main_of(place, f"{place.page}/proposals/5")
    for sentence in ("Pledging has not opened yet.", "it fits the tender",
                     "Three hours, on Fridays, with tea.", "Two hours, on Fridays.",
                     "Version 1", "£150", "Version 2", "£140", "A proposal was changed."):
        assert sentence in seen, (sentence, seen)


def test_320_breadth_is_a_chart_and_a_table(place):
    page = source(place, path_of(place, place.near))
    assert re.search(r"<svg.*?<title[^>]*>Who pledges where</title>.*?<desc", page, re.S)
    table = page[page.index('id="areas-table"'):]
    rows = re.findall(r"<tr class=.*?</tr>", table[:table.index("</table>")], re.S)
    assert [words(row) for row in rows] == [
        "Area People Still needed", "North-Bank 5 enough", "Mill-Lane 5 enough",
        "Hill-Top 0 3 people", "Old-Docks 0 3 people"]


def test_320_a_hidden_tally_says_so_and_shows_nothing(place):
    for path in (path_of(place, place.secret), f"{place.page}/tenders/4"):
        seen = main_of(place, path)
        assert "stays hidden until this tender ends" in seen
        assert "still to go" not in seen and "needed" not in seen.replace("What is needed", "")
        assert "Who pledges where" not in seen


def test_320_a_tender_says_its_rule_its_stages_and_what_people_say(place):
    seen = main_of(place, path_of(place, place.warm))
    for sentence in (
            "at least 12 different people pledge", "It answers Somewhere warm to sit",
            "from at least 3 areas, with 3 people or more in each", "Everyone who is cold",
            "Illness in winter", "Evenings open: 40 evenings", "Is there a lift?",
            "Because of what you said, it is free of charge", "17 agree, 3 disagree",
            "In each of 4 areas with enough answers, at least 40% agree.", "A bus with a stove",
            "£450 still to go", "Asked for by Garden voices", "Residents pledge since"):
        assert sentence in seen, (sentence, seen)
    stages = re.findall(r"gs-stage(?:--(\w+))?\"", source(place, path_of(place, place.warm)))
    assert stages == ["done", "now", ""]
    assert "Being discussed" in main_of(place, path_of(place, place.talked))
    assert "Withdrawn: every pledge came back" in main_of(place, path_of(place, place.stopped))


def test_320_a_commission_says_what_was_done_paid_and_came_of_it(place):
    seen = main_of(place, path_of(place, place.garden))
    for sentence in (
            "Rowan Gardens CIC", "Beds built £120, by 1 March 2027",
            "1 resident who pledged confirms it.", "£120 paid on 9 March 2027, INV-1",
            "The lottery fund £180 £120 £60 £0", "Promised: 40 people a week",
            "31 people a week", "I know my neighbours now.", "The surgery: £3,000"):
        assert sentence in seen, (sentence, seen)
    assert "Residents chose this." in main_of(place, f"{place.page}/proposals/1")


def test_320_a_community_says_what_goes_on_and_where_the_money_comes_from(place):
    seen = main_of(place, place.page)
    for sentence in (
            "Every resident has £50 to pledge", "£3,000", "A warm place in the evening",
            "Help with forms", "Raised beds that a wheelchair fits under",
            "The council For the people who live here. anything £2,000 £0 £2,000",
            "The lottery fund gardens £400 £180 £220", "Garden voices", "Hill-Top 6"):
        assert sentence in seen, (sentence, seen)
    page = source(place, place.page)
    assert re.findall(r'<svg[^>]*>\s*<title[^>]*>([^<]*)', page) == [
        "Pledged, day by day", "Where the money comes from", "Areas"]
    assert re.search(r"</th><td[^>]*>£\d+</td><td[^>]*>1\d</td>", page), "the day's figures"


def test_320_the_front_page_finds_a_community_by_a_part_of_its_name(place):
    assert f'href="{place.page}">A place</a>' in source(place, "/?q=a+PLA")
    assert "Open for pledges until" in main_of(place, "/")
    assert "No community has that in its name." in main_of(place, "/?q=%3Cnowhere%3E")


def test_320_a_body_says_who_holds_the_majority(place):
    seen = main_of(place, path_of(place, place.body))
    assert "3 of 4 seats and 3 of 4 votes belong to residents" in seen
    assert "Dr Lee Mason" in seen and "professional" in seen and "By show of hands." in seen


def test_320_a_need_shows_its_answer(place):
    seen = main_of(place, path_of(place, place.needs[0]))
    assert "4 other residents stand behind it." in seen
    assert "We ask for offers: see the tender." in seen and "A warm place in the evening" in seen


def test_320_lists_are_filtered_by_a_form_that_remembers(place):
    page = source(place, f"{place.page}/tenders?state=open")
    assert pieces(page, "gs-card__title") == ["Paint the underpass", "A warm place in the evening"]
    assert '<option value="open" selected>' in page
    assert "There is no tender here." in main_of(place, f"{place.page}/tenders?state=lapsed")
    page = source(place, f"{place.page}/needs?state=answered&sort=seconded")
    assert pieces(page, "gs-card__title") == ["Somewhere warm to sit in the evening."]
    page = source(place, f"{place.page}/tenders/2/talks?kind=question")
    assert "Is there a lift?" in page and "ill less often" not in page
    assert "£180" in main_of(place, f"{place.page}/commissions?theme=gardens")


def test_320_every_page_is_small(place):
    for path in [*OWN, *[place.page + path for path in PAGES]]:
        assert len(gzip.compress(source(place, path).encode(), 6)) < 8 * 1024, path


def test_320_one_finds_the_way_from_the_front_page_to_a_pledge(place):
    seen = walk([["goto", place.server.url + "/"], *picture("320-home"),
                 ["click", f"a[href='{place.page}']"], *picture("320-community"),
                 ["click", "text=A warm place in the evening"], *picture("320-tender"),
                 ["click", "text=The library stays open until ten"], *picture("320-proposal"),
                 ["click", "text=Pledge to this"], ["url"]], script=False, width=375)
    assert seen["saw"][-1].split("?")[0].endswith("/sign-in")


def test_320_a_pledge_moves_the_meter_without_a_reload(place):
    """Behind those that count what it lacks."""
    steps = [["goto", place.server.url + path_of(place, place.near)],
             ["text", "#p2-people + span"], ["wait", "text=11 of 12"], ["text", "#progress"]]
    with concurrent.futures.ThreadPoolExecutor(1) as pool:
        seen = pool.submit(walk, steps)
        for amount in itertools.cycle((500, 600)):  # until the browser listens, and has heard
            place.pledge(6, place.near, amount).must(200)
            if concurrent.futures.wait([seen], 0.3).done:
                break
    assert "1 more person needed" in seen.result()["saw"][-1]


def test_320_who_has_pledged_is_told_how_much(place):
    """Behind the others, for one more resident comes."""
    code = place.trust.post(f"{place.at}/codes", {
        "area": "hill-top", "n": 1, "expires_at": stamp(86400)}).must(201).json()["codes"][0]
    person = Person(place.server)
    person.by_code(place.slug, code["code"]).must(200)

    def seen():
        return words(person.get(path_of(place, place.near), headers={"Accept": "text/html"}).text)
    assert "Pledge to this" in seen() and "You pledge" not in seen()
    person.put(f"/v1/proposals/{place.near}/pledge", {"amount": 750}).must(200)
    assert "You pledge £7.50 to this." in seen() and "Change your pledge" in seen()
