/* 034_own_schemas.c -- every schema that the project ships compiles, and becomes a component. */
/* rooms: base schema */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>

#include "groundswell/base/embedded.h"
#include "groundswell/base/json.h"
#include "groundswell/schema/openapi.h"

static bool is_schema(const char *name)
{
    return strcmp(name, "refusals.json") != 0; /* a list, not a schema */
}

static struct schema_set *own_schemas(void)
{
    struct schema_set *set = schema_set_new();
    assert_non_null(set);
    for (size_t i = 0; i < embedded_schemas_n; i++) {
        const struct embedded *file = &embedded_schemas[i];
        struct schema_problem problem = {0};
        CLEANUP(json_ref) json_t *document = NULL;
        if (!is_schema(file->name)) continue;
        assert_int_equal(json_read(embedded_text(file), JSON_DEPTH_MAX, &document, NULL), 0);
        enum fault no = schema_set_add(set, file->name, document, &problem);
        if (no) print_error("%s#%s: %s\n", file->name, problem.pointer, problem.what);
        assert_int_equal(no, FAULT_NONE);
    }
    return set;
}

static void every_schema_compiles(void **state)
{
    size_t compiled = 0;
    struct schema_set *set = own_schemas();
    (void)state;
    for (size_t i = 0; i < embedded_schemas_n; i++) {
        struct schema_problem problem = {0};
        const struct schema *schema = NULL;
        if (!is_schema(embedded_schemas[i].name)) continue;
        enum fault no = schema_compile(set, embedded_schemas[i].name, &schema, &problem);
        if (no)
            print_error("%s#%s: %s %s\n", problem.document, problem.pointer, problem.keyword,
                        problem.what);
        assert_int_equal(no, FAULT_NONE);
        compiled++;
    }
    assert_true(compiled > 10);
    schema_set_free(set);
}

static void every_schema_becomes_a_component_under_its_own_name(void **state)
{
    size_t documents = 0;
    struct schema_set *set = own_schemas();
    CLEANUP(json_ref) json_t *components = json_object();
    (void)state;
    for (size_t i = 0; i < embedded_schemas_n; i++) {
        struct schema_problem problem = {0};
        CLEANUP(json_ref) json_t *ref = NULL;
        if (!is_schema(embedded_schemas[i].name)) continue;
        enum fault no =
            schema_bundle_ref(set, embedded_schemas[i].name, components, &ref, &problem);
        if (no) print_error("%s: %s\n", embedded_schemas[i].name, problem.what);
        assert_int_equal(no, FAULT_NONE);
        documents++;
    }
    assert_true(json_object_size(components) >= documents);
    schema_set_free(set);
}

static void an_amount_of_a_pledge_is_judged_by_its_schema(void **state)
{
    struct schema_errors errors;
    const struct schema *schema = NULL;
    struct schema_set *set = own_schemas();
    (void)state;
    assert_int_equal(schema_compile(set, "commands/pledge-put.json", &schema, NULL), FAULT_NONE);
    CLEANUP(json_ref) json_t *good = json_pack("{s:i}", "amount", 500);
    CLEANUP(json_ref) json_t *negative = json_pack("{s:i}", "amount", -500);
    CLEANUP(json_ref) json_t *half = json_pack("{s:f}", "amount", 0.5);
    assert_true(schema_check(schema, good, &errors));
    assert_false(schema_check(schema, negative, &errors));
    assert_string_equal(errors.list[0].pointer, "/amount");
    assert_string_equal(errors.list[0].keyword, "minimum");
    assert_false(schema_check(schema, half, &errors));
    assert_string_equal(errors.list[0].keyword, "type");
    schema_set_free(set);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_schema_compiles),
        cmocka_unit_test(every_schema_becomes_a_component_under_its_own_name),
        cmocka_unit_test(an_amount_of_a_pledge_is_judged_by_its_schema),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
