/* page_rows_bodies.c -- what a commissioning body's people do, from the constitution to the
 * completed commission. */
#include "page.h"

const struct page_row pages_bodies[] = {
    {0},
};

const struct form_row forms_bodies[] = {
    {0},
};
