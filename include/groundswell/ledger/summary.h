/* summary.h -- one community as the trust's watch sees it: one question each, of many communities.
 *
 * What is behind each figure, and its bounds: lua/81_summary.lua. Of a hidden tally nothing is told
 * before it is disclosed, neither its money nor its people. */
#ifndef GROUNDSWELL_LEDGER_SUMMARY_H
#define GROUNDSWELL_LEDGER_SUMMARY_H

#include "groundswell/base/fields.h"
#include "groundswell/ledger/ledger.h"

struct summary {
    uint64_t seq, at_ms; /* of the last record */
    uint64_t token, closes_ms, granted, held, spent, unallotted, free, committed, paid, funds;
    uint64_t tenders_open, tenders_critical, tenders_paused, tenders_hidden;
    uint64_t due_ms, due_number; /* 0: no deadline */
    uint64_t commissions, stalled; /* under way; of those, without a record for too long */
    struct id round;               /* last opened */
    bool open;                     /* that round is */
    bool whole;                    /* no bound was met: nothing was left out */
    struct text currency, areas;   /* areas: codes joined by ',' */
    struct text due_kind;          /* round, tender, window, pause, term; "" */
    struct pairs residents, people; /* [area index, people]: registered; who have pledged */
    struct text text;
};
extern const struct field summary_fields[];
extern const size_t summary_fields_n;

/* Told by `what`; what does not belong to it is 0 or empty. */
struct summary_item {
    struct text what; /* proposal: near to activation; commission: stalled; activation: one that is
                       * not long ago; body: in trouble */
    uint64_t number;  /* of it; a commission has that of its proposal */
    uint64_t tender, price, pledged, people, people_min, areas_ok, areas_min, headroom;
    uint64_t critical_until_ms, permille; /* of a proposal: the least of its conditions */
    uint64_t seq, at_ms;                  /* of a commission's last record, of an activation */
    struct text word, state;
    uint64_t seats, seat_votes, lay_seats, lay_votes;
    uint64_t margin; /* lay members of one vote who could leave a lawful body; 0: none */
    struct text text;
};
extern const struct field summary_item_fields[];
extern const size_t summary_item_fields_n;

/* Outcome: struct summary; items: struct summary_item: at most 3 proposals, the nearest first, then
 * 16 commissions that have had no record for stalled_ms, 8 activations, 64 bodies. */
void ledger_summary(struct ledger *ledger, struct text slug, uint64_t stalled_ms,
                    ledger_answer_fn *answer, void *ctx);

/* How things stood at the end of a day (UTC), as everybody could see it. */
struct trend_day {
    uint64_t day; /* since 1970-01-01 */
    uint64_t seq; /* how many records there were */
    uint64_t round, held, people, pledges, spent, paid, commissions;
};
extern const struct field trend_day_fields[];
extern const size_t trend_day_fields_n;

/* Items: struct trend_day, in order: the last before `from` where there is one, those from there on
 * that had records on a later day, and how things stand now. At most 402. */
void ledger_trend(struct ledger *ledger, struct text slug, uint64_t from, ledger_answer_fn *answer,
                  void *ctx);

#endif
