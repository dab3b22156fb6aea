/* receipt.h -- the file that shows a resident that their record is in the log (C2SP tlog-proof).
 *
 *     c2sp.org/tlog-proof@v1
 *     index 7
 *     <base64 hash, the leaf's sibling first> ...
 *
 *     <the checkpoint, verbatim>
 *
 * With the record's own bytes and the log's vkey it is checked offline, for ever. */
#ifndef GROUNDSWELL_TLOG_RECEIPT_H
#define GROUNDSWELL_TLOG_RECEIPT_H

#include "groundswell/tlog/checkpoint.h"
#include "groundswell/tlog/proof.h"

#define RECEIPT_MAX (128 * KIB)
#define RECEIPT_EXTENSION ".tlog-proof"

/* Texts borrow from the parsed bytes. */
struct receipt {
    uint64_t index;
    struct proof proof;
    struct text extra; /* base64, not authenticated; TEXT_NONE where the line is absent */
    struct text checkpoint;
};

enum fault receipt_parse(struct text bytes, struct receipt *ret, struct doubt *doubt) MUST_CHECK;
void receipt_put(struct buf *out, const struct receipt *receipt);

/* Writes the receipt of entry `index` under this signed checkpoint, whose size must exceed it; the
 * tiles of that size are there. The proof is checked against the checkpoint's root before it is
 * given out; its signatures are not (they are the log's own). */
enum fault receipt_make(struct reader *reader, uint64_t index, struct text checkpoint,
                        struct buf *out, struct doubt *doubt) MUST_CHECK;

/* What a receipt that holds says. */
struct receipt_finding {
    struct receipt receipt;
    struct checkpoint checkpoint;
    size_t witnesses; /* that signed, of those asked about */
};

/* Offline: the entry's bytes are in the log that these signers signed. */
enum fault receipt_check(struct text bytes, struct text entry, const struct signers *signers,
                         struct receipt_finding *ret, struct doubt *doubt) MUST_CHECK;

#endif
