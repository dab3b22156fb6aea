/* 020_share.c -- the fair share and the critical mass, from bare numbers. */
/* rooms: base rules */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "groundswell/base/money.h"
#include "groundswell/rules/share.h"

static void three_fifties_for_a_hundred_pay_34_each(void **state)
{
    (void)state;
    uint32_t amounts[] = {50, 50, 50};
    struct share share;
    assert_true(share_of(amounts, 3, 100, &share));
    assert_int_equal(share.rho, 34);
    assert_int_equal(share.spent, 102);
    assert_int_equal(share.rounding, 2);
}

static void who_pledged_less_than_the_share_pays_all_of_it(void **state)
{
    (void)state;
    uint32_t amounts[] = {100, 10, 60};
    struct share share;
    assert_true(share_of(amounts, 3, 100, &share));
    assert_int_equal(share.rho, 45); /* 10 + 45 + 45 */
    assert_int_equal(share.rounding, 0);
    assert_int_equal(share_paid(10, share.rho), 10);
    assert_int_equal(share_paid(100, share.rho), 45);
}

static void pledges_that_fall_short_have_no_share(void **state)
{
    (void)state;
    uint32_t amounts[] = {50, 49};
    struct share share;
    assert_false(share_of(amounts, 2, 100, &share));
    assert_false(share_of(amounts, 0, 1, &share));
    assert_true(share_of(amounts, 2, 99, &share)); /* exactly all of it */
    assert_int_equal(share.rho, 50);
}

/* The definition, word for word: the smallest rho whose sum reaches the price. */
static uint64_t sum_at(const uint32_t *amounts, size_t n, uint64_t rho)
{
    uint64_t sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += amounts[i] < rho ? amounts[i] : rho;
    return sum;
}

static uint64_t random_seed = 20;
static uint64_t random_below(uint64_t below)
{
    uint64_t z = (random_seed += UINT64_C(0x9e3779b97f4a7c15));
    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return (z ^ (z >> 31)) % below;
}

static void the_share_is_the_one_of_the_definition(void **state)
{
    (void)state;
    size_t reached = 0;
    for (int round = 0; round < 20000; round++) {
        uint32_t amounts[12];
        size_t n = 1 + random_below(12);
        uint64_t most = random_below(2) ? 5 : 60;
        for (size_t i = 0; i < n; i++)
            amounts[i] = (uint32_t)(1 + random_below(most));
        uint64_t price = 1 + random_below(n * most), rho = 1;
        while (rho <= most && sum_at(amounts, n, rho) < price)
            rho++;
        struct share share;
        bool found = share_of(amounts, n, price, &share);
        assert_int_equal(found, rho <= most);
        if (!found)
            continue;
        reached++;
        assert_int_equal(share.rho, rho);
        assert_int_equal(share.spent, sum_at(amounts, n, rho));
        assert_int_equal(share.rounding, share.spent - price);
        assert_true(share.rounding < n);
    }
    assert_true(reached > 5000);
}

static void a_million_large_pledges_do_not_overflow(void **state)
{
    (void)state;
    size_t n = 1000000;
    uint32_t *amounts = malloc(n * sizeof *amounts);
    uint64_t all = 0;
    for (size_t i = 0; i < n; i++)
        all += amounts[i] = (uint32_t)(ALLOTMENT_MAX - i);
    struct share share;
    assert_true(share_of(amounts, n, all, &share));
    assert_int_equal(share.rho, ALLOTMENT_MAX);
    assert_int_equal(share.spent, all);
    assert_true(share_of(amounts, n, all - 1, &share));
    assert_int_equal(share.rho, ALLOTMENT_MAX - 1); /* only the largest pays one less */
    assert_int_equal(share.rounding, 0);
    assert_false(share_of(amounts, n, all + 1, &share));
    assert_false(share_of(amounts, n, MONEY_MAX, &share));
    free(amounts);
}

static void each_condition_says_what_it_lacks(void **state)
{
    (void)state;
    struct mass mass = {100, 5, 2, 3};
    struct progress progress = {99, 4, 1, 100};
    struct shortfall missing = progress_judge(&mass, &progress);
    assert_int_equal(missing.money, 1);
    assert_int_equal(missing.people, 1);
    assert_int_equal(missing.areas, 1);
    assert_int_equal(missing.headroom, 0);
    assert_false(shortfall_only_headroom(&missing));
    progress = (struct progress){120, 5, 2, 99};
    missing = progress_judge(&mass, &progress);
    assert_true(shortfall_only_headroom(&missing));
    assert_false(shortfall_none(&missing));
    assert_int_equal(missing.headroom, 1);
    progress.headroom = 100;
    missing = progress_judge(&mass, &progress);
    assert_true(shortfall_none(&missing));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(three_fifties_for_a_hundred_pay_34_each),
        cmocka_unit_test(who_pledged_less_than_the_share_pays_all_of_it),
        cmocka_unit_test(pledges_that_fall_short_have_no_share),
        cmocka_unit_test(the_share_is_the_one_of_the_definition),
        cmocka_unit_test(a_million_large_pledges_do_not_overflow),
        cmocka_unit_test(each_condition_says_what_it_lacks),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
