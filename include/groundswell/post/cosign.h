/* cosign.h -- asking a witness to cosign a checkpoint (C2SP tlog-witness, add-checkpoint).
 *
 * Only the conversation: what a proof is, and whether a line holds, the caller knows. Each question
 * blocks until its answer or the time-out, so it belongs into a thread; one thread a witness. */
#ifndef GROUNDSWELL_POST_COSIGN_H
#define GROUNDSWELL_POST_COSIGN_H

#include <stdint.h>

#include "groundswell/base/buf.h"
#include "groundswell/base/fault.h"
#include "groundswell/base/text.h"

struct cosign;

#define COSIGN_LINES_MAX (16 * KIB)

/* "https://witness.example/prefix", without a slash at its end; copied. NULL: no memory. */
struct cosign *cosign_new(const char *url, uint32_t timeout_ms);
void cosign_free(struct cosign *cosign); /* NULL accepted */

struct cosign_question {
    uint64_t old_size;
    struct text proof;      /* lines with their LF; empty from size 0 */
    struct text checkpoint; /* with the log's signature */
};

#define COSIGN_SIGNED 200
#define COSIGN_CONFLICT 409

struct cosign_answer {
    long status;
    uint64_t size; /* with COSIGN_CONFLICT: what the witness cosigned last */
};

/* FAULT_NONE: the witness answered, with signature lines in ret_lines on COSIGN_SIGNED, or with a
 * refusal. FAULT_LOST, FAULT_TIMEOUT: it did not. FAULT_FORMAT, FAULT_LIMIT: with something
 * else. */
enum fault cosign_ask(struct cosign *cosign, const struct cosign_question *question,
                      struct buf *ret_lines, struct cosign_answer *ret) MUST_CHECK;

#endif
