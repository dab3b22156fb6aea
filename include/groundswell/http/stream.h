/* stream.h -- an answer without an end: server-sent events.
 *
 * A stream is what becomes of a visit that is answered by visit_stream(). It is written by
 * stream_send() until either side closes it. A reader who falls behind by more than the limit is
 * dropped; what a client says meanwhile is read away and bounded. on_close comes exactly once for
 * every stream that was handed out, never inside a call of this header: until it has returned, the
 * pointer stays valid (sending then gives FAULT_LOST). */
#ifndef GROUNDSWELL_HTTP_STREAM_H
#define GROUNDSWELL_HTTP_STREAM_H

#include <stddef.h>

#include "groundswell/base/fault.h"
#include "groundswell/base/text.h"

struct http_server;
struct stream;
struct visit;

struct stream_events {
    void (*on_close)(void *ctx, struct stream *stream); /* may be NULL */
    void *ctx;
};

/* Answers 200 with that content type and keeps the connection. The events are copied. NULL: the
 * visit is answered already (HEAD, the client has gone, too many streams: 503) and there is
 * nothing more to do. Headers added with visit_header() go out with it. */
struct stream *visit_stream(struct visit *visit, const char *content_type,
                            const struct stream_events *events);

/* FAULT_BUSY: the reader was too slow, the stream is being dropped. FAULT_LOST: it is closing
 * already. */
enum fault stream_send(struct stream *stream, struct text bytes) MUST_CHECK;

/* Sends what waits, then closes. */
void stream_close(struct stream *stream);

size_t streams_open(const struct http_server *server);

#endif
