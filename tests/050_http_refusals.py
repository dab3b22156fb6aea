"""What could be read in two ways is refused: 400, the connection closed, and nothing after it run.

Each case is sent whole, byte by byte, and cut in two at every position; a good request follows in
the same breath and must never be run.
"""
import json

import pytest

from hello import Answer, Hello, drip, read_all

NEXT = b"GET /hello HTTP/1.1\r\nHost: t\r\n\r\n"
POST = b"POST /echo HTTP/1.1\r\nHost: t\r\n"
CHUNKED = POST + b"Transfer-Encoding: chunked\r\n\r\n"
GET = b"GET /hello HTTP/1.1\r\nHost: t\r\n"

CASES = {
    # how long is the body?
    "two equal Content-Lengths": POST + b"Content-Length: 3\r\nContent-Length: 3\r\n\r\nabc",
    "two different Content-Lengths": POST + b"Content-Length: 3\r\nContent-Length: 30\r\n\r\nabc",
    "a list as Content-Length": POST + b"Content-Length: 3, 3\r\n\r\nabc",
    "Content-Length with a plus": POST + b"Content-Length: +3\r\n\r\nabc",
    "Content-Length with a minus": POST + b"Content-Length: -3\r\n\r\nabc",
    "Content-Length in hexadecimal": POST + b"Content-Length: 0x3\r\n\r\nabc",
    "Content-Length with a blank before the colon": POST + b"Content-Length : 3\r\n\r\nabc",
    "Content-Length with a tab before the colon": POST + b"Content-Length\t: 3\r\n\r\nabc",
    "Content-Length with a blank after the number": POST + b"Content-Length: 3 \r\n\r\nabc",
    "Content-Length with a tab after the number": POST + b"Content-Length: 3\t\r\n\r\nabc",
    "Content-Length with a blank within": POST + b"Content-Length: 1 0\r\n\r\nabc",
    "Content-Length empty": POST + b"Content-Length:\r\n\r\nabc",
    "Content-Length of blanks": POST + b"Content-Length:  \r\n\r\nabc",
    "Content-Length with a fraction": POST + b"Content-Length: 3.0\r\n\r\nabc",
    "Content-Length beyond 64 bits": POST + b"Content-Length: 18446744073709551619\r\n\r\nabc",
    "Content-Length beyond what is exact": POST + b"Content-Length: 9007199254740993\r\n\r\nabc",
    "Content-Length before Transfer-Encoding":
        POST + b"Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n",
    "Content-Length after Transfer-Encoding":
        POST + b"Transfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n3\r\nabc\r\n0\r\n\r\n",
    # chunks
    "chunk size in hexadecimal notation": CHUNKED + b"0x3\r\nabc\r\n0\r\n\r\n",
    "chunk size with a plus": CHUNKED + b"+3\r\nabc\r\n0\r\n\r\n",
    "chunk size with a minus": CHUNKED + b"-3\r\nabc\r\n0\r\n\r\n",
    "chunk size after a blank": CHUNKED + b" 3\r\nabc\r\n0\r\n\r\n",
    "chunk size after a tab": CHUNKED + b"\t3\r\nabc\r\n0\r\n\r\n",
    "chunk size before a blank": CHUNKED + b"3 \r\nabc\r\n0\r\n\r\n",
    "chunk size empty": CHUNKED + b"\r\nabc\r\n0\r\n\r\n",
    "chunk size that is no number": CHUNKED + b"g\r\nabc\r\n0\r\n\r\n",
    "chunk size beyond 64 bits": CHUNKED + b"10000000000000003\r\nabc\r\n0\r\n\r\n",
    "chunk size ended by LF alone": CHUNKED + b"3\nabc\r\n0\r\n\r\n",
    "chunk size ended by CR alone": CHUNKED + b"3\rabc\r\n0\r\n\r\n",
    "chunk size with a NUL": CHUNKED + b"3\0\r\nabc\r\n0\r\n\r\n",
    "bytes after a chunk that are not CRLF": CHUNKED + b"3\r\nabcd\r\n0\r\n\r\n",
    "LF alone after a chunk": CHUNKED + b"3\r\nabc\n0\r\n\r\n",
    "CR alone after a chunk": CHUNKED + b"3\r\nabc\r0\r\n\r\n",
    "no end after the last chunk": CHUNKED + b"3\r\nabc\r\n0\r\nGET / HTTP/1.1\r\n\r\n",
    "a trailer after the last chunk": CHUNKED + b"3\r\nabc\r\n0\r\nHost: other\r\n\r\n",
    "a chunk extension with a CR": CHUNKED + b"3;a=\rb\r\nabc\r\n0\r\n\r\n",
    "a chunk extension with a LF": CHUNKED + b"3;a=\nb\r\nabc\r\n0\r\n\r\n",
    "a chunk extension with a NUL": CHUNKED + b"3;a=\0b\r\nabc\r\n0\r\n\r\n",
    # transfer codings
    "transfer coding gzip": POST + b"Transfer-Encoding: gzip\r\n\r\nabc",
    "transfer coding identity": POST + b"Transfer-Encoding: identity\r\n\r\nabc",
    "transfer codings gzip, chunked": POST + b"Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
    "transfer codings chunked, gzip": POST + b"Transfer-Encoding: chunked, gzip\r\n\r\n0\r\n\r\n",
    "transfer coding chunked twice": POST + b"Transfer-Encoding: chunked, chunked\r\n\r\n0\r\n\r\n",
    "two Transfer-Encodings":
        POST + b"Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "transfer coding with a parameter": POST + b"Transfer-Encoding: chunked;a=b\r\n\r\n0\r\n\r\n",
    "transfer coding in quotes": POST + b'Transfer-Encoding: "chunked"\r\n\r\n0\r\n\r\n',
    "transfer coding misspelt": POST + b"Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
    "transfer coding after a vertical tab": POST + b"Transfer-Encoding: \vchunked\r\n\r\n0\r\n\r\n",
    "transfer coding empty": POST + b"Transfer-Encoding:\r\n\r\n0\r\n\r\n",
    "transfer coding on HTTP/1.0":
        b"POST /echo HTTP/1.0\r\nHost: t\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    # headers
    "a folded header with a blank": GET + b"A: b\r\n c\r\n\r\n",
    "a folded header with a tab": GET + b"A: b\r\n\tc\r\n\r\n",
    "a folded Transfer-Encoding": POST + b"Transfer-Encoding:\r\n chunked\r\n\r\n0\r\n\r\n",
    "a first header that is folded": b"GET /hello HTTP/1.1\r\n Host: t\r\n\r\n",
    "a line of blanks": GET + b" \r\n\r\n",
    "NUL in a header value": GET + b"A: b\0c\r\n\r\n",
    "NUL in a header name": GET + b"A\0: b\r\n\r\n",
    "NUL in the path": b"GET /hel\0lo HTTP/1.1\r\nHost: t\r\n\r\n",
    "NUL in the method": b"G\0ET /hello HTTP/1.1\r\nHost: t\r\n\r\n",
    "NUL before the request": b"\0GET /hello HTTP/1.1\r\nHost: t\r\n\r\n",
    "NUL after a header line": GET + b"A: b\r\n\0\r\n\r\n",
    "bare CR in a header value": GET + b"A: b\rc\r\n\r\n",
    "bare CR that hides a header": GET + b"A: b\rContent-Length: 3\r\n\r\n",
    "bare CR in a header name": GET + b"A\rb: c\r\n\r\n",
    "bare CR in the request line": b"GET /hello\r HTTP/1.1\r\nHost: t\r\n\r\n",
    "CR before CRLF": GET + b"A: b\r\r\n\r\n",
    "LF alone after a header": GET + b"A: b\nB: c\r\n\r\n",
    "LF alone after the request line": b"GET /hello HTTP/1.1\nHost: t\r\n\r\n",
    "LF alone at the end of the head": GET + b"A: b\r\n\n",
    "a control byte in a header value": GET + b"A: b\x01c\r\n\r\n",
    "DEL in a header value": GET + b"A: b\x7fc\r\n\r\n",
    "an empty header name": GET + b": b\r\n\r\n",
    "a header name of a blank": GET + b" : b\r\n\r\n",
    "a header without a colon": GET + b"nonsense\r\n\r\n",
    "a blank in a header name": GET + b"A b: c\r\n\r\n",
    "a blank before the colon of a header": GET + b"A : b\r\n\r\n",
    "a parenthesis in a header name": GET + b"A(b): c\r\n\r\n",
    "a byte beyond ASCII in a header name": GET + b"\xc3\xa4: c\r\n\r\n",
    "no Host": b"GET /hello HTTP/1.1\r\n\r\n",
    "two Hosts": GET + b"Host: t\r\n\r\n",
    "two different Hosts": GET + b"Host: other\r\n\r\n",
    "an empty Host": b"GET /hello HTTP/1.1\r\nHost:\r\n\r\n",
    "a Host with a path": b"GET /hello HTTP/1.1\r\nHost: t/other\r\n\r\n",
    "a Host with a user": b"GET /hello HTTP/1.1\r\nHost: me@t\r\n\r\n",
    "two Hosts on HTTP/1.0": b"GET /hello HTTP/1.0\r\nHost: t\r\nHost: t\r\n\r\n",
    # versions and protocols
    "HTTP/0.9": b"GET /hello\r\n\r\n",
    "HTTP/0.9 said": b"GET /hello HTTP/0.9\r\nHost: t\r\n\r\n",
    "HTTP/1.2": b"GET /hello HTTP/1.2\r\nHost: t\r\n\r\n",
    "HTTP/2.0": b"GET /hello HTTP/2.0\r\nHost: t\r\n\r\n",
    "HTTP/3.0": b"GET /hello HTTP/3.0\r\nHost: t\r\n\r\n",
    "HTTP/1.10": b"GET /hello HTTP/1.10\r\nHost: t\r\n\r\n",
    "HTTP/01.1": b"GET /hello HTTP/01.1\r\nHost: t\r\n\r\n",
    "http/1.1 in small letters": b"GET /hello http/1.1\r\nHost: t\r\n\r\n",
    "a blank after the version": b"GET /hello HTTP/1.1 \r\nHost: t\r\n\r\n",
    "two blanks before the version": b"GET /hello  HTTP/1.1\r\nHost: t\r\n\r\n",
    "two blanks after the method": b"GET  /hello HTTP/1.1\r\nHost: t\r\n\r\n",
    "a tab after the method": b"GET\t/hello HTTP/1.1\r\nHost: t\r\n\r\n",
    "a blank before the method": b" GET /hello HTTP/1.1\r\nHost: t\r\n\r\n",
    "the preface of HTTP/2": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    "the method of the preface": b"PRI /hello HTTP/1.1\r\nHost: t\r\n\r\n",
    "RTSP DESCRIBE": b"DESCRIBE rtsp://t/hello RTSP/1.0\r\nCSeq: 1\r\n\r\n",
    "RTSP DESCRIBE as HTTP": b"DESCRIBE /hello HTTP/1.1\r\nHost: t\r\n\r\n",
    "RTSP PLAY as HTTP": b"PLAY /hello HTTP/1.1\r\nHost: t\r\n\r\n",
    "RTSP SETUP as HTTP": b"SETUP /hello HTTP/1.1\r\nHost: t\r\n\r\n",
    "RTSP GET_PARAMETER as HTTP": b"GET_PARAMETER /hello HTTP/1.1\r\nHost: t\r\n\r\n",
    "RTSP version": b"GET /hello RTSP/1.0\r\nHost: t\r\n\r\n",
    "ICE SOURCE as HTTP": b"SOURCE /hello HTTP/1.1\r\nHost: t\r\n\r\n",
    "ICE version": b"SOURCE /hello ICE/1.0\r\nHost: t\r\n\r\n",
    "Upgrade to websocket": GET + b"Connection: Upgrade\r\nUpgrade: websocket\r\n\r\n",
    "Upgrade to h2c": GET + b"Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\n\r\n",
    "Upgrade without Connection": GET + b"Upgrade: h2c\r\n\r\n",
    "Upgrade of a request with a body":
        POST + b"Connection: upgrade\r\nUpgrade: x\r\nContent-Length: 3\r\n\r\nabc",
    "CONNECT": b"CONNECT t:443 HTTP/1.1\r\nHost: t\r\n\r\n",
    "a TLS greeting": bytes.fromhex("16030100c8010000c40303") + b"x" * 40,
    # bodies where none belongs
    "a body on GET": GET + b"Content-Length: 3\r\n\r\nabc",
    "a chunked body on GET": GET + b"Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n",
    "an empty chunked body on GET": GET + b"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "a body on HEAD": b"HEAD /hello HTTP/1.1\r\nHost: t\r\nContent-Length: 3\r\n\r\nabc",
    "a body on OPTIONS": b"OPTIONS /hello HTTP/1.1\r\nHost: t\r\nContent-Length: 3\r\n\r\nabc",
    # paths
    "a path that leaves its root": b"GET /../hello HTTP/1.1\r\nHost: t\r\n\r\n",
    "a path that steps back": b"GET /people/../hello HTTP/1.1\r\nHost: t\r\n\r\n",
    "a path with a dot segment": b"GET /./hello HTTP/1.1\r\nHost: t\r\n\r\n",
    "a path that ends in dots": b"GET /people/.. HTTP/1.1\r\nHost: t\r\n\r\n",
    "a path that leaves its root by escapes": b"GET /%2e%2e/hello HTTP/1.1\r\nHost: t\r\n\r\n",
    "a path that steps back half escaped": b"GET /people/.%2E HTTP/1.1\r\nHost: t\r\n\r\n",
    "a path with an escaped slash": b"GET /people/a%2fb HTTP/1.1\r\nHost: t\r\n\r\n",
    "a path with an escaped NUL": b"GET /people/a%00b HTTP/1.1\r\nHost: t\r\n\r\n",
    "a path with an escaped line end": b"GET /people/a%0d%0ab HTTP/1.1\r\nHost: t\r\n\r\n",
    "a path with a cut escape": b"GET /people/a%4 HTTP/1.1\r\nHost: t\r\n\r\n",
    "a path with a false escape": b"GET /people/a%zz HTTP/1.1\r\nHost: t\r\n\r\n",
    "a path with broken UTF-8": b"GET /people/%c3%28 HTTP/1.1\r\nHost: t\r\n\r\n",
    "a path with raw bytes beyond ASCII": b"GET /people/\xc3\xa4 HTTP/1.1\r\nHost: t\r\n\r\n",
    "a path with a fragment": b"GET /hello#there HTTP/1.1\r\nHost: t\r\n\r\n",
    "a target that is no path": b"GET hello HTTP/1.1\r\nHost: t\r\n\r\n",
    "a target of another scheme": b"GET ftp://t/hello HTTP/1.1\r\nHost: t\r\n\r\n",
    "an absolute target without a path": b"GET http://t HTTP/1.1\r\nHost: t\r\n\r\n",
    "an asterisk for GET": b"GET * HTTP/1.1\r\nHost: t\r\n\r\n",
    "no target": b"GET HTTP/1.1\r\nHost: t\r\n\r\n",
}

# A body that is cut off needs its end before anybody can tell; these are told while it comes.
PARAMETERS = [pytest.param(data, id=name) for name, data in CASES.items()]


@pytest.fixture(scope="module")
def hello():
    with Hello(linger_ms=5000) as one:
        yield one


def assert_refused(data):
    answer = Answer(data)
    assert answer.status == 400, data
    assert answer.closes
    assert answer.rest == b"", "nothing may follow a refusal"
    assert answer.headers["content-type"] == "application/problem+json"
    problem = json.loads(answer.body)
    assert problem["code"] == "malformed_request" and problem["status"] == 400
    assert problem["title"]


@pytest.mark.parametrize("data", PARAMETERS)
def test_refused_when_sent_whole_and_nothing_after_it_is_run(hello, data):
    before = hello.count("handled")
    assert_refused(hello.say(data + NEXT))
    assert hello.count("handled") == before


@pytest.mark.parametrize("data", PARAMETERS)
def test_refused_when_sent_byte_by_byte(hello, data):
    before = hello.count("handled")
    with hello.connect() as client:
        drip(client, data + NEXT)
        assert_refused(read_all(client))
    assert hello.count("handled") == before


@pytest.mark.parametrize("data", PARAMETERS)
def test_refused_wherever_it_is_cut_in_two(hello, data):
    before = hello.count("handled")
    for start in range(1, len(data), 40):
        clients = []
        cuts = range(start, min(start + 40, len(data)))
        for cut in cuts:
            clients.append(hello.connect())
            clients[-1].sendall(data[:cut])
        hello.has_read()  # the first halves
        for client, cut in zip(clients, cuts):
            client.sendall(data[cut:] + NEXT)
        for client in clients:
            with client:
                assert_refused(read_all(client))
    assert hello.count("handled") == before


def test_a_refused_request_does_not_take_back_the_ones_before_it(hello):
    before = hello.count("handled")
    data = hello.say(NEXT + NEXT + CASES["a folded header with a blank"] + NEXT)
    first = Answer(data)
    second = Answer(first.rest)
    assert (first.status, second.status) == (200, 200)
    assert_refused(second.rest)
    assert hello.count("handled") == before + 2


@pytest.mark.parametrize("method", [b"TRACE", b"PROPFIND", b"BREW", b"GETX"])
def test_a_method_that_is_not_served_is_501_and_ends_the_connection(hello, method):
    before = hello.count("handled")
    answer = Answer(hello.say(method + b" /hello HTTP/1.1\r\nHost: t\r\n\r\n" + NEXT))
    assert answer.status == 501 and answer.closes and answer.rest == b""
    assert json.loads(answer.body)["code"] == "method_unknown"
    assert hello.count("handled") == before
