/* trust_feed.h -- the live feed of a trust: that something happened in one of its communities. */
#ifndef GROUNDSWELL_DESK_TRUST_FEED_H
#define GROUNDSWELL_DESK_TRUST_FEED_H

#include <stdint.h>

struct desk;
struct trust_feeds;

struct trust_feeds *trust_feeds_new(struct desk *desk, uint64_t heartbeat_ms);
void trust_feeds_close(struct trust_feeds *feeds); /* ends every reader's stream */
void trust_feeds_free(struct trust_feeds *feeds);  /* after the http server; NULL accepted */

#endif
