/* files.h -- what the ledger knows of the files in DATA/files: kind, size, whose, since when, and
 * whether an act has made one public. Contract: server/ledger/ACTS.md, file_note. */
#ifndef GROUNDSWELL_LEDGER_FILES_H
#define GROUNDSWELL_LEDGER_FILES_H

#include "groundswell/ledger/acts.h"

/* DATA/files/<slug> is a community's shelf (io/shelf.h); ARRIVING is beside them, in the same file
 * system, and no slug. */
#define FILES_FOLDER "files"
#define FILES_ARRIVING "files/.arriving"

struct file_note {
    struct text file;   /* SHA-256 as 64 hex digits */
    struct text type;   /* media_word() */
    uint64_t bytes;     /* at least 1 */
    struct text name;   /* that file_name_wrong() finds good */
    uint64_t bytes_max; /* of all files of the community together */
};
/* files_full. Outcome: struct act_outcome. */
void ledger_file_note(struct ledger *ledger, const struct act *act, const struct file_note *in,
                      ledger_answer_fn *answer, void *ctx);

struct file_view {
    struct text type;
    uint64_t bytes, at_ms;
    bool public;
    struct text by; /* subjects of its last uploaders, with commas */
    struct text name;
};
extern const struct field file_view_fields[];
extern const size_t file_view_fields_n;
/* file_unknown. Outcome: struct file_view. */
void ledger_file_view(struct ledger *ledger, struct text slug, struct text file,
                      ledger_answer_fn *answer, void *ctx);

#define FILES_UNKNOWN_MAX 500
struct files_unknown {
    struct text unknown; /* places in what was asked, from 0 on, ascending, with commas */
    uint64_t from_ms;    /* what is older than that is not judged; 0: nothing is */
};
extern const struct field files_unknown_fields[];
extern const size_t files_unknown_fields_n;
/* `names`: 1 to FILES_UNKNOWN_MAX hashes, one behind the other. Outcome: struct files_unknown. */
void ledger_files_unknown(struct ledger *ledger, struct text slug, struct text names,
                          ledger_answer_fn *answer, void *ctx);

#endif
