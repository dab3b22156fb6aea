/* index.c -- finds every subschema of a document, its base URI and its anchors; and what a
 * reference points to.
 *
 * The walk follows the shapes in the table of keywords, so that an `$id` inside an `enum` is data
 * and not a schema, and a reference into a place that no keyword calls a schema leads nowhere. */
#include "index.h"

#include <stdarg.h>

#include "uri.h"

#define NAME_BASE "set:/" /* what a name without a scheme is relative to; never shown */

struct walk {
    struct schema_set *set;
    struct schema_problem *problem;
    const char *document;
    size_t depth;
};

static const json_t true_schema_json, false_schema_json; /* addresses only, never read */

enum fault problem_set(struct schema_problem *ret, const struct node *at, const char *keyword,
                       const char *format, ...)
{
    va_list args;
    memset(ret, 0, sizeof *ret);
    if (at && at->document) snprintf(ret->document, sizeof ret->document, "%s", at->document);
    if (at) snprintf(ret->pointer, sizeof ret->pointer, "%.*s", TEXT_ARGS(at->pointer));
    snprintf(ret->keyword, sizeof ret->keyword, "%s", keyword ? keyword : "");
    va_start(args, format);
    vsnprintf(ret->what, sizeof ret->what, format, args);
    va_end(args);
    return FAULT_FORMAT;
}

const char *index_uri(struct schema_set *set, const char *base, struct text ref)
{
    struct buf out = BUF_MAX(4 * KIB);
    uri_resolve(&out, text_of(base ? base : NAME_BASE), ref);
    struct text uri = {NULL, 0};
    if (!buf_fault(&out)) uri = arena_text(&set->arena, out.data ? buf_view(&out) : TEXT(""));
    buf_release(&out);
    return uri.at;
}

struct resource *index_resource(struct schema_set *set, const char *uri)
{
    struct resource_name *found = NULL;
    HASH_FIND_STR(set->resources, uri, found);
    return found ? found->resource : NULL;
}

struct node *index_node(struct schema_set *set, const json_t *json)
{
    struct node *found = NULL;
    if (json_is_true(json)) json = &true_schema_json;
    if (json_is_false(json)) json = &false_schema_json;
    HASH_FIND_PTR(set->nodes, &json, found);
    return found;
}

static enum fault node_add(struct schema_set *set, const json_t *json, const struct node *like,
                           struct node **ret)
{
    struct node *node = arena_alloc(&set->arena, sizeof *node);
    if (!node) return FAULT_MEMORY;
    *node = *like;
    node->json = json;
    HASH_ADD_PTR(set->nodes, json, node);
    *ret = node;
    return FAULT_NONE;
}

/* The two boolean schemas have no place: one node each serves the whole set. */
static enum fault booleans_add(struct schema_set *set)
{
    struct node *node;
    struct node yes = {.state = NODE_DONE, .always = true},
                no = {.state = NODE_DONE, .never = true};
    if (set->nodes) return FAULT_NONE;
    enum fault fault = node_add(set, &true_schema_json, &yes, &node);
    return fault ? fault : node_add(set, &false_schema_json, &no, &node);
}

static enum fault resource_name_add(struct schema_set *set, const char *uri,
                                    struct resource *resource)
{
    struct resource *taken = index_resource(set, uri);
    if (taken) return taken == resource ? FAULT_NONE : FAULT_FORMAT;
    struct resource_name *entry = arena_alloc(&set->arena, sizeof *entry);
    if (!entry) return FAULT_MEMORY;
    entry->uri = uri;
    entry->resource = resource;
    HASH_ADD_KEYPTR(hh, set->resources, entry->uri, strlen(entry->uri), entry);
    return FAULT_NONE;
}

static unsigned dialect_of(const json_t *root, unsigned otherwise)
{
    const json_t *named = json_object_get(root, "$schema");
    if (!named) return otherwise;
    struct text uri = text_of(json_string_value(named));
    if (uri.n && uri.at[uri.n - 1] == '#') uri.n--;
    if (text_is(uri, "https://json-schema.org/draft/2020-12/schema")) return SCHEMA_2020_12;
    if (text_is(uri, "http://json-schema.org/draft-04/schema")) return SCHEMA_DRAFT_04;
    return 0;
}

static struct text pointer_with(struct schema_set *set, struct text pointer, const char *name,
                                struct text member)
{
    struct buf out = BUF_MAX(8 * KIB);
    buf_text(&out, pointer);
    if (name) {
        buf_char(&out, '/');
        buf_cstr(&out, name);
    }
    if (member.at) buf_char(&out, '/');
    for (size_t i = 0; i < member.n; i++) {
        if (member.at[i] == '~') buf_cstr(&out, "~0");
        else if (member.at[i] == '/') buf_cstr(&out, "~1");
        else buf_char(&out, member.at[i]);
    }
    struct text whole = buf_fault(&out) ? TEXT_NONE : arena_text(&set->arena, buf_view(&out));
    buf_release(&out);
    return whole;
}

static enum fault anchor_add(struct walk *w, struct node *node, const char *keyword, bool dynamic)
{
    const json_t *value = json_object_get(node->json, keyword);
    struct text name = {json_string_value(value), json_string_length(value)};
    if (!value) return FAULT_NONE;
    if (text_is(TEXT("id"), keyword) && name.n)
        name = (struct text){name.at + 1, name.n - 1}; /* draft-04 "#x" */
    if (!name.n) return problem_set(w->problem, node, keyword, "must be a name");
    for (size_t i = 0; i < name.n; i++)
        if (!strchr("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.:",
                    name.at[i]))
            return problem_set(w->problem, node, keyword,
                               "must be a name of letters, digits, - _ . and :");
    const struct anchor *taken = index_anchor(node->resource, name, false);
    if (taken && taken->node != node)
        return problem_set(w->problem, node, keyword, "is taken in this resource");
    struct anchor *anchor = arena_alloc(&w->set->arena, sizeof *anchor);
    if (!anchor) return FAULT_MEMORY;
    struct resource *resource = index_resource(w->set, node->resource->uri);
    INVARIANT(resource);
    *anchor =
        (struct anchor){.next = resource->anchors, .name = name, .node = node, .dynamic = dynamic};
    resource->anchors = anchor;
    return FAULT_NONE;
}

static enum fault resource_add(struct walk *w, struct node *node, const char *uri, unsigned dialect)
{
    struct resource *resource = arena_alloc(&w->set->arena, sizeof *resource);
    if (!resource || !uri) return FAULT_MEMORY;
    *resource = (struct resource){.uri = uri, .root = node->json, .dialect = dialect};
    node->resource = resource;
    enum fault no = resource_name_add(w->set, uri, resource);
    if (no == FAULT_FORMAT)
        return problem_set(w->problem, node, "$id", "is the URI of another schema already");
    return no;
}

/* A document whose root has an $id keeps the name that it was added with as a second one. */
static enum fault rename_document(struct walk *w, struct node *node, const char *uri)
{
    struct resource *resource = index_resource(w->set, node->resource->uri);
    INVARIANT(resource);
    if (!uri) return FAULT_MEMORY;
    enum fault no = resource_name_add(w->set, uri, resource);
    if (no == FAULT_FORMAT)
        return problem_set(w->problem, node, "$id", "is the URI of another schema already");
    resource->uri = uri;
    return no;
}

/* A schema that names itself opens a resource of its own (or, in draft-04, sets an anchor). */
static enum fault identify(struct walk *w, struct node *node)
{
    bool old = node->resource->dialect == SCHEMA_DRAFT_04;
    const char *keyword = old ? "id" : "$id";
    const json_t *value = json_object_get(node->json, keyword);
    if (!value || (old && json_object_get(node->json, "$ref"))) return FAULT_NONE;
    if (!json_is_string(value))
        return problem_set(w->problem, node, keyword, "must be a URI reference");
    struct text id = text_of(json_string_value(value));
    if (old && id.n && id.at[0] == '#') return anchor_add(w, node, "id", false);
    struct uri split = uri_split(id);
    if (!old && split.fragment.n)
        return problem_set(w->problem, node, keyword, "must not have a fragment");
    const char *uri = index_uri(w->set, node->resource->uri, id);
    if (uri && strcmp(uri, node->resource->uri) == 0) return FAULT_NONE;
    if (!node->pointer.n) return rename_document(w, node, uri);
    return resource_add(w, node, uri, dialect_of(node->json, node->resource->dialect));
}

static enum fault walk_schema(struct walk *w, const json_t *json, const struct node *like);

static enum fault walk_list(struct walk *w, const struct node *node, const char *keyword,
                            const json_t *list)
{
    for (size_t i = 0; i < json_array_size(list); i++) {
        char index[24];
        snprintf(index, sizeof index, "%zu", i);
        struct node like = {.resource = node->resource, .document = node->document};
        like.pointer = pointer_with(w->set, node->pointer, keyword, text_of(index));
        enum fault no = walk_schema(w, json_array_get(list, i), &like);
        if (no) return no;
    }
    return FAULT_NONE;
}

static enum fault walk_map(struct walk *w, const struct node *node, const char *keyword,
                           const json_t *map)
{
    void *at = json_object_iter((json_t *)(uintptr_t)map);
    while (at) {
        struct text name = {json_object_iter_key(at), json_object_iter_key_len(at)};
        struct node like = {.resource = node->resource, .document = node->document};
        like.pointer = pointer_with(w->set, node->pointer, keyword, name);
        enum fault no = walk_schema(w, json_object_iter_value(at), &like);
        if (no) return no;
        at = json_object_iter_next((json_t *)(uintptr_t)map, at);
    }
    return FAULT_NONE;
}

static enum fault walk_keyword(struct walk *w, const struct node *node,
                               const struct keyword *keyword)
{
    const json_t *value = json_object_get(node->json, keyword->name);
    enum shape shape = keyword->shape;
    if (shape == SHAPE_ITEMS) shape = json_is_array(value) ? SHAPE_LIST : SHAPE_SCHEMA;
    if (!value || shape == SHAPE_PLAIN) return FAULT_NONE;
    if (shape == SHAPE_LIST) return walk_list(w, node, keyword->name, value);
    if (shape == SHAPE_MAP) return walk_map(w, node, keyword->name, value);
    struct node like = {.resource = node->resource, .document = node->document};
    like.pointer = pointer_with(w->set, node->pointer, keyword->name, TEXT_NONE);
    return walk_schema(w, value, &like);
}

static enum fault walk_schema(struct walk *w, const json_t *json, const struct node *like)
{
    struct node *node;
    if (!json_is_object(json))
        return FAULT_NONE; /* a boolean; anything else is refused by compile.c */
    if (w->depth >= SCHEMA_DEPTH_MAX || !like->pointer.at) return FAULT_LIMIT;
    enum fault no = node_add(w->set, json, like, &node);
    if (!no) no = identify(w, node);
    bool old = node->resource && node->resource->dialect == SCHEMA_DRAFT_04;
    if (!no && !old) no = anchor_add(w, node, "$anchor", false);
    if (!no && !old) no = anchor_add(w, node, "$dynamicAnchor", true);
    w->depth++;
    for (size_t i = 0; !no && i < keywords_n; i++)
        if (keywords[i].dialects & node->resource->dialect)
            no = walk_keyword(w, node, &keywords[i]);
    w->depth--;
    return no;
}

enum fault index_document(struct schema_set *set, const char *name, const char *uri,
                          const json_t *root, struct schema_problem *problem)
{
    struct walk walk = {.set = set, .problem = problem, .document = name};
    struct node like = {.document = name, .pointer = TEXT("")};
    enum fault no = booleans_add(set);
    if (no) return no;
    struct node place = {.document = name, .json = root, .pointer = TEXT("")};
    no = resource_add(&walk, &place, uri, dialect_of(root, set->dialect));
    if (no) return no;
    like.resource = place.resource;
    return walk_schema(&walk, root, &like);
}

const struct anchor *index_anchor(const struct resource *resource, struct text name,
                                  bool dynamic_only)
{
    for (const struct anchor *a = resource->anchors; a; a = a->next)
        if (text_equal(a->name, name) && (a->dynamic || !dynamic_only)) return a;
    return NULL;
}

/* RFC 6901: ~1 before ~0. */
static void unescape(struct buf *out, struct text token)
{
    for (size_t i = 0; i < token.n; i++) {
        bool escape = token.at[i] == '~' && i + 1 < token.n;
        if (escape && token.at[i + 1] == '1') buf_char(out, '/');
        else if (escape && token.at[i + 1] == '0') buf_char(out, '~');
        else buf_char(out, token.at[i]);
        if (escape && (token.at[i + 1] == '0' || token.at[i + 1] == '1')) i++;
    }
}

static const json_t *step(const json_t *at, struct text token)
{
    struct buf name = BUF_MAX(4 * KIB);
    const json_t *next = NULL;
    uint64_t index;
    unescape(&name, token);
    if (json_is_array(at) && text_to_u64(token, 1u << 30, &index))
        next = json_array_get(at, (size_t)index);
    if (json_is_object(at) && !buf_fault(&name))
        next = json_object_getn(at, name.data ? name.data : "", name.len);
    buf_release(&name);
    return next;
}

static struct node *pointed(struct schema_set *set, const struct resource *resource,
                            struct text pointer)
{
    const json_t *at = resource->root;
    struct text rest = pointer;
    (void)text_cut(&rest, '/'); /* the empty text before the first slash */
    while (rest.at && at) at = step(at, text_cut(&rest, '/'));
    return at ? index_node(set, at) : NULL;
}

struct node *index_target(struct schema_set *set, const struct resource *from, struct text ref)
{
    const char *uri = index_uri(set, from->uri, ref);
    struct resource *resource = uri ? index_resource(set, uri) : NULL;
    if (!resource) return NULL;
    struct text encoded = uri_split(ref).fragment;
    if (!encoded.n) return index_node(set, resource->root);
    struct buf fragment = BUF_MAX(4 * KIB);
    struct node *found = NULL;
    if (uri_decode(&fragment, encoded) && !buf_fault(&fragment)) {
        const struct anchor *anchor = index_anchor(resource, buf_view(&fragment), false);
        if (fragment.data[0] == '/') found = pointed(set, resource, buf_view(&fragment));
        else if (anchor) found = anchor->node;
    }
    buf_release(&fragment);
    return found;
}

struct node *index_named(struct schema_set *set, const char *name)
{
    struct resource outside = {.uri = index_uri(set, NULL, TEXT(""))};
    return outside.uri ? index_target(set, &outside, text_of(name)) : NULL;
}
