/* route.h -- the table of everything the server answers, one row each, and the router that is
 * compiled from it.
 *
 * A pattern is a path of plain segments and parameters: "/v1/proposals/:proposal/pledge". A
 * parameter takes exactly one non-empty segment. A plain segment wins over a parameter at the same
 * place. `who`, `schema`, `name`, `summary` and the flags are only carried here: the desk reads
 * them. GET rows answer HEAD too; OPTIONS is answered by the router itself. */
#ifndef GROUNDSWELL_HTTP_ROUTE_H
#define GROUNDSWELL_HTTP_ROUTE_H

#include <stddef.h>
#include <stdint.h>

#include "groundswell/base/buf.h"
#include "groundswell/base/text.h"

struct visit;
struct router;
struct arena;

enum http_method {
    METHOD_GET,
    METHOD_HEAD,
    METHOD_POST,
    METHOD_PUT,
    METHOD_PATCH,
    METHOD_DELETE,
    METHOD_OPTIONS,
    METHOD_OTHER, /* a method that HTTP knows and we do not serve: 501 */
};

/* "PUT"; static storage. "-" for METHOD_OTHER. */
const char *method_name(enum http_method method);

enum route_flags {
    ROUTE_SAFE = 1, /* changes nothing; may be repeated and cached */
    ROUTE_ONCE = 2, /* changes something: wants an Idempotency-Key */
};

struct route {
    enum http_method method; /* GET, POST, PUT, PATCH or DELETE */
    const char *pattern;
    void (*handle)(struct visit *visit);
    unsigned who;       /* the desk's word for who may */
    const char *schema; /* of the request body, or NULL */
    size_t body_max;    /* bytes; 0: the server's default; or UPLOAD */
    unsigned flags;     /* enum route_flags */
    const char *name;   /* the handler's name: label in metrics, operationId in OpenAPI */
    const char *summary;
};

/* ROUTE(PUT, "/v1/proposals/:proposal/pledge", pledge_put, RESIDENT, "commands/pledge-put.json",
 *       BODY_MAX(2 * KIB), ONCE)
 * The last word is SAFE or ONCE; `who` stands as it is given. ROUTE_AS ends with a summary. */
#define BODY_MAX(bytes) (bytes)
#define BODY_DEFAULT 0
/* In the place of BODY_MAX: the body is a file. It is never whole in memory but goes to a temporary
 * file as it arrives (visit->upload), bounded by the upload_* limits of server.h. */
#define UPLOAD SIZE_MAX
#define ROUTE(method_, pattern_, handle_, who_, schema_, body_max_, flag_) \
    ROUTE_AS(method_, pattern_, handle_, who_, schema_, body_max_, flag_, NULL)
#define ROUTE_AS(method_, pattern_, handle_, who_, schema_, body_max_, flag_, summary_) \
    {                                                                                       \
        .method = METHOD_##method_, .pattern = (pattern_), .handle = (handle_), .who = (who_), \
        .schema = (schema_), .body_max = (body_max_), .flags = ROUTE_##flag_, .name = #handle_, \
        .summary = (summary_) \
    }

#define ROUTE_SEGMENTS_MAX 16
#define ROUTE_PARAMS_MAX 8
#define ROUTES_MAX 1024

struct route_param {
    const char *name; /* points into the pattern, ends at '/' or NUL */
    size_t name_n;
    struct text value; /* decoded; borrows from the path or the arena */
};

struct route_match {
    const struct route *route; /* NULL unless found */
    struct route_param params[ROUTE_PARAMS_MAX];
    size_t params_n;
    unsigned allowed; /* bit 1 << method of every method that the path answers; 0: no such path */
};

/* Compiles a table that stays borrowed. NULL, with a line in the log, when two rows collide or a
 * pattern is malformed: a start-up error. */
struct router *router_new(const struct route *routes, size_t routes_n);
void router_free(struct router *router);

/* Finds the row for a raw, still percent-encoded path. FAULT_FORMAT: the path itself is bad (a
 * broken or forbidden escape, a dot segment, bytes that are no UTF-8 once decoded); FAULT_MEMORY:
 * the arena is full. Everything else is FAULT_NONE, and *ret tells: route and params, or only
 * allowed (405), or nothing (404). */
enum fault router_find(const struct router *router, enum http_method method, struct text path,
                       struct arena *arena, struct route_match *ret) MUST_CHECK;

/* "GET, HEAD, OPTIONS" for a mask of allowed methods. */
void router_allow_put(struct buf *out, unsigned allowed);

#endif
