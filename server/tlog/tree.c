/* tree.c -- the right edge, a tile a level. */
#include "groundswell/tlog/tree.h"

#include <string.h>

void tree_init(struct tree *tree)
{
    tree->size = 0;
    for (unsigned l = 0; l < TILE_LEVELS; l++)
        tree->level[l].n = 0;
}

enum fault tree_add(struct tree *tree, const struct hash *leaf, const struct tree_watch *watch)
{
    INVARIANT(tree->size < LOG_SIZE_MAX);
    uint64_t index = tree->size++ / TILE_WIDTH;
    struct hash hash = *leaf;
    for (unsigned l = 0; l < TILE_LEVELS; l++, index /= TILE_WIDTH) {
        struct tree_level *level = &tree->level[l];
        level->hashes[level->n++] = hash;
        if (level->n < TILE_WIDTH)
            break;
        struct tile tile = {TILE_HASHES, l, index, TILE_WIDTH};
        enum fault fault = watch ? watch->full(watch->ctx, tile, level->hashes) : FAULT_NONE;
        if (fault)
            return fault;
        level->n = 0;
        hash_tree(level->hashes, TILE_WIDTH, &hash);
    }
    return FAULT_NONE;
}

/* The hashes of a level are n complete subtrees of one height in a row: by the bits of n they make
 * complete subtrees again, the widest leftmost, and each stands left of all that is lower. */
void tree_root(const struct tree *tree, struct hash *ret)
{
    bool any = false;
    for (unsigned l = 0; l < TILE_LEVELS; l++) {
        const struct tree_level *level = &tree->level[l];
        unsigned end = level->n;
        for (unsigned run = 1; run < TILE_WIDTH; run *= 2) {
            if (!(level->n & run))
                continue;
            struct hash left;
            hash_tree(level->hashes + end - run, run, &left);
            end -= run;
            if (any)
                hash_node(&left, ret, ret);
            else
                *ret = left;
            any = true;
        }
    }
    if (!any)
        hash_empty(ret);
}
