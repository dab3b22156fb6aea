/* body.h -- who may publish: the majority rule of commissioning bodies.
 *
 * Residents and service users together ("lay" members) hold more than half of the seats and of the
 * votes, and there are as many members as the community asks for. Professionals and elected members
 * may sit, never be the majority. The twin in Lua is body.is_lawful (ledger/lua/22_body.lua). */
#ifndef GROUNDSWELL_RULES_BODY_H
#define GROUNDSWELL_RULES_BODY_H

#include <stdbool.h>
#include <stdint.h>

#include "groundswell/base/buf.h"
#include "groundswell/base/text.h"

/* What a body's register shows. */
struct body_register {
    uint64_t seats, seat_votes, lay_seats, lay_votes;
};

bool body_is_lawful(const struct body_register *shows, uint64_t members_min);

/* "9 of 14 seats and 9 of 14 votes are residents'.", and where that is too little, what is short
 * and by how much. */
void body_sentence(struct buf *out, const struct body_register *shows, uint64_t members_min);

/* resident, user, professional, elected; the first two are lay. */
bool category_is_valid(struct text category);
bool category_is_lay(struct text category);

/* ---- what a model holds of bodies ---- */

struct model;
struct model_body {
    struct text word;
    char mark; /* f l s */
    uint64_t version, seats, seat_votes, lay_seats, lay_votes;
};
struct model_member {
    uint64_t body, votes, term;
    struct text category;
    bool seated;
};
/* What a tender has where it says nothing; the window in milliseconds. */
struct model_defaults {
    uint64_t days, contributors, people_permille, areas_min, window, needs_line;
    bool hidden;
};

uint64_t model_members_min(const struct model *model); /* of a body; 0: no register */
struct model_defaults model_defaults(const struct model *model);
uint64_t model_bodies(const struct model *model);
uint64_t model_members(const struct model *model); /* ever, of all bodies */
bool model_body(const struct model *model, uint64_t number, struct model_body *ret);
bool model_member(const struct model *model, uint64_t number, struct model_member *ret);
/* The n-th who approved the tender's draft, or 0. */
uint64_t model_approval(const struct model *model, uint64_t tender, size_t n);

#endif
