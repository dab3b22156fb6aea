/* 062_store_follow.c -- followed streams deliver every entry once, in order, across whatever
 * happens. */
/* rooms: base io store */
#include "check.h"

#include <signal.h>

#include "groundswell/base/clock.h"
#include "groundswell/base/log.h"
#include "groundswell/io/loop.h"
#include "groundswell/store/store.h"
#include "redis_process.h"
#include "turn.h"

#define PATIENCE_MS 60000
#define TRIES 5
#define TAPS 40

/* One follow, and what came of it. */
struct tap {
    struct follow *follow;
    uint64_t next, came, last_ms;
    bool disordered, stop_at_next;
    char field[32];
};

struct scene {
    struct loop *loop;
    struct store *store;
    struct redis_process redis;
    struct tap taps[TAPS];
    uint64_t wanted, written;
    bool (*until)(struct scene *);
};

static int setup(void **state)
{
    struct scene *scene = calloc(1, sizeof *scene);
    log_level_set(LOG_ERROR);
    redis_begin(&scene->redis, NULL);
    scene->loop = loop_new();
    scene->store = store_new(scene->loop, &(struct store_plan){.address = scene->redis.address});
    *state = scene;
    return scene->store ? 0 : -1;
}

static int teardown(void **state)
{
    struct scene *scene = *state;
    store_free(scene->store);
    loop_free(scene->loop);
    redis_end(&scene->redis);
    free(scene);
    return 0;
}

static bool holds(void *ctx)
{
    struct scene *scene = ctx;
    return scene->until(scene);
}

static void run_until(struct scene *scene, bool (*until)(struct scene *))
{
    scene->until = until;
    assert_true(turn_until(scene->loop, holds, scene, PATIENCE_MS));
}

static bool is_up(struct scene *scene)
{
    return store_is_up(scene->store);
}

static bool is_down(struct scene *scene)
{
    return !store_is_up(scene->store);
}

static bool first_has_all(struct scene *scene)
{
    return scene->taps[0].came >= scene->wanted;
}

static bool all_have_all(struct scene *scene)
{
    for (size_t i = 0; i < TAPS; i++)
        if (scene->taps[i].follow && scene->taps[i].came < scene->wanted)
            return false;
    return true;
}

static void on_entry(void *ctx, uint64_t seq, const struct answer *fields)
{
    struct tap *tap = ctx;
    struct text value = answer_text(answer_field(fields, "n"));
    tap->disordered |= seq != tap->next;
    tap->next = seq + 1;
    tap->came++;
    snprintf(tap->field, sizeof tap->field, "%.*s", TEXT_ARGS(value));
    if (tap->stop_at_next) {
        follow_stop(tap->follow);
        tap->follow = NULL;
    }
}

static void tap_open(struct scene *scene, size_t i, const char *key, uint64_t from)
{
    scene->taps[i].next = from;
    scene->taps[i].follow = store_follow(scene->store, text_of(key), from, on_entry,
                                         &scene->taps[i]);
    assert_non_null(scene->taps[i].follow);
}

static void written(void *ctx, enum fault fault, const struct answer *answer)
{
    struct scene *scene = ctx;
    (void)answer;
    assert_int_equal(fault, FAULT_NONE);
    scene->written++;
}

/* Entries first..first+n-1 with the ids <seq>-1, one question each, in one connection's order. */
static void write_entries(struct scene *scene, const char *key, unsigned first, unsigned n)
{
    static const char script[] =
        "for i = ARGV[1], ARGV[2] do "
        "redis.call('XADD', KEYS[1], string.format('%d-1', i), 'n', i) end";
    char from[16], to[16];
    snprintf(from, sizeof from, "%u", first);
    snprintf(to, sizeof to, "%u", first + n - 1);
    const struct text argv[] = {TEXT("EVAL"), TEXT(script), TEXT("1"), text_of(key), text_of(from),
                                text_of(to)};
    store_ask(scene->store, argv, 6, PATIENCE_MS, written, scene);
}

static void everything_from_the_first_entry_comes_in_order(void **state)
{
    struct scene *scene = *state;
    run_until(scene, is_up);
    write_entries(scene, "s", 0, 3000);
    tap_open(scene, 0, "s", 0);
    tap_open(scene, 1, "s", 2990);
    assert_int_equal(scene->taps[0].came, 0);
    scene->wanted = 3000;
    run_until(scene, first_has_all);
    write_entries(scene, "s", 3000, 10);
    scene->wanted = 3010;
    run_until(scene, first_has_all);
    turn_for(scene->loop, 50);
    assert_int_equal(scene->taps[0].came, 3010);
    assert_int_equal(scene->taps[1].came, 20);
    assert_false(scene->taps[0].disordered || scene->taps[1].disordered);
    assert_string_equal(scene->taps[0].field, "3009");
}

static void taps_close(struct scene *scene)
{
    for (size_t i = 0; i < TAPS; i++) {
        follow_stop(scene->taps[i].follow);
        scene->taps[i] = (struct tap){0};
    }
}

/* How long new follows take to have what is there, when a read waits for 5 s already. */
static uint64_t waking_us(struct scene *scene)
{
    tap_open(scene, 0, "quiet", 0);
    turn_for(scene->loop, 200); /* the read waits by now */
    for (size_t i = 1; i < TAPS; i++)
        tap_open(scene, i, "loud", 0);
    follow_stop(scene->taps[0].follow);
    scene->taps[0].follow = NULL;
    uint64_t from_us = clock_steady_us();
    run_until(scene, all_have_all);
    taps_close(scene);
    return clock_steady_us() - from_us;
}

/* Once is enough: the machine may have been slow, but nothing makes a read quick that waits. */
static void a_new_follow_wakes_the_read_that_waits(void **state)
{
    struct scene *scene = *state;
    run_until(scene, is_up);
    write_entries(scene, "loud", 0, 5);
    scene->wanted = 5;
    for (int i = 0; i < TRIES; i++)
        if (waking_us(scene) < 2000000)
            return;
    fail_msg("no read was woken");
}

static void a_restart_of_redis_loses_and_repeats_nothing(void **state)
{
    struct scene *scene = *state;
    tap_open(scene, 0, "s", 0); /* before the store is up: served when it is */
    run_until(scene, is_up);
    write_entries(scene, "s", 0, 700);
    scene->wanted = 700;
    run_until(scene, first_has_all);
    redis_kill(&scene->redis);
    run_until(scene, is_down);
    redis_start(&scene->redis);
    run_until(scene, is_up);
    write_entries(scene, "s", 700, 700);
    scene->wanted = 1400;
    run_until(scene, first_has_all);
    turn_for(scene->loop, 100);
    assert_int_equal(scene->taps[0].came, 1400);
    assert_false(scene->taps[0].disordered);
}

static void a_stopped_follow_hears_nothing_more(void **state)
{
    struct scene *scene = *state;
    run_until(scene, is_up);
    scene->taps[1].stop_at_next = true;
    tap_open(scene, 0, "s", 0);
    tap_open(scene, 1, "s", 0);
    write_entries(scene, "s", 0, 20);
    scene->wanted = 20;
    run_until(scene, first_has_all);
    turn_for(scene->loop, 50);
    assert_int_equal(scene->taps[1].came, 1);
    follow_stop(scene->taps[0].follow);
    write_entries(scene, "s", 20, 20);
    turn_for(scene->loop, 100);
    assert_int_equal(scene->taps[0].came, 20);
}

static bool wrote_one(struct scene *scene)
{
    return scene->written >= 1;
}

static bool wrote_two(struct scene *scene)
{
    return scene->written >= 2;
}

static void what_was_trimmed_shows_as_a_gap(void **state)
{
    struct scene *scene = *state;
    const struct text trim[] = {TEXT("XTRIM"), TEXT("s"), TEXT("MINID"), TEXT("60-0")};
    run_until(scene, is_up);
    write_entries(scene, "s", 0, 100);
    run_until(scene, wrote_one); /* a later question may go by another connection */
    store_ask(scene->store, trim, 4, PATIENCE_MS, written, scene);
    run_until(scene, wrote_two);
    tap_open(scene, 0, "s", 10);
    scene->wanted = 40;
    run_until(scene, first_has_all);
    assert_true(scene->taps[0].disordered);
    assert_int_equal(scene->taps[0].next, 100);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(everything_from_the_first_entry_comes_in_order),
        TEST(a_new_follow_wakes_the_read_that_waits),
        TEST(a_restart_of_redis_loses_and_repeats_nothing),
        TEST(a_stopped_follow_hears_nothing_more),
        TEST(what_was_trimmed_shows_as_a_gap),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
