/* me.c -- a person who is signed in: who they are to us, and how they leave.
 *
 *     sign out everywhere:  get -> (resident, sign-out) of each community -> account */
#include "cookie.h"
#include "entrance.h"
#include "groundswell/base/secret.h"
#include "groundswell/ledger/ways_in.h"
#include "handlers.h"
#include "hats.h"
#include "people.h"
#include "say.h"
#include "write.h"

static void passkeys_write(struct json_out *out, const struct ledger_answer *answer)
{
    const struct passkey_view *passkeys = answer->items;
    json_name(out, "passkey_list");
    json_array_begin(out);
    for (size_t i = 0; i < answer->items_n; i++)
        fields_json(passkey_view_fields, passkey_view_fields_n, &passkeys[i], out);
    json_array_end(out);
}

static void me_get_answer(void *ctx, const struct ledger_answer *answer)
{
    struct visit *visit = ctx;
    if (say_no(visit, answer)) return;
    CLEANUP(buf) struct buf body = BUF_MAX(64 * KIB);
    struct json_out out = JSON_OUT(&body);
    json_object_begin(&out);
    account_write(visit, &out, answer->outcome, errand_of(visit)->session);
    passkeys_write(&out, answer);
    json_object_end(&out);
    say_json(visit, 200, &body);
}

void me_get(struct visit *visit)
{
    const struct account_act act = errand_account(visit);
    ledger_account_export(errand_of(visit)->desk->plan.ledger, &act, me_get_answer, visit);
}

void me_changed(void *ctx, const struct ledger_answer *answer)
{
    struct visit *visit = ctx;
    if (say_no(visit, answer)) return;
    CLEANUP(buf) struct buf body = BUF_MAX(32 * KIB);
    struct json_out out = JSON_OUT(&body);
    json_object_begin(&out);
    account_write(visit, &out, answer->outcome, errand_of(visit)->session);
    json_object_end(&out);
    say_json(visit, 200, &body);
}

void me_change(struct visit *visit)
{
    json_t *body = errand_body(visit);
    if (!body) return;
    const struct account_act act = errand_account(visit);
    const struct profile_set in = {.lang = body_text(body, "lang")};
    ledger_profile_set(errand_of(visit)->desk->plan.ledger, &act, &in, me_changed, visit);
    json_decref(body);
}

/* ---- leaving --------------------------------------------------------------------------------- */

/* What is answered to who is signed in no more. */
static void say_gone(struct visit *visit, uint64_t at_ms)
{
    CLEANUP(buf) struct buf body = BUF_MAX(KIB);
    struct json_out out = JSON_OUT(&body);
    enum fault no = cookie_clear(visit);
    if (no) {
        say_fault(visit, no);
        return;
    }
    json_object_begin(&out);
    write_stamp(&out, "at", at_ms);
    json_bool_at(&out, "signed_out", true);
    json_object_end(&out);
    say_json(visit, 200, &body);
}

static void me_session_end_answer(void *ctx, const struct ledger_answer *answer)
{
    if (say_no(ctx, answer)) return;
    say_gone(ctx, ((const struct people_outcome *)answer->outcome)->at_ms);
}

void me_session_end(struct visit *visit)
{
    struct errand *errand = errand_of(visit);
    const struct session *session = errand->session;
    CLEANUP(buf) struct buf id = BUF_MAX(KIB);
    encode_base64url(&id, session->id, sizeof session->id);
    const struct account_act act = errand_account(visit);
    const struct session_end in = {.session = buf_view(&id),
                                   .until_s = sessions_over_s(errand->desk)};
    if (buf_fault(&id)) say_fault(visit, buf_fault(&id));
    else ledger_sign_out(errand->desk->plan.ledger, &act, &in, me_session_end_answer, visit);
}

static void me_sign_out_answer(void *ctx, const struct ledger_answer *answer)
{
    if (say_no(ctx, answer)) return;
    say_gone(ctx, ((const struct account_view *)answer->outcome)->at_ms);
}

static void sign_out_account(struct hats_walk *walk)
{
    struct errand *errand = errand_of(walk->visit);
    const struct account_act act = errand_account(walk->visit);
    const struct sessions_end in = {.until_s = sessions_over_s(errand->desk)};
    ledger_sign_out_everywhere(errand->desk->plan.ledger, &act, &in, me_sign_out_answer,
                               walk->visit);
}

/* A refusal means that this was done before, by the same request. */
static void sign_out_each_answer(void *ctx, const struct ledger_answer *answer)
{
    struct hats_walk *walk = ctx;
    if (answer->fault) say_fault(walk->visit, answer->fault);
    else hats_next(walk);
}

static void sign_out_each(struct hats_walk *walk)
{
    const struct resident_act in = {.resident = walk->subject};
    ledger_resident_sign_out(errand_of(walk->visit)->desk->plan.ledger, &walk->act, &in,
                             sign_out_each_answer, walk);
}

static void me_sign_out_get_answer(void *ctx, const struct ledger_answer *answer)
{
    struct visit *visit = ctx;
    if (say_no(visit, answer)) return;
    struct hats_walk *walk = arena_alloc(&visit->arena, sizeof *walk);
    if (!walk) {
        say_fault(visit, FAULT_MEMORY);
        return;
    }
    *walk = (struct hats_walk){.visit = visit, .each = sign_out_each, .done = sign_out_account};
    hats_begin(walk, ((const struct account_view *)answer->outcome)->hats);
}

/* The account last: until then the same request can be sent again. */
void me_sign_out(struct visit *visit)
{
    struct errand *errand = errand_of(visit);
    const struct account_get in = {.account = text_of(errand->session->account)};
    ledger_account_get(errand->desk->plan.ledger, &in, me_sign_out_get_answer, visit);
}
