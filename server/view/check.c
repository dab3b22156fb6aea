/* check.c -- whether a page asks only for what its model is promised to have.
 *
 * The walk is that of render.c, with shapes in the place of values and both ways of every section.
 * A template that includes itself is walked once for each thing that it is included for. */
#include "inside.h"

/* A template that is being walked. */
struct visit_of {
    const struct visit_of *within;
    const struct view *view;
    const json_t *shape;
    const struct blocks *blocks;
};

struct check {
    struct view_problem *problem;
    const json_t *shapes[VIEW_DEPTH_MAX + 1];
    size_t shapes_n;
    const struct visit_of *visits;
    size_t visits_n;
    const struct blocks *blocks;
    uint64_t steps;
};

static enum fault check_nodes(struct check *c, const struct view *view, uint32_t at, uint32_t end)
    MUST_CHECK;

static void name_put(struct buf *out, const struct view *view, const struct name *name)
{
    if (name->here || name->n == 0) buf_char(out, '.');
    for (uint32_t i = 0; i < name->n; i++) {
        if (i > 0) buf_char(out, '.');
        buf_text(out, view->parts[name->first + i]);
    }
}

static enum fault refuse(const struct check *c, const struct view *view, const struct node *node,
                         const char *what)
{
    CLEANUP(buf) struct buf name = BUF_MAX(2 * KIB);
    name_put(&name, view, &node->name);
    return view_refuse(c->problem, FAULT_FORMAT, view->name, node->line, "\"%.*s\" %s",
                       TEXT_ARGS(buf_view(&name)), what);
}

/* The shape of `part` in `shape`: anything where that is anything; NULL: it has no such member. */
static const json_t *member(const json_t *shape, struct text part)
{
    uint64_t index;
    if (json_is_array(shape))
        return text_to_u64(part, UINT32_MAX, &index) ? json_array_get(shape, 0) : NULL;
    return json_is_null(shape) ? shape : json_object_getn(shape, part.at, part.n);
}

static const json_t *look_up(const struct check *c, const struct view *view,
                             const struct name *name)
{
    const json_t *found = c->shapes[c->shapes_n - 1];
    if (name->n == 0) return found;
    const struct text *parts = &view->parts[name->first];
    found = member(found, parts[0]);
    for (size_t i = c->shapes_n - 1; !found && !name->here && i-- > 0;)
        found = member(c->shapes[i], parts[0]);
    for (uint32_t i = 1; found && i < name->n; i++) found = member(found, parts[i]);
    return found;
}

static enum fault check_inside(struct check *c, const struct view *view, uint32_t at)
{
    return check_nodes(c, view, at + 1, view->nodes[at].end);
}

static enum fault check_value(struct check *c, const struct view *view, const struct node *node)
{
    const json_t *shape = look_up(c, view, &node->name);
    bool plain = node->kind != NODE_PLURAL && !node->through;
    if (!shape) return refuse(c, view, node, "is in no model of this page");
    if (node->kind == NODE_PLURAL && json_is_object(shape))
        return refuse(c, view, node, "is a thing, not a number");
    if (plain && json_is_object(shape)) return refuse(c, view, node, "is a thing, not a value");
    if (plain && json_is_array(shape)) return refuse(c, view, node, "is a list, not a value");
    return FAULT_NONE;
}

static enum fault check_section(struct check *c, const struct view *view, uint32_t at)
{
    const struct node *node = &view->nodes[at];
    const json_t *shape = look_up(c, view, &node->name);
    bool into = node->kind == NODE_SECTION && !node->text.at;
    if (!shape) return refuse(c, view, node, "is in no model of this page");
    if (node->text.at && (json_is_object(shape) || json_is_array(shape)))
        return refuse(c, view, node, "is compared with a word, but it is not a value");
    if (!into) return check_inside(c, view, at);
    if (json_is_array(shape)) shape = json_array_get(shape, 0);
    if (!shape || c->shapes_n > VIEW_DEPTH_MAX)
        return view_refuse(c->problem, FAULT_LIMIT, view->name, node->line,
                           shape ? "too many sections are within one another"
                                 : "the shape does not say what its list holds");
    c->shapes[c->shapes_n++] = shape;
    enum fault no = check_inside(c, view, at);
    c->shapes_n--;
    return no;
}

static enum fault check_template(struct check *c, const struct view *view, const struct node *node)
{
    struct visit_of visit = {c->visits, node->view, c->shapes[c->shapes_n - 1],
                             c->blocks};
    for (const struct visit_of *v = c->visits; v; v = v->within)
        if (v->view == visit.view && v->shape == visit.shape && v->blocks == visit.blocks)
            return FAULT_NONE;
    if (c->visits_n >= VIEW_DEPTH_MAX)
        return view_refuse(c->problem, FAULT_LIMIT, view->name, node->line,
                           "too many templates are within one another");
    c->visits = &visit;
    c->visits_n++;
    enum fault no = check_nodes(c, node->view, 0, node->view->nodes_n);
    c->visits = visit.within;
    c->visits_n--;
    return no;
}

static enum fault check_parent(struct check *c, const struct view *view, uint32_t at)
{
    struct blocks blocks = {c->blocks, view, at};
    c->blocks = &blocks;
    enum fault no = check_template(c, view, &view->nodes[at]);
    c->blocks = blocks.within;
    return no;
}

static enum fault check_block(struct check *c, const struct view *view, uint32_t at)
{
    const struct blocks *before = c->blocks;
    uint32_t with = 0;
    const struct blocks *from = blocks_find(before, view->nodes[at].text, &with);
    if (!from) return check_inside(c, view, at);
    c->blocks = from->within;
    enum fault no = check_inside(c, from->view, with);
    c->blocks = before;
    return no;
}

static enum fault check_plural(struct check *c, const struct view *view, uint32_t at)
{
    enum fault no = check_value(c, view, &view->nodes[at]);
    uint32_t end = view->nodes[at].end;
    for (uint32_t i = at + 1; i < end && !no; i = view->nodes[i].end)
        no = check_inside(c, view, i);
    return no;
}

static enum fault check_node(struct check *c, const struct view *view, uint32_t at)
{
    const struct node *node = &view->nodes[at];
    switch (node->kind) {
    case NODE_TEXT: return FAULT_NONE;
    case NODE_VALUE:
    case NODE_RAW: return check_value(c, view, node);
    case NODE_SECTION:
    case NODE_UNLESS: return check_section(c, view, at);
    case NODE_PARTIAL: return check_template(c, view, node);
    case NODE_PARENT: return check_parent(c, view, at);
    case NODE_BLOCK: return check_block(c, view, at);
    case NODE_PLURAL: return check_plural(c, view, at);
    case NODE_FORM: break; /* its plural checks it */
    }
    return FAULT_NONE;
}

static enum fault check_nodes(struct check *c, const struct view *view, uint32_t at, uint32_t end)
{
    enum fault no = FAULT_NONE;
    if (++c->steps > VIEW_STEPS_MAX)
        return view_refuse(c->problem, FAULT_LIMIT, view->name, 1, "it includes too much");
    for (; at < end && !no; at = view->nodes[at].end) no = check_node(c, view, at);
    return no;
}

enum fault view_check(const struct view *view, const json_t *shape, struct view_problem *problem)
{
    struct visit_of visit = {NULL, view, shape, NULL};
    struct check c = {.problem = problem, .shapes = {shape}, .shapes_n = 1, .visits = &visit};
    return check_nodes(&c, view, 0, view->nodes_n);
}
