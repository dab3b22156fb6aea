/* consensus.h -- how far the areas of a community agree on something: whole numbers of a thousand.
 *
 * No large area speaks for a small one: the consensus is the lowest share of agreement among the
 * areas that say enough to count. server/ledger/SERVICE.md has the same in words, and the ledger
 * keeps its lists in the order of these figures. */
#ifndef GROUNDSWELL_RULES_CONSENSUS_H
#define GROUNDSWELL_RULES_CONSENSUS_H

#include <stddef.h>
#include <stdint.h>

#define CONSENSUS_STANCES_MIN 5 /* of an area, or it is not shown and does not count */

struct stances {
    uint64_t agree, disagree, pass;
};

struct consensus {
    uint64_t lowest, mean; /* permille; 0 where no area counts */
    uint64_t areas;        /* how many count */
};

struct consensus consensus_of(const struct stances *by_area, size_t n);

/* 1000: agreement and disagreement are even; 0: one side has nobody, or too few have spoken. */
uint64_t division_of(struct stances all);

#endif
