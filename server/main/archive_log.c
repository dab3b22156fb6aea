/* archive_log.c -- see archive_log.h.
 *
 * A ledger's snapshot is one moment and its log goes on meanwhile. The sealer follows the ledger,
 * so that at the moment of the snapshot every sealed record was in it: the newest checkpoint that
 * is no larger than the snapshot's ledger is one, and the log at that size can always be cut out of
 * the files as they are later, for tiles only grow. */
#include "archive_log.h"

#include <errno.h>
#include <unistd.h>

#include "groundswell/io/file.h"
#include "groundswell/tlog/reader.h"

#define PATH_SIZE 4096

struct copying {
    const char *from, *to;
    uint64_t most, size;
    bool any;
    uint64_t *sizes; /* of history, no larger than `most` */
    size_t sizes_n, sizes_max;
    bool failed;
    struct reader reader;
    struct doubt *doubt;
};

/* ---- history --------------------------------------------------------------------------------- */

static void history_see(void *to, const char *name, bool is_folder)
{
    struct copying *c = to;
    uint64_t size;
    if (is_folder || !text_to_u64(text_of(name), LOG_SIZE_MAX, &size) || size > c->most) return;
    if (c->sizes_n == c->sizes_max) {
        const size_t more = c->sizes_max ? c->sizes_max * 2 : 256;
        void *grown = realloc(c->sizes, more * sizeof *c->sizes);
        if (!grown) {
            c->failed = true;
            return;
        }
        c->sizes = grown;
        c->sizes_max = more;
    }
    c->sizes[c->sizes_n++] = size;
    if (!c->any || size > c->size) c->size = size;
    c->any = true;
}

/* ---- files ----------------------------------------------------------------------------------- */

static enum fault parent_make(char *path)
{
    char *slash = strrchr(path, '/');
    *slash = '\0';
    const enum fault no = dir_make(path, 0700);
    *slash = '/';
    return no;
}

static enum fault paths_of(const struct copying *c, const char *name_from, const char *name_to,
                           char ret_from[static PATH_SIZE], char ret_to[static PATH_SIZE])
{
    const int n = snprintf(ret_from, PATH_SIZE, "%s/%s", c->from, name_from);
    const int m = snprintf(ret_to, PATH_SIZE, "%s/%s", c->to, name_to);
    return n > 0 && n < PATH_SIZE && m > 0 && m < PATH_SIZE ? FAULT_NONE : FAULT_LIMIT;
}

static enum fault file_copy(const struct copying *c, const char *name_from, const char *name_to,
                            bool may_link)
{
    char from[PATH_SIZE], to[PATH_SIZE];
    CLEANUP(buf) struct buf bytes = BUF_MAX(BUNDLE_MAX + 1);
    enum fault no = paths_of(c, name_from, name_to, from, to);
    if (!no) no = parent_make(to);
    if (no || (may_link && link(from, to) == 0)) return no;
    no = file_read(from, &bytes);
    if (!no) no = file_create(to, buf_view(&bytes), 0600);
    return no == FAULT_BUSY ? FAULT_NONE : no; /* there already */
}

static enum fault bytes_write(const struct copying *c, const char *name, struct text bytes)
{
    char from[PATH_SIZE], to[PATH_SIZE];
    enum fault no = paths_of(c, name, name, from, to);
    if (!no) no = parent_make(to);
    if (!no) no = file_create(to, bytes, 0600);
    return no == FAULT_BUSY ? FAULT_NONE : no;
}

/* ---- tiles ----------------------------------------------------------------------------------- */

/* The first `width` of what the tile has in the log copied, whatever it has become since. */
static enum fault partial_cut(struct copying *c, struct tile tile)
{
    char path[TILE_PATH_SIZE];
    struct text bytes, rest, entry;
    const struct hash *hashes;
    enum fault no = FAULT_NONE;
    tile_path(tile, path);
    if (tile.kind == TILE_HASHES) {
        no = reader_tile(&c->reader, tile.level, tile.index, c->size, &hashes);
        bytes = (struct text){no ? NULL : (const char *)hashes, (size_t)tile.width * HASH_SIZE};
    } else {
        no = reader_bundle(&c->reader, tile.index, c->size, &bytes);
        rest = bytes;
        for (unsigned i = 0; !no && i < tile.width; i++)
            if (!bundle_next(&rest, &entry)) no = FAULT_FORMAT;
        bytes.n -= no ? 0 : rest.n;
    }
    return no ? no : bytes_write(c, path, bytes);
}

static enum fault tiles_copy(struct copying *c)
{
    struct tile tile;
    struct growth growth = growth_of(0, c->size);
    enum fault no = FAULT_NONE;
    while (!no && growth_next(&growth, &tile)) {
        char path[TILE_PATH_SIZE];
        tile_path(tile, path);
        no = tile.width == TILE_WIDTH ? file_copy(c, path, path, true) : partial_cut(c, tile);
    }
    return no;
}

/* What an older checkpoint needs, and is not full in the log copied. */
static enum fault older_copy(struct copying *c, uint64_t size)
{
    enum fault no = FAULT_NONE;
    for (unsigned level = 0; !no && level < TILE_LEVELS; level++) {
        const uint64_t index = (size >> (8 * level)) / TILE_WIDTH;
        struct tile tile = {TILE_HASHES, level, index, tile_width(level, index, size)};
        if (!tile.width || tile_width(level, index, c->size) == TILE_WIDTH) continue;
        no = partial_cut(c, tile);
        if (no || level != 0) continue;
        tile.kind = TILE_ENTRIES;
        no = partial_cut(c, tile);
    }
    return no;
}

static enum fault history_copy(struct copying *c)
{
    char name[64];
    enum fault no = FAULT_NONE;
    for (size_t i = 0; !no && i < c->sizes_n; i++) {
        (void)snprintf(name, sizeof name, "history/%llu", (unsigned long long)c->sizes[i]);
        no = file_copy(c, name, name, false); /* may get witnesses' lines later */
        if (!no) no = older_copy(c, c->sizes[i]);
    }
    return no;
}

static enum fault log_copy(struct copying *c)
{
    char name[64];
    struct source source = source_of_folder(c->from);
    enum fault no = source.list(source.ctx, "history", history_see, c);
    if (!no && c->failed) no = FAULT_MEMORY;
    if (no || !c->any) return no;
    no = reader_init(&c->reader, source);
    if (!no) no = tiles_copy(c);
    if (!no) no = history_copy(c);
    if (!no) no = file_copy(c, "vkey", "vkey", false);
    (void)snprintf(name, sizeof name, "history/%llu", (unsigned long long)c->size);
    return no ? no : file_copy(c, name, "checkpoint", false);
}

enum fault archive_log_copy(const char *from, const char *to, uint64_t most, struct doubt *doubt)
{
    struct copying c = {.from = from, .to = to, .most = most, .doubt = doubt};
    const enum fault no = log_copy(&c);
    reader_release(&c.reader);
    free(c.sizes);
    if (!no) return no;
    return doubt_raise(doubt, no, "the log in %s cannot be copied: %s", from,
                       c.reader.doubt.what[0] ? c.reader.doubt.what : fault_name(no));
}
