/* embedded.c -- the private Redis: started, kept running, stopped cleanly.
 *
 * Two Redis on one folder would each write the append-only file of the other to pieces. So the
 * child starts as `flock(1) --no-fork lock redis-server`: it takes the lock, waiting for a
 * predecessor that is still shutting down, and then *becomes* Redis with the locked descriptor
 * open. The lock ends with the last process that could write there, a rewrite's child included,
 * whatever became of us. A stale socket file is no lock and needs no care: Redis replaces it. */
#include "groundswell/store/embedded.h"

#include <limits.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "groundswell/base/buf.h"
#include "groundswell/base/log.h"
#include "groundswell/io/file.h"
#include "groundswell/io/loop.h"
#include "groundswell/io/process.h"

#define PATIENCE_MS 60000
#define LOCKED_OUT 75 /* flock's exit when the predecessor stays: EX_TEMPFAIL of sysexits.h */
#define BACKOFF_MIN_MS 50
#define BACKOFF_MAX_MS 5000
#define STEADY_US 10000000 /* ran that long: the next death starts with the shortest pause again */

struct embedded_redis {
    struct loop *loop;
    struct process *process; /* NULL: none runs */
    struct timer *timer;     /* to the next start */
    char folder[PATH_MAX], address[PATH_MAX + 5], lock[PATH_MAX], log[PATH_MAX];
    char *program;
    unsigned patience_ms, backoff_ms;
    uint64_t started_us;
    void (*on_event)(void *ctx, enum embedded_event event);
    void *ctx;
};

static void start(void *ctx);

static void tell(struct embedded_redis *redis, enum embedded_event event)
{
    if (redis->on_event)
        redis->on_event(redis->ctx, event);
}

static void start_later(struct embedded_redis *redis)
{
    redis->timer = loop_after(redis->loop, redis->backoff_ms, start, redis);
    redis->backoff_ms *= 2;
    if (redis->backoff_ms > BACKOFF_MAX_MS)
        redis->backoff_ms = BACKOFF_MAX_MS;
}

static void exited(void *ctx, int status)
{
    struct embedded_redis *redis = ctx;
    process_stop(redis->process, 0);
    redis->process = NULL;
    if (WIFEXITED(status) && WEXITSTATUS(status) == LOCKED_OUT) {
        log_error("store", "another Redis holds %s and does not let go", redis->folder);
        tell(redis, EMBEDDED_GAVE_UP);
        return;
    }
    log_warn("store",
             "the private Redis ended (%s %d): started again; its own words are in redis.log",
             WIFSIGNALED(status) ? "signal" : "status",
             WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status));
    if (loop_now_us(redis->loop) - redis->started_us > STEADY_US)
        redis->backoff_ms = BACKOFF_MIN_MS;
    start_later(redis);
    tell(redis, EMBEDDED_DIED);
}

/* Only for the word to our owner: the child takes the lock for itself. */
static bool is_locked(const struct embedded_redis *redis)
{
    enum fault fault = FAULT_NONE;
    int fd = file_lock(redis->lock, &fault);
    if (fd >= 0)
        close(fd);
    return fd < 0 && fault == FAULT_BUSY;
}

static void start(void *ctx)
{
    struct embedded_redis *redis = ctx;
    char patience_s[16];
    redis->timer = NULL;
    snprintf(patience_s, sizeof patience_s, "%u", (redis->patience_ms + 999) / 1000);
    const char *const argv[] = {"flock", "--no-fork", "-E", "75", "-w", patience_s, "lock",
                                redis->program, "redis.conf", NULL};
    const struct process_plan plan = {.folder = redis->folder, .argv = argv, .output = redis->log,
                                      .stop_with = SIGTERM, .on_exit = exited, .ctx = redis};
    bool waits = is_locked(redis);
    redis->started_us = loop_now_us(redis->loop);
    redis->process = process_start(redis->loop, &plan);
    if (!redis->process) {
        start_later(redis);
        tell(redis, EMBEDDED_DIED);
        return;
    }
    if (waits)
        log_info("store", "waiting for the Redis before us to let go of its folder");
    tell(redis, waits ? EMBEDDED_WAITING : EMBEDDED_STARTED);
}

/* Every line with its reason; what is not here is Redis's default. */
static void write_settings(struct buf *out, const struct embedded_plan *plan)
{
    buf_cstr(out, "# Written anew at every start of Groundswell; changes here are lost.\n"
                  "port 0\n" /* the socket's folder is the access control */
                  "unixsocket redis.sock\n"
                  "unixsocketperm 700\n"
                  "daemonize no\n"
                  "databases 1\n"
                  "logfile redis.log\n"
                  "maxclients 4096\n"
                  /* an answered write is on disk */
                  "appendonly yes\n"
                  "appendfsync always\n"
                  "no-appendfsync-on-rewrite no\n"
                  /* a tail that was cut by a crash was never answered */
                  "aof-load-truncated yes\n"
                  "aof-use-rdb-preamble yes\n"
                  /* not at every doubling of a small ledger, and not years of growth either */
                  "auto-aof-rewrite-percentage 100\n"
                  "auto-aof-rewrite-min-size 256mb\n"
                  "aof-rewrite-incremental-fsync yes\n"
                  /* the append-only file is the one truth on disk */
                  "save \"\"\n"
                  "maxmemory-policy noeviction\n"
                  /* who fetches a snapshot is alone: nobody else is waited for */
                  "repl-diskless-sync-delay 0\n"
                  /* our functions end by themselves; the clock that Lua would be stopped with is
                   * looked at behind every step of it: 4 % of a pledge */
                  "busy-reply-threshold 0\n"
                  /* per-command histograms cost time in every call and are read by nobody */
                  "latency-tracking no\n");
    buf_format(out, "maxmemory %llu\n", (unsigned long long)plan->memory_max_bytes);
}

static bool join(char ret[static PATH_MAX], const char *folder, const char *name)
{
    int n = snprintf(ret, PATH_MAX, "%s/%s", folder, name);
    return n > 0 && n < PATH_MAX;
}

static enum fault prepare(struct embedded_redis *redis, const struct embedded_plan *plan)
{
    char path[PATH_MAX];
    CLEANUP(buf) struct buf settings = BUF_MAX(8 * KIB);
    if (!join(path, plan->data_folder, "redis"))
        return FAULT_LIMIT;
    enum fault fault = dir_make(path, 0700);
    if (fault)
        return fault;
    if (!realpath(path, redis->folder))
        return FAULT_IO;
    if (!join(redis->lock, redis->folder, "lock") || !join(redis->log, redis->folder,
                                                           "redis.log") ||
        !join(path, redis->folder, "redis.sock"))
        return FAULT_LIMIT;
    snprintf(redis->address, sizeof redis->address, "unix:%s", path);
    if (!join(path, redis->folder, "redis.conf"))
        return FAULT_LIMIT;
    write_settings(&settings, plan);
    fault = buf_fault(&settings);
    return fault ? fault : file_replace(path, buf_view(&settings), 0600);
}

struct embedded_redis *embedded_start(struct loop *loop, const struct embedded_plan *plan)
{
    struct embedded_redis *redis = calloc(1, sizeof *redis);
    if (!redis)
        return NULL;
    redis->loop = loop;
    redis->patience_ms = plan->patience_ms ? plan->patience_ms : PATIENCE_MS;
    redis->backoff_ms = BACKOFF_MIN_MS;
    redis->on_event = plan->on_event;
    redis->ctx = plan->ctx;
    redis->program = strdup(plan->program ? plan->program : "redis-server");
    enum fault fault = redis->program ? prepare(redis, plan) : FAULT_MEMORY;
    if (fault) {
        log_error("store", "the folder of the private Redis cannot be prepared: %s",
                  fault_name(fault));
        embedded_stop(redis, 0);
        return NULL;
    }
    redis->timer = loop_after(loop, 0, start, redis);
    return redis;
}

const char *embedded_address(const struct embedded_redis *redis)
{
    return redis->address;
}

pid_t embedded_pid(const struct embedded_redis *redis)
{
    return redis->process ? process_pid(redis->process) : 0;
}

void embedded_stop(struct embedded_redis *redis, unsigned patience_ms)
{
    if (!redis)
        return;
    timer_cancel(redis->timer);
    process_stop(redis->process, patience_ms);
    free(redis->program);
    free(redis);
}
