/* desk.c -- opens and closes the front office: compiles the schemas, has the API described. */
#include "areas.h"
#include "audit.h"
#include "directory.h"
#include "ends.h"
#include "errand.h"
#include "feed.h"
#include "groundswell/base/embedded.h"
#include "groundswell/base/json.h"
#include "groundswell/base/log.h"
#include "groundswell/base/secret.h"
#include "limits.h"
#include "openapi.h"
#include "page_inside.h"
#include "routes.h"
#include "sums.h"
#include "trust_feed.h"
#include "watch.h"

#define HEARTBEAT_MS 15000

static bool schemas_add(struct desk *desk)
{
    struct schema_problem problem = {0};
    for (size_t i = 0; i < embedded_schemas_n; i++) {
        const char *name = embedded_schemas[i].name;
        if (strcmp(name, "refusals.json") == 0) continue;
        CLEANUP(json_ref) json_t *document = NULL;
        enum fault no =
            json_read(embedded_text(&embedded_schemas[i]), JSON_DEPTH_MAX, &document, NULL);
        if (!no) no = schema_set_add(desk->schemas, name, document, &problem);
        if (!no) continue;
        log_error("desk", "schema %s: %s %s %s", name, fault_name(no), problem.pointer,
                  problem.what);
        return false;
    }
    return true;
}

static bool commands_compile(struct desk *desk)
{
    for (size_t i = 0; i < routes_n; i++) {
        const char *name = routes[i].schema;
        if (!name) continue;
        struct schema_problem problem = {0};
        INVARIANT(desk->commands_n < ROUTE_SCHEMAS_MAX);
        desk->commands[desk->commands_n].name = name;
        if (schema_compile(desk->schemas, name, &desk->commands[desk->commands_n].schema,
                           &problem)) {
            log_error("desk", "schema %s: %s: %s", name, problem.pointer, problem.what);
            return false;
        }
        desk->commands_n++;
    }
    return true;
}

/* RFC 6797 forbids the first where there is no TLS. A page says its own policy of content. */
#define OVER_TLS "Strict-Transport-Security: max-age=31536000; includeSubDomains\r\n"
#define ALWAYS                                                                      \
    "Content-Security-Policy: default-src 'none'; object-src 'none'; "              \
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'\r\n"               \
    "X-Content-Type-Options: nosniff\r\n"                                           \
    "Referrer-Policy: no-referrer\r\n"                                              \
    "Cross-Origin-Opener-Policy: same-origin\r\n"                                   \
    "Cross-Origin-Resource-Policy: same-origin\r\n"                                 \
    "Permissions-Policy: camera=(), geolocation=(), microphone=(), payment=()\r\n"

const char *desk_fields(const struct desk *desk)
{
    return text_starts(text_of(desk->public_url), TEXT("https://")) ? OVER_TLS ALWAYS : ALWAYS;
}

/* What is asked of the plan's words. False, with a line in the log, where one is malformed. */
static bool plan_read(struct desk *desk, const struct desk_plan *plan)
{
    if (!proxies_read(text_of(plan->trusted_proxies), &desk->proxies)) {
        log_error("desk", "trusted_proxies: must be at most %d addresses or prefixes with commas",
                  PROXIES_MAX);
        return false;
    }
    desk->public_url = strdup(plan->public_url ? plan->public_url : "http://localhost");
    desk->data_folder = plan->data_folder ? strdup(plan->data_folder) : NULL;
    desk->security_contact = strdup(plan->security_contact ? plan->security_contact : "");
    struct text seal = {(const char *)plan->keys->tokens.seal, sizeof plan->keys->tokens.seal};
    digest_hmac(seal, TEXT("idempotency keys"), desk->key_secret);
    digest_hmac(seal, TEXT("tags of addresses"), desk->address_key);
    return desk->public_url && desk->security_contact && (desk->data_folder || !plan->data_folder);
}

struct desk *desk_new(struct loop *loop, const struct desk_plan *plan)
{
    struct desk *desk = calloc(1, sizeof *desk);
    if (!desk) return NULL;
    desk->loop = loop;
    desk->plan = *plan;
    desk->schemas = schema_set_new();
    desk->areas = areas_seen_new();
    desk->audit = parts_fill(&desk->parts, plan->brand_colour) ? audit_new(&desk->parts) : NULL;
    desk->openapi = BUF_MAX(MIB);
    const uint64_t heartbeat_ms = plan->heartbeat_ms ? plan->heartbeat_ms : HEARTBEAT_MS;
    desk->feeds = feeds_new(desk, heartbeat_ms);
    desk->trust_feeds = trust_feeds_new(desk, heartbeat_ms);
    desk->ends = ends_new(loop, plan->ledger);
    desk->limits = limits_new(&plan->limits);
    desk->watch = watch_new(desk);
    desk->directory = directory_new(desk);
    desk->pages = pages_new(&desk->parts, plan);
    desk->page_cache = page_cache_new();
    desk->sums = sums_new(desk);
    bool whole = desk->ends && desk->limits && desk->schemas && desk->areas && desk->feeds &&
                 desk->audit && desk->watch && desk->pages && desk->page_cache && desk->sums &&
                 desk->trust_feeds && desk->directory;
    if (whole && plan_read(desk, plan) && schemas_add(desk) && commands_compile(desk) &&
        !openapi_put(&desk->openapi, desk->schemas, desk->public_url))
        return desk;
    ends_stop(desk->ends);
    desk_free(desk);
    return NULL;
}

void desk_free(struct desk *desk)
{
    if (!desk) return;
    feeds_free(desk->feeds);
    trust_feeds_free(desk->trust_feeds);
    watch_free(desk->watch);
    sums_free(desk->sums);
    directory_free(desk->directory);
    ends_free(desk->ends);
    limits_free(desk->limits);
    schema_set_free(desk->schemas);
    areas_seen_free(desk->areas);
    audit_free(desk->audit);
    pages_free(desk->pages);
    page_cache_free(desk->page_cache);
    buf_release(&desk->openapi);
    free(desk->public_url);
    free(desk->data_folder);
    free(desk->security_contact);
    secret_wipe(desk->address_key, sizeof desk->address_key);
    secret_wipe(desk->key_secret, sizeof desk->key_secret);
    free(desk);
}

void desk_close_feeds(struct desk *desk)
{
    feeds_close(desk->feeds);
    trust_feeds_close(desk->trust_feeds);
}

bool desk_knows_ends(const struct desk *desk)
{
    return ends_are_known(desk->ends);
}

void desk_stop_listening(struct desk *desk)
{
    ends_stop(desk->ends);
}

const struct route *desk_routes(const struct desk *desk)
{
    size_t n;
    return pages_routes(desk->pages, &n);
}

size_t desk_routes_n(const struct desk *desk)
{
    size_t n;
    (void)pages_routes(desk->pages, &n);
    return n;
}
