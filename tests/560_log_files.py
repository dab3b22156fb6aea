"""The audit log as static files: what stands at which address, how long it may be kept, and that
nothing else of the data folder can be reached through it."""
import http.client

import pytest

import tlog
from server import wait_until
from story import Commons

FOR_EVER = "public, max-age=31536000, immutable"


@pytest.fixture(scope="module")
def log(server):
    """A log of 300 records and a few: one full tile and a partial one."""
    commons = Commons(server, areas=("north", "south"), residents=2)
    commons.fund(100000)
    for _ in range(300):
        commons.trust.post(f"/v1/funds/{commons.slug}.f1/top-ups", {"amount": 1}).must(201)
    commons.records = len(commons.log())
    commons.at = f"/log/{commons.slug}"
    wait_until(lambda: size_of(commons) == commons.records, 20, "the sealing")
    return commons


def size_of(commons):
    answer = commons.anyone.get(f"{commons.at}/checkpoint")
    return int(answer.text.split("\n")[1]) if answer.status == 200 else None


def test_560_the_checkpoint_and_the_keys_are_there_for_anybody(log):
    vkeys = log.anyone.get(f"{log.at}/vkey").must(200)
    head = log.anyone.get(f"{log.at}/checkpoint").must(200)
    assert head.headers["content-type"] == "text/plain; charset=utf-8"
    assert head.headers["cache-control"] == "public, max-age=1"
    assert head.headers["access-control-allow-origin"] == "*"
    origin, size, root = tlog.read_checkpoint(head.text, vkeys.text.split())
    assert origin.endswith("/" + log.slug) and size == log.records
    entries = []
    for number, width in ((0, 256), (1, size - 256)):
        tile = log.anyone.get(f"{log.at}/{tlog.tile_path('entries', number, width)}").must(200)
        entries += tlog.bundle_entries(tile.body)
    assert tlog.tree_root([tlog.leaf_hash(entry) for entry in entries]) == root
    old = log.anyone.get(f"{log.at}/history/{size}").must(200)
    assert tlog.read_checkpoint(old.text, vkeys.text.split()) == (origin, size, root)


def test_560_tiles_are_there_under_their_one_path_and_may_be_kept_for_ever(log):
    width = log.records - 256
    for path, size in (("tile/0/000", 8192), (f"tile/0/001.p/{width}", 32 * width),
                       ("tile/1/000.p/1", 32)):
        tile = log.anyone.get(f"{log.at}/{path}").must(200)
        assert len(tile.body) == size, path
        assert tile.headers["content-type"] == "application/octet-stream"
        assert tile.headers["cache-control"] == FOR_EVER
        head = log.anyone.request("HEAD", f"{log.at}/{path}").must(200)
        assert head.body == b"" and int(head.headers["content-length"]) == size
        again = log.anyone.get(f"{log.at}/{path}", headers={"If-None-Match": tile.headers["etag"]})
        assert again.status == 304 and again.body == b""


@pytest.mark.parametrize("path", [
    "tile/0/0", "tile/0/00", "tile/0/0000", "tile/00/000", "tile/0/x000/000", "tile/0/000.p/0",
    "tile/0/000.p/256", "tile/0/000.p/01", "tile/0/000.p", "tile/0/000/", "tile/0/%30%30%30",
    "tile/entries/0", "tile/Entries/000", "tile/64/000", "tile/0/x001/000", "tile/0/999", "tile/0/",
    "tile/0/-01", "tile/0/000.p/1/1", "tile/0/x001/x234/x567/x890/x123/456", "tile/63/000",
    "history/0123", "history/", "history/99999", "history/%31", "history/1.tmp",
    "intent", "lock", "tmp", "tmp/x", "", "checkpoint/", "Checkpoint", "vkey/x", "tile"])
def test_560_anything_else_is_not_there(log, path):
    log.anyone.get(f"{log.at}/{path}").refused(404, "not_found")


@pytest.mark.parametrize("path", [
    "/../operator.key", "/..%2foperator.key", "/%2e%2e/operator.key", "/tile/0/../../../keys/seal",
    "/tile/..%2f..%2f..%2foperator.key", "/history/..%2f..%2f..%2foperator.key",
    "/history/%2e%2e", "/tile/0/000%00", "/tile/0/000%2ep/1"])
def test_560_no_path_leaves_the_log(log, path):
    secret = log.server.operator_key()
    connection = http.client.HTTPConnection(*log.server.address, timeout=10)
    connection.request("GET", log.at + path)
    answer = connection.getresponse()
    body = answer.read().decode("utf-8", "replace")
    connection.close()
    assert answer.status in (400, 404) and secret not in body


def test_560_another_spelling_of_the_community_is_another_address(log):
    for path in (f"/log/%{ord(log.slug[0]):x}{log.slug[1:]}/checkpoint",
                 f"/log/{log.slug.upper()}/checkpoint", f"//log/{log.slug}/checkpoint"):
        assert log.anyone.get(path).status == 404
    log.anyone.get("/log/nowhere/checkpoint").refused(404, "not_found")
    assert log.anyone.post(f"{log.at}/checkpoint", {}).status == 405
