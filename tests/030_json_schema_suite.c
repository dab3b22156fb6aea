/* 030_json_schema_suite.c -- the official JSON Schema test suite, for what is supported of it. */
/* rooms: base schema */
/*
 * The suite is not part of the project: it is looked for in
 * $GROUNDSWELL_SHARED/data/json-schema-suite, or beside the source tree, and where it is absent
 * these tests say that they skipped. What is left out stands in the list below with its reason.
 * REFUSED entries must be refused when they are compiled: nothing is ever ignored. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>

#include <dirent.h>
#include <sys/stat.h>

#include "groundswell/schema/schema.h"

enum how {
    REFUSED,   /* compiling it is refused */
    OTHERWISE, /* compiled, and judged otherwise than the suite expects: the outcome must differ */
};

struct left_out {
    const char *file;  /* in tests/ of the suite */
    const char *group; /* NULL: all of the file */
    const char *test;  /* NULL: all of the group */
    enum how how;
    const char *reason;
};

#include "030_left_out.h"

#define LEFT_OUT_N (sizeof left_out / sizeof *left_out)

static char suite[512];
static struct {
    char uri[300];
    json_t *json;
} remotes[128];
static size_t remotes_n;
static struct {
    size_t files, groups, passed, refused, differing, failed;
    bool used[LEFT_OUT_N];
} tally;

static json_t *load(const char *path)
{
    json_error_t error;
    json_t *json = json_load_file(path, JSON_DECODE_ANY | JSON_ALLOW_NUL, &error);
    /* integers beyond 64 bits: Jansson reads them only if it may read every integer as a real */
    if (!json)
        json = json_load_file(path, JSON_DECODE_ANY | JSON_ALLOW_NUL | JSON_DECODE_INT_AS_REAL,
                              &error);
    if (!json) print_error("%s: %s\n", path, error.text);
    assert_non_null(json);
    return json;
}

static int entries(const char *folder, struct dirent ***ret)
{
    int n = scandir(folder, ret, NULL, alphasort);
    return n < 0 ? 0 : n;
}

static void load_remotes(const char *below)
{
    char folder[1024];
    struct dirent **list = NULL;
    struct stat st;
    snprintf(folder, sizeof folder, "%s/remotes%s", suite, below);
    int n = entries(folder, &list);
    for (int i = 0; i < n; i++) {
        char path[1400], next[600];
        snprintf(path, sizeof path, "%s/%s", folder, list[i]->d_name);
        snprintf(next, sizeof next, "%s/%s", below, list[i]->d_name);
        bool folder_next = stat(path, &st) == 0 && S_ISDIR(st.st_mode) && list[i]->d_name[0] != '.';
        if (folder_next) load_remotes(next);
        if (!folder_next && strstr(list[i]->d_name, ".json") && remotes_n < 128) {
            snprintf(remotes[remotes_n].uri, sizeof remotes[0].uri, "http://localhost:1234%.270s",
                     next);
            remotes[remotes_n++].json = load(path);
        }
        free(list[i]);
    }
    free(list);
}

/* The remote documents of one draft, and those that stand in no draft's folder. */
static void add_remotes(struct schema_set *set, const char *draft)
{
    char prefix[64];
    snprintf(prefix, sizeof prefix, "http://localhost:1234/%s/", draft);
    for (size_t i = 0; i < remotes_n; i++) {
        const char *path = remotes[i].uri + strlen("http://localhost:1234/");
        bool other = strncmp(path, "draft", 5) == 0 || strncmp(path, "v1/", 3) == 0;
        bool neighbour = strcmp(draft, "draft2020-12") == 0 && strstr(path, "ignore-prefixItems");
        if (other && !neighbour && strncmp(remotes[i].uri, prefix, strlen(prefix)) != 0) continue;
        if (strcmp(draft, "draft2020-12") == 0 && !other) continue; /* those carry no dialect */
        assert_int_equal(schema_set_add(set, remotes[i].uri, remotes[i].json, NULL), FAULT_NONE);
    }
}

static const struct left_out *find_left_out(const char *file, const char *group, const char *test)
{
    for (size_t i = 0; i < LEFT_OUT_N; i++) {
        const struct left_out *out = &left_out[i];
        if (strcmp(out->file, file) != 0 || (out->group && strcmp(out->group, group) != 0))
            continue;
        if (out->test && (!test || strcmp(out->test, test) != 0)) continue;
        tally.used[i] = true;
        return out;
    }
    return NULL;
}

static void fail_with(const char *file, const char *group, const char *test, const char *why)
{
    tally.failed++;
    print_error("%s | %s | %s: %s\n", file, group, test ? test : "", why);
}

static void judge_test(const struct schema *schema, const char *file, const char *group,
                       const json_t *test)
{
    struct schema_errors errors;
    const char *name = json_string_value(json_object_get(test, "description"));
    const struct left_out *out = find_left_out(file, group, name);
    bool expected = json_is_true(json_object_get(test, "valid"));
    bool valid = schema_check(schema, json_object_get(test, "data"), &errors);
    for (size_t i = 0; i < errors.n; i++) {
        assert_true(errors.list[i].keyword[0] && errors.list[i].detail[0]);
        assert_true(!errors.list[i].pointer[0] || errors.list[i].pointer[0] == '/');
    }
    if (out && out->how == OTHERWISE && valid != expected) tally.differing++;
    else if (valid == expected && !out) tally.passed++;
    else
        fail_with(file, group, name,
                  out     ? "is left out, but passes"
                  : valid ? "is valid here"
                          : errors.list[0].detail);
}

static void judge_group(const char *draft, const char *file, const json_t *group)
{
    struct schema_problem problem = {0};
    const struct schema *schema = NULL;
    const char *name = json_string_value(json_object_get(group, "description"));
    const json_t *document = json_object_get(group, "schema");
    const struct left_out *out = find_left_out(file, name, NULL);
    struct schema_set *set = schema_set_new();
    assert_non_null(set);
    if (strcmp(draft, "draft4") == 0) schema_set_dialect(set, SCHEMA_DRAFT_04);
    char *text = json_dumps(document, JSON_ENCODE_ANY);
    if (text && strstr(text, "localhost")) add_remotes(set, draft);
    free(text);
    enum fault no = schema_set_add(set, "suite.json", document, &problem);
    if (!no) no = schema_compile(set, "suite.json", &schema, &problem);
    tally.groups++;
    if (out && !out->test && out->how == REFUSED) {
        if (no == FAULT_FORMAT && problem.what[0]) tally.refused++;
        else fail_with(file, name, NULL, "should have been refused");
    } else if (no) {
        char why[600];
        snprintf(why, sizeof why, "refused: %s#%s %s %s", problem.document, problem.pointer,
                 problem.keyword, problem.what);
        fail_with(file, name, NULL, why);
    } else {
        const json_t *tests = json_object_get(group, "tests");
        for (size_t i = 0; i < json_array_size(tests); i++)
            judge_test(schema, file, name, json_array_get(tests, i));
    }
    schema_set_free(set);
}

static void run_folder(const char *draft, const char *below)
{
    char folder[1024], path[1400], file[600];
    struct dirent **list = NULL;
    snprintf(folder, sizeof folder, "%s/tests/%s%s", suite, draft, below);
    int n = entries(folder, &list);
    assert_true(n > 2);
    for (int i = 0; i < n; i++) {
        if (strstr(list[i]->d_name, ".json")) {
            snprintf(path, sizeof path, "%s/%s", folder, list[i]->d_name);
            snprintf(file, sizeof file, "%s%s/%s", draft, below, list[i]->d_name);
            json_t *groups = load(path);
            tally.files++;
            for (size_t k = 0; k < json_array_size(groups); k++)
                judge_group(draft, file, json_array_get(groups, k));
            json_decref(groups);
        }
        free(list[i]);
    }
    free(list);
}

static void run_draft(const char *draft)
{
    struct stat st;
    if (stat(suite, &st) != 0) {
        print_message("skipped: the JSON Schema test suite is not at %s\n", suite);
        skip();
    }
    memset(&tally, 0, sizeof tally);
    run_folder(draft, "");
    run_folder(draft, "/optional");
    run_folder(draft, "/optional/format");
    for (size_t i = 0; i < LEFT_OUT_N; i++)
        if (strncmp(left_out[i].file, draft, strlen(draft)) == 0 && !tally.used[i])
            fail_with(left_out[i].file, left_out[i].group, left_out[i].test,
                      "is left out, but not in the suite");
    print_message("%s: %zu files, %zu groups, %zu tests passed, %zu groups refused as listed, %zu "
                  "tests differ as "
                  "listed, %zu failed\n",
                  draft, tally.files, tally.groups, tally.passed, tally.refused, tally.differing,
                  tally.failed);
    assert_int_equal(tally.failed, 0);
}

static void every_test_of_2020_12_passes_or_is_listed(void **state)
{
    (void)state;
    run_draft("draft2020-12");
}

static void every_test_of_draft_04_passes_or_is_listed(void **state)
{
    (void)state;
    run_draft("draft4");
}

static int find_suite(void **state)
{
    const char *shared = getenv("GROUNDSWELL_SHARED");
    (void)state;
    if (shared) snprintf(suite, sizeof suite, "%s/data/json-schema-suite", shared);
    else snprintf(suite, sizeof suite, "%s/../../shared/data/json-schema-suite", TESTS_DIR);
    load_remotes("");
    return 0;
}

static int forget_remotes(void **state)
{
    (void)state;
    for (size_t i = 0; i < remotes_n; i++) json_decref(remotes[i].json);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_test_of_2020_12_passes_or_is_listed),
        cmocka_unit_test(every_test_of_draft_04_passes_or_is_listed),
    };
    return cmocka_run_group_tests(tests, find_suite, forget_remotes);
}
