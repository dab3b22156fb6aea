/* 041_http_corpus.c -- replays the fuzzer of http, so that what it once found stays found. */
/* rooms: base io http */
#include "check.h"

#include "corpus.h"
#include "fuzz/http.c"

static void the_corpus_of_http_holds(void **state)
{
    (void)state;
    assert_true(corpus_replay("corpus-http", LLVMFuzzerTestOneInput) >= 30);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(the_corpus_of_http_holds)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
