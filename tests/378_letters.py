"""Letters with codes: what is printed, what a phone reads off it, what a hostile name cannot do."""
import base64
import datetime
import hashlib
import html
import pathlib
import re
import subprocess

import pytest

from browser import picture, walk
from server import BINARY, ROOT
from story import stamp
from townsfolk import Townsfolk

pytestmark = pytest.mark.long

PROGRAM = pathlib.Path(BINARY).parent / "tests" / "desk_letters"
HOSTILE = """</title></style><script>document.title="x"</script>"'&<b>Bank</b> {{name}} Tŷ"""
EXPIRES = int(datetime.datetime(2026, 12, 3, 17, tzinfo=datetime.timezone.utc).timestamp() * 1000)
CODES = ["7K3QX-AB12-CD34-EF5G", "00000-ZZZZ-9999-XXX7", "QRSTV-WXYZ-0123-4567"]
URL = "https://commons.example"


def run(*words, text=b"", status=0):
    done = subprocess.run([PROGRAM, *words], input=text, capture_output=True, timeout=60,
                          check=False)
    assert done.returncode == status, done.stdout[-500:].decode() + done.stderr[-2000:].decode()
    return done.stdout.decode()


def letters(codes=CODES, name="Riverside", area="North bank", help_="the library", url=URL):
    rows = [word for code in codes for word in (code, area, str(EXPIRES))]
    return run(name, "riverside", url, help_, *rows)


def read_square(svg, folder, width=600):
    """What a phone would read, out of a picture that another program drew."""
    (folder / "qr.svg").write_text(svg)
    subprocess.run(["rsvg-convert", "-w", str(width), "-o", folder / "qr.png", folder / "qr.svg"],
                   check=True)
    done = subprocess.run(["zbarimg", "--quiet", "--raw", folder / "qr.png"], capture_output=True,
                          check=True)
    return done.stdout.decode().removesuffix("\n")


def test_378_a_phone_reads_the_link_with_the_code_off_each_letter(tmp_path):
    squares = re.findall(r"<svg.*?</svg>", letters(), re.S)
    assert len(squares) == len(CODES)
    for code, square in zip(CODES, squares):
        assert read_square(square, tmp_path) == f"{URL}/c/riverside/join#{code}"
        assert "<title>QR code of the address beside it, with your code</title>" in square
        assert 'role="img"' in square and code not in square


@pytest.mark.parametrize("text", ["x", "A" * 60, "https://localhost:8080/c/a/join#Tŷ-𝄞", "0" * 900,
                                  "a\nb", "<&>\"'"])
def test_378_a_square_alone_holds_any_text(text, tmp_path):
    square = run("--qr", "A <title> & \"more\"", text=text.encode())
    assert read_square(square, tmp_path, 1400) == text
    assert "<title>A &lt;title&gt; &amp; &quot;more&quot;</title>" in square
    assert not re.search(r"style=|<style|<script|href", square)


@pytest.mark.parametrize("text", ["", "x" * 2001, "a\0b", "x" * 1900])
def test_378_what_no_square_can_hold_is_refused(text):
    assert "fault limit" in run("--qr", "title", text=text.encode(), status=1)


def test_378_a_letter_says_what_its_reader_needs():
    page = html.unescape(re.sub(r"<svg.*?</svg>", "", letters(), flags=re.S))
    one = re.sub(r"<[^>]*>", "", page[page.index("<article"):page.index("</article")])
    for words in ("Riverside", "North bank", CODES[0], "commons.example/c/riverside/join",
                  "Use it before 3 December 2026.", "Take this letter to the library."):
        assert words in one, words
    assert len(re.findall(r"<li>", page)) == 3 * len(CODES)
    assert "https://" not in one, "nobody types that"
    assert "http://localhost:8080/c/riverside/join" in letters(url="http://localhost:8080")
    bare = letters(area="", help_="")
    assert 'class="area"' not in bare and "to the people who sent it to you." in bare
    assert "There is 1 letter." in letters(CODES[:1]) and "There are 3 letters." in letters()


def test_378_no_code_stands_in_an_address():
    """Only in the square behind #, and as text."""
    page = letters()
    for code in CODES:
        assert code not in page, "the groups are parted, and the square is drawn"
    assert not re.search(r"(?:href|src|action)=\"(?!data:,)", page)


def test_378_a_hostile_name_is_only_a_name():
    page = letters(name=HOSTILE, area=HOSTILE, help_=HOSTILE)
    assert "<script" not in page and "<b>Bank" not in page
    assert page.count("</style>") == 1 and page.count("{{name}}") == 1 + 1 + 4 * len(CODES)
    policy = run("--policy")
    style = re.search(r"<style>(.*?)</style>", page, re.S).group(1)
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert f"style-src 'sha256-{digest}'" in policy and "unsafe" not in policy
    assert html.escape(policy, quote=False) in page and "default-src 'none'" in policy
    assert style == (ROOT / "web/letters/letters.css").read_text()


def test_378_each_letter_is_a_page_of_its_own_on_paper(tmp_path):
    (tmp_path / "letters.html").write_text(letters(CODES * 4, name="The long named borough of "
                                                   "Upper Riverside and Lower Meadows"))
    walk([["goto", (tmp_path / "letters.html").as_uri()], ["pdf", str(tmp_path / "letters.pdf")]])
    pages = re.findall(rb"/Type\s*/Page\b", (tmp_path / "letters.pdf").read_bytes())
    assert len(pages) == 12
    boxes = re.findall(rb"/MediaBox\s*\[([^\]]*)\]", (tmp_path / "letters.pdf").read_bytes())
    sides = [round(float(side) / 72 * 25.4) for side in boxes[0].split()[2:]]
    assert sides == [148, 210], "A5"


def test_378_the_page_is_readable_by_everybody(tmp_path):
    page = tmp_path / "letters.html"
    page.write_text(letters(name=HOSTILE))
    for width in (320, 1000):
        seen = walk([["goto", page.as_uri()], ["axe"], ["sideways"], ["texts", "h1, h2"],
                     *picture(f"letters-{width}")], width=width)["saw"]
        assert seen[1] == [] and seen[2] <= 0
        assert seen[3] == [f"Letters for {HOSTILE}"] + [f"Your code for {HOSTILE}"] * 3
    plain = tmp_path / "plain.html"
    plain.write_text(letters())
    walk([["goto", plain.as_uri()], *picture("letters")], width=700)


def test_378_from_paper_to_being_signed_in(server, tmp_path):
    """What the officer prints, read off by a phone, opens the door for one person, once."""
    people = Townsfolk(server, areas=("north", "south"))
    answer = people.trust.post(f"/v1/communities/{people.slug}/codes", {
        "area": "south", "n": 2, "expires_at": stamp(86400)}, headers={"Accept": "text/html"})
    answer.must(201)
    assert answer.headers["cache-control"] == "no-store"
    policy = answer.headers["content-security-policy"]
    for directive in ("default-src 'none'", "style-src 'sha256-", "frame-ancestors 'none'"):
        assert directive in policy
    assert "script-src" not in policy and "unsafe" not in policy
    links = [read_square(square, tmp_path)
             for square in re.findall(r"<svg.*?</svg>", answer.text, re.S)]
    assert len(set(links)) == 2
    use = [["goto", links[0]], ["click", "main form button"]]
    seen = walk([*use, ["text", "main [role=alert] p"]])
    assert seen["saw"][-1].startswith("Welcome") and seen["failed"] == []
    seen = walk([*use, ["text", ".govuk-error-summary li"]])
    assert "used already" in seen["saw"][-1]
    registered = [one for one in people.log() if one["kind"] == "residents_registered"]
    assert [one["registered"] for one in registered] == [[[1, 1]]], "one resident, of that area"
    assert links[0].split("#")[1] not in server.log()
