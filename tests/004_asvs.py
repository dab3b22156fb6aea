"""The table of ASVS.md is whole: every item has its row, and every test that it names exists."""
import pathlib
import re

TESTS = pathlib.Path(__file__).resolve().parent
ROW = re.compile(r"^\| (\d+\.\d+\.\d+) \| ([12]) \| (yes|partly|no|n/a) \| (.+?) \| (.*?) ?\|$")

# Levels 1 and 2 of ASVS 5.0.0: section -> how many items from its first on, or which.
ITEMS = {
    "2.1": 3, "2.2": 3, "2.3": 4, "2.4": 1,
    "3.3": 4, "3.4": 6, "3.5": 5,
    "5.1": 1, "5.2": 3, "5.3": 2, "5.4": 3,
    "6.1": 3, "6.2": 12, "6.3": 4, "6.4": 4, "6.5": 5, "6.6": 3, "6.8": 4,
    "7.1": 3, "7.2": 4, "7.3": 2, "7.4": 5, "7.5": 2, "7.6": 2,
    "8.1": 2, "8.2": 3, "8.3": 1, "8.4": 1,
    "9.1": 3, "9.2": 4,
}


def rows():
    lines = (TESTS / "ASVS.md").read_text().splitlines()
    table = [line for line in lines if re.match(r"\| \d", line)]
    read = [ROW.match(line) for line in table]
    assert all(read), [line for line, row in zip(table, read) if not row]
    return [row.groups() for row in read]


def test_no_item_is_missing_or_stands_twice():
    wanted = [f"{section}.{i + 1}" for section, n in ITEMS.items() for i in range(n)]
    assert [number for number, *_ in rows()] == wanted


def test_every_test_that_is_named_exists():
    for number, _, state, words, tests in rows():
        named = re.findall(r"`([^`]+)`", tests)
        assert bool(named) == (state != "n/a"), f"{number}: {state}, shown by {named}"
        for name in named:
            assert (TESTS / name).exists(), f"{number}: {name}"
        assert words.endswith("."), number


def test_what_is_not_met_says_why():
    for number, _, state, words, _ in rows():
        if state in ("partly", "no"):
            assert len(words) > 60, f"{number}: a reason is needed"
