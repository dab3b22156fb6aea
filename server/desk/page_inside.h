/* page_inside.h -- what the files that make pages know of one another; a writer of pages needs
 * page.h alone. */
#ifndef GROUNDSWELL_DESK_PAGE_INSIDE_H
#define GROUNDSWELL_DESK_PAGE_INSIDE_H

#include "page.h"

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
    struct sheet *next; /* that waits behind this one */
    void (*begin)(struct sheet *page);
    bool counted;     /* among the pages that are being made: page_turn.c */
    uint64_t changes; /* desk->changes as it began */
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

/* pages.c: a file of web/pages, for a set of templates. */
enum fault page_template_load(void *ctx, struct text name, struct text *ret);
/* of a form's route the row is that of the page it stands on. */
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
/* Where ?to= leads: an address of ours, or TEXT_NONE. */
struct text page_to(struct visit *visit);

/* page_model.c: the root of every model; false: memory. */
bool page_root(struct sheet *page);
/* A sentence of ours in the page's language, in the arena; "" where memory is short. */
const char *page_translate(struct sheet *page, const char *sentence);
/* page_lang.c */
enum page_lang page_lang_of(struct visit *visit);
const char *page_root_of(const struct visit *visit); /* "/cy" of /cy/c/x; "" */
/* Remembers the language of an address that named one, for addresses that do not. */
enum fault page_lang_keep(struct visit *visit, enum page_lang lang) MUST_CHECK;
/* page_token.c: the session's token, masked, as forms carry it; and the token of what a form
 * brought ("" where it is none), in the arena. */
void page_token_put(struct buf *out, const char *csrf);
struct text page_token_read(struct visit *visit, struct text typed);
/* page_problem.c: whether the visit is of somebody who looks at pages. */
bool page_is_wanted(const struct visit *visit);
/* page_turn.c: begins now or when others are done; to be told when it is over (page_end()). */
void page_turn(struct sheet *page, void (*begin_page)(struct sheet *page));
void page_turn_over(struct sheet *page);
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

/* The header lines of every page. */
enum fault page_headers(struct visit *visit, enum page_lang lang, const char *root) MUST_CHECK;

/* page_cache.c */
struct page_cache *page_cache_new(void);          /* NULL: memory */
void page_cache_free(struct page_cache *cache); /* NULL accepted */
bool page_cache_find(struct visit *visit, const struct page_row *row, const char *root);
void page_cache_answer(struct sheet *page, unsigned status, struct text html);

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
