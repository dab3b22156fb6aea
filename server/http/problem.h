/* problem.h -- what http itself refuses, by name. The table is problem.c. */
#ifndef GROUNDSWELL_HTTP_PROBLEM_H
#define GROUNDSWELL_HTTP_PROBLEM_H

#include "groundswell/http/server.h"

/* How the sentence of each malformed_request begins. */
#define UNREADABLE "The request could not be read: "

enum problem {
    PROBLEM_NONE,
    PROBLEM_MALFORMED,
    PROBLEM_NOT_FOUND,
    PROBLEM_METHOD_NOT_ALLOWED,
    PROBLEM_TIMEOUT,
    PROBLEM_BODY_LARGE,
    PROBLEM_TARGET_LONG,
    PROBLEM_EXPECTATION,
    PROBLEM_HEAD_LARGE,
    PROBLEM_METHOD_UNKNOWN,
    PROBLEM_OVERLOADED,
    PROBLEM_CONNECTIONS,
    PROBLEM_INTERNAL,
    PROBLEM_FILE_LARGE,
    PROBLEM_UPLOADS_BUSY,
    PROBLEM_DISK_FULL,
};

/* The row, with a detail of this occasion in *room; detail may be NULL. */
const struct http_problem *problem_of(enum problem problem, const char *detail,
                                      struct http_problem *room);

/* http's own writer of problem documents. */
void problem_put(void *ctx, struct buf *out, const struct http_problem *problem);

#endif
