/* openapi.c -- schemas as the components of an OpenAPI 3.1 document.
 *
 * The copy walks the same shapes as the index, so that a "$ref" inside an example stays what it
 * is. A component is entered before its own references are followed: schemas may refer to each
 * other in a ring. */
#include "groundswell/schema/openapi.h"

#include "index.h"
#include "inside.h"

#define REF_PREFIX "#/components/schemas/"

struct bundler {
    struct schema_set *set;
    json_t *components;
    struct schema_problem *problem;
    size_t depth;
};

static enum fault bundle_node(struct bundler *b, const struct node *node, json_t *copy);

/* "commands/pledge-put" becomes CommandsPledgePut; $defs is no part of a name. */
static void put_pascal(struct buf *out, struct text path)
{
    bool upper = true;
    for (size_t i = 0; i < path.n; i++) {
        char c = path.at[i];
        bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
        if (letter || (c >= '0' && c <= '9')) {
            buf_char(out, upper && c >= 'a' && c <= 'z' ? (char)(c - 'a' + 'A') : c);
            upper = false;
        } else {
            upper = true;
        }
    }
}

static enum fault component_name(const struct node *node, char ret[static SCHEMA_COMPONENT_MAX])
{
    struct buf name = BUF_MAX(SCHEMA_COMPONENT_MAX - 1);
    struct text document = text_of(node->document), rest = node->pointer;
    if (document.n > 5 && text_is((struct text){document.at + document.n - 5, 5}, ".json"))
        document.n -= 5;
    put_pascal(&name, document);
    while (rest.at) {
        struct text token = text_cut(&rest, '/');
        if (!text_is(token, "$defs")) put_pascal(&name, token);
    }
    enum fault no = name.len ? buf_fault(&name) : FAULT_FORMAT;
    if (!no) snprintf(ret, SCHEMA_COMPONENT_MAX, "%s", name.data);
    buf_release(&name);
    return no;
}

/* Where a component came from is kept beside it: to tell a namesake from a repeat. */
static enum fault name_claim(struct bundler *b, const struct node *node, const char *name,
                             bool *ret_first)
{
    for (struct component *c = b->set->components; c; c = c->next) {
        if (strcmp(c->name, name) != 0) continue;
        *ret_first = json_object_get(b->components, name) == NULL;
        if (c->node == node) return FAULT_NONE;
        return problem_set(b->problem, node, "$ref", "is a second schema by the name %s", name);
    }
    struct component *entry = arena_alloc(&b->set->arena, sizeof *entry);
    struct text own = arena_text(&b->set->arena, text_of(name));
    if (!entry || !own.at) return FAULT_MEMORY;
    *entry = (struct component){.name = own.at, .node = node, .next = b->set->components};
    b->set->components = entry;
    *ret_first = true;
    return FAULT_NONE;
}

static enum fault component_add(struct bundler *b, const struct node *node, json_t **ret_ref)
{
    char name[SCHEMA_COMPONENT_MAX];
    bool first = false;
    if (node->always || node->never) {
        *ret_ref = json_boolean(node->always);
        return FAULT_NONE;
    }
    if (component_name(node, name))
        return problem_set(b->problem, node, "$ref", "has a place that makes no name");
    enum fault no = name_claim(b, node, name, &first);
    if (no) return no;
    *ret_ref = json_pack("{s:s+}", "$ref", REF_PREFIX, name);
    if (!*ret_ref) return FAULT_MEMORY;
    if (!first) return FAULT_NONE;
    json_t *copy = json_deep_copy(node->json);
    if (!copy || json_object_set_new(b->components, name, copy)) return FAULT_MEMORY;
    return bundle_node(b, node, copy);
}

static enum fault bundle_reference(struct bundler *b, const struct node *node, json_t *copy)
{
    const char *ref = json_string_value(json_object_get(node->json, "$ref"));
    json_t *instead = NULL;
    if (!ref) return FAULT_NONE;
    const struct node *target = index_target(b->set, node->resource, text_of(ref));
    if (!target) return problem_set(b->problem, node, "$ref", "leads nowhere: %.120s", ref);
    enum fault no = component_add(b, target, &instead);
    json_t *pointer = json_object_get(instead, "$ref");
    if (no || pointer) {
        if (!no && json_object_set(copy, "$ref", pointer)) no = FAULT_MEMORY;
        json_decref(instead);
        return no;
    }
    json_object_del(copy, "$ref"); /* a boolean schema: OpenAPI takes it as `not: {}` */
    bool never = json_is_false(instead);
    return never && json_object_set_new(copy, "not", json_object()) ? FAULT_MEMORY : FAULT_NONE;
}

static enum fault bundle_child(struct bundler *b, const json_t *original, json_t *copy)
{
    const struct node *node = json_is_object(original) ? index_node(b->set, original) : NULL;
    return node ? bundle_node(b, node, copy) : FAULT_NONE;
}

static enum fault bundle_keyword(struct bundler *b, const struct keyword *keyword, json_t *original,
                                 json_t *copy)
{
    enum fault no = FAULT_NONE;
    if (!original || keyword->shape == SHAPE_PLAIN) return FAULT_NONE;
    if (keyword->shape == SHAPE_SCHEMA) return bundle_child(b, original, copy);
    for (size_t i = 0; !no && i < json_array_size(original); i++)
        no = bundle_child(b, json_array_get(original, i), json_array_get(copy, i));
    json_t *map = json_is_object(original) ? original : NULL;
    for (void *at = json_object_iter(map); !no && at; at = json_object_iter_next(map, at)) {
        const char *name = json_object_iter_key(at);
        no = bundle_child(b, json_object_iter_value(at),
                          json_object_getn(copy, name, json_object_iter_key_len(at)));
    }
    return no;
}

static enum fault bundle_node(struct bundler *b, const struct node *node, json_t *copy)
{
    static const char *const dropped[] = {"$schema", "$id", "$anchor", "$defs", "$dynamicAnchor"};
    if (node->resource->dialect != SCHEMA_2020_12)
        return problem_set(b->problem, node, "$schema", "is not 2020-12, as OpenAPI 3.1 needs");
    if (json_object_get(node->json, "$dynamicRef"))
        return problem_set(b->problem, node, "$dynamicRef", "cannot be bundled");
    if (b->depth >= SCHEMA_DEPTH_MAX) return FAULT_LIMIT;
    b->depth++;
    for (size_t i = 0; i < sizeof dropped / sizeof *dropped; i++) json_object_del(copy, dropped[i]);
    enum fault no = bundle_reference(b, node, copy);
    for (size_t i = 0; !no && i < keywords_n; i++) {
        json_t *kept = json_object_get(copy, keywords[i].name);
        if (kept && (keywords[i].dialects & SCHEMA_2020_12))
            no = bundle_keyword(b, &keywords[i], json_object_get(node->json, keywords[i].name),
                                kept);
    }
    b->depth--;
    return no;
}

static enum fault find_root(struct bundler *b, const char *name, const struct node **ret)
{
    const struct node nowhere = {.document = name, .pointer = TEXT("")};
    struct node *root = index_named(b->set, name);
    if (!root) return problem_set(b->problem, &nowhere, "", "is not a schema of this set");
    *ret = root;
    return FAULT_NONE;
}

static enum fault give(enum fault no, json_t *made, json_t **ret)
{
    if (no) json_decref(made);
    else *ret = made;
    return no;
}

enum fault schema_bundle(struct schema_set *set, const char *name, json_t *components, json_t **ret,
                         struct schema_problem *ret_problem)
{
    struct schema_problem problem;
    struct bundler b = {set, components, ret_problem ? ret_problem : &problem, 0};
    const struct node *root = NULL;
    enum fault no = find_root(&b, name, &root);
    if (no) return no;
    bool plain = root->always || root->never;
    json_t *copy = plain ? json_boolean(root->always) : json_deep_copy(root->json);
    if (!copy) return FAULT_MEMORY;
    return give(plain ? FAULT_NONE : bundle_node(&b, root, copy), copy, ret);
}

enum fault schema_bundle_ref(struct schema_set *set, const char *name, json_t *components,
                             json_t **ret, struct schema_problem *ret_problem)
{
    struct schema_problem problem;
    struct bundler b = {set, components, ret_problem ? ret_problem : &problem, 0};
    const struct node *root = NULL;
    json_t *ref = NULL;
    enum fault no = find_root(&b, name, &root);
    if (!no) no = component_add(&b, root, &ref);
    return give(no, ref, ret);
}
