"""From a printed letter to a pledge, for somebody who has never seen the place: each press and each
field is counted (web/README.md says how many there are), with a script and without one."""
import re

import pytest

from browser import picture, walk
from server import ROOT
from story import stamp
from townsfolk import Townsfolk

pytestmark = pytest.mark.long

COUNTED = {"click": "press", "press": "press", "fill": "field", "check": "field"}


@pytest.fixture(scope="module")
def people(server):
    people = Townsfolk(server, areas=("north", "south"), residents=2)
    people.fund(100000)
    people.open_round(5000, token=100)
    tender = people.tender(ceiling=90000, people_min=3, closes=stamp(3000))
    people.proposals = [people.proposal(tender, price) for price in (90000, 4000)]
    people.open_tender(tender)
    return people


def counted(steps):
    kinds = [COUNTED.get(step[0]) for step in steps]
    return {"press": kinds.count("press"), "field": kinds.count("field")}


def pledging(amount="12.50"):
    """What is left to do once somebody is in."""
    return [["click", "main .gs-card a"], ["fill", "#amount", amount],
            ["click", "main form button[type=submit]"], ["click", "main form button[type=submit]"]]


def seen_on_the_way(steps, name):
    """After each press a picture, and what the title says."""
    seen = []
    for i, step in enumerate(steps):
        if COUNTED.get(step[0]) == "press":
            seen += picture(f"{name}-{i}")
        seen.append(step)
    return seen + picture(f"{name}-end")


@pytest.mark.parametrize("script, width", [(True, 375), (True, 320), (False, 375), (True, 1280)])
def test_375_from_the_letter_to_the_pledge(people, script, width):
    letter = people.letters()[0]
    before = people.totals()["held"]
    place = letter["link"] if script else letter["link"].split("#")[0]
    steps = [["goto", place]] + ([] if script else [["fill", "#code", letter["code"]]]) + \
        [["click", "main form button"]] + pledging()
    seen = walk([*seen_on_the_way(steps, f"letter-{width}-{'js' if script else 'plain'}"),
                 ["text", "h1"], ["text", "#receipt-amount"], ["url"], ["sideways"]],
                script=script, width=width)
    title, amount, url, sideways = seen["saw"][-4:]
    assert title == "Receipt of your pledge" and amount == "£12.50" and sideways == 0
    assert "done=pledged" in url
    assert people.totals()["held"] - before == 1250
    assert not any(letter["code"] in asked for asked in seen["asked"]), "no address has the code"
    assert letter["code"] not in people.server.log()
    said = (ROOT / "web" / "README.md").read_text()
    way = "with a script" if script else "without one"
    (presses, fields) = re.search(rf"{way}: (\d) presses, (\d) field", said).groups()
    assert counted(steps) == {"press": int(presses), "field": int(fields)}
