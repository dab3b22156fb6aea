/* mass_inside.h -- the critical mass, and who waits for money: the moves of model_activate.c. */
#ifndef GROUNDSWELL_RULES_MASS_INSIDE_H
#define GROUNDSWELL_RULES_MASS_INSIDE_H

#include "inside.h"

void act_activate(struct model *model, const struct record *in, struct verdict *ret);

void ready_enter(struct model *model, uint64_t proposal, uint64_t seq);
void ready_leave(struct model *model, uint64_t proposal);
void ready_leave_tender(struct model *model, uint64_t tender);
void ready_clear(struct model *model);
void qualifying(const struct model *model, struct verdict *ret);
/* After a change by the record `seq`: activates (where it may), or enters or leaves `ready`. */
void mass_judge(struct model *model, uint64_t proposal, uint64_t seq, bool may_activate,
                struct verdict *ret);
bool mass_is_met(const struct model *model, uint64_t proposal); /* headroom may lack */
void activate(struct model *model, uint64_t proposal, struct why why, struct verdict *ret);

#endif
