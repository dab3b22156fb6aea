"""A tender whose tally is hidden, as its residents live it: they pledge, they alone can read their
own record, nobody learns how far anything has come; then it ends, and everybody can count."""
import pytest

import tally
import tlog
from books import Books
from logs import verb
from server import wait_until
from story import Commons, stamp


@pytest.fixture
def place(server):
    commons = Commons(server, areas=["north", "south"], residents=6)
    commons.fund(5000)
    commons.open_round(allotment=100)
    commons.tender_id = commons.tender(ceiling=500, people_min=3, tally="hidden")
    commons.proposals = [commons.proposal(commons.tender_id, price) for price in (120, 400)]
    commons.open_tender(commons.tender_id)
    return commons


def key_of(commons):
    number = int(commons.tender_id.split(".t")[1])
    return tally.tender_key((commons.server.data / "keys" / commons.slug / "tally.key")
                            .read_bytes(), number)


def files(commons, said, folder):
    """The record and its receipt, as a resident downloads them; waits for the sealing."""
    wait_until(lambda: commons.anyone.get(said["receipt"]).status == 200, 20, "the receipt")
    receipt = commons.anyone.get(said["receipt"]).must(200)
    record = commons.anyone.get(said["receipt"].replace("receipts", "records")).must(200)
    (folder / "receipt").write_bytes(receipt.body)
    (folder / "record").write_bytes(record.body)
    return record


def check(commons, folder, *more, code=0):
    vkey = commons.anyone.get(f"/log/{commons.slug}/vkey").must(200).text.split()[0]
    return verb("verify", "--receipt", folder / "receipt", "--record", folder / "record",
                "--vkey", vkey, *more, code=code)


def test_206_my_pledge_is_mine_and_its_progress_is_nobodys(place):
    before = place.anyone.get(f"/v1/proposals/{place.proposals[0]}").must(200).json()
    said = place.pledge(0, place.proposals[0], 60).must(200).json()
    assert said["pledge"]["amount"] == 60 and said["wallet"]["held"] == 60
    assert said["progress"] == {**said["progress"], "pledged": 0, "people": 0, "state": "live"}
    assert not said["activated"]
    mine = place.resident(0).get(f"/v1/proposals/{place.proposals[0]}/pledge").must(200).json()
    assert mine["sealed"] == said["sealed"] and mine["pledge"]["amount"] == 60
    assert mine["progress"]["pledged"] == 0
    wallet = place.resident(0).get(f"/v1/communities/{place.slug}/wallet").must(200).json()
    assert wallet["held"] == 60 and wallet["free"] == 40
    assert place.anyone.get(f"/v1/proposals/{place.proposals[0]}").json() == before
    totals = place.totals()
    assert totals["held"] == 0 and totals["free"] == 600
    tender = place.anyone.get(f"/v1/tenders/{place.tender_id}").must(200).json()
    assert tender["tally"] == "hidden" and tender["held"] == 0 and tender["state"] == "open"
    other = place.resident(1).get(f"/v1/proposals/{place.proposals[0]}/pledge").must(200).json()
    assert "sealed" not in other and other["progress"]["pledged"] == 0
    place.unpledge(0, place.proposals[0]).must(200)


def test_206_my_receipt_and_its_key_verify_offline(place, tmp_path):
    said = place.pledge(0, place.proposals[0], 60).must(200).json()
    assert said["sealed"] == {"seq": said["seq"], "receipt": said["receipt"],
                              "record_key": said["sealed"]["record_key"]}
    key = said["sealed"]["record_key"]
    record = files(place, said, tmp_path)
    assert set(record.json()) == {"v", "seq", "at", "kind", "sealed"}
    assert record.json()["kind"] == "sealed" and key not in record.text
    inside = tally.opened(record.json(), bytes.fromhex(key))
    assert inside["kind"] == "pledge_set" and inside["amount"] == "60"
    told = check(place, tmp_path, "--record-key", key)
    assert "a pledge whose tally is hidden" in told and "pledges 0.60 to proposal 1" in told
    assert f"verified: this record is number {said['seq']}" in told
    told = check(place, tmp_path, "--record-key", "ab" * 32, code=1)
    assert "NOT opened" in told and "verified" not in told
    check(place, tmp_path, "--record-key", "short", code=2)
    assert "verified" in check(place, tmp_path)  # the receipt holds without the key, too

    other = place.pledge(1, place.proposals[0], 50).must(200).json()
    files(place, other, tmp_path)
    assert "NOT opened" in check(place, tmp_path, "--record-key", key, code=1)


def test_206_the_lapse_discloses_and_everybody_can_count(place, tmp_path):
    for i, amount in ((0, 60), (1, 30)):
        place.pledge(i, place.proposals[0], amount).must(200)
    place.pledge(1, place.proposals[1], 40).must(200)
    place.unpledge(0, place.proposals[0]).must(200)
    assert "recount agrees" in place.recount()
    assert place.totals()["held"] == 0
    size = len(place.log())
    wait_until(lambda: place.anyone.get(f"/v1/communities/{place.slug}/log/receipts/{size - 1}")
               .status == 200, 20, "the sealing")
    log = place.server.data / "log" / place.slug
    told = verb("recount", log)
    assert "NOT counted: 4 sealed records, for the tally is hidden of tender 1" in told
    assert "pledged 0.00 by 0 people" in told
    keyed = verb("recount", log, "--tally-key",
                 place.server.data / "keys" / place.slug / "tally.key")
    assert "NOT counted" not in keyed and "pledged 0.30 by 1 people" in keyed
    Books(place.log(), [key_of(place)])

    place.withdraw_tender(place.tender_id)
    records = place.log()
    assert [r["kind"] for r in records[-2:]] == ["tender_withdrawn", "tally_disclosed"]
    assert records[-1]["key"] == key_of(place).hex()
    assert records[-2]["held"] == 70
    seen = [place.anyone.get(f"/v1/proposals/{p}").json()["pledged"] for p in place.proposals]
    assert seen == [30, 40]
    books = Books(records)
    books.compare_totals(place.totals())
    assert "recount agrees" in place.recount()
    wait_until(lambda: place.anyone.get(f"/v1/communities/{place.slug}/log/receipts/"
                                        f"{len(records) - 1}").status == 200, 20, "the sealing")
    told = verb("recount", log)
    assert "NOT counted" not in told and "pledged 0.30 by 1 people" in told
    shown = verb("log", log)
    assert shown.count("a pledge whose tally is hidden") == 4
    assert "the tally of tender 1 is disclosed" in shown


def test_206_the_pledge_that_completes_the_rule_decides_and_discloses(place):
    for i in range(2):
        assert not place.pledge(i, place.proposals[0], 50).must(200).json()["activated"]
    third = place.pledge(2, place.proposals[0], 50).must(200).json()
    assert third["activated"] and third["rho"] == 40 and "sealed" not in third
    assert third["progress"]["pledged"] == 150 and third["progress"]["people"] == 3
    kinds = [r["kind"] for r in place.log()]
    assert kinds[-3:] == ["sealed", "commission_activated", "tally_disclosed"]
    assert "pledge_set" not in kinds
    Books(place.log()).compare_totals(place.totals())
    assert "recount agrees" in place.recount()


def test_206_a_pledge_from_paper_is_sealed_like_any_other(place):
    """The helper's answer has the resident's key, to be printed with the receipt."""
    issued = place.trust.post(f"/v1/communities/{place.slug}/codes",
                              {"refs": ["ref-0"], "expires_at": stamp(86400)})
    code = issued.must(201).json()["codes"][0]["code"]
    helper = place.server.client(place.token("helper", "maria"))
    said = helper.post(f"/v1/proposals/{place.proposals[0]}/assisted-pledges",
                       {"code": code, "amount": 20}).must(200).json()
    record = place.anyone.get(f"/v1/communities/{place.slug}/log?after={said['seq'] - 1}&limit=1")
    assert record.must(200).json()["items"][0]["kind"] == "sealed"
    key = said["print"].rsplit(" ", 1)[1]
    inside = tally.opened(record.json()["items"][0], bytes.fromhex(key))
    assert inside["amount"] == "20" and inside["assisted"] == "helper"
