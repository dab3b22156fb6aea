/* escape.h -- percent-decoding, strict. */
#ifndef GROUNDSWELL_HTTP_ESCAPE_H
#define GROUNDSWELL_HTTP_ESCAPE_H

#include "groundswell/base/arena.h"
#include "groundswell/base/fault.h"

/* Decodes one path segment (RFC 3986 s.2.1, s.3.3). Without an escape the result borrows from raw.
 * FAULT_FORMAT: a broken escape; one that hides a slash, a NUL or another control byte; "." or
 * ".."; no UTF-8. */
enum fault escape_segment(struct arena *arena, struct text raw, struct text *ret) MUST_CHECK;

/* Decodes a query value: '+' is a blank. Line feeds and tabs may be escaped, other control bytes
 * not. */
enum fault escape_query(struct arena *arena, struct text raw, struct text *ret) MUST_CHECK;

/* Decodes a name or a value of a form (WHATWG URL, application/x-www-form-urlencoded): as a query
 * value, but a line's end, which forms send as CR LF, is LF. */
enum fault escape_form(struct arena *arena, struct text raw, struct text *ret) MUST_CHECK;

#endif
