/* 033_schema_corpus.c -- replays the schema fuzzer, so that what it once found stays found. */
/* rooms: base schema */
#include "check.h"

#include "corpus.h"
#include "fuzz/schema.c"

static void no_input_of_the_corpus_breaks_a_bound(void **state)
{
    (void)state;
    assert_true(corpus_replay("corpus-schema", LLVMFuzzerTestOneInput) >= 20);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(no_input_of_the_corpus_breaks_a_bound)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
