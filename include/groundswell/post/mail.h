/* mail.h -- letters by e-mail: one-time links and notices, handed to one SMTP server.
 *
 * Mail is queued and the loop is never blocked. A message that meets a lost connection, a slow
 * server or a 4xx answer is tried again with growing pauses, under the same Message-ID, so that a
 * server which had taken it after all can tell; a 5xx answer about it is final (RFC 5321 section
 * 4.2.1). Unless the server is on loopback, nothing is said to it, no password either, before TLS
 * with a certificate that holds: STARTTLS is demanded, not asked for. */
#ifndef GROUNDSWELL_POST_MAIL_H
#define GROUNDSWELL_POST_MAIL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "groundswell/base/fault.h"
#include "groundswell/base/text.h"

struct loop;
struct mail;

#define MAIL_ADDRESS_MAX 254 /* RFC 5321 section 4.5.3.1.3: a path of 256 less its brackets */
#define MAIL_SUBJECT_MAX 300 /* bytes */
#define MAIL_TEXT_MAX ((size_t)64 * 1024)

struct mail_settings {
    const char *url;           /* smtp://HOST[:PORT] or smtps://HOST[:PORT], nothing behind it */
    const char *user;          /* NULL: the server asks for none */
    const char *password_file; /* needed with user; mode 0600, its first line */
    const char *from;          /* the address that answers and bounces go to */
    const char *from_name;     /* shown to people; NULL: none */
    const char *ca_file;       /* certificates to trust; NULL: the system's */
    size_t queue_max;          /* messages, those on their way counted */
    size_t in_flight_max;      /* transactions at a time */
    unsigned tries_max;
    uint32_t pause_ms;   /* before the second try; each further one three times the last */
    uint32_t timeout_ms; /* of one try, from the connection to the answer */
};

/* Tries at 0 s, 4 s, 16 s, 52 s, 160 s and 8 min: past the five minutes for which greylisting
 * servers put strangers off, and before a link of 15 minutes has lapsed. */
#define MAIL_SETTINGS(url_, from_) \
    ((struct mail_settings){.url = (url_), \
                            .from = (from_), \
                            .queue_max = 1000, \
                            .in_flight_max = 2, \
                            .tries_max = 6, \
                            .pause_ms = 4000, \
                            .timeout_ms = 30000})

/* Copies the settings. FAULT_CONFIG, with the reason logged: a URL, address or file that will not
 * do. */
enum fault mail_open(struct loop *loop, const struct mail_settings *settings,
                     struct mail **ret) MUST_CHECK;
/* Drops what is queued or on its way without calling back; may take a second where a transaction
 * has to be broken off. The loop must not turn again behind it. NULL accepted. */
void mail_close(struct mail *mail);

struct mail_message {
    struct text to; /* one address */
    struct text subject;
    struct text text; /* UTF-8, lines end in LF */
    struct text unsubscribe; /* an address that ends such mails by a bare POST: RFC 8058; or none */
};

enum mail_outcome {
    MAIL_SENT,     /* the server has taken it; whether it arrives, nobody knows */
    MAIL_REFUSED,  /* it never will: a 5xx answer */
    MAIL_GIVEN_UP, /* tried tries_max times */
};

struct mail_answer {
    enum mail_outcome outcome;
    long code; /* of the server's last answer; 0: there was none */
    unsigned tries;
};

typedef void (*mail_done_fn)(void *ctx, const struct mail_answer *answer);

/* Copies the message, queues it; done is called exactly once, from the loop, later. Else never:
 * FAULT_FORMAT where the address is none, or address or subject hold a control character (so that
 * nobody adds a header), or a text is not clean UTF-8; FAULT_LIMIT where one is too long;
 * FAULT_BUSY where the queue is full. */
enum fault mail_send(struct mail *mail, const struct mail_message *message, mail_done_fn done,
                     void *ctx) MUST_CHECK;

/* dot-atom "@" domain in ASCII (RFC 5321 section 4.1.2 without quoted words and literals): what is
 * good may stand between < and > as it is. */
bool mail_address_is_good(struct text address);

size_t mail_waiting(const struct mail *mail); /* queued and on their way */

#endif
