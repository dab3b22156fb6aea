/* webhook.h -- events sent to a server that a trust names, in the form of Standard Webhooks 1.0.0.
 *
 * A message has an id that stays the same however often it is tried, a time that is that of the
 * try, and a signature over `id.time.body`: HMAC-SHA-256 under the secret of that webhook
 * (base/hook.h), in base64 behind `v1,`. Anything but a 2xx is a failure; redirects are not
 * followed. Tries and pauses are the caller's (server/ledger/lua/97_delivery.lua).
 *
 * A target is https, or on this machine's loopback; a name that leads into a private network is not
 * connected to, whatever it said when it was named. */
#ifndef GROUNDSWELL_POST_WEBHOOK_H
#define GROUNDSWELL_POST_WEBHOOK_H

#include <stdbool.h>
#include <stdint.h>

#include "groundswell/base/buf.h"
#include "groundswell/base/fault.h"
#include "groundswell/base/hook.h"
#include "groundswell/base/text.h"

struct loop;
struct webhooks;

struct webhooks_plan {
    bool private_too; /* private networks may be connected to */
    uint32_t timeout_ms; /* 0: 15000 */
};

struct webhooks *webhooks_new(struct loop *loop, const struct webhooks_plan *plan);
/* Waits for what is on its way, without calling back. NULL accepted. */
void webhooks_free(struct webhooks *webhooks);

struct webhook_message {
    struct text url, id, body; /* body: JSON */
    uint8_t secret[HOOK_SECRET_SIZE];
    uint64_t at_s;
};

/* status: 0 where there was no answer. */
typedef void webhook_done_fn(void *ctx, unsigned status);

/* Copies the message; done is called exactly once, from the loop. FAULT_FORMAT: the URL;
 * FAULT_BUSY: too many at once. Then it is never called. */
enum fault webhook_send(struct webhooks *webhooks, const struct webhook_message *message,
                        webhook_done_fn *done, void *ctx) MUST_CHECK;

/* `v1,...` as in webhook-signature. */
void webhook_sign(const struct webhook_message *message, struct buf *out);

#endif
