/* check.h -- what every C test includes: cmocka in its required order, and comparisons of texts. */
#ifndef GROUNDSWELL_TESTS_CHECK_H
#define GROUNDSWELL_TESTS_CHECK_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "groundswell/base/buf.h"
#include "groundswell/base/text.h"

/* The same bytes; prints both where they differ. */
#define assert_text(got, wanted) check_text((got), (wanted), __FILE__, __LINE__)
void check_text(struct text got, const char *wanted, const char *file, int line);

/* The buffer is without fault and holds exactly that. */
#define assert_buf(buf, wanted) check_buf((buf), (wanted), __FILE__, __LINE__)
void check_buf(const struct buf *buf, const char *wanted, const char *file, int line);

/* Runs `act` in a child process and returns its wait status: for what must abort. */
int status_of(void (*act)(void));
#define assert_aborts(act) assert_int_equal(WTERMSIG(status_of(act)), SIGABRT)

/* A new empty folder with a short path; temp_dir_remove() deletes it with what is in it. */
struct temp_dir {
    char path[64];
};
void temp_dir_make(struct temp_dir *ret);
void temp_dir_remove(const struct temp_dir *dir);
/* dir/name, in a buffer of its own that the next 8 calls leave alone. */
const char *temp_path(const struct temp_dir *dir, const char *name);

#endif
