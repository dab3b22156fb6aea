/* codes.h -- who is who in a community: codes, the register, two persons, the journal.
 *
 * One typed call an act and a reader, in the manner of acts.h and views.h; what each checks, in
 * which order, and what it keeps: server/ledger/PEOPLE.md, "In a community". No name and no address
 * comes here: a code is its serial and a keyed hash, an address its tag (11 characters or empty), a
 * person of two who must agree a word. Where an act asks for a second person, `person` and
 * `digest` (32 hex digits, the same for the same request of anybody) say who asks for what; both
 * are empty for the operator's own key. Where the outcome says `pending` nothing was done yet: the
 * same request of another person does it. */
#ifndef GROUNDSWELL_LEDGER_CODES_H
#define GROUNDSWELL_LEDGER_CODES_H

#include "groundswell/ledger/acts.h"

#define ACT(name, input, outcome)                                                                 \
    void ledger_##name(struct ledger *ledger, const struct act *act, const struct input *in,      \
                       ledger_answer_fn *answer, void *ctx)
#define TABLE(name)                                                                               \
    extern const struct field name##_fields[];                                                    \
    extern const size_t name##_fields_n

/* ---- ids ------------------------------------------------------------------------------------ */

/* The resident who comes by a code that was posted to an area and stands for no register entry:
 * under the register's key, like ledger_resident_id(), and never the id of an entry. */
enum fault ledger_resident_id_of_code(struct ledger *ledger, struct text slug, struct text serial,
                                      char ret[static RESIDENT_ID_SIZE + 1]) MUST_CHECK;
/* What identifies a person in the register (never kept), as `persons` knows it. */
enum fault ledger_person_hash(struct ledger *ledger, struct text slug, struct text identity,
                              char ret[static RESIDENT_ID_SIZE + 1]) MUST_CHECK;

/* ---- codes ---------------------------------------------------------------------------------- */

#define CODES_ISSUE_MAX 1000
#define CODES_SPARE_MAX 10
#define CODE_SERIAL_SIZE 5
#define CODE_HASH_SIZE 32 /* hex digits */

struct code_candidate {
    struct text serial, hash;
    struct text resident; /* a member's; empty: posted to somebody of `area` */
    uint64_t area;        /* index; not looked at where resident is given */
};
struct codes_issue {
    uint64_t expires_ms;
    struct text person, digest; /* asked for where wanted > 200 */
    size_t wanted;              /* 1..CODES_ISSUE_MAX; the first `wanted` rows say who gets one */
    const struct code_candidate *candidates;
    size_t n; /* wanted..wanted + CODES_SPARE_MAX, serials distinct; the rest are spare serials */
};
struct codes_outcome {
    OUTCOME_MEMBERS;
    bool pending;
    uint64_t batch;
    struct text taken; /* index of the candidate whose serial and hash each got, joined by ',' */
};
TABLE(codes_outcome);
ACT(codes_issue, codes_issue, codes_outcome);

struct codes_revoke {
    uint64_t batch; /* 0: only the serials */
    const struct text *serials;
    size_t n; /* 0..CODES_ISSUE_MAX */
};
struct revoke_outcome {
    OUTCOME_MEMBERS;
    uint64_t revoked;
    bool more; /* of the batch: ask again */
};
TABLE(revoke_outcome);
ACT(codes_revoke, codes_revoke, revoke_outcome);

struct code_redeem {
    struct text serial, hash, address;
    struct text account;  /* a fresh id; or who is signed in: act->subject, then */
    struct text resident; /* whom the code makes where it was posted to an area */
};
struct code_use {
    struct text serial, hash, address, resident; /* as above */
};
struct code_outcome {
    OUTCOME_MEMBERS;
    struct text resident;
    uint64_t area;  /* private: its index */
    uint64_t epoch; /* private: for the token */
    struct text account; /* private; of code_redeem: the one that is the resident's now */
    bool recovered;      /* it was there before: not the fresh id that was brought */
    bool granted;        /* holds the allotment of the open round */
};
TABLE(code_outcome);
/* act->subject: the account of who is signed in, or the word "code". act->key_hash is needed; it
 * is what makes a second arrival of the same request a replay (with the same whole answer). */
ACT(code_redeem, code_redeem, code_outcome);
/* For paper. No key is sent: doing it twice is doing it once. */
ACT(code_use, code_use, code_outcome);

/* ---- the register --------------------------------------------------------------------------- */

struct register_entry {
    struct text resident; /* ledger_resident_id() */
    uint64_t area;
    struct text reason; /* a word, why this entry may not take part; empty: it may */
    struct text person; /* ledger_person_hash(), or empty */
};
struct register_import {
    const struct register_entry *entries;
    size_t n; /* 1..RESIDENTS_REGISTER_MAX, residents distinct */
};
struct import_outcome {
    OUTCOME_MEMBERS;
    uint64_t registered, already, granted, ungranted, ineligible, review;
};
TABLE(import_outcome);
ACT(register_import, register_import, import_outcome);

struct review_resolve {
    uint64_t number;
    bool accept;
};
ACT(review_resolve, review_resolve, act_outcome);

struct resident_erase {
    struct text resident;
    bool keep;                  /* what is pledged and not spent stays where it is */
    struct text person, digest; /* asked for unless the resident is act->subject */
};
struct erase_outcome {
    OUTCOME_MEMBERS;
    bool pending;
    struct text account; /* private: which account was the resident's, empty where none */
};
TABLE(erase_outcome);
ACT(resident_erase, resident_erase, erase_outcome);

/* ---- the journal, and forgetting ------------------------------------------------------------ */

#define JOURNAL_ADD_MAX 200
struct journal_note {
    struct text kind; /* a word */
    uint64_t at_ms;
    struct text area;    /* index as text, or empty */
    struct text address; /* tag, or empty */
    struct text a, b;    /* what the kind says, at most 200 bytes each */
};
struct journal_add {
    const struct journal_note *notes;
    size_t n; /* 1..JOURNAL_ADD_MAX */
};
ACT(journal_add, journal_add, act_outcome);

struct people_purge {
    uint64_t before_ms; /* not younger than the oldest token that is still good */
};
struct purge_outcome {
    OUTCOME_MEMBERS;
    bool more; /* ask again */
};
TABLE(purge_outcome);
ACT(people_purge, people_purge, purge_outcome);

#undef ACT
#undef TABLE
#endif
