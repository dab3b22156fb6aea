/* verify.c -- counts a log again from its entries.
 *
 * One pass: each entry becomes a leaf; leaves are added up in binary (range.h) for the roots of the
 * checkpoint and of every older one, and gathered into the tiles as they must be, level by level,
 * which are compared with those on disk as soon as one is complete. */
#include "groundswell/tlog/verify.h"

#include "verify_inside.h"

enum fault verify_reading(struct verify *v, enum fault fault)
{
    return doubt_raise(v->doubt, fault, "%s",
                       v->reader.doubt.what[0] ? v->reader.doubt.what : fault_name(fault));
}

bool verify_grow(void *at, size_t n, size_t *max, size_t size)
{
    if (n < *max)
        return true;
    size_t wider = *max ? *max * 2 : 64;
    void *old, *moved;
    memcpy(&old, at, sizeof old);
    moved = realloc(old, wider * size);
    if (!moved)
        return false;
    memcpy(at, &moved, sizeof moved);
    *max = wider;
    return true;
}

/* The tile on disk has these hashes at these places. */
static enum fault compare_hashes(struct verify *v, struct tile tile, unsigned from, unsigned n,
                                 const struct hash *wanted)
{
    const struct hash *hashes;
    enum fault fault =
        reader_tile(&v->reader, tile.level, tile.index, v->checkpoint.size, &hashes);
    if (fault)
        return verify_reading(v, fault);
    for (unsigned i = 0; i < n; i++)
        if (!hash_equal(&wanted[i], &hashes[from + i])) {
            char path[TILE_PATH_SIZE];
            tile.width = tile_width(tile.level, tile.index, v->checkpoint.size);
            tile_path(tile, path);
            return doubt_raise(v->doubt, FAULT_FORMAT,
                               "%s has another hash at place %u than the entries lead to", path,
                               from + i);
        }
    return FAULT_NONE;
}

/* All that was gathered of the tile. */
static enum fault compare_tile(struct verify *v, unsigned level, uint64_t index)
{
    struct tile tile = {TILE_HASHES, level, index, 0};
    v->finding->tiles++;
    return compare_hashes(v, tile, 0, v->wanted[level].n, v->wanted[level].hashes);
}

/* Into the tiles, and up as often as one is full. */
static enum fault gather(struct verify *v, uint64_t seq, const struct hash *leaf)
{
    struct hash hash = *leaf;
    for (unsigned level = 0; level < TILE_LEVELS; level++) {
        struct wanted_tile *wanted = &v->wanted[level];
        wanted->hashes[wanted->n++] = hash;
        seq /= TILE_WIDTH;
        if (wanted->n < TILE_WIDTH)
            return FAULT_NONE;
        enum fault fault = compare_tile(v, level, seq);
        if (fault)
            return fault;
        hash_tree(wanted->hashes, TILE_WIDTH, &hash);
        wanted->n = 0;
    }
    return FAULT_NONE;
}

/* Every older checkpoint of the size just reached. */
static enum fault compare_heads(struct verify *v)
{
    struct hash root;
    for (; v->heads_done < v->heads.n; v->heads_done++) {
        const struct head *head = &v->heads.at[v->heads_done];
        if (head->size > v->range.size)
            return FAULT_NONE;
        range_root(&v->range, &root);
        if (!hash_equal(&root, &head->root))
            return doubt_raise(v->doubt, FAULT_FORMAT,
                               "%s of size %llu is not a beginning of this log: it was rewritten, "
                               "or two histories were signed",
                               head->of_history ? "the checkpoint in history"
                                                : "the checkpoint that you kept",
                               (unsigned long long)head->size);
        v->finding->history += head->of_history;
    }
    return FAULT_NONE;
}

static enum fault count_entry(void *ctx, uint64_t seq, struct text entry)
{
    struct verify *v = ctx;
    struct hash leaf;
    hash_leaf(entry, &leaf);
    range_add(&v->range, &leaf);
    v->finding->entry_bytes += entry.n;
    struct tile tile = {TILE_HASHES, 0, seq / TILE_WIDTH, 0};
    enum fault fault = compare_hashes(v, tile, seq % TILE_WIDTH, 1, &leaf);
    if (!fault)
        fault = gather(v, seq, &leaf);
    if (!fault)
        fault = compare_heads(v);
    if (!fault && v->plan->entry) {
        fault = v->plan->entry(v->plan->entry_ctx, seq, entry);
        if (fault)
            return doubt_raise(v->doubt, fault, "entry %llu was refused", (unsigned long long)seq);
    }
    return fault;
}

static enum fault count(struct verify *v)
{
    uint64_t size = v->checkpoint.size;
    struct hash root;
    enum fault fault = compare_heads(v); /* those of size 0 */
    if (!fault)
        fault = reader_each(&v->reader, 0, size, size, count_entry, v);
    if (fault)
        return verify_reading(v, fault);
    range_root(&v->range, &root);
    if (!hash_equal(&root, &v->checkpoint.root))
        return doubt_raise(v->doubt, FAULT_FORMAT,
                           "the entries lead to another root than the checkpoint was signed with");
    for (unsigned level = 0; !fault && level < TILE_LEVELS; level++)
        if (v->wanted[level].n)
            fault = compare_tile(v, level, (size >> (8 * level)) / TILE_WIDTH);
    return fault;
}

static enum fault read_checkpoint(struct verify *v)
{
    enum fault fault = reader_checkpoint(&v->reader, &v->bytes);
    if (fault)
        return verify_reading(v, fault);
    fault = checkpoint_open(buf_view(&v->bytes), &v->plan->signers, &v->checkpoint,
                            &v->finding->witnesses, v->doubt);
    v->finding->size = v->checkpoint.size;
    v->finding->root = v->checkpoint.root;
    return fault;
}

enum fault verify_log(const struct verify_plan *plan, struct verify_finding *ret,
                      struct doubt *doubt)
{
    struct verify v = {.plan = plan, .finding = ret, .doubt = doubt, .bytes = BUF_MAX(NOTE_MAX)};
    *ret = (struct verify_finding){.listed = plan->source.list != NULL};
    v.wanted = calloc(TILE_LEVELS, sizeof *v.wanted);
    enum fault fault = reader_init(&v.reader, plan->source);
    if (!fault && !v.wanted)
        fault = FAULT_MEMORY;
    if (!fault)
        fault = read_checkpoint(&v);
    if (!fault)
        fault = verify_history(&v);
    if (!fault)
        fault = count(&v);
    if (!fault && ret->listed)
        fault = verify_files(&v);
    if (fault)
        fault = doubt_raise(doubt, fault, "the log could not be verified (%s)", fault_name(fault));
    reader_release(&v.reader);
    buf_release(&v.bytes);
    free(v.wanted);
    free(v.heads.at);
    free(v.tiles.at);
    return fault;
}
