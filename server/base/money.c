/* money.c -- reading and writing amounts. The only place where a decimal point meets money. */
#include "groundswell/base/money.h"

#define MINOR_PER_MAJOR 100

/* "1" -> 10, "11" -> 11, "110" -> 11; false where a digit beyond the second is not zero. */
static bool parse_fraction(struct text digits, uint64_t *ret_minor)
{
    if (digits.n == 0)
        return false;
    uint64_t minor = 0;
    for (size_t i = 0; i < digits.n; i++) {
        unsigned digit = (unsigned)(unsigned char)digits.at[i] - '0';
        if (digit > 9 || (i >= 2 && digit != 0))
            return false;
        if (i < 2)
            minor += digit * (i == 0 ? 10u : 1u);
    }
    *ret_minor = minor;
    return true;
}

bool money_parse(struct text decimal, uint64_t *ret_minor)
{
    uint64_t major, fraction = 0;
    struct text rest = decimal;
    struct text whole = text_cut(&rest, '.');
    if (!text_to_u64(whole, MONEY_MAX / MINOR_PER_MAJOR, &major))
        return false;
    if (rest.at && !parse_fraction(rest, &fraction))
        return false;
    if (major * MINOR_PER_MAJOR > MONEY_MAX - fraction)
        return false;
    *ret_minor = major * MINOR_PER_MAJOR + fraction;
    return true;
}

void money_put(struct buf *out, uint64_t minor)
{
    char digits[32];
    char *at = digits + sizeof digits;
    *--at = (char)('0' + minor % 10);
    *--at = (char)('0' + minor / 10 % 10);
    *--at = '.';
    uint64_t major = minor / MINOR_PER_MAJOR;
    unsigned written = 0;
    do {
        if (written && written % 3 == 0)
            *--at = ',';
        *--at = (char)('0' + major % 10);
        major /= 10;
        written++;
    } while (major);
    buf_put(out, at, (size_t)(digits + sizeof digits - at));
}
