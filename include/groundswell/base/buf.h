/* buf.h -- a growing byte buffer that is born with its maximum.
 *
 * Errors stick: after the first append that does not fit, nothing is appended any more and
 * buf_fault() tells, so that a page is written without a check a line and judged once at its
 * end. */
#ifndef GROUNDSWELL_BASE_BUF_H
#define GROUNDSWELL_BASE_BUF_H

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include "groundswell/base/fault.h"
#include "groundswell/base/text.h"

#define KIB ((size_t)1024)
#define MIB (1024 * KIB)

struct buf {
    char *data; /* NUL-terminated whenever not NULL */
    size_t len, cap, max;
    enum fault fault;
};

#define BUF_MAX(bytes) ((struct buf){.max = (bytes)})

void buf_release(struct buf *buf);
void buf_reset(struct buf *buf); /* empties, forgets the fault, keeps the memory */
void buf_put(struct buf *buf, const void *data, size_t n);
void buf_text(struct buf *buf, struct text text);
void buf_cstr(struct buf *buf, const char *cstr);
void buf_char(struct buf *buf, char c);
void buf_u64(struct buf *buf, uint64_t value); /* decimal */
void buf_format(struct buf *buf, const char *format, ...) PRINTF_LIKE(2, 3);
void buf_vformat(struct buf *buf, const char *format, va_list args) PRINTF_LIKE(2, 0);
enum fault buf_fault(const struct buf *buf) MUST_CHECK;
struct text buf_view(const struct buf *buf); /* borrowed until the next append */

#endif
