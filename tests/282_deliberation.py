"""What residents say about a tender, over the API: they argue, take stances, change their minds and
their words; the body hides and sums up, the trust rules; nobody is told who it was.

Communities here ask for no register of bodies, so that talk is taken of a draft, too.
"""
import json
import re

import pytest

from browsing import Person
from story import Commons, stamp
from lists import walk


class Forum(Commons):
    def __init__(self, server, residents=8, areas=("north", "south")):
        super().__init__(server, areas=list(areas), residents=residents)
        self.draft = self.tender(ceiling=300, people_min=2, late=True)
        self.at = f"/v1/communities/{self.slug}"

    def say(self, i, text="Plant them along the *river*.", kind="for", tender=None):
        return self.resident(i).post(f"/v1/tenders/{tender or self.draft}/talks",
                                     {"kind": kind, "text": text})

    def stance(self, i, talk, stance):
        return self.resident(i).put(f"/v1/talks/{talk}/stance", {"stance": stance})

    def see(self, talk, client=None):
        return (client or self.anyone).get(f"/v1/talks/{talk}").must(200).json()

    def talks(self, query="", client=None):
        path = f"/v1/tenders/{self.draft}/talks{query}"
        return [item for page in walk(client or self.anyone, path) for item in page]


@pytest.fixture(scope="module")
def forum(server):
    return Forum(server)


def test_282_a_contribution_is_markdown_and_nobody_is_told_whose(forum):
    words = "# Trees\n\nPlant ~~ten~~ **twelve**, see [the plan](https://plan.example/a).\n"
    made = forum.say(0, words).must(201)
    talk = made.json()["talk"]
    assert made.headers["location"] == f"/v1/talks/{talk}"
    seen = forum.see(talk)
    assert seen["text"]["markdown"] == words
    assert seen["text"]["html"] == (
        "<h3>Trees</h3>\n<p>Plant <del>ten</del> <strong>twelve</strong>, see "
        '<a rel="nofollow ugc" href="https://plan.example/a">the plan</a>.</p>\n')
    assert (seen["kind"], seen["state"], seen["version"]) == ("for", "shown", 1)
    assert seen["area"] == 0 and seen["history"] == []
    assert seen["consensus"] == {"areas_counted": 0, "division_permille": 0, "areas": []}
    assert "mine" not in seen and "stance" not in seen
    everything = json.dumps([seen, forum.log()[made.json()["seq"]]])
    assert forum.ids[0] not in everything
    assert forum.see(talk, forum.resident(0))["mine"] is True
    assert "mine" not in forum.see(talk, forum.resident(1))
    record = forum.log()[made.json()["seq"]]
    assert (record["kind"], record["sort"], record["area"]) == ("talk_added", "for", 0)
    assert "Trees" not in json.dumps(record) and re.fullmatch("[0-9a-f]{64}", record["text"])


@pytest.mark.parametrize("words, html", [
    ("<script>alert(1)</script>", "<!-- raw HTML omitted -->\n"),
    ("a <b onclick=x>b</b>", "<p>a <!-- raw HTML omitted -->b<!-- raw HTML omitted --></p>\n"),
    ("[a](javascript:alert(1))", '<p><a rel="nofollow ugc" href="">a</a></p>\n'),
    ("![cat](https://spy.example/c.png)",
     '<p><a rel="nofollow ugc" href="https://spy.example/c.png">cat</a></p>\n'),
    ("[![cat](https://spy.example/c.png)](https://a.example)",
     '<p><a rel="nofollow ugc" href="https://a.example"><em>cat</em></a></p>\n'),
    ("a < b & \"c\"", "<p>a &lt; b &amp; &quot;c&quot;</p>\n"),
    ("###### deep", "<h6>deep</h6>\n"),
    ("&#60;script&#62;", "<p>&lt;script&gt;</p>\n"),
    ('<a href="javascript:x">', "<!-- raw HTML omitted -->\n"),
])
def test_282_what_is_written_can_do_nothing_to_who_reads_it(server, words, html):
    here = Forum(server, residents=1, areas=["all"])
    seen = here.see(here.say(0, words).must(201).json()["talk"])
    assert seen["text"] == {"markdown": words, "html": html}


def test_282_a_text_that_is_too_long_is_told_by_how_much(forum):
    problem = forum.say(0, "é" * 5003).refused(422, "text_too_long").json()
    assert (problem["length"], problem["most"], problem["over"]) == (5003, 5000, 3)
    assert "5003 characters" in problem["detail"] and "3 too many" in problem["detail"]
    talk = forum.say(0, "𝕏" * 5000, "question").must(201).json()["talk"]
    assert forum.see(talk)["text"]["markdown"] == "𝕏" * 5000
    forum.say(0, " \n").refused(422, "fields_wrong")


def test_282_stances_are_one_a_resident_and_shown_by_area_from_five_on(server):
    here = Forum(server, residents=12)  # six of each area, by turns
    talk = here.say(0).must(201).json()["talk"]
    before = len(here.log())
    for i in range(0, 10, 2):
        here.stance(i, talk, "agree").must(200)
    for i in (1, 3, 5, 7):
        here.stance(i, talk, "disagree").must(200)
    seen = here.see(talk)
    assert (seen["agree"], seen["disagree"], seen["pass"]) == (5, 4, 0)
    assert seen["consensus"] == {
        "areas_counted": 1, "lowest_permille": 1000, "mean_permille": 1000,
        "division_permille": 888,
        "areas": [{"area": 0, "agree": 5, "disagree": 0, "pass": 0},
                  {"area": 1, "suppressed": True}]}
    here.stance(9, talk, "pass").must(200)
    here.stance(7, talk, "agree").must(200)
    seen = here.see(talk, here.resident(7))
    assert seen["stance"] == "agree"
    assert seen["consensus"]["lowest_permille"] == 200 and seen["consensus"]["areas_counted"] == 2
    assert seen["consensus"]["mean_permille"] == 600
    records = here.log()[before:]
    assert [r["kind"] for r in records] == ["talk_stance"] * 11
    assert [(r["area"], r["agree"], r["disagree"], r["pass"]) for r in records[-2:]] == [
        (1, 0, 4, 1), (1, 1, 3, 1)]
    here.stance(7, talk, "agree").must(200)  # the same again
    assert len(here.log()) == before + 11
    here.stance(7, talk, "none").must(200)
    assert "stance" not in here.see(talk, here.resident(7))
    here.recount()


def test_282_who_edits_begins_anew_and_the_old_words_stay_readable(server):
    here = Forum(server)
    talk = here.say(0, "first", "amendment").must(201).json()["talk"]
    here.stance(1, talk, "agree").must(200)
    here.resident(1).put(f"/v1/talks/{talk}", {"text": "mine"}).refused(403, "talk_not_yours")
    here.resident(0).put(f"/v1/talks/{talk}", {"text": "second"}).must(200)
    seen = here.see(talk, here.resident(1))
    assert seen["text"]["markdown"] == "second" and seen["version"] == 2 and "edited" in seen
    assert seen["agree"] == 0 and "stance" not in seen, "nobody has agreed to these words"
    assert [(v["version"], v["text"]["markdown"]) for v in seen["history"]] == [(1, "first")]
    here.recount()


def test_282_hiding_is_seen_with_its_reason_appealed_and_ruled(server):
    here = Forum(server)
    talk = here.say(0, "You are all fools.", "against").must(201).json()["talk"]
    stranger = server.client(here.token("clerk", "other-body"))
    hide = {"reason": "abuse", "text": "Our rule 3: no insults."}
    stranger.post(f"/v1/talks/{talk}/hide", hide).refused(403, "not_your_body")
    here.clerk.post(f"/v1/talks/{talk}/hide", hide).must(200)
    for client in (here.anyone, here.resident(1), stranger):
        seen = here.see(talk, client)
        assert (seen["state"], seen["reason"]) == ("hidden", "abuse")
        assert "text" not in seen and "history" not in seen
        assert seen["explanation"]["markdown"] == "Our rule 3: no insults."
    for client in (here.resident(0), here.clerk, here.trust, here.operator):
        assert here.see(talk, client)["text"]["markdown"] == "You are all fools."
    here.stance(1, talk, "agree").refused(409, "talk_is_hidden")
    here.resident(1).post(f"/v1/talks/{talk}/appeal", {"text": "x"}).refused(
        403, "talk_not_yours")
    here.trust.post(f"/v1/talks/{talk}/ruling", {"stands": False, "text": "x"}).refused(
        409, "talk_not_appealed")
    here.resident(0).post(f"/v1/talks/{talk}/appeal", {"text": "It is a quotation."}).must(200)
    assert "appeal" not in here.see(talk)
    assert here.see(talk, here.trust)["appeal"]["markdown"] == "It is a quotation."
    here.clerk.post(f"/v1/talks/{talk}/ruling", {"stands": False, "text": "x"}).refused(
        403, "not_allowed")
    here.trust.post(f"/v1/talks/{talk}/ruling", {"stands": False, "text": "So it is."}).must(200)
    seen = here.see(talk)
    assert seen["state"] == "cleared" and seen["text"]["markdown"] == "You are all fools."
    assert seen["ruling"]["markdown"] == "So it is."
    here.clerk.post(f"/v1/talks/{talk}/hide", hide).refused(409, "talk_cleared")
    history = here.anyone.get(f"/v1/talks/{talk}/history").must(200).json()["items"]
    assert [item["kind"] for item in history] == ["talk_added", "talk_hidden", "talk_appealed",
                                                  "talk_ruled"]
    assert [r["kind"] for r in here.log()[-3:]] == ["talk_hidden", "talk_appealed", "talk_ruled"]
    here.recount()


def test_282_lists_are_walked_filtered_and_sorted(server):
    here = Forum(server, residents=12)
    kinds = ["for", "against", "question", "amendment"] * 3
    made = [here.say(i % 3, f"number {i}", kind).must(201).json()["talk"]
            for i, kind in enumerate(kinds)]
    for i in range(0, 10, 2):  # five of the north
        here.stance(i, made[4], "agree").must(200)
        here.stance(i, made[7], "agree" if i < 6 else "pass").must(200)
        here.stance(i, made[2], "agree" if i % 4 else "disagree").must(200)
    here.clerk.post(f"/v1/talks/{made[1]}/hide", {"reason": "spam", "text": "An advert."}).must(200)

    def ids(query, client=None):
        return [item["talk"] for item in here.talks(query, client)]
    assert ids("") == made[::-1]
    assert ids("?limit=5") == made[::-1]
    assert ids("?limit=2&kind=question") == [made[10], made[6], made[2]]
    assert ids("?limit=1&sort=agreed")[:3] == [made[4], made[7], made[2]]
    assert ids("?limit=3&sort=divided")[0] == made[2] and len(ids("?sort=divided&limit=3")) == 12
    assert ids("?hidden=1") == [made[1]] and made[1] not in ids("?hidden=0&limit=4")
    assert ids("?mine=1&limit=2", here.resident(1)) == made[1::3][::-1]
    here.anyone.get(f"/v1/tenders/{here.draft}/talks?mine=1").refused(401, "sign_in_needed")
    here.anyone.get(f"/v1/tenders/{here.draft}/talks?sort=loudest").refused(400, "query_wrong")
    here.anyone.get(f"/v1/tenders/{here.draft}/talks?kind=").refused(400, "query_wrong")
    here.anyone.get(f"/v1/tenders/{here.slug}.t99/talks").refused(404, "tender_unknown")


def test_282_a_token_of_before_signing_out_sees_nothing_of_its_own(server):
    here = Forum(server, residents=2)
    talk = here.say(0).must(201).json()["talk"]
    old = here.resident(0)
    old.post(f"{here.at}/residents/{here.ids[0]}/sign-out").must(200)
    old.get(f"/v1/talks/{talk}").refused(401, "signed_out")
    here.anyone.get(f"/v1/talks/{talk}").must(200)


def test_282_anyone_may_look_and_what_is_shown_must_be_good(server):
    here, there = Forum(server, residents=2), Forum(server, residents=1, areas=["all"])
    talk = here.say(0).must(201).json()["talk"]
    path = f"/v1/talks/{talk}"
    code = here.trust.post(f"{here.at}/codes", {"refs": ["ref-0"], "expires_at": stamp(86400)})
    ada = Person(server)
    ada.by_code(here.slug, code.must(201).json()["codes"][0]["code"]).must(200)
    seen = ada.get(path).must(200)
    assert seen.json()["mine"] is True and seen.headers["cache-control"] == "no-store"
    assert "mine" not in there.resident(0).get(path).must(200).json(), "of another community"
    token = here.resident(0).token
    server.client(token[:-1] + ("A" if token[-1] != "A" else "B")).get(path).refused(
        401, "token_invalid")
    ada.token = token
    ada.get(path).refused(400, "shown_twice")
    ada.token, ada.cookie = None, ada.cookie[:-1] + ("A" if ada.cookie[-1] != "A" else "B")
    assert "mine" not in ada.get(path).must(200).json()
    operators = here.operator.get("/v1/openapi.json").must(200).json()["paths"]
    listing = operators["/v1/tenders/{tender}/talks"]["get"]
    assert {"kind", "hidden", "mine", "sort"} < {p["name"] for p in listing["parameters"]}
    assert listing["security"] == [{}, {"bearer": []}, {"cookie": []}]


def test_282_summaries_say_what_changed(forum):
    path = f"/v1/tenders/{forum.draft}/summaries"
    forum.resident(0).post(path, {"text": "x"}).refused(403, "not_allowed")
    for text in ("Nothing yet.", "Twelve trees, **not** ten."):
        forum.clerk.post(path, {"text": text}).must(201)
    pages = walk(forum.anyone, path + "?limit=1")
    assert [item["text"]["markdown"] for page in pages for item in page] == [
        "Twelve trees, **not** ten.", "Nothing yet."]
    assert forum.log()[-1]["kind"] == "talk_summarised"


def test_282_the_gate_names_what_the_deliberation_lacks_and_then_pledging_opens(server):
    here = Forum(server, residents=3)
    here.fund(1000)
    here.open_round(allotment=100)
    tender = here.tender(ceiling=300, people_min=2, deliberation_contributors=2)
    proposal = here.proposal(tender, 60)
    here.clerk.post(f"/v1/tenders/{tender}/publish").must(200)
    here.pledge(0, proposal, 50).refused(409, "tender_not_open")
    path = f"/v1/tenders/{tender}/open"
    here.say(0, "It cools the street.", "for", tender).must(201)
    here.say(0, "Name the species.", "amendment", tender).must(201)
    lacks = here.clerk.post(path).refused(409, "deliberation_short").json()
    assert [lacks[n] for n in ("days", "contributors", "sides", "summary")] == [0, 1, 1, 1]
    here.say(1, "It takes parking places.", "against", tender).must(201)
    here.clerk.post(f"/v1/tenders/{tender}/summaries", {"text": "Species are named."}).must(201)
    here.clerk.post(path).must(200)
    record = here.log()[-1]
    assert (record["kind"], record["contributors"], record["talks"]) == ("tender_opened", 2, 3)
    here.pledge(0, proposal, 50).must(200)
    here.say(2, "Which species?", "question", tender).must(201)
    here.say(2, "Plane trees.", "amendment", tender).refused(409, "talk_closed")
    here.recount()


def test_282_when_a_tender_has_ended_nothing_is_said_any_more(server):
    here = Forum(server)
    talk = here.say(0).must(201).json()["talk"]
    here.withdraw_tender(here.draft)
    for answer in (here.say(0), here.stance(1, talk, "agree"),
                   here.resident(0).put(f"/v1/talks/{talk}", {"text": "x"})):
        assert answer.refused(409, "talk_closed").json()["state"] == "withdrawn"
    here.clerk.post(f"/v1/talks/{talk}/hide", {"reason": "spam", "text": "An advert."}).must(200)


def test_282_who_is_erased_takes_their_words_and_leaves_the_counts(server):
    here = Forum(server, residents=2)
    code = here.trust.post(f"{here.at}/codes", {"refs": ["ref-0"], "expires_at": stamp(86400)})
    ada = Person(server)
    ada.by_code(here.slug, code.must(201).json()["codes"][0]["code"]).must(200)
    path = f"/v1/tenders/{here.draft}/talks"
    talk = ada.post(path, {"kind": "for", "text": "A secret of mine."}).must(201).json()["talk"]
    ada.put(f"/v1/talks/{talk}", {"text": "Another secret."}).must(200)
    need = ada.post(f"{here.at}/needs", {"text": "A bench for my back."}).must(201).json()["need"]
    here.stance(1, talk, "agree").must(200)
    export = ada.get("/v1/me/export").must(200).json()
    said = {item["kind"]: item for item in export["residents"][0]["said"]}
    assert said["talk"]["text"] == {"text": "Another secret."}
    assert said["talk"]["tender"] == here.draft and said["need"]["text"]["text"][:7] == "A bench"
    ada.delete("/v1/me", {"pledges": "withdraw"}).must(200)
    seen = here.see(talk)
    assert seen["erased"] is True and "text" not in seen and seen["agree"] == 1
    assert [v["version"] for v in seen["history"]] == [1]
    assert all("text" not in version for version in seen["history"])
    assert here.anyone.get(f"/v1/needs/{need}").must(200).json()["erased"] is True
    assert "secret" not in json.dumps(here.talks())
    here.recount()
