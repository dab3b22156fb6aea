/* ecma.h -- what an ECMA-262 expression writes differently from PCRE2. */
#ifndef GROUNDSWELL_SCHEMA_ECMA_H
#define GROUNDSWELL_SCHEMA_ECMA_H

#include "groundswell/base/buf.h"
#include "groundswell/base/text.h"

/* Appends `source` (ECMA-262, flag u) as PCRE2 wants it. Changes nothing where the two agree. */
void ecma_translate(struct buf *out, struct text source);

#endif
