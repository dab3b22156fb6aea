/* 024_steps_talk.h -- random needs, contributions and stances among the steps of 024_steps.h. */
#ifndef GROUNDSWELL_TESTS_STEPS_TALK_H
#define GROUNDSWELL_TESTS_STEPS_TALK_H

#include "020_scene.h"

static inline uint64_t step_pick(struct scene *s, uint64_t n);

static inline bool step_need(struct scene *s, uint64_t resident)
{
    uint64_t needs = model_needs(scene_model(s));
    uint64_t tender = scene_random(s, 3) ? 0 : step_pick(s, model_tenders(scene_model(s)));
    switch (scene_random(s, 5)) {
    case 0:
        return scene_raise(s, resident);
    case 1:
        return scene_answer(s, step_pick(s, needs), tender);
    default:
        return scene_second(s, resident, step_pick(s, needs));
    }
}

static inline bool step_moderate(struct scene *s, uint64_t resident, uint64_t talk)
{
    static const char *const reasons[] = {"abuse", "personal", "unlawful", "spam", "off_topic"};
    switch (scene_random(s, 3)) {
    case 0:
        return scene_hide(s, talk, reasons[scene_random(s, 5)]);
    case 1:
        return scene_rule_on(s, talk, scene_random(s, 2));
    default:
        return scene_own_talk(s, ROLL_TALK_APPEAL, resident, talk);
    }
}

/* A few people, so that who wrote something and who does it now are often the same. */
static inline bool step_talk(struct scene *s)
{
    static const char *const sorts[] = {"for", "against", "question", "amendment"};
    static const char stances[] = {'a', 'a', 'd', 'p', 0};
    uint64_t resident = scene_random(s, scene_random(s, 2) ? 5 : 60);
    uint64_t talk = step_pick(s, model_talks(scene_model(s)));
    uint64_t tender = step_pick(s, model_tenders(scene_model(s)));
    switch (scene_random(s, 8)) {
    case 0:
        return step_need(s, resident);
    case 1:
        return scene_talk(s, resident, tender, sorts[scene_random(s, 4)]);
    case 2:
        return scene_own_talk(s, ROLL_TALK_EDIT, resident, talk);
    case 3:
        return step_moderate(s, resident, talk);
    case 4:
        return scene_random(s, 3) ? step_need(s, resident) : scene_summarise(s, tender);
    default:
        return scene_stance(s, resident, talk, stances[scene_random(s, 5)]);
    }
}

#endif
