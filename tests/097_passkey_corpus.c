/* 097_passkey_corpus.c -- replays the fuzzer of passkeys, so that what it once found stays
 * found. */
/* rooms: base io people */
#include "check.h"

#include "corpus.h"
#include "fuzz/passkey.c"

static void the_corpus_of_passkeys_holds(void **state)
{
    (void)state;
    assert_true(corpus_replay("corpus-passkey", LLVMFuzzerTestOneInput) >= 7);
    assert_int_equal(accepted, 7); /* each file as a whole, and no beginning of it */
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(the_corpus_of_passkeys_holds)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
