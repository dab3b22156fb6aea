/* 082_ledger_library.c -- the functions: two versions at once, and a Redis that forgot. */
/* rooms: base io store ledger */
#include "080_town_acts.h"

static struct town town, newer;

static uint64_t later_ms; /* how far the newer worker's clock has been moved on */
static uint64_t later_clock(void)
{
    return town_now + later_ms;
}

static int begin(void **state)
{
    (void)state;
    later_ms = 0;
    town_begin(&town);
    return 0;
}

/* True when Redis has that library. */
static bool is_loaded(const char *library)
{
    char line[128], reply[64];
    snprintf(line, sizeof line, "FUNCTION LIST LIBRARYNAME %s", library);
    redis_say(&town.redis, line, reply, sizeof reply);
    assert_true(reply[0] == '*');
    return reply[1] == '1';
}

static void the_hash_is_in_the_name_and_two_versions_serve_side_by_side(void **state)
{
    (void)state;
    town_settle_in(&town);
    /* Another version of this program: its library differs (the clock is checked). */
    struct ledger_plan plan = {.now_ms = later_clock, .lease_ms = 600};
    town_join(&newer, &town, plan);
    char old_library[64];
    snprintf(old_library, sizeof old_library, "%s", ledger_library(town.ledger));
    assert_int_equal(strlen(old_library), strlen("groundswell_") + 16);
    assert_string_not_equal(old_library, ledger_library(newer.ledger));
    town_wait(&town, 500); /* the newer one has cleared away what nobody leases: nothing */
    assert_true(is_loaded(old_library));
    assert_true(is_loaded(ledger_library(newer.ledger)));
    town_pledge(&town, "ann", 1, 1000);
    assert_yes();
    HEAR(&newer, totals, ledger_totals(L, RIVERSIDE, HERE));
    assert_shows("\"held\":1000");

    /* The older worker ends; a minute on, its lease is over. */
    town_leave(&town);
    later_ms = 61000;
    for (int i = 0; i < 1000 && is_loaded(old_library); i++)
        town_wait(&newer, 50);
    assert_false(is_loaded(old_library));
    assert_true(is_loaded(ledger_library(newer.ledger)));
    HEAR(&newer, totals, ledger_totals(L, RIVERSIDE, HERE));
    assert_yes();

    store_free(newer.store);
    ledger_free(newer.ledger);
    loop_free(town.loop);
    redis_end(&town.redis);
    temp_dir_remove(&town.keys);
}

static void clocks_that_differ_are_refused_where_that_is_checked(void **state)
{
    (void)state;
    town_found(&town);
    struct ledger_plan plan = {.now_ms = later_clock}; /* in the year 2025, and checked */
    town_join(&newer, &town, plan);
    struct act act = staff();
    struct fund_add in = {1000, TEXT(""), TEXT("{}")};
    HEAR(&newer, fund_outcome, ledger_fund_add(L, &act, &in, HERE));
    assert_int_equal(heard.refusal, REFUSAL_CLOCK_SKEW);
    assert_non_null(strstr(heard.sentence, "ms apart; at most 60000 ms is allowed."));
    town_leave(&newer);
    town_end(&town);
}

static void functions_that_are_gone_are_loaded_again(void **state)
{
    (void)state;
    town_found(&town);
    char reply[64];
    redis_say(&town.redis, "FUNCTION FLUSH", reply, sizeof reply);
    assert_false(is_loaded(ledger_library(town.ledger)));
    struct act act = staff();
    struct fund_add in = {1000, TEXT(""), TEXT("{}")};
    HEAR(&town, fund_outcome, ledger_fund_add(L, &act, &in, HERE));
    assert_int_equal(heard.fault, FAULT_BUSY); /* certainly not done */
    for (int i = 0; heard.fault == FAULT_BUSY && i < 3000; i++) {
        town_wait(&town, 20);
        HEAR(&town, fund_outcome, ledger_fund_add(L, &act, &in, HERE));
    }
    assert_yes();
    assert_true(is_loaded(ledger_library(town.ledger)));
    assert_shows("\"replayed\":false");
    town_end(&town);
}

static void a_redis_that_died_is_found_again_with_its_functions(void **state)
{
    (void)state;
    town_found(&town);
    redis_kill(&town.redis);
    for (int i = 0; store_is_up(town.store) && i < 3000; i++)
        town_wait(&town, 20);
    struct act act = staff();
    struct fund_add in = {1000, TEXT(""), TEXT("{}")};
    HEAR(&town, fund_outcome, ledger_fund_add(L, &act, &in, HERE));
    assert_int_equal(heard.fault, FAULT_BUSY);
    redis_start(&town.redis);
    for (int i = 0; !store_is_up(town.store) && i < 3000; i++)
        town_wait(&town, 20);
    HEAR(&town, fund_outcome, ledger_fund_add(L, &act, &in, HERE));
    assert_yes();
    town_end(&town);
}

static void what_the_functions_call_malformed_is_a_fault_not_a_refusal(void **state)
{
    (void)state;
    town_found(&town);
    struct act act = staff();
    struct fund_add in = {1000, TEXT("no word"), TEXT("{}")};
    HEAR(&town, fund_outcome, ledger_fund_add(L, &act, &in, HERE));
    assert_int_equal(heard.fault, FAULT_FORMAT);
    town_end(&town);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(the_hash_is_in_the_name_and_two_versions_serve_side_by_side, begin),
        cmocka_unit_test_setup(clocks_that_differ_are_refused_where_that_is_checked, begin),
        cmocka_unit_test_setup(functions_that_are_gone_are_loaded_again, begin),
        cmocka_unit_test_setup(a_redis_that_died_is_found_again_with_its_functions, begin),
        cmocka_unit_test_setup(what_the_functions_call_malformed_is_a_fault_not_a_refusal, begin),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
