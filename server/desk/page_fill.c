/* page_fill.c -- what the fills of all pages share (page_fill.h). */
#include "page_fill.h"

#include "page_inside.h"
#include "groundswell/base/log.h"

const char *fill_say(struct visit *visit, const char *sentence)
{
    const struct pages *pages = errand_of(visit)->desk->pages;
    struct text said = catalogue_say(page_words(pages, page_lang_of(visit)), text_of(sentence));
    struct text copy = arena_text(&visit->arena, said);
    return copy.at ? copy.at : "";
}

void fill_put(json_t *to, const char *name, json_t *value)
{
    if (!value || json_object_set_new(to, name, value))
        log_error("desk", "no memory for %s of a page", name);
}

void fill_text(json_t *to, const char *name, struct text value)
{
    if (value.n > 0) fill_put(to, name, json_stringn(value.at, value.n));
}

void fill_u64(json_t *to, const char *name, uint64_t value)
{
    fill_put(to, name, json_integer((json_int_t)value));
}

void fill_add(json_t *list, json_t *value)
{
    if (!value || json_array_append_new(list, value))
        log_error("desk", "no memory for a list of a page");
}

json_t *fill_chart(const char *draw, const char *id, const char *title, const char *about)
{
    json_t *chart = json_object();
    fill_text(chart, "draw", text_of(draw));
    fill_text(chart, "id", text_of(id));
    fill_text(chart, "title", text_of(title));
    fill_text(chart, "about", text_of(about));
    fill_put(chart, "rows", json_array());
    return chart;
}

struct text fill_area(const json_t *community, size_t area)
{
    const json_t *names = json_object_get(json_object_get(community, "text"), "areas");
    struct text code = body_text(json_array_get(json_object_get(community, "areas"), area), "code");
    const json_t *name = code.at ? json_object_getn(names, code.at, code.n) : NULL;
    if (json_string_length(name) == 0) return code.at ? code : TEXT("");
    return (struct text){json_string_value(name), json_string_length(name)};
}

/* ---- progress -------------------------------------------------------------------------------- */

/* `proposal`'s number makes the id its own on a page of several. */
static json_t *condition_new(const json_t *proposal, const char *what, uint64_t have, uint64_t need)
{
    json_t *line = json_object();
    struct text id = body_text(proposal, "proposal"), number = TEXT("");
    while (id.at)
        number = text_cut(&id, '.');
    fill_text(line, "what", text_of(what));
    fill_put(line, "id", json_pack("s%++", number.at, number.n, "-", what));
    fill_u64(line, "have", have);
    fill_u64(line, "need", need);
    fill_u64(line, "shown", have < need ? have : need);
    fill_u64(line, "lack", have < need ? need - have : 0);
    fill_put(line, "met", json_boolean(have >= need));
    fill_u64(line, "area_people", body_u64(proposal, "area_people_min", 0));
    return line;
}

json_t *fill_progress(const json_t *proposal)
{
    const uint64_t price = body_u64(proposal, "price", 0);
    const uint64_t headroom = body_u64(proposal, "headroom", 0);
    const struct {
        const char *what;
        uint64_t have, need;
    } lines[] = {
        {"money", body_u64(proposal, "pledged", 0), price},
        {"people", body_u64(proposal, "people", 0), body_u64(proposal, "people_min", 0)},
        {"areas", body_u64(proposal, "areas_ok", 0), body_u64(proposal, "areas_min", 0)},
        {"headroom", headroom, price},
    };
    json_t *list = json_array();
    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++)
        if (lines[i].need > 0)
            fill_add(list, condition_new(proposal, lines[i].what, lines[i].have, lines[i].need));
    return list;
}
