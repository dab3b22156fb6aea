/* pledges.h -- a pledge is set, changed or taken back: in the manner of acts.h, the contract is
 * server/ledger/ACTS.md. Which round it is, the wallet's pseudonym, and asking once more when the
 * round has just changed are the ledger's affair. Outcome: struct pledge_view, of views.h. */
#ifndef GROUNDSWELL_LEDGER_PLEDGES_H
#define GROUNDSWELL_LEDGER_PLEDGES_H

#include "groundswell/ledger/acts.h"

struct pledge_set {
    uint64_t proposal, amount; /* the resident is act->subject */
    /* Assisted: who helped, as what (a word for the record), for which body (or empty). On a tender
     * of that body it takes two persons: codes.h. All empty: the resident's own. */
    struct text helper, role, body, person, digest;
    struct text steps; /* of a resident's own: up to three numbers, joined by ','; SERVICE.md */
};
struct pledge_withdraw {
    uint64_t proposal;
};

void ledger_pledge_set(struct ledger *ledger, const struct act *act, const struct pledge_set *in,
                       ledger_answer_fn *answer, void *ctx);
void ledger_pledge_withdraw(struct ledger *ledger, const struct act *act,
                            const struct pledge_withdraw *in, ledger_answer_fn *answer,
                            void *ctx);

#endif
