"""Letters by e-mail against a real SMTP server: what is built, what is tried again, what is not."""
import email
import email.header
import email.policy
import email.utils
import os
import pathlib
import ssl
import subprocess
import time

import pytest

from server import BINARY
from smtp_server import Smtp

PROGRAM = pathlib.Path(BINARY).parent / "tests" / "post_mail"
TEXT = "Hello,\n\nyour link: https://gs.example/l#abc\n"


def send(url, *messages, sender="no-reply@gs.example", name="-", tries=3, pause=30, timeout=5000,
         at_once=2, queue=100, user="-", password="-", ca="-", leave=None, fails=False):
    """What the program said: (outcome, code, tries) or (fault, name) a message, and its figures."""
    env = dict(os.environ, **({"MAIL_LEAVE_MS": str(leave)} if leave else {}))
    words = [str(word) for word in (PROGRAM, url, sender, name, tries, pause, timeout, at_once,
                                    queue, user, password, ca)]
    letter = "".join(part + "\0" for message in messages for part in message)
    done = subprocess.run(words, input=letter.encode(), capture_output=True, timeout=90,
                          check=False, env=env)
    said = done.stdout.decode()
    assert done.returncode == (1 if fails else 0), said + done.stderr.decode()
    answers, figures = {}, {"said": said, "log": done.stderr.decode()}
    for line in said.splitlines():
        words = line.split()
        if words[0].isdigit():
            assert int(words[0]) not in answers, "an answer comes once"
            answers[int(words[0])] = words[1] if words[1] != "fault" else " ".join(words[1:])
            figures[int(words[0])] = [int(word) for word in words[2:] if word.isdigit()]
        elif len(words) == 2:
            figures[words[0]] = int(words[1]) if words[1].isdigit() else words[1]
    return [answers.get(i) for i in range(len(messages))], figures


def read(letter):
    return email.message_from_bytes(letter.raw, policy=email.policy.default)


def header(letter, name):
    """Decoded as RFC 2047 says: the newer parser of Python parts adjacent words by a blank."""
    raw = email.message_from_bytes(letter.raw, policy=email.policy.compat32)[name]
    return str(email.header.make_header(email.header.decode_header(raw)))


def body(mail):
    return mail.get_content().replace("\r\n", "\n")


def test_630_a_letter_arrives_as_it_was_written():
    with Smtp() as smtp:
        outcomes, seen = send(smtp.url, ("ann@example.org", "Your link", TEXT))
        assert outcomes == ["sent"] and seen[0] == [250, 1] and seen["waiting"] == 0
    (letter,) = smtp.letters
    assert (letter.sender, letter.to) == ("no-reply@gs.example", ["ann@example.org"])
    mail = read(letter)
    assert not mail.defects and body(mail) == TEXT
    assert mail["From"] == "no-reply@gs.example" and mail["To"] == "ann@example.org"
    assert mail["Subject"] == "Your link" and mail["MIME-Version"] == "1.0"
    assert mail.get_content_type() == "text/plain" and mail["Auto-Submitted"] == "auto-generated"
    assert mail["Message-ID"].endswith("@gs.example>") and len(mail["Message-ID"]) > 40
    sent = email.utils.parsedate_to_datetime(mail["Date"])
    assert abs(sent.timestamp() - time.time()) < 60 and sent.utcoffset().total_seconds() == 0
    assert mail["Date"] == email.utils.format_datetime(sent), "the day of the week is right too"


@pytest.mark.parametrize("subject", [
    "Your code", "Eich cod: Tŷ Nant", "=?UTF-8?B?aGVsbG8=?=", "a" * 300, "ŷ" * 150, "𝄞" * 75,
    "x" * 41 + "ŷŷ" + "y" * 90, "it's \"quoted\" <and> \\ more; a=b, c: d", "", "  two  blanks  "])
def test_630_any_subject_and_name_survive(subject):
    name = (subject or "Tŷ \"Nant\", (x)")[:50]
    with Smtp() as smtp:
        assert send(smtp.url, ("ann@example.org", subject, TEXT), name=name)[0] == ["sent"]
    (letter,) = smtp.letters
    assert all(len(line) <= 78 for line in letter.raw.split(b"\r\n")), "RFC 5322, RFC 2047"
    assert letter.raw.isascii()
    assert header(letter, "Subject").strip() == subject.strip()
    shown, address = header(letter, "From").rsplit("<", 1)
    assert address == "no-reply@gs.example>" and shown.strip() == name.strip()
    assert [one.addr_spec for one in read(letter)["From"].addresses] == ["no-reply@gs.example"]


@pytest.mark.parametrize("text", [
    "", "\n", "one line", ".\n..\n.hidden\n", "From here\n", "ends in a blank \nand a tab\t\n \n",
    "= equals =3D\n", "ŷ" * 500 + "\n", "x" * 75 + "\n" + "x" * 76 + "\n" + "x" * 77 + "=\n",
    "Tŷ Nant: 𝄞\n" * 200, "\n\n\n", "x" * 65536])
def test_630_any_text_survives(text):
    with Smtp() as smtp:
        outcomes, _ = send(smtp.url, ("ann@example.org", "x", text))
        assert outcomes == ["sent"]
    (letter,) = smtp.letters
    lines = letter.raw.split(b"\r\n\r\n", 1)[1].split(b"\r\n")
    assert letter.raw.isascii() and all(len(line) <= 76 for line in lines)
    assert not any(line.endswith((b" ", b"\t")) for line in lines)
    assert body(read(letter)) == (text if text.endswith("\n") else text + "\n")


@pytest.mark.parametrize("to,subject", [
    ("ann@example.org\r\nBcc: bob@example.org", "x"), ("ann@example.org", "x\r\nBcc: bob@e.org"),
    ("ann@example.org", "x\nBcc: bob@example.org"), ("ann@example.org\n", "x"),
    ("ann@example.org", "x\rBcc: bob@e.org"), ("ann@example.org", "x\x7f"),
    ("ann@example.org", "x\x0b"), ("ann@example.org>\r\nRCPT TO:<bob@example.org", "x"),
    ("ann@example.org, bob@example.org", "x"), ("<ann@example.org>", "x"), ("ann", "x"),
    ("ann@", "x"), ("@example.org", "x"), ("a b@example.org", "x"), ("ann@exa mple.org", "x"),
    ("ann@example..org", "x"), (".ann@example.org", "x"), ("ann.@example.org", "x"),
    ("a..n@example.org", "x"), ("ann@-example.org", "x"), ("ann@example.org.", "x"),
    ("ann@bob@example.org", "x"), ("ânn@example.org", "x"), ("ann@tŷ.example", "x"),
    ("\"ann\"@example.org", "x"), ("ann@[127.0.0.1]", "x"), ("a" * 65 + "@example.org", "x"),
    ("ann@" + "a" * 64 + ".org", "x"), ("ann@" + ".".join(["a" * 60] * 5), "x"), ("", "x")])
def test_630_nobody_adds_a_header_or_a_recipient(to, subject):
    with Smtp() as smtp:
        outcomes, _ = send(smtp.url, (to, subject, TEXT), ("good@example.org", "x", TEXT))
        assert outcomes == ["fault format", "sent"]
    (letter,) = smtp.letters
    assert letter.to == ["good@example.org"] and len(smtp.heard) == 1


def test_630_a_text_that_is_no_clean_text_is_refused():
    with Smtp() as smtp:
        outcomes, _ = send(smtp.url, ("ann@example.org", "x", "bare\rreturn"),
                           ("ann@example.org", "x" * 301, "x"),
                           ("ann@example.org", "x", "x" * 65537), ("ann@example.org", "x", "\a"))
    assert outcomes == ["fault format", "fault limit", "fault limit", "fault format"]
    assert not smtp.heard


@pytest.mark.parametrize("to", ["ann@example.org", "a.b+c-d_e@sub.example.co.uk", "ann@localhost",
                                "o'neil@example.org", "a" * 64 + "@example.org", "1@1.example"])
def test_630_ordinary_addresses_pass(to):
    with Smtp() as smtp:
        assert send(smtp.url, (to, "x", TEXT))[0] == ["sent"]
    assert smtp.letters[0].to == [to] and read(smtp.letters[0])["To"] == to


def test_630_what_is_refused_for_good_is_not_tried_again():
    with Smtp(rcpt={"gone@example.org": [b"550 no such person"] * 9}, data=[b"554 spam"]) as smtp:
        outcomes, seen = send(smtp.url, ("gone@example.org", "x", TEXT), at_once=1)
        assert outcomes == ["refused"] and seen[0] == [550, 1]
        outcomes, seen = send(smtp.url, ("ann@example.org", "x", TEXT), at_once=1)
        assert outcomes == ["refused"] and seen[0] == [554, 1]
        assert not smtp.letters and len(smtp.heard) == 2
    assert "example.org" not in seen["log"] and "spam" not in seen["log"], "no names in the log"


def test_630_what_is_put_off_is_tried_again_as_the_same_letter():
    with Smtp(rcpt={"ann@example.org": [b"450 busy", b"451 later"]}) as smtp:
        outcomes, seen = send(smtp.url, ("ann@example.org", "x", TEXT))
        assert outcomes == ["sent"] and seen[0] == [250, 3]
    assert len(smtp.letters) == 1 and len(smtp.heard) == 3
    with Smtp(data=[b"452 disk full", b"250 taken"], doze=None) as smtp:
        assert send(smtp.url, ("ann@example.org", "x", TEXT))[1][0] == [250, 2]


def test_630_pauses_grow():
    began = [time.monotonic()]
    with Smtp(rcpt={"ann@example.org": [b"450 busy"] * 3},
              doze=lambda word: began.append(time.monotonic()) if word == "EHLO" else None) as smtp:
        assert send(smtp.url, ("ann@example.org", "x", TEXT), tries=4, pause=100)[0] == ["sent"]
    times = [later - began[0] for later in began[2:]]  # each may be seen late, none early
    assert times[0] >= 0.1 and times[1] >= 0.4 and times[2] >= 1.3, times


def test_630_a_lost_answer_repeats_the_message_id():
    """The server took it and went away before it said so: the copy can be recognised."""
    with Smtp(data=[None]) as smtp:
        outcomes, seen = send(smtp.url, ("ann@example.org", "x", TEXT))
        assert outcomes == ["sent"] and seen[0] == [250, 2]
    first, second = smtp.letters
    assert first.raw == second.raw and read(first)["Message-ID"] == read(second)["Message-ID"]
    with Smtp(rcpt={"ann@example.org": [None]}) as smtp:
        outcomes, seen = send(smtp.url, ("ann@example.org", "x", TEXT))
        assert outcomes == ["sent"] and seen[0] == [250, 2]


def test_630_a_dead_server_is_given_up_after_the_bound():
    outcomes, seen = send("smtp://127.0.0.1:1", ("ann@example.org", "x", TEXT), tries=3)
    assert outcomes == ["given-up"] and seen[0] == [0, 3] and seen["waiting"] == 0


def test_630_a_dozing_server_holds_up_nothing():
    """Two letters hang for a second and a half; the loop turns on, and they are given up."""
    with Smtp(doze=lambda word: time.sleep(5)) as smtp:
        outcomes, seen = send(smtp.url, ("ann@example.org", "x", TEXT),
                              ("bob@example.org", "x", TEXT), tries=1, timeout=1500)
        assert outcomes == ["given-up"] * 2
    assert seen["ticks"] >= 30, "the loop had its turns"


def test_630_a_server_that_dozes_over_its_farewell_holds_up_nothing():
    with Smtp(doze=lambda word: time.sleep(2) if word == "QUIT" else None) as smtp:
        outcomes, seen = send(smtp.url, ("ann@example.org", "x", TEXT))
        assert outcomes == ["sent"] and seen["ticks"] >= 30


def test_630_closing_does_not_wait_for_a_dozing_server():
    with Smtp(doze=lambda word: time.sleep(200)) as smtp:
        outcomes, seen = send(smtp.url, *[("ann@example.org", "x", TEXT)] * 5, timeout=180000,
                              leave=200)
        assert outcomes == [None] * 5 and seen["waiting"] == 5


def test_630_the_queue_is_bounded_and_the_transactions_too():
    with Smtp(doze=lambda word: time.sleep(0.01)) as smtp:
        outcomes, _ = send(smtp.url, *[("ann@example.org", str(i), TEXT) for i in range(12)],
                           queue=10, at_once=2)
        assert outcomes == ["sent"] * 10 + ["fault busy"] * 2
        assert smtp.most_at_once <= 2
    assert sorted(read(one)["Subject"] for one in smtp.letters) == [str(i) for i in range(10)]


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    folder = tmp_path_factory.mktemp("ca")
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
                    "ec_paramgen_curve:prime256v1", "-nodes", "-keyout", folder / "key", "-out",
                    folder / "cert", "-days", "2", "-subj", "/CN=mail.test", "-addext",
                    "subjectAltName=IP:127.0.0.1"], check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "cert", folder / "key")
    return context, str(folder / "cert")


def secret(tmp_path, word, mode=0o600):
    path = tmp_path / "password"
    path.write_text(word + "\n")
    path.chmod(mode)
    return path


def test_630_smtps_with_a_password(certificate, tmp_path):
    context, cert = certificate
    with Smtp(tls=context, at_once=True) as smtp:
        outcomes, _ = send(smtp.url, ("ann@example.org", "x", TEXT), user="gs", ca=cert,
                           password=secret(tmp_path, "right"))
        assert outcomes == ["sent"]
        assert smtp.letters[0].secure and smtp.letters[0].user == ("gs", "right")
        outcomes, seen = send(smtp.url, ("ann@example.org", "x", TEXT), user="gs", ca=cert, tries=2,
                              password=secret(tmp_path, "wrong"))
        assert outcomes == ["given-up"] and seen[0] == [535, 2], "somebody may mend it meanwhile"
        assert "wrong" not in seen["log"]


def test_630_a_certificate_that_does_not_hold_gets_nothing(certificate, tmp_path):
    context, _ = certificate
    with Smtp(tls=context, at_once=True) as smtp:
        outcomes, _ = send(smtp.url, ("ann@example.org", "x", TEXT), tries=1, user="gs",
                           password=secret(tmp_path, "right"))
        assert outcomes == ["given-up"] and not smtp.letters
        assert [said for said in smtp.heard if said] == []


def test_630_elsewhere_nothing_is_said_before_tls(certificate, tmp_path):
    """127.1 leads to loopback too, but is not known as such: all of it as for a stranger's host."""
    context, cert = certificate
    password = secret(tmp_path, "right")
    with Smtp() as smtp:
        outcomes, _ = send(f"smtp://127.1:{smtp.port}", ("ann@example.org", "x", TEXT), tries=1,
                           user="gs", password=password)
        assert outcomes == ["given-up"] and not smtp.letters
        assert all(line.startswith(("EHLO", "HELO", "QUIT")) for line in sum(smtp.heard, []))
    with Smtp(tls=context) as smtp:
        url = f"smtp://127.1:{smtp.port}"
        outcomes, _ = send(url, ("ann@example.org", "x", TEXT), tries=1, user="gs",
                           password=password)
        assert outcomes == ["given-up"] and not smtp.letters, "an unknown certificate"
        assert [line.split()[0] for line in sum(smtp.heard, [])] == ["EHLO", "STARTTLS"]
        outcomes, _ = send(url, ("ann@example.org", "x", TEXT), user="gs", password=password,
                           ca=cert)
        assert outcomes == ["sent"]
        assert smtp.letters[0].secure and smtp.letters[0].user == ("gs", "right")


@pytest.mark.parametrize("url", ["http://127.0.0.1", "smtp://", "smtp://h/path", "smtp://u:p@h:25",
                                 "smtp://h:0x1", "smtp://h:99999", "smtp://[::1]x", "smtp://h:25/",
                                 "smtp://a b", "file:///etc/passwd", "smtp://h?x", "smtp://h#x"])
def test_630_only_a_mail_server_is_a_mail_server(url):
    assert send(url, fails=True)[1]["fault"] == "config"


def test_630_settings_that_will_not_do_are_named(tmp_path):
    for more, why in (({"sender": "nobody"}, "sender"), ({"name": "a\nb"}, "name"),
                      ({"user": "gs"}, "password file"), ({"mode": 0o644}, "others may"),
                      ({"mode": None}, "absent"), ({"word": ""}, "no password")):
        if "mode" in more or "word" in more:
            path = secret(tmp_path, more.pop("word", "x"), more.get("mode") or 0o600)
            if more.pop("mode", 0o600) is None:
                path.unlink()
            more.update(user="gs", password=path)
        seen = send("smtp://127.0.0.1:9", fails=True, **more)[1]
        assert seen["fault"] == "config" and why in seen["log"], (more, seen["log"])
