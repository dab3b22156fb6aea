/* disk.h -- the sealer's file operations, each through one gate that a test can close.
 *
 * A file gets its name complete and synced; the name itself is safe only after disk_settle(). Files
 * are synced in groups, because a file system commits a group in hardly more time than one. */
#ifndef GROUNDSWELL_TLOG_DISK_H
#define GROUNDSWELL_TLOG_DISK_H

#include <limits.h>
#include <stdbool.h>

#include "groundswell/base/buf.h"
#include "groundswell/tlog/doubt.h"
#include "groundswell/tlog/reader.h"

#define DISK_UNSETTLED_MAX 64
#define DISK_WAITING_MAX 64
#define DISK_PATH_SIZE 96

/* Written under a temporary name, not synced yet. */
struct disk_waiting {
    int fd;
    char path[DISK_PATH_SIZE];
};

struct disk {
    char folder[PATH_MAX];
    int (*before)(void *ctx, const char *operation, const char *path);
    void *before_ctx;
    struct doubt *doubt;
    char unsettled[DISK_UNSETTLED_MAX][DISK_PATH_SIZE]; /* folders whose names are not safe yet */
    size_t unsettled_n;
    struct disk_waiting waiting[DISK_WAITING_MAX];
    size_t waiting_n;
};
void disk_release(struct disk *disk); /* forgets what waits */

/* Paths below are relative to the log's folder. */
enum fault disk_read(struct disk *disk, const char *path, struct buf *out) MUST_CHECK;
/* Replaces what is there: temporary name, fsync, rename. Folders are made as needed. Under its name
 * it stands after disk_settle(), perhaps before. */
enum fault disk_put(struct disk *disk, const char *path, struct text bytes) MUST_CHECK;
/* For what never changes once it is there: other bytes under that name are a doubt. */
enum fault disk_put_once(struct disk *disk, const char *path, struct text bytes) MUST_CHECK;
/* Everything put since the last call stands under its name, safe. */
enum fault disk_settle(struct disk *disk) MUST_CHECK;
/* Removes a file that may be there. */
enum fault disk_drop(struct disk *disk, const char *path) MUST_CHECK;
/* Removes the partial tiles of this tile that are wider than `keep`, and the folder if it is empty
 * then. */
enum fault disk_drop_partial(struct disk *disk, struct tile tile, unsigned keep) MUST_CHECK;
enum fault disk_mkdir(struct disk *disk, const char *path) MUST_CHECK;

/* A reader's source that goes through the gate. */
struct source source_of_disk(struct disk *disk);

#endif
