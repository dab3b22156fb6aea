"""The whole data folder is lost, and comes back out of one file: while a load runs, to the penny,
with people, keys and logs; and what cannot be believed is refused with the reason.
"""
import os
import pathlib
import random
import shutil
import threading

import pytest

from backups import RESIDENT, TITLE, backup, empty, make_key, market, restore, seal, verb
from redis_server import Client as Redis
from server import Server, wait_until

pytestmark = pytest.mark.long
FLIPS = 20


def moved(commons, server):
    """The same community and tokens, on the server that was restored."""
    commons.server = server
    commons.operator = server.client(server.operator_key())
    commons.anyone = server.client(None)
    for i, client in list(commons.clients.items()):
        commons.clients[i] = server.client(client.token)
    return commons


def test_580_a_lost_folder_comes_back_from_a_backup_made_under_load(tmp_path):
    key, archive, data = make_key(tmp_path), tmp_path / "a.backup", tmp_path / "data"
    with Server(workers=2, args=("--log-margin", "10")) as server:
        commons = market(server)
        for i in range(6):
            commons.pledge(i, commons.market, 100 + i).must(200)
        sent = [f"%PDF-1.7 {n}".encode() * 30000 for n in range(3)]
        files = [commons.clerk.post(f"/v1/communities/{commons.slug}/files?name=a.pdf", data,
                                    headers={"Content-Type": "application/pdf"})
                 .must(201).json()["file"] for data in sent]
        (server.data / "files" / ".arriving" / "arriving-half").write_bytes(b"half")
        seal(server)
        before = commons.totals()
        stop, done = threading.Event(), []
        (server.data / "backup.tmp").mkdir()  # of one that was killed
        (server.data / "backup.tmp" / "plain").write_text("plain", encoding="utf-8")

        def load():
            while not stop.is_set():
                done.append(commons.pledge(len(done) % 6, commons.market,
                                           random.randint(20, 4000)).must(200).json()["seq"])

        loader = threading.Thread(target=load)
        loader.start()
        try:
            wait_until(lambda: len(done) > 600, 60, "a load")
            said = backup(server, archive, key)
            behind = len(done)
        finally:
            stop.set()
            loader.join()
        assert f"{commons.slug}:" in said and "1 communities" in said
        assert behind > 600 and archive.stat().st_mode & 0o777 == 0o600
        assert not (pathlib.Path(server.data) / "backup.tmp").exists()
        commons.totals()
        server.stop()
        shutil.rmtree(server.data)
        said = restore(archive, key, data)
        assert "restored: 1 communities" in said
    with Server(data=str(data)) as again:
        moved(commons, again)
        after = commons.totals()
        assert after["seq"] >= before["seq"] and after["funds"] == before["funds"]
        assert after["seq"] in range(before["seq"], done[-1] + 1)
        accepted = commons.pledge(2, commons.market, 777).must(200).json()
        assert accepted["seq"] == after["seq"] + 1
        texts = commons.anyone.get(f"/v1/communities/{commons.slug}/tenders").must(200).text
        assert TITLE in texts
        clerk = again.client(commons.clerk.token)
        for sha, content in zip(files, sent):
            got = clerk.get(f"/v1/communities/{commons.slug}/files/{sha}").must(200)
            assert got.body == content
        assert "half" not in str(list((data / "files").rglob("*")))
        commons.trust = again.client(commons.trust.token)
        assert commons.register([("ref-0", "all")]).must(200).json()["residents"] == commons.ids[:1]
        assert "recount agrees" in verb("recount", "--data", data, "--community", commons.slug)
        seal(again)
        log = data / "log" / commons.slug
        vkey = (log / "vkey").read_text(encoding="utf-8").split()[0]
        assert "verified" in verb("verify", log, "--vkey", vkey)
        assert "recount agrees" in verb("recount", log, "--vkey", vkey)
        again.stop()


@pytest.fixture(scope="module")
def kept(tmp_path_factory):
    """An archive of a small community, its key, and the checkpoints before and after it."""
    folder = tmp_path_factory.mktemp("kept")
    key, archive = make_key(folder), folder / "a.backup"
    with Server() as server:
        commons = market(server)
        commons.pledge(1, commons.market, 300).must(200)
        seal(server)
        log = pathlib.Path(server.data) / "log" / commons.slug
        shutil.copy(log / "checkpoint", folder / "before")
        backup(server, archive, key)
        token = commons.resident(1).token
        planted = [TITLE, RESIDENT, server.operator_key(), token, commons.slug, "checkpoint",
                   (pathlib.Path(server.data) / "operator.key").read_text().strip()]
        secrets = [path.read_bytes() for path in (pathlib.Path(server.data) / "keys").rglob("*")
                   if path.is_file()]
        commons.pledge(1, commons.market, 400).must(200)
        seal(server)
        shutil.copy(log / "checkpoint", folder / "after")
        shutil.copytree(log.parent, folder / "log")
        server.stop()
    yield folder, key, archive, [*(word.encode() for word in planted), *secrets]


def test_581_an_archive_shows_nothing_of_what_is_in_it(kept):
    _, key, archive, planted = kept
    content = archive.read_bytes()
    assert len(planted) > 8 and len(content) > 10000
    for secret in [*planted, key.read_bytes()]:
        assert len(secret) > 5 and secret not in content
    assert b"ustar" not in content and b"REDIS" not in content


def test_582_one_flipped_bit_anywhere_is_refused_and_nothing_is_restored(kept, tmp_path):
    _, key, archive, _ = kept
    content, changed = archive.read_bytes(), tmp_path / "changed"
    places = [0, 9, 20, 50, 56, len(content) - 1]
    places += [random.randrange(len(content)) for _ in range(FLIPS)]
    for place in places:
        flipped = bytearray(content)
        flipped[place] ^= 1 << random.randrange(8)
        changed.write_bytes(flipped)
        said = restore(changed, key, tmp_path / "data", code=1)
        assert "archive" in said and empty(tmp_path / "data"), f"{place}: {said}"


def test_583_an_archive_that_was_cut_short_or_grew_is_refused(kept, tmp_path):
    _, key, archive, _ = kept
    content, changed = archive.read_bytes(), tmp_path / "changed"
    chunk = 65536 + 16
    for end in {0, 5, 56, 56 + chunk, 56 + chunk // 2, len(content) - 1, len(content) - 16,
                len(content) // 2}:
        if end < len(content):
            changed.write_bytes(content[:end])
            assert "archive" in restore(changed, key, tmp_path / "data", code=1)
    changed.write_bytes(content + b"x")
    assert "archive" in restore(changed, key, tmp_path / "data", code=1)
    assert empty(tmp_path / "data")


def test_584_keys_that_are_not_the_right_one_or_not_private_are_refused(kept, tmp_path):
    _, key, archive, _ = kept
    other = make_key(tmp_path)
    assert "another key" in restore(archive, other, tmp_path / "data", code=1)
    public = tmp_path / "public.key"
    shutil.copy(key, public)
    os.chmod(public, 0o640)
    assert "read by others" in restore(archive, public, tmp_path / "data", code=2)
    assert "never overwritten" in verb("backup", "--make-key", other, code=2)
    other.write_bytes(b"short")
    assert "no key file" in restore(archive, other, tmp_path / "data", code=2)
    assert empty(tmp_path / "data")


def test_585_a_folder_that_is_not_empty_is_left_as_it_is(kept, tmp_path):
    _, key, archive, _ = kept
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "mine").write_text("mine", encoding="utf-8")
    assert "not empty" in restore(archive, key, tmp_path / "data", code=2)
    assert [path.name for path in (tmp_path / "data").iterdir()] == ["mine"]


def test_586_an_archive_from_before_the_sealed_log_is_refused_with_the_reason(kept, tmp_path):
    folder, key, archive, _ = kept
    data = tmp_path / "data"
    said = restore(archive, key, data, "--not-before", folder / "after", code=1)
    assert "from before the sealed log" in said and "1 are missing" in said
    assert empty(data)
    data.mkdir()
    shutil.copytree(folder / "log", data / "log")
    assert "from before the sealed log" in restore(archive, key, data, code=1)
    assert [path.name for path in data.iterdir()] == ["log"]
    shutil.rmtree(data)
    forged = tmp_path / "forged"
    lines = (folder / "before").read_text(encoding="utf-8").split("\n")
    lines[1] = str(int(lines[1]) - 1)
    forged.write_text("\n".join(lines), encoding="utf-8")
    restore(archive, key, data, "--not-before", forged, code=1)
    assert "restored" in restore(archive, key, data, "--not-before", folder / "before")


def test_587_a_file_that_is_not_what_its_name_says_is_not_backed_up(tmp_path):
    key, archive = make_key(tmp_path), tmp_path / "a.backup"
    with Server() as server:
        commons = market(server)
        sha = commons.clerk.post(f"/v1/communities/{commons.slug}/files?name=a.pdf", b"%PDF-1.7",
                                 headers={"Content-Type": "application/pdf"}) \
            .must(201).json()["file"]
        path = server.data / "files" / commons.slug / sha[:2] / sha
        path.write_bytes(b"%PDF-1.6")
        assert f"{sha} is not the file that its name says" in backup(server, archive, key, code=1)
        assert not archive.exists()
        path.write_bytes(b"%PDF-1.7")
        backup(server, archive, key)


def test_587_a_ledger_that_contradicts_its_log_is_not_backed_up(tmp_path):
    key, archive = make_key(tmp_path), tmp_path / "a.backup"
    with Server() as server:
        commons = market(server)
        seal(server)
        redis = Redis(server.redis_socket())
        stream = f"{{{commons.slug}}}:log"
        entries = redis.call("XRANGE", stream, "-", "+")
        redis.call("DEL", stream)
        for at, fields in entries:
            changed = [b"4999" if field == b"5000" else field for field in fields]
            redis.call("XADD", stream, at, *changed)
        said = backup(server, archive, key, code=1)
        assert "contradicts its log" in said and not archive.exists()
        redis.call("DEL", stream)
        assert "missing" in backup(server, archive, key, code=1)
        server.stop()
