/* json.c -- JSON in, through Jansson behind our own bounds; JSON out, straight into a buffer.
 *
 * Jansson recurses up to 2,048 deep, so the depth is counted over the bytes before it sees them.
 * Its error texts quote the input; ours never do, since they end up in answers and logs. */
#include "groundswell/base/json.h"

static void problem_say(struct json_problem *ret, const char *what, const json_error_t *where)
{
    if (!ret)
        return;
    *ret = (struct json_problem){.offset = 0};
    snprintf(ret->what, sizeof ret->what, "%s", what);
    if (!where)
        return;
    ret->line = where->line > 0 ? (size_t)where->line : 0;
    ret->column = where->column > 0 ? (size_t)where->column : 0;
    ret->offset = where->position > 0 ? (size_t)where->position : 0;
}

/* Offset of the bracket that nests deeper than depth_max, or SIZE_MAX. Malformed input is Jansson's
 * to find. */
static size_t too_deep_at(struct text input, size_t depth_max)
{
    size_t depth = 0;
    bool in_string = false;
    for (size_t i = 0; i < input.n; i++) {
        char c = input.at[i];
        if (in_string) {
            if (c == '\\')
                i++;
            else if (c == '"')
                in_string = false;
        } else if (c == '"') {
            in_string = true;
        } else if (c == '[' || c == '{') {
            if (++depth > depth_max)
                return i;
        } else if ((c == ']' || c == '}') && depth > 0) {
            depth--;
        }
    }
    return SIZE_MAX;
}

static const char *problem_words(enum json_error_code code)
{
    switch (code) {
    case json_error_premature_end_of_input: return "the JSON ends too early";
    case json_error_end_of_input_expected:
        return "there is something after the end of the JSON value";
    case json_error_invalid_utf8: return "the JSON is not valid UTF-8";
    case json_error_null_character:
    case json_error_null_byte_in_key: return "the JSON contains a NUL character";
    case json_error_duplicate_key: return "a member name stands twice in one JSON object";
    case json_error_numeric_overflow: return "a number is too large";
    case json_error_stack_overflow: return "the JSON is nested too deeply";
    default: return "the JSON is malformed";
    }
}

enum fault json_read(struct text input, size_t depth_max, json_t **ret,
                     struct json_problem *ret_problem)
{
    *ret = NULL;
    if (depth_max > JSON_DEPTH_MAX)
        depth_max = JSON_DEPTH_MAX;
    size_t deep = too_deep_at(input, depth_max);
    if (deep != SIZE_MAX) {
        problem_say(ret_problem, "the JSON is nested too deeply", NULL);
        if (ret_problem)
            ret_problem->offset = deep;
        return FAULT_FORMAT;
    }
    if (input.n && memchr(input.at, '\0', input.n)) { /* Jansson takes one at the end for the end */
        problem_say(ret_problem, problem_words(json_error_null_character), NULL);
        return FAULT_FORMAT;
    }
    json_error_t error;
    size_t flags = JSON_REJECT_DUPLICATES | JSON_DECODE_ANY;
    *ret = json_loadb(input.at ? input.at : "", input.n, flags, &error);
    if (*ret)
        return FAULT_NONE;
    enum json_error_code code = json_error_code(&error);
    if (code == json_error_out_of_memory)
        return FAULT_MEMORY;
    problem_say(ret_problem, problem_words(code), &error);
    return FAULT_FORMAT;
}

static inline void separate(struct json_out *out)
{
    if (out->comma)
        buf_char(out->buf, ',');
    out->comma = true;
}

static void open_with(struct json_out *out, char bracket)
{
    separate(out);
    buf_char(out->buf, bracket);
    out->comma = false;
}

static void close_with(struct json_out *out, char bracket)
{
    buf_char(out->buf, bracket);
    out->comma = true;
}

void json_object_begin(struct json_out *out)
{
    open_with(out, '{');
}

void json_object_end(struct json_out *out)
{
    close_with(out, '}');
}

void json_array_begin(struct json_out *out)
{
    open_with(out, '[');
}

void json_array_end(struct json_out *out)
{
    close_with(out, ']');
}

static void put_escape(struct buf *buf, unsigned char c)
{
    switch (c) {
    case '"': buf_put(buf, "\\\"", 2); break;
    case '\\': buf_put(buf, "\\\\", 2); break;
    case '\n': buf_put(buf, "\\n", 2); break;
    case '\t': buf_put(buf, "\\t", 2); break;
    case '\r': buf_put(buf, "\\r", 2); break;
    default: buf_format(buf, "\\u%04x", c); break;
    }
}

static void put_quoted(struct buf *buf, struct text value)
{
    buf_char(buf, '"');
    size_t from = 0;
    for (size_t i = 0; i < value.n; i++) {
        unsigned char c = (unsigned char)value.at[i];
        if (__builtin_expect(c >= 0x20 && c != '"' && c != '\\', 1))
            continue;
        buf_put(buf, value.at + from, i - from);
        put_escape(buf, c);
        from = i + 1;
    }
    if (value.n > from)
        buf_put(buf, value.at + from, value.n - from);
    buf_char(buf, '"');
}

void json_name(struct json_out *out, const char *name)
{
    separate(out);
    put_quoted(out->buf, text_of(name));
    buf_char(out->buf, ':');
    out->comma = false;
}

void json_text(struct json_out *out, struct text value)
{
    if (!value.at) {
        json_none(out);
        return;
    }
    separate(out);
    put_quoted(out->buf, value);
}

void json_u64(struct json_out *out, uint64_t value)
{
    separate(out);
    buf_u64(out->buf, value);
}

void json_bool(struct json_out *out, bool value)
{
    json_raw(out, value ? TEXT("true") : TEXT("false"));
}

void json_none(struct json_out *out)
{
    json_raw(out, TEXT("null"));
}

void json_raw(struct json_out *out, struct text json)
{
    separate(out);
    buf_text(out->buf, json);
}

void json_text_at(struct json_out *out, const char *name, struct text value)
{
    json_name(out, name);
    json_text(out, value);
}

void json_u64_at(struct json_out *out, const char *name, uint64_t value)
{
    json_name(out, name);
    json_u64(out, value);
}

void json_bool_at(struct json_out *out, const char *name, bool value)
{
    json_name(out, name);
    json_bool(out, value);
}
