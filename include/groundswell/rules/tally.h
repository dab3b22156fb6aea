/* tally.h -- hidden tallies: how a sealed record is opened (server/ledger/SERVICE.md), and what the
 * model knows of them.
 *
 * The functions in Redis seal, by a cipher of their own; here the same is done with OpenSSL's. */
#ifndef GROUNDSWELL_RULES_TALLY_H
#define GROUNDSWELL_RULES_TALLY_H

#include "groundswell/rules/model.h"

#define TALLY_KEY_SIZE 32

/* The key of the one record that stands at seq, at, out of its tender's. */
void tally_record_key(const uint8_t tender_key[static TALLY_KEY_SIZE], uint64_t seq, uint64_t at,
                      uint8_t ret[static TALLY_KEY_SIZE]);

/* What would stand in the place of a record `sealed` in the clear; its texts and pairs are in
 * `arena`. FAULT_FORMAT: this is not its key. FAULT_MEMORY. */
enum fault tally_open(const struct record *sealed, const uint8_t record_key[static TALLY_KEY_SIZE],
                      struct arena *arena, struct record *ret) MUST_CHECK;

/* For tests and whoever tells people: seals `plain` as the functions do. INVARIANT: it is a record
 * of a pledge, short enough. */
void tally_seal(const struct record *plain, const uint8_t tender_key[static TALLY_KEY_SIZE],
                struct buf *out);

/* ---- the model ------------------------------------------------------------------------------ */

/* The accounts as if nobody had pledged on what is hidden. */
struct accounts model_accounts_shown(const struct model *model);
/* The tenders whose tally is hidden now, by number; how many. */
size_t model_hidden(const struct model *model, uint64_t ret[static TALLIES_HIDDEN_MAX]);
/* False where the key is not known. */
bool model_tally_key(const struct model *model, uint64_t tender,
                     uint8_t ret[static TALLY_KEY_SIZE]);
/* How many sealed records of the round stand uncounted. */
uint64_t model_unopened(const struct model *model);

#endif
