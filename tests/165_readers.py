"""Readers answer by the names of the view tables, exactly, and in pages."""
import pathlib
import re

from commons import DAY_MS, HASH, T0, wallet_of
from commons_fixture import commons, redis  # noqa: F401

ROOT = pathlib.Path(__file__).resolve().parent.parent
PROGRESS = ["price", "pledged", "people", "people_min", "areas_ok", "areas_min", "area_people_min",
            "headroom", "state"]


def names_of(view):
    """The names in the C table <view>_fields, PROGRESS spelled out."""
    source = (ROOT / "server" / "ledger" / "views.c").read_text(encoding="utf-8")
    table = source.split(f"const struct field {view}_fields[] = {{")[1].split("};")[0]
    names = set()
    for row in table.strip().split("\n"):
        for kind, body in re.findall(r"([A-Z_0-9]+)\(([^()]*)\)", row):
            words = [word.strip() for word in body.split(",")]
            if kind == "PROGRESS":
                names |= set(PROGRESS)
            elif kind == "FIELD_AS":
                names.add(words[0].strip('"'))
            elif kind not in ("WHEN", "MAYBE_WHEN") and words[0].startswith("struct"):
                names.add(words[1])
            else:
                names.add(words[1])
    return names


def fair(commons):
    """Two rounds of life: a commission, a live proposal, a draft."""
    commons.create(areas="north,south").must()
    commons.fund(1000).must()
    commons.fund(500, "parks").must()
    commons.register("r1", "r2").must()
    commons.register("r3", area=1).must()
    commons.open_round(100, token=5).must()
    commons.tender(awards_max=2, ceiling=900).must()
    for price in (90, 400, 300):
        commons.proposal(1, price).must()
    commons.open_tender(1).must()
    commons.tender(theme="parks", ceiling=700, late=1, people_min=2).must()
    commons.pledge("r1", 1, 60).must()
    commons.pledge("r2", 1, 60).must(activated=1, rho=45)
    commons.pledge("r1", 2, 25).must()
    return commons


def test_community_and_totals(commons):
    fair(commons)
    view = commons.look("community_view").must(
        seq=15, at=T0, currency="GBP", areas="north,south", area_residents_min=1, members_min=0,
        round=1, open=1,
        token=5, allotment=100, closes=T0 + DAY_MS, funds=2, tenders=2, proposals=3,
        residents="0:2,1:1", text="{}")
    assert names_of("community_view") == set(view)
    totals = commons.look("totals").must(
        seq=15, funds=1500, unallotted=1200, free=185, held=25, committed=90, paid=0, round=1,
        open=1, granted=300, spent=90, prices=90, rounding=0)
    assert names_of("totals") == set(totals)


def test_funds_and_round(commons):
    fair(commons)
    items = commons.look("funds").must(next=0).items_of
    assert items[0] == {"fund": "1", "amount": "1000", "left": "910", "theme": "", "text": "{}"}
    assert items[1]["theme"] == "parks" and names_of("fund_view") == set(items[1])
    view = commons.look("round_view", 1).must(round=1, open=1, allotment=100, token=5, opened=T0,
                                              opened_seq=5, closes=T0 + DAY_MS, residents=3,
                                              granted=300, spent=90, prices=90, rounding=0)
    assert names_of("round_view") == set(view)
    commons.look("round_view", 2).no("round_unknown", round=2)
    commons.look("round_view", 0).no("round_unknown", round=0)
    commons.act("round_close", 1).must()
    commons.open_round(10).must()
    commons.look("round_view", 1).must(open=0, granted=300, spent=90, allotment=100)
    commons.look("round_view", 2).must(open=1, granted=30, spent=0)


def test_tenders_one_and_many(commons):
    fair(commons)
    view = commons.look("tender_view", 1).must(
        tender=1, round=1, state="open", body="trees", theme="", ceiling=900, people_min=1,
        areas_min=0, area_people_min=0, awards_max=2, awards=1, closes=T0 + DAY_MS // 2, late=0,
        rule_hash=HASH, held=25, headroom=910, proposals=2, text="{}")
    assert names_of("tender_view") == set(view)
    commons.look("tender_view", 2).must(state="draft", theme="parks", headroom=1410, round=0)
    commons.look("tender_view", 3).no("tender_unknown", tender=3)
    first = commons.look("tenders", 0, 1).must(next=1).items_of
    assert [item["tender"] for item in first] == ["1"] and dict(view) == first[0]
    assert [t["tender"] for t in commons.look("tenders", 1, 10).must(next=0).items_of] == ["2"]
    assert commons.look("tenders", 2, 10).must(next=0).items_of == []


def test_proposals_one_and_many(commons):
    fair(commons)
    view = commons.look("proposal_view", 1).must(
        proposal=1, tender=1, rho=45, price=90, pledged=120, people=2, people_min=1, areas_ok=0,
        areas_min=0, area_people_min=0, headroom=910, state="activated", text="{}", areas="0:2")
    assert names_of("proposal_view") == set(view)
    commons.look("proposal_view", 2).must(state="live", pledged=25, people=1, rho=0)
    commons.look("proposal_view", 4).no("proposal_unknown", proposal=4)
    page = commons.look("proposals", 1, 0, 2).must(next=2).items_of
    assert [item["proposal"] for item in page] == ["1", "2"] and \
        dict(view) == {**page[0], "areas": "0:2"}
    rest = commons.look("proposals", 1, 2, 2).must(next=0).items_of
    assert [item["proposal"] for item in rest] == ["3"]
    middle = commons.look("proposals", 1, 1, 1).must(next=2).items_of
    assert [item["proposal"] for item in middle] == ["2"]
    commons.look("proposals", 3, 0, 1).no("tender_unknown", tender=3)
    assert commons.look("proposals", 2, 0, 5).must(next=0).items_of == []


def test_pledge_wallet_and_resident(commons):
    fair(commons)
    wallet = wallet_of("r1", 1)
    answer = commons.pledge("r1", 2, 30).must(free=25, held=30, spent=45)
    view = commons.look("pledge_view", "r1", 1, wallet, 2).must(
        seq=16, replayed=0, round=1, proposal=2, tender=1, amount=30, allotment=100, free=25,
        held=30, spent=45, pledged=30, activated=0, rho=0)
    assert set(view) == set(answer) | {"epoch"}
    assert names_of("pledge_view") == set(view) | {"pending", "fallback"}, \
        "which only an act can be, and few have"
    commons.look("pledge_view", "r1", 1, wallet, 1).must(amount=60, rho=45, state="activated")
    commons.look("pledge_view", "r3", 1, wallet_of("r3", 1), 1).must(amount=0, free=100)
    commons.look("pledge_view", "r3", 1, wallet_of("r3", 1), 9).no("proposal_unknown", proposal=9)
    commons.look("pledge_view", "r3", 0, "", 1).no("round_changed", round=1)
    commons.look("pledge_view", "nobody", 1, wallet, 1).no("resident_unknown")
    head = commons.look("wallet_view", "r1", 1, wallet).must(
        seq=16, round=1, open=1, area=0, allotment=100, free=25, held=30, spent=45, token=5,
        closes=T0 + DAY_MS)
    assert names_of("wallet_view") == set(head)
    told = [{name: item[name] for name in ("proposal", "tender", "amount", "worth", "state")}
            for item in head.items_of]
    assert told == [
        {"proposal": "1", "tender": "1", "amount": "60", "worth": "45", "state": "spent"},
        {"proposal": "2", "tender": "1", "amount": "30", "worth": "30", "state": "held"}]
    assert int(head.items_of[0]["record"]) < int(head.items_of[1]["record"]) <= 16
    assert names_of("wallet_pledge") == set(head.items_of[0]) | {"fallback"}
    view = commons.look("resident_view", "r3").must(area=1, epoch=0, granted=1, state="member")
    assert names_of("resident_view") == set(view)
    commons.leave("r3").must()
    commons.look("resident_view", "r3").must(epoch=1, state="left")
    commons.look("resident_view", "nobody").no("resident_unknown")


def test_a_resident_without_a_grant_has_an_empty_wallet(commons):
    commons.create().must()
    commons.register("r1").must()
    commons.look("wallet_view", "r1", 0, "").must(allotment=0, free=0, round=0, open=0)
    commons.fund(10).must()
    commons.open_round(10).must()
    commons.register("r2").must(ungranted=1)
    commons.look("wallet_view", "r2", 1, wallet_of("r2", 1)).must(allotment=0, free=0, open=1)
    commons.look("resident_view", "r2").must(granted=0)


def test_commissions_and_log_in_pages(commons):
    fair(commons)
    for resident in ("r2", "r3"):
        commons.pledge(resident, 3, 55).must()
    items = commons.look("commissions", 0, 10).must(next=0).items_of
    assert items == [{"commission": "1", "proposal": "1", "tender": "1", "body": "trees",
                      "theme": "", "state": "awarded", "seq": "14", "at": str(T0), "price": "90",
                      "paid": "0", "returned": "0", "rho": "45", "spent": "90", "rounding": "0",
                      "people": "2", "pledged": "120", "draws": "1:90", "proposal_text": "{}"}]
    assert commons.look("commissions", 1, 10).must(next=0).items_of == []
    page = commons.look("log", 0, 5).must(next=5).items_of
    assert [record["seq"] for record in page] == ["0", "1", "2", "3", "4"]
    rest = commons.look("log", 5, 100).must(next=0).items_of
    assert page + rest == commons.log()
