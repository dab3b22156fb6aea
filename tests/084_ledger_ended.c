/* 084_ledger_ended.c -- what ended before its time is heard of from its beginning, whole and in
 * order, before anybody is let in. */
/* rooms: base io store ledger */
#include "083_ada.h"

#include "groundswell/ledger/ended.h"

struct told {
    char said[4096]; /* "session s10|ready0|": what, id and epoch of each */
    int n, stop_at;
};

static void told_say(struct told *told, const char *word, struct text id, uint64_t epoch)
{
    size_t n = strlen(told->said);
    snprintf(told->said + n, sizeof told->said - n, "%s%.*s%llu|", word, TEXT_ARGS(id),
             (unsigned long long)epoch);
    if (++told->n >= told->stop_at)
        loop_stop(town.loop);
}

static void on_ended(void *ctx, const struct ended_entry *entry)
{
    static const char *const words[] = {"session ", "account ", "key "};
    assert_int_equal(entry->until_s, UNTIL_S);
    told_say(ctx, words[entry->kind], entry->id, entry->epoch);
}

static void on_ready(void *ctx)
{
    told_say(ctx, "ready", TEXT(""), 0);
}

static void end_session(const char *session)
{
    struct account_act act = act_at(ada, 0);
    struct session_end in = {text_of(session), UNTIL_S};
    HEAR(&town, people_outcome, ledger_sign_out(L, &act, &in, HERE));
    assert_yes();
}

static void what_ended_is_told_from_the_beginning_then_ready_then_as_it_comes(void **state)
{
    (void)state;
    open_ada();
    end_session("session-1");
    end_session("session-2");
    struct told told = {.stop_at = 3};
    struct ended_listener listener = {on_ended, on_ready, &told};
    struct ended_follow *follow = ledger_ended_follow(town.ledger, &listener);
    assert_int_equal(told.n, 0);
    town_run(&town);
    assert_string_equal(told.said, "session session-10|session session-20|ready0|");

    told = (struct told){.stop_at = 100};
    end_session("session-3");
    end_session("session-4");
    struct account_act act = act_at(ada, 0);
    struct sessions_end sessions = {UNTIL_S};
    HEAR(&town, account_view, ledger_sign_out_everywhere(L, &act, &sessions, HERE));
    for (int i = 0; told.n < 3 && i < 3000; i++)
        town_wait(&town, 20);
    char expected[256];
    snprintf(expected, sizeof expected, "session session-30|session session-40|account %s1|", ada);
    assert_string_equal(told.said, expected);
    ledger_ended_stop(follow);
}

static void where_nothing_ended_it_is_ready_at_once_and_may_be_stopped_at_any_time(void **state)
{
    (void)state;
    struct told told = {.stop_at = 1};
    struct ended_listener listener = {on_ended, on_ready, &told};
    struct ended_follow *follow = ledger_ended_follow(town.ledger, &listener);
    ledger_ended_stop(follow); /* its page is on its way */
    town_wait(&town, 50);
    assert_string_equal(told.said, "");
    follow = ledger_ended_follow(town.ledger, &listener);
    town_run(&town);
    assert_string_equal(told.said, "ready0|");
    ledger_ended_stop(follow);
    ledger_ended_stop(NULL);
}

static void no_session_is_served_before_a_ledger_that_is_away_has_told_what_ended(void **state)
{
    (void)state;
    open_ada();
    end_session("session-1");
    store_refuse(town.store, "not now");
    struct told told = {.stop_at = 2};
    struct ended_listener listener = {on_ended, on_ready, &told};
    struct ended_follow *follow = ledger_ended_follow(town.ledger, &listener);
    town_run(&town);
    assert_string_equal(told.said, "session session-10|ready0|");
    ledger_ended_stop(follow);
}

static void many_that_ended_are_told_page_by_page(void **state)
{
    (void)state;
    char said[64];
    redis_say(&town.redis,
              "EVAL \"for i = 1, 2500 do redis.call('XADD', '{@people}:ended', i .. '-1', 'kind', "
              "'g', 'id', 'key', 'epoch', '0', 'before', '0', 'until', '1764086400') end\" 0",
              said, sizeof said);
    struct told told = {.stop_at = 2501};
    struct ended_listener listener = {on_ended, on_ready, &told};
    struct ended_follow *follow = ledger_ended_follow(town.ledger, &listener);
    town_run(&town);
    assert_int_equal(told.n, 2501);
    ledger_ended_stop(follow);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        EACH(what_ended_is_told_from_the_beginning_then_ready_then_as_it_comes),
        EACH(where_nothing_ended_it_is_ready_at_once_and_may_be_stopped_at_any_time),
        EACH(no_session_is_served_before_a_ledger_that_is_away_has_told_what_ended),
        EACH(many_that_ended_are_told_page_by_page),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
