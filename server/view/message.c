/* message.c -- texts in a template that are put into another language as it is parsed.
 *
 * The text itself is read first and always, so that a mistake in it does not wait for the language
 * that lacks the translation. A translation is a template of its own, which may use no variable
 * that its text does not: a slip of a translator shows nothing that the page would not have
 * shown. */
#include "inside.h"

#include "groundswell/view/catalogue.h"

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/* "_", or "_n" and a name */
bool message_opens(struct text key)
{
    return text_is(key, "_") || text_is(key, "_n") ||
           (key.n > 2 && text_starts(key, TEXT("_n")) && is_blank(key.at[2]));
}

/* Blanks at the ends go, runs of them within become one. {NULL, 0}: memory. */
static struct text fold(struct arena *arena, struct text from)
{
    from = text_trim(from);
    struct text all = arena_text(arena, from);
    char *to = (char *)(uintptr_t)all.at; /* ours: it was copied for this */
    size_t n = 0;
    if (!to) return TEXT_NONE;
    for (size_t i = 0; i < from.n; i++) {
        if (!is_blank(from.at[i])) to[n++] = from.at[i];
        else if (!is_blank(to[n - 1])) to[n++] = ' ';
    }
    to[n] = '\0';
    return (struct text){to, n};
}

/* Steps over the next tag of *rest: *ret_key is what stands in it, with its sigil. */
static bool next_tag(const struct parse *parse, struct text in, size_t *at, struct text *ret_key)
{
    size_t from = parse_find(in, *at, parse->open);
    if (from == SIZE_MAX) return false;
    size_t to = parse_find(in, from + parse->open.n, parse->close);
    if (to == SIZE_MAX) return false;
    *ret_key = text_trim((struct text){in.at + from + parse->open.n, to - from - parse->open.n});
    *at = to + parse->close.n;
    return true;
}

bool message_uses(const struct parse *parse, struct text variable)
{
    struct text key;
    size_t at = 0;
    while (next_tag(parse, parse->message, &at, &key)) {
        if (key.n && (key.at[0] == '&' || key.at[0] == '{'))
            key = text_trim((struct text){key.at + 1, key.n - 1});
        if (text_equal(key, variable)) return true;
    }
    return false;
}

/* What stands up to the closing tag `end` ("/_" or "/_n"); the parser moves behind that. */
static enum fault take(struct parse *parse, const struct tag *tag, const char *end,
                       struct text *ret)
{
    size_t at = parse->at, from = parse->at;
    struct text key = TEXT_NONE;
    do {
        from = parse_find(parse->source, at, parse->open);
        if (!next_tag(parse, parse->source, &at, &key))
            return parse_refuse(parse, tag->line, "the text is never closed");
    } while (!text_is(key, end));
    *ret = (struct text){parse->source.at + parse->at, from - parse->at};
    for (size_t i = parse->at; i < at; i++) parse->line += parse->source.at[i] == '\n';
    parse->at = at;
    *ret = fold(&parse->view->set->arena, *ret);
    return ret->at ? FAULT_NONE : FAULT_MEMORY;
}

/* `text` becomes nodes. `message`: TEXT_NONE where it is not a translation. */
static enum fault put(const struct parse *parse, const struct tag *tag, struct text text,
                      struct text message)
{
    struct parse within = {.view = parse->view, .problem = parse->problem, .source = text};
    within.line = tag->line;
    within.open = parse->open;
    within.close = parse->close;
    within.in_text = true;
    within.message = message;
    return parse_nodes(&within);
}

static enum fault put_form(struct parse *parse, const struct tag *tag, struct text text,
                           struct text message)
{
    struct node form = {NODE_FORM, .line = tag->line};
    uint32_t at = 0;
    enum fault no = parse_node(parse, form, &at);
    if (!no) no = put(parse, tag, text, message);
    if (!no) parse->view->nodes[at].end = parse->view->nodes_n;
    return no;
}

/* Forgets what was put behind `nodes_n`. Its names may stay where they are. */
static void take_back(struct parse *parse, uint32_t nodes_n)
{
    parse->view->nodes_n = nodes_n;
}

/* For who gathers texts. */
static void tell(const struct parse *parse, const struct tag *tag, struct text one,
                 struct text many)
{
    const struct view_plan *plan = &parse->view->set->plan;
    const struct view_text text = {parse->view->name, one, many, tag->line};
    if (plan->gather) plan->gather(plan->ctx, &text);
}

static enum fault put_one(struct parse *parse, const struct tag *tag)
{
    uint32_t before = parse->view->nodes_n;
    struct text message;
    enum fault no = take(parse, tag, "/_", &message);
    if (!no) no = put(parse, tag, message, TEXT_NONE);
    if (no) return no;
    tell(parse, tag, message, TEXT_NONE);
    struct text said = catalogue_say(parse->view->set->plan.words, message);
    if (said.at == message.at) return FAULT_NONE;
    take_back(parse, before);
    return put(parse, tag, said, message);
}

/* The forms of the catalogue, where it has them all. */
static enum fault put_translated(struct parse *parse, const struct tag *tag, uint32_t plural,
                                 struct text one, struct text both)
{
    const struct catalogue *words = parse->view->set->plan.words;
    size_t n = catalogue_forms(words);
    for (size_t i = 0; i < n; i++)
        if (!catalogue_say_form(words, one, i).at) return FAULT_NONE;
    take_back(parse, plural + 1);
    parse->view->nodes[plural].as_it_stands = false;
    for (size_t i = 0; i < n; i++) {
        enum fault no = put_form(parse, tag, catalogue_say_form(words, one, i), both);
        if (no) return no;
    }
    return FAULT_NONE;
}

static enum fault put_plural(struct parse *parse, const struct tag *tag)
{
    struct node node = {NODE_PLURAL, .line = tag->line, .as_it_stands = true};
    struct text name = text_trim((struct text){tag->key.at + 2, tag->key.n - 2});
    struct text both, many;
    uint32_t at = 0;
    enum fault no = take(parse, tag, "/_n", &both);
    if (!no) no = parse_name(parse, name, tag->line, &node.name);
    if (!no) no = parse_node(parse, node, &at);
    if (no) return no;
    many = both;
    struct text one = text_trim(text_cut(&many, '|'));
    many = text_trim(many);
    if (!many.at || memchr(many.at, '|', many.n))
        return parse_refuse(parse, tag->line,
                            "a text that depends on a number is \"one|many\", with one \"|\"");
    tell(parse, tag, one, many);
    no = put_form(parse, tag, one, TEXT_NONE);
    if (!no) no = put_form(parse, tag, many, TEXT_NONE);
    if (!no) no = put_translated(parse, tag, at, one, both);
    if (!no) parse->view->nodes[at].end = parse->view->nodes_n;
    return no;
}

enum fault message_parse(struct parse *parse, const struct tag *tag)
{
    return text_is(tag->key, "_") ? put_one(parse, tag) : put_plural(parse, tag);
}
