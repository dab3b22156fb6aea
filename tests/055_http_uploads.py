"""A body that is a file: streamed to disk, bounded in every way, gone where it is not kept."""
import hashlib
import json
import os
import resource
import signal
import ssl

import pytest

from hello import Answer, Hello, is_closed, read_all, read_answer
from server import wait_until

HOST = b"Host: t\r\n"
PUT = b"PUT /file HTTP/1.1\r\n" + HOST
MIB = 1 << 20


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "arriving"


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """A server that takes 8 MiB, and the folder where files arrive; every test leaves it empty."""
    arriving = tmp_path_factory.mktemp("uploads") / "arriving"
    given = tmp_path_factory.mktemp("given") / "file"
    given.write_bytes(os.urandom(3 * MIB))
    # what was freed is to be given back, so that memory can be looked at
    os.environ["ASAN_OPTIONS"] = "quarantine_size_mb=1"
    try:
        with Hello(upload_folder=arriving, upload_max=8 * MIB, uploads_max=2, given=given) as hello:
            hello.arriving, hello.given = arriving, given
            yield hello
    finally:
        del os.environ["ASAN_OPTIONS"]


def files_in(folder):
    return sorted(os.listdir(folder)) if os.path.isdir(folder) else []


def until_empty(folder):
    """What was answered is put away as the turn of the loop ends: a moment later."""
    wait_until(lambda: files_in(folder) == [], 30, "an empty folder")


def problem(answer, status, code):
    assert answer.status == status, answer.body
    told = json.loads(answer.body)
    assert told["code"] == code
    return told.get("detail", told["title"])


def chunked(client, data, step):
    for at in range(0, len(data), step):
        part = data[at:at + step]
        client.sendall(b"%x\r\n" % len(part) + part + b"\r\n")


def memory_of(process):
    with open(f"/proc/{process.pid}/status", encoding="ascii") as status:
        return next(int(line.split()[1]) for line in status if line.startswith("VmRSS:")) * 1024


@pytest.mark.parametrize("n", [1, 16384, 5 * MIB, 8 * MIB])
@pytest.mark.parametrize("length", [True, False])
def test_a_file_arrives_whole_and_is_not_kept_in_memory(whole, n, length):
    data = os.urandom(n)
    with whole.connect() as client:
        before = memory_of(whole.process)
        if length:
            client.sendall(PUT + b"Content-Length: %d\r\n\r\n" % n + data)
        else:
            client.sendall(PUT + b"Transfer-Encoding: chunked\r\n\r\n")
            chunked(client, data, 10000)
            client.sendall(b"0\r\n\r\n")
        answer = read_answer(client)
        assert answer.body.decode() == f"{n} {hashlib.sha256(data).hexdigest()}\n"
        assert memory_of(whole.process) - before < 6 * MIB
        client.sendall(b"GET /hello HTTP/1.1\r\n" + HOST + b"\r\n")
        assert read_answer(client).body == b"hello\n", "the connection serves on"
    until_empty(whole.arriving)


def test_without_a_body_there_is_no_file(whole):
    for framing in (b"", b"Content-Length: 0\r\n"):
        answer = Answer(whole.say(PUT + framing + b"Connection: close\r\n\r\n"))
        assert answer.body == b"0 -\n"


def test_a_file_that_is_too_large_is_refused_before_it_comes(whole):
    """A gigabyte is announced and never sent, whether one waits for 100 Continue or not."""
    for expect in (b"", b"Expect: 100-continue\r\n"):
        said = whole.say(PUT + expect + b"Content-Length: 1073741824\r\n\r\n")
        answer = Answer(said)
        detail = problem(answer, 413, "file_too_large")
        assert "1073741824" in detail and str(8 * MIB) in detail
        assert answer.closes and answer.rest == b""
    until_empty(whole.arriving)


def test_a_file_that_goes_on_is_cut_at_the_limit(whole):
    before = memory_of(whole.process)
    with whole.connect() as client:
        client.sendall(PUT + b"Transfer-Encoding: chunked\r\n\r\n")
        sent = 0
        try:
            while sent < 64 * MIB:
                chunked(client, bytes(65536), 65536)
                sent += 65536
        except (ConnectionResetError, BrokenPipeError):
            pass
        assert 8 * MIB <= sent < 64 * MIB
    assert memory_of(whole.process) - before < 6 * MIB
    until_empty(whole.arriving)
    # to who stops in time it is said
    with whole.connect() as client:
        client.sendall(PUT + b"Transfer-Encoding: chunked\r\n\r\n")
        chunked(client, bytes(8 * MIB), 65536)
        whole.has_read()
        client.sendall(b"1\r\nx\r\n")
        detail = problem(Answer(read_all(client)), 413, "file_too_large")
        assert str(8 * MIB) in detail


def test_who_may_not_is_told_so_before_the_body_and_fills_no_disk(whole):
    for expect in (b"", b"Expect: 100-continue\r\n"):
        said = whole.say(b"POST /guarded/file HTTP/1.1\r\n" + HOST + expect +
                         b"Content-Length: 100\r\n\r\n")
        assert Answer(said).status == 401
    until_empty(whole.arriving)


def test_who_waits_for_100_gets_it_and_then_the_answer(whole):
    with whole.connect() as client:
        client.sendall(PUT + b"Expect: 100-continue\r\nContent-Length: 3\r\n\r\n")
        assert read_answer(client).status == 100
        client.sendall(b"abc")
        assert read_answer(client).body.startswith(b"3 ")


def test_only_so_many_arrive_at_once_and_the_next_is_told_when_to_come_again(whole):
    begun = []
    for _ in range(2):
        client = whole.connect()
        client.sendall(PUT + b"Content-Length: 10\r\n\r\nab")
        begun.append(client)
    wait_until(lambda: len(files_in(whole.arriving)) == 2, 30, "two files that arrive")
    answer = Answer(whole.say(PUT + b"Content-Length: 10\r\n\r\n0123456789"))
    assert "2 files" in problem(answer, 503, "uploads_busy")
    assert int(answer.headers["retry-after"]) > 0
    assert whole.get().status == 200, "others are served"
    begun[0].close()  # one that vanishes makes room
    wait_until(lambda: len(files_in(whole.arriving)) == 1, 30, "that it goes with who sent it")
    assert Answer(whole.say(PUT + b"Connection: close\r\nContent-Length: 1\r\n\r\nx")).status == 200
    begun[1].sendall(b"cdefghij")
    assert read_answer(begun[1]).body.startswith(b"10 ")
    begun[1].close()
    until_empty(whole.arriving)


def test_broken_framing_leaves_nothing(whole):
    answer = Answer(whole.say(PUT + b"Transfer-Encoding: chunked\r\n\r\n3\r\nabcXX"))
    problem(answer, 400, "malformed_request")
    until_empty(whole.arriving)


@pytest.mark.parametrize("flags", [{"grace_ms": 200, "upload_rate_min": 100000}, {"upload_s": 1}])
def test_a_file_that_comes_too_slowly_is_cut(folder, flags):
    with Hello(upload_folder=folder, **flags) as hello, hello.connect() as client:
        client.sendall(PUT + b"Content-Length: 1000\r\n\r\nabc")
        problem(Answer(read_all(client)), 408, "request_timeout")
        until_empty(folder)


def test_a_file_has_its_own_patience_and_rate(folder):
    """Those of other bodies would have cut it."""
    with Hello(upload_folder=folder, body_ms=50, grace_ms=50, rate_min=100000,
               upload_rate_min=0) as hello, hello.connect() as client, hello.connect() as other:
        client.sendall(PUT + b"Content-Length: 6\r\n\r\nabc")
        hello.has_read()
        other.sendall(b"POST /echo HTTP/1.1\r\n" + HOST + b"Content-Length: 6\r\n\r\nabc")
        assert Answer(read_all(other)).status == 408
        client.sendall(b"def")
        assert read_answer(client).body.startswith(b"6 ")


def test_a_full_disk_is_said_and_nothing_stays(folder):
    with Hello(upload_folder=folder) as hello:
        resource.prlimit(hello.process.pid, resource.RLIMIT_FSIZE, (100000, 100000))
        answer = Answer(hello.say(PUT + b"Content-Length: 200000\r\n\r\n" + bytes(200000)))
        problem(answer, 507, "disk_full")
        until_empty(folder)
        assert hello.get().status == 200


def test_what_a_killed_server_left_is_swept_and_what_another_writes_is_not(folder):
    with Hello(upload_folder=folder) as living, living.connect() as writing:
        writing.sendall(PUT + b"Content-Length: 6\r\n\r\nabc")
        wait_until(lambda: len(files_in(folder)) == 1, 30, "a file that arrives")
        killed = Hello(upload_folder=folder)
        killed.__enter__()
        cut = killed.connect()
        cut.sendall(PUT + b"Content-Length: 6\r\n\r\nabc")
        wait_until(lambda: len(files_in(folder)) == 2, 30, "another one")
        killed.process.send_signal(signal.SIGKILL)
        killed.process.wait()
        assert len(files_in(folder)) == 2
        cut.close()
        with pytest.raises(AssertionError):
            killed.__exit__(None, None, None)
        with Hello(upload_folder=folder):
            assert len(files_in(folder)) == 1
        writing.sendall(b"def")
        assert read_answer(writing).body.startswith(b"6 ")


def test_a_server_that_stops_lets_a_file_finish_and_then_cuts(folder):
    with Hello(upload_folder=folder, drain_ms=500) as hello, hello.connect() as client:
        client.sendall(PUT + b"Content-Length: 6\r\n\r\nabc")
        hello.has_read()
        hello.process.send_signal(signal.SIGTERM)
        assert is_closed(client, 20)
        assert hello.process.wait(20) == 0
        until_empty(folder)


# the way out

def test_a_file_leaves_with_its_length_and_the_connection_goes_on(whole):
    data = whole.given.read_bytes()
    before = memory_of(whole.process)
    with whole.connect() as client:
        for _ in range(3):
            client.sendall(b"GET /file HTTP/1.1\r\n" + HOST + b"\r\n")
            answer = read_answer(client)
            assert answer.headers["content-length"] == str(len(data)) and answer.body == data
        client.sendall(b"HEAD /file HTTP/1.1\r\n" + HOST + b"\r\n")
        answer = read_answer(client, head_only=True)
        assert answer.headers["content-length"] == str(len(data))
        client.sendall(b"GET /hello HTTP/1.1\r\n" + HOST + b"\r\n")
        assert read_answer(client).body == b"hello\n"
    assert memory_of(whole.process) - before < 6 * MIB


def test_a_reader_who_goes_or_sleeps_holds_nobody(whole):
    with whole.connect() as sleeping:
        sleeping.sendall(b"GET /file HTTP/1.1\r\n" + HOST + b"\r\n")
        with whole.connect() as gone:
            gone.sendall(b"GET /file HTTP/1.1\r\n" + HOST + b"\r\n")
            gone.recv(100)
        assert whole.get("/file").body == whole.given.read_bytes()
        assert read_answer(sleeping).body == whole.given.read_bytes()


def test_files_pass_under_tls_both_ways(tmp_path_factory, folder, whole):
    import subprocess
    where = tmp_path_factory.mktemp("tls")
    cert, key = where / "cert.pem", where / "key.pem"
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
                    "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
                    "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost",
                    "-keyout", str(key), "-out", str(cert)],
                   check=True, capture_output=True, timeout=60)
    context = ssl.create_default_context(cafile=str(cert))
    data = whole.given.read_bytes()
    with Hello(cert=cert, key=key, upload_folder=folder, given=whole.given) as hello:
        with hello.connect(context) as client:
            client.sendall(PUT + b"Content-Length: %d\r\n\r\n" % len(data) + data)
            assert hashlib.sha256(data).hexdigest() in read_answer(client).body.decode()
            client.sendall(b"GET /file HTTP/1.1\r\n" + HOST + b"\r\n")
            assert read_answer(client).body == data
    until_empty(folder)
