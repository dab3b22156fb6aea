/* page_chart.h -- charts in a model are figures and words; the kind `chart` draws them.
 *
 * {"draw": "bars" | "stack" | "map" | "line", "id": ..., "title": ..., "about": ..., "money": true
 * where its values are amounts, "rows": [...]}, every text already in the language of the page, and
 *
 *     bars   rows {label, value, said?, target?, few?}; target_label, few
 *     stack  rows {label, parts: [figure of each part]}; parts: ["left", "drawn"]
 *     map    rows {label, said, class, boundary?}; classes: ["1 to 9", ...], "" for none
 *     line   rows {at: milliseconds, value}; from, to, until, label, target, target_label
 *
 * A template says {{pool:chart}} in a figure, and the rows once more as a table. */
#ifndef GROUNDSWELL_DESK_PAGE_CHART_H
#define GROUNDSWELL_DESK_PAGE_CHART_H

#include "page_inside.h"

void page_chart_put(struct buf *out, const json_t *value, const void *look);

#endif
