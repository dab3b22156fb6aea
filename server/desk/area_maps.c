/* area_maps.c -- the official codes of the areas, and their boundaries as GeoJSON (RFC 7946).
 *
 * A boundary is a Polygon or a MultiPolygon of closed rings; positions are longitude and latitude.
 * All of them together are one text of the community, set as a whole. */
#include "areas.h"
#include "errand.h"
#include "groundswell/ledger/bodies.h"
#include "handlers.h"
#include "people.h"
#include "say.h"
#include "write.h"

#define RINGS_MAX 512
#define POSITIONS_MAX 8192
#define GEOMETRY_DIGITS 9 /* a millimetre or so */

/* ---- what a boundary may be ------------------------------------------------------------------ */

static bool is_within(const json_t *number, double most)
{
    return json_is_number(number) && json_number_value(number) >= -most &&
           json_number_value(number) <= most;
}

static bool position_is_valid(const json_t *position)
{
    return json_array_size(position) == 2 && is_within(json_array_get(position, 0), 180) &&
           is_within(json_array_get(position, 1), 90);
}

static bool ring_is_valid(const json_t *ring, size_t *left)
{
    size_t i, n = json_array_size(ring);
    const json_t *position;
    if (n < 4 || n > *left) return false;
    *left -= n;
    json_array_foreach (ring, i, position)
        if (!position_is_valid(position)) return false;
    return json_equal(json_array_get(ring, 0), json_array_get(ring, n - 1));
}

static bool polygon_is_valid(const json_t *rings, size_t *left)
{
    size_t i, n = json_array_size(rings);
    const json_t *ring;
    if (n < 1 || n > RINGS_MAX) return false;
    json_array_foreach (rings, i, ring)
        if (!ring_is_valid(ring, left)) return false;
    return true;
}

static bool boundary_is_valid(const json_t *boundary)
{
    size_t i, left = POSITIONS_MAX;
    const json_t *coordinates = json_object_get(boundary, "coordinates"), *polygon;
    if (text_is(body_text(boundary, "type"), "Polygon"))
        return polygon_is_valid(coordinates, &left);
    if (json_array_size(coordinates) < 1) return false;
    json_array_foreach (coordinates, i, polygon)
        if (!polygon_is_valid(polygon, &left)) return false;
    return true;
}

/* ---- setting --------------------------------------------------------------------------------- */

struct mapping {
    struct visit *visit;
    json_t *areas; /* by code; released by mapping_end() */
};

static void mapping_end(struct mapping *mapping)
{
    json_decref(mapping->areas);
}

static bool area_take(struct mapping *mapping, const json_t *area, size_t i)
{
    struct visit *visit = mapping->visit;
    const char *code = json_string_value(json_object_get(area, "code"));
    json_t *boundary = json_object_get(area, "boundary"), *one = json_object();
    json_t *official = json_object_get(area, "official");
    if (json_object_get(mapping->areas, code)) {
        say_field_wrong(visit, arena_format(&visit->arena, "/areas/%zu/code", i),
                        "stands here twice");
    } else if (boundary && !boundary_is_valid(boundary)) {
        say_field_wrong(visit, arena_format(&visit->arena, "/areas/%zu/boundary", i),
                        "must be closed rings of at least 4 positions, each longitude and "
                        "latitude, at most %d in all",
                        POSITIONS_MAX);
    } else {
        if (official) json_object_set(one, "official", official);
        if (boundary) json_object_set(one, "boundary", boundary);
        return json_object_set_new(mapping->areas, code, one) == 0;
    }
    json_decref(one);
    return false;
}

static void areas_set_answer(void *ctx, const struct ledger_answer *answer)
{
    say_done(ctx, answer);
}

static void areas_set_with(void *ctx, struct text codes)
{
    struct mapping *mapping = ctx;
    struct visit *visit = mapping->visit;
    struct errand *errand = errand_of(visit);
    const char *code;
    json_t *area;
    uint64_t index;
    json_object_foreach (mapping->areas, code, area) {
        if (!codes.at || area_index(codes, text_of(code), &index)) continue;
        say_field_wrong(visit, "/areas", "names %s, which is no area of this community", code);
        codes = TEXT_NONE;
    }
    char *text = codes.at ? json_dumps(mapping->areas,
                                       JSON_COMPACT | JSON_REAL_PRECISION(GEOMETRY_DIGITS))
                          : NULL;
    if (text && strlen(text) > LEDGER_TEXT_MAX) {
        say_field_wrong(visit, "/areas", "is more than %zu bytes in all", LEDGER_TEXT_MAX);
    } else if (text) {
        const struct areas_set in = {.text = text_of(text)};
        ledger_areas_set(errand->desk->plan.ledger, &errand->act, &in, areas_set_answer, visit);
    } else if (codes.at) {
        say_fault(visit, FAULT_MEMORY);
    }
    free(text);
    mapping_end(mapping);
}

void areas_set(struct visit *visit)
{
    json_t *body = errand_body(visit), *area;
    struct mapping *mapping = arena_alloc(&visit->arena, sizeof *mapping);
    size_t i;
    bool good = true;
    if (!body) return;
    if (mapping) {
        *mapping = (struct mapping){visit, json_object()};
        json_array_foreach (json_object_get(body, "areas"), i, area) {
            good = area_take(mapping, area, i);
            if (!good) break;
        }
        if (good) with_areas(visit, areas_set_with, mapping);
        else mapping_end(mapping);
    } else {
        say_fault(visit, FAULT_MEMORY);
    }
    json_decref(body);
}

/* ---- looking --------------------------------------------------------------------------------- */

static void area_put(struct json_out *out, struct text code, uint64_t residents,
                     const json_t *about)
{
    const json_t *boundary = json_object_get(about, "boundary");
    const struct text official = body_text(about, "official");
    json_object_begin(out);
    json_text_at(out, "code", code);
    json_u64_at(out, "residents", residents);
    if (official.at) json_text_at(out, "official", official);
    if (boundary) {
        char *text = json_dumps(boundary, JSON_COMPACT | JSON_REAL_PRECISION(GEOMETRY_DIGITS));
        json_name(out, "boundary");
        json_raw(out, text ? text_of(text) : TEXT("null"));
        free(text);
    }
    json_object_end(out);
}

static void areas_get_answer(void *ctx, const struct ledger_answer *answer)
{
    struct visit *visit = ctx;
    if (say_no(visit, answer)) return;
    const struct areas_view *view = answer->outcome;
    CLEANUP(json_ref) json_t *about = NULL;
    if (view->text.n > 0 && json_read(view->text, JSON_DEPTH_MAX, &about, NULL)) {
        say_fault(visit, FAULT_FORMAT);
        return;
    }
    CLEANUP(buf) struct buf body = BUF_MAX(256 * KIB);
    struct json_out out = JSON_OUT(&body);
    struct text codes = view->areas;
    json_object_begin(&out);
    json_name(&out, "areas");
    json_array_begin(&out);
    for (uint64_t area = 0, next = 0; codes.n > 0; area++) {
        bool here = next < view->residents.n && view->residents.at[next][0] == area;
        const struct text code = text_cut(&codes, ',');
        const char *name = arena_format(&visit->arena, "%.*s", TEXT_ARGS(code));
        area_put(&out, code, here ? view->residents.at[next++][1] : 0,
                 name ? json_object_get(about, name) : NULL);
    }
    json_array_end(&out);
    json_object_end(&out);
    say_json(visit, 200, &body);
}

void areas_get(struct visit *visit)
{
    struct errand *errand = errand_of(visit);
    ledger_areas_view(errand->desk->plan.ledger, errand->slug, areas_get_answer, visit);
}
