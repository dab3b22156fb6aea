/* charts.c -- charts as room view draws them, of what stands as JSON on standard input:
 *
 *   {"chart": "line", "title": ..., ...} with the members of the structs of chart.h
 *
 * Prints the SVG; exit status 1 and the name of a fault where there is one. */
/* rooms: base view */
#include "groundswell/view/chart.h"

#include <stdio.h>
#include <unistd.h>

#define MANY 70000

static struct text text_at(const json_t *from, const char *name)
{
    const json_t *value = json_object_get(from, name);
    return value ? (struct text){json_string_value(value), json_string_length(value)} : TEXT_NONE;
}

static uint64_t number_at(const json_t *from, const char *name)
{
    return (uint64_t)json_integer_value(json_object_get(from, name));
}

static struct chart_head head_of(const json_t *plan)
{
    return (struct chart_head){text_at(plan, "id"), text_at(plan, "title"), text_at(plan, "about"),
                               text_at(plan, "currency"), format_lang_of(text_at(plan, "lang"))};
}

static void draw_line(struct buf *out, const json_t *plan)
{
    static struct chart_point points[MANY];
    const json_t *rows = json_object_get(plan, "points");
    struct chart_line chart = {.head = head_of(plan), .points = points,
                               .n = json_array_size(rows), .from_ms = number_at(plan, "from"),
                               .to_ms = number_at(plan, "to"), .until_ms = number_at(plan, "until"),
                               .label = text_at(plan, "label"), .target = number_at(plan, "target"),
                               .target_label = text_at(plan, "target_label")};
    for (size_t i = 0; i < chart.n && i < MANY; i++) {
        const json_t *row = json_array_get(rows, i);
        points[i].at_ms = (uint64_t)json_integer_value(json_array_get(row, 0));
        points[i].value = (uint64_t)json_integer_value(json_array_get(row, 1));
    }
    chart_line(out, &chart);
}

static void draw_bars(struct buf *out, const json_t *plan)
{
    static struct chart_bar bars[MANY];
    const json_t *rows = json_object_get(plan, "bars");
    struct chart_bars chart = {.head = head_of(plan), .bars = bars, .n = json_array_size(rows),
                               .few = text_at(plan, "few"),
                               .target_label = text_at(plan, "target_label")};
    for (size_t i = 0; i < chart.n && i < MANY; i++) {
        const json_t *row = json_array_get(rows, i);
        bars[i] = (struct chart_bar){text_at(row, "label"), text_at(row, "said"),
                                     number_at(row, "value"), number_at(row, "target"),
                                     json_is_true(json_object_get(row, "few"))};
    }
    chart_bars(out, &chart);
}

static void draw_stack(struct buf *out, const json_t *plan)
{
    static struct chart_row all[MANY];
    struct text parts[CHART_PARTS_MAX];
    const json_t *rows = json_object_get(plan, "rows"), *names = json_object_get(plan, "parts");
    struct chart_stack chart = {.head = head_of(plan), .rows = all, .n = json_array_size(rows),
                                .parts = parts, .parts_n = json_array_size(names)};
    for (size_t i = 0; i < chart.parts_n && i < CHART_PARTS_MAX; i++)
        parts[i] = text_of(json_string_value(json_array_get(names, i)));
    for (size_t i = 0; i < chart.n && i < MANY; i++) {
        const json_t *row = json_array_get(rows, i), *of = json_object_get(row, "parts");
        all[i].label = text_at(row, "label");
        for (size_t part = 0; part < CHART_PARTS_MAX; part++)
            all[i].parts[part] = (uint64_t)json_integer_value(json_array_get(of, part));
    }
    chart_stack(out, &chart);
}

static void draw_map(struct buf *out, const json_t *plan)
{
    static struct chart_area areas[MANY];
    const json_t *rows = json_object_get(plan, "areas"), *names = json_object_get(plan, "classes");
    struct chart_map chart = {.head = head_of(plan), .areas = areas, .n = json_array_size(rows)};
    for (size_t i = 0; i < CHART_CLASSES; i++)
        chart.classes[i] = text_of(json_string_value(json_array_get(names, i)));
    for (size_t i = 0; i < chart.n && i < MANY; i++) {
        const json_t *row = json_array_get(rows, i);
        areas[i] = (struct chart_area){text_at(row, "label"), text_at(row, "said"),
                                       (unsigned)number_at(row, "class"),
                                       json_object_get(row, "boundary")};
    }
    chart_map(out, &chart);
}

static const struct {
    const char *name;
    void (*draw)(struct buf *out, const json_t *plan);
} kinds[] = {{"line", draw_line}, {"bars", draw_bars}, {"stack", draw_stack}, {"map", draw_map}};

int main(void)
{
    json_t *plan = json_loadf(stdin, 0, NULL);
    CLEANUP(buf) struct buf out = BUF_MAX(CHART_SIZE_MAX);
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (text_is(text_at(plan, "chart"), kinds[i].name))
            kinds[i].draw(&out, plan);
    json_decref(plan);
    enum fault no = buf_fault(&out);
    if (no)
        printf("fault %s\n", fault_name(no));
    else
        fwrite(out.data, 1, out.len, stdout);
    return no ? 1 : 0;
}
