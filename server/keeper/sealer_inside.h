/* sealer_inside.h -- what the sealer's files share: its places, its check of Redis, its metrics. */
#ifndef GROUNDSWELL_KEEPER_SEALER_INSIDE_H
#define GROUNDSWELL_KEEPER_SEALER_INSIDE_H

#include "groundswell/base/arena.h"
#include "groundswell/keeper/sealer.h"
#include "sealer_job.h"

#define SEALER_LINES_MAX (SEALER_PAGE * (16 * KIB + 1)) /* a page of the longest records */

struct sealer_checking;
struct timer;

struct place {
    struct sealer *sealer;
    struct place *next;
    struct timer *timer; /* NULL while something is under way */
    struct seal_job job;

    char doubt[DOUBT_SIZE + SLUG_MAX + 40]; /* the sentence for people; "" while all is well */
    bool final;      /* nothing is tried any more */
    bool compared;   /* the last sealed records were held against those in Redis */
    bool more;       /* the last page was full */
    uint64_t oldest_ms;  /* acceptance of the first record that is fed and not published; 0: none */
    uint64_t waiting;    /* records fed and not published */
    uint64_t waiting_us; /* since then */
    uint64_t worked_us;  /* when a job ended */
    unsigned pause_ms;
    uint64_t trimmed;    /* records below this are gone from the stream, or nearly */
    bool trimming;
    uint64_t sealed;              /* as the last job that ended told */
    struct cosigning *cosignings; /* one a witness; NULL: none */
};

struct sealer {
    struct sealer_plan plan;
    char *data, *host;
    struct place *places; /* in the order of their slugs */
    size_t places_n, batches_n;
    struct timer *refresh;
    char after[SLUG_MAX + 1];
    struct arena arena; /* for one record */
    struct sealer_checking *checking;
    struct witnesses *witnesses; /* NULL: none */
};

/* sealer_check.c */
void sealer_check_drop(struct sealer *sealer);
/* Appends the canonical JSON of names and values, n of them together; *ret_why (of DOUBT_SIZE)
 * tells what is wrong with them. */
enum fault sealer_render(struct sealer *sealer, const struct text *flat, size_t n, struct buf *out,
                         char ret_why[static DOUBT_SIZE]) MUST_CHECK;

/* sealer_metrics.c */
void sealer_tell_size(const struct place *place);
void sealer_tell_stopped(const struct place *place);
void sealer_tell_delay(const struct place *place, uint64_t delay_ms);

#endif
