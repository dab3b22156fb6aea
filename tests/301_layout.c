/* 301_layout.c -- what stands around every page, through our own templates: what it asks of a
 * model, and what it says of errors. */
/* rooms: base view */
#include "check.h"

#include "groundswell/base/embedded.h"
#include "groundswell/base/json.h"
#include "groundswell/view/template.h"

/* What every page's model promises. */
static const char shape_words[] =
    "{\"lang\": true, \"welsh\": true, \"root\": true, "
    "\"other_lang\": {\"lang\": true, \"name\": true, \"href\": true}, "
    "\"site\": {\"name\": true}, \"assets\": {\"css\": true, \"js\": true, \"icon\": true, "
    "\"brand\": true}, \"signed_in\": true, \"me\": {\"roles\": {\"resident\": true, "
    "\"clerk\": true, \"trust\": true, \"operator\": true}, \"trust_of\": true}, "
    "\"token\": true, \"key\": true, \"done\": true, \"errors\": [{\"field\": true, \"text\": "
    "true}], \"problem\": {\"code\": true, \"detail\": true}, \"community\": {\"slug\": true, "
    "\"name\": true}}";

#define COMMON "\"lang\": \"en\", \"root\": \"/cy\", \"site\": {\"name\": \"Town\"}, " \
               "\"assets\": {\"css\": \"/parts/s.css\"}"

static const char page[] =
    "{{<layout}}{{$title}}{{#_}}Pledge{{/_}}{{/title}}{{$before}}<i>crumbs</i>{{/before}}"
    "{{$main}}{{>partials/errors}}<h1>Pledge</h1>{{/main}}{{/layout}}";

static enum fault load(void *ctx, struct text name, struct text *ret_source)
{
    (void)ctx;
    char file[128];
    *ret_source = TEXT(page);
    if (text_is(name, "page")) return FAULT_NONE;
    snprintf(file, sizeof file, "pages/%.*s.html", TEXT_ARGS(name));
    for (size_t i = 0; i < embedded_web_n; i++) {
        if (strcmp(embedded_web[i].name, file) != 0) continue;
        *ret_source = embedded_text(&embedded_web[i]);
        return FAULT_NONE;
    }
    return FAULT_ABSENT;
}

struct around {
    struct view_set *set;
    const struct view *view;
};

static int begin(void **state)
{
    static struct around around;
    struct view_plan plan = {.load = load};
    struct view_problem problem = {0};
    around.set = view_set_new(&plan);
    assert_non_null(around.set);
    enum fault no = view_find(around.set, TEXT("page"), &around.view, &problem);
    if (no) print_error("%s:%u: %s\n", problem.template, problem.line, problem.what);
    *state = &around;
    return no ? -1 : 0;
}

static int end(void **state)
{
    view_set_free(((struct around *)*state)->set);
    return 0;
}

static json_t *json_of(const char *words)
{
    json_t *json = NULL;
    assert_int_equal(json_read(text_of(words), JSON_DEPTH_MAX, &json, NULL), FAULT_NONE);
    return json;
}

/* True where the page of that model has the words. */
static bool says(void **state, const char *model, const char *words)
{
    const struct around *around = *state;
    struct buf out = BUF_MAX(64 * KIB);
    json_t *json = json_of(model);
    assert_int_equal(view_render(&out, around->view, json, NULL), FAULT_NONE);
    bool found = memmem(out.data, buf_view(&out).n, words, strlen(words));
    json_decref(json);
    buf_release(&out);
    return found;
}

static void test_asks_for_nothing_but_what_every_model_promises(void **state)
{
    const struct around *around = *state;
    struct view_problem problem = {0};
    json_t *shape = json_of(shape_words);
    enum fault no = view_check(around->view, shape, &problem);
    if (no) print_error("%s:%u: %s\n", problem.template, problem.line, problem.what);
    assert_int_equal(no, FAULT_NONE);
    json_decref(shape);
}

static void test_a_page_is_titled_and_framed(void **state)
{
    static const char model[] = "{" COMMON "}";
    assert_true(says(state, model, "<title>Pledge - Town</title>"));
    assert_true(says(state, model, "<html class=\"govuk-template\" lang=\"en\">"));
    assert_true(says(state, model, "<link rel=\"stylesheet\" href=\"/parts/s.css\">"));
    assert_true(says(state, model, "<i>crumbs</i>"));
    assert_true(says(state, model, "<a href=\"/cy/sign-in\">"));
    assert_false(says(state, model, "gs-place"));
    assert_false(says(state, model, "govuk-notification-banner"));
    assert_false(says(state, model, "govuk-error-summary"));
}

static void test_errors_are_told_once_in_the_title_and_linked(void **state)
{
    static const char model[] =
        "{" COMMON ", \"problem\": {\"code\": \"c\", \"detail\": \"Both.\"}, \"errors\": [{"
        "\"field\": \"amount\", \"text\": \"Say how <much>\"}, "
        "{\"field\": \"b-0\", \"text\": \"Too\"}]}";
    assert_true(says(state, model, "<title>Error: Pledge - Town</title>"));
    assert_true(says(state, model, "<a href=\"#amount\">Say how &lt;much&gt;</a>"));
    assert_true(says(state, model, "<a href=\"#b-0\">Too</a>"));
    assert_false(says(state, model, "Both."));
}

static void test_a_refusal_of_no_field_is_told_in_its_own_words(void **state)
{
    static const char model[] =
        "{" COMMON ", \"problem\": {\"code\": \"c\", \"detail\": \"The round is over.\"}}";
    assert_true(says(state, model, "<li>The round is over.</li>"));
}

static void test_who_is_signed_in_sees_the_community_their_budget_and_what_was_done(void **state)
{
    static const char model[] =
        "{" COMMON ", \"signed_in\": true, \"token\": \"t&\", \"key\": \"k\", "
        "\"done\": \"pledged\", \"me\": {\"name\": \"Anna\", \"roles\": {\"resident\": true}}, "
        "\"other_lang\": {\"lang\": \"cy\", \"name\": \"Cymraeg\", \"href\": \"/cy/x\"}, "
        "\"community\": {\"slug\": \"riverside\", \"name\": \"Riverside\"}}";
    assert_true(says(state, model, "<a class=\"gs-place__name\" href=\"/cy/c/riverside\">"
                                   "Riverside</a>"));
    assert_true(says(state, model, "<a href=\"/cy/c/riverside/budget\">My budget</a>"));
    assert_true(says(state, model, "name=\"token\" value=\"t&amp;\""));
    assert_true(says(state, model, "<a href=\"/cy/x\" lang=\"cy\" hreflang=\"cy\">Cymraeg</a>"));
    assert_true(says(state, model, "Your pledge is recorded."));
    assert_false(says(state, model, "Your pledge is changed."));
    assert_false(says(state, model, "/sign-in"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_asks_for_nothing_but_what_every_model_promises),
        cmocka_unit_test(test_a_page_is_titled_and_framed),
        cmocka_unit_test(test_errors_are_told_once_in_the_title_and_linked),
        cmocka_unit_test(test_a_refusal_of_no_field_is_told_in_its_own_words),
        cmocka_unit_test(test_who_is_signed_in_sees_the_community_their_budget_and_what_was_done),
    };
    return cmocka_run_group_tests(tests, begin, end);
}
