/* recheck.c -- the second opinion that every signature waits for.
 *
 * It starts from the bytes of the entry bundles, not from what the sealer holds in memory, and adds
 * them up in another way (range.h). Every hash of the new tiles is bound: a leaf to its entry, a
 * full tile to its place in the tile above, the partial ones to the root. */
#include "recheck.h"

#include "range.h"

struct recheck {
    struct reader *reader;
    const struct growth_claim *claim;
    struct range range;
};

static enum fault expect_root(struct recheck *r, uint64_t size, const struct hash *root)
{
    struct hash got;
    if (r->range.size != size)
        return FAULT_NONE;
    range_root(&r->range, &got);
    if (!hash_equal(&got, root))
        return doubt_raise(&r->reader->doubt, FAULT_FORMAT,
                           "the entries on disk lead to another root for size %llu",
                           (unsigned long long)size);
    return FAULT_NONE;
}

static enum fault expect_roots(struct recheck *r)
{
    enum fault fault = expect_root(r, r->claim->from, &r->claim->from_root);
    return fault ? fault : expect_root(r, r->claim->to, &r->claim->to_root);
}

static enum fault add_entry(void *ctx, uint64_t seq, struct text entry)
{
    struct recheck *r = ctx;
    struct hash leaf;
    const struct hash *tile;
    enum fault fault = reader_tile(r->reader, 0, seq / TILE_WIDTH, r->claim->to, &tile);
    if (fault)
        return fault;
    hash_leaf(entry, &leaf);
    if (!hash_equal(&leaf, &tile[seq % TILE_WIDTH]))
        return doubt_raise(&r->reader->doubt, FAULT_FORMAT,
                           "entry %llu on disk is not the one that its tile has",
                           (unsigned long long)seq);
    range_add(&r->range, &leaf);
    return expect_roots(r);
}

/* What lies left of the tile in which the growth begins, from the tiles above. */
static enum fault begin(struct recheck *r, uint64_t from)
{
    uint64_t done = 0;
    for (unsigned bit = 63; bit-- > 0;) {
        if (!(from >> bit & 1))
            continue;
        enum fault fault =
            reader_subtree(r->reader, bit, done >> bit, r->claim->to, &r->range.of_bit[bit]);
        if (fault)
            return fault;
        done += UINT64_C(1) << bit;
    }
    r->range.size = from;
    return expect_roots(r);
}

/* Each new full tile stands in the tile above. */
static enum fault check_tile(struct recheck *r, struct tile tile)
{
    const struct hash *hashes;
    struct hash root;
    enum fault fault = reader_tile(r->reader, tile.level, tile.index, r->claim->to, &hashes);
    if (fault)
        return fault;
    hash_tree(hashes, TILE_WIDTH, &root);
    fault = reader_tile(r->reader, tile.level + 1, tile.index / TILE_WIDTH, r->claim->to, &hashes);
    if (!fault && !hash_equal(&root, &hashes[tile.index % TILE_WIDTH]))
        return doubt_raise(&r->reader->doubt, FAULT_FORMAT,
                           "tile %llu of level %u on disk is not the one that level %u has",
                           (unsigned long long)tile.index, tile.level, tile.level + 1);
    return fault;
}

static enum fault check_tiles(struct recheck *r)
{
    struct growth growth = growth_of(r->claim->from, r->claim->to);
    struct tile tile;
    enum fault fault = FAULT_NONE;
    while (!fault && growth_next(&growth, &tile))
        if (tile.kind == TILE_HASHES && tile.width == TILE_WIDTH)
            fault = check_tile(r, tile);
    return fault;
}

enum fault recheck(struct reader *reader, const struct growth_claim *claim)
{
    struct recheck r = {.reader = reader, .claim = claim};
    uint64_t first = claim->from - claim->from % TILE_WIDTH;
    reader_forget(reader);
    enum fault fault = begin(&r, first);
    if (!fault)
        fault = reader_each(reader, first, claim->to, claim->to, add_entry, &r);
    if (!fault)
        fault = check_tiles(&r);
    struct hash root;
    if (!fault)
        fault = reader_range(reader, 0, claim->to, claim->to, &root);
    if (!fault && !hash_equal(&root, &claim->to_root))
        return doubt_raise(&reader->doubt, FAULT_FORMAT,
                           "the tiles on disk lead to another root for size %llu",
                           (unsigned long long)claim->to);
    return fault;
}
