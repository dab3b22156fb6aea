/* page_kind.h -- how a kind of field is read from what was typed. */
#ifndef GROUNDSWELL_DESK_PAGE_KIND_H
#define GROUNDSWELL_DESK_PAGE_KIND_H

#include "page_inside.h"

/* The value that `typed` means as that kind ("" is a text). NULL with *ret_wrong: a sentence that
 * says what to type. `all`: everything that was typed, for kinds of several fields. Whoever calls
 * owns the value. */
json_t *page_kind_read(struct sheet *page, struct text kind, struct text name, const json_t *all,
                       struct text typed, const char **ret_wrong);
bool page_kind_is_list(struct text kind); /* several fields of one name are a list */

#endif
