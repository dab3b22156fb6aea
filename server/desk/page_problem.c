/* page_problem.c -- a refusal to somebody who looks at pages: the same problem document, said as a
 * page that helps. */
#include "page_inside.h"

#include "groundswell/base/log.h"
#include "groundswell/http/server.h"
#include "handlers.h"
#include "routes.h"

static bool accepts(const struct visit *visit, const char *media)
{
    struct text rest = visit_field(visit, "Accept");
    while (rest.at) {
        struct text one = text_cut(&rest, ',');
        if (text_equal_nocase(text_trim(text_cut(&one, ';')), text_of(media))) return true;
    }
    return false;
}

/* Whether a browser navigates here: to a page, or to an address that nobody answers. Whoever asks
 * for JSON alone has it. */
bool page_is_wanted(const struct visit *visit)
{
    static const char *const programs[] = {"/v1/", "/log/", "/parts/", "/metrics", "/healthz",
                                           "/readyz"};
    if (visit_is_inner(visit)) return false;
    bool html = accepts(visit, "text/html");
    if (visit->route)
        return visit->route->who & WHO_PAGE && (html || !accepts(visit, "application/json"));
    for (size_t i = 0; i < sizeof programs / sizeof programs[0]; i++)
        if (text_starts(visit->path, text_of(programs[i]))) return false;
    return html;
}

bool page_problem(struct visit *visit, unsigned status, struct text problem)
{
    static const struct page_row none = {.name = "problem"};
    if (!page_is_wanted(visit)) return false;
    struct sheet *page = page_new(visit, &none);
    if (!page) return false;
    json_t *read = NULL;
    page->root = page_root_of(visit);
    page->status = status;
    if (json_read(problem, JSON_DEPTH_MAX, &read, NULL) ||
        json_object_set_new(page->model, "problem", read)) {
        page_end(page);
        return false;
    }
    page->problem = read;
    page_say(page);
    return true;
}

/* http's own refusals come before the door, so that there may be no errand yet. */
bool desk_refuse(struct visit *visit, const struct http_problem *problem)
{
    if (!page_is_wanted(visit)) return false;
    if (!visit->desk) {
        struct errand *errand = arena_alloc(&visit->arena, sizeof *errand);
        if (!errand) return false;
        errand->desk = http_server_ctx(visit->server);
        visit->desk = errand;
    }
    CLEANUP(buf) struct buf body = BUF_MAX(4 * KIB);
    desk_problem_put(errand_of(visit)->desk, &body, problem);
    return !buf_fault(&body) && page_problem(visit, problem->status, buf_view(&body));
}
