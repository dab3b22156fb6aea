/* page_shape.c -- what may stand in a page's model, out of the schemas of what the API answers: so
 * a template that names what no answer has is found at start. */
#include "page_inside.h"

#include "groundswell/base/embedded.h"
#include "groundswell/base/json.h"
#include "groundswell/base/log.h"
#include "routes.h"

#define DEPTH_MAX 16
#define FILE_SIZE 128

/* What page_root() puts, and what forms leave. */
static const char root_shape[] =
    "{\"lang\":true,\"welsh\":true,\"root\":true,\"path\":true,\"here\":true,\"signed_in\":true,"
    "\"token\":true,\"key\":true,\"done\":true,\"now\":true,\"site\":null,"
    "\"assets\":null,\"form\":null,\"error\":null,\"errors\":[{\"field\":true,\"text\":true}],"
    "\"other_lang\":{\"lang\":true,\"name\":true,\"href\":true},\"problem\":null,"
    "\"answer\":null,\"command\":null,\"community\":null,\"query\":null,"
    "\"me\":{\"hats\":[{\"role\":true,\"community\":true,\"subject\":true}],"
    "\"roles\":{\"resident\":true,\"clerk\":true,\"trust\":true,\"operator\":true,"
    "\"helper\":true,\"provider\":true},\"resident_of\":true,\"clerk_of\":true,\"trust_of\":true,"
    "\"operator_of\":true,\"helper_of\":true,\"provider_of\":true}}";

static json_t *document_of(const char *file)
{
    json_t *document = NULL;
    for (size_t i = 0; i < embedded_schemas_n; i++) {
        if (strcmp(embedded_schemas[i].name, file) != 0) continue;
        if (json_read(embedded_text(&embedded_schemas[i]), JSON_DEPTH_MAX, &document, NULL))
            return NULL;
    }
    return document;
}

/* "../common.json#/$defs/seq" seen from views/x.json: common.json and /$defs/seq. */
static void reference_read(const char *from, struct text reference, char ret_file[static FILE_SIZE],
                           struct text *ret_pointer)
{
    struct text file = text_cut(&reference, '#');
    const char *slash = strrchr(from, '/');
    size_t folder = slash ? (size_t)(slash - from) + 1 : 0;
    *ret_pointer = reference;
    if (text_starts(file, TEXT("../"))) {
        file = (struct text){file.at + 3, file.n - 3};
        folder = 0;
    }
    if (file.n == 0) snprintf(ret_file, FILE_SIZE, "%s", from);
    else snprintf(ret_file, FILE_SIZE, "%.*s%.*s", (int)folder, from, TEXT_ARGS(file));
}

static const json_t *pointed(const json_t *document, struct text pointer)
{
    (void)text_cut(&pointer, '/');
    while (document && pointer.at) {
        struct text member = text_cut(&pointer, '/');
        document = json_object_getn(document, member.at, member.n);
    }
    return document;
}

static json_t *shape_of(const char *file, const json_t *schema, unsigned depth);

static json_t *shape_of_reference(const char *from, const json_t *reference, unsigned depth)
{
    char file[FILE_SIZE];
    struct text pointer;
    reference_read(from, text_of(json_string_value(reference)), file, &pointer);
    CLEANUP(json_ref) json_t *document = document_of(file);
    const json_t *schema = pointed(document, pointer);
    return schema ? shape_of(file, schema, depth) : json_null();
}

/* Members of an object that is one of several things are those of all of them. */
static void shape_add(json_t *shape, json_t *more)
{
    if (json_is_object(shape) && json_is_object(more) && json_object_update(shape, more))
        log_error("desk", "no memory for the shape of a page");
    json_decref(more);
}

static json_t *shape_of_object(const char *file, const json_t *schema, unsigned depth)
{
    static const char *const unions[] = {"allOf", "anyOf", "oneOf"};
    const char *name;
    json_t *shape = json_object(), *part;
    size_t i;
    json_object_foreach (json_object_get(schema, "properties"), name, part)
        if (json_object_set_new(shape, name, shape_of(file, part, depth)))
            log_error("desk", "no memory for the shape of a page");
    for (size_t j = 0; j < sizeof unions / sizeof unions[0]; j++)
        json_array_foreach (json_object_get(schema, unions[j]), i, part)
            shape_add(shape, shape_of(file, part, depth));
    if (json_object_size(shape) > 0) return shape;
    json_decref(shape);
    return json_null(); /* anything */
}

static json_t *shape_of(const char *file, const json_t *schema, unsigned depth)
{
    if (depth == 0 || !json_is_object(schema)) return json_null();
    const json_t *reference = json_object_get(schema, "$ref");
    if (reference) return shape_of_reference(file, reference, depth - 1);
    const json_t *type = json_object_get(schema, "type"), *items = json_object_get(schema, "items");
    const char *word = json_string_value(type);
    if (word && strcmp(word, "array") == 0) {
        if (!json_is_object(items)) return json_null();
        json_t *list = json_array();
        if (json_array_append_new(list, shape_of(file, items, depth - 1))) return json_null();
        return list;
    }
    bool object = (word && strcmp(word, "object") == 0) || json_object_get(schema, "properties") ||
                  json_object_get(schema, "oneOf") || json_object_get(schema, "anyOf") ||
                  json_object_get(schema, "allOf");
    return object ? shape_of_object(file, schema, depth - 1) : json_true();
}

/* ---- which row of the API an ask means ------------------------------------------------------- */

/* How well a route's pattern fits: 0 not at all, else 1 and one more for each plain segment. */
static unsigned fit_of(const char *pattern, struct text path)
{
    struct text wanted = text_of(pattern);
    unsigned fit = 1;
    while (wanted.at && path.at) {
        struct text a = text_cut(&wanted, '/'), b = text_cut(&path, '/');
        if (a.n > 0 && a.at[0] == ':') continue;
        if (!text_equal(a, b)) return 0;
        fit++;
    }
    return wanted.at || path.at ? 0 : fit;
}

static const struct route *row_of(const char *api_path)
{
    struct text path = {api_path, strcspn(api_path, "?[")};
    const struct route *best = NULL;
    unsigned most = 0;
    for (size_t i = 0; i < routes_n; i++) {
        unsigned fit = routes[i].method == METHOD_GET ? fit_of(routes[i].pattern, path) : 0;
        if (fit <= most) continue;
        most = fit;
        best = &routes[i];
    }
    return best;
}

json_t *page_shape_of(const char *api_path)
{
    const struct route *route = row_of(api_path);
    char file[FILE_SIZE];
    if (!route) return NULL;
    snprintf(file, sizeof file, "views/%s.json", route->name);
    CLEANUP(json_ref) json_t *document = document_of(file);
    return document ? shape_of(file, document, DEPTH_MAX) : NULL;
}

static bool merge(json_t *root, const char *json)
{
    CLEANUP(json_ref) json_t *more = NULL;
    return !json_read(text_of(json), JSON_DEPTH_MAX, &more, NULL) &&
           json_object_update(root, more) == 0;
}

json_t *page_shape_root(const struct page_row *row)
{
    json_t *root = json_object();
    bool good = merge(root, root_shape);
    for (size_t i = 0; good && i < PAGE_ASKS_MAX && row->asks[i].name; i++) {
        json_t *shape = page_shape_of(row->asks[i].path);
        if (!shape) log_error("desk", "page %s: nothing answers %s", row->name, row->asks[i].path);
        good = shape && json_object_set_new(root, row->asks[i].name, shape) == 0;
    }
    json_t *community = json_object_get(root, "community");
    if (good && json_is_object(community)) /* page_model.c adds it */
        good = json_object_set_new(community, "name", json_true()) == 0;
    if (good && row->shape && !merge(root, row->shape)) {
        log_error("desk", "page %s: its shape is no JSON", row->name);
        good = false;
    }
    if (good) return root;
    json_decref(root);
    return NULL;
}
