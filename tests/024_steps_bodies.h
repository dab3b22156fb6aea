/* 024_steps_bodies.h -- random acts of and on bodies, for 024_steps.h. */
#ifndef GROUNDSWELL_TESTS_STEPS_BODIES_H
#define GROUNDSWELL_TESTS_STEPS_BODIES_H

#include "020_scene.h"

static inline uint64_t step_pick(struct scene *s, uint64_t n)
{
    /* mostly one of the last few things, at times an older one, at times one that is not there */
    if (n == 0 || scene_random(s, 40) == 0)
        return n + 1;
    uint64_t back = scene_random(s, 5) ? scene_random(s, n < 8 ? n : 8) : scene_random(s, n);
    return n - back;
}

/* The body of all tenders and another one: formed, filled, emptied, and what they publish. */
static inline bool step_body(struct scene *s)
{
    static const char *const bodies[] = {"river-board", "river-board", "elders"};
    static const char *const categories[] = {"resident", "user", "professional", "elected"};
    static const enum record_field numbers[] = {FIELD_DAYS, FIELD_CONTRIBUTORS, FIELD_AREAS_MIN,
                                                FIELD_PEOPLE_PERMILLE, FIELD_WINDOW,
                                                FIELD_NEEDS_LINE};
    const struct model *m = scene_model(s);
    const char *body = bodies[scene_random(s, 3)];
    char holder[24];
    snprintf(holder, sizeof holder, "t:clerk:m%lu", scene_random(s, 14));
    struct scene_member member = {body, categories[scene_random(s, 4)], holder,
                                  1 + scene_random(s, 2),
                                  scene_random(s, 3) ? 0 : s->now + scene_random(s, 3000)};
    switch (scene_random(s, 12)) {
    case 0:
        return scene_body(s, scene_random(s, 2) ? ROLL_BODY_FORM : ROLL_BODY_CONSTITUTE, body);
    case 1:
        return scene_areas(s);
    case 2:
        if (scene_random(s, 3) == 0) /* seldom for long: then little would open */
            return scene_set(s, FIELD_MEMBERS_MIN, scene_random(s, 20) == 0);
        return scene_random(s, 3) ? scene_set(s, numbers[scene_random(s, 6)], scene_random(s, 9))
                                  : scene_set_tally(s, scene_random(s, 2) ? "hidden" : "open");
    case 3:
        return scene_unseat(s, step_pick(s, model_members(m)));
    case 4:
    case 5:
    case 6:
    case 7:
        return scene_seat(s, &member);
    case 8:
    case 9:
    case 10:
        return scene_approve(s, step_pick(s, model_tenders(m)), holder);
    default:
        return scene_publish(s, step_pick(s, model_tenders(m)));
    }
}

#endif
