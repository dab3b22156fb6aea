/* ring.h -- the last few idempotency keys of one principal or wallet, oldest forgotten first. */
#ifndef GROUNDSWELL_RULES_RING_H
#define GROUNDSWELL_RULES_RING_H

#include <stddef.h>
#include <stdint.h>

struct ring_key {
    uint8_t key[8], body[4];
    uint64_t seq, number, at;
};

struct ring {
    struct ring_key *keys;
    size_t n, next, max; /* max: room allocated, grown to its bound as it fills */
};

void ring_release(struct ring *ring);
/* The newest of this key that is not older than `since`; NULL where there is none. */
const struct ring_key *ring_find(const struct ring *ring, const char *key, uint64_t since);
/* `bound` is the same at every call for one ring. */
void ring_put(struct ring *ring, size_t bound, const struct ring_key *key);

#endif
