/* page.h -- pages: rows of addresses, what each asks of the API, and the forms that act through it.
 *
 * A page is a client of the API inside the process. Its row names a template and the reads whose
 * answers are its model; a form's row names the act that it makes. They are asked through the same
 * door, as whoever looks (http's ask.h), so that a page can show and do nothing that the API
 * cannot.
 *
 *     GET   row -> asks ... each heard -> model -> render                    page_get.c
 *     POST  row -> form to JSON -> act -> heard: redirect, or the page again with its errors
 *                                                                            page_post.c
 *
 * To add a page: a row in page_rows_*.c and a template in web/pages; a name in it that no row's
 * schema promises stops the start. */
#ifndef GROUNDSWELL_DESK_PAGE_H
#define GROUNDSWELL_DESK_PAGE_H

#include <jansson.h>

#include "errand.h"
#include "groundswell/http/ask.h"
#include "groundswell/view/catalogue.h"
#include "groundswell/view/template.h"

#define PAGE_ASKS_MAX 12
#define PAGE_FORM_MAX BODY_MAX(96 * KIB)

enum page_lang { PAGE_EN, PAGE_CY, PAGE_LANGS };
extern const char *const page_langs[PAGE_LANGS]; /* "en", "cy" */

enum ask_need {
    ASK_MUST, /* what it refuses, the page refuses */
    ASK_MAY,  /* refused, its name is not in the model */
    ASK_MINE, /* as ASK_MAY, and asked only for who is signed in */
};

/* One read. Its path is a pattern: {community} is a parameter of the page's own address, {?after}
 * of its query, {tender.proposal} a member of what was heard before; [&after={?after}] is left out
 * unless everything in it has a value. Values are percent-encoded. An ask waits for what it names.
 * `name` may be dotted no further: it is a member of the model's root. */
struct page_ask {
    const char *name, *path;
    enum ask_need need;
};

/* Adds members to the model (what a template cannot work out by itself); what it adds, `shape`
 * names as JSON (see view_check()). */
typedef void page_fill_fn(struct visit *visit, json_t *model);

enum page_flags {
    PAGE_SIGNED = 1, /* for who is signed in; others are sent to /sign-in and come back */
    PAGE_KEPT = 2,   /* the same for everybody who is not signed in: may be kept for a moment */
    PAGE_BARE = 4,   /* has no form of its own, and is not in the languages' menu */
};

struct page_row {
    const char *name;     /* of the route; and of web/pages/<name>.html, unless `template` says */
    const char *pattern;  /* of its address, without the language */
    struct page_ask asks[PAGE_ASKS_MAX]; /* ends with a NULL name where there are fewer */
    page_fill_fn *fill;   /* NULL: nothing to add */
    const char *shape;    /* of what `fill` adds: {"chart": true}; NULL: nothing */
    const char *template; /* NULL: `name` */
    unsigned flags;
    /* The community whose words (currency, areas) the page speaks is that of its address; where
     * the address has none, amounts are written with this member's currency. */
};

enum form_flags {
    FORM_ENTERS = 1, /* a way in: who may not come in is told at the form, who may goes to ?to= */
};

/* A form: POSTed to `pattern`, it becomes `method` on `path` of the API, with the fields as the
 * members of its command (page_form.c). Then on to `then`, a pattern as above, where {answer.x} is
 * a member of what the act answered; where `then` is NULL, the page is shown again with
 * model.answer (what is told once and may stand in no address: a secret, codes). Refused, the page
 * whose pattern is `page` is shown again with what was typed and what is wrong; a refusal that
 * points at no field is said at `field`.
 *
 * A form without `path` does nothing yet: its page is shown again with what it would send as
 * model.command, for the page's `fill` to make of it what is to be looked over before. */
struct form_row {
    const char *name;
    const char *pattern;
    enum http_method method;
    const char *path;
    const char *page;
    const char *then;  /* NULL: the page again, with what was answered */
    const char *field; /* NULL: none */
    unsigned flags;
};

extern const struct page_row pages_everyone[], pages_residents[], pages_bodies[], pages_trusts[],
    pages_operators[], pages_house[];
extern const struct form_row forms_residents[], forms_bodies[], forms_trusts[], forms_operators[];

/* What is made at start of all rows: templates in every language, checked; routes. */
struct pages;
/* NULL, with a line in the log: a template that names what is not there, or memory. */
struct pages *pages_new(const struct parts *parts, const struct desk_plan *plan);
void pages_free(struct pages *pages); /* NULL accepted */
/* The API's rows and these behind them; as long as `pages`. */
const struct route *pages_routes(const struct pages *pages, size_t *ret_n);
json_t *pages_site(const struct pages *pages);   /* borrowed: name and looks of the house */
json_t *pages_assets(const struct pages *pages); /* borrowed: addresses of style, script, icon */

/* The handlers of all rows. */
void page_get(struct visit *visit);
void page_post(struct visit *visit);

/* Says a problem document as a page, where the visit is of somebody who looks at pages; false: it
 * is not. Owns nothing. */
bool page_problem(struct visit *visit, unsigned status, struct text problem);

#endif
