/* delivery.h -- what has become of a commission, as the model keeps it: its contract, milestones,
 * payments by fund, variations, outcomes (ledger/SERVICE.md, "Funds and commissions").
 *
 * Input fields by kind, as in model.h:
 *   contract_signed       commission body? starts ends document text
 *   evidence_added        commission body? milestone document? text
 *   milestone_reported    commission body? milestone text
 *   milestone_confirmed   round wallet commission milestone   (milestone_disputed: text, too)
 *   milestone_accepted    commission body? milestone
 *   payment_recorded      commission body? milestone amount text
 *   variation_proposed    commission body? milestones ends? text
 *   variation_approved    commission body? variation
 *   outcome_reported      commission body? figure? text
 *   savings_noted         commission body? agencies text
 *   commission_completed  commission body?
 *   commission_terminated commission body? text */
#ifndef GROUNDSWELL_RULES_DELIVERY_H
#define GROUNDSWELL_RULES_DELIVERY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define MILESTONES_MAX 16
#define EVIDENCE_MAX 64
#define PAYMENTS_MAX 64
#define VARIATIONS_MAX 16
#define OUTCOMES_MAX 64
#define DRAWS_MAX 64 /* as many as a community has funds */

struct model;

struct milestone {
    char mark; /* p planned, r reported, a accepted, y paid */
    uint64_t amount, paid, confirmed, disputed, reported_seq, accepted_seq;
};
struct draw { /* what the price took from a fund, and what became of it */
    uint64_t fund, amount, paid, returned;
};
struct evidence {
    uint64_t seq, at, milestone;
    char document[64]; /* hex; document[0] is 0 where there is none */
};
struct payment {
    uint64_t seq, at, milestone, amount;
};
struct variation {
    uint64_t seq, at, ends, approved_seq, moved; /* ends 0: stays; approved_seq 0: not yet */
    uint64_t amounts[MILESTONES_MAX];
};
struct outcome_told {
    uint64_t seq, at, figure;
    bool has_figure;
};

struct delivery {
    char mark; /* a awarded, c contracted, d delivering, f completed, t terminated */
    uint64_t price, round, starts, ends, signed_seq, ended_seq, moved, savings_seq;
    char document[64];
    struct milestone milestones[MILESTONES_MAX];
    struct draw draws[DRAWS_MAX];
    struct evidence evidence[EVIDENCE_MAX];
    struct payment payments[PAYMENTS_MAX];
    struct variation variations[VARIATIONS_MAX];
    struct outcome_told outcomes[OUTCOMES_MAX];
    uint64_t savings[MILESTONES_MAX]; /* by agency */
    size_t milestones_n, draws_n, evidence_n, payments_n, variations_n, outcomes_n, savings_n;
};

/* price = paid + unpaid + returned */
uint64_t delivery_paid(const struct delivery *delivery);
uint64_t delivery_returned(const struct delivery *delivery);
uint64_t delivery_unpaid(const struct delivery *delivery);
/* By draw, by milestone, in all. */
bool delivery_conserves(const struct delivery *delivery);
const char *delivery_state(char mark);  /* a word */
const char *milestone_state(char mark); /* the same of a milestone */

/* NULL where the proposal is no commission. */
const struct delivery *model_delivery(const struct model *model, uint64_t commission);
/* The milestones of a proposal as it was submitted; 0: one of the whole price. */
size_t model_milestones(const struct model *model, uint64_t proposal,
                        uint64_t ret_amounts[MILESTONES_MAX]);

/* What wallets found of milestones, in no order. */
struct voice {
    uint64_t commission, milestone;
    uint8_t wallet[16]; /* of the round in which it was activated */
    bool disputes;
};
void model_voices_each(const struct model *model,
                       void (*each)(void *ctx, const struct voice *voice), void *ctx);

#endif
