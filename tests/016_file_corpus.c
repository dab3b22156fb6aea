/* 016_file_corpus.c -- replays the fuzzer of files, so that what it once found stays found. */
/* rooms: base */
#include "check.h"

#include "corpus.h"
#include "fuzz/file.c"

static void the_corpus_of_files_holds(void **state)
{
    (void)state;
    assert_true(corpus_replay("corpus-file", LLVMFuzzerTestOneInput) >= 9);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(the_corpus_of_files_holds)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
