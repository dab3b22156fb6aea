/* marks.c -- which members or items of one value have been evaluated, for unevaluatedProperties and
 * -Items.
 *
 * One bit each, in the order of the instance. Up to 256 live on the stack of the check; more are
 * allocated. */
#include "judge.h"

#define WORD_BITS 64

bool marks_init(struct marks *marks, const json_t *value)
{
    size_t n = json_is_object(value) ? json_object_size(value) : json_array_size(value);
    size_t words = n / WORD_BITS + 1;
    *marks = (struct marks){.n = n};
    marks->bits = words <= MARKS_INLINE ? marks->inside : calloc(words, sizeof *marks->bits);
    return marks->bits != NULL;
}

void marks_release(struct marks *marks)
{
    if (marks->bits != marks->inside) free(marks->bits);
    marks->bits = NULL;
}

void marks_set(struct marks *marks, size_t index)
{
    if (!marks) return;
    INVARIANT(index < marks->n);
    marks->bits[index / WORD_BITS] |= UINT64_C(1) << (index % WORD_BITS);
}

void marks_set_from(struct marks *marks, size_t index)
{
    for (size_t i = index; marks && i < marks->n; i++) marks_set(marks, i);
}

bool marks_has(const struct marks *marks, size_t index)
{
    return marks->bits[index / WORD_BITS] >> (index % WORD_BITS) & 1;
}

void marks_merge(struct marks *into, const struct marks *from)
{
    INVARIANT(into->n == from->n);
    for (size_t word = 0; word < into->n / WORD_BITS + 1; word++)
        into->bits[word] |= from->bits[word];
}
