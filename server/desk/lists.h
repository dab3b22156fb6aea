/* lists.h -- what lists are asked with: orders and filters. */
#ifndef GROUNDSWELL_DESK_LISTS_H
#define GROUNDSWELL_DESK_LISTS_H

#include "groundswell/base/text.h"
#include "groundswell/http/visit.h"

/* One of the words, divided by blanks, that ?name= may have; "" where absent. False: the visit is
 * answered, with the words that there are. */
bool query_word(struct visit *visit, const char *name, const char *words, struct text *ret);

/* ?name= that names a body or a theme; "" where absent. False: the visit is answered. */
bool query_name(struct visit *visit, const char *name, struct text *ret);

#endif
