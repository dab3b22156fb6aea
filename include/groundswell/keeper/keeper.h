/* keeper.h -- what must happen although nobody asks: deadlines are written down, and proposals that
 * qualify through money alone (a fund was topped up) become commissions.
 *
 * Every process has a keeper; for each community the one that holds its lease works. The lease only
 * saves work: `settle` and `activate` are judged in the ledger, in one call each, so that two
 * keepers at once write nothing twice. */
#ifndef GROUNDSWELL_KEEPER_KEEPER_H
#define GROUNDSWELL_KEEPER_KEEPER_H

#include <stdint.h>

#include "groundswell/base/text.h"

struct keeper;
struct ledger;
struct loop;
struct store;

struct keeper_plan {
    unsigned lease_ms;   /* 0: 3000 */
    unsigned rest_ms;    /* the longest pause between two looks at a community; 0: 1000 */
    unsigned refresh_ms; /* between two looks at the index of communities; 0: 1000 */
};

/* Begins at once, works whenever the store is up. All three outlive the keeper. NULL: no memory. */
struct keeper *keeper_new(struct loop *loop, struct store *store, struct ledger *ledger,
                          const struct keeper_plan *plan);
/* Looks at this community now: after a fund_add or fund_top_up that said `qualifying`. Whoever
 * holds the lease acts; elsewhere this is nothing. */
void keeper_poke(struct keeper *keeper, struct text slug);
/* After store_free(). NULL accepted. Leases run out by themselves. */
void keeper_free(struct keeper *keeper);

#endif
