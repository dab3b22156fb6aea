/* model_activate.c -- critical mass: who is ready, and the step that makes a commission.
 *
 * Headroom is summed over the funds each time it is asked for (there are at most 64), where the
 * ledger keeps it by theme: the two must come to the same. */
#include <string.h>

#include "deliver_inside.h"
#include "mass_inside.h"
#include "tally_inside.h"
#include "window_inside.h"

/* ---- ready: money, people and breadth are there, only headroom lacks ---- */

void ready_leave(struct model *model, uint64_t proposal)
{
    if (proposal_at(model, proposal)->ready_seq == 0)
        return;
    size_t i = 0;
    while (model->ready[i] != proposal)
        i++;
    model->ready_n--;
    memmove(&model->ready[i], &model->ready[i + 1], (model->ready_n - i) * sizeof *model->ready);
    proposal_at(model, proposal)->ready_seq = 0;
}

void ready_leave_tender(struct model *model, uint64_t tender)
{
    for (size_t i = model->ready_n; i > 0; i--)
        if (proposal_at(model, model->ready[i - 1])->tender == tender)
            ready_leave(model, model->ready[i - 1]);
}

void ready_clear(struct model *model)
{
    while (model->ready_n > 0)
        ready_leave(model, model->ready[model->ready_n - 1]);
}

/* The score is the seq of the record that made it true, and seq only grows: append. */
void ready_enter(struct model *model, uint64_t proposal, uint64_t seq)
{
    if (proposal_at(model, proposal)->ready_seq)
        return;
    model->ready = grown(model->ready, &model->ready_max, model->ready_n, sizeof *model->ready);
    model->ready[model->ready_n++] = proposal;
    proposal_at(model, proposal)->ready_seq = seq;
}

static struct text theme_of(const struct model *model, const struct proposal *proposal)
{
    return word_text(&tender_at(model, proposal->tender)->theme);
}

void qualifying(const struct model *model, struct verdict *ret)
{
    ret->qualifying_n = 0;
    for (size_t i = 0; i < model->ready_n && ret->qualifying_n < QUALIFYING_MAX; i++) {
        const struct proposal *proposal = proposal_at(model, model->ready[i]);
        const struct tender *tender = tender_at(model, proposal->tender);
        if ((tender->mark == 'o' || tender->mark == 'h') && !tender->paused_until &&
            model_headroom(model, theme_of(model, proposal)) >= proposal->price)
            ret->qualifying[ret->qualifying_n++] = model->ready[i];
    }
}

/* ---- activation ---- */

static struct share share_find(const struct proposal *proposal)
{
    struct share share = {0};
    uint32_t *amounts = malloc(proposal->places_n * sizeof *amounts);
    INVARIANT(amounts != NULL);
    for (size_t i = 0; i < proposal->places_n; i++)
        amounts[i] = proposal->places[i].amount;
    bool reached = share_of(amounts, proposal->places_n, proposal->price, &share);
    INVARIANT(reached);
    free(amounts);
    return share;
}

/* One pass over the funds of exactly this theme; returns what is still to be drawn. */
static uint64_t draw_from(struct model *model, struct text theme, uint64_t price,
                          struct record_pairs *pairs, uint64_t (*draws)[2])
{
    for (size_t i = 0; i < model->funds_n && price > 0; i++) {
        struct fund *fund = &model->funds[i];
        if (!text_equal(word_text(&fund->theme), theme) || fund->left == 0)
            continue;
        uint64_t draw = fund->left < price ? fund->left : price;
        fund->left -= draw;
        price -= draw;
        draws[pairs->n][0] = i + 1;
        draws[pairs->n++][1] = draw;
    }
    return price;
}

static struct record_pairs draw(struct model *model, const struct proposal *proposal,
                                uint64_t (*draws)[2])
{
    struct record_pairs pairs = {(const uint64_t(*)[2])draws, 0};
    struct text theme = theme_of(model, proposal);
    uint64_t left = proposal->price;
    if (theme.n)
        left = draw_from(model, theme, left, &pairs, draws);
    left = draw_from(model, TEXT(""), left, &pairs, draws);
    INVARIANT(left == 0);
    return pairs;
}

static void money_moves(struct model *model, struct proposal *proposal, const struct share *share)
{
    struct accounts *now = &model->accounts;
    now->held -= proposal->sum;
    now->committed += proposal->price;
    now->unallotted += share->rounding;
    now->free += proposal->sum - share->spent;
    now->spent += share->spent;
    now->prices += proposal->price;
    now->rounding += share->rounding;
}

/* The award; returns what the last one releases of the other proposals' pledges. */
static uint64_t tender_award(struct model *model, uint64_t number, uint64_t sum)
{
    struct tender *tender = tender_at(model, number);
    tender->held -= sum;
    tender->live--;
    tender->awards++;
    tender->mark = 'o'; /* where it was hidden, the first award discloses it */
    window_forget(model, number);
    if (tender->awards < tender->awards_max)
        return 0;
    uint64_t released = tender->held;
    tender_release(model, number, 'a');
    due_remove(model, 't', number);
    return released;
}

void activate(struct model *model, uint64_t number, struct why why, struct verdict *ret)
{
    struct proposal *proposal = proposal_at(model, number);
    struct share share = share_find(proposal);
    struct record *record = record_begin(model, ret, RECORD_COMMISSION_ACTIVATED);
    money_moves(model, proposal, &share);
    record_set(record, FIELD_PROPOSAL, number);
    record_set(record, FIELD_TENDER, proposal->tender);
    record_set(record, FIELD_PRICE, proposal->price);
    record_set(record, FIELD_RHO, share.rho);
    record_set(record, FIELD_SPENT, share.spent);
    record_set(record, FIELD_ROUNDING, share.rounding);
    record_set(record, FIELD_PEOPLE, proposal->people);
    record_set(record, FIELD_PLEDGED, proposal->sum);
    INVARIANT(ret->draws_n < SETTLE_MAX + 1);
    record_set_pairs(record, FIELD_DRAWS, draw(model, proposal, ret->draws[ret->draws_n++]));
    delivery_begin(model, number, record->draws);
    if (why.due)
        record_set(record, FIELD_DUE, why.due);
    if (why.cause)
        record_set(record, FIELD_CAUSE, *why.cause);
    ready_leave(model, number);
    proposal->mark = 'a';
    proposal->rho = share.rho;
    proposal_empty(proposal);
    tally_disclose(model, proposal->tender, ret);
    record_set(record, FIELD_RELEASED, tender_award(model, proposal->tender, proposal->sum));
    model->commissions = grown(model->commissions, &model->commissions_max, model->commissions_n,
                               sizeof *model->commissions);
    model->commissions[model->commissions_n++] = number;
}

/* ---- the rule ---- */

static struct shortfall lacks(const struct model *model, const struct proposal *proposal)
{
    const struct tender *tender = tender_at(model, proposal->tender);
    struct mass mass = {proposal->price, tender->people_min, tender->areas_min,
                        tender->area_people_min};
    struct progress progress = {proposal->sum, proposal->people, proposal->areas_ok,
                                model_headroom(model, word_text(&tender->theme))};
    return progress_judge(&mass, &progress);
}

bool mass_is_met(const struct model *model, uint64_t proposal)
{
    struct shortfall missing = lacks(model, proposal_at(model, proposal));
    return shortfall_none(&missing) || shortfall_only_headroom(&missing);
}

/* All conditions are met: by the record `cause`, or (NULL) by money that came. */
static void mass_reached(struct model *model, uint64_t number, const uint64_t *cause,
                         struct verdict *ret)
{
    if (tender_at(model, proposal_at(model, number)->tender)->window)
        window_begin(model, number, ret->at, (struct why){.cause = cause}, ret);
    else
        activate(model, number, (struct why){.cause = cause}, ret);
}

void mass_judge(struct model *model, uint64_t proposal, uint64_t seq, bool may_activate,
                struct verdict *ret)
{
    struct shortfall missing = lacks(model, proposal_at(model, proposal));
    uint64_t number = proposal_at(model, proposal)->tender, critical =
        tender_at(model, number)->critical;
    if (critical == proposal && !shortfall_only_headroom(&missing))
        window_broken(model, number, seq, ret);
    else if (critical == proposal)
        return;
    else if (shortfall_none(&missing) && may_activate && !critical)
        mass_reached(model, proposal, &seq, ret);
    else if (shortfall_only_headroom(&missing))
        ready_enter(model, proposal, seq);
    else
        ready_leave(model, proposal);
}

void act_activate(struct model *model, const struct record *in, struct verdict *ret)
{
    struct proposal *proposal = proposal_at(model, in->proposal);
    if (!proposal) {
        refuse_one(ret, REFUSAL_PROPOSAL_UNKNOWN, "proposal", in->proposal);
        return;
    }
    const struct tender *tender = tender_at(model, proposal->tender);
    if (!proposal_is_live(proposal, ret) || !tender_lives(model, tender, ret) ||
        !tender_runs(tender, ret))
        return;
    if (tender->mark == 'c') {
        refuse_one(ret, REFUSAL_WINDOW_RUNS, "until", tender->critical_until);
        return;
    }
    struct shortfall missing = lacks(model, proposal);
    if (!shortfall_none(&missing)) {
        refuse_one(ret, REFUSAL_RULE_NOT_MET, "money", missing.money);
        refuse_number(ret, "people", missing.people);
        refuse_number(ret, "areas", missing.areas);
        refuse_number(ret, "headroom", missing.headroom);
        return;
    }
    mass_reached(model, in->proposal, NULL, ret);
    ret->number = in->proposal;
}
