/* purge.c -- forgets of people what has been kept long enough, as the operator asks.
 *
 * Everything older than the retention period: tries, approvals, journals, markers of closed rounds,
 * the secrets of codes that expired (server/ledger/PEOPLE.md, people_purge). Never on its own:
 * `groundswell purge` asks for it.
 *
 *     accounts (until no more) -> page of communities -> each (until no more, its files) -> say */
#include "groundswell/base/clock.h"
#include "groundswell/ledger/codes.h"
#include "handlers.h"
#include "people.h"
#include "say.h"
#include "uploads.h"
#include "write.h"

#define PAGE 500
#define CALLS_MAX 10000 /* of one request; who has more to forget asks again */

struct purging {
    struct visit *visit;
    struct forgetting *forgetting;
    uint64_t before_ms, events, communities, files, calls;
    struct text slugs[PAGE];
    size_t n, at;
};

static void purge_say(struct purging *purging, bool more)
{
    CLEANUP(buf) struct buf body = BUF_MAX(KIB);
    struct json_out out = JSON_OUT(&body);
    json_object_begin(&out);
    write_stamp(&out, "before", purging->before_ms);
    json_u64_at(&out, "account_events", purging->events);
    json_u64_at(&out, "communities", purging->communities);
    json_u64_at(&out, "files", purging->files);
    json_bool_at(&out, "more", more);
    json_object_end(&out);
    say_json(purging->visit, 200, &body);
}

static struct ledger *ledger_of(const struct purging *purging)
{
    return errand_of(purging->visit)->desk->plan.ledger;
}

static void purge_page(struct purging *purging);
static void purge_next(struct purging *purging);

static void purge_files_done(void *ctx, enum fault fault, uint64_t files)
{
    struct purging *purging = ctx;
    if (fault) {
        say_fault(purging->visit, fault);
        return;
    }
    purging->files += files;
    purging->at++;
    purging->communities++;
    purge_next(purging);
}

static void purge_community_answer(void *ctx, const struct ledger_answer *answer)
{
    struct purging *purging = ctx;
    if (say_no(purging->visit, answer)) return;
    if (((const struct purge_outcome *)answer->outcome)->more)
        purge_next(purging);
    else if (!uploads_forget(purging->forgetting, purging->slugs[purging->at], purge_files_done,
                             purging))
        say_refusal(purging->visit, REFUSAL_SERVER_BUSY, NULL, 0);
}

static void purge_next(struct purging *purging)
{
    if (++purging->calls > CALLS_MAX) {
        purge_say(purging, true);
        return;
    }
    if (purging->at == purging->n) {
        if (purging->n == PAGE) purge_page(purging);
        else purge_say(purging, false);
        return;
    }
    struct act act = errand_of(purging->visit)->act;
    const struct people_purge in = {.before_ms = purging->before_ms};
    act.slug = purging->slugs[purging->at];
    memset(act.key_hash, 0, sizeof act.key_hash); /* twice is as good as once */
    ledger_people_purge(ledger_of(purging), &act, &in, purge_community_answer, purging);
}

static void purge_page_answer(void *ctx, const struct ledger_answer *answer)
{
    struct purging *purging = ctx;
    if (say_no(purging->visit, answer)) return;
    const struct text *slugs = answer->items;
    purging->n = answer->items_n;
    purging->at = 0;
    for (size_t i = 0; i < purging->n; i++) {
        purging->slugs[i] = arena_text(&purging->visit->arena, slugs[i]);
        if (purging->slugs[i].at) continue;
        purge_say(purging, true);
        return;
    }
    purge_next(purging);
}

static void purge_page(struct purging *purging)
{
    struct text after = purging->n > 0 ? purging->slugs[purging->n - 1] : TEXT("");
    ledger_communities(ledger_of(purging), after, PAGE, purge_page_answer, purging);
}

static void purge_accounts(struct purging *purging);

static void purge_accounts_answer(void *ctx, const struct ledger_answer *answer)
{
    struct purging *purging = ctx;
    if (say_no(purging->visit, answer)) return;
    const struct accounts_purge_outcome *outcome = answer->outcome;
    purging->events += outcome->purged;
    if (outcome->more && ++purging->calls <= CALLS_MAX) purge_accounts(purging);
    else purge_page(purging);
}

static void purge_accounts(struct purging *purging)
{
    const struct accounts_purge in = {.before_ms = purging->before_ms};
    ledger_accounts_purge(ledger_of(purging), &in, purge_accounts_answer, purging);
}

void purge(struct visit *visit)
{
    struct errand *errand = errand_of(visit);
    struct purging *purging = arena_alloc(&visit->arena, sizeof *purging);
    if (!who_may(&errand->who, ROLE_OPERATOR, TEXT_NONE)) {
        say_refusal(visit, REFUSAL_WRONG_COMMUNITY, NULL, 0);
        return;
    }
    struct forgetting *forgetting = forgetting_new(visit);
    if (!purging || !forgetting) {
        say_fault(visit, FAULT_MEMORY);
        return;
    }
    errand_act(visit);
    purging->forgetting = forgetting;
    purging->visit = visit;
    purging->before_ms = clock_wall_ms() - errand->desk->plan.retention_ms;
    purge_accounts(purging);
}
