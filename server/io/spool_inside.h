/* spool_inside.h -- what spool.c and shelf.c share of a file on its way. */
#ifndef GROUNDSWELL_IO_SPOOL_INSIDE_H
#define GROUNDSWELL_IO_SPOOL_INSIDE_H

#include <limits.h>

#include "groundswell/base/secret.h"
#include "groundswell/io/spool.h"

struct spool {
    int fd;
    bool failed;
    bool shelved; /* has its own name now, and the temporary one is gone */
    bool fresh;   /* nobody had put the same file there before */
    uint64_t bytes;
    struct digest *digest; /* NULL once it is said */
    char hex[2 * DIGEST_SIZE + 1];
    char path[PATH_MAX];
};

#endif
