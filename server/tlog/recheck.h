/* recheck.h -- reads a log's growth back from its files and computes its root again. */
#ifndef GROUNDSWELL_TLOG_RECHECK_H
#define GROUNDSWELL_TLOG_RECHECK_H

#include "groundswell/tlog/reader.h"

/* The tiles on disk of a log that grew: `to` leads to to_root three ways (from the entries, from
 * the leaf hashes, and down the right edge), and its beginning of size `from` still to from_root.
 * The reader's doubt tells where it does not. */
struct growth_claim {
    uint64_t from, to;
    struct hash from_root, to_root;
};
enum fault recheck(struct reader *reader, const struct growth_claim *claim) MUST_CHECK;

#endif
