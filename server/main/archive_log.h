/* archive_log.h -- a log that grows, copied as it was at one of its signed checkpoints. */
#ifndef GROUNDSWELL_MAIN_ARCHIVE_LOG_H
#define GROUNDSWELL_MAIN_ARCHIVE_LOG_H

#include "groundswell/tlog/doubt.h"

#include <stdint.h>

/* Copies the log in `from` into `to`, as it was at its newest checkpoint of at most `most` records:
 * full tiles and older checkpoints as links where the file system has them, the rest cut to what
 * belongs to that size. A log without such a checkpoint is not copied, and that is fine. */
enum fault archive_log_copy(const char *from, const char *to, uint64_t most,
                            struct doubt *doubt) MUST_CHECK;

#endif
