"""Accounts are in a backup and come back; who was erased since does not, where that was kept."""
import pathlib
import time

import pytest

import ledger_library
from backups import backup, empty, make_key, market, restore, seal
from persons import PHC, Persons, hashed, id_of
from redis_server import Client as Redis
from server import Server


def persons_of(server):
    """Through the very functions that the server has loaded, by its clock."""
    persons = Persons(Redis(server.redis_socket()), library=ledger_library.assemble(60000))
    persons.now = int(time.time() * 1000)
    return persons


@pytest.fixture(scope="module")
def kept(tmp_path_factory):
    """An archive with Ada, who has signed out everywhere once, and Ben; and its key."""
    folder = tmp_path_factory.mktemp("kept")
    key, archive = make_key(folder), folder / "a.backup"
    with Server() as server:
        commons = market(server)
        seal(server)
        persons = persons_of(server)
        ada, ben = persons.open("ada", "resident:oak:r1"), persons.open("ben")
        persons.act("sign_out_everywhere", ada, int(time.time()) + 3600).must(epoch=1)
        ada.epoch = 1
        persons.set_password(ada, "ada-1234").must()
        persons.add_passkey(ada, "credential-of-ada").must(n=1)
        persons.found().must()
        persons.join(ben).must()
        said = backup(server, archive, key)
        assert f"{commons.slug}:" in said and "1 communities" in said
        server.stop()
    yield folder, archive, key, ada, ben


def test_589_an_account_comes_back_with_its_ways_in_and_its_epoch(kept, tmp_path):
    _, archive, key, ada, ben = kept
    said = restore(archive, key, tmp_path / "data")
    assert "restored: 1 communities" in said and "restore again with --erased" in said
    with Server(data=str(tmp_path / "data")) as server:
        persons = persons_of(server)
        persons.look("account_get", ada.id).must(epoch=1, hats="resident:oak:r1", passkeys=1)
        persons.door("password_find", hashed("ada-1234")).must(account=ada.id, phc=PHC)
        persons.door("password_used", ada.id, hashed("ada-1234"), PHC).must(epoch=1)
        persons.find_passkey("credential-of-ada").must(account=ada.id)
        persons.act("profile_set", ada, "en").must()
        assert [(row["kind"], row["id"]) for row in persons.ended()] == [("a", ada.id)]
        assert [m["account"] for m in persons.look("org_members", "trees").items_of] == [ben.id]
        server.stop()


def test_589_who_was_erased_since_is_erased_again(kept, tmp_path):
    folder, archive, key, ada, ben = kept
    erased = folder / "erased"
    erased.write_text(f"{id_of('cas')} 1\n{ada.id} 2\n", encoding="utf-8")
    said = restore(archive, key, tmp_path / "data", "--erased", erased)
    assert f"erased again: 1 accounts of {erased}" in said
    again = pathlib.Path(tmp_path / "data" / "keys" / "erased.accounts")
    assert again.read_text(encoding="utf-8") == erased.read_text(encoding="utf-8")
    assert again.stat().st_mode & 0o777 == 0o600
    with Server(data=str(tmp_path / "data")) as server:
        persons = persons_of(server)
        persons.look("account_get", ada.id).no("account_unknown")
        persons.look("account_get", ben.id).must()
        persons.door("password_find", hashed("ada-1234")).must(account="", phc="")
        persons.find_passkey("credential-of-ada").no("sign_in_failed")
        assert [(row["id"], row["epoch"]) for row in persons.ended()] == [(ada.id, "1"),
                                                                          (ada.id, "2")]
        server.stop()


def test_589_what_says_of_nobody_that_they_were_erased_is_refused(kept, tmp_path):
    folder, archive, key, ada, _ = kept
    wrong = folder / "wrong"
    for content in (f"{ada.id} 2\nada\n", f"{ada.id} 2", f"{ada.id}\n"):
        wrong.write_text(content, encoding="utf-8")
        said = restore(archive, key, tmp_path / "data", "--erased", wrong, code=2)
        assert "is no erasure" in said and empty(tmp_path / "data")
    said = restore(archive, key, tmp_path / "data", "--erased", folder / "none", code=2)
    assert "cannot be read" in said and empty(tmp_path / "data")
