/* limit.c -- cells in sets of sixteen: a key's set follows from the key, so that a look reads 256
 * bytes however full the table is.
 *
 * A cell holds its *theoretical arrival time*: when, at the rate's pace, everything taken so far
 * would have been due. It may lie at most (burst - 1) intervals ahead of now for one more to
 * conform. A cell whose time has come is empty, so that nothing is ever deleted and no sweep runs.
 *
 * The clock and the keys come from outside. */
#include "groundswell/people/limit.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "groundswell/base/fault.h"

#define WAYS 16
#define CELLS_MAX ((size_t)1 << 24)
#define SECOND_US 1000000u

struct cell {
    uint64_t key;
    uint64_t due_us; /* the theoretical arrival time */
};

struct limit_table {
    size_t sets; /* a power of two */
    uint64_t untracked;
    struct cell cells[];
};

struct limit_table *limit_new(size_t cells)
{
    INVARIANT(cells > 0 && cells <= CELLS_MAX);
    size_t sets = 1;
    while (sets * WAYS < cells)
        sets *= 2;
    struct limit_table *table = calloc(1, sizeof(*table) + sets * WAYS * sizeof(table->cells[0]));
    if (table) table->sets = sets;
    return table;
}

void limit_free(struct limit_table *table)
{
    free(table);
}

uint64_t limit_key(const uint8_t hash[static 8])
{
    uint64_t key;
    memcpy(&key, hash, sizeof(key));
    return key;
}

static size_t set_at(const struct limit_table *table, uint64_t key)
{
    return (size_t)(key & (table->sets - 1)) * WAYS;
}

/* Where that key's cell is or could be: its own, not drained; else one that has; else -1. */
static ptrdiff_t cell_find(const struct limit_table *table, uint64_t key, uint64_t now_us)
{
    const size_t first = set_at(table, key);
    ptrdiff_t place = -1;
    for (size_t i = first; i < first + WAYS; i++) {
        const struct cell *cell = &table->cells[i];
        if (cell->due_us <= now_us) place = (ptrdiff_t)i;
        else if (cell->key == key) return (ptrdiff_t)i;
    }
    return place;
}

static uint64_t due_at(const struct limit_table *table, ptrdiff_t place, uint64_t now_us)
{
    if (place < 0 || table->cells[place].due_us <= now_us) return now_us;
    return table->cells[place].due_us;
}

static uint32_t wait_s(uint64_t due_us, const struct limit_rate *rate, uint64_t now_us)
{
    INVARIANT(rate->interval_us > 0 && rate->interval_us <= LIMIT_INTERVAL_MAX_US);
    INVARIANT(rate->burst > 0 && rate->burst <= LIMIT_BURST_MAX);
    const uint64_t ahead_us = due_us - now_us;
    const uint64_t slack_us = (rate->burst - 1) * rate->interval_us;
    if (ahead_us <= slack_us) return 0;
    const uint64_t wait = (ahead_us - slack_us + SECOND_US - 1) / SECOND_US;
    return wait < UINT32_MAX ? (uint32_t)wait : UINT32_MAX;
}

uint32_t limit_wait(const struct limit_table *table, uint64_t key, const struct limit_rate *rate,
                    uint64_t now_us)
{
    return wait_s(due_at(table, cell_find(table, key, now_us), now_us), rate, now_us);
}

uint32_t limit_take(struct limit_table *table, uint64_t key, const struct limit_rate *rate,
                    uint64_t now_us)
{
    const ptrdiff_t place = cell_find(table, key, now_us);
    const uint64_t due_us = due_at(table, place, now_us);
    const uint32_t wait = wait_s(due_us, rate, now_us);
    if (wait > 0) return wait;
    if (place < 0) table->untracked++;
    else table->cells[place] = (struct cell){key, due_us + rate->interval_us};
    return 0;
}

uint64_t limit_untracked(const struct limit_table *table)
{
    return table->untracked;
}
