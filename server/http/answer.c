/* answer.c -- writes the one answer of a visit.
 *
 * Head and body leave together, in one system call where they are small. The server writes what
 * belongs to HTTP (Date, Content-Length, Connection); what an answer means is the handler's. */
#include "inside.h"

#include <unistd.h>

#include "groundswell/base/clock.h"
#include "groundswell/base/log.h"
#include "groundswell/base/metrics.h"

static struct metric requests = METRIC(METRIC_COUNTER, "groundswell_http_requests_total",
                                       "Requests answered, by route.", "route");
static struct metric client_errors = METRIC(METRIC_COUNTER, "groundswell_http_client_errors_total",
                                            "Requests answered with 4xx, by route.", "route");
static struct metric server_errors = METRIC(METRIC_COUNTER, "groundswell_http_server_errors_total",
                                            "Requests answered with 5xx, by route.", "route");
static struct metric answers = METRIC(METRIC_COUNTER, "groundswell_http_answers_total",
                                      "Answers, by class of status.", "class");
static struct metric duration = METRIC(METRIC_HISTOGRAM, "groundswell_http_request_seconds",
                                       "From a complete head to the answer, by route.", "route");

static const char *reason(unsigned status)
{
    switch (status) {
    case 200: return "OK";
    case 201: return "Created";
    case 202: return "Accepted";
    case 204: return "No Content";
    case 206: return "Partial Content";
    case 301: return "Moved Permanently";
    case 302: return "Found";
    case 303: return "See Other";
    case 304: return "Not Modified";
    case 307: return "Temporary Redirect";
    case 308: return "Permanent Redirect";
    case 400: return "Bad Request";
    case 401: return "Unauthorized";
    case 403: return "Forbidden";
    case 404: return "Not Found";
    case 405: return "Method Not Allowed";
    case 408: return "Request Timeout";
    case 409: return "Conflict";
    case 410: return "Gone";
    case 412: return "Precondition Failed";
    case 413: return "Content Too Large";
    case 414: return "URI Too Long";
    case 415: return "Unsupported Media Type";
    case 417: return "Expectation Failed";
    case 422: return "Unprocessable Content";
    case 428: return "Precondition Required";
    case 429: return "Too Many Requests";
    case 431: return "Request Header Fields Too Large";
    case 500: return "Internal Server Error";
    case 501: return "Not Implemented";
    case 503: return "Service Unavailable";
    case 504: return "Gateway Timeout";
    case 507: return "Insufficient Storage";
    default: return ""; /* RFC 9112 s.4: may be empty */
    }
}

/* RFC 9110 s.5.6.7, without a locale; written once a second. */
static void date_renew(struct http_server *server)
{
    static const char days[] = "SunMonTueWedThuFriSat";
    static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
    uint64_t now_s = clock_wall_ms() / 1000;
    if (now_s == server->date_s) return;
    server->date_s = now_s;
    time_t seconds = (time_t)now_s;
    struct tm at;
    gmtime_r(&seconds, &at);
    (void)snprintf(server->date, sizeof(server->date), "%.3s, %02u %.3s %04u %02u:%02u:%02u GMT",
                   days + 3 * at.tm_wday, (unsigned)at.tm_mday % 100, months + 3 * at.tm_mon,
                   (unsigned)(at.tm_year + 1900) % 10000, (unsigned)at.tm_hour % 100,
                   (unsigned)at.tm_min % 100, (unsigned)at.tm_sec % 100);
}

/* The header's name at the beginning of its line. */
static struct text name_of(struct text line)
{
    return text_cut(&line, ':');
}

static bool fields_have(struct text fields, struct text name)
{
    while (fields.n > 0)
        if (text_equal_nocase(name_of(text_cut(&fields, '\n')), name)) return true;
    return false;
}

/* The lines of the plan that the handler has not said by itself. */
static void fields_common_put(const struct http_server *server, struct buf *out, struct text said)
{
    struct text common = text_of(server->plan.fields);
    if (said.n == 0) buf_text(out, common);
    while (said.n > 0 && common.n > 0) {
        struct text line = text_cut(&common, '\n');
        if (fields_have(said, name_of(line))) continue;
        buf_text(out, line);
        buf_char(out, '\n');
    }
}

void answer_head_put(struct http_server *server, struct buf *out, const struct answer *answer)
{
    date_renew(server);
    buf_cstr(out, "HTTP/1.1 ");
    buf_u64(out, answer->status);
    buf_char(out, ' ');
    buf_cstr(out, reason(answer->status));
    buf_cstr(out, "\r\nDate: ");
    buf_cstr(out, server->date);
    if (answer->content_type) {
        buf_cstr(out, "\r\nContent-Type: ");
        buf_cstr(out, answer->content_type);
    }
    if (answer->length != SIZE_MAX) {
        buf_cstr(out, "\r\nContent-Length: ");
        buf_u64(out, answer->length);
    }
    if (answer->close) buf_cstr(out, "\r\nConnection: close");
    if (answer->says_keep_alive) buf_cstr(out, "\r\nConnection: keep-alive");
    buf_cstr(out, "\r\n");
    fields_common_put(server, out, answer->fields);
    buf_text(out, answer->fields);
    buf_cstr(out, "\r\n");
}

void answer_line(struct visit *visit, unsigned status)
{
    static const char *const classes[] = {"1xx", "2xx", "3xx", "4xx", "5xx"};
    const struct http_plan *plan = &visit->server->plan;
    const char *name = visit->route ? visit->route->name : "-";
    uint64_t us = clock_steady_us() - visit->begun_us;
    metric_add(&requests, name, 1);
    metric_add(&answers, classes[status / 100 - 1], 1);
    metric_observe(&duration, name, us);
    if (status >= 400 && status < 500) metric_add(&client_errors, name, 1);
    if (status >= 500) metric_add(&server_errors, name, 1);
    const struct http_line line = {.request = visit->id, .who = visit->who,
                                   .method = method_name(visit->method),
                                   .route = visit->route ? visit->route->pattern : "-",
                                   .status = status, .us = us};
    if (plan->line) {
        plan->line(plan->ctx, &line);
    } else {
        log_info("http", "%llu %s %s %s %u %llu us", (unsigned long long)line.request, line.who,
                 line.method, line.route, line.status, (unsigned long long)line.us);
    }
}

/* Whether this answer is the connection's last. */
bool answer_is_last(const struct visit *visit, const struct connection *connection)
{
    const struct http_limits *limits = &visit->server->plan.limits;
    return visit->in_body || !connection->head.keep_alive || visit->server->draining ||
           connection->requests + 1 >= limits->requests_per_connection_max;
}

/* What an answer says: bytes, or (fd >= 0) an open file. */
struct said {
    struct text text;
    int fd;
    uint64_t bytes;
};

static void said_leave(struct connection *connection, const struct said *said, bool is_out)
{
    if (said->fd >= 0) connection_write_file(connection, said->fd, said->bytes);
    else if (!is_out) connection_write(connection, said->text);
}

/* A status without a body has no length either (RFC 9110 s.8.6); HEAD has one, but no body. */
static void answer_send(struct visit *visit, struct connection *connection, struct answer *answer,
                        struct said said)
{
    struct buf *out = &visit->server->scratch;
    bool bare = answer->status == 204 || answer->status == 304 || answer->status < 200;
    answer->length = bare ? SIZE_MAX : said.fd >= 0 ? said.bytes : said.text.n;
    if (bare || visit->method == METHOD_HEAD) said.text = TEXT_NONE;
    if (visit->method == METHOD_HEAD) said.bytes = 0;
    buf_reset(out);
    answer_head_put(visit->server, out, answer);
    bool together = said.text.n <= ONE_SEND_MAX;
    if (together) buf_text(out, said.text);
    if (buf_fault(out)) {
        log_error("http", "an answer of request %llu could not be written",
                  (unsigned long long)visit->id);
        connection_close(connection);
    }
    connection_write(connection, buf_view(out)); /* nothing, where it is closed */
    said_leave(connection, &said, together);
}

/* Whoever has gone is told nothing; the visit ends all the same. */
static void answer_nobody(struct visit *visit, const struct said *said)
{
    if (said->fd >= 0) close(said->fd);
    answer_line(visit, 499);
    visit_spend(visit);
}

static void answer_say(struct visit *visit, unsigned status, const char *content_type,
                       struct said said)
{
    INVARIANT(!visit->answered);
    INVARIANT(status >= 200 && status < 600);
    visit->answered = true;
    struct connection *connection = visit->connection;
    if (visit->ask) {
        if (said.fd >= 0) close(said.fd);
        ask_answered(visit, status, content_type, said.text);
        return;
    }
    if (!connection) {
        answer_nobody(visit, &said);
        return;
    }
    struct answer answer = {.status = status, .content_type = content_type,
                            .fields = buf_view(&visit->fields_out)};
    answer.close = answer_is_last(visit, connection);
    answer.says_keep_alive = !answer.close && connection->head.old;
    connection->visit = NULL;
    visit->connection = NULL;
    visit->in_body = false;
    answer_send(visit, connection, &answer, said);
    answer_line(visit, status);
    visit_spend(visit);
    connection_next(connection, answer.close);
}

void visit_answer(struct visit *visit, unsigned status, const char *content_type, struct text body)
{
    answer_say(visit, status, content_type, (struct said){.text = body, .fd = -1});
}

void visit_answer_file(struct visit *visit, const char *content_type, int fd, uint64_t bytes)
{
    answer_say(visit, 200, content_type, (struct said){.fd = fd, .bytes = bytes});
}

void visit_refuse(struct visit *visit, const struct http_problem *problem)
{
    const struct http_plan *plan = &visit->server->plan;
    CLEANUP(buf) struct buf body = BUF_MAX(4 * KIB);
    if (plan->refuse && !visit->ask && plan->refuse(visit, problem)) return;
    (plan->problem_put ? plan->problem_put : problem_put)(plan->ctx, &body, problem);
    if (problem->status == 503 && !fields_have(buf_view(&visit->fields_out), TEXT("Retry-After"))) {
        char seconds[24];
        int n = snprintf(seconds, sizeof(seconds), "%u", plan->limits.retry_after_s);
        if (visit_header(visit, "Retry-After", (struct text){seconds, (size_t)n}))
            log_warn("http", "no room for Retry-After");
    }
    if (buf_fault(&body)) buf_reset(&body);
    visit_answer(visit, problem->status, "application/problem+json", buf_view(&body));
}
