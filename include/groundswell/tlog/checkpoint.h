/* checkpoint.h -- the signed head of a log: origin, size and root (C2SP tlog-checkpoint). */
#ifndef GROUNDSWELL_TLOG_CHECKPOINT_H
#define GROUNDSWELL_TLOG_CHECKPOINT_H

#include "groundswell/tlog/hash.h"
#include "groundswell/tlog/note.h"

/* Texts borrow from the parsed bytes. */
struct checkpoint {
    struct text origin;
    uint64_t size;
    struct hash root;
    struct text extensions; /* further lines with their LF, kept as they are; ours has none */
};

/* Whose word counts. At least one of the log's keys must have signed, and be named as the origin;
 * during a rotation the old and the new key stand here. Of the witnesses, at least `quorum`
 * different ones. */
struct signers {
    const struct vkey *logs;
    size_t logs_n;
    const struct vkey *witnesses;
    size_t witnesses_n;
    size_t quorum;
};

/* The text of a note, without signatures. */
enum fault checkpoint_parse(struct text text, struct checkpoint *ret,
                            struct doubt *doubt) MUST_CHECK;
void checkpoint_put(struct buf *out, const struct checkpoint *checkpoint);

/* A whole signed checkpoint: parsed and its signatures judged. *ret_witnesses (may be NULL): how
 * many of the witnesses signed. */
enum fault checkpoint_open(struct text bytes, const struct signers *signers, struct checkpoint *ret,
                           size_t *ret_witnesses, struct doubt *doubt) MUST_CHECK;

/* Parsed without judging a signature: for what was judged before, or is judged by others. */
enum fault checkpoint_peek(struct text bytes, struct checkpoint *ret, struct note *ret_note,
                           struct doubt *doubt) MUST_CHECK;

#endif
