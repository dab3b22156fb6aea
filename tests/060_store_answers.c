/* 060_store_answers.c -- every question to Redis gets exactly one answer, whatever happens to
 * Redis. */
/* rooms: base io store */
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

#define FAULTS_N (FAULT_CONFIG + 1)
#define PATIENCE_MS 15000

struct scene {
    struct loop *loop;
    struct store *store;
    struct redis_process redis;
    unsigned asked, answered, by_fault[FAULTS_N], ups, downs, pending_at_down;
    char last[128];                    /* the text of the last answer, or of its error */
    bool asking, synchronous;          /* an answer came before store_ask() returned */
    bool (*until)(struct scene *);
    uint64_t give_up_us;
};

static void on_up(void *ctx, struct store *store)
{
    struct scene *scene = ctx;
    scene->ups++;
    store_ready(store);
}

static void on_down(void *ctx)
{
    struct scene *scene = ctx;
    scene->downs++;
    scene->pending_at_down = scene->asked - scene->answered;
}

static void open_store(struct scene *scene, unsigned connections)
{
    scene->store = store_new(scene->loop, &(struct store_plan){.address = scene->redis.address,
        .connections = connections, .questions_max = 20000, .on_up = on_up, .on_down = on_down,
            .ctx = scene});
    assert_non_null(scene->store);
}

static int setup(void **state)
{
    struct scene *scene = calloc(1, sizeof *scene);
    log_level_set(LOG_ERROR);
    redis_folder(&scene->redis);
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

static void answered(void *ctx, enum fault fault, const struct answer *answer)
{
    struct scene *scene = ctx;
    struct text text = answer_text(answer);
    scene->answered++;
    scene->by_fault[fault]++;
    scene->synchronous |= scene->asking;
    snprintf(scene->last, sizeof scene->last, "%.*s", TEXT_ARGS(text));
}

/* `line`: words separated by single blanks. */
static void ask_within(struct scene *scene, const char *line, uint32_t deadline_ms)
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

static void ask(struct scene *scene, const char *line)
{
    ask_within(scene, line, 8000);
}

static void look(void *ctx)
{
    struct scene *scene = ctx;
    if (scene->until(scene) || clock_steady_us() > scene->give_up_us)
        loop_stop(scene->loop);
    else
        loop_after(scene->loop, 2, look, scene);
}

static void run_until(struct scene *scene, bool (*until)(struct scene *))
{
    scene->until = until;
    scene->give_up_us = clock_steady_us() + PATIENCE_MS * 1000;
    loop_after(scene->loop, 0, look, scene);
    assert_int_equal(loop_run(scene->loop), FAULT_NONE);
    assert_true(until(scene));
}

static bool is_up(struct scene *scene)
{
    return store_is_up(scene->store);
}

static bool is_down(struct scene *scene)
{
    return !store_is_up(scene->store);
}

static bool all_answered(struct scene *scene)
{
    return scene->answered >= scene->asked;
}

static bool never(struct scene *scene)
{
    return clock_steady_us() > scene->give_up_us;
}

static void run_for(struct scene *scene, uint64_t ms)
{
    scene->until = never;
    scene->give_up_us = clock_steady_us() + ms * 1000;
    loop_after(scene->loop, 0, look, scene);
    assert_int_equal(loop_run(scene->loop), FAULT_NONE);
}

static void begin(struct scene *scene, const char *const *options, unsigned connections)
{
    scene->redis.options = options;
    redis_start(&scene->redis);
    open_store(scene, connections);
    run_until(scene, is_up);
}

static void each_once(struct scene *scene)
{
    run_until(scene, all_answered);
    run_for(scene, 60);
    assert_int_equal(scene->answered, scene->asked);
    assert_false(scene->synchronous);
    assert_int_equal(store_in_flight(scene->store), 0);
}

/* ---- what is promised ---- */

static void ten_thousand_questions_get_one_answer_each(void **state)
{
    struct scene *scene = *state;
    begin(scene, NULL, 0);
    for (int i = 0; i < 10000; i++)
        ask(scene, "INCR n");
    assert_int_equal(scene->answered, 0);
    each_once(scene);
    assert_int_equal(scene->by_fault[FAULT_NONE], 10000);
    ask(scene, "GET n");
    each_once(scene);
    assert_string_equal(scene->last, "10000");
}

static void an_absent_redis_answers_busy_and_is_found_when_it_comes(void **state)
{
    struct scene *scene = *state;
    open_store(scene, 0);
    ask(scene, "PING");
    each_once(scene);
    assert_int_equal(scene->by_fault[FAULT_BUSY], 1);
    run_for(scene, 100);
    assert_non_null(strstr(store_why_down(scene->store), "No such file"));
    redis_start(&scene->redis);
    run_until(scene, is_up);
    assert_string_equal(store_why_down(scene->store), "");
    ask(scene, "PING");
    each_once(scene);
    assert_string_equal(scene->last, "PONG");
    assert_int_equal(scene->downs, 0);
}

static void a_killed_redis_loses_each_pending_question_once_and_service_returns(void **state)
{
    struct scene *scene = *state;
    begin(scene, NULL, 4);
    redis_signal(&scene->redis, SIGSTOP);
    for (int i = 0; i < 500; i++)
        ask(scene, "INCR n");
    run_for(scene, 50);
    assert_int_equal(scene->answered, 0);
    redis_kill(&scene->redis);
    each_once(scene);
    assert_int_equal(scene->by_fault[FAULT_LOST], 500);
    run_until(scene, is_down);
    assert_int_equal(scene->downs, 1);
    assert_int_equal(scene->pending_at_down, 0);
    redis_start(&scene->redis);
    run_until(scene, is_up);
    assert_int_equal(scene->ups, 2);
    ask(scene, "INCR n");
    each_once(scene);
    assert_int_equal(scene->by_fault[FAULT_NONE], 1);
}

static void a_stopped_redis_times_out_and_service_returns(void **state)
{
    struct scene *scene = *state;
    begin(scene, NULL, 2);
    redis_signal(&scene->redis, SIGSTOP);
    uint64_t from_us = clock_steady_us();
    for (int i = 0; i < 10; i++)
        ask_within(scene, "PING", 300);
    each_once(scene);
    uint64_t took_ms = (clock_steady_us() - from_us) / 1000;
    assert_in_range(took_ms, 300, 3000);
    assert_true(scene->by_fault[FAULT_TIMEOUT] >= 2); /* the first on each connection */
    assert_int_equal(scene->by_fault[FAULT_TIMEOUT] + scene->by_fault[FAULT_LOST], 10);
    run_until(scene, is_down);
    redis_signal(&scene->redis, SIGCONT);
    run_until(scene, is_up);
    ask(scene, "PING");
    each_once(scene);
    assert_int_equal(scene->by_fault[FAULT_NONE], 1);
}

static void a_reply_after_the_deadline_is_never_taken_for_the_next_one(void **state)
{
    struct scene *scene = *state;
    begin(scene, NULL, 1);
    ask_within(scene, "DEBUG SLEEP 0.5", 100);
    each_once(scene);
    assert_int_equal(scene->by_fault[FAULT_TIMEOUT], 1);
    run_until(scene, is_up);
    ask(scene, "ECHO mine");
    each_once(scene);
    assert_string_equal(scene->last, "mine");
}

static void deadlines_of_any_length_are_kept_side_by_side(void **state)
{
    struct scene *scene = *state;
    begin(scene, NULL, 4);
    run_for(scene,
            200); /* all four are open: a late question takes only its own connection along */
    redis_signal(&scene->redis, SIGSTOP);
    ask_within(scene, "PING", 60000);
    ask_within(scene, "PING", 7000);
    ask_within(scene, "PING", 200);
    ask_within(scene, "PING", 700);
    run_for(scene, 450);
    assert_int_equal(scene->by_fault[FAULT_TIMEOUT], 1);
    run_for(scene, 500);
    assert_int_equal(scene->by_fault[FAULT_TIMEOUT], 2);
    redis_signal(&scene->redis, SIGCONT);
    each_once(scene);
    assert_int_equal(scene->by_fault[FAULT_NONE], 2);
}

static void a_busy_redis_says_busy(void **state)
{
    struct scene *scene = *state;
    static const char *const options[] = {"--busy-reply-threshold", "50", NULL};
    begin(scene, options, 4);
    const struct text script[] = {TEXT("EVAL"),
        TEXT("local t = redis.call('TIME')[1] + 2 "
             "while redis.call('TIME')[1] + 0 < t do end return 1"), TEXT("0")};
    scene->asked++;
    store_ask(scene->store, script, 3, 8000, answered, scene);
    run_for(scene, 400);
    ask(scene, "GET x");
    run_for(scene, 300);
    assert_int_equal(scene->by_fault[FAULT_BUSY], 1);
    assert_non_null(strstr(scene->last, "BUSY"));
    each_once(scene);
    assert_int_equal(scene->by_fault[FAULT_NONE], 1);
    assert_true(store_is_up(scene->store));
}

static void a_full_redis_says_busy_and_still_gives(void **state)
{
    struct scene *scene = *state;
    char said[128];
    begin(scene, NULL, 2);
    ask(scene, "SET x 1");
    each_once(scene);
    redis_say(&scene->redis, "CONFIG SET maxmemory 1", said, sizeof said);
    assert_string_equal(said, "+OK");
    ask(scene, "SET y 1");
    each_once(scene);
    assert_int_equal(scene->by_fault[FAULT_BUSY], 1);
    assert_int_equal(strncmp(scene->last, "OOM ", 4), 0);
    ask(scene, "DEL x");
    each_once(scene);
    assert_int_equal(scene->by_fault[FAULT_NONE], 2);
}

static void a_redis_that_became_a_replica_says_busy(void **state)
{
    struct scene *scene = *state;
    char said[128];
    begin(scene, NULL, 2);
    redis_say(&scene->redis, "REPLICAOF 127.0.0.1 1", said, sizeof said);
    assert_string_equal(said, "+OK");
    ask(scene, "SET x 1");
    each_once(scene);
    assert_int_equal(scene->by_fault[FAULT_BUSY], 1);
    assert_int_equal(strncmp(scene->last, "READONLY ", 9), 0);
}

static void other_errors_come_with_their_text(void **state)
{
    struct scene *scene = *state;
    begin(scene, NULL, 2);
    ask(scene, "FCALL nobody 0");
    each_once(scene);
    assert_int_equal(scene->by_fault[FAULT_FORMAT], 1);
    assert_string_equal(scene->last, "ERR Function not found");
}

static void above_its_bound_the_store_says_busy(void **state)
{
    struct scene *scene = *state;
    begin(scene, NULL, 2);
    for (int i = 0; i < 20100; i++)
        ask(scene, "PING");
    each_once(scene);
    assert_int_equal(scene->by_fault[FAULT_NONE], 20000);
    assert_int_equal(scene->by_fault[FAULT_BUSY], 100);
}

static unsigned chain_left;

static void chain_answer(void *ctx, enum fault fault, const struct answer *answer)
{
    struct scene *scene = ctx;
    const struct text argv[] = {TEXT("INCR"), TEXT("chain")};
    answered(ctx, fault, answer);
    if (chain_left == 0)
        return;
    chain_left--;
    scene->asked++;
    store_ask(scene->store, argv, 2, 8000, chain_answer, scene);
}

static void an_answer_may_ask_again(void **state)
{
    struct scene *scene = *state;
    begin(scene, NULL, 1);
    chain_left = 300;
    chain_answer(scene, FAULT_NONE, NULL);
    scene->asked++;
    each_once(scene);
    assert_int_equal(scene->by_fault[FAULT_NONE], 301);
}

static void binary_arguments_and_large_replies_pass_unharmed(void **state)
{
    struct scene *scene = *state;
    begin(scene, NULL, 1);
    size_t n = 3 * 1000 * 1000;
    char *large = malloc(n);
    memset(large, '\r', n);
    large[7] = 0;
    large[8] = '\n';
    const struct text set[] = {TEXT("SET"), TEXT("k\0\r\nk"), {large, n}};
    const struct text length[] = {TEXT("STRLEN"), TEXT("k\0\r\nk")};
    const struct text get[] = {TEXT("GETRANGE"), TEXT("k\0\r\nk"), TEXT("9"), TEXT("-1")};
    scene->asked += 3;
    store_ask(scene->store, set, 3, 8000, answered, scene);
    store_ask(scene->store, get, 4, 8000, answered, scene);
    store_ask(scene->store, length, 2, 8000, answered, scene);
    free(large);
    each_once(scene);
    assert_int_equal(scene->by_fault[FAULT_NONE], 3);
}

static void freeing_answers_what_is_pending(void **state)
{
    struct scene *scene = *state;
    begin(scene, NULL, 2);
    redis_signal(&scene->redis, SIGSTOP);
    for (int i = 0; i < 20; i++)
        ask(scene, "PING");
    store_free(scene->store);
    scene->store = NULL;
    assert_int_equal(scene->by_fault[FAULT_LOST], 20);
    assert_int_equal(scene->answered, 20);
}

/* ---- a liar at the address ---- */

static pid_t start_liar(struct scene *scene, const char *says, size_t times)
{
    struct sockaddr_un at = {.sun_family = AF_UNIX};
    snprintf(at.sun_path, sizeof at.sun_path, "%s/s", scene->redis.folder);
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);
    assert_int_equal(bind(fd, (const struct sockaddr *)&at, sizeof at), 0);
    assert_int_equal(listen(fd, 8), 0);
    pid_t pid = fork();
    if (pid == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        for (;;) {
            int peer = accept(fd, NULL, NULL);
            for (size_t i = 0; i < times; i++)
                if (write(peer, says, strlen(says)) < 0)
                    break;
            usleep(20000);
            close(peer);
        }
    }
    close(fd);
    return pid;
}

static void stays_down_with_a_liar(struct scene *scene, const char *says, size_t times,
                                   const char *why)
{
    pid_t pid = start_liar(scene, says, times);
    open_store(scene, 2);
    run_for(scene, 300);
    ask(scene, "PING");
    each_once(scene);
    assert_int_equal(scene->by_fault[FAULT_BUSY], 1);
    assert_false(store_is_up(scene->store));
    assert_non_null(strstr(store_why_down(scene->store), why));
    kill(pid, SIGKILL);
    waitpid(pid, NULL, 0);
}

static void garbage_is_refused(void **state)
{
    stays_down_with_a_liar(*state, "GET / HTTP/1.1\r\n\r\n", 1, "garbage");
}

static void replies_that_nobody_asked_for_are_refused(void **state)
{
    stays_down_with_a_liar(*state, "+PONG\r\n", 5000, "at ");
}

static void a_reply_of_the_wrong_shape_is_refused(void **state)
{
    stays_down_with_a_liar(*state, ":12\r\n", 1, "does not answer like a Redis");
}

static void a_bottomless_reply_is_refused(void **state)
{
    stays_down_with_a_liar(*state, "*1\r\n", 100, "garbage");
}

static void a_half_reply_is_lost(void **state)
{
    stays_down_with_a_liar(*state, "$100\r\nshort", 1, "onnection");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(ten_thousand_questions_get_one_answer_each),
        TEST(an_absent_redis_answers_busy_and_is_found_when_it_comes),
        TEST(a_killed_redis_loses_each_pending_question_once_and_service_returns),
        TEST(a_stopped_redis_times_out_and_service_returns),
        TEST(a_reply_after_the_deadline_is_never_taken_for_the_next_one),
        TEST(deadlines_of_any_length_are_kept_side_by_side),
        TEST(a_busy_redis_says_busy),
        TEST(a_full_redis_says_busy_and_still_gives),
        TEST(a_redis_that_became_a_replica_says_busy),
        TEST(other_errors_come_with_their_text),
        TEST(above_its_bound_the_store_says_busy),
        TEST(an_answer_may_ask_again),
        TEST(binary_arguments_and_large_replies_pass_unharmed),
        TEST(freeing_answers_what_is_pending),
        TEST(garbage_is_refused),
        TEST(replies_that_nobody_asked_for_are_refused),
        TEST(a_reply_of_the_wrong_shape_is_refused),
        TEST(a_bottomless_reply_is_refused),
        TEST(a_half_reply_is_lost),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
