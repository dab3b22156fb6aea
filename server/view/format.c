/* format.c -- amounts, numbers and times, written for people; reading is in format_read.c and
 * format_day.c. */
#include "groundswell/view/format.h"

#include "groundswell/base/clock.h"

#define MINUTE_MS UINT64_C(60000)
#define HOUR_MS (60 * MINUTE_MS)
#define DAY_MS (24 * HOUR_MS)
#define TIME_MAX_MS UINT64_C(253402300800000) /* the year 10000 */
#define MINUS "\xe2\x88\x92"                 /* a true minus: a hyphen is often not read out */

static const char *const months[FORMAT_LANGS][12] = {
    [FORMAT_EN] = {"January", "February", "March", "April", "May", "June", "July", "August",
                   "September", "October", "November", "December"},
    [FORMAT_CY] = {"Ionawr", "Chwefror", "Mawrth", "Ebrill", "Mai", "Mehefin", "Gorffennaf", "Awst",
                   "Medi", "Hydref", "Tachwedd", "Rhagfyr"},
};

enum unit { UNIT_DAY, UNIT_HOUR, UNIT_MINUTE, UNITS };

/* Welsh keeps the singular behind a number, and softens it behind 2. */
struct unit_words {
    const char *one, *two, *many;
};

static const struct words {
    const char *at, *midday, *midnight, *moment;
    const char *in, *ago; /* before and behind a span */
    struct unit_words units[UNITS];
} words[FORMAT_LANGS] = {
    [FORMAT_EN] = {" at ", "midday", "midnight", "less than a minute", "in ", " ago",
                   {{"day", "days", "days"},
                    {"hour", "hours", "hours"},
                    {"minute", "minutes", "minutes"}}},
    [FORMAT_CY] = {" am ", "hanner dydd", "hanner nos", "llai na munud", "ymhen ", " yn \xc3\xb4l",
                   {{"diwrnod", "ddiwrnod", "diwrnod"},
                    {"awr", "awr", "awr"},
                    {"munud", "funud", "munud"}}},
};

enum format_lang format_lang_of(struct text tag)
{
    struct text first = text_cut(&tag, '-');
    return text_equal_nocase(first, TEXT("cy")) ? FORMAT_CY : FORMAT_EN;
}

/* ---- numbers and money ----------------------------------------------------------------------- */

/* Where the minor unit is not a hundredth: ISO 4217, list one, column "minor unit". */
static const struct {
    char code[4];
    unsigned digits;
} not_two[] = {{"BIF", 0}, {"CLP", 0}, {"DJF", 0}, {"GNF", 0}, {"ISK", 0}, {"JPY", 0}, {"KMF", 0},
               {"KRW", 0}, {"PYG", 0}, {"RWF", 0}, {"UGX", 0}, {"VND", 0}, {"VUV", 0}, {"XAF", 0},
               {"XOF", 0}, {"XPF", 0}, {"BHD", 3}, {"IQD", 3}, {"JOD", 3}, {"KWD", 3}, {"LYD", 3},
               {"OMR", 3}, {"TND", 3}};

unsigned format_minor_digits(struct text currency)
{
    for (size_t i = 0; i < sizeof not_two / sizeof *not_two; i++)
        if (text_equal_nocase(currency, text_of(not_two[i].code)))
            return not_two[i].digits;
    return 2;
}

/* With a comma between thousands. */
static void grouped(struct buf *out, uint64_t value)
{
    char digits[32];
    char *at = digits + sizeof digits;
    unsigned written = 0;
    do {
        if (written && written % 3 == 0)
            *--at = ',';
        *--at = (char)('0' + value % 10);
        value /= 10;
        written++;
    } while (value);
    buf_put(out, at, (size_t)(digits + sizeof digits - at));
}

static uint64_t size_of(int64_t value)
{
    return value < 0 ? 0 - (uint64_t)value : (uint64_t)value;
}

void format_number(struct buf *out, int64_t number)
{
    if (number < 0)
        buf_cstr(out, MINUS);
    grouped(out, size_of(number));
}

void format_permille(struct buf *out, int64_t permille)
{
    uint64_t size = size_of(permille);
    if (permille < 0)
        buf_cstr(out, MINUS);
    grouped(out, size / 10);
    if (size % 10)
        buf_format(out, ".%u", (unsigned)(size % 10));
    buf_char(out, '%');
}

void format_money(struct buf *out, int64_t minor, struct text currency)
{
    bool pounds = text_is(currency, "GBP");
    unsigned digits = format_minor_digits(currency);
    uint64_t size = size_of(minor), unit = 1;
    for (unsigned i = 0; i < digits; i++)
        unit *= 10;
    if (minor < 0)
        buf_cstr(out, MINUS);
    if (pounds)
        buf_cstr(out, "\xc2\xa3");
    grouped(out, size / unit);
    if (size % unit)
        buf_format(out, ".%0*u", (int)digits, (unsigned)(size % unit));
    if (!pounds && currency.n) {
        buf_char(out, ' ');
        buf_text(out, currency);
    }
}

/* ---- days and times -------------------------------------------------------------------------- */

static bool local(struct buf *out, uint64_t ms, struct tm *ret)
{
    time_t seconds = (time_t)(ms / 1000);
    if (ms < TIME_MAX_MS && localtime_r(&seconds, ret) && ret->tm_year + 1900 <= 9999)
        return true;
    if (out && !out->fault)
        out->fault = FAULT_LIMIT;
    return false;
}

static void put_date(struct buf *out, const struct tm *tm, enum format_lang lang)
{
    buf_format(out, "%d %s %d", tm->tm_mday, months[lang][tm->tm_mon], tm->tm_year + 1900);
}

static void put_clock(struct buf *out, const struct tm *tm, enum format_lang lang)
{
    int hour = tm->tm_hour % 12 ? tm->tm_hour % 12 : 12;
    if (tm->tm_min == 0 && tm->tm_hour % 12 == 0) {
        buf_cstr(out, tm->tm_hour ? words[lang].midday : words[lang].midnight);
        return;
    }
    buf_format(out, "%d", hour);
    if (tm->tm_min)
        buf_format(out, ":%02d", tm->tm_min);
    buf_cstr(out, tm->tm_hour < 12 ? "am" : "pm");
}

void format_date(struct buf *out, uint64_t ms, enum format_lang lang)
{
    struct tm tm;
    if (local(out, ms, &tm))
        put_date(out, &tm, lang);
}

void format_time(struct buf *out, uint64_t ms, enum format_lang lang)
{
    struct tm tm;
    if (!local(out, ms, &tm))
        return;
    put_date(out, &tm, lang);
    buf_cstr(out, words[lang].at);
    put_clock(out, &tm, lang);
}

void format_clock(struct buf *out, uint64_t ms, enum format_lang lang)
{
    struct tm tm;
    if (local(out, ms, &tm))
        put_clock(out, &tm, lang);
}

void format_iso(struct buf *out, uint64_t ms)
{
    char stamp[CLOCK_STAMP_SIZE];
    struct tm tm;
    if (!local(out, ms, &tm))
        return;
    clock_stamp(ms, stamp);
    buf_cstr(out, stamp);
}

bool format_day_of(uint64_t ms, struct format_day *ret)
{
    struct tm tm;
    if (!local(NULL, ms, &tm))
        return false;
    *ret = (struct format_day){(unsigned)tm.tm_year + 1900, (unsigned)tm.tm_mon + 1,
                               (unsigned)tm.tm_mday};
    return true;
}

const char *format_month(unsigned month, enum format_lang lang)
{
    return month >= 1 && month <= 12 ? months[lang][month - 1] : "";
}

void format_span(struct buf *out, uint64_t span_ms, enum format_span how, enum format_lang lang)
{
    static const uint64_t lengths[UNITS] = {DAY_MS, HOUR_MS, MINUTE_MS};
    const struct words *say = &words[lang];
    enum unit unit = UNIT_DAY;
    while (unit < UNIT_MINUTE && span_ms < lengths[unit])
        unit++;
    uint64_t count = span_ms / lengths[unit];
    const struct unit_words *name = &say->units[unit];
    if (how == FORMAT_IN)
        buf_cstr(out, say->in);
    if (count == 0) {
        buf_cstr(out, say->moment);
    } else {
        grouped(out, count);
        buf_char(out, ' ');
        buf_cstr(out, count == 1 ? name->one : count == 2 ? name->two : name->many);
    }
    if (how == FORMAT_AGO)
        buf_cstr(out, say->ago);
}
