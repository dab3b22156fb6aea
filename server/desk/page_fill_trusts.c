/* page_fill_trusts.c -- what the pages of a trust add to what the API answers: amounts of many
 * communities, each in its own currency, and what the address asked for. */
#include "page_fill_trusts.h"

#include "groundswell/view/format.h"
#include "page_fill_everyone.h"
#include "page_inside.h"

static void put_money(json_t *to, const char *name, const json_t *from, const char *member,
                      struct text currency)
{
    CLEANUP(buf) struct buf said = BUF_MAX(KIB);
    const json_t *value = json_object_get(from, member);
    if (!json_is_integer(value)) return;
    format_money(&said, json_integer_value(value), currency);
    fill_text(to, name, buf_view(&said));
}

static void offer_fill(json_t *offer, struct text currency)
{
    json_t *lacks = json_object_get(offer, "lacks");
    put_money(offer, "price_said", offer, "price", currency);
    put_money(offer, "pledged_said", offer, "pledged", currency);
    if (!lacks) return;
    if (body_u64(lacks, "money", 0) > 0)
        put_money(lacks, "money_said", lacks, "money", currency);
    if (body_u64(lacks, "headroom", 0) > 0)
        put_money(lacks, "headroom_said", lacks, "headroom", currency);
}

static void troubles_fill(json_t *place)
{
    json_t *troubles = json_array();
    const json_t *word;
    size_t i;
    json_array_foreach (json_object_get(place, "trouble"), i, word)
        fill_add(troubles, json_pack("{s:O}", "word", word));
    fill_put(place, "troubles", troubles);
}

static void place_fill(json_t *place)
{
    static const char *const sums[] = {"granted", "held", "spent", "paid", "unallotted"};
    const struct text currency = body_text(place, "currency");
    const json_t *money = json_object_get(place, "money");
    json_t *said = json_object(), *nearest = json_object_get(place, "nearest"), *offer;
    json_t *log = json_object_get(place, "log");
    size_t i;
    for (i = 0; i < sizeof sums / sizeof sums[0]; i++)
        put_money(said, sums[i], money, sums[i], currency);
    fill_put(place, "money_said", said);
    json_array_foreach (nearest, i, offer)
        offer_fill(offer, currency);
    if (json_array_size(nearest) > 0)
        fill_put(place, "first", json_incref(json_array_get(nearest, 0)));
    if (log) fill_u64(log, "waiting_s", body_u64(log, "waiting_ms", 0) / 1000);
    troubles_fill(place);
}

static struct text trust_of(struct visit *visit) { return visit_param(visit, "trust"); }

/* "sort=near&q=mill" of what stood in the address, so that links and the table ask for the same. */
static void put_look(struct visit *visit, json_t *model)
{
    static const char *const names[] = {"sort", "filter", "q"};
    CLEANUP(buf) struct buf asked = BUF_MAX(4 * KIB);
    json_t *look = json_object();
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        struct text value = visit_query(visit, names[i], NULL);
        if (value.n == 0) continue;
        fill_text(look, names[i], value);
        buf_format(&asked, "%s%s=", asked.len > 0 ? "&" : "?", names[i]);
        page_encode(&asked, value);
    }
    fill_put(model, "look", look);
    fill_text(model, "asked", buf_view(&asked));
}

void fill_watch(struct visit *visit, json_t *model)
{
    json_t *places = json_object_get(json_object_get(model, "watch"), "items"), *place;
    size_t i;
    json_array_foreach (places, i, place)
        place_fill(place);
    fill_text(model, "trust", trust_of(visit));
    fill_put(model, "places", places ? json_incref(places) : json_array());
    put_look(visit, model);
}

/* The watch is asked for what the slug is a part of: this is the one that has all of it. */
void fill_watched(struct visit *visit, json_t *model)
{
    json_t *places = json_object_get(json_object_get(model, "watch"), "items"), *place;
    size_t i;
    json_array_foreach (places, i, place) {
        if (!text_equal(body_text(place, "slug"), visit_param(visit, "community"))) continue;
        place_fill(place);
        fill_put(model, "place", json_incref(place));
    }
    fill_text(model, "trust", trust_of(visit));
    fill_trend(visit, model);
}

/* `alerts` is the page's name as well, so its list is `rules`; `newest` was raised last. */
void fill_alerts(struct visit *visit, json_t *model)
{
    const json_t *rules = json_object_get(json_object_get(model, "alerts"), "items");
    const json_t *raised = json_object_get(json_object_get(model, "raised"), "items"), *one;
    uint64_t newest = 0;
    size_t i;
    json_array_foreach (raised, i, one) {
        uint64_t number = body_u64(one, "number", 0);
        newest = number > newest ? number : newest;
    }
    fill_text(model, "trust", trust_of(visit));
    fill_u64(model, "newest", newest);
    fill_put(model, "rules", rules ? json_incref((json_t *)rules) : json_array());
}

/* The fund of the address, out of the list. */
void fill_fund(struct visit *visit, json_t *model)
{
    json_t *funds = json_object_get(json_object_get(model, "funds"), "items"), *fund;
    CLEANUP(buf) struct buf id = BUF_MAX(KIB);
    size_t i;
    buf_format(&id, "%.*s.f%.*s", TEXT_ARGS(visit_param(visit, "community")),
               TEXT_ARGS(visit_param(visit, "n")));
    json_array_foreach (funds, i, fund)
        if (text_equal(body_text(fund, "fund"), buf_view(&id)))
            fill_put(model, "money", json_incref(fund));
}
