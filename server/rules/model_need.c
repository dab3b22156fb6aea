/* model_need.c -- what residents ask for: raised, seconded, answered once. Who did is not in the
 * log; the counts are. */
#include "talk_inside.h"

static struct need *need_at(const struct model *model, uint64_t number)
{
    return number > 0 && number <= model->needs_n ? &model->needs[number - 1] : NULL;
}

struct need *need_unanswered(const struct model *model, uint64_t number, struct verdict *ret)
{
    struct need *need = need_at(model, number);
    if (need && !need->body.n)
        return need;
    refuse_one(ret, need ? REFUSAL_NEED_ANSWERED : REFUSAL_NEED_UNKNOWN, "need", number);
    return NULL;
}

void act_need_raised(struct model *model, const struct record *in, struct verdict *ret)
{
    model->needs = grown(model->needs, &model->needs_max, model->needs_n, sizeof *model->needs);
    struct record *record = record_begin(model, ret, RECORD_NEED_RAISED);
    model->needs[model->needs_n++] = (struct need){.at = record->at, .seq = record->seq};
    record_set(record, FIELD_NEED, model->needs_n);
    record_set_text(record, FIELD_TEXT_HASH, in->text);
    ret->number = model->needs_n;
}

void act_need_seconded(struct model *model, const struct record *in, struct verdict *ret)
{
    struct need *need = need_unanswered(model, in->need, ret);
    if (!need)
        return;
    struct record *record = record_begin(model, ret, RECORD_NEED_SECONDED);
    record_set(record, FIELD_NEED, in->need);
    record_set(record, FIELD_SECONDS, ++need->seconds);
    ret->number = in->need;
}

void act_need_answered(struct model *model, const struct record *in, struct verdict *ret)
{
    struct need *need = need_unanswered(model, in->need, ret);
    if (!need)
        return;
    if (in->tender && !tender_for(model, in->tender, in->body, ret))
        return;
    need->body = word_of(in->body);
    need->tender = in->tender;
    struct record *record = record_begin(model, ret, RECORD_NEED_ANSWERED);
    need->answer_at = record->at;
    need->answer_seq = record->seq;
    record_set(record, FIELD_NEED, in->need);
    record_set_text(record, FIELD_BODY, in->body);
    if (in->tender)
        record_set(record, FIELD_TENDER, in->tender);
    record_set_text(record, FIELD_TEXT_HASH, in->text);
    ret->number = in->need;
}

uint64_t model_needs(const struct model *model)
{
    return model->needs_n;
}

bool model_need(const struct model *model, uint64_t number, struct model_need *ret)
{
    const struct need *need = need_at(model, number);
    if (need)
        *ret = (struct model_need){.seconds = need->seconds,
                                   .tender = need->tender,
                                   .at = need->at,
                                   .seq = need->seq,
                                   .answer_at = need->answer_at,
                                   .answer_seq = need->answer_seq,
                                   .body = word_text(&need->body)};
    return need != NULL;
}
