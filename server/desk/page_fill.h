/* page_fill.h -- what fills share: words in the language of the page, progress, names of areas.
 *
 * A fill adds to a model what a template cannot work out: sums, what is still lacking, charts. What
 * it adds to the root it names in the shape of its row. */
#ifndef GROUNDSWELL_DESK_PAGE_FILL_H
#define GROUNDSWELL_DESK_PAGE_FILL_H

#include "page.h"

/* A sentence of ours in the language of the page; it lives as long as the visit. */
const char *fill_say(struct visit *visit, const char *sentence);

/* Sets, and takes `value` over; where memory is short it is logged and left out. */
void fill_put(json_t *to, const char *name, json_t *value);
void fill_text(json_t *to, const char *name, struct text value); /* left out where there is none */
void fill_u64(json_t *to, const char *name, uint64_t value);
void fill_add(json_t *list, json_t *value);

/* A chart without its rows (page_chart.h); its sentences by fill_say(). */
json_t *fill_chart(const char *draw, const char *id, const char *title, const char *about);

/* What people call an area: its name, else its code. `community` as community_get answers. */
struct text fill_area(const json_t *community, size_t area);

/* How far a proposal has come on each condition of its rule, for partials/progress:
 *   [{what: money people areas headroom, id, have, need, lack, met, area_people}]
 * `proposal` as proposal_get answers. A condition that asks for nothing is not in it. */
json_t *fill_progress(const json_t *proposal);
#define PROGRESS_SHAPE                                                                            \
    "[{\"what\":true,\"id\":true,\"have\":true,\"need\":true,\"shown\":true,\"lack\":true,"       \
    "\"met\":true,\"area_people\":true}]"

#endif
