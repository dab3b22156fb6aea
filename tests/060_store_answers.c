/* 060_store_answers.c -- every question to Redis gets exactly one answer, come what may. */
/* rooms: base io store */
#include "060_scene.h"

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
    scene->why = "No such file";
    run_until(scene, says_why);
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
    for (int i = 0; i < 10; i++)
        ask_within(scene, "PING", 300);
    each_once(scene);
    assert_true(scene->by_fault[FAULT_TIMEOUT] >= 1); /* the first on each connection */
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
    ask_within(scene, "DEBUG SLEEP 1.5", 100);
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
    all_open(scene, 4); /* a late question takes only its own along */
    redis_signal(&scene->redis, SIGSTOP);
    ask_within(scene, "PING", 3600000);
    ask_within(scene, "PING", 70000);
    ask_within(scene, "PING", 200);
    ask_within(scene, "PING", 700);
    run_until(scene, two_timed_out);
    assert_int_equal(scene->answered, 2);
    redis_signal(&scene->redis, SIGCONT);
    each_once(scene);
    assert_int_equal(scene->by_fault[FAULT_NONE], 2);
}

static void a_busy_redis_says_busy(void **state)
{
    struct scene *scene = *state;
    char said[128];
    static const char *const options[] = {"--busy-reply-threshold", "50", NULL};
    begin(scene, options, 4);
    all_open(scene, 4); /* the question below has a way of its own */
    const struct text script[] = {TEXT("EVAL"), TEXT("while true do end"), TEXT("0")};
    scene->asked++;
    store_ask(scene->store, script, 3, PATIENCE_MS, answered, scene);
    while (scene->by_fault[FAULT_BUSY] == 0) { /* the script may begin after a question */
        ask(scene, "GET x");
        run_for(scene, 50);
    }
    assert_non_null(strstr(scene->last, "BUSY"));
    redis_say(&scene->redis, "SCRIPT KILL", said, sizeof said);
    assert_string_equal(said, "+OK");
    each_once(scene);
    assert_int_equal(scene->by_fault[FAULT_FORMAT], 1); /* the script's own answer */
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
    store_ask(scene->store, argv, 2, PATIENCE_MS, chain_answer, scene);
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
    store_ask(scene->store, set, 3, PATIENCE_MS, answered, scene);
    store_ask(scene->store, get, 4, PATIENCE_MS, answered, scene);
    store_ask(scene->store, length, 2, PATIENCE_MS, answered, scene);
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
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
