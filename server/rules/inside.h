/* inside.h -- what the files of the model share: its tables, and the few moves they all make.
 *
 * model.c settles, judges and writes records down; model_pool.c has the acts on money, residents
 * and rounds, model_tender.c those on tenders and proposals. What a file of a noun of its own is
 * asked for stands in that noun's header: pledge_inside.h (model_pledge.c), mass_inside.h
 * (model_activate.c), window_inside.h, fallback_inside.h, body_inside.h, tally_inside.h, and
 * talk_inside.h (model_need.c, model_talk.c). model_view.c lets others look. */
#ifndef GROUNDSWELL_RULES_INSIDE_H
#define GROUNDSWELL_RULES_INSIDE_H

#include <uthash.h>

#include "groundswell/rules/body.h"
#include "groundswell/rules/delivery.h"
#include "groundswell/rules/model_talk.h"

struct word {
    char at[32];
    uint8_t n;
};

struct fund {
    uint64_t amount, left;
    struct word theme;
};

struct round {
    uint64_t allotment, token, closes, opened_seq;
    uint64_t granted, spent, prices, rounding; /* at its closing; while open: model->accounts */
    uint64_t wallets;
};

struct tender {
    struct word body, theme;
    /* d b o h c a l w (h: open, its tally hidden); a closed round lapses it whatever stands here */
    char mark;
    bool late, hidden, keyed;
    char rule_hash[64], tally_key_hash[64], tally_key[64]; /* hex; the key is there where keyed */
    uint64_t round, ceiling, people_min, areas_min, area_people_min, awards_max, closes;
    uint64_t window, days, contributors, need, published;
    uint64_t awards, held, live;
    uint64_t critical, critical_since, critical_until; /* a proposal; 0 where mark is not c */
    uint64_t paused, paused_until; /* ms in all; when the pause ends that there is now */
    uint64_t *approvals; /* members who approved the draft, in order */
    size_t approvals_n, approvals_max;
    struct talk_sum talk;
};

struct place {
    struct wallet *wallet;
    uint32_t amount;
};

struct proposal {
    char mark, found; /* l a w, u: late, not judged yet; as it was judged last: e i, 0 */
    uint32_t tender, people, areas_ok, version;
    uint64_t price, sum, rho, ready_seq, judged_seq, judged_at, merged_into; /* 0: it was not */
    uint32_t area_people[RECORD_AREAS_MAX];
    uint64_t milestones[MILESTONES_MAX]; /* as submitted; none: one of the whole price */
    size_t milestones_n;
    struct delivery *delivery; /* NULL before its activation */
    struct place *places; /* who pledged, in no order; empty once nothing can come of it */
    size_t places_n, places_max;
};

struct wallet_key {
    uint8_t id[16];
    uint32_t round;
};

struct wallet {
    struct wallet_key key;
    uint32_t area;
    uint32_t entries_n, entries_max;
    struct wallet_entry *entries;
    bool fallbacks; /* ever had any */
    UT_hash_handle hh;
};

struct fallback {
    uint64_t seq; /* of the pledge_set: the key */
    uint64_t cause;
    struct wallet *wallet;
    uint32_t proposal, steps[STEPS_MAX];
    size_t steps_n;
    UT_hash_handle hh;
};

struct deadline {
    uint64_t due, seq; /* seq of the record that set it */
    char letter;       /* t or c of a tender, u of its pause, r, m of a member's term */
    uint64_t number;
};

struct model {
    bool created, open;
    struct text areas[RECORD_AREAS_MAX];
    char *areas_bytes;
    uint64_t areas_n, area_residents_min, members_min, seq, at;
    uint64_t unopened; /* sealed records without a key, since the round opened */
    struct accounts accounts;
    struct fund funds[FUNDS_MAX];
    size_t funds_n;
    struct round *rounds;
    struct tender *tenders;
    struct proposal *proposals;
    size_t rounds_n, tenders_n, proposals_n, rounds_max, tenders_max, proposals_max;
    struct deadline *dues; /* by due, then seq */
    uint64_t *ready, *commissions;
    size_t dues_n, dues_max, ready_n, ready_max, commissions_n, commissions_max;
    struct wallet *wallets;
    struct fallback *fallbacks; /* in the order of seq */
    uint64_t *released;         /* their seqs, in the order in which they go on; some are gone */
    size_t released_n, released_max, released_at; /* at: the next */
    struct spoken *spoken;    /* deliver_inside.h */
    uint64_t unpaid, touched; /* of all commissions; the one that was acted on last */
    uint64_t residents[RECORD_AREAS_MAX], grants[RECORD_AREAS_MAX], area_wallets[RECORD_AREAS_MAX];
    struct body *bodies;
    struct member *members;
    size_t bodies_n, members_n, bodies_max, members_max;
    struct model_defaults defaults;
    uint64_t issued[RECORD_AREAS_MAX], redeemed[RECORD_AREAS_MAX]; /* codes */
    struct need *needs;
    struct talk *talks;
    size_t needs_n, needs_max, talks_n, talks_max;
};

/* record.c: NULL, or why the field's value is not well formed. */
const char *record_field_wrong(const struct record *record, enum record_field field);

/* ---- model.c ---- */
void *grown(void *array, size_t *max, size_t n, size_t size); /* room for one more; aborts */
struct word word_of(struct text from);
struct text word_text(const struct word *word);

/* What acts do with a verdict. */
void verdict_begin(struct verdict *ret);
struct record *record_begin(struct model *model, struct verdict *ret, enum record_kind kind);
void refuse(struct verdict *ret, enum refusal refusal);
void refuse_number(struct verdict *ret, const char *name, uint64_t number);
void refuse_text(struct verdict *ret, const char *name, struct text text);
void refuse_one(struct verdict *ret, enum refusal refusal, const char *name, uint64_t number);

void due_add(struct model *model, struct deadline deadline);
void due_remove(struct model *model, char letter, uint64_t number);
void due_move(struct model *model, char letter, uint64_t number, uint64_t due);

/* What a record follows from: a deadline (or 0), the record of a seq (or NULL), or neither. */
struct why {
    uint64_t due;
    const uint64_t *cause;
};

/* ---- the acts: judge behind the settling, then write ---- */
void act_community_created(struct model *model, const struct record *in, struct verdict *ret);
void act_fund_added(struct model *model, const struct record *in, struct verdict *ret);
void act_fund_topped_up(struct model *model, const struct record *in, struct verdict *ret);
void act_fund_withdrawn(struct model *model, const struct record *in, struct verdict *ret);
void act_residents_registered(struct model *model, const struct record *in, struct verdict *ret);
void act_resident_granted(struct model *model, const struct record *in, struct verdict *ret);
void act_round_opened(struct model *model, const struct record *in, struct verdict *ret);
void act_round_closed(struct model *model, const struct record *in, struct verdict *ret);
void act_tender_created(struct model *model, const struct record *in, struct verdict *ret);
void act_tender_opened(struct model *model, const struct record *in, struct verdict *ret);
void act_tender_withdrawn(struct model *model, const struct record *in, struct verdict *ret);
void act_proposal_submitted(struct model *model, const struct record *in, struct verdict *ret);
void act_proposal_withdrawn(struct model *model, const struct record *in, struct verdict *ret);
void act_resident_left(struct model *model, const struct record *in, struct verdict *ret);
void act_codes_issued(struct model *model, const struct record *in, struct verdict *ret);
void act_code_redeemed(struct model *model, const struct record *in, struct verdict *ret);

/* NULL, or why nobody may ask this. */
const char *act_raises(const struct model *model, const struct record *in);

/* ---- moves ---- */
void round_close_write(struct model *model, uint64_t due, struct verdict *ret);
void round_unallotted_short(const struct model *model, uint64_t needed, struct verdict *ret);
void tender_lapse_write(struct model *model, uint64_t number, uint64_t due, struct verdict *ret);
void tender_release(struct model *model, uint64_t number, char mark); /* held to free, ready left */
struct tender *tender_at(const struct model *model, uint64_t number); /* or NULL */
/* The tender, where it is there and the actor's body may; else refuses and gives NULL. */
struct tender *tender_for(const struct model *model, uint64_t number, struct text body,
                          struct verdict *ret);
/* The tender, where it is there, a draft, and the actor's body may; else refuses. */
struct tender *tender_draft(const struct model *model, const struct record *in,
                            struct verdict *ret);
struct proposal *proposal_at(const struct model *model, uint64_t number);
char tender_mark(const struct model *model, const struct tender *tender); /* effective */
const char *tender_state(char mark);
bool tender_is_live(char mark);  /* takes pledges, holds money, ends with its round */
bool tender_has_ended(char mark);
/* True where pledging on it has opened and it has not ended; that it is not paused; else refuse. */
bool tender_lives(const struct model *model, const struct tender *tender, struct verdict *ret);
bool tender_runs(const struct tender *tender, struct verdict *ret);
bool proposal_is_live(const struct proposal *proposal, struct verdict *ret); /* else refuses */
void proposal_empty(struct proposal *proposal); /* forgets who pledged */

bool round_is(const struct model *model, uint64_t round, struct verdict *ret); /* else refuses */

#endif
