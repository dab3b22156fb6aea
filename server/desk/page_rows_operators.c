/* page_rows_operators.c -- what who runs the house sees. */
#include "page.h"

const struct page_row pages_operators[] = {
    {0},
};

const struct form_row forms_operators[] = {
    {0},
};
