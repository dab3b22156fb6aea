/* 085_keeper.c -- what happens although nobody asks: lapses, commissions through money. Time stands
 * still but where a test moves it on. */
/* rooms: base io rules store tlog post ledger keeper */
#include "080_town_acts.h"

#include "groundswell/base/clock.h"
#include "groundswell/keeper/keeper.h"

static struct town town;

static int begin(void **state)
{
    (void)state;
    town = (struct town){0};
    redis_begin(&town.redis, NULL);
    temp_dir_make(&town.keys);
    struct ledger_plan plan = {.skew_unchecked = true};
    town_join(&town, NULL, plan);
    return 0;
}

static struct keeper *keep(struct town *where)
{
    struct keeper *keeper = keeper_new(where->loop, where->store, where->ledger,
                                       &(struct keeper_plan){0});
    assert_non_null(keeper);
    return keeper;
}

/* The town ends; its keeper after the store. */
static void end(struct keeper *keeper, struct keeper *other, struct town *second)
{
    store_free(town.store);
    if (second)
        store_free(second->store);
    keeper_free(keeper);
    keeper_free(other);
    ledger_free(town.ledger);
    if (second)
        ledger_free(second->ledger);
    loop_free(town.loop);
    redis_end(&town.redis);
    temp_dir_remove(&town.keys);
}

/* How many records of that kind the log holds, and the seq they hold at. */
struct counting {
    struct loop *loop;
    const char *kind;
    size_t n;
};
static void counting_answer(void *ctx, const struct ledger_answer *answer)
{
    struct counting *counting = ctx;
    const struct ledger_record *records = answer->items;
    assert_int_equal(answer->fault, FAULT_NONE);
    assert_int_equal(answer->next, 0);
    for (size_t i = 0; i < answer->items_n; i++)
        counting->n += text_is(records[i].members[3].value, counting->kind);
    loop_stop(counting->loop);
}
static size_t records_of(const char *kind)
{
    struct counting counting = {.loop = town.loop, .kind = kind};
    ledger_log(town.ledger, RIVERSIDE, 0, 1000, counting_answer, &counting);
    town_run(&town);
    return counting.n;
}

static bool until(const char *kind, size_t n)
{
    uint64_t end_us = clock_steady_us() + PATIENCE_MS * UINT64_C(1000);
    while (clock_steady_us() < end_us) {
        if (records_of(kind) >= n)
            return true;
        town_wait(&town, 50);
    }
    return false;
}

/* Proposal 1 has people and pledges, but proposal 2 has just taken the last of the unrestricted
 * money that both draw on. (Money for the arts is there, and must not be drawn.) */
static void town_short_of_money(void)
{
    static const char *const refs[] = {"ann", "bob"};
    town_found(&town);
    town_fund(&town, 50000);
    struct act act = staff();
    struct fund_add arts = {100000, TEXT("arts"), TEXT("{}")};
    HEAR(&town, fund_outcome, ledger_fund_add(L, &act, &arts, HERE));
    town_register(&town, refs, 2);
    town_open_round(&town, 50000);
    town_tender(&town, 50000, 2, town_now + 100000);
    town_proposal(&town, 1, 50000);
    town_open_tender(&town, 1);
    town_tender(&town, 50000, 1, town_now + 100000);
    town_proposal(&town, 2, 50000);
    town_open_tender(&town, 2);
    town_pledge(&town, "ann", 1, 20000);
    assert_yes();
    town_pledge(&town, "ann", 2, 25000);
    town_pledge(&town, "bob", 2, 25000); /* takes all of the unrestricted fund */
    assert_shows("\"activated\":true");
    town_pledge(&town, "bob", 1, 25000);
    assert_yes();
    town_pledge(&town, "ann", 1, 25000);
    assert_shows("\"state\":\"live\"");
    assert_shows("\"headroom\":0");
}

static void a_tender_lapses_when_its_time_has_come(void **state)
{
    (void)state;
    struct keeper *keeper = keep(&town);
    static const char *const refs[] = {"ann", "bob"};
    town_found(&town);
    town_fund(&town, 200000);
    town_register(&town, refs, 2);
    town_open_round(&town, 50000);
    town_wait(&town, 1200); /* the keeper has looked, and found no deadline but the round's */
    town_tender(&town, 60000, 2, town_now + 1500);
    town_open_tender(&town, 1);
    town_wait(&town, 1200);
    assert_int_equal(records_of("tender_lapsed"), 0);
    town_now += 1500;
    assert_true(until("tender_lapsed", 1));
    town_wait(&town, 1200);
    assert_int_equal(records_of("tender_lapsed"), 1);
    end(keeper, NULL, NULL);
}

static void a_fund_that_is_topped_up_makes_the_commission(void **state)
{
    (void)state;
    town_short_of_money();
    struct keeper *keeper = keep(&town);
    town_wait(&town, 1500);
    assert_int_equal(records_of("commission_activated"), 1);
    struct act act = staff();
    struct fund_top_up in = {1, 50000};
    HEAR(&town, fund_outcome, ledger_fund_top_up(L, &act, &in, HERE));
    assert_yes();
    keeper_poke(keeper, RIVERSIDE);
    assert_true(until("commission_activated", 2));
    HEAR(&town, proposal_view, ledger_proposal_view(L, RIVERSIDE, 1, HERE));
    assert_shows("\"state\":\"activated\"");
    end(keeper, NULL, NULL);
}

static void two_keepers_do_nothing_twice_and_one_takes_over(void **state)
{
    (void)state;
    struct town second;
    town_short_of_money();
    struct ledger_plan plan = {.skew_unchecked = true};
    town_join(&second, &town, plan);
    struct keeper *keeper = keep(&town), *other = keep(&second);
    struct act act = staff();
    struct fund_top_up in = {1, 60000};
    HEAR(&town, fund_outcome, ledger_fund_top_up(L, &act, &in, HERE));
    keeper_poke(keeper, RIVERSIDE);
    keeper_poke(other, RIVERSIDE);
    assert_true(until("commission_activated", 2));
    town_tender(&town, 1, 2, town_now + 500);
    town_open_tender(&town, 3);
    town_now += 500;
    assert_true(until("tender_lapsed", 1));
    town_wait(&town, 2200);
    assert_int_equal(records_of("commission_activated"), 2);
    assert_int_equal(records_of("tender_lapsed"), 1);

    char lease[64];
    redis_say(&town.redis, "DEL {riverside}:lease", lease, sizeof lease); /* its holder died */
    town_tender(&town, 1, 2, town_now + 500);
    town_open_tender(&town, 4);
    town_now += 500;
    assert_true(until("tender_lapsed", 2));
    end(keeper, other, &second);
}

#define PEOPLE 14
#define PAIRS 5 /* proposals of tender 1, as many of tender 2 */

/* Everybody pledges on all five of tender 1, each with the one of tender 2 behind it: more than one
 * look takes. */
static void town_with_fallbacks(void)
{
    static char names[PEOPLE][8];
    static const char *steps[PAIRS] = {"6", "7", "8", "9", "10"};
    const char *refs[PEOPLE];
    for (size_t i = 0; i < PEOPLE; i++) {
        snprintf(names[i], sizeof *names, "r%zu", i);
        refs[i] = names[i];
    }
    town_found(&town);
    town_fund(&town, 100000);
    town_register(&town, refs, PEOPLE);
    town_open_round(&town, 500);
    for (uint64_t i = 0; i < 2 * PAIRS; i++) {
        if (i % PAIRS == 0)
            town_tender(&town, 90000, 99, town_now + 100000);
        town_proposal(&town, 1 + i / PAIRS, 90000);
    }
    town_open_tender(&town, 1);
    town_open_tender(&town, 2);
    for (size_t i = 0; i < PEOPLE * PAIRS; i++) {
        struct person who = person(&town, refs[i % PEOPLE]);
        struct act act = act_by(&who);
        struct pledge_set in = {.proposal = 1 + i / PEOPLE, .amount = 100};
        in.steps = text_of(steps[i / PEOPLE]);
        HEAR(&town, pledge_view, ledger_pledge_set(L, &act, &in, HERE));
        assert_yes();
    }
}

static void released_pledges_fall_back_once_however_many_keepers_look(void **state)
{
    (void)state;
    struct town second;
    town_with_fallbacks();
    struct ledger_plan plan = {.skew_unchecked = true};
    town_join(&second, &town, plan);
    for (uint64_t i = 1; i <= PAIRS; i++) {
        struct act act = staff();
        struct proposal_act in = {.proposal = i};
        HEAR(&town, proposal_outcome, ledger_proposal_withdraw(L, &act, &in, HERE));
        assert_yes();
    }
    struct keeper *keeper = keep(&town), *other = keep(&second);
    char lease[64];
    for (int i = 0; i < 3; i++) { /* so that both look */
        town_wait(&town, 30);
        redis_say(&town.redis, "DEL {riverside}:lease", lease, sizeof lease);
        keeper_poke(keeper, RIVERSIDE);
        keeper_poke(other, RIVERSIDE);
    }
    assert_true(until("pledge_set", 2 * PEOPLE * PAIRS));
    town_wait(&town, 1200);
    assert_int_equal(records_of("pledge_set"), 2 * PEOPLE * PAIRS);
    assert_int_equal(records_of("fallback_dropped"), 0);
    HEAR(&town, proposal_view, ledger_proposal_view(L, RIVERSIDE, 10, HERE));
    assert_shows("\"people\":14");
    end(keeper, other, &second);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(a_tender_lapses_when_its_time_has_come, begin),
        cmocka_unit_test_setup(a_fund_that_is_topped_up_makes_the_commission, begin),
        cmocka_unit_test_setup(two_keepers_do_nothing_twice_and_one_takes_over, begin),
        cmocka_unit_test_setup(released_pledges_fall_back_once_however_many_keepers_look, begin),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
