/* answer.h -- what Redis said, as a tree that can only be read.
 *
 * An answer is valid during the callback that receives it and no longer: copy what must stay
 * (arena_text). It is a view over the reply itself, so reading costs nothing and copies nothing.
 * Every accessor accepts NULL and the wrong kind, and then says "nothing": a reader checks what it
 * needs at the end, not the shape at every step. */
#ifndef GROUNDSWELL_STORE_ANSWER_H
#define GROUNDSWELL_STORE_ANSWER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "groundswell/base/text.h"

struct answer;

enum answer_kind { ANSWER_NIL, ANSWER_NUMBER, ANSWER_TEXT, ANSWER_LIST, ANSWER_ERROR };

enum answer_kind answer_kind(const struct answer *answer); /* NULL is ANSWER_NIL */

/* Of TEXT (bulk and status replies alike) and ERROR; else TEXT_NONE. */
struct text answer_text(const struct answer *answer);

/* Of a NUMBER, or of a TEXT in strict decimal (text_to_u64): Redis hands hash values back as text.
 * False where it is neither, negative, or above max. */
bool answer_u64(const struct answer *answer, uint64_t max, uint64_t *ret);

size_t answer_count(const struct answer *list); /* 0 for whatever is not a LIST */
const struct answer *answer_at(const struct answer *list, size_t i); /* NULL outside */

/* The value behind `name` in a flat list name, value, name, value (HGETALL, the fields of a stream
 * entry); NULL where there is none. Linear. */
const struct answer *answer_field(const struct answer *pairs, const char *name);

/* The first word of an ERROR ("OOM", "NOSCRIPT", "ERR"); TEXT_NONE for anything else. */
struct text answer_error_word(const struct answer *answer);
/* True for an ERROR whose text starts so: answer_is_error(a, "ERR Function not found"). */
bool answer_is_error(const struct answer *answer, const char *start);

#endif
