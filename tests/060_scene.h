/* 060_scene.h -- a store on a Redis of its own, and what came of the questions. */
#ifndef TESTS_060_SCENE_H
#define TESTS_060_SCENE_H

#include "check.h"

#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "groundswell/base/clock.h"
#include "groundswell/base/log.h"
#include "groundswell/io/loop.h"
#include "groundswell/store/store.h"
#include "redis_process.h"
#include "turn.h"

#define FAULTS_N (FAULT_CONFIG + 1)
#define PATIENCE_MS 60000

struct scene {
    struct loop *loop;
    struct store *store;
    struct redis_process redis;
    unsigned asked, answered, by_fault[FAULTS_N], ups, downs, pending_at_down;
    uint64_t ways[8]; /* connections by which answers came, by Redis's ids */
    unsigned ways_n;
    char last[128];                    /* the text of the last answer, or of its error */
    bool asking, synchronous;          /* an answer came before store_ask() returned */
    const char *why; /* wanted */
    bool (*until)(struct scene *);
};

static inline void on_up(void *ctx, struct store *store)
{
    struct scene *scene = ctx;
    scene->ups++;
    store_ready(store);
}

static inline void on_down(void *ctx)
{
    struct scene *scene = ctx;
    scene->downs++;
    scene->pending_at_down = scene->asked - scene->answered;
}

static inline void open_store(struct scene *scene, unsigned connections)
{
    scene->store = store_new(scene->loop, &(struct store_plan){.address = scene->redis.address,
        .connections = connections, .questions_max = 20000, .on_up = on_up, .on_down = on_down,
            .ctx = scene});
    assert_non_null(scene->store);
}

static inline int setup(void **state)
{
    struct scene *scene = calloc(1, sizeof *scene);
    log_level_set(LOG_ERROR);
    redis_folder(&scene->redis);
    scene->loop = loop_new();
    *state = scene;
    return scene->loop ? 0 : -1;
}

static inline int teardown(void **state)
{
    struct scene *scene = *state;
    store_free(scene->store);
    loop_free(scene->loop);
    redis_end(&scene->redis);
    free(scene);
    return 0;
}

static inline void answered(void *ctx, enum fault fault, const struct answer *answer)
{
    struct scene *scene = ctx;
    struct text text = answer_text(answer);
    scene->answered++;
    scene->by_fault[fault]++;
    scene->synchronous |= scene->asking;
    snprintf(scene->last, sizeof scene->last, "%.*s", TEXT_ARGS(text));
}

/* `line`: words separated by single blanks. */
static inline void ask_within(struct scene *scene, const char *line, uint32_t deadline_ms)
{
    struct text argv[8], rest = text_of(line);
    size_t n = 0;
    while (rest.at && n < 8)
        argv[n++] = text_cut(&rest, ' ');
    scene->asked++;
    scene->asking = true;
    store_ask(scene->store, argv, n, deadline_ms, answered, scene);
    scene->asking = false;
}

static inline void ask(struct scene *scene, const char *line)
{
    ask_within(scene, line, PATIENCE_MS);
}

static inline bool holds(void *ctx)
{
    struct scene *scene = ctx;
    return scene->until(scene);
}

static inline void run_until(struct scene *scene, bool (*until)(struct scene *))
{
    scene->until = until;
    assert_true(turn_until(scene->loop, holds, scene, PATIENCE_MS));
}

static inline bool is_up(struct scene *scene)
{
    return store_is_up(scene->store);
}

static inline bool is_down(struct scene *scene)
{
    return !store_is_up(scene->store);
}

static inline bool all_answered(struct scene *scene)
{
    return scene->answered >= scene->asked;
}

static inline bool two_timed_out(struct scene *scene)
{
    return scene->by_fault[FAULT_TIMEOUT] >= 2;
}

static inline bool says_why(struct scene *scene)
{
    return strstr(store_why_down(scene->store), scene->why) != NULL;
}

static inline void run_for(struct scene *scene, uint64_t ms)
{
    turn_for(scene->loop, ms);
}

static inline void begin(struct scene *scene, const char *const *options, unsigned connections)
{
    scene->redis.options = options;
    redis_start(&scene->redis);
    open_store(scene, connections);
    run_until(scene, is_up);
}

static inline void each_once(struct scene *scene)
{
    run_until(scene, all_answered);
    run_for(scene, 60);
    assert_int_equal(scene->answered, scene->asked);
    assert_false(scene->synchronous);
    assert_int_equal(store_in_flight(scene->store), 0);
}

static inline void way_answered(void *ctx, enum fault fault, const struct answer *answer)
{
    struct scene *scene = ctx;
    uint64_t id = 0;
    unsigned i = 0;
    scene->answered++;
    if (fault || !answer_u64(answer, UINT32_MAX, &id))
        return;
    while (i < scene->ways_n && scene->ways[i] != id)
        i++;
    if (i == scene->ways_n && i < sizeof scene->ways / sizeof *scene->ways)
        scene->ways[scene->ways_n++] = id;
}

/* Waits until n connections are open: a question goes by the one that has the fewest, so that n at
 * once take n ways. */
static inline void all_open(struct scene *scene, unsigned n)
{
    const struct text argv[] = {TEXT("CLIENT"), TEXT("ID")};
    for (unsigned round = 0; round < 10000 && scene->ways_n < n; round++) {
        for (unsigned i = 0; i < n; i++) {
            scene->asked++;
            store_ask(scene->store, argv, 2, PATIENCE_MS, way_answered, scene);
        }
        run_until(scene, all_answered);
    }
    assert_int_equal(scene->ways_n, n);
    scene->asked = scene->answered = 0;
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

#endif
