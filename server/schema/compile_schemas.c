/* compile_schemas.c -- keywords whose value is a schema, a list or a map of them, or a reference to
 * one. */
#include "compile.h"
#include "index.h"
#include "pattern.h"
#include "uri.h"

static enum fault must_be(struct compiler *c, const struct node *node, const struct rule *rule,
                          const char *what)
{
    return problem_set(c->problem, node, rule->keyword->name, "must be %s", what);
}

static enum fault nodes_alloc(struct compiler *c, struct rule *rule, size_t n)
{
    rule->nodes = arena_alloc(&c->set->arena, (n + 1) * sizeof *rule->nodes);
    rule->nodes_n = n;
    return rule->nodes ? FAULT_NONE : FAULT_MEMORY;
}

enum fault compile_schema(struct compiler *c, struct node *node, struct rule *rule)
{
    enum fault no = nodes_alloc(c, rule, 1);
    return no ? no : compile_sub(c, node, rule->keyword->name, rule->value, &rule->nodes[0]);
}

static enum fault compile_list(struct compiler *c, struct node *node, struct rule *rule,
                               const json_t *list)
{
    enum fault no = nodes_alloc(c, rule, json_array_size(list));
    for (size_t i = 0; !no && i < rule->nodes_n; i++)
        no = compile_sub(c, node, rule->keyword->name, json_array_get(list, i), &rule->nodes[i]);
    return no;
}

enum fault compile_schemas(struct compiler *c, struct node *node, struct rule *rule)
{
    if (!json_array_size(rule->value))
        return must_be(c, node, rule, "a list of at least one schema");
    return compile_list(c, node, rule, rule->value);
}

enum fault compile_map(struct compiler *c, struct node *node, struct rule *rule)
{
    json_t *map = (json_t *)(uintptr_t)rule->value;
    const struct node *sub;
    if (!json_is_object(map)) return must_be(c, node, rule, "an object of schemas");
    for (void *at = json_object_iter(map); at; at = json_object_iter_next(map, at)) {
        enum fault no = compile_sub(c, node, rule->keyword->name, json_object_iter_value(at), &sub);
        if (no) return no;
    }
    return FAULT_NONE;
}

/* dependentRequired (lists of names), dependentSchemas (schemas) and draft-04's dependencies
 * (either). */
enum fault compile_dependencies(struct compiler *c, struct node *node, struct rule *rule)
{
    json_t *map = (json_t *)(uintptr_t)rule->value;
    bool names = strcmp(rule->keyword->name, "dependentSchemas") != 0;
    bool schemas = strcmp(rule->keyword->name, "dependentRequired") != 0;
    size_t i = 0;
    if (!json_is_object(map)) return must_be(c, node, rule, "an object");
    enum fault no = nodes_alloc(c, rule, json_object_size(map));
    for (void *at = json_object_iter(map); !no && at; at = json_object_iter_next(map, at), i++) {
        struct rule part = {.keyword = rule->keyword, .value = json_object_iter_value(at)};
        if (names && json_is_array(part.value)) no = compile_names(c, node, &part);
        else if (schemas)
            no = compile_sub(c, node, rule->keyword->name, part.value, &rule->nodes[i]);
        else no = must_be(c, node, rule, "an object of lists of names");
    }
    return no;
}

static int property_compare(const void *a, const void *b)
{
    const struct property *left = a, *right = b;
    return text_compare(left->name, right->name);
}

static enum fault compile_properties(struct compiler *c, struct node *node, struct members *members)
{
    json_t *map = json_object_get(node->json, "properties");
    if (!map) return FAULT_NONE;
    if (!json_is_object(map))
        return problem_set(c->problem, node, "properties", "must be an object of schemas");
    members->list =
        arena_alloc(&c->set->arena, (json_object_size(map) + 1) * sizeof *members->list);
    if (!members->list) return FAULT_MEMORY;
    for (void *at = json_object_iter(map); at; at = json_object_iter_next(map, at)) {
        struct property *one = &members->list[members->n++];
        one->name = (struct text){json_object_iter_key(at), json_object_iter_key_len(at)};
        enum fault no = compile_sub(c, node, "properties", json_object_iter_value(at), &one->node);
        if (no) return no;
    }
    qsort(members->list, members->n, sizeof *members->list, property_compare);
    return FAULT_NONE;
}

static enum fault compile_patterns(struct compiler *c, struct node *node, struct members *members)
{
    static const char keyword[] = "patternProperties";
    json_t *map = json_object_get(node->json, keyword);
    if (!map) return FAULT_NONE;
    if (!json_is_object(map))
        return problem_set(c->problem, node, keyword, "must be an object of schemas");
    members->patterns =
        arena_alloc(&c->set->arena, (json_object_size(map) + 1) * sizeof *members->patterns);
    if (!members->patterns) return FAULT_MEMORY;
    for (void *at = json_object_iter(map); at; at = json_object_iter_next(map, at)) {
        char what[120] = "";
        struct pattern_property *one = &members->patterns[members->patterns_n++];
        CLEANUP(json_ref)
        json_t *name = json_stringn(json_object_iter_key(at), json_object_iter_key_len(at));
        enum fault no = pattern_compile(c->set, name, &one->pattern, what);
        if (no == FAULT_FORMAT) return problem_set(c->problem, node, keyword, "%s", what);
        if (!no) one->pattern->source = json_object_iter_key(at); /* `name` dies here */
        if (!no) no = compile_sub(c, node, keyword, json_object_iter_value(at), &one->node);
        if (no) return no;
    }
    return FAULT_NONE;
}

enum fault compile_members(struct compiler *c, struct node *node, struct rule *rule)
{
    if (node->members_done) {
        rule->keyword = NULL;
        return FAULT_NONE;
    }
    node->members_done = true;
    struct members *members = arena_alloc(&c->set->arena, sizeof *members);
    if (!members) return FAULT_MEMORY;
    const json_t *additional = json_object_get(node->json, "additionalProperties");
    enum fault no = compile_properties(c, node, members);
    if (!no) no = compile_patterns(c, node, members);
    if (!no && additional)
        no = compile_sub(c, node, "additionalProperties", additional, &members->additional);
    rule->members = members;
    return no;
}

/* prefixItems and items; in draft-04 items as an array and additionalItems. */
enum fault compile_items(struct compiler *c, struct node *node, struct rule *rule)
{
    bool old = node->resource->dialect == SCHEMA_DRAFT_04;
    const json_t *items = json_object_get(node->json, "items");
    const json_t *prefix = old ? items : json_object_get(node->json, "prefixItems");
    const json_t *rest =
        old && json_is_array(items) ? json_object_get(node->json, "additionalItems") : items;
    enum fault no = FAULT_NONE;
    if (node->items_done) {
        rule->keyword = NULL;
        return FAULT_NONE;
    }
    node->items_done = true;
    if (!old && prefix && !json_is_array(prefix))
        return must_be(c, node, rule, "a list of schemas");
    if (json_is_array(prefix)) no = compile_list(c, node, rule, prefix);
    if (!no && rest)
        no = compile_sub(c, node, old && rest != items ? "additionalItems" : "items", rest,
                         &rule->rest);
    return no;
}

/* minContains and maxContains have rows of their own, which refuse what is no count. */
static uint64_t count_of(const json_t *value, uint64_t otherwise)
{
    double number = json_number_value(value);
    return json_is_number(value) && number >= 0 && number < 1e15 ? (uint64_t)number : otherwise;
}

enum fault compile_contains(struct compiler *c, struct node *node, struct rule *rule)
{
    const json_t *min = json_object_get(node->json, "minContains");
    const json_t *max = json_object_get(node->json, "maxContains");
    rule->count.min = count_of(min, 1);
    rule->count.max = count_of(max, UINT64_MAX);
    return compile_schema(c, node, rule);
}

enum fault compile_if(struct compiler *c, struct node *node, struct rule *rule)
{
    static const char *const names[] = {"if", "then", "else"};
    enum fault no = nodes_alloc(c, rule, 3);
    for (size_t i = 0; !no && i < 3; i++) {
        const json_t *value = json_object_get(node->json, names[i]);
        if (value) no = compile_sub(c, node, names[i], value, &rule->nodes[i]);
    }
    return no;
}

static enum fault refer(struct compiler *c, struct node *node, struct rule *rule)
{
    const char *ref = json_string_value(rule->value);
    if (!ref) return must_be(c, node, rule, "a URI reference");
    struct node *target = index_target(c->set, node->resource, text_of(ref));
    if (!target)
        return problem_set(c->problem, node, rule->keyword->name, "leads nowhere: %.120s", ref);
    enum fault no = nodes_alloc(c, rule, 1);
    if (no) return no;
    rule->nodes[0] = target;
    if (target->state != NODE_NEW) return FAULT_NONE;
    target->state = NODE_PENDING;
    target->pending = c->pending;
    c->pending = target;
    return FAULT_NONE;
}

enum fault compile_ref(struct compiler *c, struct node *node, struct rule *rule)
{
    return refer(c, node, rule);
}

/* Every anchor of that name is a possible destination, so every one of them is compiled. */
enum fault compile_dynamic_ref(struct compiler *c, struct node *node, struct rule *rule)
{
    enum fault no = refer(c, node, rule);
    if (no) return no;
    struct text name = uri_split(text_of(json_string_value(rule->value))).fragment;
    const struct node *first = rule->nodes[0];
    const struct anchor *bookend =
        first->resource ? index_anchor(first->resource, name, true) : NULL;
    if (!name.n || !bookend || bookend->node != first)
        return FAULT_NONE; /* then it is an ordinary $ref */
    rule->anchor = name;
    for (struct resource_name *r = c->set->resources; r; r = r->hh.next) {
        const struct anchor *anchor = index_anchor(r->resource, name, true);
        if (!anchor || anchor->node->state != NODE_NEW) continue;
        anchor->node->state = NODE_PENDING;
        anchor->node->pending = c->pending;
        c->pending = anchor->node;
    }
    return FAULT_NONE;
}
