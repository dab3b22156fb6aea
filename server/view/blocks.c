/* blocks.c -- which block stands where one is named, when a page is laid into a layout.
 *
 * The outermost replacement wins: the page's, over those of a layout between. What a replacement
 * holds is itself replaced only from further out, so that a block within one of its own name
 * ends. */
#include "inside.h"

/* The block of this name inside a parent; 0: it has none. */
static uint32_t block_of(const struct blocks *blocks, struct text name)
{
    const struct node *nodes = blocks->view->nodes;
    uint32_t end = nodes[blocks->parent].end;
    for (uint32_t i = blocks->parent + 1; i < end; i = nodes[i].end)
        if (nodes[i].kind == NODE_BLOCK && text_equal(nodes[i].text, name)) return i;
    return 0;
}

const struct blocks *blocks_find(const struct blocks *blocks, struct text name, uint32_t *ret_at)
{
    const struct blocks *found = NULL;
    for (; blocks; blocks = blocks->within) {
        uint32_t at = block_of(blocks, name);
        if (!at) continue;
        found = blocks;
        *ret_at = at;
    }
    return found;
}
