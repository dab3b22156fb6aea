/* render.c -- writes a parsed template with a model.
 *
 * Nothing is allocated but what `out` grows by. The walk is bounded: in the things that are looked
 * into and the templates within one another by VIEW_DEPTH_MAX, in all by VIEW_STEPS_MAX. */
#include "inside.h"

#include "groundswell/view/catalogue.h"

/* Blanks that are written before each line. */
struct indent {
    const struct indent *before; /* NULL: none */
    struct text blanks;
};

struct render {
    struct buf *out;
    const void *look;
    const json_t *things[VIEW_DEPTH_MAX + 1]; /* the innermost last */
    size_t things_n;
    size_t templates_n;
    uint64_t steps;
    const struct blocks *blocks;
    const struct indent *indent;
    enum fault fault;
};

static void put_nodes(struct render *r, const struct view *view, uint32_t at, uint32_t end);

void view_escape(struct buf *out, struct text text)
{
    static const char *const with[256] = {
        ['&'] = "&amp;", ['<'] = "&lt;", ['>'] = "&gt;", ['"'] = "&quot;", ['\''] = "&#39;",
        [0x7f] = "?",
    };
    size_t from = 0;
    if (text.n == 0) return;
    for (size_t i = 0; i < text.n; i++) {
        unsigned char c = (unsigned char)text.at[i];
        const char *instead = c < ' ' && c != '\n' && c != '\t' ? "?" : with[c];
        if (!instead) continue;
        buf_put(out, text.at + from, i - from);
        buf_cstr(out, instead);
        from = i + 1;
    }
    buf_put(out, text.at + from, text.n - from);
}

static struct text text_in(const json_t *value)
{
    return (struct text){json_string_value(value), json_string_length(value)};
}

/* Of a list, the one of that number: {{#items.0}} is whether there is any. */
static const json_t *member(const json_t *thing, struct text name)
{
    uint64_t index;
    if (json_is_array(thing))
        return text_to_u64(name, UINT32_MAX, &index) ? json_array_get(thing, (size_t)index) : NULL;
    return json_object_getn(thing, name.at, name.n);
}

/* NULL: there is none. The first part is looked for outwards, the others below it. */
static const json_t *look_up(const struct render *r, const struct view *view,
                             const struct name *name)
{
    const json_t *found = r->things[r->things_n - 1];
    if (name->n == 0) return found;
    const struct text *parts = &view->parts[name->first];
    found = member(found, parts[0]);
    for (size_t i = r->things_n - 1; !found && !name->here && i-- > 0;)
        found = member(r->things[i], parts[0]);
    for (uint32_t i = 1; found && i < name->n; i++) found = member(found, parts[i]);
    return found;
}

static bool is_so(const json_t *value)
{
    switch (value ? json_typeof(value) : JSON_NULL) {
    case JSON_NULL:
    case JSON_FALSE: return false;
    case JSON_ARRAY: return json_array_size(value) > 0;
    case JSON_STRING: return json_string_length(value) > 0;
    case JSON_INTEGER: return json_integer_value(value) != 0;
    default: return true;
    }
}

/* The text of a value; numbers are written into `room`. TEXT_NONE: it has none. */
static struct text text_value(const json_t *value, char room[static 40])
{
    int n = 0;
    switch (value ? json_typeof(value) : JSON_NULL) {
    case JSON_STRING: return text_in(value);
    case JSON_TRUE: return TEXT("true");
    case JSON_FALSE: return TEXT("false");
    case JSON_INTEGER: n = snprintf(room, 40, "%" JSON_INTEGER_FORMAT, json_integer_value(value));
        break;
    case JSON_REAL: n = snprintf(room, 40, "%.15g", json_real_value(value)); break;
    default: return TEXT_NONE;
    }
    return (struct text){room, (size_t)n};
}

static void put_value(struct render *r, const struct view *view, const struct node *node)
{
    char room[40];
    const json_t *value = look_up(r, view, &node->name);
    if (node->through) node->through->put(r->out, value, r->look);
    else if (node->kind == NODE_RAW) buf_text(r->out, text_value(value, room));
    else view_escape(r->out, text_value(value, room));
}

static void put_blanks(struct buf *out, const struct indent *indent)
{
    if (!indent) return;
    put_blanks(out, indent->before);
    buf_text(out, indent->blanks);
}

static void put_text(struct render *r, const struct node *node)
{
    if (!r->indent) {
        buf_text(r->out, node->text);
        return;
    }
    struct text rest = node->text;
    bool line_start = node->line_start;
    do {
        const char *lf = rest.n ? memchr(rest.at, '\n', rest.n) : NULL;
        size_t n = lf ? (size_t)(lf - rest.at) + 1 : rest.n;
        if (line_start) put_blanks(r->out, r->indent);
        buf_put(r->out, rest.at, n);
        rest = (struct text){rest.at + n, rest.n - n};
        line_start = true;
    } while (rest.n > 0);
}

static void put_inside(struct render *r, const struct view *view, uint32_t at)
{
    put_nodes(r, view, at + 1, view->nodes[at].end);
}

static void put_for(struct render *r, const struct view *view, uint32_t at, const json_t *thing)
{
    if (r->things_n > VIEW_DEPTH_MAX) {
        r->fault = FAULT_LIMIT;
        return;
    }
    r->things[r->things_n++] = thing;
    put_inside(r, view, at);
    r->things_n--;
}

static void put_section(struct render *r, const struct view *view, uint32_t at)
{
    const struct node *node = &view->nodes[at];
    const json_t *value = look_up(r, view, &node->name);
    char room[40];
    if (node->text.at) {
        struct text text = text_value(value, room);
        bool same = text.at && text_equal(text, node->text);
        if (same == (node->kind == NODE_SECTION)) put_inside(r, view, at);
    } else if (node->kind == NODE_UNLESS) {
        if (!is_so(value)) put_inside(r, view, at);
    } else if (json_is_array(value)) {
        for (size_t i = 0; i < json_array_size(value) && !r->fault; i++)
            put_for(r, view, at, json_array_get(value, i));
    } else if (is_so(value)) {
        put_for(r, view, at, value);
    }
}

/* A whole template, from where `node` includes it. */
static void put_template(struct render *r, const struct node *node)
{
    const struct indent *before = r->indent;
    struct indent indent = {before, node->text};
    if (r->templates_n >= VIEW_DEPTH_MAX) {
        r->fault = FAULT_LIMIT;
        return;
    }
    r->indent = !node->text.at ? NULL : node->text.n ? &indent : before;
    r->templates_n++;
    put_nodes(r, node->view, 0, node->view->nodes_n);
    r->templates_n--;
    r->indent = before;
}

static void put_parent(struct render *r, const struct view *view, uint32_t at)
{
    struct blocks blocks = {r->blocks, view, at};
    r->blocks = &blocks;
    put_template(r, &view->nodes[at]);
    r->blocks = blocks.within;
}

static void put_block(struct render *r, const struct view *view, uint32_t at)
{
    const struct blocks *before = r->blocks;
    uint32_t with = 0;
    const struct blocks *from = blocks_find(before, view->nodes[at].text, &with);
    if (from) {
        r->blocks = from->within;
        put_inside(r, from->view, with);
        r->blocks = before;
    } else {
        put_inside(r, view, at);
    }
}

static uint64_t count_of(const json_t *value)
{
    json_int_t n = json_integer_value(value);
    if (json_is_array(value)) return json_array_size(value);
    return n < 0 ? (uint64_t)0 - (uint64_t)n : (uint64_t)n;
}

static void put_plural(struct render *r, const struct view *view, uint32_t at)
{
    const struct node *node = &view->nodes[at];
    const struct catalogue *words = node->as_it_stands ? NULL : view->set->plan.words;
    size_t form = catalogue_form(words, count_of(look_up(r, view, &node->name)));
    uint32_t i = at + 1;
    while (form-- > 0) i = view->nodes[i].end;
    put_inside(r, view, i);
}

static void put_nodes(struct render *r, const struct view *view, uint32_t at, uint32_t end)
{
    if (++r->steps > VIEW_STEPS_MAX) r->fault = FAULT_LIMIT;
    while (at < end && !r->fault) {
        const struct node *node = &view->nodes[at];
        switch (node->kind) {
        case NODE_TEXT: put_text(r, node); break;
        case NODE_VALUE:
        case NODE_RAW: put_value(r, view, node); break;
        case NODE_SECTION:
        case NODE_UNLESS: put_section(r, view, at); break;
        case NODE_PARTIAL: put_template(r, node); break;
        case NODE_PARENT: put_parent(r, view, at); break;
        case NODE_BLOCK: put_block(r, view, at); break;
        case NODE_PLURAL: put_plural(r, view, at); break;
        case NODE_FORM: break; /* its plural puts it */
        }
        at = node->end;
    }
    if (!r->fault) r->fault = buf_fault(r->out);
}

enum fault view_render(struct buf *out, const struct view *view, const json_t *model,
                       const void *look)
{
    struct render r = {.out = out, .look = look, .things = {model}, .things_n = 1};
    put_nodes(&r, view, 0, view->nodes_n);
    return r.fault;
}
