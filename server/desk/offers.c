/* offers.c -- help in kind: hours, rooms, skills and things that a proposal asks for, and what
 * residents offer it beside their tokens. Everybody sees sums; who offers what only themselves. */
#include "offers.h"

#include "errand.h"
#include "groundswell/ledger/offers.h"
#include "handlers.h"
#include "say.h"
#include "write.h"

/* ---- what a proposal asks for ---------------------------------------------------------------- */

static uint64_t of_item(const struct pairs *pairs, uint64_t item)
{
    for (size_t i = 0; i < pairs->n; i++)
        if (pairs->at[i][0] == item) return pairs->at[i][1];
    return 0;
}

static void help_write(struct json_out *out, const struct proposal_view *view)
{
    CLEANUP(json_ref) json_t *words = NULL;
    if (view->help == 0 || !view->text.at || json_read(view->text, JSON_DEPTH_MAX, &words, NULL))
        return;
    const json_t *list = json_object_get(words, "help");
    json_name(out, "help");
    json_array_begin(out);
    for (size_t i = 0; i < json_array_size(list) && i < view->help; i++) {
        const json_t *item = json_array_get(list, i);
        json_object_begin(out);
        json_u64_at(out, "item", i + 1);
        json_text_at(out, "what", body_text(item, "what"));
        json_text_at(out, "unit", body_text(item, "unit"));
        json_u64_at(out, "wanted", body_u64(item, "wanted", 0));
        json_u64_at(out, "offered", of_item(&view->help_offered, i + 1));
        json_u64_at(out, "people", of_item(&view->help_people, i + 1));
        json_object_end(out);
    }
    json_array_end(out);
}

/* How many pledge in each area that has any: its place in the community's list. */
static void areas_write(struct json_out *out, const struct pairs *areas)
{
    json_name(out, "areas");
    json_array_begin(out);
    for (size_t i = 0; i < areas->n; i++) {
        json_object_begin(out);
        json_u64_at(out, "area", areas->at[i][0]);
        json_u64_at(out, "people", areas->at[i][1]);
        json_object_end(out);
    }
    json_array_end(out);
}

void proposal_write(struct json_out *out, const struct proposal_view *view, bool alone)
{
    json_object_begin(out);
    fields_json_members(proposal_view_fields, proposal_view_fields_n, view, out);
    help_write(out, view);
    if (alone) areas_write(out, &view->areas);
    json_object_end(out);
}

/* ---- offering -------------------------------------------------------------------------------- */

static void offer_put_answer(void *ctx, const struct ledger_answer *answer)
{
    struct visit *visit = ctx;
    if (say_no(visit, answer)) return;
    const struct offer_outcome *outcome = answer->outcome;
    CLEANUP(buf) struct buf body = BUF_MAX(4 * KIB);
    struct json_out out = JSON_OUT(&body);
    json_object_begin(&out);
    fields_json_members(offer_outcome_fields, offer_outcome_fields_n, outcome, &out);
    if (!outcome->replayed) {
        json_u64_at(&out, "item", outcome->item);
        json_u64_at(&out, "n", outcome->n);
        json_u64_at(&out, "offered", outcome->offered);
        json_u64_at(&out, "people", outcome->people);
    }
    json_object_end(&out);
    say_json(visit, 200, &body);
}

void offer_put(struct visit *visit)
{
    json_t *body = errand_body(visit);
    if (!body) return;
    struct errand *errand = errand_of(visit);
    const struct help_offer in = {.proposal = errand->id.number,
                                  .item = path_number(visit, "item"),
                                  .n = body_u64(body, "n", 0)};
    json_decref(body);
    ledger_help_offer(errand->desk->plan.ledger, &errand->act, &in, offer_put_answer, visit);
}

/* ---- what I offer ---------------------------------------------------------------------------- */

void offers_write(struct json_out *out, const struct ledger_answer *answer)
{
    const struct offer_view *list = answer->items;
    json_name(out, "offers");
    json_array_begin(out);
    for (size_t i = 0; i < answer->items_n; i++)
        fields_json(offer_view_fields, offer_view_fields_n, &list[i], out);
    json_array_end(out);
}

static void offers_get_answer(void *ctx, const struct ledger_answer *answer)
{
    struct visit *visit = ctx;
    if (say_no(visit, answer)) return;
    if (signed_out(visit, ((const struct offers_head *)answer->outcome)->epoch)) return;
    CLEANUP(buf) struct buf body = BUF_MAX(64 * KIB);
    struct json_out out = JSON_OUT(&body);
    json_object_begin(&out);
    offers_write(&out, answer);
    json_object_end(&out);
    say_json(visit, 200, &body);
}

void offers_get(struct visit *visit)
{
    struct errand *errand = errand_of(visit);
    ledger_offers(errand->desk->plan.ledger, errand->slug, text_of(errand->who.subject),
                  offers_get_answer, visit);
}
