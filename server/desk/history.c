/* history.c -- what has happened to a fund, a round, a tender, a proposal and so on: which records
 * of the log speak of it. */
#include <inttypes.h>

#include "errand.h"
#include "handlers.h"
#include "say.h"
#include "write.h"

static void history_get_answer(void *ctx, const struct ledger_answer *answer)
{
    if (!say_no(ctx, answer)) SAY_ITEMS(ctx, history_item, answer);
}

void history_get(struct visit *visit)
{
    char number[24];
    struct page page;
    const struct errand *errand = errand_of(visit);
    if (!page_read(visit, 500, &page)) return;
    snprintf(number, sizeof number, "%" PRIu32, errand->id.number);
    const struct history_of of = {errand->id.letter, text_of(number), page.after, page.limit};
    ledger_history(errand->desk->plan.ledger, errand->slug, &of, history_get_answer, visit);
}
