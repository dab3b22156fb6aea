/* ring.c -- idempotency keys, the last few. */
#include "ring.h"

#include <stdlib.h>
#include <string.h>

#include "inside.h"

void ring_release(struct ring *ring)
{
    free(ring->keys);
    *ring = (struct ring){0};
}

const struct ring_key *ring_find(const struct ring *ring, const char *key, uint64_t since)
{
    for (size_t back = 1; back <= ring->n; back++) {
        const struct ring_key *known = &ring->keys[(ring->next + ring->n - back) % ring->n];
        if (memcmp(known->key, key, sizeof known->key) == 0 && known->at >= since)
            return known;
    }
    return NULL;
}

void ring_put(struct ring *ring, size_t bound, const struct ring_key *key)
{
    if (ring->n < bound) { /* next stays 0 until it is full: the oldest then */
        ring->keys = grown(ring->keys, &ring->max, ring->n, sizeof *ring->keys);
        ring->keys[ring->n++] = *key;
        return;
    }
    ring->keys[ring->next] = *key;
    ring->next = (ring->next + 1) % bound;
}
