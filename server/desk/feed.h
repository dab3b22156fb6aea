/* feed.h -- the live feed of a community: every record as a server-sent event. */
#ifndef GROUNDSWELL_DESK_FEED_H
#define GROUNDSWELL_DESK_FEED_H

#include <stdint.h>

struct desk;
struct feeds;

struct feeds *feeds_new(struct desk *desk, uint64_t heartbeat_ms);
void feeds_close(struct feeds *feeds); /* ends every reader's stream */
void feeds_free(struct feeds *feeds);  /* after the http server: no reader is left; NULL accepted */

#endif
