/* bodies.h -- commissioning bodies: their constitutions and members, what they publish, and what a
 * community asks of them.
 *
 * In the manner of acts.h and views.h; the contract is server/ledger/SERVICE.md, the functions are
 * lua/13, 22, 52 and 83. `actor` is the body whose clerk asks; empty: any. */
#ifndef GROUNDSWELL_LEDGER_BODIES_H
#define GROUNDSWELL_LEDGER_BODIES_H

#include "groundswell/ledger/acts.h"
#include "groundswell/ledger/views.h"

#define BODY_ACT(name, input)                                                                     \
    void ledger_##name(struct ledger *ledger, const struct act *act, const struct input *in,      \
                       ledger_answer_fn *answer, void *ctx)
#define BODY_FIELDS(type)                                                                         \
    extern const struct field type##_fields[];                                                    \
    extern const size_t type##_fields_n

/* ---- what a community asks for -------------------------------------------------------------- */

#define DEFAULT_KEPT UINT64_MAX /* says nothing of this one */
struct community_set {
    uint64_t members_min, days, contributors, people_permille, areas_min, window_ms, needs_line;
    struct text tally; /* open, hidden; empty: kept */
};
BODY_ACT(community_set, community_set); /* outcome: struct act_outcome */

struct areas_set {
    struct text text; /* {"<area>": {"code": ..., "boundary": ...}} */
};
BODY_ACT(areas_set, areas_set); /* outcome: struct act_outcome */

/* ---- bodies and their members --------------------------------------------------------------- */

struct body_form {
    struct text word, actor, text;
};
struct body_constitute {
    uint64_t body;
    struct text actor, text;
};
struct body_outcome {
    uint64_t seq, at_ms;
    bool replayed;
    struct id body;
};
BODY_FIELDS(body_outcome);
BODY_ACT(body_form, body_form);             /* outcome: struct body_outcome */
BODY_ACT(body_constitute, body_constitute); /* outcome: struct body_outcome */

struct member_seat {
    uint64_t body;
    struct text actor;
    struct text category; /* resident, user, professional, elected */
    uint64_t votes, term_ms; /* term 0: none */
    struct text holder; /* who may approve: r:<resident>, a:<account>, t:<role>:<subject> */
    struct text text;
};
struct member_leave {
    uint64_t member;
    struct text actor;
};
struct member_outcome {
    uint64_t seq, at_ms;
    bool replayed;
    struct id member;
    bool lawful; /* the body, with this change */
};
BODY_FIELDS(member_outcome);
BODY_ACT(member_seat, member_seat);   /* outcome: struct member_outcome */
BODY_ACT(member_leave, member_leave); /* outcome: struct member_outcome */

/* ---- publishing ----------------------------------------------------------------------------- */

struct tender_approve {
    uint64_t tender;
    struct text person; /* a person's word, as holder; empty: none */
    bool as_resident;   /* act->subject is a resident, who may hold the seat as such */
};
BODY_ACT(tender_approve, tender_approve); /* outcome: struct tender_outcome */
BODY_ACT(tender_publish, tender_act);     /* outcome: struct tender_outcome */

/* ---- readers -------------------------------------------------------------------------------- */

struct body_view {
    struct id body;
    struct text word;
    struct text state; /* forming, lawful, suspended */
    uint64_t seats, seat_votes, lay_seats, lay_votes, members_min, version;
    bool lawful;
    struct text text;
};
BODY_FIELDS(body_view);
void ledger_body_view(struct ledger *ledger, struct text slug, uint64_t body,
                      ledger_answer_fn *answer, void *ctx);
/* Items: struct body_view with numbers above `after`. */
void ledger_bodies(struct ledger *ledger, struct text slug, uint64_t after, size_t limit,
                   ledger_answer_fn *answer, void *ctx);

struct body_page {
    uint64_t body, after; /* after: a place of the list */
    size_t limit;
};
struct body_member {
    struct id member;
    struct text category;
    uint64_t votes, term_ms, since; /* since: seq of the seating */
    struct text state;              /* seated, left */
    struct text text;
};
BODY_FIELDS(body_member);
struct body_version {
    uint64_t version, seq, at_ms;
    struct text text;
};
BODY_FIELDS(body_version);
void ledger_body_members(struct ledger *ledger, struct text slug, const struct body_page *page,
                         ledger_answer_fn *answer, void *ctx);
void ledger_body_versions(struct ledger *ledger, struct text slug, const struct body_page *page,
                          ledger_answer_fn *answer, void *ctx);
/* Items: struct history_item, after a seq. */
void ledger_body_history(struct ledger *ledger, struct text slug, const struct body_page *page,
                         ledger_answer_fn *answer, void *ctx);

struct tender_approval {
    struct id member;
    uint64_t seq, at_ms;
    struct text category, state; /* seated, left */
};
BODY_FIELDS(tender_approval);
/* Items: struct tender_approval, all. */
void ledger_tender_approvals(struct ledger *ledger, struct text slug, uint64_t tender,
                             ledger_answer_fn *answer, void *ctx);

/* A tender that was open here, and how far its best proposal came. */
struct tender_try {
    struct id tender;
    struct text state;
    uint64_t people_min, areas_min, ceiling, awards, people, pledged, price;
};
BODY_FIELDS(tender_try);
/* Items: struct tender_try, the latest first. */
void ledger_tender_tries(struct ledger *ledger, struct text slug, size_t limit,
                         ledger_answer_fn *answer, void *ctx);

struct areas_view {
    struct text areas;      /* codes joined by ',' */
    struct pairs residents; /* [area index, registered residents] */
    struct text text;       /* as areas_set had it */
};
BODY_FIELDS(areas_view);
void ledger_areas_view(struct ledger *ledger, struct text slug, ledger_answer_fn *answer,
                       void *ctx);

#undef BODY_ACT
#undef BODY_FIELDS
#endif
