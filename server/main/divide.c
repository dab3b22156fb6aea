/* divide.c -- see divide.h. */
#include "divide.h"

#include "groundswell/base/fault.h"

void divide_free(uint64_t free_minor, const uint32_t *weights, size_t n, uint64_t *ret_shares)
{
    uint64_t sum = 0, left = free_minor;
    for (size_t i = 0; i < n; i++)
        sum += weights[i];
    INVARIANT(n == 0 || sum > 0);
    for (size_t i = 0; i < n; i++) {
        ret_shares[i] = free_minor * weights[i] / sum;
        left -= ret_shares[i];
    }
    for (size_t i = 0; i < n && left > 0; i++, left--)
        ret_shares[i]++;
    INVARIANT(n == 0 || left == 0);
}

uint64_t divide_random(uint64_t *state)
{
    uint64_t z = *state += UINT64_C(0x9e3779b97f4a7c15);
    z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
    return z ^ z >> 31;
}

void divide_order(uint64_t seed, size_t n, uint32_t *ret_order)
{
    for (size_t i = 0; i < n; i++)
        ret_order[i] = (uint32_t)i;
    for (size_t i = n; i > 1; i--) { /* Fisher and Yates, from the end */
        const size_t other = (size_t)(divide_random(&seed) % i);
        const uint32_t kept = ret_order[i - 1];
        ret_order[i - 1] = ret_order[other];
        ret_order[other] = kept;
    }
}
