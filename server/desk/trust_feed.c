/* trust_feed.c -- GET /v1/trusts/:trust/feed: `record` events of all communities of a trust, each
 * no more than community, seq, kind and time: who wants the record reads it.
 *
 * One follow per community and process, as long as anybody looks at that trust, fills a ring of its
 * latest events. A reader has a place in each community, and is told behind every batch, as an id,
 * where they stand (trust_places.h); who comes back with it, to any worker, goes on from there. Who
 * stands before a ring is told `missed`, from where to where, and reads the log. A batch is sent
 * BATCH_MS after its first event, so that a storm of pledges costs each reader ten writes a second.
 * A stream ends after LIFE_MS: the client comes back by itself and is judged anew. */
#include "trust_feed.h"

#include <stdlib.h>
#include <string.h>

#include <uthash.h>

#include "errand.h"
#include "groundswell/base/clock.h"
#include "groundswell/base/log.h"
#include "groundswell/http/stream.h"
#include "groundswell/io/loop.h"
#include "say.h"
#include "sums.h"
#include "trust_handlers.h"
#include "trust_places.h"

#define BATCH_MS 100
#define LIFE_MS (UINT64_C(10) * 60 * 1000)
#define BATCH_MAX (4 * MIB)
#define READERS_A_TURN 16

struct reader {
    struct reader *next_reader, *before;
    struct trust_feed *feed;
    struct stream *stream;
    struct who who;
    uint64_t beat, born_us;
    struct buf stand;              /* of the id that they came with; empty: none */
    uint64_t next[SUMS_MOST];      /* by the place's index */
};

struct trust_feed {
    struct trust_feeds *feeds;
    char trust[SUBJECT_MAX + 1];
    struct place *places[SUMS_MOST];
    size_t places_n;
    struct reader *readers, *turn; /* turn: where the pump goes on */
    struct timer *batch;
    size_t asking; /* questions that are on their way */
    bool pumping;
    UT_hash_handle hh;
};

struct trust_feeds {
    struct desk *desk;
    struct trust_feed *by_trust;
    struct timer *heart;
    uint64_t heartbeat_ms, beat;
    bool closing; /* nobody joins any more, nothing is followed */
};

static void feed_pump(struct trust_feed *feed);

/* ---- life ------------------------------------------------------------------------------------ */

/* Once nobody looks and nothing is on its way. */
static void feed_let_go(struct trust_feed *feed)
{
    if (feed->readers || feed->asking > 0 || feed->pumping) return;
    HASH_DEL(feed->feeds->by_trust, feed);
    timer_cancel(feed->batch);
    for (size_t i = 0; i < feed->places_n; i++) {
        ledger_follow_stop(feed->places[i]->follow);
        free(feed->places[i]);
    }
    free(feed);
}

static void reader_free(struct reader *reader)
{
    struct trust_feed *feed = reader->feed;
    if (feed->turn == reader) feed->turn = reader->next_reader;
    if (reader->before) reader->before->next_reader = reader->next_reader;
    else feed->readers = reader->next_reader;
    if (reader->next_reader) reader->next_reader->before = reader->before;
    buf_release(&reader->stand);
    free(reader);
}

static void reader_closed(void *ctx, struct stream *stream)
{
    (void)stream;
    struct reader *reader = ctx;
    struct trust_feed *feed = reader->feed;
    reader_free(reader);
    feed_let_go(feed);
}

static struct trust_feed *feed_of(struct trust_feeds *feeds, struct text trust)
{
    struct trust_feed *feed = NULL;
    HASH_FIND(hh, feeds->by_trust, trust.at, (unsigned)trust.n, feed);
    if (feed) return feed;
    feed = calloc(1, sizeof *feed);
    if (!feed) return NULL;
    INVARIANT(trust.n <= SUBJECT_MAX);
    feed->feeds = feeds;
    memcpy(feed->trust, trust.at, trust.n);
    HASH_ADD_KEYPTR(hh, feeds->by_trust, feed->trust, (unsigned)trust.n, feed);
    return feed;
}

/* ---- sending --------------------------------------------------------------------------------- */

/* What this reader has not seen, and behind it where they stand now. */
static void reader_tell(struct reader *reader, struct buf *out)
{
    const struct trust_feed *feed = reader->feed;
    const size_t before = out->len;
    for (size_t i = 0; i < feed->places_n; i++) {
        const struct place *place = feed->places[i];
        if (!place->started) continue;
        if (who_may(&reader->who, ROLE_TRUST | ROLE_OPERATOR, text_of(place->slug)))
            place_tell(place, &reader->next[i], out);
        else reader->next[i] = place->head;
    }
    if (out->len > before) stand_put(feed->places, feed->places_n, reader->next, out);
}

static void reader_serve(struct reader *reader)
{
    struct trust_feeds *feeds = reader->feed->feeds;
    CLEANUP(buf) struct buf out = BUF_MAX(BATCH_MAX);
    if (!reader->stream) return;
    if (reader->beat != feeds->beat) {
        reader->beat = feeds->beat;
        buf_cstr(&out, ":\n\n");
    }
    reader_tell(reader, &out);
    if (out.len > 0 && stream_send(reader->stream, buf_view(&out))) {
        reader->stream = NULL; /* on_close follows */
        return;
    }
    if (buf_fault(&out) || clock_steady_us() - reader->born_us > LIFE_MS * 1000) {
        stream_close(reader->stream);
        reader->stream = NULL; /* on_close follows */
    }
}

static void pump_turn(void *ctx)
{
    struct trust_feed *feed = ctx;
    feed->pumping = false;
    for (size_t i = 0; feed->turn && i < READERS_A_TURN; i++) {
        struct reader *reader = feed->turn;
        feed->turn = reader->next_reader;
        reader_serve(reader);
    }
    if (feed->turn) feed->pumping = !loop_later(feed->feeds->desk->loop, pump_turn, feed);
    feed_let_go(feed);
}

static void feed_pump(struct trust_feed *feed)
{
    feed->turn = feed->readers;
    if (feed->pumping) return;
    feed->pumping = !loop_later(feed->feeds->desk->loop, pump_turn, feed);
    if (!feed->pumping) log_error("feed", "out of memory: an event is late");
}

static void batch_due(void *ctx)
{
    struct trust_feed *feed = ctx;
    feed->batch = NULL;
    feed_pump(feed);
}

static void place_record(void *ctx, const struct ledger_record *record)
{
    struct place *place = ctx;
    struct trust_feed *feed = place->feed;
    place_keep(place, record);
    if (!feed->batch)
        feed->batch = loop_after(feed->feeds->desk->loop, BATCH_MS, batch_due, feed);
}

/* ---- following ------------------------------------------------------------------------------- */

/* From where to follow: the least that any reader has not seen, where the ring holds it. */
static uint64_t place_from(const struct place *place, uint64_t head)
{
    uint64_t from = head;
    for (struct reader *r = place->feed->readers; r; r = r->next_reader) {
        uint64_t *next = &r->next[place->index];
        if (*next == STAND_NEW || *next > head) *next = head;
        if (*next < from) from = *next;
    }
    return head - from > PLACE_RING ? head - PLACE_RING : from;
}

static void place_answer(void *ctx, const struct ledger_answer *answer)
{
    struct place *place = ctx;
    struct trust_feed *feed = place->feed;
    place->asking = false;
    feed->asking--;
    if (!answer->fault && !answer->refusal && !feed->feeds->closing) {
        const struct totals *totals = answer->outcome;
        place->first = place->head = place_from(place, totals->seq + 1);
        place->follow = ledger_follow(feed->feeds->desk->plan.ledger, text_of(place->slug),
                                      place->head, place_record, place);
        place->started = place->follow != NULL;
        if (place->started) feed_pump(feed);
    }
    feed_let_go(feed);
}

/* Asks again at the next heartbeat where it did not succeed. */
static void place_start(struct place *place)
{
    struct ledger *ledger = place->feed->feeds->desk->plan.ledger;
    if (place->started || place->asking || place->feed->feeds->closing) return;
    place->asking = true;
    place->feed->asking++;
    ledger_totals(ledger, text_of(place->slug), place_answer, place);
}

static struct place *place_of(struct trust_feed *feed, struct text slug)
{
    for (size_t i = 0; i < feed->places_n; i++)
        if (text_is(slug, feed->places[i]->slug)) return feed->places[i];
    struct place *place = feed->places_n < SUMS_MOST ? calloc(1, sizeof *place) : NULL;
    if (!place) return NULL;
    place->feed = feed;
    place->index = feed->places_n;
    memcpy(place->slug, slug.at, slug.n);
    place_mark(place);
    for (struct reader *r = feed->readers; r; r = r->next_reader)
        r->next[place->index] = stand_of(buf_view(&r->stand), place);
    feed->places[feed->places_n++] = place;
    return place;
}

static void places_add(struct trust_feed *feed, const struct ledger_answer *answer)
{
    const struct text *slugs = answer->items;
    for (size_t i = 0; i < answer->items_n; i++) {
        struct place *place = place_of(feed, slugs[i]);
        if (place) place_start(place);
    }
}

static void again_answer(void *ctx, const struct ledger_answer *answer)
{
    struct trust_feed *feed = ctx;
    feed->asking--;
    if (!answer->fault && !answer->refusal) places_add(feed, answer);
    feed_let_go(feed);
}

/* A community may have been founded meanwhile. */
static void heartbeat(void *ctx)
{
    struct trust_feeds *feeds = ctx;
    struct trust_feed *feed, *after;
    feeds->beat++;
    HASH_ITER (hh, feeds->by_trust, feed, after) {
        feed->asking++;
        const struct communities_page of = {.trust = text_of(feed->trust), .limit = SUMS_MOST};
        ledger_communities_of(feeds->desk->plan.ledger, &of, again_answer, feed);
        feed_pump(feed);
    }
    feeds->heart = loop_after(feeds->desk->loop, feeds->heartbeat_ms, heartbeat, feeds);
}

/* ---- joining --------------------------------------------------------------------------------- */

static void reader_join(struct trust_feed *feed, struct reader *reader)
{
    reader->feed = feed;
    reader->beat = feed->feeds->beat;
    reader->born_us = clock_steady_us();
    for (size_t i = 0; i < feed->places_n; i++) {
        const struct place *place = feed->places[i];
        uint64_t next = stand_of(buf_view(&reader->stand), place);
        bool beyond = next == STAND_NEW || next > place->head;
        reader->next[i] = place->started && beyond ? place->head : next;
    }
    reader->next_reader = feed->readers;
    if (feed->readers) feed->readers->before = reader;
    feed->readers = reader;
}

static struct reader *reader_new(struct visit *visit)
{
    struct reader *reader = calloc(1, sizeof *reader);
    struct text id = visit_field(visit, "Last-Event-ID");
    if (!reader) return NULL;
    if (!id.at) id = visit_query(visit, "after", NULL);
    reader->who = errand_of(visit)->who;
    reader->stand = BUF_MAX(16 * KIB);
    if (id.n > 0) (void)stand_read(id, &reader->stand);
    return reader;
}

static void trust_feed_answer(void *ctx, const struct ledger_answer *answer)
{
    struct visit *visit = ctx;
    struct trust_feeds *feeds = errand_of(visit)->desk->trust_feeds;
    if (say_no(visit, answer)) return;
    if (feeds->closing) {
        say_refusal(visit, REFUSAL_SERVER_BUSY, NULL, 0);
        return;
    }
    struct reader *reader = reader_new(visit);
    struct trust_feed *feed = reader ? feed_of(feeds, visit_param(visit, "trust")) : NULL;
    if (!feed) {
        free(reader);
        say_fault(visit, FAULT_MEMORY);
        return;
    }
    const struct stream_events events = {.on_close = reader_closed, .ctx = reader};
    reader->stream = visit_stream(visit, "text/event-stream", &events);
    if (!reader->stream) {
        buf_release(&reader->stand);
        free(reader);
        feed_let_go(feed);
        return;
    }
    reader_join(feed, reader);
    places_add(feed, answer);
    feed_pump(feed);
}

void trust_feed_get(struct visit *visit)
{
    struct errand *errand = errand_of(visit);
    const struct communities_page of = {.trust = visit_param(visit, "trust"), .limit = SUMS_MOST};
    ledger_communities_of(errand->desk->plan.ledger, &of, trust_feed_answer, visit);
}

/* ---- all of them ----------------------------------------------------------------------------- */

struct trust_feeds *trust_feeds_new(struct desk *desk, uint64_t heartbeat_ms)
{
    struct trust_feeds *feeds = calloc(1, sizeof *feeds);
    if (!feeds) return NULL;
    feeds->desk = desk;
    feeds->heartbeat_ms = heartbeat_ms;
    feeds->heart = loop_after(desk->loop, heartbeat_ms, heartbeat, feeds);
    return feeds;
}

void trust_feeds_close(struct trust_feeds *feeds)
{
    struct trust_feed *feed, *after;
    feeds->closing = true;
    HASH_ITER (hh, feeds->by_trust, feed, after) {
        for (size_t i = 0; i < feed->places_n; i++) {
            ledger_follow_stop(feed->places[i]->follow);
            feed->places[i]->follow = NULL;
        }
        for (struct reader *r = feed->readers; r; r = r->next_reader) {
            if (!r->stream) continue;
            stream_close(r->stream);
            r->stream = NULL;
        }
    }
}

void trust_feeds_free(struct trust_feeds *feeds)
{
    if (!feeds) return;
    timer_cancel(feeds->heart);
    struct trust_feed *feed, *after;
    HASH_ITER (hh, feeds->by_trust, feed, after) {
        feed->turn = NULL;
        feed->asking = 0;
        feed->pumping = false;
        while (feed->readers)
            reader_free(feed->readers);
        feed_let_go(feed);
    }
    free(feeds);
}
