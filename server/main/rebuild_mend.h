/* rebuild_mend.h -- before a log is read for a rebuild: what a crash left of a publication. */
#ifndef GROUNDSWELL_MAIN_REBUILD_MEND_H
#define GROUNDSWELL_MAIN_REBUILD_MEND_H

#include "rebuild.h"

/* Where it is the log of the data folder: a publication that was cut off is finished or swept away,
 * as the sealer does when it opens a log. Does nothing where somebody seals it, or its key is not
 * there; what else keeps it from being opened is the verification's to tell. */
void rebuild_mend(const struct rebuilding *r);

#endif
