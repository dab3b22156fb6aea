/* spool.h -- a file that arrives in pieces: under a temporary name and hashed as it grows, then put
 * on a shelf (shelf.h), or gone.
 *
 * Whoever writes it holds a lock on it, so that any process can tell what a killed one has left
 * behind, and sweep it. */
#ifndef GROUNDSWELL_IO_SPOOL_H
#define GROUNDSWELL_IO_SPOOL_H

#include <stdbool.h>
#include <stdint.h>

#include "groundswell/base/fault.h"
#include "groundswell/base/text.h"

struct spool;

/* The folder is made where it is absent. NULL, with errno: the system refused. */
struct spool *spool_open(const char *folder);
/* Gone, unless it was put on a shelf. NULL accepted. */
void spool_free(struct spool *spool);

/* Written at once and not synced, so it blocks as long as a write does: small pieces. FAULT_IO with
 * errno, and the spool takes no more. */
enum fault spool_put(struct spool *spool, struct text bytes) MUST_CHECK;
/* After a FAULT_IO: whether it is for want of room that it was refused (errno). */
bool spool_is_full(int error);

uint64_t spool_bytes(const struct spool *spool);
/* Of all of it, as 64 hex digits; nothing is put any more. Valid as long as the spool is. */
const char *spool_digest(struct spool *spool);
/* To look at what came; the spool's own. */
int spool_fd(const struct spool *spool);

/* Removes what nobody writes any more. An absent folder is fine. */
enum fault spool_sweep(const char *folder) MUST_CHECK;

#endif
