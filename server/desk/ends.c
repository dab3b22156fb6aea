/* ends.c -- what ended before its time, as this process has heard of it.
 *
 * A session is believed by its seal; what takes that back is a stream in the ledger that every
 * process follows from its first entry on, so that an end that one of them was told is known to all
 * within a moment. Where it cannot be remembered, sessions are refused rather than believed. */
#include "ends.h"

#include "groundswell/base/clock.h"
#include "groundswell/base/log.h"
#include "groundswell/base/secret.h"
#include "groundswell/io/loop.h"
#include "groundswell/ledger/ended.h"

#define KEPT_MAX ENDED_MAX /* of about a day; some megabytes where thousands sign out */
#define SWEEP_MS 600000

struct ends {
    struct loop *loop;
    struct ended *kept;
    struct ended_follow *follow;
    struct timer *sweep;
    bool told, lost;
};

static uint64_t now_s(void)
{
    return clock_wall_ms() / 1000;
}

static enum fault keep(struct ends *ends, const struct ended_entry *entry)
{
    uint8_t session[SESSION_ID_SIZE], key[PROGRAM_KEY_ID_SIZE];
    switch (entry->kind) {
    case ENDED_SESSION:
        if (decode_base64url(entry->id, session, sizeof session) != sizeof session)
            return FAULT_FORMAT;
        return ended_add_session(ends->kept, session, entry->until_s);
    case ENDED_ACCOUNT:
        return ended_add_epoch(ends->kept, entry->id, entry->epoch, entry->until_s);
    case ENDED_KEY:
        if (!program_key_id_parse(entry->id, key)) return FAULT_FORMAT;
        return ended_add_key(ends->kept, key, entry->until_s);
    }
    return FAULT_FORMAT;
}

static void on_ended(void *ctx, const struct ended_entry *entry)
{
    struct ends *ends = ctx;
    if (entry->until_s <= now_s()) return;
    enum fault no = keep(ends, entry);
    if (no == FAULT_LIMIT) {
        (void)ended_sweep(ends->kept, now_s());
        no = keep(ends, entry);
    }
    if (!no) return;
    log_error("desk", "what ended cannot be remembered: %s", fault_name(no));
    if (no != FAULT_FORMAT) ends->lost = true;
}

static void on_ready(void *ctx)
{
    struct ends *ends = ctx;
    ends->told = true;
}

static void on_sweep(void *ctx)
{
    struct ends *ends = ctx;
    (void)ended_sweep(ends->kept, now_s());
    ends->sweep = loop_after(ends->loop, SWEEP_MS, on_sweep, ends);
}

struct ends *ends_new(struct loop *loop, struct ledger *ledger)
{
    struct ends *ends = calloc(1, sizeof *ends);
    if (!ends) return NULL;
    const struct ended_listener listener = {
        .on_ended = on_ended, .on_ready = on_ready, .ctx = ends};
    ends->loop = loop;
    ends->kept = ended_new(KEPT_MAX);
    ends->follow = ends->kept ? ledger_ended_follow(ledger, &listener) : NULL;
    ends->sweep = ends->follow ? loop_after(loop, SWEEP_MS, on_sweep, ends) : NULL;
    if (ends->sweep) return ends;
    ends_stop(ends);
    ends_free(ends);
    return NULL;
}

void ends_stop(struct ends *ends)
{
    if (!ends) return;
    ledger_ended_stop(ends->follow);
    timer_cancel(ends->sweep);
    ends->follow = NULL;
    ends->sweep = NULL;
}

void ends_free(struct ends *ends)
{
    if (!ends) return;
    ended_free(ends->kept);
    free(ends);
}

bool ends_are_known(const struct ends *ends)
{
    return ends->told && !ends->lost;
}

bool ends_hold(const struct ends *ends, const struct session *session)
{
    return ended_holds(ends->kept, session);
}

bool ends_hold_key(const struct ends *ends, const uint8_t id[static PROGRAM_KEY_ID_SIZE])
{
    return ended_holds_key(ends->kept, id);
}
