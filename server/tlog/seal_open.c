/* seal_open.c -- what a crash may have left, and what nobody may touch.
 *
 * On disk stand the signed checkpoint and, written before the last signature, the intent. Three
 * things can be found: they agree (nothing was under way, or tiles were begun: swept away); the
 * intent is ahead (its tiles are complete: they are recomputed, and the publication is finished);
 * or anything else, which no crash explains: a doubt. The right edge is read from the tiles and
 * must lead to the signed root, so that no file needs to be believed. */
#include "groundswell/tlog/key.h"
#include "inside.h"
#include "recheck.h"

static enum fault doubtful(struct seal *seal, const char *what)
{
    return doubt_raise(&seal->doubt, FAULT_FORMAT, "%s: %s", seal->disk.folder, what);
}

/* The keys that ever signed, and those of the plan. */
static enum fault read_vkeys(struct seal *seal, bool *ret_new)
{
    CLEANUP(buf) struct buf lines = BUF_MAX(64 * KIB);
    enum fault fault = disk_read(&seal->disk, "vkey", &lines);
    if (!fault)
        fault = vkeys_parse(buf_view(&lines), seal->vkeys, NOTE_KEYS_MAX - SEAL_KEYS_MAX,
                            &seal->vkeys_n, &seal->doubt);
    if (fault && fault != FAULT_ABSENT)
        return fault;
    size_t known = seal->vkeys_n;
    for (size_t i = 0; i < seal->keys_n; i++) {
        bool there = false;
        for (size_t k = 0; k < seal->vkeys_n; k++)
            there = there || vkey_equal(&seal->vkeys[k], &seal->keys[i].vkey);
        if (!there)
            seal->vkeys[seal->vkeys_n++] = seal->keys[i].vkey;
    }
    *ret_new = seal->vkeys_n > known;
    return FAULT_NONE;
}

/* Before the first signature by a new key, so that whoever sees one finds the key. */
static enum fault write_vkeys(struct seal *seal)
{
    CLEANUP(buf) struct buf lines = BUF_MAX(64 * KIB);
    for (size_t k = 0; k < seal->vkeys_n; k++) {
        vkey_put(&lines, &seal->vkeys[k]);
        buf_char(&lines, '\n');
    }
    enum fault fault = buf_fault(&lines);
    if (!fault)
        fault = disk_put(&seal->disk, "vkey", buf_view(&lines));
    return fault ? fault : disk_settle(&seal->disk);
}

static enum fault read_checkpoint(struct seal *seal)
{
    struct checkpoint head;
    struct signers signers = {.logs = seal->vkeys, .logs_n = seal->vkeys_n};
    enum fault fault = disk_read(&seal->disk, "checkpoint", &seal->checkpoint);
    if (fault == FAULT_ABSENT)
        return FAULT_NONE;
    if (!fault)
        fault = checkpoint_open(buf_view(&seal->checkpoint), &signers, &head, NULL, &seal->doubt);
    if (fault)
        return fault;
    if (!text_is(head.origin, seal->origin))
        return doubtful(seal, "the checkpoint is that of another log");
    seal->published = true;
    seal->size = head.size;
    seal->root = head.root;
    return FAULT_NONE;
}

static enum fault read_intent(struct seal *seal)
{
    CLEANUP(buf) struct buf text = BUF_MAX(KIB);
    struct checkpoint head;
    enum fault fault = disk_read(&seal->disk, "intent", &text);
    if (fault == FAULT_ABSENT)
        return FAULT_NONE;
    if (!fault)
        fault = checkpoint_parse(buf_view(&text), &head, &seal->doubt);
    if (fault)
        return fault;
    if (!text_is(head.origin, seal->origin))
        return doubtful(seal, "the intent is that of another log");
    if (seal->published && head.size < seal->size)
        return doubtful(seal, "the checkpoint is larger than what was last intended");
    if (seal->published && head.size == seal->size && !hash_equal(&head.root, &seal->root))
        return doubtful(seal, "the checkpoint has another root than was intended for its size");
    seal->intended = true;
    seal->intent_size = head.size;
    seal->intent_root = head.root;
    return FAULT_NONE;
}

struct newest {
    bool any, stranger;
    uint64_t size;
};

static void see_history(void *to, const char *name, bool is_folder)
{
    struct newest *newest = to;
    uint64_t size;
    if (is_folder || !text_to_u64(text_of(name), LOG_SIZE_MAX, &size))
        newest->stranger = true;
    else if (!newest->any || size > newest->size)
        *newest = (struct newest){true, newest->stranger, size};
}

/* Nothing was signed that is ahead of both checkpoint and intent. */
static enum fault check_history(struct seal *seal)
{
    struct newest newest = {0};
    struct source source = source_of_disk(&seal->disk);
    enum fault fault = source.list(source.ctx, "history", see_history, &newest);
    if (fault)
        return fault;
    if (newest.stranger)
        return doubtful(seal, "history holds something that is no checkpoint");
    if (!newest.any || (seal->published && newest.size <= seal->size)
        || (seal->intended && newest.size <= seal->intent_size))
        return FAULT_NONE;
    return doubt_raise(&seal->doubt, FAULT_FORMAT,
                       "%s: a checkpoint of size %llu was signed, which is ahead of what is "
                       "published; files of the log were put back to an older state",
                       seal->disk.folder, (unsigned long long)newest.size);
}

/* The tree's right edge and the bundle that is not full, from the files. */
static enum fault read_edge(struct seal *seal)
{
    struct reader *reader = &seal->reader;
    enum fault fault = FAULT_NONE;
    seal->tree.size = seal->size;
    for (unsigned level = 0; !fault && level < TILE_LEVELS; level++) {
        uint64_t index = (seal->size >> (8 * level)) / TILE_WIDTH;
        const struct hash *hashes;
        seal->tree.level[level].n = tile_width(level, index, seal->size);
        if (seal->tree.level[level].n == 0)
            continue;
        fault = reader_tile(reader, level, index, seal->size, &hashes);
        if (!fault)
            memcpy(seal->tree.level[level].hashes, hashes,
                   seal->tree.level[level].n * sizeof *hashes);
    }
    struct text bundle = TEXT_NONE;
    if (!fault && seal->size % TILE_WIDTH)
        fault = reader_bundle(reader, seal->size / TILE_WIDTH, seal->size, &bundle);
    buf_text(&seal->edge, bundle);
    return fault ? fault : buf_fault(&seal->edge);
}

/* The edge leads to the signed root, and the last bundle's entries to the edge. */
static enum fault check_edge(struct seal *seal)
{
    struct hash root, leaf;
    tree_root(&seal->tree, &root);
    if (!hash_equal(&root, &seal->root))
        return doubtful(seal, "the tiles do not lead to the root that was signed");
    struct text rest = buf_view(&seal->edge), entry;
    for (size_t i = 0; bundle_next(&rest, &entry); i++) {
        hash_leaf(entry, &leaf);
        if (!hash_equal(&leaf, &seal->tree.level[0].hashes[i]))
            return doubtful(seal, "the last entries are not those that were signed");
    }
    return FAULT_NONE;
}

/* Tiles beyond `size`, of a publication that did not come to its intent. */
struct sweep {
    struct seal *seal;
    char folder[TILE_PATH_SIZE];
    uint64_t first; /* the tile that is not full yet */
    enum fault fault;
};

static void sweep_name(void *to, const char *name, bool is_folder)
{
    struct sweep *sweep = to;
    struct disk *disk = &sweep->seal->disk;
    char path[DISK_PATH_SIZE];
    struct tile tile;
    size_t n = strlen(name);
    if (sweep->fault || (is_folder && (n < 2 || strcmp(name + n - 2, ".p") != 0)))
        return;
    int m = snprintf(path, sizeof path, "%s/%.*s", sweep->folder, (int)(n - 2 * is_folder), name);
    if (m < 0 || (size_t)m >= sizeof path || !tile_parse(text_of(path), &tile)
        || tile.index < sweep->first)
        return;
    unsigned keep = tile_width(tile.level, tile.index, sweep->seal->size);
    sweep->fault = is_folder ? disk_drop_partial(disk, tile, keep) : disk_drop(disk, path);
}

/* One publication holds at most SEAL_BATCH_MAX records, so that what it left lies in the folder of
 * the edge or in the next. */
static enum fault sweep(struct seal *seal, enum tile_kind kind, unsigned level)
{
    uint64_t first = (seal->size >> (8 * level)) / TILE_WIDTH;
    uint64_t last = ((seal->size + SEAL_BATCH_MAX) >> (8 * level)) / TILE_WIDTH;
    struct source source = source_of_disk(&seal->disk);
    struct sweep sweep = {.seal = seal, .first = first};
    for (int i = 0; i < 2; i++) {
        char before[TILE_PATH_SIZE];
        memcpy(before, sweep.folder, sizeof before);
        tile_path((struct tile){kind, level, i ? last : first, TILE_WIDTH}, sweep.folder);
        *strrchr(sweep.folder, '/') = '\0';
        if (strcmp(before, sweep.folder) == 0)
            break;
        enum fault fault = source.list(source.ctx, sweep.folder, sweep_name, &sweep);
        if (fault || sweep.fault)
            return fault ? fault : sweep.fault;
    }
    return FAULT_NONE;
}

static enum fault sweep_all(struct seal *seal)
{
    enum fault fault = sweep(seal, TILE_ENTRIES, 0);
    for (unsigned level = 0; !fault && level < TILE_LEVELS - 1; level++)
        fault = sweep(seal, TILE_HASHES, level);
    return fault;
}

/* What was intended is complete on disk, or something is wrong that no crash explains. */
static enum fault roll_forward(struct seal *seal)
{
    struct growth_claim claim = {seal->size, seal->intent_size, seal->root, seal->intent_root};
    enum fault fault = recheck(&seal->reader, &claim);
    if (fault)
        return seal_refuse_reading(seal, fault);
    return seal_finish(seal, claim.to, &claim.to_root);
}

static enum fault read_all(struct seal *seal)
{
    bool new_keys;
    enum fault fault = read_vkeys(seal, &new_keys);
    if (!fault)
        fault = read_checkpoint(seal);
    if (!fault)
        fault = read_intent(seal);
    if (!fault)
        fault = check_history(seal);
    return !fault && new_keys ? write_vkeys(seal) : fault;
}

enum fault seal_recover(struct seal *seal)
{
    enum fault fault = disk_mkdir(&seal->disk, "tmp");
    if (!fault)
        fault = read_all(seal);
    if (!fault && seal->intended && (!seal->published || seal->intent_size > seal->size))
        fault = roll_forward(seal);
    if (fault)
        return seal_refuse(seal, fault == FAULT_ABSENT ? FAULT_FORMAT : fault);
    reader_forget(&seal->reader);
    fault = read_edge(seal);
    if (fault)
        return seal_refuse_reading(seal, fault);
    fault = check_edge(seal);
    if (!fault)
        fault = sweep_all(seal);
    return fault ? seal_refuse(seal, fault) : FAULT_NONE;
}
