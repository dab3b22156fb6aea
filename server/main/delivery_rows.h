/* delivery_rows.h -- a commission as its hash `cm:<n>` lies in Redis (ledger/SERVICE.md), put
 * together from the model of the rules: a rebuild writes it, a recount compares with it. */
#ifndef GROUNDSWELL_MAIN_DELIVERY_ROWS_H
#define GROUNDSWELL_MAIN_DELIVERY_ROWS_H

#include "groundswell/base/arena.h"
#include "groundswell/ledger/state.h"
#include "groundswell/rules/delivery.h"

#define DELIVERY_ROWS_MAX 256

struct delivery_rows {
    struct ledger_member at[DELIVERY_ROWS_MAX];
    size_t n; /* 0: awarded, and nothing done yet */
};

/* In no order. Values are in the arena; false where it is full. */
bool delivery_rows(const struct delivery *delivery, struct arena *arena,
                   struct delivery_rows *ret);

/* `1:600,2:400` of amounts; TEXT_NONE where the arena is full. */
struct text delivery_parts(const uint64_t *amounts, size_t n, struct arena *arena);

#endif
