"""`verify`, `recount` and `log` need the files of a log and a key: no server, no Redis.

The records come from the real functions; the log is sealed by the room tlog. Each kind of fault
that somebody could make in a log is refused by the verb with a sentence.
"""
import base64
import functools
import http.server
import json
import shutil
import subprocess
import threading

import pytest

from commons import Commons
from logs import make_log, make_receipt, random_story, records_of, verb
from redis_server import RedisServer
from server import BINARY

ORIGIN = "example.org/oak"
WITNESS = "trust.example/witness"
EM_DASH = "\u2014".encode()


@pytest.fixture(scope="module")
def story():
    """Records of a random community, and its figures as Redis has them."""
    with RedisServer(appendfsync="no") as redis:
        commons = Commons(redis.client())
        random_story(commons, seed=7, steps=1100)
        shown = commons.look("totals")  # a tally that is hidden yet is in nobody's figures
        now = {name: int(shown[name]) for name in ("free", "held")}
        yield records_of(commons.client, commons.slug), {**commons.c(), **now}


@pytest.fixture(scope="module")
def log(story, tmp_path_factory):
    """500 records and more: three bundles, several publications, a witness."""
    records, _ = story
    assert 512 < len(records) < 768
    return make_log(tmp_path_factory.mktemp("log") / "oak", ORIGIN, records, batch=101,
                    witness=WITNESS)


@pytest.fixture
def copy(log, tmp_path):
    shutil.copytree(log.folder, tmp_path / "copy")
    return tmp_path / "copy"


# ---- verify ----

def test_a_whole_log_is_verified_and_it_says_what_was_checked(log):
    said = verb("verify", log.folder, "--vkey", log.vkey)
    assert f"{len(log.records)} records" in said and "verified" in said
    history = len(list((log.folder / "history").iterdir()))
    assert history == len(log.records) // 101 + 1
    assert f"history     {history}" in said or f"history     {history - 1}" in said
    assert ORIGIN in said


def test_a_key_that_lies_beside_the_log_is_used_but_not_praised(log):
    done = subprocess.run([BINARY, "verify", str(log.folder)], capture_output=True, text=True,
                          timeout=60, check=False)
    assert done.returncode == 0 and "WARNING" in done.stderr and "proves little" in done.stdout


def test_the_keys_are_read_from_a_file_too(log, tmp_path):
    path = tmp_path / "keys"
    path.write_text(f"# the council's page\n{log.vkey}\n")
    verb("verify", log.folder, "--vkey-file", path)


def test_witnesses_count(log):
    said = verb("verify", log.folder, "--vkey", log.vkey, "--witness", log.witness)
    assert "witnesses   1 of the 1 named have signed" in said
    other = other_key("other.example/w", "witness")
    said = verb("verify", log.folder, "--vkey", log.vkey, "--witness", other, code=1)
    assert "NOT verified" in said
    verb("verify", log.folder, "--vkey", log.vkey, "--witness", other, "--witness", log.witness,
         "--quorum", 1)
    verb("verify", log.folder, "--vkey", log.vkey, "--witness", log.witness, "--quorum", 2, code=2)
    verb("verify", log.folder, "--vkey", log.witness, code=2)


def other_key(name, kind="log"):
    """A key that did not sign here: printed by sealing a log of one record elsewhere."""
    import tempfile
    with tempfile.TemporaryDirectory() as folder:
        made = make_log(f"{folder}/log", name if kind == "log" else "x.example/x", [b"{}"],
                        witness=name if kind == "witness" else None)
        return made.vkey if kind == "log" else made.witness


def test_another_key_is_refused(log):
    said = verb("verify", log.folder, "--vkey", other_key("example.org/elm"), code=1)
    assert "NOT verified" in said


def test_a_checkpoint_that_was_kept_must_be_a_beginning(log, story, tmp_path):
    seen = log.folder / "history" / "101"
    said = verb("verify", log.folder, "--vkey", log.vkey, "--seen", seen)
    assert "beginning of this log" in said
    changed = list(log.records)
    changed[5] = changed[5].replace(b'"at":', b'"at":9', 1)
    fork = make_log(tmp_path / "fork", ORIGIN, changed, batch=101)
    assert fork.vkey == log.vkey, "validly signed"
    verb("verify", fork.folder, "--vkey", fork.vkey)
    assert "NOT verified" in verb("verify", fork.folder, "--vkey", fork.vkey, "--seen", seen,
                                  code=1)
    rolled_back = make_log(tmp_path / "back", ORIGIN, log.records[:90], batch=45)
    assert "NOT verified" in verb("verify", rolled_back.folder, "--vkey", log.vkey, "--seen", seen,
                                  code=1)


def flip(path, at=-1):
    raw = bytearray(path.read_bytes())
    raw[at] ^= 1
    path.write_bytes(raw)


def rewrite(path, change):
    path.write_bytes(change(path.read_bytes()))


def first_bundle(folder):
    return folder / "tile" / "entries" / "000"


def entries_of(raw):
    found = []
    while raw:
        n = int.from_bytes(raw[:2], "big")
        found.append(raw[:2 + n])
        raw = raw[2 + n:]
    return found


def shuffle(change):
    def do(folder):
        def bundle(raw):
            entries = entries_of(raw)
            change(entries)
            return b"".join(entries)
        rewrite(first_bundle(folder), bundle)
    return do


def swap(entries):
    entries[3], entries[4] = entries[4], entries[3]


def repeat(entries):
    entries[4] = entries[3]


def drop(entries):
    del entries[3]


def partial(folder, kind):
    return next((folder / "tile" / kind).glob("002.p/*"))


def checkpoint(change):
    return lambda folder: rewrite(folder / "checkpoint", change)


def size_line(change):
    def do(raw):
        lines = raw.split(b"\n")
        lines[1] = change(lines[1])
        return b"\n".join(lines)
    return checkpoint(do)


def signature_bit(raw):
    lines = raw.split(b"\n")
    name, value = lines[4].rsplit(b" ", 1)
    signed = bytearray(base64.b64decode(value))
    signed[10] ^= 1
    lines[4] = name + b" " + base64.b64encode(bytes(signed))
    return b"\n".join(lines)


def older(folder):
    shutil.copy(folder / "history" / "101", folder / "checkpoint")


MUTANTS = {
    "a bit of an entry": lambda f: flip(first_bundle(f), 100),
    "a bit of the last entry": lambda f: flip(partial(f, "entries")),
    "two entries swapped": shuffle(swap),
    "an entry repeated": shuffle(repeat),
    "an entry dropped": shuffle(drop),
    "a bundle cut short": lambda f: rewrite(first_bundle(f), lambda raw: raw[:-1]),
    "a bundle with a byte more": lambda f: rewrite(first_bundle(f), lambda raw: raw + b"\0"),
    "a bundle that is gone": lambda f: first_bundle(f).unlink(),
    "a bit of a tile": lambda f: flip(f / "tile" / "0" / "000", 5),
    "a tile cut short": lambda f: rewrite(f / "tile" / "0" / "000", lambda raw: raw[:-32]),
    "a tile that is gone": lambda f: (f / "tile" / "0" / "000").unlink(),
    "a bit of a partial tile": lambda f: flip(partial(f, "0")),
    "a bit of the tile above": lambda f: flip(next((f / "tile" / "1").glob("000.p/*"))),
    "a bit of the signature": checkpoint(signature_bit),
    "a bit of the root": checkpoint(lambda raw: raw.replace(raw.split(b"\n")[2],
                                                            b"A" * 43 + b"=", 1)),
    "CRLF": checkpoint(lambda raw: raw.replace(b"\n", b"\r\n")),
    "a hyphen for the em dash": checkpoint(lambda raw: raw.replace(EM_DASH, b"-", 1)),
    "a leading zero of the size": size_line(lambda line: b"0" + line),
    "a larger size": size_line(lambda line: b"%d" % (int(line) + 1)),
    "another origin": checkpoint(lambda raw: raw.replace(b"example.org/oak", b"example.org/elm",
                                                         1)),
    "no empty line": checkpoint(lambda raw: raw.replace(b"\n\n", b"\n", 1)),
    "no signature": checkpoint(lambda raw: raw.split(EM_DASH)[0]),
    "an empty checkpoint": checkpoint(lambda raw: b""),
    "a checkpoint that is gone": lambda f: (f / "checkpoint").unlink(),
    "a rollback": older,
    "a bit of an old checkpoint": lambda f: rewrite(f / "history" / "101", signature_bit),
    "a tile too many": lambda f: shutil.copy(f / "tile" / "0" / "000", f / "tile" / "0" / "005"),
}


@pytest.mark.parametrize("fault", MUTANTS)
def test_a_mutant_is_refused_with_a_sentence(log, copy, fault):
    MUTANTS[fault](copy)
    said = verb("verify", copy, "--vkey", log.vkey, code=1)
    assert "NOT verified: " in said and len(said.split("NOT verified: ")[1]) > 20, said


# ---- receipts ----

@pytest.mark.parametrize("seq", [0, 5, 255, 256, 299])
def test_a_receipt_shows_that_a_record_is_in_the_log(log, tmp_path, seq):
    receipt, record = tmp_path / "r.tlog-proof", tmp_path / "record.json"
    receipt.write_bytes(make_receipt(log.folder, seq))
    record.write_bytes(log.records[seq])
    words = ["verify", "--receipt", receipt, "--record", record]
    said = verb(*words, "--vkey", log.vkey)
    assert f"number {seq} of that log" in said
    verb(*words, "--vkey", log.vkey, "--witness", log.witness)
    record.write_bytes(log.records[seq] + b"\n")
    verb(*words, "--vkey", log.vkey)
    record.write_bytes(log.records[seq][:-1] + b" }")
    assert "NOT verified" in verb(*words, "--vkey", log.vkey, code=1)
    record.write_bytes(log.records[seq - 1])
    assert "NOT verified" in verb(*words, "--vkey", log.vkey, code=1)
    record.write_bytes(log.records[seq])
    flip(receipt, 40)
    assert "NOT verified" in verb(*words, "--vkey", log.vkey, code=1)
    verb(*words, code=2)


# ---- recount ----

def figures(said):
    accounts = {}
    for line in said.split("accounts\n")[1].split("\n")[:6]:
        name, amount = line.split()
        accounts[name] = int(amount.replace(",", "").replace(".", ""))
    return accounts


def test_recount_arrives_at_the_penny(log, story):
    said = verb("recount", log.folder, "--vkey", log.vkey)
    assert f"recount agrees: {len(log.records)} records" in said and "is verified" in said
    assert figures(said) == {name: story[1][name] for name in figures(said)}
    plain = verb("recount", log.folder)
    assert figures(plain) == figures(said) and "give --vkey" in plain


def test_recount_stands_at_a_record(log):
    begun = figures(verb("recount", log.folder, "--at", 0))
    assert set(begun.values()) == {0}
    first = json.loads(log.records[1])
    assert figures(verb("recount", log.folder, "--at", 1))["funds"] == first["amount"]
    for seq in (40, 256, len(log.records) - 1):
        verb("recount", log.folder, "--vkey", log.vkey, "--at", seq)
    verb("recount", log.folder, "--at", len(log.records), code=1)


def test_a_well_signed_lie_is_found_by_recount_alone(log, tmp_path):
    records = list(log.records)
    at = max(i for i, r in enumerate(records) if b'"kind":"pledge_set"' in r)
    record = json.loads(records[at])
    record["amount"] += 1
    records[at] = json.dumps(record, separators=(",", ":")).encode()
    lie = make_log(tmp_path / "lie", ORIGIN, records + [])
    verb("verify", lie.folder, "--vkey", lie.vkey)
    honest = verb("recount", lie.folder, "--at", at - 1)
    assert "agrees" in honest
    cut = make_log(tmp_path / "cut", ORIGIN, log.records[:30] + log.records[31:])
    said = verb("recount", cut.folder, "--vkey", cut.vkey, code=1)
    assert "recount differs: Entry 30 says that its seq is 31" in said
    grown = list(log.records)
    closed = next(i for i, r in enumerate(grown) if b'"kind":"round_closed"' in r)
    grown[closed] = grown[closed].replace(b'"free":', b'"free":1', 1)
    wrong = make_log(tmp_path / "wrong", ORIGIN, grown)
    said = verb("recount", wrong.folder, "--vkey", wrong.vkey, code=1)
    assert f"record {closed} (round_closed): free is" in said


# ---- log ----

def test_every_record_is_a_plain_line(log):
    lines = verb("log", log.folder).splitlines()
    assert len(lines) == len(log.records)
    assert "the community begins: currency GBP, areas north, south, east" in lines[0]
    assert all(int(line.split()[0]) == seq for seq, line in enumerate(lines))
    for kind in {json.loads(r)["kind"] for r in log.records}:
        shown = verb("log", log.folder, "--kind", kind).splitlines()
        assert len(shown) == sum(json.loads(r)["kind"] == kind for r in log.records)


def test_the_log_is_filtered(log, tmp_path):
    parsed = [json.loads(r) for r in log.records]
    pledge = next(r for r in parsed if r["kind"] == "pledge_set")
    for wallet in ("NONSENSE", "no wallet"):
        said = verb("log", log.folder, "--wallet", wallet, code=1)
        assert said.endswith(f"names a wallet that begins with `{wallet}`\n")
    shown = verb("log", log.folder, "--wallet", pledge["wallet"], "--json").splitlines()
    assert [json.loads(line) for line in shown] == [
        r for r in parsed if r.get("wallet") == pledge["wallet"]]
    shown = verb("log", log.folder, "--proposal", 2, "--json").splitlines()
    assert [json.loads(line)["seq"] for line in shown] == [
        r["seq"] for r in parsed if r.get("proposal") == 2
        or any(pair[0] == 2 for pair in r.get("withdrawn", []))]
    of_tender = {r["proposal"] for r in parsed if r["kind"] == "proposal_submitted"
                 and r["tender"] == 1}
    shown = verb("log", log.folder, "--tender", 1, "--json").splitlines()
    assert [json.loads(line)["seq"] for line in shown] == [
        r["seq"] for r in parsed if r.get("tender") == 1
        or ("tender" not in r and r.get("proposal") in of_tender)
        or any(pair[0] in of_tender for pair in r.get("withdrawn", []))]
    shown = verb("log", log.folder, "--from", 250, "--to", 260, "--json")
    assert shown.encode() == b"".join(r + b"\n" for r in log.records[250:261])
    shutil.copytree(log.folder, tmp_path / "log" / "oak")
    assert verb("log", "oak", "--data", tmp_path) == verb("log", log.folder)
    verb("log", log.folder, "--kind", "pledges", code=2)
    verb("log", "elm", "--data", tmp_path, code=2)


# ---- by URL ----

@pytest.fixture
def url(log):
    class Quiet(http.server.SimpleHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *_):
            pass

    handler = functools.partial(Quiet, directory=str(log.folder))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def test_a_url_serves_as_well_as_a_folder(log, url):
    said = verb("verify", url, "--vkey", log.vkey)
    assert "verified" in said and "not checked" in said
    assert figures(verb("recount", url + "/", "--vkey", log.vkey)) == figures(
        verb("recount", log.folder))
    assert verb("log", url) == verb("log", log.folder)
    said = verb("verify", url, code=2)
    assert "--vkey" in said
    verb("verify", url + "/elm", "--vkey", log.vkey, code=1)
    verb("verify", "http://127.0.0.1:1", "--vkey", log.vkey, code=1)


def test_what_is_no_log_is_said_plainly(tmp_path, log):
    verb("verify", tmp_path / "nothing", "--vkey", log.vkey, code=2)
    verb("verify", tmp_path, "--vkey", log.vkey, code=1)
    verb("verify", log.folder, "--vkey", "example.org/oak+00000000+AAAA", code=2)
    verb("verify", code=2)
    verb("recount", log.folder, "--community", "oak", code=2)
    verb("recount", "--community", "oak", "--at", 3, code=2)
