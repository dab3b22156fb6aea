/* sealer_job.h -- the file side of sealing one community: what a thread of the pool does.
 *
 * A job belongs to the loop while it rests, and to one thread while it runs; nothing of it is
 * touched by both. What is asked of it stands above, what came of it below. */
#ifndef GROUNDSWELL_KEEPER_SEALER_JOB_H
#define GROUNDSWELL_KEEPER_SEALER_JOB_H

#include <sys/stat.h>

#include "groundswell/base/ids.h"
#include "groundswell/tlog/seal.h"
#include "sealer_witness.h"

#define SEALER_PAGE 1000 /* records asked for at once */
#define SEALER_KEYS 2    /* the key, and the next one while it is being changed */

struct sealer_batch {
    size_t n;
    uint64_t seqs[SEALER_PAGE];
    struct buf lines; /* canonical JSON, a record a line */
};

/* A witness's line, judged when it came; borrowed. */
struct seal_cosigned {
    uint64_t size;
    struct text lines;
    const struct vkey *key;
};

struct seal_job {
    const char *data, *host; /* the sealer's */
    char slug[SLUG_MAX + 1];

    struct sealer_batch *batch; /* NULL: none */
    bool publish;
    struct seal_cosigned cosigned[WITNESSES_MAX];
    size_t cosigned_n; /* 0 again when the job has added them */
    char raise[DOUBT_SIZE]; /* a doubt that arose before Redis; "": none */

    struct seal *seal; /* NULL: not open */
    struct stat keys[SEALER_KEYS]; /* the files as they were read; st_ino 0: absent */

    bool elsewhere; /* another process has the lock; its doubt, if any, stands in `doubt` */
    bool opened;    /* in this run; then the batch was left alone */
    bool grave;     /* the seal itself refuses: only a person can go on from here */
    enum fault fault;
    struct doubt doubt;
    uint64_t size, next; /* sealed; the seq that it waits for */
};

void seal_job_run(struct seal_job *job);   /* blocks on the disk */
void seal_job_close(struct seal_job *job); /* gives the lock back */

#endif
