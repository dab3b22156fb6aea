/* feed.c -- followed streams: one connection that waits in XREAD BLOCK on all of them.
 *
 * Each stream is read from the least place that any of its follows still wants; a follow takes what
 * is not behind its own place. So a follow that joins late reads its own past, and nobody gets an
 * entry twice. A change of the set must reach a read that is waiting: CLIENT UNBLOCK, sent over the
 * pool. It can overtake the read it is meant for, so it is sent until a read with the new set is
 * out. */
#include <uthash.h>

#include "groundswell/base/buf.h"
#include "groundswell/base/log.h"
#include "groundswell/io/loop.h"
#include "pool.h"

#define KEY_MAX 256
#define ENTRIES_MAX TEXT("256") /* a stream and read */
#define BLOCK_MS TEXT("5000")
#define READ_DEADLINE_MS (5000 + STORE_DEADLINE_MS)
#define RETRY_MS 1000
#define WAKE_AGAIN_MS 20
#define ID_SIZE 48

struct stream {
    struct text key; /* owned */
    struct follow *follows;
    UT_hash_handle hh;
};

struct follow {
    struct store *store;
    struct stream *stream;
    uint64_t next_seq;
    follow_entry_fn *on_entry;
    void *ctx;
    bool stopped;
    struct follow *next; /* of the same stream */
};

struct feed {
    struct connection connection;
    struct stream *streams;
    struct timer *timer; /* a pause before the next read, or before the next wake */
    uint64_t client_id;
    bool identified, reading, delivering;
    bool changed; /* since the read that is out was sent */
    bool waking;  /* a CLIENT UNBLOCK is out, or its timer runs */
    bool swept;   /* a follow was stopped while delivering */
};

static void feed_read(struct store *store);
static void feed_wake(struct store *store);

/* ---- the set ---- */

static void stream_free(struct feed *feed, struct stream *stream)
{
    HASH_DEL(feed->streams, stream);
    free((void *)(uintptr_t)stream->key.at);
    free(stream);
}

/* Frees the stopped follows of one stream, and the stream when none is left. */
static void stream_sweep(struct feed *feed, struct stream *stream)
{
    for (struct follow **link = &stream->follows; *link;) {
        struct follow *follow = *link;
        if (!follow->stopped) {
            link = &follow->next;
            continue;
        }
        *link = follow->next;
        free(follow);
    }
    if (!stream->follows)
        stream_free(feed, stream);
}

static void feed_sweep(struct feed *feed)
{
    struct stream *stream, *next;
    feed->swept = false;
    HASH_ITER(hh, feed->streams, stream, next)
        stream_sweep(feed, stream);
}

static struct stream *stream_get(struct feed *feed, struct text key)
{
    struct stream *stream;
    HASH_FIND(hh, feed->streams, key.at, key.n, stream);
    if (stream)
        return stream;
    stream = calloc(1, sizeof *stream);
    char *copy = malloc(key.n + 1);
    if (!stream || !copy) {
        free(stream);
        free(copy);
        return NULL;
    }
    memcpy(copy, key.at, key.n);
    stream->key = (struct text){copy, key.n};
    HASH_ADD_KEYPTR(hh, feed->streams, copy, key.n, stream);
    return stream;
}

static bool feed_make(struct store *store)
{
    if (store->feed)
        return true;
    store->feed = calloc(1, sizeof *store->feed);
    if (!store->feed)
        return false;
    connection_init(&store->feed->connection, store, true);
    return true;
}

struct follow *store_follow(struct store *store, struct text key, uint64_t from_seq,
                            follow_entry_fn *on_entry, void *ctx)
{
    if (key.n == 0 || key.n > KEY_MAX || !feed_make(store))
        return NULL;
    struct follow *follow = calloc(1, sizeof *follow);
    struct stream *stream = follow ? stream_get(store->feed, key) : NULL;
    if (!stream) {
        free(follow);
        return NULL;
    }
    *follow = (struct follow){.store = store, .stream = stream, .next_seq = from_seq,
                              .on_entry = on_entry, .ctx = ctx, .next = stream->follows};
    stream->follows = follow;
    store->feed->changed = true;
    if (store->state == STORE_UP)
        feed_start(store);
    return follow;
}

void follow_stop(struct follow *follow)
{
    if (!follow)
        return;
    struct feed *feed = follow->store->feed;
    follow->stopped = true;
    if (feed->delivering)
        feed->swept = true;
    else
        stream_sweep(feed, follow->stream);
}

/* ---- delivering ---- */

static void deliver(struct stream *stream, const struct answer *entry)
{
    struct text rest = answer_text(answer_at(entry, 0)), seq_text = text_cut(&rest, '-');
    uint64_t seq;
    if (!text_to_u64(seq_text, UINT64_MAX - 1, &seq))
        return;
    for (struct follow *follow = stream->follows; follow; follow = follow->next)
        if (!follow->stopped && seq >= follow->next_seq) {
            follow->next_seq = seq + 1;
            follow->on_entry(follow->ctx, seq, answer_at(entry, 1));
        }
}

static void deliver_all(struct feed *feed, const struct answer *streams)
{
    feed->delivering = true;
    for (size_t i = 0; i < answer_count(streams); i++) {
        const struct answer *one = answer_at(streams, i), *entries = answer_at(one, 1);
        struct text key = answer_text(answer_at(one, 0));
        struct stream *stream = NULL;
        HASH_FIND(hh, feed->streams, key.at, key.n, stream);
        for (size_t j = 0; stream && j < answer_count(entries); j++)
            deliver(stream, answer_at(entries, j));
    }
    feed->delivering = false;
    if (feed->swept)
        feed_sweep(feed);
}

/* ---- reading ---- */

static void paused(void *ctx)
{
    struct store *store = ctx;
    store->feed->timer = NULL;
    store->feed->waking = false;
    if (store->feed->reading)
        feed_wake(store);
    else
        feed_read(store);
}

static void pause_for(struct store *store, uint64_t pause_ms)
{
    if (!store->feed->timer)
        store->feed->timer = loop_after(store->loop, pause_ms, paused, store);
}

static void read_answer(void *ctx, enum fault fault, const struct answer *answer)
{
    struct store *store = ctx;
    store->feed->reading = false;
    if (fault == FAULT_LOST || fault == FAULT_TIMEOUT)
        return; /* feed_opened() goes on where we are */
    if (fault) {
        struct text word = answer_error_word(answer);
        log_warn("store", "the followed streams cannot be read: %.*s", TEXT_ARGS(word));
        pause_for(store, RETRY_MS);
        return;
    }
    deliver_all(store->feed, answer);
    feed_read(store);
}

/* The id behind which everything with seq >= from stands. */
static void id_before(uint64_t from, char ret[static ID_SIZE])
{
    if (from == 0)
        snprintf(ret, ID_SIZE, "0-0");
    else
        snprintf(ret, ID_SIZE, "%llu-18446744073709551615", (unsigned long long)(from - 1));
}

static uint64_t least_next(const struct stream *stream)
{
    uint64_t least = UINT64_MAX;
    for (const struct follow *follow = stream->follows; follow; follow = follow->next)
        if (follow->next_seq < least)
            least = follow->next_seq;
    return least;
}

static void feed_read(struct store *store)
{
    struct feed *feed = store->feed;
    size_t n = HASH_COUNT(feed->streams), i = 0;
    if (!feed->identified || feed->connection.state != CONNECTION_OPEN || feed->reading || n == 0)
        return;
    struct text *argv = calloc(6 + 2 * n, sizeof *argv);
    char (*ids)[ID_SIZE] = calloc(n, sizeof *ids);
    if (!argv || !ids) {
        pause_for(store, RETRY_MS);
    } else {
        const struct text head[] = {TEXT("XREAD"), TEXT("COUNT"), ENTRIES_MAX,
                                    TEXT("BLOCK"), BLOCK_MS, TEXT("STREAMS")};
        memcpy(argv, head, sizeof head);
        for (struct stream *stream = feed->streams; stream; stream = stream->hh.next, i++) {
            id_before(least_next(stream), ids[i]);
            argv[6 + i] = stream->key;
            argv[6 + n + i] = text_of(ids[i]);
        }
        feed->reading = true;
        feed->changed = false;
        connection_ask(&feed->connection, argv, 6 + 2 * n, READ_DEADLINE_MS, read_answer, store);
    }
    free(argv);
    free(ids);
}

/* ---- waking, opening ---- */

static void wake_answer(void *ctx, enum fault fault, const struct answer *answer)
{
    struct store *store = ctx;
    (void)fault;
    (void)answer;
    if (store->freeing)
        return;
    if (store->feed->reading && store->feed->changed)
        pause_for(store, WAKE_AGAIN_MS);
    else
        store->feed->waking = false;
}

static void feed_wake(struct store *store)
{
    struct feed *feed = store->feed;
    char id[24];
    if (feed->waking || !feed->changed)
        return;
    feed->waking = true;
    snprintf(id, sizeof id, "%llu", (unsigned long long)feed->client_id);
    const struct text argv[] = {TEXT("CLIENT"), TEXT("UNBLOCK"), text_of(id)};
    store_ask(store, argv, 3, STORE_DEADLINE_MS, wake_answer, store);
}

static void id_answer(void *ctx, enum fault fault, const struct answer *answer)
{
    struct store *store = ctx;
    if (fault == FAULT_LOST || fault == FAULT_TIMEOUT)
        return;
    if (fault || !answer_u64(answer, UINT64_MAX, &store->feed->client_id)) {
        connection_lose(&store->feed->connection, "does not say which client we are", NULL);
        return;
    }
    store->feed->identified = true;
    feed_read(store);
}

void feed_opened(struct store *store)
{
    const struct text argv[] = {TEXT("CLIENT"), TEXT("ID")};
    store->feed->identified = false;
    connection_ask(&store->feed->connection, argv, 2, STORE_DEADLINE_MS, id_answer, store);
}

void feed_start(struct store *store)
{
    struct feed *feed = store->feed;
    if (!feed || !feed->streams)
        return;
    if (feed->connection.state == CONNECTION_OPEN && strcmp(feed->connection.run_id,
                                                            store->run_id) != 0)
        connection_lose(&feed->connection, "is another Redis now", NULL);
    if (feed->connection.state == CONNECTION_RESTING)
        connection_start(&feed->connection);
    else if (feed->reading)
        feed_wake(store);
    else
        feed_read(store);
}

void feed_free(struct store *store)
{
    struct feed *feed = store->feed;
    if (!feed)
        return;
    connection_release(&feed->connection);
    timer_cancel(feed->timer);
    struct stream *stream, *next;
    HASH_ITER(hh, feed->streams, stream, next) {
        for (struct follow *follow = stream->follows; follow; follow = follow->next)
            follow->stopped = true;
        stream_sweep(feed, stream);
    }
    free(feed);
    store->feed = NULL;
}
