/* seal_publish.c -- from records that were taken to a checkpoint that anybody may see.
 *
 * The order is the promise: tiles complete and synced; read back and recomputed by other code; the
 * intent synced; only then a signature; history; last the name `checkpoint`. So a signature never
 * covers what is not on disk, and a crash after the intent can only be finished, not undone. */
#include <inttypes.h>

#include "groundswell/tlog/bundle.h"
#include "inside.h"
#include "recheck.h"

void seal_head_put(const struct seal *seal, uint64_t size, const struct hash *root, struct buf *out)
{
    struct checkpoint head = {.origin = text_of(seal->origin), .size = size, .root = *root};
    checkpoint_put(out, &head);
}

static void history_path(uint64_t size, char ret[static DISK_PATH_SIZE])
{
    INVARIANT(snprintf(ret, DISK_PATH_SIZE, "history/%" PRIu64, size) > 0);
}

static enum fault write_intent(struct seal *seal, uint64_t size, const struct hash *root)
{
    CLEANUP(buf) struct buf text = BUF_MAX(KIB);
    seal_head_put(seal, size, root, &text);
    enum fault fault = buf_fault(&text);
    if (!fault)
        fault = disk_put(&seal->disk, "intent", buf_view(&text));
    if (!fault)
        fault = disk_settle(&seal->disk);
    if (fault)
        return fault;
    seal->intended = true;
    seal->intent_size = size;
    seal->intent_root = *root;
    return FAULT_NONE;
}

/* Into seal->checkpoint: what stands in history already, if a crash left it there, else a new
 * signature. */
static enum fault sign_or_find(struct seal *seal, const char *history, struct text text)
{
    struct note note;
    buf_reset(&seal->checkpoint);
    enum fault fault = disk_read(&seal->disk, history, &seal->checkpoint);
    if (!fault)
        fault = note_parse(buf_view(&seal->checkpoint), &note, &seal->doubt);
    if (!fault && !text_equal(note.text, text))
        return doubt_raise(&seal->doubt, FAULT_FORMAT,
                           "%s in %s was signed with another root than its entries lead to",
                           history, seal->disk.folder);
    if (fault != FAULT_ABSENT)
        return fault;
    const struct skey *keys[SEAL_KEYS_MAX];
    for (size_t i = 0; i < seal->keys_n; i++)
        keys[i] = &seal->keys[i];
    buf_reset(&seal->checkpoint);
    return note_sign(&seal->checkpoint, text, keys, seal->keys_n, 0);
}

/* history first, so that a checkpoint that anybody saw is kept. */
static enum fault show(struct seal *seal, const char *history)
{
    struct text bytes = buf_view(&seal->checkpoint);
    enum fault fault = disk_put(&seal->disk, history, bytes);
    if (!fault)
        fault = disk_settle(&seal->disk);
    if (!fault)
        fault = disk_put(&seal->disk, "checkpoint", bytes);
    return fault ? fault : disk_settle(&seal->disk);
}

enum fault seal_finish(struct seal *seal, uint64_t size, const struct hash *root)
{
    char history[DISK_PATH_SIZE];
    CLEANUP(buf) struct buf text = BUF_MAX(KIB);
    INVARIANT(seal->intended && seal->intent_size == size && hash_equal(&seal->intent_root, root));
    INVARIANT(!seal->published || size > seal->size);
    history_path(size, history);
    seal_head_put(seal, size, root, &text);
    enum fault fault = buf_fault(&text);
    if (!fault)
        fault = sign_or_find(seal, history, buf_view(&text));
    if (!fault)
        fault = show(seal, history);
    if (fault)
        return fault;
    seal->published = true;
    seal->size = size;
    seal->root = *root;
    return FAULT_NONE;
}

enum fault seal_sign(struct seal *seal, uint64_t size, const struct hash *root)
{
    enum fault fault = write_intent(seal, size, root);
    return fault ? fault : seal_finish(seal, size, root);
}

static enum fault full_tile(void *ctx, struct tile tile, const struct hash *hashes)
{
    struct seal *seal = ctx;
    char path[TILE_PATH_SIZE];
    tile_path(tile, path);
    struct text bytes = {(const char *)hashes, (size_t)tile.width * HASH_SIZE};
    return disk_put_once(&seal->disk, path, bytes);
}

static enum fault write_bundle(struct seal *seal, uint64_t index, unsigned width)
{
    char path[TILE_PATH_SIZE];
    tile_path((struct tile){TILE_ENTRIES, 0, index, width}, path);
    enum fault fault = buf_fault(&seal->edge);
    return fault ? fault : disk_put_once(&seal->disk, path, buf_view(&seal->edge));
}

/* The batch into the tree; whatever becomes full, to disk. */
static enum fault grow(struct seal *seal)
{
    struct tree_watch watch = {full_tile, seal};
    struct text rest = buf_view(&seal->batch), record;
    enum fault fault = FAULT_NONE;
    while (!fault && bundle_next(&rest, &record)) {
        struct hash leaf;
        hash_leaf(record, &leaf);
        fault = bundle_put(&seal->edge, record);
        if (!fault)
            fault = tree_add(&seal->tree, &leaf, &watch);
        if (!fault && seal->tree.size % TILE_WIDTH == 0) {
            fault = write_bundle(seal, seal->tree.size / TILE_WIDTH - 1, TILE_WIDTH);
            buf_reset(&seal->edge);
        }
    }
    return fault;
}

/* What is not full at the new size and was not as wide at the old one. */
static enum fault write_partial(struct seal *seal)
{
    struct growth growth = growth_of(seal->size, seal->tree.size);
    struct tile tile;
    enum fault fault = FAULT_NONE;
    while (!fault && growth_next(&growth, &tile)) {
        if (tile.width == TILE_WIDTH)
            continue;
        if (tile.kind == TILE_ENTRIES)
            fault = write_bundle(seal, tile.index, tile.width);
        else
            fault = full_tile(seal, tile, seal->tree.level[tile.level].hashes);
    }
    return fault;
}

/* What is full now need not be kept in parts. They harm nobody where that fails. */
static void drop_partial(struct seal *seal, uint64_t from)
{
    for (unsigned level = 0; level < TILE_LEVELS; level++) {
        uint64_t index = (from >> (8 * level)) / TILE_WIDTH;
        struct tile tile = {TILE_HASHES, level, index, 1};
        if (tile_width(level, index, seal->size) != TILE_WIDTH
            || tile_width(level, index, from) == 0)
            continue;
        bool dropped = disk_drop_partial(&seal->disk, tile, 0) == FAULT_NONE;
        tile.kind = TILE_ENTRIES;
        if (dropped && level == 0)
            dropped = disk_drop_partial(&seal->disk, tile, 0) == FAULT_NONE;
        if (!dropped)
            seal->doubt.what[0] = '\0';
    }
}

static enum fault publish_batch(struct seal *seal)
{
    struct growth_claim claim = {.from = seal->size, .from_root = seal->root};
    enum fault fault = grow(seal);
    if (!fault)
        fault = write_partial(seal);
    if (!fault)
        fault = disk_settle(&seal->disk);
    if (fault)
        return seal_refuse(seal, fault);
    claim.to = seal->tree.size;
    tree_root(&seal->tree, &claim.to_root);
    fault = recheck(&seal->reader, &claim);
    if (fault)
        return seal_refuse_reading(seal, fault);
    fault = seal_sign(seal, claim.to, &claim.to_root);
    if (fault)
        return seal_refuse(seal, fault);
    buf_reset(&seal->batch);
    seal->batch_n = 0;
    drop_partial(seal, claim.from);
    return FAULT_NONE;
}

/* Lines for the keys that have not signed what stands in seal->checkpoint. */
static enum fault missing_lines(struct seal *seal, struct buf *out)
{
    struct note note;
    enum fault fault = note_parse(buf_view(&seal->checkpoint), &note, &seal->doubt);
    for (size_t i = 0; !fault && i < seal->keys_n; i++) {
        uint64_t has_signed;
        fault = note_check(&note, &seal->keys[i].vkey, 1, &has_signed, &seal->doubt);
        if (!fault && !has_signed)
            fault = note_sign_line(out, note.text, &seal->keys[i], 0);
    }
    return fault;
}

enum fault seal_sign_again(struct seal *seal)
{
    char history[DISK_PATH_SIZE];
    CLEANUP(buf) struct buf lines = BUF_MAX(NOTE_MAX);
    enum fault fault = missing_lines(seal, &lines);
    if (fault || lines.len == 0)
        return fault;
    buf_text(&seal->checkpoint, buf_view(&lines));
    fault = buf_fault(&seal->checkpoint);
    history_path(seal->size, history);
    return fault ? fault : show(seal, history);
}

enum fault seal_publish(struct seal *seal)
{
    if (seal->refused)
        return FAULT_FORMAT;
    if (seal->batch_n)
        return publish_batch(seal);
    enum fault fault =
        seal->published ? seal_sign_again(seal) : seal_sign(seal, seal->size, &seal->root);
    return fault ? seal_refuse(seal, fault) : FAULT_NONE;
}
