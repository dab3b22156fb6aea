/* uri.h -- references against a base, as RFC 3986 section 5.2 has it. */
#ifndef GROUNDSWELL_SCHEMA_URI_H
#define GROUNDSWELL_SCHEMA_URI_H

#include <stdbool.h>

#include "groundswell/base/buf.h"
#include "groundswell/base/text.h"

struct uri {
    struct text scheme, authority, path, query, fragment; /* at == NULL: absent */
};

/* Splits by RFC 3986 appendix B; every text splits. */
struct uri uri_split(struct text from);

/* The target of `ref` seen from `base`, without its fragment. */
void uri_resolve(struct buf *out, struct text base, struct text ref);

/* Percent-decodes; false where a percent sign is not followed by two hex digits. */
bool uri_decode(struct buf *out, struct text from);

/* Every character allowed where it stands; a scheme present where `absolute`. */
bool uri_is_valid(struct text from, bool absolute);

#endif
