/* 013_fields.c -- what a field table promises on its way in from Redis and out as JSON. */
/* rooms: base */
#include "check.h"

#include "groundswell/base/fields.h"

#define N(array) (sizeof(array) / sizeof *(array))

struct tender {
    uint64_t ceiling_minor;
    uint32_t people_min;
    bool late;
    struct text theme;
    uint64_t closes_ms;
    struct id id, round;
    struct pairs areas;
    struct text title, rule, hash;
    uint64_t found_us;
};

static const struct field fields[] = {
    FIELD_ID_OF(struct tender, id, 't', 0),
    FIELD(struct tender, ceiling_minor, FIELD_U64),
    FIELD(struct tender, people_min, FIELD_U32),
    FIELD_FLAGS(struct tender, late, FIELD_BOOL, FIELD_OPTIONAL | FIELD_ZERO_ABSENT),
    FIELD_FLAGS(struct tender, theme, FIELD_TEXT, FIELD_OPTIONAL),
    FIELD_AS("closes", struct tender, closes_ms, FIELD_STAMP, FIELD_ZERO_ABSENT),
    FIELD_ID_OF(struct tender, round, 'r', FIELD_OPTIONAL),
    FIELD_FLAGS(struct tender, areas, FIELD_PAIRS, FIELD_OPTIONAL),
    FIELD_FLAGS(struct tender, title, FIELD_TEXT, FIELD_LOCAL),
    FIELD_FLAGS(struct tender, rule, FIELD_JSON, FIELD_OPTIONAL | FIELD_ZERO_ABSENT),
    FIELD_FLAGS(struct tender, hash, FIELD_TEXT, FIELD_PRIVATE | FIELD_OPTIONAL),
};

struct scene {
    struct arena arena;
    struct buf buf;
    struct tender tender;
    struct field_pair given[16];
    size_t n;
};

static int scene_open(void **state)
{
    struct scene *s = calloc(1, sizeof *s);
    arena_init(&s->arena, 4 * KIB);
    s->buf = BUF_MAX(4 * KIB);
    *state = s;
    return 0;
}

static int scene_close(void **state)
{
    struct scene *s = *state;
    arena_release(&s->arena);
    buf_release(&s->buf);
    free(s);
    return 0;
}

static void give(struct scene *s, const char *name, const char *value)
{
    s->given[s->n++] = (struct field_pair){text_of(name), text_of(value)};
}

static void give_what_is_required(struct scene *s)
{
    s->n = 0;
    give(s, "id", "3");
    give(s, "ceiling_minor", "9007199254740991");
    give(s, "people_min", "4294967295");
    give(s, "closes", "1795295801123");
}

static enum fault read_it(struct scene *s)
{
    return fields_read(FIELDS(fields), &s->tender, s->given, s->n, &s->arena);
}

static const char *as_json(struct scene *s)
{
    buf_reset(&s->buf);
    struct json_out out = JSON_OUT(&s->buf);
    fields_place(FIELDS(fields), &s->tender, TEXT("riverside"));
    fields_json(FIELDS(fields), &s->tender, &out);
    assert_int_equal(buf_fault(&s->buf), FAULT_NONE);
    return s->buf.data;
}

static void a_full_answer_becomes_a_struct_and_json_in_table_order(void **state)
{
    struct scene *s = *state;
    char theme[] = "home \"care\"";
    give(s, "hash", "cafe"); /* not in the table's order */
    give(s, "areas", "0:34,63:18446744073709551615");
    give(s, "rule", "{\"quorum\":40}");
    give(s, "round", "2");
    give(s, "late", "1");
    give(s, "theme", theme);
    give(s, "closes", "1795295801123");
    give(s, "people_min", "4294967295");
    give(s, "ceiling_minor", "18446744073709551615");
    give(s, "id", "12");
    s->tender.title = TEXT("Wednesday lunch");
    assert_int_equal(read_it(s), FAULT_NONE);
    memset(theme, 'x', sizeof theme); /* the answer is gone, the struct stays */
    assert_string_equal(as_json(s),
                        "{\"id\":\"riverside.t12\",\"ceiling_minor\":18446744073709551615,"
                        "\"people_min\":4294967295,\"late\":true,\"theme\":\"home \\\"care\\\"\","
                        "\"closes\":\"2026-11-21T21:16:41.123Z\",\"round\":\"riverside.r2\","
                        "\"areas\":[[0,34],[63,18446744073709551615]],"
                        "\"title\":\"Wednesday lunch\","
                        "\"rule\":{\"quorum\":40}}");
    assert_text(s->tender.hash, "cafe");
}

static void what_is_absent_is_omitted_or_null(void **state)
{
    struct scene *s = *state;
    memset(&s->tender, 0x5a, sizeof s->tender); /* leftovers of another answer */
    s->tender.title = TEXT_NONE;
    give_what_is_required(s);
    s->given[3].value = TEXT("0");
    assert_int_equal(read_it(s), FAULT_NONE);
    assert_string_equal(as_json(s), "{\"id\":\"riverside.t3\",\"ceiling_minor\":9007199254740991,"
                                    "\"people_min\":4294967295,\"closes\":null,\"title\":null}");
    give(s, "late", "0");
    give(s, "theme", "");
    give(s, "areas", "");
    give(s, "rule", "");
    assert_int_equal(read_it(s), FAULT_NONE);
    assert_string_equal(as_json(s), "{\"id\":\"riverside.t3\",\"ceiling_minor\":9007199254740991,"
                                    "\"people_min\":4294967295,\"theme\":\"\",\"closes\":null,"
                                    "\"areas\":[],\"title\":null}");
}

static void an_answer_that_does_not_fit_is_a_fault(void **state)
{
    struct scene *s = *state;
    static const struct {
        const char *name, *value;
    } bad[] = {{"unknown", "1"},    {"", ""},           {"title", "local"}, {"id", "3"},
               {"round", "-1"},     {"round", "1e3"},   {"round", "4294967296"}, {"late", "2"},
               {"late", ""},        {"late", "true"},   {"areas", "0"},     {"areas", "0:"},
               {"areas", ":1"},     {"areas", "0:1,"},  {"areas", ",0:1"},  {"areas", "0:1;1:2"},
               {"areas", "0:1:2"},  {"areas", "0:nan"}, {"late\0", "1"},    {"LATE", "1"}};
    for (size_t i = 0; i < N(bad); i++) {
        give_what_is_required(s);
        give(s, bad[i].name, bad[i].value);
        if (i == 18)
            s->given[s->n - 1].name.n++;
        arena_reset(&s->arena);
        assert_int_equal(read_it(s), FAULT_FORMAT);
    }
    for (size_t left_out = 0; left_out < 4; left_out++) {
        give_what_is_required(s);
        s->given[left_out] = s->given[--s->n];
        assert_int_equal(read_it(s), FAULT_FORMAT);
    }
    give_what_is_required(s);
    s->given[1].value = TEXT("9.007e15");
    assert_int_equal(read_it(s), FAULT_FORMAT);
}

static void the_arena_bounds_what_an_answer_may_hold(void **state)
{
    struct scene *s = *state;
    char long_theme[5000];
    memset(long_theme, 'x', sizeof long_theme);
    give_what_is_required(s);
    s->given[s->n++] = (struct field_pair){TEXT("theme"), {long_theme, sizeof long_theme}};
    assert_int_equal(read_it(s), FAULT_MEMORY);
    for (size_t i = 0; i < sizeof long_theme; i++)
        long_theme[i] = ',';
    s->given[s->n - 1].name = TEXT("areas");
    assert_int_equal(read_it(s), FAULT_MEMORY);
}

static void members_can_join_an_object_that_is_open(void **state)
{
    struct scene *s = *state;
    static const struct field two[] = {FIELD(struct tender, people_min, FIELD_U32),
                                       FIELD(struct tender, late, FIELD_BOOL)};
    struct json_out out = JSON_OUT(&s->buf);
    json_object_begin(&out);
    json_u64_at(&out, "seq", 7);
    fields_json_members(FIELDS(two), &s->tender, &out);
    json_object_end(&out);
    assert_buf(&s->buf, "{\"seq\":7,\"people_min\":0,\"late\":false}");
}

#define SCENE(test) cmocka_unit_test_setup_teardown(test, scene_open, scene_close)

int main(void)
{
    const struct CMUnitTest tests[] = {
        SCENE(a_full_answer_becomes_a_struct_and_json_in_table_order),
        SCENE(what_is_absent_is_omitted_or_null),
        SCENE(an_answer_that_does_not_fit_is_a_fault),
        SCENE(the_arena_bounds_what_an_answer_may_hold),
        SCENE(members_can_join_an_object_that_is_open),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
