/* log.c -- the records of a community as they are, in order. Whether Redis still holds them or only
 * the tiles do is not seen from outside. */
#include "errand.h"
#include "files_records.h"
#include "handlers.h"
#include "say.h"
#include "write.h"

#define LOG_PAGE_MAX 1000

struct listed {
    struct json_out out;
    uint64_t n, last;
};

static enum fault record_list(void *ctx, uint64_t seq, struct text json)
{
    struct listed *listed = ctx;
    json_raw(&listed->out, json);
    listed->last = seq;
    listed->n++;
    return buf_fault(listed->out.buf);
}

static uint64_t page_from(const struct page *page)
{
    return page->from_start ? 0 : page->after + 1;
}

static void log_list_answer(void *ctx, const struct ledger_answer *answer)
{
    struct visit *visit = ctx;
    if (say_no(visit, answer)) return;
    struct errand *errand = errand_of(visit);
    CLEANUP(buf) struct buf body = BUF_MAX(SAY_MAX);
    struct listed listed = {.out = JSON_OUT(&body)};
    const struct records_page page = {errand->desk, errand->slug, page_from(&errand->page),
                                      errand->page.limit};
    write_list(&listed.out);
    enum fault no = records_each(&page, answer, record_list, &listed);
    bool more = listed.n == errand->page.limit;
    if (no) {
        say_fault(visit, no);
    } else if (listed.n == 0 && errand->page.from_start) { /* every community has record 0 */
        say_refusal(visit, REFUSAL_COMMUNITY_UNKNOWN, NULL, 0);
    } else {
        write_list_end(visit, &listed.out, more ? listed.last : LIST_ENDS);
        say_json(visit, 200, &body);
    }
}

void log_list(struct visit *visit)
{
    struct errand *errand = errand_of(visit);
    if (!page_read(visit, LOG_PAGE_MAX, &errand->page)) return;
    ledger_log(errand->desk->plan.ledger, errand->slug, page_from(&errand->page),
               errand->page.limit, log_list_answer, visit);
}
