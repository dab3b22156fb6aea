/* workers.h -- a small bounded pool of threads for work that burns CPU or waits for a disk
 * (password hashes, fsync). Never talks to Redis, never touches what the loop owns. */
#ifndef GROUNDSWELL_IO_WORKERS_H
#define GROUNDSWELL_IO_WORKERS_H

#include <stddef.h>

#include "groundswell/base/fault.h"

struct loop;
struct workers;

struct workers *workers_new(struct loop *loop, size_t threads, size_t queue_max);
/* Finishes what runs, drops what waits (its done is not called), joins the threads. */
void workers_free(struct workers *workers);
/* `work` runs in a thread, then `done` in the loop. FAULT_BUSY when queue_max jobs wait. */
enum fault workers_submit(struct workers *workers, void (*work)(void *ctx), void (*done)(void *ctx),
                          void *ctx) MUST_CHECK;

#endif
