"""What a well-meaning client may rely on: keep-alive, order, HEAD, OPTIONS, bodies, streams."""
import json
import re
import time

import pytest

from hello import Answer, Hello, answers, drip, is_closed, read_all, read_answer

HOST = b"Host: t\r\n"
LAST = HOST + b"Connection: close\r\n"


@pytest.fixture(scope="module")
def hello():
    with Hello(slow_ms=200) as one:
        yield one


def test_an_answer_has_a_date_and_a_length_and_keeps_the_connection(hello):
    with hello.connect() as client:
        for _ in range(3):
            client.sendall(b"GET /hello HTTP/1.1\r\n" + HOST + b"\r\n")
            answer = read_answer(client)
            assert (answer.status, answer.body) == (200, b"hello\n")
            assert answer.headers["content-length"] == "6"
            assert "connection" not in answer.headers
            assert time.strptime(answer.headers["date"], "%a, %d %b %Y %H:%M:%S GMT")


def test_pipelined_requests_are_answered_in_order_though_the_first_is_slow(hello):
    data = (b"PUT /slow HTTP/1.1\r\n" + HOST + b"Content-Length: 3\r\n\r\nabc"
            b"POST /echo HTTP/1.1\r\n" + HOST + b"Content-Length: 3\r\n\r\ndef"
            b"GET /hello HTTP/1.1\r\n" + HOST + b"\r\n"
            b"POST /echo HTTP/1.1\r\n" + HOST + b"Transfer-Encoding: chunked\r\n\r\n"
            b"2\r\ngh\r\n1\r\ni\r\n0\r\n\r\n"
            b"GET /hello HTTP/1.1\r\n" + LAST + b"\r\n")
    found = answers(hello.say(data))
    assert [a.body for a in found] == [b"slow\n", b"def", b"hello\n", b"ghi", b"hello\n"]
    assert [a.closes for a in found] == [False] * 4 + [True]


def test_a_thousand_pipelined_requests_are_all_answered(hello):
    before = hello.count("handled")
    one = b"GET /hello HTTP/1.1\r\n" + HOST + b"\r\n"
    found = answers(hello.say(one * 999 + b"GET /hello HTTP/1.1\r\n" + LAST + b"\r\n"))
    assert len(found) == 1000 and all(a.status == 200 for a in found)
    assert hello.count("handled") == before + 1000


def test_pipelined_requests_are_answered_with_fewer_visits_than_requests():
    with Hello(visits_max=2) as few:
        one = b"GET /hello HTTP/1.1\r\n" + HOST + b"\r\n"
        found = answers(few.say(one * 99 + b"GET /hello HTTP/1.1\r\n" + LAST + b"\r\n"))
        assert [a.status for a in found] == [200] * 100


def test_big_answers_that_are_pipelined_arrive_whole(hello):
    one = b"GET /big HTTP/1.1\r\n" + HOST + b"\r\n"
    found = answers(hello.say(one * 4 + b"GET /big HTTP/1.1\r\n" + LAST + b"\r\n"))
    assert [len(a.body) for a in found] == [1 << 20] * 5
    assert set(b"".join(a.body for a in found)) == set(b"x")


def test_nothing_is_answered_after_a_request_that_closes(hello):
    before = hello.count("handled")
    data = hello.say(b"GET /hello HTTP/1.1\r\n" + LAST + b"\r\nGET /hello HTTP/1.1\r\n" + HOST +
                     b"\r\n")
    assert len(answers(data)) == 1 and hello.count("handled") == before + 1


@pytest.mark.parametrize("value", [b"Close", b"x, close", b"close,x", b"keep-alive, close"])
def test_close_is_heard_in_any_spelling_of_the_list(hello, value):
    with hello.connect() as client:
        client.sendall(b"GET /hello HTTP/1.1\r\nConnection: " + value + b"\r\n" + HOST + b"\r\n")
        assert Answer(read_all(client)).closes


def test_http_1_0_closes_unless_it_asks_to_stay(hello):
    answer = Answer(hello.say(b"GET /hello HTTP/1.0\r\n\r\n"))
    assert answer.status == 200 and answer.closes and answer.body == b"hello\n"
    with hello.connect() as client:
        for _ in range(2):
            client.sendall(b"GET /hello HTTP/1.0\r\nConnection: keep-alive\r\n\r\n")
            assert read_answer(client).headers["connection"] == "keep-alive"


def test_head_is_get_without_its_body(hello):
    with hello.connect() as client:
        client.sendall(b"HEAD /hello HTTP/1.1\r\n" + HOST + b"\r\n")
        answer = read_answer(client, head_only=True)
        assert answer.status == 200 and answer.headers["content-length"] == "6"
        client.sendall(b"HEAD /nowhere HTTP/1.1\r\n" + HOST + b"\r\n")
        assert read_answer(client, head_only=True).status == 404
        client.sendall(b"GET /hello HTTP/1.1\r\n" + HOST + b"\r\n")
        assert read_answer(client).body == b"hello\n"


def test_options_and_405_name_what_is_allowed(hello):
    answer = Answer(hello.say(b"OPTIONS /echo HTTP/1.1\r\n" + LAST + b"\r\n"))
    assert answer.status == 204 and answer.headers["allow"] == "POST, PUT, OPTIONS"
    assert "content-length" not in answer.headers
    answer = Answer(hello.say(b"DELETE /hello HTTP/1.1\r\n" + LAST + b"\r\n"))
    assert answer.status == 405 and answer.headers["allow"] == "GET, HEAD, OPTIONS"
    assert json.loads(answer.body)["code"] == "method_not_allowed"
    answer = Answer(hello.say(b"OPTIONS * HTTP/1.1\r\n" + LAST + b"\r\n"))
    assert answer.status == 204 and "PUT" in answer.headers["allow"]


def test_an_unknown_path_is_404_and_keeps_the_connection(hello):
    with hello.connect() as client:
        for path in (b"/", b"/nowhere", b"/hello/", b"//hello", b"/hello/x", b"/people/"):
            client.sendall(b"GET " + path + b" HTTP/1.1\r\n" + HOST + b"\r\n")
            answer = read_answer(client)
            assert answer.status == 404 and not answer.closes, path
            assert json.loads(answer.body)["code"] == "not_found"


def test_paths_are_decoded_once(hello):
    for path, said in ((b"/people/a%20b", b"a b"), (b"/people/%C3%A4", "\u00e4".encode()),
                       (b"/people/a%252Fb", b"a%2Fb"), (b"/%70eople/x", b"x"),
                       (b"/people/...", b"..."), (b"http://t/people/x", b"x"),
                       (b"HTTPS://t:1/people/x?q", b"x")):
        answer = Answer(hello.say(b"GET " + path + b" HTTP/1.1\r\n" + LAST + b"\r\n"))
        assert (answer.status, answer.body) == (200, said), path


def test_a_query_value_is_decoded_and_cannot_split_an_answer(hello):
    def query(words):
        return Answer(hello.say(b"POST /echo?" + words + b" HTTP/1.1\r\n" + LAST + b"\r\n"))
    assert query(b"a=1&q=x+y%26z&q=2").headers["query"] == "x y&z"
    assert query(b"q=").headers["query"] == ""
    assert "query" not in query(b"q=%zz").headers
    split = query(b"q=a%0D%0ASet-Cookie:%20b")
    assert split.status == 200 and "query" not in split.headers
    assert "set-cookie" not in split.headers


def test_bodies_arrive_unchanged_in_one_piece_or_byte_by_byte(hello):
    body = bytes(range(256)) * 8
    head = b"POST /echo HTTP/1.1\r\n" + LAST
    assert Answer(hello.say(head + b"Content-Length: 2048\r\n\r\n" + body)).body == body
    chunks = b"".join(b"%X\r\n" % n + body[:n] + b"\r\n" for n in (1, 15, 16, 255, 2048))
    data = head + b"Transfer-Encoding: chunked\r\n\r\n" + chunks + b"0\r\n\r\n"
    expected = body[:1] + body[:15] + body[:16] + body[:255] + body
    assert Answer(hello.say(data)).body == expected
    with hello.connect() as client:
        drip(client, data)
        assert Answer(read_all(client)).body == expected


def test_a_chunk_extension_is_ignored(hello):
    answer = Answer(hello.say(b"POST /echo HTTP/1.1\r\n" + LAST +
                              b"Transfer-Encoding: Chunked\r\n\r\n3;a=b\r\nabc\r\n0\r\n\r\n"))
    assert (answer.status, answer.body) == (200, b"abc")


def test_an_empty_line_before_a_request_is_forgiven_once(hello):
    one = b"GET /hello HTTP/1.1\r\n"
    found = answers(hello.say(b"\r\n" + one + HOST + b"\r\n\r\n" + one + LAST + b"\r\n"))
    assert [a.status for a in found] == [200, 200]
    with hello.connect() as client:
        drip(client, b"\r\n" + one + LAST + b"\r\n")
        assert Answer(read_all(client)).status == 200
    assert Answer(hello.say(b"\r\n\r\n" + one + LAST + b"\r\n")).status == 400


def test_a_client_that_stops_talking_still_hears_its_answer(hello):
    with hello.connect() as client:
        client.sendall(b"PUT /slow HTTP/1.1\r\n" + HOST + b"\r\nGET /hello HTTP/1.1\r\n" + HOST +
                       b"\r\n")
        client.shutdown(1)
        assert [a.body for a in answers(read_all(client))] == [b"slow\n", b"hello\n"]


def test_a_client_that_leaves_while_its_request_is_worked_on_does_no_harm(hello):
    for _ in range(20):
        with hello.connect() as client:
            client.sendall(b"PUT /slow HTTP/1.1\r\n" + HOST + b"\r\n")
            client.setsockopt(1, 13, b"\1\0\0\0\0\0\0\0")  # SO_LINGER: leave with a reset
    hello.until_count(connections=1)


# 100 Continue comes after the checks, and only when a body is awaited.

EXPECT = LAST + b"Content-Length: 3\r\nExpect: 100-continue\r\n"


def test_100_continue_is_said_when_the_body_may_come(hello):
    with hello.connect() as client:
        client.sendall(b"POST /echo HTTP/1.1\r\n" + EXPECT + b"\r\n")
        first = b""
        while b"\r\n\r\n" not in first:
            first += client.recv(1)
        assert first == b"HTTP/1.1 100 Continue\r\n\r\n"
        client.sendall(b"abc")
        assert Answer(read_all(client)).body == b"abc"


@pytest.mark.parametrize("line,status", [
    (b"POST /nowhere HTTP/1.1\r\n", 404), (b"DELETE /echo HTTP/1.1\r\n", 405),
    (b"POST /guarded HTTP/1.1\r\n", 401)])
def test_100_continue_is_not_said_to_whom_is_refused(hello, line, status):
    before = hello.count("handled")
    with hello.connect() as client:
        client.sendall(line + EXPECT.replace(b"Connection: close\r\n", b"") + b"\r\n")
        answer = Answer(read_all(client))
        assert answer.status == status and answer.closes and answer.rest == b""
    assert hello.count("handled") == before


def test_an_early_answer_leaves_the_body_unread_and_unrun(hello):
    before = hello.count("handled")
    inner = b"GET /hello HTTP/1.1\r\n" + HOST + b"\r\n"
    data = hello.say(b"POST /guarded HTTP/1.1\r\n" + HOST + b"Content-Length: %d\r\n\r\n" %
                     len(inner) + inner + inner)
    answer = Answer(data)
    assert answer.status == 401 and answer.closes and answer.rest == b""
    assert hello.count("handled") == before
    with hello.connect() as client:
        client.sendall(b"POST /guarded HTTP/1.1\r\n" + HOST + b"\r\n")
        assert not read_answer(client).closes, "without a body the connection stays"
        client.sendall(b"POST /guarded HTTP/1.1\r\nAuthorization: x\r\n" + HOST +
                       b"Content-Length: 1\r\n\r\na")
        assert read_answer(client).body == b"let in\n"


def test_another_expectation_is_417(hello):
    answer = Answer(hello.say(b"POST /echo HTTP/1.1\r\n" + HOST +
                              b"Content-Length: 1\r\nExpect: cake\r\n\r\na"))
    assert answer.status == 417 and answer.closes
    assert json.loads(answer.body)["code"] == "expectation_failed"


# Streams of events.

def test_a_stream_sends_events_until_the_client_leaves(hello):
    before = hello.count("streams_closed")
    with hello.connect() as client:
        client.sendall(b"GET /stream HTTP/1.1\r\n" + HOST + b"\r\n")
        data = b""
        while data.count(b"\n\n") < 3:
            data += client.recv(4096)
        assert b"Content-Type: text/event-stream" in data and b"Content-Length" not in data
        assert hello.count("streams") == 1
        client.sendall(b"what is said meanwhile is read away")
        assert b"data: " in client.recv(4096)
    hello.until_count(streams=0, streams_closed=before + 1)


def test_head_of_a_stream_opens_none(hello):
    data = hello.say(b"HEAD /stream HTTP/1.1\r\n" + HOST + b"\r\n")
    assert Answer(data, head_only=True).status == 200 and data.endswith(b"\r\n\r\n")
    assert hello.count("streams") == 0


def test_a_request_line_in_the_log_never_shows_a_path(hello):
    with Hello(lines=1) as spoken:
        spoken.say(b"GET /people/ada?secret=1 HTTP/1.1\r\n" + LAST + b"\r\n")
        spoken.say(b"GET /nowhere/ada HTTP/1.1\r\n" + LAST + b"\r\n")
        spoken.say(b"GET /people/ada\0 HTTP/1.1\r\n" + LAST + b"\r\n")
        spoken.process.terminate()
        spoken.process.wait(90)
        said = spoken.said()
    assert "ada" not in said and "secret" not in said
    lines = [line for line in said.splitlines() if "http:" in line]
    assert re.search(r"\d+ - GET /people/:name 200 \d+ us$", lines[0])
    assert [line.split()[-3] for line in lines] == ["200", "404", "400"]


def test_metrics_count_by_route_and_class(hello):
    text = hello.get("/metrics").body.decode()
    assert re.search(r'groundswell_http_requests_total\{route="hello"\} [1-9]', text)
    assert re.search(r'groundswell_http_answers_total\{class="4xx"\} [1-9]', text)
    assert re.search(r'groundswell_http_refused_total\{code="malformed_request"\} [1-9]', text)
    assert re.search(r'groundswell_http_request_seconds_count\{route="slow"\} [1-9]', text)


def test_the_peer_is_named(hello):
    assert hello.get("/peer").body == b"127.0.0.1"


def test_an_idle_connection_is_not_closed_before_its_time(hello):
    with hello.connect() as client:
        client.sendall(b"GET /hello HTTP/1.1\r\n" + HOST + b"\r\n")
        read_answer(client)
        assert not is_closed(client, 1)


def ask(hello, path, body=b"", times=1):
    verb = b"POST" if body else b"GET"
    head = verb + f" /ask?path={path}&times={times} HTTP/1.1\r\n".encode() + HOST
    found = answers(hello.say(head + (b"Content-Length: %d\r\n" % len(body) if body else b"")
                              + b"Connection: close\r\n\r\n" + body))
    assert len(found) == 1
    return found[0]


def test_a_visit_may_ask_other_rows_as_anybody_would(hello):
    before = hello.count("handled")
    assert ask(hello, "/hello").body == b"200 text/plain hello\n\n"
    assert ask(hello, "/echo", b"abc").body == b"200 application/octet-stream abc\n"
    assert ask(hello, "/people/ada", times=3).body == b"200 text/plain ada\n" * 3
    assert hello.count("handled") == before + 8


def test_what_no_row_answers_is_told_to_the_asking_visit(hello):
    heard = ask(hello, "/nowhere").body
    assert heard.startswith(b"404 application/problem+json") and b"not_found" in heard


def test_a_stream_and_a_broken_path_are_nothing_to_ask_for(hello):
    assert ask(hello, "/stream").body == b"200  \n"
    assert ask(hello, "/%25zz").status == 503
    assert ask(hello, "/hello").status == 200


def test_asking_more_than_there_are_visits_leaves_none_behind():
    with Hello(visits_max=4) as few:
        for _ in range(3):
            assert ask(few, "/hello", times=50).body == b"200 text/plain hello\n\n" * 3
