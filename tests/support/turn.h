/* turn.h -- the loop of a test, turned until something is so. */
#ifndef GROUNDSWELL_TESTS_TURN_H
#define GROUNDSWELL_TESTS_TURN_H

#include <stdbool.h>
#include <stdint.h>

struct loop;

/* Turns the loop until `until(ctx)` says so, at most patience_ms; returns what it says then. */
bool turn_until(struct loop *loop, bool (*until)(void *ctx), void *ctx, uint64_t patience_ms);
/* Turns the loop for that long. */
void turn_for(struct loop *loop, uint64_t ms);

#endif
