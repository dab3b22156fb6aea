/* offers.h -- help in kind that residents offer a proposal beside their tokens: hours, rooms,
 * skills, things, never money. No record tells of it. What each call checks and writes:
 * server/ledger/SERVICE.md. */
#ifndef GROUNDSWELL_LEDGER_OFFERS_H
#define GROUNDSWELL_LEDGER_OFFERS_H

#include "groundswell/ledger/acts.h"

struct help_offer {
    uint64_t proposal;
    uint64_t item; /* of those that it asks for, from 1 */
    uint64_t n;    /* how much of it from now on; 0: taken back */
};
struct offer_outcome {
    OUTCOME_MEMBERS;
    struct id proposal;
    uint64_t item, n, offered, people; /* private, 0 in a replay: by all, by how many */
};
extern const struct field offer_outcome_fields[];
extern const size_t offer_outcome_fields_n;
/* The resident is act->subject. */
void ledger_help_offer(struct ledger *ledger, const struct act *act, const struct help_offer *in,
                       ledger_answer_fn *answer, void *ctx);

struct offers_head {
    uint64_t epoch; /* private: of the resident's account */
};
extern const struct field offers_head_fields[];
extern const size_t offers_head_fields_n;
struct offer_view {
    struct id proposal;
    uint64_t item, n;
};
extern const struct field offer_view_fields[];
extern const size_t offer_view_fields_n;
/* What a resident offers, to 32 proposals at most. Outcome: struct offers_head; items: struct
 * offer_view. */
void ledger_offers(struct ledger *ledger, struct text slug, struct text resident,
                   ledger_answer_fn *answer, void *ctx);

#endif
