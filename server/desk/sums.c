/* sums.c -- gathers the summaries of a trust's communities: a bounded number of questions at a
 * time, none for what is fresh. */
#include "sums.h"

#include <stdlib.h>
#include <string.h>

#include "errand.h"
#include "groundswell/base/clock.h"
#include "groundswell/base/log.h"
#include "say.h"

#define FRESH_MS 1000
#define IN_FLIGHT_MAX 32
#define KEPT_MAX 4096 /* of all trusts; beyond them all are forgotten when nobody looks */

struct sums {
    struct desk *desk;
    struct sum *by_slug;
    size_t gatherings;
};

/* One question. */
struct asking {
    struct gathering *gathering;
    struct sum *sum;
};

static void gathering_go_on(struct gathering *gathering);

static void sum_free(struct sums *sums, struct sum *sum)
{
    HASH_DEL(sums->by_slug, sum);
    buf_release(&sum->name);
    buf_release(&sum->json);
    buf_release(&sum->csv);
    free(sum);
}

static void sums_forget(struct sums *sums)
{
    struct sum *sum, *after;
    HASH_ITER (hh, sums->by_slug, sum, after)
        sum_free(sums, sum);
}

static struct sum *sum_of(struct sums *sums, struct text slug)
{
    struct sum *sum = NULL;
    HASH_FIND(hh, sums->by_slug, slug.at, (unsigned)slug.n, sum);
    if (sum) return sum;
    sum = calloc(1, sizeof *sum);
    if (!sum) return NULL;
    INVARIANT(slug.n <= SLUG_MAX);
    memcpy(sum->slug, slug.at, slug.n);
    sum->name = BUF_MAX(4 * KIB);
    sum->json = BUF_MAX(64 * KIB);
    sum->csv = BUF_MAX(16 * KIB);
    HASH_ADD_KEYPTR(hh, sums->by_slug, sum->slug, (unsigned)slug.n, sum);
    return sum;
}

static void gathering_free(struct gathering *gathering)
{
    gathering->sums->gatherings--;
    free(gathering);
}

static void summary_answer(void *ctx, const struct ledger_answer *answer)
{
    struct asking *asking = ctx;
    struct gathering *gathering = asking->gathering;
    struct sum *sum = asking->sum;
    free(asking);
    gathering->in_flight--;
    if (answer->fault && !gathering->over) {
        gathering->over = true;
        say_fault(gathering->visit, answer->fault);
    } else if (!answer->fault) {
        sum->absent = answer->refusal != REFUSAL_NONE;
        if (!sum->absent)
            sum_say(gathering->sums->desk, sum, answer->outcome, answer->items, answer->items_n);
        sum->fetched_ms = clock_wall_ms();
    }
    gathering_go_on(gathering);
}

/* False: memory was short. */
static bool summary_ask(struct gathering *gathering, struct sum *sum)
{
    struct asking *asking = malloc(sizeof *asking);
    if (!asking) return false;
    *asking = (struct asking){gathering, sum};
    gathering->in_flight++;
    ledger_summary(gathering->sums->desk->plan.ledger, text_of(sum->slug), STALLED_DAYS * DAY_MS,
                   summary_answer, asking);
    return true;
}

static void gathering_finish(struct gathering *gathering)
{
    size_t kept = 0;
    for (size_t i = 0; i < gathering->n; i++)
        if (!gathering->at[i]->absent) gathering->at[kept++] = gathering->at[i];
    gathering->n = kept;
    if (!gathering->over) gathering->done(gathering);
    gathering_free(gathering);
}

/* Asks for what is not fresh, as far as may be asked at a time. */
static void gathering_go_on(struct gathering *gathering)
{
    const uint64_t now_ms = clock_wall_ms();
    while (!gathering->over && gathering->next < gathering->n &&
           gathering->in_flight < IN_FLIGHT_MAX) {
        struct sum *sum = gathering->at[gathering->next++];
        if (sum->fetched_ms > 0 && now_ms < sum->fetched_ms + FRESH_MS) continue;
        if (summary_ask(gathering, sum)) continue;
        gathering->over = true;
        say_fault(gathering->visit, FAULT_MEMORY);
    }
    if (gathering->in_flight == 0) gathering_finish(gathering);
}

static void slugs_answer(void *ctx, const struct ledger_answer *answer)
{
    struct gathering *gathering = ctx;
    struct errand *errand = errand_of(gathering->visit);
    const struct text *slugs = answer->items;
    if (say_no(gathering->visit, answer)) {
        gathering_free(gathering);
        return;
    }
    for (size_t i = 0; i < answer->items_n; i++) {
        if (!who_may(&errand->who, ROLE_TRUST | ROLE_OPERATOR, slugs[i])) continue;
        struct sum *sum = sum_of(gathering->sums, slugs[i]);
        if (sum) gathering->at[gathering->n++] = sum;
        else log_error("desk", "out of memory: a community is missing in a watch");
    }
    gathering_go_on(gathering);
}

void sums_gather(struct visit *visit, struct text trust,
                 void (*done)(struct gathering *gathering), void *ctx)
{
    struct desk *desk = errand_of(visit)->desk;
    struct gathering *gathering = calloc(1, sizeof *gathering);
    if (!gathering) {
        say_fault(visit, FAULT_MEMORY);
        return;
    }
    if (desk->sums->gatherings == 0 && HASH_COUNT(desk->sums->by_slug) > KEPT_MAX)
        sums_forget(desk->sums);
    gathering->visit = visit;
    gathering->sums = desk->sums;
    gathering->done = done;
    gathering->ctx = ctx;
    desk->sums->gatherings++;
    const struct communities_page of = {.trust = trust, .limit = SUMS_MOST};
    ledger_communities_of(desk->plan.ledger, &of, slugs_answer, gathering);
}

struct sums *sums_new(struct desk *desk)
{
    struct sums *sums = calloc(1, sizeof *sums);
    if (sums) sums->desk = desk;
    return sums;
}

void sums_free(struct sums *sums)
{
    if (!sums) return;
    sums_forget(sums);
    free(sums);
}
