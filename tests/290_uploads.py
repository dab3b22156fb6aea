"""Documents that people send: what is taken, from whom, what they are told, and that nothing half
stays anywhere. What is attached to nothing is its uploaders' alone."""
import hashlib
import io
import json
import os
import pathlib
import resource
import signal
import socket
import time
import urllib.parse
import zipfile

import pytest

from browsing import Person
from redis_server import Client as Redis
from server import ROOT, Server, wait_until
from story import Commons, stamp

SENTENCES = {refusal["code"]: refusal["sentence"] for refusal in
             json.loads((ROOT / "schemas" / "refusals.json").read_text())["refusals"]}
MIB = 1 << 20
MOST = 2 * MIB
UNREADABLE = "it has control characters, is no UTF-8 or not well escaped"
PDF = b"%PDF-1.7\n1 0 obj\n%%EOF\n"
ODT_TYPE = "application/vnd.oasis.opendocument.text"
DOCX_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def archive(*files):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in files:
            info = zipfile.ZipInfo(name)
            made.writestr(info, content, zipfile.ZIP_STORED if name == "mimetype" else None)
    return out.getvalue()


ODT = archive(("mimetype", ODT_TYPE), ("content.xml", "<x/>" * 1000), ("styles.xml", "<x/>"))
DOCX = archive(("[Content_Types].xml", "<x/>"), ("word/document.xml", "<x/>" * 1000))
PNG = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + bytes(50)
KINDS = {"application/pdf": PDF, "image/png": PNG, "image/jpeg": b"\xff\xd8\xff\xe0" + bytes(50),
         "image/webp": b"RIFF\x2a\0\0\0WEBPVP8 " + bytes(30), ODT_TYPE: ODT, DOCX_TYPE: DOCX,
         "text/plain": "Two for, one against: zwölf €.\r\n".encode(),
         "text/csv": b"step,price\n1,250\n"}


class Place(Commons):
    def __init__(self, server):
        super().__init__(server, areas=["north"], residents=1)
        self.at = f"/v1/communities/{self.slug}/files"
        self.other = server.client(self.token("clerk", "other-body"))
        self.provider = server.client(self.token("provider", "gardeners"))
        self.n = 0

    def send(self, data=None, kind="application/pdf", name="contract.pdf", by=None, **more):
        """A new PDF unless something else is said."""
        if data is None:
            self.n += 1
            data = PDF + f"{self.slug} {self.n}".encode()
        query = "" if name is None else "?" + urllib.parse.urlencode({"name": name})
        headers = {"Content-Type": kind} if kind else {"Content-Type": ""}
        return (by or self.clerk).post(self.at + query, data, headers=headers, **more)

    def kept(self):
        """The names of the files on its shelf; every other name there is a fault."""
        folder = self.server.data / "files" / self.slug
        found = sorted(folder.glob("*/*")) if folder.is_dir() else []
        for path in found:
            assert hashlib.sha256(path.read_bytes()).hexdigest() == path.name
            assert path.parent.name == path.name[:2]
        return [path.name for path in found]

    def redis(self):
        return Redis(self.server.redis_socket())

    def rewrite(self, sha, change):
        """As if the ledger had written another row: type, bytes, at, public, by."""
        redis = self.redis()
        row = redis.call("HGET", f"{{{self.slug}}}:files", sha).decode().split(" ", 5)
        change(row)
        redis.call("HSET", f"{{{self.slug}}}:files", sha, " ".join(row))
        redis.close()

    def publish(self, sha):
        """What an act does that attaches it: `file.publish`, which 172 asks itself."""
        self.rewrite(sha, lambda row: row.__setitem__(3, "1"))


def arriving(server):
    folder = server.data / "files" / ".arriving"
    return sorted(os.listdir(folder)) if folder.is_dir() else []


def nothing_arrives(server):
    wait_until(lambda: arriving(server) == [], 30, "that nothing half is kept")


def says(answer, status, code, **words):
    """The refusal of the list, word for word."""
    answer.refused(status, code)
    sentence = SENTENCES[code]
    for name, value in words.items():
        sentence = sentence.replace("{%s}" % name, str(value))
    assert answer.json()["detail"] == sentence
    return answer


@pytest.fixture(scope="module")
def server():
    with Server(args=["--upload-max-bytes", str(MOST), "--uploads-at-once", "2",
                      "--files-max-bytes", str(3 * MIB)],
                sanitizer="quarantine_size_mb=1") as one:  # so that memory can be looked at
        yield one


@pytest.fixture(scope="module")
def place(server):
    return Place(server)


def raw(place, framing, data=b"", by=None, name="a.pdf", query=None):
    """A request of raw bytes on a connection of its own, with the clerk's bearer."""
    query = query if query is not None else f"?name={name}"
    token = (by or place.clerk).token
    shown = f"Authorization: Bearer {token}\r\n" if token else ""
    plain = socket.create_connection(place.server.address, timeout=30)
    plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    plain.sendall(f"POST {place.at}{query} HTTP/1.1\r\nHost: a\r\n{shown}Idempotency-Key: "
                  f"{os.urandom(8).hex()}\r\nContent-Type: application/pdf\r\n{framing}\r\n"
                  .encode() + data)
    return plain


def said(plain):
    """The whole answer up to the end of the connection, or as far as it came."""
    data = b""
    try:
        while more := plain.recv(65536):
            data += more
    except ConnectionResetError:
        pass
    plain.close()
    head, _, body = data.partition(b"\r\n\r\n")
    return int(head[9:12]), head.decode(), json.loads(body) if body else {}


# ---- what is taken -----------------------------------------------------------------------------
@pytest.mark.parametrize("kind", KINDS)
def test_290_each_kind_is_taken_as_what_it_is_and_comes_back_byte_for_byte(place, kind):
    data = KINDS[kind]
    sha = hashlib.sha256(data).hexdigest()
    answer = place.send(data, kind, name="Vertrag \"3\" für 🌱; draft.x").must(201)
    made = answer.json()
    assert made["file"] == sha and made["bytes"] == len(data) and made["type"] == kind
    assert made["name"] == "Vertrag \"3\" für 🌱; draft.x"
    assert answer.headers["location"] == f"{place.at}/{sha}"
    assert sha in place.kept()
    nothing_arrives(place.server)
    got = place.clerk.get(f"{place.at}/{sha}").must(200)
    assert got.body == data and got.headers["content-length"] == str(len(data))
    assert got.headers["content-type"].split(";")[0] == kind
    assert got.headers["content-disposition"] == \
        "attachment; filename=\"Vertrag _3_ f_r _; draft.x\"; filename*=UTF-8''" \
        "Vertrag%20%223%22%20f%C3%BCr%20%F0%9F%8C%B1%3B%20draft.x"
    assert got.headers["etag"] == f'"{sha}"' and got.headers["x-content-type-options"] == "nosniff"
    assert "sandbox" in got.headers["content-security-policy"]
    assert "default-src 'none'" in got.headers["content-security-policy"]
    assert got.headers["cache-control"] == "no-store"
    assert place.clerk.get(f"{place.at}/{sha}", headers={"If-None-Match": f'"{sha}"'}).status == 304


@pytest.mark.parametrize("kind,data,sent,looks", [
    ("application/pdf", PNG, "a PDF", "a PNG picture"),
    ("image/png", b"<!doctype html><script>1</script>", "a PNG picture", "a web page"),
    ("text/plain", b"<svg xmlns='x'><script/></svg>", "plain text", "a web page"),
    ("text/plain", b"f\xfcnf\n", "plain text", "nothing that is known here"),
    ("application/pdf", bytes(100), "a PDF", "nothing that is known here"),
    (ODT_TYPE, archive(("a.exe", "x")), "an ODT document", "a zip archive"),
    (DOCX_TYPE, archive(("[Content_Types].xml", ""), ("word/document.xml", ""),
                        ("word/vbaProject.bin", "x")), "a DOCX document",
     "a document with macros"),
    (ODT_TYPE, DOCX, "an ODT document", "a DOCX document"),
    ("text/html", b"hello", "something else", "nothing yet, for it was not read"),
    ("application/octet-stream", PDF, "something else", "nothing yet, for it was not read"),
    (None, PDF, "something else", "nothing yet, for it was not read"),
])
def test_291_a_wrong_kind_is_told_what_it_looks_like_and_what_is_taken(place, kind, data, sent,
                                                                       looks):
    before = place.kept()
    says(place.send(data, kind, name="a.pdf"), 415, "file_type_refused", sent=sent, looks=looks,
         allowed=", ".join(("application/pdf", "image/png", "image/jpeg", "image/webp",
                            "text/plain", "text/csv", ODT_TYPE, DOCX_TYPE)))
    assert place.kept() == before
    nothing_arrives(place.server)


@pytest.mark.parametrize("name,reason", [
    ("../../../etc/passwd", "it has a slash; a name is no path"),
    ("..\\..\\boot.ini", "it has a slash; a name is no path"),
    (".htaccess", "it begins with a dot"), ("a\r\nSet-Cookie: x", UNREADABLE),
    ("a\0.pdf", UNREADABLE), ("a\x7f", "it has control characters"), ("cod\u202exslx.pdf",
     "it has characters that are not seen and change how it is read"),
    ("é" * 121, "it has more than 120 characters"), ("", "none was given; say it as ?name="),
    (None, "none was given; say it as ?name="), ("a ", "it begins or ends with a blank"),
])
def test_291_a_name_that_is_none_is_told_why(place, name, reason):
    before = place.kept()
    says(place.send(name=name), 422, "file_name_refused", reason=reason)
    assert place.kept() == before


def test_291_a_name_is_judged_before_the_file_comes(place):
    for query, reason in (("?name=%ff", UNREADABLE), ("?name=%4", UNREADABLE),
                          ("?name=a%2fb", "it has a slash; a name is no path")):
        status, _, told = said(raw(place, "Expect: 100-continue\r\nContent-Length: 9\r\n",
                                   query=query))
        assert (status, told["code"]) == (422, "file_name_refused") and reason in told["detail"]


def test_291_a_longest_name_is_taken_and_an_empty_file_is_not(place):
    assert place.send(name="🌱" * 120).must(201).json()["name"] == "🌱" * 120
    says(place.send(b""), 422, "file_empty")
    status, _, told = said(raw(place, "Connection: close\r\nTransfer-Encoding: chunked\r\n",
                               b"0\r\n\r\n"))
    assert (status, told["code"]) == (422, "file_empty")
    nothing_arrives(place.server)


# ---- how much ----------------------------------------------------------------------------------
def memory_of(server):
    (pid,) = server.worker_pids()
    status = pathlib.Path(f"/proc/{pid}/status").read_text(encoding="ascii")
    return next(int(line.split()[1]) for line in status.splitlines()
                if line.startswith("VmRSS:")) * 1024


def test_292_a_gigabyte_is_refused_before_it_comes(place):
    before = memory_of(place.server)
    for expect in ("", "Expect: 100-continue\r\n"):
        status, head, told = said(raw(place, expect + "Content-Length: 1073741824\r\n"))
        assert (status, told["code"]) == (413, "file_too_large") and "100 Continue" not in head
        assert told["detail"] == SENTENCES["file_too_large"].format(bytes=1 << 30, most=MOST)
    assert arriving(place.server) == []
    assert memory_of(place.server) - before < 8 * MIB


def test_292_one_that_says_no_length_is_cut_at_the_limit(place):
    before = memory_of(place.server)
    plain = raw(place, "Transfer-Encoding: chunked\r\n", b"5\r\n%PDF-\r\n")
    piece, sent = b"10000\r\n" + bytes(65536) + b"\r\n", 0
    try:
        while sent < 32 * MOST:
            plain.sendall(piece)
            sent += 65536
    except (ConnectionResetError, BrokenPipeError):
        pass
    assert MOST <= sent < 32 * MOST
    plain.close()
    nothing_arrives(place.server)
    assert memory_of(place.server) - before < 16 * MIB
    # who has said just one byte too much is told so
    plain = raw(place, "Transfer-Encoding: chunked\r\n", b"%x\r\n" % MOST + bytes(MOST) + b"\r\n")
    wait_until(lambda: [os.path.getsize(place.server.data / "files" / ".arriving" / name)
                        for name in arriving(place.server)] == [MOST], 30, "all of it")
    plain.sendall(b"1\r\nx\r\n")
    status, _, told = said(plain)
    assert (status, told["code"]) == (413, "file_too_large")
    assert told["detail"] == SENTENCES["file_too_large"].format(bytes=f"more than {MOST}",
                                                                most=MOST)


def test_292_a_file_of_just_the_limit_is_taken_and_the_community_has_one_too(server):
    place = Place(server)
    place.send(PDF + bytes(MOST - len(PDF))).must(201)
    (kept,) = place.kept()
    says(place.send(PDF + bytes(MIB + 1 - len(PDF))), 409, "files_full", files=1, most=10000,
         bytes=MOST, more=MIB + 1, most_bytes=3 * MIB)
    assert place.kept() == [kept], "what is refused afterwards is taken off the shelf again"
    place.send(PDF + bytes(MOST - len(PDF))).must(201)  # is there already, and counts once
    place.send(PDF + bytes(MIB - len(PDF))).must(201)
    assert len(place.kept()) == 2
    nothing_arrives(server)


def test_292_so_many_at_once_and_the_next_waits_outside(place):
    begun = [raw(place, "Content-Length: 40\r\n", PDF[:9]) for _ in range(2)]
    wait_until(lambda: len(arriving(place.server)) == 2, 30, "two files that arrive")
    answer = says(place.send(), 503, "uploads_busy", uploads=2)
    assert int(answer.headers["retry-after"]) >= 1
    for plain in begun:
        plain.close()
    nothing_arrives(place.server)
    place.send().must(201)


def test_292_who_vanishes_leaves_nothing(place):
    before = place.kept()
    for framing, data in (("Content-Length: 40\r\n", PDF[:9]),
                          ("Transfer-Encoding: chunked\r\n", b"9\r\n" + PDF[:9])):
        plain = raw(place, framing, data)
        wait_until(lambda: len(arriving(place.server)) == 1, 30, "a file that arrives")
        plain.close()
        nothing_arrives(place.server)
    assert place.kept() == before


# ---- from whom, and for whom -------------------------------------------------------------------
def test_293_a_stranger_is_told_before_anything_is_read(place):
    elsewhere = Commons(place.server, residents=0)
    for who, status, code in ((place.anyone, 401, "sign_in_needed"),
                              (place.resident(0), 403, "not_allowed"),
                              (place.server.client("gso_" + "A" * 43), 401, "token_invalid"),
                              (elsewhere.clerk, 403, "wrong_community")):
        for expect in ("", "Expect: 100-continue\r\n"):
            got, head, told = said(raw(place, expect + "Content-Length: 100\r\n", by=who))
            assert (got, told["code"]) == (status, code) and "100 Continue" not in head
    assert arriving(place.server) == []
    says(place.clerk.post(f"{place.at}?name=a.pdf", PDF, key=None,
                          headers={"Content-Type": "application/pdf"}), 400, "key_missing")


def test_293_clerks_providers_and_officers_may_send(place):
    for who in (place.clerk, place.provider, place.trust, place.operator):
        place.send(by=who).must(201)


def test_293_a_clerk_who_was_signed_out_leaves_nothing(server):
    place = Place(server)
    place.trust.post(f"/v1/communities/{place.slug}/staff/garden-body/sign-out").must(200)
    place.send().refused(401, "signed_out")
    assert place.kept() == []


def test_293_it_is_its_uploaders_alone_until_it_is_attached(place):
    sha = place.send(name="secret.pdf").must(201).json()["file"]
    path = f"{place.at}/{sha}"
    issued = place.trust.post(f"/v1/communities/{place.slug}/codes",
                              {"refs": ["ref-0"], "expires_at": stamp(3600)})
    person = Person(place.server)
    person.by_code(place.slug, issued.must(201).json()["codes"][0]["code"]).must(200)
    elsewhere = Commons(place.server, residents=0)
    outside = (place.anyone, place.resident(0), place.other, place.provider, person,
               elsewhere.clerk, elsewhere.trust)
    for who in outside:
        says(who.get(path), 404, "file_unknown")
    says(place.anyone.get(f"{place.at}/{'0' * 64}"), 404, "file_unknown")
    for who in (place.clerk, place.trust, place.operator):
        assert who.get(path).must(200).headers["cache-control"] == "no-store"
    place.server.client("gst_x").get(path).refused(401, "token_invalid")
    place.publish(sha)
    for who in (*outside, place.clerk):
        answer = who.get(path).must(200)
        assert answer.body.startswith(PDF) and answer.headers["cache-control"].startswith("public")
    head = place.anyone.request("HEAD", path)
    assert head.status == 200 and head.body == b""
    assert int(head.headers["content-length"]) == len(answer.body)
    place.anyone.get(f"{place.at}/{sha.upper()}").refused(404, "id_malformed")
    place.anyone.get(f"{elsewhere.slug and f'/v1/communities/{elsewhere.slug}/files/{sha}'}") \
        .refused(404, "file_unknown")


def member_of(place, org):
    """A person with a browser, who was invited by an organisation."""
    issued = place.trust.post(f"/v1/communities/{place.slug}/codes",
                              {"n": 1, "area": "north", "expires_at": stamp(3600)})
    person = Person(place.server)
    person.by_code(place.slug, issued.must(201).json()["codes"][0]["code"]).must(200)
    link = place.operator.post(f"/v1/organisations/{org}/invitations", {"role": "clerk"})
    link = link.must(201).json()["link"]
    person.entered(person.post("/v1/invitations/accept", {"link": link}).must(200))
    return person


def test_293_all_members_of_an_organisation_see_what_one_of_them_sent(place):
    orgs = [f"{place.slug}-one", f"{place.slug}-two"]
    for org in orgs:
        place.operator.post("/v1/organisations", {
            "org": org, "kind": "body", "title": "A body", "community": place.slug}).must(201)
    sender, colleague, stranger = (member_of(place, orgs[i]) for i in (0, 0, 1))
    sha = place.send(by=sender).must(201).json()["file"]
    for person in (sender, colleague):
        person.get(f"{place.at}/{sha}").must(200)
    stranger.get(f"{place.at}/{sha}").refused(404, "file_unknown")
    stranger.get(f"{place.at}/{sha}", headers={"Authorization": f"Bearer {place.clerk.token}"}) \
        .refused(400, "shown_twice")
    colleague.delete("/v1/me/session").must(200)
    colleague.get(f"{place.at}/{sha}").refused(404, "file_unknown")
    place.publish(sha)
    for who in (colleague, stranger):
        who.get(f"{place.at}/{sha}").must(200)


def test_293_the_same_file_twice_is_one_and_both_see_it(place):
    data = PDF + b"twice"
    sha = hashlib.sha256(data).hexdigest()
    place.send(data, name="first.pdf").must(201)
    place.other.get(f"{place.at}/{sha}").refused(404, "file_unknown")
    place.send(data, name="second.pdf", by=place.other).must(201)
    place.send(data, name="third.pdf", by=place.clerk).must(201)
    assert place.kept().count(sha) == 1
    for who in (place.clerk, place.other):
        assert "third.pdf" in who.get(f"{place.at}/{sha}").must(200).headers["content-disposition"]
    place.publish(sha)
    place.send(data, name="another name for what all see.pdf", by=place.other).must(201)
    answer = place.anyone.get(f"{place.at}/{sha}").must(200)
    assert "third.pdf" in answer.headers["content-disposition"]


def test_293_a_late_retry_is_the_same_upload_and_another_file_is_not(place):
    first = place.send(PDF + b"once", key="one-upload").must(201).json()
    again = place.send(PDF + b"once", key="one-upload").must(201).json()
    assert again["file"] == first["file"] and again["name"] == first["name"]
    before = place.kept()
    place.send(PDF + b"other", key="one-upload").refused(422, "key_reused")
    place.send(PDF + b"once", key="one-upload", name="b.pdf").refused(422, "key_reused")
    assert place.kept() == before


# ---- forgetting --------------------------------------------------------------------------------
def test_294_a_ledger_that_was_rebuilt_takes_nothing_older_for_forgotten(server):
    place = Place(server)
    sha = place.send().must(201).json()["file"]
    os.utime(server.data / "files" / place.slug / sha[:2] / sha, (1, 1))
    redis = place.redis()
    redis.call("DEL", f"{{{place.slug}}}:files", f"{{{place.slug}}}:counts")
    server.operator().post("/v1/purge").must(200)
    assert place.kept() == [sha]
    later = place.send().must(201).json()["file"]
    server.operator().post("/v1/purge").must(200)
    assert place.kept() == sorted([sha, later])
    redis.close()


def test_294_what_nobody_attached_in_a_week_is_forgotten(server):
    place = Place(server)
    shelf = server.data / "files" / place.slug
    old, public, fresh = (place.send().must(201).json()["file"] for _ in range(3))
    stray, young = (hashlib.sha256(name).hexdigest() for name in (b"stray", b"young"))
    for sha, data in ((stray, b"stray"), (young, b"young")):
        (shelf / sha[:2]).mkdir(exist_ok=True)
        (shelf / sha[:2] / sha).write_bytes(data)
    long_ago = int(time.time() * 1000) - 8 * 86400_000
    for sha in (old, public):
        place.rewrite(sha, lambda row: row.__setitem__(2, str(long_ago)))
    place.publish(public)
    redis = place.redis()
    redis.call("HSET", f"{{{place.slug}}}:counts", "files_from", long_ago - 1000)
    for sha in (old, public, stray):
        os.utime(shelf / sha[:2] / sha, (long_ago // 1000, long_ago // 1000))
    said_ = server.operator().post("/v1/purge").must(200).json()
    assert said_["files"] >= 2 and not said_["more"]
    assert place.kept() == sorted([public, fresh, young])
    place.clerk.get(f"{place.at}/{old}").refused(404, "file_unknown")
    place.clerk.get(f"{place.at}/{fresh}").must(200)
    kept = sum(len((shelf / sha[:2] / sha).read_bytes()) for sha in (public, fresh))
    assert int(redis.call("HGET", f"{{{place.slug}}}:counts", "file_bytes")) == kept
    redis.close()


# ---- when something breaks ---------------------------------------------------------------------
@pytest.fixture(scope="module")
def frail():
    """Patience of half a second, for who is slow."""
    with Server(args=["--upload-rate-min", "1000", "--http-rate-grace-ms", "500"]) as one:
        yield Place(one)


def test_295_a_slow_sender_is_cut(frail):
    plain = raw(frail, "Content-Length: 4000\r\n", PDF)
    wait_until(lambda: len(arriving(frail.server)) == 1, 30, "a file that arrives")
    status, _, told = said(plain)
    assert (status, told["code"]) == (408, "request_timeout")
    nothing_arrives(frail.server)


def test_295_a_full_disk_is_said_and_nothing_half_stays(frail):
    (pid,) = frail.server.worker_pids()
    before = resource.prlimit(pid, resource.RLIMIT_FSIZE)
    frail.send().must(201)
    kept = frail.kept()
    resource.prlimit(pid, resource.RLIMIT_FSIZE, (200_000, before[1]))
    try:
        says(frail.send(PDF + bytes(400_000)), 507, "disk_full")
        nothing_arrives(frail.server)
        assert frail.kept() == kept
        frail.send().must(201)  # what there is room for
    finally:
        resource.prlimit(pid, resource.RLIMIT_FSIZE, before)
    frail.send(PDF + bytes(400_000)).must(201)


def test_295_what_a_killed_server_had_not_taken_whole_is_swept(frail):
    frail.server.stop()
    frail.server.args = []  # with all patience
    frail.server.start()
    sha = frail.send().must(201).json()["file"]
    plain = raw(frail, "Content-Length: 4000000\r\n", PDF)
    wait_until(lambda: len(arriving(frail.server)) == 1, 30, "a file that arrives")
    half = arriving(frail.server)
    (pid,) = frail.server.worker_pids()
    os.kill(pid, signal.SIGKILL)
    wait_until(lambda: frail.server.worker_pids() not in ([], [pid]), 60, "another worker")
    wait_until(frail.server.is_ready, 60, "that it serves")
    plain.close()
    assert half[0] not in arriving(frail.server), "the next one sweeps it"
    for client in (frail.clerk, frail.anyone):
        client.close()
    frail.clerk.get(f"{frail.at}/{sha}").must(200)
    plain = raw(frail, "Content-Length: 4000000\r\n", PDF)
    wait_until(lambda: len(arriving(frail.server)) == 1, 30, "a file that arrives")
    frail.server.process.send_signal(signal.SIGSTOP)  # or another worker sweeps at once
    os.kill(frail.server.worker_pids()[0], signal.SIGKILL)
    frail.server.kill()
    plain.close()
    assert len(arriving(frail.server)) == 1
    frail.server.start()
    wait_until(frail.server.is_ready, 60, "that it serves")
    assert arriving(frail.server) == [] and sha in frail.kept()
