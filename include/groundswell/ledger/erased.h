/* erased.h -- which accounts were erased, in a file that outlives the Redis they were erased from.
 *
 * A backup that is older than an erasure still holds the account, and Redis, put back to it, cannot
 * know. So each erasure adds a line to DATA/keys/erased.accounts: `<account> <ms since 1970>`, a
 * random word that leads to nobody any more but in such a backup. `groundswell restore --erased`
 * reads it and erases them again. Whoever keeps a copy of it beside their backups may drop lines
 * that are older than the oldest backup that they would restore. */
#ifndef GROUNDSWELL_LEDGER_ERASED_H
#define GROUNDSWELL_LEDGER_ERASED_H

#include "groundswell/ledger/accounts.h"

#define ERASED_FILE "erased.accounts" /* beside the folders of communities; no slug has a dot */
#define ERASED_FILE_MAX (64 * MIB)

/* Takes the next line off the content of such a file. False at its end (then content->n is 0), and
 * where the line is none (then it is not). Borrows. */
bool ledger_erased_cut(struct text *content, struct text *ret_account);

struct account_forget {
    struct text account;
    uint64_t until_s; /* when the last session that there may be is over by itself */
};
struct forget_outcome {
    PEOPLE_MEMBERS;
    bool known; /* it was there */
};
ACCOUNT_FIELDS(forget_outcome);
/* As ledger_account_erase(), for who has judged it; nothing where there is no such account, and no
 * line is added. Outcome: struct forget_outcome. */
DOOR_CALL(account_forget, account_forget);

#endif
