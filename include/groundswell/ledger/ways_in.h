/* ways_in.h -- how a person is let into their account: passkeys, a name and password, a link.
 *
 * The cryptography is done by the caller, between two calls: *_find() gives what must be verified,
 * *_used() says that it was, and lets in. Every failure to get in is the one refusal
 * sign_in_failed. Contract: server/ledger/PEOPLE.md. Outcome where none is named: account_view. */
#ifndef GROUNDSWELL_LEDGER_WAYS_IN_H
#define GROUNDSWELL_LEDGER_WAYS_IN_H

#include "groundswell/ledger/accounts.h"

#define PASSKEYS_MAX 10
#define CHALLENGE_MS 300000 /* how long a challenge is good */
#define LINK_MS 900000      /* how long a link to sign in or to confirm an address is good */

/* ---- passkeys ------------------------------------------------------------------------------- */

struct challenge_new {
    struct text hash;    /* of the challenge */
    struct text purpose; /* a word: "sign-in", "add", "again" */
    struct text account; /* whose alone it is; empty: not known yet */
};
/* Outcome: struct people_outcome. */
DOOR_CALL(challenge_new, challenge_new);

struct passkey_add {
    struct text challenge;       /* hash; made for the purpose "add" and this account */
    struct text credential_hash; /* of the credential id */
    struct text credential, key; /* id and public key, base64url, <= 1400 and 2048 bytes */
    struct text alg;             /* COSE number as text: "-7" */
    uint64_t count, flags;       /* sign count; flags: 0..255, the caller's affair */
    struct text label;           /* 1..256 bytes, validated by schema */
};
struct passkey_outcome {
    PEOPLE_MEMBERS;
    uint64_t n; /* the passkey's number within the account */
};
ACCOUNT_FIELDS(passkey_outcome);
/* The challenge is used up whatever comes of it: challenge_unknown, passkey_known,
 * passkeys_too_many. */
ACCOUNT_ACT(passkey_add, passkey_add);

struct passkey_find {
    struct challenge_new challenge; /* exactly what it was made for */
    struct text credential_hash;
};
struct passkey_found { /* private, all of it */
    PEOPLE_MEMBERS;
    struct text account, alg, key;
    uint64_t n, count, flags;
};
ACCOUNT_FIELDS(passkey_found);
/* The challenge is used up whatever comes of it: challenge_unknown, sign_in_failed. */
DOOR_CALL(passkey_find, passkey_find);

struct passkey_used {
    struct text account;
    uint64_t n, count; /* the sign count that was signed */
};
/* sign_in_failed: a count that does not grow (unless both are 0), a passkey that went. */
DOOR_CALL(passkey_used, passkey_used);

struct passkey_view {
    uint64_t n;
    struct text credential; /* private: to exclude it from being made again */
    struct text alg;
    uint64_t count; /* private */
    uint64_t flags; /* private */
    uint64_t created_ms, used_ms;
    struct text label;
};
ACCOUNT_FIELDS(passkey_view);
/* Items: struct passkey_view, in the order in which they were added. */
void ledger_passkeys(struct ledger *ledger, const struct account_act *act,
                     ledger_answer_fn *answer, void *ctx);

struct passkey_label {
    uint64_t n;
    struct text label;
};
/* passkey_unknown. Outcome: struct passkey_outcome. */
ACCOUNT_ACT(passkey_label, passkey_label);
struct passkey_remove {
    uint64_t n;
};
/* passkey_unknown, last_way_in. Outcome: struct passkey_outcome. */
ACCOUNT_ACT(passkey_remove, passkey_remove);

/* ---- name and password ---------------------------------------------------------------------- */

struct password_set {
    struct text name;      /* what the person types, 1..64 bytes */
    struct text name_hash; /* of its normal form */
    struct text phc;       /* Argon2id, as a PHC string */
};
/* name_taken: draw other digits and ask again (with another idempotency key). */
ACCOUNT_ACT(password_set, password_set);

struct password_find {
    struct text name_hash;
};
struct password_found { /* private, all of it */
    PEOPLE_MEMBERS;
    struct text account, phc; /* empty where nobody has the name: do the same work all the same */
};
ACCOUNT_FIELDS(password_found);
/* Counts a try, for names that nobody has alike: sign_in_later. */
DOOR_CALL(password_find, password_find);

struct password_used {
    struct text account, name_hash, phc; /* as they were found */
};
/* sign_in_failed: changed since it was found. */
DOOR_CALL(password_used, password_used);

struct password_renew {
    struct text account, was, phc; /* the same password under today's parameters */
};
/* Does nothing where the password is not `was` any more. Outcome: struct people_outcome. */
DOOR_CALL(password_renew, password_renew);

/* ---- mail and links ------------------------------------------------------------------------- */

struct mail_set {
    struct text mail, mail_hash; /* 3..254 bytes */
    struct text link;            /* hash */
};
/* The link is sent to the address by the caller; until it comes back nothing is done with it. */
ACCOUNT_ACT(mail_set, mail_set);

struct link_act {
    struct text link; /* hash */
};
/* link_unknown: another's, another purpose, too old, used, or the address is another account's. */
ACCOUNT_ACT(mail_confirm, link_act);

struct link_new {
    struct text mail_hash, link; /* link: hash */
};
struct link_outcome { /* private, all of it */
    PEOPLE_MEMBERS;
    bool known;       /* somebody has confirmed this address: send it there */
    struct text mail, lang; /* empty where not */
};
ACCOUNT_FIELDS(link_outcome);
/* Counts, for addresses that nobody has alike: sign_in_later. */
DOOR_CALL(link_new, link_new);
/* link_unknown. */
DOOR_CALL(link_use, link_act);

#endif
