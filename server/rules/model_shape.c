/* model_shape.c -- proposals as they take shape: found eligible or not, amended, merged.
 *
 * All of it happens before pledging opens, but that a late proposal is judged while it runs: until
 * then it takes no pledges. Who the proposers are, the public log does not say: roll_shape.c. */
#include "shape_inside.h"

/* In the running, and pledging has not begun. */
static bool may_change(const struct model *model, uint64_t number, struct verdict *ret)
{
    const struct proposal *proposal = proposal_at(model, number);
    const struct tender *tender = tender_at(model, proposal->tender);
    if (!proposal_remains(proposal, ret) || !tender_goes_on(model, tender, ret))
        return false;
    char mark = tender_mark(model, tender);
    if (!tender_is_live(mark))
        return true;
    refuse(ret, REFUSAL_PROPOSAL_FROZEN);
    refuse_text(ret, "state", text_of(tender_state(mark)));
    return false;
}

/* ---- what the body says of it ---- */

bool proposals_are_judged(const struct model *model, const struct tender *tender,
                          struct verdict *ret)
{
    uint64_t number = (uint64_t)(tender - model->tenders) + 1, unjudged = 0;
    for (size_t i = 0; i < model->proposals_n; i++) {
        const struct proposal *proposal = &model->proposals[i];
        unjudged += proposal->tender == number && proposal->mark == 'l' && !proposal->judged_seq;
    }
    if (model->members_min == 0 || unjudged == 0)
        return true;
    refuse_one(ret, REFUSAL_PROPOSALS_UNJUDGED, "unjudged", unjudged);
    refuse_number(ret, "proposals", tender->live);
    return false;
}

void act_proposal_judged(struct model *model, const struct record *in, struct verdict *ret)
{
    struct proposal *proposal = proposal_for(model, in->proposal, ret);
    struct tender *tender =
        proposal ? tender_for(model, proposal->tender, in->body, ret) : NULL;
    if (!tender || !proposal_remains(proposal, ret) || !tender_goes_on(model, tender, ret))
        return;
    if (!in->eligible && proposal->mark == 'l' && !may_change(model, in->proposal, ret))
        return;
    struct record *record = record_begin(model, ret, RECORD_PROPOSAL_JUDGED);
    record_set(record, FIELD_PROPOSAL, in->proposal);
    record_set(record, FIELD_ELIGIBLE, in->eligible);
    record_set_text(record, FIELD_TEXT_HASH, in->text);
    proposal->judged_seq = record->seq;
    proposal->judged_at = ret->at;
    proposal->found = in->eligible ? 'e' : 'i';
    if (!in->eligible)
        proposal_leave(model, in->proposal);
    else
        proposal->mark = 'l';
    ret->number = in->proposal;
}

/* ---- amendments ---- */

void act_proposal_amended(struct model *model, const struct record *in, struct verdict *ret)
{
    struct proposal *proposal = proposal_for(model, in->proposal, ret);
    if (!proposal || !may_change(model, in->proposal, ret))
        return;
    if (proposal->version >= RECORD_VERSIONS_MAX) {
        refuse_one(ret, REFUSAL_AMENDMENTS_TOO_MANY, "amendments", proposal->version - 1);
        refuse_number(ret, "most", RECORD_VERSIONS_MAX - 1);
        return;
    }
    if (!price_is_good(tender_at(model, proposal->tender), in, ret))
        return;
    proposal->version++;
    proposal->price = in->price;
    milestones_keep(proposal, in->milestones);
    proposal->judged_seq = proposal->judged_at = 0;
    proposal->found = 0;
    struct record *record = record_begin(model, ret, RECORD_PROPOSAL_AMENDED);
    record_set(record, FIELD_PROPOSAL, in->proposal);
    record_set(record, FIELD_VERSION, proposal->version);
    record_set(record, FIELD_PRICE, in->price);
    record_set_pairs(record, FIELD_MILESTONES, in->milestones);
    record_set_text(record, FIELD_TEXT_HASH, in->text);
    ret->number = in->proposal;
}

/* ---- two become one ---- */

bool proposals_are_together(const struct model *model, const struct record *in,
                            struct verdict *ret)
{
    const struct proposal *proposal = proposal_for(model, in->proposal, ret);
    const struct proposal *other = proposal ? proposal_for(model, in->other, ret) : NULL;
    if (!other)
        return false;
    if (proposal == other || proposal->tender != other->tender)
        refuse(ret, REFUSAL_PROPOSALS_APART);
    return !ret->refusal;
}

bool proposals_may_merge(const struct model *model, const struct record *in, struct verdict *ret)
{
    return may_change(model, in->proposal, ret) && may_change(model, in->other, ret);
}

void act_proposals_merged(struct model *model, const struct record *in, struct verdict *ret)
{
    if (!proposals_are_together(model, in, ret) || !proposals_may_merge(model, in, ret))
        return;
    struct record *record = record_begin(model, ret, RECORD_PROPOSALS_MERGED);
    record_set(record, FIELD_PROPOSAL, in->proposal);
    record_set(record, FIELD_OTHER, in->other);
    proposal_at(model, in->other)->merged_into = in->proposal;
    proposal_leave(model, in->other);
    ret->number = in->proposal;
}
