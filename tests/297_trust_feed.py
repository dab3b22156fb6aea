"""The live feed of a trust: what happens in any of its communities, to who looks after them;
whoever comes back goes on where they were."""
import itertools
import json
import select
import socket

import pytest

from server import PATIENCE, wait_until
from story import Commons

numbers = itertools.count(1)


class Reader:
    """One connection to the feed of a trust."""

    def __init__(self, server, path, token, last=None):
        self.socket = socket.create_connection(server.address, timeout=PATIENCE)
        resume = f"Last-Event-ID: {last}\r\n" if last else ""
        self.socket.sendall(f"GET {path} HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer {token}\r\n"
                            f"{resume}\r\n".encode())
        self.events, self.missed, self.id = [], [], last
        head = b""
        while b"\r\n\r\n" not in head:
            head += self.socket.recv(1 << 16)
        head, _, self.text = head.partition(b"\r\n\r\n")
        self.status = int(head[9:12])

    def read(self):
        if select.select([self.socket], [], [], 0.1)[0]:
            self.text += self.socket.recv(1 << 18)
        *blocks, self.text = self.text.split(b"\n\n")
        for block in blocks:
            fields = dict(line.split(": ", 1) for line in block.decode().split("\n")
                          if not line.startswith(":"))
            if "data" in fields:
                into = self.events if fields["event"] == "record" else self.missed
                into.append(json.loads(fields["data"]))
            self.id = fields.get("id", self.id)

    def until(self, true, what):
        def looked():
            self.read()
            return true()
        wait_until(looked, what=what)
        return self

    def of(self, place):
        return [event["seq"] for event in self.events if event["community"] == place.slug]

    def waits_for(self, place, seq):
        return self.until(lambda: seq in self.of(place), f"record {seq} of {place.slug}")

    def close(self):
        self.socket.close()


def stir(place):
    """One record more."""
    place.trust.post(f"/v1/communities/{place.slug}/residents", {"residents": [
        {"ref": f"more-{next(numbers)}", "area": "all"}]}).must(200)


def stirred(reader, place):
    stir(place)
    reader.read()
    return reader.of(place)


class Trust:
    def __init__(self, server):
        self.server, self.id = server, f"live-{next(numbers)}"
        self.token = server.token("trust", "*", self.id)
        self.path = f"/v1/trusts/{self.id}/feed"
        self.places = [Commons(server, residents=1, trust=self.id) for _ in range(2)]
        self.elsewhere = Commons(server, residents=1)

    def reader(self, last=None, token=None):
        return Reader(self.server, self.path, token or self.token, last)

    def begun(self, **how):
        """A reader who is told already what happens in both places."""
        reader = self.reader(**how)
        for place in self.places:
            wait_until(lambda place=place: stirred(reader, place), what="the feed begins")
        return reader


@pytest.fixture(scope="module")
def trust(server):
    return Trust(server)


def seq_of(place):
    return place.totals()["seq"]


def test_297_records_of_all_its_communities_come_and_of_no_other(trust):
    reader = trust.begun()
    stir(trust.elsewhere)
    for place in trust.places:
        stir(place)
        reader.waits_for(place, seq_of(place))
    assert {event["community"] for event in reader.events} == {p.slug for p in trust.places}
    event = reader.events[-1]
    assert set(event) == {"community", "seq", "kind", "at"}
    assert event["kind"] == "residents_registered"
    reader.close()


def test_297_who_comes_back_misses_nothing_and_sees_nothing_twice(trust):
    place, other = trust.places
    reader = trust.begun()
    stir(place)
    reader.waits_for(place, seq_of(place))
    here = {p.slug: reader.of(p)[-1] for p in trust.places}
    reader.until(lambda: reader.id, "an id")
    reader.close()
    for p in (place, other, place):
        stir(p)
    again = trust.reader(last=reader.id)
    for p in trust.places:
        again.waits_for(p, seq_of(p))
        assert again.of(p) == list(range(here[p.slug] + 1, seq_of(p) + 1))
    assert again.missed == []
    again.close()


def test_297_who_was_away_too_long_is_told_what_they_missed(trust):
    place = trust.places[0]
    reader = trust.begun()
    reader.until(lambda: reader.id, "an id")
    last = reader.of(place)[-1]
    reader.close()
    for _ in range(150):  # more than a community's ring holds
        stir(place)
    again = trust.reader(last=reader.id).waits_for(place, seq_of(place))
    assert again.missed == [{"community": place.slug, "from": last + 1,
                             "to": again.of(place)[0] - 1}]
    assert again.of(place) == list(range(again.of(place)[0], seq_of(place) + 1))
    again.close()


def test_297_a_broken_id_begins_with_what_comes_next(trust):
    place = trust.places[0]
    reader = trust.begun(last="AQIDBA%%")
    assert reader.missed == [] and reader.of(place)
    reader.close()


def test_297_an_officer_of_one_community_is_told_of_that_one(trust):
    place, other = trust.places
    token = trust.server.token("trust", place.slug, trust.id)
    reader = trust.reader(token=token)
    wait_until(lambda: stir(other) or stirred(reader, place), what="the feed begins")
    assert reader.of(other) == []
    reader.close()


def test_297_others_are_told_nothing(trust):
    other = trust.server.token("trust", "*", "not-this-one")
    assert trust.reader(token=other).status == 403
