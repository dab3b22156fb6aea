/* 028_fallbacks.c -- to A; if it is released, to B: in turn, once, and as the log says. */
/* rooms: base rules */
#include "022_town.h"

#define STEPS(...) ((const uint64_t[STEPS_MAX]){__VA_ARGS__})

/* Tender 1 with proposals 1 and 2, tender 2, open as well, with 3 (price 100), 4 and 5. */
static void two_tenders(struct scene *s, uint64_t people_min)
{
    struct scene_rule rule = {.ceiling = 900, .people_min = people_min, .closes = 60000,
                              .late = true};
    town(s, (struct scene_rule){.people_min = 6});
    assert_true(scene_tender(s, &rule));
    assert_true(scene_open(s, 2));
    static const uint64_t prices[] = {500, 500, 100, 500, 500};
    for (size_t i = 0; i < 5; i++)
        assert_true(scene_propose(s, i < 2 ? 1 : 2, prices[i]));
}

static const struct record *taken(struct scene *s)
{
    assert_true(scene_fallback(s));
    assert_true(s->v.taken);
    return &s->v.records[s->v.settled_n];
}

static void nothing_waits(struct scene *s)
{
    assert_true(scene_fallback(s));
    assert_false(s->v.taken);
    assert_false(s->v.waits);
    assert_int_equal(s->v.records_n, 0);
    assert_int_equal(s->v.seq, model_seq(scene_model(s)) - 1);
}

static void a_released_pledge_goes_on_step_by_step(void **state)
{
    (void)state;
    struct scene s;
    two_tenders(&s, 6);
    assert_true(scene_pledge_on(&s, 0, 1, 40, STEPS(3, 4)));
    nothing_waits(&s);
    assert_true(scene_drop_tender(&s, 1));
    uint64_t cause = s.v.seq;
    const struct record *record = taken(&s);
    assert_int_equal(record->kind, RECORD_PLEDGE_SET);
    assert_int_equal(record->proposal, 3);
    assert_int_equal(record->tender, 2);
    assert_int_equal(record->amount, 40);
    assert_int_equal(record->cause, cause);
    assert_true(text_equal(record->wallet, wallet_id(1, 0)));
    assert_int_equal(record->fallback.n, 1);
    assert_int_equal(record->fallback.at[0][0], 1);
    assert_int_equal(record->fallback.at[0][1], 4);
    nothing_waits(&s);
    assert_true(scene_drop_proposal(&s, 3));
    cause = s.v.seq;
    assert_true(scene_drop_proposal(&s, 4));
    record = taken(&s);
    assert_int_equal(record->kind, RECORD_FALLBACK_DROPPED);
    assert_int_equal(record->proposal, 3);
    assert_int_equal(record->amount, 40);
    assert_int_equal(record->cause, cause);
    nothing_waits(&s);
    town_end(&s);
}

static void the_oldest_of_what_one_record_released_is_next(void **state)
{
    (void)state;
    struct scene s;
    two_tenders(&s, 6);
    assert_true(scene_pledge_on(&s, 2, 2, 20, STEPS(3)));
    assert_true(scene_pledge_on(&s, 0, 1, 20, STEPS(3)));
    assert_true(scene_pledge_on(&s, 4, 2, 20, STEPS(3)));
    assert_true(scene_pledge_on(&s, 2, 2, 20, STEPS(4))); /* other steps: the youngest now */
    assert_int_equal(s.v.records[0].was, 20);
    assert_true(scene_pledge_on(&s, 2, 2, 20, STEPS(4)));
    assert_int_equal(s.v.records_n, 0);
    assert_true(scene_pledge_on(&s, 5, 3, 20, STEPS(4)));
    assert_true(scene_drop_tender(&s, 1));
    static const uint64_t order[] = {0, 4, 2};
    for (size_t i = 0; i < 3; i++)
        assert_true(text_equal(taken(&s)->wallet, wallet_id(1, order[i])));
    nothing_waits(&s);
    town_end(&s);
}

static void a_fallback_may_activate_and_what_that_releases_queues(void **state)
{
    (void)state;
    struct scene s;
    two_tenders(&s, 2);
    assert_true(scene_pledge_on(&s, 0, 1, 60, STEPS(3)));
    assert_true(scene_pledge_on(&s, 1, 4, 30, STEPS(2)));
    assert_true(scene_pledge(&s, 2, 3, 50));
    assert_true(scene_drop_proposal(&s, 1));
    const struct record *record = taken(&s);
    assert_int_equal(record->kind, RECORD_PLEDGE_SET);
    assert_int_equal(record[1].kind, RECORD_COMMISSION_ACTIVATED);
    assert_int_equal(record[1].cause, record->seq);
    assert_int_equal(record[1].released, 30);
    assert_true(s.v.waits);
    uint64_t cause = record[1].seq;
    record = taken(&s);
    assert_int_equal(record->cause, cause);
    assert_int_equal(record->proposal, 2);
    nothing_waits(&s);
    town_end(&s);
}

static void a_step_that_would_be_refused_is_passed_over(void **state)
{
    (void)state;
    struct scene s;
    two_tenders(&s, 6);
    assert_refused(&s, scene_pledge_on(&s, 0, 1, 20, STEPS(3, 1)), "fallback_itself");
    assert_refused(&s, scene_pledge_on(&s, 0, 1, 20, STEPS(3, 9)), "fallback_unknown proposal 9");
    struct scene_rule secret = {.ceiling = 900, .closes = 60000, .hidden = true};
    assert_true(scene_tender(&s, &secret));
    assert_true(scene_propose(&s, 3, 100));
    assert_refused(&s, scene_pledge_on(&s, 0, 1, 20, STEPS(3, 6)), "fallback_hidden proposal 6");
    assert_true(scene_pledge_on(&s, 0, 1, 60, STEPS(3, 4))); /* holds one on 3 */
    assert_true(scene_pledge(&s, 0, 3, 10));
    assert_true(scene_pledge_on(&s, 1, 1, 60, STEPS(3))); /* has given the money away */
    assert_true(scene_pledge_on(&s, 2, 1, 60, STEPS(3))); /* takes it back in time */
    assert_true(scene_unpledge(&s, 2, 1));
    assert_true(scene_pledge_on(&s, 3, 1, 60, STEPS(3))); /* wants no steps any more */
    assert_true(scene_pledge(&s, 3, 1, 60));
    assert_false(record_has(&s.v.records[0], FIELD_FALLBACK));
    assert_true(scene_drop_proposal(&s, 1));
    assert_true(scene_pledge(&s, 1, 5, 50));
    assert_int_equal(taken(&s)->proposal, 4);
    assert_int_equal(taken(&s)->kind, RECORD_FALLBACK_DROPPED);
    nothing_waits(&s);
    town_end(&s);
}

static void who_leaves_has_none_and_the_rounds_end_drops_all(void **state)
{
    (void)state;
    struct scene s;
    two_tenders(&s, 6);
    assert_true(scene_pledge_on(&s, 0, 1, 40, STEPS(3)));
    assert_true(scene_pledge_on(&s, 0, 4, 40, STEPS(3)));
    assert_true(scene_pledge_on(&s, 1, 1, 40, STEPS(3)));
    assert_true(scene_drop_proposal(&s, 1));
    assert_true(scene_erase(&s, 0, true)); /* what is held stays, without its steps */
    assert_true(record_has(&s.v.records[0], FIELD_WALLET));
    assert_false(record_has(&s.v.records[0], FIELD_WITHDRAWN));
    assert_int_equal(model_accounts(scene_model(&s)).held, 40);
    assert_true(scene_settle(&s));
    assert_true(s.v.waits);
    assert_true(scene_close(&s, 1));
    assert_int_equal(s.v.records_n, 1);
    nothing_waits(&s);
    town_end(&s);
}

/* Nobody jumps the queue, and nobody is passed over: the recount would say so. */
static void a_log_in_another_order_is_found_out(void **state)
{
    (void)state;
    struct scene s;
    struct recount recount;
    two_tenders(&s, 6);
    assert_true(scene_pledge_on(&s, 0, 1, 40, STEPS(3)));
    assert_true(scene_pledge_on(&s, 1, 1, 40, STEPS(3)));
    assert_true(scene_drop_tender(&s, 1));
    taken(&s);
    taken(&s);
    const char *first = s.log[s.log_n - 2];
    free(s.log[s.log_n - 1]);
    s.log[s.log_n - 1] = strdup(first); /* the first one twice */
    char *seq = strstr(s.log[s.log_n - 1], "\"seq\":");
    snprintf(seq + 6, 3, "%zu", s.log_n - 1);
    seq[8] = ',';
    assert_false(scene_recount(&recount, s.log, s.log_n));
    char expected[64];
    snprintf(expected, sizeof expected, "record %zu (pledge_set): wallet is", s.log_n - 1);
    assert_non_null(strstr(recount_why(&recount), expected));
    recount_release(&recount);
    scene_release(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_released_pledge_goes_on_step_by_step),
        cmocka_unit_test(the_oldest_of_what_one_record_released_is_next),
        cmocka_unit_test(a_fallback_may_activate_and_what_that_releases_queues),
        cmocka_unit_test(a_step_that_would_be_refused_is_passed_over),
        cmocka_unit_test(who_leaves_has_none_and_the_rounds_end_drops_all),
        cmocka_unit_test(a_log_in_another_order_is_found_out),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
