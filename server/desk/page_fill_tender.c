/* page_fill_tender.c -- what a tender and a proposal add to their models: stages, what is still
 * lacking, what was said and where people agree. */
#include "page_fill_everyone.h"

static bool is_running(const json_t *tender)
{
    struct text state = body_text(tender, "state");
    return text_is(state, "open") || text_is(state, "critical");
}

static bool is_hidden(const json_t *tender)
{
    return is_running(tender) && text_is(body_text(tender, "tally"), "hidden");
}

/* ---- stages ---------------------------------------------------------------------------------- */

/* When a record of that kind was written, the last one; TEXT_NONE: never. */
static struct text when_of(const json_t *model, const char *kind)
{
    const json_t *items = json_object_get(json_object_get(model, "history"), "items"), *item;
    struct text at = TEXT_NONE;
    size_t i;
    json_array_foreach (items, i, item)
        if (text_is(body_text(item, "kind"), kind)) at = body_text(item, "at");
    return at;
}

static void stage_add(json_t *stages, const char *name, int place, int reached, struct text at,
                      struct text until)
{
    json_t *stage = json_object();
    fill_text(stage, "stage", text_of(name));
    fill_put(stage, "done", json_boolean(place < reached));
    fill_put(stage, "now", json_boolean(place == reached));
    if (place <= reached) fill_text(stage, "at", at);
    if (place >= reached) fill_text(stage, "until", until);
    fill_add(stages, stage);
}

/* What a tender ended as, and when. */
static const char *end_of(const json_t *model, struct text state, struct text *ret_at)
{
    *ret_at = when_of(model, text_is(state, "decided")     ? "commission_activated"
                             : text_is(state, "withdrawn") ? "tender_withdrawn"
                                                           : "tender_lapsed");
    if (text_is(state, "decided")) return "decided";
    if (text_is(state, "withdrawn")) return "withdrawn";
    return text_is(state, "lapsed") ? "lapsed" : "result";
}

static void put_stages(json_t *model, const json_t *tender)
{
    struct text state = body_text(tender, "state"), at;
    const char *end = end_of(model, state, &at);
    bool ended = strcmp(end, "result") != 0, opened = when_of(model, "tender_opened").at != NULL;
    bool windowed = body_u64(tender, "window", 0) > 0;
    int reached = text_is(state, "draft")          ? 0
                  : text_is(state, "deliberating") ? 1
                  : text_is(state, "open")         ? 2
                  : text_is(state, "critical")     ? 3
                                                   : 4;
    json_t *stages = json_array();
    stage_add(stages, "written", 0, reached, when_of(model, "tender_created"), TEXT_NONE);
    if (reached <= 1 || when_of(model, "tender_published").at)
        stage_add(stages, "talk", 1, reached, when_of(model, "tender_published"), TEXT_NONE);
    if (!ended || opened)
        stage_add(stages, "pledging", 2, reached, when_of(model, "tender_opened"),
                  body_text(tender, "closes"));
    if (windowed && (!ended || opened))
        stage_add(stages, "window", 3, reached, body_text(tender, "critical_since"),
                  body_text(tender, "critical_until"));
    stage_add(stages, end, 4, reached, at, TEXT_NONE);
    fill_put(model, "stages", stages);
}

/* ---- the deliberation ------------------------------------------------------------------------ */

static void places_add(json_t *talk, const json_t *community, const json_t *consensus)
{
    const json_t *areas = json_object_get(consensus, "areas"), *area;
    json_t *places = json_array();
    size_t i;
    json_array_foreach (areas, i, area) {
        json_t *place = json_object();
        fill_text(place, "name", fill_area(community, body_u64(area, "area", 0)));
        fill_put(place, "few", json_boolean(json_is_true(json_object_get(area, "suppressed"))));
        fill_u64(place, "agree", body_u64(area, "agree", 0));
        fill_u64(place, "disagree", body_u64(area, "disagree", 0));
        fill_u64(place, "pass", body_u64(area, "pass", 0));
        fill_add(places, place);
    }
    fill_put(talk, "places", places);
}

/* A contribution as pages show it, out of one as talk_get answers. */
static json_t *talk_new(const json_t *community, const json_t *item)
{
    static const char *const kept[] = {"talk", "kind", "at", "edited", "state", "reason", "text",
                                       "agree", "disagree", "pass"};
    const json_t *consensus = json_object_get(item, "consensus");
    uint64_t said = body_u64(item, "agree", 0) + body_u64(item, "disagree", 0) +
                    body_u64(item, "pass", 0);
    json_t *talk = json_object();
    for (size_t i = 0; i < sizeof kept / sizeof kept[0]; i++) {
        json_t *value = json_object_get(item, kept[i]);
        if (value) fill_put(talk, kept[i], json_incref(value));
    }
    fill_text(talk, "area", fill_area(community, body_u64(item, "area", 0)));
    fill_u64(talk, "said", said);
    fill_u64(talk, "counted", body_u64(consensus, "areas_counted", 0));
    if (json_object_get(consensus, "lowest_permille"))
        fill_u64(talk, "lowest", body_u64(consensus, "lowest_permille", 0));
    places_add(talk, community, consensus);
    return talk;
}

static void put_talks(json_t *model)
{
    static const char *const lists[][2] = {{"said_for", "arguments_for"},
                                           {"said_against", "arguments_against"},
                                           {"asked", "questions"},
                                           {"wished", "amendments"}};
    bool more = false, any = false;
    for (size_t k = 0; k < sizeof lists / sizeof lists[0]; k++) {
        const json_t *talks = json_object_get(model, lists[k][0]), *item;
        json_t *list = json_array();
        size_t i;
        json_array_foreach (json_object_get(talks, "items"), i, item)
            fill_add(list, talk_new(json_object_get(model, "community"), item));
        any = any || json_array_size(list) > 0;
        fill_put(model, lists[k][1], list);
        more = more || json_object_get(json_object_get(talks, "links"), "next");
    }
    fill_put(model, "talk_there", json_boolean(any));
    fill_put(model, "more_talks", json_boolean(more));
}

void fill_talks(struct visit *visit, json_t *model)
{
    const json_t *items = json_object_get(json_object_get(model, "talks"), "items"), *item;
    json_t *list = json_array();
    size_t i;
    fill_list(visit, model, "talks");
    json_array_foreach (items, i, item)
        fill_add(list, talk_new(json_object_get(model, "community"), item));
    fill_put(model, "list", list);
}

/* ---- a tender -------------------------------------------------------------------------------- */

static void put_offers(json_t *model, const json_t *tender)
{
    static const char *const kept[] = {"proposal", "price", "state", "people", "pledged",
                                       "critical_until", "judged", "merged_into", "text"};
    const json_t *items = json_object_get(json_object_get(model, "proposals"), "items"), *item;
    json_t *offers = json_array();
    size_t i;
    json_array_foreach (items, i, item) {
        json_t *offer = json_object();
        for (size_t k = 0; k < sizeof kept / sizeof kept[0]; k++) {
            json_t *value = json_object_get(item, kept[k]);
            if (value) fill_put(offer, kept[k], json_incref(value));
        }
        if (is_running(tender) && !is_hidden(tender) && text_is(body_text(item, "state"), "live"))
            fill_put(offer, "lines", fill_progress(item));
        fill_add(offers, offer);
    }
    fill_put(model, "offers", offers);
}

/* The body by its word: a tender names it so. */
static void put_body(json_t *model, const json_t *tender)
{
    const json_t *bodies = json_object_get(json_object_get(model, "bodies"), "items"), *body;
    struct text word = body_text(tender, "body");
    json_t *found = json_object();
    size_t i;
    fill_text(found, "title", word);
    json_array_foreach (bodies, i, body) {
        if (!text_equal(body_text(body, "word"), word)) continue;
        fill_text(found, "body", body_text(body, "body"));
        fill_text(found, "title", body_text(json_object_get(body, "text"), "title"));
    }
    fill_put(model, "body", found);
}

/* Whether a list has anything: a template can only repeat it. */
static void put_there(json_t *model, const char *name, const json_t *list)
{
    fill_put(model, name, json_boolean(json_array_size(list) > 0));
}

static void put_rule(json_t *model, const json_t *tender)
{
    json_t *rule = json_object();
    uint64_t areas = body_u64(tender, "areas_min", 0);
    uint64_t days = body_u64(tender, "window", 0) / 86400;
    fill_u64(rule, "areas", areas);
    fill_u64(rule, "each", areas > 0 ? body_u64(tender, "area_people_min", 0) : 0);
    fill_u64(rule, "days", days);
    fill_put(model, "rule", rule);
}

void fill_tender(struct visit *visit, json_t *model)
{
    const json_t *tender = json_object_get(model, "tender");
    (void)visit;
    fill_put(model, "running", json_boolean(is_running(tender)));
    fill_put(model, "hidden", json_boolean(is_hidden(tender)));
    put_there(model, "outcomes_there",
              json_object_get(json_object_get(tender, "text"), "outcomes"));
    put_stages(model, tender);
    put_rule(model, tender);
    put_body(model, tender);
    put_offers(model, tender);
    put_talks(model);
}

/* ---- a proposal ------------------------------------------------------------------------------ */

static uint64_t people_in(const json_t *proposal, size_t area)
{
    const json_t *areas = json_object_get(proposal, "areas"), *one;
    size_t i;
    json_array_foreach (areas, i, one)
        if (body_u64(one, "area", 0) == area) return body_u64(one, "people", 0);
    return 0;
}

static void put_places(struct visit *visit, json_t *model, const json_t *proposal)
{
    const json_t *community = json_object_get(model, "community"), *area;
    bool wide = body_u64(proposal, "areas_min", 0) > 0;
    uint64_t need = wide ? body_u64(proposal, "area_people_min", 0) : 0;
    json_t *places = json_array(), *chart;
    size_t i;
    chart = fill_chart("bars", "areas", fill_say(visit, "Who pledges where"),
                       fill_say(visit, "How many people pledge to this proposal in each area."));
    if (need > 0) fill_text(chart, "target_label", text_of(fill_say(visit, "needed in an area")));
    json_array_foreach (json_object_get(community, "areas"), i, area) {
        uint64_t people = people_in(proposal, i);
        json_t *place = json_object();
        fill_text(place, "name", fill_area(community, i));
        fill_u64(place, "people", people);
        fill_u64(place, "need", need);
        fill_u64(place, "lack", people < need ? need - people : 0);
        fill_put(place, "met", json_boolean(people >= need));
        fill_add(json_object_get(chart, "rows"),
                 json_pack("{s:O, s:I, s:I}", "label", json_object_get(place, "name"), "value",
                           (json_int_t)people, "target", (json_int_t)need));
        fill_add(places, place);
    }
    fill_put(model, "places", places);
    fill_put(model, "areas_chart", chart);
}

/* Of those like it, the others. */
static void put_others(json_t *model, const json_t *proposal)
{
    const json_t *items = json_object_get(json_object_get(model, "similar"), "items"), *item;
    json_t *others = json_array();
    size_t i;
    json_array_foreach (items, i, item)
        if (!text_equal(body_text(item, "proposal"), body_text(proposal, "proposal")))
            fill_add(others, json_incref((json_t *)item));
    put_there(model, "similar_there", others);
    fill_put(model, "others", others);
}

void fill_proposal(struct visit *visit, json_t *model)
{
    const json_t *proposal = json_object_get(model, "proposal");
    const json_t *tender = json_object_get(model, "tender");
    bool live = text_is(body_text(proposal, "state"), "live");
    fill_put(model, "running", json_boolean(live && is_running(tender)));
    fill_put(model, "hidden", json_boolean(is_hidden(tender)));
    if (live && is_running(tender) && !is_hidden(tender))
        fill_put(model, "lines", fill_progress(proposal));
    if (!is_hidden(tender) && json_array_size(json_object_get(proposal, "areas")) > 0)
        put_places(visit, model, proposal);
    fill_put(model, "was_changed", json_boolean(body_u64(proposal, "version", 1) > 1));
    put_there(model, "help_there", json_object_get(proposal, "help"));
    put_others(model, proposal);
}
