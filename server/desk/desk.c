/* desk.c -- opens and closes the front office: compiles the schemas, has the API described. */
#include "areas.h"
#include "audit.h"
#include "errand.h"
#include "feed.h"
#include "groundswell/base/embedded.h"
#include "groundswell/base/json.h"
#include "groundswell/base/log.h"
#include "groundswell/base/secret.h"
#include "openapi.h"
#include "routes.h"

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

struct desk *desk_new(struct loop *loop, const struct desk_plan *plan)
{
    struct desk *desk = calloc(1, sizeof *desk);
    if (!desk) return NULL;
    desk->loop = loop;
    desk->plan = *plan;
    desk->public_url = strdup(plan->public_url ? plan->public_url : "http://localhost");
    desk->data_folder = plan->data_folder ? strdup(plan->data_folder) : NULL;
    desk->schemas = schema_set_new();
    desk->areas = areas_seen_new();
    desk->audit = audit_new();
    desk->openapi = BUF_MAX(MIB);
    desk->feeds = feeds_new(desk, plan->heartbeat_ms ? plan->heartbeat_ms : HEARTBEAT_MS);
    digest_hmac((struct text){(const char *)plan->keys->seal, sizeof plan->keys->seal},
                TEXT("idempotency keys"), desk->key_secret);
    bool whole = desk->public_url && desk->schemas && desk->areas && desk->feeds && desk->audit &&
                 (desk->data_folder || !plan->data_folder);
    if (whole && schemas_add(desk) && commands_compile(desk) &&
        !openapi_put(&desk->openapi, desk->schemas, desk->public_url))
        return desk;
    desk_free(desk);
    return NULL;
}

void desk_free(struct desk *desk)
{
    if (!desk) return;
    feeds_free(desk->feeds);
    schema_set_free(desk->schemas);
    areas_seen_free(desk->areas);
    audit_free(desk->audit);
    buf_release(&desk->openapi);
    free(desk->public_url);
    free(desk->data_folder);
    secret_wipe(desk->key_secret, sizeof desk->key_secret);
    free(desk);
}

void desk_close_feeds(struct desk *desk)
{
    feeds_close(desk->feeds);
}

const struct route *desk_routes(const struct desk *desk)
{
    (void)desk;
    return routes;
}

size_t desk_routes_n(const struct desk *desk)
{
    (void)desk;
    return routes_n;
}
