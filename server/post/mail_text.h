/* mail_text.h -- a message as it goes over the wire (RFC 5322, MIME), for mail.c. */
#ifndef GROUNDSWELL_POST_MAIL_TEXT_H
#define GROUNDSWELL_POST_MAIL_TEXT_H

#include "groundswell/base/buf.h"
#include "groundswell/base/text.h"

struct mail_head {
    struct text from, from_name; /* from_name may be TEXT_NONE */
    struct text to, subject;
    struct text unsubscribe; /* an address, or none */
    uint64_t at_ms;          /* of its Date */
};

/* Appends header and body, lines ending in CRLF, a fresh Message-ID. Everything was checked by the
 * caller: addresses good, texts clean UTF-8, no control in name or subject. */
void mail_text_put(struct buf *out, const struct mail_head *head, struct text body);

/* Clean UTF-8 on one line, without controls. */
bool mail_line_is_good(struct text line);

#endif
