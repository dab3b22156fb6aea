/* reader.c -- tiles, entries and the roots of ranges, fetched as they are needed. */
#include "groundswell/tlog/reader.h"

#define CHECKPOINT_MAX (64 * KIB)

enum fault reader_init(struct reader *reader, struct source source)
{
    *reader = (struct reader){.source = source,
                              .bytes = BUF_MAX(TILE_BYTES),
                              .bundle = BUF_MAX(BUNDLE_MAX),
                              .tiles = calloc(TILE_LEVELS, sizeof *reader->tiles)};
    return reader->tiles ? FAULT_NONE : FAULT_MEMORY;
}

void reader_release(struct reader *reader)
{
    free(reader->tiles);
    reader->tiles = NULL;
    buf_release(&reader->bytes);
    buf_release(&reader->bundle);
}

void reader_forget(struct reader *reader)
{
    for (unsigned l = 0; l < TILE_LEVELS; l++)
        reader->tiles[l].filled = false;
    reader->bundle_filled = false;
    reader->doubt.what[0] = '\0';
}

static enum fault cannot(struct reader *reader, enum fault fault, const char *path)
{
    const char *why = fault == FAULT_ABSENT  ? "is missing"
                      : fault == FAULT_LIMIT ? "is longer than it may be"
                                             : "cannot be read";
    return doubt_raise(&reader->doubt, fault == FAULT_LIMIT ? FAULT_FORMAT : fault, "%s %s", path,
                       why);
}

enum fault reader_checkpoint(struct reader *reader, struct buf *out)
{
    enum fault fault = reader->source.fetch(reader->source.ctx, "checkpoint", out);
    return fault ? cannot(reader, fault, "checkpoint") : FAULT_NONE;
}

/* The tile as wide as the log of that size has it, or the full one in its place; its path stays in
 * path for whoever must complain, its width in tile. */
static enum fault fetch_tile(struct reader *reader, struct tile *tile, struct buf *out,
                             char path[static TILE_PATH_SIZE])
{
    buf_reset(out);
    reader->doubt.what[0] = '\0';
    tile_path(*tile, path);
    enum fault fault = reader->source.fetch(reader->source.ctx, path, out);
    if (fault == FAULT_ABSENT && tile->width < TILE_WIDTH) {
        struct tile full = {tile->kind, tile->level, tile->index, TILE_WIDTH};
        char full_path[TILE_PATH_SIZE];
        tile_path(full, full_path);
        buf_reset(out);
        fault = reader->source.fetch(reader->source.ctx, full_path, out);
        if (!fault)
            *tile = full;
        if (fault != FAULT_ABSENT)
            memcpy(path, full_path, sizeof full_path);
    }
    return fault ? cannot(reader, fault, path) : FAULT_NONE;
}

enum fault reader_tile(struct reader *reader, unsigned level, uint64_t index, uint64_t size,
                       const struct hash **ret_hashes)
{
    INVARIANT(level < TILE_LEVELS);
    struct reader_tile *kept = &reader->tiles[level];
    struct tile tile = {TILE_HASHES, level, index, tile_width(level, index, size)};
    *ret_hashes = kept->hashes;
    if (kept->filled && kept->index == index && kept->width >= tile.width)
        return FAULT_NONE;
    INVARIANT(tile.width > 0);
    char path[TILE_PATH_SIZE];
    kept->filled = false;
    enum fault fault = fetch_tile(reader, &tile, &reader->bytes, path);
    if (fault)
        return fault;
    struct text bytes = buf_view(&reader->bytes);
    if (bytes.n != (size_t)tile.width * HASH_SIZE)
        return doubt_raise(&reader->doubt, FAULT_FORMAT, "%s has %zu bytes, not %u hashes", path,
                           bytes.n, tile.width);
    memcpy(kept->hashes, bytes.at, bytes.n);
    kept->index = index;
    kept->width = tile.width;
    kept->filled = true;
    return FAULT_NONE;
}

/* The first `width` entries of the bundle in memory. */
static struct text first_entries(const struct reader *reader, unsigned width)
{
    struct text all = buf_view(&reader->bundle), rest = all, entry;
    for (unsigned i = 0; i < width; i++)
        INVARIANT(bundle_next(&rest, &entry));
    return (struct text){all.at, all.n - rest.n};
}

enum fault reader_bundle(struct reader *reader, uint64_t index, uint64_t size,
                         struct text *ret_bundle)
{
    struct tile tile = {TILE_ENTRIES, 0, index, tile_width(0, index, size)};
    unsigned width = tile.width;
    if (!reader->bundle_filled || reader->bundle_index != index || reader->bundle_width < width) {
        INVARIANT(width > 0);
        char path[TILE_PATH_SIZE];
        reader->bundle_filled = false;
        enum fault fault = fetch_tile(reader, &tile, &reader->bundle, path);
        if (fault)
            return fault;
        if (!bundle_is_whole(buf_view(&reader->bundle), tile.width))
            return doubt_raise(&reader->doubt, FAULT_FORMAT, "%s does not hold %u whole entries",
                               path, tile.width);
        reader->bundle_filled = true;
        reader->bundle_index = index;
        reader->bundle_width = tile.width;
    }
    *ret_bundle = reader->bundle_width == width ? buf_view(&reader->bundle)
                                                : first_entries(reader, width);
    return FAULT_NONE;
}

enum fault reader_entry(struct reader *reader, uint64_t seq, uint64_t size, struct text *ret_entry)
{
    INVARIANT(seq < size);
    struct text rest;
    enum fault fault = reader_bundle(reader, seq / TILE_WIDTH, size, &rest);
    if (fault)
        return fault;
    for (uint64_t i = 0; i <= seq % TILE_WIDTH; i++)
        INVARIANT(bundle_next(&rest, ret_entry));
    return FAULT_NONE;
}

enum fault reader_each(struct reader *reader, uint64_t from, uint64_t to, uint64_t size,
                       enum fault (*call)(void *ctx, uint64_t seq, struct text entry), void *ctx)
{
    INVARIANT(from <= to && to <= size);
    uint64_t seq = from - from % TILE_WIDTH;
    while (seq < to) {
        struct text rest, entry;
        enum fault fault = reader_bundle(reader, seq / TILE_WIDTH, size, &rest);
        for (; !fault && seq < to && bundle_next(&rest, &entry); seq++)
            if (seq >= from)
                fault = call(ctx, seq, entry);
        if (fault)
            return fault;
    }
    return FAULT_NONE;
}

enum fault reader_subtree(struct reader *reader, unsigned height, uint64_t index, uint64_t size,
                          struct hash *ret)
{
    unsigned level = height / 8, run = 1u << height % 8;
    uint64_t first = index * run;
    INVARIANT(level < TILE_LEVELS && first + run <= size >> (8 * level));
    const struct hash *hashes;
    enum fault fault = reader_tile(reader, level, first / TILE_WIDTH, size, &hashes);
    if (!fault)
        hash_tree(hashes + first % TILE_WIDTH, run, ret);
    return fault;
}

enum fault reader_range(struct reader *reader, uint64_t from, uint64_t to, uint64_t size,
                        struct hash *ret)
{
    INVARIANT(from <= to && to <= size);
    uint64_t n = to - from;
    if (n == 0) {
        hash_empty(ret);
        return FAULT_NONE;
    }
    unsigned height = 63u - (unsigned)__builtin_clzll(n); /* of the largest subtree that fits */
    uint64_t left_n = UINT64_C(1) << height;
    INVARIANT(from % left_n == 0);
    enum fault fault = reader_subtree(reader, height, from >> height, size, ret);
    if (fault || left_n == n)
        return fault;
    struct hash right;
    fault = reader_range(reader, from + left_n, to, size, &right);
    if (!fault)
        hash_node(ret, &right, ret);
    return fault;
}
