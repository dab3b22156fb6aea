/* plural.h -- the plural rule of a language. */
#ifndef GROUNDSWELL_VIEW_PLURAL_H
#define GROUNDSWELL_VIEW_PLURAL_H

#include "groundswell/base/text.h"

struct plural {
    const char *lang;
    size_t forms;
    size_t (*form)(uint64_t n);
    const char *header; /* as plural_is() compares it */
};

const struct plural *plural_of(struct text lang); /* NULL: not known */
const struct plural *plural_english(void);

/* Whether the Plural-Forms of a PO file are this rule, but for blanks and parentheses. */
bool plural_is(const struct plural *plural, struct text header);

#endif
