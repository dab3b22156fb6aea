/* 033_schema_corpus.c -- replays the schema fuzzer, so that what it once found stays found. */
/* rooms: base schema */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>

#include <dirent.h>

#include "fuzz/schema.c"

#define CORPUS TESTS_DIR "/fuzz/corpus-schema"

static size_t replay(const char *name)
{
    char path[1024];
    uint8_t data[16 * 1024];
    snprintf(path, sizeof path, "%s/%s", CORPUS, name);
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    size_t n = fread(data, 1, sizeof data, file);
    fclose(file);
    /* exactly as long as the input, so that a read past its end is seen */
    uint8_t *own = malloc(n ? n : 1);
    assert_non_null(own);
    memcpy(own, data, n);
    assert_int_equal(LLVMFuzzerTestOneInput(own, n), 0);
    for (size_t cut = 0; cut < n; cut += 1 + n / 64) LLVMFuzzerTestOneInput(own, cut);
    free(own);
    return 1;
}

static void no_input_of_the_corpus_breaks_a_bound(void **state)
{
    size_t replayed = 0;
    DIR *folder = opendir(CORPUS);
    (void)state;
    assert_non_null(folder);
    for (struct dirent *entry = readdir(folder); entry; entry = readdir(folder))
        if (entry->d_name[0] != '.') replayed += replay(entry->d_name);
    closedir(folder);
    assert_true(replayed >= 20);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(no_input_of_the_corpus_breaks_a_bound)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
