"""What pages load: under the name of its content, for ever, in the encoding that was asked for."""
import gzip
import hashlib
import re
import shutil
import subprocess

import pytest

from server import ROOT, Server

STYLE = (ROOT / "web" / "assets" / "site.css").read_bytes()
PAGE = "/sign-in"


def get(server, path, encodings=None, **more):
    headers = {} if encodings is None else {"Accept-Encoding": encodings}
    return server.client().get(path, headers={**headers, **more})


def name_of(content, stem, ending):
    digest = hashlib.sha256(content).hexdigest()[:16]
    return f"/parts/{stem}-{digest}.{ending}"


@pytest.fixture(scope="module")
def style(server):
    return name_of(STYLE, "site", "css")


def unbrotli(data):
    assert shutil.which("brotli"), "package brotli"
    return subprocess.run(["brotli", "-dc"], input=data, capture_output=True, check=True).stdout


def test_298_every_asset_is_served_under_the_hash_of_its_content(server):
    for path in sorted((ROOT / "web" / "assets").iterdir()):
        stem, ending = path.name.rsplit(".", 1)
        answer = get(server, name_of(path.read_bytes(), stem, ending)).must(200)
        assert answer.body == path.read_bytes(), path.name
        assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
        assert answer.headers["vary"] == "Accept-Encoding"


def test_298_what_a_page_names_is_there(server):
    page = get(server, PAGE).must(200).text
    parts = re.findall(r"/parts/[\w.-]+", page)
    assert len(parts) >= 3
    for part in parts:
        get(server, part).must(200)
    get(server, parts[0] + "x").refused(404, "not_found")


@pytest.mark.parametrize("accepted, encoding", [
    (None, None), ("", None), ("br", "br"), ("gzip", "gzip"), ("GZip", "gzip"), ("x-gzip", "gzip"),
    ("gzip, deflate, br", "br"), ("gzip;q=1, br;q=0.9", "gzip"), ("gzip;q=0.5, br;q=0.5", "br"),
    ("gzip; q=0.001", "gzip"), ("*", "br"), ("br;q=0, *", "gzip"), ("*;q=0, gzip", "gzip"),
    ("identity", None), ("identity;q=0.5, gzip;q=0.4", None),
    ("identity;q=0.5, gzip;q=0.6", "gzip"),
    ("br;q=0", None), ("br;q=0, gzip;q=0", None), ("deflate, zstd", None), ("*;q=0", None),
    ("br;q=2", None), ("br;q=x", None), ("br;q=0.1234", None), ("br;q=1.001", None),
    ("br;level=1", None), (", ,gzip,", "gzip"), ("br;q=", None), ("brotli", None),
])
def test_298_the_encoding_is_what_the_client_likes_best(server, style, accepted, encoding):
    answer = get(server, style, accepted).must(200)
    assert answer.headers.get("content-encoding") == encoding
    plain = {"br": unbrotli, "gzip": gzip.decompress, None: lambda data: data}[encoding]
    assert plain(answer.body) == STYLE
    assert answer.headers["content-type"] == "text/css; charset=utf-8"


def test_298_what_a_client_has_is_not_sent_again(server, style):
    tags = {}
    for accepted in ("br", "gzip", "identity"):
        tags[accepted] = tag = get(server, style, accepted).must(200).headers["etag"]
        for shown in (tag, f"W/{tag}", f'"other", {tag}', "*"):
            again = get(server, style, accepted, **{"If-None-Match": shown}).must(304)
            assert again.body == b"" and again.headers["etag"] == tag
            assert "content-encoding" not in again.headers
    assert len(set(tags.values())) == 3, "another encoding is another content"
    get(server, style, "br", **{"If-None-Match": tags["gzip"]}).must(200)


def test_298_what_the_look_costs(server, style):
    assert len(get(server, style, "gzip").body) <= 12000
    script = (ROOT / "web" / "assets" / "site.js").read_bytes()
    assert len(get(server, name_of(script, "site", "js"), "gzip").body) <= 8000


def test_298_the_favicon_is_ours_and_is_asked_for_again(server):
    answer = get(server, "/favicon.ico").must(200)
    assert answer.headers["content-type"] == "image/svg+xml"
    assert answer.headers["cache-control"] == "public, max-age=86400"
    assert answer.body == (ROOT / "web" / "assets" / "icon.svg").read_bytes()


def test_298_a_site_has_its_own_colour():
    content = b":root{--brand:#7A1f5c}\n"
    with Server(args=("--brand-colour", "#7A1f5c")) as own:
        answer = get(own, name_of(content, "brand", "css"), "br").must(200)
    assert answer.body == content and "content-encoding" not in answer.headers


# #777777 has 4.48 on white, #767676 has 4.54.
@pytest.mark.parametrize("colour, words", [
    ("#777777", "too light to be read on white"), ("#ffcc00", "too light"), ("red", "six hexa"),
    ("#12345", "six hexa"), ("#12345g", "six hexa"), ("#0b4f6c;}", "six hexa"),
])
def test_298_a_colour_that_cannot_be_read_stops_the_start(tmp_path, colour, words):
    one = Server(data=tmp_path, args=("--brand-colour", colour))
    with pytest.raises(Exception):
        one.start()
    one.kill()
    assert words in (tmp_path / "server.log").read_text()


def test_298_a_colour_that_can_just_be_read_is_taken():
    with Server(args=("--brand-colour", "#767676")) as own:
        get(own, name_of(b":root{--brand:#767676}\n", "brand", "css")).must(200)
