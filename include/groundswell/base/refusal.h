/* refusal.h -- the "no" that is a normal answer to a person: a code, an HTTP status and a plain
 * sentence.
 *
 * The list is schemas/refusals.json; a new refusal is a new row there, and the build writes the
 * enum's members. */
#ifndef GROUNDSWELL_BASE_REFUSAL_H
#define GROUNDSWELL_BASE_REFUSAL_H

#include <stddef.h>

#include "groundswell/base/buf.h"
#include "groundswell/base/refusal_list.h"
#include "groundswell/base/text.h"

#define REFUSAL_MEMBER(name, code, status, sentence) REFUSAL_##name,
enum refusal { REFUSAL_NONE, REFUSALS(REFUSAL_MEMBER) REFUSAL_N };
#undef REFUSAL_MEMBER

/* What fills a placeholder of the sentence: {"short", TEXT("12.50")} fills "{short}". Borrowed. */
struct refusal_word {
    const char *name;
    struct text value;
};

/* All for a refusal of the list; static storage. REFUSAL_NONE gives "none", 200, "". */
const char *refusal_code(enum refusal refusal);
int refusal_status(enum refusal refusal);
const char *refusal_sentence(enum refusal refusal); /* with its {placeholders} */

/* REFUSAL_NONE where the list has no such code. */
enum refusal refusal_from_code(struct text code);

/* Appends the sentence with its placeholders filled. One that `words` leaves out is a gap in our
 * own code, not a reason to leave a person without an answer: it is written as "?" and logged as an
 * error. */
void refusal_say(struct buf *out, enum refusal refusal, const struct refusal_word *words, size_t n);

#endif
