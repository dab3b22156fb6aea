/* page_rows_trusts.c -- what a trust's officers see and do: the watch. */
#include "page.h"

const struct page_row pages_trusts[] = {
    {0},
};

const struct form_row forms_trusts[] = {
    {0},
};
