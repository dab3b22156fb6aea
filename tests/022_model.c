/* 022_model.c -- the acts of the commons: what they move, and every "no" in its place. */
/* rooms: base rules */
#include "022_town.h"

#define ENTRY(list, i, k) ((list).at[i][k])

static void three_pledges_of_50_buy_100_at_34_each(void **state)
{
    (void)state;
    struct scene s;
    town(&s, (struct scene_rule){.people_min = 3});
    assert_true(scene_propose(&s, 1, 100));
    assert_true(scene_pledge(&s, 0, 1, 50));
    assert_true(scene_pledge(&s, 1, 1, 50)); /* the money is there, the people are not */
    assert_int_equal(s.v.records_n, 1);
    assert_string_equal(scene_accounts(&s), "unallotted 9400 free 500 held 100 committed 0");
    assert_true(scene_pledge(&s, 2, 1, 50));
    assert_int_equal(s.v.records_n, 2);
    const struct record *record = &s.v.records[1];
    assert_int_equal(record->kind, RECORD_COMMISSION_ACTIVATED);
    assert_int_equal(record->rho, 34);
    assert_int_equal(record->spent, 102);
    assert_int_equal(record->rounding, 2);
    assert_int_equal(record->people, 3);
    assert_int_equal(record->pledged, 150);
    assert_int_equal(record->released, 0);
    assert_int_equal(record->cause, s.v.seq);
    assert_int_equal(record->draws.n, 1);
    assert_int_equal(ENTRY(record->draws, 0, 0), 1);
    assert_int_equal(ENTRY(record->draws, 0, 1), 100);
    assert_string_equal(scene_accounts(&s), "unallotted 9402 free 498 held 0 committed 100");
    assert_int_equal(s.v.present.amount, 50);
    assert_int_equal(s.v.present.spent, 34);
    assert_int_equal(s.v.present.free, 66);
    assert_string_equal(s.v.present.state, "activated");
    assert_refused(&s, scene_unpledge(&s, 0, 1), "pledge_spent spent 34");
    assert_refused(&s, scene_pledge(&s, 0, 1, 60), "proposal_activated");
    assert_refused(&s, scene_activate(&s, 1), "proposal_activated");
    assert_refused(&s, scene_drop_proposal(&s, 1), "proposal_activated");
    assert_refused(&s, scene_propose(&s, 1, 100), "tender_closed state decided");
    town_end(&s);
}

static void a_wallet_refuses_more_than_it_has_and_says_by_how_much(void **state)
{
    (void)state;
    struct scene s;
    town(&s, (struct scene_rule){.people_min = 6});
    assert_true(scene_propose(&s, 1, 500));
    assert_true(scene_propose(&s, 1, 500));
    assert_refused(&s, scene_pledge(&s, 0, 1, 101),
                   "wallet_short amount 101 available 100 short 1");
    assert_true(scene_pledge(&s, 0, 1, 95));
    assert_refused(&s, scene_pledge(&s, 0, 2, 6), "wallet_short amount 6 available 5 short 1");
    assert_refused(&s, scene_pledge(&s, 0, 2, 4),
                   "pledge_below_token amount 4 token 10 available 5");
    assert_true(scene_pledge(&s, 0, 2, 5)); /* less than a token, but all that is free */
    assert_refused(&s, scene_pledge(&s, 0, 1, 9),
                   "pledge_below_token amount 9 token 10 available 95");
    assert_true(scene_pledge(&s, 0, 1, 10)); /* what is held on it counts as available */
    assert_int_equal(s.v.records[0].was, 95);
    assert_int_equal(s.v.present.free, 85);
    uint64_t seq = s.v.seq;
    assert_true(scene_pledge(&s, 0, 2, 20));
    assert_true(scene_pledge(&s, 0, 1, 10)); /* as it is: nothing is written */
    assert_int_equal(s.v.records_n, 0);
    assert_int_equal(s.v.seq, seq);
    town_end(&s);
}

static void a_pledge_is_released_when_its_hope_ends(void **state)
{
    (void)state;
    struct scene s;
    town(&s, (struct scene_rule){.people_min = 2});
    assert_true(scene_propose(&s, 1, 150)); /* decided against: 2 wins */
    assert_true(scene_propose(&s, 1, 60));
    assert_true(scene_pledge(&s, 0, 1, 40));
    assert_true(scene_pledge(&s, 0, 2, 30));
    assert_true(scene_pledge(&s, 1, 2, 30));
    assert_int_equal(s.v.records[1].released, 40);
    assert_refused(&s, scene_unpledge(&s, 0, 1), "pledge_released");
    assert_refused(&s, scene_pledge(&s, 0, 1, 50), "tender_closed state decided");
    struct model_wallet wallet;
    assert_true(model_wallet(scene_model(&s), 1, wallet_id(1, 0), &wallet));
    assert_int_equal(wallet.held, 0);
    assert_int_equal(wallet.spent, 30);
    assert_int_equal(wallet.free, 70);
    assert_int_equal(wallet.entries_n, 2);

    struct scene_rule rule = {.ceiling = 500, .people_min = 6, .closes = 60000, .late = true};
    assert_true(scene_tender(&s, &rule));
    assert_true(scene_propose(&s, 2, 500));
    assert_refused(&s, scene_pledge(&s, 0, 3, 10), "tender_not_open");
    assert_refused(&s, scene_activate(&s, 3), "tender_not_open");
    assert_true(scene_open(&s, 2));
    assert_true(scene_propose(&s, 2, 400));
    assert_true(scene_pledge(&s, 0, 3, 50));
    assert_true(scene_pledge(&s, 0, 4, 20));
    assert_true(scene_drop_proposal(&s, 3));
    assert_int_equal(s.v.records[0].held, 50);
    assert_refused(&s, scene_pledge(&s, 0, 3, 10), "proposal_withdrawn");
    assert_refused(&s, scene_activate(&s, 3), "proposal_withdrawn");
    assert_refused(&s, scene_drop_proposal(&s, 3), "proposal_withdrawn");
    assert_refused(&s, scene_unpledge(&s, 0, 3), "pledge_released");
    assert_true(scene_drop_tender(&s, 2));
    assert_int_equal(s.v.records[0].held, 20);
    assert_refused(&s, scene_pledge(&s, 0, 4, 10), "tender_closed state withdrawn");
    assert_refused(&s, scene_drop_proposal(&s, 4), "tender_closed state withdrawn");
    assert_refused(&s, scene_drop_tender(&s, 2), "tender_closed state withdrawn");
    assert_refused(&s, scene_open(&s, 2), "tender_not_draft state withdrawn");
    assert_string_equal(scene_accounts(&s), "unallotted 9400 free 540 held 0 committed 60");
    town_end(&s);
}

static void a_deadline_counts_as_passed_before_anybody_wrote_it(void **state)
{
    (void)state;
    struct scene s;
    town(&s, (struct scene_rule){.people_min = 6, .closes = 50000});
    assert_true(scene_propose(&s, 1, 500));
    assert_true(scene_pledge(&s, 0, 1, 40));
    s.now = 49999;
    assert_true(scene_pledge(&s, 1, 1, 40));
    s.now = 50000;
    assert_refused(&s, scene_pledge(&s, 2, 1, 40), "tender_closed state lapsed");
    assert_int_equal(s.v.records_n, 1); /* the lapse was written before the refusal, and stays */
    assert_int_equal(s.v.settled_n, 1);
    assert_int_equal(s.v.records[0].kind, RECORD_TENDER_LAPSED);
    assert_int_equal(s.v.records[0].held, 80);
    assert_int_equal(s.v.records[0].due, 50000);
    assert_string_equal(scene_accounts(&s), "unallotted 9400 free 600 held 0 committed 0");
    s.now = 2000; /* a clock that runs back does not take time back */
    assert_true(scene_settle(&s));
    assert_int_equal(s.v.at, 50000);
    assert_int_equal(s.v.due, ROUND_CLOSES);
    s.now = ROUND_CLOSES;
    assert_refused(&s, scene_pledge(&s, 2, 1, 40), "round_not_open");
    assert_int_equal(s.v.records[0].kind, RECORD_ROUND_CLOSED);
    assert_int_equal(s.v.records[0].free, 600);
    assert_refused(&s, scene_close(&s, 1), "round_not_open");
    assert_refused(&s, scene_close(&s, 2), "round_unknown round 2");
    town_end(&s);
}

static void equal_deadlines_settle_in_the_order_of_their_opening(void **state)
{
    (void)state;
    struct scene s;
    town(&s, (struct scene_rule){.people_min = 6, .closes = 50000});
    struct scene_rule rule = {.ceiling = 500, .closes = 50000, .late = true};
    assert_true(scene_tender(&s, &rule)); /* 2: opened last */
    assert_true(scene_tender(&s, &rule)); /* 3 */
    rule.closes = 49000;
    assert_true(scene_tender(&s, &rule)); /* 4: due first */
    rule.closes = ROUND_CLOSES;           /* 5: the round goes before it and lapses it */
    assert_true(scene_tender(&s, &rule));
    assert_true(scene_open(&s, 5));
    assert_true(scene_open(&s, 3));
    assert_true(scene_open(&s, 2));
    assert_true(scene_open(&s, 4));
    s.now = ROUND_CLOSES;
    assert_true(scene_settle(&s));
    assert_int_equal(s.v.records_n, 5);
    static const uint64_t order[] = {4, 1, 3, 2};
    for (size_t i = 0; i < 4; i++)
        assert_int_equal(s.v.records[i].tender, order[i]);
    assert_int_equal(s.v.records[4].kind, RECORD_ROUND_CLOSED);
    assert_int_equal(s.v.due, 0); /* tender 5's entry went without a record */
    struct model_tender tender;
    assert_true(model_tender(scene_model(&s), 5, &tender));
    assert_string_equal(tender.state, "lapsed");
    town_end(&s);
}

static void at_most_sixteen_deadlines_are_settled_in_a_call(void **state)
{
    (void)state;
    struct scene s;
    town(&s, (struct scene_rule){.people_min = 6, .closes = 50000});
    struct scene_rule rule = {.ceiling = 500, .closes = 50000, .late = true};
    for (uint64_t i = 2; i <= 20; i++) {
        assert_true(scene_tender(&s, &rule));
        assert_true(scene_open(&s, i));
    }
    s.now = 50000;
    assert_refused(&s, scene_top_up(&s, 1, 5), "deadlines_due");
    assert_int_equal(s.v.records_n, SETTLE_MAX);
    assert_true(scene_top_up(&s, 1, 5));
    assert_int_equal(s.v.settled_n, 4);
    assert_int_equal(s.v.records_n, 5);
    for (uint64_t i = 21; i <= 40; i++) {
        rule.closes = 60000;
        assert_true(scene_tender(&s, &rule));
        assert_true(scene_open(&s, i));
    }
    assert_true(scene_close(&s, 1)); /* lapses twenty by one flip; their entries stay a while */
    s.now = 60000;
    assert_true(scene_settle(&s));
    assert_int_equal(s.v.records_n, 0);
    assert_true(s.v.more);
    assert_true(scene_settle(&s));
    assert_false(s.v.more);
    town_end(&s);
}

static void closing_a_round_returns_what_was_not_spent(void **state)
{
    (void)state;
    struct scene s;
    town(&s, (struct scene_rule){.people_min = 2});
    assert_true(scene_propose(&s, 1, 100));
    assert_true(scene_pledge(&s, 0, 1, 70));
    assert_true(scene_pledge(&s, 1, 1, 70));
    struct scene_rule rule = {.ceiling = 500, .people_min = 6, .closes = 60000, .late = true};
    assert_true(scene_tender(&s, &rule));
    assert_true(scene_open(&s, 2));
    assert_true(scene_propose(&s, 2, 500));
    assert_true(scene_pledge(&s, 2, 2, 100));
    assert_true(scene_close(&s, 1));
    const struct record *record = &s.v.records[0];
    assert_false(record_has(record, FIELD_DUE));
    assert_int_equal(record->free, 400);
    assert_int_equal(record->held, 100);
    assert_int_equal(record->granted, 600);
    assert_int_equal(record->spent, 100);
    assert_int_equal(record->prices, 100);
    assert_int_equal(record->rounding, 0);
    assert_string_equal(scene_accounts(&s), "unallotted 9900 free 0 held 0 committed 100");
    assert_refused(&s, scene_activate(&s, 2), "tender_closed state lapsed");
    assert_refused(&s, scene_open(&s, 2), "tender_not_draft state lapsed");
    assert_true(scene_round(&s, 50, 10, ROUND_CLOSES));
    assert_int_equal(s.v.granted, 300);
    assert_int_equal(model_accounts(scene_model(&s)).spent, 0); /* each round counts afresh */
    assert_refused(&s, scene_pledge(&s, 2, 2, 50), "tender_closed state lapsed");
    town_end(&s);
}

static void breadth_counts_people_by_the_area_of_their_wallet(void **state)
{
    (void)state;
    struct scene s;
    town(&s, (struct scene_rule){.people_min = 2, .areas_min = 2, .area_people_min = 2});
    assert_true(scene_propose(&s, 1, 100));
    for (uint64_t i = 0; i < 4; i++)
        assert_true(scene_pledge(&s, i, 1, 50)); /* three north, one south */
    assert_int_equal(s.v.present.areas_ok, 1);
    assert_refused(&s, scene_activate(&s, 1), "rule_not_met money 0 people 0 areas 1 headroom 0");
    assert_true(scene_unpledge(&s, 0, 1));
    assert_true(scene_unpledge(&s, 1, 1));
    assert_int_equal(s.v.present.areas_ok, 0);
    assert_int_equal(s.v.present.people, 2);
    assert_refused(&s, scene_unpledge(&s, 1, 1), "pledge_none");
    assert_true(scene_pledge(&s, 0, 1, 50));
    assert_true(scene_pledge(&s, 4, 1, 50));
    assert_int_equal(s.v.records_n, 2);
    assert_int_equal(s.v.records[1].rho, 25);
    town_end(&s);
}

static void a_theme_draws_its_own_money_first_and_no_other(void **state)
{
    (void)state;
    struct scene s;
    scene_init(&s);
    assert_true(scene_community(&s, "north", 1));
    assert_true(scene_fund(&s, 100, ""));      /* 1 */
    assert_true(scene_fund(&s, 70, "parks"));  /* 2 */
    assert_true(scene_fund(&s, 999, "care"));  /* 3 */
    assert_true(scene_fund(&s, 30, "parks"));  /* 4 */
    assert_true(scene_fund(&s, 50, ""));       /* 5 */
    assert_true(scene_register(&s, 4, 0));
    assert_true(scene_round(&s, 300, 10, ROUND_CLOSES));
    struct scene_rule rule = {.theme = "parks", .ceiling = 251, .people_min = 1, .awards_max = 2,
                              .closes = 50000, .late = true};
    assert_true(scene_tender(&s, &rule));
    assert_refused(&s, scene_open(&s, 1), "ceiling_over_headroom ceiling 251 headroom 250");
    rule.ceiling = 250;
    assert_true(scene_tender(&s, &rule));
    assert_true(scene_open(&s, 2));
    assert_true(scene_propose(&s, 2, 220));
    assert_true(scene_propose(&s, 2, 200));
    assert_true(scene_pledge(&s, 0, 1, 300));
    const struct record *record = &s.v.records[1];
    assert_int_equal(record->draws.n, 4); /* 2 and 4 for parks, then 1 and 5; never 3 */
    static const uint64_t draws[4][2] = {{2, 70}, {4, 30}, {1, 100}, {5, 20}};
    assert_memory_equal(record->draws.at, draws, sizeof draws);

    assert_true(scene_pledge(&s, 1, 2, 200)); /* met but for the headroom of 30: ready */
    assert_int_equal(s.v.records_n, 1);
    uint64_t seq = s.v.seq;
    assert_true(scene_pledge(&s, 2, 2, 20));
    assert_refused(&s, scene_activate(&s, 2), "rule_not_met money 0 people 0 areas 0 headroom 170");
    assert_true(scene_top_up(&s, 3, 170)); /* care: no help */
    assert_int_equal(s.v.qualifying_n, 0);
    assert_true(scene_top_up(&s, 4, 169));
    assert_int_equal(s.v.qualifying_n, 0);
    assert_true(scene_top_up(&s, 5, 1));
    assert_int_equal(s.v.qualifying_n, 1);
    assert_int_equal(s.v.qualifying[0], 2);
    struct model_proposal proposal;
    assert_true(model_proposal(scene_model(&s), 2, &proposal));
    assert_int_equal(proposal.ready_seq, seq); /* kept since it first came true */
    assert_true(scene_unpledge(&s, 2, 2));     /* still met, and a withdrawal activates nothing */
    assert_int_equal(s.v.records_n, 1);
    assert_true(scene_activate(&s, 2));
    record = &s.v.records[0];
    assert_false(record_has(record, FIELD_CAUSE));
    assert_int_equal(record->draws.n, 2);
    assert_int_equal(model_headroom(scene_model(&s), TEXT("parks")), 0);
    assert_int_equal(model_headroom(scene_model(&s), TEXT("care")), 1169);
    uint64_t made[2];
    assert_int_equal(model_commissions(scene_model(&s), made, 2), 2);
    assert_int_equal(made[1], 2);
    town_end(&s);
}

static void who_falls_below_the_rule_is_ready_no_more(void **state)
{
    (void)state;
    struct scene s;
    town(&s, (struct scene_rule){.people_min = 1, .awards_max = 9, .ceiling = 10000});
    assert_true(scene_propose(&s, 1, 80));
    assert_true(scene_pledge(&s, 0, 1, 80)); /* a headroom of 9,920 is left */
    struct scene_rule rule = {.ceiling = 9920, .people_min = 1, .closes = 50000, .late = true};
    assert_true(scene_tender(&s, &rule));
    assert_true(scene_open(&s, 2));
    assert_int_equal(model_ready(scene_model(&s), NULL, 0), 0);
    assert_true(scene_propose(&s, 2, 9920));
    assert_refused(&s, scene_activate(&s, 2),
                   "rule_not_met money 9920 people 1 areas 0 headroom 0");
    town_end(&s);
}

static void leaving_withdraws_what_is_held_and_keeps_what_is_spent(void **state)
{
    (void)state;
    struct scene s;
    town(&s, (struct scene_rule){.people_min = 2, .awards_max = 3});
    for (int i = 0; i < 3; i++)
        assert_true(scene_propose(&s, 1, 60));
    assert_true(scene_pledge(&s, 0, 2, 20));
    assert_true(scene_pledge(&s, 0, 1, 30));
    assert_true(scene_pledge(&s, 0, 3, 50));
    assert_true(scene_pledge(&s, 1, 1, 30)); /* 1 is a commission */
    assert_true(scene_resident(&s, ROLL_RESIDENT_LEAVE, 0));
    const struct record *record = &s.v.records[0];
    assert_int_equal(record->area, 0);
    assert_int_equal(record->wallet_area, 0);
    static const uint64_t back[2][2] = {{2, 20}, {3, 50}};
    assert_int_equal(record->withdrawn.n, 2);
    assert_memory_equal(record->withdrawn.at, back, sizeof back);
    assert_int_equal(model_residents(scene_model(&s), 0), 2);
    struct model_wallet wallet;
    assert_true(model_wallet(scene_model(&s), 1, wallet_id(1, 0), &wallet));
    assert_int_equal(wallet.spent, 30);
    assert_int_equal(wallet.free, 70);
    assert_int_equal(wallet.entries_n, 1);
    assert_true(scene_resident(&s, ROLL_RESIDENT_LEAVE, 5)); /* never pledged */
    assert_false(record_has(&s.v.records[0], FIELD_WALLET));
    town_end(&s);
}

static void a_round_opens_only_when_the_pool_covers_everybody(void **state)
{
    (void)state;
    struct scene s;
    scene_init(&s);
    assert_refused(&s, scene_fund(&s, 5, ""), "community_unknown");
    assert_true(scene_community(&s, "north,south", 3));
    assert_refused(&s, scene_community(&s, "north", 3), "community_exists");
    assert_refused(&s, scene_round(&s, 100, 10, 5000), "residents_none");
    assert_refused(&s, scene_round(&s, 100, 10, 1000), "closes_too_soon closes 1000 now 1000");
    assert_true(scene_register(&s, 2, 1));
    assert_refused(&s, scene_round(&s, 100, 10, 5000),
                   "area_too_small area south residents 2 least 3");
    assert_true(scene_register(&s, 1, 1));
    assert_true(scene_fund(&s, 299, ""));
    assert_refused(&s, scene_round(&s, 100, 10, 5000),
                   "unallotted_short short 1 needed 300 unallotted 299");
    assert_refused(&s, scene_top_up(&s, 2, 1), "fund_unknown fund 2");
    assert_true(scene_top_up(&s, 1, 1));
    struct roll_act act = act_of(ROLL_ROUND_OPEN);
    record_set(&act.own, FIELD_ROUND, 2);
    record_set(&act.own, FIELD_ALLOTMENT, 100);
    record_set(&act.own, FIELD_TOKEN, 10);
    record_set(&act.own, FIELD_CLOSES, 5000);
    assert_refused(&s, scene_act(&s, &act), "round_changed round 0");
    record_set(&act.own, FIELD_TOKEN, 101);
    assert_false(scene_act(&s, &act));
    assert_non_null(s.v.raised); /* a token worth more than the allotment is a bug of the caller */
    assert_true(scene_round(&s, 100, 10, 5000));
    assert_refused(&s, scene_round(&s, 100, 10, 5000), "round_open_already round 1");
    town_end(&s);
}

static void a_tender_opens_only_where_it_can_be_paid_in_time(void **state)
{
    (void)state;
    struct scene s;
    town(&s, (struct scene_rule){.people_min = 6});
    struct scene_rule rule = {.ceiling = 100, .areas_min = 3, .area_people_min = 1, .closes = 5000};
    assert_refused(&s, scene_tender(&s, &rule), "breadth_unreachable areas_min 3 areas 2");
    rule.areas_min = rule.area_people_min = 0;
    rule.closes = 1000;
    assert_refused(&s, scene_tender(&s, &rule), "closes_too_soon closes 1000 now 1000");
    rule.closes = ROUND_CLOSES + 1;
    assert_true(scene_tender(&s, &rule)); /* 2 */
    assert_refused(&s, scene_open(&s, 2), "closes_after_round closes 100001 round_closes 100000");
    rule.closes = 5000;
    assert_true(scene_tender(&s, &rule)); /* 3 */
    assert_refused(&s, scene_open(&s, 3), "proposals_none");
    assert_refused(&s, scene_propose(&s, 3, 101), "price_over_ceiling price 101 ceiling 100");
    assert_true(scene_propose(&s, 3, 100));
    struct roll_act act = act_of(ROLL_TENDER_OPEN);
    record_set(&act.own, FIELD_TENDER, 3);
    record_set_text(&act.own, FIELD_BODY, TEXT("other-board"));
    assert_refused(&s, scene_act(&s, &act), "not_your_body body river-board");
    assert_refused(&s, scene_open(&s, 9), "tender_unknown tender 9");
    assert_refused(&s, scene_drop_tender(&s, 0), "tender_unknown tender 0");
    assert_refused(&s, scene_drop_proposal(&s, 7), "proposal_unknown proposal 7");
    assert_refused(&s, scene_activate(&s, 7), "proposal_unknown proposal 7");
    assert_refused(&s, scene_pledge(&s, 0, 7, 50), "proposal_unknown proposal 7");
    assert_refused(&s, scene_unpledge(&s, 0, 7), "proposal_unknown proposal 7");
    assert_true(scene_open(&s, 3));
    assert_refused(&s, scene_open(&s, 3), "tender_not_draft state open");
    assert_refused(&s, scene_propose(&s, 3, 50), "proposals_late");
    assert_true(scene_tender(&s, &rule)); /* 4 */
    assert_true(scene_close(&s, 1));
    assert_refused(&s, scene_open(&s, 4), "round_not_open");
    s.now = 6000;
    assert_true(scene_round(&s, 100, 10, ROUND_CLOSES));
    assert_refused(&s, scene_open(&s, 4), "closes_too_soon closes 5000 now 6000");
    town_end(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(three_pledges_of_50_buy_100_at_34_each),
        cmocka_unit_test(a_wallet_refuses_more_than_it_has_and_says_by_how_much),
        cmocka_unit_test(a_pledge_is_released_when_its_hope_ends),
        cmocka_unit_test(a_deadline_counts_as_passed_before_anybody_wrote_it),
        cmocka_unit_test(equal_deadlines_settle_in_the_order_of_their_opening),
        cmocka_unit_test(at_most_sixteen_deadlines_are_settled_in_a_call),
        cmocka_unit_test(closing_a_round_returns_what_was_not_spent),
        cmocka_unit_test(breadth_counts_people_by_the_area_of_their_wallet),
        cmocka_unit_test(a_theme_draws_its_own_money_first_and_no_other),
        cmocka_unit_test(who_falls_below_the_rule_is_ready_no_more),
        cmocka_unit_test(leaving_withdraws_what_is_held_and_keeps_what_is_spent),
        cmocka_unit_test(a_round_opens_only_when_the_pool_covers_everybody),
        cmocka_unit_test(a_tender_opens_only_where_it_can_be_paid_in_time),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
