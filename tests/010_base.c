/* 010_base.c -- what the lowest room promises about texts, buffers, arenas, money, ids and time. */
/* rooms: base */
#include "check.h"

#include <signal.h>
#include <sys/wait.h>

#include "groundswell/base/arena.h"
#include "groundswell/base/clock.h"
#include "groundswell/base/ids.h"
#include "groundswell/base/money.h"

#define N(array) (sizeof(array) / sizeof *(array))

static void numbers_are_read_strictly(void **state)
{
    (void)state;
    uint64_t value = 7;
    static const char *const refused[] = {"",    "+1", "-1", " 1",  "1 ", "01",  "00",
                                          "0x1", "1e3", "1.0", "nan", "१", "18446744073709551616",
                                          "99999999999999999999", "184467440737095516150"};
    for (size_t i = 0; i < N(refused); i++)
        assert_false(text_to_u64(text_of(refused[i]), UINT64_MAX, &value));
    assert_int_equal(value, 7);
    assert_true(text_to_u64(TEXT("18446744073709551615"), UINT64_MAX, &value));
    assert_true(value == UINT64_MAX);
    assert_true(text_to_u64(TEXT("0"), 0, &value));
    assert_int_equal(value, 0);
    assert_true(text_to_u64(TEXT("64"), 64, &value));
    assert_false(text_to_u64(TEXT("65"), 64, &value));
}

static void a_cut_walks_over_every_field_and_then_ends(void **state)
{
    (void)state;
    struct text rest = TEXT("a,,b,");
    assert_text(text_cut(&rest, ','), "a");
    assert_text(text_cut(&rest, ','), "");
    assert_text(text_cut(&rest, ','), "b");
    assert_non_null(rest.at);
    assert_text(text_cut(&rest, ','), "");
    assert_null(rest.at);
}

static void texts_compare_by_bytes(void **state)
{
    (void)state;
    assert_true(text_equal(TEXT_NONE, TEXT("")));
    assert_true(text_equal_nocase(TEXT("Content-Length"), TEXT("cONTENT-lENGTH")));
    assert_false(text_equal_nocase(TEXT("[x"), TEXT("{x")));
    assert_true(text_starts(TEXT("abc"), TEXT("ab")));
    assert_false(text_starts(TEXT("a"), TEXT("ab")));
    assert_true(text_compare(TEXT("a"), TEXT("ab")) < 0);
    assert_true(text_compare(TEXT("b"), TEXT("ab")) > 0);
    assert_int_equal(text_compare(TEXT_NONE, TEXT("")), 0);
    assert_text(text_trim(TEXT("\t a b\r\n")), "a b");
    assert_text(text_trim(TEXT(" \n")), "");
}

static void only_well_formed_utf8_without_controls_is_clean(void **state)
{
    (void)state;
    static const char *const clean[] = {"", "Tenant\tmeeting\n", "Llanfair\xc2\xad",
                                        "\xe2\x82\xac 5", "\xf0\x9f\x8c\x8a", "\xf4\x8f\xbf\xbf",
                                        "\xed\x9f\xbf"};
    static const char *const dirty[] = {
        "\x01", "\r", "\x80", "\xc0\xaf" /* overlong */, "\xc2", "\xe0\x9f\xbf",
        "\xed\xa0\x80" /* half a pair */, "\xf0\x8f\xbf\xbf", "\xf4\x90\x80\x80",
        "\xf5\x80\x80\x80", "\xe2\x82", "a\xff"};
    for (size_t i = 0; i < N(clean); i++)
        assert_true(text_is_clean_utf8(text_of(clean[i])));
    for (size_t i = 0; i < N(dirty); i++)
        assert_false(text_is_clean_utf8(text_of(dirty[i])));
    assert_false(text_is_clean_utf8((struct text){"a\0b", 3}));
    assert_int_equal(text_code_points(TEXT("\xe2\x82\xac \xf0\x9f\x8c\x8a")), 3);
}

static void a_buffer_that_overflowed_takes_nothing_more(void **state)
{
    (void)state;
    struct buf buf = BUF_MAX(8);
    buf_cstr(&buf, "12345");
    buf_cstr(&buf, "6789");
    assert_int_equal(buf_fault(&buf), FAULT_LIMIT);
    buf_char(&buf, 'x');
    buf_format(&buf, "%d", 1);
    assert_text(buf_view(&buf), "12345");
    buf_reset(&buf);
    buf_cstr(&buf, "12345678");
    assert_buf(&buf, "12345678");
    assert_int_equal(buf.data[8], '\0');
    buf_release(&buf);
    buf_release(NULL);
    assert_text(buf_view(&buf), "");
}

static void a_buffer_grows_to_what_it_holds_and_formats_across_the_edge(void **state)
{
    (void)state;
    struct buf buf = BUF_MAX(64 * KIB);
    for (int i = 0; i < 1000; i++)
        buf_format(&buf, "%d,", i);
    assert_int_equal(buf_fault(&buf), FAULT_NONE);
    assert_int_equal(buf.len, 10 * 2 + 90 * 3 + 900 * 4);
    assert_true(text_starts(buf_view(&buf), TEXT("0,1,2,")));
    buf_format(&buf, "%s", "");
    buf_reset(&buf);
    buf_u64(&buf, 0);
    buf_u64(&buf, UINT64_MAX);
    assert_buf(&buf, "018446744073709551615");
    buf_release(&buf);

    struct buf small = BUF_MAX(4);
    buf_format(&small, "%s", "12345");
    assert_int_equal(buf_fault(&small), FAULT_LIMIT);
    assert_text(buf_view(&small), "");
    buf_release(&small);
}

static void an_arena_hands_out_zeroed_memory_up_to_its_bound(void **state)
{
    (void)state;
    struct arena arena;
    arena_init(&arena, 200 * KIB);
    unsigned char *large = arena_alloc(&arena, 100 * KIB);
    assert_non_null(large);
    for (size_t i = 0; i < 100 * KIB; i++)
        assert_int_equal(large[i], 0);
    memset(large, 1, 100 * KIB);
    for (int i = 0; i < 100; i++) {
        unsigned char *at = arena_alloc(&arena, 33);
        assert_non_null(at);
        assert_int_equal((uintptr_t)at % _Alignof(max_align_t), 0);
        memset(at, 0xff, 33);
    }
    assert_null(arena_alloc(&arena, 100 * KIB));
    assert_null(arena_alloc(&arena, SIZE_MAX));
    assert_non_null(arena_alloc(&arena, 0));

    arena_reset(&arena);
    assert_int_equal(arena.used, 0);
    unsigned char *again = arena_alloc(&arena, 1000);
    for (int i = 0; i < 1000; i++)
        assert_int_equal(again[i], 0);
    arena_release(&arena);
    arena_release(NULL);
}

static void an_arena_copies_texts_with_a_nul_behind_them(void **state)
{
    (void)state;
    struct arena arena;
    arena_init(&arena, 64);
    struct text copy = arena_text(&arena, (struct text){"abcdef", 3});
    assert_string_equal(copy.at, "abc");
    assert_int_equal(copy.n, 3);
    assert_string_equal(arena_format(&arena, "%s.%c%u", "riverside", 't', 12u), "riverside.t12");
    assert_null(arena_text(&arena, TEXT("seventeen letters and many more that do not fit")).at);
    assert_null(arena_format(&arena, "%100d", 1));
    arena_release(&arena);
}

static void money_is_read_to_the_penny(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        uint64_t minor;
    } good[] = {{"0", 0},           {"0.1", 10},          {"0.01", 1},    {"4000", 400000},
                {"4000.0", 400000}, {"4000.000", 400000}, {"1.230", 123}, {"1331751.11", 133175111},
                {"90071992547409.91", MONEY_MAX}};
    static const char *const bad[] = {"",   ".5", "5.",  "1.234", "-1", "+1", "1,000", "1e3", " 1",
                                      "01", "1..2", "1.2.3", "1.0x", "90071992547409.92",
                                      "184467440737095517", "99999999999999999999999"};
    uint64_t minor;
    for (size_t i = 0; i < N(good); i++) {
        assert_true(money_parse(text_of(good[i].text), &minor));
        assert_true(minor == good[i].minor);
    }
    for (size_t i = 0; i < N(bad); i++)
        assert_false(money_parse(text_of(bad[i]), &minor));
}

static void money_is_written_with_its_thousands(void **state)
{
    (void)state;
    static const uint64_t minors[] = {0,      5,         99,        100,       99999,
                                      100000, 133175111, MONEY_MAX, UINT64_MAX};
    struct buf buf = BUF_MAX(KIB);
    for (size_t i = 0; i < N(minors); i++) {
        money_put(&buf, minors[i]);
        buf_char(&buf, ' ');
    }
    assert_buf(&buf, "0.00 0.05 0.99 1.00 999.99 1,000.00 1,331,751.11 90,071,992,547,409.91 "
                     "184,467,440,737,095,516.15 ");
    buf_release(&buf);
}

static void ids_have_one_spelling(void **state)
{
    (void)state;
    struct id id;
    assert_true(id_parse(TEXT("river-side.t4294967295"), 't', &id));
    assert_text(id.slug, "river-side");
    assert_true(id.number == ID_NUMBER_MAX);
    static const char *const bad[] = {"", "t1", ".t1", "riverside.t", "riverside.t0",
                                      "riverside.t01", "riverside.p1", "riverside.t4294967296",
                                      "River.t1", "a-.t1",
                                      "riverside.t1 ", "riverside.t1.t2", "-a.t1", "a_b.t1"};
    for (size_t i = 0; i < N(bad); i++)
        assert_false(id_parse(text_of(bad[i]), 't', &id));
    struct buf buf = BUF_MAX(KIB);
    id_put(&buf, TEXT("riverside"), 'p', 12);
    assert_buf(&buf, "riverside.p12");
    buf_release(&buf);
}

static void slugs_words_and_resident_ids_have_bounds(void **state)
{
    (void)state;
    assert_true(slug_is_valid(TEXT("a")));
    assert_true(slug_is_valid(TEXT("a234567890123456789012345678901234567890")));
    assert_false(slug_is_valid(TEXT("a2345678901234567890123456789012345678901")));
    assert_true(word_is_valid(TEXT("ward_3-north")));
    assert_false(word_is_valid(TEXT("_ward")));
    assert_false(word_is_valid(TEXT("a23456789012345678901234567890123")));
    assert_true(resident_id_is_valid(TEXT("AAAAAAAAAAAAAAAAAAAA-w")));
    assert_false(resident_id_is_valid(TEXT("AAAAAAAAAAAAAAAAAAAA-x"))); /* stray bits */
    assert_false(resident_id_is_valid(TEXT("AAAAAAAAAAAAAAAAAAAAA")));
    assert_false(resident_id_is_valid(TEXT("AAAAAAAAAAAAAAAAAAAA+w")));
}

static void stamps_are_written_and_read_back(void **state)
{
    (void)state;
    static const struct {
        uint64_t wall_ms;
        const char *stamp;
    } pairs[] = {{0, "1970-01-01T00:00:00.000Z"},
                 {951782400000, "2000-02-29T00:00:00.000Z"},
                 {1709251199999, "2024-02-29T23:59:59.999Z"},
                 {1795295801123, "2026-11-21T21:16:41.123Z"},
                 {4107542400000, "2100-03-01T00:00:00.000Z"},
                 {253402300799999, "9999-12-31T23:59:59.999Z"}};
    for (size_t i = 0; i < N(pairs); i++) {
        char stamp[CLOCK_STAMP_SIZE];
        uint64_t back;
        clock_stamp(pairs[i].wall_ms, stamp);
        assert_string_equal(stamp, pairs[i].stamp);
        assert_true(clock_parse(text_of(stamp), &back));
        assert_true(back == pairs[i].wall_ms);
    }
    /* every day of four centuries, so every kind of leap year */
    for (uint64_t day = 0; day < 146097; day++) {
        char stamp[CLOCK_STAMP_SIZE];
        uint64_t back;
        clock_stamp(day * 86400000, stamp);
        assert_true(clock_parse(text_of(stamp), &back) && back == day * 86400000);
    }
}

static void stamps_are_read_as_rfc_3339_says(void **state)
{
    (void)state;
    uint64_t wall_ms;
    assert_true(clock_parse(TEXT("1970-01-01T01:30:00+01:30"), &wall_ms));
    assert_int_equal(wall_ms, 0);
    assert_true(clock_parse(TEXT("1969-12-31t23:00:00.1239-01:00"), &wall_ms));
    assert_int_equal(wall_ms, 123);
    assert_true(clock_parse(TEXT("2016-12-31T23:59:60Z"), &wall_ms));
    assert_true(wall_ms == 1483228800000);
    static const char *const bad[] = {
        "", "2023-02-29T00:00:00Z", "2100-02-29T00:00:00Z", "2024-13-01T00:00:00Z",
        "2024-00-01T00:00:00Z", "2024-04-31T00:00:00Z", "2024-01-01T24:00:00Z",
        "2024-01-01T00:60:00Z", "2024-01-01T00:00:60Z", "2024-01-01 00:00:00Z",
        "2024-01-01T00:00:00", "2024-01-01T00:00:00.Z", "2024-01-01T00:00:00+1",
        "2024-01-01T00:00:00+0100", "2024-01-01T00:00:00Zz", "1969-12-31T23:59:59Z",
        "2024-01-01T00:00:00+24:00", "24-01-01T00:00:00Z", "2024-1-01T00:00:00Z"};
    for (size_t i = 0; i < N(bad); i++)
        assert_false(clock_parse(text_of(bad[i]), &wall_ms));
}

static void break_an_invariant(void)
{
    INVARIANT(1 + 1 == 3);
}

static void hold_an_invariant(void)
{
    INVARIANT(1 + 1 == 2);
}

static void a_broken_invariant_ends_the_process(void **state)
{
    (void)state;
    assert_aborts(break_an_invariant);
    assert_int_equal(status_of(hold_an_invariant), 0);
    assert_string_equal(fault_name(FAULT_TIMEOUT), "timeout");
    assert_string_equal(fault_name((enum fault)99), "unknown");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_are_read_strictly),
        cmocka_unit_test(a_cut_walks_over_every_field_and_then_ends),
        cmocka_unit_test(texts_compare_by_bytes),
        cmocka_unit_test(only_well_formed_utf8_without_controls_is_clean),
        cmocka_unit_test(a_buffer_that_overflowed_takes_nothing_more),
        cmocka_unit_test(a_buffer_grows_to_what_it_holds_and_formats_across_the_edge),
        cmocka_unit_test(an_arena_hands_out_zeroed_memory_up_to_its_bound),
        cmocka_unit_test(an_arena_copies_texts_with_a_nul_behind_them),
        cmocka_unit_test(money_is_read_to_the_penny),
        cmocka_unit_test(money_is_written_with_its_thousands),
        cmocka_unit_test(ids_have_one_spelling),
        cmocka_unit_test(slugs_words_and_resident_ids_have_bounds),
        cmocka_unit_test(stamps_are_written_and_read_back),
        cmocka_unit_test(stamps_are_read_as_rfc_3339_says),
        cmocka_unit_test(a_broken_invariant_ends_the_process),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
