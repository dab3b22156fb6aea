/* fields.h -- one table that says what a C struct holds, and both doors use it: names and texts as
 * a Redis function answers go in, JSON comes out.
 *
 *     static const struct field wallet_fields[] = {
 *         FIELD(struct wallet, granted_minor, FIELD_U64),
 *         FIELD_FLAGS(struct wallet, area, FIELD_TEXT, FIELD_OPTIONAL),
 *     };
 *     fault = fields_read(FIELDS(wallet_fields), &wallet, pairs, pairs_n, &arena);
 *     fields_json(FIELDS(wallet_fields), &wallet, &out);
 *
 * A kind that does not fit the member's type does not compile. A table has at most FIELDS_MAX rows.
 * A new kind of field is a member of the enum, a FIELD_TYPE_ line here, and a case in each of the
 * three switches of fields.c. */
#ifndef GROUNDSWELL_BASE_FIELDS_H
#define GROUNDSWELL_BASE_FIELDS_H

#include <stddef.h>
#include <stdint.h>

#include "groundswell/base/arena.h"
#include "groundswell/base/ids.h"
#include "groundswell/base/json.h"

#define FIELDS_MAX 64

/* Small counts per index, such as pledgers per area: "0:34,5:55" in Redis, [[0,34],[5,55]] in
 * JSON. */
struct pairs {
    uint64_t (*at)[2];
    size_t n;
};

enum field_kind {
    FIELD_U64,
    FIELD_U32,
    FIELD_BOOL,  /* "0" or "1" in Redis */
    FIELD_TEXT,  /* struct text */
    FIELD_STAMP, /* uint64_t milliseconds since 1970; RFC 3339 in JSON */
    FIELD_ID,    /* struct id; its number in Redis, "riverside.t1" in JSON: see fields_place() */
    FIELD_PAIRS, /* struct pairs */
    FIELD_JSON,  /* struct text that is JSON already, written as it is */
};
#define FIELD_TYPE_FIELD_U64 uint64_t
#define FIELD_TYPE_FIELD_U32 uint32_t
#define FIELD_TYPE_FIELD_BOOL bool
#define FIELD_TYPE_FIELD_TEXT struct text
#define FIELD_TYPE_FIELD_STAMP uint64_t
#define FIELD_TYPE_FIELD_ID struct id
#define FIELD_TYPE_FIELD_PAIRS struct pairs
#define FIELD_TYPE_FIELD_JSON struct text

enum field_flags {
    FIELD_OPTIONAL = 1,    /* an answer may lack it; JSON omits it where it is absent */
    FIELD_ZERO_ABSENT = 2, /* zero, false, empty text, no pairs count as absent too */
    FIELD_LOCAL = 4,       /* filled by us: never in an answer of Redis */
    FIELD_PRIVATE = 8,     /* never in JSON */
};

/* Absent are a text without bytes (at == NULL), an id numbered 0, pairs with at == NULL, and what
 * FIELD_ZERO_ABSENT adds. Absent without FIELD_OPTIONAL is null in JSON. */
struct field {
    const char *name;
    size_t name_n;
    size_t offset;
    enum field_kind kind;
    unsigned flags;
    char letter; /* of FIELD_ID */
};

#define FIELD_AT(type, member, kind) \
    _Generic(((type *)0)->member, FIELD_TYPE_##kind: offsetof(type, member))
#define FIELD(type, member, kind) \
    {#member, sizeof(#member) - 1, FIELD_AT(type, member, kind), kind, 0, 0}
#define FIELD_FLAGS(type, member, kind, flags) \
    {#member, sizeof(#member) - 1, FIELD_AT(type, member, kind), kind, flags, 0}
/* The member `type.member` under another name, with all there is to say. */
#define FIELD_AS(name, type, member, kind, flags) \
    {name, sizeof(name) - 1, FIELD_AT(type, member, kind), kind, flags, 0}
#define FIELD_ID_OF(type, member, letter, flags) \
    {#member, sizeof(#member) - 1, FIELD_AT(type, member, FIELD_ID), FIELD_ID, flags, letter}

#define FIELDS(table) (table), (sizeof(table) / sizeof *(table))

/* One name and its value. */
struct field_pair {
    struct text name, value;
};

/* Zeroes every field of the table but the local ones, then fills them from `given`, in any order.
 * Texts and pairs are copied into the arena. FAULT_FORMAT: an unknown name, one twice, a value that
 * is not strictly its kind, a field missing that is not optional; which one is logged by its name
 * in the table. FAULT_MEMORY: the arena's bound. */
enum fault fields_read(const struct field *fields, size_t n, void *object,
                       const struct field_pair *given, size_t given_n,
                       struct arena *arena) MUST_CHECK;

/* Sets the slug of every id of the table (borrowed) and its letter, so that ids can be written. */
void fields_place(const struct field *fields, size_t n, void *object, struct text slug);

/* Writes the members in the table's order. fields_json() puts them into an object of their own. */
void fields_json(const struct field *fields, size_t n, const void *object, struct json_out *out);
void fields_json_members(const struct field *fields, size_t n, const void *object,
                         struct json_out *out);

#endif
