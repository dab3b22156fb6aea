"""Pledges of many wallets from one address are shown to officers, by tag; honest ones are not."""
import threading

import pytest

from redis_server import Client as Redis
from server import Server, wait_until
from story import Commons

SHOP, HOME, OFFICE = "198.51.100.7", "203.0.113.5", "192.0.2.60"


@pytest.fixture(scope="module")
def server():
    with Server(args=["--trusted-proxies", "127.0.0.1"]) as one:
        yield one


class Town(Commons):
    def __init__(self, server, residents=8):
        super().__init__(server, areas=["north"], residents=residents)
        self.at = f"/v1/communities/{self.slug}"
        self.fund(100000)
        self.open_round(allotment=1000)
        tender = self.tender(ceiling=90000, people_min=100)
        self.first = self.proposal(tender, price=90000)
        self.open_tender(tender)

    def pledge_from(self, address, i, amount, **more):
        headers = {"X-Forwarded-For": address}
        return self.pledge(i, self.first, amount, headers=headers, **more)

    def seen(self):
        items = self.trust.get(f"{self.at}/anomalies").must(200).json()["items"]
        return [item for item in items if item["kind"] == "address"]

    def notes(self):
        items = self.trust.get(f"{self.at}/journal?limit=500").must(200).json()["items"]
        return [item for item in items if item["kind"] == "pledges"]

    def wait_for(self, pledges):
        wait_until(lambda: sum(a["pledges"] for a in self.seen()) >= pledges, 20, "the report")
        return self.seen()


def test_280_many_wallets_of_one_address_are_shown_and_an_honest_address_is_not(server):
    town = Town(server)
    for amount in (100, 200, 300, 400):
        for i in range(6):
            town.pledge_from(SHOP, i, amount).must(200)
    for amount in range(100, 1000, 30):  # one who changes their mind thirty times
        town.pledge_from(HOME, 6, amount).must(200)
    shown, = town.wait_for(24)
    assert (shown["pledges"], shown["wallets"], shown.get("redeemed")) == (24, 6, None)
    assert len(shown["address"]) == 11
    assert {note["address"] for note in town.notes()} == {shown["address"]}
    told = str(town.seen()) + str(town.notes()) + str(town.log()) + server.log()
    for address in (SHOP, HOME):
        assert address not in told
    assert shown["address"] not in str(town.log()) + server.log()
    assert not [record for record in town.log() if "address" in record]
    town.recount()


def test_280_what_wrote_nothing_is_not_counted(server):
    town = Town(server)
    for i in range(6):
        for amount in (100, 200, 300, 400):
            for _ in range(2):  # the second is a replay
                town.pledge_from(OFFICE, i, amount, key=f"{town.slug}-{i}-{amount}").must(200)
        town.pledge_from(OFFICE, i, 1001).refused(409, "wallet_short")
    town.wait_for(24)
    before = town.notes()
    town.pledge_from(OFFICE, 0, 500).must(200)  # whatever else was counted comes with this one
    shown, = town.wait_for(25)
    assert (shown["pledges"], shown["wallets"]) == (25, 6), (before, town.notes())


def test_280_one_address_in_two_communities_is_two_stories(server):
    towns = [Town(server), Town(server)]
    for town, n in zip(towns, (6, 4)):
        for i in range(n):
            for amount in (100, 200, 300, 400, 500, 600):
                town.pledge_from(SHOP, i, amount).must(200)
    shown, = towns[0].wait_for(36)
    assert (shown["pledges"], shown["wallets"]) == (36, 6)
    assert towns[1].seen() == [] == towns[1].notes(), "four are no anomaly, and nothing is kept"


def test_280_more_wallets_than_are_told_apart_are_that_many(server):
    town = Town(server, residents=40)
    jobs = [threading.Thread(target=lambda n=n: [town.pledge_from(SHOP, i, 100).must(200)
                                                 for i in range(n, 40, 4)]) for n in range(4)]
    for i in range(40):
        town.resident(i)
    for job in jobs:
        job.start()
    for job in jobs:
        job.join()
    shown, = town.wait_for(40)
    assert (shown["pledges"], shown["wallets"]) == (40, 32)


def test_280_what_the_journal_did_not_take_is_told_once_it_does(server):
    town = Town(server)
    redis, key = Redis(server.redis_socket()), f"{{{town.slug}}}:journal"
    redis.call("SET", key, "no stream")
    for amount in (100, 200, 300, 400):
        for i in range(6):
            town.pledge_from(SHOP, i, amount).must(200)
    wait_until(lambda: "journal_add" in server.log(), 20, "a note that is not taken")
    town.pledge_from(SHOP, 0, 500).must(200)  # no pledge is the worse for it
    redis.call("DEL", key)
    shown, = town.wait_for(25)
    assert (shown["pledges"], shown["wallets"]) == (25, 6)
    assert SHOP not in server.log()
    town.recount()
