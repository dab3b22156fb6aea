/* sender.h -- sends what the alerts of trusts have to tell, by webhook and by mail: claims the
 * first delivery that is due, has it sent, says what came of it.
 *
 * Every process does; a claim keeps the others away for a minute. When it is tried again, and when
 * a webhook is switched off: server/ledger/lua/97_delivery.lua. */
#ifndef GROUNDSWELL_KEEPER_SENDER_H
#define GROUNDSWELL_KEEPER_SENDER_H

#include "groundswell/base/buf.h"
#include "groundswell/ledger/alerts.h"

struct loop;
struct mail;
struct sender;
struct webhooks;

struct sender_plan {
    struct ledger *ledger; /* borrowed, as the next */
    struct webhooks *webhooks;
    struct mail *mail; /* NULL: no mail is sent */
    struct text key;   /* of the webhooks' secrets; borrowed */
    /* Writes a letter. */
    void (*write)(void *ctx, const struct alert_delivery *delivery, struct buf *subject,
                  struct buf *text);
    void *ctx;
    unsigned rest_ms; /* between two looks; 0: 1000 */
};

/* Begins at once. NULL: no memory. */
struct sender *sender_new(struct loop *loop, const struct sender_plan *plan);
/* After webhooks_free(), mail_close() and store_free(). NULL accepted. */
void sender_free(struct sender *sender);

#endif
