/* 519_tlog_corpus.c -- replays the fuzzer of the audit log, so that what it once found stays
 * found. */
/* rooms: base io tlog */
#include "check.h"

#include <dirent.h>

#include "fuzz/tlog.c"

#define CORPUS TESTS_DIR "/fuzz/corpus-tlog"

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
    for (size_t at = 0; at < n; at++) { /* and every byte changed */
        bytes[at] ^= 1;
        assert_int_equal(LLVMFuzzerTestOneInput(bytes, n), 0);
        bytes[at] ^= 1;
    }
}

static void the_corpus_of_the_audit_log_holds(void **state)
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
    assert_true(replayed >= 9);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(the_corpus_of_the_audit_log_holds)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
