"""The accounts of persons on a private Redis, through the Redis Functions alone, for 184..189.

    persons = Persons(client)
    ada = persons.open("ada", "resident:oak:r1")
    persons.act("profile_set", ada, "en-GB").must(lang="en-GB")
    persons.door("account_get", ada.id).must(epoch=0)

Every act gets a fresh idempotency key unless told otherwise. `hashed()` stands in for the keyed
hashes that the server makes.
"""
import base64
import hashlib
import itertools
import os
import re

import ledger_library
from commons import T0, Answer, text
from redis_server import Client

MINUTE_MS = 60_000
UNTIL = T0 // 1000 + 30 * 86400
PHC = "$argon2id$v=19$m=19456,t=2,p=1$c2FsdHNhbHQ$aGFzaGhhc2g"


def hashed(*words):
    return hashlib.sha256("/".join(words).encode()).hexdigest()[:32]


def id_of(name):
    digest = hashlib.sha256(name.encode()).digest()[:16]
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")


def calls():
    """The names of all functions on accounts."""
    found = set()
    for path in ledger_library.files():
        found |= set(re.findall(r"people\.(?:act|door|reader)\{name = '(\w+)'",
                                path.read_text(encoding="utf-8")))
    return found


class Person:
    def __init__(self, name, epoch=0):
        self.name, self.id, self.epoch = name, id_of(name), epoch


class Actor:
    """Who has no account: the operator, or the bearer of a token."""

    def __init__(self, word):
        self.id, self.epoch = word, 0


OPERATOR = Actor("operator")


class Persons:
    def __init__(self, client, library=None):
        self.client = client
        _, source, self.digits = library or ledger_library.assemble()
        client.call("FUNCTION", "LOAD", "REPLACE", source)
        self.now = T0
        self.counter = itertools.count(1)

    def key(self, name):
        return "{@people}:" + name

    def fresh(self):
        return next(self.counter).to_bytes(8, "big")

    def words(self, name, *arguments, command="FCALL"):
        return (command, f"{name}_{self.digits}", 1, self.key("c"), *arguments)

    def act(self, name, who, *own, key=None, body=b"body", now=None):
        key = self.fresh() if key is None else key
        return Answer(self.client.call(*self.words(
            name, self.now if now is None else now, who.id, who.epoch, key, body if key else b"",
            *own)))

    def door(self, name, *own, now=None):
        return Answer(self.client.call(*self.words(
            name, self.now if now is None else now, "", 0, "", "", *own)))

    def look(self, name, *own, who=None):
        return Answer(self.client.call(*self.words(
            name, self.now, who.id if who else "", who.epoch if who else 0, "", "", *own,
            command="FCALL_RO")))

    def at_once(self, calls):
        """Each call over a connection of its own, all sent before any answer is read."""
        folder = text(self.client.call("CONFIG", "GET", "dir")[1])
        path = os.path.join(folder, self.client.socket.getpeername())
        clients = [Client(path) for _ in calls]
        for client, words in zip(clients, calls):
            client.socket.sendall(client.packed(*words))
        answers = [Answer(client.answer()) for client in clients]
        for client in clients:
            client.close()
        return answers

    # ---- what many tests begin with ----

    def open(self, name, *hats):
        person = Person(name)
        self.door("account_open", person.id, *hats).must()
        return person

    def challenge(self, purpose="add", who=None):
        word = hashed("challenge", str(next(self.counter)))
        self.door("challenge_new", word, purpose, who.id if who else "").must()
        return word

    def add_passkey(self, who, credential, count=0, label="my phone"):
        return self.act("passkey_add", who, self.challenge("add", who), hashed(credential),
                        credential, "-7", "pubkey_" + credential, count, 3, label)

    def find_passkey(self, credential, challenge=None):
        challenge = challenge or self.challenge("sign-in")
        return self.door("passkey_find", challenge, "sign-in", "", hashed(credential))

    def set_password(self, who, name, phc=PHC, **how):
        return self.act("password_set", who, name, hashed(name), phc, **how)

    def confirm_mail(self, who, mail):
        link = hashed("link", str(next(self.counter)))
        self.act("mail_set", who, mail, hashed(mail), link).must()
        return self.act("mail_confirm", who, link)

    def found(self, org="trees", kind="body"):
        return self.act("org_create", OPERATOR, org, kind, "The Trees", "oak")

    def invite(self, org="trees", role="clerk", scope="oak", subject=None, who=OPERATOR):
        link = hashed("link", str(next(self.counter)))
        subject = org if subject is None else subject
        return link, self.act("org_invite", who, org, role, scope, subject, link)

    def join(self, member, **how):
        link, answer = self.invite(**how)
        answer.must()
        return self.act("invite_accept", member, link)

    # ---- what is written ----

    def hash(self, name):
        flat = self.client.call("HGETALL", self.key(name))
        return {text(flat[i]): text(flat[i + 1]) for i in range(0, len(flat), 2)}

    def ended(self):
        rows = []
        for entry, flat in self.client.call("XRANGE", self.key("ended"), "-", "+"):
            row = {text(flat[i]): text(flat[i + 1]) for i in range(0, len(flat), 2)}
            rows.append({"place": int(text(entry).split("-")[0]), **row})
        return rows

    def journal(self):
        return [item["kind"] for item in self.look("people_journal", "", 1000).must().items_of]

    def ttl(self, name):
        return self.client.call("PTTL", self.key(name))
