"""Every record has a receipt, and a verifier that shares no code with the server believes it."""
import pytest

import tlog
from server import wait_until
from story import Commons


@pytest.fixture(scope="module")
def sealed(server):
    commons = Commons(server, residents=2)
    commons.fund(100000)
    for _ in range(297):
        commons.trust.post(f"/v1/funds/{commons.slug}.f1/top-ups", {"amount": 1}).must(201)
    commons.records = len(commons.log())
    commons.at = f"/v1/communities/{commons.slug}/log"
    wait_until(lambda: commons.anyone.get(f"{commons.at}/receipts/{commons.records - 1}").status
               == 200, 20, "the sealing")
    commons.vkeys = commons.anyone.get(f"/log/{commons.slug}/vkey").must(200).text.split()
    return commons


def test_561_every_receipt_of_a_log_of_300_verifies(sealed):
    signed, sizes = set(), set()
    assert sealed.records == 300
    for seq, listed in enumerate(sealed.log()):
        record = sealed.anyone.get(f"{sealed.at}/records/{seq}").must(200)
        receipt = sealed.anyone.get(f"{sealed.at}/receipts/{seq}").must(200)
        assert record.json() == listed and b" " not in record.body.replace(b'" "', b"")
        index, size, _ = tlog.check_receipt(receipt.text, record.body, sealed.vkeys, signed)
        assert index == seq
        sizes.add(size)
    assert sizes == {300}
    assert receipt.headers["content-type"] == "text/plain; charset=utf-8"
    assert receipt.headers["content-disposition"] == \
        f'inline; filename="{sealed.slug}-299.tlog-proof"'


def test_561_a_receipt_holds_for_its_record_alone(sealed):
    receipt = sealed.anyone.get(f"{sealed.at}/receipts/7").must(200).text
    record = sealed.anyone.get(f"{sealed.at}/records/7").must(200).body
    other = sealed.anyone.get(f"{sealed.at}/records/8").must(200).body
    tlog.check_receipt(receipt, record, sealed.vkeys)
    for wrong in (other, record.replace(b'"amount":1', b'"amount":2'), record + b"\n", b""):
        with pytest.raises(tlog.Wrong):
            tlog.check_receipt(receipt, wrong, sealed.vkeys)


def test_561_a_pledge_names_where_its_receipt_will_be(server):
    commons = Commons(server, residents=2)
    commons.fund(1000)
    commons.open_round(100)
    tender = commons.tender(ceiling=300, people_min=2)
    proposal = commons.proposal(tender, 150)
    commons.open_tender(tender)
    for said in (commons.pledge(0, proposal, 40).must(200).json(),
                 commons.pledge(0, proposal, 20).must(200).json(),
                 commons.unpledge(0, proposal).must(200).json()):
        assert said["receipt"] == f"/v1/communities/{commons.slug}/log/receipts/{said['seq']}"
        wait_until(lambda: commons.anyone.get(said["receipt"]).status == 200, 10, "the receipt")
        vkeys = commons.anyone.get(f"/log/{commons.slug}/vkey").must(200).text.split()
        record = commons.anyone.get(said["receipt"].replace("receipts", "records")).must(200)
        assert record.json()["kind"] in ("pledge_set", "pledge_withdrawn")
        tlog.check_receipt(commons.anyone.get(said["receipt"]).text, record.body, vkeys)


def test_561_what_is_not_there_is_refused_and_says_whether_to_ask_again(sealed, server):
    for path in ("receipts", "records"):
        sealed.anyone.get(f"{sealed.at}/{path}/300").refused(404, "record_unknown")
        for wrong in ("-1", "01", "1e2", "x", "9007199254740991"):
            sealed.anyone.get(f"{sealed.at}/{path}/{wrong}").refused(404, "id_malformed")
    assert sealed.anyone.get("/v1/communities/nowhere/log/receipts/0").status == 404


def test_561_a_record_that_is_accepted_and_not_sealed_says_so(server):
    """The checkpoint is put aside, as if the sealer had not come to it yet."""
    commons = Commons(server, residents=1)
    at = f"/v1/communities/{commons.slug}/log"
    head = server.data / "log" / commons.slug / "checkpoint"
    wait_until(lambda: commons.anyone.get(f"{at}/receipts/1").status == 200, 10, "the sealing")
    head.rename(head.with_name("checkpoint-aside"))
    try:
        refused = commons.anyone.get(f"{at}/receipts/1").refused(503, "not_sealed_yet")
        assert int(refused.headers["retry-after"]) >= 1 and refused.json()["seq"] == 1
        assert commons.anyone.get(f"{at}/records/1").must(200).json()["seq"] == 1
        page = commons.anyone.get(f"/c/{commons.slug}/audit").must(200).text
        assert "Nothing of this log is sealed yet" in page and "no records to show" in page
    finally:
        head.with_name("checkpoint-aside").rename(head)
    commons.anyone.get(f"{at}/receipts/1").must(200)
