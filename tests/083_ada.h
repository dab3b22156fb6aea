/* 083_ada.h -- a town of which only one account matters: Ada's, fresh in each test. */
#ifndef TESTS_083_ADA_H
#define TESTS_083_ADA_H

#include "080_town.h"

#include "groundswell/ledger/ways_in.h"

#define UNTIL_S (1764000000 + 86400)

static struct town town;
static char ada[ACCOUNT_ID_SIZE + 1];
static uint64_t keys;

static inline int begin(void **state)
{
    (void)state;
    town_begin(&town);
    ledger_account_id(ada);
    return 0;
}

static inline int end(void **state)
{
    (void)state;
    town_end(&town);
    return 0;
}

static inline struct account_act act_at(const char *account, uint64_t epoch)
{
    struct account_act act = {.account = text_of(account), .epoch = epoch, .body_hash = {1}};
    keys++;
    memcpy(act.key_hash, &keys, sizeof keys);
    return act;
}

static inline void open_ada(void)
{
    const struct text hats[] = {TEXT("resident:riverside:r1"), TEXT("clerk::")};
    struct account_open in = {text_of(ada), hats, 2};
    HEAR(&town, account_view, ledger_account_open(L, &in, HERE));
    assert_yes();
}

#define EACH(test) cmocka_unit_test_setup_teardown(test, begin, end)

#endif
