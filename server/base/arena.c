/* arena.c -- bump allocation out of a chain of blocks.
 *
 * Blocks double from BLOCK_LEAST to BLOCK_MOST. What is larger than a quarter of BLOCK_MOST gets a
 * block of its own, chained behind the head, so that the head goes on being filled. */
#include "groundswell/base/arena.h"

#include <stdarg.h>
#include <stdint.h>

#define BLOCK_LEAST ((size_t)4096)
#define BLOCK_MOST ((size_t)65536)
#define ALIGN (_Alignof(max_align_t))

struct arena_block {
    struct arena_block *next;
    size_t size, used; /* of data */
    _Alignas(max_align_t) unsigned char data[];
};

void arena_init(struct arena *arena, size_t max)
{
    *arena = (struct arena){.max = max};
}

static void blocks_free(struct arena_block *block)
{
    while (block) {
        struct arena_block *next = block->next;
        free(block);
        block = next;
    }
}

void arena_release(struct arena *arena)
{
    if (!arena)
        return;
    blocks_free(arena->head);
    *arena = (struct arena){.max = arena->max};
}

void arena_reset(struct arena *arena)
{
    arena->used = 0;
    struct arena_block *head = arena->head;
    if (!head)
        return;
    blocks_free(head->next);
    head->next = NULL;
    head->used = 0;
    if (head->size > BLOCK_MOST) {
        free(head);
        arena->head = NULL;
    }
}

static struct arena_block *block_new(size_t size)
{
    struct arena_block *block = malloc(sizeof *block + size);
    if (block)
        *block = (struct arena_block){.size = size};
    return block;
}

/* A block with room for size bytes: a new head, or one of its own behind the head. */
static struct arena_block *block_for(struct arena *arena, size_t size)
{
    struct arena_block *head = arena->head;
    bool alone = size > BLOCK_MOST / 4;
    size_t regular = head ? head->size * 2 : BLOCK_LEAST;
    if (regular > BLOCK_MOST)
        regular = BLOCK_MOST;
    while (regular < size && regular < BLOCK_MOST)
        regular *= 2;
    struct arena_block *block = block_new(alone ? size : regular);
    if (!block)
        return NULL;
    if (alone && head) {
        block->next = head->next;
        head->next = block;
    } else {
        block->next = head;
        arena->head = block;
    }
    return block;
}

/* As arena_alloc, not zeroed. */
static void *take(struct arena *arena, size_t size)
{
    if (size > SIZE_MAX - ALIGN)
        return NULL;
    size_t rounded = (size + ALIGN - 1) & ~(ALIGN - 1);
    if (rounded == 0)
        rounded = ALIGN;
    if (rounded > arena->max - arena->used)
        return NULL;
    struct arena_block *block = arena->head;
    if (!block || rounded > block->size - block->used)
        block = block_for(arena, rounded);
    if (!block)
        return NULL;
    void *at = block->data + block->used;
    block->used += rounded;
    arena->used += rounded;
    return at;
}

void *arena_alloc(struct arena *arena, size_t size)
{
    void *at = take(arena, size);
    return at ? memset(at, 0, size) : NULL;
}

struct text arena_text(struct arena *arena, struct text from)
{
    char *at = from.n < SIZE_MAX ? take(arena, from.n + 1) : NULL;
    if (!at)
        return TEXT_NONE;
    if (from.n)
        memcpy(at, from.at, from.n);
    at[from.n] = '\0';
    return (struct text){at, from.n};
}

char *arena_format(struct arena *arena, const char *format, ...)
{
    va_list args, again;
    va_start(args, format);
    va_copy(again, args);
    int wanted = vsnprintf(NULL, 0, format, args);
    char *at = wanted < 0 ? NULL : take(arena, (size_t)wanted + 1);
    if (at)
        vsnprintf(at, (size_t)wanted + 1, format, again);
    va_end(again);
    va_end(args);
    return at;
}
