/* share.h -- critical mass and fair share, from the bare numbers.
 *
 * A pledge is "up to": with price P everyone pays min(amount, rho), rho being the smallest integer
 * with sum(min(amount_i, rho)) >= P. This sorts and walks, on purpose another way than the
 * ledger's radix histogram. */
#ifndef GROUNDSWELL_RULES_SHARE_H
#define GROUNDSWELL_RULES_SHARE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct share {
    uint64_t rho;      /* what who pledged enough pays */
    uint64_t spent;    /* sum(min(amount_i, rho)) */
    uint64_t rounding; /* spent - price, less than the number of pledgers */
};

/* Sorts `amounts` in place. False where they do not reach the price. Price and amounts are at
 * least 1. */
bool share_of(uint32_t *amounts, size_t n, uint64_t price_minor, struct share *ret);

/* What a pledge on an activated proposal costs its wallet. */
static inline uint64_t share_paid(uint64_t amount, uint64_t rho)
{
    return amount < rho ? amount : rho;
}

/* The frozen rule of a tender with the price of one proposal; how far that proposal has come. */
struct mass {
    uint64_t price, people_min, areas_min, area_people_min;
};
struct progress {
    uint64_t pledged, people, areas_ok, headroom;
};
/* What is missing; 0 where nothing is. */
struct shortfall {
    uint64_t money, people, areas, headroom;
};

struct shortfall progress_judge(const struct mass *mass, const struct progress *progress);

/* Money, people and breadth, without the headroom: what makes a proposal `ready`. */
static inline bool shortfall_only_headroom(const struct shortfall *missing)
{
    return !missing->money && !missing->people && !missing->areas;
}
static inline bool shortfall_none(const struct shortfall *missing)
{
    return shortfall_only_headroom(missing) && !missing->headroom;
}

#endif
