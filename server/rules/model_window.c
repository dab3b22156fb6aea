/* model_window.c -- the stability window and the brake.
 *
 * A rule that is met makes a tender with a window critical; who else meets it waits in `ready`, as
 * those do who lack headroom. Broken, the first of them that the funds can pay for is next. A pause
 * moves a tender's closing and window; nothing is pledged and nothing activates while it lasts. */
#include "mass_inside.h"
#include "window_inside.h"

#define DAY_MS UINT64_C(86400000)
#define PAUSES_MAX_MS (14 * DAY_MS)

/* Sets `due` and `cause` of a record, each where it is there (due: not 0). */
static void told_by(struct record *record, struct why why)
{
    if (why.due)
        record_set(record, FIELD_DUE, why.due);
    if (why.cause)
        record_set(record, FIELD_CAUSE, *why.cause);
}

void window_begin(struct model *model, uint64_t number, uint64_t since, struct why why,
                  struct verdict *ret)
{
    uint64_t of = proposal_at(model, number)->tender;
    struct tender *tender = tender_at(model, of);
    uint64_t from = tender->paused_until > since ? tender->paused_until : since;
    struct record *record = record_begin(model, ret, RECORD_TENDER_CRITICAL);
    tender->mark = 'c';
    tender->critical = number;
    tender->critical_since = since;
    tender->critical_until = from + tender->window;
    record_set(record, FIELD_TENDER, of);
    record_set(record, FIELD_PROPOSAL, number);
    record_set(record, FIELD_UNTIL, tender->critical_until);
    told_by(record, why);
    ready_leave(model, number);
    due_add(model, (struct deadline){tender->critical_until, record->seq, 'c', of});
}

void window_forget(struct model *model, uint64_t number)
{
    struct tender *tender = tender_at(model, number);
    if (tender->critical)
        due_remove(model, 'c', number);
    tender->critical = tender->critical_since = tender->critical_until = 0;
}

/* The window is free: to the first who is ready and can be paid for. `ready` is in order; of
 * whoever left, that took from several at once, not all in it have been judged yet. */
static void pass_on(struct model *model, uint64_t number, uint64_t since, struct why why,
                    struct verdict *ret)
{
    uint64_t headroom = model_headroom(model, word_text(&tender_at(model, number)->theme));
    for (size_t i = 0; i < model->ready_n; i++) {
        const struct proposal *proposal = proposal_at(model, model->ready[i]);
        if (proposal->tender != number || proposal->price > headroom ||
            !mass_is_met(model, model->ready[i]))
            continue;
        window_begin(model, model->ready[i], since, why, ret);
        return;
    }
}

/* Returns the record's seq. */
static uint64_t reopen(struct model *model, uint64_t number, struct why why, struct verdict *ret)
{
    struct tender *tender = tender_at(model, number);
    struct record *record = record_begin(model, ret, RECORD_TENDER_REOPENED);
    record_set(record, FIELD_TENDER, number);
    record_set(record, FIELD_PROPOSAL, tender->critical);
    told_by(record, why);
    window_forget(model, number);
    tender->mark = 'o';
    return record->seq;
}

void window_broken(struct model *model, uint64_t number, uint64_t cause, struct verdict *ret)
{
    struct why why = {.cause = &cause};
    reopen(model, number, why, ret);
    pass_on(model, number, ret->at, why, ret);
}

void window_end(struct model *model, uint64_t number, uint64_t due, struct verdict *ret)
{
    struct tender *tender = tender_at(model, number);
    struct why why = {.due = due};
    uint64_t critical = tender->critical;
    if (model_headroom(model, word_text(&tender->theme)) >= proposal_at(model, critical)->price) {
        activate(model, critical, why, ret);
        if (tender->mark == 'a')
            return;
    } else {
        ready_enter(model, critical, reopen(model, number, why, ret));
    }
    pass_on(model, number, due, why, ret);
}

/* ---- the brake ---- */

bool tender_runs(const struct tender *tender, struct verdict *ret)
{
    if (tender->paused_until)
        refuse_one(ret, REFUSAL_TENDER_PAUSED, "until", tender->paused_until);
    return !tender->paused_until;
}

/* Closing and window are later by `later`, and earlier by `earlier`. */
static void deadlines_move(struct model *model, uint64_t number, uint64_t later, uint64_t earlier)
{
    struct tender *tender = tender_at(model, number);
    tender->closes = tender->closes + later - earlier;
    due_move(model, 't', number, tender->closes);
    if (!tender->critical)
        return;
    tender->critical_until = tender->critical_until + later - earlier;
    due_move(model, 'c', number, tender->critical_until);
}

void pause_forget(struct model *model, uint64_t number)
{
    struct tender *tender = tender_at(model, number);
    if (tender->paused_until)
        due_remove(model, 'u', number);
    tender->paused_until = 0;
}

static uint64_t days_of(uint64_t ms)
{
    return (ms + DAY_MS - 1) / DAY_MS;
}

static bool pause_fits(const struct tender *tender, uint64_t until, struct verdict *ret)
{
    if (until <= ret->at) {
        refuse_one(ret, REFUSAL_PAUSE_TOO_SHORT, "until", until);
        refuse_number(ret, "now", ret->at);
        return false;
    }
    if (until - ret->at <= PAUSES_MAX_MS - tender->paused)
        return true;
    refuse_one(ret, REFUSAL_PAUSE_TOO_LONG, "days", days_of(until - ret->at));
    refuse_number(ret, "used", days_of(tender->paused));
    refuse_number(ret, "most", days_of(PAUSES_MAX_MS));
    return false;
}

void act_tender_paused(struct model *model, const struct record *in, struct verdict *ret)
{
    struct tender *tender = tender_for(model, in->tender, TEXT_NONE, ret);
    if (!tender || !tender_lives(model, tender, ret) || !tender_runs(tender, ret) ||
        !pause_fits(tender, in->until, ret))
        return;
    struct record *record = record_begin(model, ret, RECORD_TENDER_PAUSED);
    record_set(record, FIELD_TENDER, in->tender);
    record_set(record, FIELD_UNTIL, in->until);
    record_set_text(record, FIELD_TEXT_HASH, in->text);
    tender->paused += in->until - ret->at;
    tender->paused_until = in->until;
    due_add(model, (struct deadline){in->until, record->seq, 'u', in->tender});
    deadlines_move(model, in->tender, in->until - ret->at, 0);
    ret->number = in->tender;
}

void pause_end(struct model *model, uint64_t number, uint64_t due, struct verdict *ret)
{
    struct tender *tender = tender_at(model, number);
    uint64_t unused = due ? 0 : tender->paused_until - ret->at;
    struct record *record = record_begin(model, ret, RECORD_TENDER_RESUMED);
    tender->paused -= unused;
    told_by(record, (struct why){.due = due});
    record_set(record, FIELD_TENDER, number);
    record_set(record, FIELD_PAUSED, tender->paused);
    pause_forget(model, number);
    deadlines_move(model, number, 0, unused);
}

void act_tender_resumed(struct model *model, const struct record *in, struct verdict *ret)
{
    struct tender *tender = tender_for(model, in->tender, TEXT_NONE, ret);
    if (!tender || !tender_lives(model, tender, ret))
        return;
    if (!tender->paused_until) {
        refuse(ret, REFUSAL_TENDER_NOT_PAUSED);
        return;
    }
    pause_end(model, in->tender, 0, ret);
    ret->number = in->tender;
}
