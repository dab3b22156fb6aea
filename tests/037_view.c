/* 037_view.c -- what templates do beyond Mustache, and how their mistakes are told. */
/* rooms: base view */
#include "check.h"

#include "groundswell/base/json.h"
#include "groundswell/view/catalogue.h"
#include "groundswell/view/template.h"

#define N(array) (sizeof(array) / sizeof *(array))

struct source {
    const char *name, *text;
};

static const char welsh[] =
    "msgid \"\"\nmsgstr \"\"\n\"Content-Type: text/plain; charset=UTF-8\\n\"\n"
    "\"Plural-Forms: nplurals=6; plural=(n==0 ? 0 : n==1 ? 1 : n==2 ? 2 : n==3 ? 3 : n==6 ? 4 : "
    "5);\\n\"\n\n"
    "msgid \"Pledge to {{title}}\"\nmsgstr \"Addo i {{title}}\"\n\n"
    "msgid \"Leaks {{title}}\"\nmsgstr \"{{secret}} {{title}}\"\n\n"
    "msgid \"Opens {{title}}\"\nmsgstr \"{{#title}}x{{/title}}\"\n\n"
    "msgid \"{{people:n}} person\"\nmsgid_plural \"{{people:n}} people\"\n"
    "msgstr[0] \"neb\"\nmsgstr[1] \"{{people:n}} un\"\nmsgstr[2] \"{{people:n}} dau\"\n"
    "msgstr[3] \"{{people:n}} tri\"\nmsgstr[4] \"{{people:n}} chwech\"\n"
    "msgstr[5] \"{{people:n}} lawer\"\n";

static enum fault load(void *ctx, struct text name, struct text *ret_source)
{
    for (const struct source *s = ctx; s->name; s++) {
        if (!text_is(name, s->name)) continue;
        *ret_source = text_of(s->text);
        return FAULT_NONE;
    }
    return FAULT_ABSENT;
}

static void put_n(struct buf *out, const json_t *value, const void *look)
{
    buf_format(out, "%s%lld", look ? (const char *)look : "", (long long)json_integer_value(value));
}

static void put_stars(struct buf *out, const json_t *value, const void *look)
{
    (void)look;
    if (value) buf_cstr(out, "<b>*</b>");
}

static const struct view_kind kinds[] = {{"n", put_n}, {"stars", put_stars}};

static struct view_plan plan_of(const struct source *sources)
{
    return (struct view_plan){
        .load = load, .ctx = (void *)(uintptr_t)sources, .kinds = kinds, .kinds_n = N(kinds)};
}

/* The template "page" with a model. */
static void says_in(const struct catalogue *words, const struct source *sources, const char *model,
                    const char *wanted)
{
    struct view_plan plan = plan_of(sources);
    struct view_problem problem = {0};
    struct buf out = BUF_MAX(64 * KIB);
    const struct view *view;
    json_t *json = NULL;
    plan.words = words;
    struct view_set *set = view_set_new(&plan);
    assert_non_null(set);
    enum fault no = view_find(set, TEXT("page"), &view, &problem);
    if (no) print_error("%s:%u: %s\n", problem.template, problem.line, problem.what);
    assert_int_equal(no, FAULT_NONE);
    assert_int_equal(json_read(text_of(model), JSON_DEPTH_MAX, &json, NULL), FAULT_NONE);
    assert_int_equal(view_render(&out, view, json, NULL), FAULT_NONE);
    assert_buf(&out, wanted);
    json_decref(json);
    view_set_free(set);
    buf_release(&out);
}

static void says(const char *source, const char *model, const char *wanted)
{
    const struct source sources[] = {{"page", source}, {NULL, NULL}};
    says_in(NULL, sources, model, wanted);
}

static void refused_in(const struct catalogue *words, const struct source *sources, unsigned line,
                       const char *what)
{
    struct view_plan plan = plan_of(sources);
    struct view_problem problem = {0};
    const struct view *view = NULL;
    plan.words = words;
    struct view_set *set = view_set_new(&plan);
    assert_non_null(set);
    for (int i = 0; i < 2; i++) { /* and it stays refused */
        enum fault no = view_find(set, TEXT("page"), &view, &problem);
        assert_true(no == FAULT_FORMAT || no == FAULT_LIMIT || no == FAULT_ABSENT);
        assert_null(view);
        assert_string_equal(problem.what, what);
        assert_string_equal(problem.template, "page");
        assert_int_equal(problem.line, line);
    }
    view_set_free(set);
}

static void refused(const char *source, unsigned line, const char *what)
{
    const struct source sources[] = {{"page", source}, {NULL, NULL}};
    refused_in(NULL, sources, line, what);
}

static struct catalogue *welsh_words(void)
{
    struct catalogue *words = NULL;
    assert_int_equal(catalogue_read(TEXT("cy"), TEXT(welsh), &words), FAULT_NONE);
    return words;
}

static void a_value_goes_through_its_kind(void **state)
{
    (void)state;
    says("{{price:n}} {{ x.y:n }} {{no:stars}}|{{price:stars}}", "{\"price\":3,\"x\":{\"y\":4}}",
         "3 4 |<b>*</b>");
    says("{{a}} {{b}} {{c}}", "{\"a\":\"<&>\\\"'\\u0001\\n\",\"b\":{},\"c\":[1]}",
         "&lt;&amp;&gt;&quot;&#39;?\n  ");
    says("{{a}} {{b}}", "{\"a\":true,\"b\":-7}", "true -7");
}

static void a_section_may_compare(void **state)
{
    (void)state;
    const char *source = "{{#state=open}}o{{title}}{{/state=open}}{{^state=open}}c{{/state=open}}";
    says(source, "{\"state\":\"open\",\"title\":\"t\"}", "ot");
    says(source, "{\"state\":\"opened\"}", "c");
    says(source, "{}", "c");
    says("{{#n=2}}two{{/n=2}}{{#b=true}}yes{{/b=true}}", "{\"n\":2,\"b\":true}", "twoyes");
    says("{{#list}}{{#.=a}}[{{.}}]{{/.=a}}{{/list}}", "{\"list\":[\"a\",\"b\"]}", "[a]");
}

static void what_is_empty_is_not_so(void **state)
{
    (void)state;
    says("{{#a}}a{{/a}}{{#b}}b{{/b}}{{#c}}c{{/c}}{{#d}}d{{/d}}{{^a}}!{{/a}}",
         "{\"a\":0,\"b\":\"\",\"c\":{},\"d\":1}", "cd!");
}

static void a_number_is_one_of_a_list(void **state)
{
    (void)state;
    says("{{#list.0}}some{{/list.0}}{{^list.2}}, not three{{/list.2}}: {{list.1.title}}{{list.x}}",
         "{\"list\":[{\"title\":\"a\"},{\"title\":\"b\"}]}", "some, not three: b");
    says("{{^list.0}}none{{/list.0}}", "{\"list\":[]}", "none");
}

static void a_dot_before_a_name_looks_no_further(void **state)
{
    (void)state;
    says("{{#list}}[{{title}}|{{.title}}]{{/list}}",
         "{\"title\":\"outer\",\"list\":[{\"title\":\"in\"},{}]}", "[in|in][outer|]");
    says("{{#a}}{{#.b}}x{{/.b}}{{^.b}}y{{/.b}}{{/a}}", "{\"a\":{\"c\":1},\"b\":1}", "y");
}

static void a_page_is_laid_into_its_layout(void **state)
{
    const struct source sources[] = {
        {"page", "{{<mid}}\n{{$title}}Page of {{name}}{{/title}}\n{{$main}}M{{>part}}{{/main}}\n"
                 "{{/mid}}\n"},
        {"mid", "{{<layout}}{{$title}}Mid{{/title}}{{$foot}}mid foot{{/foot}}{{/layout}}"},
        {"layout", "<{{$title}}none{{/title}}>{{$main}}{{/main}}|{{$foot}}foot{{/foot}}|"
                   "{{$side}}side{{/side}}"},
        {"part", "({{$title}}not of the layout{{/title}})"},
        {NULL, NULL}};
    (void)state;
    says_in(NULL, sources, "{\"name\":\"<x>\"}",
            "<Page of &lt;x&gt;>M(not of the layout)|mid foot|side");
}

static void blocks_and_parents_follow_the_specification(void **state)
{
    (void)state;
    const struct source recursion[] = {
        {"page", "{{<parent}}{{$foo}}override{{/foo}}{{/parent}}"},
        {"parent", "{{$foo}}default content{{/foo}} {{$bar}}{{<parent2}}{{/parent2}}{{/bar}}"},
        {"parent2", "{{$foo}}parent2 default content{{/foo}} "
                    "{{<parent}}{{$bar}}don't recurse{{/bar}}{{/parent}}"},
        {NULL, NULL}};
    says_in(NULL, recursion, "{}", "override override override don't recurse");
    const struct source within[] = {
        {"page", "{{<p}}{{$a}}[{{$a}}own{{/a}}]{{/a}}{{/p}}{{<p}}ignored {{x}}{{/p}}"},
        {"p", "{{$a}}of p{{/a}}"},
        {NULL, NULL}};
    says_in(NULL, within, "{}", "[own]of p");
    const struct source indented[] = {
        {"page", "  {{<p}}\n  {{/p}}\n"}, {"p", "a\n{{x}}\nb\n"}, {NULL, NULL}};
    says_in(NULL, indented, "{\"x\":\"1\\n2\"}", "  a\n  1\n2\n  b\n");
}

static void texts_are_said_in_the_language(void **state)
{
    (void)state;
    const struct source sources[] = {
        {"page", "<p>{{#_}}\n  Pledge to\n {{title}} {{/_}}</p>{{#_}}Back{{/_}}"}, {NULL, NULL}};
    struct catalogue *words = welsh_words();
    says_in(words, sources, "{\"title\":\"a<b\"}", "<p>Addo i a&lt;b</p>Back");
    says_in(NULL, sources, "{\"title\":\"a<b\"}", "<p>Pledge to a&lt;b</p>Back");
    catalogue_free(words);
}

static void texts_depend_on_numbers(void **state)
{
    (void)state;
    const struct source sources[] = {
        {"page", "{{#_n people}}{{people:n}} person|{{people:n}} people{{/_n}}"}, {NULL, NULL}};
    const struct source other[] = {
        {"page", "{{#_n list}}one thing |\n many things{{/_n}}."}, {NULL, NULL}};
    struct catalogue *words = welsh_words();
    says_in(words, sources, "{\"people\":0}", "neb");
    says_in(words, sources, "{\"people\":1}", "1 un");
    says_in(words, sources, "{\"people\":2}", "2 dau");
    says_in(words, sources, "{\"people\":3}", "3 tri");
    says_in(words, sources, "{\"people\":6}", "6 chwech");
    says_in(words, sources, "{\"people\":7}", "7 lawer");
    says_in(NULL, sources, "{\"people\":1}", "1 person");
    says_in(NULL, sources, "{\"people\":0}", "0 people");
    says_in(words, other, "{\"list\":[1]}", "one thing.");
    says_in(words, other, "{\"list\":[]}", "many things.");
    catalogue_free(words);
}

static void a_translation_leaks_nothing(void **state)
{
    (void)state;
    struct catalogue *words = welsh_words();
    const struct source leaks[] = {{"page", "a\n{{#_}}Leaks {{title}}{{/_}}"}, {NULL, NULL}};
    const struct source opens[] = {{"page", "\n\n{{#_}}Opens {{title}}{{/_}}"}, {NULL, NULL}};
    refused_in(words, leaks, 2,
               "the translation of \"Leaks {{title}}\" uses \"secret\", which the text does not");
    refused_in(words, opens, 3,
               "a text to be translated holds only variables, no \"#title\"");
    catalogue_free(words);
}

static void mistakes_are_told_with_their_line(void **state)
{
    (void)state;
    refused("a\n{{b", 2, "a tag is not closed");
    refused("\n{{#a}}\n{{#b}}\n{{/a}}", 4, "\"a\" is closed, but \"b\" of line 3 is open");
    refused("x{{/a}}", 1, "\"a\" is closed, but was not opened");
    refused("\n\n  {{#a}}\n\n", 3, "\"a\" is never closed");
    refused("{{#a=b}}{{/a}}", 1, "\"a\" is closed, but \"a=b\" of line 1 is open");
    refused("{{#a=}}{{/a=}}", 1, "there is no word behind the \"=\"");
    refused("{{a..b}}", 1, "\"a..b\" is not a name");
    refused("{{}}", 1, "\"\" is not a name");
    refused("{{a b}}", 1, "\"a b\" is not a name");
    refused("{{a:money}}", 1, "\"money\" is no kind of value");
    refused("{{{a}}}", 1, "\"a\" would be written unescaped");
    refused("\n{{& a}}", 2, "\"a\" would be written unescaped");
    refused("\n{{> no/where }}", 2, "there is no template no/where");
    refused("{{>a b}}", 1, "\"a b\" is not the name of a template");
    refused("{{=a=}}", 1, "these are not two delimiters");
    refused("{{$a.b}}{{/a.b}}", 1, "\"a.b\" is not a name");
    refused("\n{{#_}}text", 2, "the text is never closed");
    refused("{{#_n}}a|b{{/_n}}", 1, "\"\" is not a name");
    refused("\n{{#_n a}}ab{{/_n}}", 2,
            "a text that depends on a number is \"one|many\", with one \"|\"");
    refused("{{^_}}a{{/_}}", 1, "a text cannot be inverted");
    refused("{{#_}}a {{>b}}{{/_}}", 1,
            "a text to be translated holds only variables, no \">b\"");
}

static void rendering_and_reading_are_bounded(void **state)
{
    (void)state;
    const struct source sources[] = {
        {"page", "{{>page}}"}, {"deep", "{{#a}}{{>deep}}{{/a}}"},
        {"wide", "{{#a}}{{#a}}{{#a}}{{#a}}{{#a}}{{#a}}{{/a}}{{/a}}{{/a}}{{/a}}{{/a}}{{/a}}"},
        {"large", "{{#a}}0123456789{{/a}}"}, {NULL, NULL}};
    struct view_plan plan = plan_of(sources);
    struct view_set *set = view_set_new(&plan);
    CLEANUP(json_ref) json_t *model = json_pack("{s:[]}", "a");
    for (int i = 0; i < 20; i++)
        json_array_append_new(json_object_get(model, "a"), json_integer(1));
    for (const struct source *s = sources; s->name; s++) {
        struct buf out = BUF_MAX(100);
        const struct view *view;
        assert_int_equal(view_find(set, text_of(s->name), &view, NULL), FAULT_NONE);
        assert_int_equal(view_render(&out, view, model, NULL), FAULT_LIMIT);
        buf_release(&out);
    }
    view_set_free(set);
    CLEANUP(buf) struct buf many = BUF_MAX(MIB);
    for (int i = 0; i < VIEW_DEPTH_MAX + 1; i++) buf_cstr(&many, "{{#a}}");
    refused(buf_view(&many).at, 1, "too many tags are open within one another");
    buf_reset(&many);
    for (int i = 0; i < VIEW_NODES_MAX; i++) buf_cstr(&many, "{{a}} ");
    refused(buf_view(&many).at, 1, "the template has too many tags");
}

/* NULL: the shape promises all that the page asks for. */
static void checked(const struct source *sources, const char *shape, const char *template,
                    unsigned line, const char *what)
{
    struct view_plan plan = plan_of(sources);
    struct view_problem problem = {0};
    const struct view *view;
    json_t *json = NULL;
    struct view_set *set = view_set_new(&plan);
    assert_int_equal(view_find(set, TEXT("page"), &view, &problem), FAULT_NONE);
    assert_int_equal(json_read(text_of(shape), JSON_DEPTH_MAX, &json, NULL), FAULT_NONE);
    enum fault no = view_check(view, json, &problem);
    if (!what && no) print_error("%s:%u: %s\n", problem.template, problem.line, problem.what);
    assert_int_equal(no, what ? FAULT_FORMAT : FAULT_NONE);
    if (what) {
        assert_string_equal(problem.what, what);
        assert_string_equal(problem.template, template);
        assert_int_equal(problem.line, line);
    }
    json_decref(json);
    view_set_free(set);
}

static void every_name_is_promised(void **state)
{
    (void)state;
    const struct source sources[] = {
        {"page", "{{<lay}}{{$main}}\n{{#list}}{{title}}{{root}}{{>row}}{{/list}}{{/main}}{{/lay}}"},
        {"lay", "{{lang}}\n{{$main}}{{not_asked}}{{/main}}"},
        {"row", "\n{{#_n n}}one|{{n:n}} many{{/_n}}{{#.nodes}}{{>row}}{{/.nodes}}"},
        {NULL, NULL}};
    const char *good = "{\"lang\":true,\"root\":true,\"list\":[{\"title\":true,\"n\":true,"
                       "\"nodes\":null}]}";
    checked(sources, good, NULL, 0, NULL);
    checked(sources, "null", NULL, 0, NULL);
    const struct source first[] = {{"page", "{{list.0.title}}\n{{list.0.name}}"}, {NULL, NULL}};
    checked(first, good, "page", 2, "\"list.0.name\" is in no model of this page");
    checked(sources, "{\"root\":true,\"list\":null}", "lay", 1,
            "\"lang\" is in no model of this page");
    checked(sources, "{\"lang\":true,\"root\":true,\"list\":[{\"n\":true,\"nodes\":null}]}",
            "page", 2, "\"title\" is in no model of this page");
    checked(sources, "{\"lang\":true,\"n\":true,\"title\":true,\"root\":true,\"nodes\":null,"
            "\"list\":[{}]}", "row", 2, "\".nodes\" is in no model of this page");
    checked(sources, "{\"lang\":true,\"title\":{},\"root\":true,\"list\":[{}]}", "page", 2,
            "\"title\" is a thing, not a value");
    checked(sources, "{\"lang\":true,\"title\":true,\"root\":true,\"list\":[{\"n\":{}}]}", "row", 2,
            "\"n\" is a thing, not a number");
    checked(sources, "{\"lang\":true,\"title\":[{}],\"root\":true,\"list\":[{}]}", "page", 2,
            "\"title\" is a list, not a value");
}

static void comparisons_want_values(void **state)
{
    (void)state;
    const struct source sources[] = {{"page", "{{#a.b=x}}{{c}}{{/a.b=x}}"}, {NULL, NULL}};
    checked(sources, "{\"a\":{\"b\":true},\"c\":true}", NULL, 0, NULL);
    checked(sources, "{\"a\":{\"b\":{}},\"c\":true}", "page", 1,
            "\"a.b\" is compared with a word, but it is not a value");
    checked(sources, "{\"a\":{},\"c\":true}", "page", 1, "\"a.b\" is in no model of this page");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_value_goes_through_its_kind),
        cmocka_unit_test(a_section_may_compare),
        cmocka_unit_test(what_is_empty_is_not_so),
        cmocka_unit_test(a_number_is_one_of_a_list),
        cmocka_unit_test(a_dot_before_a_name_looks_no_further),
        cmocka_unit_test(a_page_is_laid_into_its_layout),
        cmocka_unit_test(blocks_and_parents_follow_the_specification),
        cmocka_unit_test(texts_are_said_in_the_language),
        cmocka_unit_test(texts_depend_on_numbers),
        cmocka_unit_test(a_translation_leaks_nothing),
        cmocka_unit_test(mistakes_are_told_with_their_line),
        cmocka_unit_test(rendering_and_reading_are_bounded),
        cmocka_unit_test(every_name_is_promised),
        cmocka_unit_test(comparisons_want_values),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
