/* ended.h -- what ended before its time: sessions and keys that look good but are not.
 *
 * A worker judges a session by its seal and its dates alone, and by what it has heard here: so it
 * hears of everything from the first entry on, and must let nobody in before `on_ready`. An entry
 * may be forgotten when its `until_s` has passed: what it speaks of is over by itself then. */
#ifndef GROUNDSWELL_LEDGER_ENDED_H
#define GROUNDSWELL_LEDGER_ENDED_H

#include "groundswell/ledger/ledger.h"

enum ended_kind {
    ENDED_SESSION, /* id: the session's */
    ENDED_ACCOUNT, /* id: the account's. Its sessions whose epoch is below `epoch` are over */
    ENDED_KEY,     /* id: of an organisation's key */
};
struct ended_entry {
    enum ended_kind kind;
    struct text id; /* borrowed for the callback */
    uint64_t epoch;
    uint64_t before_s; /* of ENDED_ACCOUNT: when; for who knows of a session only when it began */
    uint64_t until_s;
};

struct ended_listener {
    void (*on_ended)(void *ctx, const struct ended_entry *entry);
    void (*on_ready)(void *ctx); /* once: all that was there at the start has been told */
    void *ctx;
};

struct ended_follow;
/* Every entry from the start, in order, then as they come, across reconnects; may be called while
 * the store is down. Nothing is told before it returned. NULL: no memory. */
struct ended_follow *ledger_ended_follow(struct ledger *ledger,
                                         const struct ended_listener *listener);
/* Nothing is told after this returned. Not after store_free(). NULL accepted. */
void ledger_ended_stop(struct ended_follow *follow);

#endif
