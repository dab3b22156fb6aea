/* visit.h -- one request on its way through the house, and the one answer that it gets.
 *
 * A visit comes from a fixed pool and has its own arena; everything a handler makes for it lives
 * there. It is answered exactly once, at once or later in the loop, by visit_answer(),
 * visit_stream() or visit_refuse(). A visit outlives its connection: answering after the client
 * has gone only releases it. After the answer the visit may still be read until the calling
 * function has returned to the loop, then it is gone: keep no pointer to it.
 *
 * What `who` may do, sessions, problem texts of the commons: the desk's. */
#ifndef GROUNDSWELL_HTTP_VISIT_H
#define GROUNDSWELL_HTTP_VISIT_H

#include <stdbool.h>
#include <stdint.h>

#include "groundswell/base/arena.h"
#include "groundswell/base/buf.h"
#include "groundswell/base/text.h"
#include "groundswell/http/route.h"

struct ask;
struct connection;
struct http_server;
struct http_problem;
struct spool;

#define VISIT_HEADERS_MAX 64

struct visit_field {
    struct text name, value; /* value without surrounding blanks */
};

/* A handler reads these; it writes `desk` and `who` only. All texts borrow from the arena. */
struct visit {
    enum http_method method;     /* HEAD stays HEAD, though a GET row answers it */
    const struct route *route;   /* never NULL in a handler */
    struct text path, query;     /* raw; query without '?', TEXT_NONE where there is none */
    struct text body;            /* complete when the handler runs; NUL-terminated, not counted */
    /* Of a route marked UPLOAD: what came, complete when the handler runs; NULL: nothing came. It
     * is the visit's and goes with it; until the visit is answered a worker may put it on a
     * shelf. */
    struct spool *upload;
    struct route_match match;    /* params, see visit_param() */
    struct visit_field fields[VISIT_HEADERS_MAX];
    size_t fields_n;
    uint64_t id;       /* of the request, for the log line and for support */
    uint64_t begun_us; /* steady time when the head was complete */
    bool answered;
    bool secure; /* came over our own TLS */

    void *desk;      /* free use by the room above */
    const char *who; /* role for the log line ("resident"), static, never a name; "-" at first */
    struct arena arena;
    struct http_server *server;

    /* http's own */
    struct connection *connection; /* NULL: the client has gone, or there was none: */
    struct ask *ask;               /* of a visit inside another (ask.h) */
    struct buf body_buf, fields_out;
    size_t body_max; /* of this request; body_buf may be larger, from one before */
    uint8_t peer[16]; /* IPv6, or IPv4 mapped into it */
    bool in_body;     /* the body is still being read */
    bool spent;
    struct visit *next;
};

/* The header of that name (ASCII, any case); TEXT_NONE where there is none. Where it comes several
 * times, the first. */
struct text visit_field(const struct visit *visit, const char *name);
/* True when a header comes more than once. */
bool visit_field_repeats(const struct visit *visit, const char *name);
/* The path parameter of that name, decoded. A name that is not in the pattern is a bug. */
struct text visit_param(const struct visit *visit, const char *name);
/* The first query parameter of that name, percent- and plus-decoded into the arena; TEXT_NONE
 * where there is none or its escapes are broken (ret_broken, may be NULL, tells). "a=" gives an
 * empty text with at != NULL. */
struct text visit_query(struct visit *visit, const char *name, bool *ret_broken);
/* Decodes a name or a value of a posted form into the arena. FAULT_FORMAT: a broken escape, bytes
 * that are no UTF-8, control bytes; FAULT_MEMORY. */
enum fault visit_unescape(struct visit *visit, struct text *text) MUST_CHECK;
/* "127.0.0.1", in the arena: of the TCP peer, which may be a proxy. */
struct text visit_peer(struct visit *visit);

/* Adds a header to the answer to come. Name and value are copied; a value with CR, LF or NUL is a
 * bug, except that FAULT_FORMAT is returned so that a value from outside can be refused.
 * FAULT_LIMIT beyond 8 KiB in all. */
enum fault visit_header(struct visit *visit, const char *name, struct text value) MUST_CHECK;

/* Answers. `content_type` is static or lives in the arena, NULL with an empty body. The body is
 * copied. Date, Content-Length and Connection are written here. A second answer is a broken
 * INVARIANT. */
void visit_answer(struct visit *visit, unsigned status, const char *content_type, struct text body);

/* Answers 200 with `bytes` bytes of an open file, read as they leave. The descriptor is http's from
 * now on. */
void visit_answer_file(struct visit *visit, const char *content_type, int fd, uint64_t bytes);

/* Answers with one of http's own problems (server.h), through the plan's writer of problem
 * documents. */
void visit_refuse(struct visit *visit, const struct http_problem *problem);

#endif
