/* openapi.h -- the OpenAPI 3.1 document, assembled from the routes and the schemas. */
#ifndef GROUNDSWELL_DESK_OPENAPI_H
#define GROUNDSWELL_DESK_OPENAPI_H

#include "groundswell/base/buf.h"

/* Appends the document. FAULT_ABSENT, logged, where a route has no view in schemas/views. */
enum fault openapi_put(struct buf *out, const char *public_url) MUST_CHECK;

#endif
