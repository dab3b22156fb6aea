/* compile_values.c -- keywords whose value is a number, a text or a list of them. */
#include "compile.h"
#include "format.h"
#include "index.h"
#include "judge.h"
#include "pattern.h"

static enum fault must_be(struct compiler *c, const struct node *node, const struct rule *rule,
                          const char *what)
{
    return problem_set(c->problem, node, rule->keyword->name, "must be %s", what);
}

/* Elsewhere it would be read by nobody. */
enum fault compile_dialect(struct compiler *c, struct node *node, struct rule *rule)
{
    return node->json == node->resource->root ? FAULT_NONE
                                              : must_be(c, node, rule, "at a document's root");
}

static unsigned type_bit(const struct node *node, const char *name)
{
    static const struct {
        const char *name;
        unsigned bit;
    } types[] = {{"null", TYPE_NULL},      {"boolean", TYPE_BOOL},  {"object", TYPE_OBJECT},
                 {"array", TYPE_ARRAY},    {"number", TYPE_NUMBER}, {"string", TYPE_TEXT},
                 {"integer", TYPE_INTEGER}};
    for (size_t i = 0; name && i < sizeof types / sizeof *types; i++) {
        if (strcmp(types[i].name, name) != 0) continue;
        bool spelled = types[i].bit == TYPE_INTEGER && node->resource->dialect == SCHEMA_DRAFT_04;
        return spelled ? TYPE_INTEGER_SPELLED : types[i].bit;
    }
    return 0;
}

enum fault compile_type(struct compiler *c, struct node *node, struct rule *rule)
{
    size_t n = json_is_array(rule->value) ? json_array_size(rule->value) : 1;
    for (size_t i = 0; i < n; i++) {
        const json_t *one =
            json_is_array(rule->value) ? json_array_get(rule->value, i) : rule->value;
        unsigned bit = type_bit(node, json_string_value(one));
        if (!bit) return must_be(c, node, rule, "the name of a JSON type, or a list of them");
        rule->types |= bit;
    }
    return rule->types ? FAULT_NONE : must_be(c, node, rule, "at least one type");
}

enum fault compile_array(struct compiler *c, struct node *node, struct rule *rule)
{
    return json_is_array(rule->value) ? FAULT_NONE : must_be(c, node, rule, "a list");
}

enum fault compile_number(struct compiler *c, struct node *node, struct rule *rule)
{
    if (!json_is_number(rule->value) || json_number_value(rule->value) <= 0)
        return must_be(c, node, rule, "a number above 0");
    return FAULT_NONE;
}

enum fault compile_bound(struct compiler *c, struct node *node, struct rule *rule)
{
    if (!json_is_number(rule->value)) return must_be(c, node, rule, "a number");
    bool low = strcmp(rule->keyword->name, "minimum") == 0,
         high = strcmp(rule->keyword->name, "maximum") == 0;
    rule->exclusive = !low && !high;
    if (node->resource->dialect == SCHEMA_DRAFT_04) /* there a flag beside the bound */
        rule->exclusive = json_is_true(
            json_object_get(node->json, low ? "exclusiveMinimum" : "exclusiveMaximum"));
    return FAULT_NONE;
}

enum fault compile_exclusive_flag(struct compiler *c, struct node *node, struct rule *rule)
{
    return json_is_boolean(rule->value) ? FAULT_NONE
                                        : must_be(c, node, rule, "true or false in draft-04");
}

enum fault compile_count(struct compiler *c, struct node *node, struct rule *rule)
{
    double number =
        json_number_value(rule->value); /* 2.0 is a count too; a count is no amount of money */
    if (!json_is_number(rule->value) || number < 0 || number > 9007199254740991.0
        || number != (double)(uint64_t)number)
        return must_be(c, node, rule, "a whole number from 0 on");
    rule->count.min = rule->count.max = (uint64_t)number;
    return FAULT_NONE;
}

enum fault compile_bool(struct compiler *c, struct node *node, struct rule *rule)
{
    if (!json_is_boolean(rule->value)) return must_be(c, node, rule, "true or false");
    if (json_is_false(rule->value)) rule->keyword = NULL; /* says nothing */
    return FAULT_NONE;
}

enum fault compile_names(struct compiler *c, struct node *node, struct rule *rule)
{
    if (!json_is_array(rule->value)) return must_be(c, node, rule, "a list of member names");
    for (size_t i = 0; i < json_array_size(rule->value); i++)
        if (!json_is_string(json_array_get(rule->value, i)))
            return must_be(c, node, rule, "a list of member names");
    return FAULT_NONE;
}

enum fault compile_pattern(struct compiler *c, struct node *node, struct rule *rule)
{
    char what[120] = "";
    enum fault no = pattern_compile(c->set, rule->value, &rule->pattern, what);
    return no == FAULT_FORMAT ? problem_set(c->problem, node, rule->keyword->name, "%s", what) : no;
}

enum fault compile_format(struct compiler *c, struct node *node, struct rule *rule)
{
    const char *name = json_string_value(rule->value);
    rule->format = name ? format_find(name) : NULL;
    if (rule->format) return FAULT_NONE;
    return problem_set(c->problem, node, "format", "%.40s is not a format that is supported",
                       name ? name : "this");
}
