/* body.c -- the body of a request, as far as its route allows one.
 *
 * llhttp undoes the chunks; here they are counted. A chunk may be one byte long, so what chunked
 * framing may cost is bounded apart from the body itself: at most six raw bytes for each of its
 * own. A sender that merely trickles is the sweep's business. */
#include "inside.h"

#include <event2/buffer.h>

static size_t raw_max(const struct connection *connection)
{
    return connection->visit->body_max * 6 + 4 * KIB;
}

static bool body_refuse(struct connection *connection, enum problem problem)
{
    struct http_problem room;
    const char *detail = UNREADABLE "the body is not framed properly.";
    if (problem == PROBLEM_BODY_LARGE)
        refuse_body_large(connection->visit);
    else
        visit_refuse(connection->visit, problem_of(problem, detail, &room));
    return true;
}

bool body_step(struct connection *connection)
{
    struct evbuffer *input = bufferevent_get_input(connection->io);
    size_t n = evbuffer_get_contiguous_space(input), used = 0;
    if (n == 0) {
        if (!connection->eof) return false;
        connection_close(connection);
        return true;
    }
    const char *data = (const char *)evbuffer_pullup(input, (ev_ssize_t)n);
    enum problem problem = parser_body(&connection->parser, data, n, &used);
    connection->body_raw += used;
    (void)evbuffer_drain(input, used);
    if (!problem && connection->body_raw > raw_max(connection)) problem = PROBLEM_BODY_LARGE;
    if (problem) return body_refuse(connection, problem);
    if (connection->parser.complete) request_run(connection);
    return true;
}
