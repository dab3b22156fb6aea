/* json.h -- JSON in (bounded, through Jansson) and out (straight into a buffer, never a float for
 * money). */
#ifndef GROUNDSWELL_BASE_JSON_H
#define GROUNDSWELL_BASE_JSON_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "groundswell/base/buf.h"
#include "groundswell/base/text.h"

#define JSON_DEPTH_MAX 32

struct json_problem {
    char what[160]; /* a plain sentence part, never echoing the input's own bytes */
    size_t line, column, offset;
};

/* Parses one JSON value. Nesting deeper than depth_max, duplicate member names, NUL in strings,
 * invalid UTF-8 and trailing bytes are refused. On FAULT_FORMAT *ret_problem (may be NULL) tells.
 * The caller owns *ret. */
enum fault json_read(struct text input, size_t depth_max, json_t **ret,
                     struct json_problem *ret_problem) MUST_CHECK;

/* Writer: commas are placed by the writer. struct json_out out = JSON_OUT(&buf); */
struct json_out {
    struct buf *buf;
    bool comma;
};
#define JSON_OUT(buffer) ((struct json_out){.buf = (buffer)})

void json_object_begin(struct json_out *out); /* { */
void json_object_end(struct json_out *out);
void json_array_begin(struct json_out *out); /* [ */
void json_array_end(struct json_out *out);
void json_name(struct json_out *out, const char *name); /* "name": */
void json_text(struct json_out *out, struct text value); /* null where value.at is NULL */
void json_u64(struct json_out *out, uint64_t value);
void json_bool(struct json_out *out, bool value);
void json_none(struct json_out *out); /* null */
void json_raw(struct json_out *out, struct text json); /* already JSON */
/* name and value in one */
void json_text_at(struct json_out *out, const char *name, struct text value);
void json_u64_at(struct json_out *out, const char *name, uint64_t value);
void json_bool_at(struct json_out *out, const char *name, bool value);

/* For a json_t * with CLEANUP(json_ref). */
static inline void json_ref_release(json_t **ref)
{
    json_decref(*ref);
}

#endif
