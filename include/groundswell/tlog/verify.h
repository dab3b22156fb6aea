/* verify.h -- is this log what it says it is? Everything is recomputed from the entries; nothing is
 * taken from the sealer's own code but the hash functions.
 *
 * Checked: the checkpoint's signatures; the root from the entries; every tile and every partial one
 * against the entries, none missing, none too many; each checkpoint of history/ signed, and its
 * root that of the beginning of this log; none newer than the checkpoint. A log that is written to
 * meanwhile is judged as the first look at its checkpoint found it; what came later is left out, if
 * a checkpoint that the log signed soon covers it. Where the source cannot
 * list folders (a URL), history and surplus files cannot be seen and are left out. */
#ifndef GROUNDSWELL_TLOG_VERIFY_H
#define GROUNDSWELL_TLOG_VERIFY_H

#include "groundswell/tlog/checkpoint.h"
#include "groundswell/tlog/reader.h"

struct verify_plan {
    struct source source;
    struct signers signers;
    struct text seen; /* a checkpoint that somebody kept: must be a beginning of it; or none */
    /* Told every entry in order, beside the checks (a recount); may be NULL. What it heard counts
     * only when verify_log() returned FAULT_NONE. Its fault ends the verification. */
    enum fault (*entry)(void *ctx, uint64_t seq, struct text entry);
    void *entry_ctx;
};

struct verify_finding {
    uint64_t size;
    struct hash root;
    uint64_t entry_bytes;
    uint64_t tiles;     /* files of tile/ that were compared */
    uint64_t history;   /* older checkpoints that were compared */
    size_t witnesses;   /* cosignatures by those asked about */
    bool listed;        /* folders were listed, so that surplus and history were seen */
};

/* FAULT_NONE: all of it holds. FAULT_FORMAT, FAULT_ABSENT, FAULT_IO: doubt names the first thing
 * that does not. */
enum fault verify_log(const struct verify_plan *plan, struct verify_finding *ret,
                      struct doubt *doubt) MUST_CHECK;

#endif
