/* funds.c -- the lines of the pool: what they hold, for which theme. */
#include "errand.h"
#include "handlers.h"
#include "say.h"
#include "text.h"
#include "write.h"

/* A fund that grew may have made a waiting proposal affordable: the keeper activates it, one call
 * each. */
static void fund_say(struct visit *visit, const struct fund_outcome *outcome)
{
    struct errand *errand = errand_of(visit);
    const struct desk_plan *plan = &errand->desk->plan;
    char slug[SLUG_MAX + 1];
    snprintf(slug, sizeof slug, "%.*s", TEXT_ARGS(errand->slug));
    if (outcome->qualifying.n > 0 && plan->poke) plan->poke(plan->ctx, slug);
    CLEANUP(buf) struct buf body = BUF_MAX(16 * KIB);
    struct json_out out = JSON_OUT(&body);
    json_object_begin(&out);
    fields_json_members(fund_outcome_fields, fund_outcome_fields_n, outcome, &out);
    json_name(&out, "qualifying");
    write_numbers(&out, errand->slug, 'p', outcome->qualifying);
    json_object_end(&out);
    say_json(visit, 201, &body);
}

static void fund_add_answer(void *ctx, const struct ledger_answer *answer)
{
    if (!say_no(ctx, answer)) fund_say(ctx, answer->outcome);
}

void fund_add(struct visit *visit)
{
    static const char *const members[] = {"source", "source_id", "reference", "conditions",
                                          "period", NULL};
    json_t *body = errand_body(visit);
    if (!body) return;
    struct errand *errand = errand_of(visit);
    struct text theme = body_text(body, "theme");
    struct fund_add in = {.amount = body_u64(body, "amount", 0),
                          .theme = theme.at ? theme : TEXT(""),
                          .text = members_gather(visit, body, members)};
    if (in.text.at)
        ledger_fund_add(errand->desk->plan.ledger, &errand->act, &in, fund_add_answer, visit);
    else say_fault(visit, FAULT_MEMORY);
    json_decref(body);
}

static void fund_top_up_answer(void *ctx, const struct ledger_answer *answer)
{
    if (!say_no(ctx, answer)) fund_say(ctx, answer->outcome);
}

void fund_top_up(struct visit *visit)
{
    json_t *body = errand_body(visit);
    if (!body) return;
    struct errand *errand = errand_of(visit);
    struct fund_top_up in = {.fund = errand->id.number, .amount = body_u64(body, "amount", 0)};
    json_decref(body);
    ledger_fund_top_up(errand->desk->plan.ledger, &errand->act, &in, fund_top_up_answer, visit);
}

static void fund_withdraw_answer(void *ctx, const struct ledger_answer *answer)
{
    if (!say_no(ctx, answer)) fund_say(ctx, answer->outcome);
}

void fund_withdraw(struct visit *visit)
{
    json_t *body = errand_body(visit);
    if (!body) return;
    struct errand *errand = errand_of(visit);
    struct fund_top_up in = {.fund = errand->id.number, .amount = body_u64(body, "amount", 0)};
    json_decref(body);
    ledger_fund_withdraw(errand->desk->plan.ledger, &errand->act, &in, fund_withdraw_answer,
                         visit);
}

static void funds_list_answer(void *ctx, const struct ledger_answer *answer)
{
    if (!say_no(ctx, answer)) SAY_ITEMS(ctx, fund_view, answer);
}

void funds_list(struct visit *visit)
{
    struct errand *errand = errand_of(visit);
    ledger_funds(errand->desk->plan.ledger, errand->slug, funds_list_answer, visit);
}
