/* orgs.h -- between orgs.c and org_keys.c: which hats an organisation gives. */
#ifndef GROUNDSWELL_DESK_ORGS_H
#define GROUNDSWELL_DESK_ORGS_H

#include "errand.h"
#include "groundswell/ledger/orgs.h"

struct org_hat {
    struct text role, scope, subject;
};

/* False: it gives no such role, and the visit is answered. */
bool org_gives(struct visit *visit, const struct org_view *org, struct text role,
               struct org_hat *ret);

#endif
