/* sealer.h -- the records of each community, sealed within two seconds: the follower of
 * `{slug}:log` that feeds tlog/seal.h, and trims the stream behind it.
 *
 * Every process has a sealer; for each community the one that gets the lock of the log's folder
 * works, and when it dies another takes over. Records are read page by page, in order, each page
 * beginning with one that is sealed already, so that a Redis that went back or tells another story
 * is noticed. What waits for the disk runs in the pool of workers.
 *
 * On a doubt (a gap, a changed record, Redis behind the log, a tile that differs, a key file that
 * others may read) it stops signing that community, and says so in the log, in the metrics and
 * through sealer_doubt(). It goes on by itself only where somebody can have mended the cause.
 *
 * Metrics: groundswell_seal_delay_seconds (from a record's acceptance to the published checkpoint
 * that holds it; of each publication the oldest record), groundswell_seal_delay_last_ms,
 * groundswell_sealed_records, groundswell_sealing_stopped (by community);
 * groundswell_witness_cosigned_records, groundswell_witness_failures_total (by witness and
 * community). */
#ifndef GROUNDSWELL_KEEPER_SEALER_H
#define GROUNDSWELL_KEEPER_SEALER_H

#include <stdint.h>

#include "groundswell/base/fault.h"
#include "groundswell/base/text.h"

struct doubt;
struct ledger;
struct loop;
struct sealer;
struct store;
struct workers;

struct sealer_plan {
    struct loop *loop;
    struct store *store; /* these four outlive the sealer's last answer */
    struct ledger *ledger;
    struct workers *workers;
    const char *data; /* folder of everything that is kept; copied */
    const char *host; /* a new log is named <host>/<slug>; an old one as its key is. Copied. */
    uint64_t margin;  /* records that stay in the stream although they are sealed; 0: 10,000 */
    unsigned poll_ms; /* between two looks while records come; 0: 200 */
};

/* Begins at once, works whenever the store is up. NULL: no memory. */
struct sealer *sealer_new(const struct sealer_plan *plan);
/* Who cosigns, before the loop runs: a file of lines `URL VKEY`, or such a list with commas; "":
 * nobody. They are asked after each publication, in threads of their own; their lines stand in the
 * checkpoint as soon as they came. FAULT_CONFIG is logged; FAULT_MEMORY. */
enum fault sealer_witnesses(struct sealer *sealer, const char *named) MUST_CHECK;
/* Whether it would take them: reads the file, asks nobody. */
enum fault sealer_witnesses_check(const char *named, struct doubt *doubt) MUST_CHECK;
/* After store_free() and workers_free(). Waits for questions to witnesses that are in flight, two
 * seconds at most. NULL accepted. */
void sealer_free(struct sealer *sealer);

/* In the store's prelude: is Redis at least as far as every log under DATA/log, and does the last
 * sealed record stand there as it was sealed? `done` gets NULL, or the sentence for store_refuse(),
 * borrowed during the call. One at a time: a second call supersedes the first, whose `done` is
 * never called. */
void sealer_check(struct sealer *sealer, void (*done)(void *ctx, const char *why_not), void *ctx);

/* Why a community is not being sealed, the first there is; NULL while all is well. */
const char *sealer_doubt(const struct sealer *sealer);

#endif
