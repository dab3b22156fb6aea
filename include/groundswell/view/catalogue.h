/* catalogue.h -- texts in a language: a PO file (GNU gettext manual, "The Format of PO Files"),
 * read at start.
 *
 * A message without a translation, or marked fuzzy, is said as it stands in the template. */
#ifndef GROUNDSWELL_VIEW_CATALOGUE_H
#define GROUNDSWELL_VIEW_CATALOGUE_H

#include "groundswell/base/fault.h"
#include "groundswell/base/text.h"

struct catalogue;

#define CATALOGUE_PLURALS_MAX 6 /* Welsh has six */

/* `lang` is one of catalogue_langs; the bytes are copied. FAULT_FORMAT with a line in the log: not
 * a PO file, or its Plural-Forms are not those of the language. */
enum fault catalogue_read(struct text lang, struct text po, struct catalogue **ret) MUST_CHECK;
void catalogue_free(struct catalogue *catalogue); /* NULL accepted */

/* The languages whose plural rules are known (Unicode CLDR, "Language Plural Rules"): en, cy. */
extern const char *const catalogue_langs[]; /* ends with NULL */

/* What the message is in this language; the message itself where it is not translated, or where
 * `catalogue` is NULL. Borrows. */
struct text catalogue_say(const struct catalogue *catalogue, struct text message);
/* The form numbered `form` of a plural message (`one` is its id); TEXT_NONE: not translated. */
struct text catalogue_say_form(const struct catalogue *catalogue, struct text one, size_t form);

/* Which form `n` takes, and how many forms there are; English where `catalogue` is NULL. */
size_t catalogue_form(const struct catalogue *catalogue, uint64_t n);
size_t catalogue_forms(const struct catalogue *catalogue);

#endif
