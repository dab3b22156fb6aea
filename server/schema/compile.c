/* compile.c -- the walk that turns a node's keywords into rules, and refuses what it does not know.
 *
 * References are followed by a list of pending nodes, not by recursion; when all are done, a second
 * walk looks for rings of references that would judge the same instance for ever. What one keyword
 * compiles to is in compile_values.c (scalars) and compile_schemas.c (subschemas). */
#include "compile.h"

#include "index.h"

static bool is_known(const struct compiler *c, const struct node *node, const char *name)
{
    if (strncmp(name, "x-", 2) == 0) return true;
    for (size_t i = 0; i < keywords_n; i++)
        if ((keywords[i].dialects & node->resource->dialect) && strcmp(keywords[i].name, name) == 0)
            return true;
    for (size_t i = 0; i < c->set->annotations_n; i++)
        if (strcmp(c->set->annotations[i], name) == 0) return true;
    return false;
}

static enum fault refuse_unknown(struct compiler *c, const struct node *node)
{
    json_t *json = (json_t *)(uintptr_t)node->json; /* Jansson's iterators are not const */
    for (void *at = json_object_iter(json); at; at = json_object_iter_next(json, at)) {
        const char *name = json_object_iter_key(at);
        if (!is_known(c, node, name))
            return problem_set(c->problem, node, name, "is not a keyword that is supported");
    }
    return FAULT_NONE;
}

static enum fault compile_rule(struct compiler *c, struct node *node, const struct keyword *keyword)
{
    const json_t *value = json_object_get(node->json, keyword->name);
    if (!value || !(keyword->dialects & node->resource->dialect)) return FAULT_NONE;
    struct rule rule = {.keyword = keyword, .value = value};
    enum fault no = keyword->compile ? keyword->compile(c, node, &rule) : FAULT_NONE;
    if (no || !rule.keyword || !keyword->check) return no;
    node->tracks = node->tracks || (keyword->flags & KEYWORD_LAST);
    node->rules[node->rules_n++] = rule;
    return FAULT_NONE;
}

static enum fault compile_node(struct compiler *c, struct node *node)
{
    bool ref_alone =
        node->resource->dialect == SCHEMA_DRAFT_04 && json_object_get(node->json, "$ref");
    if (!node->resource->dialect)
        return problem_set(c->problem, node, "$schema", "is not a dialect that is supported");
    node->state = NODE_BUSY;
    size_t members = json_object_size(node->json);
    node->rules = arena_alloc(&c->set->arena, (members + 1) * sizeof *node->rules);
    if (!node->rules) return FAULT_MEMORY;
    /* draft-04: what stands beside a $ref is not part of the schema; only its definitions can be
     * pointed to */
    enum fault no = ref_alone ? FAULT_NONE : refuse_unknown(c, node);
    for (size_t i = 0; !no && i < keywords_n; i++)
        if (!ref_alone || strcmp(keywords[i].name, "$ref") == 0)
            no = compile_rule(c, node, &keywords[i]);
    node->state = NODE_DONE;
    return no;
}

enum fault compile_sub(struct compiler *c, struct node *node, const char *keyword,
                       const json_t *value, const struct node **ret)
{
    struct node *sub =
        json_is_object(value) || json_is_boolean(value) ? index_node(c->set, value) : NULL;
    if (!sub) return problem_set(c->problem, node, keyword, "must be a schema");
    *ret = sub;
    return sub->state == NODE_NEW || sub->state == NODE_PENDING ? compile_node(c, sub) : FAULT_NONE;
}

enum { UNSEEN, ON_THE_WAY, CLEAR };

static enum fault find_ring(struct compiler *c, struct node *node, size_t depth)
{
    enum fault no = FAULT_NONE;
    if (node->ring == CLEAR) return FAULT_NONE;
    if (node->ring == ON_THE_WAY)
        return problem_set(c->problem, node, "$ref", "refers to itself without end");
    if (depth >= SCHEMA_DEPTH_MAX / 2)
        return problem_set(c->problem, node, "$ref", "is a chain that is too long");
    node->ring = ON_THE_WAY;
    for (size_t i = 0; !no && i < node->rules_n; i++) {
        const struct rule *rule = &node->rules[i];
        for (size_t k = 0; !no && (rule->keyword->flags & KEYWORD_IN_PLACE) && k < rule->nodes_n;
             k++) {
            struct node *sub = rule->nodes[k] ? index_node(c->set, rule->nodes[k]->json) : NULL;
            if (sub) no = find_ring(c, sub, depth + 1);
        }
    }
    node->ring = CLEAR;
    return no;
}

enum fault compile_root(struct schema_set *set, struct node *root, struct schema_problem *problem)
{
    struct compiler c = {.set = set, .problem = problem};
    enum fault no = FAULT_NONE;
    if (root->state == NODE_NEW) c.pending = root;
    while (!no && c.pending) {
        struct node *node = c.pending;
        c.pending = node->pending;
        if (node->state == NODE_NEW || node->state == NODE_PENDING) no = compile_node(&c, node);
    }
    for (struct node *node = set->nodes; !no && node; node = node->hh.next)
        if (node->state == NODE_DONE) no = find_ring(&c, node, 0);
    return no;
}
