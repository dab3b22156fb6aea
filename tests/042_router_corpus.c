/* 042_router_corpus.c -- replays the fuzzer of router, so that what it once found stays found. */
/* rooms: base io http */
#include "check.h"

#include "corpus.h"
#include "fuzz/router.c"

static void the_corpus_of_the_router_holds(void **state)
{
    (void)state;
    assert_true(corpus_replay("corpus-router", LLVMFuzzerTestOneInput) >= 12);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(the_corpus_of_the_router_holds)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
