/* proposals.c -- priced proposals, and how far each has come. */
#include "errand.h"
#include "handlers.h"
#include "lists.h"
#include "offers.h"
#include "say.h"
#include "text.h"
#include "write.h"

static void proposal_submit_answer(void *ctx, const struct ledger_answer *answer)
{
    struct visit *visit = ctx;
    if (say_no(visit, answer)) return;
    const struct proposal_outcome *outcome = answer->outcome;
    SAY_MADE(visit, "/v1/proposals/", &outcome->proposal, proposal_outcome, outcome);
}

struct text proposal_gather(struct visit *visit, const json_t *body)
{
    static const char *const members[] = {"title", "summary", "provider", "provider_id",
                                          "milestones", "delivery_plan", "outcomes", "help",
                                          NULL};
    return members_gather(visit, body, members);
}

void proposal_submit(struct visit *visit)
{
    json_t *body = errand_body(visit);
    if (!body) return;
    struct errand *errand = errand_of(visit);
    struct proposal_submit in = {.tender = errand->id.number,
                                 .body = errand_clerk_of(errand),
                                 .price = body_u64(body, "price", 0),
                                 .milestones = parts_gather(visit, body, "milestones"),
                                 .text = proposal_gather(visit, body)};
    json_decref(body);
    if (in.text.at && in.milestones.at)
        ledger_proposal_submit(errand->desk->plan.ledger, &errand->act, &in, proposal_submit_answer,
                               visit);
    else say_fault(visit, FAULT_MEMORY);
}

static void proposal_get_answer(void *ctx, const struct ledger_answer *answer)
{
    if (say_no(ctx, answer)) return;
    CLEANUP(buf) struct buf body = BUF_MAX(256 * KIB);
    struct json_out out = JSON_OUT(&body);
    proposal_write(&out, answer->outcome, true);
    say_json(ctx, 200, &body);
}

void proposal_get(struct visit *visit)
{
    struct errand *errand = errand_of(visit);
    ledger_proposal_view(errand->desk->plan.ledger, errand->slug, errand->id.number,
                         proposal_get_answer, visit);
}

static void proposals_list_answer(void *ctx, const struct ledger_answer *answer)
{
    static const char *const filters[] = {"limit", "sort", NULL};
    struct visit *visit = ctx;
    if (say_no(visit, answer)) return;
    const struct proposal_view *list = answer->items;
    CLEANUP(buf) struct buf body = BUF_MAX(SAY_MAX);
    struct json_out out = JSON_OUT(&body);
    write_list(&out);
    for (size_t i = 0; i < answer->items_n; i++)
        proposal_write(&out, &list[i], false);
    write_list_end_filtered(visit, &out, answer->next > 0 ? answer->next : LIST_ENDS, filters);
    say_json(visit, 200, &body);
}

void proposals_list(struct visit *visit)
{
    struct errand *errand = errand_of(visit);
    struct page page;
    struct proposals_page of = {.tender = errand->id.number};
    if (!page_read(visit, 128, &page) ||
        !query_word(visit, "sort", "oldest newest price progress", &of.sort))
        return;
    of.after = page.after;
    of.limit = page.limit;
    ledger_proposals(errand->desk->plan.ledger, errand->slug, &of, proposals_list_answer, visit);
}

void proposal_withdraw(struct visit *visit)
{
    struct errand *errand = errand_of(visit);
    struct proposal_act in = {.proposal = errand->id.number, .body = errand_clerk_of(errand)};
    errand_act(visit);
    ledger_proposal_withdraw(errand->desk->plan.ledger, &errand->act, &in, say_done, visit);
}
