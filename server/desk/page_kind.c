/* page_kind.c -- reads what was typed into a field as what the command wants, or says what to type.
 *
 * What is wrong is said as GOV.UK's error messages are: what to do, in one sentence. Whether the
 * value is one that the act takes, the command's schema and the ledger say. */
#include "page_kind.h"

#include "groundswell/base/clock.h"
#include "groundswell/base/money.h"
#include "groundswell/view/format.h"

struct typed_field {
    struct sheet *page;
    struct text name, typed;
    const json_t *all;
};

typedef json_t *field_read_fn(const struct typed_field *field, const char **ret_wrong);

/* Names are short: those of the command, from a template of ours. */
static const char *money_wrong(enum format_wrong wrong)
{
    switch (wrong) {
    case FORMAT_FRACTION: return "Enter an amount with no more than two decimals, like 12.50";
    case FORMAT_CURRENCY: return "Enter the amount in the currency of this community";
    case FORMAT_NEGATIVE: return "Enter an amount that is not below zero";
    case FORMAT_TOO_MUCH: return "Enter a smaller amount";
    default: return "Enter an amount in numbers, like 12 or 12.50";
    }
}

static json_t *read_text(const struct typed_field *field, const char **ret_wrong)
{
    (void)ret_wrong;
    return json_stringn(field->typed.at, field->typed.n);
}

static json_t *read_money(const struct typed_field *field, const char **ret_wrong)
{
    uint64_t minor;
    const json_t *community = json_object_get(field->page->model, "community");
    struct text currency = body_text(community, "currency");
    enum format_wrong wrong = format_read_money(field->typed, currency, MONEY_MAX, &minor);
    if (!wrong) return json_integer((json_int_t)minor);
    *ret_wrong = money_wrong(wrong);
    return NULL;
}

static json_t *read_number(const struct typed_field *field, const char **ret_wrong)
{
    uint64_t number;
    enum format_wrong wrong = format_read_number(field->typed, MONEY_MAX, &number);
    if (!wrong) return json_integer((json_int_t)number);
    *ret_wrong = wrong == FORMAT_FRACTION ? "Enter a whole number" : "Enter a number, like 12";
    return NULL;
}

static json_t *read_permille(const struct typed_field *field, const char **ret_wrong)
{
    uint64_t permille;
    if (!format_read_permille(field->typed, &permille)) return json_integer((json_int_t)permille);
    *ret_wrong = "Enter a percentage from 0 to 100, like 12.5";
    return NULL;
}

/* A link that was copied whole is its secret: what stands behind the #. */
static json_t *read_secret(const struct typed_field *field, const char **ret_wrong)
{
    struct text rest = text_trim(field->typed), first = text_cut(&rest, '#');
    (void)ret_wrong;
    if (!rest.at) rest = first;
    return json_stringn(rest.at, rest.n);
}

static json_t *read_bool(const struct typed_field *field, const char **ret_wrong)
{
    (void)ret_wrong;
    return json_boolean(text_is(field->typed, "yes") || text_is(field->typed, "true"));
}

/* ---- dates ----------------------------------------------------------------------------------- */

static const char *date_wrong(enum format_wrong wrong)
{
    switch (wrong) {
    case FORMAT_DAY_EMPTY: return "The date must include a day";
    case FORMAT_MONTH_EMPTY: return "The date must include a month";
    case FORMAT_YEAR_EMPTY: return "The date must include a year";
    case FORMAT_CLOCK_WRONG: return "Enter a time of day, like 2:30pm";
    default: return "Enter a real date, like 31 3 2027";
    }
}

/* Of closes:date, what was typed into closes.day, closes.month, closes.year. */
static const json_t *parts_of(const struct typed_field *field)
{
    const json_t *at = field->all;
    struct text rest = field->name;
    while (at && rest.at) {
        struct text part = text_cut(&rest, '.');
        at = json_object_getn(at, part.at, part.n);
    }
    return at;
}

static json_t *stamp_new(uint64_t at_ms)
{
    char stamp[CLOCK_STAMP_SIZE];
    clock_stamp(at_ms, stamp);
    return json_string(stamp);
}

/* The field itself is hidden and says when on that day: `end`, or a time. */
static json_t *read_date(const struct typed_field *field, const char **ret_wrong)
{
    const json_t *parts = parts_of(field);
    struct format_day day;
    uint64_t at_ms;
    unsigned minutes = 0;
    enum format_wrong wrong = format_read_day(body_text(parts, "day"), body_text(parts, "month"),
                                              body_text(parts, "year"), &day);
    if (wrong == FORMAT_EMPTY) return NULL; /* left out */
    bool end = text_is(field->typed, "end");
    if (!wrong && !end) wrong = format_read_clock(field->typed, &minutes);
    if (!wrong) wrong = end ? format_ms_end(day, &at_ms) : format_ms_at(day, minutes, &at_ms);
    if (!wrong) return stamp_new(at_ms);
    *ret_wrong = date_wrong(wrong);
    return NULL;
}

/* The same as a day without a time: 2027-03-31. */
static json_t *read_calendar(const struct typed_field *field, const char **ret_wrong)
{
    const json_t *parts = parts_of(field);
    struct format_day day;
    enum format_wrong wrong = format_read_day(body_text(parts, "day"), body_text(parts, "month"),
                                              body_text(parts, "year"), &day);
    if (wrong == FORMAT_EMPTY) return NULL; /* left out */
    if (!wrong) return json_sprintf("%04u-%02u-%02u", day.year, day.month, day.day);
    *ret_wrong = date_wrong(wrong);
    return NULL;
}

/* A span in days or hours, as the seconds that the command wants. */
static json_t *read_span(const struct typed_field *field, unsigned unit_s, const char **ret_wrong)
{
    uint64_t number;
    if (!format_read_number(field->typed, MONEY_MAX / 86400, &number))
        return json_integer((json_int_t)(number * unit_s));
    *ret_wrong = "Enter a whole number, like 3";
    return NULL;
}

static json_t *read_days(const struct typed_field *field, const char **ret_wrong)
{
    return read_span(field, 86400, ret_wrong);
}

static json_t *read_hours(const struct typed_field *field, const char **ret_wrong)
{
    return read_span(field, 3600, ret_wrong);
}

/* ---- the kinds ------------------------------------------------------------------------------- */

static const struct {
    const char *name;
    field_read_fn *read;
    bool list;
} kinds[] = {
    {"", read_text, false},           {"money", read_money, false}, {"number", read_number, false},
    {"percent", read_permille, false}, {"bool", read_bool, false},  {"date", read_date, false},
    {"days", read_days, false},       {"hours", read_hours, false}, {"list", read_text, true},
    {"calendar", read_calendar, false},
    {"secret", read_secret, false},
};

static size_t kind_find(struct text kind)
{
    size_t i = sizeof kinds / sizeof kinds[0] - 1;
    while (i > 0 && !text_is(kind.at ? kind : TEXT(""), kinds[i].name))
        i--;
    return i;
}

json_t *page_kind_read(struct sheet *page, struct text kind, struct text name, const json_t *all,
                       struct text typed, const char **ret_wrong)
{
    const struct typed_field field = {page, name, typed, all};
    *ret_wrong = NULL;
    return kinds[kind_find(kind)].read(&field, ret_wrong);
}

bool page_kind_is_list(struct text kind)
{
    return kinds[kind_find(kind)].list;
}
