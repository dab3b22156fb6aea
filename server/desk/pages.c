/* pages.c -- all pages of the house: their templates in every language, proved at start, and their
 * rows behind those of the API. */
#include "page_inside.h"

#include "groundswell/base/embedded.h"
#include "groundswell/base/log.h"
#include "routes.h"

#define NAME_SIZE 96
#define DAY_MS UINT64_C(86400000)

/* Before every address: nothing (the language follows from who looks), or the language. */
static const char *const roots[] = {"", "/en", "/cy"};
#define ROOTS (sizeof roots / sizeof roots[0])

/* What a route of a page stands for. */
struct link {
    const struct page_row *row;
    const struct form_row *form;
    const char *root;
};

struct pages {
    struct catalogue *words[PAGE_LANGS]; /* NULL of English */
    struct view_set *sets[PAGE_LANGS];
    const struct page_row **rows; /* of all tables */
    const struct form_row **forms;
    size_t rows_n, forms_n;
    const struct view **views; /* rows_n of each language */
    const struct view *problems[PAGE_LANGS];
    struct route *routes;
    struct link *links; /* of each route; empty of the API's */
    size_t routes_n;
    char *patterns[ROUTES_MAX]; /* that were made: with the language before them */
    size_t patterns_n;
    json_t *site, *assets, *refusals;
};

static const struct page_row *const row_tables[] = {pages_everyone, pages_residents, pages_bodies,
                                                    pages_trusts, pages_operators,
                                                    pages_house};
static const struct form_row *const form_tables[] = {forms_residents, forms_bodies, forms_trusts,
                                                     forms_operators};
#define ROW_TABLES (sizeof row_tables / sizeof row_tables[0])
#define FORM_TABLES (sizeof form_tables / sizeof form_tables[0])

/* ---- templates ------------------------------------------------------------------------------- */

enum fault page_template_load(void *ctx, struct text name, struct text *ret)
{
    (void)ctx;
    char file[NAME_SIZE];
    int n = snprintf(file, sizeof file, "pages/%.*s.html", TEXT_ARGS(name));
    if (n < 0 || (size_t)n >= sizeof file) return FAULT_ABSENT;
    *ret = web_file(file);
    return ret->at ? FAULT_NONE : FAULT_ABSENT;
}

static bool words_read(struct pages *pages, enum page_lang lang)
{
    char file[NAME_SIZE];
    snprintf(file, sizeof file, "words/%s.po", page_langs[lang]);
    struct text po = web_file(file);
    if (lang == PAGE_EN || !po.at) return true;
    return catalogue_read(text_of(page_langs[lang]), po, &pages->words[lang]) == FAULT_NONE;
}

static bool set_make(struct pages *pages, enum page_lang lang)
{
    if (!words_read(pages, lang)) return false;
    struct view_plan plan = {.load = page_template_load, .kinds = page_kinds,
                             .kinds_n = page_kinds_n, .words = pages->words[lang]};
    pages->sets[lang] = view_set_new(&plan);
    return pages->sets[lang] != NULL;
}

static const struct view *view_prove(struct pages *pages, enum page_lang lang, const char *name,
                                     const json_t *shape)
{
    const struct view *view = NULL;
    struct view_problem problem = {.line = 0};
    enum fault no = view_find(pages->sets[lang], text_of(name), &view, &problem);
    if (!no) no = view_check(view, shape, &problem);
    if (!no) return view;
    log_error("desk", "page %s: %s: %s line %u: %s", name, fault_name(no), problem.template,
              problem.line, problem.what);
    return NULL;
}

static bool view_of_row(struct pages *pages, size_t index)
{
    const struct page_row *row = pages->rows[index];
    CLEANUP(json_ref) json_t *shape = page_shape_root(row);
    bool good = shape != NULL;
    for (enum page_lang lang = PAGE_EN; good && lang < PAGE_LANGS; lang++) {
        const char *name = row->template ? row->template : row->name;
        pages->views[lang * pages->rows_n + index] = view_prove(pages, lang, name, shape);
        good = pages->views[lang * pages->rows_n + index] != NULL;
    }
    return good;
}

static bool views_make(struct pages *pages)
{
    static const struct page_row none = {.name = "problem"};
    pages->views = calloc(pages->rows_n * PAGE_LANGS, sizeof *pages->views);
    CLEANUP(json_ref) json_t *shape = page_shape_root(&none);
    bool good = pages->views && shape;
    for (enum page_lang lang = PAGE_EN; good && lang < PAGE_LANGS; lang++) {
        good = set_make(pages, lang);
        if (good) pages->problems[lang] = view_prove(pages, lang, "problem", shape);
        good = good && pages->problems[lang];
    }
    bool all = good;
    for (size_t i = 0; good && i < pages->rows_n; i++)
        all = view_of_row(pages, i) && all; /* every mistake is told */
    return all;
}

/* ---- routes ---------------------------------------------------------------------------------- */

static bool tables_gather(struct pages *pages)
{
    for (size_t i = 0; i < ROW_TABLES; i++)
        for (const struct page_row *row = row_tables[i]; row->name; row++)
            pages->rows_n++;
    for (size_t i = 0; i < FORM_TABLES; i++)
        for (const struct form_row *form = form_tables[i]; form->name; form++)
            pages->forms_n++;
    pages->rows = calloc(pages->rows_n + 1, sizeof *pages->rows);
    pages->forms = calloc(pages->forms_n + 1, sizeof *pages->forms);
    if (!pages->rows || !pages->forms) return false;
    size_t n = 0;
    for (size_t i = 0; i < ROW_TABLES; i++)
        for (const struct page_row *row = row_tables[i]; row->name; row++)
            pages->rows[n++] = row;
    n = 0;
    for (size_t i = 0; i < FORM_TABLES; i++)
        for (const struct form_row *form = form_tables[i]; form->name; form++)
            pages->forms[n++] = form;
    return true;
}

static const char *pattern_make(struct pages *pages, const char *pattern, const char *root)
{
    const char *rest = strcmp(pattern, "/") == 0 && root[0] ? "" : pattern;
    size_t n = strlen(root) + strlen(rest) + 1;
    char *made = pages->patterns_n < ROUTES_MAX ? malloc(n) : NULL;
    if (!made) return NULL;
    snprintf(made, n, "%s%s", root, rest);
    pages->patterns[pages->patterns_n++] = made;
    return made;
}

static bool route_add(struct pages *pages, struct link link)
{
    const char *pattern = link.form ? link.form->pattern : link.row->pattern;
    struct route *route = &pages->routes[pages->routes_n];
    *route = (struct route){.method = link.form ? METHOD_POST : METHOD_GET,
                            .handle = link.form ? page_post : page_get,
                            .who = WHO_KNOWN | WHO_PAGE,
                            .body_max = link.form ? PAGE_FORM_MAX : BODY_MAX(2 * KIB),
                            .flags = ROUTE_SAFE,
                            .name = link.form ? link.form->name : link.row->name};
    route->pattern = pattern_make(pages, pattern, link.root);
    pages->links[pages->routes_n++] = link;
    return route->pattern != NULL;
}

static bool routes_make(struct pages *pages)
{
    size_t n = routes_n + ROOTS * (pages->rows_n + pages->forms_n);
    pages->routes = calloc(n, sizeof *pages->routes);
    pages->links = calloc(n, sizeof *pages->links);
    bool good = pages->routes && pages->links && n <= ROUTES_MAX;
    if (!good) return false;
    memcpy(pages->routes, routes, routes_n * sizeof *routes);
    pages->routes_n = routes_n;
    for (size_t j = 0; good && j < ROOTS; j++) {
        for (size_t i = 0; good && i < pages->rows_n; i++)
            good = route_add(pages, (struct link){pages->rows[i], NULL, roots[j]});
        for (size_t i = 0; good && i < pages->forms_n; i++)
            good = route_add(pages, (struct link){page_row_at(pages, pages->forms[i]->page),
                                                  pages->forms[i], roots[j]});
    }
    return good;
}

static bool forms_are_placed(const struct pages *pages)
{
    bool good = true;
    for (size_t i = 0; i < pages->forms_n; i++) {
        if (page_row_at(pages, pages->forms[i]->page)) continue;
        log_error("desk", "form %s: there is no page %s", pages->forms[i]->name,
                  pages->forms[i]->page);
        good = false;
    }
    return good;
}

/* ---- the whole ------------------------------------------------------------------------------- */

/* The addresses of what every page is dressed in. */
static json_t *assets_new(const struct parts *parts)
{
    static const char *const files[][2] = {
        {"css", "site.css"}, {"js", "site.js"}, {"enter", "enter.js"}, {"icon", "icon.svg"},
        {"brand", "brand.css"}};
    json_t *assets = json_object();
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
        const char *address = part_address(parts, files[i][1]);
        if (!address) log_error("desk", "the binary lacks %s", files[i][1]);
        if (address && !json_object_set_new(assets, files[i][0], json_string(address))) continue;
        json_decref(assets);
        return NULL;
    }
    return assets;
}

static const char *site_name(const struct desk_plan *plan)
{
    return plan->site_name && plan->site_name[0] ? plan->site_name : "Groundswell";
}

static bool house_make(struct pages *pages, const struct parts *parts,
                       const struct desk_plan *plan)
{
    pages->site = json_pack("{s:s, s:s, s:I}", "name", site_name(plan), "contact",
                            plan->site_contact ? plan->site_contact : "", "retention_days",
                            (json_int_t)(plan->retention_ms / DAY_MS));
    pages->assets = assets_new(parts);
    pages->refusals = page_refusals_read();
    return pages->site && pages->assets && pages->refusals;
}

struct pages *pages_new(const struct parts *parts, const struct desk_plan *plan)
{
    struct pages *pages = calloc(1, sizeof *pages);
    if (!pages) return NULL;
    if (house_make(pages, parts, plan) && tables_gather(pages) && forms_are_placed(pages) &&
        views_make(pages) && routes_make(pages))
        return pages;
    pages_free(pages);
    return NULL;
}

void pages_free(struct pages *pages)
{
    if (!pages) return;
    for (enum page_lang lang = PAGE_EN; lang < PAGE_LANGS; lang++) {
        view_set_free(pages->sets[lang]);
        catalogue_free(pages->words[lang]);
    }
    for (size_t i = 0; i < pages->patterns_n; i++)
        free(pages->patterns[i]);
    json_decref(pages->site);
    json_decref(pages->assets);
    json_decref(pages->refusals);
    free(pages->rows);
    free(pages->forms);
    free(pages->views);
    free(pages->routes);
    free(pages->links);
    free(pages);
}

const struct route *pages_routes(const struct pages *pages, size_t *ret_n)
{
    *ret_n = pages->routes_n;
    return pages->routes;
}

json_t *pages_site(const struct pages *pages) { return pages->site; }
json_t *pages_assets(const struct pages *pages) { return pages->assets; }
json_t *pages_refusals(const struct pages *pages) { return pages->refusals; }

static const struct link *link_of(const struct pages *pages, const struct route *route)
{
    INVARIANT(route >= pages->routes && route < pages->routes + pages->routes_n);
    return &pages->links[route - pages->routes];
}

const struct page_row *page_row_of(const struct pages *pages, const struct route *route,
                                   const char **ret_root)
{
    const struct link *link = link_of(pages, route);
    *ret_root = link->root;
    return link->row;
}

const struct form_row *page_form_of(const struct pages *pages, const struct route *route)
{
    return link_of(pages, route)->form;
}

const struct page_row *page_row_at(const struct pages *pages, const char *pattern)
{
    for (size_t i = 0; i < pages->rows_n; i++)
        if (strcmp(pages->rows[i]->pattern, pattern) == 0) return pages->rows[i];
    return NULL;
}

const struct view *page_view(const struct pages *pages, const struct page_row *row,
                             enum page_lang lang)
{
    size_t i = 0;
    while (pages->rows[i] != row)
        INVARIANT(++i < pages->rows_n);
    return pages->views[lang * pages->rows_n + i];
}

const struct view *page_problem_view(const struct pages *pages, enum page_lang lang)
{
    return pages->problems[lang];
}

const struct catalogue *page_words(const struct pages *pages, enum page_lang lang)
{
    return pages->words[lang];
}
