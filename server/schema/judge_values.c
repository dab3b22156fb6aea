/* judge_values.c -- types, listed values, numbers and texts. */
#include "format.h"
#include "judge.h"
#include "number.h"
#include "pattern.h"

#define PATTERN_WORDS_MAX 120 /* longer patterns are not repeated in a sentence */

static struct text text_value(const json_t *value)
{
    return (struct text){json_string_value(value), json_string_length(value)};
}

static unsigned types_of(const json_t *value)
{
    switch (json_typeof(value)) {
    case JSON_OBJECT: return TYPE_OBJECT;
    case JSON_ARRAY: return TYPE_ARRAY;
    case JSON_STRING: return TYPE_TEXT;
    case JSON_INTEGER: return TYPE_NUMBER | TYPE_INTEGER | TYPE_INTEGER_SPELLED;
    case JSON_REAL: return TYPE_NUMBER | (number_is_whole(value) ? TYPE_INTEGER : 0u);
    case JSON_TRUE:
    case JSON_FALSE: return TYPE_BOOL;
    case JSON_NULL: return TYPE_NULL;
    }
    return 0;
}

static const char *type_words(const json_t *value)
{
    unsigned types = types_of(value);
    if (types & (TYPE_INTEGER | TYPE_INTEGER_SPELLED)) return "a whole number";
    if (types & TYPE_NUMBER) return "a number with a fraction";
    if (types & TYPE_TEXT) return "text";
    if (types & TYPE_OBJECT) return "an object";
    if (types & TYPE_ARRAY) return "a list";
    return types & TYPE_BOOL ? "true or false" : "null";
}

static void types_words(unsigned types, char *ret, size_t size)
{
    static const struct {
        unsigned bit;
        const char *words;
    } names[] = {{TYPE_TEXT, "text"},
                 {TYPE_NUMBER, "a number"},
                 {TYPE_INTEGER, "a whole number"},
                 {TYPE_INTEGER_SPELLED, "a whole number without a decimal point"},
                 {TYPE_BOOL, "true or false"},
                 {TYPE_OBJECT, "an object"},
                 {TYPE_ARRAY, "a list"},
                 {TYPE_NULL, "null"}};
    size_t len = 0;
    ret[0] = '\0';
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (!(types & names[i].bit) || len + 1 >= size) continue;
        int n = snprintf(ret + len, size - len, "%s%s", len ? " or " : "", names[i].words);
        len += n > 0 ? (size_t)n : 0;
    }
}

bool judge_type(struct check *c, const struct rule *rule, const struct spot *spot)
{
    char wanted[120];
    if (types_of(spot->value) & rule->types) return true;
    if (c->muted) return false;
    types_words(rule->types, wanted, sizeof wanted);
    return report(c, spot, "type", "is %s, must be %s", type_words(spot->value), wanted);
}

/* "must be one of "a", "b", 3": as many as fit in a line, then how many more. */
static void list_words(const json_t *list, char *ret, size_t size)
{
    size_t len = 0, n = json_array_size(list), i = 0;
    ret[0] = '\0';
    for (; i < n; i++) {
        char words[VALUE_WORDS_SIZE];
        value_words(json_array_get(list, i), words);
        if (len + strlen(words) + 20 >= size) break;
        len += (size_t)snprintf(ret + len, size - len, "%s%s", i ? ", " : "", words);
    }
    if (i < n) snprintf(ret + len, size - len, " or %zu more", n - i);
}

bool judge_enum(struct check *c, const struct rule *rule, const struct spot *spot)
{
    size_t n = json_array_size(rule->value), steps = 0;
    char is[VALUE_WORDS_SIZE], wanted[100];
    bool found = false;
    for (size_t i = 0; !found && i < n; i++)
        found = value_equal(spot->value, json_array_get(rule->value, i), &steps);
    if (!check_spend(c, steps)) return report_exhausted(c, spot, "enum", "takes too long to check");
    if (found || c->muted) return found;
    value_words(spot->value, is);
    list_words(rule->value, wanted, sizeof wanted);
    return report(c, spot, "enum", "is %s, must be %s%s", is, n == 1 ? "" : "one of ", wanted);
}

bool judge_const(struct check *c, const struct rule *rule, const struct spot *spot)
{
    size_t steps = 0;
    char is[VALUE_WORDS_SIZE], wanted[VALUE_WORDS_SIZE];
    if (value_equal(spot->value, rule->value, &steps)) return true;
    value_words(spot->value, is);
    value_words(rule->value, wanted);
    return report(c, spot, "const", "is %s, must be %s%s", is, wanted,
                  json_is_object(rule->value) || json_is_array(rule->value)
                      ? " with the one content allowed"
                      : "");
}

static bool report_bound(struct check *c, const struct rule *rule, const struct spot *spot,
                         const char *wanted)
{
    char is[NUMBER_WORDS_SIZE], bound[NUMBER_WORDS_SIZE];
    if (c->muted) return false;
    number_words(spot->value, is);
    number_words(rule->value, bound);
    return report(c, spot, rule->keyword->name, "is %s, must be %s %s", is, wanted, bound);
}

bool judge_minimum(struct check *c, const struct rule *rule, const struct spot *spot)
{
    if (!json_is_number(spot->value)) return true;
    if (number_compare(spot->value, rule->value) >= (rule->exclusive ? 1 : 0)) return true;
    return report_bound(c, rule, spot, rule->exclusive ? "more than" : "at least");
}

bool judge_maximum(struct check *c, const struct rule *rule, const struct spot *spot)
{
    if (!json_is_number(spot->value)) return true;
    if (number_compare(spot->value, rule->value) <= (rule->exclusive ? -1 : 0)) return true;
    return report_bound(c, rule, spot, rule->exclusive ? "less than" : "at most");
}

bool judge_multiple(struct check *c, const struct rule *rule, const struct spot *spot)
{
    if (!json_is_number(spot->value) || number_is_multiple(spot->value, rule->value)) return true;
    return report_bound(c, rule, spot, "a multiple of");
}

static bool judge_length(struct check *c, const struct rule *rule, const struct spot *spot,
                         bool least)
{
    if (!json_is_string(spot->value)) return true;
    size_t n = text_code_points(text_value(spot->value));
    uint64_t bound = rule->count.min;
    if (least ? n >= bound : n <= bound) return true;
    return report(c, spot, rule->keyword->name, "has %zu character%s, must have at %s %llu", n,
                  n == 1 ? "" : "s", least ? "least" : "most", (unsigned long long)bound);
}

bool judge_length_min(struct check *c, const struct rule *rule, const struct spot *spot)
{
    return judge_length(c, rule, spot, true);
}

bool judge_length_max(struct check *c, const struct rule *rule, const struct spot *spot)
{
    return judge_length(c, rule, spot, false);
}

bool judge_pattern(struct check *c, const struct rule *rule, const struct spot *spot)
{
    if (!json_is_string(spot->value)) return true;
    if (!check_spend(c, 1 + json_string_length(spot->value) / 64))
        return report_exhausted(c, spot, "pattern", "takes too long to check");
    switch (pattern_match(rule->pattern, text_value(spot->value))) {
    case PATTERN_YES: return true;
    case PATTERN_NO: break;
    case PATTERN_TOO_COSTLY:
        return report_exhausted(c, spot, "pattern", "takes too long to compare with its pattern");
    }
    struct text source = text_of(rule->pattern->source);
    if (source.n > PATTERN_WORDS_MAX || !text_is_clean_utf8(source) || strpbrk(source.at, "\n\t"))
        return report(c, spot, "pattern", "does not follow the pattern that it must have");
    return report(c, spot, "pattern", "does not follow the pattern %s", source.at);
}

bool judge_format(struct check *c, const struct rule *rule, const struct spot *spot)
{
    if (!json_is_string(spot->value) || rule->format->check(text_value(spot->value))) return true;
    return report(c, spot, "format", "%s", rule->format->sentence);
}
