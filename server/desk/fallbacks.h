/* fallbacks.h -- where a pledge goes on to when its proposal is released: read and said. */
#ifndef GROUNDSWELL_DESK_FALLBACKS_H
#define GROUNDSWELL_DESK_FALLBACKS_H

#include "errand.h"

#define STEPS_SIZE 64

/* `fallback` of a body that the schema has let through, as the ledger wants it: numbers joined by
 * ','; empty where there is none. False: one is of another community, and the visit is answered. */
bool fallbacks_read(struct visit *visit, const json_t *body, struct buf *ret);

/* The member `fallback`: ids in the order of the steps; nothing where none wait. */
void fallbacks_write(struct json_out *out, struct text slug, const struct pairs *steps);

/* One pledge of a wallet, as an object. */
void wallet_pledge_write(struct json_out *out, const struct wallet_pledge *pledge);

#endif
