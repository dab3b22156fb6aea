/* page_post.c -- a form on its way: read, asked of the API as the act of whoever sent it, then on
 * to where it leads, or the page again with what was typed and what is wrong.
 *
 *     page_post -> (the community, whose currency amounts are typed in) -> post_read -> (the act)
 *               -> post_heard -> 303
 *                             -> page_go_on, with errors
 *
 * The same form sent twice carries the same key and acts once. */
#include "page_inside.h"

#include "groundswell/base/log.h"
#include "handlers.h"
#include "say.h"

#define PATH_MAX_BYTES (8 * KIB)
#define FIELD_SIZE 128

/* ---- refused --------------------------------------------------------------------------------- */

/* /milestones/0/amount is the field milestones.0.amount. */
static void field_of(const char *pointer, char ret[static FIELD_SIZE])
{
    snprintf(ret, FIELD_SIZE, "%s", pointer[0] == '/' ? pointer + 1 : pointer);
    for (char *c = ret; *c; c++)
        if (*c == '/') *c = '.';
}

/* What is missing is said at the object that lacks it; on a page, at the field that was left empty.
 * NULL: it is something else. */
static const char *lacking(const char *detail, struct text *ret_member)
{
    static const char lacks[] = "lacks the member \"";
    size_t n = sizeof lacks - 1;
    if (!detail || strncmp(detail, lacks, n) != 0) return NULL;
    *ret_member = (struct text){detail + n, strcspn(detail + n, "\"")};
    return "Fill this in";
}

static void error_take(struct sheet *page, const json_t *error)
{
    char field[FIELD_SIZE], whole[2 * FIELD_SIZE];
    const char *pointer = json_string_value(json_object_get(error, "pointer"));
    const char *detail = json_string_value(json_object_get(error, "detail"));
    struct text member;
    const char *missing = lacking(detail, &member);
    field_of(pointer ? pointer : "", field);
    if (missing)
        snprintf(whole, sizeof whole, "%s%s%.*s", field, field[0] ? "." : "", TEXT_ARGS(member));
    page_error(page, missing ? whole : field, page_translate(page, missing ? missing : detail));
}

static void errors_take(struct sheet *page, const json_t *problem)
{
    const json_t *errors = json_object_get(problem, "errors"), *error;
    size_t i;
    json_array_foreach (errors, i, error)
        error_take(page, error);
    if (json_array_size(errors) > 0) return;
    page_error(page, page->form->field ? page->form->field : "", page_refusal(page, problem));
}

/* What no other input could mend is a page of its own. */
static bool is_hopeless(const struct sheet *page, unsigned status)
{
    if (page->form->flags & FORM_ENTERS) return status >= 500;
    return status == 401 || status == 404 || status == 413 || status >= 500;
}

static void refused(struct sheet *page, const struct visit_reply *reply)
{
    CLEANUP(json_ref) json_t *problem = NULL;
    page->status = reply->status;
    if (reply->body.n == 0 || json_read(reply->body, JSON_DEPTH_MAX, &problem, NULL))
        problem = json_object();
    if (is_hopeless(page, reply->status)) {
        page->problem = problem;
        if (json_object_set(page->model, "problem", problem)) page->status = 500;
        page_say(page);
        return;
    }
    (void)json_object_set(page->model, "problem", problem);
    errors_take(page, problem);
    page_go_on(page);
}

/* ---- done ------------------------------------------------------------------------------------ */

static void go_to(struct sheet *page, const json_t *answer)
{
    struct visit *visit = page->visit;
    CLEANUP(buf) struct buf place = BUF_MAX(PATH_MAX_BYTES);
    struct text to = page->form->flags & FORM_ENTERS ? page_to(visit) : TEXT_NONE;
    bool found = true;
    if (to.at) buf_text(&place, to);
    else found = page_path(page, page->form->then, answer, &place);
    enum fault no = found ? buf_fault(&place) : FAULT_FORMAT;
    if (!no) no = visit_header(visit, "Location", buf_view(&place));
    page_end(page);
    if (no) log_error("desk", "form %s: nowhere to go: %s", visit->route->name, fault_name(no));
    if (no) say_fault(visit, no);
    else visit_answer(visit, 303, NULL, TEXT_NONE);
}

static void post_heard(void *ctx, const struct visit_reply *reply)
{
    struct sheet *page = ctx;
    page_cookies(page->visit, reply->fields);
    if (reply->status >= 300) {
        refused(page, reply);
        return;
    }
    CLEANUP(json_ref) json_t *answer = NULL;
    if (reply->body.n == 0 || json_read(reply->body, JSON_DEPTH_MAX, &answer, NULL))
        answer = json_object();
    /* 202: it waits for a second person. */
    (void)json_object_set_new(answer, "done", json_string(reply->status == 202 ? "waits" : "done"));
    if (page->form->then) {
        go_to(page, answer);
        return;
    }
    if (json_object_set(page->model, "answer", answer)) page->status = 500;
    json_object_del(page->model, "form"); /* it was done: its fields are empty again */
    page_go_on(page);
}

/* ---- the act --------------------------------------------------------------------------------- */

static enum fault act_ask(struct sheet *page, const struct page_posted *posted)
{
    struct visit *visit = page->visit;
    struct visit_field fields[VISIT_HEADERS_MAX];
    CLEANUP(buf) struct buf path = BUF_MAX(PATH_MAX_BYTES);
    size_t n = page_fields(visit, fields, VISIT_HEADERS_MAX - 3);
    fields[n++] = (struct visit_field){TEXT("Content-Type"), TEXT("application/json")};
    if (posted->token.n > 0)
        fields[n++] = (struct visit_field){TEXT("Groundswell-Csrf"), posted->token};
    if (posted->key.n > 0)
        fields[n++] = (struct visit_field){TEXT("Idempotency-Key"), posted->key};
    if (!page_path(page, page->form->path, NULL, &path)) return FAULT_ABSENT;
    struct text at = buf_view(&path);
    struct visit_question question = {.method = page->form->method, .path = text_cut(&at, '?'),
                                      .query = at, .body = posted->json, .fields = fields,
                                      .fields_n = n};
    return visit_ask(visit, &question, post_heard, page);
}

/* Of a form that does nothing yet. */
static void look_over(struct sheet *page, const struct page_posted *posted)
{
    json_t *command = NULL;
    if (posted->json.n == 0 || json_read(posted->json, JSON_DEPTH_MAX, &command, NULL))
        command = json_object();
    if (json_object_set_new(page->model, "command", command)) page->status = 500;
    page_go_on(page);
}

/* Reads the form, and acts. */
static void post_read(struct sheet *page)
{
    struct visit *visit = page->visit;
    struct page_posted posted;
    if (!page_form_read(page, &posted)) {
        page_end(page);
        return;
    }
    if (posted.wrong) {
        (void)json_object_set_new(page->model, "problem",
                                  json_pack("{s:s, s:i}", "code", "fields_wrong", "status", 422));
        page->status = 422;
        page_go_on(page);
        return;
    }
    if (!page->form->path) {
        look_over(page, &posted);
        return;
    }
    enum fault no = act_ask(page, &posted);
    if (!no) return;
    page_end(page);
    say_fault(visit, no);
}

static void post_begin(struct sheet *page)
{
    page_ask_first(page, "community");
}

void page_post(struct visit *visit)
{
    const struct pages *pages = errand_of(visit)->desk->pages;
    const char *root;
    struct sheet *page = page_new(visit, page_row_of(pages, visit->route, &root));
    if (!page) {
        say_fault(visit, FAULT_MEMORY);
        return;
    }
    page->root = root;
    page->form = page_form_of(pages, visit->route);
    page->then = post_read;
    page_turn(page, post_begin);
}
