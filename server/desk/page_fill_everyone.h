/* page_fill_everyone.h -- what the pages for everyone add to their models, and its shapes. */
#ifndef GROUNDSWELL_DESK_PAGE_FILL_EVERYONE_H
#define GROUNDSWELL_DESK_PAGE_FILL_EVERYONE_H

#include "page_fill.h"

/* Of a list: what was asked for in the address, and what stands in ?after= of the next page. */
#define FILTER_SHAPE                                                                              \
    "\"filter\":{\"q\":true,\"state\":true,\"theme\":true,\"sort\":true,\"kind\":true},"          \
    "\"next\":true"
#define LIST_SHAPE "{" FILTER_SHAPE "}"

/* `filter` and `next` of the list that is that member of the model. */
void fill_list(struct visit *visit, json_t *model, const char *list);

/* `trend_chart` of the member `trend`, where anybody had pledged. */
void fill_trend(struct visit *visit, json_t *model);

/* page_fill_everyone.c */
page_fill_fn fill_home, fill_community, fill_commissions, fill_tenders, fill_needs, fill_bodies;
page_fill_fn fill_tender, fill_talks, fill_proposal; /* page_fill_tender.c */
page_fill_fn fill_commission;                        /* page_fill_commission.c */

#define TENDER_ITEM                                                                               \
    "{\"tender\":true,\"state\":true,\"ceiling\":true,\"closes\":true,\"proposals\":true,"        \
    "\"paused_until\":true,\"theme\":true,\"critical_until\":true,\"tally\":true,\"text\":null}"
#define COMMISSION_ITEM                                                                           \
    "{\"commission\":true,\"state\":true,\"price\":true,\"paid\":true,\"people\":true,"           \
    "\"proposal_text\":null}"
#define COMMUNITY_SHAPE                                                                           \
    "{\"residents\":true,\"trend_chart\":true,"                                                   \
    "\"pledging\":[" TENDER_ITEM "],\"talking\":[" TENDER_ITEM "],"                               \
    "\"given\":true,\"newest\":[" COMMISSION_ITEM "],\"pool_chart\":true,"                        \
    "\"pool\":[{\"label\":true,\"theme\":true,\"amount\":true,\"drawn\":true,\"left\":true,"      \
    "\"reference\":true,\"conditions\":true,\"starts\":true,\"ends\":true}],"                     \
    "\"places\":[{\"name\":true,\"residents\":true,\"official\":true}],\"map\":true}"
#define THEMES_SHAPE                                                                              \
    "{" FILTER_SHAPE ",\"themes_chart\":true,"                                                    \
    "\"themes\":[{\"theme\":true,\"n\":true,\"price\":true}]}"

#define TALK_ITEM                                                                                 \
    "{\"talk\":true,\"kind\":true,\"at\":true,\"edited\":true,\"area\":true,\"state\":true,"      \
    "\"reason\":true,\"text\":null,\"agree\":true,\"disagree\":true,\"pass\":true,\"said\":true," \
    "\"lowest\":true,\"counted\":true,\"few\":true,"                                              \
    "\"places\":[{\"name\":true,\"agree\":true,\"disagree\":true,\"pass\":true,\"few\":true}]}"
#define STAGE_SHAPE "[{\"stage\":true,\"done\":true,\"now\":true,\"at\":true,\"until\":true}]"
#define OFFER_ITEM                                                                                \
    "{\"proposal\":true,\"price\":true,\"state\":true,\"people\":true,\"pledged\":true,"          \
    "\"critical_until\":true,\"judged\":true,\"merged_into\":true,\"text\":null,"                 \
    "\"lines\":" PROGRESS_SHAPE "}"
#define TENDER_SHAPE                                                                              \
    "{\"hidden\":true,\"running\":true,\"outcomes_there\":true,\"talk_there\":true,"              \
    "\"rule\":{\"areas\":true,\"each\":true,\"days\":true},"                                      \
    "\"body\":{\"body\":true,\"title\":true},\"stages\":" STAGE_SHAPE ","                         \
    "\"offers\":[" OFFER_ITEM "],\"arguments_for\":[" TALK_ITEM "],"                              \
    "\"arguments_against\":[" TALK_ITEM "],\"questions\":[" TALK_ITEM "],"                        \
    "\"amendments\":[" TALK_ITEM "],\"more_talks\":true}"
#define TALKS_SHAPE "{" FILTER_SHAPE ",\"list\":[" TALK_ITEM "]}"
#define PROPOSAL_SHAPE                                                                            \
    "{\"hidden\":true,\"running\":true,\"lines\":" PROGRESS_SHAPE ",\"areas_chart\":true,"        \
    "\"places\":[{\"name\":true,\"people\":true,\"need\":true,\"lack\":true,\"met\":true}],"      \
    "\"similar_there\":true,\"help_there\":true,\"was_changed\":true,"                           \
    "\"others\":[{\"proposal\":true,\"title\":true}]}"

#define REPORT_ITEM                                                                               \
    "{\"at\":true,\"figure\":true,\"counted\":true,\"indicator\":true,\"unit\":true,\"story\":true}"
#define COMMISSION_SHAPE                                                                          \
    "{\"milestones\":[{\"milestone\":true,\"title\":true,\"due\":true,\"amount\":true,"           \
    "\"paid\":true,\"state\":true,\"confirmed\":true,\"disputed\":true,\"note\":true,"            \
    "\"dispute\":true,\"evidence\":[{\"note\":true,\"at\":true,\"document\":true}],"              \
    "\"payments\":[{\"amount\":true,\"at\":true,\"reference\":true,\"paid_on\":true}]}],"         \
    "\"by_fund\":[{\"label\":true,\"drawn\":true,\"paid\":true,\"unpaid\":true,"                  \
    "\"returned\":true}],\"money_chart\":true,"                                                   \
    "\"promises\":[{\"title\":true,\"unit\":true,\"target\":true,"                                \
    "\"reports\":[" REPORT_ITEM "]}],\"reports\":[" REPORT_ITEM "],"                              \
    "\"stories\":[" REPORT_ITEM "]}"

#endif
