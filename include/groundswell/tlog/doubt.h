/* doubt.h -- why a log is not believed: one plain sentence for the person who must act on it.
 *
 * Only the first doubt is kept: what follows from it would hide it. */
#ifndef GROUNDSWELL_TLOG_DOUBT_H
#define GROUNDSWELL_TLOG_DOUBT_H

#include "groundswell/base/fault.h"

#define DOUBT_SIZE 400

struct doubt {
    char what[DOUBT_SIZE]; /* "" where there is none; control bytes are shown as '?' */
};

/* Writes the sentence where none stands yet (doubt may be NULL) and returns fault, so that
 * `return doubt_raise(...)` says and refuses at once. */
enum fault doubt_raise(struct doubt *doubt, enum fault fault, const char *format,
                       ...) PRINTF_LIKE(3, 4);

#endif
