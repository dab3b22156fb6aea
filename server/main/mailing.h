/* mailing.h -- the mails that desk and keeper have sent: from the settings to room post. */
#ifndef GROUNDSWELL_MAIN_MAILING_H
#define GROUNDSWELL_MAIN_MAILING_H

#include "groundswell/desk/desk.h"
#include "groundswell/keeper/notifier.h"
#include "groundswell/ledger/alerts.h"
#include "groundswell/post/mail.h"
#include "settings.h"

/* *ret is NULL, without a fault, where no mail server is named. FAULT_CONFIG: one that will not do
 * (logged). Closed by mail_close(). */
enum fault mailing_open(struct loop *loop, const struct settings *settings,
                        struct mail **ret) MUST_CHECK;

/* For notifier_plan.write. */
struct mailing_words {
    const struct people_keys *keys; /* borrowed */
    const char *public_url;         /* likewise */
};
enum fault mailing_notices(void *words, const struct notifier_letter *letter, struct buf *subject,
                           struct buf *text, struct buf *stop) MUST_CHECK;

/* For sender_plan.write: `words` as above. */
void mailing_alert(void *words, const struct alert_delivery *delivery, struct buf *subject,
                   struct buf *text);

/* Writes the mail of that kind and queues it. */
enum fault mailing_send(struct mail *mail, const struct desk_mail *letter) MUST_CHECK;

#endif
