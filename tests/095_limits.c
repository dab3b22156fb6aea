/* 095_limits.c -- so often and no oftener, in a table that never grows and locks nobody out. */
/* rooms: base io people */
#include "check.h"

#include <stdlib.h>

#include "groundswell/people/limit.h"

#define SECOND UINT64_C(1000000)
#define NOW (UINT64_C(1000) * SECOND)

static const struct limit_rate five_then_one_a_minute = {60 * SECOND, 5};
static const struct limit_rate one_a_second = {SECOND, 1};

static void a_burst_and_then_the_pace(void **state)
{
    (void)state;
    struct limit_table *table = limit_new(64);
    assert_non_null(table);
    for (int i = 0; i < 5; i++)
        assert_int_equal(limit_take(table, 7, &five_then_one_a_minute, NOW), 0);
    assert_int_equal(limit_take(table, 7, &five_then_one_a_minute, NOW), 60);
    assert_int_equal(limit_take(table, 7, &five_then_one_a_minute, NOW + 59 * SECOND), 1);
    assert_int_equal(limit_take(table, 7, &five_then_one_a_minute, NOW + 60 * SECOND - 1), 1);
    assert_int_equal(limit_take(table, 7, &five_then_one_a_minute, NOW + 60 * SECOND), 0);
    assert_int_equal(limit_take(table, 7, &five_then_one_a_minute, NOW + 60 * SECOND), 60);
    for (int i = 0; i < 5; i++) /* all is forgotten after a rest */
        assert_int_equal(limit_take(table, 7, &five_then_one_a_minute, NOW + 3600 * SECOND), 0);
    assert_int_equal(limit_take(table, 7, &five_then_one_a_minute, NOW + 3600 * SECOND), 60);
    limit_free(table);
}

static void a_refusal_takes_nothing(void **state)
{
    (void)state;
    struct limit_table *table = limit_new(64);
    assert_int_equal(limit_take(table, 7, &one_a_second, NOW), 0);
    for (int i = 0; i < 1000; i++)
        assert_int_equal(limit_take(table, 7, &one_a_second, NOW + SECOND / 2), 1);
    assert_int_equal(limit_take(table, 7, &one_a_second, NOW + SECOND), 0);
    limit_free(table);
}

static void asking_takes_nothing_either(void **state)
{
    (void)state;
    struct limit_table *table = limit_new(64);
    for (int i = 0; i < 1000; i++)
        assert_int_equal(limit_wait(table, 7, &one_a_second, NOW), 0);
    assert_int_equal(limit_take(table, 7, &one_a_second, NOW), 0);
    assert_int_equal(limit_wait(table, 7, &one_a_second, NOW), 1);
    assert_int_equal(limit_wait(table, 8, &one_a_second, NOW), 0);
    limit_free(table);
}

static void keys_do_not_disturb_each_other(void **state)
{
    (void)state;
    struct limit_table *table = limit_new(16);
    for (uint64_t key = 0; key < 16; key++)
        assert_int_equal(limit_take(table, key, &one_a_second, NOW), 0);
    for (uint64_t key = 0; key < 16; key++)
        assert_int_equal(limit_take(table, key, &one_a_second, NOW), 1);
    assert_int_equal(limit_untracked(table), 0);
    limit_free(table);
}

static void a_full_table_lets_strangers_through_and_counts_them(void **state)
{
    (void)state;
    struct limit_table *table = limit_new(16);
    for (uint64_t key = 0; key < 16; key++)
        assert_int_equal(limit_take(table, key, &five_then_one_a_minute, NOW), 0);
    for (int i = 0; i < 100; i++)
        assert_int_equal(limit_take(table, 99, &one_a_second, NOW), 0);
    assert_int_equal(limit_untracked(table), 100);
    assert_int_equal(limit_wait(table, 99, &one_a_second, NOW), 0);
    for (int i = 0; i < 4; i++) /* who has a cell is still held to the rate */
        assert_int_equal(limit_take(table, 3, &five_then_one_a_minute, NOW), 0);
    assert_int_equal(limit_take(table, 3, &five_then_one_a_minute, NOW), 60);

    const uint64_t later = NOW + 60 * SECOND; /* all but 3 have drained */
    assert_int_equal(limit_take(table, 99, &one_a_second, later), 0);
    assert_int_equal(limit_take(table, 99, &one_a_second, later), 1);
    assert_int_equal(limit_untracked(table), 100);
    assert_int_equal(limit_take(table, 3, &five_then_one_a_minute, later), 0);
    assert_int_equal(limit_take(table, 3, &five_then_one_a_minute, later), 60);
    limit_free(table);
}

static void the_usual_table_holds_thirty_thousand_at_once(void **state)
{
    (void)state;
    struct limit_table *table = limit_new(LIMIT_CELLS);
    assert_non_null(table);
    uint64_t key = 0x9e3779b97f4a7c15u;
    for (int i = 0; i < 30000; i++) {
        key ^= key << 13;
        key ^= key >> 7;
        key ^= key << 17; /* xorshift: even enough */
        const uint64_t before = limit_untracked(table);
        assert_int_equal(limit_take(table, key, &one_a_second, NOW), 0);
        const bool tracked = limit_untracked(table) == before;
        assert_int_equal(limit_wait(table, key, &one_a_second, NOW), tracked ? 1 : 0);
    }
    assert_true(limit_untracked(table) < 300);
    limit_free(table);
}

/* Against the plainest model: what was let through never exceeds the burst and the pace's due. */
static void nobody_gets_more_than_burst_and_pace(void **state)
{
    (void)state;
    static const struct limit_rate rates[] = {
        {1, 1}, {SECOND / 3, 4}, {7 * SECOND, 2}, {LIMIT_INTERVAL_MAX_US, LIMIT_BURST_MAX}};
    srand(4);
    for (size_t r = 0; r < sizeof(rates) / sizeof(rates[0]); r++) {
        struct limit_table *table = limit_new(16);
        uint64_t now = NOW, taken = 0;
        for (int i = 0; i < 20000; i++) {
            now += (uint64_t)rand() % (rates[r].interval_us + 1) / 2;
            const uint32_t asked = limit_wait(table, 1, &rates[r], now);
            const uint32_t wait = limit_take(table, 1, &rates[r], now);
            assert_int_equal(asked, wait);
            taken += wait == 0;
            assert_true(taken <= rates[r].burst + (now - NOW) / rates[r].interval_us);
            if (wait > 0) /* and after the wait it is let through */
                assert_int_equal(limit_wait(table, 1, &rates[r], now + wait * SECOND), 0);
        }
        limit_free(table);
    }
}

static void a_key_is_the_start_of_a_hash(void **state)
{
    (void)state;
    const uint8_t a[16] = {1, 2, 3, 4, 5, 6, 7, 8, 9}, b[16] = {1, 2, 3, 4, 5, 6, 7, 8, 0};
    const uint8_t c[16] = {1, 2, 3, 4, 5, 6, 7, 9, 9};
    assert_true(limit_key(a) == limit_key(b));
    assert_true(limit_key(a) != limit_key(c));
    limit_free(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_burst_and_then_the_pace),
        cmocka_unit_test(a_refusal_takes_nothing),
        cmocka_unit_test(asking_takes_nothing_either),
        cmocka_unit_test(keys_do_not_disturb_each_other),
        cmocka_unit_test(a_full_table_lets_strangers_through_and_counts_them),
        cmocka_unit_test(the_usual_table_holds_thirty_thousand_at_once),
        cmocka_unit_test(nobody_gets_more_than_burst_and_pace),
        cmocka_unit_test(a_key_is_the_start_of_a_hash),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
