/* 020_scene_brake.h -- a tender is paused, and goes on. */
#ifndef GROUNDSWELL_TESTS_SCENE_BRAKE_H
#define GROUNDSWELL_TESTS_SCENE_BRAKE_H

#include "020_scene_acts.h"

static inline bool scene_pause(struct scene *s, uint64_t tender, uint64_t until)
{
    struct roll_act act = act_of(ROLL_TENDER_PAUSE);
    record_set(&act.own, FIELD_TENDER, tender);
    record_set(&act.own, FIELD_UNTIL, until);
    record_set_text(&act.own, FIELD_TEXT_HASH, TEXT(HASH64));
    return scene_act(s, &act);
}

static inline bool scene_resume(struct scene *s, uint64_t tender)
{
    return scene_number_act(s, ROLL_TENDER_RESUME, FIELD_TENDER, tender);
}

#endif
