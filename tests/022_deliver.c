/* 022_deliver.c -- from the award to the last payment, or to the end before it. */
/* rooms: base rules */
#include "022_town.h"

/* Proposal 1 (price 1000 in milestones of 600 and 400) becomes a commission at 10000 in a round of
 * four residents: 700 of it from the fund of its theme, 300 from the unrestricted one. */
static void awarded(struct scene *s)
{
    struct scene_rule rule = {.theme = "parks", .ceiling = 1000, .people_min = 2, .closes = 90000,
                              .late = true};
    const uint64_t parts[] = {600, 400};
    scene_init(s);
    s->now = 10000;
    assert_true(scene_community(s, "north", 1));
    assert_true(scene_fund(s, 5000, ""));      /* 1 */
    assert_true(scene_fund(s, 700, "parks"));  /* 2 */
    assert_true(scene_register(s, 4, 0));
    assert_true(scene_round(s, 600, 10, 90000));
    assert_true(scene_tender(s, &rule));
    assert_true(scene_open(s, 1));
    assert_true(scene_propose_parts(s, 1, 1000, parts, 2));
    assert_true(scene_pledge(s, 0, 1, 500));
    assert_true(scene_pledge(s, 1, 1, 500));
    assert_int_equal(s->v.records[1].kind, RECORD_COMMISSION_ACTIVATED);
}

static const struct delivery *first(const struct scene *s)
{
    return model_delivery(scene_model(s), 1);
}

static void contracted(struct scene *s)
{
    awarded(s);
    assert_true(scene_sign(s, 1, 11000, 50000));
}

/* Report and accept. */
static void accepted(struct scene *s, uint64_t milestone)
{
    assert_true(scene_milestone(s, ROLL_MILESTONE_REPORT, 1, milestone));
    assert_true(scene_milestone(s, ROLL_MILESTONE_ACCEPT, 1, milestone));
}

static void milestones_add_up_to_the_price(void **state)
{
    (void)state;
    struct scene s;
    const uint64_t parts[] = {300, 200}, many[MILESTONES_MAX + 1] = {1, 1, 1, 1, 1, 1, 1, 1, 1,
                                                                    1, 1, 1, 1, 1, 1, 1, 1};
    awarded(&s);
    assert_true(scene_tender(&s, &(struct scene_rule){.ceiling = 900, .people_min = 1,
                                                      .closes = 90000}));
    assert_refused(&s, scene_propose_parts(&s, 2, 501, parts, 2),
                   "milestones_not_price sum 500 price 501");
    assert_true(scene_propose_parts(&s, 2, 500, parts, 2));
    assert_true(scene_propose_parts(&s, 2, 16, many, 16));
    assert_false(scene_propose_parts(&s, 2, 17, many, 17));
    assert_non_null(s.v.raised);
    town_end(&s);
}

static void a_price_is_paid_out_of_its_draws_in_their_order(void **state)
{
    (void)state;
    struct scene s;
    contracted(&s);
    assert_int_equal(first(&s)->mark, 'c');
    assert_refused(&s, scene_pay(&s, 1, 1, 10), "milestone_state state planned");
    accepted(&s, 1);
    assert_int_equal(first(&s)->mark, 'd');
    assert_refused(&s, scene_pay(&s, 1, 1, 601), "payment_over_milestone amount 601 unpaid 600");
    assert_true(scene_pay(&s, 1, 1, 250));
    assert_int_equal(s.v.records[0].funds.n, 1);
    assert_int_equal(s.v.records[0].funds.at[0][0], 2); /* the theme's own fund first */
    assert_true(scene_pay(&s, 1, 1, 350));
    assert_int_equal(first(&s)->milestones[0].mark, 'y');
    assert_refused(&s, scene_finish(&s, ROLL_COMMISSION_COMPLETE, 1),
                   "commission_unpaid unpaid 400");
    accepted(&s, 2);
    assert_true(scene_pay(&s, 1, 2, 400));
    assert_int_equal(s.v.records[0].funds.n, 2); /* 100 are left of fund 2, then fund 1 */
    assert_int_equal(s.v.records[0].funds.at[0][1], 100);
    assert_int_equal(s.v.records[0].funds.at[1][0], 1);
    assert_int_equal(s.v.records[0].funds.at[1][1], 300);
    assert_int_equal(model_accounts(scene_model(&s)).paid, 1000);
    assert_int_equal(model_accounts(scene_model(&s)).committed, 0);
    assert_true(scene_finish(&s, ROLL_COMMISSION_COMPLETE, 1));
    assert_refused(&s, scene_finish(&s, ROLL_COMMISSION_TERMINATE, 1),
                   "commission_state state completed");
    assert_true(scene_outcome(&s, 1, 31)); /* what came of it can still be told */
    town_end(&s);
}

static void what_was_not_paid_goes_back_the_last_draw_first(void **state)
{
    (void)state;
    struct scene s;
    struct model_fund fund;
    contracted(&s);
    accepted(&s, 1);
    assert_true(scene_pay(&s, 1, 1, 450));
    assert_true(scene_close(&s, 1)); /* a commission outlives its round */
    uint64_t unallotted = model_accounts(scene_model(&s)).unallotted;
    assert_true(scene_finish(&s, ROLL_COMMISSION_TERMINATE, 1));
    const struct record *record = &s.v.records[0];
    assert_int_equal(record->returned, 550);
    assert_int_equal(record->funds.n, 2);
    assert_int_equal(record->funds.at[0][0], 1); /* all 300 of the last draw */
    assert_int_equal(record->funds.at[0][1], 300);
    assert_int_equal(record->funds.at[1][0], 2); /* and 250 of the first, of which 450 are paid */
    assert_int_equal(record->funds.at[1][1], 250);
    assert_true(model_fund(scene_model(&s), 1, &fund) && fund.left == 5000);
    assert_true(model_fund(scene_model(&s), 2, &fund) && fund.left == 250);
    assert_int_equal(model_headroom(scene_model(&s), TEXT("parks")), 5250);
    assert_int_equal(model_accounts(scene_model(&s)).unallotted, unallotted + 550);
    assert_int_equal(model_accounts(scene_model(&s)).paid, 450);
    assert_refused(&s, scene_pay(&s, 1, 1, 1), "commission_state state terminated");
    town_end(&s);
}

static void only_who_pledged_says_what_they_found_and_once(void **state)
{
    (void)state;
    struct scene s;
    contracted(&s);
    assert_refused(&s, scene_speak(&s, ROLL_MILESTONE_CONFIRM, 0, 1, 1, 1),
                   "milestone_state state planned");
    assert_true(scene_milestone(&s, ROLL_MILESTONE_REPORT, 1, 1));
    assert_true(scene_speak(&s, ROLL_MILESTONE_CONFIRM, 0, 1, 1, 1));
    assert_refused(&s, scene_speak(&s, ROLL_MILESTONE_DISPUTE, 0, 1, 1, 1), "milestone_spoken");
    assert_refused(&s, scene_speak(&s, ROLL_MILESTONE_DISPUTE, 2, 1, 1, 1),
                   "commission_not_yours");
    assert_refused(&s, scene_speak(&s, ROLL_MILESTONE_DISPUTE, 1, 2, 1, 1),
                   "round_changed round 1");
    assert_refused(&s, scene_speak(&s, ROLL_MILESTONE_DISPUTE, 9, 1, 1, 1), "resident_unknown");
    assert_refused(&s, scene_speak(&s, ROLL_MILESTONE_DISPUTE, 1, 1, 1, 3),
                   "milestone_unknown milestone 3 milestones 2");
    assert_true(scene_speak(&s, ROLL_MILESTONE_DISPUTE, 1, 1, 1, 1));
    assert_int_equal(s.v.records[0].confirmed, 1);
    assert_int_equal(s.v.records[0].disputed, 1);
    assert_true(scene_milestone(&s, ROLL_MILESTONE_ACCEPT, 1, 1));
    assert_int_equal(s.v.records[0].disputed, 1);
    town_end(&s);
}

static void variations_move_a_fifth_of_the_price_at_most(void **state)
{
    (void)state;
    struct scene s;
    contracted(&s);
    const uint64_t more[] = {799, 201}, some[] = {700, 300}, again[] = {599, 401},
                   same[] = {600, 400}, sum[] = {600, 401}, back[] = {800, 200};
    assert_refused(&s, scene_vary(&s, 1, same, 2, 0), "variation_empty");
    assert_refused(&s, scene_vary(&s, 1, same, 1, 0), "milestones_count given 1 milestones 2");
    assert_refused(&s, scene_vary(&s, 1, sum, 2, 0), "milestones_not_price sum 1001 price 1000");
    assert_refused(&s, scene_vary(&s, 1, same, 2, 11000), "contract_dates starts 11000 ends 11000");
    assert_true(scene_vary(&s, 1, more, 2, 0)); /* 1: 199 */
    assert_true(scene_vary(&s, 1, some, 2, 60000)); /* 2: 100 */
    assert_int_equal(first(&s)->milestones[0].amount, 600); /* proposed is not approved */
    assert_true(scene_variation_approve(&s, 1, 2));
    assert_int_equal(first(&s)->milestones[0].amount, 700);
    assert_int_equal(first(&s)->ends, 60000);
    assert_refused(&s, scene_variation_approve(&s, 1, 2), "variation_approved");
    assert_refused(&s, scene_variation_approve(&s, 1, 3), "variation_unknown variation 3");
    assert_true(scene_variation_approve(&s, 1, 1)); /* 99 more than what is now */
    assert_int_equal(s.v.records[0].moved, 99);
    assert_refused(&s, scene_vary(&s, 1, again, 2, 0),
                   "variation_too_large moved 200 used 199 most 200");
    assert_true(scene_vary(&s, 1, back, 2, 0)); /* 3: the last one that may move */
    accepted(&s, 1);
    assert_refused(&s, scene_variation_approve(&s, 1, 3), "milestone_fixed milestone 1");
    town_end(&s);
}

static void what_is_drawn_or_granted_cannot_be_taken_out(void **state)
{
    (void)state;
    struct scene s;
    awarded(&s);
    assert_refused(&s, scene_take_out(&s, 3, 1), "fund_unknown fund 3");
    assert_refused(&s, scene_take_out(&s, 2, 1), "fund_short amount 1 left 0");
    /* 5700 came in, 2400 are granted */
    assert_refused(&s, scene_take_out(&s, 1, 3301),
                   "unallotted_short short 1 needed 3301 unallotted 3300");
    assert_true(scene_take_out(&s, 1, 3300));
    assert_int_equal(model_accounts(scene_model(&s)).funds, 2400);
    town_end(&s);
}

static void lists_are_bounded(void **state)
{
    (void)state;
    struct scene s;
    const uint64_t same[] = {600, 400};
    contracted(&s);
    for (int i = 0; i < EVIDENCE_MAX; i++)
        assert_true(scene_evidence(&s, 1, 1, i % 2));
    assert_refused(&s, scene_evidence(&s, 1, 1, false), "commission_full what evidence most 64");
    for (int i = 0; i < OUTCOMES_MAX; i++)
        assert_true(scene_outcome(&s, 1, -1));
    assert_refused(&s, scene_outcome(&s, 1, 1), "commission_full what outcomes most 64");
    for (uint64_t i = 0; i < VARIATIONS_MAX; i++)
        assert_true(scene_vary(&s, 1, same, 2, 60000 + i));
    assert_refused(&s, scene_vary(&s, 1, same, 2, 70000),
                   "commission_full what variations most 16");
    accepted(&s, 1);
    for (int i = 0; i < PAYMENTS_MAX; i++)
        assert_true(scene_pay(&s, 1, 1, 1));
    assert_refused(&s, scene_pay(&s, 1, 1, 1), "commission_full what payments most 64");
    town_end(&s);
}

static void a_commission_is_signed_first_and_once(void **state)
{
    (void)state;
    struct scene s;
    awarded(&s);
    assert_refused(&s, scene_evidence(&s, 1, 1, true), "commission_state state awarded");
    assert_refused(&s, scene_outcome(&s, 1, 1), "commission_state state awarded");
    assert_refused(&s, scene_sign(&s, 2, 1, 2), "commission_unknown commission 2");
    assert_refused(&s, scene_sign(&s, 1, 50, 50), "contract_dates starts 50 ends 50");
    assert_true(scene_savings(&s, 1, (const uint64_t[]){4000, 250}, 2));
    assert_true(scene_sign(&s, 1, 50, 51));
    assert_refused(&s, scene_sign(&s, 1, 50, 51), "commission_state state contracted");
    assert_int_equal(first(&s)->savings[1], 250);
    town_end(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(milestones_add_up_to_the_price),
        cmocka_unit_test(a_price_is_paid_out_of_its_draws_in_their_order),
        cmocka_unit_test(what_was_not_paid_goes_back_the_last_draw_first),
        cmocka_unit_test(only_who_pledged_says_what_they_found_and_once),
        cmocka_unit_test(variations_move_a_fifth_of_the_price_at_most),
        cmocka_unit_test(what_is_drawn_or_granted_cannot_be_taken_out),
        cmocka_unit_test(lists_are_bounded),
        cmocka_unit_test(a_commission_is_signed_first_and_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
