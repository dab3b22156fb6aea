/* page_turn.c -- how many pages are made at once. A page asks up to a dozen rows at a time, each a
 * visit of its own: without a bound, a hundred pages would take the visits that everybody else
 * needs. Who comes beyond it waits for their turn, in the order in which they came. */
#include "page_inside.h"

#include "groundswell/base/log.h"
#include "groundswell/io/loop.h"

#define AT_ONCE 48 /* x PAGE_ASKS_MAX: more than half of the visits that a server has by default */

static void begin(struct desk *desk, struct sheet *page)
{
    desk->pages_open++;
    page->counted = true;
    page->begin(page);
}

static void begin_next(void *ctx)
{
    struct desk *desk = ctx;
    while (desk->pages_waiting && desk->pages_open < AT_ONCE) {
        struct sheet *page = desk->pages_waiting;
        desk->pages_waiting = page->next;
        if (!desk->pages_waiting) desk->pages_last = NULL;
        begin(desk, page);
    }
}

void page_turn(struct sheet *page, void (*begin_page)(struct sheet *page))
{
    struct desk *desk = errand_of(page->visit)->desk;
    page->begin = begin_page;
    if (desk->pages_open < AT_ONCE && !desk->pages_waiting) {
        begin(desk, page);
        return;
    }
    page->next = NULL;
    if (desk->pages_last) desk->pages_last->next = page;
    else desk->pages_waiting = page;
    desk->pages_last = page;
}

void page_turn_over(struct sheet *page)
{
    struct desk *desk = errand_of(page->visit)->desk;
    if (!page->counted) return;
    page->counted = false;
    desk->pages_open--;
    if (desk->pages_waiting && loop_later(desk->loop, begin_next, desk))
        log_error("desk", "no memory for the next page");
}
