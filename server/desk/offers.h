/* offers.h -- help in kind: what a proposal asks for, and what residents offer it. */
#ifndef GROUNDSWELL_DESK_OFFERS_H
#define GROUNDSWELL_DESK_OFFERS_H

#include "groundswell/base/json.h"
#include "groundswell/ledger/ledger.h"
#include "groundswell/ledger/views.h"

/* A proposal as everybody sees it, with "help": [{item, what, unit, wanted, offered, people}] where
 * it asks for any and its text is still there; of one that was asked for alone, with "areas". */
void proposal_write(struct json_out *out, const struct proposal_view *view, bool alone);

/* "offers": [{proposal, item, n}] of an answer of ledger_offers(). */
void offers_write(struct json_out *out, const struct ledger_answer *answer);

#endif
