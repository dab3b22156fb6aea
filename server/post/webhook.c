/* webhook.c -- one message, one question of fetch.h, in a thread of this file's own pool: whoever
 * dozes at the other end holds up nobody here. See webhook.h. */
#include "groundswell/post/webhook.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "groundswell/base/hook.h"
#include "groundswell/base/secret.h"
#include "groundswell/io/workers.h"
#include "groundswell/post/fetch.h"

#define THREADS 4
#define TIMEOUT_MS 15000
#define ANSWER_MAX (16 * KIB) /* of which nothing is read */
#define BODY_MAX_BYTES (16 * KIB)

struct webhooks {
    struct workers *workers;
    struct webhooks_plan plan;
};

struct sending {
    struct webhooks *webhooks;
    webhook_done_fn *done;
    void *ctx;
    unsigned status;
    bool loopback;
    struct buf origin, path, id, body, signature;
    char at[24];
};

/* ---- signing --------------------------------------------------------------------------------- */

void webhook_sign(const struct webhook_message *message, struct buf *out)
{
    uint8_t digest[DIGEST_SIZE];
    CLEANUP(buf) struct buf said = BUF_MAX(BODY_MAX_BYTES + KIB);
    buf_format(&said, "%.*s.%llu.", TEXT_ARGS(message->id), (unsigned long long)message->at_s);
    buf_text(&said, message->body);
    INVARIANT(buf_fault(&said) == FAULT_NONE);
    digest_hmac((struct text){(const char *)message->secret, sizeof message->secret},
                buf_view(&said), digest);
    buf_cstr(out, "v1,");
    encode_base64(out, digest, sizeof digest);
}

/* ---- sending --------------------------------------------------------------------------------- */

static void sending_free(struct sending *sending)
{
    buf_release(&sending->origin);
    buf_release(&sending->path);
    buf_release(&sending->id);
    buf_release(&sending->body);
    buf_release(&sending->signature);
    free(sending);
}

/* In a thread. */
static void sending_work(void *ctx)
{
    struct sending *sending = ctx;
    const struct webhooks_plan *plan = &sending->webhooks->plan;
    const char *const headers[] = {"webhook-id",       sending->id.data,
                                   "webhook-timestamp", sending->at,
                                   "webhook-signature", sending->signature.data,
                                   "User-Agent",        "Groundswell",
                                   NULL};
    struct fetch_plan how = FETCH_PLAN(sending->origin.data, NULL);
    how.in_flight_max = 1;
    how.retries_max = 0;
    how.timeout_ms = plan->timeout_ms ? plan->timeout_ms : TIMEOUT_MS;
    how.answer_max = ANSWER_MAX;
    how.guard = sending->loopback ? FETCH_LOOPBACK
                                  : plan->private_too ? FETCH_ANYWHERE : FETCH_PUBLIC;
    struct fetch *fetch = fetch_new(&how);
    CLEANUP(buf) struct buf answer = BUF_MAX(ANSWER_MAX);
    long status = 0;
    const struct fetch_request request = {.method = "POST",
                                          .path = sending->path.data,
                                          .body = buf_view(&sending->body),
                                          .headers = headers};
    if (fetch && !fetch_once(fetch, &request, &answer, &status) && status > 0)
        sending->status = (unsigned)status;
    fetch_free(fetch);
}

static void sending_over(void *ctx)
{
    struct sending *sending = ctx;
    sending->done(sending->ctx, sending->status);
    sending_free(sending);
}

static enum fault sending_fill(struct sending *sending, const struct webhook_message *message)
{
    size_t path;
    if (!hook_target(message->url, &path, &sending->loopback)) return FAULT_FORMAT;
    if (message->body.n > BODY_MAX_BYTES || message->id.n > 256) return FAULT_LIMIT;
    buf_text(&sending->origin, (struct text){message->url.at, path});
    buf_text(&sending->path, (struct text){message->url.at + path, message->url.n - path});
    if (path == message->url.n) buf_char(&sending->path, '/');
    buf_text(&sending->id, message->id);
    buf_text(&sending->body, message->body);
    webhook_sign(message, &sending->signature);
    snprintf(sending->at, sizeof sending->at, "%llu", (unsigned long long)message->at_s);
    const struct buf *all[] = {&sending->origin, &sending->path, &sending->id, &sending->body,
                               &sending->signature};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        if (buf_fault(all[i])) return buf_fault(all[i]);
    return FAULT_NONE;
}

enum fault webhook_send(struct webhooks *webhooks, const struct webhook_message *message,
                        webhook_done_fn *done, void *ctx)
{
    struct sending *sending = calloc(1, sizeof *sending);
    if (!sending) return FAULT_MEMORY;
    sending->webhooks = webhooks;
    sending->done = done;
    sending->ctx = ctx;
    sending->origin = sending->path = sending->id = sending->signature = BUF_MAX(KIB);
    sending->body = BUF_MAX(BODY_MAX_BYTES);
    enum fault no = sending_fill(sending, message);
    if (!no) no = workers_submit(webhooks->workers, sending_work, sending_over, sending);
    if (no) sending_free(sending);
    return no;
}

struct webhooks *webhooks_new(struct loop *loop, const struct webhooks_plan *plan)
{
    struct webhooks *webhooks = calloc(1, sizeof *webhooks);
    if (!webhooks) return NULL;
    webhooks->plan = *plan;
    webhooks->workers = workers_new(loop, THREADS, 2 * THREADS);
    if (webhooks->workers) return webhooks;
    free(webhooks);
    return NULL;
}

void webhooks_free(struct webhooks *webhooks)
{
    if (!webhooks) return;
    workers_free(webhooks->workers);
    free(webhooks);
}
