/* pabulib.h -- reading a participatory-budgeting election in the Pabulib format (.pb).
 *
 * Format: pabulib.org/format. Sections META, PROJECTS, VOTES, each with a line of column names;
 * fields separated by `;`, quoted with `"` where they hold one. Amounts become minor units exactly.
 * What the file has and this cannot use is counted, never silently dropped. */
#ifndef GROUNDSWELL_MAIN_PABULIB_H
#define GROUNDSWELL_MAIN_PABULIB_H

#include <stdbool.h>
#include <stdint.h>

#include "groundswell/base/arena.h"
#include "groundswell/base/fault.h"
#include "groundswell/base/text.h"

#define PABULIB_FILE_MAX (64 * 1024 * 1024)
#define PB_POINTS_MAX 1000000

struct pb_project {
    struct text id, name;
    uint64_t cost_minor;
};

struct pb_choice {
    uint32_t project; /* index */
    uint32_t points;  /* 1 to PB_POINTS_MAX; 1 where the file has none */
};

struct pb_voter {
    struct text id;
    uint32_t area; /* index */
    struct pb_choice *choices;
    size_t choices_n;
};

struct pabulib {
    struct text description, currency, vote_type;
    uint64_t budget_minor;
    struct pb_project *projects;
    struct pb_voter *voters;
    struct text *areas; /* names as in the file; one, "all", where it has none */
    size_t projects_n, voters_n, areas_n;
    /* Left out: choices that a ballot names twice, with 0 points, or of a project that is not
     * there; ballots of one voter_id behind the first. Counted under the last area: voters of the
     * areas beyond PB_AREAS_MAX. */
    size_t choices_twice, choices_zero, choices_unknown, voters_twice, areas_folded;
};

#define PB_AREAS_MAX 64

/* Where reading stopped. */
struct pb_problem {
    size_t line;
    char what[160];
};

/* Texts borrow from `file` and `arena`. FAULT_FORMAT: *ret_problem tells. */
enum fault pabulib_read(struct text file, struct arena *arena, struct pabulib *ret,
                        struct pb_problem *ret_problem) MUST_CHECK;

#endif
