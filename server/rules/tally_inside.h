/* tally_inside.h -- what the acts do where a tally is hidden (model_tally.c). */
#ifndef GROUNDSWELL_RULES_TALLY_INSIDE_H
#define GROUNDSWELL_RULES_TALLY_INSIDE_H

#include "inside.h"

/* Of a tender whose tally is hidden, at its opening; or it refuses. */
bool tally_may_begin(const struct model *model, const struct tender *tender,
                     const struct record *in, struct verdict *ret);
void tally_begin(struct tender *tender, const struct record *in, struct record *record);
/* Where its tally is hidden: the record that tells the key, behind the one that decided or ended
 * it; the mark is the caller's to change. */
void tally_disclose(struct model *model, uint64_t tender, struct verdict *ret);
void tally_disclose_all(struct model *model, struct verdict *ret); /* the round is closed */

void act_sealed(struct model *model, const struct record *in, struct verdict *ret);

#endif
