/* 027_limits.c -- how many and how much: each limit is met, and named where it is passed. */
/* rooms: base rules */
#include "022_town.h"
#include "groundswell/base/money.h"

static void there_are_limits_to_how_many(void **state)
{
    (void)state;
    struct scene s;
    town(&s, (struct scene_rule){.people_min = 6, .ceiling = 1000});
    for (int i = 1; i < FUNDS_MAX; i++)
        assert_true(scene_fund(&s, 100, ""));
    assert_refused(&s, scene_fund(&s, 100, ""), "funds_too_many funds 64 most 64");
    for (int i = 0; i < PROPOSALS_LIVE_MAX; i++)
        assert_true(scene_propose(&s, 1, 900));
    assert_refused(&s, scene_propose(&s, 1, 900), "proposals_too_many proposals 128 most 128");
    assert_true(scene_drop_proposal(&s, 128));
    assert_true(scene_propose(&s, 1, 900));

    assert_true(scene_close(&s, 1));
    assert_true(scene_round(&s, 1000, 10, ROUND_CLOSES));
    struct scene_rule rule = {.ceiling = 1000, .people_min = 6, .closes = 50000, .late = true};
    assert_true(scene_tender(&s, &rule)); /* 2, proposals 130 .. 161, then 162 */
    assert_true(scene_open(&s, 2));
    for (uint64_t i = 0; i < PLEDGES_LIVE_MAX; i++) {
        assert_true(scene_propose(&s, 2, 900));
        assert_true(scene_pledge(&s, 0, 130 + i, 10));
    }
    assert_true(scene_propose(&s, 2, 900));
    assert_refused(&s, scene_pledge(&s, 0, 162, 10), "pledges_live_too_many pledges 32 most 32");
    assert_true(scene_pledge(&s, 0, 161, 20)); /* changing one of them is no new one */
    for (uint64_t i = 0; i < PLEDGES_LIVE_MAX; i++)
        assert_true(scene_drop_proposal(&s, 130 + i));
    for (uint64_t i = 0; i < 31; i++) {
        assert_true(scene_propose(&s, 2, 900));
        assert_true(scene_pledge(&s, 0, 162 + i, 10));
    }
    assert_true(scene_drop_proposal(&s, 192)); /* 63 entries, 30 of them live */
    assert_true(scene_propose(&s, 2, 900));
    assert_true(scene_pledge(&s, 0, 193, 10));
    assert_true(scene_propose(&s, 2, 900));
    assert_refused(&s, scene_pledge(&s, 0, 194, 10), "pledges_too_many pledges 64 most 64");
    assert_true(scene_unpledge(&s, 0, 193)); /* a withdrawn entry leaves the list */
    assert_true(scene_pledge(&s, 0, 194, 10));
    town_end(&s);
}

static void amounts_up_to_the_largest_do_not_overflow(void **state)
{
    (void)state;
    struct scene s;
    scene_init(&s);
    assert_true(scene_community(&s, "north", 1));
    assert_true(scene_fund(&s, MONEY_MAX - 10, ""));
    assert_refused(&s, scene_fund(&s, 11, ""),
                   "amount_too_large amount 9007199254740992 most 9007199254740991");
    assert_refused(&s, scene_top_up(&s, 1, MONEY_MAX),
                   "amount_too_large amount 18014398509481972 most 9007199254740991");
    assert_refused(&s, scene_top_up(&s, 1, 14), /* ...995, as a double names it */
                   "amount_too_large amount 9007199254740996 most 9007199254740991");
    assert_false(scene_fund(&s, MONEY_MAX + 1, ""));
    assert_non_null(s.v.raised);
    assert_true(scene_top_up(&s, 1, 10));
    assert_true(scene_register(&s, 1000, 0));
    assert_true(scene_round(&s, ALLOTMENT_MAX, ALLOTMENT_MAX, MONEY_MAX));
    struct scene_rule rule = {.ceiling = MONEY_MAX, .people_min = 1, .closes = MONEY_MAX - 1,
                              .late = true};
    assert_true(scene_tender(&s, &rule));
    assert_true(scene_open(&s, 1));
    assert_true(scene_propose(&s, 1, UINT64_C(1000) * ALLOTMENT_MAX));
    for (uint64_t i = 0; i < 1000; i++)
        assert_true(scene_pledge(&s, i, 1, ALLOTMENT_MAX));
    assert_int_equal(s.v.records_n, 2);
    assert_int_equal(s.v.records[1].rho, ALLOTMENT_MAX);
    assert_int_equal(model_accounts(scene_model(&s)).committed, UINT64_C(1000) * ALLOTMENT_MAX);
    town_end(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(there_are_limits_to_how_many),
        cmocka_unit_test(amounts_up_to_the_largest_do_not_overflow),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
