/* index.h -- finds every subschema of a document, its base URI and its anchors; and what a
 * reference points to. */
#ifndef GROUNDSWELL_SCHEMA_INDEX_H
#define GROUNDSWELL_SCHEMA_INDEX_H

#include "inside.h"

/* Writes where and why. Always returns FAULT_FORMAT. */
enum fault problem_set(struct schema_problem *ret, const struct node *at, const char *keyword,
                       const char *format, ...) PRINTF_LIKE(4, 5);

/* Enters the document `name` (already absolute as `uri`) and everything in it. */
enum fault index_document(struct schema_set *set, const char *name, const char *uri,
                          const json_t *root, struct schema_problem *problem) MUST_CHECK;

/* The absolute form of a name in the set. NULL where it does not fit. Lives in the set. */
const char *index_uri(struct schema_set *set, const char *base, struct text ref);

struct resource *index_resource(struct schema_set *set, const char *uri);
struct node *index_node(struct schema_set *set,
                        const json_t *json); /* NULL: not a place for a schema */

/* What `ref` points to, seen from a resource. NULL where it leads nowhere. A boolean schema is a
 * node too. */
struct node *index_target(struct schema_set *set, const struct resource *from, struct text ref);

/* The schema that was added as `name`, or a place in it behind a fragment. */
struct node *index_named(struct schema_set *set, const char *name);

/* The anchor of that name in a resource, or NULL. */
const struct anchor *index_anchor(const struct resource *resource, struct text name,
                                  bool dynamic_only);

#endif
