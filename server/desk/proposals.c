/* proposals.c -- priced proposals, how far each has come, and the commissions that some have
 * become. */
#include "errand.h"
#include "handlers.h"
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

void proposal_submit(struct visit *visit)
{
    static const char *const words[] = {"title", "summary", "provider", NULL};
    json_t *body = errand_body(visit);
    if (!body) return;
    struct errand *errand = errand_of(visit);
    struct proposal_submit in = {.tender = errand->id.number,
                                 .body = errand_clerk_of(errand),
                                 .price = body_u64(body, "price", 0),
                                 .text = words_gather(visit, body, words)};
    json_decref(body);
    if (in.text.at)
        ledger_proposal_submit(errand->desk->plan.ledger, &errand->act, &in, proposal_submit_answer,
                               visit);
    else say_fault(visit, FAULT_MEMORY);
}

static void proposal_get_answer(void *ctx, const struct ledger_answer *answer)
{
    if (!say_no(ctx, answer)) SAY_VIEW(ctx, 200, proposal_view, answer->outcome);
}

void proposal_get(struct visit *visit)
{
    struct errand *errand = errand_of(visit);
    ledger_proposal_view(errand->desk->plan.ledger, errand->slug, errand->id.number,
                         proposal_get_answer, visit);
}

static void proposals_list_answer(void *ctx, const struct ledger_answer *answer)
{
    if (!say_no(ctx, answer)) SAY_ITEMS(ctx, proposal_view, answer);
}

void proposals_list(struct visit *visit)
{
    struct errand *errand = errand_of(visit);
    struct page page;
    if (!page_read(visit, 128, &page)) return;
    struct proposals_page of = {errand->id.number, page.after, page.limit};
    ledger_proposals(errand->desk->plan.ledger, errand->slug, &of, proposals_list_answer, visit);
}

void proposal_withdraw(struct visit *visit)
{
    struct errand *errand = errand_of(visit);
    struct proposal_act in = {.proposal = errand->id.number, .body = errand_clerk_of(errand)};
    errand_act(visit);
    ledger_proposal_withdraw(errand->desk->plan.ledger, &errand->act, &in, say_done, visit);
}

/* From which funds the price was drawn, in that order. */
static void draws_put(struct json_out *out, struct text slug, const struct pairs *draws)
{
    json_name(out, "draws");
    json_array_begin(out);
    for (size_t i = 0; i < draws->n; i++) {
        CLEANUP(buf) struct buf fund = BUF_MAX(KIB);
        id_put(&fund, slug, 'f', (uint32_t)draws->at[i][0]);
        json_object_begin(out);
        json_text_at(out, "fund", buf_view(&fund));
        json_u64_at(out, "amount", draws->at[i][1]);
        json_object_end(out);
    }
    json_array_end(out);
}

static void commissions_list_answer(void *ctx, const struct ledger_answer *answer)
{
    struct visit *visit = ctx;
    if (say_no(visit, answer)) return;
    const struct commission_view *list = answer->items;
    CLEANUP(buf) struct buf body = BUF_MAX(SAY_MAX);
    struct json_out out = JSON_OUT(&body);
    write_list(&out);
    for (size_t i = 0; i < answer->items_n; i++) {
        json_object_begin(&out);
        fields_json_members(commission_view_fields, commission_view_fields_n, &list[i], &out);
        draws_put(&out, errand_of(visit)->slug, &list[i].draws);
        json_object_end(&out);
    }
    write_list_end(visit, &out, answer->next > 0 ? answer->next : LIST_ENDS);
    say_json(visit, 200, &body);
}

void commissions_list(struct visit *visit)
{
    struct errand *errand = errand_of(visit);
    struct page page;
    if (!page_read(visit, 500, &page)) return;
    ledger_commissions(errand->desk->plan.ledger, errand->slug, page.after, page.limit,
                       commissions_list_answer, visit);
}
