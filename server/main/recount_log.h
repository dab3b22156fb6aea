/* recount_log.h -- the records of a log, one by one, against the rules: for `recount LOG` and
 * `rebuild`. */
#ifndef GROUNDSWELL_MAIN_RECOUNT_LOG_H
#define GROUNDSWELL_MAIN_RECOUNT_LOG_H

#include "groundswell/rules/recount.h"
#include "log_source.h"

struct recount_log {
    struct recount recount;
    struct arena one, ahead;
    struct doubt doubt;
    uint64_t to; /* records behind it are not counted */
    const struct log_source *source; /* to look ahead in, for what discloses a hidden tally */
    bool looked_ahead;
    const char *tally_key; /* file of the community's, for what is still hidden; or NULL */
    /* Told each record that followed the rules, behind its being counted; may be NULL. */
    enum fault (*counted)(void *ctx, const struct record *record);
    void *ctx;
};

void recount_log_init(struct recount_log *log);
void recount_log_release(struct recount_log *log);
/* For verify_plan.entry and reader_each(). */
enum fault recount_log_entry(void *ctx, uint64_t seq, struct text entry) MUST_CHECK;

/* Reads and counts the whole log; verifies it in the same pass where trust is not NULL. What is
 * wrong is told; VERB_FAILED then. *ret_root (may be NULL) is filled where it was verified. */
enum verb_exit recount_log_read(struct recount_log *log, const struct log_source *source,
                                const struct log_trust *trust, uint64_t *ret_size,
                                struct hash *ret_root);

/* The verb, where it was given a LOG. */
enum verb_exit recount_log_run(const struct args *args);

#endif
