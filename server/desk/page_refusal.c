/* page_refusal.c -- a refusal as people read it: the sentence of the one list
 * (schemas/refusals.json) in the language of the page, its numbers as money, dates and words where
 * the list says so.
 *
 * A program reads the same problem document with bare numbers; what a page says is made of its
 * members again. */
#include "page_inside.h"

#include "groundswell/base/clock.h"
#include "groundswell/base/embedded.h"
#include "groundswell/view/format.h"

json_t *page_refusals_read(void)
{
    json_t *list = NULL, *by_code = json_object();
    const json_t *row;
    size_t i;
    for (size_t j = 0; j < embedded_schemas_n; j++)
        if (strcmp(embedded_schemas[j].name, "refusals.json") == 0 &&
            json_read(embedded_text(&embedded_schemas[j]), JSON_DEPTH_MAX, &list, NULL))
            list = NULL;
    json_array_foreach (json_object_get(list, "refusals"), i, row)
        (void)json_object_set(by_code, json_string_value(json_object_get(row, "code")),
                              (json_t *)row);
    json_decref(list);
    return by_code;
}

static void number_put(struct buf *out, const json_t *value)
{
    if (json_is_integer(value)) format_number(out, json_integer_value(value));
    else if (json_is_string(value))
        buf_text(out, (struct text){json_string_value(value), json_string_length(value)});
}

/* A word of the refusal by the kind that its row names. */
static void word_put(struct sheet *page, struct buf *out, const json_t *value, const char *kind)
{
    enum format_lang lang = page->lang == PAGE_CY ? FORMAT_CY : FORMAT_EN;
    const json_t *community = json_object_get(page->model, "community");
    bool number = json_is_integer(value) && json_integer_value(value) >= 0;
    uint64_t n = number ? (uint64_t)json_integer_value(value) : 0;
    if (kind && number && strcmp(kind, "money") == 0)
        format_money(out, (int64_t)n, body_text(community, "currency"));
    else if (kind && number && strcmp(kind, "time") == 0) format_time(out, n, lang);
    else if (kind && json_is_string(value))
        buf_cstr(out, page_translate(page, json_string_value(value)));
    else number_put(out, value);
}

const char *page_refusal(struct sheet *page, const json_t *problem)
{
    const struct pages *pages = errand_of(page->visit)->desk->pages;
    const char *detail = json_string_value(json_object_get(problem, "detail"));
    const char *code = json_string_value(json_object_get(problem, "code"));
    const json_t *row = code ? json_object_get(pages_refusals(pages), code) : NULL;
    if (!row) return page_translate(page, detail);
    CLEANUP(buf) struct buf out = BUF_MAX(8 * KIB);
    const json_t *kinds = json_object_get(row, "kinds");
    const char *sentence = json_string_value(json_object_get(row, "sentence"));
    struct text rest = text_of(page_translate(page, sentence));
    while (rest.at) {
        buf_text(&out, text_cut(&rest, '{'));
        if (!rest.at) break;
        struct text name = text_cut(&rest, '}');
        const json_t *value = json_object_getn(problem, name.at, name.n);
        if (!value) return page_translate(page, detail); /* said without its words */
        word_put(page, &out, value, json_string_value(json_object_getn(kinds, name.at, name.n)));
    }
    if (buf_fault(&out)) return "";
    struct text said = arena_text(&page->visit->arena, buf_view(&out));
    return said.at ? said.at : "";
}
