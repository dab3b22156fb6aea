/* verify_inside.h -- what the files of the verifier share: verify.c counts the entries again,
 * verify_history.c reads every checkpoint, verify_files.c looks at every file of tile/. */
#ifndef GROUNDSWELL_TLOG_VERIFY_INSIDE_H
#define GROUNDSWELL_TLOG_VERIFY_INSIDE_H

#include "groundswell/tlog/verify.h"
#include "range.h"

/* A checkpoint that must be a beginning of this log. */
struct head {
    uint64_t size;
    struct hash root;
    bool of_history; /* else the one that somebody kept */
};

struct heads {
    struct head *at;
    size_t n, max;
};

struct tiles {
    struct tile *at;
    size_t n, max;
};

/* The tiles as they must be, as far as they are not full. */
struct wanted_tile {
    unsigned n;
    struct hash hashes[TILE_WIDTH];
};

struct verify {
    const struct verify_plan *plan;
    struct verify_finding *finding;
    struct doubt *doubt;
    struct reader reader;
    struct checkpoint checkpoint;
    struct buf bytes;              /* of the checkpoint; it borrows from them */
    struct heads heads;            /* by size */
    size_t heads_done;
    struct range range;
    struct wanted_tile *wanted;    /* one a level */
    struct tiles tiles;            /* in the order of their paths' numbers */
    enum fault fault;              /* inside a listing */
    uint64_t grown;                /* what the log has meanwhile, as far as that was asked */
};

/* The sentence that the reader found. */
enum fault verify_reading(struct verify *v, enum fault fault) MUST_CHECK;
/* Room for one more of `size` bytes at (*at)[n]; false: no memory. */
bool verify_grow(void *at, size_t n, size_t *max, size_t size);

/* The log is written to while it is read: its checkpoint now has that size, or has it in a moment.
 * What belongs to the records behind v->checkpoint is then no fault. */
bool verify_has_grown(struct verify *v, uint64_t size);
/* Fills v->heads, each signed and named by its size. */
enum fault verify_history(struct verify *v) MUST_CHECK;
/* Every file of tile/ is due and right, and what history needs is there. */
enum fault verify_files(struct verify *v) MUST_CHECK;

#endif
