/* main.c -- the front door of the program: finds the verb and hands over.
 *
 * What a verb does is in the file of its name; a new verb is a row in verbs[] here and a line in
 * verb.h. */
#include "verb.h"

#include <signal.h>

#include "groundswell/base/log.h"
#include "groundswell/keeper/sealer.h"
#include "groundswell/tlog/doubt.h"

#ifndef GROUNDSWELL_VERSION
#define GROUNDSWELL_VERSION "0.1.0"
#endif

static enum verb_exit version_run(const struct args *args)
{
    (void)args;
    printf("groundswell %s\n", GROUNDSWELL_VERSION);
    return VERB_DONE;
}

const struct verb verb_version = {
    .name = "version",
    .summary = "print the version",
    .about = "Prints the program's name and version.",
    .run = version_run,
};

static enum verb_exit check_config_run(const struct args *args)
{
    CLEANUP(buf) struct buf out = BUF_MAX(256 * KIB);
    settings_write(&out, args->settings);
    (void)fwrite(out.data, 1, out.len, stdout);
    struct doubt doubt = {""};
    if (!sealer_witnesses_check(settings_text(args->settings, SETTING_WITNESSES), &doubt))
        return VERB_DONE;
    return verb_misuse(args, "witnesses: %s", doubt.what);
}

const struct verb verb_check_config = {
    .name = "check-config",
    .summary = "show every setting in force, and where it came from",
    .about = "Reads flags, environment and file as `serve` would, and prints one line a setting:\n"
             "name, value, origin. Ends with 2 and names the place where something is wrong. Of\n"
             "secrets only the path of their file is shown.",
    .settings = true,
    .run = check_config_run,
};

const struct verb *const verbs[] = {
    &verb_serve,   &verb_check_config, &verb_demo,     &verb_token,  &verb_register,
    &verb_codes,   &verb_purge,        &verb_words,
    &verb_keygen,  &verb_seal,         &verb_witness,
    &verb_import,  &verb_verify,       &verb_recount,  &verb_log,    &verb_rebuild,
    &verb_backup,  &verb_restore, &verb_version,
    &verb_help_row, &verb_worker,      NULL,
};

static bool asks_for_help(int words_n, char *const *words)
{
    for (int i = 0; i < words_n; i++)
        if (strcmp(words[i], "--help") == 0 || strcmp(words[i], "-h") == 0) return true;
    return false;
}

int main(int argc, char **argv)
{
    /* Whoever reads our lines through a pipe wants each of them at once. */
    setvbuf(stdout, NULL, _IOLBF, 0);
    signal(SIGPIPE, SIG_IGN);
    signal(SIGXFSZ, SIG_IGN); /* a limit of the size of files is a disk that is full, no death */
    const char *name = argc > 1 ? argv[1] : "help";
    if (strcmp(name, "--help") == 0 || strcmp(name, "-h") == 0) name = "help";
    if (strcmp(name, "--version") == 0) name = "version";
    const struct verb *verb = verb_find(name);
    if (!verb) {
        fprintf(stderr, "groundswell: there is no verb `%s` (try: groundswell help)\n", name);
        return VERB_MISUSED;
    }
    const int words_n = argc > 2 ? argc - 2 : 0;
    if (asks_for_help(words_n, argv + 2)) {
        verb_help(verb);
        return VERB_DONE;
    }
    static struct settings settings; /* too large for a stack frame */
    settings_init(&settings);
    struct args args;
    const enum verb_exit end = args_read(verb, words_n, argv + 2, &settings, &args);
    if (end) return (int)end;
    if (args.settings) log_level_set((enum log_level)settings_log_level(args.settings));
    return (int)verb->run(&args);
}
