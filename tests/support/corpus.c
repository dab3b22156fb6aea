/* corpus.c -- see corpus.h. */
#include "corpus.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "check.h"

#define FILE_MAX (64 * 1024)

static void replay(const char *path, int (*fuzzer)(const uint8_t *data, size_t n))
{
    static uint8_t whole[FILE_MAX + 1];
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    size_t n = fread(whole, 1, sizeof whole, file);
    fclose(file);
    assert_true(n <= FILE_MAX);
    for (size_t cut = 0; cut <= n; cut++) {
        uint8_t *own = malloc(cut > 0 ? cut : 1);
        assert_non_null(own);
        memcpy(own, whole, cut);
        assert_int_equal(fuzzer(own, cut), 0);
        free(own);
    }
}

size_t corpus_replay(const char *name, int (*fuzzer)(const uint8_t *data, size_t n))
{
    char path[1024];
    size_t replayed = 0;
    snprintf(path, sizeof path, TESTS_DIR "/fuzz/%s", name);
    DIR *folder = opendir(path);
    assert_non_null(folder);
    for (struct dirent *entry; (entry = readdir(folder));) {
        if (entry->d_name[0] == '.')
            continue;
        snprintf(path, sizeof path, TESTS_DIR "/fuzz/%s/%s", name, entry->d_name);
        replay(path, fuzzer);
        replayed++;
    }
    closedir(folder);
    return replayed;
}
