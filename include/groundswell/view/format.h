/* format.h -- amounts, numbers, days and times as people write and read them.
 *
 * Amounts are integers in minor units and never pass through a float. Times are milliseconds since
 * 1970, written and read in the local time of the process (TZ). Writing goes into a buf, whose
 * fault tells; reading says what is wrong, so that a form can. What is written holds nothing that
 * HTML would have to escape. */
#ifndef GROUNDSWELL_VIEW_FORMAT_H
#define GROUNDSWELL_VIEW_FORMAT_H

#include <stdbool.h>
#include <stdint.h>

#include "groundswell/base/buf.h"
#include "groundswell/base/text.h"

enum format_lang { FORMAT_EN, FORMAT_CY, FORMAT_LANGS };
/* "cy" and "cy-GB" are Welsh, everything else is English. */
enum format_lang format_lang_of(struct text tag);

/* ---- writing --------------------------------------------------------------------------------- */

/* "£1,234.50", "£1,500" in whole pounds; of other currencies "1,234.50 PLN", "1,500 PLN".
 * `currency` is an ISO 4217 code, which also says how many digits its minor unit has (2 where it
 * is not known). */
void format_money(struct buf *out, int64_t minor, struct text currency);
unsigned format_minor_digits(struct text currency);
void format_number(struct buf *out, int64_t number);  /* "12,345" */
void format_permille(struct buf *out, int64_t permille); /* 125 is "12.5%", 500 is "50%" */

/* Past 9999-12-31 nothing is written, and the buf says FAULT_LIMIT. */
void format_date(struct buf *out, uint64_t ms, enum format_lang lang); /* "14 December 2026" */
/* "14 December 2026 at 2:30pm", "... at 2pm", "... at midday", "... at midnight" */
void format_time(struct buf *out, uint64_t ms, enum format_lang lang);
void format_clock(struct buf *out, uint64_t ms, enum format_lang lang); /* "2:30pm" */
void format_iso(struct buf *out, uint64_t ms); /* "2026-12-14T14:30:00.000Z", for datetime= */

/* The parts of a date, for fields of day, month and year. */
struct format_day {
    unsigned year, month, day; /* month and day from 1 */
};
bool format_day_of(uint64_t ms, struct format_day *ret); /* false past 9999 */
const char *format_month(unsigned month, enum format_lang lang); /* from 1; "" outside 1 to 12 */

/* "3 days", "2 hours", "5 minutes", "less than a minute": of the largest of these that is whole
 * at least once, rounded down, so that it never promises more than there is. */
enum format_span { FORMAT_LEFT /* "3 days" */, FORMAT_IN /* "in 3 days" */, FORMAT_AGO };
void format_span(struct buf *out, uint64_t span_ms, enum format_span how, enum format_lang lang);

/* ---- reading --------------------------------------------------------------------------------- */

enum format_wrong {
    FORMAT_GOOD = 0,
    FORMAT_EMPTY,      /* nothing was typed */
    FORMAT_NO_NUMBER,  /* something else than digits, a point, and commas between thousands */
    FORMAT_COMMAS,     /* commas elsewhere: "1,23" */
    FORMAT_NEGATIVE,
    FORMAT_FRACTION,   /* more decimals than a number of this kind has */
    FORMAT_CURRENCY,   /* the sign or code of another currency */
    FORMAT_TOO_MUCH,
    FORMAT_DAY_EMPTY,  /* one part of the date is missing; all three: FORMAT_EMPTY */
    FORMAT_MONTH_EMPTY,
    FORMAT_YEAR_EMPTY,
    FORMAT_DAY_WRONG,  /* no number from 1 to 31, or not in that month: 30 February */
    FORMAT_MONTH_WRONG, /* no number from 1 to 12, nor the name of a month */
    FORMAT_YEAR_WRONG, /* not four digits, or before 1970 */
    FORMAT_CLOCK_WRONG, /* no time of day, or one that the clocks skip on that day */
};

/* Blanks at both ends do not matter. "12", "12.5", "12.50", "1,234", "£12.50", "12.50 GBP";
 * at most `max` minor units. *ret_minor only where it is good. */
enum format_wrong format_read_money(struct text typed, struct text currency, uint64_t max,
                                    uint64_t *ret_minor) MUST_CHECK;
enum format_wrong format_read_number(struct text typed, uint64_t max, uint64_t *ret) MUST_CHECK;
/* "12.5" or "12.5%" is 125; at most 1000. */
enum format_wrong format_read_permille(struct text typed, uint64_t *ret) MUST_CHECK;

/* The month by number or by name, in any of our languages, short names too. */
enum format_wrong format_read_day(struct text day, struct text month, struct text year,
                                  struct format_day *ret) MUST_CHECK;
/* "14:30", "2:30pm", "2pm", "midday", "midnight" (the beginning of a day): minutes of the day. */
enum format_wrong format_read_clock(struct text typed, unsigned *ret_minutes) MUST_CHECK;

/* A time on that day, by the clock on the wall; where the clocks show it twice, the first. */
enum format_wrong format_ms_at(struct format_day day, unsigned minutes,
                               uint64_t *ret_ms) MUST_CHECK;
/* The last millisecond of that day. */
enum format_wrong format_ms_end(struct format_day day, uint64_t *ret_ms) MUST_CHECK;

#endif
