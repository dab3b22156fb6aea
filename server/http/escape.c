/* escape.c -- percent-decoding, strict: what cannot be meant is refused, not repaired.
 *
 * A slash, a NUL or a dot segment that hides behind an escape has one use only, to be read
 * differently by two programs. */
#include "escape.h"

static int hex_value(char c)
{
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

/* Writes the decoded bytes to `into`, which holds raw.n of them. */
static enum fault decode(struct text raw, bool plus, char *into, size_t *ret_n)
{
    size_t n = 0;
    for (size_t i = 0; i < raw.n; i++) {
        char c = raw.at[i];
        if (c == '%') {
            if (raw.n - i < 3) return FAULT_FORMAT;
            int high = hex_value(raw.at[i + 1]), low = hex_value(raw.at[i + 2]);
            if (high < 0 || low < 0) return FAULT_FORMAT;
            c = (char)(high * 16 + low);
            i += 2;
        } else if (plus && c == '+') {
            c = ' ';
        }
        into[n++] = c;
    }
    *ret_n = n;
    return FAULT_NONE;
}

/* A visible ASCII character: all that a target may show unescaped. */
static bool is_graphic(char c)
{
    return (unsigned char)c > ' ' && (unsigned char)c < 0x7f;
}

static bool is_plain(struct text raw)
{
    for (size_t i = 0; i < raw.n; i++) {
        if (raw.at[i] == '%' || !is_graphic(raw.at[i])) return false;
    }
    return true;
}

static bool is_dots(struct text segment)
{
    return text_is(segment, ".") || text_is(segment, "..");
}

enum fault escape_segment(struct arena *arena, struct text raw, struct text *ret)
{
    *ret = raw;
    if (is_plain(raw)) return is_dots(raw) ? FAULT_FORMAT : FAULT_NONE;
    char *into = arena_alloc(arena, raw.n + 1);
    if (!into) return FAULT_MEMORY;
    for (size_t i = 0; i < raw.n; i++)
        if (!is_graphic(raw.at[i])) return FAULT_FORMAT;
    enum fault no = decode(raw, false, into, &ret->n);
    if (no) return no;
    ret->at = into;
    for (size_t i = 0; i < ret->n; i++)
        if ((unsigned char)into[i] < ' ' || into[i] == 0x7f || into[i] == '/') return FAULT_FORMAT;
    if (is_dots(*ret) || !text_is_clean_utf8(*ret)) return FAULT_FORMAT;
    return FAULT_NONE;
}

enum fault escape_query(struct arena *arena, struct text raw, struct text *ret)
{
    char *into = arena_alloc(arena, raw.n + 1);
    if (!into) return FAULT_MEMORY;
    enum fault no = decode(raw, true, into, &ret->n);
    if (no) return no;
    ret->at = into;
    return text_is_clean_utf8(*ret) ? FAULT_NONE : FAULT_FORMAT;
}

enum fault escape_form(struct arena *arena, struct text raw, struct text *ret)
{
    char *into = arena_alloc(arena, raw.n + 1);
    size_t n = 0;
    if (!into) return FAULT_MEMORY;
    enum fault no = decode(raw, true, into, &ret->n);
    if (no) return no;
    for (size_t i = 0; i < ret->n; i++)
        if (into[i] != '\r' || i + 1 == ret->n || into[i + 1] != '\n') into[n++] = into[i];
    *ret = (struct text){into, n};
    return text_is_clean_utf8(*ret) ? FAULT_NONE : FAULT_FORMAT;
}
