/* request.c -- from a complete head to the handler: read it, route it, ask who comes, take the
 * body.
 *
 * The order matters. What a head costs us is known before anything is promised: route first, then
 * the hook that may turn the visitor away, then the size of the body, only then 100 Continue. */
#include "inside.h"

#include <event2/buffer.h>

static bool refuse(struct connection *connection, struct visit *visit, enum problem problem,
                   const char *detail)
{
    connection->visit = NULL;
    visit->connection = NULL;
    visit->answered = true;
    visit_spend(visit);
    connection_refuse(connection, problem, detail);
    return true;
}

static void answer_problem(struct visit *visit, enum problem problem)
{
    struct http_problem room;
    visit_refuse(visit, problem_of(problem, NULL, &room));
}

static void refuse_method(struct visit *visit, struct text allowed)
{
    struct http_problem room;
    const char *detail = arena_format(
        &visit->arena, "This address does not take this method; it takes %.*s.",
        TEXT_ARGS(allowed));
    visit_refuse(visit, problem_of(PROBLEM_METHOD_NOT_ALLOWED, detail, &room));
}

/* An Allow line for a path that exists: the answer to OPTIONS, and part of 405. */
static void answer_allowed(struct visit *visit, unsigned allowed)
{
    CLEANUP(buf) struct buf list = BUF_MAX(KIB);
    router_allow_put(&list, allowed);
    enum fault no = buf_fault(&list);
    if (!no) no = visit_header(visit, "Allow", buf_view(&list));
    if (no)
        answer_problem(visit, PROBLEM_INTERNAL);
    else if (visit->method == METHOD_OPTIONS)
        visit_answer(visit, 204, NULL, TEXT_NONE);
    else
        refuse_method(visit, buf_view(&list));
}

/* True when the visit has its row. Otherwise it has been answered. */
static bool request_route(struct connection *connection, struct visit *visit)
{
    if (connection->head.asterisk) {
        answer_allowed(visit, (1u << METHOD_OTHER) - 1);
        return false;
    }
    enum fault no = router_find(visit->server->router, visit->method, visit->path, &visit->arena,
                                &visit->match);
    if (no == FAULT_FORMAT) {
        connection->head.keep_alive = false; /* a path that leaves its root was no mistake */
        struct http_problem room;
        const char *detail = UNREADABLE "the path is malformed.";
        visit_refuse(visit, problem_of(PROBLEM_MALFORMED, detail, &room));
    } else if (no) {
        answer_problem(visit, PROBLEM_OVERLOADED);
    } else if (visit->match.allowed == 0) {
        answer_problem(visit, PROBLEM_NOT_FOUND);
    } else if (!visit->match.route) {
        answer_allowed(visit, visit->match.allowed);
    }
    visit->route = visit->match.route;
    return visit->route != NULL;
}

/* Says 100 Continue where the client waits for it and has not sent ahead (RFC 9110 s.10.1.1). */
static void request_continue(struct connection *connection)
{
    if (!connection->head.expects || connection->head.old) return;
    if (evbuffer_get_length(bufferevent_get_input(connection->io)) > 0) return;
    connection_write(connection, TEXT("HTTP/1.1 100 Continue\r\n\r\n"));
}

void refuse_body_large(struct visit *visit)
{
    struct http_problem room;
    const char *detail = arena_format(&visit->arena, "The body may have at most %zu bytes here.",
                                      visit->body_max);
    visit_refuse(visit, problem_of(PROBLEM_BODY_LARGE, detail, &room));
}

/* True when there is room for a body of that length. Otherwise the visit has been answered. */
static bool body_begin(struct visit *visit, uint64_t length)
{
    if (route_is_upload(visit->route)) return upload_begin(visit, length);
    const struct http_limits *limits = &visit->server->plan.limits;
    visit->body_max = visit->route->body_max ? visit->route->body_max : limits->body_max;
    if (visit->body_buf.max < visit->body_max) visit->body_buf.max = visit->body_max;
    if (length <= visit->body_max) return true;
    refuse_body_large(visit);
    return false;
}

static void request_body(struct connection *connection, struct visit *visit)
{
    const struct http_limits *limits = &visit->server->plan.limits;
    if (!body_begin(visit, connection->head.length)) return;
    uint64_t ms = visit->upload ? limits->upload_s * 1000 : limits->body_ms;
    connection->phase = PHASE_BODY;
    connection->body_raw = 0;
    connection->body_begun_us = loop_now_us(visit->server->loop);
    connection->deadline_us = deadline_in(visit->server, ms);
    request_continue(connection);
}

void request_run(struct connection *connection)
{
    struct visit *visit = connection->visit;
    connection->phase = PHASE_HANDLER;
    connection->deadline_us = 0; /* the handler's questions have their own */
    visit->in_body = false;
    if (visit->body_buf.len > 0) visit->body = buf_view(&visit->body_buf);
    visit->route->handle(visit);
}

static void request_begin(struct connection *connection, struct visit *visit)
{
    const struct http_plan *plan = &visit->server->plan;
    connection->phase = PHASE_HANDLER;
    bool has_body = connection->head.chunked || connection->head.length > 0;
    visit->in_body = has_body; /* whoever answers before it is read ends the connection */
    if (!request_route(connection, visit)) return;
    if (plan->before_body) plan->before_body(visit);
    if (visit->answered) return;
    if (has_body)
        request_body(connection, visit);
    else
        request_run(connection);
}

static bool request_take(struct connection *connection, struct evbuffer *input, size_t head_n)
{
    struct visit *visit = visit_take(connection->server);
    if (!visit) {
        connection_refuse(connection, PROBLEM_OVERLOADED, NULL);
        return true;
    }
    connection->visit = visit;
    visit->connection = connection;
    visit->secure = connection->secure;
    memcpy(visit->peer, connection->peer, sizeof(visit->peer));
    const char *data = (const char *)evbuffer_pullup(input, (ev_ssize_t)head_n);
    struct text bytes = data ? arena_text(&visit->arena, (struct text){data, head_n}) : TEXT_NONE;
    if (!bytes.at) return refuse(connection, visit, PROBLEM_OVERLOADED, NULL);
    (void)evbuffer_drain(input, head_n);
    const char *detail = NULL;
    enum problem problem = head_read(&connection->parser, visit, bytes, &connection->scan,
                                     &connection->head, &detail);
    if (problem) return refuse(connection, visit, problem, detail);
    request_begin(connection, visit);
    return true;
}

/* One empty line before a request is forgiven (RFC 9112 s.2.2). True when it was there. */
static bool skip_blank(struct connection *connection, struct evbuffer *input, const char *data)
{
    if (connection->blank || connection->scan.seen > 0) return false;
    if (data[0] != '\r' || data[1] != '\n') return false;
    connection->blank = true;
    (void)evbuffer_drain(input, 2);
    return true;
}

/* A head that the scan stopped. */
static void refuse_head(struct connection *connection, enum problem problem)
{
    const struct http_limits *limits = &connection->server->plan.limits;
    char detail[128] = UNREADABLE "a byte of the head stands where it must not.";
    if (problem == PROBLEM_TARGET_LONG)
        (void)snprintf(detail, sizeof(detail), "The request line may have at most %zu bytes.",
                       limits->line_max);
    if (problem == PROBLEM_HEAD_LARGE)
        (void)snprintf(detail, sizeof(detail),
                       "The request's headers are too many or too long: at most %zu headers and "
                       "%zu bytes.", limits->headers_max, limits->head_max);
    connection_refuse(connection, problem, detail);
}

bool head_step(struct connection *connection)
{
    const struct http_limits *limits = &connection->server->plan.limits;
    struct evbuffer *input = bufferevent_get_input(connection->io);
    size_t n = evbuffer_get_length(input), head_n = 0;
    if (connection_writes(connection)) return false; /* pipelined: its turn comes */
    if (visits_starve(connection->server)) return false;
    if (connection->eof && n <= connection->scan.seen) {
        connection_end(connection);
        return true;
    }
    if (n == 0 || (n == 1 && connection->scan.seen == 0 && !connection->eof &&
                   evbuffer_pullup(input, 1)[0] == '\r'))
        return false;
    if (connection->scan.seen == 0)
        connection->deadline_us = deadline_in(connection->server, limits->head_ms);
    size_t most = limits->line_max + limits->head_max + 8;
    if (n > most) n = most;
    const char *data = (const char *)evbuffer_pullup(input, (ev_ssize_t)n);
    if (!data) return false;
    if (n > 1 && skip_blank(connection, input, data)) return true;
    enum problem problem = head_scan(&connection->scan, data, n, limits, &head_n);
    if (problem) {
        refuse_head(connection, problem);
        return true;
    }
    if (head_n > 0) return request_take(connection, input, head_n);
    return connection->eof;
}
