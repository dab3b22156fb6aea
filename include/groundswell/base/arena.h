/* arena.h -- memory that is born together and dies together; a request's, mostly. */
#ifndef GROUNDSWELL_BASE_ARENA_H
#define GROUNDSWELL_BASE_ARENA_H

#include <stddef.h>

#include "groundswell/base/fault.h"
#include "groundswell/base/text.h"

struct arena_block;
struct arena {
    struct arena_block *head;
    size_t used, max; /* bytes handed out; bound on them */
};

void arena_init(struct arena *arena, size_t max);
void arena_release(struct arena *arena); /* frees everything; usable again after arena_init */
void arena_reset(struct arena *arena);   /* forgets everything, keeps one block for reuse */

/* Zeroed, aligned for any type. NULL when the bound is reached or the system is out of memory. */
void *arena_alloc(struct arena *arena, size_t size);

/* Copies; the copy is NUL-terminated (the NUL is not counted). {NULL, 0} at the bound. */
struct text arena_text(struct arena *arena, struct text from);
char *arena_format(struct arena *arena, const char *format, ...) PRINTF_LIKE(2, 3);

#endif
