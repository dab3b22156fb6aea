"""A server of one's own for a test, and a client that believes nothing.

    with Server(workers=2) as server:
        operator = server.client(server.operator_key())
        operator.post("/v1/communities", {...}).must(201)

Every answer under /v1 is checked against the schema that the served OpenAPI document declares for
its route and status; an undeclared status is a failure. A report of a sanitizer, or an unclean end,
fails the test when the server is stopped. Money, rules and what a test is about are not here.
"""
import http.client
import json
import os
import pathlib
import random
import re
import select
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import urllib.parse
import uuid
import weakref

import jsonschema

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
BINARY = os.environ.get("GROUNDSWELL_BINARY", str(ROOT / "build-asan" / "groundswell"))
START_SECONDS = 120
STOP_SECONDS = 90
PATIENCE = 90
FRESH = object()  # the default of `key`: a new Idempotency-Key for every write


def children(pid):
    """The living child processes of a process, by pid."""
    found = []
    try:
        for task in os.listdir(f"/proc/{pid}/task"):
            with open(f"/proc/{pid}/task/{task}/children", encoding="ascii") as listing:
                found += [int(word) for word in listing.read().split()]
    except FileNotFoundError:
        pass
    return found


def command_of(pid):
    try:
        return pathlib.Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")[0].decode()
    except (FileNotFoundError, ProcessLookupError):
        return ""


def quiet_port():
    """A free port below those that the kernel hands out: nobody comes by it while the server that
    has it starts anew."""
    while True:
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", random.SystemRandom().randrange(12000, 32000)))
                return probe.getsockname()[1]
            except OSError:
                continue


def wait_until(true, seconds=PATIENCE, what="it"):
    """Polls until true() gives something true, and returns that. It waits PATIENCE at the least:
    that costs nothing where all is well, and a machine may stand still for a while."""
    seconds = max(seconds, PATIENCE)
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        seen = true()
        if seen:
            return seen
        time.sleep(0.02)
    raise AssertionError(f"{what} did not come true within {seconds} s")


class Contract:
    """The served OpenAPI document, as a judge of answers."""

    def __init__(self, document):
        self.document = document
        self.routes = []
        for template, item in document["paths"].items():
            pattern = re.sub(r"\\\{[^/]+?\\\}", "[^/]+", re.escape(template))
            self.routes.append((re.compile(pattern + r"\Z"), template.count("{"), template, item))
        self.routes.sort(key=lambda route: route[1])  # a plain segment wins over a parameter
        self.validators = {}

    def resolve(self, thing):
        while "$ref" in thing:
            node = self.document
            for part in thing["$ref"].lstrip("#/").split("/"):
                node = node[part.replace("~1", "/").replace("~0", "~")]
            thing = node
        return thing

    def validator(self, schema, name):
        if name not in self.validators:
            jsonschema.Draft202012Validator.check_schema(schema)
            self.validators[name] = jsonschema.Draft202012Validator(
                schema, resolver=jsonschema.RefResolver("", self.document))
        return self.validators[name]

    def judge(self, answer):
        path = urllib.parse.urlsplit(answer.path).path
        item, template = next(((i, t) for p, _, t, i in self.routes if p.match(path)), (None, None))
        method = answer.method.lower()
        if item is None or answer.method == "OPTIONS" or (method == "head" and method not in item):
            return
        where = f"{answer.method} {template} -> {answer.status}"
        if method not in item:
            assert answer.status == 405, f"{where}: not in the OpenAPI document"
            return
        responses = item[method]["responses"]
        status = str(answer.status)
        declared = (responses.get(status) or responses.get(status[0] + "XX")
                    or responses.get("default"))
        assert declared, f"{where}: no such answer is declared; it says {answer.text[:500]}"
        content = self.resolve(declared).get("content")
        if not content:
            assert not answer.body, f"{where}: a body where none is declared: {answer.text[:200]}"
            return
        kind = answer.headers.get("content-type", "").split(";")[0].strip()
        assert kind in content, f"{where}: content type {kind!r} is not declared"
        schema = content[kind].get("schema")
        if schema is None or not kind.endswith("json"):
            return
        value = answer.json()
        wrong = list(self.validator(schema, f"{where} {kind}").iter_errors(value))
        assert not wrong, \
            f"{where}: {wrong[0].message} at {list(wrong[0].absolute_path)} in {value}"


class Answer:
    def __init__(self, method, path, status, headers, body):
        self.method, self.path, self.status = method, path, status
        self.headers = {name.lower(): value for name, value in headers}
        self.body = body

    @property
    def text(self):
        return self.body.decode("utf-8", "replace")

    def json(self):
        return json.loads(self.body)

    @property
    def code(self):
        """The code of a refusal; None where this is none."""
        kind = self.headers.get("content-type", "")
        return self.json().get("code") if kind.startswith("application/problem+json") else None

    def must(self, status):
        """Itself, when the status is the expected one."""
        assert self.status == status, \
            f"{self.method} {self.path}: {self.status}, not {status}: {self.text[:1000]}"
        return self

    def refused(self, status, code):
        assert (self.status, self.code) == (status, code), \
            f"{self.method} {self.path}: {self.status} {self.code}, not {status} {code}: " \
            f"{self.text[:1000]}"
        return self


class Client:
    """One keep-alive connection. Not for several threads: take one client each."""

    def __init__(self, server, token=None, timeout=PATIENCE):
        self.server, self.token, self.timeout = server, token, timeout
        self.connection = None
        self.asking = False
        self.check = True
        server.guests.append(weakref.ref(self))

    def close(self):
        if self.connection:
            self.connection.close()
            self.connection = None

    def leave(self):
        """Closes the connection where nobody waits for an answer on it."""
        if not self.asking:
            self.close()

    def _exchange(self, method, path, body, headers):
        self.asking = True
        try:
            return self._answer(method, path, body, headers)
        finally:
            self.asking = False

    def _answer(self, method, path, body, headers):
        if self.connection is None:
            self.connection = http.client.HTTPConnection(*self.server.address, timeout=self.timeout)
            self.connection.connect()
            self.connection.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.connection.request(method, path, body=body, headers=headers)
        response = self.connection.getresponse()
        answer = Answer(method, path, response.status, response.getheaders(), response.read())
        if response.will_close:
            self.close()
        return answer

    def request(self, method, path, body=None, key=FRESH, headers=None):
        """key: an Idempotency-Key; None sends none; by default a new one with every write. A
        connection that the server had closed meanwhile is opened again, once, with the same key."""
        sent = {"Accept": "application/json"}
        if self.token:
            sent["Authorization"] = f"Bearer {self.token}"
        if key is FRESH:
            key = uuid.uuid4().hex if method not in ("GET", "HEAD", "OPTIONS") else None
        if key is not None:
            sent["Idempotency-Key"] = key
        if body is not None and not isinstance(body, bytes):
            body = json.dumps(body).encode()
        if body is not None:
            sent["Content-Type"] = "application/json"
        sent.update(headers or {})
        kept = self.connection is not None
        try:
            answer = self._exchange(method, path, body, sent)
        except (http.client.HTTPException, OSError):
            self.close()
            if not kept:
                raise
            try:
                answer = self._exchange(method, path, body, sent)
            except BaseException:
                self.close()
                raise
        if self.check and path.startswith("/v1/"):
            self.server.contract().judge(answer)
        return answer

    def get(self, path, **more):
        return self.request("GET", path, **more)

    def post(self, path, body=None, **more):
        return self.request("POST", path, body, **more)

    def put(self, path, body=None, **more):
        return self.request("PUT", path, body, **more)

    def patch(self, path, body=None, **more):
        return self.request("PATCH", path, body, **more)

    def delete(self, path, body=None, **more):
        return self.request("DELETE", path, body, **more)


class Server:
    def __init__(self, workers=1, data=None, args=(), port=None, binary=None, env=None,
                 sanitizer=""):
        """sanitizer: further words for ASAN_OPTIONS."""
        self.binary = binary or BINARY
        self.workers, self.args = workers, list(args)
        self.port = quiet_port() if port is None else port
        self.own_data = data is None
        self.data = pathlib.Path(data or tempfile.mkdtemp(prefix="gs", dir="/tmp"))
        self.env, self.sanitizer = env or {}, sanitizer
        self.process = self.address = self.url = None
        self._contract = None
        self.guests = []  # weak references to its clients

    def __enter__(self):
        try:
            return self.start()
        except BaseException:
            self.kill()
            raise

    def __exit__(self, kind, *_):
        self.close(quiet=kind is not None)

    # -- life ------------------------------------------------------------------------------------
    def start(self):
        reports = self.data / "sanitizer"
        env = dict(os.environ, **self.env)
        env["ASAN_OPTIONS"] = (f"detect_leaks=1:halt_on_error=1:exitcode=99:log_path={reports}:"
                               f"{self.sanitizer}")
        env["UBSAN_OPTIONS"] = f"print_stacktrace=1:halt_on_error=1:exitcode=99:log_path={reports}"
        command = [self.binary, "serve", "--data", str(self.data), "--workers", str(self.workers),
                   "--listen", f"127.0.0.1:{self.port}", *self.args]
        with open(self.data / "server.log", "ab") as log:
            self.process = subprocess.Popen(command, env=env, stdin=subprocess.DEVNULL,
                                            stdout=subprocess.PIPE, stderr=log)
        self.url = self._read_url()
        parts = urllib.parse.urlsplit(self.url)
        host = "127.0.0.1" if parts.hostname == "localhost" else parts.hostname
        self.address = (host, parts.port)
        self.port = parts.port  # a restart comes back at the same place
        return self

    def _read_url(self):
        end = time.monotonic() + START_SECONDS
        seen = b""
        while time.monotonic() < end:
            if not select.select([self.process.stdout], [], [], 0.2)[0]:
                continue
            piece = os.read(self.process.stdout.fileno(), 4096)
            seen += piece
            found = re.search(rb"^listening on (http\S+)$", seen, re.M)
            if found:
                return found.group(1).decode()
            if not piece:
                break
        raise AssertionError(f"the server did not start: {seen!r}\n"
                             f"{self.log()[-4000:]}{self.reports()}")

    def stop(self):
        """SIGTERM, and a clean end is demanded. A guest who stayed would be waited for."""
        if self.process is None:
            return
        for guest in [guest() for guest in list(self.guests)]:
            if guest is not None:
                guest.leave()
        self.process.send_signal(signal.SIGTERM)
        try:
            code = self.process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.kill()
            raise AssertionError(f"the server did not stop\n{self.log()[-4000:]}") from None
        self._forget()
        assert not self.reports(), self.reports()
        assert code == 0, f"the server ended with {code}\n{self.log()[-4000:]}"

    def kill(self):
        """kill -9 of the supervisor; workers and Redis go with it by themselves."""
        if self.process is None:
            return
        family = self.family()
        self.process.kill()
        self.process.wait()
        self._forget()
        wait_until(lambda: not [p for p in family if alive(p)], 30, "the end of workers and Redis")

    def restart(self):
        self.stop()
        return self.start()

    def close(self, quiet=False):
        try:
            if self.process is not None and self.process.poll() is not None:
                code = self.process.returncode
                self._forget()
                assert quiet, f"the server had ended by itself with {code}\n{self.log()[-4000:]}"
            self.stop()
            assert quiet or not self.reports(), self.reports()
        except AssertionError:
            self.kill()
            if not quiet:
                raise
        finally:
            if self.own_data:
                shutil.rmtree(self.data, ignore_errors=True)

    def _forget(self):
        self.process.stdout.close()
        self.process = None

    # -- who is there ----------------------------------------------------------------------------
    def family(self):
        """The pids of the workers and Redis; who has ended is none, though nobody buried it yet."""
        return list(filter(alive, children(self.process.pid))) if self.process else []

    def worker_pids(self):
        return [p for p in self.family() if "redis-server" not in command_of(p)]

    def redis_pid(self):
        """None while none runs."""
        return next((p for p in self.family() if "redis-server" in command_of(p)), None)

    def redis_socket(self):
        return str(self.data / "redis" / "redis.sock")

    def is_ready(self):
        """Asked over a new connection, which may fall to a worker that is still starting."""
        client = self.client(timeout=10)
        try:
            return client.get("/readyz").status == 200
        except (OSError, http.client.HTTPException):
            return False
        finally:
            client.close()

    # -- what it says ----------------------------------------------------------------------------
    def log(self):
        path = self.data / "server.log"
        return path.read_text(errors="replace") if path.exists() else ""

    def reports(self):
        """What the sanitizers wrote, if anything."""
        written = sorted(self.data.glob("sanitizer*"))
        return "\n".join(path.read_text(errors="replace") for path in written)

    def contract(self):
        if self._contract is None:
            client = Client(self)
            client.check = False
            self._contract = Contract(client.get("/v1/openapi.json").must(200).json())
            client.close()
        return self._contract

    # -- visitors --------------------------------------------------------------------------------
    def operator_key(self):
        return (self.data / "operator.key").read_text().strip()

    def client(self, token=None, timeout=PATIENCE):
        return Client(self, token, timeout)

    def operator(self):
        return self.client(self.operator_key())

    def tokens(self, role, community, subjects, days=1):
        """Bearer tokens by subject, minted by the server, at most 1,000 a call."""
        body = {"role": role, "community": community, "subjects": list(subjects), "days": days}
        client = self.operator()
        try:
            minted = client.post("/v1/tokens", body).must(201).json()["tokens"]
            return {entry["subject"]: entry["token"] for entry in minted}
        finally:
            client.close()

    def token(self, role, community, subject, days=1):
        return self.tokens(role, community, [subject], days)[subject]

    def visitor(self, role, community, subject, days=1):
        return self.client(self.token(role, community, subject, days))


def alive(pid):
    """False for a zombie too: it has ended."""
    try:
        facts = pathlib.Path(f"/proc/{pid}/stat").read_text()
        return facts.rsplit(")", 1)[1].split()[0] not in "ZX"
    except (FileNotFoundError, ProcessLookupError):
        return False
