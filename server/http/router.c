/* router.c -- finds the row of the table that answers a path.
 *
 * The table becomes a tree with one level a segment. At each level a plain word is tried before a
 * parameter, and the search steps back when a branch has no end, so the order of the rows means
 * nothing. A row that could never be reached, because another of the same method has the same
 * shape, stops the start. What a handler does is not here. */
#include "groundswell/http/route.h"

#include "escape.h"
#include "groundswell/base/arena.h"
#include "groundswell/base/fault.h"
#include "groundswell/base/log.h"

struct node {
    struct text word; /* of this level; a parameter has none */
    struct node *words, *param, *sibling;
    const struct route *rows[METHOD_OPTIONS];
    unsigned allowed;
};

struct router {
    struct node root;
};

static const char *const names[] = {"GET",   "HEAD",   "POST",    "PUT",
                                    "PATCH", "DELETE", "OPTIONS", "-"};

const char *method_name(enum http_method method)
{
    INVARIANT(method <= METHOD_OTHER);
    return names[method];
}

void router_allow_put(struct buf *out, unsigned allowed)
{
    const char *between = "";
    for (unsigned i = 0; i < METHOD_OTHER; i++) {
        if (!(allowed & (1u << i))) continue;
        buf_cstr(out, between);
        buf_cstr(out, names[i]);
        between = ", ";
    }
}

static void node_release(struct node *node)
{
    while (node->words) {
        struct node *gone = node->words;
        node->words = gone->sibling;
        node_release(gone);
        free(gone);
    }
    if (node->param) node_release(node->param);
    free(node->param);
}

void router_free(struct router *router)
{
    if (!router) return;
    node_release(&router->root);
    free(router);
}

/* The child for a segment of a pattern, made where there is none. */
static struct node *node_child(struct node *node, struct text segment)
{
    bool is_param = segment.at[0] == ':';
    if (is_param && node->param) return node->param;
    for (struct node *at = node->words; at && !is_param; at = at->sibling)
        if (text_equal(at->word, segment)) return at;
    struct node *fresh = calloc(1, sizeof(*fresh));
    if (!fresh) return NULL;
    if (is_param) {
        node->param = fresh;
    } else {
        fresh->word = segment;
        fresh->sibling = node->words;
        node->words = fresh;
    }
    return fresh;
}

static bool word_is_plain(struct text word)
{
    for (size_t i = 0; i < word.n; i++) {
        char c = word.at[i];
        bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
        if (!letter && !strchr("-._~", c)) return false;
    }
    return word.n > 0 && !text_is(word, ".") && !text_is(word, "..");
}

/* Walks a pattern down the tree; NULL where the pattern is malformed or memory is short. */
static struct node *pattern_node(struct router *router, const char *pattern)
{
    if (pattern[0] != '/') return NULL;
    struct node *node = &router->root;
    struct text rest = text_of(pattern + 1);
    if (rest.n == 0) return node;
    size_t segments = 0, params = 0;
    while (rest.at && node) {
        struct text segment = text_cut(&rest, '/');
        bool is_param = segment.n > 0 && segment.at[0] == ':';
        struct text word = is_param ? (struct text){segment.at + 1, segment.n - 1} : segment;
        params += is_param;
        if (!word_is_plain(word)) return NULL;
        if (++segments > ROUTE_SEGMENTS_MAX || params > ROUTE_PARAMS_MAX) return NULL;
        node = node_child(node, segment);
    }
    return node;
}

static bool router_add(struct router *router, const struct route *route)
{
    bool served = route->method < METHOD_OPTIONS && route->method != METHOD_HEAD;
    struct node *node = served && route->handle ? pattern_node(router, route->pattern) : NULL;
    if (!node) {
        log_error("http", "route %s %s is malformed", method_name(route->method), route->pattern);
        return false;
    }
    if (node->rows[route->method]) {
        log_error("http", "route %s %s collides with %s", method_name(route->method),
                  route->pattern, node->rows[route->method]->pattern);
        return false;
    }
    node->rows[route->method] = route;
    node->allowed |= 1u << METHOD_OPTIONS | 1u << route->method;
    if (route->method == METHOD_GET) {
        node->rows[METHOD_HEAD] = route;
        node->allowed |= 1u << METHOD_HEAD;
    }
    return true;
}

struct router *router_new(const struct route *routes, size_t routes_n)
{
    if (routes_n > ROUTES_MAX) return NULL;
    struct router *router = calloc(1, sizeof(*router));
    for (size_t i = 0; router && i < routes_n; i++) {
        if (router_add(router, &routes[i])) continue;
        router_free(router);
        return NULL;
    }
    return router;
}

struct search {
    enum http_method method;
    struct text segments[ROUTE_SEGMENTS_MAX];
    size_t segments_n;
    const struct text *params[ROUTE_SEGMENTS_MAX]; /* segments taken by parameters on this branch */
    struct route_match *match;
};

/* A path ends here: keep what it allows, and the row if it is the one. */
static bool search_end(struct search *search, const struct node *node, size_t params_n)
{
    struct route_match *match = search->match;
    match->allowed |= node->allowed;
    if (search->method >= METHOD_OPTIONS) return false;
    const struct route *route = node->rows[search->method];
    if (!route) return false;
    match->route = route;
    const char *at = route->pattern;
    for (match->params_n = 0; match->params_n < params_n; match->params_n++) {
        at = strchr(at, ':') + 1;
        struct route_param *param = &match->params[match->params_n];
        *param = (struct route_param){at, strcspn(at, "/"), *search->params[match->params_n]};
    }
    return true;
}

static bool search_level(struct search *search, const struct node *node, size_t depth,
                         size_t params_n)
{
    if (depth == search->segments_n) return search_end(search, node, params_n);
    const struct text *segment = &search->segments[depth];
    for (const struct node *at = node->words; at; at = at->sibling) {
        if (!text_equal(at->word, *segment)) continue;
        if (search_level(search, at, depth + 1, params_n)) return true;
        break;
    }
    if (!node->param || segment->n == 0) return false;
    search->params[params_n] = segment;
    return search_level(search, node->param, depth + 1, params_n + 1);
}

enum fault router_find(const struct router *router, enum http_method method, struct text path,
                       struct arena *arena, struct route_match *ret)
{
    ret->route = NULL;
    ret->params_n = 0;
    ret->allowed = 0;
    if (path.n == 0 || path.at[0] != '/') return FAULT_FORMAT;
    struct search search;
    search.method = method;
    search.segments_n = 0;
    search.match = ret;
    struct text rest = {path.at + 1, path.n - 1};
    bool too_deep = false;
    while (rest.at && path.n > 1) {
        struct text decoded;
        enum fault no = escape_segment(arena, text_cut(&rest, '/'), &decoded);
        if (no) return no;
        too_deep = search.segments_n == ROUTE_SEGMENTS_MAX;
        if (!too_deep) search.segments[search.segments_n++] = decoded;
    }
    if (!too_deep) (void)search_level(&search, &router->root, 0, 0);
    return FAULT_NONE;
}
