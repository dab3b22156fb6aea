/* log.c -- the records of a community as they are, in order. */
#include "errand.h"
#include "handlers.h"
#include "record_say.h"
#include "say.h"
#include "write.h"

#define LOG_PAGE_MAX 1000

static void log_list_answer(void *ctx, const struct ledger_answer *answer)
{
    struct visit *visit = ctx;
    if (say_no(visit, answer)) return;
    if (answer->items_n == 0 &&
        errand_of(visit)->page.from_start) { /* every community has record 0 */
        say_refusal(visit, REFUSAL_COMMUNITY_UNKNOWN, NULL, 0);
        return;
    }
    const struct ledger_record *records = answer->items;
    CLEANUP(buf) struct buf body = BUF_MAX(SAY_MAX), one = BUF_MAX(64 * KIB);
    struct json_out out = JSON_OUT(&body);
    enum fault no = FAULT_NONE;
    write_list(&out);
    for (size_t i = 0; i < answer->items_n && !no; i++) {
        buf_reset(&one);
        no = record_say(&records[i], &one);
        if (!no) json_raw(&out, buf_view(&one));
    }
    bool more = answer->items_n == errand_of(visit)->page.limit;
    write_list_end(visit, &out, more ? records[answer->items_n - 1].seq : LIST_ENDS);
    if (no) say_fault(visit, no);
    else say_json(visit, 200, &body);
}

void log_list(struct visit *visit)
{
    struct errand *errand = errand_of(visit);
    if (!page_read(visit, LOG_PAGE_MAX, &errand->page)) return;
    uint64_t from = errand->page.from_start ? 0 : errand->page.after + 1;
    ledger_log(errand->desk->plan.ledger, errand->slug, from, errand->page.limit, log_list_answer,
               visit);
}
