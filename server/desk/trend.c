/* trend.c -- GET /v1/communities/:community/trend: how a community fared, day by day.
 *
 * The ledger knows the days that had records; on the others all stood as the day before. Of days
 * before the first that is known nothing is said. */
#include "errand.h"
#include "groundswell/base/clock.h"
#include "groundswell/base/json.h"
#include "groundswell/ledger/summary.h"
#include "say.h"
#include "sums.h"
#include "trust_handlers.h"
#include "write.h"

#define DAYS_MAX 366
#define DAYS_USUAL 30

static void day_put(struct json_out *out, struct text slug, uint64_t day,
                    const struct trend_day *is)
{
    char stamp[CLOCK_STAMP_SIZE];
    CLEANUP(buf) struct buf id = BUF_MAX(KIB);
    clock_stamp(day * DAY_MS, stamp);
    json_object_begin(out);
    json_text_at(out, "day", (struct text){stamp, 10});
    json_u64_at(out, "records", is->seq);
    if (is->round > 0) {
        id_put(&id, slug, 'r', (uint32_t)is->round);
        json_text_at(out, "round", buf_view(&id));
    }
    json_u64_at(out, "people", is->people);
    json_u64_at(out, "pledges", is->pledges);
    json_u64_at(out, "held", is->held);
    json_u64_at(out, "spent", is->spent);
    json_u64_at(out, "paid", is->paid);
    json_u64_at(out, "commissions", is->commissions);
    json_object_end(out);
}

static void trend_get_answer(void *ctx, const struct ledger_answer *answer)
{
    struct visit *visit = ctx;
    if (say_no(visit, answer)) return;
    const struct errand *errand = errand_of(visit);
    const struct trend_day *days = answer->items, *last = NULL;
    const uint64_t today = days[answer->items_n - 1].day;
    CLEANUP(buf) struct buf body = BUF_MAX(SAY_MAX);
    struct json_out out = JSON_OUT(&body);
    uint64_t day = today + 1 > errand->page.limit ? today + 1 - errand->page.limit : 0;
    write_list(&out);
    for (size_t i = 0; day <= today; day++) {
        for (; i < answer->items_n && days[i].day <= day; i++)
            last = &days[i];
        if (last) day_put(&out, errand->slug, day, last);
    }
    write_list_end(visit, &out, LIST_ENDS);
    say_json(visit, 200, &body);
}

void trend_get(struct visit *visit)
{
    struct errand *errand = errand_of(visit);
    const struct text named = visit_query(visit, "days", NULL);
    uint64_t days = DAYS_USUAL, today = ledger_now_ms(errand->desk->plan.ledger) / DAY_MS;
    if (named.at && (!text_to_u64(named, DAYS_MAX, &days) || days == 0)) {
        SAY_REFUSAL(visit, REFUSAL_QUERY_WRONG, {"name", TEXT("days")},
                    {"reason", TEXT("must be a number from 1 to 366")});
        return;
    }
    errand->page.limit = days;
    ledger_trend(errand->desk->plan.ledger, errand->slug, today + 1 > days ? today + 1 - days : 0,
                 trend_get_answer, visit);
}
