"""Every limit and deadline of the front door is met on purpose: the answer, the close, and that
others are served meanwhile."""
import json
import socket
import struct
import time

import pytest

from hello import Answer, Hello, answers, drip, is_closed, read_all, read_answer
from server import PATIENCE, wait_until

pytestmark = pytest.mark.long

HOST = b"Host: t\r\n"
GET = b"GET /hello HTTP/1.1\r\n" + HOST


def problem(answer, status, code):
    assert answer.status == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert json.loads(answer.body)["code"] == code
    return answer


@pytest.fixture(scope="module")
def small():
    with Hello(line_max=128, head_max=256, headers_max=8, body_max=1000, linger_ms=500) as one:
        yield one


@pytest.fixture(scope="module")
def default():
    with Hello() as one:
        yield one


# sizes

def line_of(n):
    """A request line of n bytes, its CRLF not counted."""
    frame = len(b"GET /people/ HTTP/1.1")
    return b"GET /people/" + b"x" * (n - frame) + b" HTTP/1.1\r\n"


@pytest.mark.parametrize("bytewise", [False, True])
def test_a_request_line_may_have_its_maximum_and_not_a_byte_more(small, bytewise):
    for n, status in ((128, 200), (129, 414)):
        with small.connect() as client:
            data = line_of(n) + HOST + b"Connection: close\r\n\r\n"
            drip(client, data) if bytewise else client.sendall(data)
            answer = Answer(read_all(client))
            assert answer.status == status and answer.closes
    problem(answer, 414, "target_too_long")


def test_a_request_line_without_an_end_is_refused_before_it_ends(small):
    problem(Answer(small.say(line_of(1000)[:-2])), 414, "target_too_long")


@pytest.mark.parametrize("bytewise", [False, True])
def test_headers_may_have_their_maximum_and_not_a_byte_more(small, bytewise):
    rest = HOST + b"Connection: close\r\nA: "
    for n, status in ((256, 200), (257, 431)):
        data = b"GET /hello HTTP/1.1\r\n" + rest + b"x" * (n - len(rest)) + b"\r\n\r\n"
        with small.connect() as client:
            drip(client, data) if bytewise else client.sendall(data)
            answer = Answer(read_all(client))
            assert answer.status == status and answer.closes
    problem(answer, 431, "head_too_large")


def test_headers_may_be_so_many_and_not_one_more(small):
    for n, status in ((8, 200), (9, 431)):
        data = GET + b"Connection: close\r\n" + b"A: b\r\n" * (n - 2) + b"\r\n"
        assert Answer(small.say(data)).status == status


def test_the_default_head_is_8_kib_of_line_16_kib_and_64_headers(default):
    def status(line_n, head):
        return Answer(default.say(line_of(line_n) + HOST + b"Connection: close\r\n" + head +
                                  b"\r\n")).status
    assert status(8192, b"") == 200 and status(8193, b"") == 414
    assert status(8192, b"A: " + b"x" * 16000 + b"\r\n") == 200
    assert status(100, b"A: " + b"x" * 17000 + b"\r\n") == 431
    assert status(100, b"A: b\r\n" * 62) == 200 and status(100, b"A: b\r\n" * 63) == 431


def test_a_body_too_large_is_refused_before_it_is_sent(small):
    before = small.count("handled")
    for method, most in ((b"POST", 1000), (b"PUT", 64)):
        head = method + b" /echo HTTP/1.1\r\n" + HOST + b"Content-Length: "
        ok = Answer(small.say(head + b"%d\r\nConnection: close\r\n\r\n" % most + b"x" * most))
        assert ok.status == 200 and len(ok.body) == most
        answer = Answer(small.say(head + b"%d\r\n\r\n" % (most + 1)))
        assert problem(answer, 413, "body_too_large").closes
        assert str(most) in json.loads(answer.body)["detail"]
    assert small.count("handled") == before + 2


def test_a_body_too_large_in_chunks_is_refused_as_it_passes_the_limit(small):
    before = small.count("handled")
    head = b"PUT /echo HTTP/1.1\r\n" + HOST + b"Transfer-Encoding: chunked\r\n\r\n"
    assert problem(Answer(small.say(head + b"1\r\nx\r\n" * 65)), 413, "body_too_large").closes
    assert small.count("handled") == before


def test_a_small_body_in_a_flood_of_chunk_extensions_is_refused(small):
    head = b"PUT /echo HTTP/1.1\r\n" + HOST + b"Transfer-Encoding: chunked\r\n\r\n"
    data = head + b"1;" + b"e" * 6000
    problem(Answer(small.say(data)), 413, "body_too_large")


def test_a_client_that_sends_on_after_a_refusal_can_still_read_it(small):
    """Closing with unread input would reset the connection and destroy the answer."""
    head = b"PUT /echo HTTP/1.1\r\n" + HOST + b"Content-Length: 100000\r\n\r\n"
    for _ in range(10):
        data = small.say(head + b"x" * 100000)
        assert problem(Answer(data), 413, "body_too_large").rest == b""


# deadlines

def test_a_head_that_does_not_end_is_408_after_its_deadline():
    with Hello(head_ms=600) as hello:
        began = time.monotonic()
        with hello.connect() as client:
            client.sendall(GET)
            data = read_all(client)
        assert time.monotonic() - began > 0.5
        assert problem(Answer(data), 408, "request_timeout").closes


def test_a_head_that_drips_does_not_move_its_deadline():
    with Hello(head_ms=600) as hello, hello.connect() as client:
        assert not drip(client, GET + b"A: " + b"x" * 4000, 0.02), "it was listened to all along"
        assert Answer(read_all(client)).status == 408
        assert hello.count("handled") == 0


def test_a_connection_that_never_speaks_is_closed_without_a_word():
    with Hello(head_ms=500, idle_ms=60000) as hello, hello.connect() as client:
        assert read_all(client) == b""


def test_an_idle_connection_is_closed_after_its_deadline():
    with Hello(idle_ms=500, head_ms=60000) as hello, hello.connect() as client:
        began = time.monotonic()
        client.sendall(GET + b"\r\n")
        assert read_answer(client).status == 200
        assert read_all(client) == b"" and time.monotonic() - began > 0.4


def test_a_body_that_does_not_end_is_408_after_its_deadline():
    with Hello(body_ms=600) as hello, hello.connect() as client:
        client.sendall(b"POST /echo HTTP/1.1\r\n" + HOST + b"Content-Length: 10\r\n\r\nabc")
        assert problem(Answer(read_all(client)), 408, "request_timeout").closes
        assert hello.count("handled") == 0


def test_a_body_below_the_minimum_rate_is_408_long_before_its_deadline():
    with Hello(body_ms=60000, grace_ms=500, rate_min=1000) as hello, hello.connect() as client:
        client.sendall(b"POST /echo HTTP/1.1\r\n" + HOST + b"Content-Length: 5000\r\n\r\n")
        drip(client, b"x" * 60, 0.02)
        assert problem(Answer(read_all(client)), 408, "request_timeout").closes


def test_a_body_above_the_minimum_rate_is_taken_though_it_is_slow():
    with Hello(body_ms=60000, grace_ms=300, rate_min=1) as hello, hello.connect() as client:
        client.sendall(b"POST /echo HTTP/1.1\r\n" + HOST +
                       b"Connection: close\r\nContent-Length: 60\r\n\r\n" + b"x" * 20)
        drip(client, b"x" * 40, 0.02)
        assert Answer(read_all(client)).body == b"x" * 60


def test_a_client_that_does_not_take_its_answer_is_dropped():
    with Hello(answer_ms=700) as hello:
        with socket.socket() as client:
            client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            client.settimeout(90)
            client.connect(("127.0.0.1", hello.port))
            client.sendall(b"GET /big HTTP/1.1\r\n" + HOST + b"\r\n" * 1 +
                           (b"GET /big HTTP/1.1\r\n" + HOST + b"\r\n") * 9)
            hello.until_count(connections=1)
            assert hello.count("handled") < 10, "the next request waits for the answer before"
            assert is_closed(client)


# numbers

def test_beyond_the_cap_on_connections_a_client_is_told_503_and_when_to_come_back():
    with Hello(connections_max=3) as hello:
        inside = [hello.connect() for _ in range(3)]
        for client in inside:
            client.sendall(GET + b"\r\n")
            assert read_answer(client).status == 200
        answer = problem(Answer(hello.say(GET + b"\r\n")), 503, "server_busy")
        assert answer.closes and int(answer.headers["retry-after"]) > 0
        inside[0].sendall(GET + b"\r\n")
        assert read_answer(inside[0]).status == 200
        inside.pop().close()
        hello.until_served()
        for client in inside:
            client.close()


def test_beyond_the_cap_of_one_address_others_still_come_in():
    with Hello(per_address_max=2) as hello:
        inside = [hello.connect() for _ in range(2)]
        for client in inside:
            client.sendall(GET + b"\r\n")
            assert read_answer(client).status == 200
        problem(Answer(hello.say(GET + b"\r\n")), 503, "server_busy")
        with socket.socket() as other:
            other.settimeout(90)
            other.bind(("127.0.0.2", 0))
            other.connect(("127.0.0.1", hello.port))
            other.sendall(GET + b"\r\n")
            assert read_answer(other).status == 200
        for client in inside:
            client.close()
        hello.until_served()


def test_a_crowd_beyond_the_cap_does_not_grow_the_server():
    with Hello(connections_max=2, linger_ms=500) as hello:
        crowd = [hello.connect() for _ in range(300)]
        told = sum(data.startswith(b"HTTP/1.1 503") for data in map(peek, crowd[2:]))
        assert told >= 32
        for client in crowd:
            client.close()
        hello.until_served()


def peek(client):
    client.settimeout(5)
    try:
        return client.recv(12)
    except OSError:
        return b""


def test_a_connection_serves_so_many_requests_and_then_closes():
    with Hello(requests_max=3) as hello:
        found = answers(hello.say((GET + b"\r\n") * 5))
        assert [a.closes for a in found] == [False, False, True]


def test_beyond_the_pool_of_visits_a_request_is_503_and_later_served():
    with Hello(visits_max=2, slow_ms=1000) as hello:
        def asked_while_two_are_slow():
            """An answer; that of a machine which was slower than they are is none of a refusal."""
            busy = [hello.connect() for _ in range(2)]
            for client in busy:
                client.sendall(b"PUT /slow HTTP/1.1\r\n" + HOST + b"\r\n")
            hello.has_read()
            answer = hello.get()
            for client in busy:
                assert read_answer(client).body == b"slow\n"
                client.close()
            return answer if answer.status == 503 else None
        answer = problem(wait_until(asked_while_two_are_slow, what="a 503"), 503, "server_busy")
        assert int(answer.headers["retry-after"]) > 0
        assert hello.get().status == 200


def test_streams_are_counted_and_one_too_many_is_503():
    with Hello(streams_max=2) as hello:
        open_ones = [hello.connect() for _ in range(2)]
        for client in open_ones:
            client.sendall(b"GET /stream HTTP/1.1\r\n" + HOST + b"\r\n")
            assert client.recv(4096).startswith(b"HTTP/1.1 200")
        data = hello.say(b"GET /stream HTTP/1.1\r\nConnection: close\r\n" + HOST + b"\r\n")
        problem(Answer(data), 503, "server_busy")
        for client in open_ones:
            client.close()


def test_a_slow_reader_of_a_stream_is_dropped_and_the_others_are_not():
    with Hello(event_ms=1, event_bytes=4096, backlog_max=2 << 20) as hello:
        quick = hello.connect()
        quick.sendall(b"GET /stream HTTP/1.1\r\n" + HOST + b"\r\n")
        with socket.socket() as slow:
            slow.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            slow.settimeout(90)
            slow.connect(("127.0.0.1", hello.port))
            slow.sendall(b"GET /stream HTTP/1.1\r\n" + HOST + b"\r\n")
            end = time.monotonic() + PATIENCE
            while hello.count("streams_closed") == 0 and time.monotonic() < end:
                pause = time.monotonic() + 0.05
                while time.monotonic() < pause:
                    assert quick.recv(1 << 20)
            counts = hello.count()
            assert counts["streams_closed"] == 1 and counts["streams"] == 1
        assert quick.recv(4096)
        quick.close()


def test_a_client_that_talks_into_its_stream_is_cut_off():
    with Hello(stream_input_max=1000) as hello, hello.connect() as client:
        client.sendall(b"GET /stream HTTP/1.1\r\n" + HOST + b"\r\n")
        client.recv(4096)
        client.sendall(b"x" * 900)
        time.sleep(0.3)
        assert hello.count("streams") == 1
        client.sendall(b"x" * 200)
        assert is_closed(client)
        assert hello.count("streams_closed") == 1


def test_300_slow_connections_do_not_stop_a_normal_client_and_are_gone_after_the_deadline():
    with Hello(head_ms=12000, linger_ms=300) as hello:
        crowd = [hello.connect() for _ in range(300)]
        began = time.monotonic()
        for i in range(3):
            for client in crowd:
                client.sendall(GET[i:i + 1])  # one byte a second each
            for _ in range(3):
                assert hello.get().status == 200
            time.sleep(max(0, began + i + 1 - time.monotonic()))
        assert hello.count("connections") == 301
        hello.until_count(connections=1)
        for client in crowd:
            with client:
                assert Answer(read_all(client)).status == 408


def test_a_connection_that_is_reset_is_forgotten():
    with Hello() as hello:
        half = b"POST /echo HTTP/1.1\r\n" + HOST + b"Content-Length: 10\r\n\r\nabc"
        stream = b"GET /stream HTTP/1.1\r\n" + HOST + b"\r\n"
        for data in (b"", b"GET", GET + b"\r\n", half, stream):
            for _ in range(10):
                client = hello.connect()
                client.sendall(data)
                client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                client.close()
        hello.until_count(connections=1, streams=0)
