/* 061_store_checks.c -- a Redis that would not keep its word is not used, and why is said. */
/* rooms: base io store */
#include "check.h"

#include "groundswell/base/log.h"
#include "groundswell/io/loop.h"
#include "groundswell/store/store.h"
#include "redis_process.h"
#include "turn.h"

#define PATIENCE_MS 60000

struct scene {
    struct loop *loop;
    struct store *store;
    struct redis_process redis;
    unsigned ups, downs, answered;
    enum fault fault;
    char prelude[64];
    bool refuses, silent; /* what on_up does */
    const char *why;      /* wanted */
    bool (*until)(struct scene *);
};

static int setup(void **state)
{
    struct scene *scene = calloc(1, sizeof *scene);
    log_level_set(LOG_ERROR);
    scene->loop = loop_new();
    *state = scene;
    return scene->loop ? 0 : -1;
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
    bool held = turn_until(scene->loop, holds, scene, PATIENCE_MS);
    if (!held)
        print_error("why down: %s\n", store_why_down(scene->store));
    assert_true(held);
}

static bool is_up(struct scene *scene)
{
    return store_is_up(scene->store);
}

static bool says_why(struct scene *scene)
{
    return !store_is_up(scene->store) && strstr(store_why_down(scene->store), scene->why);
}

static bool has_answered(struct scene *scene)
{
    return scene->answered > 0;
}

static void answered(void *ctx, enum fault fault, const struct answer *answer)
{
    struct scene *scene = ctx;
    (void)answer;
    scene->answered++;
    scene->fault = fault;
}

static void ask_get(struct scene *scene)
{
    const struct text argv[] = {TEXT("GET"), TEXT("x")};
    scene->answered = 0;
    store_ask(scene->store, argv, 2, PATIENCE_MS, answered, scene);
}

static void open_store(struct scene *scene, struct store_plan plan)
{
    plan.address = scene->redis.address;
    plan.connections = 4;
    scene->store = store_new(scene->loop, &plan);
    assert_non_null(scene->store);
}

/* Refused with that reason, and served as soon as `mend` was said. */
static void refused_until(struct scene *scene, const char *const *options, const char *why,
                          const char *mend)
{
    char said[128];
    redis_begin(&scene->redis, options);
    open_store(scene, (struct store_plan){0});
    scene->why = why;
    run_until(scene, says_why);
    ask_get(scene);
    run_until(scene, has_answered);
    assert_int_equal(scene->fault, FAULT_BUSY);
    assert_true(says_why(scene));
    if (!mend)
        return;
    redis_say(&scene->redis, mend, said, sizeof said);
    assert_string_equal(said, "+OK");
    run_until(scene, is_up);
    assert_string_equal(store_why_down(scene->store), "");
}

static void fsync_every_second_is_refused_until_mended(void **state)
{
    static const char *const options[] = {"--appendfsync", "everysec", NULL};
    refused_until(*state, options, "appendfsync always", "CONFIG SET appendfsync always");
}

static void no_append_only_file_is_refused_until_mended(void **state)
{
    static const char *const options[] = {"--appendonly", "no", NULL};
    refused_until(*state, options, "appendonly yes", "CONFIG SET appendonly yes");
}

static void an_evicting_policy_is_refused_until_mended(void **state)
{
    static const char *const options[] = {"--maxmemory-policy", "allkeys-lru", NULL};
    refused_until(*state, options, "maxmemory-policy noeviction",
                  "CONFIG SET maxmemory-policy noeviction");
}

static void a_replica_is_refused_until_it_is_a_master(void **state)
{
    static const char *const options[] = {"--replicaof", "127.0.0.1 1", NULL};
    refused_until(*state, options, "replica", "REPLICAOF NO ONE");
}

static void a_hidden_configuration_is_refused(void **state)
{
    static const char *const options[] = {"--rename-command", "CONFIG", "", NULL};
    refused_until(*state, options, "CONFIG GET", NULL);
}

static void a_cluster_is_refused(void **state)
{
    static const char *const options[] = {"--cluster-enabled", "yes", NULL};
    refused_until(*state, options, "cluster", NULL);
}

static void a_password_is_needed_and_used(void **state)
{
    struct scene *scene = *state;
    static const char *const options[] = {"--requirepass", "open sesame", NULL};
    refused_until(scene, options, "NOAUTH", NULL);
    assert_true(store_is_locked_out(scene->store));
    store_free(scene->store);
    open_store(scene, (struct store_plan){.password = "wrong"});
    scene->why = "password";
    run_until(scene, says_why);
    assert_true(store_is_locked_out(scene->store));
    store_free(scene->store);
    open_store(scene, (struct store_plan){.user = "default", .password = "open sesame"});
    run_until(scene, is_up);
    assert_false(store_is_locked_out(scene->store));
}

static void a_malformed_address_is_refused_at_once(void **state)
{
    struct scene *scene = *state;
    static const char *const addresses[] = {"", "unix:", "somewhere", "host:0", "host:99999",
                                            "host:6x",
                                            "redis://", ":6379", "[::1]", "[::1]6379"};
    redis_folder(&scene->redis);
    log_level_set(LOG_ERROR + 1);
    for (size_t i = 0; i < sizeof addresses / sizeof addresses[0]; i++)
        assert_null(store_new(scene->loop, &(struct store_plan){.address = addresses[i]}));
}

/* ---- the prelude ---- */

static void prelude_answer(void *ctx, enum fault fault, const struct answer *answer)
{
    struct scene *scene = ctx;
    struct text text = answer_text(answer);
    snprintf(scene->prelude, sizeof scene->prelude, "%d %.*s", (int)fault, TEXT_ARGS(text));
    if (scene->refuses)
        store_refuse(scene->store, "is behind the sealed log");
    else if (!scene->silent)
        store_ready(scene->store);
}

static void on_up(void *ctx, struct store *store)
{
    struct scene *scene = ctx;
    const struct text argv[] = {TEXT("PING")};
    scene->ups++;
    scene->store = store;
    store_ask_prelude(store, argv, 1, PATIENCE_MS, prelude_answer, scene);
}

static void on_down(void *ctx)
{
    struct scene *scene = ctx;
    scene->downs++;
}

static bool prelude_answered(struct scene *scene)
{
    return scene->prelude[0] != 0;
}

static void the_prelude_speaks_before_anybody_else(void **state)
{
    struct scene *scene = *state;
    scene->silent = true;
    redis_begin(&scene->redis, NULL);
    open_store(scene, (struct store_plan){.on_up = on_up, .on_down = on_down, .ctx = scene});
    run_until(scene, prelude_answered);
    assert_string_equal(scene->prelude, "0 PONG");
    assert_false(store_is_up(scene->store));
    ask_get(scene);
    run_until(scene, has_answered);
    assert_int_equal(scene->fault, FAULT_BUSY);
    store_ready(scene->store);
    ask_get(scene);
    run_until(scene, has_answered);
    assert_int_equal(scene->fault, FAULT_NONE);
    assert_int_equal(scene->ups, 1);
}

static bool upped_twice(struct scene *scene)
{
    return scene->ups >= 2;
}

static void what_the_ledger_refuses_is_asked_again_later(void **state)
{
    struct scene *scene = *state;
    scene->refuses = true;
    redis_begin(&scene->redis, NULL);
    open_store(scene, (struct store_plan){.on_up = on_up, .on_down = on_down, .ctx = scene});
    scene->why = "is behind the sealed log";
    run_until(scene, says_why);
    run_until(scene, upped_twice);
    scene->refuses = false;
    run_until(scene, is_up);
    assert_int_equal(scene->downs, 0);
}

static void a_restarted_redis_goes_through_the_prelude_again(void **state)
{
    struct scene *scene = *state;
    redis_begin(&scene->redis, NULL);
    open_store(scene, (struct store_plan){.on_up = on_up, .on_down = on_down, .ctx = scene});
    run_until(scene, is_up);
    redis_kill(&scene->redis);
    redis_start(&scene->redis);
    run_until(scene, upped_twice);
    run_until(scene, is_up);
    assert_int_equal(scene->downs, 1);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(fsync_every_second_is_refused_until_mended),
        TEST(no_append_only_file_is_refused_until_mended),
        TEST(an_evicting_policy_is_refused_until_mended),
        TEST(a_replica_is_refused_until_it_is_a_master),
        TEST(a_hidden_configuration_is_refused),
        TEST(a_cluster_is_refused),
        TEST(a_password_is_needed_and_used),
        TEST(a_malformed_address_is_refused_at_once),
        TEST(the_prelude_speaks_before_anybody_else),
        TEST(what_the_ledger_refuses_is_asked_again_later),
        TEST(a_restarted_redis_goes_through_the_prelude_again),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
