/* http.c -- fuzzes a whole connection: bytes go in at one end of a bufferevent pair, the server
 * sits at the other. The first byte says where the rest is cut in two.
 *
 * However the bytes arrive, the same requests must be run with the same bodies, all answers must be
 * well-begun, nothing may be run after a refusal, and every visit must come home. */
/* rooms: base io http */
#include <event2/buffer.h>
#include <event2/event.h>

#include "../../server/http/inside.h"
#include "groundswell/base/log.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define LATER_MAX 4

static struct loop *loop;
static struct http_server *server;
static struct buf ran = {.max = MIB};  /* what handlers saw, in order */
static struct visit *later[LATER_MAX]; /* to be answered once the loop is quiet */
static size_t later_n, refusals, after_refusal;

static void note(const struct visit *visit)
{
    after_refusal += refusals > 0;
    buf_format(&ran, "%s %s %zu ", method_name(visit->method), visit->route->pattern,
               visit->body.n);
    buf_text(&ran, visit->body);
    for (size_t i = 0; i < visit->match.params_n; i++) {
        buf_char(&ran, '|');
        buf_text(&ran, visit->match.params[i].value);
    }
    buf_char(&ran, '\n');
}

static void now(struct visit *visit)
{
    note(visit);
    struct text query = visit_query(visit, "q", NULL);
    if (query.at && visit_header(visit, "Query", query)) (void)visit_peer(visit);
    visit_answer(visit, 200, "text/plain", visit->body);
}

static void soon(struct visit *visit)
{
    note(visit);
    if (later_n < LATER_MAX)
        later[later_n++] = visit;
    else
        visit_answer(visit, 204, NULL, TEXT_NONE);
}

static void events(struct visit *visit)
{
    note(visit);
    const struct stream_events none = {0};
    struct stream *stream = visit_stream(visit, "text/event-stream", &none);
    if (stream && stream_send(stream, TEXT("data: x\n\n")) == FAULT_NONE) stream_close(stream);
}

static const struct route routes[] = {
    ROUTE(GET, "/", now, 0, NULL, BODY_DEFAULT, SAFE),
    ROUTE(POST, "/", now, 0, NULL, BODY_DEFAULT, ONCE),
    ROUTE(PUT, "/:a/p", now, 0, NULL, BODY_MAX(8), ONCE),
    ROUTE(POST, "/l", soon, 0, NULL, BODY_DEFAULT, ONCE),
    ROUTE(GET, "/s", events, 0, NULL, BODY_DEFAULT, SAFE),
};

static void line(void *ctx, const struct http_line *said)
{
    (void)ctx;
    refusals += said->method[0] == '-'; /* refused before it was a request */
}

static void set_up(void)
{
    struct http_plan plan = {.limits = http_limits_default, .routes = routes,
                             .routes_n = sizeof(routes) / sizeof(routes[0]), .line = line};
    plan.limits.line_max = 256;
    plan.limits.head_max = 1024;
    plan.limits.headers_max = 8;
    plan.limits.body_max = 64;
    plan.limits.visits_max = 4;
    log_level_set(LOG_ERROR);
    loop = loop_new();
    INVARIANT(loop != NULL);
    server = http_server_new(loop, &plan);
    INVARIANT(server != NULL);
}

static void answer_later(void)
{
    struct visit *visit = later[--later_n]; /* answering may well bring the next one */
    visit_answer(visit, 200, "text/plain", TEXT("later"));
}

/* Turns the loop until nothing moves, answering what waits. */
static void settle(void)
{
    for (int i = 0; i < 64; i++) {
        for (int j = 0; j < 4; j++) (void)event_base_loop(loop_base(loop), EVLOOP_NONBLOCK);
        if (later_n == 0) return;
        answer_later();
    }
}

static void take_answers(struct bufferevent *client)
{
    struct evbuffer *in = bufferevent_get_input(client);
    size_t n = evbuffer_get_length(in);
    const char *bytes = (const char *)evbuffer_pullup(in, -1);
    INVARIANT(n < 9 || memcmp(bytes, "HTTP/1.1 ", 9) == 0);
    (void)evbuffer_drain(in, n);
}

static void converse(struct text first, struct text second)
{
    struct bufferevent *pair[2];
    static const uint8_t peer[16] = {1};
    INVARIANT(bufferevent_pair_new(loop_base(loop), 0, pair) == 0);
    INVARIANT(address_enter(&server->addresses, peer, SIZE_MAX));
    (void)bufferevent_enable(pair[0], EV_READ | EV_WRITE);
    INVARIANT(connection_new(server, pair[1], peer) != NULL);
    server->connections_n++;
    (void)bufferevent_write(pair[0], first.at, first.n);
    settle();
    (void)bufferevent_write(pair[0], second.at, second.n);
    settle();
    take_answers(pair[0]);
    (void)bufferevent_flush(pair[0], EV_WRITE, BEV_FINISHED);
    settle();
    for (struct connection *at = server->connections; at; at = at->next) connection_close(at);
    settle();
    bufferevent_free(pair[0]);
    settle();
    INVARIANT(server->connections == NULL && server->visits_used == 0 && server->streams_n == 0);
    INVARIANT(after_refusal == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (!server) set_up();
    if (size == 0 || size > 8 * KIB) return 0;
    struct text all = {(const char *)data + 1, size - 1};
    size_t cut = data[0] < all.n ? data[0] : all.n;
    buf_reset(&ran);
    refusals = after_refusal = 0;
    converse(all, TEXT_NONE);
    CLEANUP(buf) struct buf whole = BUF_MAX(MIB);
    buf_text(&whole, buf_view(&ran));
    buf_reset(&ran);
    refusals = 0;
    converse((struct text){all.at, cut}, (struct text){all.at + cut, all.n - cut});
    INVARIANT(text_equal(buf_view(&whole), buf_view(&ran)));
    return 0;
}
