/* files_records.h -- the records of a log, whether Redis still holds them or only the tiles do. */
#ifndef GROUNDSWELL_DESK_FILES_RECORDS_H
#define GROUNDSWELL_DESK_FILES_RECORDS_H

#include "groundswell/ledger/ledger.h"

struct desk;

/* Told each record in order: its canonical JSON, borrowed for the call. */
typedef enum fault record_told_fn(void *ctx, uint64_t seq, struct text json);

/* A page of the log. */
struct records_page {
    const struct desk *desk;
    struct text slug;
    uint64_t from;
    size_t limit;
};

/* The records from page->from on, at most page->limit of them: those that the stream no longer has
 * out of the tiles, the others out of the ledger's answer to ledger_log(from, limit). Logs its
 * faults; FAULT_ABSENT: the stream was trimmed below what is sealed. */
enum fault records_each(const struct records_page *page, const struct ledger_answer *answer,
                        record_told_fn *told, void *ctx) MUST_CHECK;

/* What stands behind "kind" in canonical JSON. */
struct text record_json_kind(struct text json);

#endif
