/* schema.h -- JSON Schema 2020-12 (and draft-04) over Jansson: compile once, check on every
 * request.
 *
 * A set holds documents that refer to each other; compiling a document of it makes a schema, which
 * the set owns. Nothing that a schema says is ever ignored: a keyword, format or dialect that is
 * not supported here is refused when it is compiled. One thread at a time uses a set and its
 * schemas. */
#ifndef GROUNDSWELL_SCHEMA_SCHEMA_H
#define GROUNDSWELL_SCHEMA_SCHEMA_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#include "groundswell/base/fault.h"

#define SCHEMA_ERRORS_MAX 16
#define SCHEMA_DEPTH_MAX 512      /* nested schemas at work at once: bounds instances too */
#define SCHEMA_STEPS_MAX 500000u  /* values looked at in one check: about 25 ms at worst */
#define SCHEMA_ANNOTATIONS_MAX 32

struct schema_set;
struct schema;

enum schema_dialect { SCHEMA_2020_12 = 1, SCHEMA_DRAFT_04 = 2 };

/* Why a document was refused. Written for whoever writes schemas. */
struct schema_problem {
    char document[128]; /* its name in the set */
    char pointer[200];  /* JSON Pointer to the schema that holds the keyword */
    char keyword[48];
    char what[200];
};

/* One thing that is wrong with an instance; a member of `errors[]` of a problem document (RFC
 * 9457). */
struct schema_error {
    char pointer[256]; /* JSON Pointer; the nearest ancestor where a name on the way is too long to
                          repeat */
    char keyword[24];
    char detail[256]; /* a sentence without its subject: "is 12, must be at least 100" */
};

struct schema_errors {
    size_t n;
    bool more; /* there were more than fit */
    struct schema_error list[SCHEMA_ERRORS_MAX];
};

/* NULL when out of memory. */
struct schema_set *schema_set_new(void);
void schema_set_free(struct schema_set *set); /* with every schema compiled in it; accepts NULL */

/* The dialect of documents that do not name one in $schema; 2020-12 unless told. Before documents
 * are added. */
void schema_set_dialect(struct schema_set *set, enum schema_dialect dialect);

/* Accepts one more keyword that says nothing about validity (as `x-...` do by themselves), such as
 * OCDS's "codelist". `keyword` is static storage; at most SCHEMA_ANNOTATIONS_MAX. */
void schema_set_annotation(struct schema_set *set, const char *keyword);

/* Copies `document` into the set. `name` is an absolute URI, or a path such as
 * "commands/pledge-put.json" against which the document's relative references resolve. FAULT_FORMAT
 * where a name is taken or an $id or anchor is malformed, FAULT_LIMIT where it nests more than
 * SCHEMA_DEPTH_MAX levels, FAULT_MEMORY; *ret_problem (may be NULL) tells in every case. */
enum fault schema_set_add(struct schema_set *set, const char *name, const json_t *document,
                          struct schema_problem *ret_problem) MUST_CHECK;

/* Compiles the document added as `name` with all that it refers to; documents of one set may be
 * compiled in any order once all are added. A fragment may follow: "common.json#amount".
 * FAULT_FORMAT when anything in it is not supported or leads nowhere; *ret_problem (may be NULL)
 * tells. A set that refused once, here or above, refuses ever after with the same problem. */
enum fault schema_compile(struct schema_set *set, const char *name,
                          const struct schema **ret_schema,
                          struct schema_problem *ret_problem) MUST_CHECK;

/* True when the instance is valid. Otherwise *ret_errors holds at least one error. It does not
 * allocate, but for propertyNames, arrays of more than 16 items with uniqueItems, and more than 256
 * members under unevaluated*. Never takes more than `steps_max` steps: an instance that would is
 * invalid, and the error says so. */
bool schema_check(const struct schema *schema, const json_t *instance,
                  struct schema_errors *ret_errors);
bool schema_check_within(const struct schema *schema, const json_t *instance, size_t steps_max,
                         struct schema_errors *ret_errors);

#endif
