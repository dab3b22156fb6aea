/* rights.c -- what a person may ask of us: everything that we hold on them, and that it be erased.
 *
 *     export:  account -> events -> (resident, wallet, offers, said) of each community
 *     erase:   get -> (resident, erase) of each community -> account
 *
 * The account goes last: until then the same request can be sent again, and afterwards nobody knows
 * any more which residents it was. The log stays whole; what a pledge was stands there under a
 * pseudonym. */
#include "cookie.h"
#include "fallbacks.h"
#include "groundswell/ledger/codes.h"
#include "groundswell/ledger/offers.h"
#include "groundswell/ledger/talk.h"
#include "groundswell/ledger/ways_in.h"
#include "handlers.h"
#include "hats.h"
#include "offers.h"
#include "people.h"
#include "say.h"
#include "write.h"

/* ---- export ---------------------------------------------------------------------------------- */

#define SAID_PAGE 200
#define EXPORT_MAX (64 * MIB) /* a thousand texts of 5,000 characters in each of 8 communities, at
                             * most: nobody has said as much */

struct exporting {
    struct hats_walk walk;
    struct buf body; /* released by export_say(), export_no() */
    struct json_out out;
    struct text hats;
};

static void export_no(struct exporting *exporting)
{
    buf_release(&exporting->body);
}

static void export_said(struct exporting *exporting, uint64_t after);

/* Page by page: all that they have said there, as it is now. */
static void export_said_answer(void *ctx, const struct ledger_answer *answer)
{
    struct exporting *exporting = ctx;
    struct json_out *out = &exporting->out;
    if (say_no(exporting->walk.visit, answer)) {
        export_no(exporting);
        return;
    }
    const struct said_view *list = answer->items;
    for (size_t i = 0; i < answer->items_n; i++)
        fields_json(said_view_fields, said_view_fields_n, &list[i], out);
    if (answer->next) {
        export_said(exporting, answer->next);
        return;
    }
    json_array_end(out);
    json_object_end(out);
    hats_next(&exporting->walk);
}

static void export_said(struct exporting *exporting, uint64_t after)
{
    const struct hats_walk *walk = &exporting->walk;
    const struct said_page page = {walk->subject, after, SAID_PAGE};
    ledger_said(errand_of(walk->visit)->desk->plan.ledger, walk->slug, &page, export_said_answer,
                exporting);
}

static void export_offers_answer(void *ctx, const struct ledger_answer *answer)
{
    struct exporting *exporting = ctx;
    struct json_out *out = &exporting->out;
    if (say_no(exporting->walk.visit, answer)) {
        export_no(exporting);
        return;
    }
    offers_write(out, answer);
    json_name(out, "said");
    json_array_begin(out);
    export_said(exporting, 0);
}

static void export_wallet_answer(void *ctx, const struct ledger_answer *answer)
{
    struct exporting *exporting = ctx;
    struct json_out *out = &exporting->out;
    if (say_no(exporting->walk.visit, answer)) {
        export_no(exporting);
        return;
    }
    const struct wallet_pledge *pledges = answer->items;
    json_name(out, "wallet");
    json_object_begin(out);
    fields_json_members(wallet_view_fields, wallet_view_fields_n, answer->outcome, out);
    json_name(out, "pledges");
    json_array_begin(out);
    for (size_t i = 0; i < answer->items_n; i++)
        wallet_pledge_write(out, &pledges[i]);
    json_array_end(out);
    json_object_end(out);
    ledger_offers(errand_of(exporting->walk.visit)->desk->plan.ledger, exporting->walk.slug,
                  exporting->walk.subject, export_offers_answer, exporting);
}

static void export_each(struct hats_walk *walk)
{
    struct exporting *exporting = walk->ctx;
    struct json_out *out = &exporting->out;
    json_object_begin(out);
    json_text_at(out, "community", walk->slug);
    json_text_at(out, "resident", walk->subject);
    json_u64_at(out, "area", walk->view->area);
    fields_json_members(resident_view_fields, resident_view_fields_n, walk->view, out);
    ledger_wallet_view(errand_of(walk->visit)->desk->plan.ledger, walk->slug, walk->subject,
                       export_wallet_answer, exporting);
}

static void export_say(struct hats_walk *walk)
{
    struct exporting *exporting = walk->ctx;
    json_array_end(&exporting->out);
    json_object_end(&exporting->out);
    say_json(walk->visit, 200, &exporting->body);
    export_no(exporting);
}

static void me_export_events_answer(void *ctx, const struct ledger_answer *answer)
{
    struct exporting *exporting = ctx;
    struct json_out *out = &exporting->out;
    if (say_no(exporting->walk.visit, answer)) {
        export_no(exporting);
        return;
    }
    const struct account_event *events = answer->items;
    json_name(out, "events");
    json_array_begin(out);
    for (size_t i = 0; i < answer->items_n; i++)
        fields_json(account_event_fields, account_event_fields_n, &events[i], out);
    json_array_end(out);
    json_name(out, "residents");
    json_array_begin(out);
    hats_begin(&exporting->walk, exporting->hats);
}

static void hats_write(struct json_out *out, struct text hats)
{
    struct account_hat hat;
    json_name(out, "hats");
    json_array_begin(out);
    while (account_hat_cut(&hats, &hat)) {
        json_object_begin(out);
        json_text_at(out, "role", hat.role);
        json_text_at(out, "community", hat.scope);
        json_text_at(out, "subject", hat.subject);
        json_object_end(out);
    }
    json_array_end(out);
}

static void me_export_answer(void *ctx, const struct ledger_answer *answer)
{
    struct exporting *exporting = ctx;
    struct visit *visit = exporting->walk.visit;
    struct json_out *out = &exporting->out;
    if (say_no(visit, answer)) return;
    const struct account_view *view = answer->outcome;
    const struct passkey_view *passkeys = answer->items;
    exporting->body = BUF_MAX(EXPORT_MAX);
    exporting->hats = arena_text(&visit->arena, view->hats);
    json_object_begin(out);
    fields_json_members(account_view_fields, account_view_fields_n, view, out);
    hats_write(out, view->hats);
    json_name(out, "passkey_list");
    json_array_begin(out);
    for (size_t i = 0; i < answer->items_n; i++)
        fields_json(passkey_view_fields, passkey_view_fields_n, &passkeys[i], out);
    json_array_end(out);
    const struct account_act act = errand_account(visit);
    ledger_account_events(errand_of(visit)->desk->plan.ledger, &act, me_export_events_answer,
                          exporting);
}

void me_export(struct visit *visit)
{
    if (!is_whole(visit)) return;
    struct exporting *exporting = arena_alloc(&visit->arena, sizeof *exporting);
    if (!exporting) {
        say_fault(visit, FAULT_MEMORY);
        return;
    }
    exporting->walk = (struct hats_walk){
        .visit = visit, .each = export_each, .done = export_say, .ctx = exporting};
    exporting->out = JSON_OUT(&exporting->body);
    const struct account_act act = errand_account(visit);
    ledger_account_export(errand_of(visit)->desk->plan.ledger, &act, me_export_answer, exporting);
}

/* ---- erasing --------------------------------------------------------------------------------- */

struct erasing {
    struct hats_walk walk;
    bool keep;
};

static void me_erase_answer(void *ctx, const struct ledger_answer *answer)
{
    struct visit *visit = ctx;
    if (say_no(visit, answer)) return;
    CLEANUP(buf) struct buf body = BUF_MAX(KIB);
    struct json_out out = JSON_OUT(&body);
    enum fault no = cookie_clear(visit);
    json_object_begin(&out);
    write_stamp(&out, "at", ((const struct people_outcome *)answer->outcome)->at_ms);
    json_bool_at(&out, "erased", true);
    json_object_end(&out);
    if (no) say_fault(visit, no);
    else say_json(visit, 200, &body);
}

static void erase_account(struct hats_walk *walk)
{
    struct errand *errand = errand_of(walk->visit);
    const struct account_act act = errand_account(walk->visit);
    const struct sessions_end in = {.until_s = sessions_over_s(errand->desk)};
    ledger_account_erase(errand->desk->plan.ledger, &act, &in, me_erase_answer, walk->visit);
}

/* Who left between the question and the act has nothing there any more. */
static void erase_each_answer(void *ctx, const struct ledger_answer *answer)
{
    struct hats_walk *walk = ctx;
    if (answer->refusal != REFUSAL_RESIDENT_UNKNOWN && say_no(walk->visit, answer)) return;
    hats_next(walk);
}

static void erase_each(struct hats_walk *walk)
{
    const struct erasing *erasing = walk->ctx;
    const struct resident_erase in = {.resident = walk->subject,
                                      .keep = erasing->keep,
                                      .person = TEXT(""),
                                      .digest = TEXT("")};
    ledger_resident_erase(errand_of(walk->visit)->desk->plan.ledger, &walk->act, &in,
                          erase_each_answer, walk);
}

static void me_erase_get_answer(void *ctx, const struct ledger_answer *answer)
{
    struct erasing *erasing = ctx;
    if (say_no(erasing->walk.visit, answer)) return;
    hats_begin(&erasing->walk, ((const struct account_view *)answer->outcome)->hats);
}

void me_erase(struct visit *visit)
{
    json_t *body = is_fresh(visit) ? errand_body(visit) : NULL;
    if (!body) return;
    struct errand *errand = errand_of(visit);
    struct erasing *erasing = arena_alloc(&visit->arena, sizeof *erasing);
    bool keep = text_is(body_text(body, "pledges"), "keep");
    json_decref(body);
    if (!erasing) {
        say_fault(visit, FAULT_MEMORY);
        return;
    }
    erasing->keep = keep;
    erasing->walk = (struct hats_walk){
        .visit = visit, .each = erase_each, .done = erase_account, .ctx = erasing};
    const struct account_get in = {.account = text_of(errand->session->account)};
    ledger_account_get(errand->desk->plan.ledger, &in, me_erase_get_answer, erasing);
}
