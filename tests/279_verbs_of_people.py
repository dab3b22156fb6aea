"""The verbs that concern people: codes for a mail merge, and forgetting."""
import subprocess

from browsing import Person
from server import BINARY
from story import Commons


def verb(server, *words):
    return subprocess.run([BINARY, words[0], "--data", str(server.data), *words[1:]],
                          capture_output=True, text=True, timeout=120)


def test_279_a_register_becomes_letters_that_let_their_residents_in(server, tmp_path):
    town = Commons(server, areas=["north"], residents=3)
    path = tmp_path / "register.csv"
    path.write_text("ref,area\nref-0,north\nref-1,north\n\nref-2,north\n")
    done = verb(server, "codes", str(path), "--community", town.slug, "--days", "30")
    assert done.returncode == 0, done.stderr
    lines = [line.split(",") for line in done.stdout.splitlines()]
    assert lines[0] == ["ref", "serial", "code", "link"] and "3 codes" in done.stderr
    assert [line[0] for line in lines[1:]] == ["ref-0", "ref-1", "ref-2"]
    for i, (_, serial, code, link) in enumerate(lines[1:]):
        assert code.startswith(serial) and link.endswith("#" + code)
        person = Person(server)
        person.by_code(town.slug, code).must(200)
        assert person.resident() == town.ids[i]
    assert lines[1][2] not in server.log()


def test_279_who_is_no_member_gets_no_letter_and_it_is_said(server, tmp_path):
    town = Commons(server, areas=["north"], residents=1)
    path = tmp_path / "register.csv"
    path.write_text("ref-0,north\nstranger,north\n")
    done = verb(server, "codes", str(path), "--community", town.slug)
    assert done.returncode != 0 and "resident_unknown" in done.stderr, done.stderr
    assert done.stdout.splitlines() == ["ref,serial,code,link"]
    assert verb(server, "codes", str(path), "--community", "No Slug").returncode == 2
    assert verb(server, "codes", "/nowhere", "--community", town.slug).returncode == 2


def test_279_purging_says_what_is_gone(server):
    Commons(server, areas=["north"], residents=1)
    done = verb(server, "purge")
    assert done.returncode == 0 and "are gone" in done.stdout, done.stderr
