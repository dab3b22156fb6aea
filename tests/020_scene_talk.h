/* 020_scene_talk.h -- needs and deliberation: one call an act, as in 020_scene_acts.h. */
#ifndef GROUNDSWELL_TESTS_SCENE_TALK_H
#define GROUNDSWELL_TESTS_SCENE_TALK_H

#include "020_scene_acts.h"

/* An act of a resident who speaks. */
static inline struct roll_act scene_speech(struct scene *s, enum roll_kind kind, uint64_t resident)
{
    struct roll_act act = act_of(kind);
    act.subject = act.resident = resident_id(resident);
    act.author = scene_id('a', 0, resident);
    act.epoch = scene_epoch(s, resident);
    record_set_text(&act.own, FIELD_TEXT_HASH, TEXT(HASH64));
    return act;
}

static inline bool scene_raise(struct scene *s, uint64_t resident)
{
    struct roll_act act = scene_speech(s, ROLL_NEED_RAISE, resident);
    return scene_act(s, &act);
}

static inline bool scene_second(struct scene *s, uint64_t resident, uint64_t need)
{
    struct roll_act act = scene_speech(s, ROLL_NEED_SECOND, resident);
    record_set(&act.own, FIELD_NEED, need);
    return scene_act(s, &act);
}

/* tender 0: none yet. */
static inline bool scene_answer(struct scene *s, uint64_t need, uint64_t tender)
{
    struct roll_act act = act_of(ROLL_NEED_ANSWER);
    record_set(&act.own, FIELD_NEED, need);
    record_set_text(&act.own, FIELD_BODY, TEXT("river-board"));
    if (tender)
        record_set(&act.own, FIELD_TENDER, tender);
    record_set_text(&act.own, FIELD_TEXT_HASH, TEXT(HASH64));
    return scene_act(s, &act);
}

static inline bool scene_talk(struct scene *s, uint64_t resident, uint64_t tender, const char *sort)
{
    struct roll_act act = scene_speech(s, ROLL_TALK_ADD, resident);
    record_set(&act.own, FIELD_TENDER, tender);
    record_set_text(&act.own, FIELD_SORT, text_of(sort));
    return scene_act(s, &act);
}

/* ROLL_TALK_EDIT or ROLL_TALK_APPEAL. */
static inline bool scene_own_talk(struct scene *s, enum roll_kind kind, uint64_t resident,
                                  uint64_t talk)
{
    struct roll_act act = scene_speech(s, kind, resident);
    record_set(&act.own, FIELD_TALK, talk);
    return scene_act(s, &act);
}

static inline bool scene_stance(struct scene *s, uint64_t resident, uint64_t talk, char stance)
{
    struct roll_act act = scene_speech(s, ROLL_TALK_STANCE, resident);
    record_set_text(&act.own, FIELD_TEXT_HASH, TEXT_NONE);
    record_set(&act.own, FIELD_TALK, talk);
    act.stance = stance;
    return scene_act(s, &act);
}

static inline bool scene_hide(struct scene *s, uint64_t talk, const char *reason)
{
    struct roll_act act = act_of(ROLL_TALK_HIDE);
    record_set(&act.own, FIELD_TALK, talk);
    record_set_text(&act.own, FIELD_REASON, text_of(reason));
    record_set_text(&act.own, FIELD_TEXT_HASH, TEXT(HASH64));
    return scene_act(s, &act);
}

static inline bool scene_rule_on(struct scene *s, uint64_t talk, bool stands)
{
    struct roll_act act = act_of(ROLL_TALK_RULING);
    record_set(&act.own, FIELD_TALK, talk);
    record_set(&act.own, FIELD_STANDS, stands);
    record_set_text(&act.own, FIELD_TEXT_HASH, TEXT(HASH64));
    return scene_act(s, &act);
}

static inline bool scene_summarise(struct scene *s, uint64_t tender)
{
    struct roll_act act = act_of(ROLL_TALK_SUMMARY);
    record_set(&act.own, FIELD_TENDER, tender);
    record_set_text(&act.own, FIELD_TEXT_HASH, TEXT(HASH64));
    return scene_act(s, &act);
}

/* What the model holds of it, as text. */
static inline void scene_talk_state(const struct model *m, struct buf *out)
{
    struct model_need need;
    struct model_talk talk;
    struct talk_sum sum;
    for (uint64_t i = 1; model_need(m, i, &need); i++)
        buf_format(out, "\nneed %lu %lu %.*s", need.seconds, need.tender, TEXT_ARGS(need.body));
    for (uint64_t i = 1; model_talk(m, i, &talk); i++) {
        buf_format(out, "\ntalk %lu %lu %lu %c %.*s %.*s %lu %lu %lu", talk.tender, talk.area,
                   talk.version, talk.state, TEXT_ARGS(talk.sort), TEXT_ARGS(talk.reason),
                   talk.consensus.lowest, talk.consensus.mean, talk.division);
        for (uint64_t area = 0; area < model_areas(m); area++)
            buf_format(out, " %lu/%lu/%lu", talk.by_area[area].agree, talk.by_area[area].disagree,
                       talk.by_area[area].pass);
    }
    for (uint64_t i = 1; model_talk_sum(m, i, &sum); i++)
        buf_format(out, "\ntalks %lu %lu %lu %lu %lu %lu", sum.n, sum.pro, sum.contra, sum.amended,
                   sum.summary, sum.summaries);
}

#endif
