/* text.c -- comparing, cutting and reading borrowed runs of bytes. */
#include "groundswell/base/text.h"

struct text text_of(const char *cstr)
{
    return cstr ? (struct text){cstr, strlen(cstr)} : TEXT_NONE;
}

bool text_equal(struct text a, struct text b)
{
    return a.n == b.n && (a.n == 0 || memcmp(a.at, b.at, a.n) == 0);
}

bool text_is(struct text a, const char *cstr)
{
    return text_equal(a, text_of(cstr));
}

static unsigned char lower(char c)
{
    return (unsigned char)(c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c);
}

bool text_equal_nocase(struct text a, struct text b)
{
    if (a.n != b.n)
        return false;
    for (size_t i = 0; i < a.n; i++)
        if (lower(a.at[i]) != lower(b.at[i]))
            return false;
    return true;
}

bool text_starts(struct text a, struct text prefix)
{
    return a.n >= prefix.n && (prefix.n == 0 || memcmp(a.at, prefix.at, prefix.n) == 0);
}

int text_compare(struct text a, struct text b)
{
    size_t n = a.n < b.n ? a.n : b.n;
    int order = n ? memcmp(a.at, b.at, n) : 0;
    if (order)
        return order;
    return a.n < b.n ? -1 : a.n > b.n;
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

struct text text_trim(struct text a)
{
    while (a.n && is_blank(a.at[0])) {
        a.at++;
        a.n--;
    }
    while (a.n && is_blank(a.at[a.n - 1]))
        a.n--;
    return a;
}

struct text text_cut(struct text *rest, char separator)
{
    struct text head = *rest;
    const char *found = head.n ? memchr(head.at, separator, head.n) : NULL;
    if (!found) {
        *rest = TEXT_NONE;
        return head;
    }
    head.n = (size_t)(found - head.at);
    rest->at += head.n + 1;
    rest->n -= head.n + 1;
    return head;
}

bool text_to_u64(struct text a, uint64_t max, uint64_t *ret_value)
{
    if (a.n == 0 || a.n > 20 || (a.at[0] == '0' && a.n > 1))
        return false;
    uint64_t value = 0;
    for (size_t i = 0; i < a.n; i++) {
        unsigned digit = (unsigned)(unsigned char)a.at[i] - '0';
        if (digit > 9 || __builtin_mul_overflow(value, UINT64_C(10), &value) ||
            __builtin_add_overflow(value, (uint64_t)digit, &value))
            return false;
    }
    if (value > max)
        return false;
    *ret_value = value;
    return true;
}

/* Length of the well-formed multi-byte sequence at p (Unicode, table 3-7), 0 where there is
 * none. */
static size_t sequence_length(const unsigned char *p, size_t n)
{
    unsigned char low = 0x80, high = 0xbf; /* bounds of the second byte */
    size_t length;
    if (p[0] >= 0xc2 && p[0] <= 0xdf)
        length = 2;
    else if (p[0] >= 0xe0 && p[0] <= 0xef)
        length = 3;
    else if (p[0] >= 0xf0 && p[0] <= 0xf4)
        length = 4;
    else
        return 0;
    if (n < length)
        return 0;
    if (p[0] == 0xe0) /* overlong */
        low = 0xa0;
    else if (p[0] == 0xed) /* surrogates */
        high = 0x9f;
    else if (p[0] == 0xf0) /* overlong */
        low = 0x90;
    else if (p[0] == 0xf4) /* above U+10FFFF */
        high = 0x8f;
    if (p[1] < low || p[1] > high)
        return 0;
    for (size_t i = 2; i < length; i++)
        if ((p[i] & 0xc0) != 0x80)
            return 0;
    return length;
}

bool text_is_clean_utf8(struct text a)
{
    const unsigned char *p = (const unsigned char *)a.at;
    for (size_t i = 0; i < a.n;) {
        if (p[i] < 0x80) {
            if (p[i] < 0x20 && p[i] != '\n' && p[i] != '\t')
                return false;
            i++;
            continue;
        }
        size_t length = sequence_length(p + i, a.n - i);
        if (length == 0)
            return false;
        i += length;
    }
    return true;
}

size_t text_code_points(struct text a)
{
    size_t n = 0;
    for (size_t i = 0; i < a.n; i++)
        n += ((unsigned char)a.at[i] & 0xc0) != 0x80;
    return n;
}
