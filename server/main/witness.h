/* witness.h -- what a witness remembers of each log that it watches, and how it judges the next
 * checkpoint (C2SP tlog-witness). The verb and its HTTP are witness.c. */
#ifndef GROUNDSWELL_MAIN_WITNESS_H
#define GROUNDSWELL_MAIN_WITNESS_H

#include "groundswell/base/secret.h"
#include "groundswell/tlog/checkpoint.h"

#define WITNESS_KEYS_MAX 4    /* of one log: old and new during a rotation, and room to err */
#define WITNESS_LOGS_MAX 10000
#define WITNESS_BODY_MAX (NOTE_MAX + 4 * KIB) /* size line, 63 hashes, checkpoint */
#define WITNESS_ID_SIZE (2 * DIGEST_SIZE + 1)
#define WITNESS_PATH_SIZE 4096

/* One log. Its state is the last checkpoint that was cosigned, as DIR/<id>/checkpoint holds it. */
struct witness_log {
    char *origin;
    char id[WITNESS_ID_SIZE]; /* lower hex of SHA-256(origin) */
    struct vkey keys[WITNESS_KEYS_MAX];
    size_t keys_n;
    uint64_t size;         /* 0 also where nothing was cosigned yet */
    struct hash root;      /* of that size */
    struct buf checkpoint; /* with our line; empty where nothing was cosigned yet */
};

struct witness {
    const char *folder; /* borrowed */
    struct skey key;
    struct witness_log *logs;
    size_t logs_n;
};

void witness_release(struct witness *witness);

/* A log to watch, or one more key of it. FAULT_FORMAT, FAULT_LIMIT, FAULT_MEMORY: doubt tells. */
enum fault witness_watch(struct witness *witness, struct text origin, struct text vkey,
                         struct doubt *doubt) MUST_CHECK;
/* Lines "origin vkey"; empty ones and those that begin with # are passed over. */
enum fault witness_watch_lines(struct witness *witness, struct text lines,
                               struct doubt *doubt) MUST_CHECK;
/* What was cosigned before, of every log. FAULT_FORMAT: a file is not what this witness wrote; to
 * go on without it would be to forget, and what a witness is for is that it does not. */
enum fault witness_recall(struct witness *witness, struct doubt *doubt) MUST_CHECK;

struct witness_log *witness_find(struct witness *witness, struct text id);
/* The next state, on disk and in memory. After a fault the one in memory is still the old one:
 * what may stand on disk by now was given to nobody. */
enum fault witness_remember(const struct witness *witness, struct witness_log *log,
                            const struct checkpoint *checkpoint, struct text bytes) MUST_CHECK;

struct witness_answer {
    unsigned status;
    const char *type; /* static */
};

/* Judges the body of an add-checkpoint request and writes the answer's to out. On 200 the new state
 * is on disk already. Blocks on the disk: one caller at a time makes check and write one step. */
struct witness_answer witness_judge(struct witness *witness, struct text body, uint64_t now_s,
                                    struct buf *out);

#endif
