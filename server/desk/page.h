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

#define PAGE_ASKS_MAX 10
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

/* A form: POSTed to `pattern`, it becomes `method` on `path` of the API, with the fields as the
 * members of its command (page_form.c). Then on to `then`, a pattern as above, where {answer.x} is
 * a member of what the act answered. Refused, the page whose pattern is `page` is shown again with
 * what was typed and what is wrong; a refusal that points at no field is said at `field`. */
struct form_row {
    const char *name;
    const char *pattern;
    enum http_method method;
    const char *path;
    const char *page;
    const char *then;
    const char *field; /* NULL: none */
};

extern const struct page_row pages_everyone[], pages_residents[], pages_bodies[], pages_trusts[],
    pages_operators[];
extern const struct form_row forms_residents[], forms_bodies[], forms_trusts[], forms_operators[];

/* What is made at start of all rows: templates in every language, checked; routes. */
struct pages;
/* NULL, with a line in the log: a template that names what is not there, or memory. */
struct pages *pages_new(const struct parts *parts, const char *site_name);
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

/* ---- between the files of pages -------------------------------------------------------------- */

/* A page on its way, in the visit's arena; its model is released as it is answered. */
struct sheet {
    struct visit *visit;
    const struct page_row *row;
    const struct form_row *form; /* of a POST */
    enum page_lang lang;
    const char *root; /* what its address began with: "", "/en" or "/cy" */
    json_t *model;
    bool asked[PAGE_ASKS_MAX], heard[PAGE_ASKS_MAX];
    size_t waits;    /* asks that have not come back */
    void (*then)(struct sheet *page); /* when nothing waits, once; NULL: page_say() */
    unsigned status; /* of the page: 200, or that of its problem */
    json_t *problem; /* borrowed from the model; NULL: none */
};

/* What the kinds of a template know. */
struct page_look {
    enum page_lang lang;
    const struct catalogue *words;
    const char *root;     /* "", "/en" or "/cy": before every address of ours */
    char currency[4];     /* "" where the page has none */
    uint64_t token_minor; /* minor units of a token; 0: unknown */
    uint64_t now_ms;
};

/* pages.c: of a form's route the row is that of the page it stands on. */
const struct page_row *page_row_of(const struct pages *pages, const struct route *route,
                                   const char **ret_root);
const struct form_row *page_form_of(const struct pages *pages, const struct route *route);
const struct page_row *page_row_at(const struct pages *pages, const char *pattern);
const struct view *page_view(const struct pages *pages, const struct page_row *row,
                             enum page_lang lang);
const struct view *page_problem_view(const struct pages *pages, enum page_lang lang);
const struct catalogue *page_words(const struct pages *pages, enum page_lang lang);

/* page_path.c: fills a pattern; false: something that must be there is not (yet). `answer` may be
 * NULL. */
void page_encode(struct buf *out, struct text value); /* percent-encodes all but unreserved bytes */
/* The address of a row's pattern, with the parameters that this page has. */
bool page_path_pattern(const struct sheet *page, const char *pattern, struct buf *out);
bool page_path(struct sheet *page, const char *pattern, const json_t *answer, struct buf *out);

/* page_model.c: the root of every model; false: memory. */
bool page_root(struct sheet *page);
/* A sentence of ours in the page's language, in the arena; "" where memory is short. */
const char *page_translate(struct sheet *page, const char *sentence);
/* page_lang.c */
enum page_lang page_lang_of(struct visit *visit);
const char *page_root_of(const struct visit *visit); /* "/cy" of /cy/c/x; "" */
/* Remembers the language of an address that named one, for addresses that do not. */
enum fault page_lang_keep(struct visit *visit, enum page_lang lang) MUST_CHECK;
/* page_get.c: asks what is not asked yet; answers once nothing waits. */
void page_go_on(struct sheet *page);
void page_ask_first(struct sheet *page, const char *name); /* that alone, where the row has it */
void page_say(struct sheet *page); /* renders and answers */
struct sheet *page_new(struct visit *visit, const struct page_row *row);
void page_end(struct sheet *page);
/* Passes cookies on that an inner answer set. */
void page_cookies(struct visit *visit, struct text fields);
/* The request's own headers that an inner visit may know: cookie, origin, proxy. */
size_t page_fields(struct visit *visit, struct visit_field *ret, size_t most);

/* page_form.c: what was posted as the body of the act (a JSON text in the arena; "" where the form
 * has no members), the fields as typed into model.form, wrong ones into model.errors. False: the
 * body is no form; the visit is answered. */
struct page_posted {
    struct text json, token, key;
    bool wrong;
};
bool page_form_read(struct sheet *page, struct page_posted *ret);
/* Adds to model.errors and model.error; `field` is a dotted name, "" for none. */
void page_error(struct sheet *page, const char *field, const char *sentence);

/* page_refusal.c: what a problem document says, in the language of the page, amounts as money; in
 * the arena. */
const char *page_refusal(struct sheet *page, const json_t *problem);
json_t *page_refusals_read(void);                    /* by code; owned by the caller */
json_t *pages_refusals(const struct pages *pages); /* borrowed */

/* page_kinds.c */
extern const struct view_kind page_kinds[];
extern const size_t page_kinds_n;
/* page_shape.c: the shape of what a GET row of the API answers; NULL: no such row, or no memory. */
json_t *page_shape_of(const char *api_path);
json_t *page_shape_root(const struct page_row *row);

#endif
