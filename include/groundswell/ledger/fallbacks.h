/* fallbacks.h -- the keeper's call that lets released pledges go on, one at a time: the contract is
 * server/ledger/SERVICE.md, "Fallbacks". That some wait is told by struct settle_outcome. */
#ifndef GROUNDSWELL_LEDGER_FALLBACKS_H
#define GROUNDSWELL_LEDGER_FALLBACKS_H

#include "groundswell/ledger/acts.h"

struct fallback_outcome {
    uint64_t seq, at_ms;
    bool replayed;
    bool taken, more; /* taken: the next one went on, or was dropped; more: others wait */
};
extern const struct field fallback_outcome_fields[];
extern const size_t fallback_outcome_fields_n;

void ledger_fallback_next(struct ledger *ledger, struct text slug, ledger_answer_fn *answer,
                          void *ctx);

#endif
