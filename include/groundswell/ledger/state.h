/* state.h -- the raw state as it lies in Redis, for those who compare it with what the records say
 * (`recount`, the differential test). Not for pages: several questions are not one moment, so ask
 * a community at rest, or check that totals.seq did not move meanwhile. */
#ifndef GROUNDSWELL_LEDGER_STATE_H
#define GROUNDSWELL_LEDGER_STATE_H

#include "groundswell/base/fields.h"
#include "groundswell/ledger/ledger.h"

#define STATE(name)                                                                               \
    extern const struct field name##_fields[];                                                    \
    extern const size_t name##_fields_n

#define WALLET_PLEDGES_MAX 64
struct wallet_state {
    char wallet[RESIDENT_ID_SIZE + 1];
    uint32_t area;
    uint32_t pledges_n;
    bool fallbacks; /* a pledge of it ever had any */
    struct {
        uint32_t proposal, tender, amount;
        uint64_t seq; /* of the record that gave the amount */
    } pledges[WALLET_PLEDGES_MAX]; /* in the wallet's order */
};
/* Items: struct wallet_state, some hundred; `next` is the cursor to go on with, 0 at the end.
 * Start with 0. As with every Redis scan a wallet may come twice while rows change. */
void ledger_wallets_scan(struct ledger *ledger, struct text slug, uint64_t round, uint64_t cursor,
                         ledger_answer_fn *answer, void *ctx);

/* Where there is no such thing the answer is FAULT_ABSENT. */

struct community_state {
    uint64_t seq; /* of the next record */
    uint64_t at_ms, round, open, token, allotment, closes_ms;
    uint64_t funds, unallotted, free, held, committed, paid;
    uint64_t granted, spent, prices, rounding;
    uint64_t fund_n, tender_n, proposal_n, round_n, body_n, member_n;
};
STATE(community_state);
/* Outcome: struct community_state; items: struct ledger_member, the headroom left by theme (name:
 * theme, "" for unrestricted; value: amount). */
void ledger_state_community(struct ledger *ledger, struct text slug, ledger_answer_fn *answer,
                            void *ctx);

/* Items: struct ledger_member: "t1" -> "o", "p3" -> "a34": as written, deadlines not judged. */
void ledger_state_states(struct ledger *ledger, struct text slug, ledger_answer_fn *answer,
                         void *ctx);

struct tender_state {
    uint64_t round, held, awards, awards_max, ceiling, people_min, areas_min, area_people_min;
    uint64_t closes_ms, live; /* live: proposals neither activated nor withdrawn */
    uint64_t critical, critical_since, critical_until, paused;
    struct text body, theme, rule_hash;
    struct text tally_key; /* 32 bytes where the tally is, or was, hidden; else none */
};
STATE(tender_state);
void ledger_state_tender(struct ledger *ledger, struct text slug, uint64_t tender,
                         ledger_answer_fn *answer, void *ctx);

struct proposal_state {
    uint64_t tender, price, sum, people, areas_ok;
    uint64_t rho, spent, rounding, commission_seq; /* of a commission, else 0 */
    struct text draws;                             /* fund:amount,... */
};
STATE(proposal_state);
/* Outcome: struct proposal_state; items: struct ledger_member, people by area (name: index). */
void ledger_state_proposal(struct ledger *ledger, struct text slug, uint64_t proposal,
                           ledger_answer_fn *answer, void *ctx);

struct fund_state {
    uint64_t amount, left;
    struct text theme;
};
STATE(fund_state);
void ledger_state_fund(struct ledger *ledger, struct text slug, uint64_t fund,
                       ledger_answer_fn *answer, void *ctx);

/* Items: struct ledger_member, all rows of `cm` (what has become of a commission) or `cv` (what
 * those who pledged found), as they lie there; none where there is no such hash. */
void ledger_state_delivery(struct ledger *ledger, struct text slug, const char *name,
                           uint64_t commission, ledger_answer_fn *answer, void *ctx);

/* Items: struct ledger_member: area index -> registered residents. */
void ledger_state_residents(struct ledger *ledger, struct text slug, ledger_answer_fn *answer,
                            void *ctx);

/* Of the hash `pl`: area index -> people who have pledged in the last round; of `ph`: hidden
 * tenders and area -> people who have pledged on those alone. */
void ledger_state_turnout(struct ledger *ledger, struct text slug, const char *name,
                          ledger_answer_fn *answer, void *ctx);

/* Items: struct ledger_member: area index -> how many codes were ever issued, or redeemed. */
void ledger_state_issued(struct ledger *ledger, struct text slug, ledger_answer_fn *answer,
                         void *ctx);
void ledger_state_redeemed(struct ledger *ledger, struct text slug, ledger_answer_fn *answer,
                           void *ctx);

/* Items: struct ledger_record with seq >= from, in order; `next` is where to go on, 0 where there
 * was none. */
void ledger_state_log(struct ledger *ledger, struct text slug, uint64_t from, size_t limit,
                      ledger_answer_fn *answer, void *ctx);

/* Lets go of records below `before`: whole blocks of the stream only, at most some thousands a
 * call, never one at or above it. `next` of the answer is how many went. For the sealer, which
 * knows what is sealed. */
void ledger_state_log_trim(struct ledger *ledger, struct text slug, uint64_t before,
                           ledger_answer_fn *answer, void *ctx);

#undef STATE
#endif
