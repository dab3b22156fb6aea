/* 020_scene_people.h -- codes, and who is erased: one call an act, as in 020_scene_acts.h. */
#ifndef GROUNDSWELL_TESTS_SCENE_PEOPLE_H
#define GROUNDSWELL_TESTS_SCENE_PEOPLE_H

#include "020_scene_acts.h"

static inline bool scene_erase(struct scene *s, uint64_t resident, bool keep)
{
    struct roll_act act = act_of(ROLL_RESIDENT_ERASE);
    uint64_t round = model_round(scene_model(s));
    act.resident = resident_id(resident);
    act.keep = keep;
    record_set(&act.own, FIELD_ROUND, round);
    if (round)
        record_set_text(&act.own, FIELD_WALLET, wallet_id(round, resident));
    return scene_act(s, &act);
}

static inline struct text scene_serial(uint64_t number)
{
    static char ring[4][6];
    static unsigned next;
    char *at = ring[next++ % 4];
    snprintf(at, sizeof ring[0], "%05u", (unsigned)(number % 100000));
    return (struct text){at, 5};
}

static inline bool scene_code(struct scene *s, uint64_t serial, uint64_t area)
{
    struct roll_act act = act_of(ROLL_CODES_ISSUE);
    const uint64_t issued[1][2] = {{area, 1}};
    act.serial = scene_serial(serial);
    record_set_pairs(&act.own, FIELD_ISSUED, (struct record_pairs){issued, 1});
    return scene_act(s, &act);
}

/* Under the key `use`, whatever s->key is. */
static inline bool scene_redeem(struct scene *s, uint64_t serial, uint64_t resident, uint64_t use)
{
    struct roll_act act = act_of(ROLL_CODE_REDEEM);
    char bytes[8];
    memcpy(bytes, &use, sizeof bytes);
    act.subject = TEXT("code");
    act.serial = scene_serial(serial);
    act.resident = resident_id(resident);
    act.key_hash = (struct text){bytes, sizeof bytes};
    return scene_act(s, &act);
}

#endif
