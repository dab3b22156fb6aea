/* record_say.h -- a record of the stream as its canonical JSON. */
#ifndef GROUNDSWELL_DESK_RECORD_SAY_H
#define GROUNDSWELL_DESK_RECORD_SAY_H

#include "groundswell/base/buf.h"
#include "groundswell/ledger/ledger.h"

/* Appends the bytes that the audit log hashes. FAULT_FORMAT, logged, where the entry is no record.
 */
enum fault record_say(const struct ledger_record *record, struct buf *out) MUST_CHECK;

#endif
