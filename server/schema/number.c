/* number.c -- JSON numbers and values by value.
 *
 * Jansson keeps an integer as 64 bits and all else as a double. Comparing the two by converting
 * would call 2^53 + 1 and 2^53 equal, and dividing doubles would not find 0.0075 to be a multiple
 * of 0.0001. So integers are compared as integers, and multiples are found on the decimal digits
 * that people wrote. */
#include "number.h"

#include <math.h>

#include "groundswell/base/text.h"

__extension__ typedef unsigned __int128 u128;

struct decimal { /* digits * 10^power, digits not ending in 0 */
    uint64_t digits;
    int power;
};

static int compare_mixed(json_int_t integer, double real)
{
    if (real >= 9223372036854775808.0) return -1;
    if (real < -9223372036854775808.0) return 1;
    json_int_t whole = (json_int_t)real; /* towards zero; exact, as |real| < 2^63 */
    double rest = real - (double)whole;
    if (integer != whole) return integer < whole ? -1 : 1;
    return rest > 0 ? -1 : rest < 0 ? 1 : 0;
}

int number_compare(const json_t *a, const json_t *b)
{
    if (json_is_integer(a) && json_is_integer(b)) {
        json_int_t left = json_integer_value(a), right = json_integer_value(b);
        return left < right ? -1 : left > right;
    }
    if (json_is_integer(a)) return compare_mixed(json_integer_value(a), json_real_value(b));
    if (json_is_integer(b)) return -compare_mixed(json_integer_value(b), json_real_value(a));
    double left = json_real_value(a), right = json_real_value(b);
    return left < right ? -1 : left > right;
}

bool number_is_whole(const json_t *number)
{
    return json_is_integer(number)
           || (json_is_real(number) && floor(json_real_value(number)) == json_real_value(number));
}

/* The fewest digits, 15 to 17, that read back as the same double. */
static void real_words(double real, char *ret, size_t size)
{
    for (int digits = 15; digits <= 17; digits++) {
        double back = 0;
        snprintf(ret, size, "%.*e", digits - 1, real);
        if (sscanf(ret, "%lf", &back) == 1 && back <= real && back >= real) return;
    }
}

static struct decimal decimal_of(const json_t *number)
{
    struct decimal out = {0};
    if (json_is_integer(number)) {
        json_int_t value = json_integer_value(number);
        out.digits = value < 0 ? UINT64_C(0) - (uint64_t)value : (uint64_t)value;
    } else {
        char words[NUMBER_WORDS_SIZE]; /* d.ddde+xx */
        real_words(fabs(json_real_value(number)), words, sizeof words);
        const char *at = words;
        bool behind = false;
        for (; *at && *at != 'e'; at++) {
            if (*at < '0' || *at > '9') behind = true;
            else out.digits = out.digits * 10 + (uint64_t)(*at - '0'), out.power -= behind;
        }
        int exponent = 0;
        if (*at == 'e' && sscanf(at + 1, "%d", &exponent) == 1) out.power += exponent;
    }
    while (out.digits && out.digits % 10 == 0) out.digits /= 10, out.power++;
    return out;
}

bool number_is_multiple(const json_t *number, const json_t *of)
{
    struct decimal value = decimal_of(number), unit = decimal_of(of);
    if (!value.digits) return true;
    if (!unit.digits) return false;
    if (value.power < unit.power) return false; /* value.digits would have to end in 0 */
    u128 rest = value.digits % unit.digits;
    for (int i = unit.power; rest && i < value.power; i++) rest = rest * 10 % unit.digits;
    return rest == 0;
}

void number_words(const json_t *number, char ret[static NUMBER_WORDS_SIZE])
{
    if (json_is_integer(number)) {
        snprintf(ret, NUMBER_WORDS_SIZE, "%" JSON_INTEGER_FORMAT, json_integer_value(number));
        return;
    }
    for (int digits = 6; digits <= 17; digits++) {
        double back = 0, real = json_real_value(number);
        snprintf(ret, NUMBER_WORDS_SIZE, "%.*g", digits, real);
        if (sscanf(ret, "%lf", &back) == 1 && back <= real && back >= real) return;
    }
}

static bool objects_equal(const json_t *a, const json_t *b, size_t *steps)
{
    json_t *left = (json_t *)(uintptr_t)a;
    if (json_object_size(a) != json_object_size(b)) return false;
    for (void *at = json_object_iter(left); at; at = json_object_iter_next(left, at)) {
        const json_t *other =
            json_object_getn(b, json_object_iter_key(at), json_object_iter_key_len(at));
        if (!other || !value_equal(json_object_iter_value(at), other, steps)) return false;
    }
    return true;
}

static bool arrays_equal(const json_t *a, const json_t *b, size_t *steps)
{
    size_t n = json_array_size(a);
    if (n != json_array_size(b)) return false;
    for (size_t i = 0; i < n; i++)
        if (!value_equal(json_array_get(a, i), json_array_get(b, i), steps)) return false;
    return true;
}

bool value_equal(const json_t *a, const json_t *b, size_t *steps)
{
    ++*steps;
    if (json_is_number(a) && json_is_number(b)) return number_compare(a, b) == 0;
    if (json_typeof(a) != json_typeof(b)) return false;
    if (json_is_object(a)) return objects_equal(a, b, steps);
    if (json_is_array(a)) return arrays_equal(a, b, steps);
    if (!json_is_string(a)) return true; /* null, true, false: the type is the value */
    size_t n = json_string_length(a);
    return n == json_string_length(b) && memcmp(json_string_value(a), json_string_value(b), n) == 0;
}

static size_t bytes_hash(const void *data, size_t n)
{
    const unsigned char *at = data;
    uint64_t hash = UINT64_C(
        14695981039346656037); /* FNV-1a; a flood of collisions costs steps, which are bounded */
    for (size_t i = 0; i < n; i++) hash = (hash ^ at[i]) * UINT64_C(1099511628211);
    return (size_t)(hash ^ hash >> 29);
}

size_t value_hash(const json_t *value, size_t *steps)
{
    size_t hash = (size_t)json_typeof(value) * 31;
    ++*steps;
    if (json_is_string(value))
        return hash + bytes_hash(json_string_value(value), json_string_length(value));
    if (json_is_number(value)) {
        double number = json_number_value(value);   /* equal values have equal doubles */
        if (number <= 0 && number >= 0) number = 0; /* and -0 is 0 */
        return bytes_hash(&number, sizeof number);
    }
    for (size_t i = 0; i < json_array_size(value); i++)
        hash = hash * 33 + value_hash(json_array_get(value, i), steps);
    json_t *object = json_is_object(value) ? (json_t *)(uintptr_t)value : NULL;
    for (void *at = json_object_iter(object); at;
         at = json_object_iter_next(object, at)) /* in no order */
        hash += bytes_hash(json_object_iter_key(at), json_object_iter_key_len(at))
                ^ value_hash(json_object_iter_value(at), steps) * 3;
    return hash;
}
