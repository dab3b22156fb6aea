/* chart_stack.c -- bars of parts: a fund, and what of it is paid, committed, held or free.
 *
 * All bars have one scale. The key below names each pattern, with the sum of its parts; what one
 * part of one bar is stands in its title. */
#include "chart_inside.h"

#define ROW 50
#define BAR_TOP 22
#define BAR_HEIGHT 18

struct plot {
    const struct chart_stack *chart;
    uint64_t most;
};

/* Sums stop at the largest value there is. */
static uint64_t plus(uint64_t sum, uint64_t value)
{
    return chart_clip(sum + chart_clip(value));
}

static uint64_t total_of(const struct chart_stack *chart, const struct chart_row *row)
{
    uint64_t sum = 0;
    for (size_t i = 0; i < chart->parts_n; i++)
        sum = plus(sum, row->parts[i]);
    return sum;
}

/* The first part is solid, the last empty. */
static unsigned pattern_of(const struct chart_stack *chart, size_t part)
{
    return part + 1 == chart->parts_n && part ? 0 : (unsigned)(CHART_PARTS_MAX - 1 - part);
}

static double x_of(const struct plot *plot, uint64_t sum)
{
    return 1 + (double)sum / (double)plot->most * (CHART_WIDTH - 2);
}

/* The part behind those that are `before` in all. */
static void put_part(struct buf *out, const struct plot *plot, const struct chart_row *row,
                     size_t part, uint64_t before, double y)
{
    const struct chart_stack *chart = plot->chart;
    double x = x_of(plot, before), width = x_of(plot, plus(before, row->parts[part])) - x;
    buf_format(out,
               "<rect class=\"gs-part-%zu\" x=\"%.1f\" y=\"%.1f\" width=\"%.1f\""
               " height=\"%d\" stroke=\"currentColor\" stroke-width=\"1.5\"",
               part, x, y, width, BAR_HEIGHT);
    chart_fill(out, &chart->head, pattern_of(chart, part));
    buf_cstr(out, "><title>");
    chart_escaped(out, row->label);
    buf_cstr(out, ": ");
    chart_escaped(out, chart->parts[part]);
    buf_char(out, ' ');
    chart_value(out, &chart->head, row->parts[part]);
    buf_cstr(out, "</title></rect>");
}

static void put_row(struct buf *out, const struct plot *plot, const struct chart_row *row, double y)
{
    const struct chart_stack *chart = plot->chart;
    CLEANUP(buf) struct buf figure = BUF_MAX(128);
    uint64_t before = 0;
    chart_value(&figure, &chart->head, total_of(chart, row));
    double wide = chart_wide(buf_view(&figure));
    chart_text(out,
               (struct chart_place){0, y + CHART_BASELINE, CHART_WIDTH - wide - 8, CHART_START},
               row->label);
    chart_text(out, (struct chart_place){CHART_WIDTH, y + CHART_BASELINE, CHART_WIDTH, CHART_END},
               buf_view(&figure));
    for (size_t i = 0; i < chart->parts_n; i++) {
        if (row->parts[i])
            put_part(out, plot, row, i, before, y + BAR_TOP);
        before = plus(before, row->parts[i]);
    }
}

static void put_keys(struct buf *out, const struct chart_stack *chart, unsigned y)
{
    for (size_t i = 0; i < chart->parts_n; i++, y += CHART_LINE) {
        CLEANUP(buf) struct buf line = BUF_MAX(4 * KIB);
        uint64_t sum = 0;
        for (size_t row = 0; row < chart->n; row++)
            sum = plus(sum, chart->rows[row].parts[i]);
        buf_text(&line, chart->parts[i]);
        buf_cstr(&line, ": ");
        chart_value(&line, &chart->head, sum);
        chart_key(out, &chart->head, pattern_of(chart, i), y, buf_view(&line));
    }
}

void chart_stack(struct buf *out, const struct chart_stack *chart)
{
    struct plot plot = {chart, 1};
    if (!chart_bounded(out, chart->n, CHART_BARS_MAX) ||
        !chart_bounded(out, chart->parts_n, CHART_PARTS_MAX))
        return;
    for (size_t i = 0; i < chart->n; i++) {
        uint64_t total = total_of(chart, &chart->rows[i]);
        plot.most = total > plot.most ? total : plot.most;
    }
    unsigned rows = (unsigned)chart->n * ROW;
    chart_begin(out, &chart->head, rows + (unsigned)chart->parts_n * CHART_LINE + 2);
    chart_patterns(out, &chart->head);
    for (size_t i = 0; i < chart->n; i++)
        put_row(out, &plot, &chart->rows[i], (double)i * ROW);
    put_keys(out, chart, rows);
    chart_end(out);
}
