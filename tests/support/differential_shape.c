/* differential_shape.c -- proposals as they take shape: which act comes next, its arguments, and
 * what Redis keeps of it beside what the rules do. */
#include <inttypes.h>
#include <string.h>

#include "differential_inside.h"

bool is_shape(enum roll_kind kind)
{
    return kind == ROLL_PROPOSAL_JUDGE || kind == ROLL_PROPOSAL_AMEND ||
           kind == ROLL_PROPOSAL_MERGE;
}

enum roll_kind shape_kind_draw(struct differential *d)
{
    static const enum roll_kind kinds[] = {ROLL_PROPOSAL_JUDGE, ROLL_PROPOSAL_AMEND,
                                           ROLL_PROPOSAL_MERGE};
    return kinds[draw(d, 3)];
}

/* One of the last that nobody has judged: of this tender, or (0) of any where it must wait; or
 * 0. */
static uint64_t unjudged(const struct differential *d, uint64_t tender)
{
    struct model_proposal proposal;
    uint64_t n = model_proposals(model_of(d)), least = n > 60 ? n - 60 : 1;
    for (uint64_t i = n; i >= least && model_proposal(model_of(d), i, &proposal); i--)
        if (strcmp(proposal.state, "live") == 0 && !proposal.judged_seq &&
            (tender ? proposal.tender == tender : proposal.mark == 'u'))
            return i;
    return 0;
}

bool judging_waits(const struct differential *d)
{
    return model_members_min(model_of(d)) > 0 && unjudged(d, model_tenders(model_of(d))) > 0;
}

/* One of those to the last tender, which mostly still takes shape; or any. */
static uint64_t young_pick(struct differential *d)
{
    struct model_proposal proposal;
    uint64_t picked = 0;
    for (int i = 0; i < 9; i++) {
        picked = number_pick(d, model_proposals(model_of(d)));
        if (model_proposal(model_of(d), picked, &proposal) &&
            proposal.tender == model_tenders(model_of(d)) && proposal.state[0] == 'l')
            break;
    }
    return chance(d, 3) ? proposal_pick(d, chance(d, 2)) : picked;
}

static void judge_draw(struct differential *d, struct operation *op, bool fitting)
{
    struct model_proposal proposal = {0};
    uint64_t number = fitting ? unjudged(d, model_tenders(model_of(d))) : 0;
    if (number == 0 || chance(d, 9))
        number = chance(d, 2) ? unjudged(d, 0) : 0;
    if (number == 0)
        number = young_pick(d);
    model_proposal(model_of(d), number, &proposal);
    record_set(&op->act.own, FIELD_PROPOSAL, number);
    record_set(&op->act.own, FIELD_ELIGIBLE, chance(d, 400) ? 2 : !chance(d, fitting ? 12 : 3));
    text_draw(d, op);
    body_draw(d, op, proposal.tender);
}

static void amend_draw(struct differential *d, struct operation *op)
{
    struct model_proposal proposal = {.price = 40};
    struct model_tender tender = {.ceiling = d->profile->ceiling};
    uint64_t number = chance(d, 2) ? d->pair[draw(d, 2)] : young_pick(d);
    if (model_proposal(model_of(d), number, &proposal))
        (void)model_tender(model_of(d), proposal.tender, &tender);
    uint64_t price = chance(d, 9) ? tender.ceiling + draw(d, 2) : 1 + draw(d, tender.ceiling);
    record_set(&op->act.own, FIELD_PROPOSAL, number);
    record_set(&op->act.own, FIELD_PRICE, price);
    parts_draw(d, op, price);
    text_draw(d, op);
}

/* Mostly another of the same tender; also one that has won it. */
static uint64_t beside_pick(struct differential *d, uint64_t number)
{
    struct model_proposal proposal = {0}, other = {0};
    uint64_t picked = 0;
    model_proposal(model_of(d), number, &proposal);
    for (int i = 0; i < 20 && (picked == number || other.tender != proposal.tender); i++) {
        picked = number_pick(d, model_proposals(model_of(d)));
        model_proposal(model_of(d), picked, &other);
    }
    return picked;
}

/* Mostly the pair that was asked for last, so that the other proposer asks, too. */
static void merge_draw(struct differential *d, struct operation *op)
{
    bool again = d->pair[0] && d->pair[0] <= model_proposals(model_of(d)) && !chance(d, 3);
    if (!again) {
        d->pair[0] = young_pick(d);
        d->pair[1] = beside_pick(d, d->pair[0]);
    }
    record_set(&op->act.own, FIELD_PROPOSAL, d->pair[0]);
    record_set(&op->act.own, FIELD_OTHER, d->pair[1]);
}

void shape_draw(struct differential *d, struct operation *op, bool fitting)
{
    if (op->act.kind == ROLL_PROPOSAL_JUDGE)
        judge_draw(d, op, fitting);
    else if (op->act.kind == ROLL_PROPOSAL_AMEND)
        amend_draw(d, op);
    else
        merge_draw(d, op);
}

struct text shaper_pick(struct differential *d, const struct operation *op)
{
    bool others = op->act.kind == ROLL_PROPOSAL_MERGE && chance(d, 2);
    struct text by = roll_proposer(d->roll, others ? op->act.own.other : op->act.own.proposal);
    return by.n ? by : TEXT("operator");
}

/* ---- the state ---- */

bool shapes_agree(struct differential *d)
{
    const struct model *m = model_of(d);
    struct model_proposal p;
    uint64_t n = model_proposals(m);
    sides_begin(d);
    for (uint64_t i = 1; i <= n; i++)
        resp_say(&d->resp, "HMGET {%s}:p:%" PRIu64 " version judged merged", d->slug, i);
    resp_flush(&d->resp);
    for (uint64_t i = 1; i <= n && model_proposal(m, i, &p); i++) {
        struct reply reply = resp_read(&d->resp, &d->arena);
        for (size_t k = 0; k < 3; k++)
            buf_format(&d->got, "%.*s,", TEXT_ARGS(reply.items[k].text));
        buf_char(&d->got, '\n');
        if (p.version > 1)
            buf_u64(&d->expected, p.version);
        buf_char(&d->expected, ',');
        if (p.judged_seq)
            buf_format(&d->expected, "%d %" PRIu64 " %" PRIu64, p.found == 'e', p.judged_seq,
                       p.judged_at);
        buf_char(&d->expected, ',');
        if (p.merged_into)
            buf_u64(&d->expected, p.merged_into);
        buf_cstr(&d->expected, ",\n");
    }
    return agreed(d, "shapes of proposals differ");
}
