/* acts.h -- everything that changes the commons, one typed call an act.
 *
 * What each checks, in which order, and what it writes: server/ledger/ACTS.md. Inputs must be well
 * formed (schema has seen to it): a malformed number or word is a bug of the caller. Numbers are
 * the numbers of things within their community; amounts are minor units. Every outcome begins with
 * seq, at_ms, replayed; where it was replayed only these and the thing's id are sure to be filled.
 * Every outcome has a field table. A text is JSON; the ledger salts and hashes it. */
#ifndef GROUNDSWELL_LEDGER_ACTS_H
#define GROUNDSWELL_LEDGER_ACTS_H

#include "groundswell/base/fields.h"
#include "groundswell/ledger/ledger.h"

/* Who does it to which community, under which idempotency key. */
struct act {
    struct text slug;
    struct text subject;  /* of the token: resident id, staff subject, "operator", "keeper" */
    uint64_t epoch;       /* of the token */
    uint8_t key_hash[8];  /* keyed hash of principal, route and Idempotency-Key; zero: none */
    uint8_t body_hash[4]; /* of the request's body and target */
};

#define ACT(name, input, outcome)                                                                 \
    void ledger_##name(struct ledger *ledger, const struct act *act, const struct input *in,      \
                       ledger_answer_fn *answer, void *ctx)
#define ACT_FIELDS(outcome)                                                                       \
    extern const struct field outcome##_fields[];                                                 \
    extern const size_t outcome##_fields_n

#define OUTCOME_MEMBERS                                                                           \
    uint64_t seq, at_ms;                                                                          \
    bool replayed /* the same key again: done before, nothing was written now */

struct act_outcome {
    OUTCOME_MEMBERS;
};
ACT_FIELDS(act_outcome);

/* ---- community and money -------------------------------------------------------------------- */

struct community_create {
    struct text currency;  /* "GBP" */
    struct text areas;     /* codes joined by ',' */
    uint64_t area_residents_min;
    uint64_t members_min; /* of a body that publishes; 0: bodies keep no register here */
    struct text text;
};
ACT(community_create, community_create, act_outcome);

struct fund_add {
    uint64_t amount;
    struct text theme; /* empty: unrestricted */
    struct text text;
};
struct fund_top_up {
    uint64_t fund, amount;
};
struct fund_outcome {
    OUTCOME_MEMBERS;
    struct id fund;
    struct text qualifying; /* numbers of proposals joined by ',': where any, poke the keeper */
};
ACT_FIELDS(fund_outcome);
ACT(fund_add, fund_add, fund_outcome);
ACT(fund_top_up, fund_top_up, fund_outcome);
ACT(fund_withdraw, fund_top_up, fund_outcome);

/* ---- residents ------------------------------------------------------------------------------ */

#define RESIDENTS_REGISTER_MAX 1000
struct registration {
    struct text resident; /* id: ledger_resident_id() */
    uint64_t area;        /* index */
};
struct residents_register {
    const struct registration *residents;
    size_t n; /* 1..RESIDENTS_REGISTER_MAX, distinct */
};
struct register_outcome {
    OUTCOME_MEMBERS;
    uint64_t registered, already, granted, ungranted;
};
ACT_FIELDS(register_outcome);
ACT(residents_register, residents_register, register_outcome);

struct resident_act {
    struct text resident;
};
ACT(resident_grant, resident_act, act_outcome);
ACT(resident_leave, resident_act, act_outcome);
ACT(resident_sign_out, resident_act, act_outcome);
struct staff_act {
    struct text staff; /* the subject whose tokens end */
};
ACT(staff_sign_out, staff_act, act_outcome);

/* ---- rounds --------------------------------------------------------------------------------- */

struct round_open {
    uint64_t allotment, token, closes_ms;
    struct text roll; /* where the register came from, a word or empty */
    struct text text; /* or empty */
};
struct round_close {
    uint64_t round;
};
struct round_outcome {
    OUTCOME_MEMBERS;
    struct id round;
    uint64_t granted;      /* in total, minor units */
    struct text spendable; /* theme:amount,...; theme empty: unrestricted */
};
ACT_FIELDS(round_outcome);
/* The number is the ledger's affair; the round's secret key is on disk before it opens. */
ACT(round_open, round_open, round_outcome);
ACT(round_close, round_close, round_outcome);

/* ---- tenders and proposals ------------------------------------------------------------------ */

struct tender_create {
    struct text body, theme; /* theme empty: unrestricted money only */
    uint64_t ceiling, people_min, areas_min, area_people_min, awards_max, closes_ms;
    bool late;   /* takes proposals after pledging has opened */
    bool hidden; /* its tally, until it has ended */
    uint64_t window_ms;          /* for which the rule must hold; 0: none */
    uint64_t days, contributors; /* what its deliberation takes at least; 0: nothing */
    uint64_t need;               /* number of the need that it answers; 0: none */
    struct text text;
};
struct tender_act {
    uint64_t tender, until_ms;  /* until_ms: of a pause, and `text` why */
    struct text body, text;     /* body: whose clerk asks; empty: any */
    struct text person, digest; /* pausing, and withdrawing an open one, take two: codes.h */
};
struct tender_outcome {
    OUTCOME_MEMBERS;
    bool pending; /* nothing was done yet: another person must ask for it, too */
    struct id tender;
};
ACT_FIELDS(tender_outcome);
ACT(tender_create, tender_create, tender_outcome);
ACT(tender_open, tender_act, tender_outcome);
ACT(tender_withdraw, tender_act, tender_outcome);
ACT(tender_pause, tender_act, tender_outcome);
ACT(tender_resume, tender_act, tender_outcome);

struct proposal_submit {
    uint64_t tender;
    struct text body; /* whose clerk asks; empty: any */
    uint64_t price;
    struct text text;
    struct text milestones; /* 1:amount,2:amount,...; empty: one of the whole price */
};
struct proposal_act {
    uint64_t proposal;
    struct text body;
};
struct proposal_outcome {
    OUTCOME_MEMBERS;
    bool pending; /* of ledger_proposal_merge(): shape.h */
    struct id proposal;
};
ACT_FIELDS(proposal_outcome);
ACT(proposal_submit, proposal_submit, proposal_outcome);
ACT(proposal_withdraw, proposal_act, proposal_outcome);

/* The rule's hash as it stands in records: SHA-256 of its canonical JSON, 64 hex digits. */
void ledger_rule_hash(const struct tender_create *rule, char ret[static 65]);

/* ---- the keeper's --------------------------------------------------------------------------- */

struct settle_outcome {
    OUTCOME_MEMBERS;
    uint64_t due_ms; /* next deadline, 0 for none */
    bool more;       /* ask again at once */
    struct text qualifying;
    bool fallbacks; /* some wait: fallbacks.h */
};
ACT_FIELDS(settle_outcome);
void ledger_settle(struct ledger *ledger, struct text slug, ledger_answer_fn *answer, void *ctx);
/* Outcome: struct proposal_outcome. */
void ledger_activate(struct ledger *ledger, struct text slug, uint64_t proposal,
                     ledger_answer_fn *answer, void *ctx);

#undef ACT
#undef ACT_FIELDS
#endif
