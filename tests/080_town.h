/* 080_town.h -- a community for tests of the ledger and the keeper: a Redis, a store, a ledger
 * with a clock of its own, and calls that wait for their answer.
 *
 * What was answered is kept as it would be shown: the outcome and the items as JSON (all fields
 * that are not private), the refusal as its sentence. */
#ifndef TESTS_080_TOWN_H
#define TESTS_080_TOWN_H

#include "check.h"
#include "redis_process.h"

#include "groundswell/io/loop.h"
#include "groundswell/ledger/pledges.h"
#include "groundswell/ledger/state.h"
#include "groundswell/ledger/views.h"
#include "groundswell/store/store.h"

#define RIVERSIDE TEXT("riverside")
#define PATIENCE_MS 60000

static uint64_t town_now = 1764000000000;
static inline uint64_t town_clock(void)
{
    return town_now;
}

struct town {
    struct redis_process redis;
    struct temp_dir keys;
    struct loop *loop;
    struct store *store;
    struct ledger *ledger;
};

struct heard {
    struct loop *loop;
    const struct field *fields, *item_fields; /* how to show it */
    size_t fields_n, item_fields_n, item_size;
    int answers;
    enum fault fault;
    enum refusal refusal;
    char sentence[512], json[16384];
    size_t items_n;
    uint64_t next;
    char items[8192]; /* raw, texts dangle */
};

static inline void heard_answer(void *ctx, const struct ledger_answer *answer)
{
    struct heard *heard = ctx;
    heard->answers++;
    heard->fault = answer->fault;
    heard->refusal = answer->refusal;
    heard->items_n = answer->items_n;
    heard->next = answer->next;
    CLEANUP(buf) struct buf sentence = BUF_MAX(sizeof heard->sentence - 1);
    refusal_say(&sentence, answer->refusal, answer->words, answer->words_n);
    CLEANUP(buf) struct buf json = BUF_MAX(sizeof heard->json - 1);
    struct json_out out = JSON_OUT(&json);
    if (answer->outcome && heard->fields)
        fields_json(heard->fields, heard->fields_n, answer->outcome, &out);
    for (size_t i = 0; heard->item_fields && i < answer->items_n; i++)
        fields_json(heard->item_fields, heard->item_fields_n,
                    (const char *)answer->items + i * heard->item_size, &out);
    assert_int_equal(buf_fault(&sentence), FAULT_NONE);
    assert_int_equal(buf_fault(&json), FAULT_NONE);
    snprintf(heard->sentence, sizeof heard->sentence, "%.*s", TEXT_ARGS(buf_view(&sentence)));
    snprintf(heard->json, sizeof heard->json, "%.*s", TEXT_ARGS(buf_view(&json)));
    if (answer->items && heard->item_size * answer->items_n <= sizeof heard->items)
        memcpy(heard->items, answer->items, heard->item_size * answer->items_n);
    loop_stop(heard->loop);
}

static inline void town_too_late(void *ctx)
{
    (void)ctx;
    fail_msg("no answer came");
}

/* Runs the loop until somebody stops it. */
static inline void town_run(struct town *town)
{
    struct timer *late = loop_after(town->loop, PATIENCE_MS, town_too_late, NULL);
    assert_int_equal(loop_run(town->loop), FAULT_NONE);
    timer_cancel(late);
}

static inline void town_stop(void *ctx)
{
    loop_stop(ctx);
}

static inline void town_wait(struct town *town, uint64_t ms)
{
    assert_non_null(loop_after(town->loop, ms, town_stop, town->loop));
    town_run(town);
}

static inline void town_up(void *ctx, struct store *store)
{
    struct town *town = ctx;
    assert_ptr_equal(store, town->store);
    ledger_prelude(town->ledger, NULL, NULL);
}

/* Another worker on the Redis of `first` (NULL: on its own one), with the given plan. */
static inline void town_join(struct town *town, struct town *first, struct ledger_plan plan)
{
    *town = (struct town){.redis = first ? first->redis : town->redis,
                          .keys = first ? first->keys : town->keys,
                          .loop = first ? first->loop : loop_new()};
    plan.keys_folder = town->keys.path;
    if (!plan.now_ms)
        plan.now_ms = town_clock;
    struct store_plan store = {.address = town->redis.address, .on_up = town_up, .ctx = town};
    town->store = store_new(town->loop, &store);
    assert_non_null(town->store);
    town->ledger = ledger_new(town->loop, town->store, &plan);
    assert_non_null(town->ledger);
    for (int i = 0; !store_is_up(town->store) && i < 3000; i++)
        town_wait(town, 20);
    assert_true(store_is_up(town->store));
}

static inline void town_leave(struct town *town)
{
    store_free(town->store);
    ledger_free(town->ledger);
}

static inline void town_begin(struct town *town)
{
    *town = (struct town){0};
    redis_begin(&town->redis, NULL);
    temp_dir_make(&town->keys);
    town_join(town, NULL, (struct ledger_plan){.skew_unchecked = true});
}

static inline void town_end(struct town *town)
{
    town_leave(town);
    loop_free(town->loop);
    redis_end(&town->redis);
    temp_dir_remove(&town->keys);
}

/* ---- asking --------------------------------------------------------------------------------- */

static struct heard heard; /* the last answer */

/* HEAR(town, pledge_view, ledger_pledge_set(L, &act, &in, HERE)) */
#define L (hearing->ledger)
#define HERE heard_answer, &heard
#define HEAR(town_, type, call)                                                                   \
    do {                                                                                          \
        struct town *hearing = (town_);                                                           \
        heard = (struct heard){.loop = hearing->loop, .fields = type##_fields,                    \
                               .fields_n = type##_fields_n};                                      \
        call;                                                                                     \
        assert_int_equal(heard.answers, 0); /* never before it returned */                        \
        town_run(hearing);                                                                        \
        assert_int_equal(heard.answers, 1);                                                       \
    } while (0)
#define HEAR_ITEMS(town_, type, call)                                                             \
    do {                                                                                          \
        struct town *hearing = (town_);                                                           \
        heard = (struct heard){.loop = hearing->loop, .item_fields = type##_fields,               \
                               .item_fields_n = type##_fields_n,                                  \
                               .item_size = sizeof(struct type)};                                 \
        call;                                                                                     \
        assert_int_equal(heard.answers, 0);                                                       \
        town_run(hearing);                                                                        \
        assert_int_equal(heard.answers, 1);                                                       \
    } while (0)

static inline void heard_is_yes(const char *file, int line)
{
    if (heard.fault || heard.refusal)
        print_error("%s:%d: %s %s %s\n", file, line, fault_name(heard.fault),
                    refusal_code(heard.refusal), heard.sentence);
    assert_int_equal(heard.fault, FAULT_NONE);
    assert_int_equal(heard.refusal, REFUSAL_NONE);
}
#define assert_yes() heard_is_yes(__FILE__, __LINE__)
#define assert_no(refusal_, sentence_)                                                            \
    do {                                                                                          \
        assert_int_equal(heard.fault, FAULT_NONE);                                                \
        assert_int_equal(heard.refusal, refusal_);                                                \
        assert_string_equal(heard.sentence, sentence_);                                           \
    } while (0)
static inline void heard_shows(const char *part, const char *file, int line)
{
    if (!strstr(heard.json, part)) {
        print_error("%s:%d: not %s\n  in %s\n", file, line, part, heard.json);
        fail();
    }
}
#define assert_shows(part) heard_shows(part, __FILE__, __LINE__)

#endif
