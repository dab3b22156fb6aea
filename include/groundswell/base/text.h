/* text.h -- a borrowed run of bytes: where it starts and how long it is. Never owns, never
 * NUL-dependent. */
#ifndef GROUNDSWELL_BASE_TEXT_H
#define GROUNDSWELL_BASE_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct text {
    const char *at;
    size_t n;
};

#define TEXT(literal) ((struct text){(literal), sizeof(literal) - 1})
#define TEXT_NONE ((struct text){NULL, 0})

/* For printf: "%.*s", TEXT_ARGS(t). */
#define TEXT_ARGS(t) (int)(t).n, ((t).at ? (t).at : "")

struct text text_of(const char *cstr); /* NULL gives TEXT_NONE */
bool text_equal(struct text a, struct text b);
bool text_is(struct text a, const char *cstr);
bool text_equal_nocase(struct text a, struct text b); /* ASCII only */
bool text_starts(struct text a, struct text prefix);
int text_compare(struct text a, struct text b);
struct text text_trim(struct text a); /* ASCII blanks, tabs, CR, LF at both ends */

/* Cuts *rest at the first `separator`: returns what stands before it and moves *rest behind it.
 * Without one, returns all and leaves *rest as TEXT_NONE (at == NULL), which ends a loop over
 * fields. */
struct text text_cut(struct text *rest, char separator);

/* Strict decimal: digits only, no sign, no blank, no leading zero but "0" itself, value <= max. */
bool text_to_u64(struct text a, uint64_t max, uint64_t *ret_value);

/* True when the bytes are well-formed UTF-8 without NUL and without C0 controls but LF and TAB. */
bool text_is_clean_utf8(struct text a);

/* Number of code points of well-formed UTF-8. */
size_t text_code_points(struct text a);

#endif
