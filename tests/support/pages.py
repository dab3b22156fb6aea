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
ACT = ("press", "main form button:not([formaction])")  # where another only looks
BODY, WORK = "/c/{slug}/body", "/c/{slug}/body/commissions/{going}"
ACT = ("press", "main form button:not([formaction])")  # where another only looks
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
    Page("tenders", "/c/{slug}/tenders"),
    Page("tenders", "/c/{empty}/tenders", state="none"),
    *(Page("tender", f"/c/{{slug}}/tenders/{{{state}}}", state=state) for state in (
        "open", "draft", "talking", "hidden", "window", "paused", "lapsed", "withdrawn",
        "going-tender")),
    Page("tender", "/c/{slug}/tenders/{open}", "resident"),
    Page("talks", "/c/{slug}/tenders/{open}/talks"),
    Page("talks", "/c/{slug}/tenders/{draft}/talks", state="none"),
    *(Page("proposal", f"/c/{{slug}}/proposals/{{{state}}}", state=state) for state in (
        "near", "far", "gone", "hidden-offer", "window-offer", "lapsed-offer", "going")),
    Page("proposal", "/c/{slug}/proposals/{near}", "resident", "that I have pledged to"),
    Page("commissions", "/c/{slug}/commissions"),
    Page("commissions", "/c/{empty}/commissions", state="none"),
    *(Page("commission", f"/c/{{slug}}/commissions/{{{state}}}", state=state) for state in (
        "awarded", "going", "completed", "ended")),
    Page("needs", "/c/{slug}/needs"),
    Page("needs", "/c/{empty}/needs", state="none"),
    Page("need", "/c/{slug}/needs/{need}"),
    Page("need", "/c/{slug}/needs/{answered}", state="answered"),
    Page("bodies", "/c/{slug}/bodies"),
    Page("bodies", "/c/{empty}/bodies", state="none"),
    Page("body", "/c/{slug}/bodies/{body}"),
    Page("body", "/c/{slug}/bodies/{forming}", state="forming"),
    Page("accessibility", "/accessibility"),
    Page("privacy", "/privacy"),
    Page("cookies", "/cookies"),
    Page("terms", "/terms"),
    Page("how_it_works", "/how-it-works"),
    Page("open_questions", "/open-questions"),
    Page("", "/nowhere", state="that is not there", status=404),
    Page("", "/c/nowhere", "resident", "that is not there", status=404),

    # ---- for operators ----
    Page("operator", "/operator", "operator"),

    # ---- for trusts ----
    Page("watch", "/trusts/the-trust", "trust"),
    Page("watch", "/trusts/the-trust?q=nothing", "trust", "that finds nothing"),
    Page("watched", "/trusts/the-trust/communities/{slug}", "trust"),
    Page("alerts", "/trusts/the-trust/alerts", "trust"),
    Page("alerts", "/trusts/the-trust/alerts", "trust", "with errors",
         do=(("press", "form[action$='/alerts'] button"),), status=422),
    Page("trust_work", "/c/{slug}/trust", "trust"),
    Page("trust_work", "/c/{empty}/trust", "operator", "where nothing has happened yet"),
    Page("trust_fund", "/c/{slug}/trust/funds/1", "trust"),
    Page("trust_round", "/c/{slug}/trust/round", "trust"),
    Page("trust_round", "/c/{empty}/trust/round", "operator", "where none is open"),
    Page("trust_codes", "/c/{slug}/trust/codes", "trust"),
    Page("trust_journal", "/c/{slug}/trust/journal", "trust"),
    Page("", "/trusts/the-trust", "resident", "that is not theirs", status=403),

    # ---- for residents: the way in ----
    Page("sign_in", "/sign-in"),
    Page("sign_in", "/sign-in", state="with errors", do=(SEND,), status=422),
    Page("sign_in_here", "/c/{slug}/sign-in"),
    Page("sign_in_link", "/sign-in/link"),
    Page("join", "/c/{slug}/join"),
    Page("join", "/c/{slug}/join", state="with errors", do=(SEND,), status=422),
    Page("me", "/me", "resident"),
    Page("me", "/me", "trust"),
    *(Page(f"me_{part}", f"/me/{part}", "resident") for part in (
        "password", "mail", "invitation", "passkeys", "language", "data", "erase")),
    Page("me_password", "/me/password", "resident", "with errors", do=(SEND,), status=422),
    Page("me_mail_confirm", "/me/mail/confirm", "resident"),

    # ---- for residents: the budget ----
    Page("budget", "/c/{slug}/budget", "resident"),
    Page("budget", "/c/{slug}/budget", "newcomer"),
    Page("budget", "/c/{slug}/budget?done=pledged", "resident", "after a pledge"),
    Page("choose", "/c/{slug}/choose", "newcomer"),
    Page("pledge", "/c/{slug}/proposals/{near}/pledge", "resident"),
    Page("pledge", "/c/{slug}/proposals/{near}/pledge", "newcomer", "with errors",
         do=(("fill", "#amount", "lots"), SEND), status=422),
    Page("pledge", "/c/{slug}/proposals/{near}/pledge", "newcomer", "to be checked",
         do=(("fill", "#amount", "12"), SEND)),
    Page("pledge_receipt", "/c/{slug}/proposals/{near}/pledge/receipt", "resident"),
    Page("pledge_withdraw", "/c/{slug}/proposals/{near}/pledge/withdraw", "resident"),
    Page("me_passkey", "/me/passkeys/9", "resident", "that is not there"),
    Page("me_passkey_gone", "/me/passkeys/9/remove", "resident", "that is not there"),

    # ---- for residents: what they say ----
    Page("talk_new", "/c/{slug}/tenders/{open}/say", "resident"),
    Page("talk", "/c/{slug}/talks/{talk}", "resident"),
    Page("talk_change", "/c/{slug}/talks/{talk}/edit", "resident"),
    Page("talk_appealing", "/c/{slug}/talks/{appealed}/appeal", "resident"),
    Page("need_new", "/c/{slug}/needs/raise", "resident"),
    Page("need_seconding", "/c/{slug}/needs/{need}/second", "resident"),
    Page("milestone", "/c/{slug}/commissions/{going}/milestones/2", "resident"),
    Page("milestone", "/c/{slug}/commissions/{going}/milestones/9", "resident", "of none"),
    Page("help", "/c/{slug}/proposals/{near}/help/1", "resident"),
    Page("notices", "/c/{slug}/notices", "resident"),

    # ---- for bodies, and for those who offer and deliver ----
    Page("body_tasks", BODY, "clerk"),
    Page("body_tasks", BODY, "resident", "of a stranger"),
    Page("body_tasks", "/c/{slug}/body?body=elders", "trust"),
    Page("body_new", f"{BODY}/new", "trust"),
    Page("body_constitution", f"{BODY}/bodies/{{body}}/constitution", "clerk"),
    Page("body_members", f"{BODY}/bodies/{{body}}/members", "clerk"),
    Page("body_members", f"{BODY}/bodies/{{forming}}/members", "trust", "with errors",
         do=(SEND,), status=422),
    Page("body_member_end", f"{BODY}/bodies/{{body}}/members/1/end", "clerk"),
    Page("body_tender_new", f"{BODY}/tenders/new", "clerk"),
    Page("body_tender_new", f"{BODY}/tenders/new", "clerk", "with errors", do=(ACT,),
         status=422),
    *(Page("body_tender", f"{BODY}/tenders/{{{state}}}", "clerk", state)
      for state in ("draft", "talking", "open", "going-tender")),
    Page("body_tender_withdraw", f"{BODY}/tenders/{{draft}}/withdraw", "clerk"),
    Page("body_summary", f"{BODY}/tenders/{{talking}}/summary", "clerk"),
    Page("body_talks", f"{BODY}/tenders/{{open}}/talks", "clerk"),
    Page("body_talk_hide", f"{BODY}/talks/{{talk}}/hide", "clerk"),
    Page("body_talk_ruling", f"{BODY}/talks/{{appealed}}/ruling", "trust"),
    Page("body_need", f"{BODY}/needs/{{need}}/answer", "clerk"),
    Page("body_offer", f"{BODY}/tenders/{{talking}}/proposals/new", "provider"),
    Page("body_offer", f"{BODY}/tenders/{{talking}}/proposals/new", "provider", "with errors",
         do=(ACT,), status=422),
    Page("body_amend", f"{BODY}/proposals/{{near}}/amend", "clerk"),
    Page("body_judge", f"{BODY}/proposals/{{near}}/judge", "clerk"),
    Page("body_merge", f"{BODY}/proposals/{{near}}/merge", "clerk"),
    Page("body_offer_withdraw", f"{BODY}/proposals/{{near}}/withdraw", "clerk"),
    Page("body_paper", f"{BODY}/proposals/{{near}}/paper", "helper"),
    Page("proposal_poster", "/c/{slug}/proposals/{near}/poster"),
    Page("body_work", f"{WORK}", "clerk"),
    *(Page(f"body_{name}", f"{WORK}/{path}", "clerk") for name, path in (
        ("contract", "contract"), ("evidence", "milestones/1/evidence"),
        ("report", "milestones/1/report"), ("accept", "milestones/1/accept"),
        ("payment", "milestones/1/payment"), ("variation", "variation"),
        ("variation_approve", "variations/1"), ("outcome", "outcome"), ("savings", "savings"),
        ("complete", "complete"), ("end", "end"))),
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
        return (320, False, "cy", None), (375, True, "en", WISHES), (1280, False, "en", None)
    return (320, True, "en", None), (375, False, "cy", None), (1280, True, "cy", WISHES)


def all_ways():
    return itertools.product(WIDTHS, (True, False), ("en", "cy"), (None, WISHES))


def visits(town, pages=None, full=False, shots=None):
    """Every page in the slice of its number, or in every way."""
    planned = []
    for i, page in enumerate(PAGES if pages is None else pages):
        ways = list(all_ways() if full else slice_of(i))
        if shots:
            ways += [(width, True, "en", "shot") for width in (375, 1280)]
        told = set()
        for width, script, lang, media in ways:
            at = f"{page.name} at {width} in {lang}{'' if script else ' without script'}"
            shot, name = None, re.sub("[^a-z0-9]+", "-", page.name)
            if media == "shot":
                shot, media, at = shots / f"{name}-{width}.png", None, f"{at}, for its picture"
            elif media:
                at += " with wishes"
            planned.append({
                "id": at, "address": page.address.format(**town.at), "who": page.who, "lang": lang,
                "script": script, "width": width, "height": WIDTHS[width], "media": media,
                "status": page.status, "do": page.do, "keys": bool(media),
                "axe": bool(media) or full,
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
