/* rebuild.h -- what the parts of the verb `rebuild` share: rebuild.c reads the log and opens Redis,
 * rebuild_write.c writes what follows from the records, forward.c is asked first with --forward. */
#ifndef GROUNDSWELL_MAIN_REBUILD_H
#define GROUNDSWELL_MAIN_REBUILD_H

#include "groundswell/tlog/tree.h"
#include "rebuild_notes.h"
#include "recount_log.h"

struct loop;
struct store;
struct embedded_redis;

#define REBUILD_IN_FLIGHT_MAX 512

struct rebuilding {
    const struct args *args;
    char slug[SLUG_MAX + 1];
    char tally_key[4096]; /* where the key of hidden tallies would lie */
    struct log_source source;
    struct log_trust trust;
    struct recount_log log;
    struct rebuild_notes notes;
    const struct model *model;
    uint64_t size; /* of the log, and its root, as they were verified */
    struct hash root;

    struct loop *loop;
    struct store *store;
    struct ledger *ledger;
    struct embedded_redis *redis; /* NULL where one runs already */
    bool redis_gone;
    struct restore to;

    size_t in_flight;
    enum fault fault;     /* the first that any answer told */
    struct restore_look look;
    uint64_t found_seq; /* of the next record of a community that is there already */
    enum fault found_fault;

    bool forward;
    uint64_t from;     /* records that the ledger has already and keeps; 0: all is written anew */
    uint64_t own_size; /* of the data folder's log, 0 where there is none */
    uint64_t texts;    /* missing records that have one */
    char (*changed)[RESIDENT_ID_SIZE + 1]; /* wallets, sorted */
    size_t changed_n, changed_max;

    struct tree *tree; /* of the records as they were written */
    uint64_t records, wallets;
    /* The batch of wallets being put together. */
    struct wallet_state *batch;
    size_t batch_n;
    uint64_t batch_round;
    /* The held amounts of each proposal that has a histogram. */
    struct amounts {
        uint32_t *at;
        size_t n, max;
        bool kept;
    } *amounts; /* by number */
};

/* Waits until no more than `most` commands are under way; the first fault of all. */
enum fault rebuild_wait(struct rebuilding *r, size_t most) MUST_CHECK;

/* Fills found_seq; FAULT_ABSENT where there is no community. */
enum fault rebuild_seq_ask(struct rebuilding *r) MUST_CHECK;

/* rebuild_talk.c */
enum fault rebuild_talk_write(struct rebuilding *r) MUST_CHECK;

/* rebuild_write.c, for its parts: a question was asked; waits where too many are. */
enum fault rebuild_next(struct rebuilding *r) MUST_CHECK;

/* rebuild_wallets.c */
enum fault rebuild_wallets(struct rebuilding *r) MUST_CHECK;

/* rebuild_deliver.c: what has become of commissions; a part of the next. */
enum fault rebuild_deliver(struct rebuilding *r) MUST_CHECK;

/* Everything but the marker and the look; `c` last. */
enum fault rebuild_write(struct rebuilding *r) MUST_CHECK;
enum fault rebuild_fallbacks(struct rebuilding *r) MUST_CHECK;
/* turnout.c: how many people have pledged. */
enum fault rebuild_turnout(struct rebuilding *r) MUST_CHECK;

#endif
