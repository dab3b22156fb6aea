/* text.h -- gathers the free texts of a body into the one JSON that is stored beside the ledger and
 * hashed. */
#ifndef GROUNDSWELL_DESK_TEXT_H
#define GROUNDSWELL_DESK_TEXT_H

#include <jansson.h>

#include "groundswell/http/visit.h"

/* {"title": ..., "need": ...} of those members that the body has, in the order of `names`
 * (NULL-terminated); in the visit's arena. {"", 0} where it has none. TEXT_NONE at the arena's
 * bound. */
struct text words_gather(struct visit *visit, const json_t *body, const char *const *names);

#endif
