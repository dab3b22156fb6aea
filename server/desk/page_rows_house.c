/* page_rows_house.c -- what the house says of itself: statements that the law or good manners ask
 * for, filled from its settings. */
#include "page.h"

const struct page_row pages_house[] = {
    {.name = "accessibility", .pattern = "/accessibility", .flags = PAGE_KEPT},
    {.name = "privacy", .pattern = "/privacy", .flags = PAGE_KEPT},
    {.name = "cookies", .pattern = "/cookies", .flags = PAGE_KEPT},
    {.name = "terms", .pattern = "/terms", .flags = PAGE_KEPT},
    {0},
};
