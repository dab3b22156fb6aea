/* 063_store_embedded.c -- the private Redis: one at a time, durable, back after a death, gone with
 * us. */
/* rooms: base io store */
#include "check.h"

#include <errno.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "groundswell/base/log.h"
#include "groundswell/io/file.h"
#include "groundswell/io/loop.h"
#include "groundswell/store/embedded.h"
#include "groundswell/store/store.h"
#include "turn.h"

#define PATIENCE_MS 60000

struct scene {
    struct temp_dir dir;
    struct loop *loop;
    struct embedded_redis *redis;
    struct store *store;
    unsigned events[EMBEDDED_GAVE_UP + 1];
    enum fault fault;
    unsigned answered;
    char last[64];
    bool (*until)(struct scene *);
};

static void on_event(void *ctx, enum embedded_event event)
{
    struct scene *scene = ctx;
    scene->events[event]++;
}

static void begin(struct scene *scene, unsigned patience_ms)
{
    scene->loop = loop_new();
    scene->redis = embedded_start(scene->loop, &(struct embedded_plan){.data_folder =
                                                                       scene->dir.path,
        .patience_ms = patience_ms, .on_event = on_event, .ctx = scene});
    assert_non_null(scene->redis);
    scene->store = store_new(scene->loop, &(struct store_plan){.address =
                                                               embedded_address(scene->redis)});
    assert_non_null(scene->store);
}

static void end(struct scene *scene)
{
    store_free(scene->store);
    embedded_stop(scene->redis, 10000);
    loop_free(scene->loop);
    scene->store = NULL;
    scene->redis = NULL;
    scene->loop = NULL;
}

static int setup(void **state)
{
    struct scene *scene = calloc(1, sizeof *scene);
    log_level_set(LOG_ERROR + 1);
    temp_dir_make(&scene->dir);
    *state = scene;
    return 0;
}

static int teardown(void **state)
{
    struct scene *scene = *state;
    if (scene->loop)
        end(scene);
    temp_dir_remove(&scene->dir);
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

static bool has_answered(struct scene *scene)
{
    return scene->answered > 0;
}

static bool is_waiting(struct scene *scene)
{
    return scene->events[EMBEDDED_WAITING] > 0;
}

static bool gave_up(struct scene *scene)
{
    return scene->events[EMBEDDED_GAVE_UP] > 0;
}

static void answered(void *ctx, enum fault fault, const struct answer *answer)
{
    struct scene *scene = ctx;
    struct text text = answer_text(answer);
    scene->answered++;
    scene->fault = fault;
    snprintf(scene->last, sizeof scene->last, "%.*s", TEXT_ARGS(text));
}

static void ask(struct scene *scene, const char *line)
{
    struct text argv[4], rest = text_of(line);
    size_t n = 0;
    while (rest.at && n < 4)
        argv[n++] = text_cut(&rest, ' ');
    scene->answered = 0;
    store_ask(scene->store, argv, n, PATIENCE_MS, answered, scene);
    run_until(scene, has_answered);
    assert_int_equal(scene->fault, FAULT_NONE);
}

static void it_serves_and_keeps_what_was_answered(void **state)
{
    struct scene *scene = *state;
    struct stat is;
    begin(scene, 0);
    run_until(scene, is_up);
    assert_int_equal(stat(temp_path(&scene->dir, "redis"), &is), 0);
    assert_int_equal(is.st_mode & 0777, 0700);
    ask(scene, "SET kept yes");
    end(scene);
    begin(scene, 0);
    run_until(scene, is_up);
    ask(scene, "GET kept");
    assert_string_equal(scene->last, "yes");
}

static void killed_it_comes_back_with_everything(void **state)
{
    struct scene *scene = *state;
    begin(scene, 0);
    run_until(scene, is_up);
    for (int i = 0; i < 3; i++) {
        ask(scene, "INCR deaths");
        kill(embedded_pid(scene->redis), SIGKILL);
        run_until(scene, is_down);
        run_until(scene, is_up);
    }
    ask(scene, "GET deaths");
    assert_string_equal(scene->last, "3");
    assert_int_equal(scene->events[EMBEDDED_DIED], 3);
    assert_int_equal(scene->events[EMBEDDED_STARTED] + scene->events[EMBEDDED_WAITING], 4);
}

static void a_stale_socket_file_is_no_obstacle(void **state)
{
    struct scene *scene = *state;
    enum fault fault;
    assert_int_equal(dir_make(temp_path(&scene->dir, "redis"), 0700), FAULT_NONE);
    fault = file_create(temp_path(&scene->dir, "redis/redis.sock"), TEXT("stale"), 0600);
    assert_int_equal(fault, FAULT_NONE);
    begin(scene, 0);
    run_until(scene, is_up);
}

static bool is_gone(pid_t pid)
{
    return kill(pid, 0) != 0 && errno == ESRCH;
}

static pid_t predecessor;
static bool predecessor_gone; /* at the last look: by now the store has heard of it, too */

static bool is_up_alone(struct scene *scene)
{
    bool alone = predecessor_gone;
    predecessor_gone = is_gone(predecessor);
    return alone && store_is_up(scene->store);
}

/* A server of ours in a process of its own, which writes down its Redis's pid and serves until it
 * is killed. */
static pid_t start_other(struct scene *scene, pid_t *ret_redis)
{
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    pid_t pid = fork();
    if (pid == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        begin(scene, 0);
        run_until(scene, is_up);
        ask(scene, "SET other was-here");
        pid_t redis = embedded_pid(scene->redis);
        if (write(ends[1], &redis, sizeof redis) == sizeof redis)
            run_until(scene, gave_up);
        _exit(1);
    }
    assert_int_equal(read(ends[0], ret_redis, sizeof *ret_redis), sizeof *ret_redis);
    close(ends[0]);
    close(ends[1]);
    return pid;
}

static void it_dies_with_us_and_the_next_one_finds_everything(void **state)
{
    struct scene *scene = *state;
    pid_t redis = 0, other = start_other(scene, &redis);
    kill(other, SIGKILL);
    waitpid(other, NULL, 0);
    begin(scene, 0);
    predecessor = redis;
    predecessor_gone = false;
    run_until(scene, is_up_alone);
    assert_int_not_equal(embedded_pid(scene->redis), redis);
    ask(scene, "GET other");
    assert_string_equal(scene->last, "was-here");
}

static void it_waits_for_a_predecessor_that_is_slow_to_leave(void **state)
{
    struct scene *scene = *state;
    pid_t redis = 0, other = start_other(scene, &redis);
    kill(redis, SIGSTOP); /* it holds the folder and cannot hear that it should end */
    kill(other, SIGKILL);
    waitpid(other, NULL, 0);
    begin(scene, 0);
    run_until(scene, is_waiting);
    assert_false(is_gone(redis));
    kill(redis, SIGCONT);
    predecessor = redis;
    predecessor_gone = false;
    run_until(scene, is_up_alone);
    ask(scene, "GET other");
    assert_string_equal(scene->last, "was-here");
}

static void two_never_run_on_one_folder(void **state)
{
    struct scene *scene = *state;
    pid_t redis = 0, other = start_other(scene, &redis);
    begin(scene, 1000);
    run_until(scene, gave_up);
    assert_false(is_gone(redis));
    assert_int_equal(embedded_pid(scene->redis), 0);
    kill(other, SIGKILL);
    waitpid(other, NULL, 0);
}

static void a_deep_folder_is_reached_all_the_same(void **state)
{
    struct scene *scene = *state;
    struct temp_dir kept = scene->dir;
    char deep[256], *path;
    memset(deep, 'd', 120);
    deep[120] = 0;
    assert_true(asprintf(&path, "%s/%s", kept.path, deep) > 0);
    scene->loop = loop_new();
    scene->redis = embedded_start(scene->loop, &(struct embedded_plan){.data_folder = path});
    assert_non_null(scene->redis);
    free(path);
    scene->store = store_new(scene->loop, &(struct store_plan){.address =
                                                               embedded_address(scene->redis)});
    assert_non_null(scene->store);
    run_until(scene, is_up);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(it_serves_and_keeps_what_was_answered),
        TEST(killed_it_comes_back_with_everything),
        TEST(a_stale_socket_file_is_no_obstacle),
        TEST(it_dies_with_us_and_the_next_one_finds_everything),
        TEST(it_waits_for_a_predecessor_that_is_slow_to_leave),
        TEST(two_never_run_on_one_folder),
        TEST(a_deep_folder_is_reached_all_the_same),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
