/* turnout.h -- how many people have pledged in a round, by area, counted wallet by wallet: what the
 * ledger keeps in passing (server/ledger/lua/69_turnout.lua) must come to the same.
 *
 * Who has a pledge that they have not taken back counts once, but not by a pledge whose tally is
 * hidden: who has no other is of the group of those hidden tenders. */
#ifndef GROUNDSWELL_RULES_TURNOUT_H
#define GROUNDSWELL_RULES_TURNOUT_H

#include "groundswell/rules/model.h"

#define TURNOUT_HIDDEN_MAX 16

struct turnout_group {
    uint64_t tenders[TURNOUT_HIDDEN_MAX]; /* ascending */
    size_t tenders_n;
    uint64_t area, people;
};

struct turnout {
    uint64_t people[RECORD_AREAS_MAX]; /* by area */
    struct turnout_group *groups;
    size_t groups_n, groups_max;
};

/* Of the last round. To be released in any case. */
void turnout_count(const struct model *model, struct turnout *ret);
void turnout_release(struct turnout *turnout);

#endif
