"""The archive's format, read and written here by other code: what `restore` says of archives that
are whole, rightly encrypted, and wrong inside.
"""
import ctypes
import ctypes.util
import hashlib
import hmac
import io
import os
import pathlib
import shutil
import subprocess
import tarfile

import pytest

from backups import backup, empty, make_key, market, restore, seal
from redis_server import Client as Redis
from server import Server

CHUNK, TAG = 65536, 16
BASE = "redis/appendonlydir/appendonly.aof.1.base.rdb"
GET_TAG, SET_TAG = 0x10, 0x11

crypto = ctypes.CDLL(ctypes.util.find_library("crypto"))
for name in ("EVP_CIPHER_CTX_new", "EVP_aes_256_gcm"):
    getattr(crypto, name).restype = ctypes.c_void_p


def gcm(key, nonce, data, tag=None):
    """Seals; or, with a tag, opens."""
    way = "Decrypt" if tag else "Encrypt"
    ctx = ctypes.c_void_p(crypto.EVP_CIPHER_CTX_new())
    out, n = ctypes.create_string_buffer(len(data) + TAG), ctypes.c_int()
    held = ctypes.create_string_buffer(tag or bytes(TAG), TAG)
    step = getattr(crypto, f"EVP_{way}Update")
    assert getattr(crypto, f"EVP_{way}Init_ex")(
        ctx, ctypes.c_void_p(crypto.EVP_aes_256_gcm()), None, key, nonce) == 1
    assert step(ctx, out, ctypes.byref(n), data, len(data)) == 1
    if tag:
        assert crypto.EVP_CIPHER_CTX_ctrl(ctx, SET_TAG, TAG, held) == 1
    rest = ctypes.create_string_buffer(TAG)
    fine = getattr(crypto, f"EVP_{way}Final_ex")(ctx, rest, ctypes.byref(n))
    if not tag:
        assert crypto.EVP_CIPHER_CTX_ctrl(ctx, GET_TAG, TAG, held) == 1
    crypto.EVP_CIPHER_CTX_free(ctx)
    assert fine == 1
    return out.raw[:len(data)] + (b"" if tag else held.raw)


def nonce(number, last):
    return int(last).to_bytes(4, "big") + number.to_bytes(8, "big")


def opened(archive, key):
    """{name: bytes}, in the order of the archive."""
    sealed, secret = archive.read_bytes(), key.read_bytes()
    header, sealed = sealed[:56], sealed[56:]
    assert header[:16] == b"GSBACKUP" + (1).to_bytes(4, "big") + CHUNK.to_bytes(4, "big")
    own, plain = hmac.digest(secret, header, "sha256"), b""
    for number, at in enumerate(range(0, len(sealed), CHUNK + TAG)):
        piece = sealed[at:at + CHUNK + TAG]
        last = len(piece) < CHUNK + TAG
        assert last == (at + CHUNK + TAG >= len(sealed))
        plain += gcm(own, nonce(number, last), piece[:-TAG], piece[-TAG:])
    with tarfile.open(fileobj=io.BytesIO(plain), mode="r:") as tar:
        return {member.name: tar.extractfile(member).read() for member in tar}


def sums(members):
    return "".join(f"{hashlib.sha256(content).hexdigest()}  {name}\n"
                   for name, content in members.items()
                   if name not in ("SHA256SUMS", "manifest.json")).encode()


def written(members, key, to):
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w", format=tarfile.USTAR_FORMAT, bufsize=512) as tar:
        for name, content in members.items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            tar.addfile(member, io.BytesIO(content))
        size = tar.offset
    plain = stream.getvalue()[:size] + bytes(1024)
    secret = key.read_bytes()
    header = (b"GSBACKUP" + (1).to_bytes(4, "big") + CHUNK.to_bytes(4, "big") + os.urandom(32)
              + hmac.digest(secret, b"groundswell backup: which key", "sha256")[:8])
    own, out, number = hmac.digest(secret, header, "sha256"), [header], 0
    while len(plain) >= CHUNK:
        out.append(gcm(own, nonce(number, False), plain[:CHUNK]))
        plain, number = plain[CHUNK:], number + 1
    out.append(gcm(own, nonce(number, True), plain))
    to.write_bytes(b"".join(out))
    return to


def changed(members, **contents):
    """With other contents, and sums that are right for them."""
    now = {**members, **{name: content for name, content in contents.items()}}
    now["SHA256SUMS"] = sums(now)
    return {**{name: content for name, content in now.items() if name not in
               ("SHA256SUMS", "manifest.json")},
            "SHA256SUMS": now["SHA256SUMS"], "manifest.json": now["manifest.json"]}


@pytest.fixture(scope="module")
def two(tmp_path_factory):
    """Two archives' members, one pledge apart; the key; and a snapshot with a record changed."""
    folder = tmp_path_factory.mktemp("two")
    key = make_key(folder)
    with Server() as server:
        commons = market(server)
        seal(server)
        backup(server, folder / "old", key)
        commons.pledge(1, commons.market, 400).must(200)
        seal(server)
        backup(server, folder / "new", key)
        redis, stream = Redis(server.redis_socket()), f"{{{commons.slug}}}:log"
        entries = redis.call("XRANGE", stream, "-", "+")
        redis.call("DEL", stream)
        for at, fields in entries:
            redis.call("XADD", stream, at,
                       *[b"401" if field == b"400" else field for field in fields])
        subprocess.run(["redis-cli", "-s", server.redis_socket(), "--rdb", folder / "other.rdb"],
                       check=True, capture_output=True, timeout=60)
        redis.close()
        server.stop()
    yield (key, opened(folder / "old", key), opened(folder / "new", key),
           (folder / "other.rdb").read_bytes(), commons.slug)


def test_588_the_archive_is_what_its_header_says_and_others_can_write_one(two, tmp_path):
    key, old, new, _, slug = two
    names = list(new)
    assert names[-2:] == ["SHA256SUMS", "manifest.json"] and new["SHA256SUMS"] == sums(new)
    for name in ("operator.key", f"log/{slug}/checkpoint", f"keys/{slug}/register.key", BASE):
        assert name in names and new[name]
    assert new[f"log/{slug}/checkpoint"] != old[f"log/{slug}/checkpoint"]
    assert "restored" in restore(written(changed(new), key, tmp_path / "a"), key, tmp_path / "d")
    for name, content in new.items():
        place = tmp_path / "d" / name
        if name.startswith(("log/", "keys/", "operator")):
            assert place.read_bytes() == content
            assert place.stat().st_mode & 0o077 == (0o044 if name.startswith("log/") else 0)


def test_589_what_is_wrong_inside_is_refused_with_the_reason(two, tmp_path):
    key, old, new, other, slug = two
    entries = next(name for name in new if name.startswith(f"log/{slug}/tile/entries/"))
    bent = new[entries].replace(b'"kind"', b'"kinD"', 1)
    evil = {"../evil": b"x", **new}
    cases = [
        ("is behind its log", "1 are missing", changed(new, **{BASE: old[BASE]})),
        ("contradicts its log", "not the one that was sealed", changed(new, **{BASE: other})),
        ("does not hold", slug, changed(new, **{entries: bent})),
        ("SHA256SUMS", "members", {**new, entries: bent}),
        ("no member", "archive", {**evil, "SHA256SUMS": sums(evil)}),
        ("no manifest", "archive", {n: c for n, c in new.items() if n != "manifest.json"}),
        ("contradicts its log", "it has none",
         changed({name.replace(f"log/{slug}/", "log/elsewhere/"): c for name, c in new.items()})),
    ]
    for reason, more, members in cases:
        said = restore(written(members, key, tmp_path / "a"), key, tmp_path / "data", code=1)
        assert reason in said and more in said, said
        assert empty(tmp_path / "data") and not (tmp_path / "evil").exists()
    shutil.rmtree(tmp_path / "data", ignore_errors=True)
    assert pathlib.Path(tmp_path / "a").exists()
