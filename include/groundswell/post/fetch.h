/* fetch.h -- asking a Groundswell server over HTTP, many questions in flight: what the command line
 * verbs use.
 *
 * A question that meets a lost connection, a time-out or a 503 is asked again with the same
 * Idempotency-Key, after a growing pause, up to retries_max times: the server does it once. One
 * thread; fetch_run() blocks. */
#ifndef GROUNDSWELL_POST_FETCH_H
#define GROUNDSWELL_POST_FETCH_H

#include <stddef.h>
#include <stdint.h>

#include "groundswell/base/buf.h"
#include "groundswell/base/fault.h"
#include "groundswell/base/text.h"

struct fetch;

/* Whom a connection may be made to, whatever a name resolves to. */
enum fetch_guard {
    FETCH_ANYWHERE,
    FETCH_PUBLIC,   /* addresses of the public Internet alone */
    FETCH_LOOPBACK, /* this machine alone */
};

struct fetch_plan {
    const char *url;    /* "http://127.0.0.1:8080", without a slash at its end */
    const char *bearer; /* sent where a request names none; may be NULL */
    size_t in_flight_max;
    unsigned retries_max;
    uint32_t timeout_ms; /* of one try */
    size_t answer_max;   /* bytes of one answer's body */
    enum fetch_guard guard;
};

#define FETCH_PLAN(url_, bearer_) \
    ((struct fetch_plan){.url = (url_), \
                         .bearer = (bearer_), \
                         .in_flight_max = 64, \
                         .retries_max = 8, \
                         .timeout_ms = 30000, \
                         .answer_max = 16 * MIB})

struct fetch_request {
    const char *method, *path; /* path with query, percent-encoded, beginning with a slash */
    const char *bearer;        /* NULL: the plan's */
    const char *key;           /* Idempotency-Key; NULL on reads */
    struct text body;          /* TEXT_NONE where there is none */
    const char *type;          /* of the body; NULL: JSON */
    const char *const *headers; /* name and value in turn, NULL-terminated; may be NULL */
};

struct fetch_answer {
    enum fault fault; /* FAULT_NONE: an HTTP answer came, whatever its status */
    long status;
    struct text body;
    unsigned tries;
};

typedef void (*fetch_done_fn)(void *ctx, const struct fetch_answer *answer);

struct fetch *fetch_new(const struct fetch_plan *plan); /* copies the plan; NULL: out of memory */
void fetch_free(struct fetch *fetch); /* drops what is in flight without calling back */

/* Copies the request, queues it; done comes from within fetch_run() only, exactly once. */
enum fault fetch_ask(struct fetch *fetch, const struct fetch_request *request, fetch_done_fn done,
                     void *ctx) MUST_CHECK;
/* Until nothing is queued or in flight. Callbacks may ask more. */
enum fault fetch_run(struct fetch *fetch) MUST_CHECK;
/* One question, waiting for its answer, appended to out. */
enum fault fetch_once(struct fetch *fetch, const struct fetch_request *request, struct buf *out,
                      long *ret_status) MUST_CHECK;

#endif
