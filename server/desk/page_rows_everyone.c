/* page_rows_everyone.c -- pages for who only looks. */
#include "page.h"

#define COMMUNITY {"community", "/v1/communities/{community}", ASK_MUST}

const struct page_row pages_everyone[] = {
    {.name = "home", .pattern = "/", .flags = PAGE_KEPT,
     .asks = {{"communities", "/v1/communities?limit=50", ASK_MUST}}},
    {.name = "community", .pattern = "/c/:community", .flags = PAGE_KEPT,
     .asks = {COMMUNITY,
              {"totals", "/v1/communities/{community}/totals", ASK_MUST},
              {"tenders", "/v1/communities/{community}/tenders?limit=50", ASK_MUST},
              {"commissions", "/v1/communities/{community}/commissions?limit=50", ASK_MUST}}},
    {.name = "tender", .pattern = "/c/:community/tenders/:n", .flags = PAGE_KEPT,
     .asks = {COMMUNITY,
              {"tender", "/v1/tenders/{community}.t{n}", ASK_MUST},
              {"proposals", "/v1/tenders/{community}.t{n}/proposals?limit=128", ASK_MUST},
              {"summaries", "/v1/tenders/{community}.t{n}/summaries?limit=5", ASK_MAY}}},
    {.name = "proposal", .pattern = "/c/:community/proposals/:n", .flags = PAGE_KEPT,
     .asks = {COMMUNITY,
              {"proposal", "/v1/proposals/{community}.p{n}", ASK_MUST},
              {"tender", "/v1/tenders/{proposal.tender}", ASK_MUST},
              {"mine", "/v1/proposals/{community}.p{n}/pledge", ASK_MINE}}},
    {0},
};
