/* corpus.h -- what fuzzers once found, given to them again by ordinary tests. */
#ifndef GROUNDSWELL_TESTS_CORPUS_H
#define GROUNDSWELL_TESTS_CORPUS_H

#include <stddef.h>
#include <stdint.h>

/* Gives every file of fuzz/`name`, and every beginning of it, to `fuzzer`, each as memory of
 * exactly its length, so that a read past its end is seen. Fails where a file has more than 64 KiB
 * or the fuzzer does not return 0. Returns how many files there were. */
size_t corpus_replay(const char *name, int (*fuzzer)(const uint8_t *data, size_t n));

#endif
