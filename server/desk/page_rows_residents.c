/* page_rows_residents.c -- what a resident does: a pledge, and the budget that it comes from. */
#include "page.h"

#define COMMUNITY {"community", "/v1/communities/{community}", ASK_MUST}
#define WALLET {"wallet", "/v1/communities/{community}/wallet", ASK_MUST}
#define PROPOSAL {"proposal", "/v1/proposals/{community}.p{n}", ASK_MUST}
#define OWN_PLEDGE {"mine", "/v1/proposals/{community}.p{n}/pledge", ASK_MUST}
#define PLEDGE "/c/:community/proposals/:n/pledge"
#define BUDGET "/c/:community/budget"

const struct page_row pages_residents[] = {
    {.name = "budget", .pattern = BUDGET, .flags = PAGE_SIGNED, .asks = {COMMUNITY, WALLET}},
    {.name = "pledge", .pattern = PLEDGE, .flags = PAGE_SIGNED,
     .asks = {COMMUNITY, PROPOSAL, WALLET, OWN_PLEDGE}},
    {0},
};

const struct form_row forms_residents[] = {
    {.name = "pledge_form", .pattern = PLEDGE, .method = METHOD_PUT,
     .path = "/v1/proposals/{community}.p{n}/pledge", .page = PLEDGE,
     .then = "{root}/c/{community}/budget?done=pledged", .field = "amount"},
    {.name = "pledge_withdraw_form", .pattern = PLEDGE "/withdraw", .method = METHOD_DELETE,
     .path = "/v1/proposals/{community}.p{n}/pledge", .page = PLEDGE,
     .then = "{root}/c/{community}/budget?done=withdrawn"},
    {0},
};
