"""A Redis of one's own that wants a name and a password is used by the server and by every verb
that asks Redis itself; a password file that cannot serve is refused with its place.
"""
import pytest

from backups import make_key, market, verb
from redis_server import RedisServer
from server import Server


@pytest.fixture(scope="module")
def redis():
    with RedisServer(appendfsync="always") as one:
        client = one.client()
        client.call("ACL", "SETUSER", "groundswell", "on", ">open sesame", "~*", "&*", "+@all")
        client.call("CONFIG", "SET", "requirepass", "something else")
        yield one, client


@pytest.fixture
def login(redis, tmp_path):
    secret = tmp_path / "password"
    secret.write_text("open sesame\n")
    secret.chmod(0o600)
    return ["--redis", f"unix:{redis[0].path}", "--redis-user", "groundswell",
            "--redis-password-file", str(secret)]


def test_server_recount_backup_and_rebuild_sign_in(redis, login, tmp_path):
    with Server(args=login) as server:
        commons = market(server)
        commons.resident(0).put(f"/v1/proposals/{commons.market}/pledge",
                                {"amount": 700}).must(200)
        where = ["--data", server.data, *login]
        assert "recount agrees" in verb("recount", "--community", commons.slug, *where)
        verb("seal", "--wait", "--data", server.data)
        verb("backup", "--out", tmp_path / "out", "--key-file", make_key(tmp_path), *where)
        assert (tmp_path / "out").stat().st_size > 1000
        totals, log = commons.totals(), server.data / "log" / commons.slug
        redis[1].call("FLUSHALL")
        key = (log / "vkey").read_text().strip()
        verb("rebuild", log, "--vkey", key, *where)
        assert commons.totals() == totals
        for name in (["recount", "--community", commons.slug], ["rebuild", log, "--vkey", key]):
            said = verb(*name, "--data", server.data, *login[:2], code=1)
            assert "Redis" in said and "sesame" not in said


@pytest.mark.parametrize("content", ["", "\n", "x" * 2000], ids=["nothing", "line end", "too much"])
def test_a_password_file_that_holds_no_password_is_named(login, tmp_path, content):
    (tmp_path / "password").write_text(content)
    more = {"recount": ["--community", "x"],
            "backup": ["--out", tmp_path / "o", "--key-file", make_key(tmp_path)]}
    for name, words in more.items():
        said = verb(name, *words, "--data", tmp_path, *login, code=2)
        assert str(tmp_path / "password") in said and "password can be read" in said
