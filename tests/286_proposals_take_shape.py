"""Proposals as they take shape, over HTTP: judged with reasons, amended with a visible difference,
two that become one.
"""
import pytest

from story import Commons


class Draft(Commons):
    """A draft with a proposal of rowan's and one of birch's."""

    def __init__(self, server):
        super().__init__(server, residents=2)
        self.fund(1000)
        self.rowan, self.birch = (server.client(self.token("provider", name))
                                  for name in ("rowan", "birch"))
        self.draft = self.tender(ceiling=300, people_min=2)
        self.first, self.second = (self.submit(who) for who in (self.rowan, self.birch))

    def submit(self, who, **more):
        return who.post(f"/v1/tenders/{self.draft}/proposals", offer(**more)).must(201) \
            .json()["proposal"]

    def see(self, proposal):
        return self.anyone.get(f"/v1/proposals/{proposal}").must(200).json()

    def versions(self, proposal, query=""):
        return self.anyone.get(f"/v1/proposals/{proposal}/versions{query}").must(200).json()


def offer(**more):
    return {"title": "A bench", "price": 60, "summary": "Of oak.", **more}


@pytest.fixture
def draft(server):
    return Draft(server)


def test_286_everybody_reads_what_the_body_found_and_why(draft):
    seen = draft.see(draft.first)
    assert seen["version"] == 1 and "judged" not in seen and "reasons" not in seen
    other = draft.server.client(draft.token("clerk", "other-body"))
    body = {"eligible": True, "reasons": "It can be done by *spring*."}
    other.post(f"/v1/proposals/{draft.first}/judgement", body).refused(403, "not_your_body")
    draft.rowan.post(f"/v1/proposals/{draft.first}/judgement", body).refused(403, "not_allowed")
    draft.clerk.post(f"/v1/proposals/{draft.first}/judgement", {"eligible": True}) \
        .refused(422, "fields_wrong")
    assert draft.judge(draft.first, True, body["reasons"]).must(200).json()["proposal"] \
        == draft.first
    seen = draft.see(draft.first)
    assert (seen["judged"], seen["reasons"]) == ("eligible", {"reasons": body["reasons"]})
    draft.judge(draft.second, False, "No insurance.").must(200)
    seen = draft.see(draft.second)
    assert (seen["state"], seen["judged"]) == ("withdrawn", "ineligible")
    assert seen["reasons"] == {"reasons": "No insurance."}
    assert "insurance" not in str(draft.log())


def test_286_what_an_amendment_changed_is_told_member_by_member(draft):
    draft.judge(draft.first).must(200)
    path = f"/v1/proposals/{draft.first}"
    parts = [{"title": "Wood", "amount": 20}, {"title": "Work", "amount": 50}]
    draft.birch.put(path, offer()).refused(403, "not_your_proposal")
    draft.rowan.put(path, offer(price=301)).refused(422, "price_over_ceiling")
    draft.rowan.put(path, offer(price=70, milestones=parts[:1])).refused(
        422, "milestones_not_price")
    changed = {"title": "A bench", "price": 70, "milestones": parts}
    draft.rowan.put(path, changed).must(200)
    seen = draft.see(draft.first)
    assert (seen["version"], seen["price"], seen["text"]["milestones"]) == (2, 70, parts)
    assert "judged" not in seen
    first, second = draft.versions(draft.first)["items"]
    assert first["price"] == 60 and "changed" not in first and first["text"]["summary"] == "Of oak."
    assert second["changed"] == {"price": {"was": 60, "is": 70}, "milestones": {"is": parts},
                                 "summary": {"was": "Of oak."}}


def test_286_versions_come_in_pages_that_tell_the_change_to_the_page_before(draft):
    for price in (61, 62, 63):
        draft.rowan.put(f"/v1/proposals/{draft.first}", offer(price=price)).must(200)
    told, query = [], "?limit=1"
    while query:
        page = draft.versions(draft.first, query)
        told += page["items"]
        assert len(page["items"]) == 1
        query = page["links"]["next"].partition("/versions")[2] if "next" in page["links"] else ""
    assert [one["version"] for one in told] == [1, 2, 3, 4]
    assert [one["changed"]["price"]["was"] for one in told[1:]] == [60, 61, 62]
    draft.anyone.get(f"/v1/proposals/{draft.slug}.p9/versions").refused(404, "proposal_unknown")


def test_286_two_become_one_by_the_word_of_both(draft):
    path = f"/v1/proposals/{draft.first}/merge"
    draft.rowan.post(path, {"with": "elsewhere.p1"}).refused(422, "proposals_apart")
    draft.rowan.post(path, {"with": f"{draft.slug}.p9"}).refused(404, "proposal_unknown")
    draft.rowan.post(path, {"with": draft.second}).must(202)
    assert draft.see(draft.first)["merge_with"] == draft.second
    assert draft.see(draft.second)["merge_into"] == draft.first
    assert draft.birch.post(path, {"with": draft.second}).must(200).json()["proposal"] \
        == draft.first
    gone, stays = draft.see(draft.second), draft.see(draft.first)
    assert (gone["state"], gone["merged_into"]) == ("withdrawn", draft.first)
    assert stays["state"] == "live" and "merge_with" not in stays
    seen = draft.clerk.get(f"/v1/communities/{draft.slug}/notices").must(200).json()["items"]
    assert "proposals_merged" in {item["kind"] for item in seen}
    draft.recount()
