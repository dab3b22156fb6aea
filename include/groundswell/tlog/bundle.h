/* bundle.h -- entries as the tiles keep them: big-endian u16 length, then the bytes; nothing else.
 */
#ifndef GROUNDSWELL_TLOG_BUNDLE_H
#define GROUNDSWELL_TLOG_BUNDLE_H

#include <stdbool.h>
#include <stddef.h>

#include "groundswell/base/buf.h"

#define ENTRY_MAX 65535u
#define BUNDLE_MAX (256 * (size_t)(2 + ENTRY_MAX))

/* FAULT_LIMIT: the entry is longer than ENTRY_MAX, or the buffer is full. */
enum fault bundle_put(struct buf *out, struct text entry) MUST_CHECK;
/* Takes the next entry off *rest (borrowed). False at the end, and where the bytes are cut short;
 * then rest->n is not 0. */
bool bundle_next(struct text *rest, struct text *ret_entry);
/* True when it holds `width` entries (1..256) exactly. */
bool bundle_is_whole(struct text bundle, unsigned width);

#endif
