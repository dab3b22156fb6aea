/* page_fill_offer.c -- what the pages of a proposal add for who proposed it: what it says now, as
 * one would type it, and the others that it may become one with. */
#include "groundswell/view/format.h"
#include "page_fill_bodies.h"

#define NUMBER_SIZE 24

/* 1234.50, as one types it; left out where there is none. */
static void put_money(json_t *to, const char *name, const json_t *amount, struct text currency)
{
    unsigned digits = format_minor_digits(currency);
    unsigned long long minor = (unsigned long long)json_integer_value(amount), unit = 1;
    if (!json_is_integer(amount)) return;
    for (unsigned i = 0; i < digits; i++)
        unit *= 10;
    if (minor % unit == 0) fill_put(to, name, json_sprintf("%llu", minor / unit));
    else fill_put(to, name, json_sprintf("%llu.%0*llu", minor / unit, (int)digits, minor % unit));
}

static void put_number(json_t *to, const char *name, const json_t *number)
{
    if (json_is_integer(number))
        fill_put(to, name, json_sprintf("%lld", (long long)json_integer_value(number)));
}

/* 2027-03-31 in the three fields of a date. */
static void put_day(json_t *to, struct text day)
{
    json_t *parts = json_object();
    struct text year = text_cut(&day, '-'), month = text_cut(&day, '-');
    fill_text(parts, "year", year);
    fill_text(parts, "month", month);
    fill_text(parts, "day", day);
    fill_put(to, "due", parts);
}

/* One of a list as what stands in its fields. */
static json_t *row_new(const json_t *one, struct text currency)
{
    static const char *const words[] = {"title", "unit", "what"};
    json_t *row = json_object();
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        fill_text(row, words[i], body_text(one, words[i]));
    put_money(row, "amount", json_object_get(one, "amount"), currency);
    put_number(row, "target", json_object_get(one, "target"));
    put_number(row, "wanted", json_object_get(one, "wanted"));
    if (body_text(one, "due").n > 0) put_day(row, body_text(one, "due"));
    return row;
}

/* As names in a template have it, a list is an object with numbered members. */
static void put_rows(json_t *form, const json_t *text, const char *name, struct text currency)
{
    json_t *rows = json_object(), *one;
    size_t i;
    json_array_foreach (json_object_get(text, name), i, one) {
        char number[NUMBER_SIZE];
        snprintf(number, sizeof number, "%zu", i);
        fill_put(rows, number, row_new(one, currency));
    }
    fill_put(form, name, rows);
}

void fill_amend(struct visit *visit, json_t *model)
{
    static const char *const words[] = {"title", "summary", "provider", "delivery_plan"};
    const json_t *proposal = json_object_get(model, "proposal");
    const json_t *text = json_object_get(proposal, "text"), *id = NULL;
    struct text currency = body_text(json_object_get(model, "community"), "currency");
    json_t *form = json_object_get(model, "form");
    (void)visit;
    if (json_object_size(form) > 0) return;
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        fill_text(form, words[i], body_text(text, words[i]));
    id = json_object_get(text, "provider_id");
    if (json_is_object(id)) fill_put(form, "provider_id", json_deep_copy(id));
    put_money(form, "price", json_object_get(proposal, "price"), currency);
    put_rows(form, text, "milestones", currency);
    put_rows(form, text, "outcomes", currency);
    put_rows(form, text, "help", currency);
}

void fill_merge(struct visit *visit, json_t *model)
{
    struct text own = body_text(json_object_get(model, "proposal"), "proposal");
    struct text typed = body_text(json_object_get(model, "form"), "with");
    const json_t *items = json_object_get(json_object_get(model, "proposals"), "items"), *one;
    json_t *others = json_array();
    size_t i;
    (void)visit;
    json_array_foreach (items, i, one) {
        struct text id = body_text(one, "proposal");
        struct text title = body_text(json_object_get(one, "text"), "title");
        if (text_equal(id, own) || !text_is(body_text(one, "state"), "live")) continue;
        json_t *other = json_object();
        fill_text(other, "proposal", id);
        fill_text(other, "title", title.at ? title : id);
        fill_put(other, "chosen", json_boolean(typed.n > 0 && text_equal(id, typed)));
        fill_add(others, other);
    }
    fill_put(model, "others", others);
}
