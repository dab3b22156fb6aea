/* store.h -- questions to Redis and the one answer to each; streams followed from a place.
 *
 * A store keeps a few connections to one Redis. It is `down`, then in its `prelude` (the checks of
 * server/store/check.c have passed; only store_ask_prelude() flows: the ledger loads its
 * functions), then `up`. It goes down when its last connection is lost, goes through the prelude
 * again when another Redis process answers at the address, and comes back by itself.
 *
 * A question gets exactly one answer, never before store_ask() returned:
 *   FAULT_NONE     the reply is in `answer`
 *   FAULT_BUSY     certainly not done: the store is down or full (answer NULL), or Redis refused
 *                  the call as a whole for now (LOADING, BUSY, OOM, READONLY, MASTERDOWN,
 *                  CLUSTERDOWN, TRYAGAIN, MISCONF: the ERROR is in `answer`)
 *   FAULT_FORMAT   any other error reply; the ERROR is in `answer` (see answer_is_error())
 *   FAULT_TIMEOUT  may or may not have been done: the deadline passed. Its connection is closed,
 *                  for what comes next on it can no longer be matched
 *   FAULT_LOST     may or may not have been done: the connection went away, or spoke garbage
 *   FAULT_MEMORY   certainly not done
 * TIMEOUT and LOST are why every write carries an idempotency key. */
#ifndef GROUNDSWELL_STORE_STORE_H
#define GROUNDSWELL_STORE_STORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "groundswell/base/fault.h"
#include "groundswell/base/text.h"
#include "groundswell/store/answer.h"

struct loop;
struct store;
struct follow;

#define STORE_CONNECTIONS_DEFAULT 8
#define STORE_CONNECTIONS_MAX 64
#define STORE_QUESTIONS_DEFAULT 4096 /* in flight, all connections together */
#define STORE_DEADLINE_MS 5000       /* a good deadline for an ordinary question */

struct store_plan {
    const char *address;         /* "unix:PATH" (any length), "redis://host:port" or "host:port" */
    const char *user, *password; /* for AUTH; NULL: none. Copied. */
    unsigned connections;        /* 0: the default */
    unsigned questions_max;      /* 0: the default */
    /* The prelude has begun: load what must be there through store_ask_prelude(), then say
     * store_ready(), or store_refuse(). NULL: ready at once. Without either word within 30 s the
     * store refuses by itself and starts again. */
    void (*on_up)(void *ctx, struct store *store);
    /* Only after an on_up, and after all pending questions were answered. NULL accepted. */
    void (*on_down)(void *ctx);
    void *ctx;
};

/* Connects in the background. NULL: malformed address or no memory (logged). */
struct store *store_new(struct loop *loop, const struct store_plan *plan);
/* Answers what is pending with FAULT_LOST (synchronously; the store must not be asked from there)
 * and stops and frees all follows. on_down is not called. Not from within an answer of this store:
 * use loop_later(). NULL accepted. */
void store_free(struct store *store);

void store_ready(struct store *store);
/* This Redis will not do (behind the sealed log, say): down again, with `why` in the log and in
 * store_why_down(), and asked again later. */
void store_refuse(struct store *store, const char *why);

bool store_is_up(const struct store *store);
const char *store_why_down(const struct store *store); /* one plain sentence; "" while up */

typedef void store_answer_fn(void *ctx, enum fault fault, const struct answer *answer);

/* Sends one command, argv[0] its name; everything is copied before it returns. */
void store_ask(struct store *store, const struct text *argv, size_t argc, uint32_t deadline_ms,
               store_answer_fn *answer, void *ctx);
/* The same, but also allowed in the prelude. */
void store_ask_prelude(struct store *store, const struct text *argv, size_t argc,
                       uint32_t deadline_ms, store_answer_fn *answer, void *ctx);

/* Down because name or password is wrong, missing, or may too little: waiting does not mend it. */
bool store_is_locked_out(const struct store *store);

size_t store_in_flight(const struct store *store);

/* ---- streams ----
 *
 * The place of an entry is the first half of its id, its seq. (Redis refuses the id 0-0: a log that
 * counts from 0 needs ids like <seq>-1. Whatever stands behind the dash is ignored here.) */

typedef void follow_entry_fn(void *ctx, uint64_t seq, const struct answer *fields);

/* Delivers every entry of the stream `key` whose seq is >= from_seq, in order, each once, from now
 * on and across reconnects, while the store is up. What was trimmed before it could be read shows
 * as a gap in seq: the caller looks. `fields` is a flat list (answer_field). Never before this call
 * returned. Any number of follows per key, all over one connection. NULL: no memory, or a key above
 * 256 bytes. */
struct follow *store_follow(struct store *store, struct text key, uint64_t from_seq,
                            follow_entry_fn *on_entry, void *ctx);
/* Nothing is delivered after this returned. Allowed within on_entry, of itself too. NULL accepted.
 * Not after store_free(), which has freed every follow. */
void follow_stop(struct follow *follow);

#endif
