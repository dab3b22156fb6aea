/* page_rows_trusts.c -- what a trust's officers see and do: the watch, alerts, and its
 * work on one community. */
#include "page_fill_trusts.h"

#define TRUST "/v1/trusts/{trust}"
#define C "/v1/communities/{community}"
#define COMMUNITY {"community", C, ASK_MUST}
#define WORK "/c/:community/trust"
#define WORK_AGAIN "{root}/c/{community}/trust?done={answer.done}"
#define ALERTS "/trusts/:trust/alerts"
#define ALERTS_AGAIN "{root}/trusts/{trust}/alerts?done="

const struct page_row pages_trusts[] = {
    {.name = "watch", .pattern = "/trusts/:trust", .flags = PAGE_SIGNED, .template = "trusts/watch",
     .fill = fill_watch, .shape = WATCH_SHAPE,
     .asks = {{"watch", TRUST "/watch?limit=200[&sort={?sort}][&filter={?filter}][&q={?q}]",
               ASK_MUST},
              {"raised", TRUST "/raised", ASK_MAY}}},
    {.name = "watched", .pattern = "/trusts/:trust/communities/:community", .flags = PAGE_SIGNED,
     .template = "trusts/watched", .fill = fill_watched, .shape = WATCHED_SHAPE,
     .asks = {{"community", "/v1/communities/{community}", ASK_MUST},
              {"watch", TRUST "/watch?limit=200&q={community}", ASK_MUST},
              {"trend", "/v1/communities/{community}/trend?days=90", ASK_MAY}}},
    {.name = "alerts", .pattern = ALERTS, .flags = PAGE_SIGNED, .template = "trusts/alerts",
     .fill = fill_alerts, .shape = ALERTS_SHAPE,
     .asks = {{"alerts", TRUST "/alerts", ASK_MUST},
              {"raised", TRUST "/raised", ASK_MAY},
              {"webhooks", TRUST "/webhooks", ASK_MAY},
              {"deliveries", TRUST "/deliveries", ASK_MAY}}},
    {.name = "trust_work", .pattern = WORK, .flags = PAGE_SIGNED, .template = "trusts/work",
     .asks = {COMMUNITY,
              {"approvals", C "/approvals", ASK_MUST},
              {"totals", C "/totals", ASK_MAY},
              {"funds", C "/funds", ASK_MAY},
              {"review", C "/review", ASK_MAY},
              {"anomalies", C "/anomalies", ASK_MAY},
              {"assisted", C "/assisted", ASK_MAY}}},
    {.name = "trust_fund", .pattern = WORK "/funds/:n", .flags = PAGE_SIGNED,
     .template = "trusts/fund", .fill = fill_fund, .shape = FUND_SHAPE,
     .asks = {COMMUNITY, {"funds", C "/funds", ASK_MUST}}},
    {.name = "trust_round", .pattern = WORK "/round", .flags = PAGE_SIGNED,
     .template = "trusts/round",
     .asks = {COMMUNITY, {"totals", C "/totals", ASK_MUST}}},
    {.name = "trust_codes", .pattern = WORK "/codes", .flags = PAGE_SIGNED,
     .template = "trusts/codes",
     .asks = {COMMUNITY, {"codes", C "/codes?limit=50[&after={?after}]", ASK_MUST}}},
    {.name = "trust_journal", .pattern = WORK "/journal", .flags = PAGE_SIGNED,
     .template = "trusts/journal",
     .asks = {COMMUNITY, {"journal", C "/journal[?after={?after}]", ASK_MUST}}},
    {0},
};

const struct form_row forms_trusts[] = {
    {.name = "alert_form", .pattern = ALERTS, .method = METHOD_POST, .path = TRUST "/alerts",
     .page = ALERTS, .then = ALERTS_AGAIN "saved", .field = "when"},
    {.name = "alert_remove_form", .pattern = ALERTS "/:alert/remove", .method = METHOD_DELETE,
     .path = TRUST "/alerts/{alert}", .page = ALERTS, .then = ALERTS_AGAIN "deleted"},
    {.name = "raised_form", .pattern = ALERTS "/seen", .method = METHOD_POST,
     .path = TRUST "/raised/seen", .page = ALERTS, .then = ALERTS_AGAIN "saved"},
    {.name = "webhook_form", .pattern = ALERTS "/webhooks", .method = METHOD_POST,
     .path = TRUST "/webhooks", .page = ALERTS, .field = "url"},
    {.name = "webhook_remove_form", .pattern = ALERTS "/webhooks/:webhook/remove",
     .method = METHOD_DELETE, .path = TRUST "/webhooks/{webhook}", .page = ALERTS,
     .then = ALERTS_AGAIN "deleted"},
    {.name = "webhook_enable_form", .pattern = ALERTS "/webhooks/:webhook/enable",
     .method = METHOD_POST, .path = TRUST "/webhooks/{webhook}/enable", .page = ALERTS,
     .then = ALERTS_AGAIN "saved"},
    {.name = "delivery_form", .pattern = ALERTS "/deliveries/:delivery/replay",
     .method = METHOD_POST, .path = TRUST "/deliveries/{delivery}/replay", .page = ALERTS,
     .then = ALERTS_AGAIN "sent"},
    {.name = "fund_form", .pattern = WORK "/funds", .method = METHOD_POST, .path = C "/funds",
     .page = WORK, .then = WORK_AGAIN, .field = "amount"},
    {.name = "top_up_form", .pattern = WORK "/funds/:n/top-up", .method = METHOD_POST,
     .path = "/v1/funds/{community}.f{n}/top-ups", .page = WORK "/funds/:n", .then = WORK_AGAIN,
     .field = "amount"},
    {.name = "take_out_form", .pattern = WORK "/funds/:n/take-out", .method = METHOD_POST,
     .path = "/v1/funds/{community}.f{n}/withdrawals", .page = WORK "/funds/:n",
     .then = WORK_AGAIN, .field = "amount"},
    {.name = "round_open_form", .pattern = WORK "/round", .method = METHOD_POST,
     .path = C "/rounds", .page = WORK "/round", .then = WORK_AGAIN, .field = "allotment"},
    {.name = "round_close_form", .pattern = WORK "/round/:round/close", .method = METHOD_POST,
     .path = "/v1/rounds/{community}.r{round}/close", .page = WORK "/round", .then = WORK_AGAIN},
    {.name = "review_form", .pattern = WORK "/review/:review", .method = METHOD_POST,
     .path = C "/review/{review}", .page = WORK, .then = WORK_AGAIN},
    {.name = "codes_form", .pattern = WORK "/codes", .method = METHOD_POST, .path = C "/codes",
     .page = WORK "/codes", .field = "n"},
    {0},
};
