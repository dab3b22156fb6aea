/* keywords.c -- every keyword that is understood, one row each.
 *
 * A row says in which dialects the keyword exists, where its subschemas are, what it compiles to
 * and what judges it. A keyword without a row is refused when a schema is compiled. The order is
 * the order of judgement: what a reader wants to hear first (a wrong type) comes first. To add a
 * keyword, add its row, its compile_ and its judge_ function, and take its file off the list of
 * exceptions in tests/030_json_schema_suite.c. */
#include "compile.h"
#include "inside.h"
#include "judge.h"

#define BOTH (SCHEMA_2020_12 | SCHEMA_DRAFT_04)
#define NEW SCHEMA_2020_12
#define OLD SCHEMA_DRAFT_04
#define NOTE(name)                                                                                 \
    {                                                                                              \
        name, BOTH, SHAPE_PLAIN, 0, NULL, NULL                                                     \
    } /* says nothing about validity */

const struct keyword keywords[] = {
    {"$schema", BOTH, SHAPE_PLAIN, 0, compile_dialect, NULL}, /* chosen by index.c */
    NOTE("$comment"),
    NOTE("title"),
    NOTE("description"),
    NOTE("default"),
    NOTE("examples"),
    NOTE("deprecated"),
    NOTE("readOnly"),
    NOTE("writeOnly"),
    NOTE("contentEncoding"),
    NOTE("contentMediaType"),
    {"contentSchema", NEW, SHAPE_SCHEMA, 0, compile_schema, NULL},
    {"$id", NEW, SHAPE_PLAIN, 0, NULL, NULL}, /* this and the next three are read by index.c */
    {"$anchor", NEW, SHAPE_PLAIN, 0, NULL, NULL},
    {"$dynamicAnchor", NEW, SHAPE_PLAIN, 0, NULL, NULL},
    {"id", OLD, SHAPE_PLAIN, 0, NULL, NULL},
    {"$defs", NEW, SHAPE_MAP, 0, compile_map, NULL},
    {"definitions", OLD, SHAPE_MAP, 0, compile_map, NULL},

    {"type", BOTH, SHAPE_PLAIN, 0, compile_type, judge_type},
    {"enum", BOTH, SHAPE_PLAIN, 0, compile_array, judge_enum},
    {"const", NEW, SHAPE_PLAIN, 0, NULL, judge_const},

    {"$ref", BOTH, SHAPE_PLAIN, KEYWORD_IN_PLACE, compile_ref, judge_ref},
    {"$dynamicRef", NEW, SHAPE_PLAIN, 0, compile_dynamic_ref, judge_dynamic_ref},

    {"multipleOf", BOTH, SHAPE_PLAIN, 0, compile_number, judge_multiple},
    {"minimum", BOTH, SHAPE_PLAIN, 0, compile_bound, judge_minimum},
    {"maximum", BOTH, SHAPE_PLAIN, 0, compile_bound, judge_maximum},
    {"exclusiveMinimum", NEW, SHAPE_PLAIN, 0, compile_bound, judge_minimum},
    {"exclusiveMaximum", NEW, SHAPE_PLAIN, 0, compile_bound, judge_maximum},
    {"exclusiveMinimum", OLD, SHAPE_PLAIN, 0, compile_exclusive_flag, NULL},
    {"exclusiveMaximum", OLD, SHAPE_PLAIN, 0, compile_exclusive_flag, NULL},

    {"minLength", BOTH, SHAPE_PLAIN, 0, compile_count, judge_length_min},
    {"maxLength", BOTH, SHAPE_PLAIN, 0, compile_count, judge_length_max},
    {"pattern", BOTH, SHAPE_PLAIN, 0, compile_pattern, judge_pattern},
    {"format", BOTH, SHAPE_PLAIN, 0, compile_format, judge_format},

    {"minItems", BOTH, SHAPE_PLAIN, 0, compile_count, judge_items_min},
    {"maxItems", BOTH, SHAPE_PLAIN, 0, compile_count, judge_items_max},
    {"prefixItems", NEW, SHAPE_LIST, 0, compile_items, judge_items},
    {"items", NEW, SHAPE_SCHEMA, 0, compile_items, judge_items},
    {"items", OLD, SHAPE_ITEMS, 0, compile_items, judge_items},
    {"additionalItems", OLD, SHAPE_SCHEMA, 0, compile_schema, NULL}, /* judged with items */
    {"uniqueItems", BOTH, SHAPE_PLAIN, 0, compile_bool, judge_unique},
    {"contains", NEW, SHAPE_SCHEMA, 0, compile_contains, judge_contains},
    {"minContains", NEW, SHAPE_PLAIN, 0, compile_count, NULL}, /* judged with contains */
    {"maxContains", NEW, SHAPE_PLAIN, 0, compile_count, NULL},

    {"required", BOTH, SHAPE_PLAIN, 0, compile_names, judge_required},
    {"minProperties", BOTH, SHAPE_PLAIN, 0, compile_count, judge_members_min},
    {"maxProperties", BOTH, SHAPE_PLAIN, 0, compile_count, judge_members_max},
    {"propertyNames", NEW, SHAPE_SCHEMA, 0, compile_schema, judge_names},
    {"properties", BOTH, SHAPE_MAP, 0, compile_members, judge_members},
    {"patternProperties", BOTH, SHAPE_MAP, 0, compile_members, judge_members},
    {"additionalProperties", BOTH, SHAPE_SCHEMA, 0, compile_members, judge_members},
    {"dependentRequired", NEW, SHAPE_PLAIN, 0, compile_dependencies, judge_dependencies},
    {"dependentSchemas", NEW, SHAPE_MAP, KEYWORD_IN_PLACE, compile_dependencies,
     judge_dependencies},
    {"dependencies", OLD, SHAPE_MAP, KEYWORD_IN_PLACE, compile_dependencies, judge_dependencies},

    {"allOf", BOTH, SHAPE_LIST, KEYWORD_IN_PLACE, compile_schemas, judge_all},
    {"anyOf", BOTH, SHAPE_LIST, KEYWORD_IN_PLACE, compile_schemas, judge_any},
    {"oneOf", BOTH, SHAPE_LIST, KEYWORD_IN_PLACE, compile_schemas, judge_one},
    {"not", BOTH, SHAPE_SCHEMA, KEYWORD_IN_PLACE, compile_schema, judge_not},
    {"if", NEW, SHAPE_SCHEMA, KEYWORD_IN_PLACE, compile_if, judge_if},
    {"then", NEW, SHAPE_SCHEMA, 0, compile_schema, NULL}, /* judged with if */
    {"else", NEW, SHAPE_SCHEMA, 0, compile_schema, NULL},

    {"unevaluatedItems", NEW, SHAPE_SCHEMA, KEYWORD_LAST, compile_schema, judge_unevaluated_items},
    {"unevaluatedProperties", NEW, SHAPE_SCHEMA, KEYWORD_LAST, compile_schema,
     judge_unevaluated_members},
};
const size_t keywords_n = sizeof keywords / sizeof *keywords;
