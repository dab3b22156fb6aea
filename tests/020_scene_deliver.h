/* 020_scene_deliver.h -- what becomes of a commission: one call an act, as in 020_scene_acts.h. */
#ifndef GROUNDSWELL_TESTS_SCENE_DELIVER_H
#define GROUNDSWELL_TESTS_SCENE_DELIVER_H

#include "020_scene_acts.h"
#include "groundswell/rules/delivery.h"

static inline bool scene_take_out(struct scene *s, uint64_t fund, uint64_t amount)
{
    struct roll_act act = act_of(ROLL_FUND_WITHDRAW);
    record_set(&act.own, FIELD_FUND, fund);
    record_set(&act.own, FIELD_AMOUNT, amount);
    return scene_act(s, &act);
}

/* Amounts by milestone as pairs from 1 on. */
static inline struct record_pairs scene_parts(const uint64_t *amounts, size_t n,
                                              uint64_t (*pairs)[2])
{
    for (size_t i = 0; i < n; i++) {
        pairs[i][0] = i + 1;
        pairs[i][1] = amounts[i];
    }
    return (struct record_pairs){(const uint64_t(*)[2])pairs, n};
}

static inline bool scene_propose_parts(struct scene *s, uint64_t tender, uint64_t price,
                                       const uint64_t *amounts, size_t n)
{
    struct roll_act act = act_of(ROLL_PROPOSAL_SUBMIT);
    uint64_t pairs[MILESTONES_MAX + 1][2];
    record_set(&act.own, FIELD_TENDER, tender);
    record_set(&act.own, FIELD_PRICE, price);
    record_set_pairs(&act.own, FIELD_MILESTONES, scene_parts(amounts, n, pairs));
    record_set_text(&act.own, FIELD_TEXT_HASH, TEXT(HASH64));
    return scene_act(s, &act);
}

static inline struct roll_act scene_delivering(enum roll_kind kind, uint64_t commission)
{
    struct roll_act act = act_of(kind);
    record_set(&act.own, FIELD_COMMISSION, commission);
    record_set_text(&act.own, FIELD_TEXT_HASH, TEXT(HASH64));
    return act;
}

static inline bool scene_sign(struct scene *s, uint64_t commission, uint64_t starts, uint64_t ends)
{
    struct roll_act act = scene_delivering(ROLL_CONTRACT_SIGN, commission);
    record_set(&act.own, FIELD_STARTS, starts);
    record_set(&act.own, FIELD_ENDS, ends);
    record_set_text(&act.own, FIELD_DOCUMENT, TEXT(HASH64));
    return scene_act(s, &act);
}

static inline bool scene_evidence(struct scene *s, uint64_t commission, uint64_t milestone,
                                  bool document)
{
    struct roll_act act = scene_delivering(ROLL_EVIDENCE_ADD, commission);
    record_set(&act.own, FIELD_MILESTONE, milestone);
    if (document)
        record_set_text(&act.own, FIELD_DOCUMENT, TEXT(HASH64));
    return scene_act(s, &act);
}

/* ROLL_MILESTONE_REPORT or ROLL_MILESTONE_ACCEPT. */
static inline bool scene_milestone(struct scene *s, enum roll_kind kind, uint64_t commission,
                                   uint64_t milestone)
{
    struct roll_act act = scene_delivering(kind, commission);
    record_set(&act.own, FIELD_MILESTONE, milestone);
    if (kind == ROLL_MILESTONE_ACCEPT)
        record_set_text(&act.own, FIELD_TEXT_HASH, TEXT_NONE);
    return scene_act(s, &act);
}

/* With the wallet of that round. */
static inline bool scene_speak(struct scene *s, enum roll_kind kind, uint64_t resident,
                               uint64_t round, uint64_t commission, uint64_t milestone)
{
    struct roll_act act = scene_delivering(kind, commission);
    act.subject = act.resident = resident_id(resident);
    act.epoch = scene_epoch(s, resident);
    record_set(&act.own, FIELD_ROUND, round);
    record_set_text(&act.own, FIELD_WALLET, wallet_id(round, resident));
    record_set(&act.own, FIELD_MILESTONE, milestone);
    if (kind == ROLL_MILESTONE_CONFIRM)
        record_set_text(&act.own, FIELD_TEXT_HASH, TEXT_NONE);
    return scene_act(s, &act);
}

static inline bool scene_pay(struct scene *s, uint64_t commission, uint64_t milestone,
                             uint64_t amount)
{
    struct roll_act act = scene_delivering(ROLL_PAYMENT_RECORD, commission);
    record_set(&act.own, FIELD_MILESTONE, milestone);
    record_set(&act.own, FIELD_AMOUNT, amount);
    return scene_act(s, &act);
}

static inline bool scene_vary(struct scene *s, uint64_t commission, const uint64_t *amounts,
                              size_t n, uint64_t ends)
{
    struct roll_act act = scene_delivering(ROLL_VARIATION_PROPOSE, commission);
    uint64_t pairs[MILESTONES_MAX + 1][2];
    record_set_pairs(&act.own, FIELD_MILESTONES, scene_parts(amounts, n, pairs));
    if (ends)
        record_set(&act.own, FIELD_ENDS, ends);
    return scene_act(s, &act);
}

static inline bool scene_variation_approve(struct scene *s, uint64_t commission, uint64_t variation)
{
    struct roll_act act = scene_delivering(ROLL_VARIATION_APPROVE, commission);
    record_set_text(&act.own, FIELD_TEXT_HASH, TEXT_NONE);
    record_set(&act.own, FIELD_VARIATION, variation);
    return scene_act(s, &act);
}

/* figure -1: none */
static inline bool scene_outcome(struct scene *s, uint64_t commission, int64_t figure)
{
    struct roll_act act = scene_delivering(ROLL_OUTCOME_REPORT, commission);
    if (figure >= 0)
        record_set(&act.own, FIELD_FIGURE, (uint64_t)figure);
    return scene_act(s, &act);
}

static inline bool scene_savings(struct scene *s, uint64_t commission, const uint64_t *amounts,
                                 size_t n)
{
    struct roll_act act = scene_delivering(ROLL_SAVINGS_NOTE, commission);
    uint64_t pairs[MILESTONES_MAX + 1][2];
    record_set_pairs(&act.own, FIELD_AGENCIES, scene_parts(amounts, n, pairs));
    return scene_act(s, &act);
}

/* ROLL_COMMISSION_COMPLETE or ROLL_COMMISSION_TERMINATE. */
static inline bool scene_finish(struct scene *s, enum roll_kind kind, uint64_t commission)
{
    struct roll_act act = scene_delivering(kind, commission);
    if (kind == ROLL_COMMISSION_COMPLETE)
        record_set_text(&act.own, FIELD_TEXT_HASH, TEXT_NONE);
    return scene_act(s, &act);
}

#endif
