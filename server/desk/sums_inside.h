/* sums_inside.h -- what the two forms of a summary share: JSON (sums_say.c), table (sums_csv.c). */
#ifndef GROUNDSWELL_DESK_SUMS_INSIDE_H
#define GROUNDSWELL_DESK_SUMS_INSIDE_H

#include "sums.h"

/* What is known of the audit log by looking at its checkpoint. */
struct log_look {
    uint64_t size, behind, sealed_ms, waiting_ms, witnesses;
    bool trouble;
};

struct saying {
    const struct desk *desk;
    struct sum *sum;
    const struct summary *of;
    const struct summary_item *items;
    size_t items_n;
    struct text slug;
    struct log_look log;
    size_t close, left_behind;
    struct buf title; /* of the nearest */
};

static inline uint64_t sum_lacks(uint64_t has, uint64_t wants)
{
    return has < wants ? wants - has : 0;
}

static inline bool sum_item_is(const struct summary_item *item, const char *what)
{
    return text_is(item->what, what);
}

/* Into say->sum->csv; all else has been filled in. */
void sum_say_csv(struct saying *say);

#endif
