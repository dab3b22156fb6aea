/* model_deliver.c -- a commission on its way: contract, evidence, milestones, payments, its end.
 *
 * Where the ledger keeps one sum that is paid and follows the draws from it, here every draw keeps
 * what was paid and what came back of it: the two must come to the same. */
#include <string.h>

#include "groundswell/base/money.h"
#include "deliver_inside.h"
#include "mass_inside.h"

/* ---- sums ---- */

uint64_t delivery_paid(const struct delivery *delivery)
{
    uint64_t paid = 0;
    for (size_t i = 0; i < delivery->draws_n; i++)
        paid += delivery->draws[i].paid;
    return paid;
}

uint64_t delivery_returned(const struct delivery *delivery)
{
    uint64_t returned = 0;
    for (size_t i = 0; i < delivery->draws_n; i++)
        returned += delivery->draws[i].returned;
    return returned;
}

uint64_t delivery_unpaid(const struct delivery *delivery)
{
    return delivery->price - delivery_paid(delivery) - delivery_returned(delivery);
}

bool delivery_conserves(const struct delivery *delivery)
{
    uint64_t drawn = 0, planned = 0, paid = 0;
    for (size_t i = 0; i < delivery->draws_n; i++) {
        const struct draw *draw = &delivery->draws[i];
        if (draw->paid > draw->amount || draw->returned > draw->amount - draw->paid)
            return false;
        drawn += draw->amount;
    }
    for (size_t i = 0; i < delivery->milestones_n; i++) {
        const struct milestone *milestone = &delivery->milestones[i];
        if (milestone->paid > milestone->amount ||
            (milestone->mark == 'y') != (milestone->paid == milestone->amount))
            return false;
        planned += milestone->amount;
        paid += milestone->paid;
    }
    return drawn == delivery->price && planned == delivery->price &&
           paid == delivery_paid(delivery) &&
           (delivery->mark == 't' || delivery_returned(delivery) == 0) &&
           (delivery->mark != 't' || delivery_unpaid(delivery) == 0);
}

/* ---- how every act begins ---- */

const char *delivery_state(char mark)
{
    switch (mark) {
    case 'a':
        return "awarded";
    case 'c':
        return "contracted";
    case 'd':
        return "delivering";
    case 'f':
        return "completed";
    default:
        INVARIANT(mark == 't');
        return "terminated";
    }
}

const char *milestone_state(char mark)
{
    switch (mark) {
    case 'p':
        return "planned";
    case 'r':
        return "reported";
    case 'a':
        return "accepted";
    default:
        INVARIANT(mark == 'y');
        return "paid";
    }
}

void delivery_begin(struct model *model, uint64_t number, struct record_pairs draws)
{
    struct proposal *proposal = proposal_at(model, number);
    struct delivery *delivery = calloc(1, sizeof *delivery);
    INVARIANT(delivery != NULL && draws.n <= DRAWS_MAX);
    delivery->mark = 'a';
    delivery->price = proposal->price;
    delivery->round = tender_at(model, proposal->tender)->round;
    delivery->milestones_n = proposal->milestones_n ? proposal->milestones_n : 1;
    for (size_t i = 0; i < delivery->milestones_n; i++)
        delivery->milestones[i] = (struct milestone){
            .mark = 'p',
            .amount = proposal->milestones_n ? proposal->milestones[i] : proposal->price};
    for (size_t i = 0; i < draws.n; i++)
        delivery->draws[delivery->draws_n++] =
            (struct draw){.fund = draws.at[i][0], .amount = draws.at[i][1]};
    proposal->delivery = delivery;
    model->unpaid += delivery->price;
}

struct delivery *delivery_for(struct model *model, const struct record *in, const char *marks,
                              struct verdict *ret)
{
    struct proposal *proposal = proposal_at(model, in->commission);
    if (!proposal || !proposal->delivery) {
        refuse_one(ret, REFUSAL_COMMISSION_UNKNOWN, "commission", in->commission);
        return NULL;
    }
    struct text body = word_text(&tender_at(model, proposal->tender)->body);
    if (in->body.n && !text_equal(in->body, body)) {
        refuse(ret, REFUSAL_NOT_YOUR_BODY);
        refuse_text(ret, "body", body);
        return NULL;
    }
    if (!strchr(marks, proposal->delivery->mark)) {
        refuse(ret, REFUSAL_COMMISSION_STATE);
        refuse_text(ret, "state", text_of(delivery_state(proposal->delivery->mark)));
        return NULL;
    }
    return proposal->delivery;
}

struct milestone *milestone_for(struct delivery *delivery, uint64_t number, char mark,
                                struct verdict *ret)
{
    if (number == 0 || number > delivery->milestones_n) {
        refuse_one(ret, REFUSAL_MILESTONE_UNKNOWN, "milestone", number);
        refuse_number(ret, "milestones", delivery->milestones_n);
        return NULL;
    }
    struct milestone *milestone = &delivery->milestones[number - 1];
    if (mark && milestone->mark != mark) {
        refuse(ret, REFUSAL_MILESTONE_STATE);
        refuse_text(ret, "state", text_of(milestone_state(milestone->mark)));
        return NULL;
    }
    return milestone;
}

bool delivery_has_room(const char *what, size_t n, size_t max, struct verdict *ret)
{
    if (n < max)
        return true;
    refuse(ret, REFUSAL_COMMISSION_FULL);
    refuse_text(ret, "what", text_of(what));
    refuse_number(ret, "most", max);
    return false;
}

bool dates_are_good(uint64_t starts, uint64_t ends, struct verdict *ret)
{
    if (ends > starts)
        return true;
    refuse_one(ret, REFUSAL_CONTRACT_DATES, "starts", starts);
    refuse_number(ret, "ends", ends);
    return false;
}

bool milestones_are_price(struct record_pairs milestones, uint64_t price, struct verdict *ret)
{
    uint64_t sum = 0;
    for (size_t i = 0; i < milestones.n; i++)
        sum += milestones.at[i][1];
    if (sum == price)
        return true;
    refuse_one(ret, REFUSAL_MILESTONES_NOT_PRICE, "sum", sum);
    refuse_number(ret, "price", price);
    return false;
}

const char *parts_raise(struct record_pairs parts)
{
    uint64_t sum = 0;
    if (parts.n > MILESTONES_MAX)
        return "more than 16 parts";
    for (size_t i = 0; i < parts.n; i++) {
        if (parts.at[i][0] != i + 1)
            return "parts are not numbered 1, 2, 3";
        sum += parts.at[i][1];
    }
    return sum > MONEY_MAX ? "parts of 2^53 or more together" : NULL;
}

struct record *delivery_record(struct model *model, const struct record *in, enum record_kind kind,
                               struct verdict *ret)
{
    struct record *record = record_begin(model, ret, kind);
    record_set(record, FIELD_COMMISSION, in->commission);
    record_set_text(record, FIELD_TEXT_HASH, in->text);
    ret->number = in->commission;
    model->touched = in->commission;
    return record;
}

/* ---- contract, evidence, reports ---- */

void act_contract_signed(struct model *model, const struct record *in, struct verdict *ret)
{
    struct delivery *delivery = delivery_for(model, in, "a", ret);
    if (!delivery || !dates_are_good(in->starts, in->ends, ret))
        return;
    struct record *record = delivery_record(model, in, RECORD_CONTRACT_SIGNED, ret);
    record_set(record, FIELD_STARTS, in->starts);
    record_set(record, FIELD_ENDS, in->ends);
    record_set(record, FIELD_VALUE, delivery->price);
    record_set_text(record, FIELD_DOCUMENT, in->document);
    delivery->mark = 'c';
    delivery->starts = in->starts;
    delivery->ends = in->ends;
    delivery->signed_seq = record->seq;
    memcpy(delivery->document, in->document.at, sizeof delivery->document);
}

void act_evidence_added(struct model *model, const struct record *in, struct verdict *ret)
{
    struct delivery *delivery = delivery_for(model, in, "cd", ret);
    if (!delivery || !milestone_for(delivery, in->milestone, 0, ret) ||
        !delivery_has_room("evidence", delivery->evidence_n, EVIDENCE_MAX, ret))
        return;
    struct record *record = delivery_record(model, in, RECORD_EVIDENCE_ADDED, ret);
    struct evidence *evidence = &delivery->evidence[delivery->evidence_n++];
    *evidence =
        (struct evidence){.seq = record->seq, .at = record->at, .milestone = in->milestone};
    if (in->document.n)
        memcpy(evidence->document, in->document.at, sizeof evidence->document);
    delivery->mark = 'd';
    record_set(record, FIELD_MILESTONE, in->milestone);
    record_set(record, FIELD_EVIDENCE, delivery->evidence_n);
    record_set_text(record, FIELD_DOCUMENT, in->document);
}

void act_milestone_reported(struct model *model, const struct record *in, struct verdict *ret)
{
    struct delivery *delivery = delivery_for(model, in, "cd", ret);
    struct milestone *milestone =
        delivery ? milestone_for(delivery, in->milestone, 'p', ret) : NULL;
    if (!milestone)
        return;
    struct record *record = delivery_record(model, in, RECORD_MILESTONE_REPORTED, ret);
    record_set(record, FIELD_MILESTONE, in->milestone);
    milestone->mark = 'r';
    milestone->reported_seq = record->seq;
    delivery->mark = 'd';
}

/* ---- acceptance and payment ---- */

void act_milestone_accepted(struct model *model, const struct record *in, struct verdict *ret)
{
    struct delivery *delivery = delivery_for(model, in, "cd", ret);
    struct milestone *milestone =
        delivery ? milestone_for(delivery, in->milestone, 'r', ret) : NULL;
    if (!milestone)
        return;
    struct record *record = delivery_record(model, in, RECORD_MILESTONE_ACCEPTED, ret);
    record_set(record, FIELD_MILESTONE, in->milestone);
    record_set(record, FIELD_AMOUNT, milestone->amount);
    record_set(record, FIELD_CONFIRMED, milestone->confirmed);
    record_set(record, FIELD_DISPUTED, milestone->disputed);
    milestone->mark = 'a';
    milestone->accepted_seq = record->seq;
}

/* Out of the draws in their order. */
static struct record_pairs draws_pay(struct delivery *delivery, uint64_t amount,
                                     uint64_t (*pairs)[2])
{
    struct record_pairs funds = {(const uint64_t(*)[2])pairs, 0};
    for (size_t i = 0; i < delivery->draws_n && amount > 0; i++) {
        struct draw *draw = &delivery->draws[i];
        uint64_t left = draw->amount - draw->paid, part = left < amount ? left : amount;
        if (part == 0)
            continue;
        draw->paid += part;
        amount -= part;
        pairs[funds.n][0] = draw->fund;
        pairs[funds.n++][1] = part;
    }
    INVARIANT(amount == 0);
    return funds;
}

void act_payment_recorded(struct model *model, const struct record *in, struct verdict *ret)
{
    struct delivery *delivery = delivery_for(model, in, "cd", ret);
    struct milestone *milestone =
        delivery ? milestone_for(delivery, in->milestone, 'a', ret) : NULL;
    if (!milestone)
        return;
    uint64_t unpaid = milestone->amount - milestone->paid;
    if (in->amount > unpaid) {
        refuse_one(ret, REFUSAL_PAYMENT_OVER_MILESTONE, "amount", in->amount);
        refuse_number(ret, "unpaid", unpaid);
        return;
    }
    if (!delivery_has_room("payments", delivery->payments_n, PAYMENTS_MAX, ret))
        return;
    struct record *record = delivery_record(model, in, RECORD_PAYMENT_RECORDED, ret);
    delivery->payments[delivery->payments_n++] =
        (struct payment){record->seq, record->at, in->milestone, in->amount};
    record_set(record, FIELD_PAYMENT, delivery->payments_n);
    record_set(record, FIELD_MILESTONE, in->milestone);
    record_set(record, FIELD_AMOUNT, in->amount);
    record_set_pairs(record, FIELD_FUNDS, draws_pay(delivery, in->amount, ret->pairs[0]));
    milestone->paid += in->amount;
    if (milestone->paid == milestone->amount)
        milestone->mark = 'y';
    model->accounts.committed -= in->amount;
    model->accounts.paid += in->amount;
    model->unpaid -= in->amount;
}

/* ---- the end ---- */

void act_commission_completed(struct model *model, const struct record *in, struct verdict *ret)
{
    struct delivery *delivery = delivery_for(model, in, "cd", ret);
    if (!delivery)
        return;
    uint64_t unpaid = delivery_unpaid(delivery);
    if (unpaid > 0) {
        refuse_one(ret, REFUSAL_COMMISSION_UNPAID, "unpaid", unpaid);
        return;
    }
    struct record *record = delivery_record(model, in, RECORD_COMMISSION_COMPLETED, ret);
    record_set(record, FIELD_PAID, delivery_paid(delivery));
    delivery->mark = 'f';
    delivery->ended_seq = record->seq;
}

/* What no payment took goes back to its fund, the last draw first. */
static struct record_pairs draws_return(struct model *model, struct delivery *delivery,
                                        uint64_t (*pairs)[2])
{
    struct record_pairs funds = {(const uint64_t(*)[2])pairs, 0};
    for (size_t i = delivery->draws_n; i > 0; i--) {
        struct draw *draw = &delivery->draws[i - 1];
        draw->returned = draw->amount - draw->paid;
        if (draw->returned == 0)
            continue;
        model->funds[draw->fund - 1].left += draw->returned;
        pairs[funds.n][0] = draw->fund;
        pairs[funds.n++][1] = draw->returned;
    }
    return funds;
}

void act_commission_terminated(struct model *model, const struct record *in, struct verdict *ret)
{
    struct delivery *delivery = delivery_for(model, in, "acd", ret);
    if (!delivery)
        return;
    struct record *record = delivery_record(model, in, RECORD_COMMISSION_TERMINATED, ret);
    uint64_t returned = delivery_unpaid(delivery);
    record_set(record, FIELD_RETURNED, returned);
    record_set_pairs(record, FIELD_FUNDS, draws_return(model, delivery, ret->pairs[0]));
    delivery->mark = 't';
    delivery->ended_seq = record->seq;
    model->accounts.committed -= returned;
    model->accounts.unallotted += returned;
    model->unpaid -= returned;
    qualifying(model, ret);
}
