/* 036_format.c -- amounts, days and times: what is written for people, and what they type. */
/* rooms: base view */
#include "check.h"

#include "groundswell/base/money.h"
#include "groundswell/view/format.h"

#define N(array) (sizeof(array) / sizeof *(array))
#define S UINT64_C(1000)

static void zone(const char *name)
{
    setenv("TZ", name, 1);
    tzset();
}

static void amounts_are_written_as_people_write_them(void **state)
{
    (void)state;
    static const struct {
        int64_t minor;
        const char *currency, *wanted;
    } cases[] = {{0, "GBP", "£0"}, {5, "GBP", "£0.05"}, {123450, "GBP", "£1,234.50"},
                 {150000, "GBP", "£1,500"}, {99999, "GBP", "£999.99"},
                 {100000, "GBP", "£1,000"}, {-150000, "GBP", "−£1,500"},
                 {123450, "PLN", "1,234.50 PLN"}, {123400, "EUR", "1,234 EUR"},
                 {1234, "JPY", "1,234 JPY"}, {1234567, "KWD", "1,234.567 KWD"},
                 {123450, "", "1,234.50"}, {(int64_t)MONEY_MAX, "GBP", "£90,071,992,547,409.91"},
                 {INT64_MIN, "JPY", "−9,223,372,036,854,775,808 JPY"}};
    for (size_t i = 0; i < N(cases); i++) {
        CLEANUP(buf) struct buf out = BUF_MAX(KIB);
        format_money(&out, cases[i].minor, text_of(cases[i].currency));
        assert_buf(&out, cases[i].wanted);
    }
}

static void numbers_and_percentages_are_grouped(void **state)
{
    (void)state;
    CLEANUP(buf) struct buf out = BUF_MAX(KIB);
    static const int64_t numbers[] = {0, 999, 1000, -1234567, INT64_MAX};
    for (size_t i = 0; i < N(numbers); i++) {
        format_number(&out, numbers[i]);
        buf_char(&out, ' ');
    }
    assert_buf(&out, "0 999 1,000 −1,234,567 9,223,372,036,854,775,807 ");
    buf_reset(&out);
    static const int64_t permilles[] = {0, 125, 500, 1000, 1, -5, 12345};
    for (size_t i = 0; i < N(permilles); i++) {
        format_permille(&out, permilles[i]);
        buf_char(&out, ' ');
    }
    assert_buf(&out, "0% 12.5% 50% 100% 0.1% −0.5% 1,234.5% ");
}

static void times_are_those_of_the_wall(void **state)
{
    (void)state;
    static const struct {
        uint64_t ms;
        const char *en, *cy;
    } cases[] = {
        {1797258600 * S, "14 December 2026 at 2:30pm", "14 Rhagfyr 2026 am 2:30pm"},
        {1797256800 * S, "14 December 2026 at 2pm", "14 Rhagfyr 2026 am 2pm"},
        {1797249600 * S, "14 December 2026 at midday", "14 Rhagfyr 2026 am hanner dydd"},
        {1797206400 * S, "14 December 2026 at midnight", "14 Rhagfyr 2026 am hanner nos"},
        {1797207000 * S, "14 December 2026 at 12:10am", "14 Rhagfyr 2026 am 12:10am"},
        {1797250200 * S, "14 December 2026 at 12:10pm", "14 Rhagfyr 2026 am 12:10pm"},
        {1774745999 * S, "29 March 2026 at 12:59am", "29 Mawrth 2026 am 12:59am"},
        {1774746000 * S, "29 March 2026 at 2am", "29 Mawrth 2026 am 2am"},
        {1792888200 * S, "25 October 2026 at 1:30am", "25 Hydref 2026 am 1:30am"},
        {1792891800 * S, "25 October 2026 at 1:30am", "25 Hydref 2026 am 1:30am"},
        {1783987200 * S, "14 July 2026 at 1am", "14 Gorffennaf 2026 am 1am"}};
    for (size_t i = 0; i < N(cases); i++) {
        CLEANUP(buf) struct buf en = BUF_MAX(KIB), cy = BUF_MAX(KIB);
        format_time(&en, cases[i].ms, FORMAT_EN);
        format_time(&cy, cases[i].ms, FORMAT_CY);
        assert_buf(&en, cases[i].en);
        assert_buf(&cy, cases[i].cy);
    }
}

static void a_date_has_parts_and_ends_with_the_year_9999(void **state)
{
    (void)state;
    CLEANUP(buf) struct buf out = BUF_MAX(KIB);
    struct format_day day;
    format_date(&out, 1783983600 * S, FORMAT_EN);
    assert_buf(&out, "14 July 2026"); /* still the 13th in UTC */
    assert_true(format_day_of(1783983600 * S, &day));
    assert_true(day.year == 2026 && day.month == 7 && day.day == 14);
    buf_reset(&out);
    format_iso(&out, 1783983600 * S);
    assert_buf(&out, "2026-07-13T23:00:00.000Z");
    buf_reset(&out);
    format_clock(&out, 1797258600 * S, FORMAT_EN);
    assert_buf(&out, "2:30pm");
    buf_reset(&out);
    format_date(&out, UINT64_C(253402300799999), FORMAT_EN);
    assert_buf(&out, "31 December 9999");
    format_date(&out, UINT64_C(253402300800000), FORMAT_EN);
    assert_int_equal(buf_fault(&out), FAULT_LIMIT);
    assert_false(format_day_of(UINT64_MAX, &day));
    assert_string_equal(format_month(0, FORMAT_CY), "");
    assert_string_equal(format_month(13, FORMAT_EN), "");
    assert_string_equal(format_month(8, FORMAT_CY), "Awst");
    assert_int_equal(format_lang_of(TEXT("cy-GB")), FORMAT_CY);
    assert_int_equal(format_lang_of(TEXT("cym")), FORMAT_EN);
    assert_int_equal(format_lang_of(TEXT_NONE), FORMAT_EN);
}

static void a_span_never_promises_more_than_there_is(void **state)
{
    (void)state;
    static const struct {
        uint64_t ms;
        enum format_span how;
        const char *en, *cy;
    } cases[] = {
        {0, FORMAT_LEFT, "less than a minute", "llai na munud"},
        {59999, FORMAT_IN, "in less than a minute", "ymhen llai na munud"},
        {60 * S, FORMAT_LEFT, "1 minute", "1 munud"},
        {119 * 60 * S, FORMAT_LEFT, "1 hour", "1 awr"},
        {120 * S, FORMAT_AGO, "2 minutes ago", "2 funud yn ôl"},
        {2 * 3600 * S, FORMAT_LEFT, "2 hours", "2 awr"},
        {86400 * S - 1, FORMAT_LEFT, "23 hours", "23 awr"},
        {2 * 86400 * S, FORMAT_IN, "in 2 days", "ymhen 2 ddiwrnod"},
        {3 * 86400 * S, FORMAT_LEFT, "3 days", "3 diwrnod"},
        {4000 * 86400 * S, FORMAT_LEFT, "4,000 days", "4,000 diwrnod"}};
    for (size_t i = 0; i < N(cases); i++) {
        CLEANUP(buf) struct buf en = BUF_MAX(KIB), cy = BUF_MAX(KIB);
        format_span(&en, cases[i].ms, cases[i].how, FORMAT_EN);
        format_span(&cy, cases[i].ms, cases[i].how, FORMAT_CY);
        assert_buf(&en, cases[i].en);
        assert_buf(&cy, cases[i].cy);
    }
}

static void typed_amounts_become_minor_units(void **state)
{
    (void)state;
    static const struct {
        const char *typed, *currency;
        uint64_t wanted;
    } cases[] = {{"12", "GBP", 1200}, {"12.50", "GBP", 1250}, {"12.5", "GBP", 1250},
                 {"£12.50", "GBP", 1250}, {" £ 1,234.05 ", "GBP", 123405}, {"1,234", "GBP", 123400},
                 {"1,234,567", "GBP", 123456700}, {"0", "GBP", 0}, {"007", "GBP", 700},
                 {"12 gbp", "GBP", 1200}, {"12.50 PLN", "PLN", 1250}, {"12 zł", "PLN", 1200},
                 {"€12", "EUR", 1200}, {"12 CHF", "CHF", 1200}, {"1,234", "JPY", 1234},
                 {"1.5", "KWD", 1500}, {"90071992547409.91", "GBP", MONEY_MAX}};
    for (size_t i = 0; i < N(cases); i++) {
        uint64_t minor = 7;
        assert_int_equal(format_read_money(text_of(cases[i].typed), text_of(cases[i].currency),
                                           MONEY_MAX, &minor),
                         FORMAT_GOOD);
        assert_true(minor == cases[i].wanted);
    }
}

static void a_doubtful_amount_is_refused_and_told_why(void **state)
{
    (void)state;
    static const struct {
        const char *typed;
        enum format_wrong wanted;
    } cases[] = {
        {"", FORMAT_EMPTY}, {" \t", FORMAT_EMPTY}, {"£", FORMAT_NO_NUMBER},
        {" 12 .5", FORMAT_NO_NUMBER}, {"12. 5", FORMAT_NO_NUMBER}, {"1 234", FORMAT_NO_NUMBER},
        {"12.", FORMAT_NO_NUMBER}, {".50", FORMAT_NO_NUMBER}, {"1.2.3", FORMAT_NO_NUMBER},
        {"twelve", FORMAT_NO_NUMBER}, {"1e3", FORMAT_NO_NUMBER}, {"0x10", FORMAT_NO_NUMBER},
        {"+5", FORMAT_NO_NUMBER}, {"١٢", FORMAT_NO_NUMBER}, {"££5", FORMAT_NO_NUMBER},
        {"1,23", FORMAT_COMMAS}, {"1234,567", FORMAT_COMMAS}, {",123", FORMAT_COMMAS},
        {"1,,234", FORMAT_COMMAS}, {"1,234,", FORMAT_COMMAS}, {"1.234,50", FORMAT_NO_NUMBER},
        {"-5", FORMAT_NEGATIVE}, {"−5", FORMAT_NEGATIVE}, {"-£5", FORMAT_NEGATIVE},
        {"£-5", FORMAT_NEGATIVE}, {"12.505", FORMAT_FRACTION}, {"12.500", FORMAT_FRACTION},
        {"€5", FORMAT_CURRENCY}, {"5 EUR", FORMAT_CURRENCY}, {"$5", FORMAT_CURRENCY},
        {"90071992547409.92", FORMAT_TOO_MUCH}, {"184467440737095516.16", FORMAT_TOO_MUCH},
        {"99999999999999999999999999999999", FORMAT_TOO_MUCH}};
    for (size_t i = 0; i < N(cases); i++) {
        uint64_t minor = 7;
        enum format_wrong wrong =
            format_read_money(text_of(cases[i].typed), TEXT("GBP"), MONEY_MAX, &minor);
        if (wrong != cases[i].wanted)
            print_error("%s: %d\n", cases[i].typed, wrong);
        assert_int_equal(wrong, cases[i].wanted);
        assert_int_equal(minor, 7);
    }
}

static void what_is_written_reads_back(void **state)
{
    (void)state;
    static const char *const currencies[] = {"GBP", "EUR", "PLN", "JPY", "KWD"};
    uint64_t seed = 12345;
    for (int i = 0; i < 20000; i++) {
        seed = seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
        uint64_t minor = (seed >> 11) >> (i % 53), read = 0;
        struct text currency = text_of(currencies[i % (int)N(currencies)]);
        CLEANUP(buf) struct buf out = BUF_MAX(KIB);
        format_money(&out, (int64_t)minor, currency);
        assert_int_equal(format_read_money(buf_view(&out), currency, MONEY_MAX, &read),
                         FORMAT_GOOD);
        assert_true(read == minor);
    }
}

static void typed_numbers_and_percentages_are_read(void **state)
{
    (void)state;
    uint64_t value = 7;
    assert_int_equal(format_read_number(TEXT(" 1,500 "), 1500, &value), FORMAT_GOOD);
    assert_int_equal(value, 1500);
    assert_int_equal(format_read_number(TEXT("1501"), 1500, &value), FORMAT_TOO_MUCH);
    assert_int_equal(format_read_number(TEXT("1.5"), 1500, &value), FORMAT_FRACTION);
    assert_int_equal(format_read_number(TEXT("-1"), 1500, &value), FORMAT_NEGATIVE);
    assert_int_equal(format_read_number(TEXT(""), 1500, &value), FORMAT_EMPTY);
    assert_int_equal(format_read_number(TEXT("18446744073709551615"), UINT64_MAX, &value),
                     FORMAT_GOOD);
    assert_true(value == UINT64_MAX);
    assert_int_equal(format_read_number(TEXT("18446744073709551616"), UINT64_MAX, &value),
                     FORMAT_TOO_MUCH);
    assert_int_equal(format_read_permille(TEXT("12.5%"), &value), FORMAT_GOOD);
    assert_int_equal(value, 125);
    assert_int_equal(format_read_permille(TEXT("100"), &value), FORMAT_GOOD);
    assert_int_equal(value, 1000);
    assert_int_equal(format_read_permille(TEXT("100.1"), &value), FORMAT_TOO_MUCH);
    assert_int_equal(format_read_permille(TEXT("12.25"), &value), FORMAT_FRACTION);
    assert_int_equal(format_read_permille(TEXT("%"), &value), FORMAT_NO_NUMBER);
}

static void typed_days_are_read_or_the_part_is_named(void **state)
{
    (void)state;
    static const struct {
        const char *day, *month, *year;
        enum format_wrong wanted;
        unsigned d, m, y;
    } cases[] = {
        {"14", "12", "2026", FORMAT_GOOD, 14, 12, 2026},
        {" 04 ", "02", "2028", FORMAT_GOOD, 4, 2, 2028},
        {"29", "February", "2028", FORMAT_GOOD, 29, 2, 2028},
        {"1", "sep", "2026", FORMAT_GOOD, 1, 9, 2026},
        {"1", "Rhagfyr", "2026", FORMAT_GOOD, 1, 12, 2026},
        {"", " ", "", FORMAT_EMPTY, 0, 0, 0}, {"", "1", "2026", FORMAT_DAY_EMPTY, 0, 0, 0},
        {"1", "", "2026", FORMAT_MONTH_EMPTY, 0, 0, 0}, {"1", "1", "", FORMAT_YEAR_EMPTY, 0, 0, 0},
        {"29", "2", "2026", FORMAT_DAY_WRONG, 0, 0, 0},
        {"29", "2", "2100", FORMAT_DAY_WRONG, 0, 0, 0},
        {"31", "11", "2026", FORMAT_DAY_WRONG, 0, 0, 0},
        {"0", "11", "2026", FORMAT_DAY_WRONG, 0, 0, 0},
        {"1st", "11", "2026", FORMAT_DAY_WRONG, 0, 0, 0},
        {"1", "13", "2026", FORMAT_MONTH_WRONG, 0, 0, 0},
        {"1", "Brumaire", "2026", FORMAT_MONTH_WRONG, 0, 0, 0},
        {"1", "1", "26", FORMAT_YEAR_WRONG, 0, 0, 0},
        {"1", "1", "1969", FORMAT_YEAR_WRONG, 0, 0, 0},
        {"1", "1", "20266", FORMAT_YEAR_WRONG, 0, 0, 0}};
    for (size_t i = 0; i < N(cases); i++) {
        struct format_day day = {0};
        assert_int_equal(format_read_day(text_of(cases[i].day), text_of(cases[i].month),
                                         text_of(cases[i].year), &day),
                         cases[i].wanted);
        assert_true(day.day == cases[i].d && day.month == cases[i].m && day.year == cases[i].y);
    }
}

static void typed_times_of_day_are_read(void **state)
{
    (void)state;
    static const struct {
        const char *typed;
        enum format_wrong wanted;
        unsigned minutes;
    } cases[] = {{"14:30", FORMAT_GOOD, 870}, {"2:30pm", FORMAT_GOOD, 870},
                 {" 2.30 PM ", FORMAT_GOOD, 870}, {"2pm", FORMAT_GOOD, 840},
                 {"12am", FORMAT_GOOD, 0}, {"12pm", FORMAT_GOOD, 720}, {"00:00", FORMAT_GOOD, 0},
                 {"midday", FORMAT_GOOD, 720}, {"hanner nos", FORMAT_GOOD, 0},
                 {"23:59", FORMAT_GOOD, 1439}, {"", FORMAT_EMPTY, 0},
                 {"9", FORMAT_CLOCK_WRONG, 0}, {"24:00", FORMAT_CLOCK_WRONG, 0},
                 {"13pm", FORMAT_CLOCK_WRONG, 0}, {"0am", FORMAT_CLOCK_WRONG, 0},
                 {"9:5", FORMAT_CLOCK_WRONG, 0}, {"9:60", FORMAT_CLOCK_WRONG, 0},
                 {"am", FORMAT_CLOCK_WRONG, 0}, {"a", FORMAT_CLOCK_WRONG, 0}};
    for (size_t i = 0; i < N(cases); i++) {
        unsigned minutes = 0;
        assert_int_equal(format_read_clock(text_of(cases[i].typed), &minutes), cases[i].wanted);
        assert_int_equal(minutes, cases[i].minutes);
    }
}

static void the_clocks_decide_when_a_time_is(void **state)
{
    (void)state;
    static const struct {
        struct format_day day;
        unsigned minutes;
        enum format_wrong wanted;
        uint64_t seconds;
    } cases[] = {{{2026, 12, 14}, 870, FORMAT_GOOD, 1797258600},
                 {{2026, 7, 14}, 60, FORMAT_GOOD, 1783987200},
                 {{2026, 3, 29}, 59, FORMAT_GOOD, 1774745940},
                 {{2026, 3, 29}, 90, FORMAT_CLOCK_WRONG, 0}, /* skipped */
                 {{2026, 3, 29}, 120, FORMAT_GOOD, 1774746000},
                 {{2026, 10, 25}, 90, FORMAT_GOOD, 1792888200}, /* the first of two */
                 {{2026, 10, 25}, 120, FORMAT_GOOD, 1792893600},
                 {{2026, 10, 25}, 1440, FORMAT_CLOCK_WRONG, 0},
                 {{2026, 2, 29}, 0, FORMAT_DAY_WRONG, 0},
                 {{2026, 0, 1}, 0, FORMAT_DAY_WRONG, 0}};
    for (size_t i = 0; i < N(cases); i++) {
        uint64_t ms = 0;
        assert_int_equal(format_ms_at(cases[i].day, cases[i].minutes, &ms), cases[i].wanted);
        assert_true(ms == cases[i].seconds * S);
    }
}

static void the_end_of_a_day_is_its_last_millisecond(void **state)
{
    (void)state;
    static const char *const zones[] = {"Europe/London", "UTC", "America/New_York", "Asia/Kolkata",
                                        "Pacific/Auckland"};
    for (size_t i = 0; i < N(zones); i++) {
        zone(zones[i]);
        for (uint64_t seconds = 1767225600; seconds < 1830384000; seconds += 86400) {
            struct format_day day, last, next;
            uint64_t ms;
            assert_true(format_day_of(seconds * S, &day));
            assert_int_equal(format_ms_end(day, &ms), FORMAT_GOOD);
            assert_true(format_day_of(ms, &last) && format_day_of(ms + 1, &next));
            assert_memory_equal(&last, &day, sizeof day);
            assert_memory_not_equal(&next, &day, sizeof day);
        }
    }
    zone("Europe/London");
}

static int in_london(void **state)
{
    (void)state;
    zone("Europe/London");
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(amounts_are_written_as_people_write_them),
        cmocka_unit_test(numbers_and_percentages_are_grouped),
        cmocka_unit_test(times_are_those_of_the_wall),
        cmocka_unit_test(a_date_has_parts_and_ends_with_the_year_9999),
        cmocka_unit_test(a_span_never_promises_more_than_there_is),
        cmocka_unit_test(typed_amounts_become_minor_units),
        cmocka_unit_test(a_doubtful_amount_is_refused_and_told_why),
        cmocka_unit_test(what_is_written_reads_back),
        cmocka_unit_test(typed_numbers_and_percentages_are_read),
        cmocka_unit_test(typed_days_are_read_or_the_part_is_named),
        cmocka_unit_test(typed_times_of_day_are_read),
        cmocka_unit_test(the_clocks_decide_when_a_time_is),
        cmocka_unit_test(the_end_of_a_day_is_its_last_millisecond),
    };
    return cmocka_run_group_tests(tests, in_london, NULL);
}
