"""TLS 1.2 and 1.3 with a real certificate, made here; older protocols are refused."""
import socket
import ssl
import subprocess
import time

import pytest

from hello import Answer, Hello, answers, read_answer

HOST = b"Host: localhost\r\n"
LAST = HOST + b"Connection: close\r\n"


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    folder = tmp_path_factory.mktemp("tls")
    cert, key = folder / "cert.pem", folder / "key.pem"
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
                    "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
                    "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost",
                    "-keyout", str(key), "-out", str(cert)],
                   check=True, capture_output=True, timeout=60)
    return cert, key


@pytest.fixture(scope="module")
def hello(certificate):
    with Hello(cert=certificate[0], key=certificate[1], slow_ms=100, head_ms=2000) as one:
        yield one


def context_for(certificate, version=None):
    context = ssl.create_default_context(cafile=str(certificate[0]))
    context.set_alpn_protocols(["h2", "http/1.1"])
    if version:
        context.minimum_version = context.maximum_version = version
    return context


@pytest.mark.parametrize("version,name", [(ssl.TLSVersion.TLSv1_2, "TLSv1.2"),
                                          (ssl.TLSVersion.TLSv1_3, "TLSv1.3")])
def test_requests_are_answered_under_tls(hello, certificate, version, name):
    with hello.connect(context_for(certificate, version)) as client:
        assert client.version() == name
        assert client.selected_alpn_protocol() == "http/1.1"
        for _ in range(3):
            client.sendall(b"GET /hello HTTP/1.1\r\n" + HOST + b"\r\n")
            assert read_answer(client).body == b"hello\n"
        client.sendall(b"GET /hello HTTP/1.1\r\n" + LAST + b"\r\n")
        assert read_answer(client).closes
        assert client.recv(1) == b"", "the end is said properly"


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_tls_1_1_is_refused(hello, certificate):
    context = context_for(certificate)
    context.minimum_version = ssl.TLSVersion.TLSv1
    context.maximum_version = ssl.TLSVersion.TLSv1_1
    context.set_ciphers("DEFAULT@SECLEVEL=0")
    with pytest.raises((ssl.SSLError, ConnectionResetError)):
        hello.connect(context)


def test_a_big_answer_and_a_big_body_pass_whole(hello, certificate):
    context = context_for(certificate)
    answer = Answer(hello.say(b"GET /big HTTP/1.1\r\n" + LAST + b"\r\n", context))
    assert answer.body == b"x" * (1 << 20)
    body = bytes(range(256)) * 60
    answer = Answer(hello.say(b"POST /echo HTTP/1.1\r\n" + LAST + b"Content-Length: %d\r\n\r\n" %
                              len(body) + body, context))
    assert answer.body == body


def test_pipelining_and_refusals_are_the_same_under_tls(hello, certificate):
    context = context_for(certificate)
    data = hello.say(b"PUT /slow HTTP/1.1\r\n" + HOST + b"\r\nGET /hello HTTP/1.1\r\n" + HOST +
                     b"\r\nGET /hello HTTP/1.1\r\n" + HOST + b"A: b\r\n c\r\n\r\n", context)
    assert [a.status for a in answers(data)] == [200, 200, 400]


def test_answers_do_not_wait_for_an_acknowledgement(hello, certificate):
    """Without TCP_NODELAY each answer would take 40 ms. The quickest are what counts: the
    others may have waited for the machine."""
    with hello.connect(context_for(certificate)) as client:
        took = []
        for _ in range(100):
            began = time.monotonic()
            client.sendall(b"GET /hello HTTP/1.1\r\n" + HOST + b"\r\n")
            read_answer(client)
            took.append(time.monotonic() - began)
        assert sorted(took)[9] < 0.03


def test_plain_http_on_the_tls_port_and_a_stalled_handshake_harm_nobody(hello, certificate):
    stalled = socket.create_connection(("127.0.0.1", hello.port), timeout=90)
    stalled.sendall(b"\x16\x03\x01")
    with hello.connect() as plain:
        plain.sendall(b"GET /hello HTTP/1.1\r\n" + HOST + b"\r\n")
        try:
            assert b"200" not in plain.recv(100)
        except ConnectionResetError:
            pass
    with hello.connect(context_for(certificate)) as client:
        client.sendall(b"GET /hello HTTP/1.1\r\n" + HOST + b"\r\n")
        assert read_answer(client).status == 200
    assert stalled.recv(1) == b"", "a handshake has the deadline of a head"
    stalled.close()


def test_a_stream_works_under_tls(hello, certificate):
    with hello.connect(context_for(certificate)) as client:
        client.sendall(b"GET /stream HTTP/1.1\r\n" + HOST + b"\r\n")
        data = b""
        while data.count(b"\n\n") < 3:
            data += client.recv(4096)


def test_a_wrong_key_stops_the_start(certificate, tmp_path):
    other = tmp_path / "other.pem"
    subprocess.run(["openssl", "genpkey", "-algorithm", "ed25519", "-out", str(other)], check=True,
                   capture_output=True, timeout=60)
    for cert, key in ((certificate[0], other), (certificate[0], tmp_path / "none"),
                      (tmp_path / "none", certificate[1])):
        run = subprocess.run(Hello(cert=cert, key=key).args, capture_output=True, timeout=30)
        assert run.returncode == 1 and b"TLS" in run.stderr
