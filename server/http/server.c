/* server.c -- the server: made from its plan, listening, letting in, let go.
 *
 * Over a cap a client is still told so, with 503, unless too many are being told at once. */
#include "groundswell/http/server.h"

#include <errno.h>
#include <event2/event.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include "groundswell/base/log.h"
#include "groundswell/base/metrics.h"
#include "groundswell/base/secret.h"
#include "inside.h"

static struct metric connections = METRIC(METRIC_COUNTER, "groundswell_http_connections_total",
                                          "Connections, by whether they were let in.", "entry");

const struct http_limits http_limits_default = {
    .line_max = 8 * KIB,
    .head_max = 16 * KIB,
    .headers_max = VISIT_HEADERS_MAX,
    .body_max = 16 * KIB,
    .arena_max = MIB,
    .visits_max = 1024,
    .connections_max = 10000,
    .connections_per_address_max = 1024, /* a library, a village behind one address */
    .requests_per_connection_max = 10000,
    .streams_max = 8192,
    .stream_backlog_max = 64 * KIB,
    .stream_input_max = 4 * KIB,
    .head_ms = 10 * 1000,
    .body_ms = 30 * 1000,
    .idle_ms = 60 * 1000,
    .answer_ms = 30 * 1000,
    .linger_ms = 2 * 1000,
    .drain_ms = 10 * 1000,
    .rate_grace_ms = 5 * 1000,
    .body_rate_min = 256,
    .retry_after_s = 2,
    .upload_max = 20 * MIB,
    .upload_s = 600,
    .upload_rate_min = 8 * KIB,
    .uploads_max = 8,
};

static void on_turn(evutil_socket_t fd, short what, void *ctx)
{
    (void)fd;
    (void)what;
    turn_end(ctx);
}

void server_turn(struct http_server *server)
{
    event_active(server->turn, EV_TIMEOUT, 0);
}

static bool limits_are_sane(const struct http_limits *limits)
{
    return limits->headers_max > 0 && limits->headers_max <= VISIT_HEADERS_MAX &&
           limits->visits_max > 0 && limits->line_max >= 32 && limits->head_max >= 32 &&
           limits->arena_max > limits->line_max + limits->head_max;
}

struct http_server *http_server_new(struct loop *loop, const struct http_plan *plan)
{
    INVARIANT(limits_are_sane(&plan->limits));
    INVARIANT(!plan->tls_cert == !plan->tls_key);
    struct http_server *server = calloc(1, sizeof(*server));
    if (!server) return NULL;
    server->loop = loop;
    server->plan = *plan;
    server->scratch = BUF_MAX(ANSWER_HEAD_MAX + ONE_SEND_MAX);
    addresses_init(&server->addresses);
    uint32_t start;
    secret_random(&start, sizeof(start)); /* ids of two starts should not be mixed up in the log */
    server->requests = (uint64_t)start << 24;
    server->turn = event_new(loop_base(loop), -1, 0, on_turn, server);
    server->visits = calloc(plan->limits.visits_max, sizeof(struct visit *));
    server->router = router_new(plan->routes, plan->routes_n);
    if (plan->tls_cert) server->tls = tls_new(plan->tls_cert, plan->tls_key);
    uploads_sweep(plan);
    bool has_tls = !plan->tls_cert || server->tls;
    if (server->turn && server->visits && server->router && has_tls) return server;
    http_server_free(server);
    return NULL;
}

/* A connection that could not be made. */
static void never_mind(struct bufferevent *io, evutil_socket_t fd)
{
    if (io)
        bufferevent_free(io);
    else
        (void)close(fd);
}

/* Tells one over the cap, unless too many are being told, or by TLS: a handshake is dear. */
static void turn_away(struct http_server *server, evutil_socket_t fd, const uint8_t peer[static 16])
{
    metric_add(&connections, "turned_away", 1);
    struct bufferevent *io = NULL;
    if (!server->tls && server->refused_n < REFUSED_MAX)
        io = bufferevent_socket_new(loop_base(server->loop), fd, BEV_OPT_CLOSE_ON_FREE);
    struct connection *connection = io ? connection_new(server, io, peer) : NULL;
    if (!connection) {
        never_mind(io, fd);
        return;
    }
    connection->refused = true;
    server->refused_n++;
    connection_refuse(connection, PROBLEM_CONNECTIONS, NULL);
}

static void let_in(struct http_server *server, evutil_socket_t fd, const uint8_t peer[static 16])
{
    struct bufferevent *io =
        server->tls ? tls_accept(server, fd)
                    : bufferevent_socket_new(loop_base(server->loop), fd, BEV_OPT_CLOSE_ON_FREE);
    struct connection *connection = io ? connection_new(server, io, peer) : NULL;
    if (!connection) {
        never_mind(io, fd);
        address_leave(&server->addresses, peer);
        return;
    }
    connection->secure = server->tls != NULL;
    server->connections_n++;
    turn_count(server);
    metric_add(&connections, "let_in", 1);
}

static void on_accept(struct evconnlistener *listener, evutil_socket_t fd, struct sockaddr *from,
                      int from_n, void *ctx)
{
    (void)listener;
    (void)from_n;
    struct http_server *server = ctx;
    const struct http_limits *limits = &server->plan.limits;
    uint8_t peer[16];
    address_of(from, peer);
    if (server->connections_n < limits->connections_max &&
        address_enter(&server->addresses, peer, limits->connections_per_address_max))
        let_in(server, fd, peer);
    else
        turn_away(server, fd, peer);
}

static void accept_again(void *ctx)
{
    struct http_server *server = ctx;
    server->accept_timer = NULL;
    for (size_t i = 0; i < server->listeners_n; i++)
        (void)evconnlistener_enable(server->listeners[i]);
}

/* Out of descriptors: accepting again at once would only spin. */
static void on_accept_error(struct evconnlistener *listener, void *ctx)
{
    (void)listener;
    struct http_server *server = ctx;
    if (server->accept_timer) return;
    log_error("http", "cannot accept: %s", strerror(errno));
    for (size_t i = 0; i < server->listeners_n; i++)
        (void)evconnlistener_disable(server->listeners[i]);
    server->accept_timer = loop_after(server->loop, 100, accept_again, server);
}

static uint16_t port_of(int fd)
{
    struct sockaddr_storage at = {0};
    socklen_t n = sizeof(at);
    if (getsockname(fd, (struct sockaddr *)&at, &n) != 0) return 0;
    if (at.ss_family == AF_INET) return ntohs(((struct sockaddr_in *)(void *)&at)->sin_port);
    return ntohs(((struct sockaddr_in6 *)(void *)&at)->sin6_port);
}

enum fault http_server_listen(struct http_server *server, const char *address, uint16_t *ret_port)
{
    if (server->listeners_n == LISTENERS_MAX) return FAULT_LIMIT;
    struct sockaddr_storage at = {0};
    int at_n = 0;
    if (!address_read(address, &at, &at_n)) return FAULT_CONFIG;
    unsigned flags = LEV_OPT_CLOSE_ON_FREE | LEV_OPT_CLOSE_ON_EXEC | LEV_OPT_REUSEABLE |
                     LEV_OPT_REUSEABLE_PORT;
    struct evconnlistener *listener = evconnlistener_new_bind(
        loop_base(server->loop), on_accept, server, flags, 1024, (struct sockaddr *)&at, at_n);
    if (!listener) return FAULT_IO;
    evconnlistener_set_error_cb(listener, on_accept_error);
    /* Accepted sockets inherit it: without it TLS answers wait 40 ms for an acknowledgement. */
    int fd = evconnlistener_get_fd(listener), on = 1;
    if (setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on)) != 0)
        log_warn("http", "no TCP_NODELAY: %s", strerror(errno));
    server->listeners[server->listeners_n++] = listener;
    if (ret_port) *ret_port = port_of(fd);
    return FAULT_NONE;
}

void http_server_free(struct http_server *server)
{
    if (!server) return;
    for (size_t i = 0; i < server->listeners_n; i++) evconnlistener_free(server->listeners[i]);
    for (struct connection *at = server->connections; at; at = at->next) connection_close(at);
    turn_bury(server);
    asks_forget(server);
    if (server->visits) visits_free(server);
    timer_cancel(server->tick);
    timer_cancel(server->drain_timer);
    timer_cancel(server->accept_timer);
    if (server->turn) event_free(server->turn);
    addresses_release(&server->addresses);
    buf_release(&server->scratch);
    router_free(server->router);
    SSL_CTX_free(server->tls);
    free(server);
}

void *http_server_ctx(const struct http_server *server)
{
    return server->plan.ctx;
}

size_t http_server_connections(const struct http_server *server)
{
    return server->connections_n;
}
