/* pledges.c -- "my pledge on this proposal is X": the heart of the API, and the wallet behind it.
 *
 * One question each. The answer to a pledge shows all that a resident needs next: the pledge, the
 * wallet, and how far the proposal has come on every condition of its rule. */
#include "groundswell/ledger/pledges.h"

#include "errand.h"
#include "fallbacks.h"
#include "handlers.h"
#include "say.h"
#include "watch.h"
#include "write.h"

#define PART(member) FIELD(struct pledge_view, member, FIELD_U64)

/* One struct comes from the ledger; people see three things: the pledge, the wallet, the proposal's
 * progress. */
static const struct field wallet_part[] = {
    FIELD_ID_OF(struct pledge_view, round, 'r', 0),
    PART(allotment),
    PART(free),
    PART(held),
    PART(spent),
};
static const struct field progress_part[] = {
    FIELD(struct pledge_view, state, FIELD_TEXT),
    FIELD_AS("critical_until", struct pledge_view, critical_until_ms, FIELD_STAMP,
             FIELD_OPTIONAL | FIELD_ZERO_ABSENT),
    PART(price),
    PART(pledged),
    PART(people),
    PART(people_min),
    PART(areas_ok),
    PART(areas_min),
    PART(area_people_min),
    PART(headroom),
};

/* What a pledge is worth follows from the state of its proposal: held as it is, spent up to the
 * fair share, or released. */
static void pledge_part(struct json_out *out, const struct pledge_view *view)
{
    bool spent = text_is(view->state, "activated"), held = text_is(view->state, "live");
    uint64_t share = view->amount < view->rho ? view->amount : view->rho;
    static const struct field ids[] = {
        FIELD_ID_OF(struct pledge_view, proposal, 'p', 0),
        FIELD_ID_OF(struct pledge_view, tender, 't', 0),
        PART(amount),
    };
    json_name(out, "pledge");
    json_object_begin(out);
    fields_json_members(FIELDS(ids), view, out);
    const char *state = view->amount == 0 ? "none" : spent ? "spent" : held ? "held" : "released";
    json_text_at(out, "state", text_of(state));
    json_u64_at(out, "worth", spent ? share : held ? view->amount : 0);
    fallbacks_write(out, view->proposal.slug, &view->fallback);
    json_object_end(out);
}

/* Where the proof will be that the record is in the audit log. */
static void receipt_place(struct visit *visit, struct json_out *out, uint64_t seq)
{
    CLEANUP(buf) struct buf place = BUF_MAX(KIB);
    buf_format(&place, "/v1/communities/%.*s/log/receipts/%llu",
               TEXT_ARGS(errand_of(visit)->slug), (unsigned long long)seq);
    json_text_at(out, "receipt", buf_view(&place));
}

/* While the tally is hidden only this key shows what the record of the pledge says: its owner's. */
static void secret_part(struct visit *visit, struct json_out *out, const struct pledge_view *view)
{
    if (view->record_key.n == 0) return;
    json_name(out, "sealed");
    json_object_begin(out);
    json_u64_at(out, "seq", view->record);
    receipt_place(visit, out, view->record);
    json_text_at(out, "record_key", view->record_key);
    json_object_end(out);
}

/* `acted`: something was asked for, so say what became of it. */
static void pledge_say(struct visit *visit, const struct ledger_answer *answer, bool acted)
{
    if (say_no(visit, answer)) return;
    const struct pledge_view *view = answer->outcome;
    CLEANUP(buf) struct buf body = BUF_MAX(8 * KIB);
    struct json_out out = JSON_OUT(&body);
    json_object_begin(&out);
    json_u64_at(&out, "seq", view->seq);
    write_stamp(&out, "at", view->at_ms);
    if (acted) receipt_place(visit, &out, view->seq);
    if (acted) json_bool_at(&out, "replayed", view->replayed);
    pledge_part(&out, view);
    json_name(&out, "wallet");
    fields_json(FIELDS(wallet_part), view, &out);
    json_name(&out, "progress");
    fields_json(FIELDS(progress_part), view, &out);
    if (acted) json_bool_at(&out, "activated", view->activated);
    if (view->rho > 0) json_u64_at(&out, "rho", view->rho);
    secret_part(visit, &out, view);
    json_object_end(&out);
    say_json(visit, 200, &body);
}

static void pledge_put_answer(void *ctx, const struct ledger_answer *answer)
{
    const struct errand *errand = errand_of(ctx);
    const struct pledge_view *view = answer->outcome;
    if (view && !answer->fault && !answer->refusal && !view->replayed)
        watch_pledge(errand->desk->watch, errand);
    pledge_say(ctx, answer, true);
}

void pledge_put(struct visit *visit)
{
    json_t *body = errand_body(visit);
    if (!body) return;
    struct errand *errand = errand_of(visit);
    struct pledge_set in = {.proposal = errand->id.number, .amount = body_u64(body, "amount", 0)};
    CLEANUP(buf) struct buf steps = BUF_MAX(STEPS_SIZE);
    const bool good = fallbacks_read(visit, body, &steps);
    json_decref(body);
    if (!good) return;
    in.steps = buf_view(&steps);
    ledger_pledge_set(errand->desk->plan.ledger, &errand->act, &in, pledge_put_answer, visit);
}

static void pledge_delete_answer(void *ctx, const struct ledger_answer *answer)
{
    pledge_say(ctx, answer, true);
}

void pledge_delete(struct visit *visit)
{
    struct errand *errand = errand_of(visit);
    struct pledge_withdraw in = {.proposal = errand->id.number};
    errand_act(visit);
    ledger_pledge_withdraw(errand->desk->plan.ledger, &errand->act, &in, pledge_delete_answer,
                           visit);
}

static void pledge_get_answer(void *ctx, const struct ledger_answer *answer)
{
    const struct pledge_view *view = answer->outcome;
    if (say_no(ctx, answer) || signed_out(ctx, view->epoch)) return;
    pledge_say(ctx, answer, false);
}

void pledge_get(struct visit *visit)
{
    struct errand *errand = errand_of(visit);
    ledger_pledge_view(errand->desk->plan.ledger, errand->slug, text_of(errand->who.subject),
                       errand->id.number, pledge_get_answer, visit);
}

static void wallet_get_answer(void *ctx, const struct ledger_answer *answer)
{
    struct visit *visit = ctx;
    if (say_no(visit, answer)) return;
    if (signed_out(visit, ((const struct wallet_view *)answer->outcome)->epoch)) return;
    const struct wallet_pledge *pledges = answer->items;
    CLEANUP(buf) struct buf body = BUF_MAX(128 * KIB);
    struct json_out out = JSON_OUT(&body);
    json_object_begin(&out);
    fields_json_members(wallet_view_fields, wallet_view_fields_n, answer->outcome, &out);
    json_u64_at(&out, "area", ((const struct wallet_view *)answer->outcome)->area);
    json_name(&out, "pledges");
    json_array_begin(&out);
    for (size_t i = 0; i < answer->items_n; i++)
        wallet_pledge_write(&out, &pledges[i]);
    json_array_end(&out);
    json_object_end(&out);
    say_json(visit, 200, &body);
}

void wallet_get(struct visit *visit)
{
    struct errand *errand = errand_of(visit);
    ledger_wallet_view(errand->desk->plan.ledger, errand->slug, text_of(errand->who.subject),
                       wallet_get_answer, visit);
}
