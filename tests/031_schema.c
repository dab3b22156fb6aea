/* 031_schema.c -- what our validator promises beyond the official suite: words, places, bounds. */
/* rooms: base schema */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>

#include "groundswell/base/buf.h"
#include "groundswell/base/json.h"
#include "groundswell/schema/schema.h"

#define DRAFT_04 "\"$schema\":\"http://json-schema.org/draft-04/schema#\""

static json_t *json(const char *text)
{
    json_error_t error;
    json_t *read = json_loads(text, JSON_DECODE_ANY | JSON_ALLOW_NUL, &error);
    if (!read) print_error("%s: %s\n", text, error.text);
    assert_non_null(read);
    return read;
}

static const struct schema *compiled(struct schema_set *set, const char *text)
{
    struct schema_problem problem = {0};
    const struct schema *schema = NULL;
    CLEANUP(json_ref) json_t *document = json(text);
    enum fault no = schema_set_add(set, "test.json", document, &problem);
    if (!no) no = schema_compile(set, "test.json", &schema, &problem);
    if (no) print_error("%s %s %s\n", problem.pointer, problem.keyword, problem.what);
    assert_int_equal(no, FAULT_NONE);
    return schema;
}

static void judge(const char *schema, const char *instance, struct schema_errors *ret)
{
    struct schema_set *set = schema_set_new();
    assert_non_null(set);
    CLEANUP(json_ref) json_t *value = json(instance);
    bool valid = schema_check(compiled(set, schema), value, ret);
    assert_int_equal(valid, ret->n == 0);
    schema_set_free(set);
}

static void holds(const char *schema, const char *instance)
{
    struct schema_errors errors;
    judge(schema, instance, &errors);
    if (errors.n) print_error("%s: %s\n", instance, errors.list[0].detail);
    assert_int_equal(errors.n, 0);
}

/* The first error, exactly. */
static void says(const char *schema, const char *instance, const char *pointer, const char *keyword,
                 const char *detail)
{
    struct schema_errors errors;
    judge(schema, instance, &errors);
    assert_true(errors.n > 0);
    assert_string_equal(errors.list[0].pointer, pointer);
    assert_string_equal(errors.list[0].keyword, keyword);
    assert_string_equal(errors.list[0].detail, detail);
}

static void refuses(const char *text, const char *pointer, const char *keyword, const char *what)
{
    struct schema_problem problem = {0};
    const struct schema *schema = NULL;
    struct schema_set *set = schema_set_new();
    CLEANUP(json_ref) json_t *document = json(text);
    enum fault no = schema_set_add(set, "test.json", document, &problem);
    if (!no) no = schema_compile(set, "test.json", &schema, &problem);
    assert_int_equal(no, FAULT_FORMAT);
    assert_null(schema);
    assert_string_equal(problem.pointer, pointer);
    assert_string_equal(problem.keyword, keyword);
    assert_string_equal(problem.what, what);
    schema_set_free(set);
}

static void an_error_names_the_place_and_by_how_much(void **state)
{
    (void)state;
    const char *pledge = "{\"type\":\"object\",\"required\":[\"amount\"],\"properties\":{"
                         "\"amount\":{\"type\":\"integer\",\"minimum\":100,\"maximum\":5000}},"
                         "\"additionalProperties\":false}";
    says(pledge, "{\"amount\":12}", "/amount", "minimum", "is 12, must be at least 100");
    says(pledge, "{\"amount\":5001}", "/amount", "maximum", "is 5001, must be at most 5000");
    says(pledge, "{\"amount\":\"12\"}", "/amount", "type", "is text, must be a whole number");
    says(pledge, "{\"amount\":100.5}", "/amount", "type",
         "is a number with a fraction, must be a whole number");
    says(pledge, "{}", "", "required", "lacks the member \"amount\"");
    says(pledge, "[]", "", "type", "is a list, must be an object");
    says(pledge, "{\"amount\":100,\"amonut\":1}", "/amonut", "additionalProperties",
         "is a member \"amonut\" that is not known here");
    says("{\"exclusiveMaximum\":5}", "5", "", "exclusiveMaximum", "is 5, must be less than 5");
    says("{\"multipleOf\":0.25}", "1.3", "", "multipleOf", "is 1.3, must be a multiple of 0.25");
    holds(pledge, "{\"amount\":100.0}");
}

static void an_error_counts_characters_items_and_members(void **state)
{
    (void)state;
    says("{\"minLength\":3}", "\"\\u00e9\\ud83d\\udc32\"", "", "minLength",
         "has 2 characters, must have at least 3");
    says("{\"maxLength\":0}", "\"a\"", "", "maxLength", "has 1 character, must have at most 0");
    says("{\"maxItems\":1}", "[1,2]", "", "maxItems", "has 2 items, must have at most 1");
    says("{\"minProperties\":1}", "{}", "", "minProperties", "has 0 members, must have at least 1");
    says("{\"uniqueItems\":true}", "[1,\"1\",1.0]", "", "uniqueItems",
         "has the same item twice, at 0 and at 2");
    says("{\"contains\":{\"const\":1},\"minContains\":2}", "[1,2]", "", "minContains",
         "has 1 item of the kind that must be in it, must have at least 2");
    says("{\"prefixItems\":[true],\"items\":false}", "[1,2]", "/1", "items", "is an item too many");
    says("{\"dependentRequired\":{\"a\":[\"b\"]}}", "{\"a\":1}", "", "dependentRequired",
         "lacks the member \"b\", which must stand beside \"a\"");
    says("{\"propertyNames\":{\"pattern\":\"^[a-z]+$\"}}", "{\"A\":1}", "", "propertyNames",
         "has a member name \"A\" that is not allowed");
}

static void an_error_tells_what_would_be_right(void **state)
{
    (void)state;
    says("{\"enum\":[\"open\",\"hidden\",3]}", "\"shut\"", "", "enum",
         "is \"shut\", must be one of \"open\", \"hidden\", 3");
    says("{\"const\":true}", "1", "", "const", "is 1, must be true");
    says("{\"pattern\":\"^[a-z]+$\"}", "\"A\"", "", "pattern",
         "does not follow the pattern ^[a-z]+$");
    says("{\"format\":\"date\"}", "\"2026-02-29\"", "", "format",
         "is not a date such as 2026-11-21");
    says("{\"oneOf\":[{\"minimum\":1},{\"minimum\":2},{\"minimum\":9}]}", "5", "", "oneOf",
         "has 2 forms at once of which it must have exactly one");
    says("{\"anyOf\":[{\"minimum\":7},{\"type\":\"null\"}]}", "5", "", "anyOf",
         "has none of the 2 forms that are allowed here");
    says("{\"anyOf\":[{\"minimum\":7}]}", "5", "", "minimum", "is 5, must be at least 7");
    says("{\"not\":{\"type\":\"null\"}}", "null", "", "not", "has a form that is not allowed here");
    says("{\"type\":[\"string\",\"null\"]}", "1", "", "type",
         "is a whole number, must be text or null");
    says("{\"properties\":{\"a\":false}}", "{\"a\":1}", "/a", "false", "must not be given");
    says("{\"properties\":{\"a\":true},\"unevaluatedProperties\":false}", "{\"a\":1,\"b\":2}", "/b",
         "unevaluatedProperties", "is a member \"b\" that is not known here");
}

static void a_pointer_escapes_and_counts(void **state)
{
    (void)state;
    says("{\"additionalProperties\":{\"items\":{\"type\":\"null\"}}}", "{\"a/b~c\":[null,1]}",
         "/a~1b~0c/1", "type", "is a whole number, must be null");
}

static void what_a_client_sent_is_repeated_only_when_short_and_plain(void **state)
{
    (void)state;
    struct schema_errors errors;
    const char *closed = "{\"additionalProperties\":false}";
    says("{\"const\":\"a\"}", "\"0123456789012345678901234567890123456789!\"", "", "const",
         "is a text, must be \"a\"");
    says("{\"const\":\"a\"}", "\"a\\u001b[31m\"", "", "const", "is a text, must be \"a\"");
    says("{\"const\":\"a\"}", "\"a\\u0085\"", "", "const", "is a text, must be \"a\"");
    says("{\"const\":\"a\"}", "\"a\\nb\"", "", "const", "is a text, must be \"a\"");
    says("{\"const\":\"a\"}", "\"a\\u0000b\"", "", "const", "is a text, must be \"a\"");
    says("{\"properties\":{\"a\":{\"additionalProperties\":false}}}",
         "{\"a\":{\"0123456789012345678901234567890123456789!\":1}}", "/a", "additionalProperties",
         "is a member whose name is too long to repeat that is not known here");
    judge(closed, "{\"a\\u0007b\":1}", &errors);
    assert_string_equal(errors.list[0].pointer, "");
    assert_null(strchr(errors.list[0].detail, 7));
}

static void at_most_sixteen_errors_are_kept(void **state)
{
    (void)state;
    struct schema_errors errors;
    judge("{\"items\":{\"type\":\"null\"}}", "[1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16]", &errors);
    assert_int_equal(errors.n, 16);
    assert_false(errors.more);
    judge("{\"items\":{\"type\":\"null\"}}", "[1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18]",
          &errors);
    assert_int_equal(errors.n, 16);
    assert_true(errors.more);
    assert_string_equal(errors.list[15].pointer, "/15");
}

static void numbers_are_compared_by_value_and_never_by_rounding(void **state)
{
    (void)state;
    holds("{\"maximum\":9007199254740993}", "9007199254740993");
    says("{\"maximum\":9007199254740992.0}", "9007199254740993", "", "maximum",
         "is 9007199254740993, must be at most 9007199254740992");
    says("{\"const\":9007199254740992}", "9007199254740993", "", "const",
         "is 9007199254740993, must be 9007199254740992");
    holds("{\"multipleOf\":0.01}", "19.99");
    holds("{\"multipleOf\":0.1}", "0.3");
    says("{\"multipleOf\":0.01}", "19.999", "", "multipleOf",
         "is 19.999, must be a multiple of 0.01");
    holds("{\"multipleOf\":3}", "9223372036854775806");
    holds("{\"multipleOf\":1}", "-9223372036854775808");
    holds("{\"maximum\":1e300}", "9223372036854775807");
    holds("{\"enum\":[1]}", "1.0");
    holds("{\"const\":{\"a\":[0]}}", "{\"a\":[-0.0]}");
    holds("{\"type\":\"integer\"}", "1e300");
}

static void a_number_beyond_a_double_is_refused_where_it_is_read(void **state)
{
    (void)state;
    json_t *value = NULL;
    struct json_problem problem;
    assert_int_equal(json_read(TEXT("{\"amount\":1e400}"), 8, &value, &problem), FAULT_FORMAT);
    assert_int_equal(json_read(TEXT("{\"amount\":-1e400}"), 8, &value, &problem), FAULT_FORMAT);
    assert_int_equal(json_read(TEXT("{\"amount\":99999999999999999999}"), 8, &value, &problem),
                     FAULT_FORMAT);
    assert_null(value);
}

static void an_unsupported_keyword_is_refused_with_its_place(void **state)
{
    (void)state;
    refuses("{\"properties\":{\"a\":{\"minimun\":1}}}", "/properties/a", "minimun",
            "is not a keyword that is supported");
    refuses("{\"$defs\":{\"never used\":{\"dependencies\":{}}}}", "/$defs/never used",
            "dependencies", "is not a keyword that is supported");
    refuses("{\"$recursiveRef\":\"#\"}", "", "$recursiveRef", "is not a keyword that is supported");
    refuses("{\"format\":\"hostname\"}", "", "format",
            "hostname is not a format that is supported");
    refuses("{\"$schema\":\"https://json-schema.org/draft/2019-09/schema\"}", "", "$schema",
            "is not a dialect that is supported");
    refuses("{\"$ref\":\"#/$defs/a\"}", "", "$ref", "leads nowhere: #/$defs/a");
    refuses("{\"$ref\":\"other.json\"}", "", "$ref", "leads nowhere: other.json");
    holds("{\"title\":\"t\",\"default\":1,\"examples\":[1],\"deprecated\":true,\"x-gs\":{\"a\":1}}",
          "1");
}

static void a_malformed_schema_is_refused(void **state)
{
    (void)state;
    refuses("{\"type\":\"text\"}", "", "type",
            "must be the name of a JSON type, or a list of them");
    refuses("{\"minLength\":-1}", "", "minLength", "must be a whole number from 0 on");
    refuses("{\"minContains\":-1e300,\"contains\":true}", "", "minContains",
            "must be a whole number from 0 on");
    refuses("{\"multipleOf\":0}", "", "multipleOf", "must be a number above 0");
    refuses("{\"required\":\"a\"}", "", "required", "must be a list of member names");
    refuses("{\"items\":5}", "", "items", "must be a schema");
    refuses("{\"properties\":{\"a\":[]}}", "", "properties", "must be a schema");
    refuses("{\"properties\":[]}", "", "properties", "must be an object of schemas");
    refuses("{\"anyOf\":[]}", "", "anyOf", "must be a list of at least one schema");
    refuses("{\"exclusiveMinimum\":true}", "", "exclusiveMinimum", "must be a number");
    refuses("{\"$defs\":{\"a\":{\"$anchor\":\"x\"},\"b\":{\"$anchor\":\"x\"}}}", "/$defs/b",
            "$anchor", "is taken in this resource");
    refuses("{\"items\":{" DRAFT_04 "}}", "/items", "$schema", "must be at a document's root");
    refuses("{\"pattern\":\"\\\\Z\"}", "", "pattern",
            "is not a regular expression: unrecognized character follows \\ at 1");
}

static void a_ring_of_references_is_refused_but_recursion_into_the_instance_is_not(void **state)
{
    (void)state;
    refuses("{\"$ref\":\"#\"}", "", "$ref", "refers to itself without end");
    refuses("{\"anyOf\":[{\"$ref\":\"#/$defs/a\"}],\"$defs\":{\"a\":{\"not\":{\"$ref\":\"#\"}}}}",
            "", "$ref", "refers to itself without end");
    holds("{\"properties\":{\"next\":{\"$ref\":\"#\"}},\"additionalProperties\":false}",
          "{\"next\":{\"next\":{\"next\":{}}}}");
    says("{\"properties\":{\"next\":{\"$ref\":\"#\"}},\"additionalProperties\":false}",
         "{\"next\":{\"next\":{\"last\":1}}}", "/next/next/last", "additionalProperties",
         "is a member \"last\" that is not known here");
}

static void a_set_that_refused_refuses_ever_after(void **state)
{
    (void)state;
    struct schema_problem problem = {0};
    const struct schema *schema = NULL;
    struct schema_set *set = schema_set_new();
    CLEANUP(json_ref) json_t *bad = json("{\"foo\":1}");
    CLEANUP(json_ref) json_t *good = json("{\"type\":\"null\"}");
    assert_int_equal(schema_set_add(set, "bad.json", bad, &problem), FAULT_NONE);
    assert_int_equal(schema_set_add(set, "good.json", good, &problem), FAULT_NONE);
    assert_int_equal(schema_compile(set, "bad.json", &schema, &problem), FAULT_FORMAT);
    memset(&problem, 0, sizeof problem);
    assert_int_equal(schema_compile(set, "good.json", &schema, &problem), FAULT_FORMAT);
    assert_string_equal(problem.document, "bad.json");
    assert_string_equal(problem.keyword, "foo");
    assert_null(schema);
    schema_set_free(set);
}

static void a_schema_that_nests_too_deeply_is_refused(void **state)
{
    (void)state;
    struct schema_problem problem = {0};
    const struct schema *schema = NULL;
    struct schema_set *set = schema_set_new();
    json_t *document = json_object();
    for (int i = 0; i < SCHEMA_DEPTH_MAX; i++) document = json_pack("{s:o}", "not", document);
    assert_int_equal(schema_set_add(set, "deep.json", document, &problem), FAULT_LIMIT);
    assert_string_equal(problem.what, "the document nests too deeply");
    assert_int_equal(schema_compile(set, "deep.json", &schema, &problem), FAULT_LIMIT);
    assert_null(schema);
    json_decref(document);
    schema_set_free(set);
}

static void documents_refer_to_each_other_by_relative_path(void **state)
{
    (void)state;
    struct schema_errors errors;
    struct schema_problem problem;
    const struct schema *schema = NULL;
    struct schema_set *set = schema_set_new();
    CLEANUP(json_ref)
    json_t *common = json("{\"$defs\":{\"amount\":{\"$anchor\":\"money\",\"minimum\":0}}}");
    CLEANUP(json_ref)
    json_t *put = json("{\"properties\":{"
                       "\"a\":{\"$ref\":\"../common.json#/$defs/amount\"},"
                       "\"b\":{\"$ref\":\"/common.json#money\"}}}");
    CLEANUP(json_ref) json_t *bad = json("{\"b\":-1}");
    assert_int_equal(schema_set_add(set, "common.json", common, &problem), FAULT_NONE);
    assert_int_equal(schema_set_add(set, "commands/put.json", put, &problem), FAULT_NONE);
    assert_int_equal(schema_compile(set, "commands/put.json", &schema, &problem), FAULT_NONE);
    assert_false(schema_check(schema, bad, &errors));
    assert_string_equal(errors.list[0].pointer, "/b");
    assert_int_equal(schema_compile(set, "common.json#money", &schema, &problem), FAULT_NONE);
    assert_true(schema_check(schema, bad, &errors));
    assert_int_equal(schema_set_add(set, "common.json", put, &problem), FAULT_FORMAT);
    schema_set_free(set);
}

static void a_pattern_that_explodes_is_stopped_and_never_a_yes(void **state)
{
    (void)state;
    struct schema_errors errors;
    char instance[64] = "\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!\"";
    judge("{\"pattern\":\"^(a|a|a?)+$\"}", instance, &errors);
    assert_int_equal(errors.n, 1);
    assert_string_equal(errors.list[0].detail, "takes too long to compare with its pattern");
    judge("{\"not\":{\"pattern\":\"^(a|a|a?)+$\"}}", instance, &errors);
    assert_int_equal(errors.n, 1);
    assert_string_equal(errors.list[0].detail, "takes too long to compare with its pattern");
    judge("{\"if\":{\"pattern\":\"^(a|a|a?)+$\"},\"else\":true}", instance, &errors);
    assert_int_equal(errors.n, 1); /* without a bound, in centuries */
}

static void a_deep_instance_is_stopped(void **state)
{
    (void)state;
    struct schema_errors errors;
    struct schema_set *set = schema_set_new();
    const struct schema *schema = compiled(set, "{\"items\":{\"$ref\":\"#\"}}");
    json_t *value = json_array();
    for (int i = 0; i < 200; i++) value = json_pack("[o]", value);
    assert_true(schema_check(schema, value, &errors));
    for (int i = 0; i < 1800; i++) value = json_pack("[o]", value);
    assert_false(schema_check(schema, value, &errors));
    assert_string_equal(errors.list[0].detail, "nests too deeply to be checked");
    json_decref(value);
    schema_set_free(set);
}

static void a_check_that_would_take_long_is_stopped(void **state)
{
    (void)state;
    struct schema_errors errors;
    struct schema_set *set = schema_set_new();
    const struct schema *schema =
        compiled(set, "{\"not\":{\"$ref\":\"#/$defs/tree\"},\"$defs\":{\"tree\":{\"anyOf\":["
                      "{\"type\":\"array\",\"items\":{\"$ref\":\"#/$defs/tree\"}},"
                      "{\"type\":\"array\",\"items\":{\"$ref\":\"#/$defs/tree\"}}]}}}");
    json_t *value = json_integer(1);
    for (int i = 0; i < 30; i++) value = json_pack("[o]", value); /* twice the work a level */
    assert_false(schema_check_within(schema, value, 100000, &errors));
    assert_int_equal(errors.n, 1);
    assert_string_equal(errors.list[0].keyword, "steps");
    json_decref(value);
    schema_set_free(set);
}

static void many_items_are_compared_without_comparing_all_pairs(void **state)
{
    (void)state;
    struct schema_errors errors;
    struct schema_set *set = schema_set_new();
    const struct schema *schema = compiled(set, "{\"uniqueItems\":true}");
    json_t *list = json_array();
    for (int i = 0; i < 50000; i++) json_array_append_new(list, json_pack("{s:i}", "n", i));
    assert_true(schema_check_within(schema, list, 300000, &errors));
    json_array_append_new(list, json_pack("{s:f}", "n", 49999.0));
    assert_false(schema_check(schema, list, &errors));
    assert_string_equal(errors.list[0].detail, "has the same item twice, at 49999 and at 50000");
    json_decref(list);
    schema_set_free(set);
}

static void more_members_than_fit_on_the_stack_are_tracked(void **state)
{
    (void)state;
    struct schema_errors errors;
    struct schema_set *set = schema_set_new();
    const struct schema *schema =
        compiled(set, "{\"anyOf\":[{\"patternProperties\":{\"^a\":{\"type\":\"integer\"}}},"
                      "{\"properties\":{\"b\":{\"type\":\"null\"}}}],"
                      "\"unevaluatedProperties\":false}");
    json_t *object = json_object();
    for (int i = 0; i < 1000; i++) {
        char name[16];
        snprintf(name, sizeof name, "a%d", i);
        json_object_set_new(object, name, json_integer(i));
    }
    assert_true(schema_check(schema, object, &errors));
    json_object_set_new(object, "b", json_null());
    assert_true(schema_check(schema, object, &errors));
    json_object_set_new(object, "b", json_true());
    assert_false(schema_check(schema, object, &errors));
    assert_string_equal(errors.list[0].pointer, "/b");
    json_decref(object);
    schema_set_free(set);
}

static void draft_04_is_spelled_its_own_way(void **state)
{
    (void)state;
    holds("{" DRAFT_04 ",\"minimum\":1,\"exclusiveMinimum\":false}", "1");
    says("{" DRAFT_04 ",\"minimum\":1,\"exclusiveMinimum\":true}", "1", "", "minimum",
         "is 1, must be more than 1");
    says("{" DRAFT_04 ",\"items\":[{\"type\":\"null\"}],\"additionalItems\":false}", "[null,1]",
         "/1", "items", "is an item too many");
    says("{" DRAFT_04 ",\"dependencies\":{\"a\":[\"b\"],\"c\":{\"minProperties\":2}}}", "{\"c\":1}",
         "", "minProperties", "has 1 member, must have at least 2");
    says("{" DRAFT_04 ",\"$ref\":\"#/definitions/a\",\"maximum\":0,"
         "\"definitions\":{\"a\":{\"id\":\"#here\",\"minimum\":1}}}",
         "0", "", "minimum", "is 0, must be at least 1");
    says("{" DRAFT_04 ",\"type\":\"integer\"}", "1.0", "", "type",
         "is a whole number, must be a whole number without a decimal point");
    refuses("{" DRAFT_04 ",\"const\":1}", "", "const", "is not a keyword that is supported");
    refuses("{" DRAFT_04 ",\"exclusiveMinimum\":1}", "", "exclusiveMinimum",
            "must be true or false in draft-04");
    refuses("{\"id\":\"x\"}", "", "id", "is not a keyword that is supported");
}

static void a_set_can_take_an_extension_keyword_and_an_old_dialect(void **state)
{
    (void)state;
    struct schema_errors errors;
    struct schema_set *set = schema_set_new();
    schema_set_dialect(set, SCHEMA_DRAFT_04);
    schema_set_annotation(set, "codelist");
    const struct schema *schema =
        compiled(set, "{\"codelist\":\"a.csv\",\"minimum\":1,\"exclusiveMinimum\":true}");
    CLEANUP(json_ref) json_t *one = json_integer(1);
    assert_false(schema_check(schema, one, &errors));
    schema_set_free(set);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_error_names_the_place_and_by_how_much),
        cmocka_unit_test(an_error_counts_characters_items_and_members),
        cmocka_unit_test(an_error_tells_what_would_be_right),
        cmocka_unit_test(a_pointer_escapes_and_counts),
        cmocka_unit_test(what_a_client_sent_is_repeated_only_when_short_and_plain),
        cmocka_unit_test(at_most_sixteen_errors_are_kept),
        cmocka_unit_test(numbers_are_compared_by_value_and_never_by_rounding),
        cmocka_unit_test(a_number_beyond_a_double_is_refused_where_it_is_read),
        cmocka_unit_test(an_unsupported_keyword_is_refused_with_its_place),
        cmocka_unit_test(a_malformed_schema_is_refused),
        cmocka_unit_test(a_ring_of_references_is_refused_but_recursion_into_the_instance_is_not),
        cmocka_unit_test(a_set_that_refused_refuses_ever_after),
        cmocka_unit_test(a_schema_that_nests_too_deeply_is_refused),
        cmocka_unit_test(documents_refer_to_each_other_by_relative_path),
        cmocka_unit_test(a_pattern_that_explodes_is_stopped_and_never_a_yes),
        cmocka_unit_test(a_deep_instance_is_stopped),
        cmocka_unit_test(a_check_that_would_take_long_is_stopped),
        cmocka_unit_test(many_items_are_compared_without_comparing_all_pairs),
        cmocka_unit_test(more_members_than_fit_on_the_stack_are_tracked),
        cmocka_unit_test(draft_04_is_spelled_its_own_way),
        cmocka_unit_test(a_set_can_take_an_extension_keyword_and_an_old_dialect),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
