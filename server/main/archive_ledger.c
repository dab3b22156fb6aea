/* archive_ledger.c -- the Redis of a snapshot: started, asked who is in it, stopped. What its
 * records must agree with stands in archive_check.c. */
#include "archive_ledger.h"

#include "archive_ask.h"
#include "groundswell/base/clock.h"
#include "groundswell/io/loop.h"
#include "groundswell/store/embedded.h"
#include "groundswell/store/store.h"

#define PATIENCE_US 900000000 /* a large ledger takes its time to load */
#define ASK_US 60000000
#define STOP_MS 60000
#define LOOK_MS 10
#define PAGE 500
#define COMMUNITIES_MAX 1000000
#define ONE_MAX (4 * MIB)

/* ---- asking ---------------------------------------------------------------------------------- */

static void woken(void *ctx)
{
    loop_stop(ctx);
}

bool snapshot_heard(struct snapshot *snapshot, const struct ledger_answer *answer)
{
    snapshot->heard = true;
    snapshot->fault = answer->fault;
    if (!answer->fault && answer->refusal) snapshot->fault = FAULT_CONFIG;
    snapshot->next = answer->next;
    loop_stop(snapshot->loop);
    return snapshot->fault == FAULT_NONE;
}

enum fault snapshot_wait(struct snapshot *snapshot)
{
    const uint64_t until_us = clock_steady_us() + ASK_US;
    while (!snapshot->heard && clock_steady_us() < until_us) {
        struct timer *look = loop_after(snapshot->loop, LOOK_MS, woken, snapshot->loop);
        if (!look || loop_run(snapshot->loop)) return FAULT_IO;
    }
    return snapshot->heard ? snapshot->fault : FAULT_TIMEOUT;
}

/* ---- communities ----------------------------------------------------------------------------- */

static enum fault community_add(struct snapshot *snapshot, struct text slug)
{
    if (snapshot->communities_n == snapshot->communities_max) {
        const size_t more = snapshot->communities_max ? snapshot->communities_max * 2 : 16;
        void *grown = realloc(snapshot->communities, more * sizeof *snapshot->communities);
        if (!grown || more > COMMUNITIES_MAX) return FAULT_MEMORY;
        snapshot->communities = grown;
        snapshot->communities_max = more;
    }
    struct snapshot_community *community = &snapshot->communities[snapshot->communities_n++];
    *community = (struct snapshot_community){0};
    INVARIANT(slug.n <= SLUG_MAX);
    memcpy(community->slug, slug.at, slug.n);
    return FAULT_NONE;
}

static void communities_answer(void *ctx, const struct ledger_answer *answer)
{
    struct snapshot *snapshot = ctx;
    const struct text *slugs = answer->items;
    if (!snapshot_heard(snapshot, answer)) return;
    for (size_t i = 0; i < answer->items_n && !snapshot->fault; i++)
        snapshot->fault = community_add(snapshot, slugs[i]);
    snapshot->next = answer->items_n == PAGE;
}

static enum fault communities_list(struct snapshot *snapshot)
{
    enum fault no = FAULT_NONE;
    do {
        const size_t n = snapshot->communities_n;
        char last[SLUG_MAX + 1] = "";
        if (n) memcpy(last, snapshot->communities[n - 1].slug, sizeof last);
        snapshot->heard = false;
        ledger_communities(snapshot->ledger, text_of(last), PAGE, communities_answer, snapshot);
        no = snapshot_wait(snapshot);
    } while (!no && snapshot->next);
    return no;
}

static void state_answer(void *ctx, const struct ledger_answer *answer)
{
    struct snapshot *snapshot = ctx;
    if (snapshot_heard(snapshot, answer))
        snapshot->asked->state = *(const struct community_state *)answer->outcome;
}

static enum fault states_read(struct snapshot *snapshot)
{
    enum fault no = FAULT_NONE;
    for (size_t i = 0; i < snapshot->communities_n && !no; i++) {
        snapshot->heard = false;
        snapshot->asked = &snapshot->communities[i];
        ledger_state_community(snapshot->ledger, text_of(snapshot->asked->slug), state_answer,
                               snapshot);
        no = snapshot_wait(snapshot);
    }
    return no;
}

/* ---- Redis ----------------------------------------------------------------------------------- */

static void redis_event(void *ctx, enum embedded_event event)
{
    struct snapshot *snapshot = ctx;
    snapshot->redis_gone |= event == EMBEDDED_GAVE_UP || event == EMBEDDED_DIED;
}

static void store_came_up(void *ctx, struct store *store)
{
    const struct snapshot *snapshot = ctx;
    (void)store;
    ledger_prelude(snapshot->ledger, NULL, NULL);
}

static enum verb_exit rooms_open(struct snapshot *snapshot)
{
    /* No keys are needed to read. The folder only has to exist. */
    const struct ledger_plan ledger = {.keys_folder = "/"};
    const struct embedded_plan redis = {
        .data_folder = snapshot->folder, .on_event = redis_event, .ctx = snapshot};
    snapshot->loop = loop_new();
    if (!snapshot->loop) return verb_fail(snapshot->args, "out of memory");
    snapshot->redis = embedded_start(snapshot->loop, &redis);
    if (!snapshot->redis)
        return verb_fail(snapshot->args, "no Redis can be started in %s", snapshot->folder);
    const struct store_plan store = {.address = embedded_address(snapshot->redis),
                                     .connections = 1,
                                     .on_up = store_came_up,
                                     .ctx = snapshot};
    snapshot->store = store_new(snapshot->loop, &store);
    if (snapshot->store)
        snapshot->ledger = ledger_new(snapshot->loop, snapshot->store, &ledger);
    return snapshot->ledger ? VERB_DONE : verb_fail(snapshot->args, "out of memory");
}

static enum verb_exit up_wait(struct snapshot *snapshot)
{
    const uint64_t until_us = clock_steady_us() + PATIENCE_US;
    while (!store_is_up(snapshot->store) && !snapshot->redis_gone &&
           clock_steady_us() < until_us)
        if (!loop_after(snapshot->loop, LOOK_MS, woken, snapshot->loop) ||
            loop_run(snapshot->loop))
            return verb_fail(snapshot->args, "the event loop failed");
    if (snapshot->redis_gone)
        return verb_fail(snapshot->args, "Redis does not take the snapshot; its words are in "
                                         "redis/redis.log of the folder");
    if (!store_is_up(snapshot->store))
        return verb_fail(snapshot->args, "the snapshot's Redis cannot be asked: %s",
                         store_why_down(snapshot->store));
    return VERB_DONE;
}

enum verb_exit snapshot_open(struct snapshot *snapshot, const struct args *args,
                             const char *folder)
{
    *snapshot = (struct snapshot){.args = args, .folder = folder};
    arena_init(&snapshot->one, ONE_MAX);
    enum verb_exit end = rooms_open(snapshot);
    if (!end) end = up_wait(snapshot);
    if (end) return end;
    enum fault no = communities_list(snapshot);
    if (!no) no = states_read(snapshot);
    return no ? verb_fail(args, "the snapshot cannot be read: %s", fault_name(no)) : VERB_DONE;
}

void snapshot_close(struct snapshot *snapshot)
{
    store_free(snapshot->store);
    ledger_free(snapshot->ledger);
    embedded_stop(snapshot->redis, STOP_MS);
    if (snapshot->loop) loop_free(snapshot->loop);
    arena_release(&snapshot->one);
    buf_release(&snapshot->page);
    free(snapshot->communities);
    *snapshot = (struct snapshot){0};
}
