/* format_day.c -- days and times of day as people type them, and when they are.
 *
 * The clocks decide: a time that they skip (the last Sunday of March, 1:30am in London) is refused,
 * one that they show twice is the first of the two. */
#include "groundswell/view/format.h"

#define MONTHS 12
#define SHORT_NAME 3
#define YEAR_LEAST 1970
#define YEAR_MOST 9999
#define DAY_MINUTES 1440
#define YEAR_DIGITS 4

/* One or two digits; blank and leading zeros are welcome. */
static bool small_number(struct text text, unsigned least, unsigned most, unsigned *ret)
{
    unsigned value = 0;
    if (text.n < 1 || text.n > 2)
        return false;
    for (size_t i = 0; i < text.n; i++) {
        if (text.at[i] < '0' || text.at[i] > '9')
            return false;
        value = value * 10 + (unsigned)(text.at[i] - '0');
    }
    *ret = value;
    return value >= least && value <= most;
}

static bool month_named(struct text name, unsigned *ret)
{
    for (enum format_lang lang = FORMAT_EN; lang < FORMAT_LANGS; lang++) {
        for (unsigned month = 1; month <= MONTHS; month++) {
            struct text full = text_of(format_month(month, lang));
            struct text brief = {full.at, SHORT_NAME};
            if (!text_equal_nocase(name, full) && !text_equal_nocase(name, brief))
                continue;
            *ret = month;
            return true;
        }
    }
    return false;
}

static unsigned days_of(unsigned month, unsigned year)
{
    static const unsigned days[MONTHS] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    return month == 2 && leap ? 29 : days[month - 1];
}

enum format_wrong format_read_day(struct text day, struct text month, struct text year,
                                  struct format_day *ret)
{
    uint64_t long_year = 0;
    struct format_day read = {0};
    day = text_trim(day);
    month = text_trim(month);
    year = text_trim(year);
    if (!day.n && !month.n && !year.n)
        return FORMAT_EMPTY;
    if (!day.n)
        return FORMAT_DAY_EMPTY;
    if (!month.n)
        return FORMAT_MONTH_EMPTY;
    if (!year.n)
        return FORMAT_YEAR_EMPTY;
    if (!small_number(day, 1, 31, &read.day))
        return FORMAT_DAY_WRONG;
    if (!small_number(month, 1, MONTHS, &read.month) && !month_named(month, &read.month))
        return FORMAT_MONTH_WRONG;
    if (year.n != YEAR_DIGITS || !text_to_u64(year, YEAR_MOST, &long_year) ||
        long_year < YEAR_LEAST)
        return FORMAT_YEAR_WRONG;
    read.year = (unsigned)long_year;
    if (read.day > days_of(read.month, read.year))
        return FORMAT_DAY_WRONG;
    *ret = read;
    return FORMAT_GOOD;
}

/* "12:30", "9", "9.30": hours and minutes. A point between them is common here too. */
static bool hours_and_minutes(struct text text, unsigned least, unsigned most, unsigned *ret,
                              bool *ret_minutes)
{
    unsigned hour, minute = 0;
    struct text rest = text;
    struct text first = text_cut(&rest, ':');
    if (!rest.at) {
        rest = text;
        first = text_cut(&rest, '.');
    }
    if (!small_number(first, least, most, &hour))
        return false;
    if (rest.at && (rest.n != 2 || !small_number(rest, 0, 59, &minute)))
        return false;
    *ret = hour * 60 + minute;
    *ret_minutes = rest.at != NULL;
    return true;
}

enum format_wrong format_read_clock(struct text typed, unsigned *ret_minutes)
{
    struct text text = text_trim(typed);
    unsigned minutes;
    bool with_minutes;
    if (!text.n)
        return FORMAT_EMPTY;
    if (text_equal_nocase(text, TEXT("midday")) || text_equal_nocase(text, TEXT("hanner dydd"))) {
        *ret_minutes = DAY_MINUTES / 2;
        return FORMAT_GOOD;
    }
    if (text_equal_nocase(text, TEXT("midnight")) || text_equal_nocase(text, TEXT("hanner nos"))) {
        *ret_minutes = 0;
        return FORMAT_GOOD;
    }
    struct text half = {text.at + text.n - (text.n > 2 ? 2 : 0), text.n > 2 ? 2 : 0};
    bool am = text_equal_nocase(half, TEXT("am")), pm = text_equal_nocase(half, TEXT("pm"));
    if (am || pm)
        text = text_trim((struct text){text.at, text.n - 2});
    if (!hours_and_minutes(text, am || pm, am || pm ? 12 : 23, &minutes, &with_minutes) ||
        (!am && !pm && !with_minutes)) /* "9" alone could be either */
        return FORMAT_CLOCK_WRONG;
    if (am || pm)
        minutes = minutes % (DAY_MINUTES / 2) + (pm ? DAY_MINUTES / 2 : 0);
    *ret_minutes = minutes;
    return FORMAT_GOOD;
}

/* ---- when that is ---------------------------------------------------------------------------- */

static bool is_day(struct format_day day)
{
    return day.year >= YEAR_LEAST && day.year <= YEAR_MOST && day.month >= 1 &&
           day.month <= MONTHS && day.day >= 1 && day.day <= days_of(day.month, day.year);
}

/* Seconds since 1970 of that time, summer time or not as `is_dst` says; false where there is none
 * such. mktime() moves what does not exist to what does, so the way back tells. */
static bool seconds_with(struct format_day day, unsigned minutes, int is_dst, uint64_t *ret)
{
    struct tm tm = {.tm_year = (int)day.year - 1900, .tm_mon = (int)day.month - 1,
                    .tm_mday = (int)day.day, .tm_hour = (int)(minutes / 60),
                    .tm_min = (int)(minutes % 60), .tm_isdst = is_dst};
    struct tm back;
    time_t seconds = mktime(&tm);
    if (seconds < 0 || !localtime_r(&seconds, &back))
        return false;
    *ret = (uint64_t)seconds;
    return back.tm_mday == (int)day.day && back.tm_mon == (int)day.month - 1 &&
           back.tm_hour == (int)(minutes / 60) && back.tm_min == (int)(minutes % 60);
}

enum format_wrong format_ms_at(struct format_day day, unsigned minutes, uint64_t *ret_ms)
{
    uint64_t summer, winter;
    if (!is_day(day))
        return FORMAT_DAY_WRONG;
    if (minutes >= DAY_MINUTES)
        return FORMAT_CLOCK_WRONG;
    bool in_summer = seconds_with(day, minutes, 1, &summer);
    bool in_winter = seconds_with(day, minutes, 0, &winter);
    if (!in_summer && !in_winter)
        return FORMAT_CLOCK_WRONG;
    uint64_t seconds = !in_winter || (in_summer && summer < winter) ? summer : winter;
    *ret_ms = seconds * 1000;
    return FORMAT_GOOD;
}

enum format_wrong format_ms_end(struct format_day day, uint64_t *ret_ms)
{
    enum format_wrong wrong = format_ms_at(day, DAY_MINUTES - 1, ret_ms);
    if (!wrong)
        *ret_ms += 59999;
    return wrong;
}
