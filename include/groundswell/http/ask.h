/* ask.h -- a visit inside a visit: whoever answers a page asks the rows of the same table that
 * anybody else may ask, through the same door, without a connection.
 *
 *     struct visit_question question = {.method = METHOD_GET, .path = TEXT("/v1/communities/x")};
 *     no = visit_ask(visit, &question, page_heard, page);
 *
 * The inner visit has its own place in the pool, its own arena and everything a handler expects;
 * only its answer does not leave the house. `before_body` judges it as any other. It appears in no
 * log line and no metric, for the outer one does. */
#ifndef GROUNDSWELL_HTTP_ASK_H
#define GROUNDSWELL_HTTP_ASK_H

#include "groundswell/base/fault.h"
#include "groundswell/http/visit.h"

struct visit_question {
    enum http_method method;
    struct text path, query; /* raw, percent-encoded; the query without '?' */
    struct text body;
    const struct visit_field *fields; /* the request's headers: nothing is taken from the outer */
    size_t fields_n;
};

struct visit_reply {
    unsigned status;
    struct text content_type; /* TEXT_NONE where there is no body */
    struct text fields;       /* the answer's own header lines, each ended by CRLF */
    struct text body;
};

/* The reply borrows until the call returns. */
typedef void visit_reply_fn(void *ctx, const struct visit_reply *reply);

/* All is copied; peer and TLS are the outer visit's. The reply comes exactly once, never before
 * this returned, as long as the outer visit is not answered: it must not be, before all that it
 * asked has come back. FAULT_BUSY: all visits are in use; FAULT_LIMIT: more headers than a request
 * may have, or a body larger than the row takes; FAULT_MEMORY; FAULT_FORMAT: the path. Then no
 * reply comes. An address that no row answers is replied to as anybody's. */
enum fault visit_ask(struct visit *visit, const struct visit_question *question,
                     visit_reply_fn *reply, void *ctx) MUST_CHECK;

/* Whether this visit was asked by another. */
bool visit_is_inner(const struct visit *visit);

#endif
