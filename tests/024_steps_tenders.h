/* 024_steps_tenders.h -- random tenders, proposals to pledge on and brakes, for 024_steps.h. */
#ifndef GROUNDSWELL_TESTS_STEPS_TENDERS_H
#define GROUNDSWELL_TESTS_STEPS_TENDERS_H

#include "024_steps_bodies.h"
#include "024_steps_deliver.h"

static inline bool step_propose(struct scene *s, uint64_t tender, uint64_t price)
{
    return scene_random(s, 2) ? scene_propose(s, tender, price)
                              : step_propose_parts(s, tender, price);
}

static inline bool step_tender(struct scene *s)
{
    static const char *const themes[] = {"", "", "parks", "care"};
    uint64_t areas = scene_random(s, 3) ? 0 : 1 + scene_random(s, 3);
    struct scene_rule rule = {
        .theme = themes[scene_random(s, 4)],
        .ceiling = 100 + scene_random(s, 3000),
        .people_min = 1 + scene_random(s, 6),
        .areas_min = areas,
        .area_people_min = areas ? 1 + scene_random(s, 2) : 0,
        .awards_max = 1 + scene_random(s, 3),
        .closes = s->now + scene_random(s, 80) * 100,
        .window = scene_random(s, 3) ? 0 : 1 + scene_random(s, 1500),
        .days = scene_random(s, 3),
        .contributors = scene_random(s, 3),
        .need = scene_random(s, 2),
        .late = scene_random(s, 2),
        .hidden = scene_random(s, 3) == 0,
    };
    /* at times all that the theme may draw on, so that headroom runs out under open tenders */
    uint64_t headroom = model_headroom(scene_model(s), text_of(rule.theme));
    if (headroom > 100 && headroom < 4000 && scene_random(s, 2))
        rule.ceiling = headroom;
    bool done = scene_tender(s, &rule);
    for (uint64_t i = scene_random(s, 4); done && i > 0; i--)
        step_propose(s, model_tenders(scene_model(s)), 50 + scene_random(s, rule.ceiling));
    if (done && scene_random(s, 3))
        scene_open(s, model_tenders(scene_model(s)));
    return done;
}

/* Mostly one that can be pledged on. */
static inline uint64_t step_open_proposal(struct scene *s)
{
    const struct model *m = scene_model(s);
    uint64_t picked = 0;
    for (int i = 0; i < 12; i++) {
        struct model_proposal proposal;
        struct model_tender tender;
        picked = step_pick(s, model_proposals(m));
        if (model_proposal(m, picked, &proposal) && model_tender(m, proposal.tender, &tender) &&
            strchr("och", tender.mark) && strcmp(proposal.state, "live") == 0)
            break;
    }
    return picked;
}

/* A tender on which pledging is open is paused, or one that is paused goes on. */
static inline bool step_brake(struct scene *s)
{
    struct model_tender tender = {0};
    uint64_t picked = 0;
    for (int i = 0; i < 12 && !strchr("oc", tender.mark ? tender.mark : '-'); i++) {
        picked = step_pick(s, model_tenders(scene_model(s)));
        model_tender(scene_model(s), picked, &tender);
    }
    return tender.paused_until && scene_random(s, 3) ? scene_resume(s, picked)
                                                     : scene_pause(s, picked, s->now +
                                                                   scene_random(s, 300));
}

#endif
