/* reader.h -- reading a log, from a folder or from anywhere that gives bytes for a path.
 *
 * The paths are those of a log's root: "checkpoint", "tile/0/000.p/3", "history/70000", "vkey".
 * Whoever has a URL or an archive makes a `struct source` of it. Nothing read here is believed: who
 * asks, compares with a signed root. A reader keeps the last tile of each level and the last
 * bundle, so that reading in order fetches each file once. One thread at a time. */
#ifndef GROUNDSWELL_TLOG_READER_H
#define GROUNDSWELL_TLOG_READER_H

#include "groundswell/tlog/bundle.h"
#include "groundswell/tlog/doubt.h"
#include "groundswell/tlog/hash.h"
#include "groundswell/tlog/path.h"

struct source {
    /* Appends the file's bytes to out, which bounds them. FAULT_ABSENT where there is none. */
    enum fault (*fetch)(void *ctx, const char *path, struct buf *out);
    /* Names what stands in a folder, in any order, `is_folder` or file; an absent folder is empty.
     * NULL where the source cannot tell (a URL): what depends on it is then not checked. */
    enum fault (*list)(void *ctx, const char *path,
                       void (*name)(void *to, const char *name, bool is_folder), void *to);
    void *ctx;
};

/* The log in a folder; `folder` is borrowed for as long as the source is used. */
struct source source_of_folder(const char *folder);

struct reader_tile {
    bool filled;
    uint64_t index;
    unsigned width; /* as fetched: 256 where a full tile stood in for a partial one */
    struct hash hashes[TILE_WIDTH];
};

struct reader {
    struct source source;
    struct reader_tile *tiles; /* one a level */
    struct buf bytes; /* of the tile being read */
    struct buf bundle;
    bool bundle_filled;
    uint64_t bundle_index;
    unsigned bundle_width;
    struct doubt doubt; /* what was wrong, after a fault */
};

enum fault reader_init(struct reader *reader, struct source source) MUST_CHECK;
void reader_release(struct reader *reader);
void reader_forget(struct reader *reader); /* what is kept in memory: files may have changed */

/* The signed checkpoint's bytes, appended; judge them with checkpoint_open(). */
enum fault reader_checkpoint(struct reader *reader, struct buf *out) MUST_CHECK;

/* `size` below is that of a log whose tiles are there: a checkpoint's. A partial tile that is gone
 * is taken from the full one. FAULT_ABSENT, FAULT_FORMAT; reader->doubt names the file. What is
 * returned is borrowed until the next call. */
enum fault reader_tile(struct reader *reader, unsigned level, uint64_t index, uint64_t size,
                       const struct hash **ret_hashes) MUST_CHECK;
enum fault reader_bundle(struct reader *reader, uint64_t index, uint64_t size,
                         struct text *ret_bundle) MUST_CHECK;
enum fault reader_entry(struct reader *reader, uint64_t seq, uint64_t size,
                        struct text *ret_entry) MUST_CHECK;

/* Entries from, from + 1, ... to - 1, in order. A fault of `call` ends it and is returned. */
enum fault reader_each(struct reader *reader, uint64_t from, uint64_t to, uint64_t size,
                       enum fault (*call)(void *ctx, uint64_t seq, struct text entry),
                       void *ctx) MUST_CHECK;

/* The root of the complete subtree of 2^height leaves that begins at leaf index * 2^height. */
enum fault reader_subtree(struct reader *reader, unsigned height, uint64_t index, uint64_t size,
                          struct hash *ret) MUST_CHECK;
/* MTH(D[from:to]), where from is 0 or `to - from` is no more than from's lowest set bit (every
 * range that a proof needs); to <= size. */
enum fault reader_range(struct reader *reader, uint64_t from, uint64_t to, uint64_t size,
                        struct hash *ret) MUST_CHECK;

#endif
