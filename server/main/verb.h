/* verb.h -- the words of the command line: what each takes, and what it was given.
 *
 * A verb is a row here and a file of its own. Its options are named in its row, so that `--help`
 * tells the truth and an unknown option is refused before anything is done. A verb that takes the
 * settings (settings.h) takes each of them as a flag too. */
#ifndef GROUNDSWELL_MAIN_VERB_H
#define GROUNDSWELL_MAIN_VERB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "groundswell/base/fault.h"
#include "settings.h"

/* What a verb ends with. */
enum verb_exit {
    VERB_DONE = 0,
    VERB_FAILED = 1,  /* it was tried, and did not work */
    VERB_MISUSED = 2, /* options, settings or files that cannot be used: trying again is no use */
};

struct args;

struct verb_option {
    const char *name;
    const char *value; /* "DIR": what it wants; NULL: a switch */
    const char *help;
};

struct verb {
    const char *name;
    const char *summary; /* one line for `help` */
    const char *about;   /* some sentences for `help VERB` */
    const char
        *operand; /* "FILE": the one word without a flag; NULL: none. In brackets: may be absent */
    const struct verb_option *options; /* ends with a NULL name */
    bool settings;                     /* takes every setting, and --config */
    bool hidden;                       /* not for people */
    enum verb_exit (*run)(const struct args *args);
};

#define ARGS_MAX 128

struct args {
    const struct verb *verb;
    struct {
        const char *name, *value;
    } given[ARGS_MAX]; /* options of the verb's own */
    size_t given_n;
    const char *operand;       /* NULL where absent */
    struct settings *settings; /* of verbs that take them, else NULL */
};

/* The value of an option, "" for a switch, NULL where it was not given. The last one counts. */
const char *args_text(const struct args *args, const char *name);
/* A number within bounds, or `standard` where the option is absent. False, with a line on standard
 * error, where it is no such number. */
bool args_number(const struct args *args, const char *name, uint64_t standard, uint64_t least,
                 uint64_t most, uint64_t *ret);

/* Reads the words after the verb, and settings from all their sources. VERB_DONE: *ret is filled.
 * Otherwise a sentence stands on standard error. */
enum verb_exit args_read(const struct verb *verb, int words_n, char *const *words,
                         struct settings *settings, struct args *ret);

extern const struct verb *const verbs[]; /* ends with NULL */
const struct verb *verb_find(const char *name);
/* Writes what `help VERB` says to standard output. */
void verb_help(const struct verb *verb);

/* One sentence on standard error, with the verb before it; gives VERB_FAILED. */
enum verb_exit verb_fail(const struct args *args, const char *format, ...) PRINTF_LIKE(2, 3);
enum verb_exit verb_misuse(const struct args *args, const char *format, ...) PRINTF_LIKE(2, 3);

extern const struct verb verb_serve, verb_worker, verb_check_config, verb_token, verb_register,
    verb_demo, verb_recount, verb_import, verb_verify, verb_log, verb_rebuild,
    verb_version, verb_help_row;
extern const struct verb verb_backup, verb_restore;
extern const struct verb verb_codes, verb_purge, verb_words;
extern const struct verb verb_keygen, verb_seal, verb_witness;

#endif
