/* body_inside.h -- what the files of the model share of commissioning bodies. */
#ifndef GROUNDSWELL_RULES_BODY_INSIDE_H
#define GROUNDSWELL_RULES_BODY_INSIDE_H

#include "inside.h"

struct body {
    struct word word;
    char mark; /* f forming, l lawful, s suspended */
    uint64_t version;
    struct body_register shows;
};

struct member {
    uint64_t body, votes, term;
    bool lay, seated;
    struct word category;
};

/* ---- the acts ---- */
void act_community_set(struct model *model, const struct record *in, struct verdict *ret);
void act_areas_set(struct model *model, const struct record *in, struct verdict *ret);
void act_body_formed(struct model *model, const struct record *in, struct verdict *ret);
void act_body_constituted(struct model *model, const struct record *in, struct verdict *ret);
void act_member_seated(struct model *model, const struct record *in, struct verdict *ret);
void act_member_left(struct model *model, const struct record *in, struct verdict *ret);
void act_tender_approved(struct model *model, const struct record *in, struct verdict *ret);
void act_tender_published(struct model *model, const struct record *in, struct verdict *ret);

/* ---- moves ---- */
struct body *body_named(const struct model *model, struct text word); /* or NULL */
struct member *member_sitting(const struct model *model, uint64_t number); /* or NULL */
/* Whether the body takes this member, but for who it is; else refuses and gives NULL. */
struct body *body_takes(const struct model *model, const struct record *in, struct verdict *ret);
void member_term_write(struct model *model, uint64_t number, uint64_t due, struct verdict *ret);

#endif
