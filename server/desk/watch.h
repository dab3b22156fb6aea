/* watch.h -- counts the pledges that come from one address, for the anomalies of a community. */
#ifndef GROUNDSWELL_DESK_WATCH_H
#define GROUNDSWELL_DESK_WATCH_H

struct desk;
struct errand;
struct watch;

struct watch *watch_new(struct desk *desk); /* NULL: no memory */
/* After store_free(), which has answered what was pending; NULL accepted. */
void watch_free(struct watch *watch);

/* A pledge of errand->act.subject was written. Never asks the ledger. */
void watch_pledge(struct watch *watch, const struct errand *errand);

#endif
