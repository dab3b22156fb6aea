/* pool.h -- a store from the inside: its connections, their questions. Private to the room.
 *
 * A connection rests, connects, is checked, is open. Connection 0 is the scout: while the store is
 * down it alone tries; when it is open the others follow. One more connection, the feed's, carries
 * the followed streams and is no part of the pool that store_ask() picks from. */
#ifndef STORE_POOL_H
#define STORE_POOL_H

#include <stdbool.h>

#include "address.h"
#include "groundswell/store/store.h"
#include "question.h"

#define BACKOFF_MIN_MS 50
#define BACKOFF_MAX_MS 2000
#define CONNECT_MS 5000 /* for connect(); each check has as long again */
#define PRELUDE_MS 30000
#define WHY_SIZE 256
#define RUN_ID_SIZE 48

struct feed;
struct timer;
struct wire;

enum connection_state {
    CONNECTION_RESTING,
    CONNECTION_CONNECTING,
    CONNECTION_CHECKING,
    CONNECTION_OPEN,
};

struct connection {
    struct store *store;
    bool of_feed;
    enum connection_state state;
    struct wire *wire;
    struct queue asked;
    struct timer *timer; /* the rest, or the patience with connect() */
    uint32_t backoff_ms;
    char run_id[RUN_ID_SIZE]; /* of the Redis process behind it */
};

enum store_state { STORE_DOWN, STORE_PRELUDE, STORE_UP };

struct store {
    struct loop *loop;
    struct address address;
    char *name, *user, *password; /* name: the address in words */
    struct store_plan plan;
    enum store_state state;
    bool freeing;
    char why[WHY_SIZE], said[WHY_SIZE]; /* said: the last that was logged */
    bool locked_out;                    /* see store_is_locked_out() */
    char run_id[RUN_ID_SIZE], version[16];
    struct connection connections[STORE_CONNECTIONS_MAX];
    unsigned connections_n, open_n;
    size_t questions_n, questions_max; /* those of store_ask alone */
    struct wheel wheel;
    struct queue refused, spare;
    struct timer *tick, *refusing, *preparing;
    struct feed *feed; /* NULL until the first follow */
};

/* connection.c */
void connection_init(struct connection *connection, struct store *store, bool of_feed);
void connection_start(struct connection *connection); /* if it rests: now */
/* Closes it and answers what it carries: `late` with FAULT_TIMEOUT, the others with FAULT_LOST. */
void connection_lose(struct connection *connection, const char *why, struct question *late);
void connection_release(struct connection *connection);
/* Whatever its state: for checks and the feed. */
void connection_ask(struct connection *connection, const struct text *argv, size_t argc,
                    uint32_t deadline_ms, store_answer_fn *answer, void *ctx);
enum fault connection_send(struct connection *connection, struct question *question,
                           const struct text *argv, size_t argc) MUST_CHECK;

/* check.c: asks whether this Redis keeps its word; ends in pool_opened() or connection_lose(). */
void check_begin(struct connection *connection);

/* store.c */
struct question *pool_question(struct store *store, uint32_t deadline_ms, store_answer_fn *answer,
                               void *ctx);
void pool_answer(struct store *store, struct question *question, enum fault fault,
                 const struct answer *answer);
/* Answers at the end of the turn, without having asked. */
void pool_refuse(struct store *store, struct question *question, enum fault fault);
void pool_opened(struct connection *connection);
void pool_lost(struct connection *connection, bool was_open, const char *why);

/* feed.c */
void feed_start(struct store *store);  /* the store is up: open its connection,
    if anything is followed */
void feed_opened(struct store *store); /* its connection is open: read */
void feed_free(struct store *store);

#endif
