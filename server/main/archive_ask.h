/* archive_ask.h -- how the two halves of a snapshot's reading ask its ledger. */
#ifndef GROUNDSWELL_MAIN_ARCHIVE_ASK_H
#define GROUNDSWELL_MAIN_ARCHIVE_ASK_H

#include "archive_ledger.h"

/* For answers: notes the outcome, ends the waiting; true where there is something to read. */
bool snapshot_heard(struct snapshot *snapshot, const struct ledger_answer *answer);
/* Waits for the one question under way: set `heard` to false before asking it. */
enum fault snapshot_wait(struct snapshot *snapshot) MUST_CHECK;

#endif
