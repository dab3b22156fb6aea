/* embedded.h -- the private Redis that comes with a data folder: nothing to install or configure.
 *
 * It lives in DIR/redis/ (0700), listens on the unix socket redis.sock there and nowhere else,
 * keeps an append-only file with `appendfsync always`, and is a child of this process: it is told
 * to stop when this process dies, however that happens, and is started again with back-off when it
 * dies itself. Never do two Redis run on one folder: a lock on DIR/redis/lock is held by the child
 * itself (inherited), so that it lasts exactly as long as anything that could write the files. */
#ifndef GROUNDSWELL_STORE_EMBEDDED_H
#define GROUNDSWELL_STORE_EMBEDDED_H

#include <stdint.h>
#include <sys/types.h>

#include "groundswell/base/fault.h"

struct loop;
struct embedded_redis;

enum embedded_event {
    EMBEDDED_WAITING, /* a predecessor is still shutting down; tried again for patience_ms */
    EMBEDDED_STARTED, /* the process runs; the store will find out when it answers */
    EMBEDDED_DIED,    /* it exited by itself; started again after a pause */
    EMBEDDED_GAVE_UP, /* the predecessor never let go of the folder: nothing more comes */
};

struct embedded_plan {
    const char *data_folder;   /* exists or is made; copied */
    const char *program;       /* NULL: redis-server, found in PATH */
    uint64_t memory_max_bytes; /* 0: none; above it what needs memory is refused, nothing evicted */
    unsigned patience_ms;      /* how long to wait for a predecessor; 0: 60 s */
    void (*on_event)(void *ctx, enum embedded_event event); /* never synchronous; NULL accepted */
    void *ctx;
};

/* Starts in the background. NULL: folder or configuration could not be written (logged). */
struct embedded_redis *embedded_start(struct loop *loop, const struct embedded_plan *plan);
/* "unix:DIR/redis/redis.sock", for store_plan.address; borrowed until embedded_stop(). */
const char *embedded_address(const struct embedded_redis *redis);
pid_t embedded_pid(const struct embedded_redis *redis); /* 0 while none runs */
/* SIGTERM, waits (blocking) for the clean end, at most patience_ms, then SIGKILL; frees. NULL
 * accepted. */
void embedded_stop(struct embedded_redis *redis, unsigned patience_ms);

#endif
