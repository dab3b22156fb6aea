/* roll_shape.c -- who submitted which proposal, and which two proposers have asked that theirs
 * become one: what the ledger keeps beside the log. */
#include "roll_rows.h"
#include "shape_inside.h"

static struct proposer *proposer_of(const struct roll *roll, uint64_t number)
{
    INVARIANT(number < roll->proposers_max);
    return &roll->proposers[number];
}

struct text roll_proposer(const struct roll *roll, uint64_t proposal)
{
    bool known = proposal_at(roll->model, proposal) != NULL;
    return known ? proposer_of(roll, proposal)->by->subject : TEXT_NONE;
}

static bool judged(struct roll *roll, const struct record *own, struct verdict *ret)
{
    model_judge(roll->model, own, ret);
    return !ret->refusal && !ret->raised;
}

static void submit(struct roll *roll, const struct record *own, const struct principal *by,
                   struct verdict *ret)
{
    if (!judged(roll, own, ret))
        return;
    while (roll->proposers_max <= ret->number)
        roll->proposers = grown(roll->proposers, &roll->proposers_max, roll->proposers_max,
                                sizeof *roll->proposers);
    *proposer_of(roll, ret->number) = (struct proposer){.by = by};
}

static void amend(struct roll *roll, const struct record *own, const struct principal *by,
                  struct verdict *ret)
{
    if (!proposal_for(roll->model, own->proposal, ret))
        return;
    if (proposer_of(roll, own->proposal)->by == by)
        (void)judged(roll, own, ret);
    else
        refuse(ret, REFUSAL_NOT_YOUR_PROPOSAL);
}

/* True where the other proposer has asked for the same, of the same versions. */
static bool asked(const struct proposer *of, const struct proposer *now, const struct principal *by)
{
    return of->asked_by && of->asked_by != by && of->other == now->other &&
           of->version == now->version && of->others == now->others;
}

static void merge(struct roll *roll, const struct record *own, const struct principal *by,
                  struct verdict *ret)
{
    const struct model *model = roll->model;
    if (!proposals_are_together(model, own, ret))
        return;
    struct proposer *of = proposer_of(roll, own->proposal);
    const struct proposer *other = proposer_of(roll, own->other);
    struct proposer now = {.by = of->by,
                           .asked_by = by,
                           .other = own->other,
                           .version = proposal_at(model, own->proposal)->version,
                           .others = proposal_at(model, own->other)->version};
    if (of->by != by && other->by != by) {
        refuse(ret, REFUSAL_NOT_YOUR_PROPOSAL);
        return;
    }
    if (!proposals_may_merge(model, own, ret))
        return;
    if (of->by == other->by || asked(of, &now, by)) {
        INVARIANT(judged(roll, own, ret));
        return;
    }
    *of = now;
    ret->pending = true;
    ret->number = own->proposal;
    ret->seq = model->seq - 1;
}

void roll_proposal(struct roll *roll, const struct record *own, const struct roll_act *act,
                   struct verdict *ret)
{
    const struct principal *by = principal_need(roll, act->subject);
    if (act->kind == ROLL_PROPOSAL_SUBMIT)
        submit(roll, own, by, ret);
    else if (act->kind == ROLL_PROPOSAL_AMEND)
        amend(roll, own, by, ret);
    else
        merge(roll, own, by, ret);
}
