/* 081_ledger_rounds_and_keys.c -- whose wallet it is: one key each, the round found by asking. */
/* rooms: base io store ledger */
#include "080_town_acts.h"

#include <pthread.h>
#include <unistd.h>

#include "groundswell/base/secret.h"
#include "groundswell/io/file.h"

static struct town town, second;

static int begin(void **state)
{
    (void)state;
    town_begin(&town);
    return 0;
}

static int end(void **state)
{
    (void)state;
    town_end(&town);
    return 0;
}

static const char *key_path(const char *name)
{
    return temp_path(&town.keys, name);
}

/* Closes the round that is open, lets time pass its end, opens the next. */
static void next_round(struct town *by, uint64_t open)
{
    struct act act = staff();
    struct round_close in = {open};
    HEAR(by, round_outcome, ledger_round_close(L, &act, &in, HERE));
    assert_yes();
    town_open_round(by, 10000);
    town_tender(by, 50000, 2, town_now + 1000);
    town_proposal(by, open + 1, 50000);
    town_open_tender(by, open + 1);
}

static void a_worker_that_missed_the_new_round_asks_once_more(void **state)
{
    (void)state;
    static const char *const refs[] = {"ann", "bob"};
    struct ledger_plan plan = {.skew_unchecked = true};
    town_join(&second, &town, plan);
    town_found(&town);
    town_fund(&town, 200000);
    town_register(&town, refs, 2);
    town_open_round(&town, 10000);
    town_tender(&town, 50000, 2, town_now + 1000);
    town_proposal(&town, 1, 50000);
    town_open_tender(&town, 1);
    town_pledge(&second, "ann", 1, 5000); /* knows of no round yet */
    assert_yes();
    assert_shows("\"round\":\"riverside.r1\"");

    next_round(&town, 1);
    town_pledge(&second, "ann", 2, 4000); /* believes that round 1 is open */
    assert_yes();
    assert_shows("\"round\":\"riverside.r2\"");
    assert_shows("\"free\":6000");
    struct person ann = person(&second, "ann");
    HEAR(&second, wallet_view, ledger_wallet_view(L, RIVERSIDE, text_of(ann.id), HERE));
    assert_yes();
    assert_shows("\"round\":\"riverside.r2\"");
    struct act act = staff();
    struct resident_act in = {text_of(ann.id)};
    next_round(&town, 2);
    HEAR(&second, act_outcome, ledger_resident_leave(L, &act, &in, HERE));
    assert_yes();

    /* Of two rounds in a row each opens with the number after the last, whoever knew what. */
    act = staff();
    struct round_close close = {3};
    HEAR(&second, round_outcome, ledger_round_close(L, &act, &close, HERE));
    town_open_round(&second, 100);
    assert_shows("\"round\":\"riverside.r4\"");
    town_leave(&second);
}

static void a_round_whose_key_is_destroyed_stops_nobody_in_the_next(void **state)
{
    (void)state;
    town_settle_in(&town);
    struct ledger_plan plan = {.skew_unchecked = true};
    town_join(&second, &town, plan);
    struct person ann = person(&second, "ann");
    HEAR(&second, wallet_view, ledger_wallet_view(L, RIVERSIDE, text_of(ann.id), HERE));
    assert_yes();
    next_round(&town, 1);
    assert_int_equal(unlink(key_path("riverside/round-1.key")), 0);
    town_pledge(&second, "ann", 3, 4000);
    assert_yes();
    char pseudonym[RESIDENT_ID_SIZE + 1];
    assert_int_equal(ledger_wallet(town.ledger, RIVERSIDE, 1, text_of(ann.id), pseudonym),
                     FAULT_ABSENT);
    assert_int_equal(unlink(key_path("riverside/round-2.key")), 0);
    town_leave(&second);

    town_join(&second, &town, plan); /* a new worker: the open round's key is nowhere */
    town_pledge(&second, "ann", 3, 5000);
    assert_int_equal(heard.fault, FAULT_ABSENT);
    next_round(&town, 2); /* it still believes in round 2, and has no key for it */
    town_pledge(&second, "ann", 4, 5000);
    assert_yes();
    town_leave(&second);
}

static void keys_are_private_and_pseudonyms_follow_from_them(void **state)
{
    (void)state;
    town_settle_in(&town);
    assert_true(file_is_private(key_path("riverside/register.key")));
    assert_true(file_is_private(key_path("riverside/round-1.key")));
    CLEANUP(buf) struct buf key = BUF_MAX(64);
    assert_int_equal(file_read(key_path("riverside/round-1.key"), &key), FAULT_NONE);
    assert_int_equal(key.len, 32);

    struct person ann = person(&town, "ann"), again = person(&town, "ann");
    assert_string_equal(ann.id, again.id);
    assert_true(resident_id_is_valid(text_of(ann.id)));
    uint8_t digest[DIGEST_SIZE];
    digest_hmac(buf_view(&key), text_of(ann.id), digest);
    CLEANUP(buf) struct buf wanted = BUF_MAX(64);
    encode_base64url(&wanted, digest, 16);
    char pseudonym[RESIDENT_ID_SIZE + 1];
    assert_int_equal(ledger_wallet(town.ledger, RIVERSIDE, 1, text_of(ann.id), pseudonym), 0);
    assert_buf(&wanted, pseudonym);

    /* Another community's register gives the same entry another id. */
    char other[RESIDENT_ID_SIZE + 1];
    assert_int_equal(ledger_resident_id(town.ledger, TEXT("hillside"), TEXT("ann"), other), 0);
    assert_string_not_equal(other, ann.id);
}

/* ---- racing for a key ----------------------------------------------------------------------- */

#define RACERS 8
#define RACES 20

struct racer {
    struct ledger *ledger;
    pthread_barrier_t *start;
    char ids[RACES][RESIDENT_ID_SIZE + 1];
};

static void *race(void *ctx)
{
    struct racer *racer = ctx;
    for (int i = 0; i < RACES; i++) {
        char slug[32];
        snprintf(slug, sizeof slug, "race-%d", i);
        pthread_barrier_wait(racer->start);
        if (ledger_resident_id(racer->ledger, text_of(slug), TEXT("ann"), racer->ids[i]))
            racer->ids[i][0] = 0;
    }
    return NULL;
}

static void workers_that_race_for_a_key_agree_on_one(void **state)
{
    (void)state;
    struct town workers[RACERS];
    struct racer racers[RACERS];
    pthread_t threads[RACERS];
    pthread_barrier_t start;
    pthread_barrier_init(&start, NULL, RACERS);
    struct ledger_plan plan = {.skew_unchecked = true};
    for (int i = 0; i < RACERS; i++) {
        town_join(&workers[i], &town, plan);
        racers[i] = (struct racer){.ledger = workers[i].ledger, .start = &start};
    }
    for (int i = 0; i < RACERS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, race, &racers[i]), 0);
    for (int i = 0; i < RACERS; i++)
        pthread_join(threads[i], NULL);
    for (int r = 0; r < RACES; r++)
        for (int i = 0; i < RACERS; i++) {
            assert_int_equal(strlen(racers[i].ids[r]), RESIDENT_ID_SIZE);
            assert_string_equal(racers[i].ids[r], racers[0].ids[r]);
        }
    for (int i = 0; i < RACERS; i++)
        town_leave(&workers[i]);
    pthread_barrier_destroy(&start);
}

static void a_text_hashes_under_its_own_salt(void **state)
{
    (void)state;
    char hash[65];
    struct text stored = TEXT("000102030405060708090a0b0c0d0e0f{\"a\":1}");
    assert_text(ledger_text_json(stored), "{\"a\":1}");
    assert_true(ledger_text_hash(stored, hash));
    /* HMAC-SHA-256 of {"a":1} under bytes 00..0f, by another implementation */
    assert_string_equal(hash, "4e06d88ecab9f6d83042d166b315287c1be7550754038eda36d917c4ab4d632c");
    assert_false(ledger_text_hash(TEXT("short"), hash));
    assert_false(ledger_text_hash(TEXT("zz0102030405060708090a0b0c0d0e0f{}"), hash));
    assert_null(ledger_text_json(TEXT("")).at);
}

#define EACH(test) cmocka_unit_test_setup_teardown(test, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        EACH(a_worker_that_missed_the_new_round_asks_once_more),
        EACH(a_round_whose_key_is_destroyed_stops_nobody_in_the_next),
        EACH(keys_are_private_and_pseudonyms_follow_from_them),
        EACH(workers_that_race_for_a_key_agree_on_one),
        cmocka_unit_test(a_text_hashes_under_its_own_salt),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
