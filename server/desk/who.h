/* who.h -- who comes. */
#ifndef GROUNDSWELL_DESK_WHO_H
#define GROUNDSWELL_DESK_WHO_H

#include <stdbool.h>

struct errand;
struct visit;

/* Fills who, session and person of the errand by what was shown, and judges whether that one may
 * use this row for the place of its path. False: the visit is answered. */
bool who_decide(struct visit *visit, struct errand *errand);

#endif
