"""What the tests of `backup` and `restore` share: the two verbs, and a small community to lose."""
import pathlib
import subprocess

from server import BINARY
from story import Commons, stamp

TITLE = "Planting of the blackthorn hedge"
RESIDENT = "reference-of-one-resident-8131"


def verb(*words, code=0):
    done = subprocess.run([BINARY, *map(str, words)], capture_output=True, text=True, timeout=300,
                          check=False)
    said = done.stdout + done.stderr
    assert done.returncode == code, f"{words}: {done.returncode} {said}"
    return said


def make_key(folder):
    key = pathlib.Path(folder) / "backup.key"
    verb("backup", "--make-key", key)
    assert key.stat().st_mode & 0o777 == 0o600 and key.stat().st_size == 32
    return key


def backup(server, out, key, code=0):
    return verb("backup", "--data", server.data, "--out", out, "--key-file", key, code=code)


def restore(archive, key, data, *more, code=0):
    return verb("restore", archive, "--key-file", key, "--data", data, *more, code=code)


def seal(server):
    verb("seal", "--wait", "--data", server.data)


def market(server, residents=6):
    commons = Commons(server, residents=residents)
    commons.register([(RESIDENT, "all")]).must(200)
    commons.fund(residents * 5000 + 5000)
    commons.open_round(5000)
    tender = commons.clerk.post(f"/v1/communities/{commons.slug}/tenders", {
        "title": TITLE, "closes": stamp(3600), "ceiling": 5000,
        "people_min": residents + 2}).must(201).json()["tender"]
    commons.market = commons.proposal(tender, price=5000)
    commons.open_tender(tender)
    return commons


def empty(folder):
    return not folder.exists() or not any(folder.iterdir())
