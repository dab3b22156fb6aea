/* shelf.h -- files that never change, under the names of their hashes:
 * FOLDER/<first two digits>/<SHA-256 as 64 hex digits>.
 *
 * What a client calls its file never touches a path. The same bytes twice are one file. Everything
 * here but shelf_open() waits for a disk and belongs into a worker; several processes may use one
 * shelf. A name that is none (shelf_name_is_valid) is a bug of the caller. */
#ifndef GROUNDSWELL_IO_SHELF_H
#define GROUNDSWELL_IO_SHELF_H

#include <stdbool.h>
#include <stdint.h>

#include "groundswell/base/fault.h"
#include "groundswell/base/text.h"

struct buf;
struct spool;

#define SHELF_NAME_SIZE 64

bool shelf_name_is_valid(struct text name);

/* What came, under the name of its hash: fsync, rename, fsync of the folder. */
enum fault shelf_put(const char *folder, struct spool *spool) MUST_CHECK;
/* Undoes a shelf_put() that nobody wants after all. Leaves it where the same file was there before,
 * or somebody else has put it there since. */
enum fault shelf_take_back(const char *folder, struct spool *spool) MUST_CHECK;

/* A descriptor to read from, the caller's; -1 with *ret_fault ABSENT or IO. */
int shelf_open(const char *folder, struct text name, uint64_t *ret_bytes, enum fault *ret_fault);

/* Removes a file that was put there since then (seconds), but more than rest_s seconds ago; a
 * younger one stays, for somebody may have put it there again a moment ago. An absent one is
 * fine. */
enum fault shelf_forget(const char *folder, struct text name, uint64_t since_s,
                        uint64_t rest_s) MUST_CHECK;
/* Appends the names of all that were put there more than rest_s seconds ago, one behind the
 * other. */
enum fault shelf_list(const char *folder, uint64_t rest_s, struct buf *out) MUST_CHECK;

#endif
