"""Every page in a real browser: at every width, with and without a script, in both languages, with
the keyboard alone, in forced colours and without movement; read by everybody, valid, light.

    GROUNDSWELL_FULL=1 looks at each page in every way, else in three that are dealt out in pairs
    PAGE_PICTURES=FOLDER keeps a picture of each at 375 and 1280 pixels
"""
import collections
import contextlib
import http.server
import pathlib
import threading

import pytest

import pages
from browser import PICTURES
from everything import Everything

pytestmark = pytest.mark.long

@pytest.fixture(scope="module")
def town(server):
    return Everything(server)


def told(found):
    """What is wrong, each thing once, with where it was seen."""
    where = collections.defaultdict(list)
    for visit, sentences in found.items():
        for sentence in sentences:
            where[sentence].append(visit)
    return "\n".join(f"{sentence}\n    {'; '.join(seen[:4])} ({len(seen)})"
                     for sentence, seen in where.items())


def test_380_every_page_is_in_the_list():
    listed, there = {page.row for page in pages.PAGES} - {""}, set(pages.rows())
    assert len(there) >= 6
    assert listed == there, f"tests/support/pages.py lacks or invents {sorted(listed ^ there)}"


def test_380_every_page_is_for_everybody(town, full):
    shots = pathlib.Path(PICTURES) if PICTURES else None
    if shots:
        shots.mkdir(parents=True, exist_ok=True)
    found = pages.look_at(town, full=full, shots=shots)
    assert not found, told(found)


def test_380_three_ways_a_page_meet_every_pair():
    ways = [way for i in range(2) for way in pages.slice_of(i)]
    for i in range(2):
        assert {width for width, *_ in pages.slice_of(i)} == set(pages.WIDTHS)
        for sort, wanted in ((1, {True, False}), (2, {"en", "cy"})):
            assert {way[sort] for way in pages.slice_of(i)} == wanted
        assert any(way[1] and way[3] for way in pages.slice_of(i)), "the keyboard"
    for one, other in ((0, 1), (0, 2), (1, 2)):
        pairs = {(way[one], way[other]) for way in ways}
        assert len(pairs) == len({way[one] for way in ways}) * len({way[other] for way in ways})


# ---- that what is wrong is seen ----

GOOD = """<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>A page</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="icon" href="data:,"></head>
<body><main><h1>A page</h1>
<p><label for="name">Name</label> <input id="name" type="text" autocomplete="name"></p>
<p><a href="/">The front page</a></p></main></body></html>
"""
MUTANTS = {
    "a label is missing": (('<label for="name">Name</label> ', ""), "axe: label"),
    "a table is too wide": (("<p><a", '<div id="wide">' + "0" * 300 + "</div><p><a"),
                            "scrolls sideways"),
    "a script is inline": (("<p><a", "<script>document.title = 1</script><p><a"),
                           "console: error: "),
    "a style is inline": (("<p><a", '<p style="color: red">x</p><p><a'), "console: error: "),
    "two h1": (("<p><a", "<h1>Another</h1><p><a"), "has 2 headings h1"),
    "a tag is never closed": (("<p><a", "<section><p><a"), "html: "),
    "the focus is hidden": (("</head>", '<link rel="stylesheet" href="/bare.css"></head>'),
                            "focus is not to be seen"),
    "no key gets there": (("</main>", '<button type="button" class="x" tabindex="-1">Go</button>'
                           "</main>"), "no key reaches"),
    "another language": (('lang="en"', 'lang="de"'), 'is in "de", not "en"'),
    "a link into nothing": (('href="/"', 'href="#nothing"'), "leads to #nothing"),
    "heavy": (("<p><a", "".join(f"<p>{i * 7919 ** 3 % 999999937:x}</p>" for i in range(9000)) +
              "<p><a"), "weighs "),
    "something of others": (("<p><a", '<p><img alt="" src="http://127.0.0.1:9/x.png"></p><p><a'),
                            "console: asks"),
}


@contextlib.contextmanager
def house(sources):
    """Pages at /en/0, /en/1 ... under a policy like ours."""
    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            style = self.path.endswith(".css")
            body = b"a:focus, input:focus { outline: none }" if style \
                else sources[int(self.path.rsplit("/", 1)[1])].encode()
            self.send_response(200)
            self.send_header("Content-Type", "text/css" if style else "text/html; charset=utf-8")
            self.send_header("Content-Security-Policy", "default-src 'none'; style-src 'self'; "
                             "script-src 'self'; img-src 'self' data:")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            pass
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://localhost:{server.server_address[1]}"
        server.shutdown()


def test_380_a_good_page_is_let_through_and_every_mutant_is_caught():
    names, sources = ["good", *MUTANTS], [GOOD]
    for (old, new), _ in MUTANTS.values():
        assert GOOD.count(old) == 1, old
        sources.append(GOOD.replace(old, new))
    with house(sources) as base:
        found = pages.look(base, {}, [
            {"id": name, "address": f"/{i}", "who": "nobody", "lang": "en", "script": True,
             "width": 320, "height": 256, "media": pages.WISHES, "keys": True, "html": True,
             "axe": True}
            for i, name in enumerate(names)])
    assert "good" not in found, found["good"]
    for name, (_, sentence) in MUTANTS.items():
        assert any(one.startswith(sentence) for one in found.get(name, ())), \
            f"{name} is not seen: {found.get(name)}"
