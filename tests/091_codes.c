/* 091_codes.c -- a letter's code is typed as people type, and guessed by nobody; what a database
 * holds of it is a keyed hash. */
/* rooms: base io people */
#include "check.h"

#include <sys/stat.h>
#include <unistd.h>

#include "groundswell/base/log.h"
#include "groundswell/base/secret.h"
#include "groundswell/io/file.h"
#include "groundswell/people/code.h"

/* Sixteen zeros have the value 0, so their check symbol is 0 too. */
#define ZEROS "00000-0000-0000-0000"

static const struct people_keys keys = {.code = "0123456789abcdef0123456789abcde",
                                        .people = "edcba9876543210fedcba9876543210"};

static enum code_verdict verdict_of(const char *typed, struct code_problem *ret)
{
    struct code code;
    const enum code_verdict verdict = code_parse(text_of(typed), &code, ret);
    if (verdict != CODE_GOOD) {
        assert_int_equal(code.serial[0], '\0');
        assert_int_equal(code.secret[0], '\0');
    }
    return verdict;
}

static void a_code_is_what_crockford_says(void **state)
{
    (void)state;
    struct code code;
    char text[CODE_TEXT_SIZE + 1];
    uint8_t bytes[CODE_RANDOM_SIZE] = {0};
    assert_true(code_from_bytes(bytes, &code));
    code_format(&code, text);
    assert_string_equal(text, ZEROS);
    bytes[9] = 31; /* the last symbol is Z, and the number is 31 */
    assert_true(code_from_bytes(bytes, &code));
    code_format(&code, text);
    assert_string_equal(text, "00000-0000-0000-00ZZ");
    bytes[9] = 32; /* 32 modulo 37 would need the symbol * */
    assert_false(code_from_bytes(bytes, &code));
    assert_int_equal(code.serial[0], '\0');
    bytes[9] = 37;
    assert_true(code_from_bytes(bytes, &code));
    code_format(&code, text);
    assert_string_equal(text, "00000-0000-0000-0150");
    memset(bytes, 0xff, sizeof(bytes)); /* 2^80 - 1 is 33 modulo 37, as 2^36 is 1 and 2^8 is 34 */
    assert_false(code_from_bytes(bytes, &code));
}

static void what_is_drawn_is_read_back(void **state)
{
    (void)state;
    for (int i = 0; i < 5000; i++) {
        struct code drawn, read;
        struct code_problem problem;
        char text[CODE_TEXT_SIZE + 1];
        code_draw(&drawn);
        code_format(&drawn, text);
        assert_int_equal(strlen(text), CODE_TEXT_SIZE);
        assert_int_equal(strspn(text, "0123456789ABCDEFGHJKMNPQRSTVWXYZ-"), CODE_TEXT_SIZE);
        assert_int_equal(code_parse(text_of(text), &read, &problem), CODE_GOOD);
        assert_memory_equal(&drawn, &read, sizeof(read));
        code_release(&read);
        assert_int_equal(read.secret[0], '\0');
    }
}

/* Every symbol at every place turns up, and none far more often than chance allows. */
static void drawing_is_even(void **state)
{
    (void)state;
    size_t seen[CODE_SERIAL_SIZE + CODE_SECRET_SIZE][128] = {{0}};
    for (int i = 0; i < 8000; i++) {
        struct code code;
        code_draw(&code);
        for (size_t at = 0; at < CODE_SERIAL_SIZE; at++)
            seen[at][(int)code.serial[at]]++;
        for (size_t at = 0; at < CODE_SECRET_SIZE; at++)
            seen[CODE_SERIAL_SIZE + at][(int)code.secret[at]]++;
    }
    for (size_t at = 0; at < CODE_SERIAL_SIZE + CODE_SECRET_SIZE; at++) {
        for (const char *c = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"; *c; c++)
            assert_in_range(seen[at][(int)*c], 130, 370); /* 250 expected: over seven sigma */
    }
}

static void people_type_as_they_like(void **state)
{
    (void)state;
    static const char *const good[] = {
        "00000-0000-0000-00ZZ",
        "00000000000000 0zz",
        " ooooo oooo OOOO oozz\r\n",
        "0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 z z",
        "00000\xe2\x80\x93" "0000\xe2\x80\x94" "0000\xe2\x88\x92" "00zz", /* dashes, a minus */
        "00000\xc2\xa0" "0000\xe2\x80\x91" "0000\xef\xbc\x8d" "00zz",
        "--00000----0000000000zz--",
    };
    struct code code, ones;
    for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
        assert_int_equal(code_parse(text_of(good[i]), &code, NULL), CODE_GOOD);
        assert_string_equal(code.serial, "00000");
        assert_string_equal(code.secret, "0000000000Z");
    }
    uint8_t bytes[CODE_RANDOM_SIZE] = {0};
    bytes[9] = 0x21; /* ends in 11: 33 modulo 37 is no symbol */
    assert_false(code_from_bytes(bytes, &code));
    bytes[9] = 1;
    assert_true(code_from_bytes(bytes, &code));
    assert_int_equal(code_parse(TEXT("OOOOO-oooo-oooo-oOIl"), &ones, NULL), CODE_GOOD);
    assert_memory_equal(&ones, &code, sizeof(code));
}

static void it_is_said_what_is_wrong(void **state)
{
    (void)state;
    struct code_problem problem;
    assert_int_equal(verdict_of("", &problem), CODE_TOO_SHORT);
    assert_int_equal(problem.by, 17);
    assert_int_equal(verdict_of("00000-0000-0000-000", &problem), CODE_TOO_SHORT);
    assert_int_equal(problem.by, 1);
    assert_int_equal(verdict_of(ZEROS "00", &problem), CODE_TOO_LONG);
    assert_int_equal(problem.by, 2);
    assert_int_equal(verdict_of("00000-0000-0000-0001", &problem), CODE_CHECK);
    assert_int_equal(problem.by + problem.position, 0);
    assert_int_equal(verdict_of("00000-0U00-0000-0000", &problem), CODE_CHARACTER);
    assert_int_equal(problem.position, 8);
    assert_int_equal(verdict_of("00000-0000-0000-000*", &problem), CODE_CHARACTER);
    assert_int_equal(problem.position, 20);
    assert_int_equal(verdict_of("\xc3\xa9", &problem), CODE_CHARACTER); /* an accent */
    assert_int_equal(problem.position, 1);
    assert_int_equal(verdict_of("0\xe2\x80\x93\xc3\xa9", &problem), CODE_CHARACTER);
    assert_int_equal(problem.position, 3); /* characters are counted, not bytes */
    assert_int_equal(verdict_of("0\xff", &problem), CODE_CHARACTER);
    assert_int_equal(verdict_of("0\xe2\x80", &problem), CODE_CHARACTER); /* cut in the middle */
    assert_int_equal(problem.position, 2);
    struct code code;
    assert_int_equal(code_parse((struct text){"0\0", 2}, &code, &problem), CODE_CHARACTER);
    assert_int_equal(code_parse(TEXT_NONE, &code, &problem), CODE_TOO_SHORT);
}

static void any_one_wrong_symbol_is_noticed(void **state)
{
    (void)state;
    struct code code;
    char text[CODE_TEXT_SIZE + 1];
    code_draw(&code);
    code_format(&code, text);
    for (size_t at = 0; at < CODE_TEXT_SIZE; at++) {
        const char kept = text[at];
        if (kept == '-') continue;
        for (const char *c = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"; *c; c++) {
            text[at] = *c;
            assert_int_equal(verdict_of(text, NULL), *c == kept ? CODE_GOOD : CODE_CHECK);
        }
        text[at] = kept;
    }
    for (size_t at = 0; at + 1 < CODE_TEXT_SIZE; at++) { /* neighbours changed places */
        const char a = text[at], b = text[at + 1];
        if (a == b || a == '-' || b == '-') continue;
        text[at] = b;
        text[at + 1] = a;
        assert_int_equal(verdict_of(text, NULL), CODE_CHECK);
        text[at] = a;
        text[at + 1] = b;
    }
}

static void bytes_without_end_are_refused_at_once(void **state)
{
    (void)state;
    const size_t n = 4 * MIB;
    char *huge = malloc(n);
    assert_non_null(huge);
    struct code code;
    struct code_problem problem;
    memset(huge, '0', n);
    assert_int_equal(code_parse((struct text){huge, n}, &code, &problem), CODE_TOO_LONG);
    memset(huge, ' ', n);
    assert_int_equal(code_parse((struct text){huge, n}, &code, &problem), CODE_TOO_SHORT);
    free(huge);
}

static void a_serial_alone_is_read(void **state)
{
    (void)state;
    char serial[CODE_SERIAL_SIZE + 1];
    assert_true(code_serial_parse(TEXT(" o-1 l9z"), serial));
    assert_string_equal(serial, "0119Z");
    assert_false(code_serial_parse(TEXT("0119"), serial));
    assert_string_equal(serial, "");
    assert_false(code_serial_parse(TEXT("0119Z0"), serial));
    assert_false(code_serial_parse(TEXT("0119U"), serial));
}

static void a_hash_is_of_community_serial_secret_and_key(void **state)
{
    (void)state;
    struct code code, other;
    struct people_keys others = keys;
    uint8_t first[PEOPLE_HASH_SIZE], next[PEOPLE_HASH_SIZE];
    code_draw(&code);
    code_hash(&keys, TEXT("riverside"), &code, first);
    code_hash(&keys, TEXT("riverside"), &code, next);
    assert_memory_equal(first, next, sizeof(first));
    code_hash(&keys, TEXT("hillside"), &code, next);
    assert_memory_not_equal(first, next, sizeof(first));
    other = code;
    other.serial[0] = other.serial[0] == '0' ? '1' : '0';
    code_hash(&keys, TEXT("riverside"), &other, next);
    assert_memory_not_equal(first, next, sizeof(first));
    other = code;
    other.secret[10] = other.secret[10] == '0' ? '1' : '0';
    code_hash(&keys, TEXT("riverside"), &other, next);
    assert_memory_not_equal(first, next, sizeof(first));
    others.code[31] ^= 1;
    code_hash(&others, TEXT("riverside"), &code, next);
    assert_memory_not_equal(first, next, sizeof(first));
}

static void the_hash_of_a_text_is_one_per_domain(void **state)
{
    (void)state;
    uint8_t first[PEOPLE_HASH_SIZE], next[PEOPLE_HASH_SIZE];
    struct people_keys others = keys;
    people_hash(&keys, "e-mail", TEXT("ada@example.org"), first);
    people_hash(&keys, "e-mail", TEXT("ada@example.org"), next);
    assert_memory_equal(first, next, sizeof(first));
    people_hash(&keys, "sign-in name", TEXT("ada@example.org"), next);
    assert_memory_not_equal(first, next, sizeof(first));
    people_hash(&keys, "e-mai", TEXT("lada@example.org"), next);
    assert_memory_not_equal(first, next, sizeof(first));
    others.people[0] ^= 1;
    people_hash(&others, "e-mail", TEXT("ada@example.org"), next);
    assert_memory_not_equal(first, next, sizeof(first));
    people_hash(&keys, "e-mail", TEXT_NONE, next);
    people_hash(&keys, "e-mail", TEXT(""), first);
    assert_memory_equal(first, next, sizeof(first));
}

/* ---- keys on disk ---------------------------------------------------------------------------- */

static struct temp_dir folder;

static int folder_make(void **state)
{
    (void)state;
    log_level_set(LOG_ERROR);
    temp_dir_make(&folder);
    return 0;
}

static int folder_remove(void **state)
{
    (void)state;
    temp_dir_remove(&folder);
    return 0;
}

static void keys_are_made_once_and_for_the_owner_alone(void **state)
{
    (void)state;
    struct people_keys made, again;
    struct stat facts;
    assert_int_equal(people_keys_open(folder.path, &made), FAULT_NONE);
    assert_int_equal(people_keys_open(folder.path, &again), FAULT_NONE);
    assert_memory_equal(&made, &again, sizeof(made));
    assert_memory_not_equal(made.code, made.people, TOKEN_KEY_SIZE);
    assert_memory_not_equal(made.code, made.tokens.seal, TOKEN_KEY_SIZE);
    static const char *const names[] = {"keys/token.key", "keys/code.key", "keys/people.key"};
    for (size_t i = 0; i < 3; i++) {
        assert_int_equal(stat(temp_path(&folder, names[i]), &facts), 0);
        assert_int_equal(facts.st_mode & 0777, 0600);
        assert_int_equal(facts.st_size, TOKEN_KEY_SIZE);
    }
    people_keys_release(&made);
    assert_int_equal(made.code[0] | made.people[5] | made.tokens.seal[31], 0);
}

static void a_bad_key_file_is_refused_and_nothing_is_held(void **state)
{
    (void)state;
    static const struct people_keys none;
    struct people_keys made;
    static const char *const names[] = {"keys/code.key", "keys/people.key"};
    for (size_t i = 0; i < 2; i++) {
        const char *path = temp_path(&folder, names[i]);
        assert_int_equal(people_keys_open(folder.path, &made), FAULT_NONE);
        assert_int_equal(chmod(path, 0640), 0);
        assert_int_equal(people_keys_open(folder.path, &made), FAULT_CONFIG);
        assert_memory_equal(&made, &none, sizeof(made));
        assert_int_equal(chmod(path, 0600), 0);
        assert_int_equal(file_replace(path, TEXT("short"), 0600), FAULT_NONE);
        assert_int_equal(people_keys_open(folder.path, &made), FAULT_CONFIG);
        assert_int_equal(unlink(path), 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_code_is_what_crockford_says),
        cmocka_unit_test(what_is_drawn_is_read_back),
        cmocka_unit_test(drawing_is_even),
        cmocka_unit_test(people_type_as_they_like),
        cmocka_unit_test(it_is_said_what_is_wrong),
        cmocka_unit_test(any_one_wrong_symbol_is_noticed),
        cmocka_unit_test(bytes_without_end_are_refused_at_once),
        cmocka_unit_test(a_serial_alone_is_read),
        cmocka_unit_test(a_hash_is_of_community_serial_secret_and_key),
        cmocka_unit_test(the_hash_of_a_text_is_one_per_domain),
        cmocka_unit_test_setup_teardown(keys_are_made_once_and_for_the_owner_alone, folder_make,
                                        folder_remove),
        cmocka_unit_test_setup_teardown(a_bad_key_file_is_refused_and_nothing_is_held, folder_make,
                                        folder_remove),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
