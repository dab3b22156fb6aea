/* roll_rows.h -- what the ledger keeps beside the log: rows of residents, staff and wallets. */
#ifndef GROUNDSWELL_RULES_ROLL_ROWS_H
#define GROUNDSWELL_RULES_ROLL_ROWS_H

#include "groundswell/base/ids.h"
#include "groundswell/rules/roll.h"
#include "body_inside.h"
#include "ring.h"

#define CODE_SERIAL_SIZE 5

struct resident {
    char id[RESIDENT_ID_SIZE];
    uint32_t area, granted; /* granted: round, as the row has it */
    uint64_t epoch, member_seq;
    uint64_t unanswered, said; /* needs of theirs; things that they said */
    bool member, erased; /* erased: there is no row, only its epoch and its grant are known */
    UT_hash_handle hh;
};

struct code {
    char serial[CODE_SERIAL_SIZE], resident[RESIDENT_ID_SIZE], key[8]; /* key: of its use */
    uint32_t area;
    uint64_t seq; /* of its use, 0 before: seq 0 is the community's creation */
    bool revoked, granted; /* granted: whether its use said so */
    UT_hash_handle hh;
};

/* What somebody has said. By `what`: k wrote contribution `number`, y wrote n on tender `number`,
 * s has a stance on contribution `number` (n: on its version), c (resident NULL): n people
 * contributed to tender `number`, n stands behind need `number`, r (resident NULL): `by` raised
 * need `number`. */
struct said_key {
    const struct resident *resident;
    uint64_t number;
    char what;
};
struct said {
    struct said_key key;
    struct resident *by;
    uint64_t n;
    uint32_t area;
    char stance;
    UT_hash_handle hh;
};

struct principal {
    struct text subject;
    uint64_t epoch;
    struct ring ring;
    UT_hash_handle hh;
};

struct purse { /* what the ledger's wallet row has beside its pledges */
    struct wallet_key key;
    uint32_t area;
    struct ring ring;
    UT_hash_handle hh;
};

/* Who submitted a proposal, and what was asked for last: that it take in another. */
struct proposer {
    const struct principal *by, *asked_by;
    uint64_t other, version, others; /* versions of both, when it was asked */
};

struct seat_holder {
    char at[48];
    uint8_t n;
};

struct roll {
    struct model *model;
    struct seat_holder *holders; /* by number of the member, from 1 */
    size_t holders_max;
    struct proposer *proposers; /* by number of the proposal, from 1 */
    size_t proposers_max;
    struct resident *residents;
    struct principal *staff;
    struct purse *purses;
    struct code *codes;
    struct said *said;
};

/* Where there is none: NULL from _at, one made by _need. */
struct resident *resident_at(const struct roll *roll, struct text id);
struct resident *resident_add(struct roll *roll, struct text id);
struct code *code_at(const struct roll *roll, struct text serial);
struct code *code_add(struct roll *roll, struct text serial, uint64_t area);
/* Where this is a resident who is registered; else refuses and gives NULL. */
struct resident *member_at(const struct roll *roll, struct text id, struct verdict *ret);
/* Whether the row shows the allotment of the open round (ACTS.md, round_open). */
bool holds_grant(const struct roll *roll, const struct resident *resident);
struct principal *principal_at(const struct roll *roll, struct text subject);
struct principal *principal_need(struct roll *roll, struct text subject);
struct purse *purse_at(const struct roll *roll, const struct record *own);
struct purse *purse_need(struct roll *roll, const struct record *own, uint32_t area);

/* The member who sits in this body for this holder, or 0; and that one does. */
uint64_t seat_held_by(const struct roll *roll, uint64_t body, struct text holder);
void seat_holder_forget(struct roll *roll, struct text resident); /* in every body */
void seat_holder_keep(struct roll *roll, uint64_t member, struct text holder);

/* ---- roll_kinds.c ---- */
/* Whether the act writes one record of its own, of one kind, whatever it is about; and which. */
bool roll_has_record(enum roll_kind kind);
enum record_kind roll_record_kind(enum roll_kind kind);

/* ---- roll_shape.c ---- */
void roll_proposal(struct roll *roll, const struct record *own, const struct roll_act *act,
                   struct verdict *ret);

/* ---- roll_talk.c ---- */
bool roll_is_speech(enum roll_kind kind); /* by a resident, under their pseudonym */
void roll_speak(struct roll *roll, struct record *own, const struct roll_act *act,
                struct verdict *ret);
void roll_tender_open(struct roll *roll, struct record *own, struct verdict *ret);
void roll_need_answer(struct roll *roll, const struct record *own, struct verdict *ret);

#endif
