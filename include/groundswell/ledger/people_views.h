/* people_views.h -- what can be looked at of the people of a community: for its officers alone.
 *
 * In the manner of views.h: one typed call a reader, each struct with a field table. Nothing here
 * tells a secret, a name or an address; what is kept: server/ledger/PEOPLE.md. Areas are private
 * indexes: the desk writes their codes. */
#ifndef GROUNDSWELL_LEDGER_PEOPLE_VIEWS_H
#define GROUNDSWELL_LEDGER_PEOPLE_VIEWS_H

#include "groundswell/base/fields.h"
#include "groundswell/ledger/ledger.h"

#define VIEW(name)                                                                                \
    extern const struct field name##_fields[];                                                    \
    extern const size_t name##_fields_n

struct code_view {
    struct text serial, state; /* open, used, revoked; expired is told by expires_ms */
    uint64_t area;             /* private */
    uint64_t issued_ms, expires_ms, batch;
    uint64_t used_ms; /* 0: not yet */
};
VIEW(code_view);
struct codes_page {
    uint64_t next; /* private: the `after` of the next page, 0 where this was the last */
    struct pairs issued, redeemed; /* private: [area index, how many ever] */
};
VIEW(codes_page);
/* Outcome: struct codes_page; items: struct code_view, in no order, about `limit` of them (all of
 * a few hundred): `after` is a cursor. One that is there all the while comes at least once. */
void ledger_codes(struct ledger *ledger, struct text slug, uint64_t after, size_t limit,
                  ledger_answer_fn *answer, void *ctx);
/* Outcome: struct code_view. */
void ledger_code_state(struct ledger *ledger, struct text slug, struct text serial,
                       ledger_answer_fn *answer, void *ctx);

struct review_item {
    uint64_t number, at_ms;
    struct text reason; /* not_eligible_now, area_differs, same_person, second_code */
    struct text resident, other;
    uint64_t area; /* private */
};
VIEW(review_item);
/* Items: struct review_item with numbers above `after`. */
void ledger_review(struct ledger *ledger, struct text slug, uint64_t after, size_t limit,
                   ledger_answer_fn *answer, void *ctx);

struct approval_item {
    struct text digest, kind, object, person;
    uint64_t at_ms;
};
VIEW(approval_item);
/* Items: struct approval_item, all that wait for a second person (at most 256), oldest first. */
void ledger_approvals(struct ledger *ledger, struct text slug, ledger_answer_fn *answer,
                      void *ctx);

struct journal_item {
    struct text id, kind, area, address, a, b; /* area: private, index or empty */
    uint64_t at_ms;
};
VIEW(journal_item);
/* Items: struct journal_item, oldest first, behind the one with id `after` (empty: from the
 * beginning). No `next`: ask again after the last one. */
void ledger_journal(struct ledger *ledger, struct text slug, struct text after, size_t limit,
                    ledger_answer_fn *answer, void *ctx);

struct helped_item {
    struct text helper;
    uint64_t hour_n; /* assisted pledges in the present clock hour */
    uint64_t ever, last_ms;
};
VIEW(helped_item);
/* Items: struct helped_item, by helper; at most 1,000. */
void ledger_helped(struct ledger *ledger, struct text slug, ledger_answer_fn *answer, void *ctx);

/* One thing that somebody should look at; which members are filled depends on the kind. */
struct anomaly {
    struct text kind;    /* address, burst, late */
    struct text address; /* address: its tag */
    uint64_t redeemed, pledges, wallets, first_ms, last_ms; /* address */
    uint64_t at_ms, n;   /* burst: n codes redeemed in the minute that begins at at_ms */
    struct text serial;  /* late */
    uint64_t area, days; /* late: so long behind the median of its area (private, an index) */
};
VIEW(anomaly);
/* Items: struct anomaly, at most 100 of each kind. */
void ledger_anomalies(struct ledger *ledger, struct text slug, ledger_answer_fn *answer,
                      void *ctx);

#undef VIEW
#endif
