/* views.h -- what can be looked at, one typed call a reader: ready to be shown, one question each.
 *
 * Every struct has a field table (`<name>_fields`), by which the ledger reads it out of Redis's
 * answer and the desk writes it as JSON. Numbers, amounts and times are uint64_t (minor units, ms),
 * yes and no are 0 and 1, what does not apply is 0 or an empty text. A deadline that is due counts
 * as passed in what is shown. `text` is stored text: ledger_text_json(). */
#ifndef GROUNDSWELL_LEDGER_VIEWS_H
#define GROUNDSWELL_LEDGER_VIEWS_H

#include "groundswell/base/fields.h"
#include "groundswell/ledger/ledger.h"

#define VIEW(name)                                                                                \
    extern const struct field name##_fields[];                                                    \
    extern const size_t name##_fields_n

/* How far a proposal has come on each condition of the rule. Part of the views below. */
#define PROGRESS_MEMBERS                                                                          \
    uint64_t price, pledged, people, people_min, areas_ok, areas_min, area_people_min, headroom;  \
    struct text state /* live, activated, withdrawn, released */

struct community_view {
    uint64_t seq, at, area_residents_min, round, open, token, allotment, closes;
    uint64_t funds, tenders, proposals, rounds; /* how many of each were ever made */
    struct text currency, areas;                /* areas: codes joined by ',' */
    struct text residents;                      /* area index:registered residents,... */
    struct text text;
};
VIEW(community_view);
void ledger_community_view(struct ledger *ledger, struct text slug, ledger_answer_fn *answer,
                           void *ctx);

struct totals {
    uint64_t seq, at, funds, unallotted, free, held, committed, paid;
    uint64_t round, open, granted, spent, prices, rounding;
};
VIEW(totals);
void ledger_totals(struct ledger *ledger, struct text slug, ledger_answer_fn *answer, void *ctx);

struct fund_view {
    uint64_t fund, amount, left;
    struct text theme, text;
};
VIEW(fund_view);
/* Items: struct fund_view, all (at most 64). */
void ledger_funds(struct ledger *ledger, struct text slug, ledger_answer_fn *answer, void *ctx);

struct round_view {
    uint64_t round, open, allotment, token, opened_at, opened_seq, closes, residents;
    uint64_t granted, spent, prices, rounding;
    struct text roll, text;
};
VIEW(round_view);
void ledger_round_view(struct ledger *ledger, struct text slug, uint64_t round,
                       ledger_answer_fn *answer, void *ctx);

struct tender_view {
    uint64_t tender, round, ceiling, people_min, areas_min, area_people_min, awards_max, awards;
    uint64_t closes, late, held, headroom, proposals;
    struct text state; /* draft, open, decided, lapsed, withdrawn */
    struct text body, theme, rule_hash, text;
};
VIEW(tender_view);
void ledger_tender_view(struct ledger *ledger, struct text slug, uint64_t tender,
                        ledger_answer_fn *answer, void *ctx);
/* Items: struct tender_view with numbers above `after`. */
void ledger_tenders(struct ledger *ledger, struct text slug, uint64_t after, size_t limit,
                    ledger_answer_fn *answer, void *ctx);

struct proposal_view {
    uint64_t proposal, tender, rho;
    PROGRESS_MEMBERS;
    struct text text;
};
VIEW(proposal_view);
void ledger_proposal_view(struct ledger *ledger, struct text slug, uint64_t proposal,
                          ledger_answer_fn *answer, void *ctx);
/* Items: struct proposal_view of one tender with numbers above `after`. */
void ledger_proposals(struct ledger *ledger, struct text slug, uint64_t tender, uint64_t after,
                      size_t limit, ledger_answer_fn *answer, void *ctx);

/* A resident's pledge on a proposal, the wallet and the progress beside it: also the outcome of
 * ledger_pledge_set() and ledger_pledge_withdraw(). */
struct pledge_view {
    uint64_t seq, at, replayed;
    uint64_t round, proposal, tender;
    uint64_t amount, worth;      /* promised; what it takes from the wallet now */
    struct text pledge;          /* none, held, spent, released */
    uint64_t granted, free, wallet_held, wallet_spent; /* the wallet */
    uint64_t token;
    PROGRESS_MEMBERS;
    uint64_t activated, rho; /* this very act made it a commission; the fair share */
};
VIEW(pledge_view);
void ledger_pledge_view(struct ledger *ledger, struct text slug, struct text resident,
                        uint64_t proposal, ledger_answer_fn *answer, void *ctx);

struct wallet_view {
    uint64_t seq, at, round, area, granted, free, held, spent, token, closes;
};
VIEW(wallet_view);
struct wallet_pledge {
    uint64_t proposal, tender, amount, worth;
    struct text state; /* held, spent, released */
};
VIEW(wallet_pledge);
/* Outcome: struct wallet_view; items: struct wallet_pledge, in the wallet's order. */
void ledger_wallet_view(struct ledger *ledger, struct text slug, struct text resident,
                        ledger_answer_fn *answer, void *ctx);

struct resident_view {
    uint64_t area, epoch, granted; /* granted: holds the allotment of the open round */
    struct text state;             /* member, left */
};
VIEW(resident_view);
void ledger_resident_view(struct ledger *ledger, struct text slug, struct text resident,
                          ledger_answer_fn *answer, void *ctx);

struct commission_view {
    uint64_t commission, proposal, tender, seq, at, price, rho, spent, rounding, people, pledged;
    struct text draws; /* fund:amount,... */
};
VIEW(commission_view);
/* Items: struct commission_view in order of activation, after the `after`th. */
void ledger_commissions(struct ledger *ledger, struct text slug, uint64_t after, size_t limit,
                        ledger_answer_fn *answer, void *ctx);

#undef VIEW
#endif
