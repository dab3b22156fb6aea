/* notifier.h -- who wants their notices by mail gets them: once each, tried again, never in the way
 * of the ledger.
 *
 * One community after another, one person after another: read what is new to them, claim the
 * letter (another process that comes second leaves it alone), have it sent, say what came of it.
 * What one letter tells is gathered; the next comes a quarter of an hour later at the earliest. */
#ifndef GROUNDSWELL_KEEPER_NOTIFIER_H
#define GROUNDSWELL_KEEPER_NOTIFIER_H

#include <stdint.h>

#include "groundswell/base/buf.h"
#include "groundswell/base/fault.h"
#include "groundswell/ledger/notices.h"

struct ledger;
struct loop;
struct mail;
struct notifier;

/* What is to be told to one person. */
struct notifier_letter {
    struct text slug, who, lang;
    const struct notice_item *items; /* kind, how and milestone only */
    size_t items_n;
    bool more; /* there are others that have no place here */
};

struct notifier_plan {
    struct ledger *ledger; /* borrowed, as the next */
    struct mail *mail;
    /* Writes the letter; `stop` is the address that ends them. */
    enum fault (*write)(void *ctx, const struct notifier_letter *letter, struct buf *subject,
                        struct buf *text, struct buf *stop);
    void *ctx;
    unsigned rest_ms; /* between two walks over all communities; 0: 5000 */
};

/* Begins at once. NULL: no memory. */
struct notifier *notifier_new(struct loop *loop, const struct notifier_plan *plan);
/* After mail_close() and store_free(). NULL accepted. */
void notifier_free(struct notifier *notifier);

#endif
