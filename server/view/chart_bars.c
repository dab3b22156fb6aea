/* chart_bars.c -- bars one below the other, each with its name above and its figure behind it, and
 * a mark where it should be. What is too few to be told has no bar: its length would tell. */
#include "chart_inside.h"

#define ROW 48
#define BAR_TOP 22 /* below the name */
#define BAR_HEIGHT 14
#define SAID_MOST 150 /* the figures take no more of the width */
#define MARK 3        /* how wide a mark is, and how far it stands out */

struct plot {
    const struct chart_bars *chart;
    uint64_t most;
    double width; /* of a full bar, and of half a mark at its end */
};

/* What is said of a bar; `figure` keeps it. */
static struct text said_of(const struct chart_bars *chart, const struct chart_bar *bar,
                           struct buf *figure)
{
    if (bar->few)
        return chart->few;
    if (bar->said.n)
        return bar->said;
    buf_reset(figure);
    chart_value(figure, &chart->head, bar->value);
    return buf_view(figure);
}

static struct plot plot_of(const struct chart_bars *chart)
{
    struct plot plot = {.chart = chart, .most = 1};
    double widest = 0;
    CLEANUP(buf) struct buf figure = BUF_MAX(128);
    for (size_t i = 0; i < chart->n; i++) {
        const struct chart_bar *bar = &chart->bars[i];
        double wide = chart_wide(said_of(chart, bar, &figure));
        uint64_t value = bar->few ? 0 : chart_clip(bar->value);
        uint64_t target = chart_clip(bar->target);
        plot.most = value > plot.most ? value : plot.most;
        plot.most = target > plot.most ? target : plot.most;
        widest = wide > widest ? wide : widest;
    }
    plot.width = CHART_WIDTH - 10 - (widest < SAID_MOST ? widest : SAID_MOST);
    return plot;
}

/* Something is never nothing, however little it is. */
static double length_of(const struct plot *plot, uint64_t value)
{
    double length = (double)chart_clip(value) / (double)plot->most * (plot->width - MARK);
    return length > 1 ? length : 1;
}

static void put_mark(struct buf *out, double x, double y)
{
    buf_format(out,
               "<rect class=\"gs-target\" x=\"%.1f\" y=\"%.1f\" width=\"%d\""
               " height=\"%d\"/>",
               x, y - MARK, MARK, BAR_HEIGHT + 2 * MARK);
}

static void put_bar(struct buf *out, const struct plot *plot, const struct chart_bar *bar, double y)
{
    CLEANUP(buf) struct buf figure = BUF_MAX(128);
    struct text said = said_of(plot->chart, bar, &figure);
    double top = y + BAR_TOP;
    buf_cstr(out, "<g><title>");
    chart_escaped(out, bar->label);
    buf_cstr(out, ": ");
    chart_escaped(out, said);
    buf_cstr(out, "</title>");
    chart_text(out, (struct chart_place){0, y + CHART_BASELINE, CHART_WIDTH, CHART_START},
               bar->label);
    buf_format(out,
               "<rect class=\"gs-track\" x=\".5\" y=\"%.1f\" width=\"%.1f\" height=\"%d\""
               " fill=\"none\" stroke=\"currentColor\" stroke-opacity=\".5\"%s/>",
               top + .5, plot->width - MARK - 1, BAR_HEIGHT - 1,
               bar->few ? " stroke-dasharray=\"3 3\"" : "");
    if (!bar->few && bar->value)
        buf_format(out,
                   "<rect class=\"gs-fill-1\" x=\"0\" y=\"%.1f\" width=\"%.1f\" height=\"%d\""
                   " fill-opacity=\".65\"/>",
                   top, length_of(plot, bar->value), BAR_HEIGHT);
    if (bar->target)
        put_mark(out, length_of(plot, bar->target) - MARK / 2.0, top);
    chart_text(out,
               (struct chart_place){CHART_WIDTH, top + BAR_HEIGHT - 2,
                                    CHART_WIDTH - plot->width - 4, CHART_END},
               said);
    buf_cstr(out, "</g>");
}

void chart_bars(struct buf *out, const struct chart_bars *chart)
{
    if (!chart_bounded(out, chart->n, CHART_BARS_MAX))
        return;
    struct plot plot = plot_of(chart);
    bool key = chart->target_label.n > 0;
    double y = key ? CHART_LINE + 6 : 0;
    chart_begin(out, &chart->head, (unsigned)(y + (double)chart->n * ROW + 2));
    if (key) {
        put_mark(out, 4, 4);
        chart_text(out, (struct chart_place){16, CHART_BASELINE + 1, CHART_WIDTH - 16, CHART_START},
                   chart->target_label);
    }
    for (size_t i = 0; i < chart->n; i++, y += ROW)
        put_bar(out, &plot, &chart->bars[i], y);
    chart_end(out);
}
