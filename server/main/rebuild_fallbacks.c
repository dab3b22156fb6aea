/* rebuild_fallbacks.c -- what waits behind pledges, written as the functions would have left it. */
#include "rebuild.h"

#include "groundswell/base/secret.h"
#include "groundswell/rules/model_fallback.h"

static enum fault sent(struct rebuilding *r)
{
    r->in_flight++;
    return rebuild_wait(r, REBUILD_IN_FLIGHT_MAX);
}

static void fallback_write(void *ctx, const struct model_fallback *is)
{
    struct rebuilding *r = ctx;
    struct restore_fallback to = {model_round(r->model), is->proposal, is->seq, "", TEXT_NONE};
    CLEANUP(buf) struct buf wallet = BUF_MAX(64);
    CLEANUP(buf) struct buf steps = BUF_MAX(RESTORE_STEPS_SIZE + 1);
    if (r->fault) return;
    encode_base64url(&wallet, is->wallet, sizeof is->wallet);
    INVARIANT(wallet.len == RESIDENT_ID_SIZE);
    memcpy(to.wallet, wallet.data, RESIDENT_ID_SIZE + 1);
    for (size_t i = 0; i < is->steps_n; i++)
        buf_format(&steps, "%s%u", i ? "," : "", is->steps[i]);
    to.steps = buf_view(&steps);
    ledger_restore_fallback(&r->to, &to);
    enum fault no = sent(r);
    if (!no && is->cause) {
        ledger_restore_released(&r->to, is->cause, is->proposal);
        no = sent(r);
    }
    if (no && !r->fault) r->fault = no;
}

enum fault rebuild_fallbacks(struct rebuilding *r)
{
    model_fallbacks_each(r->model, fallback_write, r);
    return r->fault;
}
