/* 032_schema_bundle.c -- schemas become components of an OpenAPI document and mean the same. */
/* rooms: base schema */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>

#include "groundswell/base/json.h"
#include "groundswell/schema/openapi.h"

static json_t *json(const char *text)
{
    json_t *read = json_loads(text, JSON_DECODE_ANY, NULL);
    assert_non_null(read);
    return read;
}

static void add(struct schema_set *set, const char *name, const char *text)
{
    CLEANUP(json_ref) json_t *document = json(text);
    assert_int_equal(schema_set_add(set, name, document, NULL), FAULT_NONE);
}

static void equals(const json_t *value, const char *text)
{
    CLEANUP(json_ref) json_t *wanted = json(text);
    if (!json_equal(value, wanted)) {
        char *is = json_dumps(value, JSON_ENCODE_ANY);
        print_error("%s\nis not\n%s\n", is, text);
        free(is);
    }
    assert_true(json_equal(value, wanted));
}

static struct schema_set *pledge_set(void)
{
    struct schema_set *set = schema_set_new();
    assert_non_null(set);
    add(set, "common.json",
        "{\"$defs\":{\"amount\":{\"type\":\"integer\",\"minimum\":0},"
        "\"tree\":{\"type\":\"object\",\"properties\":{\"up\":{\"$ref\":\"#/$defs/tree\"},"
        "\"worth\":{\"$ref\":\"#/$defs/amount\"}}}}}");
    add(set, "commands/pledge-put.json",
        "{\"$schema\":\"https://json-schema.org/draft/2020-12/schema\",\"title\":\"Pledge\","
        "\"type\":\"object\",\"required\":[\"amount\"],\"properties\":{"
        "\"amount\":{\"$ref\":\"../common.json#/$defs/amount\",\"maximum\":9},"
        "\"tree\":{\"anyOf\":[{\"$ref\":\"../common.json#/$defs/tree\"},{\"type\":\"null\"}]},"
        "\"note\":{\"$ref\":\"#/$defs/note\"}},"
        "\"examples\":[{\"$ref\":\"not a reference\"}],"
        "\"$defs\":{\"note\":{\"type\":\"string\"}}}");
    return set;
}

static void every_reference_becomes_a_component_once(void **state)
{
    (void)state;
    struct schema_problem problem;
    struct schema_set *set = pledge_set();
    CLEANUP(json_ref) json_t *components = json_object();
    CLEANUP(json_ref) json_t *bundled = NULL;
    assert_int_equal(schema_bundle(set, "commands/pledge-put.json", components, &bundled, &problem),
                     FAULT_NONE);
    equals(bundled,
           "{\"title\":\"Pledge\",\"type\":\"object\",\"required\":[\"amount\"],\"properties\":{"
           "\"amount\":{\"$ref\":\"#/components/schemas/CommonAmount\",\"maximum\":9},"
           "\"tree\":{\"anyOf\":[{\"$ref\":\"#/components/schemas/CommonTree\"},"
           "{\"type\":\"null\"}]},"
           "\"note\":{\"$ref\":\"#/components/schemas/CommandsPledgePutNote\"}},"
           "\"examples\":[{\"$ref\":\"not a reference\"}]}");
    equals(components, "{\"CommonAmount\":{\"type\":\"integer\",\"minimum\":0},"
                       "\"CommonTree\":{\"type\":\"object\",\"properties\":{"
                       "\"up\":{\"$ref\":\"#/components/schemas/CommonTree\"},"
                       "\"worth\":{\"$ref\":\"#/components/schemas/CommonAmount\"}}},"
                       "\"CommandsPledgePutNote\":{\"type\":\"string\"}}");
    schema_set_free(set);
}

static void a_document_can_be_a_component_itself_and_be_asked_for_twice(void **state)
{
    (void)state;
    struct schema_problem problem;
    struct schema_set *set = pledge_set();
    CLEANUP(json_ref) json_t *components = json_object();
    for (int i = 0; i < 2; i++) {
        CLEANUP(json_ref) json_t *ref = NULL;
        assert_int_equal(
            schema_bundle_ref(set, "commands/pledge-put.json", components, &ref, &problem),
            FAULT_NONE);
        equals(ref, "{\"$ref\":\"#/components/schemas/CommandsPledgePut\"}");
        assert_int_equal(json_object_size(components), 4);
    }
    CLEANUP(json_ref) json_t *fresh = json_object(); /* a second document assembled from one set */
    CLEANUP(json_ref) json_t *ref = NULL;
    assert_int_equal(schema_bundle_ref(set, "common.json#/$defs/amount", fresh, &ref, &problem),
                     FAULT_NONE);
    equals(fresh, "{\"CommonAmount\":{\"type\":\"integer\",\"minimum\":0}}");
    schema_set_free(set);
}

/* The bundle, wrapped as OpenAPI would have it, compiles as a schema and gives the same answers. */
static void a_bundle_judges_as_its_set_does(void **state)
{
    (void)state;
    static const char *const instances[] = {"{\"amount\":9}",
                                            "{\"amount\":10}",
                                            "{\"amount\":-1}",
                                            "{\"amount\":1,\"note\":2}",
                                            "{\"amount\":1,\"tree\":{\"up\":{\"worth\":-1}}}",
                                            "{\"amount\":1,\"tree\":{\"up\":{}}}"};
    struct schema_problem problem;
    struct schema_errors one, two;
    const struct schema *near = NULL, *bundled = NULL;
    struct schema_set *set = pledge_set(), *second = schema_set_new();
    CLEANUP(json_ref) json_t *components = json_object();
    CLEANUP(json_ref) json_t *ref = NULL;
    assert_int_equal(schema_bundle_ref(set, "commands/pledge-put.json", components, &ref, &problem),
                     FAULT_NONE);
    const char *name;
    json_t *component;
    json_object_foreach(components, name, component)
    {
        char as[200]; /* "#/components/schemas/X" seen from a document of that name */
        snprintf(as, sizeof as, "%s", name);
        char *text = json_dumps(component, 0);
        for (char *at = text; (at = strstr(at, "#/components/schemas/")) != NULL;)
            memmove(at, at + 21, strlen(at + 21) + 1);
        add(second, as, text);
        free(text);
    }
    assert_int_equal(schema_compile(set, "commands/pledge-put.json", &near, &problem), FAULT_NONE);
    assert_int_equal(schema_compile(second, "CommandsPledgePut", &bundled, &problem), FAULT_NONE);
    for (size_t i = 0; i < sizeof instances / sizeof *instances; i++) {
        CLEANUP(json_ref) json_t *instance = json(instances[i]);
        bool valid = schema_check(near, instance, &one);
        assert_int_equal(schema_check(bundled, instance, &two), valid);
        assert_int_equal(valid, i == 0 || i == 5);
        assert_int_equal(one.n, two.n);
        if (!valid) assert_string_equal(one.list[0].detail, two.list[0].detail);
    }
    schema_set_free(second);
    schema_set_free(set);
}

static void two_places_with_one_name_are_refused(void **state)
{
    (void)state;
    struct schema_problem problem = {0};
    struct schema_set *set = schema_set_new();
    CLEANUP(json_ref) json_t *components = json_object();
    json_t *bundled = NULL;
    add(set, "a/b.json", "{\"type\":\"null\"}");
    add(set, "a-b.json", "{\"type\":\"object\"}");
    add(set, "both.json", "{\"allOf\":[{\"$ref\":\"a/b.json\"},{\"$ref\":\"a-b.json\"}]}");
    assert_int_equal(schema_bundle(set, "both.json", components, &bundled, &problem), FAULT_FORMAT);
    assert_null(bundled);
    assert_string_equal(problem.what, "is a second schema by the name AB");
    schema_set_free(set);
}

static void what_openapi_cannot_say_is_refused(void **state)
{
    (void)state;
    struct schema_problem problem = {0};
    struct schema_set *set = schema_set_new();
    CLEANUP(json_ref) json_t *components = json_object();
    json_t *bundled = NULL;
    add(set, "old.json", "{\"$schema\":\"http://json-schema.org/draft-04/schema#\"}");
    add(set, "new.json", "{\"$ref\":\"old.json\"}");
    add(set, "dynamic.json", "{\"$dynamicRef\":\"#\"}");
    add(set, "lost.json", "{\"items\":{\"$ref\":\"nowhere.json\"}}");
    assert_int_equal(schema_bundle(set, "new.json", components, &bundled, &problem), FAULT_FORMAT);
    assert_string_equal(problem.document, "old.json");
    assert_int_equal(schema_bundle(set, "dynamic.json", components, &bundled, &problem),
                     FAULT_FORMAT);
    assert_string_equal(problem.keyword, "$dynamicRef");
    assert_int_equal(schema_bundle(set, "lost.json", components, &bundled, &problem), FAULT_FORMAT);
    assert_string_equal(problem.what, "leads nowhere: nowhere.json");
    assert_string_equal(problem.pointer, "/items");
    assert_int_equal(schema_bundle(set, "absent.json", components, &bundled, &problem),
                     FAULT_FORMAT);
    assert_null(bundled);
    schema_set_free(set);
}

static void a_reference_to_a_boolean_schema_needs_no_component(void **state)
{
    (void)state;
    struct schema_set *set = schema_set_new();
    CLEANUP(json_ref) json_t *components = json_object();
    CLEANUP(json_ref) json_t *bundled = NULL;
    add(set, "a.json",
        "{\"properties\":{\"y\":{\"$ref\":\"#/$defs/y\"},"
        "\"n\":{\"$ref\":\"#/$defs/n\"}},\"$defs\":{\"y\":true,\"n\":false}}");
    assert_int_equal(schema_bundle(set, "a.json", components, &bundled, NULL), FAULT_NONE);
    equals(bundled, "{\"properties\":{\"y\":{},\"n\":{\"not\":{}}}}");
    assert_int_equal(json_object_size(components), 0);
    schema_set_free(set);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_reference_becomes_a_component_once),
        cmocka_unit_test(a_document_can_be_a_component_itself_and_be_asked_for_twice),
        cmocka_unit_test(a_bundle_judges_as_its_set_does),
        cmocka_unit_test(two_places_with_one_name_are_refused),
        cmocka_unit_test(what_openapi_cannot_say_is_refused),
        cmocka_unit_test(a_reference_to_a_boolean_schema_needs_no_component),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
