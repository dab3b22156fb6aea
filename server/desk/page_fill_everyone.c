/* page_fill_everyone.c -- what the front page, a community and the lists add to their models. */
#include "page_fill_everyone.h"

#include "groundswell/base/clock.h"

#define CLASSES 5
#define NEWEST_SHOWN 6

/* ---- lists ----------------------------------------------------------------------------------- */

/* What was asked for in the address, so that the form above the list still says it. */
static void put_filter(struct visit *visit, json_t *model)
{
    static const char *const names[] = {"q", "state", "theme", "sort", "kind"};
    json_t *filter = json_object();
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        fill_text(filter, names[i], visit_query(visit, names[i], NULL));
    fill_put(model, "filter", filter);
}

/* Of "/v1/x?after=4&limit=2" the 4. */
static void put_next(json_t *model, const char *list)
{
    const json_t *links = json_object_get(json_object_get(model, list), "links");
    struct text rest = body_text(links, "next"), path = text_cut(&rest, '?');
    (void)path;
    while (rest.at) {
        struct text value = text_cut(&rest, '&'), name = text_cut(&value, '=');
        if (text_is(name, "after")) fill_text(model, "next", value);
    }
}

void fill_list(struct visit *visit, json_t *model, const char *list)
{
    put_filter(visit, model);
    put_next(model, list);
}

void fill_home(struct visit *visit, json_t *model) { fill_list(visit, model, "communities"); }
void fill_tenders(struct visit *visit, json_t *model) { fill_list(visit, model, "tenders"); }
void fill_needs(struct visit *visit, json_t *model) { fill_list(visit, model, "needs"); }
void fill_bodies(struct visit *visit, json_t *model) { fill_list(visit, model, "bodies"); }

/* ---- the pool -------------------------------------------------------------------------------- */

static void pool_add(json_t *rows, json_t *bars, const json_t *fund)
{
    const json_t *text = json_object_get(fund, "text");
    uint64_t amount = body_u64(fund, "amount", 0), left = body_u64(fund, "left", 0);
    uint64_t drawn = amount > left ? amount - left : 0;
    struct text label = body_text(text, "source");
    json_t *row = json_object();
    if (!label.at) label = body_text(fund, "fund");
    fill_text(row, "label", label);
    fill_text(row, "theme", body_text(fund, "theme"));
    fill_u64(row, "amount", amount);
    fill_u64(row, "drawn", drawn);
    fill_u64(row, "left", left);
    fill_text(row, "reference", body_text(text, "reference"));
    fill_text(row, "conditions", body_text(text, "conditions"));
    fill_text(row, "starts", body_text(json_object_get(text, "period"), "starts"));
    fill_text(row, "ends", body_text(json_object_get(text, "period"), "ends"));
    fill_add(rows, row);
    fill_add(bars, json_pack("{s:s%, s:[I, I]}", "label", label.at, label.n, "parts",
                             (json_int_t)drawn, (json_int_t)left));
}

static void put_pool(struct visit *visit, json_t *model)
{
    const json_t *funds = json_object_get(json_object_get(model, "funds"), "items"), *fund;
    json_t *rows = json_array(), *chart;
    size_t i;
    chart = fill_chart("stack", "pool", fill_say(visit, "Where the money comes from"),
                       fill_say(visit, "Each fund, and how much of it was used for what "
                                       "residents chose."));
    fill_put(chart, "money", json_true());
    fill_put(chart, "parts", json_pack("[s, s]", fill_say(visit, "Used"),
                                       fill_say(visit, "Still there")));
    json_array_foreach (funds, i, fund)
        pool_add(rows, json_object_get(chart, "rows"), fund);
    if (json_array_size(rows) > 0) fill_put(model, "pool_chart", chart);
    else json_decref(chart);
    fill_put(model, "pool", rows);
}

/* ---- areas ----------------------------------------------------------------------------------- */

/* From the least class to the highest, in even steps of the largest number; 0 is the least. */
static unsigned class_of(uint64_t n, uint64_t most)
{
    if (n == 0 || most == 0) return 0;
    uint64_t class = (n * (CLASSES - 1) + most - 1) / most;
    return class < CLASSES ? (unsigned)class : CLASSES - 1;
}

static void put_classes(json_t *chart, uint64_t most)
{
    json_t *names = json_array();
    uint64_t low = 0;
    for (unsigned class = 0; class < CLASSES; class++) {
        uint64_t high = most * class / (CLASSES - 1);
        if (class > 0 && high < low) fill_add(names, json_string(""));
        else if (low == high)
            fill_add(names, json_sprintf("%llu", (unsigned long long)high));
        else
            fill_add(names, json_sprintf("%llu-%llu", (unsigned long long)low,
                                         (unsigned long long)high));
        low = high + 1;
    }
    fill_put(chart, "classes", names);
}

static uint64_t most_residents(const json_t *areas)
{
    const json_t *area;
    uint64_t most = 0;
    size_t i;
    json_array_foreach (areas, i, area) {
        uint64_t n = body_u64(area, "residents", 0);
        most = n > most ? n : most;
    }
    return most;
}

static void put_areas(struct visit *visit, json_t *model)
{
    const json_t *community = json_object_get(model, "community"), *area;
    const json_t *areas = json_object_get(json_object_get(model, "areas"), "areas");
    json_t *places = json_array(), *chart;
    uint64_t sum = 0, most = most_residents(areas);
    bool drawn = false;
    size_t i;
    chart = fill_chart("map", "map", fill_say(visit, "Areas"),
                       fill_say(visit, "The areas, shaded by how many residents are registered "
                                       "in each."));
    put_classes(chart, most);
    json_array_foreach (areas, i, area) {
        uint64_t n = body_u64(area, "residents", 0);
        struct text name = fill_area(community, i);
        const json_t *boundary = json_object_get(area, "boundary");
        json_t *place = json_object(), *row = json_object();
        sum += n;
        fill_text(place, "name", name);
        fill_u64(place, "residents", n);
        fill_text(place, "official", body_text(area, "official"));
        fill_add(places, place);
        fill_text(row, "label", name);
        fill_put(row, "said", json_sprintf("%llu", (unsigned long long)n));
        fill_u64(row, "class", class_of(n, most));
        if (boundary) fill_put(row, "boundary", json_incref((json_t *)boundary));
        drawn = drawn || boundary;
        fill_add(json_object_get(chart, "rows"), row);
    }
    if (drawn) fill_put(model, "map", chart);
    else json_decref(chart);
    fill_put(model, "places", places);
    fill_u64(model, "residents", sum);
}

/* ---- day by day ------------------------------------------------------------------------------ */

#define DAY_MS UINT64_C(86400000)

/* The end of a day of the trend, or now where it is not over. */
static uint64_t end_of_day(const json_t *day)
{
    uint64_t start_ms = 0, now_ms = clock_wall_ms();
    char stamp[CLOCK_STAMP_SIZE];
    snprintf(stamp, sizeof stamp, "%.*sT00:00:00.000Z", TEXT_ARGS(body_text(day, "day")));
    if (!clock_parse(text_of(stamp), &start_ms)) return now_ms;
    return start_ms + DAY_MS < now_ms ? start_ms + DAY_MS : now_ms;
}

void fill_trend(struct visit *visit, json_t *model)
{
    const json_t *days = json_object_get(json_object_get(model, "trend"), "items"), *day;
    json_t *chart;
    size_t i, n = json_array_size(days);
    if (body_u64(json_array_get(days, n > 0 ? n - 1 : 0), "people", 0) == 0) return;
    chart = fill_chart("line", "trend", fill_say(visit, "Pledged, day by day"),
                       fill_say(visit, "How much residents had pledged at the end of each day."));
    fill_put(chart, "money", json_true());
    fill_text(chart, "label", text_of(fill_say(visit, "Pledged")));
    fill_u64(chart, "from", end_of_day(json_array_get(days, 0)) - DAY_MS);
    fill_u64(chart, "to", clock_wall_ms());
    json_array_foreach (days, i, day)
        fill_add(json_object_get(chart, "rows"),
                 json_pack("{s:I, s:O}", "at", (json_int_t)end_of_day(day), "value",
                           json_object_get(day, "held")));
    fill_put(model, "trend_chart", chart);
}

/* ---- what goes on, what was achieved --------------------------------------------------------- */

static void put_tenders(json_t *model)
{
    json_t *tenders = json_object_get(json_object_get(model, "tenders"), "items"), *tender;
    json_t *pledging = json_array(), *talking = json_array();
    size_t i;
    json_array_foreach (tenders, i, tender) {
        struct text state = body_text(tender, "state");
        if (text_is(state, "open") || text_is(state, "critical"))
            fill_add(pledging, json_incref(tender));
        if (text_is(state, "draft") || text_is(state, "deliberating"))
            fill_add(talking, json_incref(tender));
    }
    fill_put(model, "pledging", pledging);
    fill_put(model, "talking", talking);
}

/* The newest, and what all that were ever chosen were given. */
static void put_chosen(json_t *model)
{
    json_t *list = json_object_get(json_object_get(model, "commissions"), "items"), *one;
    const json_t *totals = json_object_get(model, "totals");
    json_t *newest = json_array();
    size_t i;
    json_array_foreach (list, i, one)
        if (i < NEWEST_SHOWN) fill_add(newest, json_incref(one));
    fill_u64(model, "given", body_u64(totals, "committed", 0) + body_u64(totals, "paid", 0));
    fill_put(model, "newest", newest);
}

void fill_community(struct visit *visit, json_t *model)
{
    put_pool(visit, model);
    put_areas(visit, model);
    put_tenders(model);
    put_chosen(model);
    fill_trend(visit, model);
}

/* ---- commissions by theme -------------------------------------------------------------------- */

static json_t *theme_find(json_t *themes, struct text theme)
{
    json_t *row;
    size_t i;
    json_array_foreach (themes, i, row)
        if (text_equal(body_text(row, "theme"), theme)) return row;
    row = json_pack("{s:s%, s:i, s:I}", "theme", theme.at, theme.n, "n", 0, "price",
                    (json_int_t)0);
    fill_add(themes, row);
    return row;
}

void fill_commissions(struct visit *visit, json_t *model)
{
    const json_t *list = json_object_get(json_object_get(model, "commissions"), "items"), *one;
    json_t *themes = json_array(), *row, *chart;
    size_t i;
    fill_list(visit, model, "commissions");
    json_array_foreach (list, i, one) {
        struct text theme = body_text(one, "theme");
        row = theme_find(themes, theme.at ? theme : TEXT(""));
        fill_u64(row, "n", body_u64(row, "n", 0) + 1);
        fill_u64(row, "price", body_u64(row, "price", 0) + body_u64(one, "price", 0));
    }
    chart = fill_chart("bars", "themes", fill_say(visit, "What was chosen, by theme"),
                       fill_say(visit, "How much money residents gave to each theme."));
    fill_put(chart, "money", json_true());
    json_array_foreach (themes, i, row) {
        const char *theme = json_string_value(json_object_get(row, "theme"));
        fill_add(json_object_get(chart, "rows"),
                 json_pack("{s:s, s:O}", "label",
                           theme && theme[0] ? theme : fill_say(visit, "No theme"), "value",
                           json_object_get(row, "price")));
    }
    if (json_array_size(themes) > 0) fill_put(model, "themes_chart", chart);
    else json_decref(chart);
    fill_put(model, "themes", themes);
}
