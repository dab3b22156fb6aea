/* openapi.c -- what the API is, for machines: nothing is written down twice.
 *
 * Paths, methods, who and limits come from the route table; bodies from schemas/commands; answers
 * from schemas/views/<handler>.json, whose `x-status` is the status of success and `x-media` the
 * type where it is not JSON. Every schema document becomes one component named by its path;
 * references between documents are rewritten. */
#include "openapi.h"

#include <jansson.h>

#include "groundswell/base/embedded.h"
#include "groundswell/base/json.h"
#include "groundswell/base/log.h"
#include "groundswell/http/route.h"
#include "groundswell/people/token.h"
#include "routes.h"

static const struct embedded *schema_file(const char *name)
{
    for (size_t i = 0; i < embedded_schemas_n; i++)
        if (strcmp(embedded_schemas[i].name, name) == 0) return &embedded_schemas[i];
    return NULL;
}

/* "commands/pledge-put.json" -> "commands_pledge-put" */
static void component_put(struct buf *out, struct text name)
{
    for (size_t i = 0; i + 5 < name.n; i++)
        buf_char(out, name.at[i] == '/' ? '_' : name.at[i]);
}

/* "../common.json#/$defs/word" as seen from commands/x.json ->
 * "#/components/schemas/common/$defs/word" */
static void reference_put(struct buf *out, struct text reference, struct text from)
{
    struct text fragment = reference, file = text_cut(&fragment, '#');
    CLEANUP(buf) struct buf name = BUF_MAX(KIB);
    if (file.n == 0) {
        buf_text(&name, from);
    } else if (text_starts(file, TEXT("../"))) {
        buf_put(&name, file.at + 3, file.n - 3);
    } else {
        size_t folder = from.n;
        while (folder > 0 && from.at[folder - 1] != '/')
            folder--;
        buf_put(&name, from.at, folder);
        buf_text(&name, file);
    }
    buf_cstr(out, "#/components/schemas/");
    component_put(out, buf_view(&name));
    buf_text(out, fragment);
}

static void references_rewrite(json_t *schema, struct text from)
{
    const char *name;
    json_t *member;
    size_t i;
    json_array_foreach (schema, i, member)
        references_rewrite(member, from);
    json_object_foreach (schema, name, member) {
        if (strcmp(name, "$ref") != 0 || !json_is_string(member)) {
            references_rewrite(member, from);
            continue;
        }
        CLEANUP(buf) struct buf whole = BUF_MAX(KIB);
        reference_put(&whole, text_of(json_string_value(member)), from);
        if (!buf_fault(&whole)) json_string_set(member, whole.data);
    }
}

static enum fault components_put(struct json_out *out)
{
    json_name(out, "schemas");
    json_object_begin(out);
    for (size_t i = 0; i < embedded_schemas_n; i++) {
        struct text name = text_of(embedded_schemas[i].name);
        if (text_is(name, "refusals.json")) continue;
        CLEANUP(json_ref) json_t *schema = NULL;
        enum fault no =
            json_read(embedded_text(&embedded_schemas[i]), JSON_DEPTH_MAX, &schema, NULL);
        if (no) return no;
        references_rewrite(schema, name);
        json_object_del(schema, "$schema");
        CLEANUP(buf) struct buf component = BUF_MAX(KIB);
        component_put(&component, name);
        char *text = json_dumps(schema, JSON_COMPACT);
        if (!text || buf_fault(&component)) return FAULT_MEMORY;
        json_name(out, component.data);
        json_raw(out, text_of(text));
        free(text);
    }
    json_object_end(out);
    return FAULT_NONE;
}

static void schema_reference(struct json_out *out, const char *media, struct text file)
{
    CLEANUP(buf) struct buf reference = BUF_MAX(KIB);
    reference_put(&reference, TEXT("#"), file);
    if (reference.len > 0 && reference.data[reference.len - 1] == '#') reference.len--;
    json_name(out, "content");
    json_object_begin(out);
    json_name(out, media);
    json_object_begin(out);
    json_name(out, "schema");
    json_object_begin(out);
    json_text_at(out, "$ref", buf_view(&reference));
    json_object_end(out);
    json_object_end(out);
    json_object_end(out);
}

static enum fault answers_put(struct json_out *out, const struct route *route)
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
    const char *media = json_string_value(json_object_get(schema, "x-media"));
    buf_u64(&status, (uint64_t)json_integer_value(json_object_get(schema, "x-status")));
    if (buf_fault(&status)) return buf_fault(&status);
    json_name(out, "responses");
    json_object_begin(out);
    json_name(out, status.data);
    json_object_begin(out);
    json_text_at(out, "description", text_of(json_string_value(json_object_get(schema, "title"))));
    schema_reference(out, media ? media : "application/json", buf_view(&view));
    json_object_end(out);
    static const char *const others[][2] = {
        {"4XX", "A refusal, with its code and a plain sentence"},
        {"5XX", "A fault; the same key may be sent again"}};
    for (size_t i = 0; i < 2; i++) {
        json_name(out, others[i][0]);
        json_object_begin(out);
        json_text_at(out, "description", text_of(others[i][1]));
        schema_reference(out, "application/problem+json", TEXT("problem.json"));
        json_object_end(out);
    }
    json_object_end(out);
    return FAULT_NONE;
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
    if (is_list(route)) parameter_put(out, "query", TEXT("after"), false);
    if (is_list(route)) parameter_put(out, "query", TEXT("limit"), false);
    json_array_end(out);
}

static enum fault operation_put(struct json_out *out, const struct route *route)
{
    char method[8] = {0};
    for (size_t i = 0; i < sizeof method - 1 && method_name(route->method)[i]; i++)
        method[i] = (char)(method_name(route->method)[i] | 0x20);
    json_name(out, method);
    json_object_begin(out);
    json_text_at(out, "operationId", text_of(route->name));
    json_text_at(out, "summary", text_of(route->summary));
    json_name(out, "x-who");
    json_array_begin(out);
    for (unsigned role = ROLE_RESIDENT; role <= ROLE_OPERATOR; role <<= 1)
        if (route->who & role) json_text(out, text_of(role_name((enum role)role)));
    json_array_end(out);
    json_name(out, "security");
    json_raw(out, route->who ? TEXT("[{\"bearer\":[]}]") : TEXT("[]"));
    parameters_put(out, route);
    if (route->schema) {
        json_name(out, "requestBody");
        json_object_begin(out);
        json_bool_at(out, "required", true);
        schema_reference(out, "application/json", text_of(route->schema));
        json_object_end(out);
    }
    enum fault no = answers_put(out, route);
    json_object_end(out);
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

/* Rows of one address stand together in the table, in whatever order it has them. */
static enum fault paths_put(struct json_out *out)
{
    json_name(out, "paths");
    json_object_begin(out);
    for (size_t i = 0; i < routes_n; i++) {
        bool seen = false;
        for (size_t before = 0; before < i && !seen; before++)
            seen = strcmp(routes[before].pattern, routes[i].pattern) == 0;
        if (seen) continue;
        CLEANUP(buf) struct buf path = BUF_MAX(KIB);
        pattern_put(&path, routes[i].pattern);
        if (buf_fault(&path)) return buf_fault(&path);
        json_name(out, path.data);
        json_object_begin(out);
        for (size_t same = i; same < routes_n; same++) {
            if (strcmp(routes[same].pattern, routes[i].pattern) != 0) continue;
            enum fault no = operation_put(out, &routes[same]);
            if (no) return no;
        }
        json_object_end(out);
    }
    json_object_end(out);
    return FAULT_NONE;
}

enum fault openapi_put(struct buf *buf, const char *public_url)
{
    struct json_out out = JSON_OUT(buf);
    json_object_begin(&out);
    json_text_at(&out, "openapi", TEXT("3.1.0"));
    json_name(&out, "info");
    json_object_begin(&out);
    json_text_at(&out, "title", TEXT("Groundswell"));
    json_text_at(&out, "version", TEXT("1"));
    json_text_at(&out, "description",
                 TEXT("Crowd-commissioning: residents pledge, a critical mass activates. Amounts "
                      "are integers "
                      "in minor units. Every write carries an Idempotency-Key."));
    json_object_end(&out);
    json_name(&out, "servers");
    json_array_begin(&out);
    json_object_begin(&out);
    json_text_at(&out, "url", text_of(public_url));
    json_object_end(&out);
    json_array_end(&out);
    enum fault no = paths_put(&out);
    json_name(&out, "components");
    json_object_begin(&out);
    json_name(&out, "securitySchemes");
    json_raw(&out, TEXT("{\"bearer\":{\"type\":\"http\",\"scheme\":\"bearer\"}}"));
    if (!no) no = components_put(&out);
    json_object_end(&out);
    json_object_end(&out);
    return no ? no : buf_fault(buf);
}
