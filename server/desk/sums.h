/* sums.h -- the summaries of a trust's communities, gathered for its watch: the one fan-out.
 *
 * A summary is a second old at most and shared by all who look, so that a thousand who watch ask no
 * more of Redis than one. It is rendered when it comes; who asks puts the pieces together. */
#ifndef GROUNDSWELL_DESK_SUMS_H
#define GROUNDSWELL_DESK_SUMS_H

#include <uthash.h>

#include "groundswell/base/buf.h"
#include "groundswell/base/ids.h"
#include "groundswell/ledger/summary.h"

#define SUMS_MOST 1000          /* communities of one trust; of more, the first in byte order */
#define STALLED_DAYS UINT64_C(28)
#define DAY_MS UINT64_C(86400000)

struct desk;
struct visit;
struct sums;

enum trouble {
    TROUBLE_STALLED = 1,     /* a commission */
    TROUBLE_SUSPENDED = 2,   /* a body */
    TROUBLE_CLOSE = 4,       /* a body that one seat keeps from it */
    TROUBLE_LEFT_BEHIND = 8, /* an area */
    TROUBLE_LOG = 16,        /* is not sealed */
};

/* One community, ready to be shown, and what it is sorted and filtered by. */
struct sum {
    char slug[SLUG_MAX + 1];
    uint64_t fetched_ms; /* 0: never */
    bool absent;         /* the index names it, the ledger does not know it */
    struct buf name;     /* its slug where the text was erased */
    struct buf json, csv;
    uint64_t nearest;    /* permille of the nearest proposal, and 1; 0: none */
    uint64_t due_ms;     /* UINT64_MAX: no deadline */
    uint64_t residents, people, permille, tenders_open, stalled, suspended;
    unsigned trouble; /* bits of enum trouble */
    UT_hash_handle hh;
};

struct gathering {
    struct visit *visit;
    struct sums *sums;
    void (*done)(struct gathering *gathering); /* answers the visit */
    void *ctx;                                 /* the caller's, in the visit's arena */
    struct sum *at[SUMS_MOST];
    size_t n;
    /* its own */
    size_t next, in_flight;
    bool over; /* the visit was answered with what went wrong */
};

struct sums *sums_new(struct desk *desk);
void sums_free(struct sums *sums);

/* Every community of the trust that the visitor may look after, in byte order; then done(), once,
 * or the visit is answered with a fault. What the gathering holds lasts until done() returns. */
void sums_gather(struct visit *visit, struct text trust,
                 void (*done)(struct gathering *gathering), void *ctx);

/* sums_say.c: renders the answer to ledger_summary() into the sum. */
void sum_say(const struct desk *desk, struct sum *sum, const struct summary *summary,
             const struct summary_item *items, size_t items_n);
/* sums_csv.c: a cell of the table as RFC 4180 writes it, harmless to a spreadsheet. */
void csv_text(struct buf *out, struct text cell);
/* The first line of the table. */
extern const char sums_csv_head[];

#endif
