/* file.h -- whole small files, read and replaced atomically. */
#ifndef GROUNDSWELL_IO_FILE_H
#define GROUNDSWELL_IO_FILE_H

#include <stdbool.h>
#include <sys/types.h>

#include "groundswell/base/buf.h"

/* Appends the file to out (bounded by out->max). FAULT_ABSENT where there is none. */
enum fault file_read(const char *path, struct buf *out) MUST_CHECK;
/* Temporary name beside it, write, fsync, rename, fsync of the folder. */
enum fault file_replace(const char *path, struct text content, mode_t mode) MUST_CHECK;
/* Creates a file that must not exist yet, same care; FAULT_BUSY where it exists (somebody was
 * faster). */
enum fault file_create(const char *path, struct text content, mode_t mode) MUST_CHECK;
/* Adds to the end of a file, made where absent, in one write, and syncs it: several processes may
 * add at once, and what each adds stays together. FAULT_IO: some of it may be there. */
enum fault file_append(const char *path, struct text content, mode_t mode) MUST_CHECK;
/* With parents; existing is fine. What was made is synced, as files are. */
enum fault dir_make(const char *path, mode_t mode) MUST_CHECK;
/* True when the file exists and neither group nor others may read it. */
bool file_is_private(const char *path);
/* Holds an exclusive advisory lock on path for the life of the process: fd, or -1 with *ret_fault
 * BUSY or IO. */
int file_lock(const char *path, enum fault *ret_fault);

#endif
