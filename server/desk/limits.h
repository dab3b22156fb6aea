/* limits.h -- how much one address, one person may ask. */
#ifndef GROUNDSWELL_DESK_LIMITS_H
#define GROUNDSWELL_DESK_LIMITS_H

#include <stdbool.h>
#include <stdint.h>

#include "groundswell/desk/desk.h"

struct errand;
struct limits;
struct visit;

struct limits *limits_new(const struct desk_limits *plan); /* NULL: no memory */
void limits_free(struct limits *limits);                   /* NULL accepted */

/* Each takes one of what is left; false: it was too much, and the visit is answered 429. */
bool limits_address(struct visit *visit, struct limits *limits, const uint8_t address[static 16]);
bool limits_person(struct visit *visit, struct limits *limits, const struct errand *errand);

#endif
