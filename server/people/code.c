/* code.c -- how a letter's code is drawn, read and hidden.
 *
 * Symbols and their look-alikes are Crockford's (crockford.com/base32.html). What a person typed is
 * judged symbol by symbol, so that a wrong one can be named by its place; nothing is said about
 * whether a code exists.
 *
 * Expiry, wrong tries and who a code belongs to are not here: they change, and live in the
 * ledger. */
#include "groundswell/people/code.h"

#include "groundswell/base/secret.h"

#define SYMBOLS "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
#define SYMBOL_BITS 5
#define WHOLE_SIZE (CODE_SERIAL_SIZE + CODE_SECRET_SIZE) /* symbols that the check covers */
#define TYPED_MAX 512 /* bytes; what is longer is read up to here */
#define CHECK_MODULUS 37
#define CODE_DOMAIN "groundswell code v1"

/* ---- characters ------------------------------------------------------------------------------ */

/* The value of a symbol in any of its forms, or -1. */
static int symbol_value(uint32_t c)
{
    if (c >= 'a' && c <= 'z') c -= 'a' - 'A';
    if (c == 'O') c = '0';
    if (c == 'I' || c == 'L') c = '1';
    if (c == 0 || c > 'Z') return -1;
    const char *at = strchr(SYMBOLS, (int)c);
    return at ? (int)(at - SYMBOLS) : -1;
}

/* Blanks and hyphens that keyboards, word processors and messengers put between groups. */
static bool is_between(uint32_t c)
{
    static const struct {
        uint32_t first, last;
    } ranges[] = {
        {'\t', '\r'},       {' ', ' '},         {'-', '-'},         {0x00a0, 0x00a0},
        {0x00ad, 0x00ad},   {0x1680, 0x1680},   {0x2000, 0x200d},   {0x2010, 0x2015},
        {0x2028, 0x2029},   {0x202f, 0x202f},   {0x2043, 0x2043},   {0x205f, 0x2060},
        {0x2212, 0x2212},   {0x3000, 0x3000},   {0xfe58, 0xfe58},   {0xfe63, 0xfe63},
        {0xfeff, 0xfeff},   {0xff0d, 0xff0d},
    };
    for (size_t i = 0; i < sizeof(ranges) / sizeof(ranges[0]); i++)
        if (c >= ranges[i].first && c <= ranges[i].last) return true;
    return false;
}

/* Cuts one character off; bytes that are no UTF-8 come one by one as U+FFFD. */
static uint32_t character_next(struct text *rest)
{
    const uint8_t *at = (const uint8_t *)rest->at;
    const size_t n = at[0] < 0x80 ? 1 : at[0] < 0xc2 ? 0 : at[0] < 0xe0 ? 2 : at[0] < 0xf0 ? 3 : 0;
    uint32_t c = n < 2 ? at[0] : at[0] & (0xffu >> (n + 1));
    bool good = n > 0 && n <= rest->n;
    for (size_t i = 1; good && i < n; i++) {
        good = (at[i] & 0xc0) == 0x80;
        c = c << 6 | (at[i] & 0x3fu);
    }
    const size_t taken = good ? n : 1;
    rest->at += taken;
    rest->n -= taken;
    return good ? c : 0xfffd;
}

/* Reads symbols into `values`, at most `max` of them, and counts all. The place of the first
 * character that is none, or 0. */
static size_t symbols_read(struct text typed, uint8_t *values, size_t max, size_t *ret_n)
{
    struct text rest = {typed.at, typed.n > TYPED_MAX ? TYPED_MAX : typed.n};
    size_t n = 0;
    for (size_t place = 1; rest.n > 0; place++) {
        const uint32_t c = character_next(&rest);
        if (is_between(c)) continue;
        const int value = symbol_value(c);
        if (value < 0) return place;
        if (n < max) values[n] = (uint8_t)value;
        n++;
    }
    *ret_n = n;
    return 0;
}

/* ---- codes ----------------------------------------------------------------------------------- */

/* The sixteen symbols as one number of 80 bits, modulo 37. */
static unsigned check_of(const uint8_t values[static WHOLE_SIZE])
{
    unsigned rest = 0;
    for (size_t i = 0; i < WHOLE_SIZE; i++)
        rest = (rest << SYMBOL_BITS | values[i]) % CHECK_MODULUS;
    return rest;
}

static void code_of_values(const uint8_t values[static WHOLE_SIZE], struct code *ret)
{
    *ret = (struct code){0};
    for (size_t i = 0; i < CODE_SERIAL_SIZE; i++)
        ret->serial[i] = SYMBOLS[values[i]];
    for (size_t i = 0; i < CODE_SECRET_SIZE; i++)
        ret->secret[i] = SYMBOLS[values[CODE_SERIAL_SIZE + i]];
}

static void values_of_code(const struct code *code, uint8_t ret[static WHOLE_SIZE])
{
    for (size_t i = 0; i < WHOLE_SIZE; i++) {
        const char c = i < CODE_SERIAL_SIZE ? code->serial[i] : code->secret[i - CODE_SERIAL_SIZE];
        const int value = symbol_value((uint8_t)c);
        INVARIANT(value >= 0);
        ret[i] = (uint8_t)value;
    }
}

bool code_from_bytes(const uint8_t bytes[static CODE_RANDOM_SIZE], struct code *ret)
{
    uint8_t values[WHOLE_SIZE];
    unsigned held = 0, held_bits = 0;
    for (size_t i = 0, next = 0; i < WHOLE_SIZE; i++) {
        if (held_bits < SYMBOL_BITS) {
            held = held << 8 | bytes[next++];
            held_bits += 8;
        }
        held_bits -= SYMBOL_BITS;
        values[i] = (uint8_t)(held >> held_bits & 31u);
        held &= (1u << held_bits) - 1;
    }
    const bool good = check_of(values) < sizeof(SYMBOLS) - 1;
    *ret = (struct code){0};
    if (good) code_of_values(values, ret);
    secret_wipe(values, sizeof(values));
    return good;
}

void code_draw(struct code *ret)
{
    uint8_t bytes[CODE_RANDOM_SIZE];
    do
        secret_random(bytes, sizeof(bytes));
    while (!code_from_bytes(bytes, ret));
    secret_wipe(bytes, sizeof(bytes));
}

enum code_verdict code_parse(struct text typed, struct code *ret, struct code_problem *ret_problem)
{
    uint8_t values[WHOLE_SIZE + 1];
    struct code_problem problem = {0};
    enum code_verdict verdict = CODE_GOOD;
    size_t n = 0;
    *ret = (struct code){0};
    problem.position = symbols_read(typed, values, WHOLE_SIZE + 1, &n);
    if (problem.position > 0) {
        verdict = CODE_CHARACTER;
    } else if (n < WHOLE_SIZE + 1) {
        verdict = CODE_TOO_SHORT;
        problem.by = WHOLE_SIZE + 1 - n;
    } else if (n > WHOLE_SIZE + 1) {
        verdict = CODE_TOO_LONG;
        problem.by = n - (WHOLE_SIZE + 1);
    } else if (check_of(values) != values[WHOLE_SIZE]) {
        verdict = CODE_CHECK;
    } else {
        code_of_values(values, ret);
    }
    secret_wipe(values, sizeof(values));
    if (ret_problem) *ret_problem = problem;
    return verdict;
}

bool code_serial_parse(struct text typed, char ret_serial[static CODE_SERIAL_SIZE + 1])
{
    uint8_t values[CODE_SERIAL_SIZE];
    size_t n = 0;
    memset(ret_serial, 0, CODE_SERIAL_SIZE + 1);
    if (symbols_read(typed, values, CODE_SERIAL_SIZE, &n) > 0) return false;
    if (n != CODE_SERIAL_SIZE) return false;
    for (size_t i = 0; i < CODE_SERIAL_SIZE; i++)
        ret_serial[i] = SYMBOLS[values[i]];
    return true;
}

void code_format(const struct code *code, char ret[static CODE_TEXT_SIZE + 1])
{
    uint8_t values[WHOLE_SIZE + 1];
    values_of_code(code, values);
    values[WHOLE_SIZE] = (uint8_t)check_of(values);
    INVARIANT(values[WHOLE_SIZE] < sizeof(SYMBOLS) - 1);
    char *at = ret;
    for (size_t i = 0; i < WHOLE_SIZE + 1; i++) {
        if (i == 5 || i == 9 || i == 13) *at++ = '-';
        *at++ = SYMBOLS[values[i]];
    }
    *at = '\0';
    secret_wipe(values, sizeof(values));
}

void code_hash(const struct people_keys *keys, struct text slug, const struct code *code,
               uint8_t ret[static PEOPLE_HASH_SIZE])
{
    uint8_t whole[DIGEST_SIZE];
    char joined[128];
    INVARIANT(slug_is_valid(slug)); /* bounds it, and holds no NUL */
    size_t n = 0;
    const struct text parts[] = {TEXT(CODE_DOMAIN), slug, text_of(code->serial),
                                 text_of(code->secret)};
    for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
        memcpy(joined + n, parts[i].at, parts[i].n);
        n += parts[i].n;
        joined[n++] = '\0';
    }
    digest_hmac((struct text){(const char *)keys->code, TOKEN_KEY_SIZE}, (struct text){joined, n},
                whole);
    memcpy(ret, whole, PEOPLE_HASH_SIZE);
    secret_wipe(joined, sizeof(joined));
}

void code_release(struct code *code)
{
    secret_wipe(code, sizeof(*code));
}
