/* webhooks.c -- where a trust wants its alerts sent, and what has become of each delivery.
 *
 * The secret of a webhook is told once, when it is named; it follows from a nonce and a key of the
 * data folder and is kept nowhere. Sending: keeper/sender.h. */
#include "alerts.h"
#include "errand.h"
#include "groundswell/base/hook.h"
#include "groundswell/base/secret.h"
#include "say.h"
#include "trust_handlers.h"
#include "write.h"

#define NONCE_BYTES 16

/* ---- webhooks -------------------------------------------------------------------------------- */

static void webhooks_list_answer(void *ctx, const struct ledger_answer *answer)
{
    struct visit *visit = ctx;
    if (!say_no(visit, answer)) SAY_ITEMS(visit, alert_hook, answer);
}

void webhooks_list(struct visit *visit)
{
    ledger_hooks(errand_of(visit)->desk->plan.ledger, visit_param(visit, "trust"),
                 webhooks_list_answer, visit);
}

struct webhook_adding {
    struct visit *visit;
    struct text url;
    char nonce[2 * NONCE_BYTES + 1];
};

static void webhook_add_answer(void *ctx, const struct ledger_answer *answer)
{
    struct webhook_adding *adding = ctx;
    struct visit *visit = adding->visit;
    if (say_no(visit, answer)) return;
    const struct alert_outcome *outcome = answer->outcome;
    const struct token_keys *keys = &errand_of(visit)->desk->plan.keys->tokens;
    const struct text key = {(const char *)keys->seal, sizeof keys->seal};
    uint8_t secret[HOOK_SECRET_SIZE];
    CLEANUP(buf) struct buf body = BUF_MAX(4 * KIB), words = BUF_MAX(KIB);
    struct json_out out = JSON_OUT(&body);
    json_object_begin(&out);
    write_stamp(&out, "at", outcome->at_ms);
    json_bool_at(&out, "replayed", outcome->replayed);
    json_u64_at(&out, "webhook", outcome->number);
    json_text_at(&out, "url", adding->url);
    if (!outcome->replayed) { /* another nonce stands there: this secret is not its */
        hook_secret(key, text_of(adding->nonce), secret);
        hook_secret_put(secret, &words);
        json_text_at(&out, "secret", buf_view(&words));
        secret_wipe(secret, sizeof secret);
    }
    json_object_end(&out);
    say_json(visit, 201, &body);
}

void webhook_add(struct visit *visit)
{
    uint8_t random[NONCE_BYTES];
    json_t *body = errand_body(visit);
    if (!body) return;
    struct webhook_adding *adding = arena_alloc(&visit->arena, sizeof *adding);
    if (adding) adding->url = arena_text(&visit->arena, body_text(body, "url"));
    json_decref(body);
    if (!adding || !adding->url.at) {
        say_fault(visit, FAULT_MEMORY);
        return;
    }
    size_t path;
    bool loopback;
    if (!hook_target(adding->url, &path, &loopback)) {
        say_field_wrong(visit, "/url",
                        "must be https://, or http:// on localhost, without a user or a fragment");
        return;
    }
    CLEANUP(buf) struct buf hex = BUF_MAX(KIB);
    secret_random(random, sizeof random);
    encode_hex(&hex, random, sizeof random);
    memcpy(adding->nonce, hex.data, sizeof adding->nonce);
    adding->visit = visit;
    const struct account_act act = errand_account(visit);
    const struct hook_add in = {visit_param(visit, "trust"), text_of(adding->nonce), adding->url};
    ledger_hook_add(errand_of(visit)->desk->plan.ledger, &act, &in, webhook_add_answer, adding);
}

static void webhook_done(void *ctx, const struct ledger_answer *answer)
{
    alert_done(ctx, answer, 200, "webhook");
}

void webhook_remove(struct visit *visit)
{
    struct alert_of in;
    if (!alert_of_read(visit, "webhook", &in)) return;
    const struct account_act act = errand_account(visit);
    ledger_hook_drop(errand_of(visit)->desk->plan.ledger, &act, &in, webhook_done, visit);
}

void webhook_enable(struct visit *visit)
{
    struct alert_of in;
    if (!alert_of_read(visit, "webhook", &in)) return;
    const struct account_act act = errand_account(visit);
    ledger_hook_on(errand_of(visit)->desk->plan.ledger, &act, &in, webhook_done, visit);
}

/* ---- deliveries ------------------------------------------------------------------------------ */

static void delivery_put(struct json_out *out, const struct alert_delivery *is)
{
    uint64_t webhook;
    json_object_begin(out);
    json_text_at(out, "by", text_is(is->kind, "m") ? TEXT("mail") : TEXT("webhook"));
    if (text_is(is->kind, "w") && text_to_u64(is->target, MONEY_MAX, &webhook))
        json_u64_at(out, "webhook", webhook);
    fields_json_members(alert_delivery_fields, alert_delivery_fields_n, is, out);
    if (text_is(is->state, "waiting")) write_stamp(out, "next", is->next_try_ms);
    alert_thing_put(out, is->when, is->community, is->thing);
    json_object_end(out);
}

static void deliveries_list_answer(void *ctx, const struct ledger_answer *answer)
{
    struct visit *visit = ctx;
    if (say_no(visit, answer)) return;
    const struct alert_delivery *list = answer->items;
    const struct who *who = &errand_of(visit)->who;
    CLEANUP(buf) struct buf body = BUF_MAX(MIB);
    struct json_out out = JSON_OUT(&body);
    write_list(&out);
    for (size_t i = 0; i < answer->items_n; i++)
        if (who_may(who, ROLE_TRUST | ROLE_OPERATOR, list[i].community))
            delivery_put(&out, &list[i]);
    write_list_end(visit, &out, LIST_ENDS);
    say_json(visit, 200, &body);
}

void deliveries_list(struct visit *visit)
{
    ledger_deliveries(errand_of(visit)->desk->plan.ledger, visit_param(visit, "trust"),
                      deliveries_list_answer, visit);
}

static void delivery_replay_answer(void *ctx, const struct ledger_answer *answer)
{
    alert_done(ctx, answer, 200, "delivery");
}

void delivery_replay(struct visit *visit)
{
    struct alert_of in;
    if (!alert_of_read(visit, "delivery", &in)) return;
    const struct account_act act = errand_account(visit);
    ledger_delivery_again(errand_of(visit)->desk->plan.ledger, &act, &in, delivery_replay_answer,
                          visit);
}
