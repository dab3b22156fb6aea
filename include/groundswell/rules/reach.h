/* reach.h -- what a rule would take: the simulator that a body asks before it publishes.
 *
 * Nothing here is judged by the ledger; tender_publish refuses what cannot be reached at all. */
#ifndef GROUNDSWELL_RULES_REACH_H
#define GROUNDSWELL_RULES_REACH_H

#include <stdbool.h>
#include <stdint.h>

struct reach_ask {
    uint64_t residents, allotment; /* of one resident, minor units */
    uint64_t people_min, price;    /* of the rule; the price that is to be raised, 0: none */
    uint64_t turnout_permille;     /* of the residents, who pledge to this very proposal */
};

struct reach {
    uint64_t taking_part;      /* residents at that turnout */
    uint64_t people_for_price; /* so many whole allotments make the price */
    uint64_t people_needed;    /* the larger of that and people_min */
    uint64_t permille_needed;  /* of the residents, rounded up; above 1000: more than there are */
    uint64_t each;             /* what each of people_needed pays at most, rounded up */
    bool reachable;            /* with everybody */
    bool reached;              /* at that turnout */
};

struct reach reach_of(const struct reach_ask *ask);

/* The quorum that is this share of the residents, rounded up, at least 1. */
uint64_t reach_share(uint64_t residents, uint64_t permille);

#endif
