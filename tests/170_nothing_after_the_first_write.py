"""Whatever comes as arguments: an error changes nothing. A full Redis can still release."""
import random

import pytest

from commons import HASH, T0, Commons, wallet_of
from commons_fixture import commons, redis  # noqa: F401
from persons import calls
from redis_server import RedisError, RedisServer

pytestmark = pytest.mark.long

MOST = 2 ** 53 - 1
GARBAGE = ["", "0", "1", "2", "3", "-1", "nan", "inf", "1e3", "0x1", " 1", "9007199254740991",
           "9007199254740992", "16777215", "16777216", "r1", "r2", "trees", "parks", "a,b", "{}",
           HASH, HASH[:-1], "\x00\xff", wallet_of("r1", 1), wallet_of("r2", 1), str(T0 + 1000),
           "x" * 200, "%s%d", "é", "-", "a b", "S0001", "S0002", "f" * 32, "code", "1-1"]
ACTS = {"community_create": 7, "staff_sign_out": 1, "fund_add": 4, "fund_top_up": 2,
        "file_note": 5,
        "residents_register": 3, "resident_grant": 1, "resident_leave": 3, "resident_sign_out": 1,
        "round_open": 7, "round_close": 1, "tender_create": 17, "tender_open": 4,
        "tender_withdraw": 2, "tender_pause": 6, "tender_resume": 1, "proposal_submit": 5,
        "proposal_withdraw": 2, "proposal_judge": 5, "proposal_amend": 5, "proposal_merge": 2,
        "pledge_set": 4, "pledge_withdraw": 3, "activate": 1,
        "settle": 0, "fallback_next": 0, "codes_issue": 9, "codes_revoke": 3,
        "code_redeem": 5, "code_use": 4, "register_import": 5, "review_resolve": 2,
        "resident_erase": 6, "journal_add": 7, "people_purge": 1, "community_set": 8,
        "areas_set": 2, "body_form": 4, "body_constitute": 4, "member_seat": 8,
        "member_leave": 2, "tender_approve": 3, "tender_publish": 2,
        "notices_seen": 4, "mailing_set": 5, "mailing_stop": 1, "mailing_claim": 2,
        "mailing_done": 3, "fund_withdraw": 2,
        "contract_sign": 7, "evidence_add": 6, "milestone_report": 5, "milestone_confirm": 6,
        "milestone_dispute": 6, "milestone_accept": 5, "payment_record": 6,
        "variation_propose": 6, "variation_approve": 5, "outcome_report": 5, "savings_note": 5,
        "commission_complete": 2, "commission_terminate": 6,
        "need_raise": 4, "need_second": 3, "need_answer": 6, "talk_add": 6, "talk_edit": 5,
        "talk_stance": 4, "talk_hide": 5, "talk_appeal": 5, "talk_ruling": 4, "talk_summary": 4,
        "help_offer": 4}
ASKING = "0" * 32 + '{"help":[{"what":"x"},{"what":"y"}]}'
SPEECH = {"need_raise", "need_second", "talk_add", "talk_edit", "talk_stance", "talk_appeal",
          "milestone_confirm", "milestone_dispute", "help_offer"}
READERS = {"community_view": 0, "summary": 1, "trend": 1, "commission_get": 1, "totals": 0,
           "funds": 0, "round_view": 1,
           "tender_view": 1,
           "tenders": 6, "proposal_view": 1, "proposals": 4,
           "proposal_versions": 3, "pledge_view": 4, "wallet_view": 3,
           "resident_view": 1, "commissions": 6, "log": 2, "codes": 2, "code_state": 1,
           "file_view": 1, "files_unknown": 2, "review": 2, "approvals": 0, "journal": 2,
           "helped": 0, "anomalies": 0, "notices": 8, "mailing": 2, "history": 4,
           "body_view": 1, "bodies": 2, "body_members": 3, "body_versions": 3,
           "body_history": 3, "tender_approvals": 1, "tender_tries": 1, "areas_view": 0,
           "needs": 8, "need_view": 4, "talks": 10, "talk_view": 4, "summaries": 3, "said": 3,
           "offers": 1}


def likely(rng, name):
    """Arguments that would do, so that garbage in one place meets a good rest."""
    wallet = wallet_of("r1", 1)
    good = {"community_create": ["oak", "GBP", "a,b", "1", "0", HASH, "{}"],
            "staff_sign_out": ["s"],
            "fund_add": ["5", "", HASH, "{}"], "fund_top_up": ["1", "5"],
            "file_note": [rng.choice([HASH, "0" * 64]), "pdf", "5", "a.pdf", "9"],
            "residents_register": ["1", f"n{rng.randrange(99)}", "0"], "resident_grant": ["r1"],
            "resident_leave": [f"r{rng.randrange(9)}", "1", wallet],
            "resident_sign_out": ["r9"],
            "round_open": ["2", "10", "1", str(T0 + 10 ** 9), "", "", ""], "round_close": ["7"],
            "tender_create": ["trees", "", "50", "1", "0", "0", "1", str(T0 + 10 ** 6), "0", "0",
                              rng.choice(["open", "hidden"]), "0", "0", "0", HASH, HASH, "{}"],
            "tender_open": ["2", "", "k" * 32, HASH], "tender_withdraw": ["3", ""],
            "tender_pause": ["1", str(T0 + 500), HASH, "{}", "", ""], "tender_resume": ["1"],
            "proposal_submit": ["2", "", "10", HASH, "{}"], "proposal_withdraw": ["5", ""],
            "proposal_judge": [rng.choice("1234567"), "", rng.choice("01"), HASH, "{}"],
            "proposal_amend": [rng.choice("56789"), str(rng.randrange(1, 50)), HASH, "{}", ""],
            "proposal_merge": rng.sample("56789", 2),
            "help_offer": ["r1", rng.choice("123"), rng.choice("12"), rng.choice("037")],
            "proposal_submit": ["2", "", "10", HASH, rng.choice(["{}", ASKING])],
            "proposal_withdraw": ["5", ""],
            "pledge_set": ["1", wallet, rng.choice("1234"), str(rng.randrange(1, 60))],
            "pledge_withdraw": ["1", wallet, rng.choice("1234")], "activate": ["1"], "settle": [],
            "fallback_next": [],
            **likely_of_people(rng, wallet), **likely_of_bodies(rng), **likely_of_talk(rng),
            **likely_of_commissions(rng, wallet)}
    return list(good[name])


def likely_of_bodies(rng):
    return {"community_set": [rng.choice(["", "0"]), "7", "", "50", "", "60000", "hidden", "25"],
            "areas_set": [HASH, "{}"],
            "body_form": [rng.choice(["trees", "ponds"]), "", HASH, "{}"],
            "body_constitute": ["1", "", HASH, "{}"],
            "member_seat": ["1", "", rng.choice(["resident", "elected"]), "1",
                            rng.choice(["0", str(T0 + 10 ** 9)]), f"t:clerk:m{rng.randrange(99)}",
                            HASH, "{}"],
            "member_leave": [str(rng.randrange(1, 9)), ""],
            "tender_approve": ["2", f"t:clerk:m{rng.randrange(99)}", "0"],
            "tender_publish": ["2", ""]}


def likely_of_talk(rng):
    who, one, said = ["r1", wallet_of("r1", 0)], str(rng.randrange(1, 9)), [HASH, "{}"]
    return {"need_raise": [*who, *said], "need_second": [*who, one],
            "need_answer": [one, "", "trees", rng.choice("012"), *said],
            "talk_add": [*who, "2", rng.choice(["for", "against", "question", "amendment"]), *said],
            "talk_edit": [*who, one, *said],
            "talk_stance": [*who, one, rng.choice(["agree", "disagree", "pass", ""])],
            "talk_hide": [one, "", "spam", *said], "talk_appeal": [*who, one, *said],
            "talk_ruling": [one, rng.choice("01"), *said], "talk_summary": ["2", "", *said]}


def likely_of_people(rng, wallet):
    serial = f"S{rng.randrange(99):04}"
    asked = rng.choice([["", ""], ["a:one", "d" * 32], ["a:two", "d" * 32]])
    person = rng.choice(["", "p" * 22])
    return {"codes_issue": [str(T0 + 10 ** 9), *asked, "1", "1", serial, "f" * 32,
                            *rng.choice([["0", ""], ["", "r1"]])],
            "codes_revoke": ["0", "1", serial],
            "code_redeem": [serial, rng.choice(["f" * 32, "e" * 32]), rng.choice(["", "h" * 11]),
                            f"acc{rng.randrange(9)}", f"n{rng.randrange(9)}"],
            "code_use": [serial, "f" * 32, "", f"n{rng.randrange(9)}"],
            "register_import": ["1", f"n{rng.randrange(99)}", "0", rng.choice(["", "moved"]),
                                person],
            "review_resolve": ["1", rng.choice("01")],
            "resident_erase": [f"r{rng.randrange(9)}", "1", wallet, rng.choice("01"), *asked],
            "journal_add": ["1", "pledges", "5", "0", "", "1", "1"],
            "notices_seen": ["a:x", "clerk", "trees", str(rng.randrange(99))],
            "mailing_set": [f"a:{rng.randrange(9)}", "trust", "", "A" * 22, rng.choice("01")],
            "mailing_stop": [f"a:{rng.randrange(9)}"],
            "mailing_claim": [f"a:{rng.randrange(9)}", rng.choice([str(T0), "0"])],
            "mailing_done": [f"a:{rng.randrange(9)}", str(T0 + 5), rng.choice("01")],
            "people_purge": [str(T0 - rng.randrange(9))]}


def likely_of_commissions(rng, wallet):
    """Of the commission that the market's first proposal becomes."""
    number, milestone, text = rng.choice(["1", "1", "1", "2"]), rng.choice("12"), [HASH, "{}"]
    asked = rng.choice([["", ""], ["", ""], ["a:one", "d" * 32], ["a:two", "d" * 32]])
    at, parts = [number, rng.choice(["", "", "trees"])], rng.choice(["1:70", "1:60,2:10"])
    voice = ["1", wallet, number, milestone]
    return {"fund_withdraw": ["1", str(rng.randrange(1, 9))],
            "contract_sign": [*at, "5", "9", HASH, *text],
            "evidence_add": [*at, milestone, rng.choice(["", HASH]), *text],
            "milestone_report": [*at, milestone, *text],
            "milestone_confirm": [*voice, "", ""], "milestone_dispute": [*voice, *text],
            "milestone_accept": [*at, milestone, *asked],
            "payment_record": [*at, milestone, str(rng.randrange(1, 9)), *text],
            "variation_propose": [*at, parts, rng.choice("07"), *text],
            "variation_approve": [*at, rng.choice("12"), *asked],
            "outcome_report": [*at, rng.choice(["", "7"]), *text],
            "savings_note": [*at, parts, *text], "commission_complete": at,
            "commission_terminate": [*at, *text, *(["a:one", "d" * 32] if rng.random() < 0.9
                                                   else ["", ""])]}


@pytest.mark.parametrize("seed", [4711])
def test_an_error_never_comes_after_a_write(commons, seed, full):
    print("seed", seed)
    rng = random.Random(seed)
    commons.market(prices=(70, 80, 900, 60), residents=8, allotment=60, awards_max=3)
    commons.tender(late=1).must()
    commons.checked = False
    digest = commons.client.call("DEBUG", "DIGEST")
    raised = accepted = 0
    for i in range(20_000 if full else 2_500):
        name = rng.choice(list(ACTS))
        own = name.startswith("pledge_") or name in SPEECH
        subject = "r1" if own else rng.choice(["operator", "r1"])
        subject = "code" if name == "code_redeem" else subject
        key = [b"", b""] if name == "code_use" else [commons.fresh(), b"body"]
        words = [str(T0), subject, "0", *key] + likely(rng, name)
        if name in ("pledge_set", "tender_withdraw") and rng.random() < 0.3:
            words += (["a:helper", "clerk", "trees"] if name == "pledge_set" else []) + ["", ""]
        elif name == "pledge_set" and rng.random() < 0.4:
            words.append(rng.choice(["4", "3,2", "1,2,4", "9"]))
        for _ in range(rng.choice((0, 1, 1, 2))):
            words[rng.randrange(len(words))] = rng.choice(GARBAGE)
        if rng.random() < 0.1:
            words = words[:rng.randrange(len(words))]
        try:
            commons.raw(name, *words)
            accepted += 1
            digest = commons.client.call("DEBUG", "DIGEST")
        except RedisError as error:
            raised += 1
            assert str(error).startswith("MALFORMED "), (name, words, str(error))
            assert commons.client.call("DEBUG", "DIGEST") == digest, (name, words)
        if i % 50 == 0:
            commons.check()
    assert raised > 500 and accepted > 500


def test_readers_never_write_and_raise_nothing_but_malformed(commons):
    rng = random.Random(99)
    commons.market(residents=3)
    commons.pledge("r1", 1, 20).must()
    digest = commons.client.call("DEBUG", "DIGEST")
    for _ in range(1500):
        name = rng.choice(list(READERS))
        now = rng.choice([T0, T0 + 10 ** 9])
        words = [now] + [rng.choice(GARBAGE) for _ in range(READERS[name])]
        try:
            commons.client.call("FCALL_RO", f"{name}_{commons.digits}", 1, commons.key("c"), *words)
        except RedisError as error:
            assert str(error).startswith("MALFORMED "), (name, words, str(error))
    assert commons.client.call("DEBUG", "DIGEST") == digest


def test_the_functions_registered_are_those_of_the_contract(commons):
    library = commons.client.call("FUNCTION", "LIST")[0]
    fields = dict(zip(library[::2], library[1::2]))
    flags = {}
    for function in fields[b"functions"]:
        row = dict(zip(function[::2], function[1::2]))
        flags[row[b"name"].decode().rsplit("_", 1)[0]] = set(row[b"flags"])
    flags = {name: flags[name] for name in set(flags) - calls()}  # of those, 188
    assert set(flags) == set(ACTS) | set(READERS)
    assert all(flags[name] == {b"no-writes"} for name in READERS)
    releasing = {name for name in ACTS if flags[name] == {b"allow-oom"}}
    assert releasing == {"pledge_withdraw", "resident_leave", "proposal_withdraw",
                         "tender_withdraw", "tender_resume", "round_close", "settle",
                         "codes_revoke", "resident_erase", "people_purge", "member_leave",
                         "mailing_set", "mailing_stop", "fund_withdraw", "commission_terminate"}
    assert all(not flags[name] for name in set(ACTS) - releasing)


def test_a_full_redis_refuses_to_take_and_can_still_give_back(commons):
    commons.market(prices=(100, 110), residents=5, allotment=50)
    for resident in ("r1", "r2"):
        commons.pledge(resident, 1, 20).must()
    commons.pledge("r1", 2, 20).must()
    commons.client.call("CONFIG", "SET", "maxmemory", 1)
    try:
        for take in (lambda: commons.pledge("r3", 1, 10), lambda: commons.fund(1)):
            with pytest.raises(RedisError, match="OOM"):
                take()
        commons.withdraw("r1", 1).must(held=20)
        commons.leave("r2").must()
        commons.act("proposal_withdraw", 2, "").must()
        commons.act("tender_withdraw", 1, "").must()
        commons.act("round_close", 1).must()
        commons.settle().must()
        commons.look("totals").must(held=0, unallotted=1000)
    finally:
        commons.client.call("CONFIG", "SET", "maxmemory", 0)


def test_numbers_near_2_to_the_53_stay_exact(commons):
    commons.create().must()
    commons.fund(MOST - 7).must()
    commons.fund(7, "parks").must()
    commons.register("r1", "r2", "r3").must()
    commons.open_round(2 ** 24 - 1).must(granted=3 * (2 ** 24 - 1))
    commons.tender(ceiling=MOST - 7).must()
    commons.proposal(1, 2 * (2 ** 24 - 1) - 1).must()
    commons.proposal(1, MOST - 7).must()
    commons.open_tender(1).must()
    commons.pledge("r1", 1, 2 ** 24 - 1).must(headroom=MOST - 7)
    commons.pledge("r2", 1, 2 ** 24 - 1).must(activated=1, rho=2 ** 24 - 1, spent=2 ** 24 - 1)
    record = commons.last("pledge_set", "commission_activated")[1]
    assert record["rounding"] == "1"
    commons.look("totals").must(funds=MOST, unallotted=MOST - 3 * (2 ** 24 - 1) + 1)
    assert commons.hash("f:1")["left"] == str(MOST - 7 - 2 * (2 ** 24 - 1) + 1)


def test_what_was_written_survives_a_restart(redis):
    with RedisServer(appendfsync="everysec") as server:
        commons = Commons(server.client()).market(residents=3)
        commons.pledge("r1", 1, 20).must()
        before = commons.client.call("DEBUG", "DIGEST")
        server.stop()
        server.start()
        again = Commons(server.client())
        assert again.client.call("DEBUG", "DIGEST") == before
        again.counter = commons.counter
        again.pledge("r1", 1, 30).must(amount=30)


def test_a_broken_copy_is_another_library_and_is_seen(commons):
    """The wallet check dropped: the money that is counted after each act does not add up."""
    import ledger_library
    broken = ledger_library.assemble(mutate=("        if amount > available then",
                                             "        if false then"))
    bad = Commons(commons.client, library=broken)
    assert bad.digits != commons.digits
    bad.market(prices=(500,), residents=1, allotment=50)
    with pytest.raises(AssertionError):
        bad.pledge("r1", 1, 90)
