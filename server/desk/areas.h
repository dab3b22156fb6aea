/* areas.h -- the area codes of communities that this process has met. Areas never change after a
 * community was created, so what is remembered cannot be stale. */
#ifndef GROUNDSWELL_DESK_AREAS_H
#define GROUNDSWELL_DESK_AREAS_H

#include <stdbool.h>
#include <stdint.h>

#include "groundswell/base/text.h"

#define AREAS_SEEN_MAX 512 /* communities; the oldest is forgotten */

struct areas_seen;

struct areas_seen *areas_seen_new(void);
void areas_seen_free(struct areas_seen *seen);

/* The codes joined by ','; TEXT_NONE where this community has not been met. */
struct text areas_seen_get(struct areas_seen *seen, struct text slug);
void areas_seen_put(struct areas_seen *seen, struct text slug, struct text codes);

/* The index of a code among codes joined by ','. */
bool area_index(struct text codes, struct text code, uint64_t *ret);

#endif
