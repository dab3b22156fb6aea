/* turn.c -- what is put off until nobody up the stack can still hold it.
 *
 * Runs as the present turn of the loop ends: answered visits go back to the pool, dead connections
 * are buried, and who had to wait for a visit is looked at again. */
#include "inside.h"

#include <event2/buffer.h>

#include "groundswell/base/metrics.h"

static struct metric connections = METRIC(METRIC_GAUGE, "groundswell_http_connections",
                                          "Connections that are open.", NULL);

void turn_count(const struct http_server *server)
{
    metric_set(&connections, NULL, server->connections_n);
}

static void bury(struct connection *connection)
{
    struct http_server *server = connection->server;
    stream_closed(connection);
    if (connection->prev)
        connection->prev->next = connection->next;
    else
        server->connections = connection->next;
    if (connection->next) connection->next->prev = connection->prev;
    if (connection->refused) {
        server->refused_n--;
    } else {
        server->connections_n--;
        address_leave(&server->addresses, connection->peer);
        turn_count(server);
    }
    bufferevent_free(connection->io);
    free(connection);
}

void turn_bury(struct http_server *server)
{
    while (server->graves) {
        struct connection *connection = server->graves;
        server->graves = connection->next_grave;
        bury(connection);
    }
}

static void feed_the_starved(struct http_server *server)
{
    server->starved = false;
    for (struct connection *at = server->connections; at; at = at->next)
        if (at->phase == PHASE_HEAD) connection_pump(at);
}

void turn_end(struct http_server *server)
{
    asks_reply(server);
    visits_recycle(server);
    turn_bury(server);
    if (server->starved) feed_the_starved(server);
    if (!drain_is_over(server)) return;
    void (*done)(void *ctx) = server->drained;
    server->drained = NULL;
    timer_cancel(server->drain_timer);
    server->drain_timer = NULL;
    done(server->drained_ctx); /* may free the server: nothing after this */
}
