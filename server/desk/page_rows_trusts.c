/* page_rows_trusts.c -- what a trust's officers see and do: the watch, and alerts. */
#include "page_fill_trusts.h"

#define TRUST "/v1/trusts/{trust}"
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
    {0},
};
