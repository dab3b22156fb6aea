/* consensus.c -- see consensus.h. */
#include "groundswell/rules/consensus.h"

#define WHOLE 1000

static uint64_t votes_of(struct stances stances)
{
    return stances.agree + stances.disagree + stances.pass;
}

struct consensus consensus_of(const struct stances *by_area, size_t n)
{
    struct consensus found = {.lowest = WHOLE};
    uint64_t sum = 0;
    for (size_t i = 0; i < n; i++) {
        uint64_t votes = votes_of(by_area[i]);
        if (votes < CONSENSUS_STANCES_MIN)
            continue;
        uint64_t share = WHOLE * by_area[i].agree / votes;
        found.lowest = share < found.lowest ? share : found.lowest;
        sum += share;
        found.areas++;
    }
    if (found.areas == 0)
        return (struct consensus){0};
    found.mean = sum / found.areas;
    return found;
}

uint64_t division_of(struct stances all)
{
    uint64_t sides = all.agree + all.disagree;
    uint64_t fewer = all.agree < all.disagree ? all.agree : all.disagree;
    if (sides == 0 || votes_of(all) < CONSENSUS_STANCES_MIN)
        return 0;
    return 2 * WHOLE * fewer / sides;
}
