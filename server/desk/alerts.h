/* alerts.h -- what the handlers of a trust's alerts, webhooks and deliveries share. */
#ifndef GROUNDSWELL_DESK_ALERTS_H
#define GROUNDSWELL_DESK_ALERTS_H

#include "groundswell/base/json.h"
#include "groundswell/ledger/alerts.h"

struct visit;

/* The number that the path names under `name`, and the trust. False: the visit is answered. */
bool alert_of_read(struct visit *visit, const char *name, struct alert_of *ret);
/* 200 with the number of what an act was about, under its own name; a ledger_answer_fn each. */
void alert_done(struct visit *visit, const struct ledger_answer *answer, unsigned status,
                const char *name);

#endif
