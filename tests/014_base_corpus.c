/* 014_base_corpus.c -- replays the fuzzer of base, so that what it once found stays found. */
/* rooms: base */
#include "check.h"

#include "corpus.h"
#include "fuzz/base.c"

static void the_corpus_of_base_holds(void **state)
{
    (void)state;
    assert_true(corpus_replay("corpus-base", LLVMFuzzerTestOneInput) >= 6);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(the_corpus_of_base_holds)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
