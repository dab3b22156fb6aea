/* chart_line.c -- a value over time, towards a target: what has been pledged, and what is needed.
 *
 * The line is one of steps, as pledges come one by one; of those that fall into half a unit of the
 * picture only the last is drawn, so that a chart of any number of points has a bounded size. */
#include "chart_inside.h"

#define PLOT_HEIGHT 150
#define EDGE 5    /* room for the dot at the end of the line */
#define SAMPLE 26 /* of a line, in the key */
#define NEAR 0.5
#define GAP 8 /* between two texts */

struct plot {
    const struct chart_line *chart;
    struct chart_scale scale;
    double left, top; /* of the space within the axes */
    double from, to;  /* ms */
};

static double x_of(const struct plot *plot, uint64_t ms)
{
    double at = (double)ms;
    at = at < plot->from ? plot->from : at > plot->to ? plot->to : at;
    return plot->left + (at - plot->from) / (plot->to - plot->from) *
                            (CHART_WIDTH - EDGE - plot->left);
}

static double y_of(const struct plot *plot, uint64_t value)
{
    double part = (double)chart_clip(value) / (double)plot->scale.top;
    return plot->top + PLOT_HEIGHT * (1 - part);
}

static uint64_t most_of(const struct chart_line *chart)
{
    uint64_t most = chart->target;
    for (size_t i = 0; i < chart->n; i++)
        if (chart->points[i].value > most)
            most = chart->points[i].value;
    return most;
}

/* As wide as the widest figure at the axis. */
static double gutter_of(const struct plot *plot)
{
    double widest = 0;
    CLEANUP(buf) struct buf figure = BUF_MAX(128);
    for (uint64_t at = 0; at <= plot->scale.top; at += plot->scale.step) {
        buf_reset(&figure);
        chart_value(&figure, &plot->chart->head, at);
        double wide = chart_wide(buf_view(&figure));
        widest = wide > widest ? wide : widest;
    }
    return widest + GAP;
}

static void put_grid(struct buf *out, const struct plot *plot)
{
    CLEANUP(buf) struct buf figure = BUF_MAX(128);
    for (uint64_t at = 0; at <= plot->scale.top; at += plot->scale.step) {
        double y = y_of(plot, at);
        buf_format(out,
                   "<path class=\"%s\" d=\"M%.1f %.1fH%d\" stroke=\"currentColor\""
                   " stroke-width=\"%s\"/>",
                   at ? "gs-grid" : "gs-axis", plot->left, y, CHART_WIDTH, at ? ".3" : "1");
        buf_reset(&figure);
        chart_value(&figure, &plot->chart->head, at);
        chart_text(out, (struct chart_place){plot->left - 6, y + 5, CHART_WIDTH, CHART_END},
                   buf_view(&figure));
    }
}

static void put_days(struct buf *out, const struct plot *plot)
{
    const struct chart_line *chart = plot->chart;
    CLEANUP(buf) struct buf from = BUF_MAX(128), to = BUF_MAX(128);
    double y = plot->top + PLOT_HEIGHT + 20;
    format_date(&from, chart->from_ms, chart->head.lang);
    format_date(&to, chart->to_ms, chart->head.lang);
    double both = chart_wide(buf_view(&from)) + chart_wide(buf_view(&to)) + GAP;
    double x = plot->left + both > CHART_WIDTH ? 0 : plot->left;
    chart_text(out, (struct chart_place){x, y, CHART_WIDTH, CHART_START}, buf_view(&from));
    if (!text_equal(buf_view(&from), buf_view(&to)))
        chart_text(out, (struct chart_place){CHART_WIDTH, y, CHART_WIDTH, CHART_END},
                   buf_view(&to));
}

/* The way of the line from the left end of the axis; where it ends. */
static void put_way(struct buf *out, const struct plot *plot, double *ret_x, double *ret_y)
{
    const struct chart_line *chart = plot->chart;
    double x = plot->left, y = y_of(plot, 0);
    buf_format(out, "M%.1f %.1f", x, y);
    for (size_t i = 0; i < chart->n; i++) {
        double at = x_of(plot, chart->points[i].at_ms);
        if (i + 1 < chart->n && x_of(plot, chart->points[i + 1].at_ms) - x < NEAR)
            continue;
        y = y_of(plot, chart->points[i].value);
        if (at > x) { /* points out of order stand where the last one was */
            buf_format(out, "H%.1f", at);
            x = at;
        }
        buf_format(out, "V%.1f", y);
    }
    double until = x_of(plot, chart->until_ms);
    if (chart->until_ms && until > x) {
        buf_format(out, "H%.1f", until);
        x = until;
    }
    *ret_x = x;
    *ret_y = y;
}

static void put_line(struct buf *out, const struct plot *plot)
{
    double x, y;
    CLEANUP(buf) struct buf way = BUF_MAX(64 * KIB);
    put_way(&way, plot, &x, &y);
    if (buf_fault(&way)) {
        out->fault = out->fault ? out->fault : buf_fault(&way);
        return;
    }
    buf_cstr(out, "<path fill-opacity=\".15\" d=\"");
    buf_text(out, buf_view(&way));
    buf_format(out, "V%.1fZ\"/>", y_of(plot, 0));
    buf_cstr(out, "<path class=\"gs-line\" fill=\"none\" stroke=\"currentColor\""
                  " stroke-width=\"3\" stroke-linejoin=\"round\" d=\"");
    buf_text(out, buf_view(&way));
    buf_format(out, "\"/><circle class=\"gs-dot\" cx=\"%.1f\" cy=\"%.1f\" r=\"4.5\"/>", x,
               y);
}

static void put_target(struct buf *out, double x, double y, double to_x)
{
    buf_format(out,
               "<path class=\"gs-goal\" d=\"M%.1f %.1fH%.1f\" stroke=\"currentColor\""
               " stroke-width=\"2.5\" stroke-dasharray=\"7 4\"/>",
               x, y, to_x);
}

/* The key stands above, where no line can run through it. */
static void put_key(struct buf *out, const struct chart_line *chart)
{
    double x = SAMPLE + 8, y = CHART_BASELINE;
    buf_format(out,
               "<path class=\"gs-line\" d=\"M0 %.1fH%d\" stroke=\"currentColor\""
               " stroke-width=\"3\"/>",
               y - 5, SAMPLE);
    chart_text(out, (struct chart_place){x, y, CHART_WIDTH - x, CHART_START}, chart->label);
    if (!chart->target)
        return;
    y += CHART_LINE;
    put_target(out, 0, y - 5, SAMPLE);
    chart_text(out, (struct chart_place){x, y, CHART_WIDTH - x, CHART_START},
               chart->target_label);
}

void chart_line(struct buf *out, const struct chart_line *chart)
{
    if (!chart_bounded(out, chart->n, CHART_POINTS_MAX))
        return;
    struct plot plot = {.chart = chart,
                        .scale = chart_scale_to(most_of(chart), chart->head.currency),
                        .top = CHART_LINE * (chart->target ? 2 : 1) + 12,
                        .from = (double)chart->from_ms,
                        .to = (double)chart->to_ms};
    if (plot.to <= plot.from)
        plot.to = plot.from + 1;
    plot.left = gutter_of(&plot);
    chart_begin(out, &chart->head, (unsigned)plot.top + PLOT_HEIGHT + 28);
    put_key(out, chart);
    put_grid(out, &plot);
    put_days(out, &plot);
    if (chart->n)
        put_line(out, &plot);
    if (chart->target)
        put_target(out, plot.left, y_of(&plot, chart->target), CHART_WIDTH);
    chart_end(out);
}
