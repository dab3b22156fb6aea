/* 092_passwords.c -- which passwords are let in, and that their hashes come beside the loop, once,
 * in a bounded queue, with the same work for who does not exist. */
/* rooms: base io people */
#include "check.h"

#include <stdlib.h>

#include "groundswell/base/clock.h"
#include "groundswell/base/log.h"
#include "groundswell/io/loop.h"
#include "groundswell/people/password.h"
#include "turn.h"

#define PATIENCE_MS 60000
/* Of "correct horse battery" by the reference program: echo -n ... | argon2 saltsaltsaltsalt -id
 * -t 2 -k 19456 -p 1 -e */
#define KNOWN \
    "$argon2id$v=19$m=19456,t=2,p=1$c2FsdHNhbHRzYWx0c2FsdA" \
    "$iPOQ5f2O21FsjnBvo1AiFcDuSXciCnKUrXFO+yfgNoM"

/* ---- rules ----------------------------------------------------------------------------------- */

static enum password_rule judge(const char *password)
{
    return password_judge(text_of(password), TEXT("ada.lovelace"));
}

static void eight_to_a_hundred_and_twenty_eight_characters(void **state)
{
    (void)state;
    char many[600];
    assert_int_equal(judge("xq7-vb2"), PASSWORD_TOO_SHORT);
    assert_int_equal(judge("xq7-vb2k"), PASSWORD_GOOD);
    assert_int_equal(judge(""), PASSWORD_TOO_SHORT);
    assert_int_equal(password_judge(TEXT_NONE, TEXT_NONE), PASSWORD_TOO_SHORT);
    assert_int_equal(judge("\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9"), PASSWORD_TOO_SHORT); /* 4, not 8 */
    for (size_t i = 0; i < sizeof(many); i++)
        many[i] = (char)('a' + i % 23);
    assert_int_equal(password_judge((struct text){many, 128}, TEXT_NONE), PASSWORD_GOOD);
    assert_int_equal(password_judge((struct text){many, 129}, TEXT_NONE), PASSWORD_TOO_LONG);
    for (size_t i = 0; i < 600; i += 4)
        memcpy(many + i, "\xf0\x9f\x8c\x8a", 4); /* a wave, 128 times: 512 bytes */
    assert_int_equal(password_judge((struct text){many, 512}, TEXT_NONE), PASSWORD_GOOD);
    assert_int_equal(password_judge((struct text){many, 516}, TEXT_NONE), PASSWORD_TOO_LONG);
}

static void no_rules_of_composition(void **state)
{
    (void)state;
    static const char *const good[] = {"lowercaseonlywords", "7390 5512 8834", "        x       ",
                                       "correct horse battery staple",
                                       "dwi'n hoffi coffi \xe2\x98\x95"};
    for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++)
        assert_int_equal(judge(good[i]), PASSWORD_GOOD);
}

static void what_is_no_text_is_refused(void **state)
{
    (void)state;
    assert_int_equal(judge("abcdefgh\xff"), PASSWORD_NOT_TEXT);
    assert_int_equal(judge("abcdefgh\x01"), PASSWORD_NOT_TEXT);
    assert_int_equal(password_judge((struct text){"abcd\0fghij", 10}, TEXT_NONE),
                     PASSWORD_NOT_TEXT);
}

static void the_commonest_are_refused_in_any_case(void **state)
{
    (void)state;
    static const char *const common[] = {"password1", "PassWord1", "123456789", "12345678",
                                         "iloveyou!", "IloveYou!", "asdfjkl;"};
    for (size_t i = 0; i < sizeof(common) / sizeof(common[0]); i++)
        assert_int_equal(judge(common[i]), PASSWORD_COMMON);
    assert_int_equal(judge("#!comment: This list has been compiled by Solar Designer"),
                     PASSWORD_GOOD);
}

static void ones_own_name_and_ours_are_refused(void **state)
{
    (void)state;
    static const char *const easy[] = {"groundswell", "GroundSwell2026!", "123groundswell",
                                       "ada.lovelace", "Ada.Lovelace99", "!ada.lovelace!"};
    for (size_t i = 0; i < sizeof(easy) / sizeof(easy[0]); i++)
        assert_int_equal(judge(easy[i]), PASSWORD_CONTEXT);
    assert_int_equal(judge("groundswell of opinion"), PASSWORD_GOOD);
    assert_int_equal(password_judge(TEXT("a5-739104"), TEXT("a1")), PASSWORD_GOOD);
    assert_int_equal(password_judge(TEXT("20071998"), TEXT("20071998")), PASSWORD_CONTEXT);
    assert_int_equal(password_judge(TEXT("39571998"), TEXT("20071998")), PASSWORD_GOOD);
}

static void every_rule_has_its_sentence(void **state)
{
    (void)state;
    assert_string_equal(password_sentence(PASSWORD_GOOD), "");
    for (unsigned rule = PASSWORD_TOO_SHORT; rule <= PASSWORD_CONTEXT; rule++)
        assert_true(strlen(password_sentence((enum password_rule)rule)) > 20);
}

/* ---- hashes ---------------------------------------------------------------------------------- */

struct scene {
    struct loop *loop;
    struct passwords *passwords;
    size_t answers, wanted;
    enum fault no;
    bool matches;
    char phc[PASSWORD_HASH_MAX + 1];
};

static int scene_make(void **state)
{
    struct scene *s = calloc(1, sizeof(*s));
    if (!s) return -1;
    s->loop = loop_new();
    s->passwords = passwords_new(s->loop, 2, 4);
    *state = s;
    return s->loop && s->passwords ? 0 : -1;
}

static int scene_remove(void **state)
{
    struct scene *s = *state;
    passwords_free(s->passwords);
    loop_free(s->loop);
    free(s);
    return 0;
}

static void hashed(void *ctx, enum fault no, struct text phc)
{
    struct scene *s = ctx;
    s->answers++;
    s->no = no;
    assert_true(phc.n <= PASSWORD_HASH_MAX);
    memset(s->phc, 0, sizeof(s->phc));
    if (phc.n > 0) memcpy(s->phc, phc.at, phc.n);
}

static void verified(void *ctx, enum fault no, bool matches)
{
    struct scene *s = ctx;
    s->answers++;
    s->no = no;
    s->matches = matches;
}

static bool all_came(void *ctx)
{
    const struct scene *s = ctx;
    return s->answers >= s->wanted;
}

static void await(struct scene *s)
{
    s->wanted = s->answers + 1;
    assert_true(turn_until(s->loop, all_came, s, PATIENCE_MS));
    turn_for(s->loop, 5);
    assert_int_equal(s->answers, s->wanted); /* once, not twice */
}

static const char *hash_of(struct scene *s, struct text password)
{
    assert_int_equal(password_hash(s->passwords, password, hashed, s), FAULT_NONE);
    await(s);
    assert_int_equal(s->no, FAULT_NONE);
    return s->phc;
}

static bool fits(struct scene *s, const char *password, struct text stored)
{
    const size_t before = s->answers;
    assert_int_equal(password_verify(s->passwords, text_of(password), stored, verified, s),
                     FAULT_NONE);
    assert_int_equal(s->answers, before); /* never before the call returned */
    await(s);
    return s->matches;
}

static void a_hash_fits_its_password_and_no_other(void **state)
{
    struct scene *s = *state;
    char first[PASSWORD_HASH_MAX + 1];
    memcpy(first, hash_of(s, TEXT("correct horse battery")), sizeof(first));
    assert_true(text_starts(text_of(first), TEXT("$argon2id$v=19$m=19456,t=2,p=1$")));
    assert_true(fits(s, "correct horse battery", text_of(first)));
    assert_int_equal(s->no, FAULT_NONE);
    assert_false(fits(s, "correct horse batterz", text_of(first)));
    assert_false(fits(s, "", text_of(first)));
    assert_int_equal(s->no, FAULT_NONE);
    const char *next = hash_of(s, TEXT("correct horse battery"));
    assert_string_not_equal(first, next); /* another salt */
}

static void the_reference_programs_hash_is_understood(void **state)
{
    struct scene *s = *state;
    assert_true(fits(s, "correct horse battery", TEXT(KNOWN)));
    assert_false(fits(s, "Correct horse battery", TEXT(KNOWN)));
}

static void every_byte_of_a_long_password_counts(void **state)
{
    struct scene *s = *state;
    char longest[PASSWORD_BYTES_MAX + 2], phc[PASSWORD_HASH_MAX + 1];
    memset(longest, 'w', sizeof(longest));
    longest[PASSWORD_BYTES_MAX] = '\0';
    memcpy(phc, hash_of(s, text_of(longest)), sizeof(phc));
    assert_true(fits(s, longest, text_of(phc)));
    longest[PASSWORD_BYTES_MAX - 1] = 'v';
    assert_false(fits(s, longest, text_of(phc)));
    const struct text too_long = {longest, PASSWORD_BYTES_MAX + 1};
    assert_int_equal(password_hash(s->passwords, too_long, hashed, s), FAULT_LIMIT);
    assert_int_equal(password_verify(s->passwords, too_long, TEXT(KNOWN), verified, s),
                     FAULT_LIMIT);
}

static uint64_t cpu_us(void)
{
    struct timespec spent;
    assert_int_equal(clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &spent), 0);
    return (uint64_t)spent.tv_sec * 1000000 + (uint64_t)spent.tv_nsec / 1000;
}

/* Not a measurement of sameness, which is a benchmark's: that the work is done at all. A hash costs
 * tens of milliseconds, its absence microseconds. */
static void who_does_not_exist_costs_the_same_work(void **state)
{
    struct scene *s = *state;
    const uint64_t start_us = cpu_us();
    assert_false(fits(s, "correct horse battery", TEXT(KNOWN "x")));
    assert_int_equal(s->no, FAULT_FORMAT);
    const uint64_t broken_us = cpu_us();
    assert_false(fits(s, "correct horse battery", TEXT_NONE));
    assert_int_equal(s->no, FAULT_NONE);
    const uint64_t none_us = cpu_us();
    assert_true(fits(s, "correct horse battery", TEXT(KNOWN)));
    const uint64_t known_us = cpu_us() - none_us;
    assert_true(none_us - broken_us > known_us / 4);
    assert_true(broken_us - start_us > known_us / 4);
    assert_false(fits(s, "", TEXT("")));
}

static void a_stored_hash_cannot_ask_for_other_work(void **state)
{
    struct scene *s = *state;
    static const char *const bad[] = {
        "$argon2id$v=19$m=4194304,t=2,p=1$c2FsdHNhbHRzYWx0c2FsdA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
        "$argon2i$v=19$m=19456,t=2,p=1$c2FsdHNhbHRzYWx0c2FsdA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
        "$argon2id$v=19$m=19456,t=2,p=1$",
        "$argon2id$v=19$m=19456,t=2,p=1$*AAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
        "AAAAAAAA",
        "plain",
    };
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        assert_false(fits(s, "plain", text_of(bad[i])));
        assert_int_equal(s->no, FAULT_FORMAT);
    }
}

static void a_full_queue_says_so_at_once(void **state)
{
    struct scene *s = *state;
    size_t taken = 0;
    enum fault no = FAULT_NONE;
    while (!no && taken < 100) {
        no = password_hash(s->passwords, TEXT("xq7-vb2k"), hashed, s);
        if (!no) taken++;
    }
    assert_int_equal(no, FAULT_BUSY);
    assert_in_range(taken, 4, 99); /* four wait, and two were begun */
    assert_int_equal(s->answers, 0);
    s->wanted = taken;
    assert_true(turn_until(s->loop, all_came, s, PATIENCE_MS));
    turn_for(s->loop, 20);
    assert_int_equal(s->answers, taken); /* the refused one is not called */
}

static void a_pool_that_goes_leaves_nothing(void **state)
{
    struct scene *s = *state;
    for (int i = 0; i < 3; i++)
        assert_int_equal(password_hash(s->passwords, TEXT("xq7-vb2k"), hashed, s), FAULT_NONE);
    passwords_free(s->passwords); /* the sanitizer tells of what is left */
    s->passwords = NULL;
    assert_int_equal(s->answers, 0);
    passwords_free(NULL);
}

#define WITH_SCENE(test) cmocka_unit_test_setup_teardown(test, scene_make, scene_remove)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(eight_to_a_hundred_and_twenty_eight_characters),
        cmocka_unit_test(no_rules_of_composition),
        cmocka_unit_test(what_is_no_text_is_refused),
        cmocka_unit_test(the_commonest_are_refused_in_any_case),
        cmocka_unit_test(ones_own_name_and_ours_are_refused),
        cmocka_unit_test(every_rule_has_its_sentence),
        WITH_SCENE(a_hash_fits_its_password_and_no_other),
        WITH_SCENE(the_reference_programs_hash_is_understood),
        WITH_SCENE(every_byte_of_a_long_password_counts),
        WITH_SCENE(who_does_not_exist_costs_the_same_work),
        WITH_SCENE(a_stored_hash_cannot_ask_for_other_work),
        WITH_SCENE(a_full_queue_says_so_at_once),
        WITH_SCENE(a_pool_that_goes_leaves_nothing),
    };
    log_level_set(LOG_ERROR);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
