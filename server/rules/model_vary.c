/* model_vary.c -- what is said of a commission on its way: what those who pledged found,
 * variations, outcomes, what agencies expect to save; and looking at all of it. */
#include <string.h>

#include "deliver_inside.h"
#include "pledge_inside.h"

/* ---- voices ---- */

static bool may_speak(struct model *model, const struct record *in, struct verdict *ret)
{
    const struct proposal *proposal = proposal_at(model, in->commission);
    if (!proposal || !proposal->delivery) {
        refuse_one(ret, REFUSAL_COMMISSION_UNKNOWN, "commission", in->commission);
        return false;
    }
    uint64_t round = proposal->delivery->round;
    if (in->round != round) {
        refuse_one(ret, REFUSAL_ROUND_CHANGED, "round", round);
        return false;
    }
    if (wallet_entry_at(wallet_at(model, round, in->wallet), in->commission))
        return true;
    refuse(ret, REFUSAL_COMMISSION_NOT_YOURS);
    return false;
}

static struct spoken_key spoken_key(const struct model *model, const struct record *in)
{
    struct spoken_key key = {.commission = (uint32_t)in->commission,
                             .milestone = (uint32_t)in->milestone};
    const struct wallet *wallet = wallet_at(model, in->round, in->wallet);
    memcpy(key.wallet, wallet->key.id, sizeof key.wallet);
    return key;
}

void act_milestone_spoken(struct model *model, const struct record *in, struct verdict *ret)
{
    bool disputes = in->kind == RECORD_MILESTONE_DISPUTED;
    struct delivery *delivery =
        may_speak(model, in, ret) ? delivery_for(model, in, "cd", ret) : NULL;
    struct milestone *milestone =
        delivery ? milestone_for(delivery, in->milestone, 'r', ret) : NULL;
    if (!milestone)
        return;
    struct spoken_key key = spoken_key(model, in);
    struct spoken *spoken;
    HASH_FIND(hh, model->spoken, &key, sizeof key, spoken);
    if (spoken) {
        refuse(ret, REFUSAL_MILESTONE_SPOKEN);
        return;
    }
    spoken = calloc(1, sizeof *spoken);
    INVARIANT(spoken != NULL);
    *spoken = (struct spoken){.key = key, .disputes = disputes};
    HASH_ADD(hh, model->spoken, key, sizeof spoken->key, spoken);
    *(disputes ? &milestone->disputed : &milestone->confirmed) += 1;
    struct record *record = delivery_record(model, in, in->kind, ret);
    record_set(record, FIELD_ROUND, in->round);
    record_set_text(record, FIELD_WALLET, in->wallet);
    record_set(record, FIELD_MILESTONE, in->milestone);
    record_set(record, FIELD_CONFIRMED, milestone->confirmed);
    record_set(record, FIELD_DISPUTED, milestone->disputed);
}

/* ---- variations ---- */

/* What milestones gain together; *ret_fixed: the first that changes and may not, or 0. */
static uint64_t variation_moves(const struct delivery *delivery, const uint64_t *amounts,
                                size_t *ret_fixed)
{
    uint64_t moved = 0;
    *ret_fixed = 0;
    for (size_t i = 0; i < delivery->milestones_n; i++) {
        const struct milestone *milestone = &delivery->milestones[i];
        bool fixed = milestone->mark == 'a' || milestone->mark == 'y';
        if (amounts[i] != milestone->amount && fixed && *ret_fixed == 0)
            *ret_fixed = i + 1;
        if (amounts[i] > milestone->amount)
            moved += amounts[i] - milestone->amount;
    }
    return moved;
}

static bool variation_is_good(const struct delivery *delivery, const struct variation *variation,
                              bool proposing, struct verdict *ret)
{
    size_t fixed;
    uint64_t moved = variation_moves(delivery, variation->amounts, &fixed);
    uint64_t ends = variation->ends, most = delivery->price / 5;
    if (fixed) {
        refuse_one(ret, REFUSAL_MILESTONE_FIXED, "milestone", fixed);
    } else if (proposing && moved == 0 && (ends == 0 || ends == delivery->ends)) {
        refuse(ret, REFUSAL_VARIATION_EMPTY);
    } else if (ends > 0 && !dates_are_good(delivery->starts, ends, ret)) {
        return false;
    } else if (delivery->moved + moved > most) {
        refuse_one(ret, REFUSAL_VARIATION_TOO_LARGE, "moved", moved);
        refuse_number(ret, "used", delivery->moved);
        refuse_number(ret, "most", most);
    } else {
        return true;
    }
    return false;
}

void act_variation_proposed(struct model *model, const struct record *in, struct verdict *ret)
{
    struct delivery *delivery = delivery_for(model, in, "cd", ret);
    size_t fixed;
    if (!delivery)
        return;
    if (in->milestones.n != delivery->milestones_n) {
        refuse_one(ret, REFUSAL_MILESTONES_COUNT, "given", in->milestones.n);
        refuse_number(ret, "milestones", delivery->milestones_n);
        return;
    }
    if (!milestones_are_price(in->milestones, delivery->price, ret))
        return;
    struct variation variation = {.at = ret->at, .ends = in->ends};
    for (size_t i = 0; i < in->milestones.n; i++)
        variation.amounts[i] = in->milestones.at[i][1];
    if (!variation_is_good(delivery, &variation, true, ret) ||
        !delivery_has_room("variations", delivery->variations_n, VARIATIONS_MAX, ret))
        return;
    struct record *record = delivery_record(model, in, RECORD_VARIATION_PROPOSED, ret);
    variation.seq = record->seq;
    variation.moved = variation_moves(delivery, variation.amounts, &fixed);
    delivery->variations[delivery->variations_n++] = variation;
    record_set(record, FIELD_VARIATION, delivery->variations_n);
    record_set_pairs(record, FIELD_MILESTONES, in->milestones);
    record_set(record, FIELD_MOVED, variation.moved);
    if (in->ends)
        record_set(record, FIELD_ENDS, in->ends);
}

void act_variation_approved(struct model *model, const struct record *in, struct verdict *ret)
{
    struct delivery *delivery = delivery_for(model, in, "cd", ret);
    size_t fixed;
    if (!delivery)
        return;
    if (in->variation == 0 || in->variation > delivery->variations_n) {
        refuse_one(ret, REFUSAL_VARIATION_UNKNOWN, "variation", in->variation);
        return;
    }
    struct variation *variation = &delivery->variations[in->variation - 1];
    if (variation->approved_seq) {
        refuse(ret, REFUSAL_VARIATION_APPROVED);
        return;
    }
    if (!variation_is_good(delivery, variation, false, ret))
        return;
    struct record *record = delivery_record(model, in, RECORD_VARIATION_APPROVED, ret);
    variation->moved = variation_moves(delivery, variation->amounts, &fixed);
    variation->approved_seq = record->seq;
    record_set(record, FIELD_VARIATION, in->variation);
    record_set(record, FIELD_MOVED, variation->moved);
    delivery->moved += variation->moved;
    for (size_t i = 0; i < delivery->milestones_n; i++)
        delivery->milestones[i].amount = variation->amounts[i];
    if (variation->ends)
        delivery->ends = variation->ends;
}

/* ---- outcomes and savings ---- */

void act_outcome_reported(struct model *model, const struct record *in, struct verdict *ret)
{
    struct delivery *delivery = delivery_for(model, in, "cdft", ret);
    if (!delivery || !delivery_has_room("outcomes", delivery->outcomes_n, OUTCOMES_MAX, ret))
        return;
    struct record *record = delivery_record(model, in, RECORD_OUTCOME_REPORTED, ret);
    struct outcome_told outcome = {.seq = record->seq, .at = record->at};
    outcome.has_figure = record_has(in, FIELD_FIGURE);
    outcome.figure = outcome.has_figure ? in->figure : 0;
    delivery->outcomes[delivery->outcomes_n++] = outcome;
    record_set(record, FIELD_OUTCOME, delivery->outcomes_n);
    if (outcome.has_figure)
        record_set(record, FIELD_FIGURE, in->figure);
}

void act_savings_noted(struct model *model, const struct record *in, struct verdict *ret)
{
    struct delivery *delivery = delivery_for(model, in, "acdft", ret);
    if (!delivery)
        return;
    struct record *record = delivery_record(model, in, RECORD_SAVINGS_NOTED, ret);
    delivery->savings_seq = record->seq;
    delivery->savings_n = in->agencies.n;
    for (size_t i = 0; i < in->agencies.n; i++)
        delivery->savings[i] = in->agencies.at[i][1];
    record_set_pairs(record, FIELD_AGENCIES, in->agencies);
}

/* ---- looking ---- */

void spoken_free(struct model *model)
{
    struct spoken *spoken, *next;
    HASH_ITER(hh, model->spoken, spoken, next) {
        HASH_DEL(model->spoken, spoken);
        free(spoken);
    }
}

const struct delivery *model_delivery(const struct model *model, uint64_t commission)
{
    const struct proposal *proposal = proposal_at(model, commission);
    return proposal ? proposal->delivery : NULL;
}

size_t model_milestones(const struct model *model, uint64_t number,
                        uint64_t ret_amounts[MILESTONES_MAX])
{
    const struct proposal *proposal = proposal_at(model, number);
    if (!proposal)
        return 0;
    memcpy(ret_amounts, proposal->milestones, sizeof proposal->milestones);
    return proposal->milestones_n;
}

void model_voices_each(const struct model *model,
                       void (*each)(void *ctx, const struct voice *voice), void *ctx)
{
    for (const struct spoken *spoken = model->spoken; spoken; spoken = spoken->hh.next) {
        struct voice voice = {.commission = spoken->key.commission,
                              .milestone = spoken->key.milestone,
                              .disputes = spoken->disputes};
        memcpy(voice.wallet, spoken->key.wallet, sizeof voice.wallet);
        each(ctx, &voice);
    }
}
