/* token.h -- who is asking: signed bearer tokens that carry everything the door needs to know.
 *
 * A token is `gst_<base64url payload>.<base64url seal>`. The payload reads
 * `role:scope:subject:epoch:expires`, the seal is the first 24 bytes of HMAC-SHA-256 over it under
 * the key in DATA/keys/token.key. Nobody is asked and nothing is looked up: any process with the
 * same data folder reads it. What it cannot know is whether the subject has signed out everywhere
 * since: that is what `epoch` is for, which the ledger compares in the same call as the act.
 *
 * The operator's key (DATA/operator.key, `gso_` and 43 characters) is the one bearer that is not
 * signed: it never expires and may do everything. Its holder can mint tokens, so it is kept like a
 * password; the server compares by hash.
 *
 * who_from_bearer() is the one place where `who` is decided. */
#ifndef GROUNDSWELL_PEOPLE_TOKEN_H
#define GROUNDSWELL_PEOPLE_TOKEN_H

#include <stdbool.h>
#include <stdint.h>

#include "groundswell/base/buf.h"
#include "groundswell/base/fault.h"
#include "groundswell/base/ids.h"
#include "groundswell/base/text.h"

#define SUBJECT_MAX 40
#define TOKEN_MAX 256 /* bytes of a token's or key's text form, the prefix counted */
#define TOKEN_EXPIRES_MAX UINT64_C(253402300799) /* the end of the year 9999, in seconds */
#define TOKEN_EPOCH_MAX ((UINT64_C(1) << 53) - 1)
#define TOKEN_KEY_SIZE 32

/* Bits, so that a row of the route table can name several. */
enum role {
    ROLE_NONE = 0, /* anyone: reads */
    ROLE_RESIDENT = 1,
    ROLE_CLERK = 2,
    ROLE_TRUST = 4,
    ROLE_OPERATOR = 8,
    ROLE_HELPER = 16,   /* enters pledges that residents made on paper */
    ROLE_PROVIDER = 32, /* submits proposals */
};

/* "resident", "clerk", "trust", "operator", "helper", "provider"; "anyone" for ROLE_NONE. Static
 * storage. */
const char *role_name(enum role role);
/* False where it names no role. "anyone" names none: it cannot be given to somebody. */
bool role_parse(struct text name, enum role *ret);

struct who {
    enum role role;
    char scope[SLUG_MAX + 1];      /* a community's slug, "*" for all; "" for nobody */
    char subject[SUBJECT_MAX + 1]; /* id of a resident, body, officer; "operator"; "" for nobody */
    uint64_t epoch;                /* of the subject's account when the token was minted */
    uint64_t expires_s;            /* since 1970; 0: does not expire (the operator's key) */
};

/* True where `roles` (bits) holds who's role, and its scope covers that community. TEXT_NONE for a
 * thing that belongs to no community: only the scope "*" covers it. */
bool who_may(const struct who *who, unsigned roles, struct text slug);

/* What a process needs to judge bearers; wiped by token_keys_release. */
struct token_keys {
    uint8_t seal[TOKEN_KEY_SIZE];
    uint8_t operator_digest[32]; /* SHA-256 of the operator's key without its newline */
};

/* Reads DATA/keys/token.key and DATA/operator.key; makes those that are absent, mode 0600. Several
 * processes may do this at once and agree. FAULT_CONFIG where a key file is readable by others or
 * has not the form of a key (logged with its path, never its content). */
enum fault token_keys_open(const char *data, struct token_keys *ret) MUST_CHECK;
void token_keys_release(struct token_keys *keys);

/* Appends the text form. FAULT_FORMAT where role, scope or subject are none that verify would
 * accept: scope is "*" or a valid slug; subject is 1 to SUBJECT_MAX of A-Z a-z 0-9 _ - . */
enum fault token_sign(const struct token_keys *keys, const struct who *who,
                      struct buf *out) MUST_CHECK;

enum token_verdict {
    TOKEN_GOOD,
    TOKEN_ABSENT,    /* nothing was shown */
    TOKEN_MALFORMED, /* no token of ours by its looks */
    TOKEN_FORGED,    /* the seal is not ours: tampered with, or another installation's */
    TOKEN_EXPIRED,
};

/* Judges a token's text form, in time that depends on its length only until the seal is found to
 * be ours. Allocates nothing itself. *ret is nobody unless TOKEN_GOOD. */
enum token_verdict token_verify(const struct token_keys *keys, struct text token, uint64_t now_s,
                                struct who *ret);

/* Judges the value of an Authorization header: TEXT_NONE, or `Bearer` and a token or the
 * operator's key. *ret is nobody unless TOKEN_GOOD. */
enum token_verdict who_from_bearer(const struct token_keys *keys, struct text authorization,
                                   uint64_t now_s, struct who *ret);

#endif
