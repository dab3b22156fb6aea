/* 024_steps.h -- one random act after another, in a community small enough that they collide.
 *
 * Time jumps now and then past deadlines, so that settling, ties and refusals come by themselves.
 * Everything is drawn from scene->random. */
#ifndef GROUNDSWELL_TESTS_STEPS_H
#define GROUNDSWELL_TESTS_STEPS_H

#include "024_steps_bodies.h"
#include "024_steps_deliver.h"
#include "024_steps_talk.h"
#include "024_steps_tenders.h"

#define STEP_RESIDENTS 60
#define STEP_AREAS 4

/* At times all that is there, so that who comes later finds nothing. */
static inline bool step_round(struct scene *s)
{
    const struct model *m = scene_model(s);
    uint64_t residents = 0, allotment = 200 + scene_random(s, 200);
    for (uint64_t i = 0; i < model_areas(m); i++)
        residents += model_residents(m, i);
    if (residents && scene_random(s, 2)) {
        uint64_t all = model_accounts(m).unallotted / residents;
        allotment = all < 50 ? 50 : all > 800 ? 800 : all;
    }
    return scene_round(s, allotment, 10, s->now + scene_random(s, 60000));
}

static inline bool step_pledge(struct scene *s)
{
    uint64_t resident = scene_random(s, STEP_RESIDENTS);
    uint64_t proposal = step_open_proposal(s);
    static const uint64_t amounts[] = {1, 5, 10, 20, 50, 100, 150, 200, 400};
    uint64_t amount = amounts[scene_random(s, 9)] + scene_random(s, 3);
    if (scene_random(s, 3) == 0) {
        const uint64_t steps[STEPS_MAX] = {step_open_proposal(s), step_open_proposal(s),
                                           scene_random(s, 2) ? step_open_proposal(s) : 0};
        return scene_pledge_on(s, resident, proposal, amount, steps);
    }
    return scene_random(s, 12) ? scene_pledge(s, resident, proposal, amount)
                               : scene_pledge_assisted(s, resident, proposal, amount);
}

/* A code is issued, used, or somebody is erased. */
static inline bool step_people(struct scene *s)
{
    uint64_t codes = 0;
    for (uint64_t i = 0; i < model_areas(scene_model(s)); i++)
        codes += model_codes_issued(scene_model(s), i);
    if (scene_random(s, 5) == 0)
        return scene_erase(s, scene_random(s, STEP_RESIDENTS), scene_random(s, 2));
    if (codes == 0 || scene_random(s, 2))
        return scene_code(s, codes, scene_random(s, STEP_AREAS));
    return scene_redeem(s, codes - 1 - scene_random(s, codes < 9 ? codes : 9),
                        scene_random(s, STEP_RESIDENTS), scene_random(s, 1000));
}

/* Mostly somebody who was registered when the pool was empty. */
static inline bool step_grant(struct scene *s)
{
    uint64_t resident = 0;
    for (int i = 0; i < 100; i++) {
        struct roll_resident row;
        resident = scene_random(s, STEP_RESIDENTS);
        if (roll_resident(s->roll, resident_id(resident), &row) && row.member && !row.granted)
            break;
    }
    return scene_resident(s, ROLL_RESIDENT_GRANT, resident);
}

static inline bool step_staff(struct scene *s)
{
    const struct model *m = scene_model(s);
    static const char *const themes[] = {"", "parks", "care"};
    switch (scene_random(s, 17)) {
    case 16:
        return step_body(s);
    case 15:
        return step_brake(s);
    case 14:
        return step_people(s);
    case 0:
        if (scene_random(s, 4) == 0)
            return scene_take_out(s, step_pick(s, model_funds(m)), 1 + scene_random(s, 400));
        return scene_random(s, 12) ? scene_top_up(s, step_pick(s, model_funds(m)),
                                                  1 + scene_random(s, 300))
                                   : scene_fund(s, 1 + scene_random(s, 9000),
                                                themes[scene_random(s, 3)]);
    case 1:
        return scene_register_from(s, scene_random(s, STEP_RESIDENTS - 5), 1 + scene_random(s, 5),
                                   scene_random(s, STEP_AREAS));
    case 2:
        return step_grant(s);
    case 3:
        return scene_random(s, 2) ? scene_settle(s)
                                  : scene_resident(s, ROLL_RESIDENT_LEAVE,
                                                   scene_random(s, STEP_RESIDENTS));
    case 4:
        return step_round(s);
    case 5:
        return scene_random(s, 30) ? scene_activate(s, step_pick(s, model_proposals(m)))
                                   : scene_close(s, step_pick(s, model_round(m)));
    case 6:
    case 7:
        return step_tender(s);
    case 8:
    case 9:
    case 10:
        return scene_open(s, step_pick(s, model_tenders(m)));
    case 11:
        return step_propose(s, step_pick(s, model_tenders(m)), 50 + scene_random(s, 2000));
    case 12:
        return scene_random(s, 4) ? scene_settle(s)
                                  : scene_drop_tender(s, step_pick(s, model_tenders(m)));
    default:
        return scene_random(s, 4) ? scene_settle(s)
                                  : scene_drop_proposal(s, step_pick(s, model_proposals(m)));
    }
}

/* A proposal is judged, amended or merged. */
static inline bool step_shape(struct scene *s)
{
    uint64_t proposal = step_pick(s, model_proposals(scene_model(s)));
    uint64_t price = 2 + scene_random(s, 2000);
    switch (scene_random(s, 4)) {
    case 0:
        return scene_amend(s, "operator", proposal, price, scene_random(s, price));
    case 1:
        return scene_merge(s, "operator", proposal,
                           scene_random(s, 2) ? step_pick(s, model_proposals(scene_model(s)))
                                              : proposal - 1);
    default:
        return scene_judge(s, proposal, scene_random(s, 5));
    }
}

/* Draws of its own, so that what is said shifts nothing that is drawn for the money; and nobody
 * speaks where the keeper's turn is. */
static inline bool step_apart(struct scene *s, bool *ret_done)
{
    uint64_t kept = s->random;
    s->random = s->random_apart;
    bool speaks = scene_random(s, 9) == 0 && s->v.qualifying_n == 0;
    bool shapes = !speaks && scene_random(s, 60) == 0 && s->v.qualifying_n == 0;
    if (speaks || shapes)
        *ret_done = speaks ? step_talk(s) : step_shape(s);
    s->random_apart = s->random;
    s->random = kept;
    return speaks || shapes;
}

/* One act; true where accepted. */
static inline bool scene_step(struct scene *s)
{
    if (!model_areas(scene_model(s)))
        return scene_community(s, "north,east,south,west", 1 + scene_random(s, 2));
    bool done;
    if (step_apart(s, &done))
        return done;
    if (scene_random(s, 4) == 0)
        s->now += scene_random(s, 20) ? scene_random(s, 60) : scene_random(s, 3000);
    if (s->v.qualifying_n && scene_random(s, 2)) /* as the keeper would */
        return scene_activate(s, s->v.qualifying[scene_random(s, s->v.qualifying_n)]);
    if (scene_random(s, 4) == 0 && model_ready(scene_model(s), NULL, 0) > 0)
        return scene_top_up(s, 1 + scene_random(s, model_funds(scene_model(s))),
                            500 + scene_random(s, 1000));
    if (scene_random(s, s->v.waits ? 2 : 25) == 0)
        return scene_fallback(s);
    uint64_t what = scene_random(s, 11);
    if (what > 9)
        return step_deliver(s);
    if (what < 6)
        return step_pledge(s);
    if (what < 7)
        return scene_unpledge(s, scene_random(s, STEP_RESIDENTS), step_open_proposal(s));
    return step_staff(s);
}

#endif
