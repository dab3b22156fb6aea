/* archive_erased.h -- accounts that were erased after a backup was made, erased in it again. */
#ifndef GROUNDSWELL_MAIN_ARCHIVE_ERASED_H
#define GROUNDSWELL_MAIN_ARCHIVE_ERASED_H

#include "archive_ledger.h"

struct erased_again {
    const char *path; /* of the file, or NULL: none was given */
    size_t lines;     /* in it, and in that of the archive itself */
    size_t found;     /* accounts of them that the backup still had */
};

/* Erases the accounts of the folder's own file and of the one that was given from the snapshot's
 * ledger, and adds the lines of the latter to the former, so that the next backup has them. */
enum verb_exit erased_apply(struct snapshot *snapshot, struct erased_again *erased);

#endif
