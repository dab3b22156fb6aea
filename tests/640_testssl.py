"""testssl.sh looks at a server of ours over TLS and finds nothing beyond what is listed here."""
import json
import shutil
import socket
import ssl
import subprocess

import pytest

from server import Server, wait_until

pytestmark = pytest.mark.long

TOOL = shutil.which("testssl") or shutil.which("testssl.sh")

# What is so because the certificate was made a moment ago, by nobody whom anybody trusts.
LISTED = {
    "cert_chain_of_trust": "signed by itself",
    "cert_revocation": "nobody could revoke it",
    "engine_problem": "Debian's OpenSSL has no GOST",
    "BREACH": "pages are packed, but the token in them is masked anew each time (page_token.c)",
}
LOOKED_AT = {"SSLv2", "SSLv3", "TLS1", "TLS1_1", "TLS1_2", "TLS1_3", "cipherlist_NULL",
             "cipherlist_EXPORT", "cipher_order", "cert_keySize", "HSTS_time",
             "Content-Security-Policy",
             "heartbleed", "CCS", "ROBOT", "secure_renego", "secure_client_renego", "CRIME_TLS",
             "BREACH", "POODLE_SSL", "SWEET32", "FREAK", "DROWN", "LOGJAM", "BEAST", "RC4"}


@pytest.fixture(scope="module")
def tls_server(tmp_path_factory):
    folder = tmp_path_factory.mktemp("tls")
    cert, key = folder / "cert.pem", folder / "key.pem"
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
                    "ec_paramgen_curve:prime256v1", "-nodes", "-days", "200", "-subj",
                    "/CN=localhost", "-addext", "subjectAltName=DNS:localhost", "-keyout", key,
                    "-out", cert], check=True, capture_output=True, timeout=60)
    key.chmod(0o600)
    with Server(args=["--tls-cert", str(cert), "--tls-key", str(key),
                      "--public-url", "https://localhost"]) as server:
        context = ssl.create_default_context(cafile=str(cert))

        def answers():
            plain = socket.create_connection(server.address, timeout=5)
            with context.wrap_socket(plain, server_hostname="localhost") as secure:
                secure.sendall(b"GET /readyz HTTP/1.0\r\nHost: localhost\r\n\r\n")
                return secure.recv(100).startswith(b"HTTP/1.1 200")
        wait_until(answers, 30, "readiness")
        yield server


def looked_at(server, out):
    """What the tool found, and what it said."""
    done = subprocess.run(
        [TOOL, "--quiet", "--color", "0", "--warnings", "batch", "--nodns", "none", "--sneaky",
         "--ip", "127.0.0.1", "--jsonfile", out, "-p", "-s", "-S", "-P", "-h", "-U",
         f"localhost:{server.port}/sign-in"], capture_output=True, text=True, timeout=480,
        stdin=subprocess.DEVNULL, check=False)
    return json.loads(out.read_text()), done.stdout[-2000:] + done.stderr


@pytest.mark.skipif(not TOOL, reason="testssl.sh is not installed (Debian package testssl.sh)")
def test_640_nothing_is_found_beyond_what_is_listed(tls_server, tmp_path):
    for i in range(3):  # on a machine that stands still it gives a connection up
        found, said = looked_at(tls_server, tmp_path / f"found-{i}.json")
        if not any("connect problem" in one["finding"] for one in found):
            break
    by_id = {one["id"]: one for one in found}
    assert LOOKED_AT <= set(by_id), (LOOKED_AT - set(by_id), said)
    bad = {f"{one['severity']} {one['id']}: {one['finding'][:200]}" for one in found
           if one["severity"] not in ("OK", "INFO") and one["id"] not in LISTED}
    assert bad == set()
    for name in ("SSLv2", "SSLv3", "TLS1", "TLS1_1"):
        assert "not offered" in by_id[name]["finding"]
    assert by_id["HSTS_subdomains"]["severity"] == "OK"
