"""What the ledger knows of uploaded files, and how an act makes one public."""
import ledger_library
import pytest

from commons import DAY_MS, T0, Commons
from commons_fixture import commons, redis  # noqa: F401

A, B, C = ("%064x" % n for n in (10, 11, 12))
MOST = 10 ** 6
# An act as those of contracts and evidence are: known or refused, then public.
ATTACH = ("    -- Of people_purge: a thousand", """
    act{name = 'file_attach', read = function(args)
        return {file = hash_in(args, 6, false, 'file')}
    end, perform = function(v, own)
        local f = file.known(v, own.file)
        if not f then return refuse('file_unknown') end
        file.publish(v, own.file)
        file.publish(v, '%s')
        return {'type', f.type, 'bytes', text_of(f.bytes)}
    end}
    -- Of people_purge: a thousand""" % C)


def note(commons, sha, by="trees", size=100, name="a b.pdf", most=MOST, kind="pdf", **how):
    return commons.act("file_note", sha, kind, size, name, most, subject=by, **how)


def summed(commons):
    return int(commons.hash("counts").get("file_bytes", 0))


@pytest.fixture
def attaching(commons):
    return Commons(commons.client, library=ledger_library.assemble(mutate=ATTACH))


def test_172_a_file_is_noted_once_however_often_and_its_latest_uploaders_are_known(commons):
    commons.create().must()
    before = commons.look("community_view").must()["seq"]
    commons.look("files_unknown", A, B).must(unknown="", **{"from": 0})  # it may be a rebuilt one
    note(commons, A, by="trees").must(seq=before)
    commons.now += 5
    note(commons, A, by="parks", name="other.txt", kind="text").must()
    commons.look("file_view", A).must(type="text", bytes=100, at=T0 + 5, public=0, by="parks,trees",
                                      name="other.txt")
    note(commons, A, by="trees").must()
    commons.look("file_view", A).must(by="trees,parks")
    for i in range(9):
        note(commons, A, by=f"b{i}").must()
    commons.look("file_view", A).must(by="b8,b7,b6,b5,b4,b3,b2,b1")
    assert summed(commons) == 100
    commons.look("file_view", B).no("file_unknown")
    commons.look("files_unknown", B, A, C).must(unknown="0,2", **{"from": T0})
    commons.look("files_unknown", A).must(unknown="", **{"from": T0})
    assert commons.look("community_view").must()["seq"] == before, "no record, whatever was sent"


def test_172_a_retry_is_known_and_who_was_signed_out_notes_nothing(commons):
    commons.create().must()
    note(commons, A, key=b"k" * 8).must(replayed=0)
    note(commons, A, key=b"k" * 8).must(replayed=1)
    note(commons, B, key=b"k" * 8, body=b"diff").no("key_reused")
    commons.act("staff_sign_out", "trees").must()
    note(commons, B).no("signed_out")
    note(commons, B, epoch=1).must()


def test_172_bytes_and_files_have_a_limit_and_what_is_there_passes_it(commons):
    commons.create().must()
    note(commons, A, size=60, most=100).must()
    note(commons, B, size=41, most=100).no("files_full", files=1, most=10000, bytes=60, more=41,
                                           most_bytes=100)
    note(commons, B, size=40, most=100).must()
    note(commons, A, size=60, most=0).must()
    assert summed(commons) == 100
    rows = [(f"{n:064x}", f"pdf 1 {T0} 0 x y") for n in range(100, 10098)]
    commons.client.call("HSET", commons.key("files"), *[word for row in rows for word in row])
    note(commons, C, size=1).no("files_full", files=10000, most=10000, bytes=100, more=1,
                                most_bytes=MOST)
    note(commons, A, size=60).must()


def test_172_an_act_makes_a_known_file_public_and_then_its_name_stays(attaching):
    attaching.create().must()
    attaching.act("file_attach", A).no("file_unknown")
    note(attaching, A, name="first.pdf", size=77).must()
    attaching.now += 9
    attaching.act("file_attach", A).must(type="pdf", bytes=77)
    attaching.look("file_view", A).must(public=1, at=T0, name="first.pdf")
    attaching.now += 9
    note(attaching, A, by="parks", name="second.pdf", size=77).must()
    attaching.act("file_attach", A).must()
    attaching.look("file_view", A).must(public=1, name="first.pdf", by="parks,trees")
    assert attaching.hash("files")[A].split(" ")[3] == str(T0 + 9), "since it was attached first"
    attaching.look("file_view", C).no("file_unknown")


def test_172_what_is_not_attached_in_a_week_is_forgotten(attaching):
    attaching.create().must()
    for sha in (A, B):
        note(attaching, sha, size=50).must()
    attaching.act("file_attach", B).must()
    attaching.now += 7 * DAY_MS
    note(attaching, C, size=30).must()
    attaching.act("people_purge", 0).must(more=0)
    assert set(attaching.hash("files")) == {A, B, C}
    attaching.now += 1
    attaching.act("people_purge", 0).must(more=0)
    assert set(attaching.hash("files")) == {B, C} and summed(attaching) == 80
    note(attaching, A, size=50).must()
    assert summed(attaching) == 130


def test_172_thousands_are_forgotten_in_bounded_calls(commons):
    commons.create().must()
    old = T0 - 8 * DAY_MS
    flat = [word for n in range(3000) for word in (f"{n:064x}", f"pdf 1 {old} 0 x y")]
    commons.client.call("HSET", commons.key("files"), *flat)
    commons.client.call("HSET", commons.key("counts"), "file_bytes", 3000)
    calls = 0
    while commons.act("people_purge", 0).must()["more"] == "1":
        calls += 1
        assert calls < 20
    assert calls >= 2 and commons.hash("files") == {} and summed(commons) == 0
