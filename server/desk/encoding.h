/* encoding.h -- in which of the encodings that we have ready a client wants its answer. */
#ifndef GROUNDSWELL_DESK_ENCODING_H
#define GROUNDSWELL_DESK_ENCODING_H

#include "groundswell/http/visit.h"

enum encoding {
    ENCODING_PLAIN, /* "identity": always there, and sent where nothing that is wanted is */
    ENCODING_GZIP,
    ENCODING_BROTLI,
    ENCODINGS
};

/* "br"; NULL of ENCODING_PLAIN: nothing is to be said. */
const char *encoding_name(enum encoding encoding);

/* What Accept-Encoding likes best (RFC 9110, section 12.5.3) of those with ready[encoding]; of
 * equal ones the smallest. */
enum encoding encoding_choose(const struct visit *visit, const bool ready[static ENCODINGS]);

#endif
