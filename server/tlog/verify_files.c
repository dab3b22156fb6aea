/* verify_files.c -- every file under tile/: due for a checkpoint of history, and right; and every
 * partial tile that a checkpoint of history needs is there, or its full one. */
#include "verify_inside.h"

#define DEPTH_MAX 12 /* folders under tile/: more than 2^63 entries need */
#define PATH_SIZE 512

struct names {
    char (*at)[256];
    bool *is_folder;
    size_t n, max, flags_max;
    bool failed;
};

static void take_name(void *to, const char *name, bool is_folder)
{
    struct names *names = to;
    if (!verify_grow(&names->at, names->n, &names->max, sizeof *names->at)
        || !verify_grow(&names->is_folder, names->n, &names->flags_max, sizeof *names->is_folder)
        || strlen(name) >= sizeof *names->at) {
        names->failed = true;
        return;
    }
    memcpy(names->at[names->n], name, strlen(name) + 1);
    names->is_folder[names->n++] = is_folder;
}

static enum fault add_tile(struct verify *v, const char *path)
{
    struct tile tile;
    if (!tile_parse(text_of(path), &tile))
        return doubt_raise(v->doubt, FAULT_FORMAT, "%s is no tile's name and does not belong there",
                           path);
    if (!verify_grow(&v->tiles.at, v->tiles.n, &v->tiles.max, sizeof *v->tiles.at))
        return FAULT_MEMORY;
    v->tiles.at[v->tiles.n++] = tile;
    return FAULT_NONE;
}

static enum fault walk(struct verify *v, const char *folder, unsigned depth)
{
    struct names names = {0};
    struct source source = v->plan->source;
    enum fault fault = source.list(source.ctx, folder, take_name, &names);
    if (!fault && (names.failed || depth > DEPTH_MAX))
        fault = doubt_raise(v->doubt, FAULT_LIMIT, "%s holds more than a log does", folder);
    for (size_t i = 0; !fault && i < names.n; i++) {
        char path[PATH_SIZE];
        int n = snprintf(path, sizeof path, "%s/%s", folder, names.at[i]);
        if (n < 0 || (size_t)n >= sizeof path)
            fault = FAULT_LIMIT;
        else
            fault = names.is_folder[i] ? walk(v, path, depth + 1) : add_tile(v, path);
    }
    free(names.at);
    free(names.is_folder);
    return fault;
}

static int by_place(const void *a, const void *b)
{
    const struct tile *x = a, *y = b;
    if (x->kind != y->kind)
        return x->kind < y->kind ? -1 : 1;
    if (x->level != y->level)
        return x->level < y->level ? -1 : 1;
    if (x->index != y->index)
        return x->index < y->index ? -1 : 1;
    return (x->width > y->width) - (x->width < y->width);
}

static bool is_there(const struct verify *v, struct tile tile)
{
    return v->tiles.n
           && bsearch(&tile, v->tiles.at, v->tiles.n, sizeof tile, by_place) != NULL;
}

/* Some checkpoint of history has this tile with just this width. */
static bool is_due(const struct verify *v, struct tile tile)
{
    if (tile.width == TILE_WIDTH)
        return tile_width(tile.level, tile.index, v->checkpoint.size) == TILE_WIDTH;
    if (tile.level >= TILE_LEVELS)
        return false;
    size_t low = 0, high = v->heads.n; /* the first head that is wide enough */
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        uint64_t hashes = v->heads.at[middle].size >> (8 * tile.level);
        if (hashes / TILE_WIDTH < tile.index
            || (hashes / TILE_WIDTH == tile.index && hashes % TILE_WIDTH < tile.width))
            low = middle + 1;
        else
            high = middle;
    }
    for (; low < v->heads.n; low++) {
        if (tile_width(tile.level, tile.index, v->heads.at[low].size) != tile.width)
            return false;
        if (v->heads.at[low].of_history)
            return true;
    }
    return false;
}

/* As verified already, cut to this width. */
static enum fault wanted_bytes(struct verify *v, struct tile tile, struct text *ret)
{
    const struct hash *hashes;
    uint64_t size = v->checkpoint.size;
    if (tile.kind == TILE_HASHES) {
        enum fault fault = reader_tile(&v->reader, tile.level, tile.index, size, &hashes);
        *ret = (struct text){(const char *)hashes, (size_t)tile.width * HASH_SIZE};
        return fault;
    }
    struct text rest, entry;
    enum fault fault = reader_bundle(&v->reader, tile.index, size, &rest);
    *ret = rest;
    for (unsigned i = 0; !fault && i < tile.width; i++)
        INVARIANT(bundle_next(&rest, &entry));
    ret->n -= rest.n;
    return fault;
}

/* It came after the checkpoint was read. */
static bool is_newer(struct verify *v, struct tile tile)
{
    unsigned shift = 8 * tile.level;
    if (tile.level >= TILE_LEVELS || tile.index >= LOG_SIZE_MAX >> shift >> 8
        || tile.width <= tile_width(tile.level, tile.index, v->checkpoint.size))
        return false;
    return verify_has_grown(v, (tile.index * TILE_WIDTH + tile.width) << shift);
}

/* A partial tile that is gone since folders were listed, because its full one is there now. */
static bool is_full_now(const struct verify *v, struct tile tile, struct buf *bytes)
{
    char path[TILE_PATH_SIZE];
    if (tile.width == TILE_WIDTH)
        return false;
    tile.width = TILE_WIDTH;
    tile_path(tile, path);
    buf_reset(bytes);
    return v->plan->source.fetch(v->plan->source.ctx, path, bytes) == FAULT_NONE;
}

static enum fault check_file(struct verify *v, struct tile tile, struct buf *bytes)
{
    char path[TILE_PATH_SIZE];
    struct text wanted;
    tile_path(tile, path);
    if (!is_due(v, tile) && is_newer(v, tile))
        return FAULT_NONE;
    if (!is_due(v, tile))
        return doubt_raise(v->doubt, FAULT_FORMAT, "%s belongs to no checkpoint that was signed",
                           path);
    if (tile.width == tile_width(tile.level, tile.index, v->checkpoint.size))
        return FAULT_NONE; /* compared when the entries were counted */
    enum fault fault = wanted_bytes(v, tile, &wanted);
    if (fault)
        return verify_reading(v, fault);
    buf_reset(bytes);
    fault = v->plan->source.fetch(v->plan->source.ctx, path, bytes);
    if (fault == FAULT_ABSENT && is_full_now(v, tile, bytes))
        return FAULT_NONE;
    if (fault)
        return doubt_raise(v->doubt, fault, "%s cannot be read", path);
    if (!text_equal(buf_view(bytes), wanted))
        return doubt_raise(v->doubt, FAULT_FORMAT, "%s differs from the log's entries", path);
    v->finding->tiles++;
    return FAULT_NONE;
}

static enum fault check_needed(struct verify *v, const struct head *head, struct tile tile,
                               struct buf *bytes)
{
    char path[TILE_PATH_SIZE];
    struct tile full = {tile.kind, tile.level, tile.index, TILE_WIDTH};
    if (is_there(v, tile) || is_there(v, full) || is_full_now(v, tile, bytes))
        return FAULT_NONE;
    tile_path(tile, path);
    return doubt_raise(v->doubt, FAULT_ABSENT, "%s is missing, which the checkpoint of %llu needs",
                       path, (unsigned long long)head->size);
}

/* The partial tiles of one checkpoint. */
static enum fault check_head(struct verify *v, const struct head *head, struct buf *bytes)
{
    enum fault fault = FAULT_NONE;
    for (unsigned level = 0; !fault && level < TILE_LEVELS; level++) {
        uint64_t index = (head->size >> (8 * level)) / TILE_WIDTH;
        struct tile tile = {TILE_HASHES, level, index, tile_width(level, index, head->size)};
        if (tile.width)
            fault = check_needed(v, head, tile, bytes);
        if (!fault && tile.width && level == 0) {
            tile.kind = TILE_ENTRIES;
            fault = check_needed(v, head, tile, bytes);
        }
    }
    return fault;
}

enum fault verify_files(struct verify *v)
{
    CLEANUP(buf) struct buf bytes = BUF_MAX(BUNDLE_MAX);
    enum fault fault = walk(v, "tile", 0);
    if (!fault && v->tiles.n)
        qsort(v->tiles.at, v->tiles.n, sizeof *v->tiles.at, by_place);
    for (size_t i = 0; !fault && i < v->tiles.n; i++)
        fault = check_file(v, v->tiles.at[i], &bytes);
    for (size_t i = 0; !fault && i < v->heads.n; i++)
        if (v->heads.at[i].of_history)
            fault = check_head(v, &v->heads.at[i], &bytes);
    return fault;
}
