/* rebuild_notes.h -- what the records say and the model of the rules does not keep, but Redis does:
 * times, words, the places of openings. Fed by each record behind its being counted. */
#ifndef GROUNDSWELL_MAIN_REBUILD_NOTES_H
#define GROUNDSWELL_MAIN_REBUILD_NOTES_H

#include "groundswell/ledger/restore.h"
#include "groundswell/rules/body.h"
#include "groundswell/rules/model.h"

struct note_tender {
    char rule_hash[65];
    uint64_t opened_seq;
};

struct note_proposal {
    uint64_t round, areas, ready;
    uint64_t spent, rounding, commission_seq, commission_ms;
    struct text draws, milestones; /* in the arena */
    struct text versions[RECORD_VERSIONS_MAX]; /* `<seq> <at> <price> <milestones or ->`, so too */
};

struct note_member {
    uint64_t seq; /* of the seating */
};

struct rebuild_notes {
    const struct model *model;
    struct arena kept;
    struct text currency, areas;
    uint64_t area_residents_min, registered; /* bits: areas that somebody ever registered in */
    uint64_t issued, redeemed;               /* bits: areas of codes */
    struct restore_round *rounds;            /* all by number; 0 is unused */
    struct note_tender *tenders;
    struct note_proposal *proposals;
    struct note_member *members;
    struct restore_step *steps; /* of bodies, in order */
    size_t rounds_max, tenders_max, proposals_max, members_max, steps_n, steps_max;
};

void rebuild_notes_init(struct rebuild_notes *notes, const struct model *model);
void rebuild_notes_release(struct rebuild_notes *notes);
/* For recount_log.counted; ctx: the notes. */
enum fault rebuild_note(void *ctx, const struct record *record) MUST_CHECK;

/* rebuild_bodies.c: of the kinds that bodies write; of others nothing. */
enum fault rebuild_note_body(struct rebuild_notes *notes, const struct record *record) MUST_CHECK;
struct note_member *rebuild_member(struct rebuild_notes *notes, uint64_t number); /* NULL: memory */

#endif
