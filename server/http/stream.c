/* stream.c -- an answer without an end.
 *
 * It has no Content-Length and ends with its connection, which every client of server-sent events
 * understands. What waits for a slow reader is bounded in bytes here and in time by the sweep. */
#include "groundswell/http/stream.h"

#include <event2/buffer.h>

#include "groundswell/base/metrics.h"
#include "inside.h"

static struct metric streams = METRIC(METRIC_GAUGE, "groundswell_http_streams",
                                      "Streams of events that are open.", NULL);
static struct metric slow = METRIC(METRIC_COUNTER, "groundswell_http_streams_dropped_total",
                                   "Streams dropped because their reader was slow.", NULL);

static void stream_count(struct http_server *server, bool more)
{
    server->streams_n += more ? 1 : (size_t)-1;
    metric_set(&streams, NULL, server->streams_n);
}

size_t streams_open(const struct http_server *server)
{
    return server->streams_n;
}

/* Writes the head of the stream, lets go of the visit; false when the connection did not live. */
static bool stream_begin(struct visit *visit, const char *content_type)
{
    struct connection *connection = visit->connection;
    struct http_server *server = visit->server;
    struct answer answer = {.status = 200, .content_type = content_type, .length = SIZE_MAX,
                            .fields = buf_view(&visit->fields_out), .close = true};
    visit->answered = true;
    connection->visit = NULL;
    visit->connection = NULL;
    buf_reset(&server->scratch);
    answer_head_put(server, &server->scratch, &answer);
    if (buf_fault(&server->scratch)) connection_close(connection);
    connection_write(connection, buf_view(&server->scratch));
    answer_line(visit, 200);
    visit_spend(visit);
    if (visit->method == METHOD_HEAD || connection->eof) connection_end(connection);
    return connection->phase == PHASE_HANDLER;
}

struct stream *visit_stream(struct visit *visit, const char *content_type,
                            const struct stream_events *events)
{
    INVARIANT(!visit->answered);
    struct http_server *server = visit->server;
    struct connection *connection = visit->connection;
    if (!connection) {
        visit_answer(visit, 200, NULL, TEXT_NONE);
        return NULL;
    }
    if (server->streams_n >= server->plan.limits.streams_max || server->draining) {
        struct http_problem room;
        visit_refuse(visit, problem_of(PROBLEM_OVERLOADED, NULL, &room));
        return NULL;
    }
    if (!stream_begin(visit, content_type)) return NULL;
    connection->phase = PHASE_STREAM;
    connection->deadline_us = 0;
    connection->drained = 0;
    connection->stream = (struct stream){connection, *events, true};
    stream_count(server, true);
    return &connection->stream;
}

enum fault stream_send(struct stream *stream, struct text bytes)
{
    struct connection *connection = stream->connection;
    if (connection->phase != PHASE_STREAM) return FAULT_LOST;
    size_t waits = evbuffer_get_length(bufferevent_get_output(connection->io));
    if (waits + bytes.n > connection->server->plan.limits.stream_backlog_max) {
        metric_add(&slow, NULL, 1);
        connection_close(connection);
        return FAULT_BUSY;
    }
    connection_write(connection, bytes);
    return connection->phase == PHASE_STREAM ? FAULT_NONE : FAULT_LOST;
}

void stream_close(struct stream *stream)
{
    if (stream->connection->phase == PHASE_STREAM) connection_end(stream->connection);
}

void stream_closed(struct connection *connection)
{
    struct stream *stream = &connection->stream;
    if (!stream->open) return;
    stream->open = false;
    stream_count(connection->server, false);
    if (stream->events.on_close) stream->events.on_close(stream->events.ctx, stream);
}
