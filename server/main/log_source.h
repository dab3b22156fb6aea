/* log_source.h -- where a verb reads a log from, and whose signatures count: what `verify`,
 * `recount`, `log` and `rebuild` have in common.
 *
 * A LOG is a folder (DIR/log/SLUG, or a copy of it) or a URL (https://host/log/SLUG). Neither needs
 * a server of ours or a Redis. */
#ifndef GROUNDSWELL_MAIN_LOG_SOURCE_H
#define GROUNDSWELL_MAIN_LOG_SOURCE_H

#include "groundswell/base/arena.h"
#include "groundswell/tlog/verify.h"
#include "verb.h"

struct fetch;
struct record;

#define LOG_WHERE_MAX 1024

/* Pointed into by `source`: it stays where it is until log_source_close(). */
struct log_source {
    const struct args *args;
    struct source source;
    struct fetch *fetch;       /* of a URL */
    char where[LOG_WHERE_MAX]; /* without a slash at its end */
};

/* VERB_DONE, or a sentence stands on standard error; close it in either case. */
enum verb_exit log_source_open(const struct args *args, const char *log, struct log_source *ret);
void log_source_close(struct log_source *source);

/* For the options of a verb's row. */
#define LOG_TRUST_OPTIONS                                                                     \
    {"vkey", "VKEY", "the log's public key, from a place you trust; may come more than once"}, \
        {"vkey-file", "FILE", "file of such keys, one a line"},                               \
        {"witness", "VKEY", "a witness's public key; may come more than once"},               \
    {                                                                                         \
        "quorum", "N", "how many witnesses must have signed [all that are named]"             \
    }

#define LOG_KEYS_MAX 16

struct log_trust {
    struct vkey logs[LOG_KEYS_MAX], witnesses[NOTE_KEYS_MAX - LOG_KEYS_MAX];
    struct signers signers; /* points to them */
    bool from_log;          /* the key came with the log: it proves little, and that was said */
};

/* Reads the options. Where no key is given: from a folder the file `vkey` beside the log, with a
 * loud remark; from a URL (or source NULL) a key is asked for. */
enum verb_exit log_trust_read(const struct args *args, const struct log_source *source,
                              struct log_trust *ret);
/* True where an option names a key. */
bool log_trust_given(const struct args *args);

/* The size that the checkpoint claims, signed or not, for who only reads. */
enum verb_exit log_size_claimed(const struct args *args, struct reader *reader, uint64_t *ret);

/* One entry as a record, in `one`, which is emptied first. FAULT_FORMAT: it is none, or stands at
 * another place than it says, and doubt says so. */
enum fault log_record_read(uint64_t seq, struct text entry, struct arena *one, struct record *ret,
                           struct doubt *doubt) MUST_CHECK;

#endif
