"""A storm of guesses at codes and passwords from many addresses, through a trusted proxy: each
letter and each address is locked as designed, nobody can lock a community, others are served."""
import concurrent.futures
import itertools
import random

import pytest

from browsing import Person
from server import Server
from story import Commons, stamp

SYMBOLS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def check_symbol(sixteen):
    value = 0
    for symbol in sixteen:
        value = value * 32 + SYMBOLS.index(symbol)
    return (SYMBOLS + "*~$=U")[value % 37]


def guess(rng, serial=None):
    """Well formed, and almost certainly wrong."""
    while True:
        serial_now = serial or "".join(rng.choices(SYMBOLS, k=5))
        body = serial_now + "".join(rng.choices(SYMBOLS, k=11))
        if check_symbol(body) in SYMBOLS:
            return body + check_symbol(body)


@pytest.fixture(scope="module")
def storm_server():
    with Server(args=["--trusted-proxies", "127.0.0.1"], workers=2) as one:
        yield one


class Town(Commons):
    def __init__(self, server):
        super().__init__(server, areas=["north"], residents=0)
        self.at = f"/v1/communities/{self.slug}"
        answer = self.trust.post(f"{self.at}/codes", {
            "n": 6, "area": "north", "expires_at": stamp(86400)}).must(201)
        self.codes = [code["code"] for code in answer.json()["codes"]]


def person_at(server, address):
    person = Person(server)
    person.extra = {"X-Forwarded-For": address}
    return person


def try_code(server, town, address, code):
    person = person_at(server, address)
    try:
        answer = person.by_code(town.slug, code)
        return answer.status, answer.code
    finally:
        person.close()


def addresses():
    for high, low in itertools.product(range(1, 250), range(1, 250)):
        yield f"198.18.{high}.{low}"


def test_278_guesses_at_one_letter_lock_that_letter_alone(storm_server):
    server, town, rng = storm_server, Town(storm_server), random.Random(1)
    serial, where = town.codes[0][:5], addresses()
    told = [try_code(server, town, next(where), guess(rng, serial)) for _ in range(5)]
    assert told == [(403, "code_wrong")] * 3 + [(429, "code_locked")] * 2
    person = person_at(server, next(where))
    locked = person.by_code(town.slug, town.codes[0]).refused(429, "code_locked")
    assert 0 < locked.json()["seconds"] <= 60
    assert int(locked.headers["retry-after"]) == locked.json()["seconds"]
    person.by_code(town.slug, town.codes[1]).must(200)  # the next letter is not


def test_278_guesses_from_one_address_lock_that_address_alone(storm_server):
    server, town, rng = storm_server, Town(storm_server), random.Random(2)
    told = [try_code(server, town, "198.51.100.77", guess(rng)) for _ in range(12)]
    assert told == [(403, "code_wrong")] * 10 + [(429, "address_locked")] * 2
    home = person_at(server, "198.51.100.77")
    wait = home.by_code(town.slug, town.codes[2]).refused(429, "address_locked").json()["seconds"]
    assert 0 < wait <= 900, "a quarter of an hour, not for ever"
    person_at(server, "198.51.100.78").by_code(town.slug, town.codes[2]).must(200)


def test_278_a_household_that_guessed_can_still_sign_in_by_password(storm_server):
    server, town, rng = storm_server, Town(storm_server), random.Random(3)
    person = person_at(server, "203.0.113.5")
    person.by_code(town.slug, town.codes[0]).must(200)
    name = person.set_password("a sentence of mine", "ada").must(200).json()["name"]
    for _ in range(12):
        try_code(server, town, "203.0.113.5", guess(rng))
    assert person.get("/v1/me").must(200)
    person_at(server, "203.0.113.5").by_password(name, "a sentence of mine").must(200)


def test_278_a_storm_from_many_addresses_opens_nothing_and_locks_nobody_else(storm_server, full):
    server, town, rng = storm_server, Town(storm_server), random.Random(4)
    n = 10000 if full else 300
    where = list(itertools.islice(addresses(), n))
    jobs = [(address, guess(rng)) for address in where]
    before = len(town.log())
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        told = list(pool.map(lambda job: try_code(server, town, *job), jobs))
    assert set(told) <= {(403, "code_wrong"), (429, "code_locked")}, set(told)
    assert told.count((403, "code_wrong")) >= n * 0.99
    assert len(town.log()) == before, "nothing of it is in the public log"
    for i, code in enumerate(town.codes[:3]):
        person = person_at(server, f"192.0.2.{i + 1}")
        person.by_code(town.slug, code).must(200)
    town.recount()


def test_278_a_storm_at_passwords_locks_names_and_nothing_else(storm_server, full):
    server, town = storm_server, Town(storm_server)
    person = person_at(server, "192.0.2.60")
    person.by_code(town.slug, town.codes[0]).must(200)
    name = person.set_password("a sentence of mine", "ada").must(200).json()["name"]
    other = person_at(server, "192.0.2.61")
    other.by_code(town.slug, town.codes[1]).must(200)
    theirs = other.set_password("another sentence", "bob").must(200).json()["name"]
    where = addresses()
    n = 1000 if full else 60
    jobs = [(next(where), name if i % 2 else f"nobody{i:04d}") for i in range(n)]

    def attack(job):
        stranger = person_at(server, job[0])
        answer = stranger.by_password(job[1], "not this one")
        stranger.close()
        return job[1] == name, answer.code
    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        told = list(pool.map(attack, jobs))
    at_name = [code for ours, code in told if ours]
    assert at_name.count("sign_in_failed") == 10
    assert set(at_name) == {"sign_in_failed", "sign_in_later"}
    assert {code for ours, code in told if not ours} == {"sign_in_failed"}
    person_at(server, "192.0.2.61").by_password(theirs, "another sentence").must(200)
    person.get("/v1/me").must(200)
    person.post("/v1/me/passkeys/challenge").must(201)


def test_278_an_address_that_signs_in_too_often_waits_and_others_do_not():
    args = ["--trusted-proxies", "127.0.0.1", "--limit-address-sign-in", "20"]
    with Server(args=args) as server:
        told = []
        while 429 not in told and len(told) < 100:  # what is left grows by one in three seconds
            person = person_at(server, "198.51.100.9")
            told.append(person.by_password(f"a{len(told)}", "long enough").status)
        assert told.count(401) >= 20 and told[-1] == 429
        person_at(server, "198.51.100.10").by_password("a1", "long enough").refused(
            401, "sign_in_failed")
