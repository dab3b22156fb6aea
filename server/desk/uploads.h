/* uploads.h -- files that come in and go out: what the door and purge ask of uploads.c and
 * uploads_forget.c. */
#ifndef GROUNDSWELL_DESK_UPLOADS_H
#define GROUNDSWELL_DESK_UPLOADS_H

#include "groundswell/base/media.h"
#include "groundswell/ledger/ledger.h"

struct desk;
struct spool;
struct visit;

#define SHELF_FOLDER_SIZE 4096

/* What can be judged of a file before it comes: what it is called and sent as. False: answered. */
bool upload_check(struct visit *visit);

/* DATA/files/<slug>. False: none is kept, or the name is too long. */
bool uploads_folder(const struct desk *desk, struct text slug, char ret[static SHELF_FOLDER_SIZE]);

/* What a file is by its bytes; in a worker, for all of it may have to be read. */
enum fault upload_look(const struct spool *spool, enum media *ret_seen,
                       const char **ret_looks) MUST_CHECK;

/* In the visit's arena, for one community after the other. NULL: memory is short. */
struct forgetting;
struct forgetting *forgetting_new(struct visit *visit);

/* Removes the files of a community that the ledger does not know. `done` with how many, in a later
 * turn; false: it will not come, for the workers are busy. */
bool uploads_forget(struct forgetting *forgetting, struct text slug,
                    void (*done)(void *ctx, enum fault fault, uint64_t files), void *ctx);

#endif
