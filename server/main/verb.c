/* verb.c -- words of the command line into args, and `help`. */
#include "verb.h"

#include <stdarg.h>
#include <unistd.h>

#define WHY_MAX (4 * KIB)

const char *args_text(const struct args *args, const char *name)
{
    const char *found = NULL;
    for (size_t i = 0; i < args->given_n; i++)
        if (strcmp(args->given[i].name, name) == 0) found = args->given[i].value;
    return found;
}

bool args_number(const struct args *args, const char *name, uint64_t standard, uint64_t least,
                 uint64_t most, uint64_t *ret)
{
    const char *value = args_text(args, name);
    *ret = standard;
    if (!value) return true;
    if (text_to_u64(text_of(value), most, ret) && *ret >= least) return true;
    (void)verb_misuse(args, "--%s must be a whole number from %llu to %llu", name,
                      (unsigned long long)least, (unsigned long long)most);
    return false;
}

static enum verb_exit verb_say(const struct args *args, enum verb_exit end, const char *format,
                               va_list words)
{
    fprintf(stderr, "groundswell %s: ", args->verb->name);
    vfprintf(stderr, format, words);
    fputc('\n', stderr);
    return end;
}

enum verb_exit verb_fail(const struct args *args, const char *format, ...)
{
    va_list words;
    va_start(words, format);
    const enum verb_exit end = verb_say(args, VERB_FAILED, format, words);
    va_end(words);
    return end;
}

enum verb_exit verb_misuse(const struct args *args, const char *format, ...)
{
    va_list words;
    va_start(words, format);
    const enum verb_exit end = verb_say(args, VERB_MISUSED, format, words);
    va_end(words);
    return end;
}

const struct verb *verb_find(const char *name)
{
    for (size_t i = 0; verbs[i]; i++)
        if (strcmp(verbs[i]->name, name) == 0) return verbs[i];
    return NULL;
}

/* ---- reading --------------------------------------------------------------------------------- */

static const struct verb_option *option_find(const struct verb *verb, const char *name)
{
    for (const struct verb_option *option = verb->options; option && option->name; option++)
        if (strcmp(option->name, name) == 0) return option;
    return NULL;
}

/* One `--name value`, `--name=value` or `--name`; moves *at behind it. */
static enum verb_exit flag_read(struct args *args, int words_n, char *const *words, int *at,
                                const char **ret_config)
{
    const char *word = words[(*at)++] + 2;
    const char *equals = strchr(word, '=');
    char name[64];
    (void)snprintf(name, sizeof(name), "%.*s", equals ? (int)(equals - word) : 63, word);
    const struct verb_option *option = option_find(args->verb, name);
    const bool is_setting = args->verb->settings && !option && settings_knows(name);
    const bool is_config = args->verb->settings && strcmp(name, "config") == 0;
    if (!option && !is_setting && !is_config)
        return verb_misuse(args, "there is no option --%s (try: groundswell help %s)", name,
                           args->verb->name);

    const char *value = equals ? equals + 1 : "";
    const bool wants = !option || option->value;
    if (wants && !equals) {
        if (*at == words_n) return verb_misuse(args, "--%s wants a value", name);
        value = words[(*at)++];
    }
    if (!wants && equals) return verb_misuse(args, "--%s takes no value", name);
    if (is_config) {
        *ret_config = value;
    } else if (is_setting) {
        CLEANUP(buf) struct buf why = BUF_MAX(WHY_MAX);
        if (settings_flag(args->settings, name, value, &why))
            return verb_misuse(args, "%.*s", TEXT_ARGS(buf_view(&why)));
    } else {
        if (args->given_n == ARGS_MAX) return verb_misuse(args, "too many options");
        args->given[args->given_n].name = option->name;
        args->given[args->given_n++].value = value;
    }
    return VERB_DONE;
}

static enum verb_exit settings_gather(struct args *args, const char *config)
{
    CLEANUP(buf) struct buf why = BUF_MAX(WHY_MAX);
    enum fault no = settings_environment(args->settings, environ, &why);
    if (!no && config) no = settings_file(args->settings, config, &why);
    if (!no) no = settings_agree(args->settings, &why);
    return no ? verb_misuse(args, "%.*s", TEXT_ARGS(buf_view(&why))) : VERB_DONE;
}

enum verb_exit args_read(const struct verb *verb, int words_n, char *const *words,
                         struct settings *settings, struct args *ret)
{
    const char *config = NULL;
    *ret = (struct args){.verb = verb, .settings = verb->settings ? settings : NULL};
    for (int i = 0; i < words_n;) {
        if (strncmp(words[i], "--", 2) == 0 && words[i][2]) {
            const enum verb_exit end = flag_read(ret, words_n, words, &i, &config);
            if (end) return end;
        } else if (verb->operand && !ret->operand) {
            ret->operand = words[i++];
        } else {
            return verb_misuse(ret, "`%s` is one word too many", words[i]);
        }
    }
    if (verb->operand && verb->operand[0] != '[' && !ret->operand)
        return verb_misuse(ret, "%s is missing (try: groundswell help %s)", verb->operand,
                           verb->name);
    return verb->settings ? settings_gather(ret, config) : VERB_DONE;
}

/* ---- help ------------------------------------------------------------------------------------ */

void verb_help(const struct verb *verb)
{
    CLEANUP(buf) struct buf out = BUF_MAX(64 * KIB);
    buf_format(&out, "groundswell %s%s%s%s\n\n%s\n", verb->name, verb->operand ? " " : "",
               verb->operand ? verb->operand : "",
               verb->settings || (verb->options && verb->options->name) ? " [OPTIONS]" : "",
               verb->about);
    if (verb->options && verb->options->name) buf_cstr(&out, "\nOptions:\n");
    for (const struct verb_option *option = verb->options; option && option->name; option++) {
        char flag[64];
        (void)snprintf(flag, sizeof(flag), "%s %s", option->name,
                       option->value ? option->value : "");
        buf_format(&out, "  --%-34s %s\n", flag, option->help);
    }
    if (verb->settings) {
        buf_cstr(&out, "\nSettings, as flags; also as GROUNDSWELL_NAME in the environment, or as\n"
                       "`name = value` in a file; in this order of precedence [default]:\n");
        buf_format(&out, "  --%-34s %s\n", "config FILE",
                   "file of settings, one `name = value` a line");
        settings_help(&out);
    }
    (void)fwrite(out.data, 1, out.len, stdout);
}

static enum verb_exit help_run(const struct args *args)
{
    if (args->operand) {
        const struct verb *verb = verb_find(args->operand);
        if (!verb) return verb_misuse(args, "there is no verb `%s`", args->operand);
        verb_help(verb);
        return VERB_DONE;
    }
    printf("Groundswell: small personal budgets that move only when enough people agree.\n\n"
           "groundswell VERB [OPTIONS]\n\n");
    for (size_t i = 0; verbs[i]; i++)
        if (!verbs[i]->hidden) printf("  %-14s %s\n", verbs[i]->name, verbs[i]->summary);
    printf("\ngroundswell help VERB tells more.\n");
    return VERB_DONE;
}

const struct verb verb_help_row = {
    .name = "help",
    .summary = "tell what a verb does and takes",
    .about = "Without a verb: the list of them.",
    .operand = "[VERB]",
    .run = help_run,
};
