/* store.c -- the pool: which connection a question takes, when it is late, and whether we are up.
 *
 * A question takes the open connection with the fewest questions under way. Its deadline hangs on
 * the wheel (question.h); a tick runs while any is under way. When one is late its whole connection
 * is dropped: a reply that might still come could not be told from the next one's. */
#include "groundswell/store/store.h"

#include "groundswell/base/clock.h"
#include "groundswell/base/log.h"
#include "groundswell/base/metrics.h"
#include "groundswell/io/loop.h"
#include "pool.h"

static struct metric questions_total =
    METRIC(METRIC_COUNTER, "groundswell_store_questions_total",
           "Questions to Redis by how they ended.", "fault");
static struct metric question_seconds =
    METRIC(METRIC_HISTOGRAM, "groundswell_store_question_seconds",
           "From asking Redis to its reply.", NULL);
static struct metric store_up = METRIC(METRIC_GAUGE, "groundswell_store_up",
                                       "1 while Redis serves us.", NULL);

/* ---- questions ---- */

static void ticked(void *ctx)
{
    struct store *store = ctx;
    uint64_t now_us = clock_steady_us();
    store->tick = NULL;
    for (struct question *late; (late = wheel_due(&store->wheel, now_us));)
        connection_lose(late->connection, "did not answer in time", late);
    if (store->wheel.n && !store->tick)
        store->tick = loop_after(store->loop, WHEEL_TICK_MS, ticked, store);
}

struct question *pool_question(struct store *store, uint32_t deadline_ms, store_answer_fn *answer,
                               void *ctx)
{
    struct question *question = queue_take(&store->spare);
    if (!question)
        question = calloc(1, sizeof *question);
    INVARIANT(question != NULL); /* there is nobody left to tell */
    uint64_t now_us = loop_now_us(store->loop);
    *question = (struct question){
        .answer = answer, .ctx = ctx, .asked_us = now_us, .due_us =
            now_us + deadline_ms * UINT64_C(1000)};
    wheel_add(&store->wheel, question, now_us);
    if (!store->tick)
        store->tick = loop_after(store->loop, WHEEL_TICK_MS, ticked, store);
    return question;
}

void pool_answer(struct store *store, struct question *question, enum fault fault,
                 const struct answer *answer)
{
    store_answer_fn *call = question->answer;
    void *ctx = question->ctx;
    wheel_remove(&store->wheel, question);
    metric_add(&questions_total, fault_name(fault), 1);
    if (!fault)
        metric_observe(&question_seconds, NULL, loop_now_us(store->loop) - question->asked_us);
    if (question->counted)
        store->questions_n--;
    queue_put(&store->spare, question);
    call(ctx, fault, answer);
}

static void answer_refused(void *ctx)
{
    struct store *store = ctx;
    struct queue refused = store->refused;
    store->refused = (struct queue){0};
    store->refusing = NULL;
    for (struct question *question; (question = queue_take(&refused));)
        pool_answer(store, question, question->refused, NULL);
}

void pool_refuse(struct store *store, struct question *question, enum fault fault)
{
    wheel_remove(&store->wheel, question);
    question->refused = fault;
    queue_put(&store->refused, question);
    if (!store->refusing)
        store->refusing = loop_after(store->loop, 0, answer_refused, store);
}

static struct connection *least_loaded(struct store *store)
{
    struct connection *best = NULL;
    for (unsigned i = 0; i < store->connections_n; i++) {
        struct connection *connection = &store->connections[i];
        if (connection->state == CONNECTION_OPEN && (!best || connection->asked.n < best->asked.n))
            best = connection;
    }
    return best;
}

static void ask(struct store *store, const struct text *argv, size_t argc,
                struct question *question, bool allowed)
{
    INVARIANT(argc > 0 && !store->freeing);
    struct connection *connection = allowed ? least_loaded(store) : NULL;
    question->counted = true;
    enum fault fault = FAULT_BUSY;
    if (++store->questions_n <= store->questions_max && connection)
        fault = connection_send(connection, question, argv, argc);
    if (fault)
        pool_refuse(store, question, fault);
}

void store_ask(struct store *store, const struct text *argv, size_t argc, uint32_t deadline_ms,
               store_answer_fn *answer, void *ctx)
{
    ask(store, argv, argc, pool_question(store, deadline_ms, answer, ctx),
        store->state == STORE_UP);
}

void store_ask_prelude(struct store *store, const struct text *argv, size_t argc,
                       uint32_t deadline_ms,
                       store_answer_fn *answer, void *ctx)
{
    ask(store, argv, argc, pool_question(store, deadline_ms, answer, ctx),
        store->state != STORE_DOWN);
}

size_t store_in_flight(const struct store *store)
{
    return store->questions_n;
}

/* ---- up and down ---- */

/* Logs a reason once, however often it is met while we try again. */
static void say_why(struct store *store, const char *why)
{
    snprintf(store->why, sizeof store->why, "Redis at %s %s", store->name, why);
    if (strcmp(store->why, store->said) == 0)
        return;
    memcpy(store->said, store->why, sizeof store->said);
    log_warn("store", "%s", store->why);
}

/* Drops every open connection but those to the process `run_id` (NULL: all). */
static void drop_others(struct store *store, const char *run_id, const char *why)
{
    for (unsigned i = 0; i < store->connections_n; i++) {
        struct connection *connection = &store->connections[i];
        if (connection->state == CONNECTION_OPEN && (!run_id || strcmp(connection->run_id,
                                                                       run_id) != 0))
            connection_lose(connection, why, NULL);
    }
}

/* Down, with every question answered before the owner hears of it. */
static void go_down(struct store *store, const char *why, const char *run_id_kept, bool tell)
{
    bool announced = store->state != STORE_DOWN;
    store->state = STORE_DOWN;
    say_why(store, why);
    metric_set(&store_up, NULL, 0);
    timer_cancel(store->preparing);
    store->preparing = NULL;
    drop_others(store, run_id_kept, why);
    if (announced && tell && store->plan.on_down)
        store->plan.on_down(store->plan.ctx);
}

void store_refuse(struct store *store, const char *why)
{
    if (store->state != STORE_DOWN)
        go_down(store, why, NULL, false);
}

static void prelude_too_long(void *ctx)
{
    struct store *store = ctx;
    store->preparing = NULL;
    go_down(store, "was not prepared in time", NULL, true);
}

void store_ready(struct store *store)
{
    if (store->state != STORE_PRELUDE)
        return;
    store->state = STORE_UP;
    store->why[0] = store->said[0] = 0;
    timer_cancel(store->preparing);
    store->preparing = NULL;
    for (unsigned i = 0; i < store->connections_n; i++)
        store->connections[i].backoff_ms = BACKOFF_MIN_MS;
    metric_set(&store_up, NULL, 1);
    log_info("store", "up: Redis %s at %s", store->version, store->name);
    feed_start(store);
}

static void prelude(struct store *store)
{
    store->state = STORE_PRELUDE;
    snprintf(store->why, sizeof store->why, "Redis at %s is being prepared", store->name);
    store->preparing = loop_after(store->loop, PRELUDE_MS, prelude_too_long, store);
    for (unsigned i = 0; i < store->connections_n; i++)
        connection_start(&store->connections[i]);
    if (store->plan.on_up)
        store->plan.on_up(store->plan.ctx, store);
    else
        store_ready(store);
}

void pool_opened(struct connection *connection)
{
    struct store *store = connection->store;
    bool known = strcmp(connection->run_id, store->run_id) == 0 && store->state != STORE_DOWN;
    if (connection->of_feed && !known) {
        connection_lose(connection, "was restarted", NULL);
        return;
    }
    connection->state = CONNECTION_OPEN;
    if (store->state == STORE_UP)
        connection->backoff_ms = BACKOFF_MIN_MS;
    if (connection->of_feed) {
        feed_opened(store);
        return;
    }
    store->open_n++;
    store->locked_out = false;
    if (known)
        return;
    memcpy(store->run_id, connection->run_id, sizeof store->run_id);
    if (store->state != STORE_DOWN)
        go_down(store, "was restarted", store->run_id, true);
    if (connection->state == CONNECTION_OPEN)
        prelude(store);
}

void pool_lost(struct connection *connection, bool was_open, const char *why)
{
    struct store *store = connection->store;
    if (store->freeing)
        return;
    if (connection->of_feed || store->open_n > 0) {
        log_debug("store", "a connection: Redis at %s %s", store->name, why);
        return;
    }
    if (store->state != STORE_DOWN)
        go_down(store, why, NULL, true);
    else if (!was_open)
        say_why(store, why);
}

/* ---- life ---- */

static bool copied(char **to, const char *from)
{
    *to = from ? strdup(from) : NULL;
    return *to || !from;
}

struct store *store_new(struct loop *loop, const struct store_plan *plan)
{
    struct store *store = calloc(1, sizeof *store);
    if (!store)
        return NULL;
    *store = (struct store){.loop = loop, .plan = *plan};
    store->connections_n = plan->connections ? plan->connections : STORE_CONNECTIONS_DEFAULT;
    store->questions_max = plan->questions_max ? plan->questions_max : STORE_QUESTIONS_DEFAULT;
    INVARIANT(store->connections_n <= STORE_CONNECTIONS_MAX);
    for (unsigned i = 0; i < store->connections_n; i++)
        connection_init(&store->connections[i], store, false);
    enum fault fault = address_init(&store->address, plan->address);
    if (fault || !copied(&store->name, plan->address) || !copied(&store->user, plan->user) ||
        !copied(&store->password, plan->password)) {
        log_error("store", "the address of Redis should read unix:PATH or redis://HOST:PORT");
        store_free(store);
        return NULL;
    }
    snprintf(store->why, sizeof store->why, "Redis at %s has not answered yet", store->name);
    connection_start(&store->connections[0]);
    return store;
}

void store_free(struct store *store)
{
    if (!store)
        return;
    store->freeing = true;
    store->state = STORE_DOWN;
    timer_cancel(store->refusing);
    answer_refused(store);
    feed_free(store);
    for (unsigned i = 0; i < store->connections_n; i++)
        connection_release(&store->connections[i]);
    timer_cancel(store->preparing);
    timer_cancel(store->tick);
    for (struct question *question; (question = queue_take(&store->spare));)
        free(question);
    address_release(&store->address);
    free(store->name);
    free(store->user);
    free(store->password);
    free(store);
}

bool store_is_up(const struct store *store)
{
    return store->state == STORE_UP;
}

bool store_is_locked_out(const struct store *store)
{
    return store->state == STORE_DOWN && store->locked_out;
}

const char *store_why_down(const struct store *store)
{
    return store->state == STORE_UP ? "" : store->why;
}
