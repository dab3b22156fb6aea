/* connection.c -- a connection through its phases (inside.h), and the bytes in and out of it.
 *
 * Reading is a pump: as long as a step changes something there is another, so that pipelined
 * requests follow one another without recursion, and only when the answer before has left. Writing
 * tries the socket first and gives libevent only what did not fit: one system call an answer. */
#include "inside.h"

#include <errno.h>
#include <event2/buffer.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include "groundswell/base/log.h"
#include "groundswell/base/metrics.h"

static struct metric refused = METRIC(METRIC_COUNTER, "groundswell_http_refused_total",
                                      "Requests that were refused before they were one.", "code");

static size_t input_length(const struct connection *connection)
{
    return evbuffer_get_length(bufferevent_get_input(connection->io));
}

bool connection_writes(const struct connection *connection)
{
    return evbuffer_get_length(bufferevent_get_output(connection->io)) > 0;
}

/* Reads away what nobody will look at; false once it is too much. */
static bool drain_input(struct connection *connection, size_t max)
{
    size_t n = input_length(connection);
    connection->drained += n;
    (void)evbuffer_drain(bufferevent_get_input(connection->io), n);
    return connection->drained <= max;
}

static bool connection_step(struct connection *connection)
{
    switch (connection->phase) {
    case PHASE_HEAD: return head_step(connection);
    case PHASE_BODY: return body_step(connection);
    default: return false;
    }
}

void connection_pump(struct connection *connection)
{
    if (connection->pumping) return;
    connection->pumping = true;
    while (connection_step(connection)) {
    }
    connection->pumping = false;
}

static void on_read(struct bufferevent *io, void *ctx)
{
    (void)io;
    struct connection *connection = ctx;
    const struct http_limits *limits = &connection->server->plan.limits;
    bool bounded = true;
    if (connection->phase == PHASE_STREAM)
        bounded = drain_input(connection, limits->stream_input_max);
    else if (connection->phase == PHASE_FLUSH || connection->phase == PHASE_LINGER)
        bounded = drain_input(connection, LINGER_INPUT_MAX);
    else
        connection_pump(connection);
    if (!bounded) connection_close(connection);
}

/* Everything that waited has left. */
static void on_written(struct bufferevent *io, void *ctx)
{
    (void)io;
    struct connection *connection = ctx;
    if (connection_writes(connection)) return;
    connection->out_seen = 0;
    if (connection->phase == PHASE_FLUSH)
        connection_end(connection);
    else
        connection_pump(connection);
}

static void on_event(struct bufferevent *io, short what, void *ctx)
{
    (void)io;
    struct connection *connection = ctx;
    if (what & BEV_EVENT_CONNECTED) return; /* the TLS handshake is done */
    if (!(what & BEV_EVENT_EOF)) {
        connection_close(connection);
        return;
    }
    connection->eof = true; /* may be half-closed: what it asked is still answered */
    switch (connection->phase) {
    case PHASE_HEAD: connection_pump(connection); break;
    case PHASE_HANDLER:
    case PHASE_FLUSH: break;
    default: connection_close(connection); break;
    }
}

struct connection *connection_new(struct http_server *server, struct bufferevent *io,
                                  const uint8_t peer[static 16])
{
    struct connection *connection = calloc(1, sizeof(*connection));
    if (!connection) return NULL;
    const struct http_limits *limits = &server->plan.limits;
    connection->server = server;
    connection->io = io;
    connection->phase = PHASE_HEAD;
    memcpy(connection->peer, peer, sizeof(connection->peer));
    connection->deadline_us = deadline_in(server, limits->head_ms);
    connection->next = server->connections;
    if (connection->next) connection->next->prev = connection;
    server->connections = connection;
    bufferevent_setcb(io, on_read, on_written, on_event, connection);
    bufferevent_setwatermark(io, EV_READ, 0, limits->line_max + limits->head_max + KIB);
    if (bufferevent_enable(io, EV_READ | EV_WRITE) != 0)
        log_warn("http", "a connection cannot be watched");
    sweep_start(server);
    return connection;
}

/* What fits into the socket now leaves now. Returns how much; a broken connection closes. */
static size_t write_now(struct connection *connection, struct text bytes)
{
    int fd = bufferevent_getfd(connection->io);
    if (connection->secure || fd < 0 || connection_writes(connection)) return 0;
    ssize_t n = send(fd, bytes.at, bytes.n, MSG_NOSIGNAL | MSG_DONTWAIT);
    if (n >= 0) return (size_t)n;
    if (errno != EAGAIN && errno != EINTR) connection_close(connection);
    return 0;
}

/* Something is about to wait: from now on the sweep looks whether it gets less. */
static void waits_from_now(struct connection *connection)
{
    if (connection_writes(connection)) return;
    connection->out_since_us = loop_now_us(connection->server->loop);
    connection->out_seen = 0;
}

void connection_write(struct connection *connection, struct text bytes)
{
    if (connection->phase == PHASE_DEAD || bytes.n == 0) return;
    size_t n = write_now(connection, bytes);
    if (connection->phase == PHASE_DEAD || n == bytes.n) return;
    waits_from_now(connection);
    int no = bufferevent_write(connection->io, bytes.at + n, bytes.n - n);
    if (no != 0) connection_close(connection);
}

/* libevent sends it by sendfile(2), or maps it where TLS wants the bytes: none of it is on our
 * heap. */
void connection_write_file(struct connection *connection, int fd, uint64_t bytes)
{
    struct evbuffer_file_segment *file = NULL;
    bool wanted = connection->phase != PHASE_DEAD && bytes > 0;
    if (wanted)
        file = evbuffer_file_segment_new(fd, 0, (ev_off_t)bytes, EVBUF_FS_CLOSE_ON_FREE);
    if (!file) (void)close(fd);
    if (!wanted) return;
    waits_from_now(connection);
    struct evbuffer *out = bufferevent_get_output(connection->io);
    if (!file || evbuffer_add_file_segment(out, file, 0, (ev_off_t)bytes) != 0)
        connection_close(connection);
    if (file) evbuffer_file_segment_free(file);
}

void connection_next(struct connection *connection, bool last)
{
    const struct http_limits *limits = &connection->server->plan.limits;
    if (connection->phase == PHASE_DEAD) return;
    connection->requests++;
    if (last) {
        connection_end(connection);
        return;
    }
    connection->phase = PHASE_HEAD;
    connection->scan = (struct head_scan){0};
    connection->blank = false;
    connection->deadline_us = deadline_in(connection->server, limits->idle_ms);
    if (connection->eof || input_length(connection) > 0) connection_pump(connection);
}

void connection_refuse(struct connection *connection, enum problem problem, const char *detail)
{
    struct http_server *server = connection->server;
    const struct http_plan *plan = &server->plan;
    struct http_problem room;
    const struct http_problem *said = problem_of(problem, detail, &room);
    CLEANUP(buf) struct buf body = BUF_MAX(4 * KIB);
    (plan->problem_put ? plan->problem_put : problem_put)(plan->ctx, &body, said);
    if (buf_fault(&body)) buf_reset(&body);
    char fields[48] = "";
    if (said->status == 503)
        (void)snprintf(fields, sizeof(fields), "Retry-After: %u\r\n", plan->limits.retry_after_s);
    struct answer answer = {.status = said->status, .content_type = "application/problem+json",
                            .fields = text_of(fields), .length = body.len, .close = true};
    buf_reset(&server->scratch);
    answer_head_put(server, &server->scratch, &answer);
    buf_text(&server->scratch, buf_view(&body));
    metric_add(&refused, said->code, 1);
    const struct http_line line = {.request = ++server->requests, .who = "-", .method = "-",
                                   .route = "-", .status = said->status};
    if (plan->line)
        plan->line(plan->ctx, &line);
    else
        log_info("http", "%llu refused %s", (unsigned long long)line.request, said->code);
    if (!buf_fault(&server->scratch)) connection_write(connection, buf_view(&server->scratch));
    connection_end(connection);
}

void connection_end(struct connection *connection)
{
    if (connection->phase == PHASE_DEAD || connection->phase == PHASE_LINGER) return;
    const struct http_limits *limits = &connection->server->plan.limits;
    if (connection_writes(connection)) {
        connection->phase = PHASE_FLUSH;
        connection->deadline_us = 0; /* the sweep sees to it that it makes progress */
        (void)drain_input(connection, SIZE_MAX);
        return;
    }
    int fd = bufferevent_getfd(connection->io);
    if (connection->eof || fd < 0) {
        connection_close(connection);
        return;
    }
    /* Closing with unread input would reset the connection and take the answer along (RFC 9112
     * s.9.6). */
    connection->phase = PHASE_LINGER;
    connection->deadline_us = deadline_in(connection->server, limits->linger_ms);
    connection->drained = 0;
    (void)drain_input(connection, SIZE_MAX);
    if (connection->secure) tls_bye(connection->io);
    if (shutdown(fd, SHUT_WR) != 0) connection_close(connection);
}

void connection_close(struct connection *connection)
{
    if (connection->phase == PHASE_DEAD) return;
    struct http_server *server = connection->server;
    connection->phase = PHASE_DEAD;
    visit_detach(connection);
    bufferevent_setcb(connection->io, NULL, NULL, NULL, NULL);
    (void)bufferevent_disable(connection->io, EV_READ | EV_WRITE);
    connection->next_grave = server->graves;
    server->graves = connection;
    server_turn(server);
}
