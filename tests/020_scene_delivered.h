/* 020_scene_delivered.h -- what a model holds of commissions, as text, to compare two of them. */
#ifndef GROUNDSWELL_TESTS_SCENE_DELIVERED_H
#define GROUNDSWELL_TESTS_SCENE_DELIVERED_H

#include "020_scene_core.h"
#include "groundswell/rules/delivery.h"

static inline void scene_delivery_put(const struct delivery *d, struct buf *out)
{
    buf_format(out, "\ncommission %c %lu %lu, %lu to %lu, %lu %lu %lu, %.*s, draws", d->mark,
               d->price, d->round, d->starts, d->ends, d->signed_seq, d->ended_seq, d->moved,
               d->document[0] ? 64 : 0, d->document);
    for (size_t i = 0; i < d->draws_n; i++)
        buf_format(out, " %lu:%lu-%lu-%lu", d->draws[i].fund, d->draws[i].amount, d->draws[i].paid,
                   d->draws[i].returned);
    for (size_t i = 0; i < d->milestones_n; i++) {
        const struct milestone *m = &d->milestones[i];
        buf_format(out, " m %c %lu %lu %lu %lu %lu %lu", m->mark, m->amount, m->paid, m->confirmed,
                   m->disputed, m->reported_seq, m->accepted_seq);
    }
    for (size_t i = 0; i < d->evidence_n; i++)
        buf_format(out, " e %lu %lu %lu %.*s", d->evidence[i].seq, d->evidence[i].at,
                   d->evidence[i].milestone, d->evidence[i].document[0] ? 64 : 0,
                   d->evidence[i].document);
    for (size_t i = 0; i < d->payments_n; i++)
        buf_format(out, " y %lu %lu %lu %lu", d->payments[i].seq, d->payments[i].at,
                   d->payments[i].milestone, d->payments[i].amount);
    for (size_t i = 0; i < d->variations_n; i++)
        buf_format(out, " v %lu %lu %lu %lu", d->variations[i].seq, d->variations[i].ends,
                   d->variations[i].approved_seq, d->variations[i].moved);
    for (size_t i = 0; i < d->outcomes_n; i++)
        buf_format(out, " o %lu %d %lu", d->outcomes[i].seq, d->outcomes[i].has_figure,
                   d->outcomes[i].figure);
    buf_format(out, " s %lu", d->savings_seq);
    for (size_t i = 0; i < d->savings_n; i++)
        buf_format(out, " %lu", d->savings[i]);
}

static inline void scene_sum_voice(void *ctx, const struct voice *voice)
{
    uint64_t *sum = ctx, h = voice->commission * 31 + voice->milestone * 17 + voice->disputes;
    for (size_t i = 0; i < 16; i++)
        h = h * 257 + voice->wallet[i];
    *sum += h * (h | 1);
}

static inline void scene_deliveries_put(const struct model *m, struct buf *out)
{
    uint64_t amounts[MILESTONES_MAX] = {0}, voices = 0;
    for (uint64_t i = 1; i <= model_proposals(m); i++) {
        const struct delivery *delivery = model_delivery(m, i);
        for (size_t k = 0, n = model_milestones(m, i, amounts); k < n; k++)
            buf_format(out, " %lu", amounts[k]);
        if (!delivery)
            continue;
        assert_true(delivery_conserves(delivery));
        scene_delivery_put(delivery, out);
    }
    model_voices_each(m, scene_sum_voice, &voices);
    buf_format(out, "\nvoices %lx\n", voices);
}

#endif
