"""Residents raise needs and second them, a body answers each, with its reasons, once."""
import pytest

from lists import walk
from story import Commons


class Street(Commons):
    def __init__(self, server, residents=4):
        super().__init__(server, areas=["north", "south"], residents=residents)
        self.needs = f"/v1/communities/{self.slug}/needs"

    def need(self, i, text="A bench at the bus stop."):
        return self.resident(i).post(self.needs, {"text": text})

    def second(self, i, need):
        return self.resident(i).post(f"/v1/needs/{need}/seconds")

    def answer(self, need, client=None, **more):
        return (client or self.clerk).post(f"/v1/needs/{need}/answer",
                                           {"text": "Because of the winter.", **more})

    def see(self, need, client=None):
        return (client or self.anyone).get(f"/v1/needs/{need}").must(200).json()


def test_283_a_need_is_raised_seconded_and_answered_with_reasons(server):
    here = Street(server)
    made = here.need(0, "A *bench*.").must(201)
    need = made.json()["need"]
    assert made.headers["location"] == f"/v1/needs/{need}"
    seen = here.see(need)
    assert seen["state"] == "waiting" and seen["seconds"] == 0
    assert seen["text"] == {"markdown": "A *bench*.", "html": "<p>A <em>bench</em>.</p>\n"}
    assert "mine" not in seen and here.see(need, here.resident(0))["mine"] is True
    assert here.second(1, need).must(200).json()["seconds"] == 1
    assert here.second(2, need).must(200).json()["seconds"] == 2
    before = here.log()
    assert here.second(1, need).must(200).json()["seconds"] == 2, "one second a resident"
    here.second(0, need).must(200)  # it is their own
    assert here.see(need)["seconds"] == 2 and here.log() == before
    assert here.see(need, here.resident(1))["seconded"] is True
    tender = here.tender(ceiling=300, people_min=2)
    answered = here.answer(need, tender=tender).must(200).json()
    seen = here.see(need)
    assert (seen["state"], seen["answer_body"]) == ("answered", "garden-body")
    assert seen["answer_tender"] == tender and seen["answer_seq"] == answered["seq"]
    assert seen["answer"]["markdown"] == "Because of the winter."
    record = here.log()[-1]
    assert (record["kind"], record["body"], record["tender"]) == ("need_answered", "garden-body", 1)
    here.answer(need).refused(409, "need_answered")
    here.second(3, need).refused(409, "need_answered")
    here.recount()


def test_283_who_may_answer_and_for_which_body(server):
    here = Street(server)
    need = here.need(0).must(201).json()["need"]
    here.answer(need, here.resident(1)).refused(403, "not_allowed")
    here.answer(need, here.trust).refused(422, "fields_wrong")
    here.answer(need, body="other-body").refused(403, "not_your_body")
    other = server.client(here.token("clerk", "other-body"))
    tender = here.tender(ceiling=300, people_min=2)
    here.answer(need, other, tender=tender).refused(403, "not_your_body")
    here.answer(need, tender=f"{here.slug}.t9").refused(404, "tender_unknown")
    here.answer(need, tender="elsewhere.t1").refused(422, "fields_wrong")
    here.answer(need, here.trust, body="garden-body").must(200)
    assert here.log()[-1]["body"] == "garden-body"


def test_283_the_list_is_walked_filtered_and_sorted(server):
    here = Street(server, residents=6)
    made = [here.need(i % 3, f"Number {i}").must(201).json()["need"] for i in range(7)]
    for i, need in ((4, made[2]), (5, made[2]), (4, made[5])):
        here.second(i, need).must(200)
    here.answer(made[0]).must(200)

    def ids(query, client=None):
        pages = walk(client or here.anyone, here.needs + query)
        return [item["need"] for page in pages for item in page]
    assert ids("") == made[::-1] == ids("?limit=3")
    assert ids("?sort=seconded&limit=2")[:2] == [made[2], made[5]]
    assert ids("?state=answered") == [made[0]]
    assert ids("?state=waiting&limit=2") == made[:0:-1]
    assert ids("?state=gathering") == []
    assert ids("?mine=1&limit=1", here.resident(1)) == [made[4], made[1]]
    here.anyone.get(here.needs + "?mine=1").refused(401, "sign_in_needed")
    here.anyone.get(here.needs + "?state=lost").refused(400, "query_wrong")


def test_283_ten_unanswered_needs_are_enough_for_one(server):
    here = Street(server, residents=2)
    made = [here.need(0, f"Number {i}").must(201).json()["need"] for i in range(10)]
    problem = here.need(0).refused(409, "needs_too_many").json()
    assert (problem["needs"], problem["most"]) == (10, 10)
    here.need(1).must(201)
    here.answer(made[3]).must(200)
    here.need(0).must(201)


def test_283_a_retry_is_the_same_need_and_another_body_is_refused(server):
    here = Street(server, residents=1)
    first = here.resident(0).post(here.needs, {"text": "Once."}, key="the-same-key")
    again = here.resident(0).post(here.needs, {"text": "Once."}, key="the-same-key")
    assert again.must(201).json()["need"] == first.must(201).json()["need"]
    assert again.json()["replayed"] is True
    here.resident(0).post(here.needs, {"text": "Twice."}, key="the-same-key").refused(
        422, "key_reused")
    assert len([r for r in here.log() if r["kind"] == "need_raised"]) == 1


@pytest.mark.parametrize("who", ["anyone", "clerk", "trust"])
def test_283_only_residents_raise_and_second(server, who):
    here = Street(server, residents=1)
    need = here.need(0).must(201).json()["need"]
    client = getattr(here, who)
    status, code = (401, "sign_in_needed") if who == "anyone" else (403, "not_allowed")
    client.post(here.needs, {"text": "x"}).refused(status, code)
    client.post(f"/v1/needs/{need}/seconds").refused(status, code)
