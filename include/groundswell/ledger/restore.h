/* restore.h -- a community's keys written as the functions would have left them: for `rebuild`
 * alone, which knows from the records what to write.
 *
 * The community does not exist for the functions until ledger_restore_community() has written `c`,
 * which is therefore the last: half a rebuild serves nobody. Between ledger_restore_begin() and
 * ledger_restore_end() the key `rebuilding` stands there, and tells who begins again that what lies
 * there is his own. Every call is one command and may be repeated; ask over one connection, where
 * they are done in order. */
#ifndef GROUNDSWELL_LEDGER_RESTORE_H
#define GROUNDSWELL_LEDGER_RESTORE_H

#include "groundswell/ledger/state.h"

#define RESTORE_BATCH_MAX 256 /* wallets, buckets, states of one call */

/* Where to, and who is told that it was done (no outcome, but where one is named). */
struct restore {
    struct ledger *ledger;
    struct text slug;
    ledger_answer_fn *answer;
    void *ctx;
};

/* Outcome: struct restore_look. */
struct restore_look {
    bool found;     /* any of the keys that every community has */
    bool community; /* `c` among them: it is served */
    bool begun;     /* `rebuilding` stands there */
};
void ledger_restore_look(const struct restore *to);
void ledger_restore_begin(const struct restore *to);
/* Into the index of communities, and away with `rebuilding`: two commands, the second answers. */
void ledger_restore_end(const struct restore *to);

/* The key `name`, or `name:number` where number is not 0, is emptied. */
void ledger_restore_clear(const struct restore *to, const char *name, uint64_t number);

/* The log, in order of seq. */
void ledger_restore_record(const struct restore *to, const struct ledger_record *record);

struct restore_community {
    struct community_state state;
    struct text currency, areas;
    uint64_t area_residents_min, members_min, due;
    const struct ledger_member *left; /* theme ("" for unrestricted) and what is left for it */
    size_t left_n;
};
void ledger_restore_community(const struct restore *to, const struct restore_community *is);

/* People by area, into `n`, `g` or `pl`, and codes, into `issued` or `redeemed`: of each area whose
 * bit stands in `areas`. */
void ledger_restore_people(const struct restore *to, const char *name, uint64_t areas,
                           const uint64_t *people);
/* Names and values of `st`, at most RESTORE_BATCH_MAX. */
void ledger_restore_states(const struct restore *to, const struct ledger_member *states, size_t n);

void ledger_restore_fund(const struct restore *to, uint64_t number, const struct fund_state *is);

struct restore_round {
    uint64_t opened_seq, opened_ms, token, allotment, closes_ms, residents;
    struct text roll;
    uint64_t closed_seq, closed_ms; /* closed_seq 0: not closed, and what follows does not count */
    uint64_t free, held, granted, spent, prices, rounding;
};
void ledger_restore_round(const struct restore *to, uint64_t number,
                          const struct restore_round *is);

/* One field of the hash {slug}:name (:number, where it is not 0), or without a field one member
 * more of the list. */
struct restore_step {
    const char *name;
    uint64_t number;
    struct text field, value;
};
void ledger_restore_step(const struct restore *to, const struct restore_step *step);

struct restore_tender {
    struct text body, theme, rule_hash, tally_key; /* tally_key: "" where it has none */
    uint64_t round, held, awards, live, opened_seq, ceiling, people_min, areas_min;
    uint64_t area_people_min, awards_max, closes_ms, late, window, days, contributors;
    uint64_t need, published;
    uint64_t critical, critical_since, critical_until, critical_seq, paused, pause_seq;
    bool hidden; /* its tally */
};
void ledger_restore_tender(const struct restore *to, uint64_t number,
                           const struct restore_tender *is);

/* Who has pledged on these hidden tenders alone, `<tenders>:<area>`: how many. */
void ledger_restore_pledging_hidden(const struct restore *to, struct text group, uint64_t people);

/* Into the set of the tenders whose tally is hidden. */
void ledger_restore_hidden(const struct restore *to, uint64_t tender);

struct restore_proposal {
    uint64_t tender, price, round, sum, people, areas_ok;
    struct text theme;
    uint64_t people_min, areas_min, area_people_min; /* of its tender */
    uint64_t areas; /* bits: areas that somebody has ever pledged from, with people now */
    uint64_t area_people[64];
    uint64_t ready; /* 0: none */
    uint64_t rho, spent, rounding, commission_seq, commission_ms; /* commission_seq 0: none */
    struct text draws;
    struct text milestones; /* 1:amount,...; empty: none were given */
    const struct text *versions; /* rows, as lua/61_shape.lua has them */
    size_t versions_n;
    uint64_t judged_seq, judged_ms, merged_into; /* 0: it was not */
    bool eligible;
};
void ledger_restore_proposal(const struct restore *to, uint64_t number,
                             const struct restore_proposal *is);

/* Into the list of the tender's proposals; and, where it is live, into the set of these. */
void ledger_restore_listed(const struct restore *to, uint64_t tender, uint64_t proposal);
void ledger_restore_live(const struct restore *to, uint64_t tender, uint64_t proposal);

/* One field of a proposal's histogram: the pledges whose amount begins with these digits to base
 * 64, `level` of them (1 to 4). n 0: only that there is a histogram. */
struct restore_bucket {
    uint32_t amount; /* any of them */
    unsigned level;
    uint32_t count;
    uint64_t sum;
};
void ledger_restore_histogram(const struct restore *to, uint64_t proposal,
                              const struct restore_bucket *buckets, size_t n);

/* Rows without remembered keys, of one round, at most RESTORE_BATCH_MAX. */
void ledger_restore_wallets(const struct restore *to, uint64_t round,
                            const struct wallet_state *wallets, size_t n);

struct restore_deadline {
    uint64_t due_ms, seq, number;
    char letter; /* t, r or m */
};
void ledger_restore_deadline(const struct restore *to, const struct restore_deadline *is);
void ledger_restore_ready(const struct restore *to, uint64_t seq, uint64_t proposal);

#define RESTORE_STEPS_SIZE 32
/* What waits behind the pledge on a proposal that the record `seq` gave. */
struct restore_fallback {
    uint64_t round, proposal, seq;
    char wallet[RESIDENT_ID_SIZE + 1];
    struct text steps; /* numbers of proposals joined by ',' */
};
void ledger_restore_fallback(const struct restore *to, const struct restore_fallback *is);
/* A proposal that the record `seq` released, with fallbacks. */
void ledger_restore_released(const struct restore *to, uint64_t seq, uint64_t proposal);
void ledger_restore_commission(const struct restore *to, uint64_t proposal); /* in order */
/* Rows of `cm` or `cv` of a commission, at most RESTORE_BATCH_MAX. */
void ledger_restore_delivery(const struct restore *to, const char *name, uint64_t commission,
                             const struct ledger_member *rows, size_t n);

#endif
