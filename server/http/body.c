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

enum problem body_put(struct visit *visit, struct text bytes)
{
    if (visit->upload) return upload_put(visit, bytes);
    if (bytes.n > visit->body_max - visit->body_buf.len) return PROBLEM_BODY_LARGE;
    buf_text(&visit->body_buf, bytes);
    return buf_fault(&visit->body_buf) ? PROBLEM_OVERLOADED : PROBLEM_NONE;
}

static bool body_refuse(struct connection *connection, enum problem problem)
{
    struct http_problem room;
    struct visit *visit = connection->visit;
    const char *detail = UNREADABLE "the body is not framed properly.";
    if (problem == PROBLEM_FILE_LARGE || (problem == PROBLEM_BODY_LARGE && visit->upload))
        refuse_upload_large(visit, 0);
    else if (problem == PROBLEM_BODY_LARGE)
        refuse_body_large(visit);
    else
        visit_refuse(visit,
                     problem_of(problem, problem == PROBLEM_MALFORMED ? detail : NULL, &room));
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
