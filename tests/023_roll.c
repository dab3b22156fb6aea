/* 023_roll.c -- who may, who asked before, who holds a grant: what the public log does not hold. */
/* rooms: base rules */
#include "020_scene.h"

#define ROUND_CLOSES 100000

static void town(struct scene *s)
{
    struct scene_rule rule = {.ceiling = 1000, .people_min = 6, .awards_max = 1, .closes = 50000,
                              .late = true};
    scene_init(s);
    assert_true(scene_community(s, "north,south", 1));
    assert_true(scene_fund(s, 1000, ""));
    assert_true(scene_register(s, 3, 0));
    assert_true(scene_round(s, 100, 10, ROUND_CLOSES));
    assert_true(scene_tender(s, &rule));
    assert_true(scene_open(s, 1));
    assert_true(scene_propose(s, 1, 500));
    assert_true(scene_propose(s, 1, 500));
}

static struct roll_act pledge_of(struct scene *s, uint64_t resident, uint64_t proposal,
                                 uint64_t amount, const char *key, uint8_t body)
{
    struct roll_act act = scene_pledging(s, ROLL_PLEDGE_SET, resident, proposal);
    record_set(&act.own, FIELD_AMOUNT, amount);
    act.key_hash = text_of(key);
    act.body_hash[0] = body;
    return act;
}

static void a_late_retry_neither_undoes_nor_revives(void **state)
{
    (void)state;
    struct scene s;
    town(&s);
    struct roll_act fifty = pledge_of(&s, 0, 1, 50, "key-0001", 1);
    assert_true(scene_act(&s, &fifty));
    uint64_t seq = s.v.seq;
    struct roll_act twenty = pledge_of(&s, 0, 1, 20, "key-0002", 2);
    assert_true(scene_act(&s, &twenty));
    fifty = pledge_of(&s, 0, 1, 50, "key-0001", 1);
    assert_true(scene_act(&s, &fifty));
    assert_true(s.v.replayed);
    assert_int_equal(s.v.seq, seq);
    assert_int_equal(s.v.records_n, 0);
    assert_int_equal(s.v.present.amount, 20); /* the present state, not the one of then */
    assert_true(scene_unpledge(&s, 0, 1));
    twenty = pledge_of(&s, 0, 1, 20, "key-0002", 2);
    assert_true(scene_act(&s, &twenty));
    assert_true(s.v.replayed);
    assert_int_equal(s.v.present.amount, 0);
    twenty = pledge_of(&s, 0, 1, 20, "key-0002", 3);
    assert_refused(&s, scene_act(&s, &twenty), "key_reused");
    scene_release(&s);
}

static void a_wallet_remembers_its_last_eight_keys_and_only_of_what_was_done(void **state)
{
    (void)state;
    struct scene s;
    char key[16];
    town(&s);
    struct roll_act act = pledge_of(&s, 0, 1, 500, "key-no00", 1);
    assert_refused(&s, scene_act(&s, &act), "wallet_short amount 500 available 100 short 400");
    act = pledge_of(&s, 0, 1, 50, "key-no00", 2); /* refused, so it may be used for another */
    assert_true(scene_act(&s, &act));
    assert_false(s.v.replayed);
    for (int i = 0; i < 7; i++) {
        snprintf(key, sizeof key, "key-%04d", i);
        act = pledge_of(&s, 0, 1, (uint64_t)(20 + i), key, 1);
        assert_true(scene_act(&s, &act));
    }
    act = pledge_of(&s, 0, 1, 50, "key-no00", 2);
    assert_true(scene_act(&s, &act)); /* still one of eight */
    assert_true(s.v.replayed);
    act = pledge_of(&s, 0, 1, 26, "key-same", 1);
    assert_true(scene_act(&s, &act)); /* changes nothing, but its key is kept */
    assert_int_equal(s.v.records_n, 0);
    uint64_t seq = s.v.seq;
    act = pledge_of(&s, 0, 1, 50, "key-no00", 2);
    assert_true(scene_act(&s, &act)); /* the ninth pushed it out: done anew */
    assert_false(s.v.replayed);
    assert_int_equal(s.v.records_n, 1);
    act = pledge_of(&s, 0, 1, 26, "key-same", 1);
    assert_true(scene_act(&s, &act));
    assert_true(s.v.replayed);
    assert_int_equal(s.v.seq, seq);
    scene_release(&s);
}

static struct roll_act fund_of(uint64_t amount, const char *key, uint8_t body)
{
    struct roll_act act = act_of(ROLL_FUND_ADD);
    record_set(&act.own, FIELD_AMOUNT, amount);
    record_set_text(&act.own, FIELD_TEXT_HASH, TEXT(HASH64));
    act.key_hash = text_of(key);
    act.body_hash[0] = body;
    act.subject = TEXT("ann@trust");
    return act;
}

static void staff_keys_are_kept_for_a_day(void **state)
{
    (void)state;
    struct scene s;
    town(&s);
    struct roll_act act = fund_of(5, "key-0001", 1);
    assert_true(scene_act(&s, &act));
    assert_int_equal(s.v.number, 2);
    uint64_t seq = s.v.seq;
    s.now += RING_STAFF_MS;
    act = fund_of(5, "key-0001", 1);
    assert_true(scene_act(&s, &act));
    assert_true(s.v.replayed);
    assert_int_equal(s.v.seq, seq);
    assert_int_equal(s.v.number, 2);
    assert_int_equal(model_funds(scene_model(&s)), 2);
    act = fund_of(6, "key-0001", 2);
    assert_refused(&s, scene_act(&s, &act), "key_reused");
    act.subject = TEXT("bob@trust"); /* another's key is another key */
    assert_true(scene_act(&s, &act));
    assert_int_equal(s.v.number, 3);
    s.now += 1;
    act = fund_of(5, "key-0001", 1);
    assert_true(scene_act(&s, &act));
    assert_false(s.v.replayed);
    assert_int_equal(s.v.number, 4);
    scene_release(&s);
}

static void who_signed_out_is_out(void **state)
{
    (void)state;
    struct scene s;
    town(&s);
    struct roll_act act = act_of(ROLL_STAFF_SIGN_OUT);
    act.staff = TEXT("ann@trust");
    assert_true(scene_act(&s, &act));
    assert_int_equal(s.v.records_n, 0);
    assert_int_equal(s.v.seq, model_seq(scene_model(&s)) - 1);
    act = fund_of(5, "key-0001", 1);
    assert_refused(&s, scene_act(&s, &act), "signed_out");
    act.epoch = 1;
    assert_true(scene_act(&s, &act));

    act = act_of(ROLL_STAFF_SIGN_OUT);
    act.staff = TEXT("keeper"); /* or no deadline would ever be settled again */
    assert_false(scene_act(&s, &act));
    assert_non_null(s.v.raised);

    act = act_of(ROLL_SETTLE); /* its token is judged as any other */
    act.subject = TEXT("keeper");
    act.epoch = 1;
    assert_refused(&s, scene_act(&s, &act), "signed_out");
    act.epoch = 0;
    assert_true(scene_act(&s, &act));

    assert_true(scene_resident(&s, ROLL_RESIDENT_SIGN_OUT, 0));
    assert_refused(&s, scene_resident(&s, ROLL_RESIDENT_SIGN_OUT, 9), "resident_unknown");
    act = pledge_of(&s, 0, 1, 50, "", 0);
    act.epoch = 0;
    assert_refused(&s, scene_act(&s, &act), "signed_out");
    assert_true(scene_pledge(&s, 0, 1, 50)); /* with a token of the new epoch */
    act = act_of(ROLL_RESIDENT_LEAVE);       /* by their own token */
    act.subject = resident_id(0);
    act.resident = resident_id(0);
    record_set(&act.own, FIELD_ROUND, 1);
    record_set_text(&act.own, FIELD_WALLET, wallet_id(1, 0));
    assert_refused(&s, scene_act(&s, &act), "signed_out");
    act.epoch = 1;
    assert_true(scene_act(&s, &act));
    assert_int_equal(scene_epoch(&s, 0), 2);
    scene_release(&s);
}

static void checks_come_in_the_order_of_the_page(void **state)
{
    (void)state;
    struct scene s;
    town(&s);
    struct roll_act act = pledge_of(&s, 9, 9, 5000, "", 0);
    act.epoch = 7;
    act.clock_ms = s.now + 60001;
    record_set(&act.own, FIELD_ROUND, 5);
    assert_refused(&s, scene_act(&s, &act), "clock_skew skew 60001");
    act.clock_ms = s.now + 60000;
    assert_refused(&s, scene_act(&s, &act), "round_changed round 1");
    record_set(&act.own, FIELD_ROUND, 1);
    assert_refused(&s, scene_act(&s, &act), "resident_unknown");
    act.subject = resident_id(0);
    assert_refused(&s, scene_act(&s, &act), "signed_out");
    act.epoch = 0;
    assert_refused(&s, scene_act(&s, &act), "proposal_unknown proposal 9");
    act.own.proposal = 1;
    assert_refused(&s, scene_act(&s, &act), "wallet_short amount 5000 available 100 short 4900");
    scene_release(&s);
}

static void who_comes_late_is_granted_while_the_pool_lasts(void **state)
{
    (void)state;
    struct scene s;
    struct roll_resident row;
    town(&s); /* 1,000 in the pool, 300 granted */
    assert_refused(&s, scene_resident(&s, ROLL_RESIDENT_GRANT, 0), "already_granted round 1");
    assert_refused(&s, scene_resident(&s, ROLL_RESIDENT_GRANT, 9), "resident_unknown");
    assert_true(scene_register(&s, 9, 1));
    assert_int_equal(s.v.registered, 9);
    assert_int_equal(s.v.granted, 7);
    assert_int_equal(s.v.ungranted, 2);
    assert_int_equal(s.v.records[0].grants.n, 1);
    assert_int_equal(s.v.records[0].grants.at[0][1], 7);
    assert_true(roll_resident(s.roll, resident_id(9), &row) && row.granted);
    assert_true(roll_resident(s.roll, resident_id(10), &row) && !row.granted); /* the eighth */
    assert_refused(&s, scene_pledge(&s, 10, 1, 50), "wallet_not_granted");
    assert_refused(&s, scene_resident(&s, ROLL_RESIDENT_GRANT, 10),
                   "unallotted_short short 100 needed 100 unallotted 0");
    assert_true(scene_top_up(&s, 1, 150));
    assert_true(scene_resident(&s, ROLL_RESIDENT_GRANT, 10));
    assert_int_equal(s.v.records[0].area, 1);
    assert_true(scene_pledge(&s, 10, 1, 50));
    assert_true(scene_register_from(&s, 10, 2, 0)); /* there already: nothing is written */
    assert_int_equal(s.v.already, 2);
    assert_int_equal(s.v.records_n, 0);
    assert_true(scene_close(&s, 1));
    assert_refused(&s, scene_resident(&s, ROLL_RESIDENT_GRANT, 11), "round_not_open");
    assert_refused(&s, scene_pledge(&s, 10, 1, 50), "round_not_open");
    scene_release(&s);
}

static void leaving_and_coming_back_grants_nothing_twice(void **state)
{
    (void)state;
    struct scene s;
    struct roll_resident row;
    town(&s);
    assert_true(scene_pledge(&s, 0, 1, 60));
    assert_true(scene_resident(&s, ROLL_RESIDENT_LEAVE, 0));
    assert_true(scene_resident(&s, ROLL_RESIDENT_LEAVE, 1)); /* never pledged */
    assert_refused(&s, scene_resident(&s, ROLL_RESIDENT_LEAVE, 0), "resident_unknown");
    assert_refused(&s, scene_pledge(&s, 0, 1, 60), "resident_unknown");
    assert_true(scene_register_from(&s, 0, 2, 1)); /* both, in the south now */
    assert_int_equal(s.v.registered, 2);
    assert_int_equal(s.v.granted, 0);
    assert_false(record_has(&s.v.records[0], FIELD_GRANTS));
    assert_true(roll_resident(s.roll, resident_id(1), &row));
    assert_int_equal(row.area, 1);
    assert_true(row.granted);
    for (uint64_t i = 0; i < 2; i++) {
        assert_true(scene_pledge(&s, i, 1, 60)); /* out of the wallet of the north */
        assert_int_equal(s.v.records[0].area, 0);
    }
    assert_refused(&s, scene_pledge(&s, 0, 2, 50), "wallet_short amount 50 available 40 short 10");
    assert_true(scene_close(&s, 1));
    assert_true(scene_resident(&s, ROLL_RESIDENT_LEAVE, 2));
    assert_true(scene_round(&s, 100, 10, ROUND_CLOSES));
    assert_int_equal(s.v.records[0].residents, 2);
    assert_true(scene_register_from(&s, 2, 1, 0)); /* was away when it opened: granted now */
    assert_int_equal(s.v.granted, 1);
    scene_release(&s);
}

static void what_no_caller_may_ask_is_raised_and_does_nothing(void **state)
{
    (void)state;
    struct scene s;
    town(&s);
    uint64_t seq = model_seq(scene_model(&s));
    s.now = ROUND_CLOSES; /* not even deadlines are settled */
    assert_false(scene_register_from(&s, 20, 1, 2));
    assert_non_null(s.v.raised);
    assert_false(scene_fund(&s, 0, ""));
    assert_non_null(s.v.raised);
    assert_false(scene_pledge(&s, 0, 1, UINT64_C(1) << 24));
    assert_non_null(s.v.raised);
    struct roll_registration twice[] = {{resident_id(20), 0}, {resident_id(20), 0}};
    struct roll_act act = act_of(ROLL_RESIDENTS_REGISTER);
    act.residents = twice;
    act.residents_n = 2;
    assert_false(scene_act(&s, &act));
    assert_non_null(s.v.raised);
    assert_int_equal(model_seq(scene_model(&s)), seq);
    scene_release(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_late_retry_neither_undoes_nor_revives),
        cmocka_unit_test(a_wallet_remembers_its_last_eight_keys_and_only_of_what_was_done),
        cmocka_unit_test(staff_keys_are_kept_for_a_day),
        cmocka_unit_test(who_signed_out_is_out),
        cmocka_unit_test(checks_come_in_the_order_of_the_page),
        cmocka_unit_test(who_comes_late_is_granted_while_the_pool_lasts),
        cmocka_unit_test(leaving_and_coming_back_grants_nothing_twice),
        cmocka_unit_test(what_no_caller_may_ask_is_raised_and_does_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
