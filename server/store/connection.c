/* connection.c -- one connection: what it is doing, what was asked on it, and how it comes back.
 *
 * Replies come in the order of the questions, so the oldest question owns the next reply.
 * Everything that ends a connection goes through connection_lose(): there, each question gets its
 * one answer. */
#include <errno.h>

#include "groundswell/base/log.h"
#include "groundswell/base/secret.h"
#include "groundswell/io/loop.h"
#include "pool.h"
#include "wire.h"

static const char *const busy_words[] = {
    "LOADING", "BUSY", "OOM", "READONLY", "MASTERDOWN", "CLUSTERDOWN", "TRYAGAIN", "MISCONF",
};

static enum fault fault_of(const struct answer *answer)
{
    if (answer_kind(answer) != ANSWER_ERROR)
        return FAULT_NONE;
    struct text word = answer_error_word(answer);
    for (size_t i = 0; i < sizeof busy_words / sizeof busy_words[0]; i++)
        if (text_is(word, busy_words[i]))
            return FAULT_BUSY;
    return FAULT_FORMAT;
}

static void on_connected(void *ctx)
{
    struct connection *connection = ctx;
    timer_cancel(connection->timer);
    connection->timer = NULL;
    connection->state = CONNECTION_CHECKING;
    check_begin(connection);
}

static void on_reply(void *ctx, const struct answer *answer)
{
    struct connection *connection = ctx;
    struct question *question = queue_take(&connection->asked);
    if (question) {
        pool_answer(connection->store, question, fault_of(answer), answer);
        return;
    }
    char why[WHY_SIZE]; /* "max number of clients reached" comes like this */
    struct text text = answer_text(answer);
    snprintf(why, sizeof why, "says without being asked: %.*s", TEXT_ARGS(text));
    connection_lose(connection, why, NULL);
}

static void on_closed(void *ctx, const char *why)
{
    connection_lose(ctx, why, NULL);
}

static const struct wire_calls wire_calls = {on_connected, on_reply, on_closed};

static void connect_timed_out(void *ctx)
{
    struct connection *connection = ctx;
    connection->timer = NULL;
    connection_lose(connection, "does not take the connection", NULL);
}

static void rested(void *ctx)
{
    struct connection *connection = ctx;
    connection->timer = NULL;
    struct store *store = connection->store;
    bool scout = connection == &store->connections[0];
    if (connection->of_feed ? store->state == STORE_UP : scout || store->open_n > 0)
        connection_start(connection);
}

/* Between half and all of the back-off, so that many workers do not come back in step. */
static uint32_t jittered(uint32_t backoff_ms)
{
    uint16_t random;
    secret_random(&random, sizeof random);
    return backoff_ms / 2 + random % (backoff_ms / 2 + 1);
}

static void rest(struct connection *connection)
{
    connection->state = CONNECTION_RESTING;
    connection->timer = loop_after(connection->store->loop, jittered(connection->backoff_ms),
                                   rested, connection);
    connection->backoff_ms *= 2;
    if (connection->backoff_ms > BACKOFF_MAX_MS)
        connection->backoff_ms = BACKOFF_MAX_MS;
}

void connection_init(struct connection *connection, struct store *store, bool of_feed)
{
    *connection = (struct connection){
        .store = store, .of_feed = of_feed, .backoff_ms = BACKOFF_MIN_MS};
}

void connection_start(struct connection *connection)
{
    struct store *store = connection->store;
    if (connection->state != CONNECTION_RESTING)
        return;
    timer_cancel(connection->timer);
    connection->timer = loop_after(store->loop, CONNECT_MS, connect_timed_out, connection);
    connection->state = CONNECTION_CONNECTING;
    connection->wire = wire_open(store->loop, &store->address, &wire_calls, connection);
    if (!connection->wire)
        connection_lose(connection, strerror(errno), NULL);
}

void connection_lose(struct connection *connection, const char *why, struct question *late)
{
    struct queue asked = connection->asked;
    bool was_open = connection->state == CONNECTION_OPEN;
    char kept[WHY_SIZE]; /* `why` may lie in the reply that dies with the wire */
    snprintf(kept, sizeof kept, "%s", why);
    connection->asked = (struct queue){0};
    timer_cancel(connection->timer);
    connection->timer = NULL;
    wire_close(connection->wire);
    connection->wire = NULL;
    rest(connection);
    if (was_open && !connection->of_feed)
        connection->store->open_n--;
    for (struct question *question; (question = queue_take(&asked));)
        pool_answer(connection->store, question, question == late ? FAULT_TIMEOUT : FAULT_LOST,
                    NULL);
    pool_lost(connection, was_open, kept);
}

void connection_release(struct connection *connection)
{
    struct queue asked = connection->asked;
    connection->asked = (struct queue){0};
    timer_cancel(connection->timer);
    connection->timer = NULL;
    wire_close(connection->wire);
    connection->wire = NULL;
    connection->state = CONNECTION_RESTING;
    for (struct question *question; (question = queue_take(&asked));)
        pool_answer(connection->store, question, FAULT_LOST, NULL);
}

enum fault connection_send(struct connection *connection, struct question *question,
                           const struct text *argv, size_t argc)
{
    enum fault fault = wire_send(connection->wire, argv, argc);
    if (fault)
        return fault;
    question->connection = connection;
    queue_put(&connection->asked, question);
    return FAULT_NONE;
}

void connection_ask(struct connection *connection, const struct text *argv, size_t argc,
                    uint32_t deadline_ms, store_answer_fn *answer, void *ctx)
{
    struct question *question = pool_question(connection->store, deadline_ms, answer, ctx);
    enum fault fault = connection_send(connection, question, argv, argc);
    if (fault)
        pool_refuse(connection->store, question, fault);
}
