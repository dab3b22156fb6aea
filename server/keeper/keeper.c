/* keeper.c -- deadlines and headroom: what must happen although nobody asks.
 *
 * A place is a community that the keeper knows of. It is looked at when its next deadline is due,
 * and at least every rest_ms, so that deadlines opened meanwhile and money added elsewhere are
 * seen. One look is a short chain of questions, one after the other:
 *
 *   lease     take it or renew it; somebody else's: that was all
 *   settle    what is due is written, 16 at a time; the answer names the next deadline and the
 *             proposals that qualify now through money alone
 *   activate  each of these, one call each, in that order; then settle again where more was due
 *   fallback  pledges that were released go on to their next step, one call each, a bounded number
 *             a look; what is left of them makes the next look come at once
 *
 * The lease `{slug}:lease` = <fence>:<worker> makes one process do this and not all of them.
 * Nothing hangs on it: each of these is judged in the ledger inside one call, and a
 * second keeper (paused, late, two at once while a lease runs out) finds nothing left to do. So
 * it needs no clock that agrees and nobody compares the fence; it is there to be seen.
 * Nothing here loops over residents: a look costs the same in a village and in a city. */
#include "groundswell/keeper/keeper.h"

#include <inttypes.h>

#include "groundswell/base/log.h"
#include "groundswell/base/secret.h"
#include "groundswell/io/loop.h"
#include "groundswell/ledger/fallbacks.h"
#include "groundswell/store/store.h"

#define LEASE_MS 3000
#define REST_MS 1000
#define INDEX_PAGE 500
#define QUALIFYING_MAX 64 /* as the ledger names them */
#define FALLBACKS_A_LOOK 64

/* Takes the lease where it is free, renews it where it is ours and a third of it has gone. */
static const char lease_script[] =
    "local held = redis.call('GET', KEYS[1])\n"
    "if not held then\n"
    "  local fence = string.format('%.0f', redis.call('INCR', KEYS[2]))\n"
    "  redis.call('SET', KEYS[1], fence .. ':' .. ARGV[1], 'NX', 'PX', ARGV[2])\n"
    "  return 1\n"
    "end\n"
    "if string.match(held, ':(.*)$') ~= ARGV[1] then return 0 end\n"
    "if redis.call('PTTL', KEYS[1]) * 3 < ARGV[2] * 2 then\n"
    "  redis.call('PEXPIRE', KEYS[1], ARGV[2])\n"
    "end\n"
    "return 1\n";

struct place {
    struct keeper *keeper;
    struct place *next;
    char slug[SLUG_MAX + 1];
    struct timer *timer; /* NULL while a look is under way */
    bool poked;          /* meanwhile: look again at once */
    bool more;           /* the last settling left something due */
    uint64_t due_ms;     /* 0: none */
    uint64_t qualifying[QUALIFYING_MAX];
    size_t qualifying_n, activated_n;
    bool fallbacks;       /* some wait, or may: an activation releases */
    size_t fallbacks_n;   /* taken in this look */
};

struct keeper {
    struct loop *loop;
    struct store *store;
    struct ledger *ledger;
    struct keeper_plan plan;
    char worker[17];
    struct place *places; /* in the order of their slugs */
    size_t places_n;
    struct timer *refresh;
    char after[SLUG_MAX + 1]; /* where the page of the index goes on */
};

static void place_look(void *ctx);

/* ---- places --------------------------------------------------------------------------------- */

static struct text slug_of(const struct place *place)
{
    return text_of(place->slug);
}

static void place_rest(struct place *place, uint64_t ms)
{
    INVARIANT(!place->timer);
    place->timer = loop_after(place->keeper->loop, ms, place_look, place);
    if (!place->timer)
        log_error("keeper", "no timer for %s: its deadlines wait for the next act", place->slug);
}

/* Where in the list the slug is, or would be. */
static struct place **place_find(struct keeper *keeper, struct text slug)
{
    struct place **at = &keeper->places;
    while (*at && text_compare(slug_of(*at), slug) < 0)
        at = &(*at)->next;
    return at;
}

/* The index comes in order, so that each page is added in one walk from `at` on. */
static struct place **place_add(struct keeper *keeper, struct place **at, struct text slug)
{
    while (*at && text_compare(slug_of(*at), slug) < 0)
        at = &(*at)->next;
    if (*at && text_equal(slug_of(*at), slug))
        return at;
    struct place *place = calloc(1, sizeof *place);
    if (!place || slug.n > SLUG_MAX) {
        free(place);
        return at; /* again at the next look at the index */
    }
    place->keeper = keeper;
    memcpy(place->slug, slug.at, slug.n);
    place->next = *at;
    *at = place;
    /* Spread over the pause: a thousand communities are not looked at all at once. */
    place_rest(place, keeper->places_n++ * 7 % keeper->plan.rest_ms);
    return at;
}

/* ---- one look ------------------------------------------------------------------------------- */

static void place_activate_next(struct place *place);
static void place_fallback_next(struct place *place);

static void place_done(struct place *place)
{
    struct keeper *keeper = place->keeper;
    uint64_t rest = keeper->plan.rest_ms, now = ledger_now_ms(keeper->ledger);
    if (place->due_ms)
        rest = place->due_ms <= now ? rest / 4
               : place->due_ms - now < rest ? place->due_ms - now
                                            : rest;
    if (place->more || place->poked)
        rest = 0;
    place->poked = false;
    place_rest(place, rest);
}

/* Nothing is known any more: look again after the ordinary pause. */
static void place_failed(struct place *place)
{
    place->due_ms = 0;
    place->more = false;
    place_done(place);
}

static void place_activated(void *ctx, const struct ledger_answer *answer)
{
    struct place *place = ctx;
    uint64_t proposal = place->qualifying[place->activated_n++];
    if (answer->fault) {
        place_failed(place);
        return;
    }
    if (answer->refusal) /* another was faster, or took the money: a normal end */
        log_debug("keeper", "%s.p%" PRIu64 ": %s", place->slug, proposal,
                  refusal_code(answer->refusal));
    else
        log_info("keeper", "%s.p%" PRIu64 " has its money: a commission, or its window begins",
                 place->slug, proposal);
    place->fallbacks |= !answer->refusal;
    place_activate_next(place);
}

static void place_activate_next(struct place *place)
{
    struct keeper *keeper = place->keeper;
    if (place->activated_n == place->qualifying_n)
        place_fallback_next(place);
    else
        ledger_activate(keeper->ledger, slug_of(place), place->qualifying[place->activated_n],
                        place_activated, place);
}

static void place_fallen_back(void *ctx, const struct ledger_answer *answer)
{
    struct place *place = ctx;
    const struct fallback_outcome *out = answer->outcome;
    if (answer->fault || answer->refusal || !out) { /* more is due than one call settles */
        place_failed(place);
        return;
    }
    place->fallbacks_n += out->taken;
    place->fallbacks = out->more;
    place_fallback_next(place);
}

static void place_fallback_next(struct place *place)
{
    if (place->fallbacks && place->fallbacks_n < FALLBACKS_A_LOOK) {
        ledger_fallback_next(place->keeper->ledger, slug_of(place), place_fallen_back, place);
        return;
    }
    if (place->fallbacks_n)
        log_info("keeper", "%s: %zu pledges fell back or were dropped", place->slug,
                 place->fallbacks_n);
    place->more |= place->fallbacks;
    place_done(place);
}

static void place_qualifying(struct place *place, struct text numbers)
{
    place->qualifying_n = place->activated_n = 0;
    while (numbers.n && place->qualifying_n < QUALIFYING_MAX) {
        uint64_t number;
        if (text_to_u64(text_cut(&numbers, ','), ID_NUMBER_MAX, &number))
            place->qualifying[place->qualifying_n++] = number;
    }
}

static void place_settled(void *ctx, const struct ledger_answer *answer)
{
    struct place *place = ctx;
    const struct settle_outcome *out = answer->outcome;
    if (answer->fault || answer->refusal || !out) { /* refused: in the index, never created */
        place_failed(place);
        return;
    }
    place->due_ms = out->due_ms;
    place->more = out->more;
    place->fallbacks = out->fallbacks;
    place->fallbacks_n = 0;
    place_qualifying(place, out->qualifying);
    if (place->qualifying_n == QUALIFYING_MAX)
        place->more = true; /* there may be others */
    place_activate_next(place);
}

static void place_leased(void *ctx, enum fault fault, const struct answer *answer)
{
    struct place *place = ctx;
    uint64_t ours = 0;
    if (fault || !answer_u64(answer, 1, &ours) || !ours)
        place_failed(place);
    else
        ledger_settle(place->keeper->ledger, slug_of(place), place_settled, place);
}

static void place_look(void *ctx)
{
    struct place *place = ctx;
    struct keeper *keeper = place->keeper;
    char lease[SLUG_MAX + 16], fence[SLUG_MAX + 16], ms[16];
    place->timer = NULL;
    snprintf(lease, sizeof lease, "{%s}:lease", place->slug);
    snprintf(fence, sizeof fence, "{%s}:fence", place->slug);
    snprintf(ms, sizeof ms, "%u", keeper->plan.lease_ms);
    struct text argv[] = {TEXT("EVAL"),   text_of(lease_script),   TEXT("2"),  text_of(lease),
                          text_of(fence), text_of(keeper->worker), text_of(ms)};
    store_ask(keeper->store, argv, sizeof argv / sizeof *argv, STORE_DEADLINE_MS, place_leased,
              place);
}

/* ---- the index ------------------------------------------------------------------------------ */

static void index_look(void *ctx);

static void index_answer(void *ctx, const struct ledger_answer *answer)
{
    struct keeper *keeper = ctx;
    const struct text *slugs = answer->items;
    size_t n = answer->fault ? 0 : answer->items_n;
    struct place **at = &keeper->places;
    for (size_t i = 0; i < n; i++)
        at = place_add(keeper, at, slugs[i]);
    bool full = n == INDEX_PAGE && slugs[n - 1].n <= SLUG_MAX;
    keeper->after[0] = 0;
    if (full)
        snprintf(keeper->after, sizeof keeper->after, "%.*s", TEXT_ARGS(slugs[n - 1]));
    keeper->refresh =
        loop_after(keeper->loop, full ? 0 : keeper->plan.refresh_ms, index_look, keeper);
    if (!keeper->refresh)
        log_error("keeper", "no timer for the index: new communities are not seen");
}

static void index_look(void *ctx)
{
    struct keeper *keeper = ctx;
    keeper->refresh = NULL;
    ledger_communities(keeper->ledger, text_of(keeper->after), INDEX_PAGE, index_answer, keeper);
}

/* ---- life ----------------------------------------------------------------------------------- */

static void worker_name(char ret[static 17])
{
    uint8_t random[8];
    CLEANUP(buf) struct buf hex = BUF_MAX(17);
    secret_random(random, sizeof random);
    encode_hex(&hex, random, sizeof random);
    INVARIANT(buf_fault(&hex) == FAULT_NONE);
    memcpy(ret, hex.data, 16);
    ret[16] = 0;
}

struct keeper *keeper_new(struct loop *loop, struct store *store, struct ledger *ledger,
                          const struct keeper_plan *plan)
{
    struct keeper *keeper = calloc(1, sizeof *keeper);
    if (!keeper)
        return NULL;
    *keeper = (struct keeper){.loop = loop, .store = store, .ledger = ledger, .plan = *plan};
    if (!keeper->plan.lease_ms)
        keeper->plan.lease_ms = LEASE_MS;
    if (!keeper->plan.rest_ms)
        keeper->plan.rest_ms = REST_MS;
    if (!keeper->plan.refresh_ms)
        keeper->plan.refresh_ms = REST_MS;
    worker_name(keeper->worker);
    keeper->refresh = loop_after(loop, 0, index_look, keeper);
    if (keeper->refresh)
        return keeper;
    free(keeper);
    return NULL;
}

void keeper_poke(struct keeper *keeper, struct text slug)
{
    struct place *place = *place_find(keeper, slug);
    if (!place || !text_equal(slug_of(place), slug))
        return; /* not known yet: it will be looked at within refresh_ms */
    place->poked = !place->timer;
    if (place->timer) {
        timer_cancel(place->timer);
        place->timer = NULL;
        place_rest(place, 0);
    }
}

void keeper_free(struct keeper *keeper)
{
    if (!keeper)
        return;
    timer_cancel(keeper->refresh);
    while (keeper->places) {
        struct place *place = keeper->places;
        keeper->places = place->next;
        timer_cancel(place->timer);
        free(place);
    }
    free(keeper);
}
