/* page_form.c -- what a form posts (application/x-www-form-urlencoded) becomes the body of the act.
 *
 * A field's name is where its value goes in the command, and behind a colon what kind it is:
 * `amount:money`, `milestones.0.title`. What was typed is kept as it was for the page that is shown
 * again. `closes.day:part` is no member, but a part of the date `closes:date`. An empty field is
 * left out: whether it may be, the command's schema says. Three fields are
 * not the command's: `token` and `key` go into headers, and what begins with `_` is nobody's. */
#include "page_inside.h"

#include "page_kind.h"
#include "say.h"

#define FORM_FIELDS_MAX 256
#define NAME_MAX_BYTES 96
#define NAME_PARTS_MAX 6

struct form {
    struct sheet *page;
    json_t *command, *typed;
    struct page_posted *posted;
    size_t fields_n;
    bool speaks; /* it has fields of its own, though all of them may be empty */
};

/* ---- values by dotted names ------------------------------------------------------------------ */

/* The member `name` of an object, made where there is none. NULL: something else stands there. */
static json_t *member_of(json_t *object, struct text name)
{
    json_t *member = json_object_getn(object, name.at, name.n);
    if (!member) {
        member = json_object();
        if (json_object_setn_new(object, name.at, name.n, member)) return NULL;
    }
    return json_is_object(member) ? member : NULL;
}

/* Takes `value` over. In what was typed and in errors lists are objects with numbered members, as
 * names in a template have it. */
static bool put_at(json_t *root, struct text name, json_t *value)
{
    json_t *at = root;
    for (size_t depth = 0; at && depth < NAME_PARTS_MAX; depth++) {
        struct text part = text_cut(&name, '.');
        if (part.n == 0) break;
        if (!name.at) return json_object_setn_new(at, part.at, part.n, value) == 0;
        at = member_of(at, part);
    }
    json_decref(value);
    return false;
}

static bool is_number(const char *name)
{
    return name[0] && strspn(name, "0123456789") == strlen(name);
}

/* {"0": a, "2": b} as [a, b]: rows that were left empty close up. */
static json_t *lists_made(json_t *value)
{
    const char *name;
    json_t *member;
    void *next;
    bool list = json_object_size(value) > 0;
    if (!json_is_object(value)) return json_incref(value);
    json_t *object = json_object(), *array = json_array();
    json_object_foreach_safe (value, next, name, member) {
        json_t *made = lists_made(member);
        list = list && is_number(name);
        if (json_array_append(array, made) || json_object_set_new(object, name, made)) list = false;
    }
    json_decref(list ? object : array);
    return list ? array : object;
}

/* ---- one field ------------------------------------------------------------------------------- */

void page_error(struct sheet *page, const char *field, const char *sentence)
{
    json_t *errors = json_object_get(page->model, "errors");
    json_t *by_field = json_object_get(page->model, "error");
    if (!errors) {
        errors = json_array();
        if (json_object_set_new(page->model, "errors", errors)) return;
    }
    if (!by_field) {
        by_field = json_object();
        if (json_object_set_new(page->model, "error", by_field)) return;
    }
    CLEANUP(buf) struct buf id = BUF_MAX(KIB);
    for (const char *c = field; *c; c++)
        buf_char(&id, *c == '.' ? '-' : *c);
    (void)json_array_append_new(errors, json_pack("{s:s, s:s}", "field", id.data ? id.data : "",
                                                  "text", sentence));
    if (field[0]) (void)put_at(by_field, text_of(field), json_string(sentence));
}

static json_t *text_json(struct text text)
{
    return json_stringn(text.at ? text.at : "", text.n);
}

/* A member of the command, by its kind; what is no such thing is an error of the field. */
static void field_take(struct form *form, struct text name, struct text kind, struct text value)
{
    char field[NAME_MAX_BYTES];
    const char *wrong = NULL;
    json_t *made = NULL;
    snprintf(field, sizeof field, "%.*s", TEXT_ARGS(name));
    if (text_trim(value).n == 0 || text_is(kind, "part")) return;
    made = page_kind_read(form->page, kind, name, form->typed, value, &wrong);
    if (wrong) {
        form->posted->wrong = true;
        page_error(form->page, field, page_translate(form->page, wrong));
    } else if (made && page_kind_is_list(kind)) {
        json_t *list = json_object_getn(form->command, name.at, name.n);
        if (!list && !json_object_setn_new(form->command, name.at, name.n, json_array()))
            list = json_object_getn(form->command, name.at, name.n);
        if (json_array_append_new(list, made)) form->posted->wrong = true;
    } else if (made && !put_at(form->command, name, made)) {
        form->posted->wrong = true;
    }
}

static bool one_field(struct form *form, struct text name, struct text value)
{
    struct text kind = name;
    struct text field = text_cut(&kind, ':');
    if (++form->fields_n > FORM_FIELDS_MAX || field.n == 0 || field.n >= NAME_MAX_BYTES)
        return false;
    if (text_is(field, "token")) form->posted->token = page_token_read(form->page->visit, value);
    else if (text_is(field, "key")) form->posted->key = value;
    else if (field.at[0] != '_') {
        form->speaks = true;
        field_take(form, field, kind, value);
    }
    return true;
}

/* ---- the body -------------------------------------------------------------------------------- */

static bool pairs_read(struct form *form, bool (*take)(struct form *, struct text, struct text))
{
    struct visit *visit = form->page->visit;
    struct text rest = visit->body;
    while (rest.n > 0) {
        struct text value = text_cut(&rest, '&');
        struct text name = text_cut(&value, '=');
        if (visit_unescape(visit, &name) || visit_unescape(visit, &value)) return false;
        if (name.n > 0 && !take(form, name, value)) return false;
    }
    return true;
}

/* What was typed comes first, for a kind may be made of several fields (a date). */
static bool one_typed(struct form *form, struct text name, struct text value)
{
    struct text kind = name;
    struct text field = text_cut(&kind, ':');
    /* Its parts are what was typed. */
    if (text_is(kind, "date") || text_is(kind, "calendar")) return true;
    if (field.n > 0 && field.n < NAME_MAX_BYTES && field.at[0] != '_' &&
        !text_is(field, "token") && !text_is(field, "key"))
        (void)put_at(form->typed, field, text_json(value));
    return true;
}

static bool is_form(const struct visit *visit)
{
    struct text type = visit_field(visit, "Content-Type");
    return text_equal_nocase(text_trim(text_cut(&type, ';')),
                             TEXT("application/x-www-form-urlencoded"));
}

static enum fault command_write(struct form *form, struct text *ret)
{
    CLEANUP(json_ref) json_t *command = lists_made(form->command);
    if (json_object_size(command) == 0 && !form->speaks) {
        *ret = TEXT("");
        return FAULT_NONE;
    }
    char *dumped = json_dumps(command, JSON_COMPACT);
    *ret = dumped ? arena_text(&form->page->visit->arena, text_of(dumped)) : TEXT_NONE;
    free(dumped);
    return ret->at ? FAULT_NONE : FAULT_MEMORY;
}

bool page_form_read(struct sheet *page, struct page_posted *ret)
{
    struct visit *visit = page->visit;
    CLEANUP(json_ref) json_t *command = json_object();
    struct form form = {.page = page, .command = command, .typed = json_object(), .posted = ret};
    *ret = (struct page_posted){.json = TEXT(""), .token = TEXT(""), .key = TEXT("")};
    bool good = command && json_object_set_new(page->model, "form", form.typed) == 0;
    if (good && visit->body.n > 0 && !is_form(visit)) {
        say_refusal(visit, REFUSAL_FORM_REQUIRED, NULL, 0);
        return false;
    }
    if (!good || !pairs_read(&form, one_typed) || !pairs_read(&form, one_field)) {
        say_refusal(visit, REFUSAL_FORM_MALFORMED, NULL, 0);
        return false;
    }
    enum fault no = command_write(&form, &ret->json);
    if (no) say_fault(visit, no);
    return !no;
}
