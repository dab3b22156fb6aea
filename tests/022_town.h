/* 022_town.h -- a small town for the tests of acts, and the recount that ends each. */
#ifndef GROUNDSWELL_TESTS_TOWN_H
#define GROUNDSWELL_TESTS_TOWN_H

#include "020_scene.h"

#define ROUND_CLOSES 100000

/* Two areas of three residents, 10,000 unrestricted, a round of 100 each, one open tender. */
static inline void town(struct scene *s, struct scene_rule rule)
{
    scene_init(s);
    assert_true(scene_community(s, "north,south", 1));
    assert_true(scene_fund(s, 10000, ""));
    assert_true(scene_register(s, 3, 0));
    assert_true(scene_register(s, 3, 1));
    assert_true(scene_round(s, 100, 10, ROUND_CLOSES));
    rule.closes = rule.closes ? rule.closes : 50000;
    rule.ceiling = rule.ceiling ? rule.ceiling : 1000;
    rule.late = true;
    assert_true(scene_tender(s, &rule));
    assert_true(scene_open(s, 1));
}

/* Ends a scene: its log must recount to the state it is in. */
static inline void town_end(struct scene *s)
{
    struct recount recount;
    bool agrees = scene_recount(&recount, s->log, s->log_n);
    if (!agrees)
        fail_msg("%s", recount_why(&recount));
    CLEANUP(buf) struct buf here = BUF_MAX(MIB);
    CLEANUP(buf) struct buf there = BUF_MAX(MIB);
    scene_state(scene_model(s), &here);
    scene_state(recount_model(&recount), &there);
    assert_string_equal(here.data, there.data);
    recount_release(&recount);
    scene_release(s);
}

#endif
