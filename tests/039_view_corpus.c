/* 039_view_corpus.c -- replays the fuzzers of templates and of PO files, so that what they once
 * found stays found. */
/* rooms: base view */
#include "check.h"

#include "corpus.h"
#include "fuzz/view.c"
#define LLVMFuzzerTestOneInput catalogue_fuzz
#include "fuzz/catalogue.c"
#undef LLVMFuzzerTestOneInput

static void the_corpus_of_templates_holds(void **state)
{
    (void)state;
    assert_true(corpus_replay("corpus-view", LLVMFuzzerTestOneInput) >= 9);
}

static void the_corpus_of_catalogues_holds(void **state)
{
    (void)state;
    assert_true(corpus_replay("corpus-catalogue", catalogue_fuzz) >= 6);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_corpus_of_templates_holds),
        cmocka_unit_test(the_corpus_of_catalogues_holds),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
