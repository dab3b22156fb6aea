/* recount.h -- a community's public log, record by record, against the rules.
 *
 * From each record only what its actor decided is taken; the act is done again by the model, and
 * what the model would have written is compared with what the log says, field by field. Records
 * that nobody decides (settlings, activations) must be exactly those that the model gives. The
 * first difference ends the recount with a plain sentence.
 *
 * Sealed records are opened by the keys that it is given before their tenders open. Without its key
 * one counts as a place in the log (model_unopened), and what a pledge below a token may be is not
 * judged behind it.
 *
 * What a recount cannot see: words that nothing follows from (text hashes, a currency), and the
 * moment of a record between its neighbours. Compare the accounts,
 * tallies and wallets that it arrives at (recount_model) with what the ledger holds. */
#ifndef GROUNDSWELL_RULES_RECOUNT_H
#define GROUNDSWELL_RULES_RECOUNT_H

#include "groundswell/rules/model.h"

struct recount {
    struct model *model;
    struct verdict *verdict;
    size_t pending; /* index of the verdict's next record that the log still owes */
    uint64_t records;
    struct recount_key {
        uint64_t tender;
        char hex[64];
    } *keys;
    size_t keys_n, keys_max;
    struct arena arena;   /* of `opened` */
    struct record opened; /* the last record: what was inside, where it was sealed */
    uint64_t opened_of;   /* the tender whose key has opened it, or 0 */
    char why[400]; /* the first difference; "" while there is none */
};

void recount_init(struct recount *recount);
void recount_release(struct recount *recount);

/* The key of a tender's hidden tally, before the record of its opening. */
void recount_key(struct recount *recount, uint64_t tender, const uint8_t key[static 32]);
bool recount_has_key(const struct recount *recount, uint64_t tender);

/* The next record of the log, from seq 0 on. False at the first difference, and ever after. The
 * record's texts and pairs need only last for the call. */
bool recount_next(struct recount *recount, const struct record *record) MUST_CHECK;

/* Behind the last record: false where it owes another. */
bool recount_end(struct recount *recount) MUST_CHECK;

/* "record 17 (pledge_set): was is 31, but the rules give 30"; NULL where all agreed so far. */
const char *recount_why(const struct recount *recount);

/* What is inside a sealed record of the log, by any key there is; NULL where none opens it. Good
 * until the next record is counted or opened. */
const struct record *recount_inside(struct recount *recount, const struct record *sealed);

/* The record that was counted last, opened where it was sealed and could be; until the next. */
static inline const struct record *recount_last(const struct recount *recount)
{
    return &recount->opened;
}

static inline const struct model *recount_model(const struct recount *recount)
{
    return recount->model;
}

#endif
