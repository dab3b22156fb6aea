/* 020_scene_fallbacks.h -- pledges with steps behind them, and the keeper who takes these. */
#ifndef GROUNDSWELL_TESTS_SCENE_FALLBACKS_H
#define GROUNDSWELL_TESTS_SCENE_FALLBACKS_H

#include "020_scene_acts.h"
#include "groundswell/rules/model_fallback.h"

/* Steps end at the first 0. */
static inline bool scene_pledge_on(struct scene *s, uint64_t resident, uint64_t proposal,
                                   uint64_t amount, const uint64_t steps[STEPS_MAX])
{
    struct roll_act act = scene_pledging(s, ROLL_PLEDGE_SET, resident, proposal);
    uint64_t pairs[STEPS_MAX][2];
    size_t n = 0;
    for (; n < STEPS_MAX && steps[n]; n++) {
        pairs[n][0] = n + 1;
        pairs[n][1] = steps[n];
    }
    record_set(&act.own, FIELD_AMOUNT, amount);
    record_set_pairs(&act.own, FIELD_FALLBACK,
                     (struct record_pairs){(const uint64_t(*)[2])pairs, n});
    return scene_act(s, &act);
}

/* As the keeper. */
static inline bool scene_fallback(struct scene *s)
{
    struct roll_act act = act_of(ROLL_FALLBACK_NEXT);
    return scene_act(s, &act);
}

static inline void scene_put_fallback(void *ctx, const struct model_fallback *fallback)
{
    buf_format(ctx, "\nfallback %lu %lu %lu", fallback->seq, fallback->proposal, fallback->cause);
    for (size_t i = 0; i < fallback->steps_n; i++)
        buf_format(ctx, " %u", fallback->steps[i]);
}

#endif
