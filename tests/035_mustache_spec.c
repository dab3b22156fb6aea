/* 035_mustache_spec.c -- the cases of the Mustache specification, every one. */
/* rooms: base view */
/*
 * The specification is not part of the project: its files are looked for in
 * $GROUNDSWELL_SHARED/data/mustache-spec, or beside the source tree, and where they are absent this
 * test says that it skipped. */
#include "check.h"

#include <sys/stat.h>

#include "groundswell/view/template.h"

static const char *const files[] = {"comments", "delimiters", "interpolation",
                                    "inverted", "partials",   "sections"};

static enum fault load(void *ctx, struct text name, struct text *ret_source)
{
    const json_t *test = ctx;
    const json_t *source = json_object_get(test, "template");
    if (!text_is(name, "the template"))
        source = json_object_getn(json_object_get(test, "partials"), name.at, name.n);
    if (!source) return FAULT_ABSENT;
    *ret_source = (struct text){json_string_value(source), json_string_length(source)};
    return FAULT_NONE;
}

static bool passes(const char *file, json_t *test)
{
    const struct view_plan plan = {.load = load, .ctx = test, .raw = true, .absent_is_empty = true};
    const char *wanted = json_string_value(json_object_get(test, "expected"));
    const char *name = json_string_value(json_object_get(test, "name"));
    struct view_problem problem = {0};
    struct buf out = BUF_MAX(64 * KIB);
    const struct view *view;
    struct view_set *set = view_set_new(&plan);
    assert_non_null(set);
    enum fault no = view_find(set, TEXT("the template"), &view, &problem);
    if (!no) no = view_render(&out, view, json_object_get(test, "data"), NULL);
    bool good = !no && text_is(buf_view(&out), wanted);
    if (!good)
        print_error("%s | %s: %s %s\nwanted: %s\ngot:    %.*s\n", file, name, fault_name(no),
                    problem.what, wanted, TEXT_ARGS(buf_view(&out)));
    view_set_free(set);
    buf_release(&out);
    return good;
}

static void every_case_of_the_specification_passes(void **state)
{
    const char *shared = getenv("GROUNDSWELL_SHARED");
    char folder[400], path[500];
    struct stat st;
    size_t cases = 0, failed = 0;
    (void)state;
    if (shared) snprintf(folder, sizeof folder, "%s/data/mustache-spec", shared);
    else snprintf(folder, sizeof folder, "%s/../../shared/data/mustache-spec", TESTS_DIR);
    if (stat(folder, &st) != 0) {
        print_message("skipped: the Mustache specification is not at %s\n", folder);
        skip();
    }
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        json_error_t error;
        snprintf(path, sizeof path, "%s/%s.json", folder, files[i]);
        json_t *json = json_load_file(path, 0, &error);
        assert_non_null(json);
        const json_t *tests = json_object_get(json, "tests");
        for (size_t k = 0; k < json_array_size(tests); k++)
            failed += !passes(files[i], json_array_get(tests, k));
        cases += json_array_size(tests);
        json_decref(json);
    }
    print_message("%zu cases, %zu failed\n", cases, failed);
    assert_true(cases > 130);
    assert_int_equal(failed, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(every_case_of_the_specification_passes)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
