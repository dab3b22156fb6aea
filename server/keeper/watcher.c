/* watcher.c -- see watcher.h. One walk:
 *
 *   claim      another process walks: rest
 *   alerting   the trusts that have rules
 *   alerts     of each trust, its rules
 *   slugs      its communities
 *   summary    of each community, judged by every rule (watcher_judge.h)
 *   judge      what is true of it now, where that is not what was told the last time
 *
 * What was told of a community is remembered as one number, so that quiet ones cost no write. */
#include "groundswell/keeper/watcher.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <uthash.h>

#include "groundswell/base/log.h"
#include "groundswell/base/secret.h"
#include "groundswell/io/loop.h"
#include "groundswell/keeper/sealed.h"
#include "watcher_judge.h"

#define REST_MS 5000
#define CLAIM_MS 30000
#define TRUSTS_MAX 1000
#define SLUGS_MAX 1000
#define RULES_MAX 32
#define KNOWN_MAX 20000 /* beyond them all are forgotten and told again */
#define DAY_MS UINT64_C(86400000)
#define LOG_WAITS_MS 10000 /* as desk/sums_say.c */
#define LOG_OLD_MS 30000
#define LOG_BEHIND 1000

struct known {
    char name[SLUG_MAX + 64]; /* trust/slug */
    uint64_t told;
    UT_hash_handle hh;
};

struct watcher {
    struct loop *loop;
    struct watcher_plan plan;
    char *data;
    char worker[17];
    struct timer *timer;
    struct known *known;
    char trusts[TRUSTS_MAX][40];
    size_t trusts_n, trust_i;
    struct watch_rule rules[RULES_MAX];
    size_t rules_n;
    char slugs[SLUGS_MAX][SLUG_MAX + 1];
    size_t slugs_n, slug_i;
    uint64_t stalled_ms;
    struct alert_true list[ALERTS_TRUE_MAX];
    size_t list_n;
};

static void walk_begin(void *ctx);
static void trust_begin(struct watcher *watcher);
static void slug_begin(struct watcher *watcher);

static void rest(struct watcher *watcher)
{
    const unsigned ms = watcher->plan.rest_ms ? watcher->plan.rest_ms : REST_MS;
    watcher->timer = loop_after(watcher->loop, ms, walk_begin, watcher);
    if (!watcher->timer) log_error("keeper", "no timer: nobody is alerted any more");
}

static struct text trust_of(const struct watcher *watcher)
{
    return text_of(watcher->trusts[watcher->trust_i]);
}

static struct text slug_of(const struct watcher *watcher)
{
    return text_of(watcher->slugs[watcher->slug_i]);
}

static bool put(char *ret, size_t size, struct text text)
{
    if (text.n >= size) return false;
    memcpy(ret, text.at, text.n);
    ret[text.n] = 0;
    return true;
}

/* ---- what was told --------------------------------------------------------------------------- */

static void known_forget(struct watcher *watcher)
{
    struct known *known, *next;
    HASH_ITER (hh, watcher->known, known, next) {
        HASH_DEL(watcher->known, known);
        free(known);
    }
}

/* NULL: no memory. */
static struct known *known_of(struct watcher *watcher)
{
    struct known *known = NULL;
    char name[sizeof known->name];
    snprintf(name, sizeof name, "%s/%s", watcher->trusts[watcher->trust_i],
             watcher->slugs[watcher->slug_i]);
    HASH_FIND_STR(watcher->known, name, known);
    if (known) return known;
    if (HASH_COUNT(watcher->known) >= KNOWN_MAX) known_forget(watcher);
    known = calloc(1, sizeof *known);
    if (!known) return NULL;
    memcpy(known->name, name, sizeof name);
    HASH_ADD_STR(watcher->known, name, known);
    return known;
}

/* Never 0, which is "nothing was told". The value is left out: it changes with every pledge. */
static uint64_t told_of(const struct watcher *watcher)
{
    uint64_t digest = UINT64_C(1469598103934665603);
    for (size_t i = 0; i < watcher->list_n; i++) {
        const uint64_t parts[] = {watcher->list[i].rule, watcher->list[i].thing};
        for (size_t k = 0; k < 2; k++)
            digest = (digest ^ parts[k]) * UINT64_C(1099511628211);
    }
    return digest ? digest : 1;
}

/* ---- a community ----------------------------------------------------------------------------- */

/* Records wait for their seal, and the last checkpoint is old. */
static bool log_is_in_trouble(const struct watcher *watcher, const struct summary *of,
                              uint64_t now_ms)
{
    char folder[SEALED_PATH_SIZE], path[SEALED_PATH_SIZE + 16];
    uint64_t size = 0, sealed_ms = 0;
    struct stat is;
    enum fault no = sealed_size(watcher->data, slug_of(watcher), &size);
    if ((no && no != FAULT_ABSENT) || sealed_folder(watcher->data, slug_of(watcher), folder))
        return true;
    if (size > of->seq) return false;
    snprintf(path, sizeof path, "%s/checkpoint", folder);
    if (!stat(path, &is)) sealed_ms = (uint64_t)is.st_mtim.tv_sec * 1000;
    const bool waits = now_ms > of->at_ms + LOG_WAITS_MS || of->seq + 1 - size > LOG_BEHIND;
    return waits && now_ms > sealed_ms + LOG_OLD_MS;
}

static void judge_answer(void *ctx, const struct ledger_answer *answer)
{
    struct watcher *watcher = ctx;
    if (answer->fault) {
        rest(watcher);
        return;
    }
    struct known *known = known_of(watcher);
    if (known) known->told = told_of(watcher);
    watcher->slug_i++;
    slug_begin(watcher);
}

static void summary_answer(void *ctx, const struct ledger_answer *answer)
{
    struct watcher *watcher = ctx;
    if (answer->fault) {
        rest(watcher);
        return;
    }
    watcher->list_n = 0;
    if (!answer->refusal) {
        const uint64_t now_ms = ledger_now_ms(watcher->plan.ledger);
        const struct watch_facts facts = {answer->outcome, answer->items, answer->items_n, now_ms,
                                          log_is_in_trouble(watcher, answer->outcome, now_ms)};
        for (size_t i = 0; i < watcher->rules_n; i++)
            watch_judge(&watcher->rules[i], &facts, watcher->list, &watcher->list_n);
    }
    const struct known *known = known_of(watcher);
    if (known && known->told == told_of(watcher)) {
        watcher->slug_i++;
        slug_begin(watcher);
        return;
    }
    const struct alert_judge in = {trust_of(watcher), slug_of(watcher), watcher->list,
                                   watcher->list_n};
    ledger_alert_judge(watcher->plan.ledger, &in, judge_answer, watcher);
}

static void slug_begin(struct watcher *watcher)
{
    if (watcher->slug_i == watcher->slugs_n) {
        watcher->trust_i++;
        trust_begin(watcher);
        return;
    }
    ledger_summary(watcher->plan.ledger, slug_of(watcher), watcher->stalled_ms, summary_answer,
                   watcher);
}

/* ---- a trust --------------------------------------------------------------------------------- */

static void slugs_answer(void *ctx, const struct ledger_answer *answer)
{
    struct watcher *watcher = ctx;
    const struct text *slugs = answer->items;
    if (answer->fault) {
        rest(watcher);
        return;
    }
    watcher->slugs_n = watcher->slug_i = 0;
    for (size_t i = 0; !answer->refusal && i < answer->items_n && i < SLUGS_MAX; i++)
        if (put(watcher->slugs[watcher->slugs_n], SLUG_MAX + 1, slugs[i])) watcher->slugs_n++;
    slug_begin(watcher);
}

static void rules_keep(struct watcher *watcher, const struct ledger_answer *answer)
{
    const struct alert_rule *rules = answer->items;
    watcher->rules_n = 0;
    watcher->stalled_ms = UINT64_C(36500) * DAY_MS;
    for (size_t i = 0; i < answer->items_n && watcher->rules_n < RULES_MAX; i++) {
        const enum alert_when when = alert_when_of(rules[i].when);
        if (when == ALERT_WHENS) continue;
        watcher->rules[watcher->rules_n++] =
            (struct watch_rule){when, rules[i].alert, rules[i].n, rules[i].created_ms};
        if (when == ALERT_STALLED && rules[i].n * DAY_MS < watcher->stalled_ms)
            watcher->stalled_ms = rules[i].n * DAY_MS;
    }
}

static void rules_answer(void *ctx, const struct ledger_answer *answer)
{
    struct watcher *watcher = ctx;
    if (answer->fault || answer->refusal) {
        rest(watcher);
        return;
    }
    rules_keep(watcher, answer);
    const struct communities_page of = {.trust = trust_of(watcher), .limit = SLUGS_MAX};
    ledger_communities_of(watcher->plan.ledger, &of, slugs_answer, watcher);
}

static void trust_begin(struct watcher *watcher)
{
    if (watcher->trust_i == watcher->trusts_n) {
        rest(watcher);
        return;
    }
    ledger_alerts(watcher->plan.ledger, trust_of(watcher), rules_answer, watcher);
}

/* ---- the walk -------------------------------------------------------------------------------- */

static void trusts_answer(void *ctx, const struct ledger_answer *answer)
{
    struct watcher *watcher = ctx;
    const struct alerting *trusts = answer->items;
    watcher->trusts_n = watcher->trust_i = 0;
    for (size_t i = 0; !answer->fault && !answer->refusal && i < answer->items_n; i++)
        if (watcher->trusts_n < TRUSTS_MAX &&
            put(watcher->trusts[watcher->trusts_n], sizeof *watcher->trusts, trusts[i].trust))
            watcher->trusts_n++;
    trust_begin(watcher);
}

static void claim_answer(void *ctx, const struct ledger_answer *answer)
{
    struct watcher *watcher = ctx;
    const struct watch_claimed *claimed = answer->outcome;
    if (answer->fault || answer->refusal || !claimed->mine) {
        known_forget(watcher); /* another one tells now */
        rest(watcher);
        return;
    }
    ledger_alerting(watcher->plan.ledger, trusts_answer, watcher);
}

static void walk_begin(void *ctx)
{
    struct watcher *watcher = ctx;
    watcher->timer = NULL;
    ledger_watch_claim(watcher->plan.ledger, text_of(watcher->worker), CLAIM_MS, claim_answer,
                       watcher);
}

struct watcher *watcher_new(struct loop *loop, const struct watcher_plan *plan)
{
    struct watcher *watcher = calloc(1, sizeof *watcher);
    uint8_t random[8];
    CLEANUP(buf) struct buf hex = BUF_MAX(64);
    if (!watcher) return NULL;
    watcher->loop = loop;
    watcher->plan = *plan;
    watcher->data = strdup(plan->data);
    secret_random(random, sizeof random);
    encode_hex(&hex, random, sizeof random);
    if (!buf_fault(&hex)) memcpy(watcher->worker, hex.data, sizeof watcher->worker);
    watcher->timer = loop_after(loop, 0, walk_begin, watcher);
    if (watcher->timer && watcher->data && watcher->worker[0]) return watcher;
    watcher_free(watcher);
    return NULL;
}

void watcher_free(struct watcher *watcher)
{
    if (!watcher) return;
    timer_cancel(watcher->timer);
    known_forget(watcher);
    free(watcher->data);
    free(watcher);
}
