/* views.h -- what can be looked at, one typed call a reader: ready to be shown, one question each.
 *
 * Every struct has a field table (`<name>_fields`, `<name>_fields_n`), by which the ledger reads it
 * out of Redis's answer and the desk writes it as JSON: times are RFC 3339 there, ids have their
 * slug already. Amounts are minor units. A deadline that is due counts as passed in what is shown.
 * `text` is the free text's JSON without its salt, absent where it was erased. Members that are
 * marked private are not written by fields_json(): the desk has a better form for them. */
#ifndef GROUNDSWELL_LEDGER_VIEWS_H
#define GROUNDSWELL_LEDGER_VIEWS_H

#include "groundswell/base/fields.h"
#include "groundswell/ledger/ledger.h"

#define VIEW(name)                                                                                \
    extern const struct field name##_fields[];                                                    \
    extern const size_t name##_fields_n

/* How far a proposal has come on each condition of the rule. Part of the views below. */
#define PROGRESS_MEMBERS                                                                          \
    uint64_t price, pledged, people, people_min, areas_ok, areas_min, area_people_min, headroom;  \
    struct text state /* live, activated, withdrawn, released */

struct community_view {
    uint64_t seq, at_ms, area_residents_min, members_min, allotment, token, closes_ms;
    struct id round; /* last opened */
    bool open;       /* that round is */
    uint64_t funds, tenders, proposals; /* how many were ever made */
    struct text currency;
    struct text areas;      /* private: codes joined by ',' */
    /* private: what a tender has here where it says nothing; the window in milliseconds */
    uint64_t days, contributors, people_permille, areas_min, window, needs_line;
    struct text tally;
    struct pairs residents; /* private: [area index, registered residents] */
    struct text text;
};
VIEW(community_view);
void ledger_community_view(struct ledger *ledger, struct text slug, ledger_answer_fn *answer,
                           void *ctx);

struct totals {
    uint64_t seq, at_ms, funds, unallotted, free, held, committed, paid;
    struct id round; /* last opened, and what happened in it */
    bool open;
    uint64_t granted, spent, prices, rounding;
};
VIEW(totals);
void ledger_totals(struct ledger *ledger, struct text slug, ledger_answer_fn *answer, void *ctx);

struct fund_view {
    struct id fund;
    uint64_t amount, left;
    struct text theme, text;
};
VIEW(fund_view);
/* Items: struct fund_view, all (at most 64). */
void ledger_funds(struct ledger *ledger, struct text slug, ledger_answer_fn *answer, void *ctx);

struct round_view {
    struct id round;
    bool open;
    uint64_t allotment, token, opened_ms, opened_seq, closes_ms, residents;
    uint64_t granted, spent, prices, rounding;
    struct text text;
};
VIEW(round_view);
void ledger_round_view(struct ledger *ledger, struct text slug, uint64_t round,
                       ledger_answer_fn *answer, void *ctx);

struct tender_view {
    struct id tender, round;
    struct text state; /* draft, deliberating, open, critical, decided, lapsed, withdrawn */
    struct text body, theme, rule_hash, text;
    struct text tally; /* open, hidden */
    uint64_t ceiling, people_min, areas_min, area_people_min, awards_max, awards;
    uint64_t window; /* seconds */
    uint64_t deliberation_days, deliberation_contributors;
    uint64_t closes_ms, held, headroom, proposals;
    struct id answers; /* the need */
    bool late;
    struct id critical; /* the proposal that must go on meeting the rule, from when until when */
    uint64_t critical_since_ms, critical_until_ms;
    uint64_t paused_until_ms; /* 0: not paused */
    struct text pause;        /* why */
};
VIEW(tender_view);
void ledger_tender_view(struct ledger *ledger, struct text slug, uint64_t tender,
                        ledger_answer_fn *answer, void *ctx);
struct tenders_page {
    uint64_t after;
    size_t limit;
    struct text sort; /* oldest, newest, closing (those whose pledging runs); empty: oldest */
    struct text state, body, theme; /* empty: any */
};
/* Items: struct tender_view behind the number `after`; where they come by closing, after so many. A
 * page may be short, even empty, and still have a next. */
void ledger_tenders(struct ledger *ledger, struct text slug, const struct tenders_page *page,
                    ledger_answer_fn *answer, void *ctx);

/* One thing that happened to another: the record is at `seq`. */
struct history_item {
    uint64_t seq, at_ms;
    struct text kind;
};
VIEW(history_item);
struct history_of {
    char letter;      /* f r t p n k b */
    struct text name; /* its number, a body's word */
    uint64_t after;   /* seq */
    size_t limit;
};
/* Items: struct history_item, the oldest first; of the last 1,000. */
void ledger_history(struct ledger *ledger, struct text slug, const struct history_of *of,
                    ledger_answer_fn *answer, void *ctx);

struct proposal_view {
    struct id proposal, tender;
    PROGRESS_MEMBERS;
    uint64_t critical_since_ms, critical_until_ms; /* it must go on meeting the rule; 0: need not */
    uint64_t rho; /* the fair share's bound, of a commission */
    uint64_t version, judged_at_ms;      /* 1: never amended */
    struct text judged, reasons;         /* eligible, ineligible; empty: the body has not said */
    struct id merge_with, merge_into;    /* its proposer asks that it take in that one; the other
                                          * way round */
    struct id merged_into;               /* it has gone up in that one */
    uint64_t help; /* private: of how many things of help its text asks; of those offered: */
    struct pairs help_offered, help_people; /* [item, how much], [item, by how many] */
    struct text text;
    struct pairs areas; /* private: [area, people]; of one that is asked for alone */
};
VIEW(proposal_view);
void ledger_proposal_view(struct ledger *ledger, struct text slug, uint64_t proposal,
                          ledger_answer_fn *answer, void *ctx);
struct proposals_page {
    uint64_t tender, after;
    size_t limit;
    struct text sort; /* oldest, newest, price, progress; empty: oldest */
};
/* Items: struct proposal_view of one tender: with numbers above `after` where the oldest come
 * first, else `after` so many. */
void ledger_proposals(struct ledger *ledger, struct text slug, const struct proposals_page *page,
                      ledger_answer_fn *answer, void *ctx);

/* A resident's pledge on a proposal, the wallet and the progress beside it: also the outcome of
 * ledger_pledge_set() and ledger_pledge_withdraw(). */
struct pledge_view {
    uint64_t seq, at_ms;
    bool replayed;
    struct id round, proposal, tender;
    uint64_t amount;                    /* promised, 0 where there is none */
    uint64_t allotment, free, held, spent; /* the wallet; allotment 0: not granted */
    PROGRESS_MEMBERS;
    uint64_t critical_until_ms;
    bool activated; /* this very act made it a commission */
    bool pending;   /* of ledger_pledge_set(), assisted: nothing was done yet, see pledges.h */
    uint64_t rho;
    struct pairs fallback; /* private: [step, proposal], as long as they wait */
    uint64_t record;        /* while the tally is hidden: the seq of the owner's sealed record, */
    struct text record_key; /* and the hex of what opens it; neither where there is none */
    uint64_t epoch; /* private: of the resident's account; of ledger_pledge_view() alone */
};
VIEW(pledge_view);
void ledger_pledge_view(struct ledger *ledger, struct text slug, struct text resident,
                        uint64_t proposal, ledger_answer_fn *answer, void *ctx);

struct wallet_view {
    uint64_t seq, at_ms;
    struct id round;
    bool open;
    uint64_t area; /* private: its index */
    uint64_t allotment, free, held, spent, token, closes_ms;
    uint64_t epoch; /* private: of the resident's account */
};
VIEW(wallet_view);
struct wallet_pledge {
    struct id proposal, tender;
    uint64_t amount, worth;
    struct text state; /* held, spent, released */
    uint64_t record;   /* seq of what set it */
    struct text text;  /* private: of the proposal */
    struct pairs fallback; /* private: [step, proposal], as long as they wait */
};
VIEW(wallet_pledge);
/* Outcome: struct wallet_view; items: struct wallet_pledge, in the wallet's order. */
void ledger_wallet_view(struct ledger *ledger, struct text slug, struct text resident,
                        ledger_answer_fn *answer, void *ctx);

struct resident_view {
    uint64_t area, epoch; /* area: private, its index */
    bool granted;      /* holds the allotment of the open round */
    struct text state; /* member, left */
};
VIEW(resident_view);
void ledger_resident_view(struct ledger *ledger, struct text slug, struct text resident,
                          ledger_answer_fn *answer, void *ctx);

#undef VIEW
#endif
