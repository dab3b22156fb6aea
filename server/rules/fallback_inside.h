/* fallback_inside.h -- what the other acts tell model_fallback.c, and ask of it. */
#ifndef GROUNDSWELL_RULES_FALLBACK_INSIDE_H
#define GROUNDSWELL_RULES_FALLBACK_INSIDE_H

#include "pledge_inside.h"

void act_fallback_next(struct model *model, const struct record *in, struct verdict *ret);

const char *steps_wrong(struct record_pairs steps); /* NULL, or why nobody may ask for them */
/* True where the pledge that the record `seq` gave (0: none) has exactly these. */
bool fallback_is(const struct model *model, uint64_t seq, struct record_pairs steps);
bool fallback_may(const struct model *model, const struct record *in, struct verdict *ret);
void fallback_keep(struct model *model, const struct pledging *pledging, uint64_t seq);
bool fallback_forget(struct model *model, uint64_t seq); /* true where there was one */
/* All of the wallet; true where there were any. */
bool fallback_forget_all(struct model *model, const struct wallet *wallet);
/* By the record just begun: what is pledged on one proposal, or on all live ones of a tender. */
void fallback_release(struct model *model, uint64_t proposal);
void fallback_release_tender(struct model *model, uint64_t tender);
void fallback_end_round(struct model *model);
bool fallback_waits(struct model *model);

#endif
