/* divide.h -- how a ballot becomes amounts, and ballots an order: the same on every machine. */
#ifndef GROUNDSWELL_MAIN_DIVIDE_H
#define GROUNDSWELL_MAIN_DIVIDE_H

#include <stddef.h>
#include <stdint.h>

/* Divides free_minor in proportion to the weights, rounded down, and gives what is left over to
 * the first ones, a unit each: nothing stays undivided. Weights are 1 to 2^20, free_minor is below
 * 2^40. */
void divide_free(uint64_t free_minor, const uint32_t *weights, size_t n, uint64_t *ret_shares);

/* The next of a sequence that its seed alone decides (splitmix64: Steele, Lea, Flood, "Fast
 * splittable pseudorandom number generators", OOPSLA 2014). Moves *state. */
uint64_t divide_random(uint64_t *state);

/* Fills ret_order with 0..n-1, shuffled as the seed decides. */
void divide_order(uint64_t seed, size_t n, uint32_t *ret_order);

#endif
