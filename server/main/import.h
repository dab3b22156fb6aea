/* import.h -- what the parts of the verb `import` share: a Pabulib election on its way through the
 * API.
 *
 * import.c sifts the file and holds the order of things, import_setup.c makes the community,
 * import_replay.c turns votes into pledges, import_check.c counts the records again, and
 * import_report.c tells. */
#ifndef GROUNDSWELL_MAIN_IMPORT_H
#define GROUNDSWELL_MAIN_IMPORT_H

#include "client.h"
#include "groundswell/base/arena.h"
#include "groundswell/base/ids.h"
#include "pabulib.h"

#define IMPORT_CHOICES_MAX 32 /* pledges that a wallet may hold at a time */
#define IMPORT_PROJECTS_MAX 128 /* proposals that a tender may have */
#define IMPORT_ID_SIZE (SLUG_MAX + 16)

struct import_project {
    const struct pb_project *from;
    char id[IMPORT_ID_SIZE]; /* of its proposal; "" where there is none */
    bool skipped, activated;
    uint64_t rho;             /* of a commission; 0 while it is not known */
    uint64_t pledged, people; /* when last looked at */
};

struct import_pledge {
    uint32_t project; /* index */
    uint32_t points;
    uint64_t amount; /* what the ledger has, 0 for none */
};

struct import_voter {
    const struct pb_voter *from;
    const char *token;
    struct import_pledge *pledges; /* the best-pointed choice first */
    size_t pledges_n;
};

struct import_commission { /* as its record says */
    size_t project;
    uint64_t seq, at_ms, price, people, pledged, rho, spent, rounding;
};

struct import {
    const struct args *args;
    struct client client;
    struct buf file;
    struct arena arena;
    struct pabulib pb;
    const char *slug;
    uint64_t wave, seed, in_flight, people_min, areas_min, area_people_min;

    char tender[IMPORT_ID_SIZE];
    struct import_project *projects;
    struct import_voter *voters; /* in the order that was drawn */
    uint64_t allotment_minor, rounding_minor;
    bool decided; /* the tender takes no more pledges */

    size_t projects_dear, projects_beyond, choices_skipped, choices_beyond, voters_idle;
    uint64_t pledges_sent, refused; /* refused: activated just before, which is to be expected */
    uint64_t passes, setup_us, replay_us;
    bool unsettled; /* passes ran out before the money came to rest */

    struct import_commission *commissions; /* by the records, in their order */
    size_t commissions_n;
    uint64_t records;
    size_t checks_failed;
};

/* Each VERB_DONE, or a sentence stands on standard error. */
enum verb_exit import_setup(struct import *import);
enum verb_exit import_replay(struct import *import);
/* How far every proposal is now, into `projects`. */
enum verb_exit import_look(struct import *import);
/* Counts the records again by the rules, and fills `commissions`. */
enum verb_exit import_check(struct import *import);
/* The tables, totals and what was left out, on standard output; VERB_FAILED where a check fails. */
enum verb_exit import_report(struct import *import);

/* What a wallet still has, from its pledges and what became of the proposals. */
uint64_t import_free(const struct import *import, const struct import_voter *voter);
/* Whether pledges on the project are taken. */
bool import_takes(const struct import *import, size_t project);
/* Index of the project whose proposal has this id; projects_n where there is none. */
size_t import_project_of(const struct import *import, const char *id);

#endif
