#!/usr/bin/python3
"""Whether the time of an answer tells who exists: known and unknown, side by side.

    /usr/bin/python3 tests/bench/sign_in.py [--tries 200]

Needs build/groundswell (./run --build-only). Three pairs, each asked in turn so that both meet the
same weather: a password for a name that somebody has and for one that nobody has; a code with the
serial of a letter and with one that names none (both wrong); a link for an address that somebody
confirmed and for one that nobody has. Prints percentiles in milliseconds, and how often a guess
from the time alone would be right (0.50: it tells nothing). Asserts nothing.
"""
import argparse
import bisect
import pathlib
import random
import re
import sys
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "support"))

from townsfolk import Townsfolk  # noqa: E402
from server import Server, wait_until  # noqa: E402
from smtp_server import Smtp  # noqa: E402

BINARY = HERE.parent.parent / "build" / "groundswell"
PERCENTS = (5, 25, 50, 75, 95, 99)


SYMBOLS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def whole(symbols):
    """Sixteen symbols with their check, in groups; None where the check is no letter or digit."""
    value = 0
    for symbol in symbols:
        value = value * 32 + SYMBOLS.index(symbol)
    if value % 37 >= 32:
        return None
    word = symbols + SYMBOLS[value % 37]
    return f"{word[:5]}-{word[5:9]}-{word[9:13]}-{word[13:]}"


def drawn(serial):
    """A code behind that serial (or any) which is well formed, and wrong."""
    while True:
        secret = "".join(random.choices(SYMBOLS, k=11))
        code = whole((serial or "".join(random.choices(SYMBOLS, k=5))) + secret)
        if code:
            return code


def timed(ask):
    began = time.perf_counter()
    answer = ask()
    return (time.perf_counter() - began) * 1000, answer.status


def told(known, unknown):
    """The chance that of one time of each kind the longer is the known one (Mann and Whitney)."""
    unknown = sorted(unknown)
    wins = 0.0
    for one in known:
        low, high = bisect.bisect_left(unknown, one), bisect.bisect_right(unknown, one)
        wins += low + (high - low) / 2
    return wins / (len(known) * len(unknown))


def side_by_side(name, known, unknown, tries):
    """known, unknown: functions of the number of the try. In random order within each pair."""
    times, said = {"known": [], "unknown": []}, {"known": set(), "unknown": set()}
    for i in range(tries):
        pair = [("known", known), ("unknown", unknown)]
        random.shuffle(pair)
        for kind, ask in pair:
            took, status = timed(lambda: ask(i))
            times[kind].append(took)
            said[kind].add(status)
    print(f"\n{name}, {tries} tries each")
    print("           " + "".join(f"{'p' + str(p):>9}" for p in PERCENTS) + "   answers")
    for kind in times:
        row = sorted(times[kind])
        cells = "".join(f"{row[min(len(row) - 1, len(row) * p // 100)]:9.2f}" for p in PERCENTS)
        print(f"  {kind:<9}{cells}   {', '.join(map(str, sorted(said[kind])))}")
    print(f"  told by time alone: {told(times['known'], times['unknown']):.2f}")


def passwords(people, tries):
    """Each name is asked too seldom to be put off: many persons, each tried a few times."""
    persons = []
    for i in range(max(1, tries // 5)):
        person = people.person()
        name = person.set_password("seven green bicycles", "anna").must(200).json()["name"]
        persons.append(name)
    client = people.anyone

    def wrong(name):
        return client.post("/v1/sign-in/password", {"name": name, "password": "wrong and long"},
                           key=None)
    side_by_side("a wrong password, by name", lambda i: wrong(persons[i % len(persons)]),
                 lambda i: wrong(f"nobody{i % len(persons):04}"), tries)


def codes(people, tries):
    """Wrong secrets behind the serial of a letter, and behind one that names none."""
    letters = [one["code"] for one in people.letters(n=min(200, max(1, tries // 2)))]
    others = [drawn(None)[:5] for _ in letters]
    path = f"/v1/communities/{people.slug}/sign-in/code"

    def wrong(code, i):
        headers = {"X-Forwarded-For": f"192.0.2.{i % 200}"}
        return people.anyone.post(path, {"code": code}, headers=headers)
    side_by_side("a wrong code, by serial",
                 lambda i: wrong(drawn(letters[i % len(letters)][:5]), i),
                 lambda i: wrong(drawn(others[i % len(others)]), i), tries)


def links(people, smtp, tries):
    known = []
    for i in range(1 + tries // 4):  # with the one to confirm it, five times a quarter of an hour
        person, address = people.person(), f"known{i}@example.org"
        person.put("/v1/me/mail", {"mail": address}).must(202)
        link = wait_until(lambda: [one.raw for one in smtp.letters if one.to == [address]], 20)[0]
        secret = re.search(rb"/me/mail/confirm#([\w-]+)", link.replace(b"=\r\n", b"")).group(1)
        person.post("/v1/me/mail/confirm", {"link": secret.decode()}).must(200)
        known.append(address)

    def ask(address):
        return people.anyone.post("/v1/sign-in/link", {"mail": address}, key=None)
    side_by_side("a link, by address", lambda i: ask(known[i % len(known)]),
                 lambda i: ask(f"nobody{i % len(known)}@example.org"), tries)


def main():
    options = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    options.add_argument("--tries", type=int, default=200)
    tries = options.parse_args().tries
    random.seed(1)
    with Smtp() as smtp, Server(binary=str(BINARY), args=[
            "--mail-server", smtp.url, "--mail-from", "no-reply@commons.example",
            "--trusted-proxies", "127.0.0.1", "--limit-address-sign-in", "0"]) as server:
        people = Townsfolk(server)
        people.anyone.check = False
        passwords(people, tries)
        codes(people, tries)
        links(people, smtp, tries)


if __name__ == "__main__":
    main()
