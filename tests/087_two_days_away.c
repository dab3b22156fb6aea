/* 087_two_days_away.c -- deadlines that passed while nobody served: each once, in order, late. */
/* rooms: base io rules store tlog post ledger keeper */
#include "080_town_acts.h"

#include "groundswell/base/clock.h"
#include "groundswell/keeper/keeper.h"

#define HOUR_MS UINT64_C(3600000)

static struct town town, other;

static uint64_t begun_ms;
static uint64_t running_clock(void) /* town_now, and on with the wall */
{
    return town_now + clock_wall_ms() - begun_ms;
}

static int begin(void **state)
{
    (void)state;
    begun_ms = clock_wall_ms();
    town = (struct town){0};
    redis_begin(&town.redis, NULL);
    temp_dir_make(&town.keys);
    struct ledger_plan plan = {.skew_unchecked = true, .now_ms = running_clock};
    town_join(&town, NULL, plan);
    town_join(&other, &town, plan);
    return 0;
}

static void end(struct keeper *one, struct keeper *two)
{
    store_free(town.store);
    store_free(other.store);
    keeper_free(one);
    keeper_free(two);
    ledger_free(town.ledger);
    ledger_free(other.ledger);
    loop_free(town.loop);
    redis_end(&town.redis);
    temp_dir_remove(&town.keys);
}

static struct keeper *keep(struct town *where)
{
    struct keeper *keeper =
        keeper_new(where->loop, where->store, where->ledger, &(struct keeper_plan){0});
    assert_non_null(keeper);
    return keeper;
}

/* ---- what the log says at its end ---- */

struct told {
    char kind[32];
    uint64_t at, due; /* due 0: none */
};

struct reading {
    struct loop *loop;
    struct told told[64];
    size_t n;
};

static void reading_answer(void *ctx, const struct ledger_answer *answer)
{
    struct reading *reading = ctx;
    const struct ledger_record *records = answer->items;
    assert_int_equal(answer->fault, FAULT_NONE);
    for (reading->n = 0; reading->n < answer->items_n; reading->n++) {
        const struct ledger_member *members = records[reading->n].members;
        struct told *told = &reading->told[reading->n];
        *told = (struct told){.due = 0};
        snprintf(told->kind, sizeof told->kind, "%.*s", TEXT_ARGS(members[3].value));
        assert_true(text_to_u64(members[2].value, UINT64_MAX, &told->at));
        if (text_is(members[4].name, "due"))
            assert_true(text_to_u64(members[4].value, UINT64_MAX, &told->due));
    }
    loop_stop(reading->loop);
}

static struct reading read_log(void)
{
    struct reading reading = {.loop = town.loop};
    ledger_log(town.ledger, RIVERSIDE, 0, 64, reading_answer, &reading);
    town_run(&town);
    return reading;
}

static bool until(const char *kind)
{
    for (int i = 0; i < 200; i++) {
        struct reading log = read_log();
        for (size_t k = 0; k < log.n; k++)
            if (strcmp(log.told[k].kind, kind) == 0)
                return true;
        town_wait(&town, 50);
    }
    return false;
}

/* ---- the town ---- */

static void open_round(void)
{
    struct act act = staff();
    struct round_open in = {.allotment = 50000, .token = 100, .roll = TEXT("register")};
    in.closes_ms = running_clock() + 240 * HOUR_MS;
    HEAR(&town, round_outcome, ledger_round_open(L, &act, &in, HERE));
    assert_yes();
}

static void tender(uint64_t number, uint64_t window_ms, uint64_t closes_ms)
{
    struct act act = staff();
    struct tender_create in = {.body = TEXT("rivercare"), .ceiling = 50000, .people_min = 2};
    in.awards_max = 1;
    in.closes_ms = closes_ms;
    in.window_ms = window_ms;
    in.text = TEXT("{\"title\":\"A bench\"}");
    HEAR(&town, tender_outcome, ledger_tender_create(L, &act, &in, HERE));
    assert_yes();
    town_proposal(&town, number, 40000);
    town_open_tender(&town, number);
}

static void pause(uint64_t number, uint64_t until_ms)
{
    struct act act = staff();
    struct tender_act in = {.tender = number, .until_ms = until_ms, .text = TEXT("{}")};
    HEAR(&town, tender_outcome, ledger_tender_pause(L, &act, &in, HERE));
    assert_yes();
}

/* t1 is critical, t2 paused, t3 merely open; their next deadlines after `ms` times 2, 1, 3. */
static void settle_in(uint64_t ms, uint64_t ret_due[3])
{
    static const char *const refs[] = {"ann", "bob", "cyd"};
    uint64_t now = running_clock();
    town_found(&town);
    town_fund(&town, 500000);
    town_register(&town, refs, 3);
    open_round();
    tender(1, 2 * ms, now + 200 * HOUR_MS);
    tender(2, 0, now + 200 * HOUR_MS);
    tender(3, 0, ret_due[2] = now + 3 * ms);
    town_pledge(&town, "cyd", 3, 10000);
    assert_yes();
    pause(2, ret_due[0] = now + ms);
    town_pledge(&town, "ann", 1, 20000);
    town_pledge(&town, "bob", 1, 25000);
    assert_yes();
    HEAR(&town, tender_view, ledger_tender_view(L, RIVERSIDE, 1, HERE));
    assert_shows("\"state\":\"critical\"");
    struct reading log = read_log();
    assert_string_equal(log.told[log.n - 1].kind, "tender_critical");
    ret_due[1] = log.told[log.n - 1].at + 2 * ms;
}

/* The last three records are those of the deadlines, each once, in the order of due. */
static void assert_settled(size_t before, const uint64_t due[3], uint64_t not_before)
{
    static const char *const kinds[] = {"tender_resumed", "commission_activated", "tender_lapsed"};
    struct reading log = read_log();
    assert_int_equal(log.n, before + 3);
    for (size_t i = 0; i < 3; i++) {
        assert_string_equal(log.told[before + i].kind, kinds[i]);
        assert_int_equal(log.told[before + i].due, due[i]);
        assert_true(log.told[before + i].at >= (due[i] > not_before ? due[i] : not_before));
    }
}

static void of_three_deadlines_in_two_days_away_each_happens_once_and_in_order(void **state)
{
    (void)state;
    uint64_t due[3];
    settle_in(9 * HOUR_MS, due);
    size_t before = read_log().n;
    town_now += 48 * HOUR_MS;
    uint64_t back = running_clock();
    struct keeper *one = keep(&town), *two = keep(&other);
    assert_true(until("tender_lapsed"));
    town_wait(&town, 1200); /* either has looked again */
    assert_settled(before, due, back);
    end(one, two);
}

static void who_comes_before_the_keeper_is_judged_as_if_it_had_been_there(void **state)
{
    (void)state;
    uint64_t due[3];
    settle_in(9 * HOUR_MS, due);
    size_t before = read_log().n;
    town_now += 48 * HOUR_MS;
    uint64_t back = running_clock();
    HEAR(&town, proposal_view, ledger_proposal_view(L, RIVERSIDE, 1, HERE)); /* nobody wrote yet */
    assert_shows("\"state\":\"activated\"");
    assert_int_equal(read_log().n, before);
    struct person ann = person(&town, "ann");
    struct act act = act_by(&ann);
    struct pledge_withdraw in = {.proposal = 1};
    HEAR(&town, pledge_view, ledger_pledge_withdraw(L, &act, &in, HERE));
    assert_int_equal(heard.refusal, REFUSAL_PLEDGE_SPENT);
    town_pledge(&town, "cyd", 3, 20000);
    assert_int_equal(heard.refusal, REFUSAL_TENDER_CLOSED);
    assert_settled(before, due, back);
    town_pledge(&town, "cyd", 2, 20000); /* its pause is over */
    assert_yes();
    struct keeper *one = keep(&town), *two = keep(&other);
    town_wait(&town, 1200);
    assert_int_equal(read_log().n, before + 4);
    end(one, two);
}

static void a_pause_a_window_and_a_closing_end_by_themselves_with_two_at_work(void **state)
{
    (void)state;
    static const char *const kinds[] = {"tender_resumed", "commission_activated", "tender_lapsed"};
    uint64_t due[3];
    settle_in(HOUR_MS, due);
    size_t before = read_log().n;
    struct keeper *one = keep(&town), *two = keep(&other);
    for (size_t i = 0; i < 3; i++) {
        town_now += HOUR_MS;
        assert_true(until(kinds[i]));
    }
    town_wait(&town, 1200);
    assert_settled(before, due, 0);
    end(one, two);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(of_three_deadlines_in_two_days_away_each_happens_once_and_in_order,
                               begin),
        cmocka_unit_test_setup(who_comes_before_the_keeper_is_judged_as_if_it_had_been_there,
                               begin),
        cmocka_unit_test_setup(a_pause_a_window_and_a_closing_end_by_themselves_with_two_at_work,
                               begin),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
