/* chart.h -- charts as SVG that stands inside a page.
 *
 * Every text is already translated; everything is borrowed for the call. A chart says nothing by
 * colour alone: what differs has a pattern, a dash or a label, all in currentColor, so that it
 * stays readable where the reader forces colours. No style stands in it, only presentation
 * attributes and classes of web/README.md, by which the style sheet adds colour (gs-line, gs-goal,
 * gs-grid, gs-axis, gs-fill-1; none on patterns). It is 320 units wide, its letters 14, so that
 * they are 12 pixels at least on the narrowest screen. It stands in a figure:
 *
 *     <figure class="gs-chart"><figcaption class="gs-chart__title">...</figcaption> SVG </figure>
 *
 * Its figures are also to stand in a table beside it: that is the page's business. Too many of
 * anything is FAULT_LIMIT of the buf. */
#ifndef GROUNDSWELL_VIEW_CHART_H
#define GROUNDSWELL_VIEW_CHART_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "groundswell/base/buf.h"
#include "groundswell/base/text.h"
#include "groundswell/view/format.h"

#define CHART_POINTS_MAX 65536
#define CHART_BARS_MAX 128
#define CHART_PARTS_MAX 5
#define CHART_AREAS_MAX 128
#define CHART_CLASSES 5
#define CHART_SIZE_MAX (256 * KIB) /* room enough for any of them */

struct chart_head {
    struct text id;    /* unique on its page; what an id may not hold becomes "-" */
    struct text title; /* what it is */
    struct text about; /* what it shows, in a sentence or two, for who cannot see it */
    struct text currency; /* of the values; TEXT_NONE where they are numbers */
    enum format_lang lang;
};

/* A value over time, towards a target. It jumps at each point and then holds. */
struct chart_point {
    uint64_t at_ms, value;
};
struct chart_line {
    struct chart_head head;
    const struct chart_point *points; /* in the order of time */
    size_t n;
    uint64_t from_ms, to_ms; /* what the chart spans */
    uint64_t until_ms;       /* where the line ends: now; 0: at its last point */
    struct text label;       /* "Pledged so far: £9,000" */
    uint64_t target;         /* 0: none */
    struct text target_label; /* "Needed: £12,000" */
};
void chart_line(struct buf *out, const struct chart_line *chart);

/* Bars, one below the other: areas, themes. */
struct chart_bar {
    struct text label;
    struct text said; /* "12 of 20"; TEXT_NONE: the value */
    uint64_t value;
    uint64_t target; /* a mark across the bar; 0: none */
    bool few;        /* too few to be told: no bar, and the text `few` in place of the value */
};
struct chart_bars {
    struct chart_head head;
    const struct chart_bar *bars;
    size_t n;
    struct text few;          /* "fewer than 5" */
    struct text target_label; /* what the mark means: "needed"; TEXT_NONE where none has one */
};
void chart_bars(struct buf *out, const struct chart_bars *chart);

/* Bars of parts: funds, and what has become of each. */
struct chart_row {
    struct text label;
    uint64_t parts[CHART_PARTS_MAX];
};
struct chart_stack {
    struct chart_head head;
    const struct chart_row *rows;
    size_t n;
    const struct text *parts; /* "paid", "committed", "held", "free", in this order from the left */
    size_t parts_n;
};
void chart_stack(struct buf *out, const struct chart_stack *chart);

/* A map of areas, north at the top. */
struct chart_area {
    struct text label, said;   /* "Harbourside", "12 people" */
    unsigned class;            /* 0 (least) to 4 */
    const json_t *boundary;    /* GeoJSON Polygon or MultiPolygon; NULL: it is not on the map */
};
struct chart_map {
    struct chart_head head;
    const struct chart_area *areas;
    size_t n;
    struct text classes[CHART_CLASSES]; /* "1 to 9 people"; TEXT_NONE: not in the key */
};
void chart_map(struct buf *out, const struct chart_map *chart);

#endif
