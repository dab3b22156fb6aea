/* fields.c -- structs from answers of Redis, JSON from structs, both driven by one table.
 *
 * Answers come nearly always in the table's order, so the search for a name starts behind the last
 * one found: one comparison a field. */
#include "groundswell/base/fields.h"

#include "groundswell/base/clock.h"
#include "groundswell/base/log.h"

static bool read_bool(struct text value, bool *ret)
{
    if (value.n != 1 || (value.at[0] != '0' && value.at[0] != '1'))
        return false;
    *ret = value.at[0] == '1';
    return true;
}

static bool read_u32(struct text value, uint32_t *ret)
{
    uint64_t wide;
    if (!text_to_u64(value, UINT32_MAX, &wide))
        return false;
    *ret = (uint32_t)wide;
    return true;
}

/* "0:34,5:55"; nothing is no pairs, which is not absent. */
static enum fault read_pairs(struct text value, struct pairs *ret, struct arena *arena)
{
    size_t n = value.n > 0;
    for (size_t i = 0; i < value.n; i++)
        n += value.at[i] == ',';
    uint64_t(*at)[2] = arena_alloc(arena, n * sizeof *at);
    if (!at)
        return FAULT_MEMORY;
    *ret = (struct pairs){at, n};
    struct text rest = value;
    for (size_t i = 0; i < n; i++) {
        struct text second = text_cut(&rest, ',');
        struct text first = text_cut(&second, ':');
        if (!text_to_u64(first, UINT64_MAX, &at[i][0]) ||
            !text_to_u64(second, UINT64_MAX, &at[i][1]))
            return FAULT_FORMAT;
    }
    return FAULT_NONE;
}

static enum fault read_text(struct text value, struct text *ret, struct arena *arena)
{
    *ret = arena_text(arena, value);
    return ret->at ? FAULT_NONE : FAULT_MEMORY;
}

static enum fault field_read(const struct field *field, void *at, struct text value,
                             struct arena *arena)
{
    bool fits = false;
    switch (field->kind) {
    case FIELD_U64:
    case FIELD_STAMP:
        fits = text_to_u64(value, UINT64_MAX, at);
        break;
    case FIELD_U32:
        fits = read_u32(value, at);
        break;
    case FIELD_BOOL:
        fits = read_bool(value, at);
        break;
    case FIELD_ID: {
        struct id *id = at;
        fits = read_u32(value, &id->number);
        break;
    }
    case FIELD_TEXT:
    case FIELD_JSON:
        return read_text(value, at, arena);
    case FIELD_PAIRS:
        return read_pairs(value, at, arena);
    }
    return fits ? FAULT_NONE : FAULT_FORMAT;
}

static void field_clear(const struct field *field, void *at)
{
    switch (field->kind) {
    case FIELD_U64:
    case FIELD_STAMP: *(uint64_t *)at = 0; break;
    case FIELD_U32: *(uint32_t *)at = 0; break;
    case FIELD_BOOL: *(bool *)at = false; break;
    case FIELD_ID: ((struct id *)at)->number = 0; break;
    case FIELD_TEXT:
    case FIELD_JSON: *(struct text *)at = TEXT_NONE; break;
    case FIELD_PAIRS: *(struct pairs *)at = (struct pairs){0}; break;
    }
}

/* Index of the field of that name, n where there is none. */
static size_t field_find(const struct field *fields, size_t n, size_t from, struct text name)
{
    for (size_t tried = 0; tried < n; tried++) {
        size_t i = from + tried < n ? from + tried : from + tried - n;
        if (fields[i].name_n == name.n && memcmp(fields[i].name, name.at, name.n) == 0)
            return fields[i].flags & FIELD_LOCAL ? n : i;
    }
    return n;
}

static enum fault complain(const char *what, const struct field *field)
{
    log_error("base", "an answer does not fit its table: %s%s%s", what, field ? " " : "",
              field ? field->name : "");
    return FAULT_FORMAT;
}

/* The bits of the fields that an answer must have. */
static uint64_t fields_prepare(const struct field *fields, size_t n, char *object)
{
    uint64_t missing = 0;
    for (size_t i = 0; i < n; i++) {
        if (fields[i].flags & FIELD_LOCAL)
            continue;
        field_clear(&fields[i], object + fields[i].offset);
        if (!(fields[i].flags & FIELD_OPTIONAL))
            missing |= UINT64_C(1) << i;
    }
    return missing;
}

enum fault fields_read(const struct field *fields, size_t n, void *object,
                       const struct field_pair *given, size_t given_n, struct arena *arena)
{
    INVARIANT(n > 0 && n <= FIELDS_MAX);
    uint64_t missing = fields_prepare(fields, n, object), seen = 0;
    size_t i = n - 1;
    for (size_t g = 0; g < given_n; g++) {
        i = field_find(fields, n, i + 1 < n ? i + 1 : 0, given[g].name);
        if (i == n)
            return complain("a name that is unknown", NULL);
        if (seen >> i & 1)
            return complain("twice", &fields[i]);
        void *at = (char *)object + fields[i].offset;
        enum fault fault = field_read(&fields[i], at, given[g].value, arena);
        if (fault == FAULT_FORMAT)
            return complain("malformed", &fields[i]);
        if (fault)
            return fault;
        seen |= UINT64_C(1) << i;
    }
    if (missing & ~seen)
        return complain("missing", &fields[__builtin_ctzll(missing & ~seen)]);
    return FAULT_NONE;
}

void fields_place(const struct field *fields, size_t n, void *object, struct text slug)
{
    for (size_t i = 0; i < n; i++) {
        if (fields[i].kind != FIELD_ID)
            continue;
        struct id *id = (void *)((char *)object + fields[i].offset);
        id->slug = slug;
        id->letter = fields[i].letter;
    }
}

static bool field_is_absent(const struct field *field, const void *at)
{
    bool zero = field->flags & FIELD_ZERO_ABSENT;
    switch (field->kind) {
    case FIELD_U64:
    case FIELD_STAMP: return zero && *(const uint64_t *)at == 0;
    case FIELD_U32: return zero && *(const uint32_t *)at == 0;
    case FIELD_BOOL: return zero && !*(const bool *)at;
    case FIELD_ID: return ((const struct id *)at)->number == 0;
    case FIELD_TEXT:
    case FIELD_JSON: {
        const struct text *text = at;
        return !text->at || (zero && text->n == 0);
    }
    case FIELD_PAIRS: {
        const struct pairs *pairs = at;
        return !pairs->at || (zero && pairs->n == 0);
    }
    }
    return false;
}

static void json_stamp(struct json_out *out, uint64_t wall_ms)
{
    char stamp[CLOCK_STAMP_SIZE];
    clock_stamp(wall_ms, stamp);
    json_text(out, (struct text){stamp, CLOCK_STAMP_SIZE - 1});
}

static void json_id(struct json_out *out, const struct id *id)
{
    INVARIANT(id->letter != 0); /* fields_place() was forgotten */
    json_raw(out, TEXT("\""));
    id_put(out->buf, id->slug, id->letter, id->number);
    buf_char(out->buf, '"');
}

static void json_pairs(struct json_out *out, const struct pairs *pairs)
{
    json_array_begin(out);
    for (size_t i = 0; i < pairs->n; i++) {
        json_array_begin(out);
        json_u64(out, pairs->at[i][0]);
        json_u64(out, pairs->at[i][1]);
        json_array_end(out);
    }
    json_array_end(out);
}

static void field_json(const struct field *field, const void *at, struct json_out *out)
{
    switch (field->kind) {
    case FIELD_U64: json_u64(out, *(const uint64_t *)at); break;
    case FIELD_U32: json_u64(out, *(const uint32_t *)at); break;
    case FIELD_BOOL: json_bool(out, *(const bool *)at); break;
    case FIELD_STAMP: json_stamp(out, *(const uint64_t *)at); break;
    case FIELD_ID: json_id(out, at); break;
    case FIELD_TEXT: json_text(out, *(const struct text *)at); break;
    case FIELD_JSON: json_raw(out, *(const struct text *)at); break;
    case FIELD_PAIRS: json_pairs(out, at); break;
    }
}

void fields_json_members(const struct field *fields, size_t n, const void *object,
                         struct json_out *out)
{
    for (size_t i = 0; i < n; i++) {
        const struct field *field = &fields[i];
        const void *at = (const char *)object + field->offset;
        bool absent = field_is_absent(field, at);
        if (field->flags & FIELD_PRIVATE || (absent && field->flags & FIELD_OPTIONAL))
            continue;
        json_name(out, field->name);
        if (absent)
            json_none(out);
        else
            field_json(field, at, out);
    }
}

void fields_json(const struct field *fields, size_t n, const void *object, struct json_out *out)
{
    json_object_begin(out);
    fields_json_members(fields, n, object, out);
    json_object_end(out);
}
