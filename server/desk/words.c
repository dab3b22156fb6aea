/* words.c -- gathers what pages say: the texts of all templates, the sentences of refusals, and the
 * words that an answer may have where it has one of several (`{{state:word}}`).
 *
 * Everything is read out of the binary, as the pages are, so that no text can be in a page and not
 * here. */
#include "groundswell/desk/words.h"

#include "groundswell/base/embedded.h"
#include "groundswell/base/json.h"
#include "groundswell/base/log.h"
#include "page_inside.h"

#define DEPTH_MAX 32

/* "..." as PO files and C have it. */
static void quote(struct buf *out, const char *name, struct text text)
{
    buf_format(out, "%s \"", name);
    for (size_t i = 0; i < text.n; i++) {
        char c = text.at[i];
        if (c == '"' || c == '\\') buf_char(out, '\\');
        if (c == '\n') buf_cstr(out, "\\n");
        else buf_char(out, c);
    }
    buf_cstr(out, "\"\n");
}

static void entry(struct buf *out, struct text one, struct text many)
{
    quote(out, "msgid", one);
    if (many.at) quote(out, "msgid_plural", many);
    buf_cstr(out, many.at ? "msgstr[0] \"\"\nmsgstr[1] \"\"\n\n" : "msgstr \"\"\n\n");
}

/* ---- templates ------------------------------------------------------------------------------- */

static void gather(void *ctx, const struct view_text *text)
{
    struct buf *out = ctx;
    buf_format(out, "#: web/pages/%.*s.html:%u\n", TEXT_ARGS(text->template), text->line);
    entry(out, text->one, text->many);
}

/* "pages/budget.html": budget. */
static bool is_template(struct text file, struct text *ret_name)
{
    struct text folder = TEXT("pages/"), end = TEXT(".html");
    if (!text_starts(file, folder) || file.n <= folder.n + end.n) return false;
    *ret_name = (struct text){file.at + folder.n, file.n - folder.n - end.n};
    return text_is((struct text){ret_name->at + ret_name->n, end.n}, ".html");
}

static enum fault templates_put(struct buf *out)
{
    const struct view_plan plan = {.load = page_template_load, .ctx = out, .kinds = page_kinds,
                                   .kinds_n = page_kinds_n, .gather = gather};
    struct view_set *set = view_set_new(&plan);
    struct view_problem problem = {.line = 0};
    enum fault no = set ? FAULT_NONE : FAULT_MEMORY;
    for (size_t i = 0; !no && i < embedded_web_n; i++) {
        const struct view *view;
        struct text name;
        if (!is_template(text_of(embedded_web[i].name), &name)) continue;
        no = view_find(set, name, &view, &problem);
    }
    if (no && set)
        log_error("desk", "%s line %u: %s", problem.template, problem.line, problem.what);
    view_set_free(set);
    return no;
}

/* ---- schemas --------------------------------------------------------------------------------- */

static void refusals_put(struct buf *out, const json_t *list)
{
    const json_t *row;
    size_t i;
    json_array_foreach (json_object_get(list, "refusals"), i, row) {
        buf_format(out, "#. a refusal: %s\n#: schemas/refusals.json\n",
                   json_string_value(json_object_get(row, "code")));
        entry(out, body_text(row, "sentence"), TEXT_NONE);
    }
}

static void word_put(struct buf *out, const char *file, const json_t *word)
{
    if (json_string_length(word) == 0) return;
    buf_format(out, "#. one of several words of an answer\n#: schemas/%s\n", file);
    entry(out, (struct text){json_string_value(word), json_string_length(word)}, TEXT_NONE);
}

/* The words of every "enum" and "const" below. */
static void enums_put(struct buf *out, const char *file, const json_t *at, unsigned depth)
{
    json_t *part;
    const char *name;
    size_t i;
    if (depth == 0) return;
    json_array_foreach (at, i, part)
        enums_put(out, file, part, depth - 1);
    json_object_foreach ((json_t *)at, name, part) {
        if (strcmp(name, "const") == 0) word_put(out, file, part);
        if (strcmp(name, "enum") != 0) {
            enums_put(out, file, part, depth - 1);
            continue;
        }
        const json_t *word;
        json_array_foreach (part, i, word)
            word_put(out, file, word);
    }
}

static enum fault schemas_put(struct buf *out)
{
    for (size_t i = 0; i < embedded_schemas_n; i++) {
        const char *file = embedded_schemas[i].name;
        bool refusals = strcmp(file, "refusals.json") == 0;
        if (!refusals && strcmp(file, "common.json") != 0 &&
            !text_starts(text_of(file), TEXT("views/")))
            continue;
        CLEANUP(json_ref) json_t *document = NULL;
        enum fault no =
            json_read(embedded_text(&embedded_schemas[i]), JSON_DEPTH_MAX, &document, NULL);
        if (no) return no;
        if (refusals) refusals_put(out, document);
        else enums_put(out, file, document, DEPTH_MAX);
    }
    return FAULT_NONE;
}

enum fault words_put(struct buf *out)
{
    enum fault no = templates_put(out);
    if (!no) no = schemas_put(out);
    return no ? no : buf_fault(out);
}
