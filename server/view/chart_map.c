/* chart_map.c -- a map of areas: GeoJSON boundaries (RFC 7946), shaded by class.
 *
 * Longitude is shortened by the cosine of the middle latitude (an equirectangular projection: over
 * a town nobody sees the difference). Of positions nearer than half a unit of the picture only the
 * first is drawn; where that leaves more than POINTS_MAX, the picture is drawn more coarsely. What
 * is no boundary is not on the map; nothing here trusts its form. */
#include "chart_inside.h"

#define EDGE 2
#define HEIGHT_MOST 360
#define POINTS_MAX 6000
#define NEAR 0.5
#define COARSER_MOST 20 /* then a point is all that is left of anything */
#define SPAN_LEAST 1e-6 /* degrees: an area of one point is still an area */
#define CORNERS_LEAST 3

struct map {
    const struct chart_map *chart;
    double west, east, south, north; /* degrees; west > east: nothing was seen */
    double scale_x, scale_y;         /* units a degree */
    double near;
    size_t points; /* drawn, or to be drawn */
};

struct spot {
    double x, y;
};

typedef void ring_fn(struct map *map, const json_t *ring, void *ctx);

static bool position_read(const json_t *position, struct spot *ret)
{
    const json_t *lon = json_array_get(position, 0), *lat = json_array_get(position, 1);
    if (!json_is_number(lon) || !json_is_number(lat))
        return false;
    *ret = (struct spot){json_number_value(lon), json_number_value(lat)};
    return ret->x >= -180 && ret->x <= 180 && ret->y >= -90 && ret->y <= 90;
}

static void each_ring(struct map *map, const json_t *boundary, ring_fn *act, void *ctx)
{
    const char *type = json_string_value(json_object_get(boundary, "type"));
    const json_t *coordinates = json_object_get(boundary, "coordinates"), *polygon, *ring;
    bool many = type && strcmp(type, "MultiPolygon") == 0;
    size_t i, j;
    if (!many && !(type && strcmp(type, "Polygon") == 0))
        return;
    if (!many) {
        json_array_foreach(coordinates, j, ring)
            act(map, ring, ctx);
        return;
    }
    json_array_foreach(coordinates, i, polygon)
        json_array_foreach(polygon, j, ring)
            act(map, ring, ctx);
}

/* ---- where it lies --------------------------------------------------------------------------- */

static void ring_widens(struct map *map, const json_t *ring, void *ctx)
{
    const json_t *position;
    struct spot at;
    size_t i;
    (void)ctx;
    json_array_foreach(ring, i, position) {
        if (!position_read(position, &at))
            continue;
        map->west = at.x < map->west ? at.x : map->west;
        map->east = at.x > map->east ? at.x : map->east;
        map->south = at.y < map->south ? at.y : map->south;
        map->north = at.y > map->north ? at.y : map->north;
    }
}

/* Bhaskara's cosine of an angle in degrees: within 0.2 % of the true one, and no libm. */
static double cosine(double degrees)
{
    double square = degrees * degrees;
    return (32400 - 4 * square) / (32400 + square);
}

/* Sets the scale; how high the picture is. */
static double fit(struct map *map)
{
    double narrow = cosine((map->south + map->north) / 2);
    narrow = narrow > 0.01 ? narrow : 0.01; /* at the poles */
    double wide = (map->east - map->west) * narrow, high = map->north - map->south;
    wide = wide > SPAN_LEAST ? wide : SPAN_LEAST;
    high = high > SPAN_LEAST ? high : SPAN_LEAST;
    double scale = (CHART_WIDTH - 2 * EDGE) / wide;
    if (high * scale > HEIGHT_MOST)
        scale = HEIGHT_MOST / high;
    map->scale_x = scale * narrow;
    map->scale_y = scale;
    return high * scale + 2 * EDGE;
}

static struct spot spot_of(const struct map *map, struct spot at)
{
    double width = (map->east - map->west) * map->scale_x;
    double left = (CHART_WIDTH - width) / 2; /* a narrow map stands in the middle */
    return (struct spot){left + (at.x - map->west) * map->scale_x,
                         EDGE + (map->north - at.y) * map->scale_y};
}

/* ---- drawing --------------------------------------------------------------------------------- */

/* The next position of the ring that is far enough from *at, from *i on; false: there is none. */
static bool next_spot(const struct map *map, const json_t *ring, size_t *i, struct spot *at)
{
    struct spot read;
    for (; *i < json_array_size(ring); (*i)++) {
        if (!position_read(json_array_get(ring, *i), &read))
            continue;
        struct spot spot = spot_of(map, read);
        double dx = spot.x - at->x, dy = spot.y - at->y;
        if (dx * dx + dy * dy < map->near * map->near)
            continue;
        *at = spot;
        (*i)++;
        return true;
    }
    return false;
}

static const struct spot nowhere = {-1e6, -1e6};

static size_t corners_of(const struct map *map, const json_t *ring)
{
    struct spot at = nowhere;
    size_t i = 0, n = 0;
    while (next_spot(map, ring, &i, &at))
        n++;
    return n;
}

/* Of a ring that has shrunk to less than a triangle, a speck is shown (a rock in the sea), unless
 * the map is so full that it is drawn coarsely. */
static bool is_speck(size_t corners)
{
    return corners < CORNERS_LEAST;
}

static void ring_counts(struct map *map, const json_t *ring, void *ctx)
{
    size_t corners = corners_of(map, ring);
    (void)ctx;
    map->points += !is_speck(corners) || map->near <= NEAR ? corners : 0;
}

static void ring_draws(struct map *map, const json_t *ring, void *ctx)
{
    struct buf *out = ctx;
    struct spot at = nowhere;
    size_t i = 0;
    if (is_speck(corners_of(map, ring))) {
        if (map->near <= NEAR && next_spot(map, ring, &i, &at))
            buf_format(out, "M%.1f %.1fh2v2h-2z", at.x - 1, at.y - 1);
        return;
    }
    for (char letter = 'M'; next_spot(map, ring, &i, &at); letter = 'L')
        buf_format(out, "%c%.1f %.1f", letter, at.x, at.y);
    buf_char(out, 'z');
}

static void put_area(struct buf *out, struct map *map, const struct chart_area *area)
{
    unsigned class = area->class < CHART_CLASSES ? area->class : CHART_CLASSES - 1;
    buf_format(out,
               "<path class=\"gs-class-%u\" fill-rule=\"evenodd\" stroke=\"currentColor\""
               " stroke-width=\"1.2\" stroke-linejoin=\"round\"",
               class);
    chart_fill(out, &map->chart->head, class);
    buf_cstr(out, " d=\"");
    each_ring(map, area->boundary, ring_draws, out);
    buf_cstr(out, "\"><title>");
    chart_escaped(out, area->label);
    if (area->said.n)
        buf_cstr(out, ": ");
    chart_escaped(out, area->said);
    buf_cstr(out, "</title></path>");
}

static void measure(struct map *map, ring_fn *act)
{
    for (size_t i = 0; i < map->chart->n; i++)
        if (map->chart->areas[i].boundary)
            each_ring(map, map->chart->areas[i].boundary, act, NULL);
}

static void coarsen(struct map *map)
{
    map->near = NEAR;
    for (int tries = 0; tries < COARSER_MOST; tries++, map->near *= 1.5) {
        map->points = 0;
        measure(map, ring_counts);
        if (map->points <= POINTS_MAX)
            return;
    }
}

static unsigned put_keys(struct buf *out, const struct chart_map *chart, unsigned y)
{
    for (unsigned i = 0; i < CHART_CLASSES; i++) {
        if (!chart->classes[i].n)
            continue;
        if (out)
            chart_key(out, &chart->head, i, y, chart->classes[i]);
        y += CHART_LINE;
    }
    return y;
}

void chart_map(struct buf *out, const struct chart_map *chart)
{
    struct map map = {.chart = chart, .west = 180, .east = -180, .south = 90, .north = -90};
    unsigned high = 0;
    if (!chart_bounded(out, chart->n, CHART_AREAS_MAX))
        return;
    measure(&map, ring_widens);
    bool seen = map.west <= map.east;
    if (seen) {
        high = (unsigned)fit(&map) + 6;
        coarsen(&map);
    }
    chart_begin(out, &chart->head, put_keys(NULL, chart, high) + 2);
    chart_patterns(out, &chart->head);
    for (size_t i = 0; seen && i < chart->n; i++)
        if (chart->areas[i].boundary)
            put_area(out, &map, &chart->areas[i]);
    put_keys(out, chart, high);
    chart_end(out);
}
