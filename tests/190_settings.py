"""What is in force is what was asked for; a setting that cannot be used is named with its place."""
import os
import re
import subprocess

import pytest

from server import BINARY


def check(*flags, env=None):
    clean = {k: v for k, v in os.environ.items() if not k.startswith("GROUNDSWELL_")}
    return subprocess.run([BINARY, "check-config", *flags], env={**clean, **(env or {})},
                          capture_output=True, text=True, timeout=30)


def in_force(done):
    assert done.returncode == 0, done.stderr
    rows = (re.fullmatch(r"(\w+) = (.*?)  # (.*)", line) for line in done.stdout.splitlines())
    return {row[1]: (row[2], row[3]) for row in rows}


@pytest.fixture
def file(tmp_path):
    def write(text, mode=0o600):
        path = tmp_path / "groundswell.conf"
        path.write_text(text)
        path.chmod(mode)
        return str(path)
    return write


def test_every_row_shows_its_default_and_says_so():
    rows = in_force(check())
    assert rows["listen"] == ("127.0.0.1:8080", "default")
    assert rows["workers"] == ("1", "default")
    assert rows["http_line_max"] == ("8192", "default")
    assert rows["http_head_max"] == ("16384", "default")
    assert len(rows) >= 61


def test_a_flag_wins_over_the_environment_and_that_over_the_file(file):
    path = file("# a comment\n\nworkers = 2\nhttp-body-max = 5000\nlog_level=warn\n")
    rows = in_force(check("--config", path, "--workers", "4",
                          env={"GROUNDSWELL_WORKERS": "3", "GROUNDSWELL_LOG_LEVEL": "error"}))
    assert rows["workers"] == ("4", "flag --workers")
    assert rows["log_level"] == ("error", "variable GROUNDSWELL_LOG_LEVEL")
    assert rows["http_body_max"] == ("5000", f"{path}:4")


def test_the_order_of_flags_and_config_does_not_matter(file):
    path = file("workers = 2\n")
    assert in_force(check("--workers", "4", "--config", path))["workers"][0] == "4"


@pytest.mark.parametrize("line, place, words", [
    ("wrokers = 2", ":2", "there is no setting `wrokers`"),
    ("workers = 65", ":2", "whole number from 1 to 64"),
    ("workers = -1", ":2", "whole number from 1 to 64"),
    ("workers = 2x", ":2", "whole number from 1 to 64"),
    ("workers =", ":2", "whole number from 1 to 64"),
    ("workers", ":2", "name = value"),
    ("listen = 127.0.0.1", ":2", "an address and a port"),
    ("listen = 127.0.0.1:70000", ":2", "an address and a port"),
    ("log_level = loud", ":2", "debug, info, warn, error"),
    ("redis = redis://:secret@host:1", ":2", "redis_password_file"),
    ("public_url = ftp://x", ":2", "http:// or https://"),
    ("public_url = https://a b", ":2", "http:// or https://"),
    ("public_url = https://:80", ":2", "http:// or https://"),
    ("public_url = https://a+b.org/x", ":2", "http:// or https://"),
    ("log_host = a b", ":2", "without scheme, blanks and +"),
    ("log_host = a+b", ":2", "without scheme, blanks and +"),
    ("log_host = https://example.org", ":2", "without scheme, blanks and +"),
    ("log_level = info\nlog_level = info", ":3", "a second"),
    ("workers = 2\ntls_key = /nowhere/key", ":3", "tls_cert and tls_key go together"),
    ("tls_cert = /x\ntls_key = /nowhere/key", ":3", "/nowhere/key is absent"),
    ("workers = 2\nredis_password_file = /nowhere", ":3", "/nowhere is absent"),
])
def test_a_bad_line_of_the_file_is_named(file, line, place, words):
    path = file("# first line\n" + line + "\n")
    done = check("--config", path)
    assert done.returncode == 2
    assert f"{path}{place}:" in done.stderr and words in done.stderr, done.stderr
    assert done.stdout == ""


def test_a_bad_flag_or_variable_is_named():
    for done, words in [
        (check("--workers", "0"), ["flag --workers", "from 1 to 64"]),
        (check("--no-such", "0"), ["--no-such"]),
        (check("--workers"), ["--workers wants a value"]),
        (check("word"), ["`word`"]),
        (check(env={"GROUNDSWELL_WORKERS": "many"}), ["GROUNDSWELL_WORKERS", "from 1 to 64"]),
        (check(env={"GROUNDSWELL_WROKERS": "1"}), ["GROUNDSWELL_WROKERS", "no such setting"]),
        (check("--config", "/nowhere/at.all"), ["/nowhere/at.all", "absent"]),
    ]:
        assert done.returncode == 2, done
        for word in words:
            assert word in done.stderr, done.stderr


def test_a_secret_is_named_by_its_file_and_never_shown(tmp_path):
    secret = tmp_path / "password"
    secret.write_text("correct horse battery staple\n")
    secret.chmod(0o600)
    done = check("--redis-password-file", str(secret))
    assert str(secret) in done.stdout and "not shown" in done.stdout
    assert "horse" not in done.stdout + done.stderr
    secret.chmod(0o644)
    done = check("--redis-password-file", str(secret))
    assert done.returncode == 2 and "others may read it" in done.stderr


def test_tls_wants_both_files(tmp_path):
    done = check("--tls-cert", str(tmp_path / "cert.pem"))
    assert done.returncode == 2 and "tls_key" in done.stderr


def test_every_verb_explains_itself():
    listing = subprocess.run([BINARY, "help"], capture_output=True, text=True, timeout=30)
    verbs = re.findall(r"^  ([a-z-]+) ", listing.stdout, re.M)
    assert {"serve", "check-config", "demo", "token", "register", "version", "help"} <= set(verbs)
    assert "worker" not in verbs
    for verb in verbs:
        told = subprocess.run([BINARY, "help", verb], capture_output=True, text=True, timeout=30)
        asked = subprocess.run([BINARY, verb, "--help"], capture_output=True, text=True, timeout=30)
        assert told.returncode == asked.returncode == 0
        assert told.stdout == asked.stdout and told.stdout.startswith(f"groundswell {verb}")


def test_an_unknown_verb_is_refused():
    done = subprocess.run([BINARY, "srve"], capture_output=True, text=True, timeout=30)
    assert done.returncode == 2 and "srve" in done.stderr


@pytest.mark.parametrize("lines, words", [
    (None, "cannot be read"),
    ("https://trust.example\n", "`https://trust.example` is not `URL VKEY`"),
    ("# ours\nftp://trust.example x+1+y\n", "is not `URL VKEY`"),
    ("https://trust.example nonsense\n", "witnesses: "),
])
def test_a_file_of_witnesses_that_no_server_would_take_is_told(tmp_path, lines, words):
    path = tmp_path / "witnesses"
    if lines:
        path.write_text(lines)
    done = check("--witnesses", str(path))
    assert done.returncode == 2 and words in done.stderr, done.stderr
    path.write_text("# nobody yet\n")
    assert in_force(check("--witnesses", str(path)))["witnesses"][0] == str(path)
