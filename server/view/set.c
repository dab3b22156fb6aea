/* set.c -- the templates of a set: each is loaded and parsed once, with all that it includes.
 *
 * Including only notes a name; what is noted is parsed in turn, so templates may include one
 * another in circles. Where one fails, all that this call has noted is forgotten again. */
#include "inside.h"

#define SET_BYTES_MAX (16 * MIB)

struct view_set *view_set_new(const struct view_plan *plan)
{
    struct view_set *set = calloc(1, sizeof *set);
    if (!set) return NULL;
    set->plan = *plan;
    arena_init(&set->arena, SET_BYTES_MAX);
    return set;
}

/* Down to `until`, which stays. */
static void forget(struct view_set *set, const struct view *until)
{
    while (set->views != until) {
        struct view *view = set->views;
        set->views = view->next;
        free(view->nodes);
        free(view->parts);
        free(view);
    }
}

void view_set_free(struct view_set *set)
{
    if (!set) return;
    forget(set, NULL);
    arena_release(&set->arena);
    free(set);
}

struct view *view_named(struct view_set *set, struct text name)
{
    for (struct view *view = set->views; view; view = view->next)
        if (text_equal(view->name, name)) return view;
    struct view *view = calloc(1, sizeof *view);
    if (!view) return NULL;
    view->set = set;
    view->name = arena_text(&set->arena, name);
    if (!view->name.at) {
        free(view);
        return NULL;
    }
    view->next = set->views;
    set->views = view;
    return view;
}

enum fault view_refuse(struct view_problem *problem, enum fault no, struct text template,
                       unsigned line, const char *format, ...)
{
    if (!problem) return no;
    va_list args;
    va_start(args, format);
    snprintf(problem->template, sizeof problem->template, "%.*s", TEXT_ARGS(template));
    problem->line = line;
    vsnprintf(problem->what, sizeof problem->what, format, args);
    va_end(args);
    return no;
}

static enum fault load(struct view *view, struct view_problem *problem)
{
    const struct view_plan *plan = &view->set->plan;
    struct text source = TEXT_NONE;
    enum fault no = plan->load(plan->ctx, view->name, &source);
    if (no == FAULT_ABSENT && view->asked_by.at && plan->absent_is_empty) no = FAULT_NONE;
    if (no == FAULT_ABSENT && view->asked_by.at)
        return view_refuse(problem, no, view->asked_by, view->asked_line,
                           "there is no template %.*s", TEXT_ARGS(view->name));
    if (no)
        return view_refuse(problem, no, view->name, 1, "it cannot be loaded: %s", fault_name(no));
    no = view_parse(view, source, problem);
    view->parsed = !no;
    return no;
}

static struct view *next_unparsed(struct view_set *set)
{
    struct view *view = set->views;
    while (view && view->parsed) view = view->next;
    return view;
}

enum fault view_find(struct view_set *set, struct text name, const struct view **ret,
                     struct view_problem *problem)
{
    const struct view *before = set->views;
    struct view *view = view_named(set, name);
    enum fault no = FAULT_NONE;
    *ret = NULL;
    if (!view) return view_refuse(problem, FAULT_MEMORY, name, 1, "no memory is left");
    for (struct view *next; !no && (next = next_unparsed(set)) != NULL;) no = load(next, problem);
    if (no == FAULT_MEMORY) no = view_refuse(problem, no, name, 1, "no memory is left");
    if (no) forget(set, before);
    else *ret = view;
    return no;
}
