/* 026_record_schemas.c -- the schemas of the records and the table in C say the same. */
/* rooms: base rules schema */
#include "020_scene.h"
#include "024_steps.h"

#include <jansson.h>

#include "groundswell/schema/schema.h"

static struct schema_set *set;
static const struct schema *schemas[RECORD_KINDS];
static json_t *documents[RECORD_KINDS];

static void add(const char *name, json_t **ret)
{
    char path[512];
    json_error_t error;
    snprintf(path, sizeof path, "%s/../schemas/%s", TESTS_DIR, name);
    json_t *document = json_load_file(path, JSON_REJECT_DUPLICATES, &error);
    if (!document)
        fail_msg("%s: %s", path, error.text);
    assert_int_equal(schema_set_add(set, name, document, NULL), FAULT_NONE);
    if (ret)
        *ret = document;
    else
        json_decref(document);
}

static int schemas_load(void **state)
{
    (void)state;
    char name[80];
    struct schema_problem problem;
    set = schema_set_new();
    add("common.json", NULL);
    for (int kind = 0; kind < RECORD_KINDS; kind++) {
        snprintf(name, sizeof name, "records/%s.json", record_kind_specs[kind].name);
        add(name, &documents[kind]);
    }
    for (int kind = 0; kind < RECORD_KINDS; kind++) {
        snprintf(name, sizeof name, "records/%s.json", record_kind_specs[kind].name);
        if (schema_compile(set, name, &schemas[kind], &problem))
            fail_msg("%s%s: %s %s", problem.document, problem.pointer, problem.keyword,
                     problem.what);
    }
    return 0;
}

static int schemas_unload(void **state)
{
    (void)state;
    for (int kind = 0; kind < RECORD_KINDS; kind++)
        json_decref(documents[kind]);
    schema_set_free(set);
    return 0;
}

static void properties_stand_in_the_canonical_order(void **state)
{
    (void)state;
    for (int kind = 0; kind < RECORD_KINDS; kind++) {
        json_t *properties = json_object_get(documents[kind], "properties");
        const char *name;
        json_t *value;
        size_t i = 0;
        json_object_foreach(properties, name, value) {
            enum record_field field = record_field_at((enum record_kind)kind, i++);
            assert_int_not_equal(field, RECORD_FIELDS);
            assert_string_equal(name, record_field_specs[field].name);
        }
        assert_int_equal(record_field_at((enum record_kind)kind, i), RECORD_FIELDS);
    }
}

static bool valid(enum record_kind kind, const json_t *record)
{
    struct schema_errors errors;
    return schema_check(schemas[kind], record, &errors);
}

/* Each member taken away, each number far out of bounds, one member more. */
static size_t count_damage(enum record_kind kind, json_t *record)
{
    size_t refused = 0;
    for (size_t i = 0; record_field_at(kind, i) != RECORD_FIELDS; i++) {
        enum record_field field = record_field_at(kind, i);
        const char *name = record_field_specs[field].name;
        json_t *kept = json_incref(json_object_get(record, name));
        if (!kept)
            continue;
        json_object_set_new(record, name, json_integer(-1));
        assert_false(valid(kind, record));
        json_object_set_new(record, name, json_real(1.5));
        assert_false(valid(kind, record));
        json_object_del(record, name);
        bool needed = !(record_kind_specs[kind].optional >> field & 1);
        if (needed && valid(kind, record))
            fail_msg("%s without %s is taken", record_kind_specs[kind].name, name);
        refused += needed;
        json_object_set(record, name, kept);
        json_decref(kept);
    }
    json_object_set_new(record, "email", json_string("ann@example.org"));
    assert_false(valid(kind, record));
    json_object_del(record, "email");
    assert_true(valid(kind, record));
    return refused;
}

static void what_the_model_writes_is_valid_and_what_is_damaged_is_not(void **state)
{
    (void)state;
    struct scene s;
    size_t kinds[RECORD_KINDS] = {0}, refused = 0;
    scene_init(&s);
    s.random = 26;
    for (int i = 0; i < 60000; i++)
        scene_step(&s);
    for (size_t i = 0; i < s.log_n; i++) {
        json_t *record = json_loads(s.log[i], 0, NULL);
        enum record_kind kind;
        assert_non_null(record);
        assert_true(record_kind_of(text_of(json_string_value(json_object_get(record, "kind"))),
                                   &kind));
        if (!valid(kind, record))
            fail_msg("not valid: %s", s.log[i]);
        if (kinds[kind]++ < 20)
            refused += count_damage(kind, record);
        json_decref(record);
    }
    for (int kind = 0; kind < RECORD_KINDS; kind++)
        if (kinds[kind] == 0)
            fail_msg("no %s came up", record_kind_specs[kind].name);
    assert_true(refused > 500);
    scene_release(&s);
}

static void a_sealed_payload_stands_alone_and_has_one_size(void **state)
{
    (void)state;
    char sealed[342] = "";
    memset(sealed, 'A', 340);
    json_t *record = json_pack("{s:i,s:i,s:i,s:s,s:s}", "v", 1, "seq", 12, "at", 9501, "kind",
                               "sealed", "sealed", sealed);
    assert_true(valid(RECORD_SEALED, record));
    json_object_set_new(record, "round", json_integer(1));
    assert_false(valid(RECORD_SEALED, record));
    json_object_del(record, "round");
    sealed[340] = 'A';
    json_object_set_new(record, "sealed", json_string(sealed));
    assert_false(valid(RECORD_SEALED, record));
    json_decref(record);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(properties_stand_in_the_canonical_order),
        cmocka_unit_test(what_the_model_writes_is_valid_and_what_is_damaged_is_not),
        cmocka_unit_test(a_sealed_payload_stands_alone_and_has_one_size),
    };
    return cmocka_run_group_tests(tests, schemas_load, schemas_unload);
}
