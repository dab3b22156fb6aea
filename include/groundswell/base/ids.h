/* ids.h -- the public names of things.
 *
 * A community is named by its slug. What lives in a community is numbered there from 1 in the order
 * of its creation, and its public id is `<slug>.<letter><number>`: riverside.t1 (tender),
 * riverside.p12 (proposal), riverside.r2 (round), riverside.f3 (fund). The id itself tells which
 * community, and so which Redis slot, to ask. A resident's id is 22 characters of base64url (128
 * bits), meaningless outside. */
#ifndef GROUNDSWELL_BASE_IDS_H
#define GROUNDSWELL_BASE_IDS_H

#include <stdbool.h>
#include <stdint.h>

#include "groundswell/base/buf.h"
#include "groundswell/base/text.h"

#define SLUG_MAX 40
#define ID_NUMBER_MAX 4294967295u
#define RESIDENT_ID_SIZE 22

bool slug_is_valid(struct text slug); /* ^[a-z0-9]([a-z0-9-]{0,38}[a-z0-9])?$ */
bool word_is_valid(struct text word); /* area codes, themes, body ids: ^[a-z0-9][a-z0-9_-]{0,31}$ */
bool resident_id_is_valid(struct text id);

struct id {
    struct text slug; /* borrows from the parsed text */
    char letter;
    uint32_t number;
};
bool id_parse(struct text from, char letter, struct id *ret);
void id_put(struct buf *out, struct text slug, char letter, uint32_t number);

#endif
