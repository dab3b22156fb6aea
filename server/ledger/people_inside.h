/* people_inside.h -- what the calls on accounts share: their head, and the names of their slot. */
#ifndef GROUNDSWELL_LEDGER_PEOPLE_INSIDE_H
#define GROUNDSWELL_LEDGER_PEOPLE_INSIDE_H

#include "inside.h"

#include "groundswell/ledger/accounts.h"
#include "groundswell/ledger/ways_in.h"

#define PEOPLE TEXT("@people") /* in the place of a slug; no slug has an @ */

/* What every outcome begins with. */
#define PEOPLE_FIELDS(type)                                                                       \
    FIELD_AS("at", struct type, at_ms, FIELD_STAMP, FIELD_PRIVATE),                               \
        FIELD_FLAGS(struct type, replayed, FIELD_BOOL, FIELD_PRIVATE)

/* FCALL name 1 {@people}:c now_ms account epoch key_hash body_hash; a zeroed act: of the door. */
void question_people(struct ledger *ledger, const struct call_kind *kind,
                     const struct account_act *act);

/* ---- erased.c ---- */
/* Adds the account to the file of those who were erased; a fault is logged, and nothing else can be
 * done about it: they are gone. */
void erased_add(const struct ledger *ledger, struct text account);

#endif
