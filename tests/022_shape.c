/* 022_shape.c -- proposals as they take shape: amended, merged, found eligible or not. */
/* rooms: base rules */
#include "022_town.h"

/* A published tender of a body with a register, with proposals of rowan and of birch; it is open
 * where `late`, which then takes more of them. */
static void drafted(struct scene *s, bool late)
{
    struct scene_rule rule = {.ceiling = 100, .people_min = 2, .closes = 90000, .late = late};
    struct scene_member member = {"river-board", "resident", "a:one", 1, 0};
    scene_init(s);
    assert_true(scene_community(s, "north", 1));
    assert_true(scene_fund(s, 5000, ""));
    assert_true(scene_register(s, 4, 0));
    assert_true(scene_round(s, 100, 10, 90000));
    assert_true(scene_set(s, FIELD_MEMBERS_MIN, 2));
    assert_true(scene_body(s, ROLL_BODY_FORM, "river-board"));
    assert_true(scene_seat(s, &member));
    member.holder = "a:two";
    assert_true(scene_seat(s, &member));
    assert_true(scene_tender(s, &rule));
    assert_true(scene_propose_by(s, "rowan", 1, 50)); /* 1 */
    assert_true(scene_propose_by(s, "birch", 1, 60)); /* 2 */
    assert_true(scene_approve(s, 1, "a:one"));
    assert_true(scene_approve(s, 1, "a:two"));
    assert_true(scene_publish(s, 1));
}

static struct model_proposal proposal_of(struct scene *s, uint64_t number)
{
    struct model_proposal proposal;
    assert_true(model_proposal(scene_model(s), number, &proposal));
    return proposal;
}

static void pledging_opens_on_what_was_found_eligible(void **state)
{
    (void)state;
    struct scene s;
    drafted(&s, false);
    assert_refused(&s, scene_open(&s, 1), "proposals_unjudged unjudged 2 proposals 2");
    assert_refused(&s, scene_judge(&s, 9, true), "proposal_unknown proposal 9");
    assert_true(scene_judge(&s, 1, true));
    assert_true(scene_judge(&s, 2, false));
    assert_string_equal(proposal_of(&s, 2).state, "withdrawn");
    assert_refused(&s, scene_judge(&s, 2, true), "proposal_withdrawn");
    assert_true(scene_open(&s, 1));
    assert_int_equal(s.v.records[0].proposals, 1);
    assert_refused(&s, scene_judge(&s, 1, false), "proposal_frozen state open");
    town_end(&s);
}

static void a_late_proposal_waits_until_it_is_judged(void **state)
{
    (void)state;
    struct scene s;
    drafted(&s, true);
    assert_true(scene_judge(&s, 1, true));
    assert_true(scene_judge(&s, 2, true));
    assert_true(scene_open(&s, 1));
    assert_true(scene_propose(&s, 1, 20)); /* 3 */
    assert_int_equal(proposal_of(&s, 3).mark, 'u');
    assert_refused(&s, scene_pledge(&s, 0, 3, 10), "proposal_unjudged");
    assert_refused(&s, scene_activate(&s, 3), "proposal_unjudged");
    assert_true(scene_judge(&s, 3, true));
    assert_true(scene_pledge(&s, 0, 3, 10));
    assert_true(scene_pledge(&s, 1, 3, 10));
    assert_string_equal(proposal_of(&s, 3).state, "activated");
    assert_refused(&s, scene_judge(&s, 1, true), "tender_closed state decided");
    town_end(&s);
}

static void an_amendment_changes_the_price_and_is_judged_again(void **state)
{
    (void)state;
    struct scene s;
    drafted(&s, false);
    assert_true(scene_judge(&s, 1, true));
    assert_true(scene_judge(&s, 2, true));
    assert_refused(&s, scene_amend(&s, "birch", 1, 20, 0), "not_your_proposal");
    assert_refused(&s, scene_amend(&s, "rowan", 1, 101, 0),
                   "price_over_ceiling price 101 ceiling 100");
    assert_true(scene_amend(&s, "rowan", 1, 20, 5));
    assert_int_equal(s.v.records[0].version, 2);
    assert_refused(&s, scene_open(&s, 1), "proposals_unjudged unjudged 1 proposals 2");
    for (uint64_t i = 0; i < 18; i++)
        assert_true(scene_amend(&s, "rowan", 1, 20 + i, 0));
    assert_refused(&s, scene_amend(&s, "rowan", 1, 20, 0),
                   "amendments_too_many amendments 19 most 19");
    assert_true(scene_judge(&s, 1, true));
    assert_true(scene_open(&s, 1));
    assert_refused(&s, scene_amend(&s, "rowan", 1, 20, 0), "proposal_frozen state open");
    assert_true(scene_pledge(&s, 0, 1, 20));
    assert_true(scene_pledge(&s, 1, 1, 20));
    assert_string_equal(proposal_of(&s, 1).state, "activated"); /* at 37, not 50 */
    town_end(&s);
}

static void two_proposals_become_one_when_both_proposers_ask(void **state)
{
    (void)state;
    struct scene s;
    drafted(&s, false);
    assert_refused(&s, scene_merge(&s, "rowan", 1, 1), "proposals_apart");
    assert_refused(&s, scene_merge(&s, "rowan", 1, 3), "proposal_unknown proposal 3");
    assert_refused(&s, scene_merge(&s, "alder", 1, 2), "not_your_proposal");
    assert_true(scene_merge(&s, "rowan", 1, 2));
    assert_true(s.v.pending && s.v.records_n == 0);
    assert_true(scene_merge(&s, "rowan", 1, 2)); /* nobody is their own other */
    assert_true(s.v.pending);
    assert_true(scene_amend(&s, "birch", 2, 70, 0)); /* void now */
    assert_true(scene_merge(&s, "birch", 1, 2));
    assert_true(s.v.pending);
    assert_true(scene_merge(&s, "rowan", 1, 2));
    assert_false(s.v.pending);
    assert_int_equal(s.v.records[0].other, 2);
    assert_int_equal(proposal_of(&s, 2).merged_into, 1);
    assert_string_equal(proposal_of(&s, 2).state, "withdrawn");
    town_end(&s);
}

static void the_log_tells_all_of_it(void **state)
{
    (void)state;
    struct scene s;
    struct recount recount;
    drafted(&s, true);
    assert_true(scene_merge(&s, "rowan", 1, 2));
    assert_true(scene_merge(&s, "birch", 1, 2));
    assert_true(scene_amend(&s, "rowan", 1, 40, 0));
    assert_true(scene_judge(&s, 1, true));
    assert_true(scene_open(&s, 1));
    assert_true(scene_propose(&s, 1, 20));
    assert_true(scene_judge(&s, 3, false));
    assert_true(scene_recount(&recount, s.log, s.log_n));
    assert_int_equal(model_seq(recount_model(&recount)), model_seq(scene_model(&s)));
    recount_release(&recount);
    town_end(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pledging_opens_on_what_was_found_eligible),
        cmocka_unit_test(a_late_proposal_waits_until_it_is_judged),
        cmocka_unit_test(an_amendment_changes_the_price_and_is_judged_again),
        cmocka_unit_test(two_proposals_become_one_when_both_proposers_ask),
        cmocka_unit_test(the_log_tells_all_of_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
