/* model_fallback.h -- what waits behind the pledges of a model, to be looked at. */
#ifndef GROUNDSWELL_RULES_MODEL_FALLBACK_H
#define GROUNDSWELL_RULES_MODEL_FALLBACK_H

#include "groundswell/rules/model.h"

/* Steps that wait behind the pledge which the record `seq` gave. */
struct model_fallback {
    uint64_t seq, proposal, cause; /* cause: what released it, 0 where it is held */
    uint8_t wallet[16];
    uint32_t steps[STEPS_MAX];
    size_t steps_n;
};

bool model_fallback(const struct model *model, uint64_t seq, struct model_fallback *ret);
/* Visits what waits behind pledges, in the order of their seq; of the open round alone. */
void model_fallbacks_each(const struct model *model,
                          void (*each)(void *ctx, const struct model_fallback *fallback),
                          void *ctx);

#endif
