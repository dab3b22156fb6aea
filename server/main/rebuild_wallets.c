/* rebuild_wallets.c -- the rows of wallets, and the histograms of the proposals that they pledged
 * to: a part of rebuild_write.c. */
#include "forward.h"

#include <stdlib.h>
#include <string.h>

#include "groundswell/base/secret.h"

/* ---- wallets --------------------------------------------------------------------------------- */

static enum fault batch_write(struct rebuilding *r)
{
    if (r->batch_n == 0) return FAULT_NONE;
    ledger_restore_wallets(&r->to, r->batch_round, r->batch, r->batch_n);
    r->batch_n = 0;
    return rebuild_next(r);
}

static void amount_keep(struct rebuilding *r, uint32_t proposal, uint32_t amount)
{
    struct amounts *amounts = &r->amounts[proposal];
    if (!amounts->kept) return;
    if (amounts->n == amounts->max) {
        amounts->max = amounts->max ? amounts->max * 2 : 64;
        amounts->at = realloc(amounts->at, amounts->max * sizeof *amounts->at);
        INVARIANT(amounts->at != NULL);
    }
    amounts->at[amounts->n++] = amount;
}

/* The row, which is the next of the batch already. */
static void row_keep(struct rebuilding *r, const struct model_wallet *wallet)
{
    struct wallet_state *to = &r->batch[r->batch_n];
    to->area = (uint32_t)wallet->area;
    to->pledges_n = (uint32_t)wallet->entries_n;
    to->fallbacks = wallet->fallbacks;
    for (size_t i = 0; i < wallet->entries_n; i++) {
        const struct wallet_entry *entry = &wallet->entries[i];
        struct model_proposal proposal;
        INVARIANT(model_proposal(r->model, entry->proposal, &proposal));
        to->pledges[i].proposal = entry->proposal;
        to->pledges[i].tender = (uint32_t)proposal.tender;
        to->pledges[i].amount = entry->amount;
        to->pledges[i].seq = entry->seq;
        amount_keep(r, entry->proposal, entry->amount);
    }
}

static void wallet_write(void *ctx, const struct model_wallet *wallet)
{
    struct rebuilding *r = ctx;
    if (r->fault) return;
    if (r->batch_n == RESTORE_BATCH_MAX || wallet->round != r->batch_round) {
        const enum fault no = batch_write(r);
        if (no && !r->fault) r->fault = no;
    }
    r->batch_round = wallet->round;
    struct wallet_state *to = &r->batch[r->batch_n];
    CLEANUP(buf) struct buf id = BUF_MAX(64);
    encode_base64url(&id, wallet->id, sizeof wallet->id);
    INVARIANT(id.len == RESIDENT_ID_SIZE && wallet->entries_n <= WALLET_PLEDGES_MAX);
    memcpy(to->wallet, id.data, RESIDENT_ID_SIZE + 1);
    row_keep(r, wallet);
    if (!forward_is_changed(r, to->wallet)) return; /* its row, with its keys, stays */
    r->batch_n++;
    r->wallets++;
}

static int amount_order(const void *a, const void *b)
{
    const uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return (x > y) - (x < y);
}

/* All buckets of one level: amounts are sorted, so that each is a run of them. */
static enum fault level_write(struct rebuilding *r, uint64_t number, unsigned level)
{
    const struct amounts *amounts = &r->amounts[number];
    struct restore_bucket buckets[RESTORE_BATCH_MAX];
    const unsigned shift = 24 - 6 * level;
    size_t n = 0;
    enum fault no = FAULT_NONE;
    for (size_t i = 0; i < amounts->n && !no;) {
        struct restore_bucket bucket = {.amount = amounts->at[i], .level = level};
        for (; i < amounts->n && amounts->at[i] >> shift == bucket.amount >> shift; i++) {
            bucket.count++;
            bucket.sum += amounts->at[i];
        }
        buckets[n++] = bucket;
        if (n < RESTORE_BATCH_MAX && i < amounts->n) continue;
        ledger_restore_histogram(&r->to, number, buckets, n);
        n = 0;
        no = rebuild_next(r);
    }
    return no;
}

static enum fault histograms_write(struct rebuilding *r)
{
    enum fault no = FAULT_NONE;
    for (uint64_t i = 1; i <= model_proposals(r->model) && !no; i++) {
        struct amounts *amounts = &r->amounts[i];
        if (!amounts->kept) continue;
        ledger_restore_histogram(&r->to, i, NULL, 0);
        no = rebuild_next(r);
        if (amounts->n) qsort(amounts->at, amounts->n, sizeof *amounts->at, amount_order);
        for (unsigned level = 1; level <= 4 && !no; level++)
            no = level_write(r, i, level);
    }
    return no;
}

enum fault rebuild_wallets(struct rebuilding *r)
{
    model_wallets_each(r->model, wallet_write, r);
    const enum fault no = r->fault ? r->fault : batch_write(r);
    return no ? no : histograms_write(r);
}
