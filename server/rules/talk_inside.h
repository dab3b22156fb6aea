/* talk_inside.h -- what the files of the model share of needs and deliberation. */
#ifndef GROUNDSWELL_RULES_TALK_INSIDE_H
#define GROUNDSWELL_RULES_TALK_INSIDE_H

#include "inside.h"

struct need {
    uint64_t seconds, tender; /* tender: of the answer, 0 for none */
    uint64_t at, seq, answer_at, answer_seq;
    struct word body;         /* that answered; empty before */
};

struct talk {
    uint64_t tender, area, version;
    uint64_t at, seq, edited_at, hidden_at;
    struct word sort, reason;
    char state; /* s h a u c, as in SERVICE.md */
    struct stances by_area[RECORD_AREAS_MAX];
};

/* ---- the acts: judge behind the settling, then write ---- */
void act_need_raised(struct model *model, const struct record *in, struct verdict *ret);
void act_need_seconded(struct model *model, const struct record *in, struct verdict *ret);
void act_need_answered(struct model *model, const struct record *in, struct verdict *ret);
void act_talk_added(struct model *model, const struct record *in, struct verdict *ret);
void act_talk_edited(struct model *model, const struct record *in, struct verdict *ret);
void act_talk_stance(struct model *model, const struct record *in, struct verdict *ret);
void act_talk_hidden(struct model *model, const struct record *in, struct verdict *ret);
void act_talk_appealed(struct model *model, const struct record *in, struct verdict *ret);
void act_talk_ruled(struct model *model, const struct record *in, struct verdict *ret);
void act_talk_summarised(struct model *model, const struct record *in, struct verdict *ret);

/* Needs and contributions; where there is none, or none that fits: refuses, and gives NULL. */
struct need *need_unanswered(const struct model *model, uint64_t number, struct verdict *ret);
struct talk *talk_at(const struct model *model, uint64_t number); /* or NULL */
struct talk *talk_known(const struct model *model, uint64_t number, struct verdict *ret);
/* What stands before the checks that only roll.c can make; false where refused. */
bool talk_may_add(const struct model *model, const struct record *in, struct verdict *ret);
bool talk_may_stance(const struct model *model, uint64_t number, struct verdict *ret);
/* True where the deliberation has happened; else refuses. */
bool talk_gate(const struct tender *tender, uint64_t contributors, struct verdict *ret);

#endif
