/* window_inside.h -- how long a rule must hold, and the brake: the moves of model_window.c. */
#ifndef GROUNDSWELL_RULES_WINDOW_INSIDE_H
#define GROUNDSWELL_RULES_WINDOW_INSIDE_H

#include "inside.h"

void act_tender_paused(struct model *model, const struct record *in, struct verdict *ret);
void act_tender_resumed(struct model *model, const struct record *in, struct verdict *ret);

void window_begin(struct model *model, uint64_t proposal, uint64_t since, struct why why,
                  struct verdict *ret);
void window_forget(struct model *model, uint64_t tender); /* what is kept, but for the mark */
/* The critical proposal no longer meets the rule: the tender is open, or another's turn. */
void window_broken(struct model *model, uint64_t tender, uint64_t cause, struct verdict *ret);
void window_end(struct model *model, uint64_t tender, uint64_t due, struct verdict *ret);
void pause_forget(struct model *model, uint64_t tender);
void pause_end(struct model *model, uint64_t tender, uint64_t due, struct verdict *ret);

#endif
