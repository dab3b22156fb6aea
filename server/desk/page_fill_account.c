/* page_fill_account.c -- what the pages of one's account show beside what the API says. */
#include "page_residents.h"

#include "groundswell/base/log.h"

static void put(json_t *object, const char *name, json_t *value)
{
    if (json_object_set_new(object, name, value)) log_error("desk", "no memory for %s", name);
}

void page_fill_to(struct visit *visit, json_t *model)
{
    struct text to = page_to(visit);
    if (to.at) put(model, "to", json_stringn(to.at, to.n));
}

/* The answer to the ask place0, place1 ... that is about this community. */
static const json_t *place_of(const json_t *model, const char *slug)
{
    for (unsigned i = 0; i < 8; i++) {
        char name[16];
        snprintf(name, sizeof name, "place%u", i);
        const json_t *place = json_object_get(model, name);
        if (text_is(body_text(place, "slug"), slug)) return place;
    }
    return NULL;
}

static json_t *place_find(json_t *places, const char *slug)
{
    json_t *place;
    size_t i;
    json_array_foreach (places, i, place)
        if (text_is(body_text(place, "slug"), slug)) return place;
    return NULL;
}

void page_fill_places(struct visit *visit, json_t *model)
{
    const json_t *hats = json_object_get(json_object_get(model, "account"), "hats"), *hat;
    json_t *places = json_array();
    size_t i;
    (void)visit;
    json_array_foreach (hats, i, hat) {
        const char *slug = json_string_value(json_object_get(hat, "community"));
        const json_t *place = place_of(model, slug);
        if (!place) continue; /* a hat for all communities */
        struct text name = body_text(json_object_get(place, "text"), "name");
        json_t *one = place_find(places, slug);
        if (!one) {
            one = json_pack("{s:s, s:s%, s:b}", "slug", slug, "name", name.n ? name.at : slug,
                            name.n ? name.n : strlen(slug), "resident", false);
            if (json_array_append_new(places, one)) continue;
        }
        if (text_is(body_text(hat, "role"), "resident")) put(one, "resident", json_true());
    }
    put(model, "places", places);
}

void page_fill_passkey(struct visit *visit, json_t *model)
{
    const json_t *list = json_object_get(json_object_get(model, "account"), "passkey_list"), *one;
    uint64_t wanted = 0;
    size_t i;
    if (!text_to_u64(visit_param(visit, "passkey"), 1000000, &wanted)) return;
    json_array_foreach (list, i, one)
        if (body_u64(one, "n", 0) == wanted) put(model, "passkey", json_incref((json_t *)one));
}
