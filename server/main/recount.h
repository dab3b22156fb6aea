/* recount.h -- what the two halves of the verb `recount` share: recount.c reads the log and keeps
 * the order of things, recount_compare.c holds what lies in Redis against what the records give. */
#ifndef GROUNDSWELL_MAIN_RECOUNT_H
#define GROUNDSWELL_MAIN_RECOUNT_H

#include "groundswell/base/arena.h"
#include "groundswell/base/buf.h"
#include "groundswell/ledger/ledger.h"
#include "groundswell/rules/recount.h"
#include "verb.h"

struct loop;
struct store;

/* What a record says of a commission and the model does not keep. */
struct recount_commission {
    uint64_t seq, spent, rounding; /* seq 0: no commission (no record 0 is one) */
    struct text draws;             /* fund:amount,... in the arena */
};

struct recounting {
    const struct args *args;
    struct text slug;
    struct loop *loop;
    struct store *store;
    struct ledger *ledger;
    struct recount recount;
    const struct model *model; /* the recount's: what the records give */

    struct arena one, kept; /* for one record; for as long as this lives */
    struct recount_commission *commissions; /* by the proposal's number */
    size_t commissions_max;

    bool log_wrong;   /* a record does not follow; told */
    enum fault fault; /* of the last question */
    bool heard;       /* it was answered, and may be compared */

    uint64_t seq;                /* of the next record, as the ledger said when it was last asked */
    uint64_t tenders;            /* how many there were then */
    uint64_t number;             /* of the fund, tender, proposal or round that is asked for */
    uint64_t cursor, from;       /* of the scan of wallets; of the log */
    uint64_t first;              /* record that was read with the last question for the log */
    uint64_t wallets, pledges;   /* compared */
    uint8_t (*seen)[16];         /* the wallets of this round that lie in Redis */
    size_t seen_n, seen_max;
    struct buf lines;            /* the first differences, a line each */
    uint64_t differences;
};

typedef void recount_question_fn(struct recounting *r);

/* Puts one question and waits; asks again where Redis was busy or lost. Questions end in one of
 * the answers below, which compare while what they were given is valid. */
enum fault recount_ask(struct recounting *r, recount_question_fn *question) MUST_CHECK;
/* For answers: notes the outcome, ends the waiting; true where there is something to compare. */
bool recount_heard(struct recounting *r, const struct ledger_answer *answer);

/* Compares everything once. r->differences tells how often it differs; r->seq is where the ledger
 * stood at the beginning. */
enum fault recount_compare(struct recounting *r) MUST_CHECK;
/* Of recount_compare.c, for the one beside it: a word that differs is a difference. */
void recount_word(struct recounting *r, const char *noun, struct text name, struct text found,
                  struct text expected);
/* Counts by area, which the answer's members are, against those of each area. */
void recount_areas(struct recounting *r, const char *noun, const char *of,
                   const struct ledger_answer *answer, const uint64_t *expected);
/* turnout.c: how many people have pledged; a part of recount_compare(). */
enum fault recount_turnout(struct recounting *r) MUST_CHECK;
/* recount_deliver.c: what has become of commissions; a part of recount_compare(). */
enum fault recount_deliver(struct recounting *r) MUST_CHECK;
/* Where the ledger stands now, into r->seq and r->tenders; nothing is compared. */
enum fault recount_look(struct recounting *r) MUST_CHECK;

#endif
