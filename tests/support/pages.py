"""Every page of the house: its address, who looks at it, the states in which it is looked at; and
how it is looked at (tests/node/pages.mjs).

A line for every row of server/desk/page_rows_*.c, of that name; more lines where it looks different
in another state. {names} in an address are those of everything.py's `at`. `do` is what is done
there first: ("fill", "#amount", "lots"), ("check", "#sure"), ("open", "summary"), and what sends a
form, ("press", "button"). `status` is what is answered in the end.
"""
import dataclasses
import itertools
import json
import re
import subprocess

from server import ROOT

SEND = ("press", "main form button:not([type=button])")
WIDTHS = {320: 256, 375: 812, 1280: 900}  # 320 by 256: a window of 1280 by 1024 at 400 %
WISHES = {"forcedColors": "active", "reducedMotion": "reduce"}


@dataclasses.dataclass(frozen=True)
class Page:
    row: str  # "" where no row is behind it: a page of its own
    address: str
    who: str = "nobody"
    state: str = ""
    do: tuple = ()
    status: int = 200

    @property
    def name(self):
        return " ".join(filter(None, (self.row or self.address, self.who, self.state)))


PAGES = [
    # ---- for everyone ----
    Page("home", "/"),
    Page("home", "/?q=nowhere", state="where nothing is found"),
    Page("community", "/c/{slug}"),
    Page("community", "/c/{empty}", state="where nothing has happened yet"),
    Page("community", "/c/{slug}", "resident"),
    *(Page("tender", f"/c/{{slug}}/tenders/{{{state}}}", state=state) for state in (
        "open", "draft", "talking", "hidden", "window", "paused", "lapsed", "withdrawn",
        "going-tender")),
    *(Page("proposal", f"/c/{{slug}}/proposals/{{{state}}}", state=state) for state in (
        "near", "far", "gone", "hidden-offer", "window-offer", "lapsed-offer", "going")),
    Page("proposal", "/c/{slug}/proposals/{near}", "resident", "that I have pledged to"),
    Page("tenders", "/c/{slug}/tenders"),
    Page("tenders", "/c/{empty}/tenders", state="where there is none"),
    Page("talks", "/c/{slug}/tenders/{open}/talks"),
    Page("talks", "/c/{slug}/tenders/{talking}/talks", state="where nobody has spoken"),
    Page("commissions", "/c/{slug}/commissions"),
    Page("commissions", "/c/{empty}/commissions", state="where there is none"),
    *(Page("commission", f"/c/{{slug}}/commissions/{{{state}}}", state=state) for state in (
        "awarded", "going", "completed", "ended")),
    Page("needs", "/c/{slug}/needs"),
    Page("needs", "/c/{empty}/needs", state="where there is none"),
    Page("need", "/c/{slug}/needs/{need}"),
    Page("need", "/c/{slug}/needs/{answered}", state="that was answered"),
    Page("bodies", "/c/{slug}/bodies"),
    Page("body", "/c/{slug}/bodies/{body}"),
    Page("accessibility", "/accessibility"),
    Page("privacy", "/privacy"),
    Page("cookies", "/cookies"),
    Page("terms", "/terms"),
    Page("how_it_works", "/how-it-works"),
    Page("open_questions", "/open-questions"),
    Page("", "/nowhere", state="that is not there", status=404),
    Page("", "/c/nowhere", "resident", "that is not there", status=404),

    # ---- for residents ----
    Page("budget", "/c/{slug}/budget", "resident"),
    Page("budget", "/c/{slug}/budget", "newcomer"),
    Page("pledge", "/c/{slug}/proposals/{near}/pledge", "resident"),
    Page("pledge", "/c/{slug}/proposals/{near}/pledge", "newcomer", "with errors",
         do=(("fill", "#amount", "lots"), SEND), status=422),
    Page("pledge", "/c/{slug}/proposals/{near}/pledge", "newcomer", "sent empty", do=(SEND,),
         status=422),
]


# ---- which rows there are ----

TABLE = re.compile(r"const struct page_row (\w+)\[\] = \{(.*?)\n\};", re.S)


def rows():
    """The names of all rows of pages that the server has."""
    sources = sorted((ROOT / "server" / "desk").glob("page_rows_*.c"))
    tables = [table for path in sources for _, table in TABLE.findall(path.read_text())]
    return [name for table in tables for name in re.findall(r'\.name = "(\w+)"', table)]


# ---- how they are looked at ----

def slice_of(i):
    """Three of twelve ways to look at page number i: with each width, with and without a script, in
    both languages; over two pages each of the three with each other."""
    if i % 2:
        return (320, False, "cy", {}), (375, True, "en", WISHES), (1280, False, "en", {})
    return (320, True, "en", {}), (375, False, "cy", {}), (1280, True, "cy", WISHES)


def all_ways():
    return itertools.product(WIDTHS, (True, False), ("en", "cy"), ({}, WISHES))


def visits(town, pages=None, full=False, shots=None):
    """Every page in the slice of its number, or in every way."""
    planned = []
    for i, page in enumerate(PAGES if pages is None else pages):
        ways = list(all_ways() if full else slice_of(i))
        if shots:
            ways += [(width, True, "en", None) for width in (375, 1280)]
        told = set()
        for width, script, lang, media in ways:
            at = f"{page.name} at {width} in {lang}{'' if script else ' without script'}" \
                 f"{' with wishes' if media else ''}"
            shot = shots / f"{re.sub('[^a-z0-9]+', '-', page.name)}-{width}.png" \
                if media is None else None
            planned.append({
                "id": at, "address": page.address.format(**town.at), "who": page.who, "lang": lang,
                "script": script, "width": width, "height": WIDTHS[width], "media": media or {},
                "status": page.status, "do": page.do, "keys": bool(media),
                "html": lang not in told, "shot": str(shot) if shot else None})
            told.add(lang)
    return planned


def look(base, cookies, planned):
    """What is wrong, by the visit where it was seen."""
    plan = {"base": base, "cookies": cookies, "visits": planned}
    done = subprocess.run(["node", ROOT / "tests" / "node" / "pages.mjs"], input=json.dumps(plan),
                          capture_output=True, text=True, timeout=3000, check=False)
    assert done.returncode == 0, done.stderr[-4000:]
    seen = [json.loads(line) for line in done.stdout.splitlines()]
    assert sorted(one["id"] for one in seen) == sorted(one["id"] for one in planned)
    return {one["id"]: one["found"] for one in seen if one["found"]}


def look_at(town, **how):
    """The pages of a town, as those look at them who live there."""
    base = town.server.url.replace("127.0.0.1", "localhost")
    cookies = {name: person.cookie for name, person in town.people.items()}
    return look(base, cookies, visits(town, **how))
