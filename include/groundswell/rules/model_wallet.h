/* model_wallet.h -- a wallet as the model of a community knows it (model.h): by its pseudonym. */
#ifndef GROUNDSWELL_RULES_MODEL_WALLET_H
#define GROUNDSWELL_RULES_MODEL_WALLET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What a pledge act shows beside its seq. */
struct present {
    uint64_t amount, free, held, spent; /* of the entry; of the wallet */
    uint64_t sum, people, areas_ok;     /* of the proposal */
    const char *state;                  /* live, activated, withdrawn, released */
};

struct wallet_entry {
    uint32_t proposal, amount, place; /* place: where it stands in its proposal's list */
    uint64_t seq;
};
struct model_wallet {
    uint64_t round, area, free, held, spent;
    uint8_t id[16];
    const struct wallet_entry *entries;
    size_t entries_n;
    bool fallbacks; /* it ever had any in its round */
};

#endif
