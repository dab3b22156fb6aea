/* 041_http_corpus.c -- replays the fuzzer of http, so that what it once found stays found. */
/* rooms: base io http */
#include "check.h"

#include <dirent.h>

#include "fuzz/http.c"

#define CORPUS TESTS_DIR "/fuzz/corpus-http"

static void replay(const char *name)
{
    static uint8_t bytes[64 * 1024];
    char path[1024];
    snprintf(path, sizeof path, "%s/%s", CORPUS, name);
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    size_t n = fread(bytes, 1, sizeof bytes, file);
    fclose(file);
    for (size_t cut = 0; cut <= n; cut++) /* every beginning of it, too */
        assert_int_equal(LLVMFuzzerTestOneInput(bytes, cut), 0);
}

static void the_corpus_of_http_holds(void **state)
{
    (void)state;
    size_t replayed = 0;
    DIR *folder = opendir(CORPUS);
    assert_non_null(folder);
    for (struct dirent *entry; (entry = readdir(folder));) {
        if (entry->d_name[0] == '.')
            continue;
        replay(entry->d_name);
        replayed++;
    }
    closedir(folder);
    assert_true(replayed >= 30);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(the_corpus_of_http_holds)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
