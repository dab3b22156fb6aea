/* roll.h -- the model with people in it: residents, tokens' epochs, idempotency keys.
 *
 * The public log holds no residents, so model.h cannot know them. This layer keeps what the ledger
 * keeps beside the log, and takes acts exactly as the Redis Functions do, refusal for refusal,
 * replays too: the differential test drives both with the same acts. Of codes it knows that one is
 * used once and makes a resident; secrets, tries, accounts and two persons are the ledger's alone
 * (server/ledger/PEOPLE.md), and tests/17x and 18x. */
#ifndef GROUNDSWELL_RULES_ROLL_H
#define GROUNDSWELL_RULES_ROLL_H

#include "groundswell/rules/model.h"

#define REGISTER_MAX 1000
#define RING_STAFF 128
#define RING_WALLET 8
#define RING_STAFF_MS UINT64_C(86400000)
#define CLOCK_SKEW_MAX_MS 60000

enum roll_kind {
    ROLL_COMMUNITY_CREATE,
    ROLL_FUND_ADD,
    ROLL_FUND_TOP_UP,
    ROLL_RESIDENTS_REGISTER,
    ROLL_RESIDENT_GRANT,
    ROLL_RESIDENT_LEAVE,
    ROLL_ROUND_OPEN,
    ROLL_ROUND_CLOSE,
    ROLL_TENDER_CREATE,
    ROLL_TENDER_OPEN,
    ROLL_TENDER_WITHDRAW,
    ROLL_TENDER_PAUSE,
    ROLL_TENDER_RESUME,
    ROLL_PROPOSAL_SUBMIT,
    ROLL_PROPOSAL_WITHDRAW,
    ROLL_PLEDGE_SET,
    ROLL_PLEDGE_WITHDRAW,
    ROLL_ACTIVATE,
    ROLL_SETTLE,
    ROLL_STAFF_SIGN_OUT,
    ROLL_RESIDENT_SIGN_OUT,
    ROLL_RESIDENT_ERASE,
    ROLL_CODES_ISSUE,
    ROLL_CODE_REDEEM,
    ROLL_FALLBACK_NEXT,
    ROLL_COMMUNITY_SET,
    ROLL_AREAS_SET,
    ROLL_BODY_FORM,
    ROLL_BODY_CONSTITUTE,
    ROLL_MEMBER_SEAT,
    ROLL_MEMBER_LEAVE,
    ROLL_TENDER_APPROVE,
    ROLL_TENDER_PUBLISH,
    ROLL_NEED_RAISE,
    ROLL_NEED_SECOND,
    ROLL_NEED_ANSWER,
    ROLL_TALK_ADD,
    ROLL_TALK_EDIT,
    ROLL_TALK_STANCE,
    ROLL_TALK_HIDE,
    ROLL_TALK_APPEAL,
    ROLL_TALK_RULING,
    ROLL_TALK_SUMMARY,
    ROLL_FUND_WITHDRAW,
    ROLL_CONTRACT_SIGN,
    ROLL_EVIDENCE_ADD,
    ROLL_MILESTONE_REPORT,
    ROLL_MILESTONE_CONFIRM,
    ROLL_MILESTONE_DISPUTE,
    ROLL_MILESTONE_ACCEPT,
    ROLL_PAYMENT_RECORD,
    ROLL_VARIATION_PROPOSE,
    ROLL_VARIATION_APPROVE,
    ROLL_OUTCOME_REPORT,
    ROLL_SAVINGS_NOTE,
    ROLL_COMMISSION_COMPLETE,
    ROLL_COMMISSION_TERMINATE,
    ROLL_PROPOSAL_JUDGE,
    ROLL_PROPOSAL_AMEND,
    ROLL_PROPOSAL_MERGE,
    ROLL_KINDS
};

struct roll_registration {
    struct text resident; /* 22 characters */
    uint64_t area;
};

/* One call. Everything is borrowed for the call. */
struct roll_act {
    enum roll_kind kind;
    uint64_t now_ms, clock_ms; /* the caller's; the ledger's own, 0 where skew is not looked at */
    struct text subject;       /* of the token: staff, "operator", "keeper", or the resident's id */
    uint64_t epoch;
    struct text key_hash;  /* 8 bytes, or empty: the act is not remembered */
    uint8_t body_hash[4];
    /* The act's own arguments: `own` as the model's input (model.h says which fields; kind and at
     * are filled here, and for pledge acts and resident_leave the area). */
    struct record own;
    struct text resident; /* resident_grant, resident_leave, resident_sign_out, resident_erase,
                           * who speaks; code_redeem: who, where the code is nobody's yet;
                           * milestone_confirm, milestone_dispute: the subject again */
    bool keep;            /* resident_erase: what is held stays */
    struct text author;   /* of who speaks: need_..., talk_... by a resident, who is the subject */
    char stance;          /* talk_stance: a, d, p; 0 takes it back */
    struct text serial;   /* codes_issue (one, of own.area), code_redeem */
    struct text staff;    /* staff_sign_out: whose tokens end */
    struct text holder;   /* member_seat: who may approve; tender_approve: who does */
    const struct roll_registration *residents;
    size_t residents_n;
};

struct roll;
struct roll *roll_new(void);
void roll_free(struct roll *roll);

/* The act's name as the ledger has it: "pledge_set". */
const char *roll_kind_name(enum roll_kind kind);

/* Judges and applies. As model_act; a replay sets ret->replayed, seq, number, and for pledges the
 * present state. Pledge acts that are accepted fill ret->present; code_redeem sets ret->granted,
 * 1 where the resident holds the round's allotment. */
void roll_act(struct roll *roll, const struct roll_act *act, struct verdict *ret);

/* The community behind it, to be looked at. */
const struct model *roll_model(const struct roll *roll);

struct roll_resident {
    uint64_t area, epoch, granted_round, member_seq;
    bool member, granted; /* granted: holds the allotment of the open round */
};
bool roll_resident(const struct roll *roll, struct text resident, struct roll_resident *ret);
/* The ledger's row of a wallet, beside its pledges; false where it has none. */
struct roll_purse {
    uint64_t area;
    size_t keys_n;
    struct {
        uint8_t key[8], body[4];
        uint64_t seq;
    } keys[RING_WALLET]; /* oldest first */
};
bool roll_purse(const struct roll *roll, uint64_t round, struct text wallet,
                struct roll_purse *ret);
/* Who may approve for this member; empty where the number was never seated. */
struct text roll_seat_holder(const struct roll *roll, uint64_t member);
/* Whose token submitted it; empty where there is none of that number. */
struct text roll_proposer(const struct roll *roll, uint64_t proposal);
/* 0 where never signed out. */
uint64_t roll_staff_epoch(const struct roll *roll, struct text subject);

#endif
