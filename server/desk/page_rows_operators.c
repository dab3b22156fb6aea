/* page_rows_operators.c -- what who runs the house sees. */
#include "page.h"

const struct page_row pages_operators[] = {
    {.name = "operator", .pattern = "/operator", .flags = PAGE_SIGNED,
     .template = "operators/house",
     .asks = {{"orgs", "/v1/organisations?limit=100", ASK_MUST}, {"ready", "/readyz", ASK_MAY}}},
    {0},
};

const struct form_row forms_operators[] = {
    {.name = "org_form", .pattern = "/operator", .method = METHOD_POST, .path = "/v1/organisations",
     .page = "/operator", .then = "{root}/operator?done={answer.done}", .field = "org"},
    {0},
};
