/* rebuild_deliver.c -- what has become of commissions, written into Redis: their hashes, and what
 * those who pledged found of milestones. */
#include "delivery_rows.h"
#include "groundswell/base/secret.h"
#include "rebuild.h"

#define ROWS_MAX MIB

static enum fault commission_write(struct rebuilding *r, uint64_t number,
                                   const struct delivery *delivery)
{
    struct delivery_rows rows;
    struct arena arena;
    arena_init(&arena, ROWS_MAX);
    enum fault no = delivery_rows(delivery, &arena, &rows) ? FAULT_NONE : FAULT_MEMORY;
    if (!no && rows.n > 0) {
        ledger_restore_delivery(&r->to, "cm", number, rows.at, rows.n);
        r->in_flight++;
    }
    arena_release(&arena);
    return no ? no : rebuild_wait(r, REBUILD_IN_FLIGHT_MAX);
}

static void voice_write(void *ctx, const struct voice *voice)
{
    struct rebuilding *r = ctx;
    char name[64];
    CLEANUP(buf) struct buf wallet = BUF_MAX(64);
    if (r->fault) return;
    encode_base64url(&wallet, voice->wallet, sizeof voice->wallet);
    (void)snprintf(name, sizeof name, "%llu %.*s", (unsigned long long)voice->milestone,
                   TEXT_ARGS(buf_view(&wallet)));
    const struct ledger_member row = {text_of(name), text_of(voice->disputes ? "d" : "c")};
    ledger_restore_delivery(&r->to, "cv", voice->commission, &row, 1);
    r->in_flight++;
    const enum fault no = rebuild_wait(r, REBUILD_IN_FLIGHT_MAX);
    if (no && !r->fault) r->fault = no;
}

static enum fault cleared(struct rebuilding *r, const char *name, uint64_t number)
{
    ledger_restore_clear(&r->to, name, number);
    r->in_flight++;
    return rebuild_wait(r, REBUILD_IN_FLIGHT_MAX);
}

enum fault rebuild_deliver(struct rebuilding *r)
{
    enum fault no = FAULT_NONE;
    for (uint64_t i = 1; i <= model_proposals(r->model) && !no; i++) {
        const struct delivery *delivery = model_delivery(r->model, i);
        no = cleared(r, "cm", i);
        if (!no) no = cleared(r, "cv", i);
        if (!no && delivery) no = commission_write(r, i, delivery);
    }
    if (no) return no;
    model_voices_each(r->model, voice_write, r);
    return r->fault;
}
