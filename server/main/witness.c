/* witness.c -- the verb with which a trust watches over communities' logs: it cosigns a checkpoint
 * only where it continues the one that it cosigned before.
 *
 * A log that showed one history to some and another to others would need two checkpoints that do
 * not continue each other, and an honest witness signs one of them at most. It needs no ledger and
 * no records: a key, a folder, and the keys of the logs. One process, one thread: what is checked
 * and what is written are one step, and a lock on the folder keeps a second witness out. */
#include "witness.h"

#include <signal.h>
#include <unistd.h>

#include "groundswell/base/clock.h"
#include "groundswell/base/log.h"
#include "groundswell/http/server.h"
#include "groundswell/http/visit.h"
#include "groundswell/io/file.h"
#include "groundswell/io/loop.h"
#include "groundswell/tlog/key.h"
#include "verb.h"

#define ORIGINS_BYTES_MAX (8 * MIB)
#define ANSWER_MAX (NOTE_MAX + KIB)
#define ANYBODY 0

struct watching {
    struct witness witness;
    const struct args *args;
    struct loop *loop;
    struct http_server *http;
    int lock;
};

/* ---- what is asked --------------------------------------------------------------------------- */

static void add_checkpoint(struct visit *visit)
{
    struct watching *self = http_server_ctx(visit->server);
    CLEANUP(buf) struct buf out = BUF_MAX(ANSWER_MAX);
    const struct witness_answer answer =
        witness_judge(&self->witness, visit->body, clock_wall_ms() / 1000, &out);
    visit_answer(visit, answer.status, answer.type, buf_view(&out));
}

static void latest_checkpoint(struct visit *visit)
{
    struct watching *self = http_server_ctx(visit->server);
    const struct witness_log *log = witness_find(&self->witness, visit_param(visit, "log"));
    const char *type = "text/plain; charset=utf-8";
    if (!log || log->checkpoint.len == 0)
        visit_answer(visit, 404, type, TEXT("No checkpoint of that log has been cosigned.\n"));
    else if (visit_header(visit, "Cache-Control", TEXT("no-cache")) == FAULT_NONE)
        visit_answer(visit, 200, type, buf_view(&log->checkpoint));
    else visit_answer(visit, 500, NULL, TEXT_NONE);
}

static const struct route routes[] = {
    ROUTE(POST, "/add-checkpoint", add_checkpoint, ANYBODY, NULL, BODY_MAX(WITNESS_BODY_MAX), SAFE),
    ROUTE(GET, "/:log/checkpoint", latest_checkpoint, ANYBODY, NULL, BODY_DEFAULT, SAFE),
};

/* ---- beginning ------------------------------------------------------------------------------- */

static enum verb_exit key_take(const struct args *args, struct watching *self)
{
    const char *path = args_text(args, "key-file");
    struct doubt doubt = {""};
    const enum fault no = key_read(path, &self->witness.key, &doubt);
    if (no)
        return verb_misuse(args, "%s", doubt.what[0] ? doubt.what : "--key-file cannot be read");
    if (self->witness.key.vkey.kind != KEY_WITNESS)
        return verb_misuse(args, "%s is the key of a log: make one with `groundswell keygen "
                                 "--witness`", path);
    return VERB_DONE;
}

static enum fault origin_take(struct witness *witness, const char *value, struct doubt *doubt)
{
    struct text vkey = text_of(value);
    const struct text origin = text_cut(&vkey, '=');
    if (!vkey.at) return doubt_raise(doubt, FAULT_FORMAT, "--origin wants ORIGIN=VKEY");
    return witness_watch(witness, origin, vkey, doubt);
}

static enum fault origins_take(struct witness *witness, const char *path, struct doubt *doubt)
{
    CLEANUP(buf) struct buf lines = BUF_MAX(ORIGINS_BYTES_MAX);
    struct doubt why = {""};
    enum fault no = file_read(path, &lines);
    if (!no) no = witness_watch_lines(witness, buf_view(&lines), &why);
    return no ? doubt_raise(doubt, no, "%s: %s", path, why.what[0] ? why.what : fault_name(no))
              : FAULT_NONE;
}

static enum fault logs_take(const struct args *args, struct witness *witness, struct doubt *doubt)
{
    enum fault no = FAULT_NONE;
    for (size_t i = 0; i < args->given_n && !no; i++) {
        if (strcmp(args->given[i].name, "origin") == 0)
            no = origin_take(witness, args->given[i].value, doubt);
        else if (strcmp(args->given[i].name, "origins") == 0)
            no = origins_take(witness, args->given[i].value, doubt);
    }
    if (no || witness->logs_n > 0) return no;
    return doubt_raise(doubt, FAULT_CONFIG,
                       "no log to watch: give --origin ORIGIN=VKEY or --origins FILE");
}

static enum verb_exit state_take(const struct args *args, struct watching *self)
{
    char path[WITNESS_PATH_SIZE];
    struct doubt doubt = {""};
    self->witness.folder = args_text(args, "state");
    const int n = snprintf(path, sizeof path, "%s/lock", self->witness.folder);
    if (n < 0 || (size_t)n >= sizeof path || dir_make(self->witness.folder, 0755))
        return verb_misuse(args, "%s cannot be a folder", self->witness.folder);
    enum fault no;
    self->lock = file_lock(path, &no);
    if (no == FAULT_BUSY)
        return verb_misuse(args, "another witness works in %s", self->witness.folder);
    if (no) return verb_fail(args, "%s cannot be written", path);
    if (witness_recall(&self->witness, &doubt)) return verb_fail(args, "%s", doubt.what);
    return VERB_DONE;
}

/* SIGHUP: reads again which logs to watch. What was cosigned comes from the folder, where it was
 * before anybody was given it. Where a line is wrong all stays as it was. */
static void told_to_read_again(void *ctx)
{
    struct watching *self = ctx;
    struct doubt doubt = {""};
    struct witness fresh = {.folder = self->witness.folder, .key = self->witness.key};
    enum fault no = logs_take(self->args, &fresh, &doubt);
    if (!no) no = witness_recall(&fresh, &doubt);
    if (no) {
        log_error("witness", "goes on with the %zu logs of before: %s", self->witness.logs_n,
                  doubt.what);
        witness_release(&fresh);
        return;
    }
    log_info("witness", "read again: watches %zu logs, before %zu", fresh.logs_n,
             self->witness.logs_n);
    witness_release(&self->witness);
    self->witness = fresh;
}

static void drained(void *ctx)
{
    const struct watching *self = ctx;
    loop_stop(self->loop);
}

static void told_to_stop(void *ctx)
{
    struct watching *self = ctx;
    http_server_drain(self->http, drained, self);
}

static enum verb_exit serve(const struct args *args, struct watching *self)
{
    const char *listen = args_text(args, "listen");
    uint16_t port = 0;
    const struct http_plan plan = {.limits = http_limits_default,
                                   .routes = routes,
                                   .routes_n = sizeof routes / sizeof routes[0],
                                   .ctx = self};
    self->loop = loop_new();
    if (self->loop) self->http = http_server_new(self->loop, &plan);
    if (!self->http || loop_on_signal(self->loop, SIGTERM, told_to_stop, self) ||
        loop_on_signal(self->loop, SIGINT, told_to_stop, self) ||
        loop_on_signal(self->loop, SIGHUP, told_to_read_again, self))
        return verb_fail(args, "it cannot be furnished");
    if (http_server_listen(self->http, listen, &port))
        return verb_fail(args, "%s cannot be listened on", listen);
    const char *colon = strrchr(listen, ':');
    printf("%s cosigns %zu log%s at http://%.*s:%u\n", self->witness.key.vkey.name,
           self->witness.logs_n, self->witness.logs_n == 1 ? "" : "s",
           colon ? (int)(colon - listen) : 0, listen, (unsigned)port);
    return loop_run(self->loop) ? VERB_FAILED : VERB_DONE;
}

static enum verb_exit witness_run(const struct args *args)
{
    static struct watching self;
    static const char *const needed[] = {"state", "listen", "key-file"};
    for (size_t i = 0; i < sizeof needed / sizeof needed[0]; i++)
        if (!args_text(args, needed[i])) return verb_misuse(args, "--%s is missing", needed[i]);
    self = (struct watching){.args = args, .lock = -1};
    struct doubt doubt = {""};
    enum verb_exit end = key_take(args, &self);
    if (!end && logs_take(args, &self.witness, &doubt)) end = verb_misuse(args, "%s", doubt.what);
    if (!end) end = state_take(args, &self);
    if (!end) end = serve(args, &self);
    http_server_free(self.http);
    loop_free(self.loop);
    witness_release(&self.witness);
    if (self.lock >= 0) close(self.lock);
    return end;
}

static const struct verb_option witness_options[] = {
    {"state", "DIR", "where it keeps what it cosigned; never restore it from an older copy"},
    {"listen", "ADDR", "address and port; port 0 picks a free one"},
    {"key-file", "FILE", "its key, made by `keygen --witness`"},
    {"origin", "ORIGIN=VKEY", "a log and its key; may come more than once"},
    {"origins", "FILE", "file of lines `ORIGIN VKEY`; may come more than once"},
    {NULL, NULL, NULL},
};

const struct verb verb_witness = {
    .name = "witness",
    .summary = "watch over logs, and cosign what continues what was cosigned before",
    .about =
        "For a trust, on a machine of its own. Answers the servers of the communities that it\n"
        "watches (POST /add-checkpoint, C2SP tlog-witness): a checkpoint that the log signed and\n"
        "that is proved to continue the last one is cosigned, after that has been written to DIR;\n"
        "anything else is refused. The last one of each log is at\n"
        "/<hex of SHA-256(ORIGIN)>/checkpoint. An origin may have several keys. SIGHUP makes it\n"
        "read --origins again. Servers name their witnesses by the setting `witnesses`;\n"
        "`verify --witness VKEY --quorum N` counts.",
    .options = witness_options,
    .run = witness_run,
};
