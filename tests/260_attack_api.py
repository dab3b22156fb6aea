"""What an attacker tried against the API: each test is a way that once worked, or nearly."""
import json
import socket
import struct
import threading
import time
import uuid

import pytest

from server import Server, wait_until
from story import Commons, stamp


@pytest.fixture(scope="module")
def server():
    with Server(workers=2) as one:
        yield one


def test_the_keeper_and_the_operators_key_cannot_be_signed_out(server):
    place = Commons(server)
    for subject in ("keeper", "operator"):
        answer = place.trust.post(f"/v1/communities/{place.slug}/staff/{subject}/sign-out")
        answer.refused(404, "id_malformed")
    fund = {"amount": 5, "source": "The council"}
    place.operator.post(f"/v1/communities/{place.slug}/funds", fund).must(201)


@pytest.mark.parametrize("role", ["clerk", "trust", "operator"])
def test_staff_get_no_name_that_could_not_be_signed_out_again(server, role):
    place = Commons(server, residents=0)
    mint = {"role": role, "community": place.slug}
    for subject in ("Anna", "-anna", "keeper", "operator"):
        answer = place.operator.post("/v1/tokens", {**mint, "subjects": ["anna", subject]})
        answer.refused(422, "fields_wrong")
        assert answer.json()["errors"][0]["pointer"] == "/subjects/1"
    anna = server.client(place.token(role, "anna"))
    place.trust.post(f"/v1/communities/{place.slug}/staff/anna/sign-out").must(200)
    tender = {"title": "T", "ceiling": 5, "people_min": 1, "closes": stamp(60), "body": "anna"}
    anna.post(f"/v1/communities/{place.slug}/tenders", tender).refused(401, "signed_out")


def market(server, residents, price, people_min):
    place = Commons(server, areas=["north", "south"], residents=residents)
    place.fund(100_000)
    place.open_round(allotment=100)
    tender = place.tender(ceiling=price, people_min=people_min)
    proposal = place.proposal(tender, price)
    place.open_tender(tender)
    return place, proposal


def test_one_key_from_forty_connections_is_one_pledge(server):
    place, proposal = market(server, residents=2, price=100, people_min=2)
    token, key, answers = place.token("resident", place.ids[0]), uuid.uuid4().hex, []

    def ask():
        client = server.client(token)
        client.check = False
        answers.append(client.put(f"/v1/proposals/{proposal}/pledge", {"amount": 40}, key=key))
        client.close()
    threads = [threading.Thread(target=ask) for _ in range(40)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {a.status for a in answers} == {200}
    assert len({a.json()["seq"] for a in answers}) == 1
    assert [a.json()["replayed"] for a in answers].count(False) == 1
    assert sum(r["kind"] == "pledge_set" for r in place.log()) == 1
    place.recount()


def test_connections_that_die_before_their_answer_lose_and_double_nothing(server):
    place, proposal = market(server, residents=10, price=900, people_min=10)
    tokens = place.tokens("resident", place.ids)
    keys = [[uuid.uuid4().hex for _ in range(8)] for _ in tokens]

    def request(token, key, amount):
        body = json.dumps({"amount": amount}).encode()
        head = (f"PUT /v1/proposals/{proposal}/pledge HTTP/1.1\r\nHost: a\r\n"
                f"Authorization: Bearer {token}\r\nContent-Type: application/json\r\n"
                f"Idempotency-Key: {key}\r\nContent-Length: {len(body)}\r\n\r\n")
        return head.encode() + body

    def die(i):
        for n, key in enumerate(keys[i]):
            wire = socket.create_connection(server.address)
            wire.sendall(request(tokens[i], key, 20 + n))
            if n % 2:  # a reset instead of a farewell
                wire.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            wire.close()
    threads = [threading.Thread(target=die, args=(i,)) for i in range(len(tokens))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    def settled():
        before = place.totals()
        time.sleep(0.2)
        return before["seq"] == place.totals()["seq"]
    wait_until(settled)
    for i, own in enumerate(keys):  # every one is sent again, as a careful client does
        for n, key in enumerate(own):
            body = {"amount": 20 + n}
            place.resident(i).put(f"/v1/proposals/{proposal}/pledge", body, key=key).must(200)
    records = [r for r in place.log() if r["kind"] == "pledge_set"]
    assert len(records) <= 80, "some key was done twice"
    assert place.totals()["held"] == sum(r["amount"] - r.get("was", 0) for r in records)
    place.recount()


def test_no_other_method_and_no_other_form_of_a_number_moves_money(server):
    place, proposal = market(server, residents=1, price=100, people_min=1)
    one, path = place.resident(0), f"/v1/proposals/{proposal}/pledge"
    one.check = False
    for method in ("HEAD", "OPTIONS", "PATCH", "POST"):
        answer = one.request(method, path, key=uuid.uuid4().hex)
        assert answer.status in (200, 204, 405), method
    for amount in ("1e400", "-1", "-0", "1.5", "18446744073709551666", '"50"', "null", "true",
                   "[50]", "16777216"):
        answer = one.put(path, b'{"amount":%s}' % amount.encode())
        assert answer.status in (400, 422), (amount, answer.text)
    assert one.put(path, b'{"amount":50,"amount":20}').status == 400
    assert place.totals()["held"] == 0
    assert all(r["kind"] != "pledge_set" for r in place.log())


def test_a_lost_register_key_is_not_made_again_to_register_everybody_twice():
    """Another key would make other residents out of the same register, each with an allotment."""
    with Server() as server:
        place = Commons(server, residents=3)
        key = server.data / "keys" / place.slug / "register.key"
        kept = key.read_bytes()
        server.stop()
        key.unlink()
        server.start()
        place.register([("ref-0", "all")]).refused(500, "internal_fault")
        assert not key.exists()
        key.write_bytes(kept)
        key.chmod(0o600)
        again = place.register([("ref-0", "all"), ("ref-9", "all")]).must(200).json()
        assert (again["registered"], again["already"]) == (1, 1)
        place.recount()


def test_blanks_around_a_register_entry_do_not_make_another_resident_of_it(server):
    place = Commons(server, residents=1)
    for ref in (" ref-0", "ref-0 ", "ref-0\t", "\u00a0ref-0", "ref-0\n", " ", "\u2003"):
        answer = place.register([("ref-9", "all"), (ref, "all")]).refused(422, "fields_wrong")
        assert answer.json()["errors"][0]["pointer"] == "/residents/1/ref", ref
    for ref in ("a", "ref 0", "Zoë Ní Bhriain/7"):
        assert place.register([(ref, "all")]).must(200).json()["registered"] == 1
