/* 024_steps_deliver.h -- one random act on a commission after another: mostly the one that its
 * state asks for, at times any. */
#ifndef GROUNDSWELL_TESTS_STEPS_DELIVER_H
#define GROUNDSWELL_TESTS_STEPS_DELIVER_H

#include "020_scene_deliver.h"

/* Cuts a price into 1 to 4 parts of at least 1; returns how many. */
static inline size_t step_parts(struct scene *s, uint64_t price, uint64_t *ret_amounts)
{
    size_t n = 1 + scene_random(s, price < 4 ? price : 4);
    for (size_t i = 0; i + 1 < n; i++) {
        ret_amounts[i] = 1 + scene_random(s, (price - (n - i - 1)) / 2 + 1);
        if (ret_amounts[i] > price - (n - i - 1))
            ret_amounts[i] = price - (n - i - 1);
        price -= ret_amounts[i];
    }
    ret_amounts[n - 1] = price;
    return n;
}

static inline bool step_propose_parts(struct scene *s, uint64_t tender, uint64_t price)
{
    uint64_t amounts[MILESTONES_MAX];
    size_t n = step_parts(s, price, amounts);
    return scene_propose_parts(s, tender, scene_random(s, 12) ? price : price + 1, amounts, n);
}

/* Mostly one of the last few. */
static inline uint64_t step_commission(struct scene *s)
{
    static uint64_t list[1 << 16];
    size_t n = model_commissions(scene_model(s), list, sizeof list / sizeof *list);
    if (n == 0 || scene_random(s, 40) == 0)
        return scene_random(s, model_proposals(scene_model(s)) + 3);
    uint64_t picked = 0;
    for (int i = 0; i < 5; i++) { /* one that is on its way, where soon found */
        picked = list[n - 1 - scene_random(s, scene_random(s, 6) && n > 6 ? 6 : n)];
        if (strchr("acd", model_delivery(scene_model(s), picked)->mark))
            break;
    }
    return picked;
}

static inline bool step_pay(struct scene *s, const struct delivery *d, uint64_t c, uint64_t k)
{
    uint64_t unpaid = d->milestones[k - 1].amount - d->milestones[k - 1].paid;
    switch (scene_random(s, 6)) {
    case 0:
        return scene_pay(s, c, k, unpaid + 1);
    case 1:
    case 2:
        return scene_pay(s, c, k, 1 + scene_random(s, unpaid ? unpaid : 1));
    default:
        return scene_pay(s, c, k, unpaid ? unpaid : 1);
    }
}

/* Moves something between two milestones, and the end at times. */
static inline bool step_vary(struct scene *s, const struct delivery *d, uint64_t c)
{
    uint64_t amounts[MILESTONES_MAX];
    uint64_t ends = scene_random(s, 3) ? 0 : d->starts + scene_random(s, 99);
    size_t from = scene_random(s, d->milestones_n), to = scene_random(s, d->milestones_n);
    for (size_t i = 0; i < d->milestones_n; i++)
        amounts[i] = d->milestones[i].amount;
    uint64_t most = d->price / (scene_random(s, 4) ? 12 : 4), part = 1 + scene_random(s, most + 1);
    if (part < amounts[from]) {
        amounts[from] -= part;
        amounts[to] += part;
    }
    if (scene_random(s, 15) == 0)
        amounts[to]++;
    size_t n = scene_random(s, 15) || d->milestones_n == 1 ? d->milestones_n : d->milestones_n - 1;
    return scene_vary(s, c, amounts, n, ends);
}

static inline bool step_speak(struct scene *s, const struct delivery *d, uint64_t c, uint64_t k)
{
    enum roll_kind kind =
        scene_random(s, 3) ? ROLL_MILESTONE_CONFIRM : ROLL_MILESTONE_DISPUTE;
    uint64_t resident = scene_random(s, 60), round = d->round;
    for (int i = 0; i < 20 && scene_random(s, 12); i++) { /* mostly one who pledged */
        struct model_wallet wallet;
        bool pledged = false;
        if (model_wallet(scene_model(s), round, wallet_id(round, resident), &wallet))
            for (size_t e = 0; e < wallet.entries_n; e++)
                pledged = pledged || wallet.entries[e].proposal == c;
        if (pledged)
            break;
        resident = scene_random(s, 60);
    }
    return scene_speak(s, kind, resident, scene_random(s, 20) ? round : round + 1, c, k);
}

static inline bool step_any(struct scene *s, const struct delivery *d, uint64_t c, uint64_t k)
{
    uint64_t amounts[2] = {1 + scene_random(s, 900), 1 + scene_random(s, 900)};
    switch (scene_random(s, 12)) {
    case 0:
        return scene_sign(s, c, s->now + 1, s->now + scene_random(s, 900));
    case 1:
        return scene_evidence(s, c, k, scene_random(s, 2));
    case 2:
        return scene_milestone(s, ROLL_MILESTONE_REPORT, c, k);
    case 3:
        return scene_milestone(s, ROLL_MILESTONE_ACCEPT, c, k);
    case 4:
        return scene_pay(s, c, k, 1 + scene_random(s, 50));
    case 5:
    case 6:
        return scene_variation_approve(s, c, 1 + scene_random(s, d ? d->variations_n + 1 : 2));
    case 7:
        return scene_outcome(s, c, scene_random(s, 2) ? (int64_t)scene_random(s, 500) : -1);
    case 8:
        return scene_savings(s, c, amounts, 1 + scene_random(s, 2));
    case 9:
        return scene_finish(s, ROLL_COMMISSION_COMPLETE, c);
    case 10:
        return scene_random(s, 3) ? scene_evidence(s, c, k, false)
                                  : scene_finish(s, ROLL_COMMISSION_TERMINATE, c);
    default:
        return d ? step_vary(s, d, c) : scene_variation_approve(s, c, 1);
    }
}

static inline bool step_deliver(struct scene *s)
{
    uint64_t c = step_commission(s);
    const struct delivery *d = model_delivery(scene_model(s), c);
    uint64_t k = d ? 1 + scene_random(s, d->milestones_n) : 1;
    if (!d || scene_random(s, 4) == 0)
        return step_any(s, d, c, scene_random(s, 20) ? k : d ? d->milestones_n + 1 : 0);
    if (d->mark == 'a')
        return scene_sign(s, c, s->now + 1, s->now + 1 + scene_random(s, 900));
    if (d->mark != 'c' && d->mark != 'd')
        return step_any(s, d, c, k);
    if (delivery_unpaid(d) == 0)
        return scene_finish(s, ROLL_COMMISSION_COMPLETE, c);
    for (int i = 0; i < 4 && d->milestones[k - 1].mark == 'y'; i++)
        k = 1 + scene_random(s, d->milestones_n);
    switch (d->milestones[k - 1].mark) {
    case 'p':
        if (d->variations_n && scene_random(s, 3) == 0)
            return scene_variation_approve(s, c, d->variations_n);
        return scene_random(s, 3) ? scene_milestone(s, ROLL_MILESTONE_REPORT, c, k)
                                  : step_vary(s, d, c);
    case 'r':
        return scene_random(s, 3) ? step_speak(s, d, c, k)
                                  : scene_milestone(s, ROLL_MILESTONE_ACCEPT, c, k);
    default:
        return step_pay(s, d, c, k);
    }
}

#endif
