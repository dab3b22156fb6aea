/* 028_deliberation.c -- needs, contributions and stances as the rules know them. */
/* rooms: base rules */
#include "020_scene.h"

/* ---- figures ---- */

static void the_consensus_is_the_lowest_share_of_areas_that_say_enough(void **state)
{
    (void)state;
    const struct stances none[2] = {{4, 0, 0}, {0, 0, 0}};
    const struct stances some[3] = {{5, 0, 0}, {1, 2, 2}, {0, 4, 0}};
    const struct stances thirds[2] = {{2, 3, 1}, {3, 0, 3}};
    struct consensus found = consensus_of(none, 2);
    assert_int_equal(found.areas, 0);
    assert_int_equal(found.lowest, 0);
    found = consensus_of(some, 3);
    assert_int_equal(found.areas, 2);
    assert_int_equal(found.lowest, 200);
    assert_int_equal(found.mean, 600);
    found = consensus_of(thirds, 2);
    assert_int_equal(found.lowest, 333);
    assert_int_equal(found.mean, (333 + 500) / 2);
}

static void division_is_even_where_both_sides_are(void **state)
{
    (void)state;
    assert_int_equal(division_of((struct stances){3, 3, 0}), 1000);
    assert_int_equal(division_of((struct stances){4, 1, 0}), 400);
    assert_int_equal(division_of((struct stances){9, 0, 9}), 0);
    assert_int_equal(division_of((struct stances){2, 2, 0}), 0); /* too few */
    assert_int_equal(division_of((struct stances){0, 0, 7}), 0);
}

/* ---- scenes ---- */

static void town(struct scene *s)
{
    struct scene_rule rule = {.theme = "", .ceiling = 100, .people_min = 2, .awards_max = 1};
    rule.closes = 900000;
    rule.late = true;
    scene_init(s);
    assert_true(scene_community(s, "north,south", 1));
    assert_true(scene_register(s, 6, 0));
    assert_true(scene_register(s, 6, 1));
    assert_true(scene_tender(s, &rule));
}

static void a_need_is_seconded_once_by_each_and_answered_once(void **state)
{
    (void)state;
    struct scene s;
    struct model_need need;
    town(&s);
    assert_true(scene_raise(&s, 0));
    assert_true(scene_second(&s, 1, 1));
    size_t records = s.log_n;
    assert_true(scene_second(&s, 1, 1));
    assert_true(scene_second(&s, 0, 1)); /* their own */
    assert_int_equal(s.log_n, records);
    assert_true(scene_answer(&s, 1, 1));
    assert_refused(&s, scene_second(&s, 2, 1), "need_answered need 1");
    assert_refused(&s, scene_answer(&s, 1, 0), "need_answered need 1");
    assert_refused(&s, scene_answer(&s, 2, 0), "need_unknown need 2");
    assert_true(model_need(scene_model(&s), 1, &need));
    assert_int_equal(need.seconds, 1);
    assert_int_equal(need.tender, 1);
    for (uint64_t i = 0; i < 10; i++)
        assert_true(scene_raise(&s, 3));
    assert_refused(&s, scene_raise(&s, 3), "needs_too_many needs 10 most 10");
    scene_release(&s);
}

static void stances_follow_a_person_and_an_edit_takes_them_back(void **state)
{
    (void)state;
    struct scene s;
    struct model_talk talk;
    town(&s);
    assert_true(scene_talk(&s, 0, 1, "for"));
    for (uint64_t i = 0; i < 5; i++)
        assert_true(scene_stance(&s, i, 1, 'a'));
    assert_true(scene_stance(&s, 4, 1, 'd'));
    assert_true(scene_stance(&s, 6, 1, 'p'));
    assert_true(model_talk(scene_model(&s), 1, &talk));
    assert_int_equal(talk.all.agree, 4);
    assert_int_equal(talk.by_area[1].pass, 1);
    assert_int_equal(talk.consensus.lowest, 800);
    assert_true(scene_stance(&s, 6, 1, 0));
    assert_refused(&s, scene_own_talk(&s, ROLL_TALK_EDIT, 1, 1), "talk_not_yours");
    assert_true(scene_own_talk(&s, ROLL_TALK_EDIT, 0, 1));
    assert_true(model_talk(scene_model(&s), 1, &talk));
    assert_int_equal(talk.all.agree + talk.all.disagree + talk.all.pass, 0);
    assert_int_equal(talk.version, 2);
    assert_true(scene_stance(&s, 4, 1, 'd')); /* it is new to them */
    scene_release(&s);
}

static void what_is_hidden_is_appealed_once_and_what_is_cleared_stays(void **state)
{
    (void)state;
    struct scene s;
    struct talk_sum sum;
    town(&s);
    assert_true(scene_talk(&s, 0, 1, "against"));
    assert_true(scene_hide(&s, 1, "spam"));
    assert_refused(&s, scene_stance(&s, 1, 1, 'a'), "talk_is_hidden reason spam");
    assert_true(model_talk_sum(scene_model(&s), 1, &sum));
    assert_int_equal(sum.contra, 0);
    assert_refused(&s, scene_rule_on(&s, 1, true), "talk_not_appealed");
    assert_true(scene_own_talk(&s, ROLL_TALK_APPEAL, 0, 1));
    assert_refused(&s, scene_own_talk(&s, ROLL_TALK_APPEAL, 0, 1), "talk_appealed");
    assert_true(scene_rule_on(&s, 1, false));
    assert_refused(&s, scene_hide(&s, 1, "spam"), "talk_cleared");
    assert_refused(&s, scene_own_talk(&s, ROLL_TALK_APPEAL, 0, 1), "talk_not_hidden");
    assert_true(model_talk_sum(scene_model(&s), 1, &sum));
    assert_int_equal(sum.contra, 1);
    assert_true(scene_own_talk(&s, ROLL_TALK_EDIT, 0, 1));
    assert_true(scene_hide(&s, 1, "off_topic"));
    scene_release(&s);
}

/* ---- the recount ---- */

static void assert_says(struct scene *s, const char *from, const char *to, const char *sentence)
{
    struct recount recount;
    char made[1024];
    char *last = s->log[s->log_n - 1];
    const char *at = strstr(last, from);
    assert_non_null(at);
    snprintf(made, sizeof made, "%.*s%s%s", (int)(at - last), last, to, at + strlen(from));
    s->log[s->log_n - 1] = made;
    assert_false(scene_recount(&recount, s->log, s->log_n));
    assert_string_equal(recount_why(&recount), sentence);
    recount_release(&recount);
    s->log[s->log_n - 1] = last;
}

static void counts_that_no_person_can_make_are_found_out(void **state)
{
    (void)state;
    struct scene s;
    town(&s);
    assert_true(scene_talk(&s, 0, 1, "question"));
    assert_true(scene_stance(&s, 1, 1, 'a'));
    assert_says(&s, "\"agree\":1", "\"agree\":2",
                "record 5 (talk_stance): cannot be: no stance of one person makes these counts");
    assert_says(&s, "\"pass\":0", "\"pass\":1",
                "record 5 (talk_stance): cannot be: no stance of one person makes these counts");
    assert_says(&s, "\"agree\":1", "\"agree\":0",
                "record 5 (talk_stance): cannot be: no stance of one person makes these counts");
    assert_true(scene_raise(&s, 2));
    assert_true(scene_second(&s, 3, 1));
    assert_says(&s, "\"seconds\":1", "\"seconds\":2",
                "record 7 (need_seconded): seconds is 2, but the rules give 1");
    scene_release(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_consensus_is_the_lowest_share_of_areas_that_say_enough),
        cmocka_unit_test(division_is_even_where_both_sides_are),
        cmocka_unit_test(a_need_is_seconded_once_by_each_and_answered_once),
        cmocka_unit_test(stances_follow_a_person_and_an_edit_takes_them_back),
        cmocka_unit_test(what_is_hidden_is_appealed_once_and_what_is_cleared_stays),
        cmocka_unit_test(counts_that_no_person_can_make_are_found_out),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
