/* model_talk.h -- what the model holds of needs and of the deliberation on tenders.
 *
 * Input fields by kind, as in model.h:
 *   need_raised      text
 *   need_seconded    need
 *   need_answered    need body tender? text   (body: that answers)
 *   talk_added       tender sort area text
 *   talk_edited      talk text                (talk_appealed too)
 *   talk_stance      talk area agree disagree pass
 *   talk_hidden      talk reason text body?
 *   talk_ruled       talk stands text
 *   talk_summarised  tender text body? */
#ifndef GROUNDSWELL_RULES_MODEL_TALK_H
#define GROUNDSWELL_RULES_MODEL_TALK_H

#include "groundswell/rules/consensus.h"
#include "groundswell/rules/model.h"

struct model_need {
    uint64_t seconds, tender; /* tender: of the answer, 0 for none */
    uint64_t at, seq, answer_at, answer_seq;
    struct text body;         /* that answered; empty before */
};
struct model_talk {
    uint64_t tender, area, version;
    uint64_t at, seq, edited_at, hidden_at; /* 0: never */
    char state; /* s shown, h hidden, a appealed, u upheld, c cleared */
    struct text sort, reason;
    const struct stances *by_area;
    struct stances all;
    struct consensus consensus;
    uint64_t division;
};
/* What the contributions to one tender come to. */
struct talk_sum {
    uint64_t n, pro, contra; /* pro, contra: arguments that are shown */
    uint64_t amended, summary; /* seqs of the last amendment and the last summary, or 0 */
    uint64_t summaries;
};
uint64_t model_needs(const struct model *model); /* how many; they are numbered from 1 */
uint64_t model_talks(const struct model *model);
bool model_need(const struct model *model, uint64_t number, struct model_need *ret);
bool model_talk(const struct model *model, uint64_t number, struct model_talk *ret);
bool model_talk_sum(const struct model *model, uint64_t tender, struct talk_sum *ret);

#endif
