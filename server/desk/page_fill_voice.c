/* page_fill_voice.c -- what the pages of contributions, milestones and notices show beside what the
 * API says. */
#include "page_residents.h"

#include "groundswell/base/log.h"
#include "page_fill.h"

static void put(json_t *object, const char *name, json_t *value)
{
    if (!value || json_object_set_new(object, name, value))
        log_error("desk", "no memory for %s", name);
}

void page_fill_talk(struct visit *visit, json_t *model)
{
    const json_t *community = json_object_get(model, "community");
    size_t area = (size_t)body_u64(json_object_get(model, "talk"), "area", 0);
    struct text name = fill_area(community, area);
    (void)visit;
    put(model, "area", json_stringn(name.at ? name.at : "", name.n));
}

void page_fill_kind(struct visit *visit, json_t *model)
{
    static const char *const kinds[] = {"for", "against", "question", "amendment"};
    struct text kind = body_text(json_object_get(model, "form"), "kind");
    if (!kind.at) kind = visit_query(visit, "kind", NULL);
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
        if (text_is(kind.at ? kind : TEXT(""), kinds[i]))
            put(model, "kind", json_string(kinds[i]));
}

/* The contract's word for a milestone, or the proposal's where it has none. */
static const json_t *words_of(const json_t *commission, const char *of, uint64_t number)
{
    const json_t *list = json_object_get(json_object_get(commission, of), "milestones");
    return json_array_get(list, (size_t)number - 1);
}

void page_fill_milestone(struct visit *visit, json_t *model)
{
    const json_t *commission = json_object_get(model, "commission"), *words;
    json_t *one;
    uint64_t wanted = 0;
    size_t i;
    if (!text_to_u64(visit_param(visit, "milestone"), 1000, &wanted) || wanted == 0) return;
    json_array_foreach (json_object_get(commission, "milestones"), i, one) {
        if (body_u64(one, "milestone", 0) != wanted) continue;
        words = words_of(commission, "contract", wanted);
        if (!words) words = words_of(commission, "proposal_text", wanted);
        json_t *title = json_object_get(words, "title");
        if (title) put(one, "title", json_incref(title));
        put(model, "milestone", json_incref(one));
    }
}

void page_fill_help(struct visit *visit, json_t *model)
{
    const json_t *proposal = json_object_get(model, "proposal"), *one;
    const json_t *offers = json_object_get(json_object_get(model, "mine"), "offers");
    struct text id = body_text(proposal, "proposal");
    uint64_t wanted = 0, own = 0;
    size_t i;
    if (!text_to_u64(visit_param(visit, "item"), 1000, &wanted)) return;
    json_array_foreach (json_object_get(proposal, "help"), i, one)
        if (body_u64(one, "item", 0) == wanted) put(model, "item", json_incref((json_t *)one));
    json_array_foreach (offers, i, one)
        if (body_u64(one, "item", 0) == wanted && text_equal(body_text(one, "proposal"), id))
            own = body_u64(one, "n", 0);
    put(model, "own", json_integer((json_int_t)own));
}

void page_fill_notices(struct visit *visit, json_t *model)
{
    const json_t *notices = json_object_get(model, "notices"), *one;
    const char *next = json_string_value(
        json_object_get(json_object_get(notices, "links"), "next"));
    const char *after = next ? strstr(next, "after=") : NULL;
    uint64_t last = 0;
    bool unseen = false;
    size_t i;
    (void)visit;
    json_array_foreach (json_object_get(notices, "items"), i, one) {
        uint64_t seq = body_u64(one, "seq", 0);
        if (seq > last) last = seq;
        unseen = unseen || !json_is_true(json_object_get(one, "seen"));
    }
    put(model, "last", json_integer((json_int_t)last));
    put(model, "unseen", json_boolean(unseen));
    if (after) {
        after += strlen("after=");
        put(model, "older", json_stringn(after, strcspn(after, "&")));
    }
}
