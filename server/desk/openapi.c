/* openapi.c -- what the API is, for machines: nothing is written down twice.
 *
 * Paths, methods, who and limits come from the route table; bodies from schemas/commands; answers
 * from schemas/views/<handler>.json, whose `x-status` is the status of success and `x-media` the
 * type where it is not JSON. Every schema that is referred to becomes one component, by the room
 * schema: "commands/pledge-put.json" is CommandsPledgePut. */
#include "openapi.h"

#include <jansson.h>

#include "groundswell/base/embedded.h"
#include "groundswell/base/json.h"
#include "groundswell/base/log.h"
#include "groundswell/base/media.h"
#include "groundswell/http/route.h"
#include "groundswell/people/token.h"
#include "groundswell/schema/openapi.h"
#include "routes.h"

static const struct embedded *schema_file(const char *name)
{
    for (size_t i = 0; i < embedded_schemas_n; i++)
        if (strcmp(embedded_schemas[i].name, name) == 0) return &embedded_schemas[i];
    return NULL;
}

static enum fault tree_put(struct json_out *out, const json_t *tree)
{
    char *text = json_dumps(tree, JSON_COMPACT);
    if (!text) return FAULT_MEMORY;
    json_raw(out, text_of(text));
    free(text);
    return FAULT_NONE;
}

struct description {
    struct json_out out;
    struct schema_set *schemas;
    json_t *components; /* filled while the paths are written */
};

/* Makes the schema document a component, with all that it refers to. */
static enum fault component_add(struct description *d, const char *file, json_t **ret_reference)
{
    struct schema_problem problem = {0};
    enum fault no = schema_bundle_ref(d->schemas, file, d->components, ret_reference, &problem);
    if (no)
        log_error("desk", "schema %s is no component: %s %s", file, problem.pointer, problem.what);
    return no;
}

/* `also` (may be NULL): further media types, which no schema describes. */
static enum fault content_put(struct description *d, const char *media, const char *file,
                              const json_t *also)
{
    size_t i;
    const json_t *other;
    CLEANUP(json_ref) json_t *reference = NULL;
    enum fault no = component_add(d, file, &reference);
    if (no) return no;
    json_name(&d->out, "content");
    json_object_begin(&d->out);
    json_name(&d->out, media);
    json_object_begin(&d->out);
    json_name(&d->out, "schema");
    no = tree_put(&d->out, reference);
    json_object_end(&d->out);
    json_array_foreach (also, i, other) {
        json_name(&d->out, json_string_value(other));
        json_raw(&d->out, TEXT("{\"schema\":{\"type\":\"string\"}}"));
    }
    json_object_end(&d->out);
    return no;
}

static enum fault answer_put(struct description *d, const char *status, const char *says,
                             const char *media, const char *file)
{
    json_name(&d->out, status);
    json_object_begin(&d->out);
    json_text_at(&d->out, "description", text_of(says));
    enum fault no = content_put(d, media, file, NULL);
    json_object_end(&d->out);
    return no;
}

/* What a handler answers is described in the file of its name; `x-pending` is for acts that may
 * wait for a second person, `x-unchanged` for what has an ETag. */
static enum fault success_put(struct description *d, const struct route *route)
{
    CLEANUP(buf) struct buf view = BUF_MAX(KIB), status = BUF_MAX(KIB);
    buf_format(&view, "views/%s.json", route->name);
    const struct embedded *file = buf_fault(&view) ? NULL : schema_file(view.data);
    if (!file) {
        log_error("desk", "no schema for what %s answers", route->name);
        return FAULT_ABSENT;
    }
    CLEANUP(json_ref) json_t *schema = NULL;
    enum fault no = json_read(embedded_text(file), JSON_DEPTH_MAX, &schema, NULL);
    if (no) return no;
    const char *title = json_string_value(json_object_get(schema, "title"));
    const char *media = json_string_value(json_object_get(schema, "x-media"));
    buf_u64(&status, (uint64_t)json_integer_value(json_object_get(schema, "x-status")));
    if (buf_fault(&status)) return buf_fault(&status);
    json_name(&d->out, status.data);
    json_object_begin(&d->out);
    json_text_at(&d->out, "description", text_of(title));
    no = content_put(d, media ? media : "application/json", view.data,
                     json_object_get(schema, "x-media-also"));
    json_object_end(&d->out);
    if (json_is_true(json_object_get(schema, "x-unchanged"))) {
        json_name(&d->out, "304");
        json_raw(&d->out, TEXT("{\"description\":\"What you have is the same\"}"));
    }
    if (no || !json_is_true(json_object_get(schema, "x-pending"))) return no;
    return answer_put(d, "202", "It waits for a second person", "application/json",
                      "views/pending.json");
}

static enum fault answers_put(struct description *d, const struct route *route)
{
    static const char problem[] = "application/problem+json";
    json_name(&d->out, "responses");
    json_object_begin(&d->out);
    enum fault no = success_put(d, route);
    if (!no)
        no = answer_put(d, "4XX", "A refusal, with its code and a plain sentence", problem,
                        "problem.json");
    if (!no)
        no = answer_put(d, "5XX", "A fault; the same key may be sent again", problem,
                        "problem.json");
    json_object_end(&d->out);
    return no;
}

static void parameter_put(struct json_out *out, const char *place, struct text name, bool required)
{
    json_object_begin(out);
    json_text_at(out, "name", name);
    json_text_at(out, "in", text_of(place));
    json_bool_at(out, "required", required);
    json_name(out, "schema");
    json_raw(out, TEXT("{\"type\":\"string\"}"));
    json_object_end(out);
}

static bool is_list(const struct route *route)
{
    size_t n = strlen(route->name);
    return n > 5 && strcmp(route->name + n - 5, "_list") == 0;
}

/* What a row takes in its query beside that: `x-query` of what it answers. */
static void filters_put(struct json_out *out, const struct route *route)
{
    CLEANUP(buf) struct buf view = BUF_MAX(KIB);
    CLEANUP(json_ref) json_t *schema = NULL;
    buf_format(&view, "views/%s.json", route->name);
    const struct embedded *file = buf_fault(&view) ? NULL : schema_file(view.data);
    const json_t *name;
    size_t i;
    if (!file || json_read(embedded_text(file), JSON_DEPTH_MAX, &schema, NULL)) return;
    json_array_foreach (json_object_get(schema, "x-query"), i, name)
        parameter_put(out, "query", text_of(json_string_value(name)), false);
}

static void parameters_put(struct json_out *out, const struct route *route)
{
    struct text rest = text_of(route->pattern);
    json_name(out, "parameters");
    json_array_begin(out);
    while (rest.at) {
        struct text segment = text_cut(&rest, '/');
        if (segment.n > 1 && segment.at[0] == ':')
            parameter_put(out, "path", (struct text){segment.at + 1, segment.n - 1}, true);
    }
    if (route->flags & ROUTE_ONCE) parameter_put(out, "header", TEXT("Idempotency-Key"), true);
    if (route->body_max == UPLOAD) parameter_put(out, "query", TEXT("name"), true);
    if (is_list(route)) parameter_put(out, "query", TEXT("after"), false);
    if (is_list(route)) parameter_put(out, "query", TEXT("limit"), false);
    filters_put(out, route);
    json_array_end(out);
}

/* A bearer, or the cookie of a session: that with the session's token where something changes. */
static void security_put(struct json_out *out, const struct route *route)
{
    bool open = (route->who & (WHO_ROLES | WHO_PERSON)) == 0;
    json_array_begin(out);
    if (route->who & WHO_KNOWN) json_raw(out, TEXT("{},{\"bearer\":[]},{\"cookie\":[]}"));
    if (!open && !(route->who & WHO_PERSON)) json_raw(out, TEXT("{\"bearer\":[]}"));
    if (!open && route->method == METHOD_GET) json_raw(out, TEXT("{\"cookie\":[]}"));
    else if (!open) json_raw(out, TEXT("{\"cookie\":[],\"csrf\":[]}"));
    json_array_end(out);
}

static void operation_head_put(struct json_out *out, const struct route *route)
{
    json_text_at(out, "operationId", text_of(route->name));
    json_text_at(out, "summary", text_of(route->summary));
    json_name(out, "x-who");
    json_array_begin(out);
    for (unsigned role = ROLE_RESIDENT; role <= ROLE_PROVIDER; role <<= 1)
        if (route->who & role) json_text(out, text_of(role_name((enum role)role)));
    if (route->who & WHO_PERSON) json_text(out, TEXT("person"));
    json_array_end(out);
    json_name(out, "security");
    security_put(out, route);
    parameters_put(out, route);
}

/* A body that is a file, in any of the kinds that are taken. */
static void kinds_put(struct json_out *out)
{
    json_name(out, "content");
    json_object_begin(out);
    for (unsigned i = MEDIA_PDF; i < MEDIAS; i++) {
        char type[128];
        struct text whole = text_of(media_type((enum media)i)), bare = text_cut(&whole, ';');
        snprintf(type, sizeof type, "%.*s", TEXT_ARGS(bare));
        json_name(out, type);
        json_raw(out, TEXT("{\"schema\":{\"type\":\"string\",\"format\":\"binary\"}}"));
    }
    json_object_end(out);
}

static enum fault operation_put(struct description *d, const struct route *route)
{
    char method[8] = {0};
    enum fault no = FAULT_NONE;
    for (size_t i = 0; i < sizeof method - 1 && method_name(route->method)[i]; i++)
        method[i] = (char)(method_name(route->method)[i] | 0x20);
    json_name(&d->out, method);
    json_object_begin(&d->out);
    operation_head_put(&d->out, route);
    if (route->schema || route->body_max == UPLOAD) {
        json_name(&d->out, "requestBody");
        json_object_begin(&d->out);
        json_bool_at(&d->out, "required", true);
        if (route->schema) no = content_put(d, "application/json", route->schema, NULL);
        else kinds_put(&d->out);
        json_object_end(&d->out);
    }
    if (!no) no = answers_put(d, route);
    json_object_end(&d->out);
    return no;
}

/* "/v1/proposals/:proposal/pledge" -> "/v1/proposals/{proposal}/pledge" */
static void pattern_put(struct buf *out, const char *pattern)
{
    struct text rest = text_of(pattern + 1);
    while (rest.at) {
        struct text segment = text_cut(&rest, '/');
        buf_char(out, '/');
        if (segment.at[0] == ':') buf_format(out, "{%.*s}", (int)segment.n - 1, segment.at + 1);
        else buf_text(out, segment);
    }
}

/* Pages, and what stands at agreed addresses, are for others; a row whose handler has been
 * described at another address (tiles, by the depth of their number) is the same thing again. */
static bool is_described(size_t row)
{
    const char *pattern = routes[row].pattern;
    static const char *const apart[] = {"/c/", "/parts/", "/.well-known/", "/favicon.ico"};
    for (size_t i = 0; i < sizeof apart / sizeof apart[0]; i++)
        if (strncmp(pattern, apart[i], strlen(apart[i])) == 0) return false;
    for (size_t before = 0; before < row; before++)
        if (strcmp(routes[before].name, routes[row].name) == 0) return false;
    return true;
}

/* Rows of one address stand together in the table, in whatever order it has them. */
static enum fault paths_put(struct description *d)
{
    json_name(&d->out, "paths");
    json_object_begin(&d->out);
    for (size_t i = 0; i < routes_n; i++) {
        bool seen = false;
        for (size_t before = 0; before < i && !seen; before++)
            seen = strcmp(routes[before].pattern, routes[i].pattern) == 0;
        if (seen || !is_described(i)) continue;
        CLEANUP(buf) struct buf path = BUF_MAX(KIB);
        pattern_put(&path, routes[i].pattern);
        if (buf_fault(&path)) return buf_fault(&path);
        json_name(&d->out, path.data);
        json_object_begin(&d->out);
        for (size_t same = i; same < routes_n; same++) {
            if (strcmp(routes[same].pattern, routes[i].pattern) != 0) continue;
            enum fault no = operation_put(d, &routes[same]);
            if (no) return no;
        }
        json_object_end(&d->out);
    }
    json_object_end(&d->out);
    return FAULT_NONE;
}

static void about_put(struct json_out *out, const char *public_url)
{
    json_text_at(out, "openapi", TEXT("3.1.0"));
    json_name(out, "info");
    json_object_begin(out);
    json_text_at(out, "title", TEXT("Groundswell"));
    json_text_at(out, "version", TEXT("1"));
    json_text_at(out, "description",
                 TEXT("Crowd-commissioning: residents pledge, a critical mass activates. Amounts "
                      "are integers in minor units. Every write carries an Idempotency-Key."));
    json_object_end(out);
    json_name(out, "servers");
    json_array_begin(out);
    json_object_begin(out);
    json_text_at(out, "url", text_of(public_url));
    json_object_end(out);
    json_array_end(out);
}

enum fault openapi_put(struct buf *buf, struct schema_set *schemas, const char *public_url)
{
    CLEANUP(json_ref) json_t *components = json_object();
    struct description d = {JSON_OUT(buf), schemas, components};
    if (!components) return FAULT_MEMORY;
    json_object_begin(&d.out);
    about_put(&d.out, public_url);
    enum fault no = paths_put(&d);
    json_name(&d.out, "components");
    json_object_begin(&d.out);
    json_name(&d.out, "securitySchemes");
    json_raw(&d.out, TEXT("{\"bearer\":{\"type\":\"http\",\"scheme\":\"bearer\"},"
                          "\"cookie\":{\"type\":\"apiKey\",\"in\":\"cookie\","
                          "\"name\":\"__Host-groundswell\"},"
                          "\"csrf\":{\"type\":\"apiKey\",\"in\":\"header\","
                          "\"name\":\"Groundswell-Csrf\"}}"));
    json_name(&d.out, "schemas");
    if (!no) no = tree_put(&d.out, components);
    json_object_end(&d.out);
    json_object_end(&d.out);
    return no ? no : buf_fault(buf);
}
