/* sender.c -- see sender.h. LANES deliveries at a time, each its own chain of questions:
 *
 *   claim -> webhook, or account -> mail -> done -> claim
 *
 * so that one server that dozes leaves the others their turn. */
#include "groundswell/keeper/sender.h"

#include <stdlib.h>
#include <string.h>

#include "groundswell/base/clock.h"
#include "groundswell/base/json.h"
#include "groundswell/base/log.h"
#include "groundswell/base/metrics.h"
#include "groundswell/io/loop.h"
#include "groundswell/post/mail.h"
#include "groundswell/post/webhook.h"

#define LANES 4
#define REST_MS 1000
#define MAIL_STATUS 250 /* what a mail server says when it has taken a letter */

static struct metric told = METRIC(METRIC_COUNTER, "groundswell_alerts_sent_total",
                                   "Deliveries of alerts that somebody took.", NULL);
static struct metric untold = METRIC(METRIC_COUNTER, "groundswell_alerts_not_sent_total",
                                     "Deliveries of alerts that failed for now.", NULL);

struct lane {
    struct sender *sender;
    struct timer *timer;
    char trust[64];
    uint64_t number;
    struct alert_delivery delivery; /* of a letter: its words are below */
    char when[32], community[SLUG_MAX + 1];
};

struct sender {
    struct loop *loop;
    struct sender_plan plan;
    struct lane lanes[LANES];
};

static void lane_look(void *ctx);

static void lane_rest(struct lane *lane)
{
    const unsigned ms = lane->sender->plan.rest_ms ? lane->sender->plan.rest_ms : REST_MS;
    lane->timer = loop_after(lane->sender->loop, ms, lane_look, lane);
    if (!lane->timer) log_error("keeper", "no timer: alerts are sent more slowly");
}

static void done_answer(void *ctx, const struct ledger_answer *answer)
{
    struct lane *lane = ctx;
    if (answer->fault) log_error("keeper", "what came of a delivery could not be written down");
    lane_rest(lane);
}

static void lane_done(struct lane *lane, unsigned status, bool good)
{
    const struct delivery_done in = {text_of(lane->trust), lane->number, status % 1000, good};
    metric_add(good ? &told : &untold, NULL, 1);
    ledger_delivery_done(lane->sender->plan.ledger, &in, done_answer, lane);
}

/* ---- webhooks -------------------------------------------------------------------------------- */

static void webhook_sent(void *ctx, unsigned status)
{
    lane_done(ctx, status, status >= 200 && status < 300);
}

/* {"type": "alert.near", "timestamp": ..., "data": {...}}: the same however often it is sent. */
static void body_put(const struct alert_delivery *is, struct buf *body)
{
    struct json_out out = JSON_OUT(body);
    char stamp[CLOCK_STAMP_SIZE], type[64];
    clock_stamp(is->at_ms, stamp);
    snprintf(type, sizeof type, "alert.%.*s", TEXT_ARGS(is->when));
    json_object_begin(&out);
    json_text_at(&out, "type", text_of(type));
    json_text_at(&out, "timestamp", text_of(stamp));
    json_name(&out, "data");
    json_object_begin(&out);
    json_text_at(&out, "trust", is->trust);
    json_text_at(&out, "community", is->community);
    json_u64_at(&out, "number", is->raised);
    json_u64_at(&out, "value", is->value);
    alert_thing_put(&out, is->when, is->community, is->thing);
    json_object_end(&out);
    json_object_end(&out);
}

static void webhook_begin(struct lane *lane, const struct alert_delivery *is)
{
    const struct sender_plan *plan = &lane->sender->plan;
    CLEANUP(buf) struct buf body = BUF_MAX(8 * KIB), id = BUF_MAX(KIB);
    body_put(is, &body);
    buf_format(&id, "msg_%.*s_%llu", TEXT_ARGS(is->trust), (unsigned long long)is->delivery);
    struct webhook_message message = {.url = is->url,
                                      .id = buf_view(&id),
                                      .body = buf_view(&body),
                                      .at_s = ledger_now_ms(plan->ledger) / 1000};
    hook_secret(plan->key, is->nonce, message.secret);
    enum fault no = buf_fault(&body);
    if (!no) no = webhook_send(plan->webhooks, &message, webhook_sent, lane);
    if (no) lane_done(lane, 0, false);
}

/* ---- mail ------------------------------------------------------------------------------------ */

static void letter_sent(void *ctx, const struct mail_answer *answer)
{
    const bool good = answer->outcome == MAIL_SENT;
    lane_done(ctx, good ? MAIL_STATUS : 0, good);
}

/* An account that is gone, or whose address is not confirmed any more: nobody to tell. */
static void account_answer(void *ctx, const struct ledger_answer *answer)
{
    struct lane *lane = ctx;
    const struct sender_plan *plan = &lane->sender->plan;
    const struct account_view *view = answer->outcome;
    CLEANUP(buf) struct buf subject = BUF_MAX(KIB), text = BUF_MAX(8 * KIB);
    if (answer->fault) {
        lane_rest(lane); /* claimed again after a minute */
        return;
    }
    if (answer->refusal || !view || !view->mail_ok) {
        lane_done(lane, 0, true);
        return;
    }
    plan->write(plan->ctx, &lane->delivery, &subject, &text);
    const struct mail_message message = {
        .to = view->mail, .subject = buf_view(&subject), .text = buf_view(&text)};
    if (buf_fault(&text) || mail_send(plan->mail, &message, letter_sent, lane))
        lane_done(lane, 0, false);
}

static void letter_begin(struct lane *lane, const struct alert_delivery *is)
{
    const struct account_get in = {.account = is->target};
    if (!lane->sender->plan.mail) {
        lane_done(lane, 0, false);
        return;
    }
    snprintf(lane->when, sizeof lane->when, "%.*s", TEXT_ARGS(is->when));
    snprintf(lane->community, sizeof lane->community, "%.*s", TEXT_ARGS(is->community));
    lane->delivery = (struct alert_delivery){.when = text_of(lane->when),
                                             .community = text_of(lane->community),
                                             .trust = text_of(lane->trust),
                                             .thing = is->thing,
                                             .value = is->value};
    ledger_account_get(lane->sender->plan.ledger, &in, account_answer, lane);
}

/* ---- claiming -------------------------------------------------------------------------------- */

static void claim_answer(void *ctx, const struct ledger_answer *answer)
{
    struct lane *lane = ctx;
    const struct alert_delivery *is = answer->outcome;
    if (answer->fault || answer->refusal || !is->found || is->trust.n >= sizeof lane->trust) {
        lane_rest(lane);
        return;
    }
    memcpy(lane->trust, is->trust.at, is->trust.n);
    lane->trust[is->trust.n] = 0;
    lane->number = is->delivery;
    if (text_is(is->kind, "m")) letter_begin(lane, is);
    else webhook_begin(lane, is);
}

static void lane_look(void *ctx)
{
    struct lane *lane = ctx;
    lane->timer = NULL;
    ledger_delivery_claim(lane->sender->plan.ledger, claim_answer, lane);
}

struct sender *sender_new(struct loop *loop, const struct sender_plan *plan)
{
    struct sender *sender = calloc(1, sizeof *sender);
    if (!sender) return NULL;
    sender->loop = loop;
    sender->plan = *plan;
    for (size_t i = 0; i < LANES; i++) {
        struct lane *lane = &sender->lanes[i];
        lane->sender = sender;
        lane->timer = loop_after(loop, 37 * i, lane_look, lane);
        if (lane->timer) continue;
        sender_free(sender);
        return NULL;
    }
    return sender;
}

void sender_free(struct sender *sender)
{
    if (!sender) return;
    for (size_t i = 0; i < LANES; i++)
        timer_cancel(sender->lanes[i].timer);
    free(sender);
}
