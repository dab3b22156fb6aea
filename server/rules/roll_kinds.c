/* roll_kinds.c -- the kinds of act: what the ledger calls each, and which record it writes. */
#include "roll_rows.h"

const char *roll_kind_name(enum roll_kind kind)
{
    static const char *const names[ROLL_KINDS] = {
        "community_create", "fund_add",       "fund_top_up",       "residents_register",
        "resident_grant",   "resident_leave", "round_open",        "round_close",
        "tender_create",    "tender_open",    "tender_withdraw",   "tender_pause",
        "tender_resume",    "proposal_submit",
        "proposal_withdraw", "pledge_set",    "pledge_withdraw",   "activate",
        "settle",           "staff_sign_out", "resident_sign_out", "resident_erase",
        "codes_issue",      "code_redeem",    "fallback_next",     "community_set",
        "areas_set",        "body_form",      "body_constitute",   "member_seat",
        "member_leave",     "tender_approve", "tender_publish",    "need_raise",
        "need_second",      "need_answer",    "talk_add",          "talk_edit",
        "talk_stance",      "talk_hide",      "talk_appeal",       "talk_ruling",
        "talk_summary",     "fund_withdraw",  "contract_sign",     "evidence_add",
        "milestone_report", "milestone_confirm", "milestone_dispute", "milestone_accept",
        "payment_record",   "variation_propose", "variation_approve", "outcome_report",
        "savings_note",     "commission_complete", "commission_terminate",
        "proposal_judge",   "proposal_amend", "proposal_merge",
    };
    return names[kind];
}

/* Whether the act writes one record of its own, of one kind, whatever it is about. */
bool roll_has_record(enum roll_kind kind)
{
    bool public = kind <= ROLL_ACTIVATE && kind != ROLL_RESIDENTS_REGISTER;
    return public || kind > ROLL_RESIDENT_SIGN_OUT;
}

enum record_kind roll_record_kind(enum roll_kind kind)
{
    static const enum record_kind kinds[ROLL_KINDS] = {
        RECORD_COMMUNITY_CREATED,   RECORD_FUND_ADDED,         RECORD_FUND_TOPPED_UP,
        RECORD_RESIDENTS_REGISTERED, RECORD_RESIDENT_GRANTED,  RECORD_RESIDENT_LEFT,
        RECORD_ROUND_OPENED,        RECORD_ROUND_CLOSED,       RECORD_TENDER_CREATED,
        RECORD_TENDER_OPENED,       RECORD_TENDER_WITHDRAWN,   RECORD_TENDER_PAUSED,
        RECORD_TENDER_RESUMED,      RECORD_PROPOSAL_SUBMITTED,
        RECORD_PROPOSAL_WITHDRAWN,  RECORD_PLEDGE_SET,         RECORD_PLEDGE_WITHDRAWN,
        RECORD_COMMISSION_ACTIVATED,
        [ROLL_RESIDENT_ERASE] = RECORD_RESIDENT_LEFT,
        [ROLL_CODES_ISSUE] = RECORD_CODES_ISSUED,
        [ROLL_CODE_REDEEM] = RECORD_CODE_REDEEMED,
        [ROLL_FALLBACK_NEXT] = RECORD_FALLBACK_DROPPED,
        [ROLL_COMMUNITY_SET] = RECORD_COMMUNITY_SET,
        [ROLL_AREAS_SET] = RECORD_AREAS_SET,
        [ROLL_BODY_FORM] = RECORD_BODY_FORMED,
        [ROLL_BODY_CONSTITUTE] = RECORD_BODY_CONSTITUTED,
        [ROLL_MEMBER_SEAT] = RECORD_MEMBER_SEATED,
        [ROLL_MEMBER_LEAVE] = RECORD_MEMBER_LEFT,
        [ROLL_TENDER_APPROVE] = RECORD_TENDER_APPROVED,
        [ROLL_TENDER_PUBLISH] = RECORD_TENDER_PUBLISHED,
        [ROLL_NEED_RAISE] = RECORD_NEED_RAISED,
        [ROLL_NEED_SECOND] = RECORD_NEED_SECONDED,
        [ROLL_NEED_ANSWER] = RECORD_NEED_ANSWERED,
        [ROLL_TALK_ADD] = RECORD_TALK_ADDED,
        [ROLL_TALK_EDIT] = RECORD_TALK_EDITED,
        [ROLL_TALK_STANCE] = RECORD_TALK_STANCE,
        [ROLL_TALK_HIDE] = RECORD_TALK_HIDDEN,
        [ROLL_TALK_APPEAL] = RECORD_TALK_APPEALED,
        [ROLL_TALK_RULING] = RECORD_TALK_RULED,
        [ROLL_TALK_SUMMARY] = RECORD_TALK_SUMMARISED,
        [ROLL_FUND_WITHDRAW] = RECORD_FUND_WITHDRAWN,
        [ROLL_CONTRACT_SIGN] = RECORD_CONTRACT_SIGNED,
        [ROLL_EVIDENCE_ADD] = RECORD_EVIDENCE_ADDED,
        [ROLL_MILESTONE_REPORT] = RECORD_MILESTONE_REPORTED,
        [ROLL_MILESTONE_CONFIRM] = RECORD_MILESTONE_CONFIRMED,
        [ROLL_MILESTONE_DISPUTE] = RECORD_MILESTONE_DISPUTED,
        [ROLL_MILESTONE_ACCEPT] = RECORD_MILESTONE_ACCEPTED,
        [ROLL_PAYMENT_RECORD] = RECORD_PAYMENT_RECORDED,
        [ROLL_VARIATION_PROPOSE] = RECORD_VARIATION_PROPOSED,
        [ROLL_VARIATION_APPROVE] = RECORD_VARIATION_APPROVED,
        [ROLL_OUTCOME_REPORT] = RECORD_OUTCOME_REPORTED,
        [ROLL_SAVINGS_NOTE] = RECORD_SAVINGS_NOTED,
        [ROLL_COMMISSION_COMPLETE] = RECORD_COMMISSION_COMPLETED,
        [ROLL_COMMISSION_TERMINATE] = RECORD_COMMISSION_TERMINATED,
        [ROLL_PROPOSAL_JUDGE] = RECORD_PROPOSAL_JUDGED,
        [ROLL_PROPOSAL_AMEND] = RECORD_PROPOSAL_AMENDED,
        [ROLL_PROPOSAL_MERGE] = RECORD_PROPOSALS_MERGED,
    };
    INVARIANT(roll_has_record(kind));
    return kinds[kind];
}
