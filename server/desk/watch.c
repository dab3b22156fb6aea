/* watch.c -- who votes 320 times from one address is seen before the money is spent, not after.
 *
 * Each worker counts the pledges it has seen written, by community and tag of the address: how many
 * and of how many residents within an hour. Every two seconds what has grown goes to the private
 * journal of its community, where `anomalies` finds it; a pledge itself never waits for that. An
 * address of fewer residents than the report speaks of is never written down: it is nobody's
 * affair that a household pledges, and the journal is not flooded by honest people. What could not
 * be written is kept for the next time; where it was not certain whether it was, it may be counted
 * twice.
 *
 * Bounded: CELLS_MAX addresses, WALLETS_MAX residents of each (more are that many), CALLS_MAX calls
 * at a time; what finds no place is counted as dropped. Not here: what is odd
 * (server/ledger/lua/86_anomaly.lua); pledges from paper (the helper's address says nothing of the
 * residents: see /assisted); what was not written yet when the process ends, which is lost. Who
 * asks again, under a new key, for what stands already is counted as if it had been written: the
 * ledger's answer is the same. */
#include "watch.h"

#include <uthash.h>

#include "errand.h"
#include "groundswell/base/metrics.h"
#include "groundswell/io/loop.h"
#include "groundswell/ledger/codes.h"

#define EVERY_MS 2000
#define WINDOW_MS (UINT64_C(60) * 60 * 1000)
#define CELLS_MAX 4096
#define CROWDED (CELLS_MAX / 4 * 3)
#define WALLETS_MAX 32
#define WALLETS_ODD 5 /* fewer are no anomaly: 86_anomaly.lua */
#define CALLS_MAX 16

static struct metric dropped = METRIC(METRIC_COUNTER, "groundswell_watch_dropped_total",
                                      "Pledges not counted by address: no place.", NULL);

struct cell {
    char key[CALLER_TAG_SIZE + SLUG_MAX]; /* the tag, then the slug */
    unsigned key_n;
    uint64_t since_ms;
    uint64_t waiting; /* pledges that no note has told yet */
    uint64_t sending; /* pledges in a note that is on its way */
    uint64_t wallets[WALLETS_MAX];
    size_t wallets_n;
    UT_hash_handle hh;
};

/* One call: cells of one community. */
struct batch {
    struct watch *watch;
    size_t n;
    struct {
        struct cell *cell;
        char pledges[24], wallets[24];
    } of[JOURNAL_ADD_MAX];
};

struct watch {
    struct desk *desk;
    struct cell *cells;
    struct timer *timer;
};

static struct text cell_slug(const struct cell *cell)
{
    return (struct text){cell->key + CALLER_TAG_SIZE, cell->key_n - CALLER_TAG_SIZE};
}

static bool cell_is_odd(const struct cell *cell)
{
    return cell->wallets_n >= WALLETS_ODD;
}

static void cell_free(struct watch *watch, struct cell *cell)
{
    HASH_DEL(watch->cells, cell);
    free(cell);
}

/* NULL: no place. */
static struct cell *cell_of(struct watch *watch, const char *tag, struct text slug)
{
    char key[CALLER_TAG_SIZE + SLUG_MAX];
    unsigned n = (unsigned)(CALLER_TAG_SIZE + slug.n);
    struct cell *cell = NULL;
    INVARIANT(slug.n <= SLUG_MAX);
    memcpy(key, tag, CALLER_TAG_SIZE);
    memcpy(key + CALLER_TAG_SIZE, slug.at, slug.n);
    HASH_FIND(hh, watch->cells, key, n, cell);
    if (cell || HASH_COUNT(watch->cells) >= CELLS_MAX) return cell;
    cell = calloc(1, sizeof *cell);
    if (!cell) return NULL;
    memcpy(cell->key, key, n);
    cell->key_n = n;
    cell->since_ms = ledger_now_ms(watch->desk->plan.ledger);
    HASH_ADD_KEYPTR(hh, watch->cells, cell->key, n, cell);
    return cell;
}

/* A resident's id is a keyed hash itself: 8 of its characters (48 bits) tell 32 people apart. */
static void cell_add(struct cell *cell, struct text resident)
{
    uint64_t wallet = 0;
    memcpy(&wallet, resident.at, resident.n < sizeof wallet ? resident.n : sizeof wallet);
    cell->waiting++;
    for (size_t i = 0; i < cell->wallets_n; i++)
        if (cell->wallets[i] == wallet) return;
    if (cell->wallets_n < WALLETS_MAX) cell->wallets[cell->wallets_n++] = wallet;
}

void watch_pledge(struct watch *watch, const struct errand *errand)
{
    static const uint8_t none[16] = {0}; /* of a Unix socket */
    char tag[CALLER_TAG_SIZE + 1];
    if (memcmp(errand->address, none, sizeof none) == 0) return;
    caller_tag(watch->desk->address_key, errand->address, tag);
    struct cell *cell = cell_of(watch, tag, errand->slug);
    if (cell) cell_add(cell, errand->act.subject);
    else metric_add(&dropped, NULL, 1);
}

/* ---- to the journal -------------------------------------------------------------------------- */

static void batch_answer(void *ctx, const struct ledger_answer *answer)
{
    struct batch *batch = ctx;
    for (size_t i = 0; i < batch->n; i++) {
        struct cell *cell = batch->of[i].cell;
        if (answer->fault) cell->waiting += cell->sending;
        cell->sending = 0;
    }
    free(batch);
}

static void batch_send(struct batch *batch)
{
    struct ledger *ledger = batch->watch->desk->plan.ledger;
    struct journal_note notes[JOURNAL_ADD_MAX];
    const uint64_t now_ms = ledger_now_ms(ledger);
    for (size_t i = 0; i < batch->n; i++) {
        struct cell *cell = batch->of[i].cell;
        char *pledges = batch->of[i].pledges, *wallets = batch->of[i].wallets;
        snprintf(pledges, sizeof batch->of[i].pledges, "%llu", (unsigned long long)cell->sending);
        snprintf(wallets, sizeof batch->of[i].wallets, "%zu", cell->wallets_n);
        notes[i] = (struct journal_note){.kind = TEXT("pledges"),
                                         .at_ms = now_ms,
                                         .area = TEXT(""),
                                         .address = {cell->key, CALLER_TAG_SIZE},
                                         .a = text_of(pledges),
                                         .b = text_of(wallets)};
    }
    const struct act act = {.slug = cell_slug(batch->of[0].cell), .subject = TEXT("keeper")};
    const struct journal_add in = {.notes = notes, .n = batch->n};
    ledger_journal_add(ledger, &act, &in, batch_answer, batch);
}

/* The batch that this cell can join, made where there is room for one more; NULL: next time. */
static struct batch *batch_for(struct watch *watch, struct batch **batches, const struct cell *cell)
{
    for (size_t i = 0; i < CALLS_MAX; i++) {
        if (!batches[i]) {
            batches[i] = calloc(1, sizeof *batches[i]);
            if (batches[i]) batches[i]->watch = watch;
            return batches[i];
        }
        if (text_equal(cell_slug(batches[i]->of[0].cell), cell_slug(cell)))
            return batches[i]->n < JOURNAL_ADD_MAX ? batches[i] : NULL;
    }
    return NULL;
}

/* Whoever has nothing to tell is forgotten after an hour; where it gets crowded, all that are not
 * odd are forgotten at once, and what they had is counted as dropped. */
static bool cell_forget(struct watch *watch, struct cell *cell, bool crowded)
{
    bool odd = cell_is_odd(cell);
    if (cell->sending > 0 || (odd && cell->waiting > 0)) return false;
    bool old = ledger_now_ms(watch->desk->plan.ledger) - cell->since_ms >= WINDOW_MS;
    if (!old && (odd || !crowded)) return false;
    if (!old) metric_add(&dropped, NULL, cell->waiting);
    cell_free(watch, cell);
    return true;
}

static void watch_tick(void *ctx)
{
    struct watch *watch = ctx;
    struct batch *batches[CALLS_MAX] = {0};
    struct cell *cell, *after;
    const bool crowded = HASH_COUNT(watch->cells) >= CROWDED;
    HASH_ITER (hh, watch->cells, cell, after) {
        if (cell_forget(watch, cell, crowded)) continue;
        if (!cell_is_odd(cell) || cell->waiting == 0 || cell->sending > 0) continue;
        struct batch *batch = batch_for(watch, batches, cell);
        if (!batch) continue;
        batch->of[batch->n++].cell = cell;
        cell->sending = cell->waiting;
        cell->waiting = 0;
    }
    for (size_t i = 0; i < CALLS_MAX && batches[i]; i++)
        batch_send(batches[i]);
    watch->timer = loop_after(watch->desk->loop, EVERY_MS, watch_tick, watch);
}

/* ---- life ------------------------------------------------------------------------------------ */

struct watch *watch_new(struct desk *desk)
{
    struct watch *watch = calloc(1, sizeof *watch);
    if (!watch) return NULL;
    watch->desk = desk;
    watch->timer = loop_after(desk->loop, EVERY_MS, watch_tick, watch);
    if (watch->timer) return watch;
    free(watch);
    return NULL;
}

void watch_free(struct watch *watch)
{
    if (!watch) return;
    struct cell *cell, *after;
    timer_cancel(watch->timer);
    HASH_ITER (hh, watch->cells, cell, after)
        cell_free(watch, cell);
    free(watch);
}
