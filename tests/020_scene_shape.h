/* 020_scene_shape.h -- proposals as they take shape, for 020_scene.h. `by`: a subject. */
#ifndef GROUNDSWELL_TESTS_SCENE_SHAPE_H
#define GROUNDSWELL_TESTS_SCENE_SHAPE_H

#include "020_scene_acts.h"

static inline bool scene_propose_by(struct scene *s, const char *by, uint64_t tender,
                                    uint64_t price)
{
    struct roll_act act = act_of(ROLL_PROPOSAL_SUBMIT);
    act.subject = text_of(by);
    record_set(&act.own, FIELD_TENDER, tender);
    record_set(&act.own, FIELD_PRICE, price);
    record_set_text(&act.own, FIELD_TEXT_HASH, TEXT(HASH64));
    return scene_act(s, &act);
}

static inline bool scene_judge(struct scene *s, uint64_t proposal, bool eligible)
{
    struct roll_act act = act_of(ROLL_PROPOSAL_JUDGE);
    record_set(&act.own, FIELD_PROPOSAL, proposal);
    record_set(&act.own, FIELD_ELIGIBLE, eligible);
    record_set_text(&act.own, FIELD_TEXT_HASH, TEXT(HASH64));
    return scene_act(s, &act);
}

/* `first`: of two milestones, what the first is paid; 0: there is one. */
static inline bool scene_amend(struct scene *s, const char *by, uint64_t proposal, uint64_t price,
                               uint64_t first)
{
    const uint64_t pairs[2][2] = {{1, first}, {2, price - first}};
    struct roll_act act = act_of(ROLL_PROPOSAL_AMEND);
    act.subject = text_of(by);
    record_set(&act.own, FIELD_PROPOSAL, proposal);
    record_set(&act.own, FIELD_PRICE, price);
    if (first)
        record_set_pairs(&act.own, FIELD_MILESTONES, (struct record_pairs){pairs, 2});
    record_set_text(&act.own, FIELD_TEXT_HASH, TEXT(HASH64));
    return scene_act(s, &act);
}

static inline bool scene_merge(struct scene *s, const char *by, uint64_t stays, uint64_t other)
{
    struct roll_act act = act_of(ROLL_PROPOSAL_MERGE);
    act.subject = text_of(by);
    record_set(&act.own, FIELD_PROPOSAL, stays);
    record_set(&act.own, FIELD_OTHER, other);
    return scene_act(s, &act);
}

#endif
