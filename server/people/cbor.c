/* cbor.c -- see cbor.h. */
#include "cbor.h"

#define SIMPLE 7
#define SIMPLE_FALSE 20 /* false, true, null, undefined */
#define SIMPLE_UNDEFINED 23
#define FLOAT_16 25
#define FLOAT_64 27

/* The argument of a head (RFC 8949 s.3): in the first byte, or in 1, 2, 4 or 8 more. */
static bool argument(struct text *rest, unsigned low, uint64_t *ret)
{
    *ret = low;
    if (low < 24) return true;
    if (low > 27) return false; /* reserved, or an indefinite length */
    const size_t n = (size_t)1 << (low - 24);
    if (rest->n < n) return false;
    *ret = 0;
    for (size_t i = 0; i < n; i++)
        *ret = *ret << 8 | (uint8_t)rest->at[i];
    rest->at += n;
    rest->n -= n;
    return true;
}

bool cbor_head(struct text *rest, unsigned *ret_kind, uint64_t *ret_value)
{
    if (rest->n == 0) return false;
    const uint8_t first = (uint8_t)rest->at[0];
    rest->at++;
    rest->n--;
    *ret_kind = first >> 5;
    return argument(rest, first & 31u, ret_value);
}

static bool bytes_cut(struct text *rest, uint64_t n, struct text *ret)
{
    if (n > rest->n) return false;
    *ret = (struct text){rest->at, (size_t)n};
    rest->at += n;
    rest->n -= (size_t)n;
    return true;
}

bool cbor_string(struct text *rest, unsigned kind, struct text *ret)
{
    unsigned found;
    uint64_t n;
    return cbor_head(rest, &found, &n) && found == kind && bytes_cut(rest, n, ret);
}

bool cbor_map(struct text *rest, uint64_t *ret_pairs)
{
    unsigned kind;
    return cbor_head(rest, &kind, ret_pairs) && kind == CBOR_MAP && *ret_pairs <= rest->n / 2;
}

static bool skip(struct text *rest, unsigned depth);

static bool skip_many(struct text *rest, uint64_t n, unsigned depth)
{
    if (depth == 0 || n > rest->n) return false; /* an item has a byte at least */
    for (uint64_t i = 0; i < n; i++)
        if (!skip(rest, depth - 1)) return false;
    return true;
}

static bool skip(struct text *rest, unsigned depth)
{
    unsigned kind;
    uint64_t value;
    struct text ignored;
    if (rest->n == 0) return false;
    const unsigned low = (uint8_t)rest->at[0] & 31u;
    if (!cbor_head(rest, &kind, &value)) return false;
    switch (kind) {
    case CBOR_UINT:
    case CBOR_NEGATIVE: return true;
    case CBOR_BYTES:
    case CBOR_TEXT: return bytes_cut(rest, value, &ignored);
    case CBOR_ARRAY: return skip_many(rest, value, depth);
    case CBOR_MAP: return value <= rest->n / 2 && skip_many(rest, value * 2, depth);
    case SIMPLE:
        return (low >= SIMPLE_FALSE && low <= SIMPLE_UNDEFINED) ||
               (low >= FLOAT_16 && low <= FLOAT_64);
    default: return false; /* a tag */
    }
}

bool cbor_skip(struct text *rest)
{
    return skip(rest, CBOR_DEPTH_MAX);
}
