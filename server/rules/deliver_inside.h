/* deliver_inside.h -- what the files on commissions share: their acts, and how each begins. */
#ifndef GROUNDSWELL_RULES_DELIVER_INSIDE_H
#define GROUNDSWELL_RULES_DELIVER_INSIDE_H

#include "inside.h"

struct spoken_key {
    uint32_t commission, milestone;
    uint8_t wallet[16];
};

struct spoken { /* a wallet has confirmed or disputed */
    struct spoken_key key;
    bool disputes;
    UT_hash_handle hh;
};

void spoken_free(struct model *model);

/* At its activation. */
void delivery_begin(struct model *model, uint64_t number, struct record_pairs draws);

/* The commission, where it is one, is the actor's body's, and is in one of these states (marks);
 * else refuses and gives NULL. */
struct delivery *delivery_for(struct model *model, const struct record *in, const char *marks,
                              struct verdict *ret);
/* The milestone with this mark (0: any); else refuses and gives NULL. */
struct milestone *milestone_for(struct delivery *delivery, uint64_t number, char mark,
                                struct verdict *ret);
bool delivery_has_room(const char *what, size_t n, size_t max, struct verdict *ret);
bool dates_are_good(uint64_t starts, uint64_t ends, struct verdict *ret); /* else refuses */
bool milestones_are_price(struct record_pairs milestones, uint64_t price, struct verdict *ret);
/* NULL, or why such pairs can be nobody's: not 1, 2, 3..., too many, too large. */
const char *parts_raise(struct record_pairs parts);
/* Begins the act's own record, with its commission; ret->number is set. */
struct record *delivery_record(struct model *model, const struct record *in, enum record_kind kind,
                               struct verdict *ret);

void act_contract_signed(struct model *model, const struct record *in, struct verdict *ret);
void act_evidence_added(struct model *model, const struct record *in, struct verdict *ret);
void act_milestone_reported(struct model *model, const struct record *in, struct verdict *ret);
void act_milestone_spoken(struct model *model, const struct record *in, struct verdict *ret);
void act_milestone_accepted(struct model *model, const struct record *in, struct verdict *ret);
void act_payment_recorded(struct model *model, const struct record *in, struct verdict *ret);
void act_variation_proposed(struct model *model, const struct record *in, struct verdict *ret);
void act_variation_approved(struct model *model, const struct record *in, struct verdict *ret);
void act_outcome_reported(struct model *model, const struct record *in, struct verdict *ret);
void act_savings_noted(struct model *model, const struct record *in, struct verdict *ret);
void act_commission_completed(struct model *model, const struct record *in, struct verdict *ret);
void act_commission_terminated(struct model *model, const struct record *in, struct verdict *ret);

#endif
