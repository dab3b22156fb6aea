/* seal.h -- the sealer's file side: records in, signed checkpoints and static files out.
 *
 * A log is a folder: `checkpoint`, `tile/`, `history/<size>` (every checkpoint that was signed),
 * `vkey` (every key that ever signed, one a line). Beside them, private: `intent` (the size and
 * root about to be signed), `lock`, `tmp/`.
 *
 * One publication: bundles and tiles under temporary names, fsync, rename, fsync of the folders;
 * read back, and the root recomputed from the bundles by other code; intent, fsync; signature;
 * history, then checkpoint, by rename. Two roots for one size are never signed, nor a smaller size
 * after a larger. A crash anywhere is mended by seal_open(): what was intended is published, what
 * was not is swept away.
 *
 * On a doubt (a gap, a changed record, a tile that differs, a contradiction on disk) it says so and
 * refuses everything afterwards; seal_open() finds the same doubt again where it lies on disk.
 * After FAULT_IO (disk full, a failing disk) it refuses too: close it, and open it again later.
 * Blocks on the disk: call it from a worker, one thread at a time. */
#ifndef GROUNDSWELL_TLOG_SEAL_H
#define GROUNDSWELL_TLOG_SEAL_H

#include "groundswell/tlog/checkpoint.h"

#define SEAL_KEYS_MAX 4
#define SEAL_BATCH_MAX 65536u              /* records between two publications */
#define SEAL_BATCH_BYTES_MAX (32 * MIB)

struct seal;

struct seal_plan {
    const char *folder; /* made where it is absent */
    const char *origin; /* "<host>/<slug>"; the keys' name */
    const struct skey *const *keys; /* 1..SEAL_KEYS_MAX: two during a rotation. Copied. */
    size_t keys_n;
    /* For tests: called before each file operation ("open", "write", "fsync", "rename", "mkdir",
     * "unlink", "read") with its path; an errno other than 0 makes the operation fail with it (a
     * write, half done). NULL in service. */
    int (*before)(void *ctx, const char *operation, const char *path);
    void *before_ctx;
};

/* FAULT_BUSY: somebody else seals this log. FAULT_FORMAT: a doubt; FAULT_IO. *ret is NULL after a
 * fault, and doubt says why. */
enum fault seal_open(const struct seal_plan *plan, struct seal **ret,
                     struct doubt *doubt) MUST_CHECK;
void seal_close(struct seal *seal); /* NULL accepted; records not published are dropped */

/* The record at `seq`, copied. seq == seal_next(): taken. Below it: compared with what was taken or
 * sealed, and a difference is a doubt (FAULT_FORMAT). Above it: a gap, a doubt. FAULT_BUSY: the
 * batch is full; publish, then repeat. FAULT_LIMIT: longer than 65,535 bytes, a doubt too. */
enum fault seal_append(struct seal *seal, uint64_t seq, struct text record) MUST_CHECK;

/* Signs and publishes everything taken. Nothing new: does nothing, but signs the empty log once,
 * and signs again where a key of the plan has not signed yet. */
enum fault seal_publish(struct seal *seal) MUST_CHECK;

/* Adds witnesses' lines, checked against their keys, to history/<size> and, where that is still
 * the present size, to checkpoint. A line by none of them is left out; FAULT_FORMAT for one that
 * is wrong (no doubt: the log is untouched, and *ret_why tells). */
enum fault seal_cosign(struct seal *seal, uint64_t size, struct text lines,
                       const struct vkey *witnesses, size_t witnesses_n,
                       struct doubt *ret_why) MUST_CHECK;

uint64_t seal_size(const struct seal *seal);   /* published; 0 also where nothing is yet */
uint64_t seal_next(const struct seal *seal);   /* the seq that seal_append() waits for */
bool seal_is_published(const struct seal *seal); /* false until the first checkpoint */
/* Its bytes; borrowed until the next publish. */
struct text seal_checkpoint(const struct seal *seal);
/* The sentence after a fault; "" while all is well. */
const char *seal_doubt(const struct seal *seal);

#endif
