"""The look: compiled of its sources, read by everybody, on a phone too; what the script adds."""
import json
import shutil
import subprocess

import pytest

from browser import picture, walk
from gallery import Gallery
from server import ROOT, wait_until

WEB = ROOT / "web"

pytestmark = pytest.mark.long


@pytest.fixture
def gallery():
    with Gallery() as one:
        yield one


@pytest.mark.skipif(not shutil.which("npm"), reason="npm is not installed here")
def test_300_what_is_committed_is_what_the_sources_give(tmp_path):
    if not (WEB / "node_modules").exists():
        subprocess.run(["npm", "ci", "--silent"], cwd=WEB, check=True, timeout=300)
    subprocess.run([WEB / "build", tmp_path], check=True, timeout=120)
    names = sorted(path.name for path in tmp_path.iterdir())
    assert names == sorted(path.name for path in (WEB / "assets").iterdir())
    for name in names:
        assert (tmp_path / name).read_bytes() == (WEB / "assets" / name).read_bytes(), \
            f"{name}: run web/build and commit what it writes"


def test_300_nothing_of_it_is_another_house_s():
    style = (WEB / "assets" / "site.css").read_text().lower()
    for foreign in ("gds transport", "#1d70b8", "#00703c", "#0f7a52", "#ffdd00", "#fd0;", "crown",
                    "http://www", "@import", "@font-face"):
        assert foreign not in style, foreign


@pytest.mark.parametrize("path, width", [
    ("/", 1280), ("/", 700), ("/", 375), ("/", 320), ("/errors", 320)])
def test_300_every_pattern_is_read_by_everybody_and_fits(gallery, path, width):
    seen = walk([["goto", gallery.url + path], *picture(f"patterns{path[1:]}-{width}"),
                 ["sideways"], ["axe"]], width=width)
    assert seen["saw"][-2:] == [0, []]


def test_300_without_a_script_nothing_is_offered_that_needs_one(gallery):
    seen = walk([["goto", gallery.url], ["shown", "[data-print]"], ["shown", "[data-fill]"],
                 ["shown", "[data-count-of]"], ["shown", "#send"]], script=False)
    assert seen["saw"][1:] == [False, False, False, True]


def test_300_the_summary_of_errors_takes_the_focus_and_leads_to_the_field(gallery):
    seen = walk([["goto", gallery.url + "/errors"],
                 ["eval", "document.title"],
                 ["eval", "document.activeElement.className"],
                 ["click", ".govuk-error-summary a[href='#closes']"], ["focus"],
                 ["eval", "document.activeElement.getBoundingClientRect().top < innerHeight"]])
    assert seen["saw"][1:3] == ["Error: Patterns - Groundswell", "govuk-error-summary"]
    assert seen["saw"][4:] == ["closes", True]


def test_300_what_can_be_filled_in_counted_and_copied(gallery):
    seen = walk([["goto", gallery.url], ["click", "[data-fill]"], ["value", "#amount"],
                 ["text", "[data-count-of]"], ["fill", "#text", "ŵ" * 502],
                 ["text", "[data-count-of]"], ["shown", "[data-print]"], ["text", "main time"]])
    assert seen["saw"][2:4] == ["15.00", "Characters left: 500"]
    assert seen["saw"][5:7] == ["Characters too many: 2", True]
    assert seen["saw"][7].endswith("days") and "years" not in seen["saw"][7]


def test_300_a_form_pressed_twice_is_sent_once(gallery):
    twice = "for (let i = 0; i < 2; i++) document.getElementById('send').click()"
    walk([["goto", gallery.url], ["eval", twice], ["wait", "text=Sent"]])
    assert gallery.sent == 1


class Reader:
    """A browser that stays on the page until its figure has become `awaited`."""

    def __init__(self, gallery, awaited):
        steps = [["goto", gallery.url], ["eval", "document.querySelector('#data').open = true"],
                 ["wait", f"#figures dd:has-text('{awaited}')"],
                 ["eval", "document.querySelector('#data').open"]]
        self.process = subprocess.Popen(
            ["node", ROOT / "tests/node/steps.mjs", json.dumps({"steps": steps})],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)

    def seen(self):
        out, err = self.process.communicate(timeout=90)
        assert self.process.returncode == 0, err[-3000:]
        return json.loads(out)


def test_300_what_is_live_follows_the_feed_and_comes_back_after_a_break(gallery):
    reader = Reader(gallery, "£12,700")
    wait_until(lambda: gallery.listeners, 60, "the page to listen")
    gallery.figure = "£12,600"
    gallery.tell(41)
    wait_until(lambda: gallery.pages >= 2, 60, "the page to be fetched again")
    gallery.hang_up()
    wait_until(lambda: len(gallery.resumed) == 2, 60, "the page to come back")
    gallery.figure = "£12,700"
    gallery.tell(42)
    seen = reader.seen()
    assert gallery.resumed == [None, "41"]
    assert seen["heard"] == [] and seen["saw"][-1] is True, "what was opened stays open"
