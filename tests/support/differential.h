/* differential.h -- the same random acts for the Redis Functions and for the rules in C.
 *
 * Two implementations of one contract, server/ledger/ACTS.md, that share no code: what they do not
 * agree on is a fault of one of them or a gap in the page. After each act the answer, the records
 * and the accounts are compared, every thousand acts all that either keeps.
 *
 * differential_draw.c draws the acts (with differential_acts.c), differential_ask.c spells them for
 * Redis, differential_answer.c says what the rules expect as Redis would, differential_state.c
 * compares what is kept. Everything follows from the seed: a run is repeated exactly. */
#ifndef TESTS_DIFFERENTIAL_H
#define TESTS_DIFFERENTIAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "groundswell/base/buf.h"
#include "groundswell/rules/roll.h"

#define DIFFERENTIAL_STATE_EVERY 1000

struct differential_plan {
    const char *socket; /* of a Redis of its own: it is emptied, and the functions are loaded */
    struct text source; /* the functions; their names end in _differential */
    uint64_t seed, operations;
};

struct differential_count {
    uint64_t operations, communities, states;
    uint64_t accepted[ROLL_KINDS], replayed[ROLL_KINDS], raised[ROLL_KINDS];
    uint64_t refused[ROLL_KINDS][REFUSAL_N];
    uint64_t records[RECORD_KINDS];
};

/* Returns 0 where all agreed; else the number of the operation, from 1 on, after which they did
 * not, and what is to be said about it in *ret_report. */
uint64_t differential_run(const struct differential_plan *plan, struct differential_count *ret,
                          struct buf *ret_report);

#endif
