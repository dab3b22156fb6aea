/* model.h -- one community, derived from its public log alone: the twin in C of the Redis
 * Functions.
 *
 * It knows wallets by their pseudonyms and no resident. An act is put as a record of the kind that
 * it would write, with only its *input* fields filled (below); the model settles what is due,
 * judges in the order of ledger/ACTS.md, and answers with the refusal or with the records written,
 * already applied to itself. It reads no clock and does no I/O.
 *
 * Input fields by kind, beside `at` (the caller's now_ms):
 *   community_created     currency areas area_residents_min members_min? text
 *   fund_added            amount theme? text
 *   fund_topped_up        fund amount        (fund_withdrawn too)
 *   residents_registered  registered grants?
 *   resident_granted      area
 *   resident_left         area wallet? withdrawn?   (there, whatever it says: what is held goes)
 *   round_opened          round allotment token closes roll? text?
 *   round_closed          round
 *   tender_created        all but `tender`
 *   tender_opened         tender body? key? tally_key_hash? (of a hidden tally: key, or its hash)
 *   tender_withdrawn      tender body?       (tender_published too)
 *   tender_paused         tender until text
 *   tender_resumed        tender
 *   proposal_submitted    tender price milestones? text body?
 *   proposal_withdrawn    proposal body?
 *   proposal_judged       proposal eligible text body?
 *   proposal_amended      proposal price milestones? text   (proposals_merged: proposal other)
 *   pledge_set            round wallet area proposal amount assisted? fallback?
 *   pledge_withdrawn      round wallet proposal
 *   fallback_dropped      nothing            (the keeper's `fallback_next`; so is a pledge_set with
 *                                             a `cause`: the rules know whose turn it is)
 *   commission_activated  proposal           (the keeper's `activate`; tender_critical too)
 *   sealed                sealed             (what nobody can open: it keeps its place)
 *   community_set         what was given     (areas_set: text)
 *   body_formed           body text          (body_constituted too)
 *   member_seated         body category votes term? text
 *   member_left           member
 *   tender_approved       tender member
 *   need_..., talk_...     see model_talk.h
 *   codes_issued          issued
 *   code_redeemed         area
 * and those of commissions: delivery.h.
 * `body` there is the actor's body; absent, any body may. Memory that runs out aborts: the model
 * is no server. */
#ifndef GROUNDSWELL_RULES_MODEL_H
#define GROUNDSWELL_RULES_MODEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "groundswell/base/refusal.h"
#include "groundswell/base/text.h"
#include "groundswell/rules/model_wallet.h"
#include "groundswell/rules/record.h"
#include "groundswell/rules/share.h"

#define SETTLE_MAX 16
#define TALLIES_HIDDEN_MAX 16 /* tenders at a time */
#define FUNDS_MAX 64
#define QUALIFYING_MAX 64
#define PROPOSALS_LIVE_MAX 128
#define BODIES_MAX 64
#define APPROVALS_LEAST 2
#define PLEDGES_LIVE_MAX 32
#define PLEDGES_MAX 64
#define STEPS_MAX 3
/* Of one act: a deadline writes two at most, as each pledge of somebody who leaves does, and every
 * hidden tally is disclosed once. */
#define VERDICT_RECORDS_MAX (2 * SETTLE_MAX + TALLIES_HIDDEN_MAX + 2 * PLEDGES_LIVE_MAX + 2)

struct model;

struct accounts {
    uint64_t funds, unallotted, free, held, committed, paid;
    uint64_t granted, spent, prices, rounding; /* of the last round opened */
};

/* A placeholder of a refusal's sentence: a number, or a text where text.at is not NULL. */
struct verdict_word {
    const char *name;
    uint64_t number;
    struct text text;
};

/* The answer to one act. Texts and pairs of the records borrow from the verdict, the input and the
 * model, until the model's next act; so a verdict is not copied. */
struct verdict {
    enum refusal refusal; /* REFUSAL_NONE where accepted */
    const char *raised;   /* not NULL: nobody may ask this, the ledger raises; nothing was done */
    struct verdict_word words[6];
    size_t words_n;
    uint64_t at, seq; /* accepted: seq of its own first record; without one, the last seq */
    uint64_t number;  /* of the fund, tender, proposal or round that was made; 0 otherwise */
    bool replayed;    /* an act known by its key: nothing was done (rules/roll.h) */
    bool more;        /* settle: 16 did not suffice */
    uint64_t due;     /* settle: the next deadline, or 0 */
    bool taken;       /* fallback_next: one was */
    bool waits;       /* settle, fallback_next: fallbacks wait */
    bool pending;     /* proposal_merge: the other proposer must ask for it, too */
    struct present present;
    uint64_t registered, already, granted, ungranted; /* residents_register */
    uint64_t qualifying[QUALIFYING_MAX];              /* proposals; fund_add, fund_top_up, settle */
    size_t qualifying_n;
    size_t settled_n; /* of the records: settlings, written before a refusal too */
    struct record records[VERDICT_RECORDS_MAX]; /* settlings, own record, what follows from it */
    uint64_t sealed_of[VERDICT_RECORDS_MAX]; /* tender whose hidden tally has it sealed in the log;
                                              * 0: it stands there as it is */
    char keys[TALLIES_HIDDEN_MAX][64]; /* of the tallies that are disclosed, in hex */
    size_t keys_n;
    size_t records_n;
    uint64_t pairs[3][RECORD_PAIRS_MAX][2];
    uint64_t draws[SETTLE_MAX + 1][RECORD_PAIRS_MAX][2]; /* of each activation */
    size_t draws_n;
    char wallet[24]; /* of a fallback's record */
};

struct model *model_new(void);
void model_free(struct model *model);

/* Settle, judge, apply. */
void model_act(struct model *model, const struct record *input, struct verdict *ret);

/* The two halves of model_act, for who must ask something in between. model_settle starts *ret
 * afresh, and returns false where the act ends here (then ret->refusal is set). At most `bound`
 * deadlines are looked at. */
bool model_settle(struct model *model, uint64_t now_ms, size_t bound, struct verdict *ret);
void model_judge(struct model *model, const struct record *input, struct verdict *ret);

/* Fills ret->due, more, waits, qualifying: the rest of the act `settle`, behind model_settle. */
void model_settled(struct model *model, struct verdict *ret);

/* ---- what it holds ---- */
struct accounts model_accounts(const struct model *model);
bool model_conserves(const struct model *model);    /* DESIGN section 2, Money: every equation */
uint64_t model_seq(const struct model *model);      /* the next record's */
uint64_t model_at(const struct model *model);       /* of the last record */
uint64_t model_due(const struct model *model);      /* the next deadline in the list, 0 for none */
uint64_t model_areas(const struct model *model);    /* 0 before the community is there */
struct text model_area_code(const struct model *model, uint64_t area);
uint64_t model_residents(const struct model *model, uint64_t area);
uint64_t model_grants(const struct model *model, uint64_t area);  /* of the last round */
uint64_t model_wallets(const struct model *model, uint64_t area); /* seen in the last round */
uint64_t model_codes_issued(const struct model *model, uint64_t area); /* ever */
uint64_t model_codes_redeemed(const struct model *model, uint64_t area);
/* What a tender of this theme may draw on: its funds and the unrestricted; "": only these. */
uint64_t model_headroom(const struct model *model, struct text theme);
bool model_round_open(const struct model *model);
uint64_t model_round(const struct model *model); /* the last opened, 0 for none */

struct model_round {
    uint64_t allotment, token, closes, opened_seq, granted, spent, prices, rounding, wallets;
    bool open;
};
struct model_fund {
    uint64_t amount, left;
    struct text theme;
};
struct model_tender {
    uint64_t round, ceiling, people_min, areas_min, area_people_min, awards_max, closes;
    uint64_t awards, held, proposals_live, window, days, contributors, need, published;
    uint64_t critical, critical_since, critical_until; /* a proposal, where it is critical */
    uint64_t paused, paused_until; /* ms in all; 0 where it is not paused now */
    struct text theme, body;
    bool late, hidden;
    const char *state; /* as people see it: draft deliberating open critical decided lapsed ... */
    char mark;         /* as the ledger keeps it: d b o h c a l w */
};
struct model_proposal {
    uint64_t tender, price, rho, sum, people, areas_ok, ready_seq; /* ready_seq 0: not in `ready` */
    const uint32_t *area_people;                                   /* by area */
    const char *state;                                             /* as in struct present */
    uint64_t version, judged_seq, judged_at, merged_into;          /* 0: it was not */
    char mark, found; /* l a w, u: late, not judged yet; as it was judged last: e i, 0 */
};
struct model_deadline {
    uint64_t due, seq, number; /* seq: of the record that set it */
    char letter;               /* t c u r m */
};
uint64_t model_funds(const struct model *model); /* how many; they are numbered from 1 */
uint64_t model_tenders(const struct model *model);
uint64_t model_proposals(const struct model *model);
bool model_fund(const struct model *model, uint64_t number, struct model_fund *ret);
bool model_tender(const struct model *model, uint64_t number, struct model_tender *ret);
bool model_proposal(const struct model *model, uint64_t number, struct model_proposal *ret);
bool model_round_of(const struct model *model, uint64_t number, struct model_round *ret);
bool model_wallet(const struct model *model, uint64_t round, struct text wallet,
                  struct model_wallet *ret);
struct present model_present(const struct model *model, uint64_t round, struct text wallet,
                             uint64_t proposal);
/* The n-th open deadline in the order in which they settle; false behind the last. */
bool model_deadline(const struct model *model, size_t n, struct model_deadline *ret);
/* Fill at most `max` proposal numbers, in order, and return how many there are. */
size_t model_ready(const struct model *model, uint64_t *ret, size_t max);
size_t model_commissions(const struct model *model, uint64_t *ret, size_t max);

/* Visits every wallet of every round that the log has shown, in no order. */
void model_wallets_each(const struct model *model,
                        void (*each)(void *ctx, const struct model_wallet *wallet), void *ctx);

#endif
