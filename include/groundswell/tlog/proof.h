/* proof.h -- that a leaf is in a tree, and that one tree is the beginning of another (RFC 9162
 * sections 2.1.3 and 2.1.4). */
#ifndef GROUNDSWELL_TLOG_PROOF_H
#define GROUNDSWELL_TLOG_PROOF_H

#include "groundswell/tlog/reader.h"

#define PROOF_MAX 63

struct proof {
    struct hash hashes[PROOF_MAX];
    size_t n;
};

/* Made from the tiles of a log of `size` (index < size; from <= to <= size). */
enum fault proof_inclusion(struct reader *reader, uint64_t index, uint64_t size,
                           struct proof *ret) MUST_CHECK;
/* The log itself may have grown past `to`; `size` is that of its tiles. */
enum fault proof_consistency(struct reader *reader, uint64_t from, uint64_t to, uint64_t size,
                             struct proof *ret) MUST_CHECK;

bool proof_shows_inclusion(const struct proof *proof, uint64_t index, uint64_t size,
                           const struct hash *leaf, const struct hash *root);
/* from 0: an empty proof, and from_root is that of the empty tree. */
bool proof_shows_consistency(const struct proof *proof, uint64_t from, const struct hash *from_root,
                             uint64_t to, const struct hash *to_root);

/* One base64 line a hash. proof_take() reads such lines off *rest until one that is empty, which
 * it takes too (what tlog-proof and tlog-witness have in common). */
void proof_put(struct buf *out, const struct proof *proof);
enum fault proof_take(struct text *rest, struct proof *ret, struct doubt *doubt) MUST_CHECK;

#endif
