/* serve.c -- the supervisor: holds the port, starts Redis and the workers, and ends them in order.
 *
 * It answers no request. Workers are the same program under the hidden verb `worker`, started
 * afresh, so that nothing of this process lives on in them; every setting goes along as a flag. A
 * worker tells by SIGUSR1 that it serves and is ready. One that dies is started again with
 * back-off; one that says its settings cannot be used ends everything. If this process is killed,
 * the kernel tells workers and Redis to stop (io/process.h). */
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "groundswell/base/clock.h"
#include "groundswell/base/log.h"
#include "groundswell/io/file.h"
#include "groundswell/io/loop.h"
#include "groundswell/io/process.h"
#include "groundswell/people/keys.h"
#include "groundswell/store/embedded.h"
#include "port.h"
#include "verb.h"

#define WORKERS_MAX 64
#define PAUSE_LEAST_MS 100
#define PAUSE_MOST_MS 10000
#define STEADY_US (10 * 1000000) /* a worker that lived so long starts its back-off anew */
#define DRAIN_MARGIN_MS 5000     /* beyond drain_ms, before a worker is killed */
#define ADDRESS_MAX 256
#define FILES_BESIDES 128 /* Redis, log, timers, what libraries hold */

struct worker_slot {
    struct supervisor *supervisor;
    struct process *process; /* NULL while it waits to be started again */
    struct timer *again;
    unsigned pause_ms;
    uint64_t started_us;
};

struct supervisor {
    const struct settings *settings;
    struct loop *loop;
    struct embedded_redis *redis; /* NULL where Redis is somebody else's */
    struct worker_slot workers[WORKERS_MAX];
    size_t workers_n;
    struct buf address; /* with the port that is really ours */
    int held; /* the port, for the workers */
    int lock; /* of the data folder; -1 where Redis is somebody else's */
    bool announced, failed;
};

/* ---- workers --------------------------------------------------------------------------------- */

#define ARGV_MAX (2 * SETTINGS_N + 8)
#define FLAG_MAX 64

static void worker_exited(void *ctx, int status);

static enum fault worker_start(struct worker_slot *slot)
{
    struct supervisor *self = slot->supervisor;
    char flags[SETTINGS_N][FLAG_MAX], pid[24];
    const char *argv[ARGV_MAX] = {"/proc/self/exe", "worker", "--supervisor", pid};
    size_t n = 4;
    (void)snprintf(pid, sizeof(pid), "%ld", (long)getpid());
    for (size_t i = 0; i < SETTINGS_N; i++) {
        const char *value = settings_text(self->settings, (enum setting)i);
        if (i == SETTING_LISTEN) value = self->address.data;
        if (i == SETTING_REDIS && self->redis) value = embedded_address(self->redis);
        (void)snprintf(flags[i], FLAG_MAX, "--%s", setting_rows[i].name);
        argv[n++] = flags[i];
        argv[n++] = value;
    }
    INVARIANT(n < ARGV_MAX);
    const struct process_plan plan = {
        .argv = argv, .stop_with = SIGTERM, .on_exit = worker_exited, .ctx = slot};
    slot->started_us = clock_steady_us();
    slot->process = process_start(self->loop, &plan);
    return slot->process ? FAULT_NONE : FAULT_IO;
}

static void worker_again(void *ctx)
{
    struct worker_slot *slot = ctx;
    slot->again = NULL;
    if (worker_start(slot)) worker_exited(slot, 0);
}

static void worker_exited(void *ctx, int status)
{
    struct worker_slot *slot = ctx;
    struct supervisor *self = slot->supervisor;
    process_stop(slot->process, 0); /* it has ended: this only frees */
    slot->process = NULL;
    if (WIFEXITED(status) && WEXITSTATUS(status) == VERB_MISUSED) {
        log_error("main", "a worker cannot serve with these settings");
        self->failed = true;
        loop_stop(self->loop);
        return;
    }
    const bool steady = clock_steady_us() - slot->started_us > STEADY_US;
    slot->pause_ms = steady || !slot->pause_ms ? PAUSE_LEAST_MS : slot->pause_ms * 2;
    if (slot->pause_ms > PAUSE_MOST_MS) slot->pause_ms = PAUSE_MOST_MS;
    log_error("main", "a worker ended (%s %d); started again in %u ms",
              WIFSIGNALED(status) ? "signal" : "exit code",
              WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status), slot->pause_ms);
    slot->again = loop_after(self->loop, slot->pause_ms, worker_again, slot);
}

/* All at once, then each in turn: they drain side by side. */
static void workers_stop(struct supervisor *self)
{
    const uint64_t patience = settings_number(self->settings, SETTING_HTTP_DRAIN_MS);
    for (size_t i = 0; i < self->workers_n; i++) {
        timer_cancel(self->workers[i].again);
        self->workers[i].again = NULL;
        if (self->workers[i].process) kill(process_pid(self->workers[i].process), SIGTERM);
    }
    for (size_t i = 0; i < self->workers_n; i++) {
        process_stop(self->workers[i].process, (unsigned)patience + DRAIN_MARGIN_MS);
        self->workers[i].process = NULL;
    }
}

/* ---- signals and Redis ----------------------------------------------------------------------- */

static void told_to_stop(void *ctx)
{
    struct supervisor *self = ctx;
    log_info("main", "stopping");
    loop_stop(self->loop);
}

/* Loopback by its name: a passkey takes no IP address for its party (WebAuthn, section 5.1.2). */
static void url_put(struct buf *out, const char *scheme, const char *address)
{
    const bool loopback =
        strncmp(address, "127.0.0.1:", 10) == 0 || strncmp(address, "[::1]:", 6) == 0;
    buf_format(out, "%s://%s%s", scheme, loopback ? "localhost" : "",
               loopback ? strrchr(address, ':') : address);
}

/* A worker serves and is ready. The first one is worth a line. */
static void told_ready(void *ctx)
{
    struct supervisor *self = ctx;
    if (self->announced) return;
    self->announced = true;
    const char *data = settings_text(self->settings, SETTING_DATA);
    const char *scheme = settings_text(self->settings, SETTING_TLS_CERT)[0] ? "https" : "http";
    CLEANUP(buf) struct buf url = BUF_MAX(KIB);
    CLEANUP(buf) struct buf path = BUF_MAX(4 * KIB);
    url_put(&url, scheme, self->address.data);
    buf_format(&path, "%s/server.url", data);
    if (buf_fault(&url) || buf_fault(&path) || file_replace(path.data, buf_view(&url), 0644))
        log_warn("main", "cannot write %s/server.url: verbs will need --url", data);
    printf("listening on %s\n", url.data);
    printf("the operator's key is in %s/operator.key, the API is described at %s/v1/openapi.json\n",
           data, url.data);
    (void)fflush(stdout);
}

static void redis_event(void *ctx, enum embedded_event event)
{
    struct supervisor *self = ctx;
    if (event != EMBEDDED_GAVE_UP) return;
    log_error("main", "its own Redis cannot be had: giving up");
    self->failed = true;
    loop_stop(self->loop);
}

/* ---- life ------------------------------------------------------------------------------------ */

/* Makes the keys once, before several workers would each like to. */
static enum fault keys_make(const char *data)
{
    struct people_keys keys;
    const enum fault no = people_keys_open(data, &keys);
    people_keys_release(&keys);
    return no;
}

/* A second server on this folder would find the first one's Redis, serve from it at another
 * address, and change server.url under the first. Where Redis is named, servers may share a folder
 * (DESIGN 10: several machines). The lock ends with this process, workers do not inherit it. */
static enum fault data_hold(struct supervisor *self)
{
    CLEANUP(buf) struct buf path = BUF_MAX(SETTING_VALUE_MAX + 32);
    const char *data = settings_text(self->settings, SETTING_DATA);
    enum fault no = FAULT_NONE;
    if (settings_text(self->settings, SETTING_REDIS)[0]) return FAULT_NONE;
    buf_format(&path, "%s/serve.lock", data);
    if (buf_fault(&path)) return buf_fault(&path);
    self->lock = file_lock(path.data, &no);
    if (no == FAULT_BUSY) log_error("main", "another server serves %s already", data);
    else if (no) log_error("main", "%s cannot be written", path.data);
    return no;
}

static enum fault redis_start(struct supervisor *self)
{
    if (settings_text(self->settings, SETTING_REDIS)[0]) return FAULT_NONE;
    const struct embedded_plan plan = {
        .data_folder = settings_text(self->settings, SETTING_DATA),
        .memory_max_bytes = settings_number(self->settings, SETTING_REDIS_MEMORY_MAX_MIB) * MIB,
        .on_event = redis_event,
        .ctx = self,
    };
    self->redis = embedded_start(self->loop, &plan);
    return self->redis ? FAULT_NONE : FAULT_CONFIG;
}

/* As many files as the system lets us have: each connection is one. */
static void files_allow(const struct settings *settings)
{
    struct rlimit files;
    if (getrlimit(RLIMIT_NOFILE, &files) != 0) return;
    files.rlim_cur = files.rlim_max;
    (void)setrlimit(RLIMIT_NOFILE, &files);
    struct http_limits limits;
    settings_limits(settings, &limits);
    const uint64_t wanted = limits.connections_max + FILES_BESIDES;
    if (files.rlim_max != RLIM_INFINITY && files.rlim_max < wanted)
        log_warn("main", "the system allows %llu open files, the settings could use %llu",
                 (unsigned long long)files.rlim_max, (unsigned long long)wanted);
}

static enum fault supervisor_start(struct supervisor *self)
{
    files_allow(self->settings);
    enum fault no = keys_make(settings_text(self->settings, SETTING_DATA));
    if (!no) no = data_hold(self);
    if (!no)
        no = port_hold(settings_text(self->settings, SETTING_LISTEN), &self->address, &self->held);
    if (no) return no;
    self->loop = loop_new();
    if (!self->loop) return FAULT_MEMORY;
    no = loop_on_signal(self->loop, SIGTERM, told_to_stop, self);
    if (!no) no = loop_on_signal(self->loop, SIGINT, told_to_stop, self);
    if (!no) no = loop_on_signal(self->loop, SIGUSR1, told_ready, self);
    if (!no) no = redis_start(self);
    self->workers_n = (size_t)settings_number(self->settings, SETTING_WORKERS);
    for (size_t i = 0; !no && i < self->workers_n; i++) {
        self->workers[i].supervisor = self;
        no = worker_start(&self->workers[i]);
    }
    return no;
}

static enum verb_exit serve_run(const struct args *args)
{
    static struct supervisor self; /* its workers point into it */
    self = (struct supervisor){
        .settings = args->settings, .address = BUF_MAX(ADDRESS_MAX), .held = -1, .lock = -1};
    enum fault no = supervisor_start(&self);
    const bool unusable = no == FAULT_CONFIG;
    if (!no) no = loop_run(self.loop);

    workers_stop(&self);
    embedded_stop(self.redis, (unsigned)settings_number(self.settings, SETTING_STOP_PATIENCE_MS));
    loop_free(self.loop);
    if (self.held >= 0) close(self.held);
    if (self.lock >= 0) close(self.lock);
    buf_release(&self.address);
    if (unusable) return verb_misuse(args, "cannot serve with these settings; the log says why");
    if (no || self.failed) return verb_fail(args, "cannot serve; the log says why");
    log_info("main", "stopped");
    return VERB_DONE;
}

const struct verb verb_serve = {
    .name = "serve",
    .summary = "serve the API, with its own Redis unless told otherwise",
    .about =
        "Serves until SIGTERM or SIGINT. Prints `listening on URL` once it is ready. The first\n"
        "start makes the data folder, the operator's key in it (operator.key), and a private\n"
        "Redis on a unix socket (redis/).",
    .settings = true,
    .run = serve_run,
};
