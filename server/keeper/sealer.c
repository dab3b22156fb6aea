/* sealer.c -- who seals which community, and when: the loop's side.
 *
 * A place is a community that the sealer knows of. Its turn is a short chain:
 *
 *   open     in a thread: keys, lock, what a crash left; the lock is somebody else's: again later
 *   ask      a page of records from Redis, beginning with one that is sealed already
 *   feed     in a thread: compared, taken, and signed unless more is waiting in Redis
 *   trim     what is sealed, less the margin, leaves the stream
 *
 * While records come it looks every poll_ms; the pause grows to a second when nothing does, so
 * that a quiet community costs one small question a second. A page at a time, and a bounded number
 * of places with a page in hand, keep memory bounded however far behind it is. Full pages are
 * signed together: a signature costs a dozen fsyncs. */
#include "sealer_inside.h"

#include "groundswell/base/log.h"
#include "groundswell/io/loop.h"
#include "groundswell/io/workers.h"
#include "groundswell/ledger/state.h"

#define MARGIN 10000
#define POLL_MS 200
#define POLL_MOST_MS 1000
#define AGAIN_MS 50         /* the pool, or the pages in hand, are full */
#define ELSEWHERE_MS 1000   /* the lock is somebody else's */
#define STOPPED_MS 5000     /* after a doubt that may have been mended */
#define REFRESH_MS 500
#define LOOK_US 5000000     /* a job at least so often: keys may have changed */
#define INDEX_PAGE 500
#define OVERLAP 500         /* sealed records compared when a log was opened */
#define BATCHES_MAX 16
#define TOGETHER_MAX 16384  /* records, and time, between two signatures while far behind */
#define TOGETHER_US 500000
#define TRIM_LEAST 100      /* a block of the stream */
#define TRIM_FULL 5000      /* it took so many: there are more */

static void place_turn(void *ctx);
static void place_ask(struct place *place);
static void place_submit(void *ctx);

static void place_rest(struct place *place, uint64_t ms)
{
    INVARIANT(!place->timer);
    place->timer = loop_after(place->sealer->plan.loop, ms, place_turn, place);
    if (!place->timer)
        log_error("sealer", "no timer for %s: it is not sealed any more", place->job.slug);
}

/* ---- doubts --------------------------------------------------------------------------------- */

/* Says it once; "" takes it back. */
static void place_doubt(struct place *place, const char *what)
{
    char sentence[sizeof place->doubt] = "";
    if (what[0])
        snprintf(sentence, sizeof sentence, "The log of %s is not signed any more: %s",
                 place->job.slug, what);
    if (strcmp(sentence, place->doubt) == 0)
        return;
    memcpy(place->doubt, sentence, sizeof sentence);
    if (what[0])
        log_error("sealer", "%s", sentence);
    else
        log_info("sealer", "%s is sealed again", place->job.slug);
    sealer_tell_stopped(place);
}

static void place_stopped(struct place *place)
{
    place_doubt(place, place->job.doubt.what);
    place->compared = false;
    place->oldest_ms = place->waiting = 0;
    place->final = place->job.grave;
    if (place->final)
        return; /* the lock stays held: nobody else signs either, until a person has looked */
    place_rest(place, STOPPED_MS);
}

/* ---- trimming ------------------------------------------------------------------------------- */

static void place_trimmed(void *ctx, const struct ledger_answer *answer)
{
    struct place *place = ctx;
    place->trimming = false;
    if (answer->fault || answer->next >= TRIM_FULL)
        place->trimmed = 0; /* again with the next publication */
}

static void place_trim(struct place *place)
{
    const uint64_t margin = place->sealer->plan.margin, size = place->job.size;
    if (place->trimming || size < margin || size - margin < place->trimmed + TRIM_LEAST)
        return;
    place->trimming = true;
    place->trimmed = size - margin;
    INVARIANT(place->trimmed < size);
    ledger_state_log_trim(place->sealer->plan.ledger, text_of(place->job.slug), place->trimmed,
                          place_trimmed, place);
}

/* ---- work in the pool ----------------------------------------------------------------------- */

static void batch_free(struct place *place)
{
    if (!place->job.batch)
        return;
    buf_release(&place->job.batch->lines);
    free(place->job.batch);
    place->job.batch = NULL;
    place->sealer->batches_n--;
}

static void place_published(struct place *place)
{
    const uint64_t now_ms = ledger_now_ms(place->sealer->plan.ledger);
    if (place->oldest_ms)
        sealer_tell_delay(place, now_ms > place->oldest_ms ? now_ms - place->oldest_ms : 0);
    place->oldest_ms = place->waiting = 0;
    place_trim(place);
}

static void place_worked(void *ctx)
{
    struct place *place = ctx;
    const bool fed = place->job.batch && !place->job.opened;
    batch_free(place);
    witnesses_handed(place);
    place->worked_us = loop_now_us(place->sealer->plan.loop);
    place->job.raise[0] = 0;
    if (place->job.elsewhere) {
        place_doubt(place, place->job.doubt.what);
        place_rest(place, ELSEWHERE_MS);
        return;
    }
    if (place->job.fault) {
        place_stopped(place);
        return;
    }
    sealer_tell_size(place);
    place->sealed = place->job.size;
    witnesses_look(place);
    if (place->job.opened) {
        place->compared = false;
        place->oldest_ms = place->waiting = 0;
    } else {
        place->compared |= fed;
        if (place->job.publish)
            place_published(place);
        if (place->compared)
            place_doubt(place, "");
    }
    place_rest(place, place->more || place->job.opened ? 0 : place->pause_ms);
}

static void place_work(void *ctx)
{
    struct place *place = ctx;
    seal_job_run(&place->job);
}

static void place_submit(void *ctx)
{
    struct place *place = ctx;
    struct sealer *sealer = place->sealer;
    place->timer = NULL;
    (void)witnesses_hand(place);
    if (workers_submit(sealer->plan.workers, place_work, place_worked, place) == FAULT_NONE)
        return;
    place->timer = loop_after(sealer->plan.loop, AGAIN_MS, place_submit, place);
    if (!place->timer)
        log_error("sealer", "no timer for %s: it is not sealed any more", place->job.slug);
}

/* Only where it rests, and all is well. */
void sealer_hurry(struct place *place)
{
    if (!place->timer || place->job.batch || place->more || place->doubt[0] || !place->job.seal)
        return;
    timer_cancel(place->timer);
    place->job.publish = false;
    place_submit(place);
}

static void place_raise(struct place *place, const char *what)
{
    batch_free(place);
    place->job.publish = place->more = false;
    snprintf(place->job.raise, sizeof place->job.raise, "%s", what);
    place_submit(place);
}

/* ---- records from Redis --------------------------------------------------------------------- */

/* False: nothing can be fed; *ret_why tells, or is "" where memory is short. */
static bool batch_fill(struct place *place, const struct ledger_record *records, size_t n,
                       char ret_why[static DOUBT_SIZE])
{
    struct sealer *sealer = place->sealer;
    struct sealer_batch *batch = calloc(1, sizeof *batch);
    ret_why[0] = 0;
    if (!batch)
        return false;
    place->job.batch = batch;
    sealer->batches_n++;
    batch->lines = BUF_MAX(SEALER_LINES_MAX);
    for (size_t i = 0; i < n; i++) {
        struct text flat[2 * LEDGER_RECORD_MEMBERS_MAX];
        for (size_t m = 0; m < records[i].members_n; m++) {
            flat[2 * m] = records[i].members[m].name;
            flat[2 * m + 1] = records[i].members[m].value;
        }
        if (sealer_render(sealer, flat, 2 * records[i].members_n, &batch->lines, ret_why))
            return false;
        buf_char(&batch->lines, '\n');
        batch->seqs[batch->n++] = records[i].seq;
    }
    return buf_fault(&batch->lines) == FAULT_NONE;
}

/* Notes since when records wait, and decides whether this is the moment to sign. */
static void place_count(struct place *place, const struct ledger_record *records, size_t n)
{
    const uint64_t next = place->job.next, now_us = loop_now_us(place->sealer->plan.loop);
    for (size_t i = 0; i < n; i++) {
        uint64_t at_ms = 0;
        if (records[i].seq < next)
            continue;
        if (place->waiting++ > 0)
            continue;
        place->waiting_us = now_us;
        if (records[i].members_n > 2 &&
            text_to_u64(records[i].members[2].value, UINT64_MAX, &at_ms))
            place->oldest_ms = at_ms; /* v, seq, at: the ledger writes `at` ever later */
    }
    place->job.publish = !place->more || place->waiting >= TOGETHER_MAX ||
                         now_us - place->waiting_us > TOGETHER_US;
}

static void place_feed(struct place *place, const struct ledger_record *records, size_t n)
{
    char why[DOUBT_SIZE];
    if (batch_fill(place, records, n, why)) {
        place_count(place, records, n);
        place->pause_ms = place->sealer->plan.poll_ms;
        place_submit(place);
    } else if (why[0])
        place_raise(place, why);
    else {
        batch_free(place);
        place_rest(place, POLL_MOST_MS);
    }
}

/* Nothing new: longer pauses, and now and then a look whether the keys have changed. */
static void place_idle(struct place *place)
{
    const uint64_t now_us = loop_now_us(place->sealer->plan.loop);
    witnesses_look(place);
    if (place->waiting || witnesses_hand(place) || now_us - place->worked_us > LOOK_US) {
        place->job.publish = true;
        place_submit(place);
        return;
    }
    place->pause_ms = place->pause_ms * 2 < POLL_MOST_MS ? place->pause_ms * 2 : POLL_MOST_MS;
    place_rest(place, place->pause_ms);
}

static void place_heard(void *ctx, const struct ledger_answer *answer)
{
    struct place *place = ctx;
    const struct ledger_record *records = answer->items;
    const size_t n = answer->items_n;
    const uint64_t next = place->job.next;
    if (answer->fault) { /* Redis is away; or holds what is no record, which is logged there */
        place_rest(place, POLL_MOST_MS);
        return;
    }
    const uint64_t held = n ? records[n - 1].seq + 1 : 0;
    place->more = n == SEALER_PAGE;
    if (held < next && !place->more) {
        char why[DOUBT_SIZE];
        snprintf(why, sizeof why,
                 "%llu records are sealed, and Redis is behind: stop the server and run "
                 "`groundswell rebuild`", (unsigned long long)next);
        place_raise(place, why);
    } else if (held > next || (n && !place->compared))
        place_feed(place, records, n);
    else
        place_idle(place);
}

static void place_ask(struct place *place)
{
    const uint64_t next = place->job.next, back = place->compared ? 1 : OVERLAP;
    if (place->sealer->batches_n >= BATCHES_MAX) {
        place_rest(place, AGAIN_MS);
        return;
    }
    ledger_state_log(place->sealer->plan.ledger, text_of(place->job.slug),
                     next > back ? next - back : 0, SEALER_PAGE, place_heard, place);
}

static void place_turn(void *ctx)
{
    struct place *place = ctx;
    place->timer = NULL;
    if (place->job.seal) {
        place_ask(place);
        return;
    }
    place->job.publish = place->more = false;
    place->pause_ms = place->sealer->plan.poll_ms;
    place_submit(place);
}

/* ---- the index ------------------------------------------------------------------------------ */

static struct place **place_add(struct sealer *sealer, struct place **at, struct text slug)
{
    while (*at && text_compare(text_of((*at)->job.slug), slug) < 0)
        at = &(*at)->next;
    if (*at && text_is(slug, (*at)->job.slug))
        return at;
    struct place *place = slug.n <= SLUG_MAX ? calloc(1, sizeof *place) : NULL;
    if (!place)
        return at; /* again at the next look at the index */
    place->sealer = sealer;
    place->job.data = sealer->data;
    place->job.host = sealer->host;
    memcpy(place->job.slug, slug.at, slug.n);
    place->next = *at;
    *at = place;
    sealer->places_n++;
    sealer_tell_stopped(place);
    place_rest(place, 0);
    return at;
}

static void index_look(void *ctx);

static void index_answer(void *ctx, const struct ledger_answer *answer)
{
    struct sealer *sealer = ctx;
    const struct text *slugs = answer->items;
    const size_t n = answer->fault ? 0 : answer->items_n;
    struct place **at = &sealer->places;
    for (size_t i = 0; i < n; i++)
        at = place_add(sealer, at, slugs[i]);
    const bool full = n == INDEX_PAGE && slugs[n - 1].n <= SLUG_MAX;
    sealer->after[0] = 0;
    if (full)
        snprintf(sealer->after, sizeof sealer->after, "%.*s", TEXT_ARGS(slugs[n - 1]));
    sealer->refresh = loop_after(sealer->plan.loop, full ? 0 : REFRESH_MS, index_look, sealer);
    if (!sealer->refresh)
        log_error("sealer", "no timer for the index: new communities are not sealed");
}

static void index_look(void *ctx)
{
    struct sealer *sealer = ctx;
    sealer->refresh = NULL;
    ledger_communities(sealer->plan.ledger, text_of(sealer->after), INDEX_PAGE, index_answer,
                       sealer);
}

/* ---- life ----------------------------------------------------------------------------------- */

struct sealer *sealer_new(const struct sealer_plan *plan)
{
    struct sealer *sealer = calloc(1, sizeof *sealer);
    if (!sealer)
        return NULL;
    sealer->plan = *plan;
    if (!sealer->plan.margin)
        sealer->plan.margin = MARGIN;
    if (!sealer->plan.poll_ms)
        sealer->plan.poll_ms = POLL_MS;
    sealer->data = strdup(plan->data);
    sealer->host = strdup(plan->host);
    arena_init(&sealer->arena, MIB);
    if (sealer->data && sealer->host)
        sealer->refresh = loop_after(plan->loop, 0, index_look, sealer);
    if (sealer->refresh)
        return sealer;
    sealer_free(sealer);
    return NULL;
}

const char *sealer_doubt(const struct sealer *sealer)
{
    for (const struct place *place = sealer->places; place; place = place->next)
        if (place->doubt[0])
            return place->doubt;
    return NULL;
}

void sealer_free(struct sealer *sealer)
{
    if (!sealer)
        return;
    timer_cancel(sealer->refresh);
    witnesses_free(sealer);
    sealer_check_drop(sealer);
    while (sealer->places) {
        struct place *place = sealer->places;
        sealer->places = place->next;
        timer_cancel(place->timer);
        batch_free(place);
        seal_job_close(&place->job);
        witnesses_forget(place);
        free(place);
    }
    free(sealer->witnesses);
    arena_release(&sealer->arena);
    free(sealer->data);
    free(sealer->host);
    free(sealer);
}
