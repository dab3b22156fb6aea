/* sweep.c -- deadlines, noticed by one timer for all connections.
 *
 * A timer for each connection would be set and cancelled twice a request; a number that is looked
 * at five times a second costs one store. So a deadline may be met up to TICK_MS late. */
#include "inside.h"

#include <event2/buffer.h>

uint64_t deadline_in(const struct http_server *server, uint64_t ms)
{
    return loop_now_us(server->loop) + ms * 1000;
}

/* True when an answer waits and the client takes nothing of it. */
static bool is_stuck(struct connection *connection, uint64_t now_us)
{
    size_t waits = evbuffer_get_length(bufferevent_get_output(connection->io));
    if (waits == 0) return false;
    if (waits != connection->out_seen) {
        connection->out_seen = waits;
        connection->out_since_us = now_us;
        return false;
    }
    return now_us - connection->out_since_us > connection->server->plan.limits.answer_ms * 1000;
}

static bool is_trickle(const struct connection *connection, uint64_t now_us)
{
    const struct http_limits *limits = &connection->server->plan.limits;
    uint64_t elapsed_us = now_us - connection->body_begun_us;
    size_t least = connection->visit->upload ? limits->upload_rate_min : limits->body_rate_min;
    if (elapsed_us < limits->rate_grace_ms * 1000) return false;
    return connection->body_raw * UINT64_C(1000000) < least * elapsed_us;
}

static void sweep_one(struct connection *connection, uint64_t now_us)
{
    if (connection->phase == PHASE_DEAD) return;
    bool late = connection->deadline_us != 0 && now_us >= connection->deadline_us;
    if (is_stuck(connection, now_us)) {
        connection_close(connection);
    } else if (connection->phase == PHASE_BODY && (late || is_trickle(connection, now_us))) {
        struct http_problem room;
        visit_refuse(connection->visit, problem_of(PROBLEM_TIMEOUT, NULL, &room));
    } else if (late && connection->phase == PHASE_HEAD && connection->scan.seen > 0) {
        connection_refuse(connection, PROBLEM_TIMEOUT, NULL);
    } else if (late && !connection_writes(connection)) {
        connection_close(connection);
    }
}

static void sweep(void *ctx)
{
    struct http_server *server = ctx;
    server->tick = NULL;
    uint64_t now_us = loop_now_us(server->loop);
    for (struct connection *at = server->connections; at; at = at->next) sweep_one(at, now_us);
    if (server->connections) sweep_start(server);
}

void sweep_start(struct http_server *server)
{
    if (!server->tick) server->tick = loop_after(server->loop, TICK_MS, sweep, server);
}
