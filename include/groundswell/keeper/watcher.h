/* watcher.h -- judges the alerts of every trust: says what is true of each of its communities now;
 * the ledger says whether that is news.
 *
 * One process walks at a time, by a claim that runs out by itself; two at once raise nothing twice.
 * One question at a time, so that no pledge waits behind a walk. */
#ifndef GROUNDSWELL_KEEPER_WATCHER_H
#define GROUNDSWELL_KEEPER_WATCHER_H

struct ledger;
struct loop;
struct watcher;

struct watcher_plan {
    struct ledger *ledger; /* borrowed */
    const char *data;      /* the data folder, whose logs are looked at; copied */
    unsigned rest_ms;      /* between two walks; 0: 5000 */
};

/* Begins at once. NULL: no memory. */
struct watcher *watcher_new(struct loop *loop, const struct watcher_plan *plan);
/* After store_free(). NULL accepted. */
void watcher_free(struct watcher *watcher);

#endif
