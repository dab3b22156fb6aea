/* feed.c -- GET /v1/communities/:community/feed: id = seq, event = kind, data = the record.
 *
 * One follow per community and process fills a ring of the latest events, rendered once. Every
 * reader has a place
 * (`next`) and is served from the ring by a pump that sends to READERS_A_TURN readers and then lets
 * the loop turn, so that no pledge waits behind a broadcast to thousands. Who stands before the
 * ring (Last-Event-ID from long ago) reads pages of the log until they have reached it, out of the
 * tiles where Redis no longer has them. A reader
 * who does not keep up is dropped by the stream itself; they come back with Last-Event-ID.
 *
 * A community without readers is not followed. */
#include "feed.h"

#include <uthash.h>

#include "errand.h"
#include "files_records.h"
#include "groundswell/base/log.h"
#include "groundswell/http/stream.h"
#include "groundswell/io/loop.h"
#include "handlers.h"
#include "record_say.h"
#include "say.h"

#define RING 256 /* events kept, a power of two */
#define READERS_A_TURN 64
#define PAGE 200 /* records a catching-up reader gets at a time */
#define EVENT_MAX (32 * KIB)

struct reader {
    struct reader *next_reader, *before;
    struct feed *feed;
    struct stream *stream;
    uint64_t next; /* seq of the first event not sent yet */
    uint64_t beat; /* heartbeat last sent */
    bool asking;   /* a page of the log is on its way */
    bool closed;   /* the stream has gone; freed when nothing is on its way */
};

struct feed {
    struct feeds *feeds;
    char slug[SLUG_MAX + 1];
    struct ledger_follow *follow;
    struct reader *readers, *turn; /* turn: where the pump goes on */
    size_t readers_n;
    struct buf event[RING];
    uint64_t head;  /* seq of the next event to come */
    uint64_t first; /* seq of the oldest event in the ring */
    bool started;   /* head is known */
    bool pumping;
    UT_hash_handle hh;
};

struct feeds {
    struct desk *desk;
    struct feed *by_slug;
    struct timer *heart;
    uint64_t heartbeat_ms, beat;
    bool closing; /* nobody joins any more, nothing is followed */
};

static void feed_pump(struct feed *feed);

static void feed_free(struct feed *feed)
{
    HASH_DEL(feed->feeds->by_slug, feed);
    ledger_follow_stop(feed->follow);
    for (size_t i = 0; i < RING; i++)
        buf_release(&feed->event[i]);
    free(feed);
}

static void reader_free(struct reader *reader)
{
    struct feed *feed = reader->feed;
    if (feed->turn == reader) feed->turn = reader->next_reader;
    if (reader->before) reader->before->next_reader = reader->next_reader;
    else feed->readers = reader->next_reader;
    if (reader->next_reader) reader->next_reader->before = reader->before;
    feed->readers_n--;
    free(reader);
    if (feed->readers_n == 0 && !feed->pumping) feed_free(feed);
}

static void reader_closed(void *ctx, struct stream *stream)
{
    (void)stream;
    struct reader *reader = ctx;
    reader->stream = NULL;
    reader->closed = true;
    if (!reader->asking) reader_free(reader);
}

static enum fault event_put(struct buf *out, uint64_t seq, struct text json)
{
    buf_format(out, "id: %llu\nevent: %.*s\ndata: ", (unsigned long long)seq,
               TEXT_ARGS(record_json_kind(json)));
    buf_text(out, json);
    buf_cstr(out, "\n\n");
    return buf_fault(out);
}

static void reader_send(struct reader *reader, struct text bytes)
{
    if (reader->stream && stream_send(reader->stream, bytes))
        reader->stream = NULL; /* on_close follows */
}

struct catching_up {
    struct reader *reader;
    struct buf *events;
};

static enum fault page_record(void *ctx, uint64_t seq, struct text json)
{
    struct catching_up *at = ctx;
    at->reader->next = seq + 1;
    return event_put(at->events, seq, json);
}

static void page_answer(void *ctx, const struct ledger_answer *answer)
{
    struct reader *reader = ctx;
    reader->asking = false;
    if (reader->closed) {
        reader_free(reader);
        return;
    }
    if (answer->fault || answer->refusal) {
        if (reader->stream) stream_close(reader->stream); /* the client comes back by itself */
        reader->stream = NULL;
        return;
    }
    struct feed *feed = reader->feed;
    CLEANUP(buf) struct buf events = BUF_MAX(4 * MIB);
    struct catching_up at = {reader, &events};
    const struct records_page page = {feed->feeds->desk, text_of(feed->slug), reader->next, PAGE};
    enum fault no = records_each(&page, answer, page_record, &at);
    if (!no) {
        reader_send(reader, buf_view(&events));
    } else if (reader->stream) { /* the client comes back, and perhaps it is mended then */
        log_error("feed", "a page of the log could not be written: %s", fault_name(no));
        stream_close(reader->stream);
        reader->stream = NULL;
    }
    feed_pump(feed);
}

/* Sends what this reader has not seen. */
static void reader_serve(struct reader *reader)
{
    struct feed *feed = reader->feed;
    if (!reader->stream || reader->asking || !feed->started) return;
    if (reader->beat != feed->feeds->beat) {
        reader->beat = feed->feeds->beat;
        reader_send(reader, TEXT(":\n\n"));
    }
    if (reader->next < feed->first) {
        reader->asking = true;
        ledger_log(feed->feeds->desk->plan.ledger, text_of(feed->slug), reader->next, PAGE,
                   page_answer, reader);
        return;
    }
    for (; reader->stream && reader->next < feed->head; reader->next++)
        reader_send(reader, buf_view(&feed->event[reader->next % RING]));
}

static void pump_turn(void *ctx)
{
    struct feed *feed = ctx;
    feed->pumping = false;
    for (size_t i = 0; feed->turn && i < READERS_A_TURN; i++) {
        struct reader *reader = feed->turn;
        feed->turn = reader->next_reader;
        reader_serve(reader);
    }
    if (feed->turn) {
        feed->pumping = loop_later(feed->feeds->desk->loop, pump_turn, feed) == FAULT_NONE;
        return;
    }
    if (feed->readers_n == 0) feed_free(feed);
}

/* Starts a walk over all readers; one that is under way starts again when something new came. */
static void feed_pump(struct feed *feed)
{
    feed->turn = feed->readers;
    if (feed->pumping) return;
    feed->pumping = loop_later(feed->feeds->desk->loop, pump_turn, feed) == FAULT_NONE;
    if (!feed->pumping) log_error("feed", "out of memory: an event is late");
}

static void feed_record(void *ctx, const struct ledger_record *record)
{
    struct feed *feed = ctx;
    struct buf *event = &feed->event[record->seq % RING];
    if (record->seq != feed->head)
        feed->first = record->seq; /* trimmed in between: readers ask the log */
    buf_reset(event);
    CLEANUP(buf) struct buf json = BUF_MAX(EVENT_MAX);
    if (record_say(record, &json) || event_put(event, record->seq, buf_view(&json))) return;
    feed->head = record->seq + 1;
    if (feed->head - feed->first > RING) feed->first = feed->head - RING;
    feed_pump(feed);
}

static void feed_totals_answer(void *ctx, const struct ledger_answer *answer)
{
    struct reader *reader = ctx;
    struct feed *feed = reader->feed;
    reader->asking = false;
    if (!feed->started && !feed->feeds->closing && !answer->fault && !answer->refusal) {
        const struct totals *totals = answer->outcome;
        feed->head = feed->first = totals->seq + 1; /* the last that is there */
        feed->follow = ledger_follow(feed->feeds->desk->plan.ledger, text_of(feed->slug),
                                     feed->head, feed_record, feed);
        feed->started = feed->follow != NULL;
    }
    if (!feed->started && reader->stream) {
        stream_close(reader->stream);
        reader->stream = NULL;
    }
    if (reader->closed) reader_free(reader);
    else feed_pump(feed);
}

static struct feed *feed_of(struct feeds *feeds, struct text slug)
{
    struct feed *feed = NULL;
    HASH_FIND(hh, feeds->by_slug, slug.at, slug.n, feed);
    if (feed) return feed;
    feed = calloc(1, sizeof *feed);
    if (!feed) return NULL;
    feed->feeds = feeds;
    memcpy(feed->slug, slug.at, slug.n);
    for (size_t i = 0; i < RING; i++)
        feed->event[i] = BUF_MAX(EVENT_MAX);
    HASH_ADD_KEYPTR(hh, feeds->by_slug, feed->slug, slug.n, feed);
    return feed;
}

static void reader_join(struct feed *feed, struct reader *reader, uint64_t next)
{
    reader->feed = feed;
    reader->next = next;
    reader->beat = feed->feeds->beat;
    reader->next_reader = feed->readers;
    if (feed->readers) feed->readers->before = reader;
    feed->readers = reader;
    feed->readers_n++;
}

/* The community is there: its totals said so. The stream begins. */
static void feed_begin(struct visit *visit, uint64_t next)
{
    struct errand *errand = errand_of(visit);
    if (errand->desk->feeds->closing) {
        say_refusal(visit, REFUSAL_SERVER_BUSY, NULL, 0);
        return;
    }
    struct reader *reader = calloc(1, sizeof *reader);
    struct feed *feed = reader ? feed_of(errand->desk->feeds, errand->slug) : NULL;
    if (!feed || visit_header(visit, "Cache-Control", TEXT("no-store"))) {
        free(reader);
        say_fault(visit, FAULT_MEMORY);
        return;
    }
    struct stream_events events = {.on_close = reader_closed, .ctx = reader};
    reader->stream = visit_stream(visit, "text/event-stream", &events);
    if (!reader->stream) {
        free(reader);
        if (feed->readers_n == 0 && !feed->pumping) feed_free(feed);
        return;
    }
    reader_join(feed, reader, next);
    if (feed->started) {
        feed_pump(feed);
        return;
    }
    reader->asking = true;
    ledger_totals(errand->desk->plan.ledger, text_of(feed->slug), feed_totals_answer, reader);
}

static void feed_get_answer(void *ctx, const struct ledger_answer *answer)
{
    struct visit *visit = ctx;
    if (say_no(visit, answer)) return;
    struct text last = visit_field(visit, "Last-Event-ID");
    const struct totals *totals = answer->outcome;
    uint64_t seq, next = totals->seq + 1; /* what is accepted once the reader has our head comes */
    if (!last.at) last = visit_query(visit, "after", NULL);
    if (last.at && text_to_u64(last, MONEY_MAX - 1, &seq)) next = seq + 1;
    feed_begin(visit, next);
}

void feed_get(struct visit *visit)
{
    struct errand *errand = errand_of(visit);
    ledger_totals(errand->desk->plan.ledger, errand->slug, feed_get_answer, visit);
}

static void heartbeat(void *ctx)
{
    struct feeds *feeds = ctx;
    struct feed *feed, *after;
    feeds->beat++;
    HASH_ITER (hh, feeds->by_slug, feed, after)
        feed_pump(feed);
    feeds->heart = loop_after(feeds->desk->loop, feeds->heartbeat_ms, heartbeat, feeds);
}

struct feeds *feeds_new(struct desk *desk, uint64_t heartbeat_ms)
{
    struct feeds *feeds = calloc(1, sizeof *feeds);
    if (!feeds) return NULL;
    feeds->desk = desk;
    feeds->heartbeat_ms = heartbeat_ms;
    feeds->heart = loop_after(desk->loop, heartbeat_ms, heartbeat, feeds);
    return feeds;
}

void feeds_close(struct feeds *feeds)
{
    struct feed *feed, *after;
    feeds->closing = true;
    HASH_ITER (hh, feeds->by_slug, feed, after) {
        ledger_follow_stop(feed->follow);
        feed->follow = NULL;
        for (struct reader *reader = feed->readers; reader; reader = reader->next_reader) {
            if (!reader->stream) continue;
            stream_close(reader->stream);
            reader->stream = NULL;
        }
    }
}

void feeds_free(struct feeds *feeds)
{
    if (!feeds) return;
    timer_cancel(feeds->heart);
    struct feed *feed, *after;
    HASH_ITER (hh, feeds->by_slug, feed, after) {
        feed->turn = NULL;
        while (feed->readers) {
            struct reader *next = feed->readers->next_reader;
            free(feed->readers);
            feed->readers = next;
        }
        feed->readers_n = 0;
        feed_free(feed);
    }
    free(feeds);
}
