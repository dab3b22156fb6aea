/* differential_pledges.c -- which pledge comes next: people follow people, or go to an edge. */
#include <string.h>

#include "groundswell/base/money.h"

#include "differential_inside.h"

static uint64_t least(uint64_t a, uint64_t b)
{
    return a < b ? a : b;
}

/* People follow people: of three the one that has most already. */
static uint64_t proposal_herd(struct differential *d)
{
    struct model_proposal proposal;
    uint64_t best = 0, most = 0;
    for (int i = 0; i < 3; i++) {
        uint64_t picked = proposal_pick(d, true);
        if (best && (!model_proposal(model_of(d), picked, &proposal) || proposal.sum <= most))
            continue;
        best = picked;
        most = model_proposal(model_of(d), picked, &proposal) ? proposal.sum : 0;
    }
    return best;
}

static uint64_t pledge_amount(struct differential *d, const struct operation *op)
{
    const struct model *m = model_of(d);
    const struct record *own = &op->act.own;
    struct model_round round = {0};
    struct model_proposal proposal = {0};
    struct present now = model_present(m, own->round, own->wallet, own->proposal);
    model_round_of(m, own->round, &round);
    model_proposal(m, own->proposal, &proposal);
    uint64_t available = now.free + now.amount, token = round.token;
    uint64_t lacks = proposal.price > proposal.sum ? proposal.price - proposal.sum : 1;
    const uint64_t edges[] = {1,         token,         token - 1, token + 1,    available,
                              available, available + 1, lacks,     lacks + now.amount,
                              lacks - 1, now.amount,    ALLOTMENT_MAX};
    uint64_t amount = token + draw(d, 1 + available / (1 + draw(d, 6)));
    if (d->profile->awards_max == 128) /* many small ones */
        amount = token + (chance(d, 20) ? draw(d, 9) : 0);
    if (chance(d, d->profile->awards_max < 128 ? 3 : 60))
        amount = edges[draw(d, sizeof edges / sizeof *edges)];
    else if (lacks > token && lacks <= now.free && chance(d, 3))
        amount = lacks + now.amount;
    if (chance(d, 400))
        return 0; /* nobody may ask this */
    amount = amount == 0 || amount > MONEY_MAX ? 1 : amount;
    return least(amount, ALLOTMENT_MAX);
}

/* Mostly one that the wallet has. */
static uint64_t pledged_pick(struct differential *d, const struct operation *op)
{
    struct model_wallet wallet;
    const struct record *own = &op->act.own;
    bool known = model_wallet(model_of(d), own->round, own->wallet, &wallet);
    if (!known || wallet.entries_n == 0 || chance(d, 8))
        return proposal_pick(d, chance(d, 2));
    return wallet.entries[draw(d, wallet.entries_n)].proposal;
}

void pledge_draw(struct differential *d, struct operation *op)
{
    struct record *own = &op->act.own;
    op->act.subject = person_id(d, chance(d, 20) ? person_pick(d) : person_like(d, true, true));
    if (chance(d, 25))
        op->act.subject = person_id(d, person_like(d, true, false));
    wallet_draw(d, op, op->act.subject);
    if (op->act.kind == ROLL_PLEDGE_WITHDRAW) {
        record_set(own, FIELD_PROPOSAL, pledged_pick(d, op));
        return;
    }
    bool herd = d->profile->awards_max < 128 && chance(d, 2);
    record_set(own, FIELD_PROPOSAL, herd ? proposal_herd(d) : proposal_pick(d, !chance(d, 30)));
    record_set(own, FIELD_AMOUNT, pledge_amount(d, op));
    if (chance(d, 12))
        record_set_text(own, FIELD_ASSISTED, TEXT("librarian"));
    else if (chance(d, 4))
        steps_draw(d, op);
}
