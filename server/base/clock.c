/* clock.c -- the two clocks, and RFC 3339 in and out.
 *
 * The calendar is computed here: the C library's calendar functions share static state or follow
 * the machine's zone. Days are counted from 0000-03-01 so that the leap day is the last of its year
 * (H. Hinnant, "chrono-Compatible Low-Level Date Algorithms"). */
#include "groundswell/base/clock.h"

#define MS_PER_DAY UINT64_C(86400000)
#define DAYS_TO_1970 UINT64_C(719468) /* from 0000-03-01 */
#define WALL_MS_MAX UINT64_C(253402300799999) /* 9999-12-31T23:59:59.999Z */

uint64_t clock_wall_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

uint64_t clock_steady_us(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000 + (uint64_t)now.tv_nsec / 1000;
}

static void put_digits(char *at, uint64_t value, int width)
{
    while (width--) {
        at[width] = (char)('0' + value % 10);
        value /= 10;
    }
}

void clock_stamp(uint64_t wall_ms, char ret[static CLOCK_STAMP_SIZE])
{
    if (wall_ms > WALL_MS_MAX)
        wall_ms = WALL_MS_MAX;
    uint64_t days = wall_ms / MS_PER_DAY + DAYS_TO_1970;
    uint64_t in_day = wall_ms % MS_PER_DAY;
    uint64_t era = days / 146097, day_of_era = days % 146097; /* an era is 400 years */
    uint64_t leap_days = day_of_era / 1460 - day_of_era / 36524 + day_of_era / 146096;
    uint64_t year_of_era = (day_of_era - leap_days) / 365;
    uint64_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    uint64_t month_from_march = (5 * day_of_year + 2) / 153;
    uint64_t day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    uint64_t month = month_from_march < 10 ? month_from_march + 3 : month_from_march - 9;
    uint64_t year = era * 400 + year_of_era + (month <= 2);

    memcpy(ret, "0000-00-00T00:00:00.000Z", CLOCK_STAMP_SIZE);
    put_digits(ret, year, 4);
    put_digits(ret + 5, month, 2);
    put_digits(ret + 8, day, 2);
    put_digits(ret + 11, in_day / 3600000, 2);
    put_digits(ret + 14, in_day / 60000 % 60, 2);
    put_digits(ret + 17, in_day / 1000 % 60, 2);
    put_digits(ret + 20, in_day % 1000, 3);
}

/* Reads exactly `width` digits, then `after` unless that is 0, and moves on. */
static bool take_digits(struct text *rest, size_t width, char after, unsigned *ret)
{
    size_t n = width + (after != 0);
    if (rest->n < n)
        return false;
    unsigned value = 0;
    for (size_t i = 0; i < width; i++) {
        unsigned digit = (unsigned)(unsigned char)rest->at[i] - '0';
        if (digit > 9)
            return false;
        value = value * 10 + digit;
    }
    if (after && rest->at[width] != after && !(after == 'T' && rest->at[width] == 't'))
        return false;
    rest->at += n;
    rest->n -= n;
    *ret = value;
    return true;
}

/* ".123456" -> 123; none is 0. */
static bool take_fraction(struct text *rest, unsigned *ret_ms)
{
    *ret_ms = 0;
    if (rest->n == 0 || rest->at[0] != '.')
        return true;
    size_t i = 1;
    for (unsigned weight = 100; i < rest->n && rest->at[i] >= '0' && rest->at[i] <= '9'; i++) {
        *ret_ms += (unsigned)(rest->at[i] - '0') * weight;
        weight /= 10;
    }
    rest->at += i;
    rest->n -= i;
    return i > 1;
}

/* "Z" or "+01:30", which must be all that is left; minutes east of Greenwich. */
static bool take_offset(struct text rest, int *ret_minutes)
{
    unsigned hours, minutes;
    *ret_minutes = 0;
    if (rest.n == 1 && (rest.at[0] == 'Z' || rest.at[0] == 'z'))
        return true;
    if (rest.n != 6 || (rest.at[0] != '+' && rest.at[0] != '-'))
        return false;
    bool west = rest.at[0] == '-';
    rest.at++;
    rest.n--;
    if (!take_digits(&rest, 2, ':', &hours) || !take_digits(&rest, 2, 0, &minutes) || hours > 23 ||
        minutes > 59)
        return false;
    *ret_minutes = (int)(hours * 60 + minutes) * (west ? -1 : 1);
    return true;
}

static unsigned days_in_month(unsigned year, unsigned month)
{
    bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    if (month == 2)
        return leap ? 29 : 28;
    return month == 4 || month == 6 || month == 9 || month == 11 ? 30 : 31;
}

/* Days since 1970-01-01, negative before. */
static int64_t days_since_1970(unsigned year, unsigned month, unsigned day)
{
    int64_t y = (int64_t)year - (month <= 2);
    int64_t era = (y >= 0 ? y : y - 399) / 400;
    int64_t year_of_era = y - era * 400;
    int64_t month_from_march = month > 2 ? (int64_t)month - 3 : (int64_t)month + 9;
    int64_t day_of_year = (153 * month_from_march + 2) / 5 + (int64_t)day - 1;
    int64_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    return era * 146097 + day_of_era - (int64_t)DAYS_TO_1970;
}

bool clock_parse(struct text stamp, uint64_t *ret_wall_ms)
{
    unsigned year, month, day, hour, minute, second, ms;
    int offset;
    struct text rest = stamp;
    if (!take_digits(&rest, 4, '-', &year) || !take_digits(&rest, 2, '-', &month) ||
        !take_digits(&rest, 2, 'T', &day) || !take_digits(&rest, 2, ':', &hour) ||
        !take_digits(&rest, 2, ':', &minute) || !take_digits(&rest, 2, 0, &second) ||
        !take_fraction(&rest, &ms) || !take_offset(rest, &offset))
        return false;
    if (month < 1 || month > 12 || day < 1 || day > days_in_month(year, month) || hour > 23 ||
        minute > 59)
        return false;
    int64_t minutes = days_since_1970(year, month, day) * 1440;
    minutes += (int64_t)(hour * 60 + minute) - offset;
    /* a leap second may only stand at the end of a day in UTC; as in POSIX it is the next day's
     * first */
    if (second > 60 || (second == 60 && ((minutes % 1440) + 1440) % 1440 != 1439))
        return false;
    int64_t wall_ms = (minutes * 60 + (int64_t)second) * 1000 + (int64_t)ms;
    if (wall_ms < 0)
        return false;
    *ret_wall_ms = (uint64_t)wall_ms;
    return true;
}
