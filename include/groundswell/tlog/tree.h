/* tree.h -- a growing tree of which only the right edge is kept: of each level the tile that is
 * not full yet. 64 KiB, however large the log.
 *
 * Fed leaf by leaf, it gives the root at any moment, and each tile at the moment when it is full;
 * the partial tiles of the present size stand in level[]. */
#ifndef GROUNDSWELL_TLOG_TREE_H
#define GROUNDSWELL_TLOG_TREE_H

#include "groundswell/base/fault.h"
#include "groundswell/tlog/hash.h"
#include "groundswell/tlog/path.h"

struct tree_level {
    unsigned n; /* hashes in the tile that is not full: 0..255 */
    struct hash hashes[TILE_WIDTH];
};

struct tree {
    uint64_t size;
    struct tree_level level[TILE_LEVELS];
};

/* Who is told of each full tile of hashes, lowest level first. */
struct tree_watch {
    enum fault (*full)(void *ctx, struct tile tile, const struct hash *hashes);
    void *ctx;
};

void tree_init(struct tree *tree);
/* Without watch (NULL) full tiles are dropped. After a fault of `full` the tree is unusable. */
enum fault tree_add(struct tree *tree, const struct hash *leaf,
                    const struct tree_watch *watch) MUST_CHECK;
void tree_root(const struct tree *tree, struct hash *ret);

#endif
