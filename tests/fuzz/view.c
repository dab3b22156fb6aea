/* view.c -- fuzzes templates: a page, the partial "p" and a model, with lines "====" between.
 *
 * A page is refused with a reason and a line, the same way twice; or it is written within its
 * bounds, the same way twice. */
/* rooms: base view */
#include "groundswell/base/json.h"
#include "groundswell/view/catalogue.h"
#include "groundswell/view/template.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define FUZZ_RULE TEXT("\n====\n")

static const char fuzz_po[] =
    "msgid \"\"\nmsgstr \"Content-Type: text/plain; charset=UTF-8\\nPlural-Forms: nplurals=2; "
    "plural=n!=1;\\n\"\n"
    "msgid \"a\"\nmsgstr \"b\"\nmsgid \"a {{a}}\"\nmsgstr \"{{a}} {{a}}\"\n"
    "msgid \"one\"\nmsgid_plural \"many\"\nmsgstr[0] \"1\"\nmsgstr[1] \"{{a}}\"\n";

static struct text view_fuzz_part(struct text *rest)
{
    struct text all = *rest, rule = FUZZ_RULE;
    const char *at = all.n ? memmem(all.at, all.n, rule.at, rule.n) : NULL;
    *rest = TEXT("");
    if (!at) return all;
    *rest = (struct text){at + rule.n, all.n - (size_t)(at - all.at) - rule.n};
    return (struct text){all.at, (size_t)(at - all.at)};
}

static enum fault view_fuzz_load(void *ctx, struct text name, struct text *ret_source)
{
    const struct text *sources = ctx;
    if (!text_is(name, "page") && !text_is(name, "p")) return FAULT_ABSENT;
    *ret_source = sources[text_is(name, "p")];
    return FAULT_NONE;
}

static void view_fuzz_kind(struct buf *out, const json_t *value, const void *look)
{
    (void)look;
    buf_char(out, value ? '+' : '-');
}

static void view_fuzz_render(const struct view *view, struct text model)
{
    struct buf out = BUF_MAX(64 * KIB), again = BUF_MAX(64 * KIB);
    json_t *json = NULL;
    enum fault no = json_read(model, JSON_DEPTH_MAX, &json, NULL);
    if (no) return;
    no = view_render(&out, view, json, NULL);
    INVARIANT(no == FAULT_NONE || no == FAULT_LIMIT);
    INVARIANT(view_render(&again, view, json, NULL) == no);
    INVARIANT(text_equal(buf_view(&out), buf_view(&again)));
    buf_release(&out);
    buf_release(&again);
    json_decref(json);
}

/* Whether the page was found; it is written with the model. */
static bool view_fuzz_page(const struct view_plan *plan, struct text model,
                           struct view_problem *problem)
{
    struct view_set *set = view_set_new(plan);
    const struct view *view = NULL;
    json_t *anything = json_null();
    INVARIANT(set != NULL);
    enum fault no = view_find(set, TEXT("page"), &view, problem);
    INVARIANT(!no == (view != NULL));
    INVARIANT(!no || (problem->what[0] && problem->line > 0));
    if (!no) {
        enum fault checked = view_check(view, anything, NULL);
        INVARIANT(checked == FAULT_NONE || checked == FAULT_LIMIT);
        view_fuzz_render(view, model);
    }
    view_set_free(set);
    return !no;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct view_kind kinds[] = {{"k", view_fuzz_kind}};
    static struct catalogue *words;
    struct text rest = {(const char *)data, size}, sources[2];
    if (!words && catalogue_read(TEXT("en"), TEXT(fuzz_po), &words)) abort();
    sources[0] = view_fuzz_part(&rest);
    sources[1] = view_fuzz_part(&rest);
    struct view_plan plan = {.load = view_fuzz_load, .ctx = sources, .kinds = kinds, .kinds_n = 1};
    struct view_problem problem = {0}, again = {0};
    plan.words = words;
    bool found = view_fuzz_page(&plan, rest, &problem);
    INVARIANT(view_fuzz_page(&plan, rest, &again) == found);
    INVARIANT(strcmp(problem.what, again.what) == 0 && problem.line == again.line);
    plan.raw = plan.absent_is_empty = true;
    view_fuzz_page(&plan, rest, &problem);
    return 0;
}
