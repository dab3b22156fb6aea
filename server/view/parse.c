/* parse.c -- reads the source of a template into its nodes.
 *
 * A tag that stands alone in its line takes the line with it, as the specification says; whether it
 * does is judged by the source around it. What is inside {{#_}}: message.c. */
#include "inside.h"

#define NAME_PART_MAX 64

enum fault parse_refuse(const struct parse *parse, unsigned line, const char *format, ...)
{
    char what[sizeof((struct view_problem *)NULL)->what];
    va_list args;
    va_start(args, format);
    vsnprintf(what, sizeof what, format, args);
    va_end(args);
    return view_refuse(parse->problem, FAULT_FORMAT, parse->view->name, line, "%s", what);
}

static enum fault too_large(const struct parse *parse, unsigned line, const char *what)
{
    return view_refuse(parse->problem, FAULT_LIMIT, parse->view->name, line, "%s", what);
}

size_t parse_find(struct text in, size_t from, struct text what)
{
    if (from >= in.n) return SIZE_MAX;
    const char *at = memmem(in.at + from, in.n - from, what.at, what.n);
    return at ? (size_t)(at - in.at) : SIZE_MAX;
}

/* Room for one more of `size` bytes in *list. */
static bool grow(void **list, uint32_t n, uint32_t *cap, size_t size)
{
    if (n < *cap) return true;
    uint32_t wanted = *cap ? 2 * *cap : 32;
    void *larger = realloc(*list, wanted * size);
    if (!larger) return false;
    *list = larger;
    *cap = wanted;
    return true;
}

enum fault parse_node(struct parse *parse, struct node node, uint32_t *ret_at)
{
    struct view *view = parse->view;
    void *nodes = view->nodes;
    if (view->nodes_n >= VIEW_NODES_MAX)
        return too_large(parse, node.line, "the template has too many tags");
    if (!grow(&nodes, view->nodes_n, &view->nodes_cap, sizeof *view->nodes)) return FAULT_MEMORY;
    view->nodes = nodes;
    if (ret_at) *ret_at = view->nodes_n;
    node.end = view->nodes_n + 1;
    view->nodes[view->nodes_n++] = node;
    return FAULT_NONE;
}

static bool is_name_part(struct text part)
{
    for (size_t i = 0; i < part.n; i++) {
        char c = part.at[i];
        bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
        if (!letter && !(c >= '0' && c <= '9') && c != '_' && c != '-') return false;
    }
    return part.n > 0 && part.n <= NAME_PART_MAX;
}

enum fault parse_name(struct parse *parse, struct text from, unsigned line, struct name *ret)
{
    struct view *view = parse->view;
    struct text rest = from;
    *ret = (struct name){.first = view->parts_n};
    if (text_is(from, ".")) return FAULT_NONE;
    if (text_starts(rest, TEXT("."))) {
        ret->here = true;
        rest = (struct text){rest.at + 1, rest.n - 1};
    }
    do {
        struct text part = text_cut(&rest, '.');
        void *parts = view->parts;
        if (!is_name_part(part))
            return parse_refuse(parse, line, "\"%.*s\" is not a name", TEXT_ARGS(from));
        if (!grow(&parts, view->parts_n, &view->parts_cap, sizeof *view->parts))
            return FAULT_MEMORY;
        view->parts = parts;
        view->parts[view->parts_n++] = part;
        ret->n++;
    } while (rest.at);
    return FAULT_NONE;
}

/* The bytes up to `to`, and moves there. */
static enum fault put_text(struct parse *parse, size_t to)
{
    size_t from = parse->at;
    struct text text = {parse->source.at + from, to - from};
    bool line_start = !parse->in_text && (from == 0 || parse->source.at[from - 1] == '\n');
    if (text.n == 0) return FAULT_NONE;
    parse->at = to;
    struct node node = {NODE_TEXT, .line = parse->line, .text = text, .line_start = line_start};
    return parse_node(parse, node, NULL);
}

static void move(struct parse *parse, size_t to)
{
    for (size_t i = parse->at; i < to && !parse->in_text; i++)
        parse->line += parse->source.at[i] == '\n';
    parse->at = to;
}

/* Widens a tag to its whole line, if nothing else stands there. */
static void judge_alone(const struct parse *parse, struct tag *tag)
{
    const char *s = parse->source.at;
    size_t from = tag->from, next = tag->next, n = parse->source.n;
    while (from > 0 && (s[from - 1] == ' ' || s[from - 1] == '\t')) from--;
    while (next < n && (s[next] == ' ' || s[next] == '\t')) next++;
    if (next + 1 < n && s[next] == '\r' && s[next + 1] == '\n') next++;
    if ((from > 0 && s[from - 1] != '\n') || (next < n && s[next] != '\n')) return;
    tag->alone = true;
    tag->blanks = (struct text){s + from, tag->from - from};
    tag->from = from;
    tag->next = next < n ? next + 1 : n;
}

/* The tag that begins at `from`. */
static enum fault read_tag(const struct parse *parse, size_t from, struct tag *ret)
{
    size_t at = from + parse->open.n;
    char sigil = at < parse->source.n ? parse->source.at[at] : '\0';
    struct text end = parse->close;
    char equals[32];
    *ret = (struct tag){.from = from, .line = parse->line};
    for (size_t i = parse->at; i < from && !parse->in_text; i++)
        ret->line += parse->source.at[i] == '\n';
    if (sigil && strchr("!=#^/><$&", sigil)) ret->sigil = sigil;
    if (sigil == '{' && text_is(parse->open, "{{")) {
        ret->sigil = '{';
        end = TEXT("}}}");
    } else if (sigil == '=') {
        int n = snprintf(equals, sizeof equals, "=%.*s", TEXT_ARGS(parse->close));
        end = (struct text){equals, (size_t)n};
    }
    if (ret->sigil) at++;
    size_t to = parse_find(parse->source, at, end);
    if (to == SIZE_MAX) return parse_refuse(parse, ret->line, "a tag is not closed");
    ret->key = text_trim((struct text){parse->source.at + at, to - at});
    ret->next = to + end.n;
    bool line_goes = ret->sigil && ret->sigil != '&' && ret->sigil != '{' && !parse->in_text;
    if (line_goes && !(ret->sigil == '#' && message_opens(ret->key))) judge_alone(parse, ret);
    return FAULT_NONE;
}

/* "<% %>" */
static enum fault set_delimiters(struct parse *parse, const struct tag *tag)
{
    struct text open = tag->key, close = tag->key;
    size_t n = 0;
    while (n < open.n && open.at[n] != ' ' && open.at[n] != '\t' && open.at[n] != '\n') n++;
    open.n = n;
    close = text_trim((struct text){close.at + n, close.n - n});
    bool good = open.n > 0 && close.n > 0 && open.n < 16 && close.n < 16;
    for (size_t i = 0; i < tag->key.n; i++) good = good && tag->key.at[i] != '=';
    for (size_t i = 0; i < close.n; i++) good = good && (unsigned char)close.at[i] > ' ';
    if (!good) return parse_refuse(parse, tag->line, "these are not two delimiters");
    parse->open = open;
    parse->close = close;
    return FAULT_NONE;
}

static enum fault put_value(struct parse *parse, const struct tag *tag)
{
    const struct view_plan *plan = &parse->view->set->plan;
    struct text kind = tag->key, name = text_cut(&kind, ':');
    struct node node = {tag->sigil ? NODE_RAW : NODE_VALUE, .line = tag->line};
    if (tag->sigil && (!plan->raw || kind.at))
        return parse_refuse(parse, tag->line, "\"%.*s\" would be written unescaped",
                            TEXT_ARGS(tag->key));
    if (parse->message.at && !message_uses(parse, tag->key))
        return parse_refuse(parse, tag->line,
                            "the translation of \"%.60s\" uses \"%.*s\", which the text does not",
                            parse->message.at, TEXT_ARGS(tag->key));
    for (size_t i = 0; kind.at && i < plan->kinds_n; i++)
        if (text_is(kind, plan->kinds[i].name)) node.through = &plan->kinds[i];
    if (kind.at && !node.through)
        return parse_refuse(parse, tag->line, "\"%.*s\" is no kind of value", TEXT_ARGS(kind));
    enum fault no = parse_name(parse, name, tag->line, &node.name);
    return no ? no : parse_node(parse, node, NULL);
}

/* A node that a tag with the same key closes. */
static enum fault open_node(struct parse *parse, const struct tag *tag, struct node node)
{
    uint32_t at = 0;
    if (parse->inside_n == VIEW_DEPTH_MAX)
        return too_large(parse, tag->line, "too many tags are open within one another");
    enum fault no = parse_node(parse, node, &at);
    if (no) return no;
    parse->inside[parse->inside_n].node = at;
    parse->inside[parse->inside_n++].key = tag->key;
    return FAULT_NONE;
}

static enum fault open_section(struct parse *parse, const struct tag *tag)
{
    enum node_kind kind = tag->sigil == '#' ? NODE_SECTION : NODE_UNLESS;
    struct node node = {kind, .line = tag->line};
    if (message_opens(tag->key))
        return kind == NODE_SECTION ? message_parse(parse, tag)
                                    : parse_refuse(parse, tag->line, "a text cannot be inverted");
    node.text = tag->key;
    struct text name = text_cut(&node.text, '=');
    if (node.text.at && node.text.n == 0)
        return parse_refuse(parse, tag->line, "there is no word behind the \"=\"");
    enum fault no = parse_name(parse, name, tag->line, &node.name);
    return no ? no : open_node(parse, tag, node);
}

static enum fault open_block(struct parse *parse, const struct tag *tag)
{
    struct node node = {NODE_BLOCK, .line = tag->line, .text = tag->key};
    if (!is_name_part(tag->key))
        return parse_refuse(parse, tag->line, "\"%.*s\" is not a name", TEXT_ARGS(tag->key));
    return open_node(parse, tag, node);
}

static enum fault close_node(struct parse *parse, const struct tag *tag)
{
    if (parse->inside_n == 0)
        return parse_refuse(parse, tag->line, "\"%.*s\" is closed, but was not opened",
                            TEXT_ARGS(tag->key));
    struct text key = parse->inside[parse->inside_n - 1].key;
    struct node *node = &parse->view->nodes[parse->inside[parse->inside_n - 1].node];
    if (!text_equal(key, tag->key))
        return parse_refuse(parse, tag->line, "\"%.*s\" is closed, but \"%.*s\" of line %u is open",
                            TEXT_ARGS(tag->key), TEXT_ARGS(key), node->line);
    node->end = parse->view->nodes_n;
    parse->inside_n--;
    return FAULT_NONE;
}

/* {{>name}} and {{<name}} */
static enum fault include(struct parse *parse, const struct tag *tag)
{
    struct node node = {tag->sigil == '>' ? NODE_PARTIAL : NODE_PARENT, .line = tag->line};
    for (size_t i = 0; i < tag->key.n; i++)
        if ((unsigned char)tag->key.at[i] <= ' ') node.line = 0;
    if (!node.line || tag->key.n == 0)
        return parse_refuse(parse, tag->line, "\"%.*s\" is not the name of a template",
                            TEXT_ARGS(tag->key));
    struct view *view = view_named(parse->view->set, tag->key);
    if (!view) return FAULT_MEMORY;
    if (!view->parsed && !view->asked_by.at) {
        view->asked_by = parse->view->name;
        view->asked_line = tag->line;
    }
    node.view = view;
    node.text = tag->alone ? tag->blanks : TEXT_NONE;
    return tag->sigil == '>' ? parse_node(parse, node, NULL) : open_node(parse, tag, node);
}

static enum fault put_tag(struct parse *parse, const struct tag *tag)
{
    if (parse->in_text && tag->sigil && tag->sigil != '&' && tag->sigil != '{')
        return parse_refuse(parse, tag->line, "a text to be translated holds only variables, no "
                            "\"%c%.*s\"", tag->sigil, TEXT_ARGS(tag->key));
    switch (tag->sigil) {
    case '!': return FAULT_NONE;
    case '=': return set_delimiters(parse, tag);
    case '#':
    case '^': return open_section(parse, tag);
    case '/': return close_node(parse, tag);
    case '>':
    case '<': return include(parse, tag);
    case '$': return open_block(parse, tag);
    default: return put_value(parse, tag);
    }
}

/* The text before a tag, and an empty one where the tag begins a line: so the line is indented
 * before it. */
static enum fault put_before(struct parse *parse, const struct tag *tag)
{
    bool line_start = tag->from == 0 || parse->source.at[tag->from - 1] == '\n';
    struct node mark = {NODE_TEXT, .line = tag->line, .text = TEXT(""), .line_start = true};
    size_t at = parse->at;
    enum fault no = put_text(parse, tag->from);
    parse->at = at; /* its lines are counted with the tag's */
    if (no || !line_start || tag->alone || parse->in_text) return no;
    return parse_node(parse, mark, NULL);
}

enum fault parse_nodes(struct parse *parse)
{
    while (parse->at < parse->source.n) {
        struct tag tag;
        size_t from = parse_find(parse->source, parse->at, parse->open);
        if (from == SIZE_MAX) return put_text(parse, parse->source.n);
        enum fault no = read_tag(parse, from, &tag);
        if (!no) no = put_before(parse, &tag);
        if (no) return no;
        move(parse, tag.next);
        no = put_tag(parse, &tag);
        if (no) return no;
    }
    return FAULT_NONE;
}

enum fault view_parse(struct view *view, struct text source, struct view_problem *problem)
{
    struct parse parse = {.view = view, .problem = problem, .source = source, .line = 1};
    parse.open = TEXT("{{");
    parse.close = TEXT("}}");
    enum fault no = parse_nodes(&parse);
    if (no || parse.inside_n == 0) return no;
    uint32_t open = parse.inside[parse.inside_n - 1].node;
    return parse_refuse(&parse, view->nodes[open].line, "\"%.*s\" is never closed",
                        TEXT_ARGS(parse.inside[parse.inside_n - 1].key));
}
