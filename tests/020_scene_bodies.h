/* 020_scene_bodies.h -- bodies, their members, and what they publish: one call an act, as in
 * 020_scene_acts.h. */
#ifndef GROUNDSWELL_TESTS_SCENE_BODIES_H
#define GROUNDSWELL_TESTS_SCENE_BODIES_H

#include "020_scene_acts.h"

static inline bool scene_set(struct scene *s, enum record_field field, uint64_t value)
{
    return scene_number_act(s, ROLL_COMMUNITY_SET, field, value);
}

static inline bool scene_set_tally(struct scene *s, const char *tally)
{
    struct roll_act act = act_of(ROLL_COMMUNITY_SET);
    record_set_text(&act.own, FIELD_TALLY, text_of(tally));
    return scene_act(s, &act);
}

static inline bool scene_areas(struct scene *s)
{
    struct roll_act act = act_of(ROLL_AREAS_SET);
    record_set_text(&act.own, FIELD_TEXT_HASH, TEXT(HASH64));
    return scene_act(s, &act);
}

/* Formed, or constituted anew. */
static inline bool scene_body(struct scene *s, enum roll_kind kind, const char *body)
{
    struct roll_act act = act_of(kind);
    record_set_text(&act.own, FIELD_BODY, text_of(body));
    record_set_text(&act.own, FIELD_TEXT_HASH, TEXT(HASH64));
    return scene_act(s, &act);
}

struct scene_member {
    const char *body, *category, *holder;
    uint64_t votes, term;
};

static inline bool scene_seat(struct scene *s, const struct scene_member *member)
{
    struct roll_act act = act_of(ROLL_MEMBER_SEAT);
    record_set_text(&act.own, FIELD_BODY, text_of(member->body));
    record_set_text(&act.own, FIELD_CATEGORY, text_of(member->category));
    record_set(&act.own, FIELD_VOTES, member->votes ? member->votes : 1);
    if (member->term)
        record_set(&act.own, FIELD_TERM, member->term);
    record_set_text(&act.own, FIELD_TEXT_HASH, TEXT(HASH64));
    act.holder = text_of(member->holder);
    return scene_act(s, &act);
}

static inline bool scene_unseat(struct scene *s, uint64_t member)
{
    return scene_number_act(s, ROLL_MEMBER_LEAVE, FIELD_MEMBER, member);
}

static inline bool scene_approve(struct scene *s, uint64_t tender, const char *holder)
{
    struct roll_act act = act_of(ROLL_TENDER_APPROVE);
    record_set(&act.own, FIELD_TENDER, tender);
    act.holder = text_of(holder);
    return scene_act(s, &act);
}

static inline bool scene_publish(struct scene *s, uint64_t tender)
{
    return scene_number_act(s, ROLL_TENDER_PUBLISH, FIELD_TENDER, tender);
}

static inline void scene_bodies_state(const struct model *m, struct buf *out)
{
    struct model_body body;
    struct model_member member;
    struct model_defaults set = model_defaults(m);
    uint64_t approval;
    buf_format(out, "\nset %lu %lu %lu %lu %lu %lu %d", set.days, set.contributors,
               set.people_permille, set.areas_min, set.window, set.needs_line, set.hidden);
    for (uint64_t i = 1; model_body(m, i, &body); i++)
        buf_format(out, "\nbody %.*s %c %lu %lu %lu %lu %lu", TEXT_ARGS(body.word), body.mark,
                   body.version, body.seats, body.seat_votes, body.lay_seats, body.lay_votes);
    for (uint64_t i = 1; model_member(m, i, &member); i++)
        buf_format(out, "\nmember %lu %lu %lu %.*s %d", member.body, member.votes, member.term,
                   TEXT_ARGS(member.category), member.seated);
    for (uint64_t i = 1; i <= model_tenders(m); i++)
        for (size_t n = 0; (approval = model_approval(m, i, n)); n++)
            buf_format(out, "\napproved %lu %lu", i, approval);
}

#endif
