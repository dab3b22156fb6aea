/* hats.h -- the communities of one account, one after the other. */
#ifndef GROUNDSWELL_DESK_HATS_H
#define GROUNDSWELL_DESK_HATS_H

#include "errand.h"
#include "groundswell/ledger/accounts.h"

/* A walk over the resident's hats of an account: `each` is called with where and who, and the epoch
 * of the row; it asks what it wants, then calls hats_next(). Where there is such a resident no
 * more, the hat is left out. `done` comes once, at the end, unless the visit was answered before.
 */
struct hats_walk {
    struct visit *visit;
    void (*each)(struct hats_walk *walk);
    void (*done)(struct hats_walk *walk);
    void *ctx;
    struct text rest;          /* hats still to come */
    struct text slug, subject; /* of the present one */
    struct act act;            /* for an act of the present one */
    const struct resident_view *view; /* of the present one, valid in `each` until it asks */
};

/* `hats` borrows from the arena. Call with visit, each and done filled. */
void hats_begin(struct hats_walk *walk, struct text hats);
void hats_next(struct hats_walk *walk);

#endif
