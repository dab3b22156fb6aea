/* differential_inside.h -- what the files of the differential share: an operation, a run. */
#ifndef TESTS_DIFFERENTIAL_INSIDE_H
#define TESTS_DIFFERENTIAL_INSIDE_H

#include "groundswell/rules/delivery.h"

#include "differential.h"
#include "groundswell/rules/model_fallback.h"
#include "groundswell/rules/body.h"
#include "groundswell/rules/model_talk.h"
#include "resp.h"

#define HISTORY 512 /* operations that may be asked again; more than any ring of keys */
#define REGISTER_LIST 24
#define PEOPLE_MAX 400
#define OPERATION_ARGS (16 + 2 * REGISTER_LIST)

/* One act with all that it borrows. */
struct operation {
    struct roll_act act;
    char key[8], wallet[22], text_hash[64], rule_hash[64], serial[5], holder[48];
    char tally_key[64];
    uint64_t issued[1][2]; /* codes_issue: one code of an area */
    uint64_t steps[STEPS_MAX + 1][2]; /* pledge_set */
    uint64_t parts[MILESTONES_MAX + 1][2]; /* milestones, or agencies */
    char document[64];
    struct roll_registration list[REGISTER_LIST];
    uint64_t number; /* in the whole run, from 1 on */
    char outcome[48];
};

/* What a community is like: see differential_draw.c. */
struct profile {
    const char *name;
    bool scarce; /* most of the money is of a theme that no tender may draw on */
    uint64_t people, areas, area_least, allotment, token, fund, ceiling, price_least;
    uint64_t members_min; /* 0: no register of bodies */
    uint64_t tenders_wanted, awards_max, areas_min, round_ms, tender_ms, jump_every, jump_ms;
    uint64_t weights[ROLL_KINDS];
};

struct differential {
    const struct differential_plan *plan;
    struct differential_count *count;
    struct buf *report;
    struct resp resp;
    struct arena arena; /* of one operation, or of one look at the state */
    struct roll *roll;
    struct verdict verdict;
    struct operation history[HISTORY];
    uint64_t random, random_apart, now, done; /* done: operations */
    /* the community */
    const struct profile *profile;
    char slug[16];
    uint64_t begun, ends; /* operations */
    char people[PEOPLE_MAX][22];
    size_t retry; /* how many of history are of this community */
    uint64_t pair[2]; /* proposals that were asked to merge last */
    struct buf expected, got;
};

static inline const struct model *model_of(const struct differential *d)
{
    return roll_model(d->roll);
}
static inline struct operation *operation_at(struct differential *d, uint64_t number)
{
    return &d->history[number % HISTORY];
}

/* ---- differential_draw.c ---- */
uint64_t draw(struct differential *d, uint64_t n); /* 0..n-1 */
static inline bool chance(struct differential *d, uint64_t n) /* one in n */
{
    return draw(d, n) == 0;
}
void community_begin(struct differential *d);
void operation_draw(struct differential *d, struct operation *ret);
struct text person_id(const struct differential *d, uint64_t i);
void wallet_of(const struct differential *d, uint64_t round, struct text resident, char *ret);

/* ---- differential_acts.c: the arguments of one act; its head is there ---- */
void arguments_draw(struct differential *d, struct operation *ret);
void arguments_draw_fitting(struct differential *d, struct operation *ret); /* meant to be taken */
/* One that may be there: mostly young, mostly with the mark that is asked for (0: any). */
uint64_t tender_pick(struct differential *d, char mark);
void text_draw(struct differential *d, struct operation *op); /* the hash of a text */
uint64_t proposal_pick(struct differential *d, bool pledgeable);
uint64_t number_pick(struct differential *d, uint64_t n);
uint64_t person_pick(struct differential *d);
void text_draw(struct differential *d, struct operation *op);
void body_draw(struct differential *d, struct operation *op, uint64_t tender_number);
uint64_t person_like(struct differential *d, bool member, bool granted); /* where soon found */

void wallet_draw(struct differential *d, struct operation *op, struct text resident);

/* ---- differential_pledges.c ---- */
void pledge_draw(struct differential *d, struct operation *op);

/* ---- differential_codes.c ---- */
void code_draw(struct differential *d, struct operation *op);

/* ---- differential_fallbacks.c ---- */
void steps_draw(struct differential *d, struct operation *op); /* at times one too many */
bool fallbacks_wait(const struct differential *d);
/* What Redis keeps of them, and what the rules do, into the two sides. */
void fallbacks_put(struct differential *d);

/* ---- differential_bodies.c ---- */
void bodies_draw(struct differential *d, struct operation *op, bool fitting);
/* The next step of the last tender, a draft that must be published. */
enum roll_kind publishing(struct differential *d, const struct model_tender *draft);
/* The number of the body that the act names by its word; one more than there are where unknown. */
struct text body_number(const struct differential *d, const struct operation *op,
                        struct arena *arena);
bool bodies_agree(struct differential *d);

/* ---- differential_talk.c: kinds from ROLL_NEED_RAISE to ROLL_TALK_SUMMARY ---- */
static inline bool is_talk(enum roll_kind kind)
{
    return kind >= ROLL_NEED_RAISE && kind <= ROLL_TALK_SUMMARY;
}
enum roll_kind talk_kind_draw(struct differential *d);
void talk_draw(struct differential *d, struct operation *op);
size_t talk_args(const struct roll_act *act, struct arena *arena, struct text ret[static 8]);
bool talk_agrees(struct differential *d);

/* ---- differential_shape.c: what becomes of a proposal before pledging opens ---- */
bool is_shape(enum roll_kind kind);
enum roll_kind shape_kind_draw(struct differential *d);
bool judging_waits(const struct differential *d); /* the last tender cannot open before */
void shape_draw(struct differential *d, struct operation *op, bool fitting);
struct text shaper_pick(struct differential *d, const struct operation *op); /* who may, mostly */
bool shapes_agree(struct differential *d);

/* ---- differential_turnout.c ---- */
bool turnout_agrees(struct differential *d);

/* ---- differential_deliver.c: funds taken out, and all that becomes of a commission ---- */
bool is_delivery(enum roll_kind kind);
enum roll_kind delivering(struct differential *d); /* what one needs next, or ROLL_KINDS */
void delivery_draw(struct differential *d, struct operation *op, bool fitting);
/* Milestones of a proposal at this price: mostly none, at times such as are not the price. */
void parts_draw(struct differential *d, struct operation *op, uint64_t price);
void delivery_expected(struct differential *d, enum roll_kind kind); /* of the answer */
bool deliveries_agree(struct differential *d);                       /* of the state */

/* ---- differential_ask.c ---- */
size_t operation_args(const struct differential *d, const struct operation *op,
                      struct arena *arena, struct text ret[OPERATION_ARGS]);
void operation_put(const struct differential *d, const struct operation *op, struct arena *arena,
                   struct buf *out);

/* ---- differential_answer.c: both sides in the same words ---- */
void answer_expected(struct differential *d, const struct operation *op);
void answer_got(struct differential *d, const struct operation *op, const struct reply *reply);
void records_expected(struct differential *d);
void records_got(struct differential *d, const struct reply *entries);
void accounts_expected(struct differential *d);
void expect(struct buf *out, const char *name, uint64_t value); /* ` name=value` */
void qualifying_expected(struct differential *d);
extern const char *const accounts_names; /* of what is asked for, divided by blanks */

/* ---- differential_shares.c: both sides' histograms, a bucket a line, in no order ---- */
void shares_put(struct differential *d);

/* ---- differential_state.c ---- */
bool state_agrees(struct differential *d);
bool sorted_agree(struct differential *d, const char *what); /* lines in any order */
void sides_begin(struct differential *d);
struct reply answer(struct differential *d);
void put_pairs(struct buf *out, const struct reply *flat);
/* differential.c: true where d->expected and d->got are the same; else the report says so. */
bool agreed(struct differential *d, const char *what);

#endif
