/* openapi.h -- schemas as the components of an OpenAPI 3.1 document.
 *
 * The desk assembles the document from its routes; this gives it the schemas. A component is named
 * after its place in the set: "commands/pledge-put.json" is CommandsPledgePut, and
 * "common.json#/$defs/amount" is CommonAmount. */
#ifndef GROUNDSWELL_SCHEMA_OPENAPI_H
#define GROUNDSWELL_SCHEMA_OPENAPI_H

#include <jansson.h>

#include "groundswell/base/fault.h"
#include "groundswell/schema/schema.h"

#define SCHEMA_COMPONENT_MAX 120 /* bytes of a component's name, with its NUL */

/* A copy of the document `name` in which every $ref reads "#/components/schemas/<Name>", and which
 * stands without $schema, $id and $defs. All that it refers to, near or far, is added to the object
 * `components` in the same form, once. The caller owns *ret. FAULT_FORMAT with *ret_problem where a
 * reference leads nowhere, is a $dynamicRef, leads into draft-04, or two places share a name. */
enum fault schema_bundle(struct schema_set *set, const char *name, json_t *components,
                         json_t **ret, struct schema_problem *ret_problem) MUST_CHECK;

/* The same, with the document itself as a component: *ret is {"$ref": "#/components/..."}. */
enum fault schema_bundle_ref(struct schema_set *set, const char *name, json_t *components,
                             json_t **ret, struct schema_problem *ret_problem) MUST_CHECK;

#endif
