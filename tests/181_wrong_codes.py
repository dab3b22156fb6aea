"""Guessing is slowed down at one serial and one address; nobody can lock a community."""
import pytest

from commons_fixture import commons, redis  # noqa: F401
from people import People

MINUTE, HOUR, DAY = 60_000, 3_600_000, 86_400_000


@pytest.fixture
def town(commons):
    commons.create().must()
    return People(commons)


def wrong(town, serial, n=1, address="", code="code_wrong", **words):
    for i in range(n):
        town.redeem(serial, "guess", secret=f"guess {i}", address=address).no(code, **words)


def test_after_three_wrong_tries_a_serial_waits_twice_as_long_each_time(town):
    commons = town.commons
    serial, other = town.issue([0, 0])
    wrong(town, serial, 3)
    commons.now += 1
    wrong(town, serial, 5, code="code_locked", seconds=60)
    town.redeem(serial, "acc1").no("code_locked", seconds=60)
    commons.now += MINUTE - 2
    town.redeem(serial, "acc1").no("code_locked", seconds=1)
    town.redeem(other, "acc2").must()
    commons.now += 1
    waits = [2, 4, 8, 16, 32, 64, 128, 256, 360, 360]
    for minutes in waits:
        wrong(town, serial)
        town.redeem(serial, "acc1").no("code_locked", seconds=60 * minutes)
        commons.now += minutes * MINUTE
    town.redeem(serial, "acc1").must(account="acc1")
    assert commons.hash("tries") == {}, "a right code clears its serial"


def test_what_is_old_does_not_count(town):
    commons = town.commons
    serial, = town.issue([0])
    wrong(town, serial, 2)
    commons.now += DAY + 1
    wrong(town, serial, 2)
    town.redeem(serial, "acc1").must()


def test_wrong_codes_of_others_never_lock_an_unknown_serial_differently(town):
    """What is said of a serial that was issued and of one that was not is the same, locked too."""
    known, = town.issue([0])
    for serial in (known, "ZZZZZ"):
        wrong(town, serial, 3)
        wrong(town, serial, 1, code="code_locked", seconds=60)
    answers = [town.commons.raw("code_redeem", town.commons.now + HOUR, "code", 0, b"12345678",
                                b"body", serial, "f" * 32, "", "acc", "who")
               for serial in (known, "ZZZZZ")]
    assert answers[0] == answers[1] == [b"no", b"code_wrong"]


def test_an_address_is_locked_for_a_quarter_of_an_hour(town):
    commons = town.commons
    serials = town.issue([0] * 6)
    home, elsewhere = "h" * 11, "e" * 11
    for serial in serials[:5]:
        wrong(town, serial, 2, address=home)
        commons.now += 50 * MINUTE
    commons.now -= 50 * MINUTE
    town.redeem(serials[5], "acc1", address=home).no("address_locked", seconds=900)
    town.use(serials[5], address=home).no("address_locked", seconds=900)
    wrong(town, serials[5], 5, address=home, code="address_locked", seconds=900)
    town.redeem(serials[4], "acc2", address=elsewhere).must()
    commons.now += 15 * MINUTE
    town.redeem(serials[5], "acc1", address=home).must()
    wrong(town, serials[3], 1, address=home)
    town.redeem(serials[2], "acc3", address=home).no("address_locked", seconds=900)
    commons.now += HOUR + 1
    wrong(town, serials[3], 1, address=home)
    town.redeem(serials[2], "acc3", address=home).must()


def test_a_refused_guess_writes_nothing_but_the_count(town):
    commons = town.commons
    serial, = town.issue([0])
    before = commons.client.call("DEBUG", "DIGEST")
    wrong(town, serial, address="h" * 11)
    assert commons.hash("tries") == {serial: f"1 {commons.now}"}
    assert commons.hash("tries_from") == {"h" * 11: f"1 {commons.now}"}
    commons.client.call("DEL", commons.key("tries"), commons.key("tries_from"))
    assert commons.client.call("DEBUG", "DIGEST") == before
    wrong(town, serial, 3)
    before = commons.client.call("DEBUG", "DIGEST")
    wrong(town, serial, code="code_locked", seconds=60)
    assert commons.client.call("DEBUG", "DIGEST") == before, "tries while locked are not counted"


def test_ten_thousands_of_guesses_leave_the_town_open(town):
    """Unknown serials are remembered while there is room; a known one is counted for ever."""
    commons = town.commons
    serial, other = town.issue([0, 1])
    client, key = commons.client, commons.key
    client.call("EVAL", "for i = 1, 20000 do redis.call('HSET', KEYS[1], 'u' .. i, ARGV[1]) "
                "redis.call('HSET', KEYS[2], 'a' .. i, ARGV[1]) end", 2, key("tries"),
                key("tries_from"), f"1 {commons.now}")
    wrong(town, "YYYYY", 4, address="n" * 11)
    assert client.call("HLEN", key("tries")) == client.call("HLEN", key("tries_from")) == 20000
    wrong(town, serial, 3)
    wrong(town, serial, code="code_locked", seconds=60)
    town.redeem(other, "acc1", address="n" * 11).must()


def test_used_for_paper_a_code_is_guarded_alike(town):
    serial, = town.issue([0])
    for i in range(3):
        town.use(serial, secret=f"guess {i}").no("code_wrong")
    town.use(serial).no("code_locked", seconds=60)
    town.commons.now += MINUTE
    town.use(serial).must()
    assert town.commons.hash("tries") == {}
