/* page_fill_bodies.h -- what the pages of a body add to their models, and its shapes. */
#ifndef GROUNDSWELL_DESK_PAGE_FILL_BODIES_H
#define GROUNDSWELL_DESK_PAGE_FILL_BODIES_H

#include "page_fill.h"

/* The task list: the body of who looks (or of ?body=), its own tenders and commissions. */
page_fill_fn fill_tasks;
#define TASKS_SHAPE                                                                               \
    "{\"word\":true,\"own\":{\"body\":true,\"state\":true,\"lawful\":true,\"version\":true,"      \
    "\"majority\":true,\"title\":true},\"works_here\":true,\"others\":[{\"word\":true,"           \
    "\"title\":true}],\"calls\":[{\"tender\":true,\"state\":true,\"text\":null,"                  \
    "\"closes\":true,\"paused_until\":true}],\"works\":[{\"commission\":true,\"state\":true,"     \
    "\"price\":true,\"paid\":true,\"title\":true}]}"

/* A parameter of the page's address, where it has that one; TEXT_NONE. */
struct text fill_param(const struct visit *visit, const char *name);

page_fill_fn fill_constitution; /* the form begins with what is in force */

/* The majority with the seat that is being typed, and the member that an address names. */
page_fill_fn fill_members;
#define MAJORITY_SHAPE                                                                            \
    "{\"seats\":true,\"votes\":true,\"lay_seats\":true,\"lay_votes\":true,\"enough\":true,"       \
    "\"seats_short\":true,\"votes_short\":true,\"members_short\":true}"
#define MEMBERS_SHAPE                                                                             \
    "{\"now_majority\":" MAJORITY_SHAPE ",\"then_majority\":" MAJORITY_SHAPE ","                  \
    "\"member\":{\"member\":true,\"category\":true,\"votes\":true,\"text\":null}}"

page_fill_fn fill_rule; /* what the community has where a tender says nothing */
#define RULE_SHAPE "{\"past_there\":true,\"short_by\":true}"

/* What a draft lacks to be published, and a published one to be opened. */
page_fill_fn fill_gate;
#define GATE_SHAPE                                                                                \
    "{\"gate\":{\"approved\":true,\"lay\":true,\"approvals_short\":true,\"lay_short\":true,"      \
    "\"approved_enough\":true,\"published\":true,\"opens\":true,\"days_left\":true,"              \
    "\"talks\":true,\"many_talks\":true,\"side_short\":true,\"summaries\":true,"                  \
    "\"appeals\":true,\"unjudged\":true},\"own\":{\"body\":true,\"lawful\":true,"               \
    "\"majority\":true},"                                                                        \
    "\"registers\":true}"

page_fill_fn fill_talks_next;
#define NEXT_SHAPE "{\"next\":true,\"filter\":null}"

page_fill_fn fill_amend; /* the form begins with what the proposal says */
page_fill_fn fill_merge; /* with which it may become one */
#define MERGE_SHAPE "{\"others\":[{\"proposal\":true,\"title\":true,\"chosen\":true}]}"

page_fill_fn fill_poster; /* the whole address, for its QR code */
#define POSTER_SHAPE "{\"address\":true}"

/* Milestones by name with what can be done next, and the one that an address names. */
page_fill_fn fill_work;
#define STEP_SHAPE                                                                                \
    "{\"milestone\":true,\"index\":true,\"title\":true,\"due\":true,\"amount\":true,"             \
    "\"paid\":true,\"unpaid\":true,\"state\":true,\"confirmed\":true,\"disputed\":true,"          \
    "\"report\":null,\"dispute\":null,\"fixed\":true,\"typed\":true,\"wrong\":true,"              \
    "\"evidence\":[{\"at\":true,\"document\":true,\"text\":null}]}"
#define WORK_SHAPE                                                                                \
    "{\"title\":true,\"provider\":true,\"steps\":[" STEP_SHAPE "],\"step\":" STEP_SHAPE ","       \
    "\"running\":true,\"movable_left\":true,\"reports\":true,"                                 \
    "\"changes\":[{\"variation\":true,\"moved\":true,"                                          \
    "\"ends\":true,\"approved\":true,\"text\":null,\"parts\":[{\"milestone\":true,"               \
    "\"amount\":true,\"was\":true}]}],\"change\":{\"variation\":true,\"moved\":true,"             \
    "\"ends\":true,\"approved\":true,\"text\":null,\"parts\":[{\"milestone\":true,"               \
    "\"amount\":true,\"was\":true}]},\"promises\":[{\"number\":true,\"title\":true,"              \
    "\"chosen\":true}]}"

#endif
