"""One person, one allotment: through web, paper and a second code, erased and come again,
and however many redeem one code at the same moment."""
import threading

import pytest

from browsing import Person
from story import Commons, stamp


class Town(Commons):
    """An open round of 100 each; a tender with a proposal that takes pledges."""

    def __init__(self, server, residents=1, area_people=1):
        super().__init__(server, areas=["north", "south"], residents=residents)
        self.at = f"/v1/communities/{self.slug}"
        self.fund(5000)
        self.open_round(allotment=100)
        tender = self.tender(ceiling=1000, people_min=9)
        self.first = self.proposal(tender, price=900)
        self.open_tender(tender)
        self.helper = server.client(self.token("helper", "advice-shop"))

    def codes(self, **what):
        answer = self.trust.post(f"{self.at}/codes", {"expires_at": stamp(86400), **what})
        return [code["code"] for code in answer.must(201).json()["codes"]]

    def granted(self):
        """How many allotments there are, by the money."""
        totals = self.totals()
        return totals["granted"] // 100

    def paper(self, code, amount, **more):
        return self.helper.post(f"/v1/proposals/{self.first}/assisted-pledges",
                                {"code": code, "amount": amount}, **more)


@pytest.fixture
def town(server):
    return Town(server)


def test_273_web_paper_and_a_second_letter_share_one_allotment(server, town):
    before = town.granted()
    first = town.codes(refs=["ref-0"])[0]
    person = Person(server)
    person.by_code(town.slug, first).must(200)
    person.put(f"/v1/proposals/{town.first}/pledge", {"amount": 40}).must(200)
    town.paper(first, 60).must(200)
    seen = person.get(f"{town.at}/wallet").must(200).json()
    assert (seen["free"], seen["held"]) == (40, 60), "the same pledge, changed"
    lost = town.codes(refs=["ref-0"])[0]
    second = town.codes(refs=["ref-0"])[0]
    town.paper(lost, 70).refused(410, "code_revoked")
    town.paper(second, 101).refused(409, "wallet_short")
    again = Person(server)
    again.by_code(town.slug, second).must(200)
    assert again.get(f"{town.at}/wallet").must(200).json()["allotment"] == 100
    assert town.granted() == before
    town.recount()


def test_273_a_code_of_the_area_grants_once_however_it_is_used(server, town):
    before = town.granted()
    code = town.codes(n=1, area="south")[0]
    town.paper(code, 60).must(200)
    person = Person(server)
    said = person.by_code(town.slug, code).must(200).json()
    assert said["joined"]["granted"] and not said["joined"]["recovered"]
    assert person.get(f"{town.at}/wallet").must(200).json()["held"] == 60
    town.paper(code, 80).must(200)
    assert person.get(f"{town.at}/wallet").must(200).json()["held"] == 80
    assert town.granted() == before + 1
    town.recount()


def test_273_a_second_letter_to_an_area_is_no_second_resident_of_one_account(server, town):
    one, two = town.codes(n=2, area="south")
    person = Person(server)
    person.by_code(town.slug, one).must(200)
    before = town.granted()
    person.by_code(town.slug, two).refused(409, "member_already")
    assert town.granted() == before
    items = town.trust.get(f"{town.at}/review").must(200).json()["items"]
    assert [item["reason"] for item in items] == ["second_code"]
    town.recount()


def test_273_who_is_erased_and_comes_again_has_the_same_allotment_and_no_second(server, town):
    code = town.codes(refs=["ref-0"])[0]
    person = Person(server)
    person.by_code(town.slug, code).must(200)
    person.put(f"/v1/proposals/{town.first}/pledge", {"amount": 50}).must(200)
    before = town.granted()
    person.delete("/v1/me", {"pledges": "withdraw"}).must(200)
    assert town.register([("ref-0", "north")]).must(200).json()["registered"] == 1
    again = Person(server)
    said = again.by_code(town.slug, town.codes(refs=["ref-0"])[0]).must(200).json()
    assert said["account"] != person.account["account"]
    again.put(f"/v1/proposals/{town.first}/pledge", {"amount": 80}).must(200)
    assert again.get(f"{town.at}/wallet").must(200).json()["free"] == 20
    assert town.granted() == before and town.totals()["held"] == 80
    town.recount()


def test_273_a_pledge_that_was_kept_is_not_promised_twice_after_erasing(server, town):
    person = Person(server)
    person.by_code(town.slug, town.codes(refs=["ref-0"])[0]).must(200)
    person.put(f"/v1/proposals/{town.first}/pledge", {"amount": 50}).must(200)
    held = town.totals()["held"]
    person.delete("/v1/me", {"pledges": "keep"}).must(200)
    assert town.totals()["held"] == held == 50
    town.register([("ref-0", "north")]).must(200)
    again = Person(server)
    again.by_code(town.slug, town.codes(refs=["ref-0"])[0]).must(200)
    assert again.get(f"{town.at}/wallet").must(200).json()["free"] == 50
    again.put(f"/v1/proposals/{town.first}/pledge", {"amount": 90}).must(200)
    assert town.totals()["held"] == 90, "the pledge that was kept, changed"
    town.recount()


@pytest.mark.parametrize("how", ["area", "resident"])
def test_273_fifty_at_once_redeem_one_code_and_one_succeeds(server, town, how):
    before = town.granted()
    code = town.codes(n=1, area="south")[0] if how == "area" else town.codes(refs=["ref-0"])[0]
    start, told = threading.Barrier(50), []

    def redeem():
        person = Person(server)
        start.wait()
        told.append(person.by_code(town.slug, code))
        person.close()
    threads = [threading.Thread(target=redeem) for _ in range(50)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answer.status for answer in told) == [200] + [409] * 49
    assert {answer.code for answer in told} == {None, "code_used"}
    assert town.granted() == before + (how == "area")
    kinds = [record["kind"] for record in town.log()]
    assert kinds.count("code_redeemed") == 1
    town.recount()


def test_273_one_entry_of_the_register_is_one_allotment_and_a_double_waits_for_review(server, town):
    def entry(ref, **more):
        return {"ref": ref, "area": "south", **more}

    def load(*entries):
        answer = town.trust.post(f"{town.at}/register", {"entries": list(entries)})
        return answer.must(200).json()
    before = town.granted()
    assert load(entry("r1", person="zoe 1980"), entry("r2", person="bob 1975"))["registered"] == 2
    assert load(entry("r1", person="zoe 1980"))["already"] == 1
    assert load(entry("r3", person="zoe 1980"))["review"] == 1
    assert load(entry("r4", eligible=False, reason="moved"))["ineligible"] == 1
    assert town.granted() == before + 2
    code = town.codes(refs=["r2"])[0]
    Person(server).by_code(town.slug, code).must(200)
    items = town.trust.get(f"{town.at}/review").must(200).json()["items"]
    assert [(item["reason"], item["area"]) for item in items] == [("same_person", "south")]
    resolve = f"{town.at}/review/{items[0]['number']}"
    town.trust.post(resolve, {"accept": True}).must(200)
    assert town.granted() == before + 3
    town.trust.post(resolve, {"accept": True}).refused(404, "review_unknown")
    assert "zoe" not in str(town.log()) and "r3" not in str(town.log()), "no hex spells either"
    town.recount()


def test_273_codes_come_as_csv_and_as_letters_and_a_repeat_shows_none(server, town):
    body = {"n": 3, "area": "south", "expires_at": stamp(86400)}
    csv = town.trust.post(f"{town.at}/codes", body, headers={"Accept": "text/csv"}).must(201)
    assert csv.headers["content-type"].startswith("text/csv")
    assert csv.headers["cache-control"] == "no-store"
    lines = csv.text.split("\r\n")
    assert lines[0] == "serial,code,area,link" and len(lines) == 5 and lines[4] == ""
    serial, code, area, link = lines[1].split(",")
    assert code.startswith(serial) and area == "south"
    assert link == f"http://localhost:{server.port}/c/{town.slug}/join#{code}"
    Person(server).by_code(town.slug, code).must(200)
    letters = town.trust.post(f"{town.at}/codes", body, headers={"Accept": "text/html"}).must(201)
    assert letters.text.count("<svg") == 3
    assert letters.text.count("Your code for A place") == 3, "the community's name, not its slug"
    assert letters.text.count('<p class="area">South</p>') == 3
    assert "unsafe" not in letters.headers["content-security-policy"]
    shown = town.trust.post(f"{town.at}/codes", body, key="issue-once").must(201).json()
    again = town.trust.post(f"{town.at}/codes", body, key="issue-once").must(201).json()
    assert len(shown["codes"]) == 3 and again["codes"] == [] and again["replayed"]
    listed = town.trust.get(f"{town.at}/codes").must(200).json()
    south = next(area for area in listed["areas"] if area["code"] == "south")
    assert south["issued"] == 9 and south["redeemed"] == 1
    assert {item["state"] for item in listed["items"]} == {"open", "used"}


def test_273_withdrawn_codes_let_nobody_in(server, town):
    issued = town.trust.post(f"{town.at}/codes", {
        "n": 3, "area": "south", "expires_at": stamp(86400)}).must(201).json()
    codes = [code["code"] for code in issued["codes"]]
    revoke = f"{town.at}/codes/revocations"
    assert town.trust.post(revoke, {"serials": [codes[0][:5]]}).must(200).json()["revoked"] == 1
    Person(server).by_code(town.slug, codes[0]).refused(410, "code_revoked")
    Person(server).by_code(town.slug, codes[1]).must(200)
    assert town.trust.post(revoke, {"batch": issued["batch"]}).must(200).json()["revoked"] == 1
    Person(server).by_code(town.slug, codes[2]).refused(410, "code_revoked")
    short = town.trust.post(f"{town.at}/codes", {"n": 1, "area": "south", "expires_at": stamp(-5)})
    short.refused(422, "expires_too_soon")
