/* drain.c -- the graceful end: no new guests, those inside finish, the door closes. */
#include "inside.h"

bool drain_is_over(const struct http_server *server)
{
    return server->draining && server->drained && !server->connections && server->visits_used == 0;
}

/* Patience has run out: what is still open is cut off. */
static void drain_cut(void *ctx)
{
    struct http_server *server = ctx;
    server->drain_timer = NULL;
    for (struct connection *at = server->connections; at; at = at->next) connection_close(at);
    turn_bury(server);
    void (*done)(void *ctx) = server->drained;
    server->drained = NULL;
    if (done) done(server->drained_ctx); /* may free the server: nothing after this */
}

static void drain_one(struct connection *connection)
{
    if (connection->phase == PHASE_STREAM)
        connection_end(connection);
    else if (connection->phase == PHASE_HEAD && connection->scan.seen == 0)
        connection_end(connection);
}

void http_server_drain(struct http_server *server, void (*done)(void *ctx), void *ctx)
{
    if (server->draining) return;
    server->draining = true;
    server->drained = done;
    server->drained_ctx = ctx;
    for (size_t i = 0; i < server->listeners_n; i++) evconnlistener_free(server->listeners[i]);
    server->listeners_n = 0;
    for (struct connection *at = server->connections; at; at = at->next) drain_one(at);
    server->drain_timer = loop_after(server->loop, server->plan.limits.drain_ms, drain_cut, server);
    server_turn(server);
}
