/* session.h -- the signed cookie of a person who is signed in.
 *
 * `gss_<base64url payload>.<base64url seal>`: sealed like a token under DATA/keys/token.key, but
 * with words of its own before the payload, so that neither passes for the other. Any process with
 * the same data folder reads it without asking anyone; what has ended before its time is in
 * ended.h, and the ledger compares the epochs.
 *
 * A person has one account and wears several *hats*: a resident of two communities, a clerk of a
 * body. A hat says the four things that a token says; session_hat() picks the one for a route. */
#ifndef GROUNDSWELL_PEOPLE_SESSION_H
#define GROUNDSWELL_PEOPLE_SESSION_H

#include "groundswell/people/token.h"

#define SESSION_ID_SIZE 16
#define SESSION_HATS_MAX 8
#define SESSION_TEXT_MAX 1400 /* bytes of the longest text form */
#define SESSION_CSRF_SIZE 24  /* 18 bytes in base64url */

enum session_way { SESSION_BY_CODE, SESSION_BY_PASSKEY, SESSION_BY_PASSWORD, SESSION_BY_LINK };
#define SESSION_WAYS (SESSION_BY_LINK + 1)
const char *session_way_name(enum session_way way); /* "code", "passkey", "password", "link" */

struct hat {
    enum role role;
    char scope[SLUG_MAX + 1];
    char subject[SUBJECT_MAX + 1];
    uint64_t epoch; /* of a resident; of staff the ms at which they last proved who they are */
};

struct session {
    char account[RESIDENT_ID_SIZE + 1];
    uint8_t id[SESSION_ID_SIZE];
    uint64_t epoch;           /* of the account when the session began */
    uint64_t started_s;       /* since 1970, as all below */
    uint64_t seen_s;          /* when the text form was signed */
    uint64_t authenticated_s; /* when the person last proved who they are */
    enum session_way way;
    struct hat hats[SESSION_HATS_MAX];
    size_t hats_n;
};

struct session_limits {
    uint64_t idle_s;  /* not seen for so long: 24 hours */
    uint64_t whole_s; /* started so long ago: 30 days */
    uint64_t renew_s; /* seen so long ago: to be signed anew: 5 minutes */
};
#define SESSION_LIMITS \
    ((struct session_limits){.idle_s = 86400, .whole_s = UINT64_C(30) * 86400, .renew_s = 300})

/* A new session with a fresh id and no hats, begun, seen and authenticated now. `account` is a
 * valid resident id. Sign-in always begins one: never carry an id over. */
void session_begin(struct session *ret, struct text account, uint64_t epoch, enum session_way way,
                   uint64_t now_s);
/* FAULT_LIMIT: all hats are taken; FAULT_FORMAT: it could not be read back. */
enum fault session_add_hat(struct session *session, const struct hat *hat) MUST_CHECK;

/* Appends the text form. FAULT_FORMAT where session_verify() would not read it. */
enum fault session_sign(const struct token_keys *keys, const struct session *session,
                        struct buf *out) MUST_CHECK;

enum session_verdict {
    SESSION_GOOD,
    SESSION_ABSENT,
    SESSION_MALFORMED,
    SESSION_FORGED,
    SESSION_IDLE,    /* not seen for too long */
    SESSION_EXPIRED, /* started too long ago */
};

/* Judges a cookie's value (TEXT_NONE: there is none). *ret is zeroed unless SESSION_GOOD. A time in
 * the future (another process's clock) counts as now. */
enum session_verdict session_verify(const struct token_keys *keys,
                                    const struct session_limits *limits, struct text cookie,
                                    uint64_t now_s, struct session *ret);

/* True where it was signed renew_s ago or more: set seen_s, sign, set the cookie again. */
bool session_wants_renewal(const struct session *session, const struct session_limits *limits,
                           uint64_t now_s);
/* True where the person proved who they are within the last `within_s` (before changing a key). */
bool session_is_fresh(const struct session *session, uint64_t within_s, uint64_t now_s);

/* What a form carries: base64url of 18 bytes of a keyed hash of the session's id. Ends in NUL. */
void session_csrf(const struct token_keys *keys, const struct session *session,
                  char ret[static SESSION_CSRF_SIZE + 1]);
bool session_csrf_is(const struct token_keys *keys, const struct session *session,
                     struct text shown); /* constant time */

/* The hat with which who_may() lets this person through: the first that names the community, else
 * the first for all communities. ret->expires_s is 0: the session's own expiry was judged before.
 * False, and nobody, where none fits. */
bool session_hat(const struct session *session, unsigned roles, struct text slug, struct who *ret);

#endif
