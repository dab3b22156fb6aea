/* log_source.c -- see log_source.h. A URL is asked file by file; what is not there is absent, as in
 * a folder, and the verb says which file it was. */
#include "log_source.h"

#include <sys/stat.h>

#include "groundswell/io/file.h"
#include "groundswell/post/fetch.h"
#include "groundswell/rules/record.h"
#include "groundswell/tlog/bundle.h"
#include "groundswell/tlog/key.h"

#define FETCH_RETRIES 3
#define HTTP_OK 200
#define HTTP_NOT_FOUND 404
#define HTTP_GONE 410
#define KEYS_BYTES_MAX (64 * KIB)

/* ---- where ----------------------------------------------------------------------------------- */

static enum fault url_fetch(void *ctx, const char *path, struct buf *out)
{
    const struct log_source *from = ctx;
    char behind[LOG_WHERE_MAX];
    CLEANUP(buf) struct buf answer = BUF_MAX(BUNDLE_MAX + KIB);
    long status = 0;
    const int n = snprintf(behind, sizeof behind, "/%s", path);
    if (n < 0 || (size_t)n >= sizeof behind) return FAULT_LIMIT;
    const struct fetch_request request = {.method = "GET", .path = behind};
    const enum fault no = fetch_once(from->fetch, &request, &answer, &status);
    if (no) return no;
    if (status == HTTP_NOT_FOUND || status == HTTP_GONE) return FAULT_ABSENT;
    if (status != HTTP_OK) return FAULT_IO;
    buf_text(out, buf_view(&answer));
    return buf_fault(out);
}

static enum verb_exit url_open(struct log_source *source)
{
    struct fetch_plan plan = FETCH_PLAN(source->where, NULL);
    plan.in_flight_max = 1;
    plan.retries_max = FETCH_RETRIES;
    plan.answer_max = BUNDLE_MAX + KIB;
    source->fetch = fetch_new(&plan);
    if (!source->fetch) return verb_fail(source->args, "out of memory");
    source->source = (struct source){.fetch = url_fetch, .ctx = source};
    return VERB_DONE;
}

enum verb_exit log_source_open(const struct args *args, const char *log, struct log_source *ret)
{
    struct stat found;
    *ret = (struct log_source){.args = args};
    const int n = snprintf(ret->where, sizeof ret->where, "%s", log);
    if (n <= 0 || (size_t)n >= sizeof ret->where)
        return verb_misuse(args, "LOG is a folder or a URL");
    for (size_t i = (size_t)n; i > 1 && ret->where[i - 1] == '/'; i--)
        ret->where[i - 1] = '\0';
    const struct text where = text_of(ret->where);
    if (text_starts(where, TEXT("http://")) || text_starts(where, TEXT("https://")))
        return url_open(ret);
    if (stat(ret->where, &found) != 0 || !S_ISDIR(found.st_mode))
        return verb_misuse(args, "there is no folder %s", ret->where);
    ret->source = source_of_folder(ret->where);
    return VERB_DONE;
}

void log_source_close(struct log_source *source)
{
    fetch_free(source->fetch);
    source->fetch = NULL;
}

/* ---- whom to believe ------------------------------------------------------------------------- */

bool log_trust_given(const struct args *args)
{
    return args_text(args, "vkey") || args_text(args, "vkey-file");
}

static enum verb_exit key_take(const struct args *args, const char *line, enum key_kind kind,
                               struct vkey *keys, size_t *n, size_t max)
{
    struct doubt doubt = {""};
    if (*n == max) return verb_misuse(args, "more than %zu keys", max);
    if (vkey_parse(text_of(line), &keys[*n], &doubt))
        return verb_misuse(args, "%s", doubt.what);
    if (keys[*n].kind != kind)
        return verb_misuse(args, "%s is not the key of a %s", keys[*n].name,
                           kind == KEY_LOG ? "log" : "witness");
    (*n)++;
    return VERB_DONE;
}

static enum verb_exit file_take(const struct args *args, const char *path, struct log_trust *ret)
{
    struct doubt doubt = {""};
    size_t n = 0;
    if (vkeys_read(path, ret->logs + ret->signers.logs_n, LOG_KEYS_MAX - ret->signers.logs_n, &n,
                   &doubt))
        return verb_misuse(args, "%s", doubt.what[0] ? doubt.what : path);
    ret->signers.logs_n += n;
    return VERB_DONE;
}

static enum verb_exit log_key_take(const struct args *args, const struct log_source *source,
                                   struct log_trust *ret)
{
    struct doubt doubt = {""};
    CLEANUP(buf) struct buf lines = BUF_MAX(KEYS_BYTES_MAX);
    if (!source || source->fetch)
        return verb_misuse(args, "whose signature counts? Give --vkey or --vkey-file, from a place "
                                 "that you trust");
    enum fault no = source->source.fetch(source->source.ctx, "vkey", &lines);
    if (!no)
        no = vkeys_parse(buf_view(&lines), ret->logs, LOG_KEYS_MAX, &ret->signers.logs_n, &doubt);
    if (no)
        return verb_misuse(args, "no --vkey is given, and %s/vkey cannot be used%s%s",
                           source->where, doubt.what[0] ? ": " : "", doubt.what);
    ret->from_log = true;
    fprintf(stderr,
            "groundswell %s: WARNING: the key was taken from %s/vkey. Whoever could change the\n"
            "log could change that file too: this shows only that the log agrees with itself. Get\n"
            "the key from somewhere else and give --vkey.\n",
            args->verb->name, source->where);
    return VERB_DONE;
}

enum verb_exit log_trust_read(const struct args *args, const struct log_source *source,
                              struct log_trust *ret)
{
    enum verb_exit end = VERB_DONE;
    *ret = (struct log_trust){0};
    ret->signers.logs = ret->logs;
    ret->signers.witnesses = ret->witnesses;
    for (size_t i = 0; i < args->given_n && !end; i++) {
        const char *name = args->given[i].name, *value = args->given[i].value;
        if (strcmp(name, "vkey") == 0)
            end = key_take(args, value, KEY_LOG, ret->logs, &ret->signers.logs_n, LOG_KEYS_MAX);
        else if (strcmp(name, "vkey-file") == 0)
            end = file_take(args, value, ret);
        else if (strcmp(name, "witness") == 0)
            end = key_take(args, value, KEY_WITNESS, ret->witnesses, &ret->signers.witnesses_n,
                           NOTE_KEYS_MAX - LOG_KEYS_MAX);
    }
    if (end) return end;
    uint64_t quorum;
    const size_t witnesses_n = ret->signers.witnesses_n;
    if (!args_number(args, "quorum", witnesses_n, 0, witnesses_n, &quorum)) return VERB_MISUSED;
    ret->signers.quorum = (size_t)quorum;
    return ret->signers.logs_n > 0 ? VERB_DONE : log_key_take(args, source, ret);
}

/* ---- what is in it --------------------------------------------------------------------------- */

enum verb_exit log_size_claimed(const struct args *args, struct reader *reader, uint64_t *ret)
{
    CLEANUP(buf) struct buf bytes = BUF_MAX(NOTE_MAX);
    struct checkpoint checkpoint;
    struct note note;
    struct doubt doubt = {""};
    enum fault no = reader_checkpoint(reader, &bytes);
    if (no)
        return verb_fail(args, "the checkpoint cannot be read: %s",
                         reader->doubt.what[0] ? reader->doubt.what : fault_name(no));
    no = checkpoint_peek(buf_view(&bytes), &checkpoint, &note, &doubt);
    if (no) return verb_fail(args, "%s", doubt.what);
    *ret = checkpoint.size;
    return VERB_DONE;
}

enum fault log_record_read(uint64_t seq, struct text entry, struct arena *one, struct record *ret,
                           struct doubt *doubt)
{
    struct record_problem problem = {"", ""};
    arena_reset(one);
    const enum fault no = record_from_json(ret, entry, one, &problem);
    if (no)
        return doubt_raise(doubt, no, "Entry %llu is not a record: %s %s.",
                           (unsigned long long)seq, problem.field ? problem.field : "it",
                           problem.why ? problem.why : "cannot be read");
    if (ret->seq != seq)
        return doubt_raise(doubt, FAULT_FORMAT, "Entry %llu says that its seq is %llu.",
                           (unsigned long long)seq, (unsigned long long)ret->seq);
    return FAULT_NONE;
}
