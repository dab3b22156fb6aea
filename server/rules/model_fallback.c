/* model_fallback.c -- "to A; if A is released, to B; else back to me".
 *
 * The steps stand beside the wallets, by the seq of the pledge that they are behind. A release puts
 * its pledges into one long list, in the order of their seq; fallback_next takes the first that is
 * still there. server/ledger/SERVICE.md has the contract; the ledger finds the first another way.
 */
#include "groundswell/rules/model_fallback.h"

#include <stdlib.h>
#include <string.h>

#include "groundswell/base/secret.h"
#include "fallback_inside.h"

/* ---- steps ---- */

const char *steps_wrong(struct record_pairs steps)
{
    if (steps.n > STEPS_MAX)
        return "a pledge has at most three steps behind it";
    for (size_t i = 0; i < steps.n; i++) {
        if (steps.at[i][0] != i + 1)
            return "steps are counted from 1";
        for (size_t k = 0; k < i; k++)
            if (steps.at[k][1] == steps.at[i][1])
                return "a step stands twice behind a pledge";
    }
    return NULL;
}

static struct fallback *fallback_at(const struct model *model, uint64_t seq)
{
    struct fallback *fallback;
    HASH_FIND(hh, model->fallbacks, &seq, sizeof seq, fallback);
    return fallback;
}

bool fallback_is(const struct model *model, uint64_t seq, struct record_pairs steps)
{
    const struct fallback *fallback = fallback_at(model, seq);
    size_t n = fallback ? fallback->steps_n : 0;
    if (n != steps.n)
        return false;
    for (size_t i = 0; i < n; i++)
        if (fallback->steps[i] != steps.at[i][1])
            return false;
    return true;
}

bool fallback_may(const struct model *model, const struct record *in, struct verdict *ret)
{
    const struct tender *tender = tender_at(model, proposal_at(model, in->proposal)->tender);
    if (in->fallback.n && tender->mark == 'h') { /* its release may come before it is disclosed */
        refuse_one(ret, REFUSAL_FALLBACK_HIDDEN, "proposal", in->proposal);
        return false;
    }
    for (size_t i = 0; i < in->fallback.n; i++) {
        uint64_t step = in->fallback.at[i][1];
        if (step == in->proposal)
            refuse(ret, REFUSAL_FALLBACK_ITSELF);
        else if (!proposal_at(model, step))
            refuse_one(ret, REFUSAL_FALLBACK_UNKNOWN, "proposal", step);
        else if (tender_at(model, proposal_at(model, step)->tender)->hidden)
            refuse_one(ret, REFUSAL_FALLBACK_HIDDEN, "proposal", step);
        if (ret->refusal)
            return false;
    }
    return true;
}

/* ---- kept and forgotten ---- */

void fallback_keep(struct model *model, const struct pledging *pledging, uint64_t seq)
{
    if (pledging->steps.n == 0)
        return;
    struct fallback *fallback = calloc(1, sizeof *fallback);
    INVARIANT(fallback != NULL);
    *fallback = (struct fallback){.seq = seq,
                                  .wallet = pledging->wallet,
                                  .proposal = (uint32_t)pledging->proposal,
                                  .steps_n = pledging->steps.n};
    for (size_t i = 0; i < fallback->steps_n; i++)
        fallback->steps[i] = (uint32_t)pledging->steps.at[i][1];
    pledging->wallet->fallbacks = true;
    HASH_ADD(hh, model->fallbacks, seq, sizeof fallback->seq, fallback);
}

bool fallback_forget(struct model *model, uint64_t seq)
{
    struct fallback *fallback = fallback_at(model, seq);
    if (!fallback)
        return false;
    HASH_DEL(model->fallbacks, fallback);
    free(fallback);
    return true;
}

bool fallback_forget_all(struct model *model, const struct wallet *wallet)
{
    bool any = false;
    for (uint32_t i = 0; i < wallet->entries_n; i++)
        any |= fallback_forget(model, wallet->entries[i].seq);
    return any;
}

void fallback_end_round(struct model *model)
{
    while (model->fallbacks)
        fallback_forget(model, model->fallbacks->seq);
    model->released_n = model->released_at = 0;
}

/* ---- release ---- */

static void proposal_release(struct model *model, uint64_t number)
{
    const struct proposal *proposal = proposal_at(model, number);
    for (size_t i = 0; i < proposal->places_n; i++) {
        const struct wallet_entry *entry = wallet_entry_at(proposal->places[i].wallet, number);
        struct fallback *fallback = fallback_at(model, entry->seq);
        if (!fallback)
            continue;
        fallback->cause = model->seq - 1;
        model->released = grown(model->released, &model->released_max, model->released_n,
                                sizeof *model->released);
        model->released[model->released_n++] = fallback->seq;
    }
}

static int seq_order(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return (x > y) - (x < y);
}

static void released_sort(struct model *model, size_t from)
{
    if (model->released_n > from)
        qsort(&model->released[from], model->released_n - from, sizeof *model->released,
              seq_order);
}

void fallback_release(struct model *model, uint64_t proposal)
{
    size_t from = model->released_n;
    proposal_release(model, proposal);
    released_sort(model, from);
}

void fallback_release_tender(struct model *model, uint64_t tender)
{
    size_t from = model->released_n;
    for (uint64_t i = 1; model->fallbacks && i <= model->proposals_n; i++)
        if (model->proposals[i - 1].tender == tender && model->proposals[i - 1].mark == 'l')
            proposal_release(model, i);
    released_sort(model, from);
}

/* ---- the next ---- */

/* Passes over those who have left since. */
static struct fallback *fallback_first(struct model *model)
{
    for (; model->released_at < model->released_n; model->released_at++) {
        struct fallback *fallback = fallback_at(model, model->released[model->released_at]);
        if (fallback)
            return fallback;
    }
    return NULL;
}

bool fallback_waits(struct model *model)
{
    return fallback_first(model) != NULL;
}

/* As an ordinary pledge would be judged, and where the wallet has one already it stays. */
static bool step_takes(const struct model *model, const struct wallet *wallet, uint64_t number,
                       uint64_t amount, struct verdict *ret)
{
    const struct proposal *proposal = proposal_at(model, number);
    const struct tender *tender = tender_at(model, proposal->tender);
    bool takes = proposal_is_live(proposal, ret) && tender_lives(model, tender, ret) &&
                 tender_runs(tender, ret) && !wallet_entry_at(wallet, number) &&
                 amount_fits(model, wallet, 0, amount, ret);
    refuse(ret, REFUSAL_NONE);
    return takes;
}

/* The first step that takes it, from 1 on; steps_n + 1 where none does. */
static size_t step_find(const struct model *model, const struct fallback *fallback,
                        uint64_t amount, struct verdict *ret)
{
    size_t step = 1;
    while (step <= fallback->steps_n &&
           !step_takes(model, fallback->wallet, fallback->steps[step - 1], amount, ret))
        step++;
    return step;
}

static struct text wallet_id_put(const struct wallet *wallet, struct verdict *ret)
{
    CLEANUP(buf) struct buf id = BUF_MAX(sizeof ret->wallet);
    encode_base64url(&id, wallet->key.id, sizeof wallet->key.id);
    INVARIANT(buf_fault(&id) == FAULT_NONE);
    memcpy(ret->wallet, id.data, id.len);
    return (struct text){ret->wallet, id.len};
}

static void drop(struct model *model, const struct fallback *fallback,
                 const struct pledging *pledging, struct verdict *ret)
{
    struct record *record = record_begin(model, ret, RECORD_FALLBACK_DROPPED);
    record_set(record, FIELD_ROUND, fallback->wallet->key.round);
    record_set_text(record, FIELD_WALLET, pledging->id);
    record_set(record, FIELD_AREA, fallback->wallet->area);
    record_set(record, FIELD_PROPOSAL, fallback->proposal);
    record_set(record, FIELD_AMOUNT, pledging->amount);
    record_set(record, FIELD_CAUSE, fallback->cause);
}

void act_fallback_next(struct model *model, const struct record *in, struct verdict *ret)
{
    const struct fallback *first = fallback_first(model);
    (void)in;
    if (!first)
        return;
    const struct fallback next = *first;
    const struct wallet_entry *entry = wallet_entry_at(next.wallet, next.proposal);
    size_t step = step_find(model, &next, entry->amount, ret);
    struct pledging pledging = {.wallet = next.wallet,
                                .id = wallet_id_put(next.wallet, ret),
                                .amount = entry->amount,
                                .cause = &next.cause};
    uint64_t(*rest)[2] = ret->pairs[1];
    for (size_t i = step; i < next.steps_n; i++, pledging.steps.n++) {
        rest[pledging.steps.n][0] = pledging.steps.n + 1;
        rest[pledging.steps.n][1] = next.steps[i];
    }
    pledging.steps.at = (const uint64_t(*)[2])rest;
    fallback_forget(model, next.seq);
    ret->taken = true;
    if (step > next.steps_n) {
        drop(model, &next, &pledging, ret);
    } else {
        pledging.proposal = next.steps[step - 1];
        pledge_write(model, &pledging, ret);
    }
    ret->waits = fallback_waits(model);
}

/* ---- to be looked at ---- */

bool model_fallback(const struct model *model, uint64_t seq, struct model_fallback *ret)
{
    const struct fallback *fallback = fallback_at(model, seq);
    if (!fallback)
        return false;
    *ret = (struct model_fallback){.seq = seq,
                                   .proposal = fallback->proposal,
                                   .cause = fallback->cause,
                                   .steps_n = fallback->steps_n};
    memcpy(ret->wallet, fallback->wallet->key.id, sizeof ret->wallet);
    memcpy(ret->steps, fallback->steps, sizeof ret->steps);
    return true;
}

void model_fallbacks_each(const struct model *model,
                          void (*each)(void *ctx, const struct model_fallback *fallback), void *ctx)
{
    for (const struct fallback *at = model->fallbacks; at; at = at->hh.next) {
        struct model_fallback show;
        if (model_fallback(model, at->seq, &show))
            each(ctx, &show);
    }
}
