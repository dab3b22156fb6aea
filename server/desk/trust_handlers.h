/* trust_handlers.h -- the handlers of what a trust watches: see handlers.h. */
#ifndef GROUNDSWELL_DESK_TRUST_HANDLERS_H
#define GROUNDSWELL_DESK_TRUST_HANDLERS_H

struct visit;

/* alerts.c */
void alerts_list(struct visit *visit);
void alert_add(struct visit *visit);
void alert_remove(struct visit *visit);
void raised_list(struct visit *visit);
void raised_seen(struct visit *visit);
/* webhooks.c */
void webhooks_list(struct visit *visit);
void webhook_add(struct visit *visit);
void webhook_remove(struct visit *visit);
void webhook_enable(struct visit *visit);
void deliveries_list(struct visit *visit);
void delivery_replay(struct visit *visit);
/* trust_feed.c */
void trust_feed_get(struct visit *visit);
/* trend.c */
void trend_get(struct visit *visit);
/* trust_watch.c */
void watch_get(struct visit *visit);
void watch_csv_get(struct visit *visit);

#endif
