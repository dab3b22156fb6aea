/* 020_scene_acts.h -- each act in one line, with what a test seldom varies filled in. */
#ifndef GROUNDSWELL_TESTS_SCENE_ACTS_H
#define GROUNDSWELL_TESTS_SCENE_ACTS_H

#include "020_scene_core.h"

static inline bool scene_community(struct scene *s, const char *areas, uint64_t least)
{
    struct roll_act act = act_of(ROLL_COMMUNITY_CREATE);
    record_set_text(&act.own, FIELD_CURRENCY, TEXT("GBP"));
    record_set_text(&act.own, FIELD_AREAS, text_of(areas));
    record_set(&act.own, FIELD_AREA_RESIDENTS_MIN, least);
    record_set_text(&act.own, FIELD_TEXT_HASH, TEXT(HASH64));
    return scene_act(s, &act);
}

static inline bool scene_fund(struct scene *s, uint64_t amount, const char *theme)
{
    struct roll_act act = act_of(ROLL_FUND_ADD);
    record_set(&act.own, FIELD_AMOUNT, amount);
    record_set_text(&act.own, FIELD_THEME, text_of(theme));
    record_set_text(&act.own, FIELD_TEXT_HASH, TEXT(HASH64));
    return scene_act(s, &act);
}

static inline bool scene_top_up(struct scene *s, uint64_t fund, uint64_t amount)
{
    struct roll_act act = act_of(ROLL_FUND_TOP_UP);
    record_set(&act.own, FIELD_FUND, fund);
    record_set(&act.own, FIELD_AMOUNT, amount);
    return scene_act(s, &act);
}

/* Residents first .. first + n - 1. */
static inline bool scene_register_from(struct scene *s, uint64_t first, size_t n, uint64_t area)
{
    struct roll_act act = act_of(ROLL_RESIDENTS_REGISTER);
    struct roll_registration *list = calloc(n, sizeof *list);
    char(*ids)[32] = calloc(n, sizeof *ids);
    for (size_t i = 0; i < n; i++) {
        memcpy(ids[i], resident_id(first + i).at, 22);
        list[i] = (struct roll_registration){{ids[i], 22}, area};
    }
    act.residents = list;
    act.residents_n = n;
    bool done = scene_act(s, &act);
    free(list);
    free(ids);
    return done;
}

static inline bool scene_register(struct scene *s, size_t n, uint64_t area)
{
    s->residents += n;
    return scene_register_from(s, s->residents - n, n, area);
}

static inline bool scene_round(struct scene *s, uint64_t allotment, uint64_t token, uint64_t closes)
{
    struct roll_act act = act_of(ROLL_ROUND_OPEN);
    record_set(&act.own, FIELD_ROUND, model_round(scene_model(s)) + 1);
    record_set(&act.own, FIELD_ALLOTMENT, allotment);
    record_set(&act.own, FIELD_TOKEN, token);
    record_set(&act.own, FIELD_CLOSES, closes);
    return scene_act(s, &act);
}

static inline bool scene_number_act(struct scene *s, enum roll_kind kind, enum record_field field,
                                    uint64_t number)
{
    struct roll_act act = act_of(kind);
    record_set(&act.own, field, number);
    return scene_act(s, &act);
}

static inline bool scene_close(struct scene *s, uint64_t round)
{
    return scene_number_act(s, ROLL_ROUND_CLOSE, FIELD_ROUND, round);
}

struct scene_rule {
    const char *theme;
    uint64_t ceiling, people_min, areas_min, area_people_min, awards_max, closes;
    uint64_t window, days, contributors, need;
    bool late, hidden;
};

static inline bool scene_tender(struct scene *s, const struct scene_rule *rule)
{
    struct roll_act act = act_of(ROLL_TENDER_CREATE);
    record_set_text(&act.own, FIELD_BODY, TEXT("river-board"));
    record_set_text(&act.own, FIELD_THEME, text_of(rule->theme));
    record_set(&act.own, FIELD_CEILING, rule->ceiling);
    record_set(&act.own, FIELD_PEOPLE_MIN, rule->people_min ? rule->people_min : 1);
    record_set(&act.own, FIELD_AREAS_MIN, rule->areas_min);
    record_set(&act.own, FIELD_AREA_PEOPLE_MIN, rule->area_people_min);
    record_set(&act.own, FIELD_AWARDS_MAX, rule->awards_max ? rule->awards_max : 1);
    record_set(&act.own, FIELD_CLOSES, rule->closes);
    record_set(&act.own, FIELD_LATE, rule->late);
    record_set(&act.own, FIELD_WINDOW, rule->window);
    record_set_text(&act.own, FIELD_TALLY, rule->hidden ? TEXT("hidden") : TEXT_NONE);
    record_set(&act.own, FIELD_DAYS, rule->days);
    record_set(&act.own, FIELD_CONTRIBUTORS, rule->contributors);
    record_set(&act.own, FIELD_NEED, rule->need);
    record_set_text(&act.own, FIELD_RULE_HASH, TEXT(HASH64));
    record_set_text(&act.own, FIELD_TEXT_HASH, TEXT(HASH64));
    return scene_act(s, &act);
}

static inline bool scene_drop_tender(struct scene *s, uint64_t tender)
{
    return scene_number_act(s, ROLL_TENDER_WITHDRAW, FIELD_TENDER, tender);
}

static inline bool scene_propose(struct scene *s, uint64_t tender, uint64_t price)
{
    struct roll_act act = act_of(ROLL_PROPOSAL_SUBMIT);
    record_set(&act.own, FIELD_TENDER, tender);
    record_set(&act.own, FIELD_PRICE, price);
    record_set_text(&act.own, FIELD_TEXT_HASH, TEXT(HASH64));
    return scene_act(s, &act);
}

static inline bool scene_drop_proposal(struct scene *s, uint64_t proposal)
{
    return scene_number_act(s, ROLL_PROPOSAL_WITHDRAW, FIELD_PROPOSAL, proposal);
}

static inline bool scene_activate(struct scene *s, uint64_t proposal)
{
    return scene_number_act(s, ROLL_ACTIVATE, FIELD_PROPOSAL, proposal);
}

static inline uint64_t scene_epoch(struct scene *s, uint64_t resident)
{
    struct roll_resident row = {0};
    roll_resident(s->roll, resident_id(resident), &row);
    return row.epoch;
}

static inline struct roll_act scene_pledging(struct scene *s, enum roll_kind kind,
                                             uint64_t resident, uint64_t proposal)
{
    struct roll_act act = act_of(kind);
    uint64_t round = model_round(scene_model(s));
    act.subject = resident_id(resident);
    act.epoch = scene_epoch(s, resident);
    record_set(&act.own, FIELD_ROUND, round);
    record_set_text(&act.own, FIELD_WALLET, wallet_id(round, resident));
    record_set(&act.own, FIELD_PROPOSAL, proposal);
    return act;
}

static inline bool scene_pledge(struct scene *s, uint64_t resident, uint64_t proposal,
                                uint64_t amount)
{
    struct roll_act act = scene_pledging(s, ROLL_PLEDGE_SET, resident, proposal);
    record_set(&act.own, FIELD_AMOUNT, amount);
    return scene_act(s, &act);
}

/* From paper. */
static inline bool scene_pledge_assisted(struct scene *s, uint64_t resident, uint64_t proposal,
                                         uint64_t amount)
{
    struct roll_act act = scene_pledging(s, ROLL_PLEDGE_SET, resident, proposal);
    record_set(&act.own, FIELD_AMOUNT, amount);
    record_set_text(&act.own, FIELD_ASSISTED, TEXT("librarian"));
    return scene_act(s, &act);
}

static inline bool scene_unpledge(struct scene *s, uint64_t resident, uint64_t proposal)
{
    struct roll_act act = scene_pledging(s, ROLL_PLEDGE_WITHDRAW, resident, proposal);
    return scene_act(s, &act);
}

static inline bool scene_resident(struct scene *s, enum roll_kind kind, uint64_t resident)
{
    struct roll_act act = act_of(kind);
    uint64_t round = model_round(scene_model(s));
    act.resident = resident_id(resident);
    record_set(&act.own, FIELD_ROUND, round);
    if (round)
        record_set_text(&act.own, FIELD_WALLET, wallet_id(round, resident));
    return scene_act(s, &act);
}

static inline bool scene_settle(struct scene *s)
{
    struct roll_act act = act_of(ROLL_SETTLE);
    return scene_act(s, &act);
}

#endif
