"""Redis forgets what is sealed, and nobody who reads the records notices."""
import http.client
import json

import pytest

import redis_server
import tlog
from server import wait_until
from story import Commons

RECORDS = 600


@pytest.fixture(scope="module")
def lived(server):
    commons = Commons(server, residents=2)
    commons.fund(100000)
    while len(commons.log()) < RECORDS:
        for _ in range(100):
            commons.trust.post(f"/v1/funds/{commons.slug}.f1/top-ups", {"amount": 1}).must(201)
    commons.whole = commons.log()
    commons.at = f"/v1/communities/{commons.slug}"
    wait_until(lambda: sealed(commons) == len(commons.whole), 20, "the sealing")
    return commons


def sealed(commons):
    answer = commons.anyone.get(f"/log/{commons.slug}/checkpoint")
    return int(answer.text.split("\n")[1]) if answer.status == 200 else None


def trim(commons, kept):
    redis = redis_server.Client(commons.server.redis_socket())
    redis.call("XTRIM", f"{{{commons.slug}}}:log", "MAXLEN", str(kept))
    assert redis.call("XLEN", f"{{{commons.slug}}}:log") <= kept
    redis.close()


def feed(commons, last, n):
    """n events from the one after `last`."""
    connection = http.client.HTTPConnection(*commons.server.address, timeout=20)
    connection.request("GET", f"{commons.at}/feed", headers={"Last-Event-ID": str(last)})
    answer, events, fields = connection.getresponse(), [], {}
    while len(events) < n:
        line = answer.readline().decode().rstrip("\n")
        assert line or fields or not events, "the feed ended"
        if line.startswith(":"):
            continue
        if line:
            name, _, value = line.partition(": ")
            fields[name] = value
        elif fields:
            record = json.loads(fields["data"])
            assert int(fields["id"]) == record["seq"] and fields["event"] == record["kind"]
            events.append(record)
            fields = {}
    connection.close()
    return events


@pytest.mark.parametrize("kept", [550, 300, 3, 1, 0])
def test_562_the_records_are_all_there_however_few_redis_keeps(lived, kept):
    trim(lived, kept)
    n = len(lived.whole)
    assert lived.log() == lived.whole
    for path, expected in (
            ("log?limit=1000", lived.whole[:1000]),
            (f"log?after={n - kept - 3}&limit=5", lived.whole[n - kept - 2:n - kept + 3]),
            ("log?after=100&limit=7", lived.whole[101:108]),
            (f"log?after={n - 2}", lived.whole[n - 1:]), (f"log?after={n - 1}", [])):
        page = lived.anyone.get(f"{lived.at}/{path}").must(200).json()
        assert page["items"] == expected, path
        assert ("next" in page["links"]) == (len(expected) == int(
            path.partition("limit=")[2] or 50)), path
    for seq in (0, 255, 256, n - 1):
        assert lived.anyone.get(f"{lived.at}/log/records/{seq}").json() == lived.whole[seq]


def test_562_a_reader_of_the_feed_catches_up_out_of_the_tiles(lived):
    trim(lived, 2)
    assert feed(lived, 5, len(lived.whole) - 6) == lived.whole[6:]
    trim(lived, 0)
    assert feed(lived, 400, 100) == lived.whole[401:501]


def test_562_records_go_on_after_the_trimming(lived):
    trim(lived, 0)
    made = lived.trust.post(f"/v1/funds/{lived.slug}.f1/top-ups", {"amount": 7}).must(201).json()
    assert made["seq"] == len(lived.whole)
    after = lived.log()
    assert after[:-1] == lived.whole and after[-1]["amount"] == 7
    lived.whole = after
    at = f"{lived.at}/log/receipts/{made['seq']}"
    wait_until(lambda: lived.anyone.get(at).status == 200, 10, "the receipt")
    vkeys = lived.anyone.get(f"/log/{lived.slug}/vkey").text.split()
    record = lived.anyone.get(f"{lived.at}/log/records/{made['seq']}").body
    tlog.check_receipt(lived.anyone.get(at).text, record, vkeys)


def test_562_a_gap_between_redis_and_the_tiles_is_never_passed_over(server):
    """Trimmed below what is sealed: a fault, and not a list with a hole."""
    commons = Commons(server, residents=2)
    commons.fund(1000)
    folder = server.data / "log" / commons.slug
    wait_until(lambda: sealed(commons) == 3, 10, "the sealing")
    (folder / "checkpoint").rename(folder / "checkpoint-aside")
    try:
        trim(commons, 1)
        answer = commons.anyone.get(f"/v1/communities/{commons.slug}/log")
        answer.refused(500, "internal_fault")
    finally:
        (folder / "checkpoint-aside").rename(folder / "checkpoint")
    assert [r["seq"] for r in commons.log()] == [0, 1, 2]
