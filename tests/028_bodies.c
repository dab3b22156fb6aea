/* 028_bodies.c -- who may publish: the majority, said in a sentence; what suspends and restores. */
/* rooms: base rules */
#include "020_scene.h"
#include "groundswell/rules/reach.h"

static const char *sentence(struct buf *out, struct body_register shows, uint64_t members_min)
{
    buf_reset(out);
    body_sentence(out, &shows, members_min);
    return out->data;
}

static void the_majority_is_a_sentence_with_what_is_short(void **state)
{
    (void)state;
    CLEANUP(buf) struct buf out = BUF_MAX(KIB);
    assert_string_equal(sentence(&out, (struct body_register){14, 14, 9, 9}, 8),
                        "9 of 14 seats and 9 of 14 votes are residents' or service users'.");
    assert_string_equal(sentence(&out, (struct body_register){7, 9, 3, 5}, 8),
                        "3 of 7 seats and 5 of 9 votes are residents' or service users'. 1 more "
                        "member is needed. 2 more of their seats are needed.");
    assert_string_equal(sentence(&out, (struct body_register){2, 4, 2, 2}, 2),
                        "2 of 2 seats and 2 of 4 votes are residents' or service users'. 1 more of "
                        "their votes is needed.");
}

/* So many more, as the sentence says, are enough, and one fewer is not. */
static void what_the_sentence_asks_for_is_enough_and_no_more(void **state)
{
    (void)state;
    for (uint64_t seats = 0; seats < 20; seats++)
        for (uint64_t lay = 0; lay <= seats; lay++) {
            uint64_t more = 2 * lay > seats ? 0 : seats - 2 * lay + 1;
            struct body_register enough = {seats + more, seats + more, lay + more, lay + more};
            assert_true(body_is_lawful(&enough, 0) || seats + more == 0);
            if (more == 0)
                continue;
            more--;
            struct body_register few = {seats + more, seats + more, lay + more, lay + more};
            assert_false(body_is_lawful(&few, 0));
        }
}

static void a_change_of_members_suspends_and_restores(void **state)
{
    (void)state;
    struct scene s;
    struct model_body body;
    scene_init(&s);
    assert_true(scene_community(&s, "north", 1));
    assert_true(scene_set(&s, FIELD_MEMBERS_MIN, 2));
    assert_true(scene_body(&s, ROLL_BODY_FORM, "river-board"));
    struct scene_member member = {"river-board", "resident", "a:one", 1, 0};
    assert_true(scene_seat(&s, &member));
    assert_int_equal(s.v.records_n, 1); /* it was never lawful, so nothing is lost */
    member.holder = "a:two";
    member.term = 5000;
    assert_true(scene_seat(&s, &member));
    assert_int_equal(s.v.records[0].lawful, 1);
    s.now = 5000; /* the term is over, whatever is asked next */
    assert_true(scene_areas(&s));
    assert_int_equal(s.v.records[0].kind, RECORD_MEMBER_LEFT);
    assert_int_equal(s.v.records[0].due, 5000);
    assert_int_equal(s.v.records[1].kind, RECORD_BODY_SUSPENDED);
    assert_true(model_body(scene_model(&s), 1, &body));
    assert_int_equal(body.mark, 's');
    member.term = 0;
    assert_true(scene_seat(&s, &member));
    assert_int_equal(s.v.records[1].kind, RECORD_BODY_RESTORED);
    struct recount recount;
    assert_true(scene_recount(&recount, s.log, s.log_n));
    recount_release(&recount);
    scene_release(&s);
}

static void what_a_rule_takes_is_plain_arithmetic(void **state)
{
    (void)state;
    struct reach_ask ask = {.residents = 3000, .allotment = 5000, .people_min = 40,
                            .price = 1000001, .turnout_permille = 100};
    struct reach reach = reach_of(&ask);
    assert_int_equal(reach.people_for_price, 201);
    assert_int_equal(reach.people_needed, 201);
    assert_int_equal(reach.permille_needed, 67);
    assert_int_equal(reach.each, 4976);
    assert_true(reach.reachable && reach.reached);
    ask.turnout_permille = 60;
    assert_false(reach_of(&ask).reached);
    ask.allotment = 300;
    assert_false(reach_of(&ask).reachable);
    ask.allotment = 0;
    assert_false(reach_of(&ask).reachable);
    assert_int_equal(reach_share(3000, 50), 150);
    assert_int_equal(reach_share(7, 500), 4);
    assert_int_equal(reach_share(0, 500), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_majority_is_a_sentence_with_what_is_short),
        cmocka_unit_test(what_the_sentence_asks_for_is_enough_and_no_more),
        cmocka_unit_test(a_change_of_members_suspends_and_restores),
        cmocka_unit_test(what_a_rule_takes_is_plain_arithmetic),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
