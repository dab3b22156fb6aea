/* rounds.c -- a round opens: everybody holds the same allotment. It closes: what was not spent is
 * unallotted again. */
#include "errand.h"
#include "handlers.h"
#include "say.h"
#include "write.h"

static void round_open_answer(void *ctx, const struct ledger_answer *answer)
{
    struct visit *visit = ctx;
    if (say_no(visit, answer)) return;
    const struct round_outcome *outcome = answer->outcome;
    struct text spendable = outcome->spendable;
    CLEANUP(buf) struct buf body = BUF_MAX(16 * KIB);
    struct json_out out = JSON_OUT(&body);
    json_object_begin(&out);
    fields_json_members(round_outcome_fields, round_outcome_fields_n, outcome, &out);
    json_name(&out, "spendable");
    json_array_begin(&out);
    while (spendable.n > 0) {
        struct text amount = text_cut(&spendable, ','), theme = text_cut(&amount, ':');
        json_object_begin(&out);
        json_text_at(&out, "theme", theme.n > 0 ? theme : TEXT_NONE);
        json_name(&out, "amount");
        json_raw(&out, amount);
        json_object_end(&out);
    }
    json_array_end(&out);
    json_object_end(&out);
    if (made_at(visit, "/v1/rounds/", &outcome->round)) say_json(visit, 201, &body);
    else say_fault(visit, FAULT_LIMIT);
}

void round_open(struct visit *visit)
{
    json_t *body = errand_body(visit);
    if (!body) return;
    struct errand *errand = errand_of(visit);
    struct round_open in = {.allotment = body_u64(body, "allotment", 0),
                            .token = body_u64(body, "token", 100),
                            .closes_ms = body_stamp(body, "closes"),
                            .roll = body_text(body, "roll"),
                            .text = TEXT("")};
    if (!in.roll.at) in.roll = TEXT("");
    if (in.token > in.allotment) {
        say_field_wrong(visit, "/token", "is %llu, must be at most the allotment, %llu",
                        (unsigned long long)in.token, (unsigned long long)in.allotment);
    } else {
        ledger_round_open(errand->desk->plan.ledger, &errand->act, &in, round_open_answer, visit);
    }
    json_decref(body);
}

static void round_get_answer(void *ctx, const struct ledger_answer *answer)
{
    if (!say_no(ctx, answer)) SAY_VIEW(ctx, 200, round_view, answer->outcome);
}

void round_get(struct visit *visit)
{
    struct errand *errand = errand_of(visit);
    ledger_round_view(errand->desk->plan.ledger, errand->slug, errand->id.number, round_get_answer,
                      visit);
}

void round_close(struct visit *visit)
{
    struct errand *errand = errand_of(visit);
    struct round_close in = {.round = errand->id.number};
    errand_act(visit);
    ledger_round_close(errand->desk->plan.ledger, &errand->act, &in, say_done, visit);
}
