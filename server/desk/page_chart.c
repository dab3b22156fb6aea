/* page_chart.c -- the kind `chart`: draws what a fill has put into the model as figures and words
 * (page_chart.h), so that no HTML ever stands in a model. */
#include "page_chart.h"

#include <stdlib.h>

#include "groundswell/base/clock.h"
#include "groundswell/view/chart.h"

#define NOTHING TEXT("")

static struct text text_at(const json_t *object, const char *name)
{
    struct text text = body_text(object, name);
    return text.at ? text : NOTHING;
}

static struct chart_head head_of(const json_t *chart, const struct page_look *look)
{
    return (struct chart_head){
        .id = text_at(chart, "id"),
        .title = text_at(chart, "title"),
        .about = text_at(chart, "about"),
        .currency = json_is_true(json_object_get(chart, "money")) ? text_of(look->currency)
                                                                  : TEXT_NONE,
        .lang = look->lang == PAGE_CY ? FORMAT_CY : FORMAT_EN};
}

static void put_bars(struct buf *out, const json_t *chart, const struct page_look *look)
{
    struct chart_bar bars[CHART_BARS_MAX];
    const json_t *rows = json_object_get(chart, "rows"), *row;
    struct chart_bars bar_chart = {.head = head_of(chart, look), .bars = bars,
                                   .few = text_at(chart, "few"),
                                   .target_label = body_text(chart, "target_label")};
    size_t i;
    json_array_foreach (rows, i, row) {
        if (bar_chart.n == CHART_BARS_MAX) break;
        bars[bar_chart.n++] = (struct chart_bar){
            .label = text_at(row, "label"), .said = body_text(row, "said"),
            .value = body_u64(row, "value", 0), .target = body_u64(row, "target", 0),
            .few = json_is_true(json_object_get(row, "few"))};
    }
    if (bar_chart.n > 0) chart_bars(out, &bar_chart);
}

static void put_stack(struct buf *out, const json_t *chart, const struct page_look *look)
{
    struct chart_row rows[CHART_BARS_MAX];
    struct text parts[CHART_PARTS_MAX];
    const json_t *names = json_object_get(chart, "parts"), *name, *row;
    struct chart_stack stack = {.head = head_of(chart, look), .rows = rows, .parts = parts};
    size_t i, j;
    json_array_foreach (names, i, name)
        if (stack.parts_n < CHART_PARTS_MAX)
            parts[stack.parts_n++] = text_of(json_string_value(name));
    json_array_foreach (json_object_get(chart, "rows"), i, row) {
        if (stack.n == CHART_BARS_MAX) break;
        struct chart_row *made = &rows[stack.n++];
        *made = (struct chart_row){.label = text_at(row, "label")};
        for (j = 0; j < stack.parts_n; j++) {
            const json_t *part = json_array_get(json_object_get(row, "parts"), j);
            made->parts[j] = json_is_integer(part) ? (uint64_t)json_integer_value(part) : 0;
        }
    }
    if (stack.n > 0) chart_stack(out, &stack);
}

static void put_map(struct buf *out, const json_t *chart, const struct page_look *look)
{
    struct chart_area areas[CHART_AREAS_MAX];
    struct chart_map map = {.head = head_of(chart, look), .areas = areas};
    const json_t *row, *name;
    size_t i;
    json_array_foreach (json_object_get(chart, "classes"), i, name)
        if (i < CHART_CLASSES && json_string_length(name) > 0)
            map.classes[i] = text_of(json_string_value(name));
    json_array_foreach (json_object_get(chart, "rows"), i, row) {
        if (map.n == CHART_AREAS_MAX) break;
        areas[map.n++] = (struct chart_area){
            .label = text_at(row, "label"), .said = text_at(row, "said"),
            .class = (unsigned)body_u64(row, "class", 0),
            .boundary = json_object_get(row, "boundary")};
    }
    if (map.n > 0) chart_map(out, &map);
}

static void put_line(struct buf *out, const json_t *chart, const struct page_look *look)
{
    const json_t *rows = json_object_get(chart, "rows"), *row;
    struct chart_point *points = calloc(json_array_size(rows) + 1, sizeof *points);
    struct chart_line line = {.head = head_of(chart, look), .points = points,
                              .from_ms = body_u64(chart, "from", 0),
                              .to_ms = body_u64(chart, "to", 0),
                              .until_ms = body_u64(chart, "until", 0),
                              .label = text_at(chart, "label"),
                              .target = body_u64(chart, "target", 0),
                              .target_label = text_at(chart, "target_label")};
    size_t i;
    json_array_foreach (rows, i, row)
        if (points && line.n < CHART_POINTS_MAX)
            points[line.n++] = (struct chart_point){body_u64(row, "at", 0),
                                                    body_u64(row, "value", 0)};
    if (line.n > 0) chart_line(out, &line);
    free(points);
}

void page_chart_put(struct buf *out, const json_t *value, const void *look)
{
    static const struct {
        const char *draw;
        void (*put)(struct buf *out, const json_t *chart, const struct page_look *look);
    } kinds[] = {{"bars", put_bars}, {"stack", put_stack}, {"map", put_map}, {"line", put_line}};
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
        if (text_is(text_at(value, "draw"), kinds[i].draw)) kinds[i].put(out, value, look);
}
