/* archive_ledger.h -- a snapshot that lies in a folder, opened by a Redis of its own, and compared
 * with the sealed logs beside it: what both `backup` and `restore` do before they believe it.
 *
 * The folder is laid out like a data folder: redis/appendonlydir with the snapshot as the base of
 * an append-only file, log/<slug>. */
#ifndef GROUNDSWELL_MAIN_ARCHIVE_LEDGER_H
#define GROUNDSWELL_MAIN_ARCHIVE_LEDGER_H

#include "groundswell/base/arena.h"
#include "groundswell/ledger/state.h"
#include "groundswell/tlog/tree.h"
#include "groundswell/tlog/verify.h"
#include "verb.h"

struct loop;
struct store;
struct embedded_redis;

#define SNAPSHOT_FOLDER "redis/appendonlydir"
#define SNAPSHOT_BASE SNAPSHOT_FOLDER "/appendonly.aof.1.base.rdb"
#define SNAPSHOT_LIST SNAPSHOT_FOLDER "/appendonly.aof.manifest"
#define SNAPSHOT_LIST_TEXT "file appendonly.aof.1.base.rdb seq 1 type b\n"

struct snapshot_community {
    char slug[SLUG_MAX + 1];
    struct community_state state;
    uint64_t first;  /* of the records that the stream still has */
    uint64_t sealed; /* size of the log beside it; 0 where there is none */
    struct hash root;
};

struct snapshot {
    const struct args *args;
    const char *folder;
    struct loop *loop;
    struct embedded_redis *redis;
    struct store *store;
    struct ledger *ledger;
    bool redis_gone;

    struct snapshot_community *communities;
    size_t communities_n, communities_max;

    /* The question under way. */
    enum fault fault;
    bool heard;
    uint64_t next;
    struct snapshot_community *asked;
    struct arena one;
    struct buf page; /* records, a line each, of the page just read */
    struct doubt doubt;
};

/* Starts Redis on the folder and lists the communities. VERB_DONE, or a sentence stands on standard
 * error; close it in either case, which stops that Redis. */
enum verb_exit snapshot_open(struct snapshot *snapshot, const struct args *args,
                             const char *folder);
void snapshot_close(struct snapshot *snapshot);

/* A checkpoint that somebody kept. */
struct kept {
    const char *path;
    struct buf bytes;
    bool judged;
};

/* Verifies folder/log/<slug> with the keys beside it, and that the ledger's records are those that
 * were sealed and go on without a gap to where it says it is; `kept` checkpoints of this log must
 * be beginnings of these records. Fills first, sealed and root. */
enum verb_exit snapshot_check(struct snapshot *snapshot, struct snapshot_community *community,
                              struct kept *kept, size_t kept_n);

#endif
