/* template.h -- templates: Mustache with kinds, comparisons, translated texts and inheritance.
 *
 *     struct view_set *set = view_set_new(&plan);
 *     const struct view *page;
 *     no = view_find(set, TEXT("tender"), &page, &problem);       at start
 *     no = view_check(page, shape, &problem);                     at start: every name is promised
 *     no = view_render(&out, page, model, look);                  at request time
 *
 * The language is that of the Mustache specification (mustache/spec 1.4: interpolation, sections,
 * inverted, partials, delimiters, comments, and of its optional modules inheritance), and
 *
 *     {{price:money}}                a value through a kind, which knows how to write and escape
 *     {{.name}} {{#.name}}           of the innermost thing only; without the dot a name that it
 *                                    does not have is looked for outwards, as Mustache does
 *     {{#state=open}} {{^state=open}}   whether a value's text is a word; stays at the same thing
 *     {{#_}}text{{/_}}               a text, in the language of the set's catalogue
 *     {{#_n people}}one|many{{/_n}}  a text that depends on a number (or on a list's length)
 *
 * No section is written for what is absent, null, false, 0, "" or an empty list. A text's message
 * id is its source, the blanks folded and none at its ends (of two forms: that of `one`); it holds
 * variables, no sections, and a translation may use none that its text does not.
 *
 * A template is parsed once; texts are put in their language as it is parsed. Nothing but a kind
 * writes without escaping, unless the plan lets {{{raw}}} pass. What stands in which model, and who
 * loads what: the desk's. */
#ifndef GROUNDSWELL_VIEW_TEMPLATE_H
#define GROUNDSWELL_VIEW_TEMPLATE_H

#include <jansson.h>

#include "groundswell/base/buf.h"
#include "groundswell/base/fault.h"
#include "groundswell/base/text.h"

struct catalogue;
struct view;
struct view_set;

#define VIEW_DEPTH_MAX 32   /* of sections, and of partials within one another, while rendering */
#define VIEW_NODES_MAX 8192 /* of one template */
#define VIEW_STEPS_MAX (UINT64_C(1) << 20) /* sections, things and templates of one rendering */

/* Writes a value as HTML (or as what the place wants), escaped. `value` is NULL where the model has
 * none: a kind then writes nothing. `look` is what view_render() was given. */
typedef void view_kind_fn(struct buf *out, const json_t *value, const void *look);

struct view_kind {
    const char *name;
    view_kind_fn *put;
};

/* A text of a template, as it is parsed. `many` is TEXT_NONE where it has one form. */
struct view_text {
    struct text template, one, many;
    unsigned line;
};

struct view_plan {
    /* The source of a template by its name; it stays valid as long as the set. FAULT_ABSENT: there
     * is none. */
    enum fault (*load)(void *ctx, struct text name, struct text *ret_source);
    void *ctx;
    const struct view_kind *kinds; /* borrowed for the set's life */
    size_t kinds_n;
    const struct catalogue *words; /* borrowed; NULL: texts as they stand */
    void (*gather)(void *ctx, const struct view_text *text); /* of every text; NULL: nobody does */
    bool raw;             /* {{{raw}}} and {{&raw}} write unescaped; else they are refused */
    bool absent_is_empty; /* an unknown partial is an empty one, as the specification says; else it
                           * is refused */
};

/* Why a template was refused. */
struct view_problem {
    char template[96];
    unsigned line; /* from 1 */
    char what[160];
};

struct view_set *view_set_new(const struct view_plan *plan); /* NULL: memory */
void view_set_free(struct view_set *set);                    /* NULL accepted */

/* Parses it, and everything it includes, unless that is done. FAULT_ABSENT: there is no such
 * template, or none that it includes; FAULT_FORMAT: it is malformed; FAULT_LIMIT: too large or too
 * deep. */
enum fault view_find(struct view_set *set, struct text name, const struct view **ret,
                     struct view_problem *problem) MUST_CHECK;

/* Every name that the template and what it includes may ask for must be in `shape`: an object whose
 * members are `true` (a value), an object, [shape] (a list of such), or null (anything below it).
 * Names are looked up as rendering does, outwards through the sections. FAULT_FORMAT: the problem
 * says which name is in no shape, and where. */
enum fault view_check(const struct view *view, const json_t *shape,
                      struct view_problem *problem) MUST_CHECK;

/* FAULT_LIMIT: `out` or the depth is at its bound. */
enum fault view_render(struct buf *out, const struct view *view, const json_t *model,
                       const void *look) MUST_CHECK;

/* & < > " ' become references; controls but LF and TAB a '?'. */
void view_escape(struct buf *out, struct text text);

#endif
