/* shape_inside.h -- proposals as they take shape: what model_tender.c and model_shape.c do for one
 * another, and for roll_shape.c. */
#ifndef GROUNDSWELL_RULES_SHAPE_INSIDE_H
#define GROUNDSWELL_RULES_SHAPE_INSIDE_H

#include "inside.h"

void act_proposal_judged(struct model *model, const struct record *in, struct verdict *ret);
void act_proposal_amended(struct model *model, const struct record *in, struct verdict *ret);
void act_proposals_merged(struct model *model, const struct record *in, struct verdict *ret);

/* ---- model_tender.c ---- */
/* The proposal, where it is there, else refuses and gives NULL; whether it is in the running, else
 * refuses. */
struct proposal *proposal_for(const struct model *model, uint64_t number, struct verdict *ret);
bool proposal_remains(const struct proposal *proposal, struct verdict *ret);
void proposal_leave(struct model *model, uint64_t number); /* its tender; nothing is held on it */
/* Whether the tender has not ended, the price and its milestones are good; else refuse. */
bool tender_goes_on(const struct model *model, const struct tender *tender, struct verdict *ret);
bool price_is_good(const struct tender *tender, const struct record *in, struct verdict *ret);
/* What it asks to be paid when. */
void milestones_keep(struct proposal *proposal, struct record_pairs milestones);

/* ---- model_shape.c ---- */
/* Of a tender that is to open: true where none of its proposals waits for the body's judgement;
 * else refuses. */
bool proposals_are_judged(const struct model *model, const struct tender *tender,
                          struct verdict *ret);
/* What stands before and behind the check that only roll.c can make, who the proposers are: both
 * are there and belong together; nothing bars a change of either. Else refuse. */
bool proposals_are_together(const struct model *model, const struct record *in,
                            struct verdict *ret);
bool proposals_may_merge(const struct model *model, const struct record *in, struct verdict *ret);

#endif
