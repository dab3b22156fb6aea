/* server.h -- the HTTP server of a process: what it is given, what it bounds, how it ends.
 *
 *     struct http_plan plan = {.limits = http_limits_default, .routes = table, .routes_n = n};
 *     struct http_server *server = http_server_new(loop, &plan);
 *
 * Every limit is a number here; nothing a client does can make the server hold more than that. */
#ifndef GROUNDSWELL_HTTP_SERVER_H
#define GROUNDSWELL_HTTP_SERVER_H

#include <stdbool.h>
#include <stdint.h>

#include "groundswell/base/buf.h"
#include "groundswell/base/fault.h"
#include "groundswell/http/route.h"

struct http_server;
struct loop;
struct visit;

struct http_limits {
    size_t line_max;     /* bytes of the request line */
    size_t head_max;     /* bytes of all headers together, request line not counted */
    size_t headers_max;  /* number; at most VISIT_HEADERS_MAX */
    size_t body_max;     /* bytes, for routes that name no number of their own */
    size_t arena_max;    /* bytes that a visit's arena may hand out */
    size_t visits_max;   /* requests in work at once */
    size_t connections_max;
    size_t connections_per_address_max; /* an IPv6 address counts by its first 64 bits */
    size_t requests_per_connection_max;
    size_t streams_max;
    size_t stream_backlog_max; /* bytes that wait for a slow reader */
    size_t stream_input_max;   /* bytes that a client may say during a stream */
    uint64_t head_ms;          /* from its first byte (or from connecting) to the end of the head */
    uint64_t body_ms;          /* from the end of the head to the end of the body */
    uint64_t idle_ms;          /* between an answer and the next request */
    uint64_t answer_ms;        /* without a byte taken by the client while an answer waits */
    uint64_t linger_ms;        /* after a refusal, so that the client can read it */
    uint64_t drain_ms;         /* http_server_drain() patience */
    uint64_t rate_grace_ms;    /* of a body, before its rate is judged */
    size_t body_rate_min;      /* bytes a second */
    unsigned retry_after_s;    /* said with 503 */
    size_t upload_max;         /* bytes of a file, for routes marked UPLOAD */
    uint64_t upload_s;         /* body_ms of a file, in seconds */
    size_t upload_rate_min;    /* body_rate_min of a file */
    size_t uploads_max;        /* files that arrive or are being put away at once */
};

extern const struct http_limits http_limits_default;

/* One of http's own refusals: static, one place (problem.c). */
struct http_problem {
    unsigned status;
    const char *code;   /* malformed_request ... see problem.c; also in schemas/refusals.json */
    const char *title;  /* a plain sentence */
    const char *detail; /* what exactly; may be NULL */
};

/* Codes, for whoever generates the list of refusals. Ends with a NULL code. */
extern const struct http_problem http_problems[];

/* What the log line of a request may know. Nothing here names a person, and the path is only its
 * pattern. */
struct http_line {
    uint64_t request;
    const char *who;
    const char *method;
    const char *route; /* the pattern, or "-" where none matched */
    unsigned status;   /* 499 where the client had gone */
    uint64_t us;
};

struct http_plan {
    struct http_limits limits;
    const struct route *routes; /* borrowed for the server's life */
    size_t routes_n;
    const char *tls_cert, *tls_key; /* PEM files; both NULL: plain HTTP */
    /* Header lines that every answer carries, http's own refusals too, each ended by CRLF; a line
     * whose name the handler has said by itself is left out. NULL: none. Borrowed for the server's
     * life. */
    const char *fields;
    /* Where uploads are kept while they arrive; swept as the server begins. NULL: none is taken.
     * Borrowed for the server's life. */
    const char *upload_folder;
    void *ctx;

    /* The head is complete and routed; the body, if one comes, is not read yet and 100 Continue
     * not sent. May answer (then the body is never read and the connection closes where one was
     * coming). May be NULL. Also for visits without a body. Must not answer later: what it lets
     * pass goes on to the body and the handler. */
    void (*before_body)(struct visit *visit);
    /* Writes the body of a problem document (application/problem+json). NULL: http's own plain
     * one. */
    void (*problem_put)(void *ctx, struct buf *out, const struct http_problem *problem);
    /* Answers a visit with a problem in its own way, and returns true; false leaves it to
     * problem_put. `visit->desk` is what before_body left, NULL where it never came so far. May be
     * NULL. */
    bool (*refuse)(struct visit *visit, const struct http_problem *problem);
    /* Once a request, after its answer. NULL: a line at level info. */
    void (*line)(void *ctx, const struct http_line *line);
};

/* NULL: the table of routes collides, TLS files are unusable, or memory is short (logged). The
 * plan is copied. */
struct http_server *http_server_new(struct loop *loop, const struct http_plan *plan);

/* "127.0.0.1:0", "[::1]:8080". May be called several times; several processes may share a port
 * (SO_REUSEPORT). */
enum fault http_server_listen(struct http_server *server, const char *address,
                              uint16_t *ret_port) MUST_CHECK;

/* Stops accepting, closes idle connections and streams, lets what is in flight finish (answers
 * then carry `Connection: close`), calls done once nothing is left or drain_ms have passed. Never
 * calls it synchronously. */
void http_server_drain(struct http_server *server, void (*done)(void *ctx), void *ctx);

/* Closes everything at once. Visits still in somebody's hands may be answered until this is
 * called, not after. NULL is accepted. Not to be called from inside a handler. */
void http_server_free(struct http_server *server);

/* The plan's ctx, for a handler that has only its visit. */
void *http_server_ctx(const struct http_server *server);

size_t http_server_connections(const struct http_server *server);

#endif
