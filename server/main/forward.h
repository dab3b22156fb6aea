/* forward.h -- `rebuild --forward`: what is asked before a ledger that is behind its log is written
 * anew, and the log's newer files. The writing is rebuild_write.c's. */
#ifndef GROUNDSWELL_MAIN_FORWARD_H
#define GROUNDSWELL_MAIN_FORWARD_H

#include "rebuild.h"

/* All give VERB_DONE, or a sentence stands on standard error and nothing was changed. */

/* That nobody serves or seals from the data folder, and nobody begins to for the life of this
 * process; that its own log, where it has one, is a beginning of LOG. */
enum verb_exit forward_hold(struct rebuilding *r);

/* That the ledger's records are the log's, and that what follows can be made from records. Fills
 * r->from and r->changed. */
enum verb_exit forward_check(struct rebuilding *r);

/* The log's newer files into the data folder, where LOG is not the very folder; then verified. */
enum verb_exit forward_files(struct rebuilding *r);

/* Whether a missing record changed the wallet. True for all where the whole ledger is written. */
bool forward_is_changed(const struct rebuilding *r, const char *wallet);

void forward_tell(const struct rebuilding *r);
void forward_release(struct rebuilding *r);

#endif
