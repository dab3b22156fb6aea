/* pledge_inside.h -- wallets and pledges: the moves of model_pledge.c. */
#ifndef GROUNDSWELL_RULES_PLEDGE_INSIDE_H
#define GROUNDSWELL_RULES_PLEDGE_INSIDE_H

#include "inside.h"

void act_pledge_set(struct model *model, const struct record *in, struct verdict *ret);
void act_pledge_withdrawn(struct model *model, const struct record *in, struct verdict *ret);

struct wallet *wallet_at(const struct model *model, uint64_t round, struct text pseudonym);
struct wallet_entry *wallet_entry_at(const struct wallet *wallet, uint64_t proposal);
uint64_t entry_held(const struct model *model, const struct wallet *wallet,
                    const struct wallet_entry *entry);
uint64_t entry_spent(const struct model *model, const struct wallet_entry *entry);
uint64_t wallet_free(const struct model *model, const struct wallet *wallet);

/* A pledge that may be made: a new one, or a change. */
struct pledging {
    struct wallet *wallet;
    struct text id; /* the wallet's */
    uint64_t proposal, amount;
    struct record_pairs steps;
    struct text assisted;
    const uint64_t *cause; /* of a fallback: what released the pledge before it */
};
void pledge_write(struct model *model, const struct pledging *pledging, struct verdict *ret);
/* Checks k to n; else refuses. held: what the wallet has on the proposal already. */
bool amount_fits(const struct model *model, const struct wallet *wallet, uint64_t held,
                 uint64_t amount, struct verdict *ret);

#endif
