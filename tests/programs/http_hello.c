/* http_hello.c -- a server of nothing but room http, for its tests and its benchmark.
 * Prints `listening on PORT`, ends gracefully on SIGTERM. */
/* rooms: base io http */
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "groundswell/base/log.h"
#include "groundswell/base/metrics.h"
#include "groundswell/http/ask.h"
#include "groundswell/http/server.h"
#include "groundswell/http/stream.h"
#include "groundswell/http/visit.h"
#include "groundswell/io/loop.h"
#include "groundswell/io/spool.h"

static struct loop *loop;
static struct http_server *server;
static uint64_t handled, before_bodies, streams_closed, lines;
static uint64_t slow_ms = 300, event_ms = 50;
static size_t event_bytes = 16;
static bool show_lines;

static void hello(struct visit *visit)
{
    handled++;
    visit_answer(visit, 200, "text/plain", TEXT("hello\n"));
}

/* Says back the body, and what it understood of the request in headers. */
static void echo(struct visit *visit)
{
    handled++;
    struct text query = visit_query(visit, "q", NULL);
    if (query.at && visit_header(visit, "Query", query)) log_warn("test", "no query header");
    visit_answer(visit, 200, "application/octet-stream", visit->body);
}

static void person(struct visit *visit)
{
    handled++;
    visit_answer(visit, 200, "text/plain", visit_param(visit, "name"));
}

static void peer(struct visit *visit)
{
    visit_answer(visit, 200, "text/plain", visit_peer(visit));
}

static void big(struct visit *visit)
{
    static char bytes[1 << 20];
    memset(bytes, 'x', sizeof(bytes));
    handled++;
    visit_answer(visit, 200, "text/plain", (struct text){bytes, sizeof(bytes)});
}

/* Says how much came, and its hash. */
static void file(struct visit *visit)
{
    char words[128];
    handled++;
    int n = snprintf(words, sizeof(words), "%llu %s\n",
                     (unsigned long long)(visit->upload ? spool_bytes(visit->upload) : 0),
                     visit->upload ? spool_digest(visit->upload) : "-");
    visit_answer(visit, 200, "text/plain", (struct text){words, (size_t)n});
}

static const char *given;

static void file_given(struct visit *visit)
{
    struct stat is;
    int fd = given ? open(given, O_RDONLY | O_CLOEXEC) : -1;
    if (fd < 0 || fstat(fd, &is) != 0) abort();
    visit_answer_file(visit, "application/octet-stream", fd, (uint64_t)is.st_size);
}

static void slow_answer(void *ctx)
{
    visit_answer(ctx, 200, "text/plain", TEXT("slow\n"));
}

static void slow(struct visit *visit)
{
    handled++;
    if (!loop_after(loop, slow_ms, slow_answer, visit)) abort();
}

static void guarded(struct visit *visit)
{
    handled++;
    visit_answer(visit, 200, "text/plain", TEXT("let in\n"));
}

/* Asks another row, whose method, path and body the query and the body say, and says what it
 * heard: `<status> <type> <body>`, twice over where `twice`. */
static unsigned asked_left;
static struct buf heard = {.max = 4 << 20};
static bool asking;

static void ask_reply(void *ctx, const struct visit_reply *reply)
{
    if (asking) abort(); /* before the question returned */
    buf_format(&heard, "%u %.*s %.*s\n", reply->status, TEXT_ARGS(reply->content_type),
               TEXT_ARGS(reply->body));
    if (--asked_left > 0) return;
    visit_answer(ctx, 200, "text/plain", buf_view(&heard));
    buf_reset(&heard);
}

static void ask(struct visit *visit)
{
    handled++;
    struct text path = visit_query(visit, "path", NULL), times = visit_query(visit, "times", NULL);
    const struct visit_field field = {TEXT("X-Inner"), TEXT("yes")};
    struct visit_question question = {.path = path, .query = TEXT("q=inner"), .body = visit->body,
                                      .fields = &field, .fields_n = 1};
    question.method = visit->body.n > 0 ? METHOD_POST : METHOD_GET;
    uint64_t n = 1;
    if (times.at && !text_to_u64(times, 100, &n)) abort();
    asking = true;
    enum fault no = FAULT_NONE;
    for (asked_left = 0; asked_left < n && !no; asked_left += !no)
        no = visit_ask(visit, &question, ask_reply, visit);
    asking = false;
    if (asked_left == 0) visit_answer(visit, 503, "text/plain", text_of(fault_name(no)));
}

/* --- streams: one event every event_ms until it closes --- */

struct feed {
    struct stream *stream;
    struct timer *timer;
};

static void feed_tick(void *ctx)
{
    struct feed *feed = ctx;
    char event[4096];
    size_t n = event_bytes < sizeof(event) ? event_bytes : sizeof(event);
    memset(event, '.', n);
    memcpy(event, "data: ", 6);
    event[n - 2] = event[n - 1] = '\n';
    feed->timer = NULL;
    if (stream_send(feed->stream, (struct text){event, n})) return;
    feed->timer = loop_after(loop, event_ms, feed_tick, feed);
}

static void feed_close(void *ctx, struct stream *stream)
{
    struct feed *feed = ctx;
    (void)stream;
    streams_closed++;
    timer_cancel(feed->timer);
    free(feed);
}

static void stream(struct visit *visit)
{
    handled++;
    struct feed *feed = calloc(1, sizeof(*feed));
    if (!feed) abort();
    const struct stream_events events = {.on_close = feed_close, .ctx = feed};
    feed->stream = visit_stream(visit, "text/event-stream", &events);
    if (feed->stream)
        feed->timer = loop_after(loop, 0, feed_tick, feed);
    else
        free(feed);
}

static void count(struct visit *visit)
{
    char words[256];
    int n = snprintf(words, sizeof(words),
                     "handled %llu\nbefore_body %llu\nstreams %zu\nstreams_closed %llu\n"
                     "connections %zu\nlines %llu\n",
                     (unsigned long long)handled, (unsigned long long)before_bodies,
                     streams_open(server), (unsigned long long)streams_closed,
                     http_server_connections(server), (unsigned long long)lines);
    visit_answer(visit, 200, "text/plain", (struct text){words, (size_t)n});
}

static void metrics(struct visit *visit)
{
    CLEANUP(buf) struct buf page = BUF_MAX(256 * KIB);
    metrics_write(&page);
    visit_answer(visit, 200, "text/plain; version=0.0.4", buf_view(&page));
}

static const struct route routes[] = {
    ROUTE(GET, "/hello", hello, 0, NULL, BODY_DEFAULT, SAFE),
    ROUTE(GET, "/count", count, 0, NULL, BODY_DEFAULT, SAFE),
    ROUTE(GET, "/metrics", metrics, 0, NULL, BODY_DEFAULT, SAFE),
    ROUTE(GET, "/peer", peer, 0, NULL, BODY_DEFAULT, SAFE),
    ROUTE(GET, "/big", big, 0, NULL, BODY_DEFAULT, SAFE),
    ROUTE(GET, "/stream", stream, 0, NULL, BODY_DEFAULT, SAFE),
    ROUTE(GET, "/people/:name", person, 0, NULL, BODY_DEFAULT, SAFE),
    ROUTE(POST, "/echo", echo, 0, NULL, BODY_DEFAULT, ONCE),
    ROUTE(GET, "/ask", ask, 0, NULL, BODY_DEFAULT, ONCE),
    ROUTE(POST, "/ask", ask, 0, NULL, BODY_DEFAULT, ONCE),
    ROUTE(PUT, "/echo", echo, 0, NULL, BODY_MAX(64), ONCE),
    ROUTE(PUT, "/file", file, 0, NULL, UPLOAD, ONCE),
    ROUTE(GET, "/file", file_given, 0, NULL, BODY_DEFAULT, SAFE),
    ROUTE(POST, "/guarded/file", file, 0, NULL, UPLOAD, ONCE),
    ROUTE(PUT, "/slow", slow, 0, NULL, BODY_DEFAULT, ONCE),
    ROUTE(POST, "/guarded", guarded, 0, NULL, BODY_DEFAULT, ONCE),
};

static void before_body(struct visit *visit)
{
    before_bodies++;
    if (text_starts(visit->path, TEXT("/guarded")) && !visit_field(visit, "authorization").at)
        visit_answer(visit, 401, "text/plain", TEXT("who are you?\n"));
}

static void line(void *ctx, const struct http_line *said)
{
    (void)ctx;
    lines++;
    if (show_lines)
        log_info("http", "%llu %s %s %s %u %llu us", (unsigned long long)said->request, said->who,
                 said->method, said->route, said->status, (unsigned long long)said->us);
}

static void drained(void *ctx)
{
    (void)ctx;
    loop_stop(loop);
}

static void on_term(void *ctx)
{
    (void)ctx;
    http_server_drain(server, drained, NULL);
}

/* --- flags: --name number --- */

static struct http_plan plan;

static const struct {
    const char *name;
    size_t *size;
    uint64_t *number;
} flags[] = {
    {"--line-max", &plan.limits.line_max, NULL},
    {"--head-max", &plan.limits.head_max, NULL},
    {"--headers-max", &plan.limits.headers_max, NULL},
    {"--body-max", &plan.limits.body_max, NULL},
    {"--visits-max", &plan.limits.visits_max, NULL},
    {"--connections-max", &plan.limits.connections_max, NULL},
    {"--per-address-max", &plan.limits.connections_per_address_max, NULL},
    {"--requests-max", &plan.limits.requests_per_connection_max, NULL},
    {"--streams-max", &plan.limits.streams_max, NULL},
    {"--backlog-max", &plan.limits.stream_backlog_max, NULL},
    {"--stream-input-max", &plan.limits.stream_input_max, NULL},
    {"--rate-min", &plan.limits.body_rate_min, NULL},
    {"--event-bytes", &event_bytes, NULL},
    {"--upload-max", &plan.limits.upload_max, NULL},
    {"--upload-rate-min", &plan.limits.upload_rate_min, NULL},
    {"--uploads-max", &plan.limits.uploads_max, NULL},
    {"--upload-s", NULL, &plan.limits.upload_s},
    {"--head-ms", NULL, &plan.limits.head_ms},
    {"--body-ms", NULL, &plan.limits.body_ms},
    {"--idle-ms", NULL, &plan.limits.idle_ms},
    {"--answer-ms", NULL, &plan.limits.answer_ms},
    {"--linger-ms", NULL, &plan.limits.linger_ms},
    {"--drain-ms", NULL, &plan.limits.drain_ms},
    {"--grace-ms", NULL, &plan.limits.rate_grace_ms},
    {"--slow-ms", NULL, &slow_ms},
    {"--event-ms", NULL, &event_ms},
};

static void flag(const char *name, const char *value)
{
    if (strcmp(name, "--cert") == 0) plan.tls_cert = value;
    if (strcmp(name, "--key") == 0) plan.tls_key = value;
    if (strcmp(name, "--upload-folder") == 0) plan.upload_folder = value;
    if (strcmp(name, "--given") == 0) given = value;
    if (strcmp(name, "--lines") == 0) show_lines = true;
    for (size_t i = 0; i < sizeof(flags) / sizeof(flags[0]); i++) {
        uint64_t number;
        if (strcmp(name, flags[i].name) != 0) continue;
        if (!text_to_u64(text_of(value), UINT64_MAX, &number)) abort();
        if (flags[i].size) *flags[i].size = (size_t)number;
        if (flags[i].number) *flags[i].number = number;
    }
}

int main(int argc, char **argv)
{
    plan = (struct http_plan){.limits = http_limits_default, .routes = routes,
                              .routes_n = sizeof(routes) / sizeof(routes[0]),
                              .before_body = before_body, .line = line};
    for (int i = 1; i + 1 < argc; i += 2) flag(argv[i], argv[i + 1]);
    signal(SIGPIPE, SIG_IGN); /* sendfile(2) knows no other way to be told */
    signal(SIGXFSZ, SIG_IGN); /* a limit of the size of files is a disk that is full */
    loop = loop_new();
    server = loop ? http_server_new(loop, &plan) : NULL;
    uint16_t port;
    if (!server || http_server_listen(server, "127.0.0.1:0", &port)) return 1;
    if (loop_on_signal(loop, SIGTERM, on_term, NULL)) return 1;
    printf("listening on %u\n", port);
    fflush(stdout);
    enum fault no = loop_run(loop);
    http_server_free(server);
    loop_free(loop);
    return no ? 1 : 0;
}
