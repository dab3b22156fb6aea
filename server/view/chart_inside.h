/* chart_inside.h -- what the files of charts share: frame, texts, patterns, scale. */
#ifndef GROUNDSWELL_VIEW_CHART_INSIDE_H
#define GROUNDSWELL_VIEW_CHART_INSIDE_H

#include "groundswell/view/chart.h"

#define CHART_WIDTH 320
#define CHART_LINE 22       /* from one line of text to the next */
#define CHART_BASELINE 15   /* of a text, below the top of its line */
#define CHART_VALUE_MAX ((UINT64_C(1) << 53) - 1)

/* <svg> with title and description up to the first mark, and </svg>. */
void chart_begin(struct buf *out, const struct chart_head *head, unsigned height);
void chart_end(struct buf *out);

/* False, with FAULT_LIMIT in the buf, where `n` is more than `max`. */
bool chart_bounded(struct buf *out, size_t n, size_t max);

void chart_escaped(struct buf *out, struct text text);
void chart_id(struct buf *out, const struct chart_head *head);
void chart_value(struct buf *out, const struct chart_head *head, uint64_t value);

/* A text at (x, y: its baseline), cut with an ellipsis where it is wider than `room`. */
enum chart_anchor { CHART_START, CHART_END };
struct chart_place {
    double x, y, room;
    enum chart_anchor anchor;
};
void chart_text(struct buf *out, struct chart_place place, struct text text);
double chart_wide(struct text text); /* about how wide, in a wide font */

/* Five patterns from nothing (0) to solid (4): their definitions, and the attribute for one. */
void chart_patterns(struct buf *out, const struct chart_head *head);
void chart_fill(struct buf *out, const struct chart_head *head, unsigned pattern);
/* One line of a key: a patterned box and a text. */
void chart_key(struct buf *out, const struct chart_head *head, unsigned pattern, unsigned y,
               struct text text);

/* Round steps of 1, 2 or 5 times a power of ten, four at most, that reach `most`. */
struct chart_scale {
    uint64_t step, top;
};
struct chart_scale chart_scale_to(uint64_t most, struct text currency);

static inline uint64_t chart_clip(uint64_t value)
{
    return value < CHART_VALUE_MAX ? value : CHART_VALUE_MAX;
}

#endif
