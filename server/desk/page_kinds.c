/* page_kinds.c -- how a page writes a value: money in the community's currency, days as people say
 * them, addresses, what people wrote. Each kind escapes for where it stands. */
#include "page_inside.h"

#include "groundswell/base/clock.h"
#include "groundswell/base/log.h"
#include "groundswell/view/format.h"
#include "letters.h"
#include "markdown.h"
#include "page_chart.h"

static struct text text_in(const json_t *value)
{
    if (!json_is_string(value)) return TEXT_NONE;
    return (struct text){json_string_value(value), json_string_length(value)};
}

static bool number_in(const json_t *value, uint64_t *ret)
{
    if (!json_is_integer(value) || json_integer_value(value) < 0) return false;
    *ret = (uint64_t)json_integer_value(value);
    return true;
}

/* A time, or a day alone: its middle, which is that day wherever the process is. */
static bool stamp_in(const json_t *value, uint64_t *ret)
{
    struct text text = text_in(value);
    char noon[32];
    if (text.n != sizeof "2027-01-31" - 1) return clock_parse(text, ret);
    snprintf(noon, sizeof noon, "%.*sT12:00:00Z", TEXT_ARGS(text));
    return clock_parse(text_of(noon), ret);
}

/* ---- numbers and money ----------------------------------------------------------------------- */

static void put_number(struct buf *out, const json_t *value, const void *look)
{
    uint64_t number;
    (void)look;
    if (number_in(value, &number)) format_number(out, (int64_t)number);
}

static void put_money(struct buf *out, const json_t *value, const void *ctx)
{
    const struct page_look *look = ctx;
    uint64_t number;
    if (number_in(value, &number)) format_money(out, (int64_t)number, text_of(look->currency));
}

/* As it is typed into a field: 1234.50, 1500. */
static void put_typed(struct buf *out, const json_t *value, const void *ctx)
{
    const struct page_look *look = ctx;
    unsigned digits = format_minor_digits(text_of(look->currency));
    uint64_t number, unit = 1;
    if (!number_in(value, &number)) return;
    for (unsigned i = 0; i < digits; i++)
        unit *= 10;
    buf_u64(out, number / unit);
    if (number % unit > 0)
        buf_format(out, ".%0*llu", (int)digits, (unsigned long long)(number % unit));
}

static void put_percent(struct buf *out, const json_t *value, const void *look)
{
    uint64_t number;
    (void)look;
    if (number_in(value, &number)) format_permille(out, (int64_t)number);
}

/* ---- time ------------------------------------------------------------------------------------ */

static enum format_lang lang_of(const void *ctx)
{
    const struct page_look *look = ctx;
    return look->lang == PAGE_CY ? FORMAT_CY : FORMAT_EN;
}

static void put_date(struct buf *out, const json_t *value, const void *look)
{
    uint64_t at;
    if (stamp_in(value, &at)) format_date(out, at, lang_of(look));
}

static void put_time(struct buf *out, const json_t *value, const void *look)
{
    uint64_t at;
    if (stamp_in(value, &at)) format_time(out, at, lang_of(look));
}

static void put_left(struct buf *out, const json_t *value, const void *ctx)
{
    const struct page_look *look = ctx;
    uint64_t at;
    if (!stamp_in(value, &at)) return;
    format_span(out, at > look->now_ms ? at - look->now_ms : 0, FORMAT_LEFT, lang_of(ctx));
}

/* The parts of a date, for its three fields. */
static void put_day(struct buf *out, const json_t *value, const void *look)
{
    struct format_day day;
    uint64_t at;
    (void)look;
    if (stamp_in(value, &at) && format_day_of(at, &day)) buf_u64(out, day.day);
}

static void put_month(struct buf *out, const json_t *value, const void *look)
{
    struct format_day day;
    uint64_t at;
    (void)look;
    if (stamp_in(value, &at) && format_day_of(at, &day)) buf_u64(out, day.month);
}

static void put_year(struct buf *out, const json_t *value, const void *look)
{
    struct format_day day;
    uint64_t at;
    (void)look;
    if (stamp_in(value, &at) && format_day_of(at, &day)) buf_u64(out, day.year);
}

/* ---- addresses ------------------------------------------------------------------------------- */

static void put_url(struct buf *out, const json_t *value, const void *look)
{
    (void)look;
    page_encode(out, text_in(value));
}

/* riverside.t12: 12. */
static void put_n(struct buf *out, const json_t *value, const void *look)
{
    struct text id = text_in(value), number = TEXT_NONE;
    (void)look;
    while (id.at)
        number = text_cut(&id, '.');
    if (number.n > 1) page_encode(out, (struct text){number.at + 1, number.n - 1});
}

/* riverside.t12: /c/riverside/tenders/12, in the language of the page. */
static void put_href(struct buf *out, const json_t *value, const void *ctx)
{
    static const struct {
        char letter;
        const char *folder;
    } folders[] = {{'t', "tenders"}, {'p', "proposals"}, {'c', "commissions"}, {'n', "needs"},
                   {'b', "bodies"},  {'k', "talks"},     {'f', "funds"},       {'r', "rounds"}};
    const struct page_look *look = ctx;
    struct text place = text_in(value);
    struct text slug = text_cut(&place, '.');
    if (place.n < 2) return;
    buf_format(out, "%s/c/", look->root);
    page_encode(out, slug);
    for (size_t i = 0; i < sizeof folders / sizeof folders[0]; i++)
        if (folders[i].letter == place.at[0]) buf_format(out, "/%s/", folders[i].folder);
    page_encode(out, (struct text){place.at + 1, place.n - 1});
}

/* ---- words ----------------------------------------------------------------------------------- */

static void put_word(struct buf *out, const json_t *value, const void *ctx)
{
    const struct page_look *look = ctx;
    view_escape(out, catalogue_say(look->words, text_in(value)));
}

static void put_markdown(struct buf *out, const json_t *value, const void *look)
{
    (void)look;
    struct text text = text_in(value);
    if (text.n > 0 && markdown_html(text, out)) log_error("desk", "a text could not be shown");
}

/* An address of ours as a QR code, for paper. */
static void put_qr(struct buf *out, const json_t *value, const void *look)
{
    (void)look;
    struct text address = text_in(value);
    if (address.n > 0 && qr_svg(out, address, address))
        log_error("desk", "an address is too long for paper");
}

/* As in <time datetime="...">: the stamp itself, which is escaped as anything. */
static void put_iso(struct buf *out, const json_t *value, const void *look)
{
    (void)look;
    view_escape(out, text_in(value));
}

const struct view_kind page_kinds[] = {
    {"number", put_number}, {"money", put_money}, {"typed", put_typed}, {"percent", put_percent},
    {"date", put_date},     {"time", put_time},   {"left", put_left},   {"iso", put_iso},
    {"day", put_day},       {"month", put_month}, {"year", put_year},   {"url", put_url},
    {"n", put_n},           {"href", put_href},   {"word", put_word},
    {"markdown", put_markdown}, {"chart", page_chart_put}, {"qr", put_qr},
};
const size_t page_kinds_n = sizeof page_kinds / sizeof page_kinds[0];
