/* encode.c -- the text forms of bytes that secret.h declares: hexadecimal and the two base64
 * alphabets.
 *
 * Decoding is strict, so that one value has one spelling: tokens and ids are compared as text
 * elsewhere. */
#include "groundswell/base/secret.h"

static const char alphabet[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
static const char alphabet_url[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

void encode_hex(struct buf *out, const void *data, size_t n)
{
    static const char hex[] = "0123456789abcdef";
    const unsigned char *p = data;
    for (size_t i = 0; i < n; i++)
        buf_put(out, (char[]){hex[p[i] >> 4], hex[p[i] & 15]}, 2);
}

static void encode_64(struct buf *out, const unsigned char *p, size_t n, const char *letters,
                      bool padded)
{
    for (; n >= 3; n -= 3, p += 3) {
        char four[4] = {letters[p[0] >> 2], letters[(p[0] & 3) << 4 | p[1] >> 4],
                        letters[(p[1] & 15) << 2 | p[2] >> 6], letters[p[2] & 63]};
        buf_put(out, four, 4);
    }
    if (n == 0)
        return;
    unsigned second = n == 2 ? p[1] : 0;
    char last[4] = {letters[p[0] >> 2], letters[(p[0] & 3u) << 4 | second >> 4],
                    n == 2 ? letters[(second & 15) << 2] : '=', '='};
    buf_put(out, last, padded ? 4 : n + 1);
}

void encode_base64url(struct buf *out, const void *data, size_t n)
{
    encode_64(out, data, n, alphabet_url, false);
}

void encode_base64(struct buf *out, const void *data, size_t n)
{
    encode_64(out, data, n, alphabet, true);
}

/* Of a letter in the alphabet whose last two are `last`; -1 where it is in neither place. */
static int value_64(char c, const char last[static 2])
{
    if (c >= 'A' && c <= 'Z')
        return c - 'A';
    if (c >= 'a' && c <= 'z')
        return c - 'a' + 26;
    if (c >= '0' && c <= '9')
        return c - '0' + 52;
    return c == last[0] ? 62 : c == last[1] ? 63 : -1;
}

static size_t decode_64(struct text from, void *ret, size_t max, const char last[static 2])
{
    size_t size = from.n / 4 * 3 + (from.n % 4 ? from.n % 4 - 1 : 0);
    if (from.n % 4 == 1 || size > max)
        return SIZE_MAX;
    unsigned char *out = ret;
    uint32_t bits = 0;
    unsigned held = 0; /* bits not yet written */
    for (size_t i = 0; i < from.n; i++) {
        int value = value_64(from.at[i], last);
        if (value < 0)
            return SIZE_MAX;
        bits = bits << 6 | (uint32_t)value;
        held += 6;
        if (held >= 8) {
            held -= 8;
            *out++ = (unsigned char)(bits >> held);
        }
    }
    return bits & ((1u << held) - 1) ? SIZE_MAX : size;
}

size_t decode_base64url(struct text from, void *ret, size_t max)
{
    return decode_64(from, ret, max, "-_");
}

size_t decode_base64(struct text from, void *ret, size_t max)
{
    if (from.n % 4)
        return SIZE_MAX;
    for (int i = 0; i < 2 && from.n && from.at[from.n - 1] == '='; i++)
        from.n--;
    return decode_64(from, ret, max, "+/");
}

static int value_hex(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

size_t decode_hex(struct text from, void *ret, size_t max)
{
    unsigned char *out = ret;
    if (from.n % 2 || from.n / 2 > max)
        return SIZE_MAX;
    for (size_t i = 0; i < from.n; i += 2) {
        int high = value_hex(from.at[i]), low = value_hex(from.at[i + 1]);
        if (high < 0 || low < 0)
            return SIZE_MAX;
        out[i / 2] = (unsigned char)(high << 4 | low);
    }
    return from.n / 2;
}
