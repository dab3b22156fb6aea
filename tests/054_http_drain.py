"""A graceful end: nobody new, those inside finish, then the process is gone."""
import signal
import socket
import time

import pytest

from hello import Hello, is_closed, read_all, read_answer, Answer

HOST = b"Host: t\r\n"


def refuses(hello):
    try:
        socket.create_connection(("127.0.0.1", hello.port), timeout=90).close()
        return False
    except ConnectionRefusedError:
        return True


def test_what_is_in_flight_is_answered_and_nothing_new_comes_in():
    with Hello(slow_ms=4000) as hello:
        idle, busy, writing = hello.connect(), hello.connect(), hello.connect()
        idle.sendall(b"GET /hello HTTP/1.1\r\n" + HOST + b"\r\n")
        assert read_answer(idle).status == 200
        busy.sendall(b"PUT /slow HTTP/1.1\r\n" + HOST + b"\r\nGET /hello HTTP/1.1\r\n" + HOST +
                     b"\r\n")
        writing.sendall(b"POST /echo HTTP/1.1\r\n" + HOST + b"Content-Length: 6\r\n\r\nabc")
        hello.has_read()
        hello.process.send_signal(signal.SIGTERM)
        assert is_closed(idle)
        assert refuses(hello)
        writing.sendall(b"def")
        answer = Answer(read_all(writing))
        assert answer.body == b"abcdef" and answer.closes
        answer = Answer(read_all(busy))
        assert answer.body == b"slow\n" and answer.closes and answer.rest == b""
        for client in (idle, busy, writing):
            client.close()
        assert hello.process.wait(90) == 0


def test_streams_are_closed():
    with Hello() as hello, hello.connect() as client:
        client.sendall(b"GET /stream HTTP/1.1\r\n" + HOST + b"\r\n")
        client.recv(4096)
        hello.process.send_signal(signal.SIGTERM)
        assert is_closed(client)
        client.close()
        assert hello.process.wait(90) == 0


def test_a_half_said_request_may_be_finished():
    with Hello() as hello, hello.connect() as client:
        client.sendall(b"GET /hello HTTP/1.1\r\n")
        hello.has_read()
        hello.process.send_signal(signal.SIGTERM)
        time.sleep(0.2)
        client.sendall(HOST + b"\r\n")
        answer = Answer(read_all(client))
        assert answer.status == 200 and answer.closes
        assert hello.process.wait(90) == 0


@pytest.mark.parametrize("says", [b"GET /hel", b"PUT /slow HTTP/1.1\r\n" + HOST + b"\r\n"])
def test_patience_has_an_end(says):
    with Hello(drain_ms=500, slow_ms=30000, head_ms=60000) as hello, hello.connect() as client:
        client.sendall(says)
        hello.has_read()
        began = time.monotonic()
        hello.process.send_signal(signal.SIGTERM)
        assert hello.process.wait(90) == 0
        assert 0.3 < time.monotonic() - began


def test_an_empty_house_closes_at_once():
    with Hello(drain_ms=60000) as hello:
        hello.process.send_signal(signal.SIGTERM)
        assert hello.process.wait(90) == 0
