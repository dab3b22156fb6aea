/* openapi.h -- the OpenAPI 3.1 document, assembled from the routes and the schemas. */
#ifndef GROUNDSWELL_DESK_OPENAPI_H
#define GROUNDSWELL_DESK_OPENAPI_H

#include "groundswell/base/buf.h"
#include "groundswell/schema/schema.h"

/* Appends the document. `schemas` holds all of schemas/ by their paths. FAULT_ABSENT, logged, where
 * a route has no view in schemas/views. */
enum fault openapi_put(struct buf *out, struct schema_set *schemas,
                       const char *public_url) MUST_CHECK;

#endif
