/* talk.h -- what the files of needs and deliberation share: how long a text may be, who looks. */
#ifndef GROUNDSWELL_DESK_TALK_H
#define GROUNDSWELL_DESK_TALK_H

#include "errand.h"
#include "groundswell/ledger/talk.h"

#define SPEECH_MOST 5000 /* characters of what somebody says */
#define REASON_MOST 1000 /* of why something is hidden, appealed against, ruled */

/* The body's text of at most so many characters, as the JSON that is stored; TEXT_NONE: the visit
 * is answered. */
struct text speech_read(struct visit *visit, const json_t *body, size_t most);

/* Who looks at a row that anyone may see: the hat that fits the place, a resident's first; nobody
 * where none does. What is said to somebody is in no cache. False: the visit is answered. */
bool looker_decide(struct visit *visit);

/* The resident who looks, or nobody. */
struct viewer viewer_of(const struct errand *errand);

/* ?mine=1, which takes a resident. False: the visit is answered. */
bool mine_read(struct visit *visit, bool *ret);

#endif
