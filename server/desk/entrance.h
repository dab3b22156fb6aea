/* entrance.h -- what follows when somebody has proved who they are: a session begins. */
#ifndef GROUNDSWELL_DESK_ENTRANCE_H
#define GROUNDSWELL_DESK_ENTRANCE_H

#include "groundswell/ledger/accounts.h"
#include "groundswell/people/session.h"
#include "write.h"

struct visit;

/* Begins a session of that account in place of the one that may be there, sets its cookie, answers
 * the account. `more` (may be NULL) adds members to the answer. Copies what it is given. */
struct entrance_plan {
    const struct account_view *view;
    enum session_way way;
    bool not_anew; /* nothing was proved just now: the old session's way and time are kept */
    struct text only; /* the one hat that this way in proves; TEXT_NONE: all that there are */
    void (*more)(void *ctx, struct json_out *out);
    void *ctx;
};
void entrance_open(struct visit *visit, const struct entrance_plan *plan);

/* What an account is, and the session that looks at it: members of an object. */
void account_write(struct visit *visit, struct json_out *out, const struct account_view *view,
                   const struct session *session);

#endif
