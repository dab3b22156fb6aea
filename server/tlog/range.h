/* range.h -- a tree's root by the binary way: one hash for each bit of the size.
 *
 * Kept apart from tree.h on purpose: what the sealer computes tile by tile is computed again here,
 * before it is signed and whenever it is verified. */
#ifndef GROUNDSWELL_TLOG_RANGE_H
#define GROUNDSWELL_TLOG_RANGE_H

#include "groundswell/tlog/hash.h"

struct range {
    uint64_t size;
    struct hash of_bit[64]; /* the root of 2^k leaves, where bit k of size is set */
};

void range_add(struct range *range, const struct hash *leaf);
void range_root(const struct range *range, struct hash *ret);

#endif
