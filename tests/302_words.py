"""What pages say: all of it is in the template for translators, a catalogue is well-formed, and a
translation names what its text names."""
import re
import shutil
import struct
import subprocess

import pytest

from server import BINARY, ROOT
from story import Commons

WORDS = ROOT / "web" / "words"
CATALOGUES = sorted(WORDS.glob("*.po"))
VARIABLE = re.compile(r"\{\{[^}]*\}\}|\{\w+\}")
TAG = re.compile(r"</?[a-z][^>]*>")
HTML = {"Accept": "text/html"}

gettext = pytest.mark.skipif(not shutil.which("msgmerge"), reason="gettext is not installed here")


def compiled(catalogue, folder):
    """{(text, text of many or None): its forms} of what would be shown: the format of MO files is
    in the GNU gettext manual."""
    target = folder / "words.mo"
    done = subprocess.run(["msgfmt", "--check", "-o", target, catalogue], capture_output=True,
                          text=True, check=False)
    assert done.returncode == 0, done.stderr
    raw = target.read_bytes()
    magic, _, n, texts, said = struct.unpack_from("<5I", raw)
    assert magic == 0x950412DE

    def at(table, i):
        size, place = struct.unpack_from("<2I", raw, table + 8 * i)
        return raw[place:place + size].decode().split("\0")
    return {(*at(texts, i), None)[:2]: at(said, i) for i in range(n)}


def named(pattern, text):
    return sorted(pattern.findall(text))


def wrong(text, many, form):
    """What a form lacks or invents beside its text."""
    return [pattern.pattern for pattern in (VARIABLE, TAG)
            if named(pattern, form) not in (named(pattern, text), named(pattern, many or text))]


@gettext
def test_302_the_template_is_what_the_pages_say(tmp_path):
    subprocess.run([WORDS / "update", "--to", tmp_path, BINARY], check=True, timeout=120)
    assert (tmp_path / "messages.pot").read_text() == (WORDS / "messages.pot").read_text(), \
        "run web/words/update and commit what it writes"


@gettext
@pytest.mark.parametrize("catalogue", CATALOGUES, ids=lambda path: path.name)
def test_302_a_catalogue_knows_all_texts_and_its_translations_name_the_same(catalogue, tmp_path):
    done = subprocess.run(["msgcmp", "--use-untranslated", "--use-fuzzy", catalogue,
                           WORDS / "messages.pot"], capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"run web/words/update: {done.stderr}"
    bad = [(text, form, what) for (text, many), forms in compiled(catalogue, tmp_path).items()
           for form in forms if text for what in wrong(text, many, form)]
    assert not bad, bad


def test_302_what_a_translator_may_slip_is_seen():
    text = "<strong>{{n:number}}</strong> of {{all:number}}"
    assert not wrong(text, None, "{{all:number}}: <strong>{{n:number}}</strong>")
    assert wrong(text, None, "<strong>{{n:number}}</strong> o {{pawb:number}}")
    assert wrong(text, None, "<em>{{n:number}}</em> o {{all:number}}")
    assert wrong("{amount} is left", None, "mae ar ôl")


def test_302_a_welsh_page_is_welsh_and_says_whose_welsh_it_is(server):
    place = Commons(server)
    mark = "ei hadolygu gan siaradwr Cymraeg"
    for path in ("/cy", f"/cy/c/{place.slug}", "/cy/nowhere"):
        page = place.anyone.get(path, headers=HTML)
        assert '<html class="govuk-template" lang="cy">' in page.text
        assert mark in page.text and "Neidio i'r cynnwys" in page.text.replace("&#39;", "'")
    assert mark not in place.anyone.get("/en", headers=HTML).text
