/* accounts.h -- the accounts of persons: who they are, what hats they wear, and how all of it ends.
 *
 * What each call checks, in which order, and what it writes: the half "Accounts" of
 * server/ledger/PEOPLE.md. Accounts belong to no community: they live in a slot of their own. How
 * somebody gets in (passkeys, passwords, links) is in ways_in.h, organisations are in orgs.h, what
 * every worker must know of sessions that ended is in ended.h.
 *
 * Every call is answered as ledger.h says, and `FIELDS` of its outcome are ready to be shown; what
 * is marked private is not written as JSON. A replayed act answers what is now.
 * A "hash" is a keyed hash made by the caller, as 16 to 64 letters of hex or base64url: the same
 * thing must always make the same hash, and different kinds of things different ones. */
#ifndef GROUNDSWELL_LEDGER_ACCOUNTS_H
#define GROUNDSWELL_LEDGER_ACCOUNTS_H

#include "groundswell/base/fields.h"
#include "groundswell/ledger/ledger.h"

#define ACCOUNT_ID_SIZE 22 /* base64url of 128 random bits, as a resident's id */
#define HATS_MAX 8
#define HAT_SIZE_MAX 128 /* "role:scope:subject", scope and subject may be empty */

/* Who does it, under which idempotency key. Calls that take no account_act come from the door,
 * where there is no account yet or the caller has judged it: they are never replayed. */
struct account_act {
    struct text account;  /* of acts on organisations also "operator" or t:<role>:<subject> */
    uint64_t epoch;       /* of the session */
    uint8_t key_hash[8];  /* keyed hash of account, route and Idempotency-Key; zero: none */
    uint8_t body_hash[4]; /* of the request's body and target */
};

#define ACCOUNT_ACT(name, input)                                                                  \
    void ledger_##name(struct ledger *ledger, const struct account_act *act,                      \
                       const struct input *in, ledger_answer_fn *answer, void *ctx)
#define DOOR_CALL(name, input)                                                                    \
    void ledger_##name(struct ledger *ledger, const struct input *in, ledger_answer_fn *answer,   \
                       void *ctx)
#define ACCOUNT_FIELDS(outcome)                                                                   \
    extern const struct field outcome##_fields[];                                                 \
    extern const size_t outcome##_fields_n

/* What every outcome here begins with. */
#define PEOPLE_MEMBERS                                                                            \
    uint64_t at_ms;                                                                               \
    bool replayed

struct people_outcome {
    PEOPLE_MEMBERS;
};
ACCOUNT_FIELDS(people_outcome);

/* An account as a session needs it; the answer of all that lets somebody in. */
struct account_view {
    PEOPLE_MEMBERS;
    struct text account;
    uint64_t epoch;   /* private: an older session is over */
    struct text hats; /* private: role:scope:subject joined by ','; see account_hat_cut() */
    struct text lang, name, mail; /* empty where there is none */
    bool mail_ok;                 /* mail was confirmed */
    uint64_t passkeys;
    bool has_password;
    bool made; /* private: this call made it */
    uint64_t created_ms, last_ms; /* made; last let in */
};
ACCOUNT_FIELDS(account_view);

/* Takes the next hat off the list; false at its end, or where it is none. Texts borrow. */
struct account_hat {
    struct text role, scope, subject;
};
bool account_hat_cut(struct text *hats, struct account_hat *ret);

/* A fresh id; ret is NUL-terminated. */
void ledger_account_id(char ret[static ACCOUNT_ID_SIZE + 1]);

/* ---- being ---------------------------------------------------------------------------------- */

struct account_open {
    struct text account;
    const struct text *hats; /* HATS_MAX at most */
    size_t hats_n;
};
/* Makes it where it is not there, and adds the hats that it has not. hats_too_many. A session may
 * begin with the answer. Outcome: struct account_view. */
DOOR_CALL(account_open, account_open);

struct account_get {
    struct text account;
};
/* account_unknown. Outcome: struct account_view. */
DOOR_CALL(account_get, account_get);

struct hat_remove {
    struct text account, hat;
    uint64_t until_s; /* when the last session that there may be now is over by itself */
};
/* account_unknown. Where it had the hat, its sessions end. Outcome: struct account_view. */
DOOR_CALL(hat_remove, hat_remove);

struct profile_set {
    struct text lang; /* "en-GB"; empty: the browser's */
};
/* Outcome: struct account_view. */
ACCOUNT_ACT(profile_set, profile_set);

/* ---- signing out ---------------------------------------------------------------------------- */

struct session_end {
    struct text session; /* its id: 16 to 64 letters of base64url */
    uint64_t until_s;    /* when it would have been over by itself */
};
/* Outcome: struct people_outcome. */
ACCOUNT_ACT(sign_out, session_end);

struct sessions_end {
    uint64_t until_s; /* when the last session that there may be now is over by itself */
};
/* Every session of the account ends, this one too. The caller then ends those of each resident hat
 * by ledger_resident_sign_out(). Outcome: struct account_view, with the epoch that counts now. */
ACCOUNT_ACT(sign_out_everywhere, sessions_end);

/* ---- rights --------------------------------------------------------------------------------- */

/* Everything kept under the account but hashes and keys. Outcome: struct account_view; items:
 * struct passkey_view (ways_in.h). */
void ledger_account_export(struct ledger *ledger, const struct account_act *act,
                           ledger_answer_fn *answer, void *ctx);

/* What happened lately: the last 50, newest first. */
struct account_event {
    uint64_t at_ms;
    struct text kind;   /* a word: sign-in, passkey-added, ... */
    struct text detail; /* such as passkey, password, link; may be empty */
};
ACCOUNT_FIELDS(account_event);
/* Items: struct account_event. */
void ledger_account_events(struct ledger *ledger, const struct account_act *act,
                           ledger_answer_fn *answer, void *ctx);

/* All of it goes, from every index, and its sessions end. The residents behind its hats are erased
 * by the caller before that (ledger_resident_erase): afterwards nobody knows who they were. Asked
 * again it answers signed_out. That it happened is kept in a file, for the day on which an older
 * backup is restored: erased.h. Outcome: struct people_outcome. */
ACCOUNT_ACT(account_erase, sessions_end);

/* ---- the operator's ------------------------------------------------------------------------- */

struct people_event {
    struct text id; /* of the stream: the `after` of the next page */
    uint64_t at_ms;
    struct text kind, who, detail; /* who: number of the account, word of an organisation's actor */
};
ACCOUNT_FIELDS(people_event);
struct people_journal {
    struct text after; /* empty: from the start */
    size_t limit;      /* 1..1000 */
};
/* Items: struct people_event. No `next`: ask again after the last one. */
DOOR_CALL(people_journal, people_journal);

struct accounts_purge {
    uint64_t before_ms; /* events older than that go */
};
struct accounts_purge_outcome {
    PEOPLE_MEMBERS;
    uint64_t purged;
    bool more; /* ask again: at most some thousands a call */
};
ACCOUNT_FIELDS(accounts_purge_outcome);
DOOR_CALL(accounts_purge, accounts_purge);

#endif
