"""The sealer's disk is full, or its verbs are asked for what cannot be: nothing inconsistent is
signed, pledging goes on, and space brings the sealing back by itself.
"""
import pathlib
import shutil
import subprocess

import pytest

from server import BINARY, Server, wait_until
from story import Commons

pytestmark = pytest.mark.long


def in_a_small_room(server, size):
    """Mounts a small file system where the logs are kept, seen by the server alone; False where
    this machine does not allow that."""
    folder = server.data / "log"
    folder.mkdir()
    script = server.data / "serve-small"
    script.write_text("#!/bin/sh\n"
                      f"mount -t tmpfs -o size={size},mode=755 none {folder} || exit 77\n"
                      f"exec {BINARY} \"$@\"\n")
    script.chmod(0o700)
    wrapper = server.data / "serve"
    wrapper.write_text(f"#!/bin/sh\nexec unshare -m {script} \"$@\"\n")
    wrapper.chmod(0o700)
    allowed = subprocess.run(["unshare", "-m", "mount", "-t", "tmpfs", "none", folder],
                             capture_output=True, check=False)
    server.binary = str(wrapper)
    return allowed.returncode == 0


def fill(path):
    with open(path, "wb", buffering=0) as filler:
        for piece in (b"\0" * 65536, b"\0" * 512):
            try:
                while filler.write(piece) == len(piece):
                    pass
            except OSError:
                continue


def verb(*words, code=0):
    done = subprocess.run([BINARY, *words], capture_output=True, text=True, timeout=120,
                          check=False)
    assert done.returncode == code, f"{words}: {done.returncode} {done.stdout}{done.stderr}"
    return done.stdout + done.stderr


def reason(server):
    answer = server.client().get("/readyz")
    return "" if answer.status == 200 else answer.json()["reason"]


def market(server):
    commons = Commons(server, residents=3)
    commons.fund(9000)
    commons.open_round(3000)
    tender = commons.tender(ceiling=3000, people_min=4)
    commons.market = commons.proposal(tender, price=3000)
    commons.open_tender(tender)
    return commons


def size_of(checkpoint):
    return int(checkpoint.read_text(encoding="utf-8").split("\n")[1])


def test_530_a_full_disk_stops_the_seal_and_not_the_pledges_and_space_brings_it_back():
    server = Server()
    if not shutil.which("unshare") or not in_a_small_room(server, "3m"):
        server.close()
        pytest.skip("this machine allows no mounts of one's own")
    with server:
        commons = market(server)
        room = pathlib.Path(f"/proc/{server.process.pid}/root{server.data}")
        log = room / "log" / commons.slug
        verb("seal", "--wait", "--data", str(room))
        sealed = size_of(log / "checkpoint")
        fill(room / "log" / "filler")
        for n in range(6):
            commons.pledge(n % 3, commons.market, 100 + n).must(200)
        wait_until(lambda: commons.slug in reason(server), 20, "a word")
        said = verb("seal", "--wait", "--seconds", "1", "--data", str(room), code=1)
        assert "time is up" in said and "not signed any more" in said
        assert size_of(log / "checkpoint") == sealed
        commons.pledge(0, commons.market, 500).must(200)
        (room / "log" / "filler").unlink()
        wait_until(lambda: reason(server) == "", 30, "readiness with space")
        verb("seal", "--wait", "--data", str(room))
        assert size_of(log / "checkpoint") == len(commons.log()) == sealed + 7
        verb("verify", str(log), "--vkey-file", str(log / "vkey"))
        assert not (log / "stopped").exists()


def test_531_the_verbs_say_what_they_cannot_do(tmp_path):
    assert "--wait" in verb("seal", "--data", str(tmp_path), code=2)
    assert "tells of no server" in verb("seal", "--wait", "--data", str(tmp_path), code=2)
    assert "no community" in verb("seal", "--wait", "--community", "No!", code=2)
    assert "--name" in verb("keygen", "--out", str(tmp_path / "key"), code=2)
    assert "no name" in verb("keygen", "--name", "a+b", "--out", str(tmp_path / "key"), code=2)
    assert not (tmp_path / "key").exists()
    vkey = verb("keygen", "--name", "example.org/oak", "--out", str(tmp_path / "key"))
    assert vkey.startswith("example.org/oak+") and vkey.count("+") >= 2
    assert (tmp_path / "key").stat().st_mode & 0o777 == 0o600
    secret = (tmp_path / "key").read_text()
    assert "never overwritten" in verb("keygen", "--name", "example.org/oak", "--out",
                                       str(tmp_path / "key"), code=2)
    assert (tmp_path / "key").read_text() == secret and secret.strip() not in vkey
    with Server() as server:
        assert "404" in verb("seal", "--wait", "--community", "nowhere", "--data",
                             str(server.data), code=1)
        assert "sealed: 0 records of 0 communities" in verb("seal", "--wait", "--data",
                                                            str(server.data))


def test_532_a_log_is_named_as_configured_and_keeps_its_name():
    with Server(args=["--public-url", "https://pledges.example:8443"]) as server:
        commons = market(server)
        verb("seal", "--wait", "--data", str(server.data))
        log = server.data / "log" / commons.slug

        def origin():
            return (log / "checkpoint").read_text(encoding="utf-8").split("\n")[0]
        assert origin() == f"pledges.example/{commons.slug}"
        server.args = ["--log-host", "other.example"]
        server.restart()
        commons = market(server)
        verb("seal", "--wait", "--data", str(server.data))
        assert origin().startswith("pledges.example/")
        other = server.data / "log" / commons.slug / "checkpoint"
        assert other.read_text(encoding="utf-8").startswith(f"other.example/{commons.slug}\n")
        assert reason(server) == ""
