/* format_read.c -- amounts and numbers as people type them, read back into integers.
 *
 * Generous in what costs no doubt (blanks at the ends, the sign of the currency, commas between
 * thousands), strict in the rest: "1.234,50" is refused, not guessed at. */
#include "groundswell/view/format.h"

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool drop_front(struct text *text, struct text front)
{
    if (text->n < front.n || !text_equal_nocase((struct text){text->at, front.n}, front))
        return false;
    *text = text_trim((struct text){text->at + front.n, text->n - front.n});
    return true;
}

static bool drop_back(struct text *text, struct text back)
{
    if (text->n < back.n ||
        !text_equal_nocase((struct text){text->at + text->n - back.n, back.n}, back))
        return false;
    *text = text_trim((struct text){text->at, text->n - back.n});
    return true;
}

static bool is_all_digits(struct text text)
{
    for (size_t i = 0; i < text.n; i++)
        if (!is_digit(text.at[i]))
            return false;
    return text.n > 0;
}

/* *value = *value * 10 + digit, false past `max`. */
static bool take_digit(uint64_t *value, char digit, uint64_t max)
{
    uint64_t more = (uint64_t)(digit - '0');
    if (*value > max / 10 || *value * 10 > max - more)
        return false;
    *value = *value * 10 + more;
    return true;
}

/* What stands before the point: digits, or groups of three behind the first. */
static enum format_wrong judge_whole(struct text whole)
{
    struct text rest = whole;
    for (bool first = true; rest.at; first = false) {
        bool alone = first;
        struct text group = text_cut(&rest, ',');
        alone = alone && !rest.at;
        if (group.n && !is_all_digits(group))
            return FORMAT_NO_NUMBER;
        if (!alone && (first ? group.n < 1 || group.n > 3 : group.n != 3))
            return FORMAT_COMMAS;
        if (alone && !group.n)
            return FORMAT_NO_NUMBER;
    }
    return FORMAT_GOOD;
}

/* Digits with at most `digits` decimals, in units of the last of them. */
static enum format_wrong read_decimal(struct text typed, unsigned digits, uint64_t max,
                                      uint64_t *ret)
{
    uint64_t value = 0;
    struct text fraction = typed, whole = text_cut(&fraction, '.');
    bool signed_off = drop_front(&whole, TEXT("-")) || drop_front(&whole, TEXT("\xe2\x88\x92"));
    enum format_wrong wrong = judge_whole(whole);
    if (!wrong && fraction.at && !is_all_digits(fraction))
        wrong = FORMAT_NO_NUMBER;
    if (!wrong && signed_off)
        wrong = FORMAT_NEGATIVE;
    if (!wrong && fraction.n > digits)
        wrong = FORMAT_FRACTION;
    if (wrong)
        return wrong;
    for (size_t i = 0; i < whole.n; i++)
        if (whole.at[i] != ',' && !take_digit(&value, whole.at[i], max))
            return FORMAT_TOO_MUCH;
    for (unsigned i = 0; i < digits; i++)
        if (!take_digit(&value, i < fraction.n ? fraction.at[i] : '0', max))
            return FORMAT_TOO_MUCH;
    *ret = value;
    return FORMAT_GOOD;
}

/* ---- money ----------------------------------------------------------------------------------- */

static const struct sign {
    const char *code, *sign;
} signs[] = {{"GBP", "\xc2\xa3"}, {"EUR", "\xe2\x82\xac"}, {"USD", "$"}, {"PLN", "z\xc5\x82"}};

/* Takes the sign or code of the currency off; FORMAT_CURRENCY where it is another's. */
static enum format_wrong drop_currency(struct text *typed, struct text currency)
{
    if (currency.n && (drop_front(typed, currency) || drop_back(typed, currency)))
        return FORMAT_GOOD;
    for (size_t i = 0; i < sizeof signs / sizeof *signs; i++) {
        struct text sign = text_of(signs[i].sign), code = text_of(signs[i].code);
        if (!drop_front(typed, sign) && !drop_back(typed, sign) && !drop_front(typed, code) &&
            !drop_back(typed, code))
            continue;
        return text_equal(code, currency) ? FORMAT_GOOD : FORMAT_CURRENCY;
    }
    return FORMAT_GOOD;
}

enum format_wrong format_read_money(struct text typed, struct text currency, uint64_t max,
                                    uint64_t *ret_minor)
{
    struct text rest = text_trim(typed);
    if (!rest.n)
        return FORMAT_EMPTY;
    bool negative = drop_front(&rest, TEXT("-")) || drop_front(&rest, TEXT("\xe2\x88\x92"));
    enum format_wrong wrong = drop_currency(&rest, currency);
    uint64_t minor;
    if (!wrong)
        wrong = read_decimal(rest, format_minor_digits(currency), max, &minor);
    if (negative && (!wrong || wrong == FORMAT_TOO_MUCH || wrong == FORMAT_FRACTION))
        return FORMAT_NEGATIVE;
    if (!wrong)
        *ret_minor = minor;
    return wrong;
}

enum format_wrong format_read_number(struct text typed, uint64_t max, uint64_t *ret)
{
    struct text rest = text_trim(typed);
    return rest.n ? read_decimal(rest, 0, max, ret) : FORMAT_EMPTY;
}

enum format_wrong format_read_permille(struct text typed, uint64_t *ret)
{
    struct text rest = text_trim(typed);
    if (!rest.n)
        return FORMAT_EMPTY;
    (void)drop_back(&rest, TEXT("%"));
    return read_decimal(rest, 1, 1000, ret);
}
