/* commissions.h -- what becomes of a commission: one typed call an act, in the manner of acts.h,
 * and its views, in the manner of views.h.
 *
 * What each checks, in which order, and what it writes: server/ledger/SERVICE.md, "Funds and
 * commissions". A commission has the number of its proposal. `body` is whose clerk asks; empty:
 * any. `person` and `digest` are as in codes.h; where the outcome says `pending` nothing was done
 * yet. */
#ifndef GROUNDSWELL_LEDGER_COMMISSIONS_H
#define GROUNDSWELL_LEDGER_COMMISSIONS_H

#include "groundswell/ledger/acts.h"

#define ACT(name, input)                                                                          \
    void ledger_##name(struct ledger *ledger, const struct act *act, const struct input *in,      \
                       ledger_answer_fn *answer, void *ctx)
#define TABLE(name)                                                                               \
    extern const struct field name##_fields[];                                                    \
    extern const size_t name##_fields_n
#define COMMISSION_MEMBERS                                                                        \
    uint64_t commission;                                                                          \
    struct text body

/* Outcome of all: of what the act has numbered, that number; 0: nothing of that kind. */
struct delivery_outcome {
    OUTCOME_MEMBERS;
    bool pending;
    struct id commission;
    uint64_t evidence, payment, variation, outcome;
    struct text qualifying; /* as in struct fund_outcome */
};
TABLE(delivery_outcome);

struct contract_sign {
    COMMISSION_MEMBERS;
    uint64_t starts_ms, ends_ms;
    struct text document; /* SHA-256 in hex of a file that is known */
    struct text text;
};
ACT(contract_sign, contract_sign);

struct evidence_add {
    COMMISSION_MEMBERS;
    uint64_t milestone;
    struct text document; /* or empty */
    struct text text;
};
ACT(evidence_add, evidence_add);

struct milestone_act {
    COMMISSION_MEMBERS;
    uint64_t milestone;
    struct text text;           /* of a report */
    struct text person, digest; /* of an acceptance: two where it is disputed */
};
ACT(milestone_report, milestone_act);
ACT(milestone_accept, milestone_act);

/* By a resident who pledged (act->subject). Which wallet that is, of which round, is the ledger's
 * affair. */
struct milestone_voice {
    uint64_t commission, milestone;
    struct text text; /* of a dispute; a confirmation has none */
};
ACT(milestone_confirm, milestone_voice);
ACT(milestone_dispute, milestone_voice);

struct payment_record {
    COMMISSION_MEMBERS;
    uint64_t milestone, amount;
    struct text text;
};
ACT(payment_record, payment_record);

struct variation_propose {
    COMMISSION_MEMBERS;
    struct text milestones; /* 1:amount,2:amount,... as they would be */
    uint64_t ends_ms;       /* 0: as it is */
    struct text text;
};
ACT(variation_propose, variation_propose);

struct variation_approve {
    COMMISSION_MEMBERS;
    uint64_t variation;
    struct text person, digest;
};
ACT(variation_approve, variation_approve);

struct outcome_report {
    COMMISSION_MEMBERS;
    bool has_figure;
    uint64_t figure;
    struct text text;
};
ACT(outcome_report, outcome_report);

struct savings_note {
    COMMISSION_MEMBERS;
    struct text agencies; /* 1:amount,2:amount,... that each expects to save */
    struct text text;
};
ACT(savings_note, savings_note);

struct commission_end {
    COMMISSION_MEMBERS;
    struct text text, person, digest; /* of a termination */
};
ACT(commission_complete, commission_end);
ACT(commission_terminate, commission_end);

/* ---- views ---------------------------------------------------------------------------------- */

struct commission_view {
    struct id commission, proposal, tender;
    struct text body, theme, state; /* awarded contracted delivering completed terminated */
    uint64_t seq, at_ms, price, paid, returned, rho, spent, rounding, people, pledged;
    struct pairs draws; /* private: [fund number, amount] */
    struct text proposal_text;
};
TABLE(commission_view);

struct commissions_page {
    uint64_t after; /* how many to leave out */
    size_t limit;
    struct text sort; /* oldest, newest, by activation; empty: oldest */
    struct text state, body, theme; /* empty: any */
};
/* Items: struct commission_view. A page may be short, even empty, and still have a next: a call
 * looks at 500. */
void ledger_commissions(struct ledger *ledger, struct text slug,
                        const struct commissions_page *page, ledger_answer_fn *answer, void *ctx);

/* price = paid + unpaid + returned, and so by fund. */
struct commission_whole {
    struct id commission, proposal, tender;
    struct text body, theme, state;
    uint64_t seq, at_ms, price, paid, unpaid, returned, rho, spent, rounding, people, pledged;
    struct pairs draws, paid_by, returned_by; /* private: [fund number, amount] */
    uint64_t starts_ms, ends_ms, signed_seq, ended_seq, moved, movable, savings_seq;
    struct text document;
    struct pairs agencies; /* private: [number, amount] */
    struct text contract, proposal_text, savings, termination;
};
TABLE(commission_whole);

/* A milestone, a piece of evidence, a payment, a variation or an outcome, told by `what`; what does
 * not belong to it is 0 or empty. */
struct commission_item {
    struct text what, state, document, figure;
    uint64_t number, seq, at_ms, milestone, amount, paid, confirmed, disputed;
    uint64_t reported_seq, accepted_seq, approved_seq, moved, ends_ms;
    struct pairs milestones;
    struct text text, dispute;
};
TABLE(commission_item);
/* Outcome: struct commission_whole; items: struct commission_item, at most 224. */
void ledger_commission_get(struct ledger *ledger, struct text slug, uint64_t commission,
                           ledger_answer_fn *answer, void *ctx);

#undef ACT
#undef TABLE
#undef COMMISSION_MEMBERS
#endif
