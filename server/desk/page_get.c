/* page_get.c -- a page on its way: asks what its row names, each as soon as what it needs is there;
 * when nothing waits any more, renders.
 *
 *     page_get -> page_go_on -> (visit_ask -> heard -> page_go_on)... -> page_say
 *
 * The first answer that a page cannot do without and that is a refusal makes it the page of that
 * refusal. Nothing is said before everything that was asked has come back (ask.h). */
#include "page_inside.h"

#include "cookie.h"
#include "groundswell/base/clock.h"
#include "groundswell/base/log.h"
#include "handlers.h"
#include "say.h"

#define PATH_MAX_BYTES (8 * KIB)
#define HTML_MAX (2 * MIB)
#define TO_QUERY_MAX 1024 /* bytes: a longer one is not come back to */

struct ask_ctx {
    struct sheet *page;
    size_t index;
};

struct sheet *page_new(struct visit *visit, const struct page_row *row)
{
    struct sheet *page = arena_alloc(&visit->arena, sizeof *page);
    if (!page) return NULL;
    page->visit = visit;
    page->row = row;
    page->lang = page_lang_of(visit);
    page->root = "";
    page->status = 200;
    page->changes = errand_of(visit)->desk->changes;
    page->model = json_object();
    return page->model ? page : NULL;
}

void page_end(struct sheet *page)
{
    page_turn_over(page);
    json_decref(page->model);
    page->model = NULL;
}

size_t page_fields(struct visit *visit, struct visit_field *ret, size_t most)
{
    static const char *const names[] = {"Cookie", "Origin", "Sec-Fetch-Site", "Host",
                                        "X-Forwarded-For", "User-Agent"};
    size_t n = 0;
    for (size_t i = 0; i < visit->fields_n && n < most; i++)
        for (size_t j = 0; j < sizeof names / sizeof names[0]; j++)
            if (text_equal_nocase(visit->fields[i].name, text_of(names[j])))
                ret[n++] = visit->fields[i];
    return n;
}

void page_cookies(struct visit *visit, struct text fields)
{
    while (fields.n > 0) {
        struct text value = text_cut(&fields, '\n');
        struct text name = text_cut(&value, ':');
        if (!text_equal_nocase(name, TEXT("Set-Cookie"))) continue;
        if (visit_header(visit, "Set-Cookie", text_trim(value)))
            log_error("desk", "an answer's headers are full");
    }
}

/* ---- what was asked comes back --------------------------------------------------------------- */

static void problem_keep(struct sheet *page, unsigned status, json_t *problem)
{
    if (page->problem) return;
    if (!problem) { /* page_say() says what there is to say */
        page->status = status >= 500 ? status : 500;
        return;
    }
    page->status = status;
    page->problem = problem;
    if (json_object_set(page->model, "problem", problem)) page->status = 500;
}

static void ask_heard(void *ctx, const struct visit_reply *reply)
{
    struct ask_ctx *ask = ctx;
    struct sheet *page = ask->page;
    const struct page_ask *row = &page->row->asks[ask->index];
    CLEANUP(json_ref) json_t *body = NULL;
    page->heard[ask->index] = true;
    page->waits--;
    page_cookies(page->visit, reply->fields);
    enum fault no = reply->body.n > 0 ? json_read(reply->body, JSON_DEPTH_MAX, &body, NULL)
                                      : FAULT_FORMAT;
    if (!no && reply->status < 300) {
        if (json_object_set(page->model, row->name, body)) page->status = 500;
    } else if (row->need == ASK_MUST || reply->status >= 500 || reply->status < 300) {
        problem_keep(page, reply->status >= 400 ? reply->status : 500, body);
    }
    bool broken = page->problem || page->status >= 500;
    void (*then)(struct sheet *page) = broken ? NULL : page->then;
    page->then = NULL;
    (then ? then : page_go_on)(page);
}

/* ---- asking ---------------------------------------------------------------------------------- */

static enum fault ask_send(struct sheet *page, size_t index, struct text path)
{
    struct visit_field fields[VISIT_HEADERS_MAX];
    struct ask_ctx *ctx = arena_alloc(&page->visit->arena, sizeof *ctx);
    if (!ctx) return FAULT_MEMORY;
    *ctx = (struct ask_ctx){page, index};
    struct visit_question question = {.method = METHOD_GET, .path = text_cut(&path, '?'),
                                      .query = path, .fields = fields};
    question.fields_n = page_fields(page->visit, fields, VISIT_HEADERS_MAX);
    return visit_ask(page->visit, &question, ask_heard, ctx);
}

/* True where it was asked, or never will be; false: it waits for what it names. */
static bool ask_try(struct sheet *page, size_t index)
{
    const struct page_ask *row = &page->row->asks[index];
    CLEANUP(buf) struct buf path = BUF_MAX(PATH_MAX_BYTES);
    if (row->need == ASK_MINE && !cookie_is_there(page->visit)) return true;
    if (!page_path(page, row->path, NULL, &path)) return false;
    enum fault no = ask_send(page, index, buf_view(&path));
    if (!no) page->waits++;
    else page->status = no == FAULT_BUSY ? 503 : 500; /* a page with a part missing is none */
    return true;
}

void page_go_on(struct sheet *page)
{
    for (size_t i = 0; i < PAGE_ASKS_MAX && page->row->asks[i].name; i++) {
        if (page->asked[i] || page->problem || page->status >= 500) continue;
        page->asked[i] = ask_try(page, i);
    }
    if (page->waits == 0) page_say(page);
}

void page_ask_first(struct sheet *page, const char *name)
{
    for (size_t i = 0; i < PAGE_ASKS_MAX && page->row->asks[i].name; i++)
        if (strcmp(page->row->asks[i].name, name) == 0) page->asked[i] = ask_try(page, i);
    if (page->waits > 0) return;
    void (*then)(struct sheet *page) = page->status >= 500 ? page_say : page->then;
    page->then = NULL;
    then(page);
}

/* ---- saying ---------------------------------------------------------------------------------- */

enum fault page_headers(struct visit *visit, enum page_lang lang, const char *root)
{
    bool reads = visit->method == METHOD_GET || visit->method == METHOD_HEAD;
    enum fault no = visit_header(visit, "Content-Security-Policy", TEXT(PAGE_POLICY));
    if (!no && root[0]) no = page_lang_keep(visit, lang);
    if (!no) no = visit_header(visit, "Content-Language", text_of(page_langs[lang]));
    if (!no) no = visit_header(visit, "Vary", TEXT("Cookie, Accept-Language, Accept-Encoding"));
    /* Without it a browser would call the origin of our own forms "null" (Fetch, "append a request
     * Origin header"). */
    if (!no) no = visit_header(visit, "Referrer-Policy", TEXT("same-origin"));
    if (!no && reads) no = visit_header(visit, "Cache-Control", TEXT("private, no-cache"));
    return no;
}

static struct page_look look_of(const struct sheet *page)
{
    struct errand *errand = errand_of(page->visit);
    const json_t *community = json_object_get(page->model, "community");
    struct page_look look = {.lang = page->lang, .root = page->root,
                             .words = page_words(errand->desk->pages, page->lang),
                             .now_ms = clock_wall_ms()};
    const char *currency = json_string_value(json_object_get(community, "currency"));
    snprintf(look.currency, sizeof look.currency, "%s", currency ? currency : "");
    look.token_minor = body_u64(community, "token", 0);
    return look;
}

/* A form without a way on has been answered before its page is made again: what it did is done. */
static const char *whether_changed(const struct sheet *page)
{
    return json_object_get(page->model, "answer")
               ? "What you sent was done, but the page that tells of it could not be shown."
               : "Something went wrong here. Nothing has been changed.";
}

static void render_and_answer(struct sheet *page)
{
    struct visit *visit = page->visit;
    const struct pages *pages = errand_of(visit)->desk->pages;
    CLEANUP(buf) struct buf html = BUF_MAX(HTML_MAX);
    const struct page_look look = look_of(page);
    const struct view *view = page->problem ? page_problem_view(pages, page->lang)
                                            : page_view(pages, page->row, page->lang);
    const char *changed = whether_changed(page);
    enum fault no = view_render(&html, view, page->model, &look);
    if (!no) no = page_headers(visit, page->lang, page->root);
    page_end(page);
    if (no) {
        log_error("desk", "page %s: %s", page->row->name, fault_name(no));
        visit_answer(visit, 500, "text/plain; charset=utf-8", text_of(changed));
        return;
    }
    page_cache_answer(page, page->status, buf_view(&html));
}

/* To a program that came to a page's address. */
static bool say_bare(struct sheet *page)
{
    struct visit *visit = page->visit;
    if (!page->problem || page_is_wanted(visit)) return false;
    char *bare = json_dumps(page->problem, JSON_COMPACT);
    unsigned status = page->status;
    page_end(page);
    if (bare) visit_answer(visit, status, "application/problem+json", text_of(bare));
    else say_fault(visit, FAULT_MEMORY);
    free(bare);
    return true;
}

void page_say(struct sheet *page)
{
    if (page->status >= 500 && !page->problem) {
        CLEANUP(json_ref) json_t *problem =
            json_pack("{s:s, s:s, s:i}", "code", "internal_fault", "detail",
                      whether_changed(page), "status", (int)page->status);
        problem_keep(page, page->status, problem);
    }
    if (say_bare(page)) return;
    if (page->problem)
        (void)json_object_set_new(page->problem, "says",
                                  json_string(page_refusal(page, page->problem)));
    if (!page_root(page)) page->status = 500;
    if (!page->problem && page->row->fill) page->row->fill(page->visit, page->model);
    const json_t *problem = json_object_get(page->model, "problem");
    if (page->status == 200 && problem) page->status = (unsigned)body_u64(problem, "status", 422);
    render_and_answer(page);
}

/* Who is not signed in comes back here once they are. */
static bool send_to_sign_in(struct sheet *page)
{
    struct visit *visit = page->visit;
    CLEANUP(buf) struct buf place = BUF_MAX(16 * KIB);
    if (!(page->row->flags & PAGE_SIGNED) || errand_of(visit)->session) return false;
    buf_cstr(&place, page->root);
    if (errand_of(visit)->slug.n > 0) {
        buf_cstr(&place, "/c/");
        page_encode(&place, errand_of(visit)->slug);
    }
    buf_cstr(&place, "/sign-in?to=");
    page_encode(&place, visit->path);
    if (visit->query.n > 0 && visit->query.n < TO_QUERY_MAX) {
        page_encode(&place, TEXT("?"));
        page_encode(&place, visit->query);
    }
    enum fault no = buf_fault(&place);
    if (!no) no = visit_header(visit, "Location", buf_view(&place));
    page_end(page);
    if (no) say_fault(visit, no);
    else visit_answer(visit, 303, NULL, TEXT_NONE);
    return true;
}

void page_get(struct visit *visit)
{
    const struct pages *pages = errand_of(visit)->desk->pages;
    const char *root;
    const struct page_row *row = page_row_of(pages, visit->route, &root);
    if (page_cache_find(visit, row, root)) return;
    struct sheet *page = page_new(visit, row);
    if (!page) {
        say_fault(visit, FAULT_MEMORY);
        return;
    }
    page->root = root;
    if (!send_to_sign_in(page)) page_turn(page, page_go_on);
}
