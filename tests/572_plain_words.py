"""Every kind of record is told on the audit page as a sentence that a neighbour understands."""
import html
import importlib
import re

from server import wait_until

lived = importlib.import_module("230_log").lived  # a community in which every kind was written

SAID = {
    "community_created": r"The community was created, with the areas north, south; its money is "
                         r"in GBP\.",
    "fund_added": r"Fund f1 came into the pool: 6\.00 GBP\.",
    "fund_topped_up": r"Fund f1 was topped up by 0\.50 GBP\.",
    "residents_registered": r"(6 residents were|1 resident was) registered \((north 3, )?south \d\)"
                            r"(; the allotment of the round went to \d+)?\.",
    "resident_granted": r"A resident of area south received the allotment of round r1\.",
    "resident_left": r"A resident of area north left; \d pledges? (was|were) withdrawn\.",
    "round_opened": r"Round r1 opened: 1\.00 GBP for each of 6 residents \(north 3, south 3\), "
                    r"until \d{4}-\d\d-\d\d \d\d:\d\d UTC\.",
    "round_closed": r"Round r1 closed: 1\.00 GBP of 7\.00 GBP was spent; the rest went back to the "
                    r"pool\.",
    "tender_created": r"Tender t\d was drafted by garden-body: at most 3\.00 GBP, wanted by at "
                      r"least 2 people, until [0-9: -]+ UTC\.",
    "tender_opened": r"Tender t\d opened for pledges, with \d proposals?\."
                     r"( Its tally is hidden until it is decided or has ended\.)?",
    "tender_withdrawn": r"Tender t\d was withdrawn\.( What was pledged to it, 0\.\d0 GBP, went "
                        r"back to the wallets\.)?",
    "tender_critical": r"Proposal p6 of tender t4 meets the rule\. If it goes on meeting it until "
                       r"[0-9: -]+ UTC, it becomes a commission\.",
    "tender_reopened": r"Proposal p6 of tender t4 no longer meets the rule\.",
    "tender_paused": r"Tender t3 was paused by the trust until [0-9: -]+ UTC: until then nothing "
                     r"is pledged and nothing activates\.",
    "tender_resumed": r"Tender t3 goes on\. It was paused for \d minutes? in all and closes later "
                      r"by as long\.",
    "tender_lapsed": r"Tender t5 lapsed: its time ended without a critical mass\.",
    "proposal_submitted": r"Proposal p\d+ answered tender t\d at a price of \d\.\d0 GBP\.",
    "proposal_withdrawn": r"Proposal p3 was withdrawn\. What was pledged to it, 0\.20 GBP, went "
                          r"back to the wallets\.",
    "proposal_judged": r"Proposal p\d+ was found eligible by the body\.",
    "proposal_amended": r"Proposal p\d+ was amended, version 2, at a price of 0\.70 GBP\.",
    "proposals_merged": r"Proposal p\d+ went up in proposal p\d+: both proposers asked for it\.",
    "pledge_set": r"Wallet [\w-]{6}… of area (north|south) pledged to proposal p\d "
                  r"up to 0\.\d0 GBP(, instead of 0\.\d0 GBP)?"
                  r"(; should it come back, it goes to proposal p1)?\.",
    "fallback_dropped": r"Wallet [\w-]{6}… of area south found no fallback for what came back "
                        r"from proposal p4: it keeps 0\.40 GBP\.",
    "pledge_withdrawn": r"Wallet [\w-]{6}… of area (north|south) took back its pledge of "
                        r"0\.\d0 GBP to proposal p\d\.",
    "need_raised": r"Need n1 was raised by a resident\.",
    "need_seconded": r"Need n1 was seconded; 1 resident does now\.",
    "need_answered": r"Need n1 was answered by garden-body, with tender t\d\.",
    "talk_added": r"An argument for tender t\d, k1, came from area north\.",
    "talk_edited": r"Contribution k1 to tender t\d was written anew by its author, and its stances "
                   r"begin anew\.",
    "talk_stance": r"On contribution k1 to tender t\d, area south stands at 1 who agree, 0 who "
                   r"disagree, 0 who pass\.",
    "talk_hidden": r"Contribution k1 to tender t\d was hidden by the body, as off_topic\.",
    "talk_appealed": r"Contribution k1 to tender t\d: its author appealed to the trust\.",
    "talk_ruled": r"Contribution k1 to tender t\d stays hidden: so the trust ruled\.",
    "talk_summarised": r"The body said what has changed in tender t\d because of the "
                       r"deliberation\.",
    "commission_activated": r"Proposal p\d won tender t\d and is a commission now: critical "
                            r"mass\. The price of 0\.[64]0 GBP is shared by 2 people, nobody pays "
                            r"more than 0\.[32]0 GBP\.",
    "fund_withdrawn": r"Fund f1 gave back 0\.01 GBP\.",
    "contract_signed": r"The contract of commission c1 was signed, worth 0\.60 GBP, from "
                       r"[0-9-]{10} to [0-9-]{10}\.",
    "evidence_added": r"Evidence was added to milestone 1 of commission c1\.",
    "milestone_reported": r"Milestone 1 of commission c1 was reported as done\.",
    "milestone_confirmed": r"Milestone 1 of commission c1 was confirmed by somebody who pledged "
                           r"\(1 confirm it, 0 dispute it\)\.",
    "milestone_disputed": r"Milestone 1 of commission c1 was disputed by somebody who pledged "
                          r"\(1 confirm it, 1 dispute it\)\.",
    "milestone_accepted": r"Milestone 1 of commission c1 was accepted: 0\.60 GBP can be paid "
                          r"\(1 confirm it, 1 dispute it\)\.",
    "payment_recorded": r"0\.60 GBP was paid for milestone 1 of commission c1: 0\.60 GBP from fund "
                        r"f1\.",
    "variation_proposed": r"Variation 1 of commission c1 was proposed: it would move 0\.00 GBP "
                          r"between milestones, and the end to [0-9-]{10}\.",
    "variation_approved": r"Variation 1 of commission c1 was approved: it moves 0\.00 GBP between "
                          r"milestones\.",
    "outcome_reported": r"Outcome 1 of commission c1 was reported, with the figure 7\.",
    "savings_noted": r"Of commission c1 it was noted that 1 agency expects to save 5\.00 GBP\.",
    "commission_completed": r"Commission c1 was completed: 0\.60 GBP was paid in all\.",
    "commission_terminated": r"Commission c\d was ended before its time: 0\.40 GBP was not paid "
                             r"and went back: 0\.40 GBP to fund f1\.",
    "sealed": r"A pledge was made or taken back, on a tender whose tally is hidden for now: nobody "
              r"can read it before the tender is decided or has ended\.",
    "tally_disclosed": r"Tender t\d: its tally is disclosed\. The key that stands here opens every "
                       r"record of a pledge to it\.",
    "codes_issued": r"3 codes were issued \(north 2, south 1\)\.",
    "code_redeemed": r"A code of area south was redeemed\.",
    "community_set": r"The trust set what a tender has here where it says nothing\.",
    "areas_set": r"The official codes and the boundaries of the areas were set\.",
    "body_formed": r"The commissioning body garden-body was formed, with its constitution\.",
    "body_constituted": r"The commissioning body garden-body has a new constitution, version 2\.",
    "member_seated": r"Member m\d, a (resident|professional), took a seat in garden-body\. 1 of "
                     r"\d seats and 1 of \d votes are residents' or service users'\.( 1 more of "
                     r"their (seats|votes) is needed\.)*",
    "member_left": r"The seat of member m2 in garden-body ended\. 1 of 1 seats and 1 of 1 votes "
                   r"are residents' or service users'\.",
    "body_suspended": r"The body garden-body is suspended: it publishes nothing new\. 1 of 2 .*",
    "body_restored": r"The body garden-body may publish again\. 1 of 1 seats .*",
    "tender_approved": r"Tender t\d was approved by member m1, a resident\.",
    "tender_published": r"Tender t\d was published for deliberation\.",
}


def sentences(lived):
    """By seq, from all pages, by the links of the page."""
    found, path = {}, f"/c/{lived.slug}/audit"
    while path:
        page = lived.anyone.get(path).must(200).text
        for seq, words in re.findall(r'<th scope="row">(\d+)</th><td><p>(.*?)</p>', page):
            assert int(seq) not in found
            found[int(seq)] = html.unescape(words)
        older = re.search(r'href="([^"]+)">Older records', page)
        path = older and html.unescape(older.group(1))
    return found


def test_572_every_kind_of_record_is_told_in_plain_words(lived):
    records = lived.log()
    assert {record["kind"] for record in records} == set(SAID)
    head = f"/log/{lived.slug}/checkpoint"
    wait_until(lambda: f"\n{len(records)}\n" in lived.anyone.get(head).text, 20, "the sealing")
    said = sentences(lived)
    assert sorted(said) == list(range(len(records)))
    for record in records:
        words = said[record["seq"]]
        assert re.fullmatch(SAID[record["kind"]], words), (record["kind"], words)
